# SPDX-License-Identifier: GPL-2.0-or-later
"""Refuse, before any work, outputs that would destroy the input, dates that are missing, and grids that do not fit."""

from __future__ import annotations

from pathlib import Path

from .cards import Card
from .errors import CardError, GridError, OutputError
from .grid import Grid
from .output_place import check_place
from .raster import is_result
from .raster_behind import files_behind
from .scene import Scene


def check_dates(card: Card, given: int) -> None:
    """Check that as many dates are given as a model needs; raises CardError."""
    dates = max(tensor.dates for tensor in card.inputs)
    if dates > given:
        raise CardError(f"{card.id} needs {dates} dates of one place, and {given} is given. Choose another model.")


def check_outputs(scene: Scene, paths: list[Path]) -> None:
    """Refuse places that cannot be written, that are files of the input, or that are asked for twice.

    Raises:
        OutputError: one of these.
    """
    own = _input_files(scene)
    for place in paths:
        check_place(place)
        if place.exists():
            _check_existing(scene, place, own)
    if len({place.resolve() for place in paths}) < len(paths):
        raise OutputError(f"{paths[-1]} is both OUTPUT and INTERVAL_OUTPUT. Give each a file of its own.")


def _input_files(scene: Scene) -> tuple[Path, ...]:
    """Return the local files that hold bands and geolocation, archives and what virtual rasters join included."""
    places = [band.path for band in scene.bands]
    if scene.geolocation is not None:
        places += [scene.geolocation.latitude, scene.geolocation.longitude]
    return files_behind(places)


def _check_existing(scene: Scene, place: Path, own: tuple[Path, ...]) -> None:
    """Refuse to replace a file of the input, be it a band that is not read; raises OutputError."""
    if any(place.samefile(file) for file in own):
        raise OutputError(f"{place} is a band of the input. Choose another output.")
    is_beside = any(place.parent.samefile(file.parent) for file in own)
    # Only products have a level, and files that begin with their name.
    if is_beside and scene.level and place.name.startswith(scene.name) and not is_result(str(place)):
        raise OutputError(f"{place} is a file of the product {scene.name}. Choose another output.")


def check_grids(scene: Scene, target: Grid, earlier: tuple[Scene, ...]) -> None:
    """Check that the bands of all dates lie on grids that nest in the output's and show its area; raises GridError."""
    for band in scene.bands:
        factor = band.grid.scale_factor_to(target)
        for side, limit in ((band.grid.width, target.width), (band.grid.height, target.height)):
            if not -factor < side * factor - limit < factor:
                raise GridError(
                    f"{band.name} covers {side * factor} pixels of the {target.gsd:g} m grid where it has {limit}. "
                    "The band files do not show the same area: use a complete product."
                )
    for other in earlier:
        for band in other.bands:
            if scene.band(band.name).grid != band.grid:
                raise GridError(f"{other.name} and {scene.name} lie on different grids. Clip both to one extent first.")

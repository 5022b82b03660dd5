# SPDX-License-Identifier: GPL-2.0-or-later
"""Which files a run writes, and which bands, type and nodata value they have."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np

from .cards import Card
from .errors import CardError
from .grid import Grid
from .job import Options, Step
from .output_records import OutputBand, OutputFile
from .raster import numpy_type
from .scene import Band, Scene

FINEST = 1.02
VRT = ".vrt"
BOUNDS = {-1: "lower", 1: "upper"}


def output_files(
    scene: Scene, target: Grid, steps: tuple[Step, ...], path: Path, options: Options
) -> tuple[OutputFile, ...]:
    """Return the files of the main output and, where it is asked for, the one with bounds.

    Args:
        scene: the scene.
        target: the output grid.
        steps: the planned steps.
        path: of the main output.
        options: ``copy_fine_bands``, ``interval_output``, ``file_per_band`` and ``reflectance``.

    Raises:
        CardError: bounds are asked for and a model has no calibrated interval.
    """
    bands = _output_bands(scene, target, steps, options)
    return files_of_bands(bands, _storage(tuple(output.band for output in bands)), steps, path, options)


def files_of_bands(
    bands: tuple[OutputBand, ...],
    storage: tuple[str, float | None],
    steps: tuple[Step, ...],
    path: Path,
    options: Options,
) -> tuple[OutputFile, ...]:
    """Return the files that hold some bands and, where it is asked for, the one with their bounds.

    Args:
        bands: of the main output.
        storage: data type and nodata value of digital numbers.
        steps: the planned steps.
        path: of the main output.
        options: as for :func:`output_files`.

    Raises:
        CardError: bounds are asked for and a model has no calibrated interval.
    """
    dtype, nodata = storage
    if options.reflectance:
        # NaN is no reflectance in any product, and every reader of floating-point rasters knows it.
        dtype, nodata = "float32", float("nan")
    groups = _groups(path, bands, options)
    values = tuple(OutputFile(file, group, dtype, nodata, options.reflectance) for file, group in groups.items())
    if not options.interval_output:
        return values
    bounds = tuple(bound for output in bands if output.step >= 0 for bound in _bounds(output, steps[output.step]))
    place = Path(options.interval_output).expanduser()
    return (*values, OutputFile(place, bounds, dtype, nodata, options.reflectance))


def joined_path(path: Path, options: Options) -> Path | None:
    """Return where the VRT that joins the main output's files goes; None where there is none."""
    if path.suffix.lower() == VRT:
        return path
    return path.with_suffix(VRT) if options.file_per_band else None


def _groups(path: Path, bands: tuple[OutputBand, ...], options: Options) -> dict[Path, tuple[OutputBand, ...]]:
    """Return the bands of each file of the main output."""
    if not options.file_per_band:
        return {path.with_suffix(".tif") if path.suffix.lower() == VRT else path: bands}
    groups: dict[Path, tuple[OutputBand, ...]] = {}
    for output in bands:
        # What some file systems refuse becomes an underscore; two names may become one.
        name = re.sub(r"[^A-Za-z0-9._-]+", "_", output.name)
        place = path.with_name(f"{path.stem}_{name}.tif")
        groups[place if place not in groups else path.with_name(f"{path.stem}_{name}_{len(groups)}.tif")] = (output,)
    return groups


def _bounds(output: OutputBand, step: Step) -> tuple[OutputBand, ...]:
    interval = step.card.interval
    if interval is None:
        raise CardError(
            f"{step.card.id} has no calibrated interval (its card lacks the field interval), so INTERVAL_OUTPUT cannot "
            "be made. Calibrate the model with export_tools, choose another model, or leave INTERVAL_OUTPUT empty."
        )
    titles = {bound: f"{output.band.name} {word} ({100 * interval.coverage:g} %)" for bound, word in BOUNDS.items()}
    return tuple(replace(output, bound=bound, title=title) for bound, title in titles.items())


def bands_not_copied(scene: Scene, target: Grid, steps: tuple[Step, ...]) -> tuple[str, ...]:
    """Return the finest bands that no model makes and that are still coarser than the output."""
    made = {name for step in steps for name in step.card.target_bands}
    finest = scene.finest.gsd
    if finest < target.gsd * FINEST:
        return ()
    return tuple(band.name for band in scene.bands if band.gsd < finest * FINEST and band.name not in made)


def _output_bands(scene: Scene, target: Grid, steps: tuple[Step, ...], options: Options) -> tuple[OutputBand, ...]:
    made = {
        name: replace(_place_of(scene, step.card, name), step=index, tensor=output.name, channel=channel)
        for index, step in enumerate(steps)
        for output in step.card.outputs
        if output.role == "value"
        for channel, name in enumerate(output.bands)
    }
    if options.copy_fine_bands:
        fine = [band for band in scene.bands if band.gsd < target.gsd * FINEST and band.name not in made]
        made.update({band.name: OutputBand(band) for band in fine})
    own = [band.name for band in scene.bands if band.name in made]
    return tuple(made[name] for name in (*own, *(name for name in made if name not in own)))


def _place_of(scene: Scene, card: Card, name: str) -> OutputBand:
    """Return the output band of a name; one that the scene lacks is stored like the model's first input band."""
    if scene.has((name,)):
        return OutputBand(scene.band(name))
    like = scene.band(card.input_bands[0])
    made_up = replace(like, name=name, path="", index=0, saturated=None, wavelength_nm=None, bandwidth_nm=None)
    return OutputBand(made_up, masks=card.input_bands)


def _storage(bands: tuple[Band, ...]) -> tuple[str, float | None]:
    """Return the output's data type and nodata value: the inputs' own where they agree."""
    dtype = np.result_type(*(np.dtype(numpy_type(band.dtype)) for band in bands))
    if dtype.itemsize > 4 and dtype.kind == "i":
        dtype = np.dtype(np.float64)  # no integer type that GeoTIFF readers know holds both signs of 32 bits
    declared = [band.nodata for band in bands if band.nodata is not None]
    if declared:
        return dtype.name, declared[0]
    return dtype.name, float("nan") if dtype.kind == "f" else None

# SPDX-License-Identifier: GPL-2.0-or-later
"""Bring dates onto one grid: cut to what all show where pixels meet, or warped onto the grid of the training images."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from osgeo import gdal

from ..errors import GridError
from ..grid import Grid
from ..raster_state import gdal_messages, without_properties
from ..scene import Band, Scene
from .alignment import cut_to_common_extent, footprint, spatial_reference
from .extent import transformed_bounds

REMEDY = "Warp one of them onto the grid of the other (Raster > Projections > Warp), or choose TRAINING_GRID."


@dataclass(frozen=True)
class TrainingGrid:
    """The grid on which a model's training images lie; pixel corners are multiples of its GSD from the CRS' origin."""

    crs: str
    gsd: float


def on_common_grid(scenes: tuple[Scene, ...]) -> tuple[Scene, ...]:
    """Cut dates to the largest extent that all of them show.

    Raises:
        GridError: they lie on different grids, or share no pixel.
    """
    finest = [min(scene.bands, key=lambda band: band.gsd) for scene in scenes]
    for scene, band in zip(scenes[1:], finest[1:]):
        try:
            footprint(band, finest[0], scene.name)
        except GridError as error:
            reason = str(error).split(": ", 2)[-1].split(". ")[0]
            raise GridError(f"{scene.name} and {scenes[0].name} do not lie on one grid: {reason}. {REMEDY}") from error
    every = [band for scene in scenes for band in scene.bands]
    try:
        cut = iter(cut_to_common_extent(tuple(every), "The dates"))
    except GridError as error:
        raise GridError(f"{error} {REMEDY}") from error
    return tuple(replace(scene, bands=tuple(next(cut) for _ in scene.bands)) for scene in scenes)


def on_training_grid(scenes: tuple[Scene, ...], training: TrainingGrid) -> tuple[Scene, ...]:
    """Warp dates bilinearly onto the training grid, on the extent that all of them reach.

    Raises:
        GridError: they do not overlap, or lie where the CRS has no place for them.
    """
    reference = spatial_reference(training.crs)
    if reference is None:
        raise GridError(f"The training grid's CRS {training.crs} is unknown. Correct the card.")
    crs = str(reference.ExportToWkt())
    nominal = min(scene.nominal_gsd(band.name) for scene in scenes for band in scene.bands)
    factors = {
        band.name: max(1, round(scene.nominal_gsd(band.name) / nominal)) for scene in scenes for band in scene.bands
    }
    step = math.lcm(*factors.values()) * training.gsd
    boxes = [transformed_bounds(scene.finest, crs) for scene in scenes]
    west, south = (math.floor(max(box[side] for box in boxes) / step + 1e-6) for side in (0, 1))
    east, north = (math.ceil(min(box[side] for box in boxes) / step - 1e-6) for side in (2, 3))
    if east <= west or north <= south:
        raise GridError("The dates do not overlap. Pass dates of one place.")
    bounds = (west * step, south * step, east * step, north * step)
    return tuple(
        replace(
            scene,
            bands=tuple(_warped(band, crs, training.gsd * factors[band.name], bounds) for band in scene.bands),
            gsd_ratio=training.gsd / nominal,
            tags=(*scene.tags, ("grid", f"warped onto {training.crs}, {training.gsd:.6g} m, bilinear")),
        )
        for scene in scenes
    )


def _warped(band: Band, crs: str, gsd: float, bounds: tuple[float, float, float, float]) -> Band:
    """Return a band whose path is an inline VRT that warps it."""
    with gdal_messages() as messages, without_properties():
        try:
            # A band at a time: a warp takes all bands of its source, which may be true colour.
            single = gdal.Translate("", band.path, format="VRT", bandList=[band.index], outputSRS=band.grid.crs)
            source = str(single.GetMetadata("xml:VRT")[0])
            view = gdal.Warp(
                "", source, format="VRT", dstSRS=crs, xRes=gsd, yRes=gsd, outputBounds=bounds, resampleAlg="bilinear",
                srcNodata=band.nodata, dstNodata=0 if band.nodata is None else band.nodata, errorThreshold=0.125,
            )  # fmt: skip
            xml = view.GetMetadata("xml:VRT")
        except (RuntimeError, AttributeError, TypeError) as error:
            messages.append(str(error))
            xml = None
    if not xml:
        raise GridError(f"{band.name} cannot be warped onto the training grid ({'; '.join(messages)}).")
    grid = Grid(crs, (bounds[0], gsd, 0.0, bounds[3], 0.0, -gsd), view.RasterXSize, view.RasterYSize)
    return replace(band, path=str(xml[0]), index=1, grid=grid, nodata=0.0 if band.nodata is None else band.nodata)

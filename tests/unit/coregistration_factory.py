# SPDX-License-Identifier: GPL-2.0-or-later
"""A scene that is known at every place of the map: drawn at any GSD, shift and CRS, it is the exact truth."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from osgeo import gdal, osr
from satsharp.core.grid import Grid
from satsharp.core.harmonization.coregistration import Registration, RegistrationOptions
from satsharp.core.harmonization.registration_reading import register
from satsharp.core.products.pixel_map import MapTransform
from satsharp.core.scene import Band

from .raster_factory import write_raster

# On the border of zones 31 and 32, where their grids are turned against each other most.
ORIGIN = (694000.0, 5500000.0)


def wkt(epsg: int) -> str:
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(epsg)
    return str(reference.ExportToWkt())


UTM31, UTM32 = 32631, 32632


class Landscape:
    """Fields with soft edges: a sum of waves of 70 to 700 m in all directions, pushed towards two levels."""

    def __init__(self, seed: int = 0, waves: int = 90) -> None:
        random = np.random.default_rng(seed)
        wave, angle = 70 * 10 ** random.uniform(0, 1, waves), random.uniform(0, 2 * np.pi, waves)
        self.kx, self.ky = 2 * np.pi / wave * np.cos(angle), 2 * np.pi / wave * np.sin(angle)
        self.phase, self.size = random.uniform(0, 2 * np.pi, waves), (wave / 70) ** 0.5

    def __call__(self, x: Any, y: Any) -> Any:
        total = np.zeros(np.broadcast(x, y).shape)
        for kx, ky, phase, size in zip(self.kx, self.ky, self.phase, self.size):
            total += size * np.sin(kx * (x - ORIGIN[0]) + ky * (y - ORIGIN[1]) + phase)
        return np.tanh(2 * total / total.std())


def grid_at(gsd: float, size: int, epsg: int = UTM31, origin: tuple[float, float] = ORIGIN) -> Grid:
    return Grid(wkt(epsg), (origin[0], gsd, 0.0, origin[1], 0.0, -gsd), size, size)


def draw(landscape: Landscape, grid: Grid, east: Any = 0.0, north: Any = 0.0) -> Any:
    """Return digital numbers of a raster that shows everything so many metres too far east and north in its CRS."""
    x0, dx, _, y0, _, dy = grid.transform
    x, y = np.meshgrid(x0 + (np.arange(grid.width) + 0.5) * dx, y0 + (np.arange(grid.height) + 0.5) * dy)
    x, y = MapTransform(grid.crs, wkt(UTM31))(x - east, y - north)
    return 2000 + 800 * landscape(x, y)


def save(path: Path, pixels: Any, grid: Grid, nodata: float | None = None, **more: Any) -> Band:
    """Write an image as UInt16 and return it as a band."""
    pixels = np.asarray(pixels)
    image = pixels if pixels.dtype.kind in "ui" or pixels.dtype == np.float32 else np.rint(pixels).astype(np.uint16)
    image = image if image.ndim == 3 else image[None]
    write_raster(path, image, grid.gsd, (grid.transform[0], grid.transform[3]), epsg=None, nodata=nodata, **more)
    dataset = gdal.Open(str(path), gdal.GA_Update)
    dataset.SetProjection(grid.crs)
    kind = gdal.GetDataTypeName(dataset.GetRasterBand(1).DataType)
    dataset = None
    return Band(path.stem, str(path), 1, grid, kind, nodata, None, 1.0, 0.0)


def find(reference: Band, moving: Band, **options: Any) -> Registration:
    return register(reference, moving, RegistrationOptions(**options), lambda: False, lambda sentence: None)

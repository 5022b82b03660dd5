# SPDX-License-Identifier: GPL-2.0-or-later
"""A raster as large and of as many bands as the result of a run, to measure how the panel loads one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from osgeo import gdal, osr

BANDS = ("B02", "B03", "B04", "B08", "B05", "B06", "B07", "B8A", "B11", "B12")
EPSG, LEFT, TOP, GSD = 32631, 499_980.0, 5_600_040.0, 10.0


def write_result(path: Path, size: int) -> None:
    """Write a GeoTIFF of so many rows and columns, with overviews."""
    options = ["TILED=YES", "COMPRESS=DEFLATE", "BIGTIFF=IF_SAFER"]
    made = gdal.GetDriverByName("GTiff").Create(str(path), size, size, len(BANDS), gdal.GDT_UInt16, options)
    made.SetGeoTransform((LEFT, GSD, 0.0, TOP, 0.0, -GSD))
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(EPSG)
    made.SetProjection(reference.ExportToWkt())
    coarse = np.random.default_rng(1).integers(1000, 3000, (size // 30 + 1, size // 30 + 1)).astype(np.uint16)
    pixels = np.kron(coarse, np.ones((30, 30), np.uint16))[:size, :size]
    for number, name in enumerate(BANDS, 1):
        band = made.GetRasterBand(number)
        band.WriteArray(pixels)
        band.SetDescription(name)
        band.SetNoDataValue(0)
        band.SetScale(0.0001)
        band.SetOffset(-0.1)
    made.BuildOverviews("AVERAGE", [2, 4, 8, 16])

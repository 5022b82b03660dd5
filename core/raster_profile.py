# SPDX-License-Identifier: GPL-2.0-or-later
"""Everything about an output file but its pixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .errors import OutputError
from .grid import Grid

# Side in pixels of the blocks of output files.
BLOCK = 256
GDAL_TYPES = {
    "uint8": "Byte",
    "int8": "Int8",
    "uint16": "UInt16",
    "int16": "Int16",
    "uint32": "UInt32",
    "int32": "Int32",
    "float32": "Float32",
    "float64": "Float64",
}


@dataclass(frozen=True)
class BandProfile:
    """Name of an output band and meaning of its numbers: reflectance = digital number x scale + offset.

    Scale and offset are None where the numbers are reflectance.
    """

    name: str
    scale: float | None
    offset: float | None
    wavelength_nm: float | None = None
    bandwidth_nm: float | None = None


@dataclass(frozen=True)
class RasterProfile:
    """Everything about an output file but its pixels; ``dtype`` is numpy's name."""

    grid: Grid
    dtype: str
    nodata: float | None
    bands: tuple[BandProfile, ...]
    tags: tuple[tuple[str, str], ...] = ()
    cog: bool = False
    threads: int = 1

    @property
    def nbytes(self) -> int:
        """Size of all pixels in bytes, uncompressed."""
        return len(self.bands) * self.grid.width * self.grid.height * np.dtype(self.dtype).itemsize


def describe(dataset: Any, profile: RasterProfile) -> None:
    """Write georeference, tags and the meaning of the bands into an open GDAL dataset."""
    dataset.SetGeoTransform(profile.grid.transform)
    if profile.grid.crs:
        dataset.SetProjection(profile.grid.crs)
    for key, value in profile.tags:
        dataset.SetMetadataItem(key, value)
    for number, band in enumerate(profile.bands, start=1):
        raster = dataset.GetRasterBand(number)
        raster.SetDescription(band.name)
        if profile.nodata is not None:
            raster.SetNoDataValue(profile.nodata)
        if band.scale is not None and band.offset is not None:
            raster.SetScale(band.scale)
            raster.SetOffset(band.offset)
        for key, number_nm in (("WAVELENGTH", band.wavelength_nm), ("FWHM", band.bandwidth_nm)):
            if number_nm is not None:
                raster.SetMetadataItem(key, f"{number_nm:g}")
        if band.wavelength_nm is not None:
            raster.SetMetadataItem("WAVELENGTH_UNITS", "nanometers")


def predictor(dtype: str) -> int:
    """Return TIFF's predictor of a numpy data type: differences of integers or of floating point numbers."""
    return 3 if np.dtype(dtype).kind == "f" else 2


def compression(dtype: str) -> list[str]:
    """Return the creation options of the compression: any reader knows DEFLATE, and level 1 costs 0.02 in size."""
    return ["COMPRESS=DEFLATE", "ZLEVEL=1", f"PREDICTOR={predictor(dtype)}"]


def gdal_type(dtype: str) -> str:
    """Return GDAL's name of a numpy data type.

    Raises:
        OutputError: a GeoTIFF is not written in that type.
    """
    if dtype not in GDAL_TYPES:
        raise OutputError(f"An output of type {dtype} cannot be written. Convert the inputs to one common type first.")
    return GDAL_TYPES[dtype]

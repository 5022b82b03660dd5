# SPDX-License-Identifier: GPL-2.0-or-later
"""Open one band of a quality raster, whose numbers are classes or bits, not measurements."""

from __future__ import annotations

import posixpath
from dataclasses import replace

from osgeo import gdal

from ..errors import GridError, ProductError
from ..harmonization.clouds import FMASK, HLS_FMASK, guess_kind
from ..hls import hls_family
from ..raster import numpy_type
from ..scene import Band
from . import files
from .alignment import same_crs
from .raster_files import RasterSource
from .virtual_sources import band_sources, is_virtual


def quality_kind(source: RasterSource) -> str | None:
    """Return the kind of a raster that tells of clouds by its file, its title, or its only band; None for others."""
    named = guess_kind(posixpath.basename(source.path.replace("\\", "/"))) or guess_kind(source.title, source.path)
    if named not in (None, FMASK):
        return named
    try:
        dataset = files.open_raster(source.path)
    except ProductError:
        return named
    if named is None and dataset.RasterCount != 1:
        return None
    return band_kind(dataset, 1, named or dataset.GetRasterBand(1).GetDescription(), source.path)


def band_kind(dataset: gdal.Dataset, index: int, name: str, path: str) -> str | None:
    """Return the kind that the name of a band tells, in a file or a virtual raster of files; None where it tells none.

    Raises:
        ProductError: the virtual raster is damaged.
    """
    kind = guess_kind(name, path)
    if kind != FMASK or not is_virtual(dataset):
        return kind
    sources = [file for file, _ in band_sources(dataset, index, path) or ()]
    return HLS_FMASK if sources and all(map(hls_family, sources)) else kind


def quality_tags(source: RasterSource) -> dict[str, str]:
    """Return the tags of a raster.

    Raises:
        ProductError: it cannot be opened.
    """
    return {str(key): str(value) for key, value in files.open_raster(source.path).GetMetadata().items()}


def quality_band(source: RasterSource, index: int) -> Band:
    """Return a band of a quality raster; a colour table, as such rasters often have, does not matter.

    Raises:
        ProductError: it cannot be opened, or has no such band.
        GridError: it has no georeference.
    """
    dataset = files.open_raster(source.path)
    if not 1 <= index <= dataset.RasterCount:
        raise ProductError(f"{source.title} has {dataset.RasterCount} bands, not {index}.")
    grid = files.grid_of(dataset)
    if grid is None:
        raise GridError(f"{source.title} has no georeference, so it cannot be laid over the others.")
    if source.crs and not same_crs(source.crs, grid.crs):
        grid = replace(grid, crs=source.crs)
    kind = gdal.GetDataTypeName(dataset.GetRasterBand(index).DataType)
    numpy_type(kind)
    return Band(source.title, source.path, index, grid, kind, None, None, 1.0, 0.0)

# SPDX-License-Identifier: GPL-2.0-or-later
"""What a raster says of itself besides its pixels, and a writer that says the same of another raster."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce
from pathlib import Path

import numpy as np
from osgeo import gdal

from ..errors import ProductError
from ..grid import Grid
from ..raster import numpy_type
from ..raster_profile import BandProfile, RasterProfile
from ..raster_writer import RasterWriter
from ..scene import Band
from . import files
from .alignment import same_crs

# Of the file's own kind, or no longer true once pixels have changed.
_LEFT_OUT = ("AREA_OR_POINT", "TIFFTAG_SOFTWARE", "TIFFTAG_DATETIME", "STATISTICS_", "SATSHARP_")


@dataclass(frozen=True)
class CopiedBand:
    """A band of a raster.

    Attributes:
        band: as the engine reads it, without a relation to reflectance.
        scale: as the file declares it, or None.
        offset: as the file declares it, or None.
        colour: GDAL's number of its colour interpretation.
        unit: unit of its values; may be empty.
        metadata: (key, value) pairs.
    """

    band: Band
    scale: float | None
    offset: float | None
    colour: int
    unit: str
    metadata: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class CopiedRaster:
    """A raster without its pixels.

    Attributes:
        path: what GDAL opens.
        title: what the user calls it.
        grid: its grid.
        dtype: numpy's name of the type that holds all of its bands.
        nodata: value that means no measurement, or None.
        bands: its bands.
        metadata: (key, value) pairs.
        palette: entries of the first band's colour table; empty for none.
    """

    path: str
    title: str
    grid: Grid
    dtype: str
    nodata: float | None
    bands: tuple[CopiedBand, ...]
    metadata: tuple[tuple[str, str], ...]
    palette: tuple[tuple[int, ...], ...] = ()

    @property
    def has_alpha(self) -> bool:
        """Whether a band tells what is transparent."""
        return any(entry.colour == gdal.GCI_AlphaBand for entry in self.bands)

    def profile(self, grid: Grid, nodata: float | None, tags: tuple[tuple[str, str], ...], cog: bool) -> RasterProfile:
        """Return the profile of a file with these bands on another grid."""
        bands = tuple(BandProfile(entry.band.name, entry.scale, entry.offset) for entry in self.bands)
        return RasterProfile(grid, self.dtype, nodata, bands, (*self.metadata, *tags), cog)


def describe_raster(path: str, title: str, crs: str = "") -> CopiedRaster:
    """Tell everything of a raster but its pixels.

    Args:
        path: what GDAL opens.
        title: what the user calls it.
        crs: WKT that its layer has; empty for the file's own.

    Raises:
        ProductError: it cannot be opened, has no bands or no georeference, or complex numbers.
    """
    dataset = files.open_raster(path)
    if not dataset.RasterCount:
        raise ProductError(f"{title} has no bands of its own. Choose one of its subdatasets.")
    grid = files.grid_of(dataset)
    if grid is None:
        raise ProductError(f"{title} has no georeference. Georeference it first, at least to some pixels.")
    if crs and not same_crs(crs, grid.crs):
        grid = replace(grid, crs=crs)
    bands = tuple(_band(dataset, index, path, grid) for index in range(1, dataset.RasterCount + 1))
    dtype = reduce(np.promote_types, (np.dtype(numpy_type(entry.band.dtype)) for entry in bands)).name
    nodata = next((entry.band.nodata for entry in bands if entry.band.nodata is not None), None)
    table = dataset.GetRasterBand(1).GetColorTable()
    palette = tuple(tuple(table.GetColorEntry(i)) for i in range(table.GetCount())) if table is not None else ()
    return CopiedRaster(path, title, grid, dtype, nodata, bands, _metadata(dataset), palette)


def _band(dataset: gdal.Dataset, index: int, path: str, grid: Grid) -> CopiedBand:
    source = dataset.GetRasterBand(index)
    kind = gdal.GetDataTypeName(source.DataType)
    name = source.GetDescription() or ""
    band = Band(name, path, index, grid, kind, source.GetNoDataValue(), None, 1.0, 0.0)
    return CopiedBand(
        band,
        source.GetScale(),
        source.GetOffset(),
        source.GetColorInterpretation(),
        source.GetUnitType() or "",
        _metadata(source),
    )


def _metadata(source: gdal.MajorObject) -> tuple[tuple[str, str], ...]:
    found = source.GetMetadata() or {}
    return tuple((key, str(value)) for key, value in sorted(found.items()) if not key.startswith(_LEFT_OUT))


class CopyWriter(RasterWriter):
    """Writes a raster that says of itself what another one does."""

    def __init__(self, path: Path, profile: RasterProfile, source: CopiedRaster) -> None:
        """Create the partial file; raises as :class:`RasterWriter` does."""
        self._source = source
        super().__init__(path, profile, (("input", source.path),), resume=False)

    def _prepare_overviews(self) -> None:
        """Say what a profile does not, before anything stands in the file behind its head."""
        self._guarded(self._copy)
        super()._prepare_overviews()

    def _copy(self) -> None:
        for number, entry in enumerate(self._source.bands, start=1):
            target = self._dataset.GetRasterBand(number)
            target.SetColorInterpretation(entry.colour)
            if entry.unit:
                target.SetUnitType(entry.unit)
            for key, value in entry.metadata:
                target.SetMetadataItem(key, value)
        if self._source.palette:
            table = gdal.ColorTable()
            for number, colour in enumerate(self._source.palette):
                table.SetColorEntry(number, colour)
            self._dataset.GetRasterBand(1).SetColorTable(table)

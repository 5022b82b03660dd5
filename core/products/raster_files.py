# SPDX-License-Identifier: GPL-2.0-or-later
"""What any raster says of itself: its bands with their names and colours, and its grid."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from osgeo import gdal

from ..errors import ProductError
from ..grid import Grid
from ..raster import numpy_type
from . import files
from .alignment import same_crs, spatial_reference

# Metres along one degree of latitude on a sphere of the Earth's mean radius.
METRES_PER_DEGREE = 111195.0


@dataclass(frozen=True)
class RasterSource:
    """A raster that the user chose.

    Attributes:
        path: what GDAL opens.
        title: what the user calls it, such as the name of its layer.
        crs: WKT that its layer has; empty for the file's own.
        band_names: names of its bands where the file does not keep them; empty for the file's own.
        origin: what it was made from, for the output's tags; empty for ``path``.
    """

    path: str
    title: str
    crs: str = ""
    band_names: tuple[str, ...] = ()
    origin: str = ""


@dataclass(frozen=True)
class RasterBand:
    """One band of a raster: its number from 1, name (may be empty) and colour as GDAL calls it (``Red``, ``Gray``)."""

    index: int
    name: str
    colour: str


@dataclass(frozen=True)
class RasterFile:
    """A raster that can be read.

    Attributes:
        source: where from.
        grid: its grid.
        bands: its bands without transparency.
        notes: what had to be assumed, as sentences.
    """

    source: RasterSource
    grid: Grid
    bands: tuple[RasterBand, ...]
    notes: tuple[str, ...] = ()

    @property
    def listed(self) -> str:
        """Number and names of the bands, for messages."""
        names = ", ".join(band.name for band in self.bands if band.name) or "without names"
        return f"{len(self.bands)} band{'s' if len(self.bands) != 1 else ''} ({names})"


def survey(source: RasterSource) -> RasterFile:
    """Open a raster and tell what is in it.

    Raises:
        ProductError: it cannot be opened, has no bands, or bands that hold no measurements.
    """
    dataset = files.open_raster(source.path)
    if not dataset.RasterCount:
        raise ProductError(f"{source.title} has no bands of its own. Choose one of its subdatasets.")
    bands = []
    for index in range(1, dataset.RasterCount + 1):
        band = dataset.GetRasterBand(index)
        named = source.band_names[index - 1 : index] or (band.GetDescription(),)
        if band.GetColorInterpretation() == gdal.GCI_AlphaBand and _is_transparency(named[0]):
            continue
        if band.GetColorTable() is not None:
            raise ProductError(
                f"Band {index} of {source.title} has a colour table, so its numbers are no measurements. Convert it to "
                "red, green and blue first (gdal:pcttorgb)."
            )
        numpy_type(gdal.GetDataTypeName(band.DataType))
        bands.append(RasterBand(index, named[0], gdal.GetColorInterpretationName(band.GetColorInterpretation())))
    grid, notes = _grid(dataset, source)
    return RasterFile(source, grid, tuple(bands), notes)


def _is_transparency(name: str) -> bool:
    """Return whether a band may be what its colour says: GDAL calls the fourth of four 8-bit bands alpha by itself."""
    return re.search(r"^(band \d+)?$|alpha|transparen|mask", name.strip().lower()) is not None


def _grid(dataset: gdal.Dataset, source: RasterSource) -> tuple[Grid, tuple[str, ...]]:
    grid = files.grid_of(dataset)
    if grid is None:
        size = dataset.RasterXSize, dataset.RasterYSize
        # As QGIS shows it: one unit a pixel, downwards from zero.
        grid = Grid("", (0.0, 1.0, 0.0, 0.0, 0.0, -1.0), *size)
        return grid, (f"{source.title} has no georeference; neither has the output.",)
    if source.crs and not same_crs(source.crs, grid.crs):
        grid = replace(grid, crs=source.crs)
    if not grid.crs:
        return grid, (f"{source.title} has no coordinate reference system; its unit is taken to be the metre.",)
    return grid, ()


def metres(grid: Grid) -> float:
    """Return the GSD of a grid in metres, in a geographic CRS along a meridian."""
    reference = spatial_reference(grid.crs)
    if reference is None:
        return grid.gsd
    if reference.IsGeographic():
        return grid.gsd * METRES_PER_DEGREE
    return grid.gsd * float(reference.GetLinearUnits() or 1.0)


def size_text(grid: Grid) -> str:
    """Return the GSD of a grid for messages, such as ``30 m`` or ``0.00027 degrees``."""
    reference = spatial_reference(grid.crs)
    if reference is not None and reference.IsGeographic():
        return f"{grid.gsd:.6g} degrees"
    return f"{metres(grid):.6g} m"

# SPDX-License-Identifier: GPL-2.0-or-later
"""Bring a band onto another grid in one resampling, be it moved by a found shift or in another UTM zone."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from osgeo import gdal, osr

from ..errors import GridError
from ..grid import Grid
from ..raster_state import gdal_messages
from ..scene import Band
from .warp_scale import warp_scale

# Metres between the northings of the same place in the northern and the southern zone of UTM.
FALSE_NORTHING = 10_000_000.0
# Cubic convolution as BandReader's, with as little error of place as GDAL gives.
_TOLERANCE = 0.02


def regridded(
    band: Band,
    grid: Grid,
    folder: Path,
    shift: tuple[float, float] = (0.0, 0.0),
    steepness: float = -0.5,
    nearest: bool = False,
) -> Band:
    """Return a band that is read on another grid.

    In the same CRS, or the other hemisphere's UTM zone of the same number, its reader interpolates; else a virtual
    raster warps it, in which saturated pixels are nodata. Both are cubic convolution but for classes, whose nearest
    pixel is taken.

    Args:
        band: on its own grid.
        grid: north-up, projected.
        folder: where a virtual raster may be written; it must outlive the band.
        shift: metres by which the band's pixels are moved east and north.
        steepness: parameter a of the interpolation in the same CRS.
        nearest: take the nearest pixel.

    Raises:
        GridError: a grid is rotated or geographic, or has no CRS.
    """
    lattice = _lattice(band, shift)
    for what, wanted in ((band.name, lattice), ("the output", grid)):
        if wanted.transform[2] or wanted.transform[4]:
            raise GridError(f"The grid of {what} is rotated. Warp it to a north-up grid first.")
    north = northing_between(lattice.crs, grid.crs)
    if north is None or nearest:
        return _warped(band, lattice, grid, folder, "near" if nearest else "cubic")
    x, dx, row, y, col, dy = lattice.transform
    placed = Grid(grid.crs, (x, dx, row, y + north, col, dy), lattice.width, lattice.height)
    if _same(placed, grid):
        return replace(band, grid=grid, shift=(0.0, 0.0))
    return replace(band, grid=grid, shift=(0.0, 0.0), lattice=placed, steepness=steepness)


def northing_between(source: str, target: str) -> float | None:
    """Return what is added to northings from one CRS to the other; None where more than that differs.

    Raises:
        GridError: one of them is missing or geographic.
    """
    first, second = _reference(source), _reference(target)
    if first.IsSame(second):
        return 0.0
    zones = first.GetUTMZone(), second.GetUTMZone()
    datums = {reference.GetAttrValue("DATUM") for reference in (first, second)}
    if zones[0] and zones[0] == -zones[1] and len(datums) == 1:
        return FALSE_NORTHING if zones[1] < 0 else -FALSE_NORTHING
    return None


def _reference(crs: str) -> osr.SpatialReference:
    reference = osr.SpatialReference()
    if not crs or reference.SetFromUserInput(crs) != 0 or not reference.IsProjected():
        raise GridError("Resampling needs rasters in a projected CRS in metres. Assign one, or warp the raster first.")
    reference.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    return reference


def _lattice(band: Band, shift: tuple[float, float]) -> Grid:
    """Return where the file's pixels lie, moved."""
    origin = band.stored_grid
    x, y = origin.locate(*band.shift)
    _, dx, row, _, col, dy = origin.transform
    return Grid(origin.crs, (x + shift[0], dx, row, y + shift[1], col, dy), origin.width, origin.height)


def _same(first: Grid, second: Grid) -> bool:
    """Return whether two grids of one CRS are equal to a thousandth of a pixel."""
    close = all(abs(a - b) < 1e-3 * second.gsd for a, b in zip(first.transform, second.transform))
    return close and (first.width, first.height) == (second.width, second.height)


def _warped(band: Band, lattice: Grid, grid: Grid, folder: Path, resampling: str) -> Band:
    """Write a virtual raster that warps a band onto a grid of another CRS."""
    stem = re.sub(r"[^A-Za-z0-9]+", "_", band.name)
    moved, result = str(folder / f"{stem}_moved.vrt"), str(folder / f"{stem}.vrt")
    west, north = grid.locate(0, 0)
    east, south = grid.locate(grid.height, grid.width)
    left, top = lattice.locate(0, 0)
    right, bottom = lattice.locate(lattice.height, lattice.width)
    nodata = band.nodata
    with gdal_messages() as messages:
        try:
            box = (left, top, right, bottom)
            placed = gdal.Translate(
                moved, band.path, format="VRT", bandList=[band.index], outputBounds=box, noData=nodata
            )
            del placed  # writes the file
            if band.saturated is not None:
                _without_saturated(Path(moved), band.saturated, nodata)
            warped = gdal.Warp(
                result,
                moved,
                format="VRT",
                dstSRS=grid.crs,
                outputBounds=(west, south, east, north),
                width=grid.width,
                height=grid.height,
                resampleAlg=resampling,
                errorThreshold=_TOLERANCE,
                warpOptions=warp_scale(lattice.gsd, grid.gsd),
                srcNodata=nodata,
                dstNodata=nodata,
            )
        except RuntimeError as error:
            messages.append(str(error))
            warped = None
    if warped is None:
        reason = "; ".join(messages) or "no reason given"
        raise GridError(f"{band.title} cannot be warped to the CRS of the output ({reason}).")
    del warped
    return replace(band, path=result, index=1, grid=grid, shift=(0.0, 0.0))


def _without_saturated(path: Path, saturated: float, nodata: float | None) -> None:
    """Have a virtual raster show saturated pixels as nodata: GDAL would interpolate their mark with what is around."""
    if nodata is None:
        return
    table = f"{nodata:g}:{nodata:g},{saturated - 1:.17g}:{saturated - 1:.17g},{saturated:.17g}:{nodata:g}"
    text = path.read_text(encoding="utf-8")
    text = text.replace("<SimpleSource>", "<ComplexSource>")
    text = text.replace("</SimpleSource>", f"<LUT>{table}</LUT></ComplexSource>")
    path.write_text(text, encoding="utf-8")


def southern(grid: Grid) -> tuple[str, float]:
    """Return the CRS in which Sentinel-2 has this place, and the equator's northing there.

    Landsat's products are in northern zones of UTM everywhere, with negative northings in the south.

    Raises:
        GridError: the CRS is missing or geographic, or no zone of UTM.
    """
    reference = _reference(grid.crs)
    zone = reference.GetUTMZone()
    if zone == 0:
        raise GridError("The product is in no zone of UTM. Give a REFERENCE or an MGRS_TILE, whose grid is taken.")
    middle = grid.locate(grid.height / 2, grid.width / 2)[1]
    if zone < 0:
        return grid.crs, FALSE_NORTHING
    if middle >= 0:
        return grid.crs, 0.0
    south = osr.SpatialReference()
    south.ImportFromEPSG(32700 + zone)
    return str(south.ExportToWkt()), FALSE_NORTHING

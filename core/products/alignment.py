# SPDX-License-Identifier: GPL-2.0-or-later
"""Check that the band groups of a scene fit each other and the sensor, and cut a stack to its common extent."""

from __future__ import annotations

import math
from dataclasses import replace

from osgeo import gdal, osr

from ..errors import GridError
from ..grid import ALIGNMENT_TOLERANCE, Grid, Window
from ..raster_state import gdal_messages, without_properties
from ..scene import Band
from ..sensors import Sensor

# Part of the sensor's GSD by which the file's may differ.
GSD_TOLERANCE = 0.02


def check_gsds(bands: tuple[Band, ...], sensor: Sensor) -> None:
    """Check that every band has the GSD at which the sensor delivers it.

    Raises:
        GridError: a GSD differs by more than 2 %, or the grid is in degrees.
    """
    expected = ", ".join(f"{gsd:g}" for gsd in sensor.gsds)
    for band in bands:
        if is_geographic(band.grid.crs):
            raise GridError(
                f"{band.path} is in degrees, and {sensor.name} has GSDs of {expected} m. Reproject it to its UTM zone "
                "first (better: use the product as delivered)."
            )
        wanted = sensor.band(band.name).gsd
        if abs(band.gsd / wanted - 1) > GSD_TOLERANCE:
            raise GridError(
                f"Band {band.name} has a GSD of {band.gsd:g} m in {band.path}, where {sensor.name} delivers {wanted:g} "
                f"m. Pass every band on its native grid: one file for each of {expected} m."
            )


def check_alignment(bands: tuple[Band, ...], name: str) -> None:
    """Check that all bands cover the same extent on grids that are whole multiples of the finest.

    Raises:
        GridError: they do not.
    """
    finest = min(bands, key=lambda band: band.gsd)
    for band in bands:
        window = footprint(band, finest, name)
        if window != finest.grid.window:
            raise GridError(
                f"{name}: band {band.name} ({_size(band.grid)}) and band {finest.name} ({_size(finest.grid)}) do not "
                "cover the same extent. Download the product again."
            )


def cut_to_common_extent(bands: tuple[Band, ...], name: str) -> tuple[Band, ...]:
    """Cut all bands to the largest extent they share that is whole pixels of every grid.

    A band that has to be cut gets an inline VRT as its path, which GDAL opens like a file.

    Raises:
        GridError: the grids are no whole multiples of each other, are shifted by a part of a pixel, or do not overlap.
    """
    finest = min(bands, key=lambda band: band.gsd)
    windows = [footprint(band, finest, name) for band in bands]
    if all(window == finest.grid.window for window in windows):
        return bands
    factors = [window.height // band.grid.height for band, window in zip(bands, windows)]
    row, row_end = _common_span([(w.row, w.row_end, factor) for w, factor in zip(windows, factors)], name)
    col, col_end = _common_span([(w.col, w.col_end, factor) for w, factor in zip(windows, factors)], name)
    common = Window(row, col, row_end - row, col_end - col)
    parts = [common.relative_to(window) for window in windows]
    # The common window is whole pixels of every band.
    return tuple(cut_band(band, part.coarsen(factor)) for band, part, factor in zip(bands, parts, factors))


def cut_band(band: Band, inside: Window) -> Band:
    """Return a band that consists of a window of its pixels; where it is cut, its path is an inline VRT.

    Raises:
        GridError: GDAL cannot make a view of the file.
    """
    if inside == band.grid.window:
        return band
    source = [inside.col, inside.row, inside.width, inside.height]
    with gdal_messages() as messages, without_properties():
        try:
            view = gdal.Translate("", band.path, format="VRT", srcWin=source, bandList=[band.index])
            xml = view.GetMetadata("xml:VRT") if view is not None else None
        except RuntimeError as error:
            messages.append(str(error))
            xml = None
    if not xml:
        reason = "; ".join(messages) or "no reason given"
        raise GridError(f"{band.path} cannot be cut to the extent of the other bands ({reason}).")
    return replace(band, path=str(xml[0]), index=1, grid=band.grid.crop(inside))


def footprint(band: Band, finest: Band, name: str) -> Window:
    """Return the pixels of the finest band's grid that a band covers; ``name`` is the product's, for messages.

    Raises:
        GridError: their CRS differ, or the grid is rotated against, shifted within, or no whole multiple of the finest.
    """
    coarse, fine = band.grid, finest.grid
    culprits = f"{name}: band {band.name} ({_size(coarse)}) does not fit band {finest.name} ({_size(fine)})"
    if not same_crs(coarse.crs, fine.crs):
        raise GridError(f"{culprits}: their coordinate reference systems differ. Reproject one of them first.")
    corners = [fine.pixel_of(*coarse.locate(r, c)) for r, c in ((0, 0), (0, coarse.width), (coarse.height, 0))]
    whole = [(round(r), round(c)) for r, c in corners]
    factor = round(coarse.gsd / fine.gsd)
    tolerance = max(ALIGNMENT_TOLERANCE * factor, 0.05)
    worst = max(abs(a - b) for corner, near in zip(corners, whole) for a, b in zip(corner, near))
    (row, col), right, below = whole
    expected = [(row, col + coarse.width * factor), (row + coarse.height * factor, col)]
    if worst > tolerance or [right, below] != expected:
        # Adding zero makes a negative zero positive.
        shift = [round(part, 2) + 0.0 for part in corners[0]]
        raise GridError(
            f"{culprits}: pixels must be {factor} times as large and start at a whole pixel (the ratio is "
            f"{coarse.gsd / fine.gsd:.3f}, the shift {shift[0]:g} rows and {shift[1]:g} columns). "
            "Use bands on their native grids."
        )
    return Window(row, col, coarse.height * factor, coarse.width * factor)


def same_crs(first: str, second: str) -> bool:
    """Return whether two WKT strings mean the same CRS; none at all equals none at all."""
    if first == second:
        return True
    one, other = spatial_reference(first), spatial_reference(second)
    return one is not None and other is not None and bool(one.IsSame(other))


def is_geographic(crs: str) -> bool:
    """Return whether a CRS measures in degrees."""
    reference = spatial_reference(crs)
    return reference is not None and bool(reference.IsGeographic())


def spatial_reference(crs: str) -> osr.SpatialReference | None:
    """Return the CRS of a WKT or an authority code, with x before y; None where it is empty or unknown."""
    reference = osr.SpatialReference()
    with gdal_messages():
        try:
            failed = not crs or reference.SetFromUserInput(crs) != 0
        except RuntimeError:
            failed = True
    if failed:
        return None
    # GDAL 3 follows the authority's axis order, latitude first for EPSG:4326, unless told otherwise.
    reference.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    return reference


def _common_span(spans: list[tuple[int, int, int]], name: str) -> tuple[int, int]:
    """Return the largest (start, end) inside all (start, end, factor) that is whole pixels of each."""
    lower, upper = max(span[0] for span in spans), min(span[1] for span in spans)
    step = math.lcm(*(span[2] for span in spans))
    starts = (
        start
        for start in range(lower, lower + step)
        if all((start - origin) % factor == 0 for origin, _, factor in spans)
    )
    start = next(starts, None)
    if start is None:
        raise GridError(f"{name}: the grids of its bands never share a pixel corner. Use bands on their native grids.")
    end = start + (upper - start) // step * step
    if end <= start:
        raise GridError(f"{name}: its bands do not overlap. Pass bands of one place.")
    return start, end


def _size(grid: Grid) -> str:
    return f"{grid.width} x {grid.height} pixels of {grid.gsd:g} m"

# SPDX-License-Identifier: GPL-2.0-or-later
"""Where two bands are compared: checks of their grids, and windows that are spread over what they share."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from ..errors import GridError
from ..grid import Grid, Window
from ..products.alignment import is_geographic
from ..products.pixel_map import MapTransform
from ..products.raster_files import metres
from ..scene import Band
from .coregistration import LEAST_WINDOWS

Floats = npt.NDArray[np.float64]

# Sides of a window in pixels of the coarser band: the usual one, the smallest and the largest.
SIDE, LEAST_SIDE, MOST_SIDE = 128, 48, 512
# Number of windows that is never cut down.
FEWEST = 9
# Side of a window by the pixels searched, at least.
SIDE_BY_REACH = 4
# Points along an edge of a raster, which bends in another CRS.
_POINTS = 21
# Part of a pixel that is taken for rounding.
_ROUNDING = 0.02


def check_grid(grid: Grid, name: str) -> None:
    """Check that a raster lies on a map in metres or feet, north up.

    Raises:
        GridError: it does not.
    """
    if not grid.crs:
        raise GridError(f"{name} has no coordinate reference system. Assign the right one first.")
    if is_geographic(grid.crs):
        raise GridError(f"{name} is in degrees. Reproject it to a projected CRS such as its UTM zone first.")
    _, dx, dx_row, _, dy_col, dy = grid.transform
    if dx_row or dy_col or dx <= 0 or dy >= 0:
        raise GridError(f"{name} is rotated or upside down. Warp it to a north-up grid first.")
    if abs(dx / -dy - 1) > 1e-3:
        raise GridError(f"{name} has pixels that are not square. Warp it to square ones first.")


def overlap_windows(base: Band, other: Band, reach: int, most: int) -> tuple[Window, ...]:
    """Return windows of the coarser band that are spread over its overlap with the other one.

    Args:
        base: the coarser band.
        other: the other one.
        reach: pixels that are searched.
        most: number of windows at most, not below nine.

    Raises:
        GridError: there is none, or it is too small.
    """
    box = _covered(base.grid, other.grid)
    if box.is_empty:
        raise GridError(f"{base.name} and {other.name} do not overlap. Choose rasters of one place.")
    small = min(box.height, box.width)
    side = min(max(SIDE, SIDE_BY_REACH * reach), max(LEAST_SIDE, small // 2))
    rows, cols = _counts(box, side, most)
    if small < max(side, 2 * reach + 16) or rows * cols < LEAST_WINDOWS:
        raise GridError(
            f"{base.name} and {other.name} share {box.height} x {box.width} pixels of {metres(base.grid):g} m, too few "
            f"to search {reach} pixels. Choose rasters that share more, or a smaller MAX_SHIFT."
        )
    return tuple(
        Window(top, left, side, side)
        for top in _starts(box.row, box.height, side, rows)
        for left in _starts(box.col, box.width, side, cols)
    )


def _counts(box: Window, side: int, most: int) -> tuple[int, int]:
    """Return how many windows are set along rows and columns: squarely spread, overlapping by half at most."""
    rows, cols = (max(1, 2 * size // side - 1) for size in (box.height, box.width))
    while rows * cols > max(FEWEST, most):
        if rows > 1 and (cols == 1 or box.height / rows < box.width / cols):
            rows -= 1
        else:
            cols -= 1
    return rows, cols


def _starts(first: int, size: int, side: int, count: int) -> list[int]:
    free = size - side
    return [first + (free // 2 if count == 1 else round(number * free / (count - 1))) for number in range(count)]


def _covered(base: Grid, other: Grid) -> Window:
    """Return the rectangle of the base that the outline of the other band covers."""
    x, y = outline(other, base.crs)
    x0, dx, _, y0, _, dy = base.transform
    seen = np.isfinite(x) & np.isfinite(y)
    if not seen.any():
        return Window(0, 0, 0, 0)
    place_rows, place_cols = (y[seen] - y0) / dy, (x[seen] - x0) / dx
    top, left = (math.floor(max(-1.0, line.min())) for line in (place_rows, place_cols))
    bottom = math.ceil(min(base.height + 1.0, place_rows.max()))
    end = math.ceil(min(base.width + 1.0, place_cols.max()))
    return Window(top, left, max(0, bottom - top), max(0, end - left)).intersect(base.window)


def reference_grid(source: Grid, reference: Grid) -> Grid:
    """Return a grid in the reference's CRS that covers a raster and whose corners lie on the reference's.

    Its pixels are as large as the raster's at most: a whole number of the reference's, or a whole part of them.

    Raises:
        GridError: the CRS cannot be related.
    """
    ratio = metres(source) / metres(reference)
    step = float(math.floor(ratio + _ROUNDING)) if ratio > 1 - _ROUNDING else 1 / math.ceil(1 / ratio - _ROUNDING)
    gsd = reference.gsd * step
    x, y = outline(source, reference.crs)
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise GridError("A part of the input has no place in the reference's coordinate reference system. Clip it.")
    x0, _, _, y0, _, _ = reference.transform
    left, right = (x.min() - x0) / gsd, (x.max() - x0) / gsd
    top, bottom = (y0 - y.max()) / gsd, (y0 - y.min()) / gsd
    col, row = math.floor(left + _ROUNDING), math.floor(top + _ROUNDING)
    width, height = math.ceil(right - _ROUNDING) - col, math.ceil(bottom - _ROUNDING) - row
    return Grid(reference.crs, (x0 + col * gsd, gsd, 0.0, y0 - row * gsd, 0.0, -gsd), width, height)


def outline(grid: Grid, crs: str) -> tuple[Floats, Floats]:
    """Return x and y of points along the edges of a grid in another CRS, infinite where they have no place there.

    Raises:
        GridError: the CRS cannot be related.
    """
    line, low, high = np.linspace(0, 1, _POINTS), np.zeros(_POINTS), np.ones(_POINTS)
    rows = np.concatenate([line, line, low, high]) * grid.height
    cols = np.concatenate([low, high, line, line]) * grid.width
    x0, dx, _, y0, _, dy = grid.transform
    return MapTransform(grid.crs, crs)(x0 + cols * dx, y0 + rows * dy)

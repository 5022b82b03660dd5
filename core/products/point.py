# SPDX-License-Identifier: GPL-2.0-or-later
"""Where a point lies on a raster."""

from __future__ import annotations

import math

from osgeo import osr

from ..errors import GridError
from ..grid import Grid, Window
from ..raster_state import gdal_messages
from .alignment import same_crs, spatial_reference
from .raster_files import metres


def moved_point(x: float, y: float, crs: str, grid: Grid) -> tuple[float, float]:
    """Return a point in the CRS of a grid.

    Args:
        x: east, or longitude in a geographic CRS.
        y: north, or latitude.
        crs: WKT or authority code; empty for the grid's own.
        grid: the grid.

    Raises:
        GridError: the CRS cannot be related.
    """
    if not crs or not grid.crs or same_crs(crs, grid.crs):
        return x, y
    theirs, ours = spatial_reference(crs), spatial_reference(grid.crs)
    if theirs is None or ours is None:
        raise GridError(f"The CRS {(crs if theirs is None else grid.crs)[:80]!r} is unknown. Choose another.")
    with gdal_messages():
        try:
            east, north, _ = osr.CoordinateTransformation(theirs, ours).TransformPoint(x, y)
        except (RuntimeError, TypeError):
            return math.inf, math.inf
    return float(east), float(north)


def window_around(x: float, y: float, crs: str, grid: Grid, radius: float) -> Window:
    """Return the pixels of a grid whose centres lie in the square of a half side in metres around a point.

    The pixel that the point lies on is always among them, unless it lies outside the grid: then none is.

    Raises:
        GridError: as :func:`moved_point`.
    """
    east, north = moved_point(x, y, crs, grid)
    if not (math.isfinite(east) and math.isfinite(north)):
        return Window(0, 0, 0, 0)
    row, col = grid.pixel_of(east, north)
    if not (0 <= row < grid.height and 0 <= col < grid.width):
        return Window(0, 0, 0, 0)
    reach = radius / metres(grid)
    spans = []
    for place in (row, col):
        first = min(math.floor(place), math.ceil(place - reach - 0.5))
        spans.append((first, max(math.floor(place), math.floor(place + reach - 0.5)) + 1))
    (top, bottom), (left, right) = spans
    return Window(top, left, bottom - top, right - left).intersect(grid.window)

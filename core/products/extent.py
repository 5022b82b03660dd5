# SPDX-License-Identifier: GPL-2.0-or-later
"""Turn an extent in any CRS into a window of a grid."""

from __future__ import annotations

import math

from osgeo import osr

from ..errors import GridError
from ..grid import Grid, Window
from ..raster_state import gdal_messages
from .alignment import same_crs, spatial_reference

Extent = tuple[float, float, float, float]
Points = list[tuple[float, float]]

# Borders of pixels that an extent misses by less than this part of a pixel are taken to be met (rounding noise).
_TOLERANCE = 1e-6
_POINTS_PER_EDGE = 21
# The outline of a grid, bent in another CRS, may bulge out between its points by less than this part of its size.
_BULGE = 0.01


def extent_window(grid: Grid, extent: Extent, extent_crs: str, snap: int) -> Window:
    """Return the window of a grid that covers an extent.

    The edges are followed by 21 points each, since they bend in another CRS. The window is snapped outward to multiples
    of ``snap`` pixels, so that it is whole pixels of the coarser grids too, and clipped to the grid.

    Args:
        grid: the (finest) grid.
        extent: (x minimum, y minimum, x maximum, y maximum); longitude is x in a geographic CRS.
        extent_crs: WKT or authority code such as ``EPSG:4326``; empty for the grid's own.
        snap: pixels of the grid.

    Raises:
        GridError: the extent is empty, lies outside the grid, or its CRS cannot be related to the grid's.
    """
    xmin, ymin, xmax, ymax = extent
    if not _finite(extent) or xmin >= xmax or ymin >= ymax:
        raise GridError(f"The extent {_text(extent)} is empty. Give it as x minimum, y minimum, x maximum, y maximum.")
    points = _outline(extent)
    if extent_crs and not same_crs(extent_crs, grid.crs):
        points = _projected(grid, extent, extent_crs)
    window = _covering([grid.pixel_of(x, y) for x, y in points]).intersect(grid.window)
    if window.is_empty:
        raise _outside(grid, _bounds(points), "")
    return window.coarsen(snap).refine(snap).intersect(grid.window)


def transformed_bounds(grid: Grid, crs: str) -> Extent:
    """Return the extent of a grid in another CRS, its edges followed by 21 points each.

    Raises:
        GridError: the grid's CRS cannot be related to the other.
    """
    theirs, ours = spatial_reference(grid.crs), spatial_reference(crs)
    if theirs is None or ours is None:
        raise GridError("A raster without a known CRS has no place in another. Assign its CRS first.")
    bounds = _bounds(_transformed(theirs, ours, _outline(_grid_bounds(grid))))
    if not _finite(bounds):
        raise GridError(f"The raster that covers {_text(_grid_bounds(grid))} has no place in {crs[:80]}.")
    return bounds


def _projected(grid: Grid, extent: Extent, extent_crs: str) -> Points:
    """Return the outline, in the grid's CRS, of the part of an extent near the grid."""
    if not grid.crs:
        raise GridError(
            f"The raster has no CRS, so an extent in {extent_crs} has no place on it. Assign its CRS first."
        )
    theirs, ours = spatial_reference(extent_crs), spatial_reference(grid.crs)
    if theirs is None or ours is None:
        raise GridError(f"The CRS {(extent_crs if theirs is None else grid.crs)[:80]!r} is unknown. Choose another.")
    # Far from its meridian a projection has no values, or wrong ones: so the extent is first clipped to the grid.
    bounds = _bounds(_transformed(ours, theirs, _outline(_grid_bounds(grid))))
    margin_x, margin_y = (bounds[2] - bounds[0]) * _BULGE, (bounds[3] - bounds[1]) * _BULGE
    near = (
        max(extent[0], bounds[0] - margin_x),
        max(extent[1], bounds[1] - margin_y),
        min(extent[2], bounds[2] + margin_x),
        min(extent[3], bounds[3] + margin_y),
    )
    if near[0] >= near[2] or near[1] >= near[3]:
        moved = _bounds(_transformed(theirs, ours, _outline(extent)))
        raise _outside(grid, moved, "") if _finite(moved) else _outside(grid, extent, f" in {extent_crs[:80]}")
    points = _transformed(theirs, ours, _outline(near))
    if not _finite(_bounds(points)):
        raise GridError(f"The extent {_text(extent)} has no place in the raster's CRS. Give it in that CRS.")
    return points


def _transformed(source: osr.SpatialReference, target: osr.SpatialReference, points: Points) -> Points:
    """Return points in another CRS, infinite where they have no place there."""
    with gdal_messages():
        try:
            transformation = osr.CoordinateTransformation(source, target)
            return [(float(point[0]), float(point[1])) for point in transformation.TransformPoints(points)]
        except (RuntimeError, TypeError, ValueError):
            return [(math.inf, math.inf)] * len(points)


def _finite(extent: Extent) -> bool:
    return all(map(math.isfinite, extent))


def _outside(grid: Grid, extent: Extent, where: str) -> GridError:
    return GridError(
        f"The extent {_text(extent)}{where} lies outside the raster, which covers {_text(_grid_bounds(grid))}. "
        "Choose an extent on it."
    )


def _covering(pixels: Points) -> Window:
    """Return the smallest window that covers fractional (row, column) positions."""
    rows, cols = [row for row, _ in pixels], [col for _, col in pixels]
    top, left = math.floor(min(rows) + _TOLERANCE), math.floor(min(cols) + _TOLERANCE)
    bottom = max(math.ceil(max(rows) - _TOLERANCE), top + 1)
    right = max(math.ceil(max(cols) - _TOLERANCE), left + 1)
    return Window(top, left, bottom - top, right - left)


def _outline(extent: Extent) -> Points:
    xmin, ymin, xmax, ymax = extent
    steps = [i / (_POINTS_PER_EDGE - 1) for i in range(_POINTS_PER_EDGE)]
    # Written so that the corners are exact.
    xs = [xmin * (1 - step) + xmax * step for step in steps]
    ys = [ymin * (1 - step) + ymax * step for step in steps]
    return [(x, y) for x in xs for y in (ymin, ymax)] + [(x, y) for y in ys for x in (xmin, xmax)]


def _grid_bounds(grid: Grid) -> Extent:
    corners = ((0, 0), (0, grid.width), (grid.height, 0), (grid.height, grid.width))
    return _bounds([grid.locate(row, col) for row, col in corners])


def _bounds(points: Points) -> Extent:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def _text(extent: Extent) -> str:
    return f"({', '.join(f'{value:.10g}' for value in extent)})"

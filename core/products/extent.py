# SPDX-License-Identifier: GPL-2.0-or-later
"""Turn an extent in any CRS into a window of a grid."""

from __future__ import annotations

import math

from osgeo import osr

from ..errors import GridError
from ..grid import Grid, Window
from ..raster import gdal_messages
from .alignment import same_crs, spatial_reference

Extent = tuple[float, float, float, float]

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
    if not all(map(math.isfinite, extent)) or xmin >= xmax or ymin >= ymax:
        raise GridError(f"The extent {_text(extent)} is empty. Give it as x minimum, y minimum, x maximum, y maximum.")
    points = _outline(extent)
    if extent_crs and not same_crs(extent_crs, grid.crs):
        points = _projected(grid, extent, extent_crs)
    pixels = [grid.pixel_of(x, y) for x, y in points]
    window = _covering(pixels) if pixels else Window(0, 0, 0, 0)
    if window.intersect(grid.window).is_empty:
        shown = _text(_bounds(points)) if points else f"{_text(extent)} ({extent_crs})"
        raise GridError(
            f"The extent {shown} lies outside the raster {_text(_bounds(_corners(grid)))}. Choose an extent on it."
        )
    return window.intersect(grid.window).coarsen(snap).refine(snap).intersect(grid.window)


def _projected(grid: Grid, extent: Extent, extent_crs: str) -> list[tuple[float, float]]:
    """Return the outline, in the grid's CRS, of the part of an extent near the grid; empty where there is none."""
    if not grid.crs:
        raise GridError(
            f"The raster has no CRS, so an extent in {extent_crs} has no place on it. Assign its CRS first."
        )
    theirs, ours = spatial_reference(extent_crs), spatial_reference(grid.crs)
    if theirs is None or ours is None:
        raise GridError(f"The CRS {(extent_crs if theirs is None else grid.crs)[:80]!r} is unknown. Choose another.")
    # Far from its meridian a projection has no values, or wrong ones: so the extent is first clipped to the grid.
    bounds = _bounds(_transformed(theirs=ours, ours=theirs, points=_grid_outline(grid), crs=extent_crs))
    margin_x, margin_y = (bounds[2] - bounds[0]) * _BULGE, (bounds[3] - bounds[1]) * _BULGE
    near = (
        max(extent[0], bounds[0] - margin_x),
        max(extent[1], bounds[1] - margin_y),
        min(extent[2], bounds[2] + margin_x),
        min(extent[3], bounds[3] + margin_y),
    )
    if near[0] >= near[2] or near[1] >= near[3]:
        return []
    return _transformed(theirs=theirs, ours=ours, points=_outline(near), crs=extent_crs)

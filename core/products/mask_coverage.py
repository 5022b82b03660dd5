# SPDX-License-Identifier: GPL-2.0-or-later
"""How much of a raster's ground a cloud mask covers: some are smaller, and what lies beside them is not known."""

from __future__ import annotations

import numpy as np

from ..errors import GridError
from ..grid import Grid
from .alignment import is_geographic
from .pixel_map import Floats, MapTransform

# Places along each edge that are looked at.
_PLACES = 128
# Less than this part is the edge of coarser pixels, and not worth a word.
LEAST_UNCOVERED = 0.005


def uncovered(mask: Grid, grid: Grid, other: Grid | None = None) -> float:
    """Return the part of a grid's ground (0 to 1, to about a hundredth) on which a mask has no pixels.

    Args:
        mask: the mask's grid.
        grid: on which the mask is used.
        other: only ground that lies on this one, too, is looked at.

    Returns:
        0 also where it is too little to be told, nothing is in common, or no way leads from one CRS to the other.
        Without a CRS coordinates are taken to be those of the other, as they are when the mask is read.
    """
    x, y = _centres(grid)
    try:
        looked_at = np.ones(x.shape, np.bool_) if other is None else _on(other, grid.crs, x, y)
        missing = looked_at & ~_on(mask, grid.crs, x, y)
    except GridError:
        return 0.0
    share = float(missing.sum() / max(1, looked_at.sum()))
    return share if share >= LEAST_UNCOVERED else 0.0


def percent(share: float) -> str:
    """Return a part as one reads it; what is not all is never 100 %."""
    return "100 %" if share == 1 else f"{min(100 * share, 99.9):.1f} %"


def _centres(grid: Grid) -> tuple[Floats, Floats]:
    """Return map coordinates of places spread over a grid."""
    steps = (np.arange(_PLACES) + 0.5) / _PLACES
    rows, cols = np.meshgrid(steps * grid.height, steps * grid.width, indexing="ij")
    x0, dx_col, dx_row, y0, dy_col, dy_row = grid.transform
    return x0 + cols * dx_col + rows * dx_row, y0 + cols * dy_col + rows * dy_row


def _on(grid: Grid, crs: str, x: Floats, y: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Return which places lie on a grid."""
    if crs and grid.crs:
        way = MapTransform(crs, grid.crs)
        x, y = way(x, y)
        if not way.same and is_geographic(grid.crs):
            x = _around(grid, x)
    x0, dx_col, dx_row, y0, dy_col, dy_row = grid.transform
    determinant = dx_col * dy_row - dx_row * dy_col
    if determinant == 0:
        raise GridError("The raster's geotransform has no area. Give it a valid georeference, then try again.")
    rows = (dx_col * (y - y0) - dy_col * (x - x0)) / determinant
    cols = (dy_row * (x - x0) - dx_row * (y - y0)) / determinant
    return (rows >= 0) & (rows <= grid.height) & (cols >= 0) & (cols <= grid.width)


def _around(grid: Grid, degrees: Floats) -> Floats:
    """Return longitudes moved by whole turns to the middle of a grid, as GDAL does: it may reach beyond 180 degrees."""
    middle, _ = grid.locate(grid.height / 2, grid.width / 2)
    known = np.isfinite(degrees)
    turns = np.rint((np.where(known, degrees, middle) - middle) / 360)
    return np.where(known, degrees - 360 * turns, degrees)

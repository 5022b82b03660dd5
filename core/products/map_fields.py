# SPDX-License-Identifier: GPL-2.0-or-later
"""Bring a coarse field of factors into the CRS of another grid."""

from __future__ import annotations

import numpy as np

from ..grid import Grid
from ..harmonization.factor_field import FactorField
from .pixel_map import MapTransform

# Cells along a side: angles of a scene are smooth.
CELLS = 96


def field_on(field: FactorField, grid: Grid) -> FactorField:
    """Return a field on a coarse lattice over a grid, north-up and in its CRS.

    Args:
        field: in any CRS.
        grid: over which it is wanted.
    """
    rows, cols = (max(2, min(CELLS, length)) for length in (grid.height, grid.width))
    x, dx, across, y, along, dy = grid.transform
    lattice = Grid(grid.crs, (x, dx * grid.width / cols, across, y, along, dy * grid.height / rows), cols, rows)
    east = x + (np.arange(cols) + 0.5) * lattice.transform[1]
    north = y + (np.arange(rows) + 0.5) * lattice.transform[5]
    eastings, northings = np.meshgrid(east, north)
    found = MapTransform(grid.crs, field.grid.crs)(eastings, northings)
    return FactorField(field.band, lattice, field.at(*found))

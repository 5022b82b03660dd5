# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the lattices of angles lie: their centre on the Earth, and their values on a grid in another CRS."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from osgeo import osr

from ..errors import GridError
from ..grid import Grid
from ..harmonization.factor_field import FactorField
from ..raster_state import gdal_messages
from .alignment import same_crs, spatial_reference

# Cells of a lattice along the longer side: factors vary over kilometres.
CELLS = 256


def centre_of(grid: Grid, what: str) -> tuple[float, float]:
    """Return longitude and latitude of a grid's centre in degrees (WGS 84).

    Args:
        grid: any grid.
        what: whose grid it is, for messages.

    Raises:
        GridError: its CRS is unknown.
    """
    x, y = grid.locate(grid.height / 2, grid.width / 2)
    wgs84 = spatial_reference("EPSG:4326")
    points = _moved(grid.crs, wgs84, [(x, y)], what)
    return points[0]


def on_grid(fields: tuple[FactorField, ...], grid: Grid, what: str) -> tuple[FactorField, ...]:
    """Return fields whose lattice is in the CRS of a grid, and check that it reaches the grid.

    Args:
        fields: all on the same lattice.
        grid: where they will be sampled.
        what: whose grid it is, for messages.

    Returns:
        The fields themselves where the CRS is the same, else fields on at most 256 x 256 cells over the grid.

    Raises:
        GridError: the CRS are not related, or the lattice lies elsewhere.
    """
    if not fields:
        return fields
    if same_crs(fields[0].grid.crs, grid.crs):
        _check_overlap(_bounds(_corners(grid)), fields[0].grid, what)
        return fields
    lattice = coarse_lattice(grid)
    centres = [lattice.locate(row + 0.5, col + 0.5) for row in range(lattice.height) for col in range(lattice.width)]
    moved = np.array(_moved(grid.crs, spatial_reference(fields[0].grid.crs), centres, what))
    _check_overlap((*moved.min(axis=0), *moved.max(axis=0)), fields[0].grid, what)
    x, y = moved.T.reshape(2, lattice.height, lattice.width)
    return tuple(replace(field, grid=lattice, values=field.at(x, y)) for field in fields)


def coarse_lattice(grid: Grid, cells: int = CELLS) -> Grid:
    """Return a grid over the same place with at most so many cells a side; its cells are whole pixels wide."""
    step = max(1, -(-max(grid.width, grid.height) // cells))
    x0, dx_col, dx_row, y0, dy_col, dy_row = grid.transform
    transform = (x0, dx_col * step, dx_row * step, y0, dy_col * step, dy_row * step)
    return Grid(grid.crs, transform, -(-grid.width // step), -(-grid.height // step))


def _corners(grid: Grid) -> list[tuple[float, float]]:
    return [grid.locate(row, col) for row in (0, grid.height) for col in (0, grid.width)]


def _bounds(points: list[tuple[float, float]]) -> tuple[float, float, float, float]:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def _check_overlap(bounds: tuple[float, ...], lattice: Grid, what: str) -> None:
    """Raise GridError where a rectangle (x minimum, y minimum, x maximum, y maximum) lies off a lattice."""
    own = _bounds(_corners(lattice))
    if bounds[0] >= own[2] or bounds[2] <= own[0] or bounds[1] >= own[3] or bounds[3] <= own[1]:
        raise GridError(
            f"{what} lies elsewhere than the product with the angles. Pass the product that it was made from."
        )


def _moved(
    crs: str, target: osr.SpatialReference | None, points: list[tuple[float, float]], what: str
) -> list[tuple[float, float]]:
    """Return points in another CRS; longitude comes before latitude."""
    source = spatial_reference(crs)
    if source is None or target is None:
        raise GridError(f"{what} has no coordinate reference system that is known. Assign it first.")
    with gdal_messages() as messages:
        try:
            transformation = osr.CoordinateTransformation(source, target)
            moved = [(float(point[0]), float(point[1])) for point in transformation.TransformPoints(points)]
        except (RuntimeError, TypeError, ValueError) as error:
            messages.append(str(error))
            moved = []
    if not moved or not np.isfinite(moved).all():
        raise GridError(f"{what} has no place in the CRS of the angles ({'; '.join(messages)}). Reproject it first.")
    return moved

# SPDX-License-Identifier: GPL-2.0-or-later
"""Which pixel of a swath belongs to each pixel of a map: the nearest of each scan, and of several scans one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .grid import Window
from .swath_lattice import BLOCK, Floats, Lattice

Ints = npt.NDArray[np.int64]

# Scans that are this many apart never overlap (of MODIS and VIIRS, at the ends of a scan, it is twice its usual width).
APART = 3
# Pixels by which a scan may reach beyond its border to meet the next one.
BRIDGE = 0.5
# Quadrilaterals larger than this many lattice steps in map pixels are torn, as at the edge of a projection.
LARGEST = 16
ITERATIONS = 3
# Half sides from the middle of a quadrilateral, taken for a parallelogram, at which a point may yet lie inside.
ROUGHLY = 0.9
# Allowance at the sides of a quadrilateral, in its sides, and for the place that is found, in map pixels.
EDGE, RESIDUAL = 1e-4, 0.02
# More rows than any scan has.
UNMEASURED = 1e6


@dataclass(frozen=True, eq=False)
class Candidates:
    """Pixels of a swath that cover pixels of a map, as four arrays of one length.

    Attributes:
        cell: index into the flattened map window.
        row: row of the swath.
        col: column of the swath.
        off: distance in rows of the map pixel from the middle of the scan.
    """

    cell: Ints
    row: Ints
    col: Ints
    off: Floats


@dataclass(frozen=True, eq=False)
class _Quads:
    """Quadrilaterals between four known places, as arrays of one length.

    Attributes:
        scan: scan of the swath.
        line: line of the lattice of their first corner, counted from the rim.
        col: column likewise.
        corners: x and y of the corners (line, column), (line, column + 1), (line + 1, column) and opposite: (4, 2, n).
    """

    scan: Ints
    line: Ints
    col: Ints
    corners: Floats


def candidates(lattice: Lattice, window: Window) -> tuple[Candidates, ...]:
    """Return the pixels of a swath that cover the pixels of a map window, in groups of scans that do not overlap.

    Between its known places a scan is bilinear. Each map pixel's centre is looked up in the quadrilateral in which it
    lies, which gives a fractional row and column of the swath, and so the pixel with the nearest centre.

    Args:
        lattice: of the swath on the map.
        window: part of the map.
    """
    hits = lattice.blocks_in(window)
    groups = (hits[hits[:, 0] % APART == group] for group in range(APART))
    return tuple(_of_group(lattice, window, group) for group in groups if len(group))


def choose(
    found: tuple[Candidates, ...], measured: npt.NDArray[np.bool_], origin: Window, window: Window
) -> tuple[Ints, Ints]:
    """Return for each map pixel the row and column of the swath pixel that is taken, -1 where there is none.

    Where scans overlap, all have a pixel within half a pixel. That of the scan is taken in whose middle the place lies
    nearer: so scans meet along a line half-way through their overlap, and what a network made near the edge of a scan,
    looking across it, is left out where the overlap is wide. A pixel that was measured goes before one that was not,
    such as those that VIIRS deletes on board because the neighbouring scan has them, too.

    Args:
        found: what :func:`candidates` returned.
        measured: which pixels of a window of the swath were measured, shape (rows, columns).
        origin: that window.
        window: part of the map.

    Returns:
        Two flat arrays, row by row of the map window.
    """
    cells = window.height * window.width
    best = np.full(cells, np.inf)
    row, col = np.full(cells, -1, np.int64), np.full(cells, -1, np.int64)
    for group in found:
        valid = measured[group.row - origin.row, group.col - origin.col]
        off = np.where(valid, group.off, group.off + UNMEASURED)
        better = off < best[group.cell]
        cell = group.cell[better]
        best[cell], row[cell], col[cell] = off[better], group.row[better], group.col[better]
    return row, col


def _of_group(lattice: Lattice, window: Window, hits: Ints) -> Candidates:
    quads = _quads(lattice, window, hits)
    number, x, y = _cells_of(quads, window)
    near = _roughly_inside(quads, number, x + 0.5, y + 0.5)
    number, x, y = number[near], x[near], y[near]
    corners = quads.corners[:, :, number]
    down, right, exact = _inside(corners, x + 0.5, y + 0.5)
    geometry = lattice.geometry
    scan = quads.scan[number]
    row = geometry.line_offset + geometry.line_step * (quads.line[number] - 1 + down)
    col = geometry.pixel_offset + geometry.pixel_step * (quads.col[number] - 1 + right)
    above = np.where(scan > 0, BRIDGE, 0.0)
    below = np.where(scan < geometry.scans - 1, BRIDGE, 0.0)
    with np.errstate(invalid="ignore"):
        exact &= (row >= -0.5 - above) & (row <= geometry.scan_lines - 0.5 + below)
        exact &= (col >= -0.5) & (col <= geometry.width - 0.5)
    row, col = row[exact], col[exact]
    whole_row = np.clip(np.rint(row), 0, geometry.scan_lines - 1).astype(np.int64)
    whole_col = np.clip(np.rint(col), 0, geometry.width - 1).astype(np.int64)
    cell = (y[exact] - window.row) * window.width + x[exact] - window.col
    rows = scan[exact] * geometry.scan_lines + whole_row
    return Candidates(cell, rows, whole_col, np.abs(row - (geometry.scan_lines - 1) / 2))


def _quads(lattice: Lattice, window: Window, hits: Ints) -> _Quads:
    """Return the quadrilaterals of some blocks that may touch a window."""
    blocks = [
        np.stack([store[scan, :, block * BLOCK : (block + 1) * BLOCK + 1] for store in (lattice.x, lattice.y)])
        for scan, block in hits
    ]
    places = np.stack(blocks, axis=1).astype(np.float64)
    corners = np.stack([places[..., :-1, :-1], places[..., :-1, 1:], places[..., 1:, :-1], places[..., 1:, 1:]])
    low, high = corners.min(axis=0), corners.max(axis=0)
    geometry = lattice.geometry
    limit = LARGEST * max(geometry.line_step, geometry.pixel_step)
    with np.errstate(invalid="ignore"):
        near = (high[0] >= window.col) & (low[0] <= window.col_end)
        near &= (high[1] >= window.row) & (low[1] <= window.row_end)
        near &= (high - low <= limit).all(axis=0)
    hit, line, col = np.nonzero(near)
    return _Quads(hits[hit, 0], line, hits[hit, 1] * BLOCK + col, corners[:, :, hit, line, col])


def _cells_of(quads: _Quads, window: Window) -> tuple[Ints, Ints, Ints]:
    """Return for each map pixel whose centre lies in a quadrilateral's bounds: its number, column and row."""
    low, high = quads.corners.min(axis=0), quads.corners.max(axis=0)
    first_x = np.maximum(np.ceil(low[0] - 0.5 - EDGE), window.col).astype(np.int64)
    first_y = np.maximum(np.ceil(low[1] - 0.5 - EDGE), window.row).astype(np.int64)
    last_x = np.minimum(np.floor(high[0] - 0.5 + EDGE), window.col_end - 1).astype(np.int64)
    last_y = np.minimum(np.floor(high[1] - 0.5 + EDGE), window.row_end - 1).astype(np.int64)
    wide, tall = np.maximum(last_x - first_x + 1, 0), np.maximum(last_y - first_y + 1, 0)
    count = wide * tall
    number = np.repeat(np.arange(len(count)), count)
    position = np.arange(len(number)) - np.repeat(np.cumsum(count) - count, count)
    return number, first_x[number] + position % wide[number], first_y[number] + position // wide[number]


def _roughly_inside(quads: _Quads, number: Ints, x: Floats, y: Floats) -> npt.NDArray[np.bool_]:
    """Return which points may lie in their quadrilaterals: most that lie in the bounds only are told apart cheaply."""
    first, beside, below, opposite = quads.corners
    right_way, down_way = (beside - first + opposite - below) / 2, (below - first + opposite - beside) / 2
    middle = (first + beside + below + opposite) / 4
    with np.errstate(all="ignore"):
        area = right_way[0] * down_way[1] - right_way[1] * down_way[0]
        inverse = np.stack([down_way[1], -down_way[0], -right_way[1], right_way[0]]) / area
        inverse, middle = inverse[:, number], middle[:, number]
        east, south = x - middle[0], y - middle[1]
        near: npt.NDArray[np.bool_] = np.abs(inverse[0] * east + inverse[1] * south) < ROUGHLY
        near &= np.abs(inverse[2] * east + inverse[3] * south) < ROUGHLY
    return near


def _inside(corners: Floats, x: Floats, y: Floats) -> tuple[Floats, Floats, npt.NDArray[np.bool_]]:
    """Find points in quadrilaterals by Newton's iteration on the bilinear relation.

    Args:
        corners: (4, 2, n).
        x: of the points (n,).
        y: of the points (n,).

    Returns:
        Parts of the way down and to the right, 0 to 1, and which points lie inside.
    """
    first, beside, below, opposite = corners
    twist = opposite - beside - below + first
    right_way, down_way = beside - first, below - first
    target = np.stack([x, y])
    down, right = np.full(x.shape, 0.5), np.full(x.shape, 0.5)
    with np.errstate(all="ignore"):
        for _ in range(ITERATIONS):
            slope_down, slope_right = down_way + right * twist, right_way + down * twist
            error = first + right * right_way + down * down_way + right * down * twist - target
            area = slope_right[0] * slope_down[1] - slope_right[1] * slope_down[0]
            right = right - (error[0] * slope_down[1] - error[1] * slope_down[0]) / area
            down = down - (slope_right[0] * error[1] - slope_right[1] * error[0]) / area
        error = first + right * right_way + down * down_way + right * down * twist - target
        found = (np.abs(error) < RESIDUAL).all(axis=0)
        found &= (np.abs(right - 0.5) <= 0.5 + EDGE) & (np.abs(down - 0.5) <= 0.5 + EDGE)
    return down, right, found

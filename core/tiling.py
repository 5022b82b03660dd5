# SPDX-License-Identifier: GPL-2.0-or-later
"""Tiles of constant shape over an output grid: integer algebra on frozen records, without input or output."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .grid import Window


@dataclass(frozen=True)
class Tile:
    """A unit of work on the output grid.

    Attributes:
        row: index of the tile's row.
        col: index of its column.
        window: the whole tile, always of the same shape; it may reach beyond the raster.
        kept: the part of it that belongs to the output.
    """

    row: int
    col: int
    window: Window
    kept: Window


def tile_rows(selected: Window, size: int, first_row: int = 0) -> tuple[tuple[Tile, ...], ...]:
    """Cut a window of the output grid into rows of square tiles.

    Tiles are anchored at the origin of the grid, not of the window, so that the run of an extent computes the very
    tiles of a full run.

    Args:
        selected: window of the output grid that is wanted.
        size: side of a tile in output pixels.
        first_row: leave out tiles that end at or above this row of the output grid.

    Returns:
        Rows of tiles from top to bottom, each from left to right; every selected pixel below ``first_row`` lies in the
        kept part of one tile and only one.
    """
    wanted = selected.intersect(Window(first_row, selected.col, selected.row_end - first_row, selected.width))
    if wanted.is_empty:
        return ()
    cells = wanted.coarsen(size)
    return tuple(
        tuple(_tile(row, col, size, wanted) for col in range(cells.col, cells.col_end))
        for row in range(cells.row, cells.row_end)
    )


def tiles_touching(selected: Window, size: int, window: Window, margin: int = 0) -> int:
    """Return how many tiles of :func:`tile_rows` need a window of the output grid for what they keep.

    Args:
        selected: window of the output grid that is wanted.
        size: side of a tile in output pixels.
        window: the window.
        margin: what a tile needs around the part that it keeps, in output pixels.
    """
    near = window.pad(margin).intersect(selected)
    if window.is_empty or near.is_empty:
        return 0
    cells = near.coarsen(size)
    return cells.height * cells.width


def _tile(row: int, col: int, size: int, wanted: Window) -> Tile:
    window = Window(row * size, col * size, size, size)
    return Tile(row, col, window, window.intersect(wanted))


def reflected(start: int, stop: int, length: int) -> npt.NDArray[np.intp]:
    """Return the source indices of ``start .. stop`` where positions outside ``0 .. length`` are mirrored at the edge.

    The edge pixel is repeated (half-sample symmetry), so that grids of different GSD mirror at the same line.
    """
    position = np.arange(start, stop) % (2 * length)
    return np.minimum(position, 2 * length - 1 - position).astype(np.intp)

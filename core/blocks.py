# SPDX-License-Identifier: GPL-2.0-or-later
"""Collect tiles into whole file blocks, so that each block is compressed and written once and only once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .grid import Window

Pixels = npt.NDArray[np.generic]


class BlockAssembler:
    """Turns windows of any shape into complete runs of blocks, in pixels of the output file."""

    def __init__(self, bands: int, height: int, width: int, block: int, first_row: int = 0) -> None:
        """Start with an empty file of this size; rows above ``first_row`` are already written and are ignored."""
        self._raster = Window(0, 0, height, width)
        self._fresh = Window(first_row, 0, height - first_row, width)
        self._bands, self._block = bands, block
        self._open: dict[tuple[int, int], tuple[Pixels, int]] = {}

    @property
    def pending(self) -> int:
        """Number of blocks that have been started and not completed."""
        return len(self._open)

    def add(self, window: Window, pixels: Pixels) -> list[tuple[Window, Pixels]]:
        """Take the pixels of a window, shape (bands, rows, columns), and return what can be written now.

        A pixel must be given once only. Returned windows consist of whole blocks (cut at the raster edge).
        """
        fresh = window.intersect(self._fresh)
        if fresh.is_empty:
            return []
        pixels = _part(pixels, fresh.relative_to(window))
        whole = self._whole_blocks(fresh)
        if whole == fresh:
            return [(fresh, pixels)]
        ready = [] if whole.is_empty else [(whole, _part(pixels, whole.relative_to(fresh)))]
        return ready + self._collect(fresh, pixels, whole)

    def _whole_blocks(self, window: Window) -> Window:
        block, raster = self._block, self._raster
        row, col = -(-window.row // block) * block, -(-window.col // block) * block
        row_end = window.row_end if window.row_end == raster.row_end else window.row_end // block * block
        col_end = window.col_end if window.col_end == raster.col_end else window.col_end // block * block
        if row_end <= row or col_end <= col:
            return Window(row, col, 0, 0)
        return Window(row, col, row_end - row, col_end - col)

    def _collect(self, window: Window, pixels: Pixels, whole: Window) -> list[tuple[Window, Pixels]]:
        cells = window.coarsen(self._block)
        ready = []
        for row in range(cells.row, cells.row_end):
            for col in range(cells.col, cells.col_end):
                place = self._place(row, col)
                if place.intersect(whole) != place:
                    ready += self._fill((row, col), place, window, pixels)
        return ready

    def _place(self, row: int, col: int) -> Window:
        block = self._block
        return Window(row * block, col * block, block, block).intersect(self._raster)

    def _fill(self, key: tuple[int, int], place: Window, window: Window, pixels: Pixels) -> list[tuple[Window, Pixels]]:
        if key not in self._open:
            shape = (self._bands, place.height, place.width)
            self._open[key] = np.empty(shape, pixels.dtype), place.height * place.width
        buffer, missing = self._open[key]
        common = place.intersect(window)
        rows, cols = common.relative_to(place).slices
        buffer[:, rows, cols] = _part(pixels, common.relative_to(window))
        missing -= common.height * common.width
        if missing:
            self._open[key] = buffer, missing
            return []
        del self._open[key]
        return [(place, buffer)]


def _part(pixels: Pixels, window: Window) -> Pixels:
    rows, cols = window.slices
    result: Pixels = pixels[:, rows, cols]
    return result

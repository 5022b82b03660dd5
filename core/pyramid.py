# SPDX-License-Identifier: GPL-2.0-or-later
"""Overviews made while the pixels pass by, so that a finished file need not be read again."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from .blocks import BlockAssembler
from .grid import Window

Pixels = npt.NDArray[np.generic]
Write = Callable[[int, Window, Pixels], None]


def overview_levels(height: int, width: int, smallest: int) -> tuple[int, ...]:
    """Return the decimation factors 2, 4, 8, ... until both sides are at most ``smallest`` pixels."""
    levels = []
    factor = 2
    while max(height, width) * 2 > smallest * factor:
        levels.append(factor)
        factor *= 2
    return tuple(levels)


class Pyramid:
    """Receives whole blocks of the full raster and hands on whole blocks of every overview level."""

    def __init__(
        self, shape: tuple[int, int, int], block: int, levels: int, nodata: float | None, write: Write
    ) -> None:
        """Prepare the levels.

        Args:
            shape: bands, rows, columns of the full raster.
            block: side of a file block.
            levels: number of levels, each half as large as the one before, sides rounded up.
            nodata: value that does not count in means, or None.
            write: called with level index (0 for factor 2), window and pixels, each block once.
        """
        self._nodata, self._write = nodata, write
        self._assemblers = []
        bands, height, width = shape
        for _ in range(levels):
            height, width = -(-height // 2), -(-width // 2)
            self._assemblers.append(BlockAssembler(bands, height, width, block))

    def feed(self, window: Window, pixels: Pixels, level: int = 0) -> None:
        """Take blocks of the full raster, or of level ``level - 1``; windows begin at even rows and columns."""
        if level == len(self._assemblers):
            return
        smaller = halved(pixels, self._nodata)
        for place, block in self._assemblers[level].add(window.coarsen(2), smaller):
            self._write(level, place, block)
            self.feed(place, block, level + 1)


def halved(pixels: Pixels, nodata: float | None) -> Pixels:
    """Return the means of 2 x 2 pixels, shape (bands, rows, columns); an odd last row or column is averaged alone.

    Nodata and NaN do not count; where nothing counts the result is nodata. Integers are rounded half up.
    """
    odd = [(0, side % 2) for side in pixels.shape[1:]]
    if any(after for _, after in odd):
        pixels = np.pad(pixels, [(0, 0), *odd], mode="edge")
    exact: Pixels = pixels.astype(np.int64 if pixels.dtype.itemsize > 2 else np.int32) if _integral(pixels) else pixels
    quarters = [exact[:, row::2, col::2] for row in (0, 1) for col in (0, 1)]
    masks = [_counts(quarter, nodata) for quarter in quarters]
    if all(mask is None for mask in masks):
        total = quarters[0] + quarters[1] + quarters[2] + quarters[3]  # type: ignore[operator]
        mean: Pixels = ((total + 2) >> 2 if _integral(pixels) else total / 4).astype(pixels.dtype)
        return mean
    whole = [np.ones(quarter.shape, np.bool_) if mask is None else mask for quarter, mask in zip(quarters, masks)]
    number = np.sum(whole, axis=0)
    total = np.sum([np.where(mask, quarter, 0) for quarter, mask in zip(quarters, whole)], axis=0)
    means = _mean(total, np.maximum(number, 1), pixels.dtype)
    means[number == 0] = np.nan if nodata is None else nodata
    return means


def _integral(pixels: Pixels) -> bool:
    return pixels.dtype.kind in "iu"


def _counts(pixels: Pixels, nodata: float | None) -> npt.NDArray[np.bool_] | None:
    """Return which pixels are measured, or None where all are."""
    if _integral(pixels):
        mask = np.ones(pixels.shape, np.bool_) if nodata is None else np.asarray(pixels != nodata)
    else:
        mask = np.isfinite(pixels)
        if nodata is not None and not np.isnan(nodata):
            mask &= pixels != nodata
    return None if mask.all() else mask


def _mean(total: npt.NDArray[np.generic], number: npt.NDArray[np.generic], dtype: np.dtype[np.generic]) -> Pixels:
    if dtype.kind in "iu":
        return ((total + number // 2) // number).astype(dtype)  # type: ignore[operator, no-any-return]
    return (total / number).astype(dtype)  # type: ignore[operator, no-any-return]

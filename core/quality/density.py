# SPDX-License-Identifier: GPL-2.0-or-later
"""Where pairs of values lie, counted on a square lattice, and pictures that are too large to be kept whole."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

BINS = 512
# Parts of the pairs that a plot may leave out at either end, and cells along one side of it.
_CUT, _SHOWN = 0.001, 96


class Density:
    """Counts pairs (x, y); what lies outside the range falls into its outermost cells."""

    def __init__(self, low: float, high: float) -> None:
        """Start with no pair."""
        self.low, self.high = low, high
        self.counts: Counts = np.zeros((BINS, BINS), np.int64)

    def add(self, x: npt.NDArray[np.generic], y: npt.NDArray[np.generic]) -> None:
        """Count more pairs."""
        cells = self._cell(y) * BINS + self._cell(x)
        self.counts += np.bincount(cells, minlength=BINS * BINS).reshape(BINS, BINS)

    def _cell(self, values: npt.NDArray[np.generic]) -> npt.NDArray[np.int64]:
        part = (values.astype(np.float64).ravel() - self.low) / (self.high - self.low)
        return np.asarray(np.clip(np.floor(part * BINS), 0, BINS - 1), np.int64)

    def shown(self) -> ShownDensity:
        """Return the part in which all but a few pairs lie, in fewer and larger cells."""
        along = self.counts.sum(axis=0) + self.counts.sum(axis=1)
        total = np.cumsum(along) / max(1, int(along.sum()))
        first = int(np.searchsorted(total, _CUT))
        last = int(np.searchsorted(total, 1 - _CUT)) + 1
        side = max(1, -(-(last - first) // _SHOWN))
        cells = max(1, -(-(last - first) // side))
        part = np.zeros((cells * side, cells * side), np.int64)
        found = self.counts[first : first + cells * side, first : first + cells * side]
        part[: found.shape[0], : found.shape[1]] = found
        merged = part.reshape(cells, side, cells, side).sum(axis=(1, 3))
        step = (self.high - self.low) / BINS
        return ShownDensity(merged, self.low + first * step, self.low + (first + cells * side) * step)


@dataclass(frozen=True)
class ShownDensity:
    """Counts (y upwards, x) of a plot whose two axes run from ``low`` to ``high``."""

    counts: Counts
    low: float
    high: float


class Thumbnail:
    """Averages an image that comes in strips down to a small one."""

    def __init__(self, height: int, width: int, largest: int) -> None:
        """Start an image of which no side will be longer than ``largest`` pixels."""
        self.factor = max(1, -(-max(height, width) // largest))
        shape = -(-height // self.factor), -(-width // self.factor)
        self._sum = np.zeros(shape)
        self._count = np.zeros(shape)

    def add(self, row: int, values: npt.NDArray[np.generic], mask: Mask) -> None:
        """Take a strip (rows, columns) that starts at ``row``, which is a multiple of ``factor``."""
        rows = slice(row // self.factor, row // self.factor + -(-values.shape[0] // self.factor))
        self._sum[rows] += self._cells(np.where(mask, values, 0).astype(np.float64))
        self._count[rows] += self._cells(mask.astype(np.float64))

    def image(self) -> npt.NDArray[np.float64]:
        """Return the means; NaN where no pixel is valid."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(self._sum / self._count)

    def _cells(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        factor = self.factor
        whole = np.pad(values, [(0, -side % factor) for side in values.shape])
        rows, cols = (side // factor for side in whole.shape)
        return np.asarray(whole.reshape(rows, factor, cols, factor).sum(axis=(1, 3)))

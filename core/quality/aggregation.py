# SPDX-License-Identifier: GPL-2.0-or-later
"""Bring pixels onto coarser ones that need not be whole multiples of them: means weighted by the common area."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..grid import Grid, Window

Image = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

# Parts of a pixel that rounded coordinates may miss.
_ROUNDING = 1e-6
# A coarse pixel is valid where this part of its area is, so that rounding does not cost any.
_WHOLE = 1 - 1e-4


@dataclass(frozen=True)
class Overlap:
    """How target pixels lie on source pixels along one axis.

    Attributes:
        start: first source pixel that is needed.
        length: source pixels that are needed.
        first: of each target pixel, the first source pixel under it, counted from ``start``.
        weights: (target pixels, source pixels under one): part of the target pixel that each of them covers.
    """

    start: int
    length: int
    first: npt.NDArray[np.int64]
    weights: npt.NDArray[np.float64]

    @classmethod
    def of(cls, first: float, step: float, count: int) -> Overlap:
        """Return the overlap of ``count`` target pixels, each ``step`` source pixels long, from the place ``first``."""
        edges = first + step * np.arange(count + 1)
        whole = np.rint(edges)
        edges = np.where(np.abs(edges - whole) < _ROUNDING, whole, edges)
        start, end = math.floor(edges[0]), math.ceil(edges[-1])
        firsts = np.floor(edges[:-1]).astype(np.int64)
        taps = int((np.ceil(edges[1:]).astype(np.int64) - firsts).max())
        sources = firsts[:, None] + np.arange(taps)
        common = np.minimum(edges[1:, None], sources + 1) - np.maximum(edges[:-1, None], sources)
        return cls(start, end - start, firsts - start, np.maximum(0.0, common) / np.diff(edges)[:, None])


@dataclass(frozen=True)
class Aggregation:
    """Rows and columns of a window of a target grid on a source grid; both grids have the same axes."""

    rows: Overlap
    cols: Overlap

    @classmethod
    def of(cls, target: Grid, window: Window, source: Grid) -> Aggregation:
        """Return how a window of the target lies on the source."""
        top, left = source.pixel_of(*target.locate(window.row, window.col))
        bottom, right = source.pixel_of(*target.locate(window.row_end, window.col_end))
        return cls(
            Overlap.of(top, (bottom - top) / window.height, window.height),
            Overlap.of(left, (right - left) / window.width, window.width),
        )

    @property
    def window(self) -> Window:
        """The source pixels that are needed; they may lie outside the source."""
        return Window(self.rows.start, self.cols.start, self.rows.length, self.cols.length)

    def mean(self, values: npt.NDArray[np.generic], mask: Mask) -> tuple[Image, Mask]:
        """Return the means of target pixels and which of them are valid: those that valid pixels cover wholly.

        Args:
            values: (rows, columns) of ``window``; invalid pixels may hold anything.
            mask: same shape, True = valid.
        """
        covered = self._sum(mask.astype(np.float64))
        filled = np.where(mask, values, 0).astype(np.float64)
        valid = covered > _WHOLE
        total = self._sum(filled)
        return np.divide(total, covered, out=np.zeros_like(total), where=valid), valid

    def all(self, mask: Mask) -> Mask:
        """Return which target pixels are covered wholly by True pixels of ``window``."""
        return np.asarray(self._sum(mask.astype(np.float64)) > _WHOLE)

    def _sum(self, values: Image) -> Image:
        return np.asarray(_along(self.cols, _along(self.rows, values).T).T)


def _along(overlap: Overlap, values: Image) -> Image:
    """Return the weighted sums along the first axis."""
    total = np.zeros((len(overlap.first), values.shape[1]))
    for tap, weights in enumerate(overlap.weights.T):
        # The last pixels may need fewer source pixels than others; what lies beyond weighs nothing.
        total += weights[:, None] * values[np.minimum(overlap.first + tap, overlap.length - 1)]
    return total

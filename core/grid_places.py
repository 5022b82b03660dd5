# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the pixels of one grid lie on another of the same CRS, and values interpolated there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .enlargement import cubic_weights
from .errors import GridError
from .grid import Grid, Window

Image = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Centres = npt.NDArray[np.float64]

# Pixels on either side that cubic convolution looks at.
CUBIC_REACH = 2
# Places are rounded to this many parts of a pixel, so that they do not depend on the window by the last bit.
FINENESS = float(1 << 20)


@dataclass(frozen=True)
class GridPlaces:
    """Centres of pixels in pixels of another grid, whose first centre is 0: rows and columns apart."""

    rows: Centres
    cols: Centres

    def support(self, margin: int) -> Window:
        """Return the pixels of the other grid that cubic convolution needs, and ``margin`` more on every side."""
        spans = []
        for centres in (self.rows, self.cols):
            first, last = int(np.floor(centres[0])) - 1, int(np.floor(centres[-1])) + CUBIC_REACH
            spans.append((first - margin, last + 1 + margin))
        (top, bottom), (left, right) = spans
        return Window(top, left, bottom - top, right - left)

    def interpolate(self, image: Image, window: Window, steepness: float) -> Image:
        """Return values by cubic convolution.

        Args:
            image: (rows, columns), finite: the pixels of ``window`` of the other grid.
            window: at least :meth:`support`.
            steepness: the parameter a of the kernel (Keys: -0.5).

        Returns:
            (rows, columns), float32. Each value is summed in one order, so windows agree to the last bit.
        """
        tall = _along(image, self.rows - window.row, steepness)
        return _along(np.ascontiguousarray(tall.T), self.cols - window.col, steepness).T

    def nearest(self, image: npt.NDArray[np.generic], window: Window) -> npt.NDArray[np.generic]:
        """Return the pixels of ``window`` that lie nearest."""
        rows, cols = (
            np.floor(centres + 0.5).astype(np.int64) - start
            for centres, start in ((self.rows, window.row), (self.cols, window.col))
        )
        return image[np.ix_(rows, cols)]


def places_on(lattice: Grid, grid: Grid, window: Window) -> GridPlaces:
    """Return where the pixels of a window of ``grid`` lie on ``lattice``; both are north-up and of one CRS.

    Raises:
        GridError: one of them is rotated.
    """
    if any(transform[2] or transform[4] for transform in (lattice.transform, grid.transform)):
        raise GridError("A rotated grid cannot be resampled here. Warp the raster to a north-up grid first.")
    axes = []
    for start, length, origin, step, other, size in (
        (window.row, window.height, grid.transform[3], grid.transform[5], lattice.transform[3], lattice.transform[5]),
        (window.col, window.width, grid.transform[0], grid.transform[1], lattice.transform[0], lattice.transform[1]),
    ):
        centres = (origin - other) / size + (start + np.arange(length) + 0.5) * (step / size) - 0.5
        axes.append(np.round(centres * FINENESS) / FINENESS)
    return GridPlaces(*axes)


def inside(window: Window, grid: Grid) -> Mask:
    """Return which pixels of a window lie on a grid."""
    rows, cols = np.arange(window.row, window.row_end), np.arange(window.col, window.col_end)
    result: Mask = ((rows >= 0) & (rows < grid.height))[:, None] & ((cols >= 0) & (cols < grid.width))
    return result


def _along(image: Image, centres: Centres, steepness: float) -> Image:
    """Interpolate along the first axis."""
    base = np.floor(centres).astype(np.int64)
    total = np.zeros((len(centres), image.shape[1]), np.float32)
    for tap in range(1 - CUBIC_REACH, 1 + CUBIC_REACH):
        weights = cubic_weights(centres - (base + tap), steepness).astype(np.float32)
        total += weights[:, None] * image[base + tap]
    return total

# SPDX-License-Identifier: GPL-2.0-or-later
"""Misregistration between band groups: windows over a scene, and what they agree on.

Measured: shifts of real Sentinel-2 scenes are found to about 0.02 guide pixels; registered ones stay below 0.05.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .band_shift_fit import MARGIN, WindowFit
from .grid import Window
from .scene_blocks import BLOCK

Mask = npt.NDArray[np.bool_]
Image = npt.NDArray[Any]

# Side of a window in target and in guide pixels at most, and the side from which on a scene is cut into several.
SIDE = 96
FINE_SIDE = 400
LEAST_SIDE = 24
MOST_PER_AXIS = 5
# Windows looked at together; more are only where fewer than this agree.
BATCH = 6
# All of these are in target pixels. A smaller shift is left alone, and a nearly whole one is taken to be whole: with
# the bundled networks 0.05 (0.1 px of the 10 m bands under 20 m bands) costs 8 % RMSE, and an interpolation next to
# nothing.
THRESHOLD = 0.05
TOLERANCE = 0.1
LARGEST_ERROR = 0.05
LEAST_EXPLAINED = 0.5
LEAST_WINDOWS = 3
LEAST_SHARE = 0.75
# Standard error of a median / (median absolute deviation / sqrt(n)) of a normal distribution.
MEDIAN_ERROR = 1.4826 * 1.2533


@dataclass(frozen=True)
class ShiftEstimate:
    """How far guide bands lie off target bands.

    Attributes:
        rows: how far the guides must be moved down to lie on the targets, in guide pixels; NaN where nothing was seen.
        cols: how far to the right.
        quality: share of the usable windows that agree, 0 to 1.
        clear: True where the guides are known to lie off the targets and shall be moved.
        settled: True where enough windows agree, be it on a shift or on none.
        windows: number of windows that agree.
        usable: number of windows with enough detail.
        bands: rows and cols from each target band alone.
        factor: guide pixels along one target pixel.
    """

    rows: float
    cols: float
    quality: float
    clear: bool
    settled: bool
    windows: int
    usable: int
    bands: tuple[tuple[float, float], ...]
    factor: int

    @property
    def threshold(self) -> float:
        """Smallest shift that is corrected, in guide pixels."""
        return THRESHOLD * self.factor

    @property
    def move(self) -> tuple[float, float]:
        """Rows down and columns right by which the guides shall be moved; zero where it is not clear."""
        if not self.clear:
            return 0.0, 0.0
        return _whole_if_near(self.rows, self.factor), _whole_if_near(self.cols, self.factor)


def shift_windows(rows: int, cols: int, factor: int) -> tuple[Window, ...]:
    """Return windows that are spread evenly over targets of this size; any first few of them lie far apart.

    Args:
        rows: of the targets.
        cols: of the targets.
        factor: guide pixels along one target pixel.
    """
    (tops, height), (lefts, width) = _starts(rows, factor), _starts(cols, factor)
    windows = [Window(top, left, height, width) for top in tops for left in lefts]
    stride = next(step for step in (7, 11, 1) if len(windows) % step or step == 1)
    return tuple(windows[number * stride % len(windows)] for number in range(len(windows)))


def agree(fit: Callable[[Window], WindowFit | None], windows: Sequence[Window], factor: int) -> ShiftEstimate:
    """Fit windows, a few of them first and more where these do not settle it, and return what they agree on."""
    fits: list[WindowFit | None] = []
    estimate = consensus(fits, factor)
    for first in range(0, len(windows), BATCH):
        fits += [fit(window) for window in windows[first : first + BATCH]]
        estimate = consensus(fits, factor)
        if estimate.settled and estimate.windows >= BATCH:
            break
    return estimate


def consensus(fits: Iterable[WindowFit | None], factor: int) -> ShiftEstimate:
    """Return the median shift of the usable windows and how well they agree on it."""
    usable = [fit for fit in fits if fit is not None and _is_usable(fit, factor)]
    if not usable:
        return ShiftEstimate(float("nan"), float("nan"), 0.0, False, False, 0, 0, (), factor)
    moves = np.array([(fit.rows, fit.cols) for fit in usable])
    middle = np.median(moves, axis=0)
    distance = np.abs(moves - middle).max(axis=1)
    near = distance <= TOLERANCE * factor
    count, share = int(near.sum()), float(near.mean())
    error = MEDIAN_ERROR * float(np.median(distance)) / len(usable) ** 0.5
    settled = count >= LEAST_WINDOWS and share >= LEAST_SHARE and error <= THRESHOLD * factor
    rows, cols = (float(value) for value in middle)
    off = any(_whole_if_near(value, factor) != 0 for value in (rows, cols))
    bands = np.median(np.array([fit.bands for fit, agrees in zip(usable, near) if agrees] or [usable[0].bands]), axis=0)
    alone = tuple((float(row), float(col)) for row, col in bands)
    return ShiftEstimate(rows, cols, share, settled and off, settled, count, len(usable), alone, factor)


def _is_usable(fit: WindowFit, factor: int) -> bool:
    return fit.error <= LARGEST_ERROR * factor and fit.explained >= LEAST_EXPLAINED


def _whole_if_near(value: float, factor: int) -> float:
    """Return the nearest whole number where it is near, else the value to a hundredth."""
    return float(round(value)) if abs(value - round(value)) <= THRESHOLD * factor else round(value, 2)


def _starts(size: int, factor: int) -> tuple[list[int], int]:
    """Return where windows begin along an axis of so many target pixels, and how long they are."""
    longest = min(SIDE, FINE_SIDE // factor)
    count = min(MOST_PER_AXIS, max(-(-size // longest), 2 if size >= LEAST_SIDE else 1))
    length = min(longest, size // count)
    starts = [round(number * (size - length) / max(1, count - 1)) for number in range(count)]
    if size >= 2 * count * length:
        starts = [min(size - length, _in_block(start, length, factor)) for start in starts]
    return starts, length


def _in_block(start: int, length: int, factor: int) -> int:
    """Return where a window begins that is moved on into one block of the guides, if it lies in two."""
    edge = ((start + length + MARGIN) * factor - 1) // BLOCK * BLOCK
    return start if (start - MARGIN) * factor >= edge else -(-edge // factor) + MARGIN


def inside_mask(window: Window, rows: int, cols: int) -> Mask:
    """Return which pixels of a window lie on a raster of this size."""
    row, col = np.arange(window.row, window.row_end), np.arange(window.col, window.col_end)
    result: Mask = ((row >= 0) & (row < rows))[:, None] & ((col >= 0) & (col < cols))
    return result

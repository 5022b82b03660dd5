# SPDX-License-Identifier: GPL-2.0-or-later
"""Sharpness of a slanted edge (edge spread, modulation transfer) and contrast of slanted bars, as in ISO 12233."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

# Bins of the edge spread along one pixel of the image, and its reach to either side in coarse pixels.
BINS = 4
REACH = 6
# Coarse pixels at the sides of a square that may have seen what is beside it.
SIDES = 3


@dataclass(frozen=True)
class Pattern:
    """An edge, or bars where ``period`` is not 0, in a square of coarse pixels.

    Attributes:
        row: first coarse row of the square.
        column: first coarse column.
        side: of the square in coarse pixels.
        angle: direction in which the pattern changes, in degrees from the column axis towards the row axis.
        period: of the bars in coarse pixels; 0 is an edge through the middle.
    """

    row: int
    column: int
    side: int
    angle: float
    period: float = 0.0

    def distances(self, pixels: int) -> Array:
        """Return how far pixel centres lie across the pattern, in coarse pixels from its middle, (pixels, pixels)."""
        centre = (np.arange(pixels) + 0.5) / pixels * self.side - self.side / 2
        angle = np.radians(self.angle)
        return np.asarray(centre[None, :] * np.cos(angle) + centre[:, None] * np.sin(angle))

    def paint(self, pixels: int) -> Array:
        """Return the pattern, 0 to 1, on a square of so many pixels."""
        distance = self.distances(pixels)
        if not self.period:
            # The share of a pixel that the edge covers, as if it ran along a side.
            return np.asarray(np.clip(distance * pixels / self.side + 0.5, 0, 1))
        return np.asarray((np.cos(2 * np.pi * distance / self.period) > 0).astype(np.float64))

    def cut(self, image: npt.NDArray[Any], unit: int) -> npt.NDArray[Any]:
        """Return the square from an image (bands, rows, columns) with ``unit`` pixels along a coarse one."""
        rows, columns = (slice(start * unit, (start + self.side) * unit) for start in (self.row, self.column))
        return image[..., rows, columns]


@dataclass(frozen=True)
class Sharpness:
    """How sharp an edge is.

    Attributes:
        width: distance from 10 to 90 % of the edge, in coarse pixels.
        mtf50: frequency at which half of the modulation is left, in cycles per coarse pixel.
        overshoot: how far the edge runs beyond its plateaus, as a part of their difference.
    """

    width: float
    mtf50: float
    overshoot: float


def sharpness(image: Array, pattern: Pattern) -> Sharpness:
    """Measure an edge.

    The edge's place is known, so pixels are averaged in bins of a quarter pixel across it (edge spread); the derivative
    is tapered at its ends and transformed, and the effect of bins and differences, sinc^2, is taken out.

    Args:
        image: (rows, columns), the pattern's square on any grid.
        pattern: the edge.
    """
    spread = edge_spread(image, pattern)
    bins = len(spread) // (2 * REACH)
    positions = (np.arange(len(spread)) + 0.5) / bins - REACH
    low, high = (spread[where].mean() for where in (positions < 1 - REACH, positions > REACH - 1))
    normal = (spread - low) / (high - low)
    width = _crossing(positions, normal, 0.9) - _crossing(positions, normal, 0.1)
    overshoot = max(float(normal.max()) - 1, -float(normal.min()), 0.0)
    return Sharpness(width, _mtf50(normal, bins), overshoot)


def edge_spread(image: Array, pattern: Pattern) -> Array:
    """Return the mean of the pixels in every bin across the edge, from -REACH to REACH coarse pixels."""
    bins = BINS * image.shape[0] // pattern.side
    inner = _inner(image, pattern)
    index = np.floor((pattern.distances(image.shape[0])[inner].ravel() + REACH) * bins).astype(int)
    kept = (index >= 0) & (index < 2 * REACH * bins)
    count = np.bincount(index[kept], minlength=2 * REACH * bins)
    total = np.bincount(index[kept], image[inner].ravel()[kept], minlength=2 * REACH * bins)
    filled = np.flatnonzero(count)
    return np.asarray(np.interp(np.arange(len(count)), filled, total[filled] / count[filled]))


def contrast(image: Array, pattern: Pattern) -> float:
    """Return the amplitude of the bars' fundamental wave, divided by that of perfect bars from 0 to 1.

    Args:
        image: (rows, columns), the pattern's square on any grid, 0 for one material and 1 for the other.
        pattern: bars.
    """
    pixels = image.shape[0]
    phase = 2 * np.pi * pattern.distances(pixels) / pattern.period
    inner = _inner(image, pattern)
    waves = np.stack([np.ones(phase[inner].size), np.cos(phase[inner]).ravel(), np.sin(phase[inner]).ravel()], axis=1)
    fitted = np.linalg.lstsq(waves, image[inner].ravel(), rcond=None)[0]
    # A square wave from 0 to 1 has the fundamental 2 / pi; only what is in phase is contrast.
    return float(fitted[1] / (2 / np.pi))


def _inner(image: Array, pattern: Pattern) -> tuple[slice, slice]:
    margin = SIDES * image.shape[0] // pattern.side
    return slice(margin, -margin), slice(margin, -margin)


def _mtf50(normal: Array, bins: int) -> float:
    line = np.diff(normal) * _taper(len(normal) - 1)
    padded = 64 * len(line)
    frequency = np.fft.rfftfreq(padded, 1 / bins)
    transfer = np.abs(np.fft.rfft(line, padded))
    transfer = transfer / transfer[0] / np.maximum(np.sinc(frequency / bins) ** 2, 1e-3)
    below = int(np.argmax(transfer < 0.5))
    high, low = transfer[below - 1], transfer[below]
    share = (high - 0.5) / (high - low)
    return float(frequency[below - 1] + share * (frequency[below] - frequency[below - 1]))


def _taper(size: int) -> Array:
    """Return a window that is 1 in its inner two thirds, so that it does not narrow what it looks at (Tukey)."""
    side = size // 6
    ramp = np.hanning(2 * side + 1)[:side]
    return np.concatenate([ramp, np.ones(size - 2 * side), ramp[::-1]])


def _crossing(positions: Array, normal: Array, level: float) -> float:
    """Return where the edge crosses a level, the crossing nearest to its middle."""
    above = normal > level
    steps = np.flatnonzero(above[1:] != above[:-1])
    if len(steps) == 0:
        return float("nan")
    step = steps[np.abs(positions[steps]).argmin()]
    share = (level - normal[step]) / (normal[step + 1] - normal[step])
    return float(positions[step] + share * (positions[step + 1] - positions[step]))

# SPDX-License-Identifier: GPL-2.0-or-later
"""Bands that are measured on a lattice of their own and brought to their grid by one resampling.

Landsat's pixels are not Sentinel-2's: the pan is measured at 15 m and interpolated to 10 m, the 30 m bands lie a part
of a pixel off the 30 m grid that nests in Sentinel-2's. Measuring and interpolating are linear, so one matrix along
rows and one along columns do both.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from ..core.enlargement import KEYS, cubic_weights
from ..core.point_spread import gaussian_kernel

Image = npt.NDArray[np.float32]
Matrix = npt.NDArray[np.float32]

# Source pixels around an image that it is mirrored by, at most.
LEAST_EDGE = 12


@dataclass(frozen=True)
class Lattice:
    """Where a band is measured, in source pixels (those of the truth).

    Attributes:
        step: distance of measurements.
        unit: distance of the pixels of the grid they are brought to.
        phase: (rows, columns) by which the first measurement starts after the first pixel of the grid.
        steepness: parameter a of the cubic convolution that brings it to the grid.
    """

    step: float
    unit: int
    phase: tuple[float, float]
    steepness: float = KEYS


def phase_of(name: str, step: float) -> tuple[float, float]:
    """Return a phase that depends on the name only: a place has its own, as a pair of scenes has."""
    rows, cols = np.random.default_rng(zlib.crc32(name.encode())).uniform(0, step, 2)
    return float(rows), float(cols)


def resampled(source: Image, lattice: Lattice, size: int, margin: int, sigmas: list[float]) -> Image:
    """Measure and interpolate a square chip.

    Args:
        source: (bands, size x unit + 2 x margin, the same).
        lattice: where it is measured.
        size: of the result in pixels of its grid.
        margin: source pixels around it.
        sigmas: of each band's Gaussian in source pixels.

    Returns:
        (bands, size, size).
    """
    down, across = (
        np.stack([_chip_matrix(lattice, phase, size, margin, sigma) for sigma in sigmas]) for phase in lattice.phase
    )
    return np.asarray(down @ source @ across.transpose(0, 2, 1), np.float32)


def resampled_whole(image: Image, lattice: Lattice, sigmas: list[float]) -> Image:
    """Measure and interpolate a whole image, mirrored at its edges; (bands, rows / unit, columns / unit)."""
    margin = -(-LEAST_EDGE // lattice.unit) * lattice.unit
    padded = np.pad(image, ((0, 0), (margin, margin), (margin, margin)), "symmetric")
    rows, cols = (length // lattice.unit for length in image.shape[1:])
    result = np.empty((len(image), rows, cols), np.float32)
    for number, sigma in enumerate(sigmas):
        down = _matrix(lattice, lattice.phase[0], rows, margin, sigma)
        across = _matrix(lattice, lattice.phase[1], cols, margin, sigma)
        result[number] = down @ padded[number, : down.shape[1], : across.shape[1]] @ across.T
    return result


@lru_cache(maxsize=1024)
def _chip_matrix(lattice: Lattice, phase: float, size: int, margin: int, sigma: float) -> Matrix:
    """Keep the small matrices of chips."""
    return _matrix(lattice, phase, size, margin, sigma)


def _matrix(lattice: Lattice, phase: float, size: int, margin: int, sigma: float) -> Matrix:
    """Return (size, size x unit + 2 x margin): from source pixels to the pixels of the grid."""
    step, unit = lattice.step, lattice.unit
    length = size * unit + 2 * margin
    first = -int((margin + phase) // step)
    count = int((length - margin - phase) // step) - first
    starts = margin + phase + step * (first + np.arange(count))
    measured = _measure(starts, step, length, sigma)
    centres = (margin + (np.arange(size) + 0.5) * unit - starts[0]) / step - 0.5
    return np.asarray(_interpolate(centres, count, lattice.steepness) @ measured, np.float32)


def _measure(starts: npt.NDArray[np.float64], step: float, length: int, sigma: float) -> npt.NDArray[np.float64]:
    """Return the weight of every source pixel in every measurement: the part of it inside, blurred; rows sum to one."""
    pixels = np.arange(length)
    inside = np.clip(
        np.minimum(pixels[None] + 1, starts[:, None] + step) - np.maximum(pixels[None], starts[:, None]), 0, 1
    )
    kernel = gaussian_kernel(sigma).astype(np.float64)
    blurred = np.stack([np.convolve(row, kernel, "same") for row in inside]) if len(kernel) > 1 else inside
    return np.asarray(blurred / blurred.sum(axis=1, keepdims=True))


def _interpolate(centres: npt.NDArray[np.float64], count: int, steepness: float) -> npt.NDArray[np.float64]:
    """Return the weight of every measurement in every pixel of the grid (cubic convolution, edges repeated)."""
    matrix = np.zeros((len(centres), count))
    base = np.floor(centres).astype(np.int64)
    lines = np.arange(len(centres))
    for tap in range(-1, 3):
        np.add.at(matrix, (lines, np.clip(base + tap, 0, count - 1)), cubic_weights(centres - (base + tap), steepness))
    return matrix

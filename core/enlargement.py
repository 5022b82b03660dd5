# SPDX-License-Identifier: GPL-2.0-or-later
"""Separable upsampling by an integer factor, exact for any window: each result pixel depends on its neighbours only."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.float32]

# Weights of the coarse pixels around each of the fine pixels along one coarse one: (factor, 2 x reach + 1).
Taps = tuple[tuple[float, ...], ...]

KEYS = -0.5
BICUBIC_REACH = 2
# Result values worked on at once, so that the running sums stay in the cache of one core.
STRIP_ELEMENTS = 1 << 16


def enlarge(image: Image, taps: Taps) -> Image:
    """Upsample rows and columns with half-pixel centres.

    Args:
        image: (rows, columns) with ``reach`` further pixels on every side.
        taps: weights; every phase should sum to one.

    Returns:
        (rows x factor, columns x factor), float32: without the further pixels.
    """
    factor, reach = len(taps), len(taps[0]) // 2
    rows, cols = image.shape[0] - 2 * reach, image.shape[1] - 2 * reach
    result = np.empty((rows * factor, cols * factor), np.float32)
    step = max(1, STRIP_ELEMENTS // max(1, cols * factor * factor))
    for row in range(0, rows, step):
        count = min(step, rows - row)
        tall = _along_rows(image[row : row + count + 2 * reach], taps, count)
        wide = _along_rows(np.ascontiguousarray(tall.T), taps, cols)
        result[row * factor : (row + count) * factor] = wide.T
    return result


def bicubic(image: Image, factor: int) -> Image:
    """Upsample with Keys' cubic convolution (a = -0.5); ``image`` has two further pixels on every side."""
    return enlarge(image, bicubic_taps(factor))


@lru_cache(maxsize=64)
def bicubic_taps(factor: int) -> Taps:
    """Return the weights of Keys' cubic convolution (IEEE Trans. ASSP 29, 1981; a = -0.5)."""
    return _taps(cubic_weights(_distances(factor, BICUBIC_REACH), KEYS))


def cubic_weights(distance: npt.NDArray[np.float64], steepness: float) -> npt.NDArray[np.float64]:
    """Return weights of cubic convolution at distances in pixels (Keys, IEEE Trans. ASSP 29, 1981).

    Args:
        distance: of any shape and sign.
        steepness: the parameter a: -0.5 for Keys and GDAL, -0.75 for torch.
    """
    x, a = np.abs(distance), steepness
    near = (a + 2) * x**3 - (a + 3) * x**2 + 1
    far = a * (x**3 - 5 * x**2 + 8 * x - 4)
    return np.asarray(np.where(x <= 1, near, np.where(x < 2, far, 0.0)))


@lru_cache(maxsize=64)
def bilinear_taps(factor: int) -> Taps:
    """Return the weights of linear interpolation, which reaches one pixel on every side."""
    return _taps(np.maximum(1 - _distances(factor, 1), 0))


def _distances(factor: int, reach: int) -> npt.NDArray[np.float64]:
    """Return how far each fine pixel of a coarse one lies from the coarse pixels around it, in coarse pixels."""
    centres = (np.arange(factor) + 0.5) / factor - 0.5
    return np.asarray(np.abs(centres[:, None] - np.arange(-reach, reach + 1)), np.float64)


def _taps(weights: npt.NDArray[np.float64]) -> Taps:
    return tuple(tuple(float(weight) for weight in phase) for phase in weights)


def _along_rows(lines: Image, taps: Taps, count: int) -> Image:
    """Return ``count`` x factor lines; the order of the sums is fixed, so windows agree to the last bit."""
    factor = len(taps)
    result = np.empty((count * factor, lines.shape[1]), np.float32)
    product = np.empty((count, lines.shape[1]), np.float32)
    for phase, weights in enumerate(taps):
        used = [(index, np.float32(weight)) for index, weight in enumerate(weights) if weight]
        first, weight = used[0]
        total = lines[first : first + count] * weight
        for index, weight in used[1:]:
            np.multiply(lines[index : index + count], weight, out=product)
            total += product
        result[phase::factor] = total
    return result

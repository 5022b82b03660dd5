# SPDX-License-Identifier: GPL-2.0-or-later
"""What a shift is fitted on: guides degraded to the targets' GSD at any sub-pixel place, less their local mean."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

# Spread of the degradation (sigma of a Gaussian before the block mean) in target pixels.
SIGMA = 0.35
# Target pixels that a degraded pixel takes from on either side.
REACH = 2
# Radius in target pixels of the square whose mean is taken off.
LOCAL = 4


def kernel(factor: int, move: float) -> tuple[Array, Array]:
    """Return weights and their derivative by the move for the (2 REACH + 1) x factor guide pixels around a target one.

    The weights are the integral over the target pixel of a Gaussian centred on each guide pixel after the move.
    """
    sigma = SIGMA * factor
    centre = np.arange(-REACH * factor, (REACH + 1) * factor) - (factor - 1) / 2 + move
    low, high = (centre - factor / 2) / sigma, (centre + factor / 2) / sigma
    root = math.sqrt(2)
    weights = np.array([math.erf(b / root) - math.erf(a / root) for a, b in zip(low, high)])
    slopes = np.exp(-0.5 * high**2) - np.exp(-0.5 * low**2)
    total = weights.sum()
    return weights / total, (slopes - slopes.mean()) * (2 / (math.sqrt(2 * math.pi) * sigma * total))


def operator(weights: Array, size: int) -> Array:
    """Return the matrix (size, (size + 2 REACH) x factor) that applies weights around every target pixel of a line."""
    factor = len(weights) // (2 * REACH + 1)
    matrix = np.zeros((size, (size + 2 * REACH) * factor))
    lines = np.arange(size)[:, None]
    matrix[lines, lines * factor + np.arange(len(weights))] = weights
    return matrix


def detail(image: Array, mask: Mask) -> Array:
    """Return an image less the mean of the valid pixels in the square around each pixel; 0 where invalid.

    Args:
        image: (bands, rows, columns), finite where valid.
        mask: (rows, columns), True where valid.
    """
    valid = np.where(mask, image, 0.0)
    count = np.maximum(_square_sums(mask[None].astype(np.float64)), 1.0)
    return np.where(mask, valid - _square_sums(valid) / count, 0.0)


def _square_sums(image: Array) -> Array:
    side = 2 * LOCAL + 1
    sums = np.pad(image, ((0, 0), (LOCAL + 1, LOCAL), (LOCAL + 1, LOCAL))).cumsum(axis=1)
    sums = (sums[:, side:] - sums[:, :-side]).cumsum(axis=2)
    result: Array = sums[:, :, side:] - sums[:, :, :-side]
    return result

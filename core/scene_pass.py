# SPDX-License-Identifier: GPL-2.0-or-later
"""What is computed once per scene before the tiles: the least-squares regression of target bands on guide bands.

Sums are streamed in float64, so neither the order nor the size of the pieces matters beyond rounding.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Float64Array = npt.NDArray[np.float64]
Float32Array = npt.NDArray[np.float32]

# Directions of the guide bands that carry less than about this part of their variance are left to the prior, however
# many pixels there are: regressed at a coarse GSD they would amplify noise and misregistration at the fine one.
RELATIVE_RIDGE = 1e-3
# Weight of a card's default regression in pixels; training and engine must agree on it.
PRIOR_PIXELS = 2.0
# A band whose variance is less than this part of its mean square is constant: less is rounding of the sums.
CONSTANT = 1e-10


@dataclass(frozen=True)
class Moments:
    """Sums over pixels from which a regression follows.

    Attributes:
        count: number of pixels.
        total: sum of each band, (bands,), float64.
        cross: sum of products of each pair of bands, (bands, bands), float64.
    """

    count: int
    total: Float64Array
    cross: Float64Array

    @classmethod
    def empty(cls, bands: int) -> Moments:
        """Return the moments of no pixel."""
        return cls(0, np.zeros(bands), np.zeros((bands, bands)))

    def add(self, samples: npt.NDArray[Any]) -> Moments:
        """Return the moments with further pixels.

        Args:
            samples: (pixels, bands), guides first, then targets; every value valid and finite.

        Returns:
            New moments; these stay as they are.

        Raises:
            ValueError: the number of bands differs.
        """
        values = np.asarray(samples, dtype=np.float64)
        if values.ndim != 2 or values.shape[1] != len(self.total):
            raise ValueError(f"Samples of shape {values.shape} do not fit moments of {len(self.total)} bands.")
        return self.merge(Moments(len(values), values.sum(axis=0), values.T @ values))

    def merge(self, other: Moments) -> Moments:
        """Return the moments of both sets of pixels together."""
        return Moments(self.count + other.count, self.total + other.total, self.cross + other.cross)


def solve(
    moments: Moments,
    n_guides: int,
    default: npt.NDArray[Any],
    prior_weight: float = PRIOR_PIXELS,
) -> Float32Array:
    """Regress every target band on the guide bands, drawn towards ``default`` where there are few pixels.

    Ridge regression: bands are centred and guides scaled to unit variance, then the sum of |t - W g|^2 over pixels plus
    (prior_weight + RELATIVE_RIDGE x pixels) |W - W0|^2 is minimised. The prior counts like ``prior_weight`` further
    pixels with uncorrelated guides that obey the default slopes W0, so collinear and constant bands do no harm: what
    the pixels cannot tell stays at the default.

    Args:
        moments: of guides and targets in this order, in network range.
        n_guides: number of guide bands.
        default: (targets, guides + 1), the last column being the intercept, in network range.
        prior_weight: weight of the default in pixels, zero or more.

    Returns:
        Coefficients (targets, guides + 1), float32.

    Raises:
        ValueError: shapes do not fit, or ``prior_weight`` is negative.
    """
    prior = np.asarray(default, dtype=np.float64)
    if prior.shape != (len(moments.total) - n_guides, n_guides + 1) or prior_weight < 0:
        raise ValueError(f"Defaults of shape {prior.shape} or prior weight {prior_weight} do not fit the moments.")
    if moments.count == 0:
        return prior.astype(np.float32)
    mean = moments.total / moments.count
    covariance = moments.cross / moments.count - np.outer(mean, mean)
    constant = np.diag(covariance) <= CONSTANT * np.diag(moments.cross) / moments.count
    covariance[constant, :] = covariance[:, constant] = 0.0
    slopes = prior[:, :-1] + _correction(covariance, n_guides, prior[:, :-1], prior_weight / moments.count)
    through_mean = mean[n_guides:] - slopes @ mean[:n_guides]
    weight = moments.count / (moments.count + prior_weight)
    intercept = weight * through_mean + (1 - weight) * prior[:, -1]
    result: Float32Array = np.concatenate([slopes, intercept[:, None]], axis=1).astype(np.float32)
    return result


def _correction(covariance: Float64Array, n_guides: int, slopes: Float64Array, prior_share: float) -> Float64Array:
    """Return what the pixels add to the default slopes, (targets, guides), solved in standardised guides."""
    guides = covariance[:n_guides, :n_guides]
    deviation = np.sqrt(np.diag(guides))
    scale = np.divide(1.0, deviation, out=np.zeros(n_guides), where=deviation > 0)
    correlation = guides * np.outer(scale, scale)
    unexplained = (covariance[n_guides:, :n_guides] - slopes @ guides) * scale
    matrix = correlation + (RELATIVE_RIDGE + prior_share) * np.eye(n_guides)
    solved = np.linalg.solve(matrix, unexplained.T).T
    return np.asarray(solved * scale, dtype=np.float64)

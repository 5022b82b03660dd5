# SPDX-License-Identifier: GPL-2.0-or-later
"""Band regression in a moving window: slopes follow the landscape, and the whole scene where it is flat."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..baselines import coarse_guides, coarse_mask, fine_guides, least_squares, upsample, with_residual
from ..configuration import Config
from ..degradation import Pair

Array = npt.NDArray[np.float64]
Image = npt.NDArray[np.float32]

# Coarse pixels on either side of the window, and weight of the scene's slopes as a part of the guides' variance.
# Chosen on the validation places (radius 2 to 8, prior 0.03 to 0.3).
RADIUS = 3
PRIOR = 0.3


def local_regression(pair: Pair, config: Config, radius: int = RADIUS, prior: float = PRIOR) -> Image:
    """Sharpen by a regression of each target band on the guide bands in a window around each coarse pixel.

    In every window |t - W g|^2 + prior x variance of the scene's guides x |W - W0|^2 is minimised, W0 being the slopes
    of the whole scene. Slopes and intercepts are upsampled bilinearly, and the residual bicubically.

    Args:
        pair: the scene.
        config: which groups there are.
        radius: of the window in coarse pixels.
        prior: weight of the scene's slopes.

    Returns:
        (targets, rows, columns) on the finest grid.
    """
    coarse, factor = pair.inputs[config.targets.name], config.scale_factor
    guides, targets = coarse_guides(pair.inputs, config).astype(np.float64), coarse.astype(np.float64)
    valid = coarse_mask(pair, config)
    slopes, intercepts = _coefficients(guides, targets, valid, least_squares(pair, config), radius, prior)
    fine = fine_guides(pair.inputs, config)
    predicted = upsample(intercepts, factor, "bilinear")
    for band, of_band in zip(predicted, slopes):
        band += (upsample(of_band, factor, "bilinear") * fine).sum(axis=0)
    return with_residual(predicted, coarse, factor)


def _coefficients(
    guides: Array, targets: Array, valid: npt.NDArray[np.bool_], scene: Image, radius: int, prior: float
) -> tuple[Image, Image]:
    """Return slopes (targets, guides, rows, columns) and intercepts (targets, rows, columns) of every window."""
    weight = valid.astype(np.float64)
    count = np.maximum(_box_sum(weight[None], radius)[0], 1e-9)
    # Centred on the scene first, so that differences of products keep their digits.
    centre_g, centre_t = (image[:, valid].mean(axis=1)[:, None, None] for image in (guides, targets))
    g, t = (guides - centre_g) * weight, (targets - centre_t) * weight
    mean_g, mean_t = _box_sum(g, radius) / count, _box_sum(t, radius) / count
    gram = _products(g, g, radius) / count - np.einsum("grc,hrc->ghrc", mean_g, mean_g)
    cross = _products(t, g, radius) / count - np.einsum("trc,grc->tgrc", mean_t, mean_g)
    unexplained = (cross - np.einsum("th,ghrc->tgrc", scene, gram)).swapaxes(0, 1)
    for guide, variance in enumerate(guides[:, valid].var(axis=1)):
        gram[guide, guide] += prior * variance + np.finfo(np.float32).tiny
    slopes = _solve(gram, unexplained).swapaxes(0, 1) + scene[:, :, None, None]
    intercepts = centre_t + mean_t - np.einsum("tgrc,grc->trc", slopes, centre_g + mean_g)
    return slopes.astype(np.float32), intercepts.astype(np.float32)


def _solve(matrix: Array, right: Array) -> Array:
    """Solve a positive definite system a pixel: (n, n, rows, columns) and (n, m, rows, columns) give (n, m, ...).

    Gauss-Jordan elimination of whole images at a time: LAPACK starts its threads anew for every pixel.
    """
    matrix, right = matrix.copy(), right.copy()
    for pivot in range(len(matrix)):
        inverse = 1 / matrix[pivot, pivot]
        matrix[pivot] *= inverse
        right[pivot] *= inverse
        for row in range(len(matrix)):
            if row != pivot:
                factor = matrix[row, pivot].copy()
                matrix[row] -= factor * matrix[pivot]
                right[row] -= factor * right[pivot]
    return right


def _products(a: Array, b: Array, radius: int) -> Array:
    return np.stack([_box_sum(band * b, radius) for band in a])


def _box_sum(image: Array, radius: int) -> Array:
    """Return the sum over the window around each pixel; windows end at the edge of the image."""
    sums = np.pad(image, ((0, 0), (1, 0), (1, 0))).cumsum(1).cumsum(2)
    rows, columns = image.shape[1:]
    top, bottom = np.maximum(np.arange(rows) - radius, 0), np.minimum(np.arange(rows) + radius + 1, rows)
    left, right = np.maximum(np.arange(columns) - radius, 0), np.minimum(np.arange(columns) + radius + 1, columns)
    strips = sums[:, bottom] - sums[:, top]
    return np.asarray(strips[:, :, right] - strips[:, :, left])

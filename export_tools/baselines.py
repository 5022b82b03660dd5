# SPDX-License-Identifier: GPL-2.0-or-later
"""What a network has to beat: classical upsampling, and regression between the bands with residual correction."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..core.point_spread import block_mean, valid_blocks
from .configuration import Config
from .degradation import Pair

Image = npt.NDArray[np.float32]

KEYS = -0.5
LOBES = 3
REACH = {"nearest": 1, "bilinear": 1, "bicubic": 2, "lanczos": LOBES}
# Ridge on guides scaled to unit variance. Half a pixel beside the scene's own makes a scene of nine pixels with ten
# guides solvable; a hundredth of the pixels keeps directions with hardly any variance from amplifying noise at the fine
# grid. Chosen on the validation places and simulated landscapes: without it the method is worse than bicubic at 60 m.
RIDGE_PIXELS, RIDGE_SHARE = 0.5, 0.01


def upsample(image: Image, factor: int, method: str) -> Image:
    """Upsample with half-pixel centres and symmetric edges.

    Args:
        image: (bands, rows, columns).
        factor: integer scale factor.
        method: nearest, bilinear, bicubic (Keys' kernel with a = -0.5), or lanczos (three lobes).

    Returns:
        (bands, rows x factor, columns x factor).
    """
    rows = _matrix(image.shape[1], factor, method).astype(np.float32)
    columns = _matrix(image.shape[2], factor, method).astype(np.float32)
    return np.asarray(np.matmul(np.matmul(rows, image), columns.T), np.float32)


def band_regression(inputs: dict[str, Image], regression: Image, config: Config, method: str = "bicubic") -> Image:
    """Predict the targets from the guides and add the upsampled residual, so that the coarse bands return.

    Args:
        inputs: group name -> (bands, rows, columns).
        regression: slopes (targets, guides or more); the residual makes an intercept needless.
        config: which groups there are.
        method: how the residual is upsampled.

    Returns:
        (targets, rows, columns) on the finest grid.
    """
    guides = fine_guides(inputs, config)
    slopes = regression[:, : len(guides)]
    predicted = np.asarray(np.tensordot(slopes, guides, axes=(1, 0)), np.float32)
    return with_residual(predicted, inputs[config.targets.name], config.scale_factor, method)


def with_residual(predicted: Image, coarse: Image, factor: int, method: str = "bicubic") -> Image:
    """Add to a prediction what its block means lack of the coarse bands, upsampled."""
    return np.asarray(predicted + upsample(coarse - block_mean(predicted, factor), factor, method), np.float32)


def least_squares(pair: Pair, config: Config) -> Image:
    """Return the slopes (targets, guides) of least squares with intercept on the targets' grid.

    This is the classical method, independent of whatever the engine hands to its networks: guides are averaged over
    the coarse pixels, every valid coarse pixel counts the same, and a small ridge keeps collinear guides apart.
    """
    valid = coarse_mask(pair, config)
    guides = coarse_guides(pair.inputs, config)[:, valid].astype(np.float64)
    targets = pair.inputs[config.targets.name][:, valid].astype(np.float64)
    guides -= guides.mean(axis=1, keepdims=True)
    targets -= targets.mean(axis=1, keepdims=True)
    deviation = np.maximum(guides.std(axis=1, keepdims=True), np.finfo(np.float32).tiny)
    scaled = guides / deviation
    ridge = (RIDGE_PIXELS + RIDGE_SHARE * scaled.shape[1]) * np.eye(len(scaled))
    solved = np.linalg.solve(scaled @ scaled.T + ridge, scaled @ targets.T)
    return np.asarray((solved / deviation).T, np.float32)


def fine_guides(inputs: dict[str, Image], config: Config) -> Image:
    """Return all guide bands on the finest grid, (guides, rows, columns); coarser ones are upsampled bilinearly."""
    parts = []
    for group in config.guides:
        factor = config.factor(group)
        parts.append(upsample(inputs[group.name], factor, "bilinear") if factor > 1 else inputs[group.name])
    return np.concatenate(parts)


def coarse_guides(inputs: dict[str, Image], config: Config) -> Image:
    """Return all guide bands averaged over the targets' pixels, (guides, rows, columns)."""
    return np.concatenate([block_mean(inputs[group.name], config.ratio(group)) for group in config.guides])


def coarse_mask(pair: Pair, config: Config) -> npt.NDArray[np.bool_]:
    """Return which pixels of the coarse targets are valid."""
    return valid_blocks(pair.mask, config.scale_factor)


def _matrix(size: int, factor: int, method: str) -> npt.NDArray[np.float64]:
    centre = (np.arange(size * factor) + 0.5) / factor - 0.5
    base = np.floor(centre).astype(int) if method != "nearest" else np.rint(centre).astype(int)
    taps = np.arange(1 - REACH[method], REACH[method] + 1)
    source = base[:, None] + taps
    weights = _kernel(centre[:, None] - source, method)
    # The cubic and linear kernels sum to one by themselves, Lanczos' does so to a percent only.
    weights = weights / weights.sum(axis=1, keepdims=True)
    mirrored = np.where(source < 0, -1 - source, np.where(source >= size, 2 * size - 1 - source, source))
    matrix = np.zeros((size * factor, size))
    np.add.at(matrix, (np.arange(size * factor)[:, None], np.clip(mirrored, 0, size - 1)), weights)
    return matrix


def _kernel(distance: npt.NDArray[np.float64], method: str) -> npt.NDArray[np.float64]:
    x = np.abs(distance)
    if method == "nearest":
        return (x < 0.5).astype(float)
    if method == "bilinear":
        return np.maximum(1 - x, 0)
    if method == "lanczos":
        return np.where(x < LOBES, np.sinc(x) * np.sinc(x / LOBES), 0.0)
    near = (KEYS + 2) * x**3 - (KEYS + 3) * x**2 + 1
    far = KEYS * (x**3 - 5 * x**2 + 8 * x - 4)
    return np.where(x <= 1, near, np.where(x < 2, far, 0.0))

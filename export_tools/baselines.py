# SPDX-License-Identifier: GPL-2.0-or-later
"""What a network has to beat: nearest, bilinear, bicubic, and band regression with residual correction."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..core.point_spread import block_mean
from .configuration import Config

Image = npt.NDArray[np.float32]

KEYS = -0.5
REACH = {"nearest": 1, "bilinear": 1, "bicubic": 2}


def upsample(image: Image, factor: int, method: str) -> Image:
    """Upsample with half-pixel centres and symmetric edges.

    Args:
        image: (bands, rows, columns).
        factor: integer scale factor.
        method: nearest, bilinear, or bicubic (Keys' kernel with a = -0.5).

    Returns:
        (bands, rows x factor, columns x factor).
    """
    rows = _matrix(image.shape[1], factor, method)
    columns = _matrix(image.shape[2], factor, method)
    return np.asarray(np.einsum("brj,kj->brk", np.einsum("ir,brc->bic", rows, image), columns), np.float32)


def band_regression(inputs: dict[str, Image], regression: Image, config: Config, method: str = "bicubic") -> Image:
    """Predict the targets from the guides and add the upsampled residual, so that the coarse bands return."""
    predicted = np.zeros((), np.float32)
    start = 0
    for group in config.guides:
        slopes = regression[:, start : start + len(group.bands)]
        start += len(group.bands)
        part = np.einsum("tg,grc->trc", slopes, inputs[group.name]).astype(np.float32)
        predicted = predicted + (upsample(part, config.factor(group), "bilinear") if config.factor(group) > 1 else part)
    residual = inputs[config.targets.name] - block_mean(predicted, config.scale_factor)
    return np.asarray(predicted + upsample(residual, config.scale_factor, method), np.float32)


def _matrix(size: int, factor: int, method: str) -> npt.NDArray[np.float64]:
    centre = (np.arange(size * factor) + 0.5) / factor - 0.5
    base = np.floor(centre).astype(int) if method != "nearest" else np.rint(centre).astype(int)
    matrix = np.zeros((size * factor, size))
    rows = np.arange(size * factor)
    for tap in range(1 - REACH[method], REACH[method] + 1):
        source = base + tap
        mirrored = np.where(source < 0, -1 - source, np.where(source >= size, 2 * size - 1 - source, source))
        np.add.at(matrix, (rows, np.clip(mirrored, 0, size - 1)), _kernel(centre - source, method))
    return matrix


def _kernel(distance: npt.NDArray[np.float64], method: str) -> npt.NDArray[np.float64]:
    x = np.abs(distance)
    if method == "nearest":
        return (x < 0.5).astype(float)
    if method == "bilinear":
        return np.maximum(1 - x, 0)
    near = (KEYS + 2) * x**3 - (KEYS + 3) * x**2 + 1
    far = KEYS * (x**3 - 5 * x**2 + 8 * x - 4)
    return np.where(x <= 1, near, np.where(x < 2, far, 0.0))

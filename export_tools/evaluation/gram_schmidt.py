# SPDX-License-Identifier: GPL-2.0-or-later
"""Gram-Schmidt pansharpening (Laben and Brower, US patent 6011875, 2000), in its adaptive form (GSA)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..baselines import coarse_mask, upsample
from ..configuration import Config
from ..degradation import Pair
from .pansharpen import pan_weights

Image = npt.NDArray[np.float32]
TINY = 1e-12


def gram_schmidt(pair: Pair, config: Config) -> Image:
    """Sharpen by the component that a panchromatic band replaces.

    With I = sum of w_i M_i (weights as for GDAL's pansharpening: those that best make up the panchromatic band at the
    coarse GSD, as Aiazzi et al. 2007 propose), every band gets g_i (P - I), g_i = cov(M_i, I) / var(I), where P has the
    mean and the deviation of I and all M_i are resampled bicubically. The panchromatic band is the mean of the finest
    guide bands.

    Args:
        pair: the scene.
        config: which groups there are.

    Returns:
        (targets, rows, columns) on the finest grid.
    """
    pan = pair.inputs[config.guides[0].name].mean(axis=0, dtype=np.float64)
    coarse = pair.inputs[config.targets.name]
    valid = coarse_mask(pair, config)
    weights = pan_weights(np.asarray(pan[None], np.float32), coarse, valid, config.scale_factor)
    intensity = np.tensordot(weights, coarse.astype(np.float64), axes=(0, 0))[valid]
    centred = coarse[:, valid] - coarse[:, valid].mean(axis=1, keepdims=True, dtype=np.float64)
    gains = (centred * (intensity - intensity.mean())).mean(axis=1) / max(float(intensity.var()), TINY)
    fine = upsample(coarse, config.scale_factor, "bicubic")
    smooth = np.tensordot(weights, fine.astype(np.float64), axes=(0, 0))
    seen = pan[pair.mask]
    matched = (pan - seen.mean()) * (intensity.std() / max(float(seen.std()), TINY)) + intensity.mean()
    return np.asarray(fine + gains[:, None, None] * (matched - smooth), np.float32)

# SPDX-License-Identifier: GPL-2.0-or-later
"""Random variation of chips: radiometry, noise, misregistration, flips."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]

GAIN = 0.2
NOISE = 0.002
JITTER = 0.03
# How strongly targets are mixed.
MIXTURE = 0.3


def vary_radiometry(
    inputs: list[Array],
    regression: Array,
    truth: Array,
    target_gain: float,
    haze_spread: float,
    rng: np.random.Generator,
) -> tuple[list[Array], Array, Array]:
    """Give every band its own gain, haze offset and noise, and change the regression as the scene's would.

    With guides g' = a g + b and targets t' = c t + d, the coefficients of t on g become W' = c W / a and the intercept
    c k + d - W' b. A small jitter of the slopes keeps the network from trusting them to the last digit.

    Args:
        inputs: one array a group (bands, rows, columns), targets last.
        regression: (targets, guides + 1).
        truth: (targets, rows, columns).
        target_gain: standard deviation of the logarithm of the targets' gains.
        haze_spread: standard deviation of the offset in network range.
        rng: source of randomness.

    Returns:
        The same three, varied.
    """
    guides = regression.shape[1] - 1
    bands = guides + len(truth)
    common = np.exp(rng.normal(0, GAIN))
    spread = np.where(np.arange(bands) < guides, GAIN, target_gain)
    gain = common * np.exp(rng.normal(0, 1, bands) * spread)
    haze = rng.normal(0, haze_spread, bands)
    slopes = regression[:, :-1] * gain[guides:, None] / gain[:guides]
    slopes = slopes * (1 + rng.normal(0, JITTER, slopes.shape))
    intercept = regression[:, -1] * gain[guides:] + haze[guides:] - slopes @ haze[:guides]
    varied, start = [], 0
    noise = NOISE * rng.uniform(0, 1)
    for image in inputs:
        stop = start + len(image)
        result = image * gain[start:stop, None, None] + haze[start:stop, None, None]
        varied.append((result + noise * rng.standard_normal(image.shape)).astype(np.float32))
        start = stop
    truth = truth * gain[guides:, None, None] + haze[guides:, None, None]
    return varied, np.concatenate([slopes, intercept[:, None]], 1).astype(np.float32), truth.astype(np.float32)


def mix_targets(
    coarse: Array, regression: Array, truth: Array, free: npt.NDArray[np.bool_], rng: np.random.Generator
) -> tuple[Array, Array, Array]:
    """Replace the targets by random mixtures of themselves: bands of sensors that do not exist.

    Everything in the protocol is linear in the targets, so input, truth and regression are mixed alike.

    Args:
        coarse: targets at the coarse GSD (targets, rows, columns).
        regression: (targets, guides + 1).
        truth: (targets, rows, columns).
        free: (targets,), False for a band without loss, which is mixed into no other.
        rng: source of randomness.
    """
    count = len(truth)
    matrix = np.eye(count) + rng.normal(0, MIXTURE, (count, count)) * np.outer(free, free)
    matrix /= np.maximum(np.abs(matrix.sum(axis=1, keepdims=True)), 0.5)
    mixed = (np.tensordot(matrix, array, axes=(1, 0)).astype(np.float32) for array in (coarse, regression, truth))
    first, second, third = mixed
    return first, second, third


def misregistration(rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """Return the (row, column) shift of all guides against the targets, in target pixels: mostly small, rarely large.

    Sentinel-2's band groups agree to about 0.3 px; products before 2016 and some tiles are worse.
    """
    kind = rng.uniform()
    if kind < 0.5:
        return np.zeros(2)
    return rng.normal(0, 0.08, 2) if kind < 0.95 else rng.uniform(-0.6, 0.6, 2)


def dihedral(image: Array, turns: int, flip: bool) -> Array:
    """Return one of the eight symmetries of a square image (bands, rows, columns)."""
    turned = np.rot90(image, turns, axes=(1, 2))
    return np.ascontiguousarray(turned[:, :, ::-1] if flip else turned)

# SPDX-License-Identifier: GPL-2.0-or-later
"""Random variation of chips: radiometry, noise, misregistration, flips."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .configuration import Config

Array = npt.NDArray[np.float32]

GAIN = 0.2
COMMON_GAIN = 0.15
NOISE = 0.002
JITTER = 0.03
# How strongly targets are mixed.
MIXTURE = 0.3


def vary_radiometry(
    inputs: list[Array], scene: Array, truth: Array, deviations: tuple[float, float, float], rng: np.random.Generator
) -> tuple[list[Array], Array, Array]:
    """Give every band its own gain, haze offset and noise, and change the coefficients as the scene's would.

    With guides a g + b and targets c t + d the slopes of t on g become c W / a. A small jitter of slopes, spread and
    explained share keeps the network from trusting them to the last digit.

    Args:
        inputs: one array a group (bands, rows, columns), targets last.
        scene: (targets, guides + 2): slopes, spread, explained share.
        truth: (targets, rows, columns).
        deviations: standard deviations of the logarithm of the guides' gains, of that of the targets' gains, and of the
            offset in network range.
        rng: source of randomness.

    Returns:
        The same three, varied.
    """
    guides = scene.shape[1] - 2
    bands = guides + len(truth)
    common = np.exp(rng.normal(0, COMMON_GAIN))
    spread = np.where(np.arange(bands) < guides, deviations[0], deviations[1])
    gain = common * np.exp(rng.normal(0, 1, bands) * spread)
    haze = rng.normal(0, deviations[2], bands)
    slopes = scene[:, :guides] * gain[guides:, None] / gain[:guides]
    slopes = slopes * (1 + rng.normal(0, JITTER, slopes.shape))
    hints = scene[:, guides:] * (1 + rng.normal(0, JITTER, (len(truth), 2)))
    varied, start = [], 0
    noise = np.float32(NOISE * rng.uniform(0, 1))
    for image in inputs:
        stop = start + len(image)
        scale, offset = (part[start:stop, None, None].astype(np.float32) for part in (gain, haze))
        varied.append(image * scale + offset + noise * rng.standard_normal(image.shape, np.float32))
        start = stop
    truth = truth * gain[guides:, None, None] + haze[guides:, None, None]
    return varied, np.concatenate([slopes, hints], 1).astype(np.float32), truth.astype(np.float32)


def mix_targets(
    coarse: Array, scene: Array, truth: Array, free: npt.NDArray[np.bool_], rng: np.random.Generator
) -> tuple[Array, Array, Array]:
    """Replace the targets by random mixtures of themselves: bands of sensors that do not exist.

    Everything in the protocol is linear in the targets, so input, truth and slopes are mixed alike; spread and
    explained share become weighted means.

    Args:
        coarse: targets at the coarse GSD (targets, rows, columns).
        scene: (targets, guides + 2): slopes, spread, explained share.
        truth: (targets, rows, columns).
        free: (targets,), False for a band without loss, which is mixed into no other.
        rng: source of randomness.
    """
    count = len(truth)
    matrix = np.eye(count) + rng.normal(0, MIXTURE, (count, count)) * np.outer(free, free)
    matrix /= np.maximum(np.abs(matrix.sum(axis=1, keepdims=True)), 0.5)
    share = np.abs(matrix) / np.abs(matrix).sum(axis=1, keepdims=True)
    mixed = np.concatenate([matrix @ scene[:, :-2], share @ scene[:, -2:]], axis=1).astype(np.float32)
    first, last = (np.tensordot(matrix, array, axes=(1, 0)).astype(np.float32) for array in (coarse, truth))
    return first, mixed, last


def softness_ranges(config: Config) -> npt.NDArray[np.float64]:
    """Return the largest softness of each target in its pixels: bands whose names stand in the config's ``soft``."""
    soft = config.training.get("soft", {})
    return np.array([float(soft.get(band, 0)) for band in config.targets.bands])


def own_softness(largest: npt.NDArray[np.float64], rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """Return how much softer than measured each target is made, as Gaussian sigma in target pixels; often not at all.

    Sensors image some bands with wider point spreads than others, and scenes differ in it: what is learnt from a few
    scenes has to hold for all of them. Bands become softer together, or each by itself: a network that only saw them
    together takes the softness of one for that of another.
    """
    if rng.uniform() < 0.5:
        return np.zeros(len(largest))
    count = len(largest)
    share = rng.uniform(0, 1, count) if rng.uniform() < 0.5 else rng.uniform() * rng.uniform(0.8, 1.0, count)
    return np.asarray(largest * share)


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

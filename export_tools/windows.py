# SPDX-License-Identifier: GPL-2.0-or-later
"""Parts of a training place that play the role of scenes, each with the regression the engine would compute for it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..core.scene_pass import Moments, solve
from .configuration import Config
from .degradation import Pair, moments_of

WINDOWS = 24
LEAST_VALID = 0.5
# Pixels that one place counts for when the default is estimated, and weight of the zero prior then: strong, because
# what the default decides in a scene are directions of the guide bands that the scene itself cannot tell apart.
PIXELS_A_PLACE = 1000
DEFAULT_RIDGE = 300.0


@dataclass(frozen=True)
class Window:
    """Coarse rows and columns of a place, and one regression (targets, guides + 1) for each point spread."""

    row: int
    column: int
    height: int
    width: int
    regressions: tuple[npt.NDArray[np.float32], ...]


def default_regression(pairs: list[Pair], config: Config) -> npt.NDArray[np.float32]:
    """Return the regression over all pairs together, every pair counting the same."""
    n_guides, n_targets = len(config.guide_bands), len(config.targets.bands)
    pooled = Moments.empty(n_guides + n_targets)
    for pair in pairs:
        moments = moments_of(pair.inputs, pair.mask, config)
        share = PIXELS_A_PLACE / max(1, moments.count)
        pooled = pooled.merge(Moments(PIXELS_A_PLACE, moments.total * share, moments.cross * share))
    return solve(pooled, n_guides, np.zeros((n_targets, n_guides + 1)), DEFAULT_RIDGE)


def windows_of(
    pairs: list[Pair], config: Config, default: npt.NDArray[np.float32], smallest: int, rng: np.random.Generator
) -> list[Window]:
    """Return the whole place and random parts of at least ``smallest`` coarse pixels.

    Args:
        pairs: the place degraded by each point spread.
        config: which groups there are.
        default: regression where pixels are few.
        smallest: side of the smallest part in coarse pixels.
        rng: source of randomness.
    """
    scale = config.scale_factor
    rows, columns = (size // scale for size in pairs[0].mask.shape)
    boxes = [(0, 0, rows, columns)]
    for _ in range(WINDOWS if min(rows, columns) >= 2 * smallest else 0):
        height, width = (int(rng.integers(smallest, size + 1)) for size in (rows, columns))
        boxes.append((int(rng.integers(rows - height + 1)), int(rng.integers(columns - width + 1)), height, width))
    windows = []
    for box in boxes:
        parts = [_crop(pair, config, *box) for pair in pairs]
        if parts[0].mask.mean() > LEAST_VALID:
            windows.append(Window(*box, tuple(_regression(part, config, default) for part in parts)))
    return windows


def _regression(pair: Pair, config: Config, default: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    moments = moments_of(pair.inputs, pair.mask, config)
    return solve(moments, len(config.guide_bands), default)


def _crop(pair: Pair, config: Config, row: int, column: int, height: int, width: int) -> Pair:
    def cut(image: npt.NDArray[np.generic], unit: int) -> npt.NDArray[np.generic]:
        return image[..., row * unit : (row + height) * unit, column * unit : (column + width) * unit]

    inputs = {group.name: cut(pair.inputs[group.name], config.ratio(group)) for group in config.groups}
    return Pair(inputs, cut(pair.truth, config.scale_factor), cut(pair.mask, config.scale_factor))  # type: ignore

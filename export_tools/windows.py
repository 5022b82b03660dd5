# SPDX-License-Identifier: GPL-2.0-or-later
"""Parts of a training place that play the role of scenes, each with the coefficients the engine would compute."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..core.detail_regression import DetailMoments, moments_of_planes, solve_details
from .configuration import Config
from .degradation import KINDS, Pair
from .scene_details import detail_mask, planes_of

WINDOWS = 24
LEAST_VALID = 0.5
# Pixels that one place counts for when the default is estimated.
PIXELS_A_PLACE = 1000
# What the default itself is drawn to: no detail from the guides, the spread of a good sensor, no trust.
FIRST_SPREAD = 0.35
TINY = 1e-9


@dataclass(frozen=True)
class Window:
    """Coarse rows and columns of a place, and its coefficients (targets, guides + 2) for each point spread."""

    row: int
    column: int
    height: int
    width: int
    coefficients: tuple[npt.NDArray[np.float32], ...]


def default_coefficients(moments: list[DetailMoments], config: Config) -> npt.NDArray[np.float32]:
    """Return the coefficients over many scenes together, every one counting the same."""
    n_guides, n_targets = len(config.guide_bands), len(config.targets.bands)
    pooled = DetailMoments.empty(n_guides + n_targets)
    for scene in moments:
        variance = np.trace(scene.cross[0]) / max(1, scene.count)
        share = PIXELS_A_PLACE / max(1, scene.count) / max(variance, TINY)
        pooled = pooled.merge(DetailMoments(PIXELS_A_PLACE, scene.cross * share))
    first = np.zeros((n_targets, n_guides + 2))
    first[:, -2] = FIRST_SPREAD
    return solve_details(pooled, n_guides, first)


def without_details(mask: npt.NDArray[np.bool_], config: Config) -> Window:
    """Return a whole place for a network that is told nothing of its scene: coefficients of zero."""
    rows, columns = (size // config.scale_factor for size in mask.shape)
    return Window(0, 0, rows, columns, (no_coefficients(config),) * len(KINDS))


def no_coefficients(config: Config) -> npt.NDArray[np.float32]:
    """Return what stands for the coefficients where there are no details, (targets, guides + 2)."""
    return np.zeros((len(config.targets.bands), len(config.guide_bands) + 2), np.float32)


@dataclass(frozen=True)
class Part:
    """A part of a place: coarse rows and columns, and the sums of its details for each point spread."""

    box: tuple[int, int, int, int]
    moments: tuple[DetailMoments, ...]

    def window(self, config: Config, default: npt.NDArray[np.float32]) -> Window:
        """Return the part with its coefficients."""
        guides = len(config.guide_bands)
        return Window(*self.box, tuple(solve_details(moments, guides, default) for moments in self.moments))


def parts_of(pairs: list[Pair], config: Config, smallest: int, rng: np.random.Generator) -> list[Part]:
    """Return the whole place and random parts of at least ``smallest`` coarse pixels.

    Args:
        pairs: the place degraded by each point spread.
        config: which groups there are.
        smallest: side of the smallest part in coarse pixels.
        rng: source of randomness.
    """
    mask = detail_mask(pairs[0].mask, config.scale_factor)
    rows, columns = mask.shape
    boxes = [(0, 0, rows, columns)]
    for _ in range(WINDOWS if min(rows, columns) >= 2 * smallest else 0):
        height, width = (int(rng.integers(smallest, size + 1)) for size in (rows, columns))
        boxes.append((int(rng.integers(rows - height + 1)), int(rng.integers(columns - width + 1)), height, width))
    boxes = boxes[:1] + [box for box in boxes[1:] if _cut(mask, box).mean() > LEAST_VALID]
    found: list[list[DetailMoments]] = [[] for _ in boxes]
    for pair in pairs:
        planes = planes_of(pair.inputs, config)
        for box, moments in zip(boxes, found):
            moments.append(moments_of_planes(_cut(planes, box), _cut(mask, box)))
    return [Part(box, tuple(moments)) for box, moments in zip(boxes, found)]


def _cut(array: npt.NDArray[Any], box: tuple[int, int, int, int]) -> npt.NDArray[Any]:
    row, column, height, width = box
    return array[..., row : row + height, column : column + width]

# SPDX-License-Identifier: GPL-2.0-or-later
"""Random training chips: drawn from training places, degraded, and varied so that few scenes stand for many.

Every batch depends on (seed, step) alone, so a resumed training sees the same chips as an uninterrupted one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..core.scene_pass import Moments, solve
from .configuration import Config
from .dataset import Image, Place
from .degradation import KINDS, degrade_chip, moments_of, sigmas, wald_pair

# Coarse pixels around a chip that feed the point spread, and by which a place is mirrored at its edge.
MARGIN = 2
MIRRORED = 4
WINDOWS = 24


@dataclass(frozen=True)
class Window:
    """Part of a place that plays the role of a scene: coarse rows and columns, and its regression for each point spread."""

    row: int
    column: int
    height: int
    width: int
    regressions: tuple[npt.NDArray[np.float32], ...]


@dataclass(frozen=True)
class Batch:
    """Arrays of one training step.

    Attributes:
        inputs: one array a group, (batch, bands, rows, columns).
        regression: (batch, targets, guides + 1).
        truth: (batch, targets, rows, columns).
        weight: (batch, targets), 0 where a band is left out of the loss.
    """

    inputs: list[Image]
    regression: Image
    truth: Image
    weight: Image


class ChipSampler:
    """Draws batches from places held in memory."""

    def __init__(self, places: list[Place], config: Config, seed: int) -> None:
        """Prepare mirrored places, their windows with regressions, and the default regression."""
        self.config = config
        self.seed = seed
        self.chip = int(config.training["chip"])
        self.places = places
        weights = np.array([place.weight for place in places])
        self.shares = weights / weights.sum()
        pairs = [[wald_pair(place, config, kind) for kind in KINDS] for place in places]
        self.default = default_regression([moments_of(p.inputs, p.mask, config) for both in pairs for p in both])
        rng = np.random.default_rng(seed)
        self.windows = [self._windows(both, rng) for both in pairs]
        self.images = [self._mirrored(place) for place in places]
        self.valid = [self._valid_counts(place) for place in places]

    def batch(self, step: int, size: int | None = None) -> Batch:
        """Return the batch of a training step."""
        rng = np.random.default_rng([self.seed, step])
        count = size or int(self.config.training["batch"])
        chips = [self._chip(rng) for _ in range(count)]
        inputs = [np.stack([chip[0][i] for chip in chips]) for i in range(len(self.config.groups))]
        stacked = [np.stack([chip[i] for chip in chips]) for i in (1, 2, 3)]
        return Batch(inputs, *stacked)

    def _chip(self, rng: np.random.Generator) -> tuple[list[Image], Image, Image, Image]:
        index = int(rng.choice(len(self.places), p=self.shares))
        place, window = self.places[index], self.windows[index][rng.integers(len(self.windows[index]))]
        row, column = self._position(index, window, rng)
        kind = int(rng.integers(len(KINDS)))
        inputs = self._degraded(index, row, column, KINDS[kind], rng)
        scale = self.config.scale_factor
        top, left = (row + MARGIN) * scale, (column + MARGIN) * scale
        side = self.chip * scale
        truth = self.images[index][self.config.targets.name][:, top : top + side, left : left + side]
        inputs, regression, truth = _vary_radiometry(inputs, window.regressions[kind], truth, self.config, rng)
        weight = np.array([band not in place.without_loss for band in self.config.targets.bands], np.float32)
        turn, flip = int(rng.integers(4)), bool(rng.integers(2))
        inputs = [_dihedral(image, turn, flip) for image in inputs]
        return inputs, regression, _dihedral(truth, turn, flip), weight

    def _degraded(self, index: int, row: int, column: int, kind: str, rng: np.random.Generator) -> list[Image]:
        place, config, result = self.places[index], self.config, []
        spread = rng.uniform(0.9, 1.1) if kind == "published" else rng.uniform(0.7, 1.15)
        shift = _misregistration(rng)
        for group in config.groups:
            factor, ratio = place.degradation(config, group), place.ratio(config, group)
            unit = config.scale_factor * ratio
            margin, side = MARGIN * unit, (self.chip + 2 * MARGIN) * unit
            source = self.images[index][group.name][
                :, row * unit : row * unit + side, column * unit : column * unit + side
            ]
            size = self.chip * unit // factor
            if factor == 1:
                result.append(source[:, margin:-margin, margin:-margin])
                continue
            common = spread * rng.uniform(0.95, 1.05)
            widths = [sigma * common for sigma in sigmas(config, group.bands, factor, kind)]
            moved = np.zeros((len(group.bands), 2))
            if group is not config.targets:
                moved += shift * ratio + rng.normal(0, 0.03 * ratio, (len(group.bands), 2)) * (shift != 0).any()
            result.append(degrade_chip(source, factor, size, margin, widths, moved))
        return result

    def _position(self, index: int, window: Window, rng: np.random.Generator) -> tuple[int, int]:
        """Return the upper left coarse pixel (in the mirrored place) of a chip without invalid pixels."""
        counts, side = self.valid[index], self.chip + 2 * MARGIN
        for _ in range(100):
            row = window.row + int(rng.integers(max(1, window.height + 2 * MIRRORED - side + 1)))
            column = window.column + int(rng.integers(max(1, window.width + 2 * MIRRORED - side + 1)))
            row, column = min(row, counts.shape[0] - 1 - side), min(column, counts.shape[1] - 1 - side)
            bad = counts[row + side, column + side] - counts[row, column + side]
            if bad == counts[row + side, column] - counts[row, column]:
                return row, column
        raise ValueError(f"{self.places[index].id} has no valid chip of {side} coarse pixels; use a smaller chip")

    def _windows(self, pairs: list, rng: np.random.Generator) -> list[Window]:
        """Return the whole place and random parts of it, each with the regression a scene of that extent would get."""
        config, scale = self.config, self.config.scale_factor
        rows, columns = (size // scale for size in pairs[0].mask.shape)
        smallest = min(rows, columns, self.chip + 2 * MARGIN)
        boxes = [(0, 0, rows, columns)]
        for _ in range(WINDOWS if min(rows, columns) >= 2 * smallest else 0):
            height, width = (int(rng.integers(smallest, size + 1)) for size in (rows, columns))
            boxes.append((int(rng.integers(rows - height + 1)), int(rng.integers(columns - width + 1)), height, width))
        result = []
        for row, column, height, width in boxes:
            mask = pairs[0].mask[row * scale : (row + height) * scale, column * scale : (column + width) * scale]
            if mask.mean() > 0.5 and _largest_gap_free(mask, scale, self.chip + 2 * MARGIN - 2 * MIRRORED):
                found = tuple(self._regression(pair, row, column, height, width) for pair in pairs)
                result.append(Window(row, column, height, width, found))
        return result

    def _regression(self, pair, row: int, column: int, height: int, width: int) -> npt.NDArray[np.float32]:
        config, parts = self.config, {}
        for group in config.groups:
            unit = config.ratio(group)
            parts[group.name] = pair.inputs[group.name][
                :, row * unit : (row + height) * unit, column * unit : (column + width) * unit
            ]
        scale = config.scale_factor
        mask = pair.mask[row * scale : (row + height) * scale, column * scale : (column + width) * scale]
        moments = moments_of(parts, mask, config)
        return solve(moments, len(config.guide_bands), self.default, float(config.training["prior_weight"]))

    def _mirrored(self, place: Place) -> dict[str, Image]:
        config, result = self.config, {}
        for group in config.groups:
            edge = MIRRORED * config.scale_factor * place.ratio(config, group)
            result[group.name] = np.pad(place.images[group.name], ((0, 0), (edge, edge), (edge, edge)), "symmetric")
        return result

    def _valid_counts(self, place: Place) -> npt.NDArray[np.int64]:
        """Return the summed-area table of invalid coarse pixels of the mirrored place."""
        scale = self.config.scale_factor
        rows, columns = (size // scale for size in place.mask.shape)
        bad = ~place.mask.reshape(rows, scale, columns, scale).all(axis=(1, 3))
        bad = np.pad(bad, MIRRORED, "symmetric").astype(np.int64)
        return np.pad(bad.cumsum(0).cumsum(1), ((1, 0), (1, 0)))


def default_regression(moments: list[Moments]) -> npt.NDArray[np.float32]:
    """Return the regression over all places together, each counting the same.

    The number of guides follows from the moments' size and is found by the caller's groups; see ``pooled``.
    """
    raise NotImplementedError


def _vary_radiometry(inputs, regression, truth, config, rng):
    raise NotImplementedError

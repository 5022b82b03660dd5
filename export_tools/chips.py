# SPDX-License-Identifier: GPL-2.0-or-later
"""Random training chips: drawn from training places, degraded, and varied so that few scenes stand for many.

A batch depends on (seed, step) alone, so a resumed training sees the same chips as an uninterrupted one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..core.detail_regression import scene_tensor
from ..core.point_spread import blur, valid_blocks
from .configuration import Config
from .dataset import Image, Mask, Place
from .degradation import KINDS, degrade_chip, lattice_of, sigmas, wald_pair
from .faint import faint_places
from .lattice import Lattice, resampled
from .made_bands import as_made
from .variation import GAIN, dihedral, misregistration, mix_targets, own_softness, softness_ranges, vary_radiometry
from .windows import Part, Window, default_coefficients, no_coefficients, parts_of, without_details

# Pixels of the coarsest measurement around a chip that feed the point spread, and by which a place is mirrored at its
# edge.
MARGIN = 2
MIRRORED = 4
ATTEMPTS = 20
# Part of the variation of radiometry that chips keep which are not varied strongly.
CALM = 0.2


@dataclass(frozen=True)
class Batch:
    """Arrays of one training step.

    Attributes:
        inputs: one array a group, (batch, bands, rows, columns).
        regression: (batch, targets, guides + 2 + taps), see ``core.detail_regression.scene_tensor``.
        truth: (batch, targets, rows, columns).
        weight: (batch, targets), 0 where a band is left out of the loss.
    """

    inputs: list[Image]
    regression: Image
    truth: Image
    weight: Image


def smallest_side(config: Config) -> int:
    """Return the side in target pixels of the smallest place that chips can be drawn from."""
    return (int(config.training["chip"]) - 2 * (MIRRORED - MARGIN) * config.reach) * config.scale_factor


class ChipSampler:
    """Draws batches from places held in memory."""

    def __init__(self, places: list[Place], config: Config, seed: int) -> None:
        """Mirror the places, cut their windows and estimate the default regression from the real ones of them."""
        self.config = config
        self.seed = seed
        self.softer = softness_ranges(config)
        self.chip = int(config.training["chip"])
        self.margin, self.mirrored = MARGIN * config.reach, MIRRORED * config.reach
        side = smallest_side(config)
        real = [place for place in places if min(place.mask.shape) >= side]
        if not real:
            raise ValueError("No training place is large enough. Check SATSHARP_DATA, or use a smaller chip.")
        self.scenes = [place.id for place in real]
        self.places = places = real + faint_places(real, config, float(config.training.get("faint", 0)), seed)
        weights = np.array([place.weight for place in places])
        self.shares = weights / weights.sum()
        rng = np.random.default_rng(seed)
        self.default = no_coefficients(config)
        self.windows = [[without_details(place.mask, config)] for place in places]
        if config.has_details:
            parts = [self._parts(place, rng) for place in places]
            self.default = default_coefficients(
                [sums for whole, *_ in parts[: len(real)] for sums in whole.moments], config
            )
            self.windows = [[part.window(config, self.default) for part in several] for several in parts]
        self.images = [self._mirrored(place) for place in places]
        self.invalid = [self._invalid_counts(place) for place in places]

    def _parts(self, place: Place, rng: np.random.Generator) -> list[Part]:
        pairs = [wald_pair(place, self.config, kind) for kind in KINDS]
        return parts_of(pairs, self.config, self.chip + 2 * self.margin, rng)

    def batch(self, step: int, size: int | None = None) -> Batch:
        """Return the batch of a training step."""
        rng = np.random.default_rng([self.seed, step])
        chips = [self._chip(rng) for _ in range(size or int(self.config.training["batch"]))]
        inputs = [np.stack([chip[0][i] for chip in chips]) for i in range(len(self.config.groups))]
        return Batch(inputs, *(np.stack([chip[i] for chip in chips]) for i in (1, 2, 3)))

    def _chip(self, rng: np.random.Generator) -> tuple[list[Image], Image, Image, Image]:
        index, window, row, column = self._place(rng)
        kind = int(rng.uniform() >= float(self.config.training.get("published", 0.5)))
        spread = float(rng.uniform(*self.config.training["spreads"][KINDS[kind]]))
        softness = own_softness(self.softer, rng)
        inputs = self._degraded(index, row, column, KINDS[kind], spread, softness, rng)
        truth = self._truth(index, row, column, softness)
        left_out = self.places[index].without_loss
        free = np.array([band not in left_out for band in self.config.targets.bands])
        settings, scene = self.config.training, window.coefficients[kind].copy()
        scene[:, -2] = np.hypot(scene[:, -2] * spread, softness / self.config.scale_factor)
        if rng.uniform() < float(settings.get("mixed", 0)):
            inputs[-1], scene, truth = mix_targets(inputs[-1], scene, truth, free, rng)
        strength = 1.0 if rng.uniform() < float(settings.get("varied", 0.5)) else CALM
        target_gain, haze = (strength * float(settings[name]) for name in ("target_gain", "haze"))
        inputs, scene, truth = vary_radiometry(inputs, scene, truth, (strength * GAIN, target_gain, haze), rng)
        scene = scene_tensor(scene, self.config.scale_factor)
        truth = as_made(truth, self.config)
        turn, flip = int(rng.integers(4)), bool(rng.integers(2))
        return (
            [dihedral(image, turn, flip) for image in inputs],
            scene,
            dihedral(truth, turn, flip),
            free.astype(np.float32),
        )

    def _place(self, rng: np.random.Generator) -> tuple[int, Window, int, int]:
        """Draw a place, one of its windows, and a chip in it without invalid pixels."""
        side = self.chip + 2 * self.margin
        for _ in range(ATTEMPTS):
            index = int(rng.choice(len(self.places), p=self.shares))
            window = self.windows[index][rng.integers(len(self.windows[index]))]
            counts = self.invalid[index]
            for _ in range(ATTEMPTS):
                row = window.row + int(rng.integers(max(1, window.height + 2 * self.mirrored - side + 1)))
                column = window.column + int(rng.integers(max(1, window.width + 2 * self.mirrored - side + 1)))
                corners = counts[[row, row + side]][:, [column, column + side]]
                if corners[0, 0] + corners[1, 1] == corners[0, 1] + corners[1, 0]:
                    return index, window, row, column
        raise ValueError(f"No valid chip of {side} coarse pixels was found. Use a smaller chip or clearer scenes.")

    def _cut(self, index: int, group_index: int, row: int, column: int, margin: int) -> Image:
        """Return the source pixels under a chip and ``margin`` coarse pixels around it."""
        group = self.config.groups[group_index]
        unit = self.config.scale_factor * self.places[index].ratio(self.config, group)
        top, left = (row + self.margin - margin) * unit, (column + self.margin - margin) * unit
        side = (self.chip + 2 * margin) * unit
        return self.images[index][group.name][:, top : top + side, left : left + side]

    def _truth(self, index: int, row: int, column: int, softness: npt.NDArray[np.float64]) -> Image:
        """Return the targets of a chip, each as soft as a wider point spread of the sensor would make it."""
        last = len(self.config.groups) - 1
        if not softness.any():
            return self._cut(index, last, row, column, 0)
        edge = self.margin * self.config.scale_factor
        source = self._cut(index, last, row, column, self.margin)
        return np.ascontiguousarray(blur(source, list(softness))[:, edge:-edge, edge:-edge])

    def _degraded(
        self,
        index: int,
        row: int,
        column: int,
        kind: str,
        spread: float,
        softness: npt.NDArray[np.float64],
        rng: np.random.Generator,
    ) -> list[Image]:
        place, config, result = self.places[index], self.config, []
        shift = misregistration(rng)
        for position, group in enumerate(config.groups):
            factor, ratio = place.degradation(config, group), place.ratio(config, group)
            lattice = lattice_of(place, config, group, kind)
            if lattice is not None:
                widths = [round(sigma * spread, 1) for sigma in sigmas(config, group.bands, lattice.step, kind)]
                result.append(self._on_lattice(index, position, row, column, lattice, widths))
                continue
            if factor == 1:
                result.append(self._cut(index, position, row, column, 0))
                continue
            moved = np.zeros((len(group.bands), 2))
            if group is not config.targets and shift.any():
                moved += shift * ratio + rng.normal(0, 0.03 * ratio, moved.shape)
            common = spread * rng.uniform(0.95, 1.05)
            widths = [sigma * common for sigma in sigmas(config, group.bands, factor, kind)]
            if group is config.targets:
                widths = list(np.hypot(widths, softness))
            unit = config.scale_factor * ratio
            source = self._cut(index, position, row, column, self.margin)
            result.append(degrade_chip(source, factor, self.chip * unit // factor, self.margin * unit, widths, moved))
        return result

    def _on_lattice(
        self, index: int, position: int, row: int, column: int, lattice: Lattice, widths: list[float]
    ) -> Image:
        """Return a group that is measured off its grid and brought to it."""
        place, group = self.places[index], self.config.groups[position]
        margin = self.margin * self.config.scale_factor * place.ratio(self.config, group)
        source = self._cut(index, position, row, column, self.margin)
        return resampled(source, lattice, (source.shape[-1] - 2 * margin) // lattice.unit, margin, widths)

    def _mirrored(self, place: Place) -> dict[str, Image]:
        result = {}
        for group in self.config.groups:
            edge = self.mirrored * self.config.scale_factor * place.ratio(self.config, group)
            result[group.name] = np.pad(place.images[group.name], ((0, 0), (edge, edge), (edge, edge)), "symmetric")
        return result

    def _invalid_counts(self, place: Place) -> npt.NDArray[np.int64]:
        """Return the summed-area table of invalid coarse pixels of the mirrored place."""
        return invalid_counts(place.mask, self.config.scale_factor, self.mirrored)


def invalid_counts(mask: Mask, scale: int, mirrored: int) -> npt.NDArray[np.int64]:
    """Return the summed-area table of invalid coarse pixels of a mask, mirrored at its edge by so many of them."""
    rows, columns = (size // scale * scale for size in mask.shape)
    bad = np.pad(~valid_blocks(mask[:rows, :columns], scale), mirrored, "symmetric").astype(np.int64)
    return np.pad(bad.cumsum(0).cumsum(1), ((1, 0), (1, 0)))

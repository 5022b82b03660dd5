# SPDX-License-Identifier: GPL-2.0-or-later
"""How well a network does on held-out places at reduced scale (Wald protocol), against bicubic upsampling.

Everything that does not depend on the weights is prepared once, so that a report costs one pass of the network.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from ..baselines import upsample
from ..configuration import Config
from ..dataset import NETWORK_SCALE, Image, Mask, Place
from ..degradation import KINDS, Pair, wald_pair
from ..scene_details import scene_regression
from .loss import value_of

# Pixels of the coarsest measurement around what is judged, and coarse pixels along the parts that are judged at once.
HALO = 16
TILE = 256
# Digital numbers (reflectance x 10000) in one unit of network range.
DIGITAL_NUMBERS = 10000 / NETWORK_SCALE


@dataclass(frozen=True)
class Exam:
    """One place degraded by one point spread.

    Attributes:
        id: of the place.
        kind: of point spread.
        padded: one array a group (bands, rows, columns), mirrored by ``halo_of(config)`` coarse pixels on every side.
        regression: of this scene, (targets, columns).
        truth: (targets, rows, columns).
        mask: (rows, columns) of ``truth``.
        bicubic: RMSE of bicubic upsampling in digital numbers.
        judged: target bands that count; None for all.
    """

    id: str
    kind: str
    padded: list[Image]
    regression: Image
    truth: Image
    mask: Mask
    bicubic: float
    judged: tuple[int, ...] | None = None

    @property
    def name(self) -> str:
        """The place, and the point spread where it is not the usual one."""
        return self.id if self.kind == KINDS[0] else f"{self.id}, {self.kind}"


class Judge:
    """Judges networks on some places."""

    def __init__(
        self,
        places: list[Place],
        config: Config,
        default: npt.NDArray[np.float32],
        kinds: tuple[str, ...] = KINDS[:1],
    ) -> None:
        """Degrade every place by every kind of point spread; ``default`` is the regression scenes fall back on."""
        self.config = config
        self.exams = [_exam(place, kind, config, default) for place in places for kind in kinds]

    def errors(self, network: Any, device: torch.device) -> list[float]:
        """Return for each exam the RMSE over all target bands in digital numbers; the network is in evaluation mode."""
        return [
            _rmse(
                exam.truth, sharpen(network, exam.padded, exam.regression, self.config, device), exam.mask, exam.judged
            )
            for exam in self.exams
        ]

    def ratios(self, network: Any, device: torch.device) -> list[float]:
        """Return for each exam the RMSE divided by bicubic's."""
        return [error / exam.bicubic for error, exam in zip(self.errors(network, device), self.exams)]


def halo_of(config: Config) -> int:
    """Return the coarse pixels of context around what is judged."""
    return HALO * config.reach


def sharpen(network: Any, padded: list[Image], regression: Image, config: Config, device: torch.device) -> Image:
    """Run a network over a padded scene, part by part.

    Args:
        network: in evaluation mode, on ``device``.
        padded: one array a group (bands, rows, columns) with ``halo_of(config)`` coarse pixels too many on every side.
        regression: (targets, columns).
        config: which groups there are.
        device: of the network.

    Returns:
        (targets, rows, columns) on the finest grid without the padding.
    """
    scale, halo = config.scale_factor, halo_of(config)
    rows, columns = (size - 2 * halo for size in padded[-1].shape[1:])
    result = np.empty((len(config.targets.bands), rows * scale, columns * scale), np.float32)
    crop = halo * scale
    coefficients = torch.from_numpy(regression).to(device)
    for row, column, height, width in _parts(rows, columns):
        tensors = []
        for group, image in zip(config.groups, padded):
            unit = config.ratio(group)
            down = slice(row * unit, (row + height + 2 * halo) * unit)
            across = slice(column * unit, (column + width + 2 * halo) * unit)
            tensors.append(torch.from_numpy(image[None, :, down, across]).to(device))
        with torch.no_grad():
            values = value_of(network(*tensors, coefficients))[0, :, crop:-crop, crop:-crop].cpu().numpy()
        result[:, row * scale : (row + height) * scale, column * scale : (column + width) * scale] = values
    return result


def _parts(rows: int, columns: int) -> Iterator[tuple[int, int, int, int]]:
    for row in range(0, rows, TILE):
        for column in range(0, columns, TILE):
            yield row, column, min(TILE, rows - row), min(TILE, columns - column)


def _exam(place: Place, kind: str, config: Config, default: npt.NDArray[np.float32]) -> Exam:
    pair: Pair = wald_pair(place, config, kind)
    padded = []
    for group in config.groups:
        edge = halo_of(config) * config.ratio(group)
        padded.append(np.pad(pair.inputs[group.name], ((0, 0), (edge, edge), (edge, edge)), "symmetric"))
    bicubic = upsample(pair.inputs[config.targets.name], config.scale_factor, "bicubic")
    regression = scene_regression(pair, config, default)
    error = _rmse(pair.truth, bicubic, pair.mask, pair.judged)
    return Exam(place.id, kind, padded, regression, pair.truth, pair.mask, error, pair.judged)


def _rmse(truth: Image, estimate: Image, mask: Mask, judged: tuple[int, ...] | None) -> float:
    """Return the RMSE over the valid pixels of all bands that count, in digital numbers."""
    error = (truth - estimate)[:, mask].astype(np.float64)
    error = error if judged is None else error[list(judged)]
    return float(np.sqrt((error**2).mean())) * DIGITAL_NUMBERS

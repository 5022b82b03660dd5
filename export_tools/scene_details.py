# SPDX-License-Identifier: GPL-2.0-or-later
"""What the engine would compute of a reduced scene before its tiles, and hand to the network."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..core.detail_regression import (
    REACH,
    DetailMoments,
    bilinear,
    detail_planes,
    moments_of_planes,
    scene_tensor,
    solve_details,
)
from ..core.morphology import erode
from ..core.point_spread import valid_blocks
from .configuration import Config
from .dataset import Image, Mask
from .degradation import Pair


def scene_regression(pair: Pair, config: Config, default: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return what the network receives of this scene, (targets, guides + 2 + taps).

    Args:
        pair: the reduced scene.
        config: which groups there are.
        default: of the card, (targets, guides + 2); returned with its taps where the config has no details.
    """
    if not config.has_details:
        return scene_tensor(default, config.scale_factor)
    guides = len(config.guide_bands)
    return scene_tensor(solve_details(pair_moments(pair, config), guides, default), config.scale_factor)


def pair_moments(pair: Pair, config: Config) -> DetailMoments:
    """Return the sums over all of a reduced scene."""
    return moments_of_planes(planes_of(pair.inputs, config), detail_mask(pair.mask, config.scale_factor))


def planes_of(inputs: dict[str, Image], config: Config) -> Image:
    """Return the high-passed bands of a scene at the targets' GSD for every spread that is tried."""
    guides = [bilinear(band, config.factor(group)) for group in config.guides for band in inputs[group.name]]
    return detail_planes(np.stack(guides), inputs[config.targets.name], config.scale_factor)


def detail_mask(mask: Mask, factor: int) -> Mask:
    """Return which target pixels have nothing invalid around them; ``mask`` is on the finest grid of the inputs."""
    return erode(valid_blocks(mask, factor), REACH)

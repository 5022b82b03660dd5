# SPDX-License-Identifier: GPL-2.0-or-later
"""What the engine does on a user's scene before its tiles, done on a place of the tables: one more scale down.

``core.interval_trial`` tries the model there on a few windows and adapts the interval to what it finds. Calibration
does the same with places at reduced scale, so that it judges intervals as users get them.
"""

from __future__ import annotations

import math

import numpy as np

from ..core.consistency import sensor_sigma
from ..core.consistency_fit import Fit
from ..core.point_spread import degrade, valid_blocks
from ..core.probes import LEAST_VALID, PROBES, probe_side, spread_windows
from .configuration import Config
from .dataset import Mask
from .degradation import Pair
from .evaluation.sharpeners import HALO


def degraded_again(pair: Pair, config: Config, fits: tuple[Fit, ...]) -> Pair | None:
    """Return a scene one scale down: its target bands become the truth.

    Args:
        pair: the scene as a user has it.
        config: which bands there are.
        fits: the point spread of each target band; guide bands are taken to have the mean of them. Bands are blurred so
            that they show at the coarser grid the spread they have at their own, as ``core.interval_trial`` does.

    Returns:
        None where the scene has not one pixel at that scale.
    """
    factor = config.scale_factor
    rows, columns = (size // factor**2 * factor for size in pair.mask.shape)
    if not rows or not columns:
        return None
    relatives = {band: found.relative for band, found in zip(config.targets.bands, fits)}
    usual = float(np.mean(list(relatives.values())))
    inputs = {}
    for group in config.groups:
        image, ratio = pair.inputs[group.name], config.ratio(group)
        sigmas = [
            relatives.get(band, usual)
            * math.sqrt(1 - 1 / factor**2)
            * sensor_sigma(str(config.document["sensor"]), band, factor)
            for band in group.bands
        ]
        inputs[group.name] = degrade(image[:, : rows * ratio, : columns * ratio], factor, sigmas)
    coarse = valid_blocks(pair.mask[: rows * factor, : columns * factor], factor)
    mask = valid_blocks(coarse, factor).repeat(factor, 0).repeat(factor, 1)
    return Pair(inputs, pair.inputs[config.targets.name][:, :rows, :columns], mask, pair.judged)


def probed(mask: Mask, factor: int) -> Mask:
    """Return the valid pixels on windows as the engine chooses them.

    Args:
        mask: (rows, columns) on the targets' grid of the scene.
        factor: scale factor of the model.
    """
    taken: list[Mask] = []
    side = probe_side(factor, 1, HALO * factor) * factor
    for window in spread_windows(*(size * factor for size in mask.shape), side, factor**2):
        part = np.zeros_like(mask)
        part[window.coarsen(factor).slices] = True
        if not any((part & other).any() for other in taken) and mask[part].mean() >= LEAST_VALID:
            taken.append(part)
        if len(taken) == PROBES:
            break
    return mask & np.logical_or.reduce(taken) if taken else np.zeros_like(mask)

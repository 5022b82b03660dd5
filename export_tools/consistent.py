# SPDX-License-Identifier: GPL-2.0-or-later
"""Results as users get them: made consistent with the input, as the engine does by default.

Point spread and noise are measured on the scene itself, by the functions the engine uses.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..core.consistency import back_project, margin_of, sensor_sigma
from ..core.consistency_fit import Fit, Sample, fit
from ..core.point_spread import valid_blocks
from .configuration import Config
from .degradation import Pair

Image = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]


def measured(value: Image, pair: Pair, config: Config) -> tuple[Fit, ...]:
    """Return point spread and noise that a scene shows; nothing where it is too small to tell.

    Args:
        value: (targets, rows, columns) of the network.
        pair: the scene at reduced scale.
        config: which bands there are.
    """
    coarse, factor = pair.inputs[config.targets.name], config.scale_factor
    mask = valid_blocks(pair.mask, factor)
    sigmas = _sigmas(config)
    return fit([[Sample(v, c, mask, factor, sigma)] for v, c, sigma in zip(value, coarse, sigmas)])


def made_consistent(value: Image, pair: Pair, config: Config, found: tuple[Fit, ...] | None = None) -> Image:
    """Return a result that, degraded, agrees with the coarse bands of its scene.

    Args:
        value: (targets, rows, columns) of the network.
        pair: the scene at reduced scale.
        config: which bands there are.
        found: what :func:`measured` says, where it has been asked already.

    Returns:
        The same shape; ``value`` itself where the scene is too small to tell its point spread.
    """
    coarse, factor = pair.inputs[config.targets.name], config.scale_factor
    mask = valid_blocks(pair.mask, factor)
    known = measured(value, pair, config) if found is None else found
    if not known:
        return value
    spreads = [sigma * band.relative for sigma, band in zip(_sigmas(config), known)]
    planes = [
        _corrected(plane, band, mask, factor, sigma, entry.ridge)
        for plane, band, sigma, entry in zip(value, coarse, spreads, known)
    ]
    return np.stack(planes)


def _sigmas(config: Config) -> list[float]:
    """Return the sensor file's point spread of each target band in fine pixels."""
    sensor = str(config.document["sensor"])
    return [sensor_sigma(sensor, band, config.scale_factor) for band in config.targets.bands]


def _corrected(value: Image, coarse: Image, mask: Mask, factor: int, sigma: float, ridge: float) -> Image:
    """Correct one band, mirrored at the edges of the scene."""
    around = margin_of(sigma, factor)
    wide = np.pad(value, around * factor, "symmetric")
    known = np.pad(mask, around, "symmetric")
    return np.asarray(back_project(wide, np.pad(coarse, around, "symmetric"), known, factor, sigma, ridge), np.float32)

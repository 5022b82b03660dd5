# SPDX-License-Identifier: GPL-2.0-or-later
"""The truth of a network that turns one sensor into another: what the other sensor would have measured.

Scenes of either sensor serve: what they measured plays the first sensor, and the lines between both sensors' bands
(``core.harmonization.bandpass``) make of it what the other one sees.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from ..core.harmonization.bandpass import adjustments
from ..core.harmonization.tables import load_bandpass
from .configuration import Config
from .dataset import NETWORK_SCALE, Image


def as_made(truth: Image, config: Config) -> Image:
    """Return what the network shall make.

    Args:
        truth: (targets, rows, columns) as the first sensor measures, network range.
        config: its ``makes`` names both sensors (``from``, ``to``); without it the truth stays as it is.

    Raises:
        SensorError: the table of lines lacks a sensor or a band.
    """
    makes = config.document.get("makes")
    if makes is None:
        return truth
    slopes, offsets = _lines(makes["from"], makes["to"], config.targets.bands)
    return np.asarray(truth * slopes + offsets, np.float32)


@lru_cache(maxsize=8)
def _lines(source: str, target: str, bands: tuple[str, ...]) -> tuple[npt.NDArray[np.float32], ...]:
    """Return slopes and offsets (bands, 1, 1) in network range."""
    lines = adjustments(load_bandpass(), source, target, bands)
    slopes = np.array([line.slope for line in lines], np.float32)
    offsets = np.array([line.offset * NETWORK_SCALE for line in lines], np.float32)
    return slopes[:, None, None], offsets[:, None, None]

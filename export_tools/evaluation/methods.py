# SPDX-License-Identifier: GPL-2.0-or-later
"""Every way to sharpen that is compared, by name: the classical ones here, networks are added by the caller."""

from __future__ import annotations

from typing import Callable

import numpy as np
import numpy.typing as npt

from ..baselines import band_regression, least_squares, upsample
from ..configuration import Config
from ..degradation import Pair
from .gram_schmidt import gram_schmidt
from .local_regression import local_regression
from .pansharpen import pansharpen

Image = npt.NDArray[np.float32]
Method = Callable[[Pair, Config], Image]

NETWORK = "network"
# The network's result made consistent with the input, as the engine does by default.
CONSISTENT = "consistent"
REFERENCE = "bicubic"
QUICK = (REFERENCE, "band_regression")


def _upsampling(name: str) -> Method:
    return lambda pair, config: upsample(pair.inputs[config.targets.name], config.scale_factor, name)


def _global_regression(pair: Pair, config: Config) -> Image:
    return band_regression(pair.inputs, least_squares(pair, config), config)


CLASSICAL: dict[str, Method] = {
    **{name: _upsampling(name) for name in ("nearest", "bilinear", REFERENCE, "lanczos")},
    "band_regression": _global_regression,
    "local_regression": local_regression,
    "pansharpen": pansharpen,
    "gram_schmidt": gram_schmidt,
}


def classical_methods(names: tuple[str, ...]) -> dict[str, Method]:
    """Return these classical methods in the order of the table; bicubic is always there, ratios need it.

    Raises:
        ValueError: a name is unknown.
    """
    unknown = sorted({*names} - {*CLASSICAL})
    if unknown:
        raise ValueError(f"There is no method {', '.join(unknown)}; there are {', '.join(CLASSICAL)}.")
    return {name: method for name, method in CLASSICAL.items() if name in (*names, REFERENCE)}


def estimates_of(pair: Pair, config: Config, methods: dict[str, Method]) -> dict[str, Image]:
    """Return the result of every method, (targets, rows, columns) in network range."""
    return {name: method(pair, config) for name, method in methods.items()}

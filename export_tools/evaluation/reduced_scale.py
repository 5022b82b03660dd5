# SPDX-License-Identifier: GPL-2.0-or-later
"""Reduced scale (Wald protocol): places degraded by the scale factor, sharpened, compared with what was measured."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ..configuration import Config
from ..dataset import Place
from ..degradation import Pair, sigmas, wald_pair
from .figures import figures_of
from .methods import NETWORK, QUICK, REFERENCE, Method, classical_methods, estimates_of
from .sharpeners import Sharpener, as_method

Image = npt.NDArray[np.float32]
Row = dict[str, Any]


def reduced_scale_row(
    pair: Pair, config: Config, default: Image, sharpen: Sharpener, methods: tuple[str, ...] = QUICK
) -> dict[str, dict[str, Any]]:
    """Return the figures of a network and of some classical methods on one degraded scene.

    Args:
        pair: the scene.
        config: which groups there are.
        default: regression for scenes with few pixels.
        sharpen: the network, called ``network`` in the result.
        methods: names of classical methods.
    """
    chosen = {**classical_methods(methods), NETWORK: as_method(sharpen, default)}
    return {name: figures_of(pair, image) for name, image in estimates_of(pair, config, chosen).items()}


def evaluate_pair(
    pair: Pair, config: Config, methods: dict[str, Method], kind: str, shifts: int = 0
) -> dict[str, dict[str, Any]]:
    """Return all figures of every method on one scene whose targets were degraded by the point spread ``kind``."""
    spreads = sigmas(config, config.targets.bands, config.scale_factor, kind)
    estimates = estimates_of(pair, config, methods)
    return {name: figures_of(pair, image, spreads, shifts) for name, image in estimates.items()}


def evaluate_places(
    config: Config, methods: dict[str, Method], places: list[Place], kinds: tuple[str, ...], shifts: int = 0
) -> list[Row]:
    """Return one record a point spread and place: ``place``, ``degradation``, and the figures of every method."""
    return [
        {
            "place": place.id,
            "degradation": kind,
            "methods": evaluate_pair(wald_pair(place, config, kind), config, methods, kind, shifts),
        }
        for kind in kinds
        for place in places
    ]


def ratio(row: Row, method: str, band: int | None = None) -> float:
    """Return a method's RMSE divided by bicubic's, over all bands or of one."""
    figures, reference = row["methods"][method], row["methods"][REFERENCE]
    if band is None:
        return float(figures["rmse"] / reference["rmse"])
    return float(figures["rmse_per_band"][band] / reference["rmse_per_band"][band])


def mean_ratios(rows: list[Row], kind: str) -> dict[str, float]:
    """Return for each method the mean over places of RMSE / bicubic's RMSE."""
    chosen = [row for row in rows if row["degradation"] == kind]
    return {method: round(float(np.mean([ratio(row, method) for row in chosen])), 3) for method in chosen[0]["methods"]}


def kinds_of(rows: list[Row]) -> list[str]:
    """Return the degradations that occur, in order."""
    return list(dict.fromkeys(row["degradation"] for row in rows))

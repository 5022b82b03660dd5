# SPDX-License-Identifier: GPL-2.0-or-later
"""Effective resolution: how sharp simulated edges and bars are after sharpening, beside the spacing of the grid."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ..configuration import Config
from .edges import contrast, sharpness
from .methods import Method, estimates_of
from .targets import Target, TargetScene, target_scene

Image = npt.NDArray[np.float32]

NATIVE, IDEAL = "native", "ideal"
# Edges with less contrast than this, in network range (reflectance 0.03), say nothing about a band.
LEAST_CONTRAST = 0.15


def evaluate_resolution(config: Config, methods: dict[str, Method]) -> dict[str, Any]:
    """Measure edges and bars of the simulated target scene.

    The effective GSD of a band is the GSD at which the sensor itself would show the edge as sharp: GSD of the coarse
    band x its frequency of half modulation (MTF50) / that of the result, median over edges.

    Args:
        config: of the model; its sensor must be Sentinel-2.
        methods: what to measure; ``native`` (the coarse band) and ``ideal`` (the band as it would be at the finest GSD)
            are added.

    Returns:
        method -> band -> ``edge_width_m`` (10 to 90 %), ``mtf50_per_m``, ``effective_gsd_m``, ``overshoot``, and
        ``bars``: period in metres -> contrast left.
    """
    scene, gsd = target_scene(config), config.targets.gsd
    images = {NATIVE: scene.pair.inputs[config.targets.name], IDEAL: scene.pair.truth}
    images.update(estimates_of(scene.pair, config, methods))
    result: dict[str, Any] = {}
    for name, image in images.items():
        unit = config.scale_factor if name != NATIVE else 1
        result[name] = {
            band: _measured(image[number], scene, number, unit, gsd) for number, band in enumerate(config.targets.bands)
        }
    for bands in result.values():
        for band, figures in bands.items():
            figures["effective_gsd_m"] = gsd * result[NATIVE][band]["mtf50_per_m"] / figures["mtf50_per_m"]
    return result


def mean_effective_gsd(figures: dict[str, Any]) -> float:
    """Return the mean over bands of one method's effective GSD in metres."""
    return float(np.mean([band["effective_gsd_m"] for band in figures.values()]))


def _measured(image: Image, scene: TargetScene, band: int, unit: int, gsd: float) -> dict[str, Any]:
    edges = [
        sharpness(_normalised(image, target, band, unit), target.pattern)
        for target in scene.targets
        if not target.pattern.period and abs(target.high[band] - target.low[band]) > LEAST_CONTRAST
    ]
    bars = [target for target in scene.targets if target.pattern.period]
    return {
        "edge_width_m": float(np.median([edge.width for edge in edges])) * gsd,
        "mtf50_per_m": float(np.median([edge.mtf50 for edge in edges])) / gsd,
        "overshoot": float(np.median([edge.overshoot for edge in edges])),
        "bars": {
            f"{target.pattern.period * gsd:g}": contrast(_normalised(image, target, band, unit), target.pattern)
            for target in bars
        },
    }


def _normalised(image: Image, target: Target, band: int, unit: int) -> npt.NDArray[np.float64]:
    """Return a square with 0 for one material and 1 for the other."""
    square = target.pattern.cut(image, unit).astype(np.float64)
    return np.asarray((square - target.low[band]) / (target.high[band] - target.low[band]))

# SPDX-License-Identifier: GPL-2.0-or-later
"""A model's value and its spread on whole scenes: its own second output, or the standard deviation of an ensemble."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..core.consistency_fit import Fit
from ..core.guard import LEAST_PIXELS
from ..core.interval import ensemble_spread
from ..core.scene_factors import LEAST_SPREAD
from .configuration import Config
from .conformal import Errors, Values
from .consistent import made_consistent, measured
from .dataset import NETWORK_SCALE, Place
from .degradation import Pair, wald_pair
from .evaluation.sharpeners import Sharpener, default_of, onnx_sharpener
from .scene_details import scene_regression
from .scene_trial import degraded_again, probed

Image = npt.NDArray[np.float32]

SOURCES = ("spread", "ensemble")


class Estimator:
    """Runs a card's network on scenes and says how far it trusts the result."""

    def __init__(
        self,
        document: dict[str, Any],
        path: Path,
        config: Config,
        source: str,
        threads: int = 2,
        floor: float = 0.0,
    ) -> None:
        """Open the network.

        Args:
            document: content of the card.
            path: ONNX file.
            config: its bands and scale factor.
            source: ``spread`` or ``ensemble``.
            threads: of ONNX Runtime.
            floor: is added to every spread, reflectance x 5.

        Raises:
            ValueError: the network has no output of role spread for each target band.
        """
        self.config, self.source, self.floor = config, source, np.float32(floor)
        self.default = default_of(document, config)
        roles = ("value", "spread") if source == "spread" else ("value",)
        named = [{**output, "role": output.get("role", "value")} for output in document["outputs"]]
        self.outputs = [output for output in named if output["role"] in roles]
        if source == "spread" and {*self._bands("spread")} != {*self._bands("value")}:
            raise ValueError(f"{document['id']} has no spread for each of its bands. Pass --source ensemble.")
        # Both kinds of output are asked for as if they were values, one behind the other.
        wanted = [{**output, "role": "value"} for output in self.outputs]
        self.sharpen: Sharpener = onnx_sharpener(path, config, threads, {**document, "outputs": wanted})
        value_range = document.get("value_range", {})
        # The sharpener takes the offset of the network's values away, which a spread does not have.
        self.offset = value_range.get("offset", 0.0) * NETWORK_SCALE / value_range.get("scale", NETWORK_SCALE)

    def regression(self, pair: Pair) -> Image:
        """Return what the network is told of a scene."""
        return np.asarray(scene_regression(pair, self.config, self.default), np.float32)

    def __call__(self, pair: Pair, regression: Image | None = None) -> tuple[Image, Image]:
        """Return value and spread, both (targets, rows, columns) in the bands' order of the config, reflectance x 5.

        Args:
            pair: a scene.
            regression: what the network is told of it, where it is not the scene's own.
        """
        regression = self.regression(pair) if regression is None else regression
        planes = self.sharpen(pair.inputs, regression)
        value = self._ordered(planes, "value")
        if self.source == "spread":
            return value, self._ordered(planes, "spread") + np.float32(self.offset) + self.floor

        def run(inputs: dict[str, Image]) -> dict[str, Image]:
            return {"": self._ordered(self.sharpen(inputs, regression), "value")}

        return value, ensemble_spread(run, pair.inputs, {"": value}, ("",))[""] + self.floor

    def _bands(self, role: str) -> list[str]:
        return [band for output in self.outputs if output["role"] == role for band in output["bands"]]

    def _ordered(self, planes: Image, role: str) -> Image:
        """Pick the planes of a role in the order of the targets."""
        names = [(output["role"], band) for output in self.outputs for band in output["bands"]]
        return planes[[names.index((role, band)) for band in self.config.targets.bands]]


def errors_on(
    estimate: Estimator,
    places: Sequence[Place],
    kinds: Sequence[str],
    consistency: bool = True,
    adaptation: bool = True,
) -> tuple[Errors, ...]:
    """Degrade places, run the model, and compare with what was measured, in the bands that a place really has.

    Args:
        estimate: the model.
        places: real scenes.
        kinds: degradations.
        consistency: judge the value that is consistent with the input, which users get, not the network's own.
        adaptation: also try the model one scale further down, as the engine does on its scene.
    """
    bands, config, found = estimate.config.targets.bands, estimate.config, []
    for place in places:
        left_out = {*place.without_loss, *place.absent}
        kept = [index for index, band in enumerate(bands) if band not in left_out]
        names = tuple(bands[index] for index in kept)
        for kind in kinds if kept else ():
            pair = wald_pair(place, config, kind)
            regression = estimate.regression(pair)
            value, spread = estimate(pair, regression)
            fits = measured(value, pair, config)
            final = made_consistent(value, pair, config, fits) if consistency else value
            absolute = np.abs(final - pair.truth)[kept]
            own = scores_below(estimate, pair, regression, fits, consistency) if adaptation else ()
            scores = tuple(own[index] for index in kept) if own else ()
            entry = Errors(place.id, place.place, kind, names, absolute, spread[kept], pair.mask, scores)
            found.append(replace(entry, block=config.scale_factor))
    return tuple(found)


def scores_below(
    estimate: Estimator, pair: Pair, regression: Image, fits: tuple[Fit, ...], consistency: bool
) -> tuple[Values, ...]:
    """Return each band's scores one scale further down, on windows as the engine chooses them.

    Args:
        estimate: the model.
        pair: a scene as a user has it; its targets are the truth one scale down.
        regression: of that scene.
        fits: its point spread.
        consistency: as in :func:`errors_on`.

    Returns:
        None at all where the engine could not tell: the scene is too small.
    """
    config = estimate.config
    below = degraded_again(pair, config, fits) if fits else None
    if below is None:
        return ()
    value, spread = estimate(below, regression)
    final = made_consistent(value, below, config, measured(value, below, config)) if consistency else value
    mask = probed(below.mask, config.scale_factor)
    if int(mask.sum()) < LEAST_PIXELS:
        return ()
    scores = np.abs(final - below.truth) / np.maximum(spread, np.float32(LEAST_SPREAD))
    return tuple(band[mask].astype(np.float64) for band in scores)

# SPDX-License-Identifier: GPL-2.0-or-later
"""Factors as users get them: the card's, adapted to the scene by what the engine finds one scale down."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from ..core.scene_factors import LEAST_SPREAD, adapted_factor, scene_quantile
from .conformal import Errors, mean_over_places


def adapted(
    entry: Errors, factors: dict[str, float], ratio: float, coverage: float, guessed: Sequence[str] = ()
) -> dict[str, float]:
    """Return band -> factor on one scene; the card's where the scene is too small to adapt them.

    Args:
        entry: of the scene.
        factors: of the card.
        ratio: of the card, between the scales.
        coverage: that is promised.
        guessed: bands whose factor in the card is none that was measured.
    """
    found = dict(factors)
    for band, own in own_factors(entry, coverage).items():
        independent = _independent(entry, band)
        found[band] = adapted_factor(factors[band], ratio * own, independent, band not in guessed)
    return found


def own_factors(entry: Errors, coverage: float) -> dict[str, float]:
    """Return band -> what the engine finds on the scene one scale down; empty where it cannot."""
    return {
        band: scene_quantile(scores, _independent(entry, band), coverage)
        for band, scores in zip(entry.bands, entry.below)
        if len(scores)
    }


def scale_ratio(errors: Sequence[Errors], coverage: float) -> float:
    """Return factor / the same one scale down: the geometric mean over bands, scenes and places.

    It is 1 where no place is large enough to tell.
    """
    logs, places = [], []
    for entry in errors:
        below = own_factors(entry, coverage)
        own = {band: max(float(np.quantile(entry.scores(band), coverage)), LEAST_SPREAD) for band in below}
        if below:
            logs.append(float(np.mean([math.log(own[band] / max(below[band], LEAST_SPREAD)) for band in below])))
            places.append(entry.place)
    return math.exp(mean_over_places(logs, places)) if logs else 1.0


def _independent(entry: Errors, band: str) -> float:
    return len(entry.below[entry.bands.index(band)]) / entry.block**2

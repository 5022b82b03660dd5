# SPDX-License-Identifier: GPL-2.0-or-later
"""How the factors of a card's interval are adapted to a scene by the errors that the model makes on it.

A card's factors hold on average over places; on a single scene the errors may be larger or smaller than the spread
says. At reduced scale the scene has a truth of its own (the coarse bands as they were measured), and the conformal
quantile of its scores |truth - value| / spread there says what factor this scene needs, but for the ratio between the
two scales, which calibration measures. Some pixels of one scene, one scale down, are no certain witness, so the factor
is the geometric mean of the scene's (weight W) and the card's (weight 1).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.floating[Any]]

# Below this spread a score is a large number, not a division by zero.
LEAST_SPREAD = 1e-6
# Weight of a scene of any number of pixels, and the independent pixels from which it has half of it. Found on the
# training and validation places of the bundled models, each left out in turn, with both degradations: percent of the
# scenes covered to 85 to 95 % / root mean square of a place's coverage - 90 % in percent, at means of 88 to 90 %:
#   largest weight   0         0.5        1         2         4
#   s2-20m           88 / 2.6  100 / 1.8  98 / 1.7  90 / 2.0  80 / 2.5
#   modis-500m       63 / 4.0  60 / 3.5   60 / 3.4  60 / 3.4  53 / 3.7
#   s2-60m           25 / 6.2  25 / 5.9   33 / 5.7  33 / 5.3  50 / 5.0
# The number of pixels was not searched.
LARGEST_WEIGHT = 1.0
HALF_PIXELS = 100.0
# A scene on which the model fails may ask for several times the card's factor. It gets at least this part of what it
# asks for, weighted as above; no place of the tables asks for so much that this decides.
LEAST_PART = 2 / 3


def scene_quantile(scores: Values, independent: float, coverage: float) -> float:
    """Return the factor that covers a share of the scores, with the correction for their finite number.

    Args:
        scores: |truth - value| / spread of pixels that count the same.
        independent: how many of them do not resemble each other: errors of pixels within one coarse pixel do.
        coverage: 0 to 1.
    """
    # The pixel to come counts like one of these: (n + 1) / n, as in export_tools.conformal.
    level = min(coverage * (1 + 1 / max(independent, 1.0)), 1.0)
    return float(np.quantile(scores.astype(np.float64), level, method="higher"))


def weight_of(independent: float) -> float:
    """Return the weight of a scene's own factor beside that of the card's, which is 1."""
    return LARGEST_WEIGHT * independent / (independent + HALF_PIXELS)


def adapted_factor(card: float, own: float, independent: float, calibrated: bool = True) -> float:
    """Return the geometric mean of a card's factor and the scene's own, weighted by the scene's independent pixels.

    It is never far below what the scene asks for.

    Args:
        card: the card's factor.
        own: the scene's, as :func:`scene_quantile` found it one scale down x the card's ratio between the scales.
        independent: as in :func:`scene_quantile`.
        calibrated: False where nothing measured stands behind the card's factor, which then can widen the scene's own
            but not narrow it.
    """
    weight = weight_of(independent)
    scene = max(own, LEAST_SPREAD)
    factor = math.exp((weight * math.log(scene) + math.log(card)) / (weight + 1))
    return max(factor, weight / LARGEST_WEIGHT * LEAST_PART * scene if calibrated else scene)

# SPDX-License-Identifier: GPL-2.0-or-later
"""How long to train, how far that is done, and what the learning rate is then."""

from __future__ import annotations

import math
from dataclasses import dataclass

# Part of the training during which the learning rate rises, and its least value, as parts of the whole.
WARM_UP = 0.03
LEAST_RATE = 0.01


@dataclass
class Progress:
    """Where a training stands; ``seconds`` of wall time count over all resumed runs."""

    step: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class Budget:
    """Minutes of wall time, or a number of steps where that is not 0, which makes a run repeatable."""

    minutes: float
    steps: int = 0

    def share(self, progress: Progress) -> float:
        """Return which part of the budget is spent, 1 or more where all of it is."""
        if self.steps:
            return progress.step / self.steps
        return progress.seconds / (60 * self.minutes) if self.minutes > 0 else 1.0

    def seconds_left(self, progress: Progress) -> float:
        """Return how many seconds the rest will take at the present pace."""
        share = self.share(progress)
        return progress.seconds * max(0.0, 1 - share) / max(share, 1e-9)


def schedule(share: float) -> float:
    """Return the factor on the learning rate at a share of the budget: linear warm-up, then half a cosine."""
    if share < WARM_UP:
        return max(LEAST_RATE, share / WARM_UP)
    return LEAST_RATE + (1 - LEAST_RATE) * 0.5 * (1 + math.cos(math.pi * min(1.0, share)))

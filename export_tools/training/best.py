# SPDX-License-Identifier: GPL-2.0-or-later
"""The weights that did best on held-out places, and when to stop because nothing better comes."""

from __future__ import annotations

import math
from typing import Any

from torch import Tensor, nn


class Best:
    """Keeps the weights of the best report so far.

    Attributes:
        score: mean RMSE / bicubic's over the held-out places; the less the better.
        step: of the training at that report.
        misses: reports since then.
        weights: of the averaged network then, None before the first report.
    """

    def __init__(self) -> None:
        """Start with nothing."""
        self.score = math.inf
        self.step = 0
        self.misses = 0
        self.weights: dict[str, Tensor] | None = None

    def offer(self, score: float, step: int, network: nn.Module) -> None:
        """Keep a copy of the weights if their score is the best yet, else count a miss."""
        if not score < self.score:
            self.misses += 1
            return
        self.score, self.step, self.misses = score, step, 0
        self.weights = {name: tensor.detach().clone() for name, tensor in network.state_dict().items()}

    def is_stale(self, patience: int) -> bool:
        """Return whether ``patience`` reports brought nothing better; never with a patience of 0."""
        return 0 < patience <= self.misses

    def state(self) -> dict[str, Any]:
        """Return everything as plain values and tensors."""
        return {"score": self.score, "step": self.step, "misses": self.misses, "weights": self.weights}

    def restore(self, state: dict[str, Any]) -> None:
        """Continue from what ``state`` returned."""
        self.score, self.step, self.misses = float(state["score"]), int(state["step"]), int(state["misses"])
        self.weights = state["weights"]

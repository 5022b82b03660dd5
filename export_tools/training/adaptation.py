# SPDX-License-Identifier: GPL-2.0-or-later
"""Adapting a network to the user's own scene, and saying honestly whether it helped.

The scene is degraded by the scale factor, so that its own target bands are the truth (Wald protocol). What counts are
blocks of it that neither training nor the choice of the weights has seen.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ...core.cards import MODEL_FOLDER
from ..configuration import Config
from ..dataset import Place
from ..degradation import KINDS
from ..networks import build
from .start import Start, begin_from
from .state import Training
from .validation import Judge

# A network adapted to one scene need not stand sensors, atmospheres and bands that do not occur in it.
VARIATION = {"mixed": 0.0, "target_gain": 0.05, "haze": 0.01}
# Part of the config's learning rate that trained weights are changed with.
RATE = 0.3
# Reports without anything better after which an adaptation stops.
PATIENCE = 10
# Part of the error below which a change is none.
NOTICEABLE = 0.01


@dataclass(frozen=True)
class Exam:
    """RMSE in digital numbers on one held-out block with one point spread."""

    block: str
    kind: str
    bicubic: float
    before: float
    after: float


@dataclass(frozen=True)
class Verdict:
    """Whether an adaptation helped.

    Attributes:
        start: what it started from.
        exams: one a held-out block and point spread.
    """

    start: str
    exams: tuple[Exam, ...]

    @property
    def change(self) -> float:
        """Mean RMSE after / before - 1; below zero is better."""
        return float(np.mean([exam.after for exam in self.exams]) / np.mean([exam.before for exam in self.exams]) - 1)

    @property
    def better(self) -> int:
        """How many exams went better than before."""
        return sum(exam.after < exam.before for exam in self.exams)

    @property
    def helped(self) -> bool:
        """True where the error fell noticeably, and in more than half of the exams."""
        return self.change < -NOTICEABLE and 2 * self.better > len(self.exams)

    def sentence(self) -> str:
        """Return the verdict in words and figures."""
        before, after = (float(np.mean([getattr(exam, key) for exam in self.exams])) for key in ("before", "after"))
        blocks = len({exam.block for exam in self.exams})
        figures = (
            f"RMSE on {blocks} block(s) of the scene that training never saw, at reduced scale: {before:.1f} -> "
            f"{after:.1f} digital numbers ({self.change:+.1%}), better in {self.better} of {len(self.exams)} exams"
        )
        if self.helped:
            return f"Adapting helped. {figures}."
        found = "Adapting did harm" if self.change > NOTICEABLE else "Adapting did not clearly help"
        return f"{found}. {figures}. Keep {self.start}."

    def table(self) -> str:
        """Return all figures as text."""
        lines = [f"{'held-out block':60s}{'spread':>11s}{'bicubic':>9s}{'before':>9s}{'after':>9s}"]
        lines += [f"{e.block[-59:]:60s}{e.kind:>11s}{e.bicubic:9.1f}{e.before:9.1f}{e.after:9.1f}" for e in self.exams]
        return "\n".join(lines)

    def write(self, path: Path) -> None:
        """Write everything as JSON."""
        document = {"sentence": self.sentence(), "helped": self.helped, **dataclasses.asdict(self)}
        path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def bundled_card(config: Config) -> Path:
    """Return the card to adapt where none is named.

    Raises:
        ValueError: no bundled card has the config's id.
    """
    path: Path = MODEL_FOLDER / f"{config.id}.json"
    if not path.is_file():
        raise ValueError(f"No bundled card is called {config.id}. Name the card or run to adapt with --from.")
    return path


def settings_of(config: Config, adapting: bool) -> dict[str, Any]:
    """Return what changes in the training settings when trained weights are trained further."""
    changes: dict[str, Any] = {"learning_rate": RATE * float(config.training["learning_rate"])}
    if adapting:
        changes.update({key: value for key, value in VARIATION.items() if key in config.training})
    return changes


def verdict_on(training: Training, weights: dict[str, Tensor], places: list[Place]) -> Verdict:
    """Compare a training's start with what it came to.

    Args:
        training: with a start.
        weights: that count.
        places: held-out blocks.

    Raises:
        ValueError: the training began with random weights.
    """
    if training.start is None:
        raise ValueError("There is nothing to compare with: the training began with random weights. Pass --from.")
    config, default = training.config, training.sampler.default
    after = Judge(places, config, default, KINDS)
    earlier = training.start.default
    before = after if earlier is None or earlier.shape != default.shape else Judge(places, config, earlier, KINDS)
    errors = [
        judge.errors(_network(config, source, training.fabric.device), training.fabric.device)
        for judge, source in ((before, training.start), (after, Start("after", weights, None)))
    ]
    exams = (Exam(e.id, e.kind, e.bicubic, old, new) for e, old, new in zip(after.exams, *errors))
    return Verdict(training.start.label, tuple(exams))


def _network(config: Config, start: Start, device: torch.device) -> torch.nn.Module:
    network = build(config.network)
    begin_from(start, network)
    return network.to(device).eval()

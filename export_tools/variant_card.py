# SPDX-License-Identifier: GPL-2.0-or-later
"""What a variant costs and gains, and the card that says so."""

from __future__ import annotations

import json
import platform
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

MOST_LOSS = 0.02
LABELS = {"fp16": "half precision", "int8": "8-bit integers"}
# Of the float32 card, what a variant does not share.
OWN = ("figures", "interval")


@dataclass(frozen=True)
class Loss:
    """RMSE over all bands in digital numbers on one place with one degradation."""

    place: str
    degradation: str
    reference: float
    variant: float

    @property
    def change(self) -> float:
        """RMSE of the variant / RMSE of the reference - 1."""
        return self.variant / self.reference - 1


@dataclass(frozen=True)
class Trial:
    """A variant and what it costs.

    Attributes:
        kind: ``fp16`` or ``int8``.
        scope: which convolutions it is about.
        losses: one a place and degradation.
        sizes: bytes of the float32 file and of this one.
        seconds: processor time for a megapixel of output with one thread, of both.
    """

    kind: str
    scope: str
    losses: tuple[Loss, ...]
    sizes: tuple[int, int]
    seconds: tuple[float, float]

    @property
    def worst(self) -> Loss:
        """The place that loses most."""
        return max(self.losses, key=lambda loss: loss.change)

    @property
    def mean_change(self) -> float:
        """Mean over places and degradations of the change of RMSE."""
        return float(np.mean([loss.change for loss in self.losses]))

    @property
    def accepted(self) -> bool:
        """Whether it may be shipped."""
        return self.worst.change <= MOST_LOSS

    def sentence(self) -> str:
        """Return the verdict with its figures."""
        worst, (before, after), (slow, fast) = self.worst, self.sizes, self.seconds
        verdict = "shipped" if self.accepted else f"not shipped: more than {MOST_LOSS:.0%} is lost"
        return (
            f"{self.kind}, {self.scope}: RMSE {self.mean_change:+.2%} on the mean, {worst.change:+.2%} at worst "
            f"({worst.place}, {worst.degradation}), {before / 1e6:.2f} -> {after / 1e6:.2f} MB, "
            f"{slow:.2f} -> {fast:.2f} s/megapixel with 1 thread: {verdict}."
        )


def variant_card(float32: dict[str, Any], trial: Trial, command: str) -> dict[str, Any]:
    """Return the card of an accepted variant as a document.

    Args:
        float32: card of the float32 model.
        trial: what was measured.
        command: that made the variant.
    """
    document = {key: value for key, value in float32.items() if key not in OWN}
    name = f"{document['id']}-{trial.kind}"
    words = f"{LABELS[trial.kind]}: RMSE {trial.mean_change:+.1%}, {trial.sizes[1] / trial.sizes[0]:.0%} of the size"
    return {
        **document,
        "id": name,
        "name": f"{document['name']} ({LABELS[trial.kind]})",
        "summary": f"{document.get('summary', '')} In {words}.".strip(),
        "file": f"{name}.onnx",
        "variant_of": document["id"],
        "precision": {
            "kind": trial.kind,
            "scope": f"{trial.scope}; everything else, inputs and outputs in float32",
            "protocol": "RMSE over all bands in digital numbers at reduced scale (Wald protocol), float32 and variant",
            "command": command,
            "mean_change": round(trial.mean_change, 4),
            "worst_change": round(trial.worst.change, 4),
            "bytes": {"float32": trial.sizes[0], trial.kind: trial.sizes[1]},
            "seconds_per_megapixel": {
                "float32": round(trial.seconds[0], 2),
                trial.kind: round(trial.seconds[1], 2),
                "hardware": f"1 CPU thread, {platform.machine()}",
            },
            "places": [
                {
                    "place": loss.place,
                    "degradation": loss.degradation,
                    "float32": round(loss.reference, 2),
                    trial.kind: round(loss.variant, 2),
                }
                for loss in trial.losses
            ],
        },
    }


def write_card(document: dict[str, Any], path: Path) -> None:
    """Write a card as JSON."""
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")

# SPDX-License-Identifier: GPL-2.0-or-later
"""A trained network whose results another one learns instead of the truth (Hinton, Vinyals and Dean, 2015).

Where places are few, the mean over eight views has smaller errors on new ones than the network it is made of; a network
that learns that mean comes near it at an eighth of its cost.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from ..configuration import Config
from ..evaluation.sharpeners import config_of_card
from ..networks import build
from .checkpoint import load_trained
from .feed import ChipTensors
from .loss import value_of
from .start import begin_from, read_start


@dataclass(frozen=True)
class Teacher:
    """A trained network.

    Attributes:
        label: ``run ID`` or ``card ID``.
        network: takes the inputs of a batch; is not trained.
    """

    label: str
    network: nn.Module

    def of(self, batch: ChipTensors) -> Tensor:
        """Return what it makes of chips, (batch, targets, rows, columns)."""
        with torch.no_grad():
            return value_of(self.network(*batch.inputs))


def load_teacher(source: Path, config: Config) -> Teacher:
    """Load the network of a run folder or of a card (.json) of a bundled config.

    Raises:
        ValueError: it is neither, or its inputs are not those of the config.
    """
    start = read_start(source, config)
    if source.is_dir():
        network, _, _ = load_trained(source)
    else:
        document = json.loads(source.read_text(encoding="utf-8"))
        network = build(config_of_card(source, document).network)
        begin_from(start, network)
    network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return Teacher(start.label, network.eval().requires_grad_(False))

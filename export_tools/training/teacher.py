# SPDX-License-Identifier: GPL-2.0-or-later
"""Trained networks whose results another one learns instead of the truth (Hinton, Vinyals and Dean, 2015).

Where places are few, the mean over eight views has smaller errors on new ones than the network it is made of; a network
that learns that mean comes near it at an eighth of its cost. Several networks teach the mean of what they make.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from ..configuration import Config
from .card_network import network_of_card
from .checkpoint import load_trained
from .feed import ChipTensors
from .loss import value_of
from .start import read_start


@dataclass(frozen=True)
class Teacher:
    """A trained network, or the mean of several.

    Attributes:
        label: ``run ID`` or ``card ID``, of several with commas.
        network: takes the inputs of a batch; is not trained.
    """

    label: str
    network: nn.Module

    def of(self, batch: ChipTensors) -> Tensor:
        """Return what it makes of chips, (batch, targets, rows, columns)."""
        with torch.no_grad():
            return value_of(self.network(*batch.inputs))


class _Mean(nn.Module):
    """The mean of what several networks make of the same inputs."""

    def __init__(self, networks: Sequence[nn.Module]) -> None:
        super().__init__()
        self.networks = nn.ModuleList(networks)

    def forward(self, *tensors: Tensor) -> Tensor:
        return torch.stack([value_of(network(*tensors)) for network in self.networks]).mean(0)


def load_teacher(sources: Sequence[Path], config: Config) -> Teacher:
    """Load the networks of run folders, or of cards (.json) of bundled configs.

    Raises:
        ValueError: one is neither, or its inputs are not those of the config.
    """
    loaded = [_load(source, config) for source in sources]
    network = loaded[0][1] if len(loaded) == 1 else _Mean([network for _, network in loaded])
    network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return Teacher(", ".join(label for label, _ in loaded), network.eval().requires_grad_(False))


def _load(source: Path, config: Config) -> tuple[str, nn.Module]:
    if source.is_dir():
        return read_start(source, config).label, load_trained(source)[0]
    network, _, start = network_of_card(source, config)
    return start.label, network

# SPDX-License-Identifier: GPL-2.0-or-later
"""What several tests of the training make."""

from __future__ import annotations

from typing import Any

import torch
from satsharp.export_tools.configuration import Config
from satsharp.export_tools.dataset import Place
from satsharp.export_tools.training.devices import start_fabric
from satsharp.export_tools.training.feed import ChipBatches, ChipTensors
from satsharp.export_tools.training.state import Training
from satsharp.export_tools.training.validation import Judge

NO_JUDGE = Judge([], None, None)  # type: ignore[arg-type]


def make_training(config: Config, places: list[Place], seed: int, precision: str = "32") -> Training:
    return Training(start_fabric("cpu", 1, precision), config, places, seed)


def of_batch(training: Training, number: int) -> ChipTensors:
    return ChipBatches(training.sampler)[number]


def same(first: dict[str, Any], second: dict[str, Any]) -> bool:
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)

# SPDX-License-Identifier: GPL-2.0-or-later
"""The file a run is resumed and exported from."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from ..configuration import Config, load_config
from ..networks import build

CHECKPOINT = "checkpoint.pt"


def save_checkpoint(state: dict[str, Any], folder: Path) -> None:
    """Write a checkpoint by atomic rename, so that a kill at any moment leaves this one or the one before."""
    temporary = folder / (CHECKPOINT + ".part")
    with temporary.open("wb") as stream:
        torch.save(state, stream)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(folder / CHECKPOINT)


def has_checkpoint(folder: Path) -> bool:
    """Return whether a run was begun in a folder."""
    return (folder / CHECKPOINT).is_file()


def load_checkpoint(folder: Path) -> dict[str, Any]:
    """Read a checkpoint without running any code it may contain.

    Raises:
        ValueError: the folder has none.
    """
    if not has_checkpoint(folder):
        raise ValueError(f"{folder} holds no {CHECKPOINT}. Pass the --out folder of a training.")
    state: dict[str, Any] = torch.load(folder / CHECKPOINT, map_location="cpu", weights_only=True)
    return state


def weights_that_count(state: dict[str, Any]) -> dict[str, Tensor]:
    """Return the weights a run is for: the average, or where it had patience, the best average on held-out places."""
    best: dict[str, Tensor] | None = state.get("best", {}).get("weights")
    average: dict[str, Tensor] = state["average"]
    return best if best is not None and state.get("patience", 0) else average


def load_trained(folder: Path) -> tuple[nn.Module, Config, dict[str, Any]]:
    """Return the network of a run folder with the weights that count, its config and its checkpoint."""
    state = load_checkpoint(folder)
    path = folder / "config.json"
    path.write_text(state["config"], encoding="utf-8")
    config = load_config(str(path))
    network = build(config.network)
    network.load_state_dict(weights_that_count(state))
    return network.eval(), config, state

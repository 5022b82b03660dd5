# SPDX-License-Identifier: GPL-2.0-or-later
"""Where to train: CPU, or one or more GPUs, found by Lightning; and in which precision."""

from __future__ import annotations

import os
import platform
from typing import Any

import torch
from lightning.fabric import Fabric
from lightning.fabric.plugins import MixedPrecision

PRECISIONS = ("auto", "32", "bf16", "16")
MOST_WORKERS = 8


class KeepInputs(MixedPrecision):
    """Mixed precision inside of the network only.

    Lightning would round its inputs too: to 8 bits of mantissa in bf16, which are 8 of 2000 digital numbers.
    """

    def convert_input(self, data: Any) -> Any:
        """Leave the inputs as they are."""
        return data


def start_fabric(accelerator: str = "auto", devices: int = 0, precision: str = "auto", exact: bool = False) -> Fabric:
    """Start Lightning on the devices there are.

    Args:
        accelerator: ``auto``, ``cpu``, ``cuda``, ``mps``.
        devices: how many; 0 means all GPUs, or one process on CPU. Every one takes a batch of its own in each step.
        precision: ``32``, ``bf16``, ``16`` (the latter two mixed), or ``auto``: bf16 on GPUs that have it, 16 on other
            GPUs, else 32.
        exact: let a GPU use only algorithms that give the same digits each time, which are slower.
    """
    on_gpu = torch.cuda.is_available() and accelerator in ("auto", "cuda", "gpu")
    if precision == "auto":
        precision = "32" if not on_gpu else "bf16" if torch.cuda.is_bf16_supported() else "16"
    if on_gpu:
        torch.set_float32_matmul_precision("high")
        torch.backends.cudnn.benchmark = not exact
        torch.backends.cudnn.deterministic = exact
    mixed = KeepInputs(f"{precision}-mixed", "cuda" if on_gpu else "cpu") if precision != "32" else None  # type: ignore
    fabric = Fabric(accelerator=accelerator, devices=devices or "auto", plugins=mixed)
    fabric.launch()
    return fabric


def default_workers(fabric: Fabric) -> int:
    """Return how many processes should make chips: none on CPU, where the network needs the cores."""
    if fabric.device.type == "cpu":
        return 0
    return max(1, min(MOST_WORKERS, (os.cpu_count() or 1) // fabric.world_size - 1))


def hardware(fabric: Fabric) -> str:
    """Return what a card says about the machine."""
    if fabric.device.type == "cuda":
        return f"{fabric.world_size} x {torch.cuda.get_device_name(fabric.device)}"
    threads = f"{torch.get_num_threads()} CPU thread(s), {platform.machine()}"
    return threads if fabric.world_size == 1 else f"{fabric.world_size} processes of {threads}"

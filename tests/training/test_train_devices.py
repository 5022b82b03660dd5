# SPDX-License-Identifier: GPL-2.0-or-later
"""A training on two devices: here two processes on the CPU, which is what DistributedDataParallel does on two GPUs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("lightning")
pytest.importorskip("osgeo")

from satsharp.export_tools.configuration import Config  # noqa: E402
from satsharp.export_tools.dataset import load_places  # noqa: E402
from satsharp.export_tools.train import load_checkpoint  # noqa: E402
from satsharp.export_tools.training.loss import loss_of  # noqa: E402
from satsharp.export_tools.training.state import CLIP_NORM  # noqa: E402

from .test_train_resume import write_places  # noqa: E402
from .training_parts import make_training, of_batch  # noqa: E402


def test_two_processes_step_by_the_mean_of_their_gradients(config: Config, tmp_path: Path) -> None:
    table, settings = write_places(tmp_path, config)
    words = ["train", str(settings), "--data", str(tmp_path), "--places", str(table), "--threads", "1", "--seed", "3"]
    words += [
        "--accelerator",
        "cpu",
        "--devices",
        "2",
        "--precision",
        "32",
        "--steps",
        "1",
        "--out",
        str(tmp_path / "run"),
    ]
    done = subprocess.run(
        [sys.executable, "-m", "satsharp.export_tools", *words], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    state = load_checkpoint(tmp_path / "run")
    assert state["hardware"].startswith("2 processes of 1 CPU thread(s)") and state["progress"]["step"] == 1
    assert done.stdout.count("step 1  loss") == 1

    places = load_places(config, "train", tmp_path, table)
    alone = make_training(config, places, 3)
    border, weight = int(config.training["border"]), float(config.training.get("interval_weight", 0))
    losses = [loss_of(alone.network, of_batch(alone, number), border, weight) for number in (0, 1)]
    (sum(losses) / 2).backward()
    torch.nn.utils.clip_grad_norm_(alone.network.parameters(), CLIP_NORM)
    for group in alone.optimiser.param_groups:
        group["lr"] = alone.learning_rate(0.0)
    alone.optimiser.step()
    for name, tensor in alone.network.state_dict().items():
        torch.testing.assert_close(state["network"][name], tensor, rtol=0, atol=1e-6)

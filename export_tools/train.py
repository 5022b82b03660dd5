# SPDX-License-Identifier: GPL-2.0-or-later
"""Train a network: the whole story in this file.

Chips come from random training places, degraded by the Wald protocol; L1 loss; AdamW with warm-up and cosine; the
weights that count are an exponential moving average. ``--minutes`` is a budget of wall time on whatever machine
this is; ``--steps`` makes a run repeatable to the last bit. Killed runs resume from their checkpoint.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from .chips import Batch, ChipSampler
from .configuration import Config, load_config
from .dataset import PLACES_FILE, Place, load_places
from .degradation import wald_pair
from .evaluate import reduced_scale_row, torch_sharpener
from .networks import build, count_parameters

CHECKPOINT = "checkpoint.pt"
WARM_UP = 0.03
LEAST_RATE = 0.01
CLIP_NORM = 1.0


@dataclass
class Progress:
    """Where a training stands; ``seconds`` counts over all resumed runs."""

    step: int = 0
    seconds: float = 0.0


class Training:
    """A network with its average, optimiser and progress, that can be stored and restored."""

    def __init__(self, config: Config, places: list[Place], seed: int) -> None:
        """Build everything from a config and a seed."""
        torch.manual_seed(seed)
        self.config = config
        self.seed = seed
        self.sampler = ChipSampler(places, config, seed)
        # On CPU, convolutions on channels-last tensors are several times faster.
        self.network = build(config.network).to(memory_format=torch.channels_last)
        self.average = build(config.network).to(memory_format=torch.channels_last)
        self.average.load_state_dict(self.network.state_dict())
        rate, decay = float(config.training["learning_rate"]), float(config.training["weight_decay"])
        self.optimiser = torch.optim.AdamW(self.network.parameters(), lr=rate, weight_decay=decay)
        self.progress = Progress()

    def step(self, share: float) -> float:
        """Take one optimiser step at ``share`` (0 to 1) of the training and return the loss."""
        for group in self.optimiser.param_groups:
            group["lr"] = float(self.config.training["learning_rate"]) * schedule(share)
        loss = loss_of(self.network, self.sampler.batch(self.progress.step), int(self.config.training["border"]))
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), CLIP_NORM)
        self.optimiser.step()
        self.progress.step += 1
        self._update_average()
        return float(loss.detach())

    def save(self, folder: Path) -> None:
        """Write the checkpoint by atomic rename, so that a kill leaves the previous one."""
        state = {
            "network": self.network.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "progress": asdict(self.progress),
            "seed": self.seed,
            "threads": torch.get_num_threads(),
            "default": torch.from_numpy(self.sampler.default),
            "config": json.dumps(self.config.document),
            "places": [place.id for place in self.sampler.places],
        }
        temporary = folder / (CHECKPOINT + ".part")
        torch.save(state, temporary)
        temporary.replace(folder / CHECKPOINT)

    def restore(self, folder: Path) -> None:
        """Continue from a checkpoint.

        Raises:
            ValueError: it belongs to another config, seed or set of places.
        """
        state = load_checkpoint(folder)
        mine = (json.dumps(self.config.document), self.seed, [place.id for place in self.sampler.places])
        if (state["config"], state["seed"], state["places"]) != mine:
            raise ValueError(f"{folder} was trained with another config, seed or set of places. Use another --out.")
        self.network.load_state_dict(state["network"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.progress = Progress(**state["progress"])

    def _update_average(self) -> None:
        decay = min(float(self.config.training["ema"]), (1 + self.progress.step) / (10 + self.progress.step))
        with torch.no_grad():
            for kept, current in zip(self.average.parameters(), self.network.parameters()):
                kept.lerp_(current, 1 - decay)


def loss_of(network: nn.Module, batch: Batch, border: int) -> Tensor:
    """Return the mean absolute error over what lies ``border`` coarse pixels inside of the chips."""
    tensors = [torch.from_numpy(image) for image in (*batch.inputs, batch.regression)]
    error = (network(*tensors) - torch.from_numpy(batch.truth)).abs()
    crop = border * error.shape[-1] // batch.inputs[-1].shape[-1]
    inner = error[..., crop : error.shape[-2] - crop, crop : error.shape[-1] - crop].mean((-2, -1))
    weight = torch.from_numpy(batch.weight)
    return (inner * weight).sum() / weight.sum()


def schedule(share: float) -> float:
    """Return the factor on the learning rate: linear warm-up, then half a cosine."""
    if share < WARM_UP:
        return max(LEAST_RATE, share / WARM_UP)
    return LEAST_RATE + (1 - LEAST_RATE) * 0.5 * (1 + math.cos(math.pi * min(1.0, share)))


def load_checkpoint(folder: Path) -> dict[str, Any]:
    """Read a checkpoint without running any code it may contain."""
    state: dict[str, Any] = torch.load(folder / CHECKPOINT, map_location="cpu", weights_only=True)
    return state


def load_trained(folder: Path) -> tuple[nn.Module, Config, dict[str, Any]]:
    """Return the averaged network of a run folder, its config and its checkpoint."""
    state = load_checkpoint(folder)
    path = folder / "config.json"
    path.write_text(state["config"], encoding="utf-8")
    config = load_config(str(path))
    network = build(config.network)
    network.load_state_dict(state["average"])
    return network.eval(), config, state


def validate(training: Training, places: list[Place]) -> list[float]:
    """Return for each place the RMSE of the averaged network divided by bicubic's (published degradation)."""
    sharpen = torch_sharpener(training.average.eval(), training.config)
    pairs = [wald_pair(place, training.config, "published") for place in places]
    rows = [reduced_scale_row(pair, training.config, training.sampler.default, sharpen) for pair in pairs]
    return [row["network"]["rmse"] / row["bicubic"]["rmse"] for row in rows]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command line of ``train``."""
    parser.add_argument("config", help="bundled config (s2-20m, s2-60m) or a path")
    parser.add_argument("--out", type=Path, required=True, help="run folder: checkpoint, log; resumed where it exists")
    parser.add_argument("--data", type=Path, default=None, help="folder of scenes (default: SATSHARP_DATA)")
    parser.add_argument("--places", type=Path, default=PLACES_FILE, help="table of places")
    parser.add_argument("--minutes", type=float, default=30.0, help="budget of wall time")
    parser.add_argument("--steps", type=int, default=0, help="optimiser steps instead of minutes; repeatable")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=0, help="CPU threads, 0 = all")
    parser.add_argument("--report", type=float, default=60.0, help="seconds between checkpoints and validations")


def run(arguments: argparse.Namespace) -> int:
    """Train until the budget is spent."""
    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    config = load_config(arguments.config)
    arguments.out.mkdir(parents=True, exist_ok=True)
    training = Training(config, load_places(config, "train", arguments.data, arguments.places), arguments.seed)
    if (arguments.out / CHECKPOINT).is_file():
        training.restore(arguments.out)
    validation = load_places(config, "validation", arguments.data, arguments.places)
    print(f"{config.id}: {count_parameters(training.network)} parameters, {len(training.sampler.places)} scenes")
    fit(training, validation, arguments)
    return 0


def fit(training: Training, validation: list[Place], arguments: argparse.Namespace) -> None:
    """Run the loop: step, and every ``report`` seconds validate, log and store."""
    started, reported = time.monotonic() - training.progress.seconds, time.monotonic()
    losses: list[float] = []
    while True:
        share = _share(training.progress, arguments)
        if share >= 1:
            break
        losses.append(training.step(share))
        training.progress.seconds = time.monotonic() - started
        if time.monotonic() - reported >= arguments.report:
            _report(training, validation, float(np.mean(losses)), share, arguments.out)
            losses, reported = [], time.monotonic()
    _report(training, validation, float(np.mean(losses)) if losses else math.nan, 1.0, arguments.out)


def _share(progress: Progress, arguments: argparse.Namespace) -> float:
    if arguments.steps:
        return progress.step / arguments.steps
    return progress.seconds / (60 * arguments.minutes)


def _report(training: Training, validation: list[Place], loss: float, share: float, folder: Path) -> None:
    training.save(folder)
    ratios = validate(training, validation)
    progress = training.progress
    line = [progress.step, round(progress.seconds, 1), round(share, 4), round(loss * 2000, 3)]
    line += [round(ratio, 4) for ratio in ratios]
    log = folder / "log.csv"
    fresh = not log.is_file()
    with log.open("a", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        if fresh:
            names = [f"{place.id}: RMSE / bicubic" for place in validation]
            writer.writerow(["step", "seconds", "share", "loss in digital numbers", *names])
        writer.writerow(line)
    left = progress.seconds * (1 - share) / max(share, 1e-9)
    shown = " ".join(f"{ratio:.3f}" for ratio in ratios)
    print(f"step {progress.step}  loss {loss * 2000:.2f} DN  RMSE/bicubic {shown}  {left:.0f} s left", flush=True)

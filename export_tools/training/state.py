# SPDX-License-Identifier: GPL-2.0-or-later
"""A training: network, running average and optimiser, one step of it, and its state as plain values and tensors."""

from __future__ import annotations

import copy
import json
from dataclasses import asdict
from typing import Any

import torch
from lightning.fabric import Fabric
from torch import Tensor

from ..chips import ChipSampler
from ..configuration import Config
from ..dataset import Place
from ..networks import build
from .best import Best
from .budget import Progress, schedule
from .feed import ChipTensors
from .loss import L1, loss_of
from .start import Start, begin_from
from .teacher import Teacher

CLIP_NORM = 1.0


class Training:
    """A network with its average, optimiser and progress, that can be stored and restored.

    Attributes:
        fabric: device, precision, and the other processes of a training on several devices.
        config: what is trained and how.
        seed: of weights and chips.
        sampler: of chips.
        network: that is trained.
        average: exponential moving average of its weights: what counts in the end.
        optimiser: AdamW.
        progress: steps and seconds so far.
        best: weights of the best report so far.
        start: what the weights were before the first step, None for random ones.
        teacher: whose results are learnt, None for the truth.
    """

    def __init__(
        self,
        fabric: Fabric,
        config: Config,
        places: list[Place],
        seed: int,
        start: Start | None = None,
        teacher: Teacher | None = None,
    ) -> None:
        """Build everything from a config and a seed.

        Raises:
            ValueError: no place is large enough for a chip, or the weights to start from do not fit.
        """
        self.fabric, self.config, self.seed, self.start, self.teacher = fabric, config, seed, start, teacher
        self.sampler = ChipSampler(places, config, seed)
        torch.manual_seed(seed)
        # On CPU, convolutions on channels-last tensors are several times faster.
        self.network = build(config.network).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        if start is not None:
            begin_from(start, self.network)
        rate, decay = float(config.training["learning_rate"]), float(config.training["weight_decay"])
        adam = torch.optim.AdamW(self.network.parameters(), lr=rate, weight_decay=decay)
        self.forward, self.optimiser = fabric.setup(self.network, adam)
        self.average = copy.deepcopy(self.network).requires_grad_(False)
        if teacher is not None:
            teacher.network.to(fabric.device)
        self.progress, self.best = Progress(), Best()

    def step(self, batch: ChipTensors, share: float) -> Tensor:
        """Take one optimiser step at ``share`` (0 to 1) of the training and return the loss."""
        settings = self.config.training
        for group in self.optimiser.param_groups:
            group["lr"] = self.learning_rate(share)
        loss = loss_of(
            self.forward,
            batch,
            int(settings["border"]),
            float(settings.get("interval_weight", 0)),
            str(settings.get("loss", L1)),
            float(settings.get("phases", 0)),
            None if self.teacher is None else self.teacher.of(batch),
        )
        self.optimiser.zero_grad(set_to_none=True)
        self.fabric.backward(loss)
        # In 16-bit precision the first gradients overflow until their scale is found: that step is skipped, no error.
        self.fabric.clip_gradients(self.forward, self.optimiser, max_norm=CLIP_NORM, error_if_nonfinite=False)
        self.optimiser.step()
        self.progress.step += 1
        self._update_average()
        return loss.detach()

    def mean_over_devices(self, value: Tensor) -> float:
        """Return the mean of a number over all processes."""
        return float(self.fabric.all_reduce(value))  # type: ignore[arg-type]

    def learning_rate(self, share: float) -> float:
        """Return the learning rate at a share of the training."""
        return float(self.config.training["learning_rate"]) * schedule(share)

    def state(self) -> dict[str, Any]:
        """Return everything that resuming and exporting need."""
        return {
            **self._identity(),
            "network": self.network.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "precision": dict(self.fabric.strategy.precision.state_dict()),
            "progress": asdict(self.progress),
            "best": self.best.state(),
            "threads": torch.get_num_threads(),
            "default": torch.from_numpy(self.sampler.default),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Continue from a state.

        Raises:
            ValueError: it belongs to another config, seed, start, teacher or set of places.
        """
        if any(state.get(key, mine) != mine for key, mine in self._identity().items()):
            raise ValueError(
                "The run was begun with another config, seed, start, teacher or set of places. Use another --out."
            )
        self.network.load_state_dict(state["network"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.fabric.strategy.precision.load_state_dict(state.get("precision", {}))
        self.progress = Progress(**state["progress"])
        if "best" in state:
            self.best.restore(state["best"])

    def _identity(self) -> dict[str, Any]:
        """Return what a run cannot change when it is resumed."""
        return {
            "config": json.dumps(self.config.document),
            "seed": self.seed,
            "places": self.sampler.scenes,
            "start": "" if self.start is None else self.start.label,
            "teacher": "" if self.teacher is None else self.teacher.label,
        }

    def _update_average(self) -> None:
        """Move the average a little towards the network; at first, when the network is poor, by more."""
        decay = min(float(self.config.training["ema"]), (1 + self.progress.step) / (10 + self.progress.step))
        with torch.no_grad():
            for kept, current in zip(self.average.parameters(), self.network.parameters()):
                kept.lerp_(current, 1 - decay)
            # Statistics of a batch normalisation are averages already.
            for kept, current in zip(self.average.buffers(), self.network.buffers()):
                kept.copy_(current)

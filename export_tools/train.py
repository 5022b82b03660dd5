# SPDX-License-Identifier: GPL-2.0-or-later
"""Train a network: one run, to be read top to bottom; ``training/`` holds its parts.

Chips come from random training places, degraded by the Wald protocol; L1 loss; AdamW with warm-up and cosine; the
weights that count are an exponential moving average, or with ``--patience`` its best on held-out places. ``--minutes``
is a budget of wall time on whatever machine this is; ``--steps`` makes a run repeatable to the last bit. Killed runs
resume from their checkpoint, bit for bit as well. Lightning finds the devices and the precision.

``--from`` goes on from a run or a card; ``--teacher`` gives its results, or the mean of several, to learn instead of
the truth; ``--adapt`` makes the user's own product the place to learn from.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ..core.errors import SatSharpError
from .degradation import KINDS
from .networks import count_parameters
from .training.adaptation import PATIENCE, verdict_on
from .training.arguments import add_arguments, command_of, what_to_train, where_to_learn
from .training.budget import Budget, Progress
from .training.checkpoint import (
    CHECKPOINT,
    has_checkpoint,
    load_checkpoint,
    load_trained,
    save_checkpoint,
    weights_that_count,
)
from .training.devices import default_workers, hardware, start_fabric
from .training.feed import batches
from .training.journal import Journal, Report
from .training.scene_places import Splits
from .training.state import Training
from .training.teacher import load_teacher
from .training.validation import DIGITAL_NUMBERS, Judge

__all__ = ["Plan", "add_arguments", "fit", "load_checkpoint", "load_trained", "run"]

# Reports in a run of --steps.
REPORTS = 40


@dataclass(frozen=True)
class Plan:
    """How a run goes on.

    Attributes:
        out: folder of the run.
        budget: when it ends.
        report: seconds between checkpoints, and between reports where the budget is in minutes.
        patience: reports without anything better after which it ends early; 0 for never.
        workers: processes that make chips.
        about: what the checkpoint shall say about the run, for the card.
    """

    out: Path
    budget: Budget
    report: float = 60.0
    patience: int = 0
    workers: int = 0
    about: dict[str, Any] = field(default_factory=dict)

    def report_due(self, now: Progress, last: Progress) -> bool:
        """Return whether it is time to judge the weights; counted in steps where the run must be repeatable."""
        if self.budget.steps:
            return now.step % max(1, math.ceil(self.budget.steps / REPORTS)) == 0
        return now.seconds - last.seconds >= self.report


def run(arguments: argparse.Namespace) -> int:
    """Train until the budget is spent; 0, or 1 where it failed with the reason on the error stream."""
    try:
        _run(arguments)
    except (SatSharpError, ValueError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write(f"Interrupted. The same command goes on from {arguments.out / CHECKPOINT}.\n")
        return 130
    return 0


def _run(arguments: argparse.Namespace) -> None:
    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    fabric = start_fabric(arguments.accelerator, arguments.devices, arguments.precision, exact=arguments.steps > 0)
    config, start = what_to_train(arguments)
    splits = where_to_learn(arguments, config)
    teacher = load_teacher(arguments.teacher, config) if arguments.teacher else None
    training = Training(fabric, config, splits.train, arguments.seed, start, teacher)
    arguments.out.mkdir(parents=True, exist_ok=True)
    if has_checkpoint(arguments.out):
        training.restore(load_checkpoint(arguments.out))
    judge = Judge(splits.validation, config, training.sampler.default, KINDS if splits.test else KINDS[:1])
    patience = arguments.patience if arguments.patience is not None else PATIENCE * bool(arguments.adapt)
    plan = Plan(
        arguments.out,
        Budget(arguments.minutes, arguments.steps),
        arguments.report,
        patience if splits.validation else 0,
        default_workers(fabric) if arguments.workers is None else arguments.workers,
        {
            "command": command_of(arguments),
            "hardware": hardware(fabric),
            "earlier": list(start.earlier) if start is not None else [],
        },
    )
    journal = None
    if fabric.is_global_zero:
        journal = Journal(plan.out, config.id, [exam.name for exam in judge.exams], training.progress.step)
        journal.say(f"{config.id}: {count_parameters(training.network)} parameters, {len(splits.train)} scene(s)")
    fit(training, judge, plan, journal)
    if journal is not None:
        conclude(training, splits, plan, journal)


def fit(training: Training, judge: Judge, plan: Plan, journal: Journal | None = None) -> None:
    """Run the loop: step, and every now and then judge, log and store.

    Raises:
        ValueError: the loss is no number any more.
    """
    fabric, progress = training.fabric, training.progress
    begun, reported, stored = time.monotonic() - progress.seconds, replace(progress), progress.seconds
    losses: list[Tensor] = []
    judge_start(training, judge, journal)
    chips = batches(training.sampler, progress.step, fabric, plan.workers)
    while (share := plan.budget.share(progress)) < 1 and not training.best.is_stale(plan.patience):
        losses.append(training.step(next(chips), share))
        # One clock for all devices, or they would not agree on when to stop.
        progress.seconds = fabric.broadcast(time.monotonic() - begun)
        if journal is not None:
            journal.tick(progress.step, plan.budget.share(progress), plan.budget.seconds_left(progress))
        if plan.report_due(progress, reported):
            report(training, judge, plan, losses, reported, journal)
            losses, reported, stored = [], replace(progress), progress.seconds
        elif progress.seconds - stored >= plan.report:
            store(training, plan)
            stored = progress.seconds
    chips.close()
    # The first process writes the file, and must be the one to look: for another one it may not be there yet.
    if losses or not fabric.broadcast(has_checkpoint(plan.out)):
        report(training, judge, plan, losses, reported, journal)
    fabric.barrier()


def judge_start(training: Training, judge: Judge, journal: Journal | None) -> None:
    """Let the weights that a fine-tuning starts from be the best so far."""
    start = training.start
    if training.progress.step == 0 and start is not None and judge.exams:
        training.best.offer(_score(_ratios(training, judge)), 0, training.average)
        if journal is not None:
            journal.say(f"{start.label} as it is: RMSE / bicubic {training.best.score:.4f} on the held-out places")


def report(
    training: Training, judge: Judge, plan: Plan, losses: list[Tensor], last: Progress, journal: Journal | None
) -> None:
    """Judge the averaged network on the held-out places, keep it if it is the best yet, store and log.

    Args:
        training: at this point.
        judge: of the held-out places.
        plan: of the run.
        losses: of the steps since the last report.
        last: where the training stood then.
        journal: None in all processes but the first.

    Raises:
        ValueError: the loss is no number any more.
    """
    progress = training.progress
    loss = training.mean_over_devices(torch.stack(losses).mean()) if losses else math.nan
    if losses and not math.isfinite(loss):
        raise ValueError(f"The loss is {loss} at step {progress.step}. Use a smaller --learning-rate in a new --out.")
    ratios = _ratios(training, judge)
    if ratios:
        training.best.offer(_score(ratios), progress.step, training.average)
    store(training, plan)
    if journal is not None:
        share = min(1.0, plan.budget.share(progress))
        speed = (progress.step - last.step) / max(progress.seconds - last.seconds, 1e-9)
        figures = (progress.step, progress.seconds, share, loss * DIGITAL_NUMBERS, training.learning_rate(share), speed)
        journal.report(Report(*figures, tuple(ratios)), plan.budget.seconds_left(progress))


def store(training: Training, plan: Plan, **about: Any) -> None:
    """Write the checkpoint; the first process does it for all."""
    if training.fabric.is_global_zero:
        save_checkpoint({**training.state(), **plan.about, **about, "patience": plan.patience}, plan.out)


def conclude(training: Training, splits: Splits, plan: Plan, journal: Journal) -> None:
    """Close the run; where a scene was adapted to, say whether it helped, on blocks that served for nothing else."""
    best = training.best
    if plan.patience and best.weights is not None:
        journal.say(f"The weights of step {best.step} count: RMSE / bicubic {best.score:.4f} on the held-out places.")
    if splits.test:
        weights = weights_that_count({**training.state(), "patience": plan.patience})
        verdict = verdict_on(training, weights, splits.test)
        verdict.write(plan.out / "adaptation.json")
        store(training, plan, note=verdict.sentence())
        journal.say(verdict.table())
        journal.say(verdict.sentence())
    journal.close()


def _ratios(training: Training, judge: Judge) -> list[float]:
    """Return RMSE / bicubic's of the average for each held-out place; the first process works for all."""
    fabric = training.fabric
    mine = judge.ratios(training.average.eval(), fabric.device) if fabric.is_global_zero else []
    shared: list[float] = fabric.broadcast(mine)
    return shared


def _score(ratios: list[float]) -> float:
    return sum(ratios) / len(ratios)

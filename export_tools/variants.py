# SPDX-License-Identifier: GPL-2.0-or-later
"""Smaller and faster files of a model, shipped only where they are as good: float16, and INT8.

Each is judged against the float32 file on validation and test places (Wald protocol); one that loses more than 2 % of
RMSE on any of them is refused. The float32 file's interval is not passed on: run ``calibrate`` on the variant's card.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import onnxruntime

from . import metrics
from .chips import ChipSampler
from .configuration import Config
from .dataset import Place
from .degradation import KINDS, Pair, wald_pair
from .evaluation.complexity import TIMING_SIDE, inputs_for
from .evaluation.figures import DIGITAL_NUMBERS
from .evaluation.sharpeners import Image, Sharpener, onnx_sharpener
from .half import to_half
from .quantize import chip_feeds, rungs, to_int8
from .scene_details import scene_regression
from .variant_card import Loss, Trial

VARIANTS = ("fp16", "int8")
REPEATS = 3


@dataclass(frozen=True)
class Reference:
    """The float32 model that variants are made of and compared with.

    Attributes:
        document: content of its card.
        path: its ONNX file.
        config: its bands and scale factor.
        default: regression (targets, columns) for scenes with few pixels.
    """

    document: dict[str, Any]
    path: Path
    config: Config
    default: Image

    def sharpener(self, path: Path) -> Sharpener:
        """Return a file with this model's interface as a function of a scene."""
        return onnx_sharpener(path, self.config, 2, self.document)


class Judge:
    """Compares files with the reference on the same degraded places; the reference's errors are computed once."""

    def __init__(self, reference: Reference, places: Sequence[Place], side: int = TIMING_SIDE) -> None:
        """Degrade the places and time the reference.

        Args:
            reference: the float32 model.
            places: that training never saw.
            side: output pixels along a side of the image that is timed.

        Raises:
            ValueError: there is no place.
        """
        if not places:
            raise ValueError(
                "No validation or test place is at hand, so a variant cannot be judged. See SATSHARP_DATA."
            )
        self.reference, self.side = reference, side
        self.pairs = [(p.id, kind, wald_pair(p, reference.config, kind)) for kind in KINDS for p in places]
        self.errors = self._errors(reference.path)
        self.seconds = cpu_seconds(reference.path, reference.config, side)

    def try_file(self, path: Path, kind: str, scope: str) -> Trial:
        """Measure a variant."""
        names = ((place, degradation) for place, degradation, _ in self.pairs)
        losses = tuple(Loss(*name, *errors) for name, *errors in zip(names, self.errors, self._errors(path)))
        sizes = (self.reference.path.stat().st_size, path.stat().st_size)
        seconds = (self.seconds, cpu_seconds(path, self.reference.config, self.side))
        return Trial(kind, scope, losses, sizes, seconds)

    def _errors(self, path: Path) -> list[float]:
        sharpen = self.reference.sharpener(path)
        return [self._error(sharpen, pair) for _, _, pair in self.pairs]

    def _error(self, sharpen: Sharpener, pair: Pair) -> float:
        regression = np.asarray(scene_regression(pair, self.reference.config, self.reference.default), np.float32)
        estimate = sharpen(pair.inputs, regression).astype(np.float64)
        return metrics.rmse_overall(metrics.rmse(pair.truth.astype(np.float64), estimate, pair.mask)) * DIGITAL_NUMBERS


def cpu_seconds(path: Path, config: Config, side: int = TIMING_SIDE) -> float:
    """Return the processor time of one thread for a megapixel of output, whatever else the machine is doing."""
    options = onnxruntime.SessionOptions()
    # With one thread ONNX Runtime works in the caller's, whose time is counted.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    rows = max(1, side // config.scale_factor)
    inputs = inputs_for(path, config, rows)
    session.run(None, inputs)
    spent = []
    for _ in range(REPEATS):
        started = time.thread_time()
        session.run(None, inputs)
        spent.append(time.thread_time() - started)
    return min(spent) / ((rows * config.scale_factor) ** 2 / 1e6)


def make_variant(kind: str, judge: Judge, train: Sequence[Place], seed: int, out: Path) -> Iterator[Trial]:
    """Make a variant, of INT8 the boldest that is good enough, and put it into a folder if it may be shipped.

    Args:
        kind: ``fp16`` or ``int8``.
        judge: of variants.
        train: places whose chips give INT8 its ranges.
        seed: of the chips.
        out: folder of the file ``<id>-<kind>.onnx``; nothing is left there of a refused variant.

    Yields:
        Every trial, the last one being accepted if any was.
    """
    reference = judge.reference
    target = out / f"{reference.document['id']}-{kind}.onnx"
    choices = rungs(reference.path) if kind == "int8" else [("all convolutions", ())]
    feeds = []
    if kind == "int8":
        feeds = chip_feeds(reference.path, ChipSampler(list(train), reference.config, seed), reference.config)
    with TemporaryDirectory(prefix="satsharp-") as folder:
        draft = Path(folder) / target.name
        for scope, convolutions in choices:
            if kind == "int8":
                to_int8(reference.path, draft, convolutions, feeds)
            else:
                to_half(reference.path, draft)
            trial = judge.try_file(draft, kind, scope)
            if trial.accepted:
                target.write_bytes(draft.read_bytes())
            yield trial
            if trial.accepted:
                return

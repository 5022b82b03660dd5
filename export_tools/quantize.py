# SPDX-License-Identifier: GPL-2.0-or-later
"""INT8: learned convolutions between QuantizeLinear and DequantizeLinear (QDQ), ranges taken from training chips.

Weights have a scale for each output channel and 7 bits, so that processors without VNNI, which add pairs of products in
16 bits, do not overflow: the figures hold on any of them. Activations have 8 bits and the range that all but 0.01 % of
their values on the chips keep; the extremes of a few chips would cost more than clipping them. Additions stay float32.
"""

from __future__ import annotations

import contextlib
import io
import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt
import onnx
from onnxruntime.quantization import (
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quantize_static,
)

from .chips import ChipSampler
from .configuration import Config
from .convolutions import learned_convolutions, named_nodes, outer_convolutions
from .dataset import NETWORK_SCALE

Feed = dict[str, npt.NDArray[np.float32]]

CHIPS = 48
PERCENTILE = 99.99


def rungs(source: Path) -> list[tuple[str, tuple[str, ...]]]:
    """Return which convolutions to quantize, the boldest choice first: (name of the choice, convolutions).

    The first ones see the widest range of values and the last ones make the result: where quantizing everything costs
    too much, they are kept in float32.

    Raises:
        ValueError: the file has no learned convolution.
    """
    graph = named_nodes(onnx.load(str(source))).graph
    everything = learned_convolutions(graph)
    if not everything:
        raise ValueError(f"{source} has no convolution with stored weights, so it cannot be quantized.")
    first, last = outer_convolutions(graph)
    choices = [
        ("all convolutions", everything),
        ("all but the first", tuple(name for name in everything if name not in first)),
        ("all but the first and the last", tuple(name for name in everything if name not in (*first, *last))),
    ]
    return [choice for choice in choices if choice[1]]


def to_int8(source: Path, target: Path, convolutions: Sequence[str], feeds: Sequence[Feed]) -> None:
    """Write the INT8 variant of an ONNX file.

    Args:
        source: float32 file.
        target: file to write.
        convolutions: names of the nodes to quantize.
        feeds: inputs that the ranges of the activations are taken from.
    """
    with TemporaryDirectory(prefix="satsharp-") as folder, _silence():
        named = Path(folder) / source.name
        onnx.save(named_nodes(onnx.load(str(source))), str(named))
        quantize_static(
            str(named),
            str(target),
            _Reader(feeds),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=["Conv"],
            nodes_to_quantize=list(convolutions),
            per_channel=True,
            reduce_range=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            calibrate_method=CalibrationMethod.Percentile,
            extra_options={"CalibPercentile": PERCENTILE},
        )
    onnx.checker.check_model(onnx.load(str(target)), full_check=True)


def chip_feeds(source: Path, sampler: ChipSampler, config: Config, count: int = CHIPS) -> list[Feed]:
    """Return the inputs of an ONNX file for random training chips.

    Args:
        source: of the file, for the names of its inputs: the groups finest first, then the regression if it wants one.
        sampler: of the chips.
        config: with the range of the network's values.
        count: number of chips.
    """
    names = [tensor.name for tensor in onnx.load(str(source)).graph.input]
    value_range = config.document["value_range"]
    gain, offset = value_range["scale"] / NETWORK_SCALE, value_range.get("offset", 0.0)
    feeds = []
    for number in range(count):
        batch = sampler.batch(number, size=1)
        images = [np.asarray(image * gain + offset, np.float32) for image in batch.inputs]
        feeds.append(dict(zip(names, (*images, batch.regression[0]))))
    return feeds


class _Reader(CalibrationDataReader):  # type: ignore[misc]
    """Hands out feeds one after the other, as ONNX Runtime's calibration asks for them."""

    def __init__(self, feeds: Sequence[Feed]) -> None:
        self.rest = iter(feeds)

    def get_next(self) -> Feed | None:
        return next(self.rest, None)


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    """Keep ONNX Runtime's remarks on histograms and pre-processing from the user."""
    logging.disable(logging.WARNING)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    finally:
        logging.disable(logging.NOTSET)

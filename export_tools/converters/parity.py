# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether ONNX Runtime and torch agree on a network, up to the rounding of float32."""

from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime
import torch
from torch import Tensor, nn

from .framework import ConversionError

PARITY = 2e-5
# A deep network multiplies rounding; torch in float32 and in float64 then differ by more than PARITY as well.
ROUNDINGS = 4
LARGEST_PARITY = 5e-4

Examples = tuple[tuple[Tensor, ...], ...]
Outputs = list[npt.NDArray[np.generic]]


def check_parity(network: nn.Module, path: Path, examples: Examples) -> float:
    """Return the difference of :func:`parity` if it is small enough.

    It may exceed 2e-5 where float32 itself cannot do better: up to four times the difference between torch in float32
    and in float64, and never beyond 5e-4.

    Raises:
        ConversionError: ONNX Runtime and torch differ by more.
    """
    difference = parity(network, path, examples)
    if difference <= PARITY:
        return difference
    allowed = max(PARITY, min(ROUNDINGS * rounding(network, examples), LARGEST_PARITY))
    if not difference <= allowed:
        raise ConversionError(
            f"ONNX Runtime and torch differ by {difference:.1e} of the largest value, more than {allowed:.0e}: "
            "the conversion is not to be trusted."
        )
    return difference


def parity(network: nn.Module, path: Path, examples: Examples) -> float:
    """Return the largest of |ONNX Runtime - torch| / max |torch| over examples and outputs.

    Raises:
        ConversionError: the two give different shapes, or values that are no numbers.
    """
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    names = [tensor.name for tensor in session.get_inputs()]
    worst = 0.0
    for tensors in examples:
        actual = session.run(None, {name: tensor.numpy() for name, tensor in zip(names, tensors)})
        for ours, theirs in zip(actual, _outputs(network, tensors)):
            if ours.shape != theirs.shape or not np.isfinite(ours).all():
                raise ConversionError(
                    f"ONNX Runtime gives shape {ours.shape} where torch gives {theirs.shape}, or values that are no "
                    "numbers: the conversion is not to be trusted."
                )
            worst = max(worst, _relative(ours, theirs))
    return worst


def rounding(network: nn.Module, examples: Examples) -> float:
    """Return the largest of |torch in float32 - torch in float64| / max |torch| over examples and outputs."""
    exact = copy.deepcopy(network).double()
    worst = 0.0
    for tensors in examples:
        references = _outputs(exact, tuple(tensor.double() for tensor in tensors))
        for ours, theirs in zip(_outputs(network, tensors), references):
            worst = max(worst, _relative(ours, theirs))
    return worst


def _outputs(network: nn.Module, tensors: tuple[Tensor, ...]) -> Outputs:
    with torch.no_grad():
        result = network(*tensors)
    return [tensor.numpy() for tensor in (result if isinstance(result, (tuple, list)) else [result])]


def _relative(ours: npt.NDArray[np.generic], theirs: npt.NDArray[np.generic]) -> float:
    return float(np.abs(ours - theirs).max() / max(float(np.abs(theirs).max()), 1e-30))  # type: ignore[operator]

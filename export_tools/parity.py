# SPDX-License-Identifier: GPL-2.0-or-later
"""Does ONNX Runtime compute what torch computes? Random inputs of several sizes, odd and oblong ones too."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime
import torch
from torch import Tensor, nn

# Batch, and rows and columns in pixels of the coarsest input.
SIZES = ((1, 8, 8), (2, 13, 7), (1, 20, 31), (3, 17, 17))
# Largest difference that rounding explains, as a part of the largest value.
PARITY = 2e-5


@dataclass(frozen=True)
class Difference:
    """How far both are apart on one input.

    Attributes:
        output: name of the tensor.
        batch: number of images.
        rows: in pixels of the coarsest input.
        columns: in pixels of the coarsest input.
        absolute: largest difference in network range.
        relative: the same divided by torch's largest absolute value.
    """

    output: str
    batch: int
    rows: int
    columns: int
    absolute: float
    relative: float


def differences(
    network: nn.Module, path: Path, sizes: tuple[tuple[int, int, int], ...] = SIZES, seed: int = 0
) -> list[Difference]:
    """Compare a network with its ONNX file.

    Args:
        network: in evaluation mode, with ``example``.
        path: of the file.
        sizes: (batch, rows, columns) in pixels of the coarsest input.
        seed: of the random inputs: reflectances of 0 to 0.4, coefficients of 0 to 0.2.

    Returns:
        One record a size and output.
    """
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    names = [tensor.name for tensor in session.get_inputs()]
    outputs = [tensor.name for tensor in session.get_outputs()]
    generator = torch.Generator().manual_seed(seed)
    found = []
    for batch, rows, columns in sizes:
        tensors = _random_inputs(network, batch, rows, columns, generator)
        actual = session.run(None, {name: tensor.numpy() for name, tensor in zip(names, tensors)})
        for name, ours, theirs in zip(outputs, actual, _results(network, tensors)):
            absolute = float(np.abs(ours - theirs).max())
            relative = absolute / max(float(np.abs(theirs).max()), float(np.finfo(np.float32).tiny))
            found.append(Difference(name, batch, rows, columns, absolute, relative))
    return found


def parity(network: nn.Module, path: Path, seed: int = 0) -> float:
    """Return the largest difference between torch and ONNX Runtime, divided by the largest value."""
    return max(entry.relative for entry in differences(network, path, seed=seed))


def parity_table(found: list[Difference], unit: float) -> str:
    """Return all differences as text.

    Args:
        found: by ``differences``.
        unit: digital numbers that 1 in network range stands for.
    """
    lines = ["torch against ONNX Runtime   coarse px     max abs difference   in digital numbers   / max abs value"]
    for entry in found:
        size = f"{entry.batch} x {entry.rows} x {entry.columns}"
        lines.append(
            f"  {entry.output:26s} {size:>11s} {entry.absolute:18.2e} {entry.absolute * unit:20.5f}"
            f" {entry.relative:17.1e}"
        )
    return "\n".join(lines)


def _random_inputs(network: nn.Module, batch: int, rows: int, columns: int, generator: torch.Generator) -> list[Tensor]:
    """Return images and tables of the network's own shapes, oblong where rows and columns differ."""
    tall = network.example(rows=rows, batch=batch)["tensors"]  # type: ignore[operator]
    wide = network.example(rows=columns, batch=batch)["tensors"]  # type: ignore[operator]
    shapes = [(*a.shape[:-1], b.shape[-1]) if a.dim() == 4 else tuple(a.shape) for a, b in zip(tall, wide)]
    scales = [2.0 if len(shape) == 4 else 0.2 for shape in shapes]
    return [scale * torch.rand(shape, generator=generator) for shape, scale in zip(shapes, scales)]


def _results(network: nn.Module, tensors: list[Tensor]) -> list[npt.NDArray[np.float32]]:
    with torch.no_grad():
        output = network(*tensors)
    return [tensor.numpy() for tensor in (output if isinstance(output, (tuple, list)) else (output,))]

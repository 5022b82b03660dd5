# SPDX-License-Identifier: GPL-2.0-or-later
"""A torch network as an ONNX file that every user's ONNX Runtime reads: opset 17, IR version 8, dynamic sizes."""

from __future__ import annotations

import warnings
from pathlib import Path

import onnx
import torch
from torch import nn

from .configuration import Config

OPSET = 17
IR_VERSION = 8
OUTPUT = "sharpened"
SPREAD = "spread"
REGRESSION = "regression"


def export_onnx(network: nn.Module, config: Config, path: Path) -> tuple[str, ...]:
    """Write the ONNX file of a network built from ``config``.

    Args:
        network: in evaluation mode; it returns the targets, or (targets, spread).
        config: names and order of the inputs.
        path: of the file.

    Returns:
        Names of the outputs, see ``output_names``.
    """
    return write_onnx(network, input_names(network, config), path)


def write_onnx(network: nn.Module, inputs: tuple[str, ...], path: Path) -> tuple[str, ...]:
    """Write the ONNX file of a network whose inputs have these names; see ``export_onnx``."""
    example = network.example()["tensors"]  # type: ignore[operator]
    outputs = output_names(network)
    axes = {name: {0: "batch", 2: f"{name}_rows", 3: f"{name}_columns"} for name in inputs if name != REGRESSION}
    axes.update({name: {0: "batch", 2: "rows", 3: "columns"} for name in outputs})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network.to(memory_format=torch.contiguous_format),  # type: ignore[call-overload]
            example,
            str(path),
            dynamo=False,
            opset_version=OPSET,
            input_names=list(inputs),
            output_names=list(outputs),
            dynamic_axes=axes,
        )
    model = onnx.load(str(path))
    model.ir_version = IR_VERSION
    onnx.checker.check_model(model)
    onnx.save(model, str(path))
    return outputs


def input_names(network: nn.Module, config: Config) -> tuple[str, ...]:
    """Return the names of the inputs: the groups finest first, then ``regression`` where the network wants it."""
    names = [group.name for group in config.groups] + [REGRESSION]
    return tuple(names[: len(network.example()["tensors"])])  # type: ignore[operator]


def output_names(network: nn.Module) -> tuple[str, ...]:
    """Return ``sharpened`` or the network's own name for its value, and ``spread`` for a network that returns both."""
    with torch.no_grad():
        output = network(*network.example()["tensors"])  # type: ignore[operator]
    value = str(getattr(network, "value_name", OUTPUT))
    return (value, SPREAD) if isinstance(output, (tuple, list)) else (value,)

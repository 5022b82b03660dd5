# SPDX-License-Identifier: GPL-2.0-or-later
"""Small changes to ONNX files taken over from elsewhere: sizes made free, ranges of channels, native grids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
from onnx import helper, numpy_helper

from ...core.onnx_graph import Graph, check_safety, read_graph
from .framework import ConversionError

Array = npt.NDArray[np.float32]

# Opset -> oldest IR version that has it; ONNX Runtimes of old QGIS versions read no newer one.
OLDEST_IR = {17: 8, 18: 8, 19: 9, 20: 9, 21: 10}
# GDAL's cubic kernel, with which such networks got their coarser bands.
GDAL_CUBIC = -0.5


@dataclass(frozen=True)
class Affine:
    """One gain and offset for each channel."""

    gains: tuple[float, ...]
    offsets: tuple[float, ...]

    @classmethod
    def of(cls, count: int, gain: float = 1.0, offset: float = 0.0) -> Affine:
        """Return the same gain and offset for some channels."""
        return cls((gain,) * count, (offset,) * count)

    @property
    def is_identity(self) -> bool:
        """True where it changes nothing."""
        return all(gain == 1 for gain in self.gains) and not any(self.offsets)

    @property
    def uniform(self) -> tuple[float, float] | None:
        """Gain and offset where all channels have the same."""
        pairs = set(zip(self.gains, self.offsets))
        return pairs.pop() if len(pairs) == 1 else None


@dataclass(frozen=True)
class Part:
    """Channels of one GSD that become an input of their own.

    Attributes:
        name: of the new input.
        channels: their places in the old input.
    """

    name: str
    channels: tuple[int, ...]


def read_model(path: Path) -> tuple[Graph, onnx.ModelProto]:
    """Read an ONNX file that is safe to open; weights in files beside it become part of the model.

    Raises:
        ModelError: the file is damaged, unsafe (custom operators, weights outside of its folder) or too new.
    """
    graph = read_graph(path)
    check_safety(graph, path)
    return graph, onnx.load(str(path))


def to_bytes(model: onnx.ModelProto) -> bytes:
    """Return a checked model as a file, in the oldest IR version that its opset allows.

    Raises:
        ConversionError: it is larger than one file may be.
    """
    oldest = next((version for limit, version in OLDEST_IR.items() if _opset(model) <= limit), model.ir_version)
    if not model.functions:
        model.ir_version = min(model.ir_version, oldest)
    del model.graph.value_info[:]
    try:
        onnx.checker.check_model(model)
        content: bytes = model.SerializeToString()
    except (ValueError, onnx.checker.ValidationError) as error:
        raise ConversionError(f"The rewritten network is not valid: {str(error).splitlines()[0]}") from error
    return content


def _opset(model: onnx.ModelProto) -> int:
    return max(int(entry.version) for entry in model.opset_import if entry.domain in ("", "ai.onnx"))


def free_sizes(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return a copy whose images have free batch, rows and columns."""
    freed = onnx.ModelProto()
    freed.CopyFrom(model)
    initializers = {entry.name for entry in freed.graph.initializer}
    for tensor in (*freed.graph.input, *freed.graph.output):
        dims = tensor.type.tensor_type.shape.dim
        if tensor.name in initializers or len(dims) != 4:
            continue
        inside = tensor.name in {entry.name for entry in freed.graph.input}
        for axis, label in ((0, "batch"), (2, "rows"), (3, "columns")):
            dims[axis].dim_param = label if axis == 0 or not inside else f"{tensor.name}_{label}"
    del freed.graph.value_info[:]
    return freed


def prepend(model: onnx.ModelProto, tensor: str, affine: Affine, limits: tuple[Affine, Affine] | None = None) -> None:
    """Let a network see gain x input + offset of each channel, clipped to limits where given.

    Args:
        model: changed in place.
        tensor: name of the input.
        affine: the step.
        limits: lowest and highest values as the offsets of two records.
    """
    steps: list[tuple[str, Sequence[float]]] = []
    if not affine.is_identity:
        steps += [("Mul", affine.gains), ("Add", affine.offsets)]
    if limits is not None:
        steps += [("Max", limits[0].offsets), ("Min", limits[1].offsets)]
    if not steps:
        return
    inner = f"{tensor}_in_range"
    for node in model.graph.node:
        node.input[:] = [inner if name == tensor else name for name in node.input]
    nodes = _chain(model, tensor, inner, steps)
    for place, node in enumerate(nodes):
        model.graph.node.insert(place, node)


def append(model: onnx.ModelProto, tensor: str, affine: Affine) -> None:
    """Make an output gain x value + offset of each channel; the model is changed in place."""
    if affine.is_identity:
        return
    inner = f"{tensor}_in_own_range"
    for node in model.graph.node:
        node.output[:] = [inner if name == tensor else name for name in node.output]
        node.input[:] = [inner if name == tensor else name for name in node.input]
    model.graph.node.extend(_chain(model, inner, tensor, [("Mul", affine.gains), ("Add", affine.offsets)]))


def split(model: onnx.ModelProto, tensor: str, parts: tuple[Part, ...]) -> None:
    """Give bands of each GSD an input of their own; the coarser ones are raised to the grid of the first, cubic.

    Args:
        model: changed in place; opset 11 at least.
        tensor: name of the old input.
        parts: the finest first.
    """
    if _opset(model) < 11:
        raise ConversionError("The network's opset is below 11, so native grids cannot be added; use --plain.")
    old = next(entry for entry in model.graph.input if entry.name == tensor)
    position = list(model.graph.input).index(old)
    del model.graph.input[position]
    for place, part in enumerate(parts):
        shape: list[str | int | None] = ["batch", len(part.channels), f"{part.name}_rows", f"{part.name}_columns"]
        entry = helper.make_tensor_value_info(part.name, onnx.TensorProto.FLOAT, shape)
        model.graph.input.insert(position + place, entry)
    nodes = _raise(model, parts)
    joined = [parts[0].name, *(f"{part.name}_raised" for part in parts[1:])]
    order = [channel for part in parts for channel in part.channels]
    straight = order == sorted(order)
    nodes.append(helper.make_node("Concat", joined, [tensor if straight else f"{tensor}_joined"], axis=1))
    if not straight:
        places = np.argsort(np.array(order)).astype(np.int64)
        model.graph.initializer.append(numpy_helper.from_array(places, f"{tensor}_order"))
        nodes.append(helper.make_node("Gather", [f"{tensor}_joined", f"{tensor}_order"], [tensor], axis=1))
    for place, node in enumerate(nodes):
        model.graph.node.insert(place, node)


def _raise(model: onnx.ModelProto, parts: tuple[Part, ...]) -> list[onnx.NodeProto]:
    """Return the nodes that bring every further part to the rows and columns of the first."""
    finest = parts[0].name
    constants = {"size_from": [2], "size_to": [4], "channels_to": [2], "size_start": [0]}
    for name, values in constants.items():
        model.graph.initializer.append(numpy_helper.from_array(np.array(values, np.int64), name))
    nodes = [
        helper.make_node("Shape", [finest], [f"{finest}_shape"]),
        helper.make_node("Slice", [f"{finest}_shape", "size_from", "size_to"], [f"{finest}_size"]),
    ]
    for part in parts[1:]:
        name = part.name
        nodes += [
            helper.make_node("Shape", [name], [f"{name}_shape"]),
            helper.make_node("Slice", [f"{name}_shape", "size_start", "channels_to"], [f"{name}_planes"]),
            helper.make_node("Concat", [f"{name}_planes", f"{finest}_size"], [f"{name}_wanted"], axis=0),
            helper.make_node(
                "Resize",
                [name, "", "", f"{name}_wanted"],
                [f"{name}_raised"],
                mode="cubic",
                cubic_coeff_a=GDAL_CUBIC,
                coordinate_transformation_mode="half_pixel",
            ),
        ]
    return nodes


def _chain(
    model: onnx.ModelProto, start: str, end: str, steps: list[tuple[str, Sequence[float]]]
) -> list[onnx.NodeProto]:
    """Return point-wise nodes from one tensor to another, one constant a channel."""
    nodes = []
    for number, (kind, values) in enumerate(steps):
        made = end if number == len(steps) - 1 else f"{end}_step{number}"
        constant = f"{made}_{kind.lower()}"
        model.graph.initializer.append(
            numpy_helper.from_array(np.array(values, np.float32).reshape(1, -1, 1, 1), constant)
        )
        nodes.append(helper.make_node(kind, [start, constant], [made], name=made))
        start = made
    return nodes


def run(content: bytes, tensors: dict[str, Array]) -> list[Array]:
    """Run a model once on the CPU.

    Raises:
        ConversionError: ONNX Runtime cannot load or run it.
    """
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        found: list[Array] = session.run(None, tensors)
    except Exception as error:  # noqa: BLE001 - ONNX Runtime's exceptions share no base class
        raise ConversionError(f"ONNX Runtime cannot run the network: {str(error).splitlines()[0][:300]}") from error
    return found

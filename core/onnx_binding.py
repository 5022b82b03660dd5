# SPDX-License-Identifier: GPL-2.0-or-later
"""A network as one run needs it: inputs that stay the same become constants, outputs that nobody asked for go.

ONNX Runtime then folds what depends on constants only when it loads the file. The bundled networks take the scene's
coefficients into products of channels between their convolutions; folded into the weights they cost nothing, and so
does a head for intervals that nobody wants (docs/benchmarks.md has what both save).
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from .errors import ModelError
from .onnx_graph import read_graph
from .onnx_records import Graph
from .protobuf import BYTES, Field, delimited, read_fields, read_text, varint_field, written

# Field numbers of onnx.proto: ModelProto.graph; GraphProto.node, initializer, input, output; ValueInfoProto.name;
# TensorProto.dims, data_type, name, raw_data.
GRAPH = 7
NODE, INITIALIZER, INPUT, OUTPUT = 1, 5, 11, 12
INFO_NAME = 1
DIMS, DATA_TYPE, TENSOR_NAME, RAW_DATA = 1, 2, 8, 9
FLOAT = 1

Constants = Mapping[str, npt.NDArray[np.float32]]


def bound_network(path: Path, digest: str, constants: Constants, outputs: Collection[str]) -> bytes | None:
    """Return an ONNX file whose inputs ``constants`` are constants and which has no other outputs than ``outputs``.

    Args:
        path: of the file.
        digest: SHA-256 that it had when the run was planned.
        constants: input name -> its tensor.
        outputs: names of those that are wanted; in the file's order they stay.

    Returns:
        The file's content, or None where it is to be used as it is: nothing would change, its weights lie in other
        files, or it has nested graphs.

    Raises:
        ModelError: the file is damaged, unsafe, or no longer the one of the plan.
    """
    graph = read_graph(path)
    inputs = {tensor.name for tensor in graph.inputs} & set(constants)
    unwanted = {tensor.name for tensor in graph.outputs} - set(outputs)
    if graph.external_data or graph.nested or not (inputs or unwanted):
        return None
    content, fixed = path.read_bytes(), {name: constants[name] for name in sorted(inputs)}
    if hashlib.sha256(content).hexdigest() != digest:
        raise ModelError(f"{path} was replaced after the run had begun. Run it again.")
    return b"".join(
        delimited(GRAPH, _bound(content, field, graph, fixed, unwanted))
        if field[:2] == (GRAPH, BYTES)
        else written(content, field)
        for field in read_fields(content, 0, len(content))
    )


def _bound(content: bytes, field: Field, graph: Graph, constants: Constants, unwanted: set[str]) -> bytes:
    """Return the content of GraphProto without the inputs, outputs and nodes that are not needed."""
    nodes = iter(_needed(graph, unwanted))
    parts = []
    for entry in read_fields(content, *field[2:]):
        gone = (
            (entry[0] == NODE and not next(nodes))
            or (entry[0] == INPUT and _name(content, entry) in constants)
            or (entry[0] == OUTPUT and _name(content, entry) in unwanted)
        )
        if not gone:
            parts.append(written(content, entry))
    parts += [delimited(INITIALIZER, _tensor(name, values)) for name, values in constants.items()]
    return b"".join(parts)


def _needed(graph: Graph, unwanted: set[str]) -> list[bool]:
    """Return for each node whether an output that stays depends on it; nodes come in topological order."""
    wanted = {tensor.name for tensor in graph.outputs} - unwanted
    needed = []
    for node in reversed(graph.nodes):
        needed.append(not wanted.isdisjoint(node.outputs))
        if needed[-1]:
            wanted.update(node.inputs)
    return needed[::-1]


def _name(content: bytes, field: Field) -> str:
    """Return the name in a ValueInfoProto."""
    found = (read_text(content, entry) for entry in read_fields(content, *field[2:]) if entry[0] == INFO_NAME)
    return next(found, "")


def _tensor(name: str, values: npt.NDArray[np.float32]) -> bytes:
    """Return a TensorProto."""
    dims = b"".join(varint_field(DIMS, size) for size in values.shape)
    raw = values.astype("<f4").tobytes()
    return dims + varint_field(DATA_TYPE, FLOAT) + delimited(TENSOR_NAME, name.encode()) + delimited(RAW_DATA, raw)

# SPDX-License-Identifier: GPL-2.0-or-later
"""The records of an ONNX graph. Weights are not kept: a tensor keeps its values only where it is small."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Union


@dataclass(frozen=True)
class Initializer:
    """A constant tensor.

    Attributes:
        dims: its shape.
        data_type: TensorProto.DataType, e.g. 1 for float32 and 7 for int64.
        values: its numbers in row-major order, or None for more than 4096 elements, external data and other types.
        location: file of external data, relative to the model, or empty.
    """

    dims: tuple[int, ...]
    data_type: int
    values: tuple[int | float, ...] | None
    location: str = ""


Attribute = Union[int, float, str, Initializer, tuple[int, ...], tuple[float, ...], tuple[str, ...]]


@dataclass(frozen=True)
class TensorInfo:
    """Name, element type (TensorProto.DataType) and shape; a dynamic dimension is its name, or None without a name."""

    name: str
    elem_type: int
    shape: tuple[int | str | None, ...] | None


@dataclass(frozen=True)
class Node:
    """One operation; an empty input name is an optional input left out."""

    op_type: str
    domain: str
    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: dict[str, Attribute] = field(default_factory=dict)
    subgraphs: tuple[Graph, ...] = ()


@dataclass(frozen=True)
class Graph:
    """What is needed of an ONNX model to check and analyse it; weights are left in the file.

    Attributes:
        nodes: in topological order.
        initializers: name -> constant tensor.
        inputs: tensors to feed (initializers that old files list as inputs are left out).
        outputs: tensors to fetch.
        opset: version of the default operator set.
        ir_version: version of the file format.
        metadata: ModelProto.metadata_props.
        domains: operator domains used by nodes, nested ones included; the default domain is the empty string.
        external_data: files with weights, relative to the model, in order of appearance.
        nested: names of nodes (If, Loop, Scan) that contain graphs.
    """

    nodes: tuple[Node, ...]
    initializers: dict[str, Initializer]
    inputs: tuple[TensorInfo, ...]
    outputs: tuple[TensorInfo, ...]
    opset: int = 0
    ir_version: int = 0
    metadata: dict[str, str] = field(default_factory=dict)
    domains: tuple[str, ...] = ()
    external_data: tuple[str, ...] = ()
    nested: tuple[str, ...] = ()


def walk(graph: Graph) -> Iterator[tuple[Node, Graph]]:
    """Yield every node with its graph, nested ones included."""
    for node in graph.nodes:
        yield node, graph
        for nested in node.subgraphs:
            yield from walk(nested)

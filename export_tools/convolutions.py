# SPDX-License-Identifier: GPL-2.0-or-later
"""The learned convolutions of an ONNX graph: those whose arithmetic may be made smaller.

What goes around them, such as the band regression that is skipped to the output, and interpolation by fixed kernels,
keeps float32: its digits are the digits of the result.
"""

from __future__ import annotations

import onnx

# Batch, channels, rows, columns.
IMAGE_AXES = 4


def learned_convolutions(graph: onnx.GraphProto) -> tuple[str, ...]:
    """Return the names of the convolutions whose weights are parameters stored in the file, in their order.

    Kernels that never change (interpolation) are constants among the nodes, and those that follow the scene (band
    regression, point spread) are computed.
    """
    stored = {tensor.name for tensor in graph.initializer}
    return tuple(node.name for node in graph.node if node.op_type == "Conv" and node.input[1] in stored)


def outer_convolutions(graph: onnx.GraphProto) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the learned convolutions that no other one feeds, and those that feed no other one."""
    learned = {*learned_convolutions(graph)}
    behind: dict[str, frozenset[str]] = {}
    feeding: dict[str, frozenset[str]] = {}
    for node in graph.node:
        before = frozenset().union(*(behind.get(name, frozenset()) for name in node.input))
        if node.name in learned:
            feeding[node.name] = before
        behind.update({name: before | ({node.name} & learned) for name in node.output})
    inner = frozenset().union(*feeding.values())
    first = tuple(name for name, before in feeding.items() if not before)
    return first, tuple(name for name in feeding if name not in inner)


def named_nodes(model: onnx.ModelProto) -> onnx.ModelProto:
    """Give every node without a name one, for the tools that tell nodes apart by name."""
    for number, node in enumerate(model.graph.node):
        node.name = node.name or f"{node.op_type}_{number}"
    return model


def image_tensors(graph: onnx.GraphProto) -> set[str]:
    """Return the names of the tensors that depend on an image; the others are constants or tell about the scene."""
    images = {tensor.name for tensor in graph.input if len(tensor.type.tensor_type.shape.dim) == IMAGE_AXES}
    for node in graph.node:
        if images & {*node.input}:
            images.update(node.output)
    return images

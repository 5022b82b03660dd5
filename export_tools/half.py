# SPDX-License-Identifier: GPL-2.0-or-later
"""Half precision: the learned convolutions and what lies between them in float16, everything else in float32.

Inputs and outputs stay float32. In float16 a reflectance of 0.4 (network value 2) has steps of 2 to 4 digital numbers;
the path around the convolutions therefore keeps float32, and only the correction they learned is rounded.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from .convolutions import image_tensors, learned_convolutions, named_nodes

# Operators that stay in float16 where all the images they are fed are; constants and gates of the scene then follow.
FOLLOWING = {"Relu", "LeakyRelu", "Clip", "Add", "Sub", "Mul", "Abs", "Sigmoid", "Tanh", "Softplus", "PRelu"}


def to_half(source: Path, target: Path) -> tuple[str, ...]:
    """Write the half-precision variant of an ONNX file and return the names of its float16 convolutions.

    Raises:
        ValueError: the file has no learned convolution.
    """
    model = named_nodes(onnx.load(str(source)))
    learned = learned_convolutions(model.graph)
    if not learned:
        raise ValueError(f"{source} has no convolution with stored weights, so half precision would change nothing.")
    _Rewriting(model.graph, {*learned}).run()
    del model.graph.value_info[:]
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, str(target))
    return learned


class _Rewriting:
    """Goes through the nodes in order, keeping account of which tensors are float16."""

    def __init__(self, graph: onnx.GraphProto, learned: set[str]) -> None:
        self.graph, self.learned = graph, learned
        self.stored = {tensor.name: tensor for tensor in graph.initializer}
        constants = [node for node in graph.node if node.op_type == "Constant" and node.attribute[0].name == "value"]
        self.constants = {**self.stored, **{node.output[0]: node.attribute[0].t for node in constants}}
        self.images = image_tensors(graph)
        self.half: set[str] = set()
        self.casts: dict[tuple[str, int], str] = {}
        self.nodes: list[onnx.NodeProto] = []

    def run(self) -> None:
        for node in self.graph.node:
            if node.name in self.learned:
                self._convolution(node)
            elif self._follows(node):
                self._keep(node)
            else:
                self._inputs(node, {*node.input} & self.half, TensorProto.FLOAT)
                self.nodes.append(node)
        self._outputs()
        del self.graph.node[:]
        self.graph.node.extend(self.nodes)

    def _convolution(self, node: onnx.NodeProto) -> None:
        for name in node.input[1:]:
            self._halve(self.stored[name], name)
        self._inputs(node, {node.input[0]} - self.half, TensorProto.FLOAT16)
        self._append(node)

    def _halve(self, tensor: onnx.TensorProto, name: str) -> None:
        if tensor.data_type == TensorProto.FLOAT:
            tensor.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(tensor).astype(np.float16), name))

    def _follows(self, node: onnx.NodeProto) -> bool:
        images = {*node.input} & self.images
        return node.op_type in FOLLOWING and bool(images) and images <= self.half

    def _keep(self, node: onnx.NodeProto) -> None:
        self._inputs(node, {name for name in node.input if name} - self.half, TensorProto.FLOAT16)
        self._append(node)

    def _append(self, node: onnx.NodeProto) -> None:
        self.half.update(node.output)
        self.nodes.append(node)

    def _inputs(self, node: onnx.NodeProto, names: set[str], kind: int) -> None:
        """Feed a node some of its inputs in another precision."""
        for position, name in enumerate(node.input):
            if name in names:
                node.input[position] = self._cast(name, kind)

    def _cast(self, name: str, kind: int) -> str:
        key = (name, kind)
        if key not in self.casts:
            self.casts[key] = f"{name}_{'half' if kind == TensorProto.FLOAT16 else 'single'}_cast"
            if name in self.constants:
                array = numpy_helper.to_array(self.constants[name]).astype(np.float16)
                self.graph.initializer.append(numpy_helper.from_array(array, self.casts[key]))
            else:
                self.nodes.append(helper.make_node("Cast", [name], [self.casts[key]], self.casts[key], to=kind))
        return self.casts[key]

    def _outputs(self) -> None:
        """Return results that are float16 as float32 under their own names."""
        wanted = {output.name for output in self.graph.output} & self.half
        for node in self.nodes:
            for names in (node.input, node.output):
                for position, name in enumerate(names):
                    if name in wanted:
                        names[position] = f"{name}_half"
        for name in sorted(wanted):
            self.nodes.append(helper.make_node("Cast", [f"{name}_half"], [name], f"{name}_cast", to=TensorProto.FLOAT))

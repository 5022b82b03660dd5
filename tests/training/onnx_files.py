# SPDX-License-Identifier: GPL-2.0-or-later
"""Small ONNX networks as other projects publish them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

Array = np.ndarray


class Net:
    """A network of one image input under construction."""

    def __init__(self, channels: int, size: tuple[Any, Any] = ("rows", "cols"), opset: int = 17, seed: int = 0) -> None:
        self.random = np.random.default_rng(seed)
        self.opset = opset
        self.inputs = [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["batch", channels, *size])]
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self.channels = channels
        self.last = "input"

    def constant(self, values: Any, dtype: Any = np.float32) -> str:
        name = f"constant{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.array(values, dtype), name))
        return name

    def add(self, kind: str, *further: str, first: bool = True, domain: str = "", **attributes: Any) -> Net:
        inputs = [self.last, *further] if first else list(further)
        made = f"t{len(self.nodes)}"
        self.nodes.append(
            helper.make_node(kind, inputs, [made], name=f"n{len(self.nodes)}", domain=domain, **attributes)
        )
        self.last = made
        return self

    def step(self, kind: str, values: Any) -> Net:
        return self.add(kind, self.constant(values))

    def conv(self, leaving: int, kernel: int = 3, gain: float = 1.0) -> Net:
        """A convolution near the identity, so that the output looks like the input."""
        weights = self.random.normal(0, 0.02, (leaving, self.channels, kernel, kernel)).astype(np.float32)
        for channel in range(leaving):
            weights[channel, channel % self.channels, kernel // 2, kernel // 2] += gain
        bias = self.random.normal(0, 0.001, leaving)
        self.channels = leaving
        return self.add("Conv", self.constant(weights), self.constant(bias), pads=[kernel // 2] * 4)

    def enlarge(self, scale: int) -> Net:
        scales = self.constant([1, 1, scale, scale])
        return self.add("Resize", "", scales, mode="linear", coordinate_transformation_mode="half_pixel")

    def save(
        self,
        path: Path,
        made: Sequence[Any] = ("batch", None, "made_rows", "made_cols"),
        metadata: dict[str, str] | None = None,
        ir_version: int = 8,
    ) -> Path:
        shape = [self.channels if size is None else size for size in made]
        self.nodes.append(helper.make_node("Identity", [self.last], ["output"], name="last"))
        outputs = [helper.make_tensor_value_info("output", TensorProto.FLOAT, shape)]
        graph = helper.make_graph(self.nodes, "net", self.inputs, outputs, self.constants)
        domains = sorted({node.domain for node in self.nodes} | {""})
        opsets = [helper.make_opsetid(domain, 1 if domain else self.opset) for domain in domains]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=ir_version)
        helper.set_model_props(model, metadata or {})
        path.write_bytes(model.SerializeToString())
        return path


def run_file(path: Path, **tensors: Array) -> Array:
    """Run a file on tensors by name; a single one may be called ``image``."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    names = [entry.name for entry in session.get_inputs()]
    if set(tensors) == {"image"}:
        tensors = {names[0]: tensors["image"]}
    made: Array = session.run(None, {name: values.astype(np.float32) for name, values in tensors.items()})[0]
    return made


def fixed(path: Path, rows: int, cols: int) -> None:
    """Write fixed sizes into a file's input."""
    model = onnx.load(str(path))
    dims = model.graph.input[0].type.tensor_type.shape.dim
    for axis, size in ((0, 1), (2, rows), (3, cols)):
        dims[axis].dim_value = size
    path.write_bytes(model.SerializeToString())


def cubic(image: Array, factor: int, a: float = -0.5) -> Array:
    """Enlarge by Keys' cubic kernel with half-pixel centres, edges repeated: GDAL's cubic inside the image."""
    for axis in (2, 3):
        size = image.shape[axis]
        places = (np.arange(size * factor) + 0.5) / factor - 0.5
        base = np.floor(places).astype(int)
        made = 0.0
        for tap in range(-1, 3):
            distance = np.abs(places - (base + tap))
            near = (a + 2) * distance**3 - (a + 3) * distance**2 + 1
            far = a * (distance**3 - 5 * distance**2 + 8 * distance - 4)
            weight = np.where(distance <= 1, near, np.where(distance < 2, far, 0.0))
            taken = np.take(image, np.clip(base + tap, 0, size - 1), axis=axis)
            made = made + taken * np.expand_dims(weight, tuple(i for i in range(4) if i != axis))
        image = np.asarray(made)
    return image

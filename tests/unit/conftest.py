# SPDX-License-Identifier: GPL-2.0-or-later
"""Fixtures of unit tests: ``onnx_net`` writes small networks, ``onnx_probe`` measures what they really depend on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest


class OnnxNet:
    """A small network under construction; every weight is positive, so that no contribution cancels."""

    def __init__(self, opset: int = 17, seed: int = 0) -> None:
        self.opset = opset
        self.random = np.random.default_rng(seed)
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self.inputs: list[Any] = []

    def image(self, name: str, channels: int, size: tuple[Any, Any] | None = None) -> str:
        from onnx import TensorProto, helper

        shape = ["n", channels, *(size or (f"{name}_h", f"{name}_w"))]
        self.inputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))
        return name

    def table(self, name: str, *shape: int) -> str:
        from onnx import TensorProto, helper

        self.inputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, list(shape)))
        return name

    def constant(self, values: Any, dtype: Any = np.int64) -> str:
        from onnx import numpy_helper

        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.array(values, dtype), name))
        return name

    def weights(self, *shape: int) -> str:
        return self.constant(self.random.uniform(0.5, 1.5, shape), np.float32)

    def add(self, op: str, *inputs: str, outputs: int = 1, domain: str = "", **attributes: Any) -> Any:
        from onnx import helper

        number = len(self.nodes)
        names = [f"t{number}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(op, list(inputs), names, name=f"{op}_{number}", domain=domain, **attributes))
        return names[0] if outputs == 1 else names

    def conv(self, x: str, channels: tuple[int, int], kernel: int = 3, **attributes: Any) -> str:
        if "auto_pad" not in attributes:
            dilation = attributes.get("dilations", [1])[0]
            attributes.setdefault("pads", [(kernel - 1) * dilation // 2] * 4)
        weights = self.weights(channels[1], channels[0] // attributes.get("group", 1), kernel, kernel)
        return str(self.add("Conv", x, weights, kernel_shape=[kernel, kernel], **attributes))

    def resize(self, x: str, scale: float, mode: str = "linear", **attributes: Any) -> str:
        attributes.setdefault("coordinate_transformation_mode", "half_pixel")
        scales = self.constant([1, 1, scale, scale], np.float32)
        return str(self.add("Resize", x, "", scales, mode=mode, **attributes))

    def model(self, *outputs: str, ir_version: int = 8) -> Any:
        from onnx import TensorProto, helper

        infos = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs]
        graph = helper.make_graph(self.nodes, "net", self.inputs, infos, self.constants)
        domains = {node.domain for node in self.nodes} | {""}
        opsets = [helper.make_opsetid(domain, 1 if domain else self.opset) for domain in sorted(domains)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=ir_version, producer_name="test")

    def save(self, path: Path, *outputs: str) -> Path:
        path.write_bytes(self.model(*outputs).SerializeToString())
        return path


class OnnxProbe:
    """Runs a network and measures, by impulses on an empty image, which input lines each output line depends on."""

    def __init__(self, path: Path, sides: dict[str, Any] | None = None) -> None:
        ort = pytest.importorskip("onnxruntime")
        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self.session = ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self.sides = sides or {}

    def run(self, feeds: dict[str, Any]) -> Any:
        return self.session.run(None, {**feeds, **self.sides})[0]

    def channels(self, name: str) -> int:
        return int(next(info.shape[1] for info in self.session.get_inputs() if info.name == name))

    def zeros(self, sizes: dict[str, tuple[int, int]], batch: int) -> dict[str, Any]:
        return {name: np.zeros((batch, self.channels(name), *size), np.float32) for name, size in sizes.items()}

    def reaches(self, name: str, sizes: dict[str, tuple[int, int]], axis: int) -> Any:
        """Boolean (input lines, output lines) along axis 0 (rows) or 1 (columns)."""
        count = sizes[name][axis]
        rows = []
        empty = self.run(self.zeros(sizes, 1))
        for line in range(count):
            feeds = self.zeros(sizes, 1)
            np.moveaxis(feeds[name], 2 + axis, 0)[line] = 1
            changed = self.run(feeds) != empty
            rows.append(changed.any(axis=(0, 1, 3 - axis)))
        return np.array(rows)

    def halo(self, reaches: Any, scale: Any, alignment: int, count: int, margin: int) -> tuple[int, int]:
        """Lines needed before and behind aligned windows in the middle of the image, at the worst window."""
        before, after = 0, 0
        first = -(-margin // alignment) * alignment
        for start in range(first, count - margin - alignment + 1, alignment):
            end = start + alignment
            seen = np.flatnonzero(reaches[:, int(start * scale) : int(end * scale)].any(axis=1))
            if seen.size:
                before, after = max(before, start - int(seen[0])), max(after, int(seen[-1]) - end + 1)
        return before, after

    def check_halo(self, field: Any, ratios: dict[str, int]) -> None:
        """Impulses measure exactly the derived halo, on every side."""
        margin, step = field.common_halo(ratios), field.common_alignment(ratios)
        side = -(-(2 * margin + 3 * step + 4) // step) * step
        sizes = {name: (side * ratio, side * ratio) for name, ratio in ratios.items()}
        for entry in field.dependences:
            for axis, part in enumerate((entry.rows, entry.cols)):
                reaches = self.reaches(entry.input, sizes, axis)
                unit = step * ratios[entry.input]
                measured = self.halo(reaches, part.scale, unit, sizes[entry.input][axis], margin * ratios[entry.input])
                assert measured == (part.before, part.after), (entry.input, axis)

    def check_tiles(self, field: Any, ratios: dict[str, int]) -> None:
        """Every aligned tile with the halo gives what the whole image gives."""
        halo, step = field.common_halo(ratios), field.common_alignment(ratios)
        rows, cols = (-(-(2 * halo + count * step + 9) // step) * step for count in (5, 6))
        random = np.random.default_rng(1)
        whole = {
            name: random.normal(size=(1, self.channels(name), rows * ratio, cols * ratio)).astype(np.float32)
            for name, ratio in ratios.items()
        }
        expected = self.run(whole)
        scale = field.dependences[0].scale * ratios[field.dependences[0].input]
        windows = [
            (halo, halo, 2 * step),
            (halo + step, halo, step),
            (rows - halo - 2 * step, cols - halo - step, step),
        ]
        for row, col, size in windows:
            feeds = {}
            for name, ratio in ratios.items():
                top, left, side = (row - halo) * ratio, (col - halo) * ratio, (size + 2 * halo) * ratio
                feeds[name] = np.ascontiguousarray(whole[name][:, :, top : top + side, left : left + side])
            crop, side = int(halo * scale), int(size * scale)
            tile = self.run(feeds)[:, :, crop : crop + side, crop : crop + side]
            top, left = int(row * scale), int(col * scale)
            wanted = expected[:, :, top : top + side, left : left + side]
            assert tile.shape[2:] == (side, side)
            np.testing.assert_allclose(tile, wanted, rtol=2e-5, atol=2e-6 * float(np.abs(expected).max()))


@pytest.fixture
def onnx_net() -> type[OnnxNet]:
    pytest.importorskip("onnx")
    return OnnxNet


@pytest.fixture
def onnx_probe() -> type[OnnxProbe]:
    return OnnxProbe

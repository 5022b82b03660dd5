# SPDX-License-Identifier: GPL-2.0-or-later
"""Operators as older and newer opsets and ONNX Runtime's optimiser write them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from satsharp.core.onnx_graph import read_graph
from satsharp.core.receptive_field import ReceptiveField, analyze


def field_of(path: Path) -> ReceptiveField:
    return analyze(read_graph(path))


def antialiased(mode: str) -> Any:
    def build(net: Any) -> str:
        return net.conv(net.resize(net.image("x", 1), 0.5, mode, antialias=1), (1, 1))

    return build


def resize_10(scale: float) -> Any:
    def build(net: Any) -> str:
        return net.add("Resize", net.image("x", 1), net.constant([1, 1, scale, scale], np.float32), mode="nearest")

    return build


def upsample_9(net: Any) -> str:
    scales = net.constant([1, 1, 2, 2], np.float32)
    return net.conv(net.add("Upsample", net.image("x", 1), scales, mode="linear"), (1, 1))


def slice_9(net: Any) -> str:
    return net.add("Slice", net.conv(net.image("x", 1), (1, 1)), starts=[1, 0], ends=[2**40, -1], axes=[2, 3])


def fused(net: Any) -> str:
    x = net.image("x", 2)
    weights, bias = net.weights(2, 2, 3, 3), net.weights(2)
    attributes = {"kernel_shape": [3, 3], "pads": [1] * 4, "activation": "Relu"}
    return net.add("FusedConv", net.conv(x, (2, 2)), weights, bias, x, domain="com.microsoft", **attributes)


# opset, build -> scale, (before, after), alignment
VERSIONS: dict[str, tuple[int, Any, str, tuple[int, int], int]] = {
    "antialiased_linear": (18, antialiased("linear"), "1/2", (3, 3), 2),
    "antialiased_cubic": (18, antialiased("cubic"), "1/2", (5, 5), 2),
    "resize_10_up": (10, resize_10(3), "3", (0, 0), 1),
    "resize_10_down": (10, resize_10(0.5), "1/2", (0, 0), 2),
    "upsample_9": (9, upsample_9, "2", (1, 1), 1),
    "slice_9": (9, slice_9, "1", (0, 2), 1),
    "fused_conv": (17, fused, "1", (2, 2), 1),
}


@pytest.mark.parametrize("name", VERSIONS)
def test_other_versions(name: str, onnx_net: Any, onnx_probe: Any, tmp_path: Path) -> None:
    opset, build, scale, rows, alignment = VERSIONS[name]
    net = onnx_net(opset=opset)
    path = net.save(tmp_path / "net.onnx", build(net))
    field = field_of(path)
    (entry,) = field.dependences
    assert field.is_local and entry.scale == Fraction(scale) and entry.alignment == alignment
    assert (entry.rows.before, entry.rows.after) == rows
    probe = onnx_probe(path)
    probe.check_halo(field, {"x": 1})
    probe.check_tiles(field, {"x": 1})


def test_softmax_flattens_before_opset_13(onnx_net: Any, tmp_path: Path) -> None:
    for opset, local in ((11, False), (17, True)):
        net = onnx_net(opset=opset)
        field = field_of(net.save(tmp_path / "net.onnx", net.add("Softmax", net.image("x", 3), axis=1)))
        assert field.is_local is local

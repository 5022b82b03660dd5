# SPDX-License-Identifier: GPL-2.0-or-later
"""Operations that see the whole image, or whose reading cannot be bounded, are global and named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from satsharp.core.onnx_graph import read_graph
from satsharp.core.receptive_field import ReceptiveField, analyze


def field_of(path: Path) -> ReceptiveField:
    return analyze(read_graph(path))


def squeeze_excitation(net: Any) -> str:
    x = net.conv(net.image("x", 1), (1, 2))
    pooled = net.add("Sigmoid", net.conv(net.add("GlobalAveragePool", x), (2, 2), 1))
    return net.add("Mul", x, pooled)


def instance_norm(net: Any) -> str:
    x = net.conv(net.image("x", 1), (1, 2))
    return net.add("InstanceNormalization", x, net.weights(2), net.weights(2))


def mean_of_image(net: Any) -> str:
    x = net.image("x", 2)
    return net.add("Sub", x, net.add("ReduceMean", x, axes=[-2, -1]))


def softmax_over_columns(net: Any) -> str:
    return net.add("Softmax", net.image("x", 2), axis=3)


def attention(net: Any) -> str:
    x = net.image("x", 4)
    tokens = net.add("Transpose", net.add("Reshape", x, net.constant([0, 0, -1])), perm=[0, 2, 1])
    scores = net.add("MatMul", tokens, net.add("Transpose", tokens, perm=[0, 2, 1]))
    mixed = net.add("MatMul", net.add("Softmax", scores, axis=-1), tokens)
    return net.add("Reshape", net.add("Transpose", mixed, perm=[0, 2, 1]), net.add("Shape", x))


def align_corners(net: Any) -> str:
    return net.resize(net.image("x", 1), 2, coordinate_transformation_mode="align_corners")


def fixed_size(net: Any) -> str:
    x = net.image("x", 1)
    return net.add("Resize", x, "", "", net.constant([1, 1, 64, 64]), mode="linear")


def fixed_map(net: Any) -> str:
    return net.add("Add", net.image("x", 1), net.weights(1, 1, 8, 8))


def unknown(net: Any) -> str:
    return net.add("Relu", net.add("Det2", net.image("x", 1)))


def flipped(net: Any) -> str:
    ends = [net.constant([v]) for v in (-1, -(2**40), 2, -1)]
    return net.add("Slice", net.image("x", 1), *ends)


def last_rows(net: Any) -> str:
    ends = [net.constant([v]) for v in (-8, 2**40, 2)]
    return net.add("Slice", net.image("x", 1), *ends)


def mirrored_stack(net: Any) -> str:
    x = net.image("x", 1)
    return net.add("Concat", x, x, axis=2)


def largest(net: Any) -> str:
    return net.add("TopK", net.image("x", 2), net.constant([3]), axis=-1, outputs=2)[0]


def interleaved(net: Any) -> str:
    x = net.add("Reshape", net.image("x", 1), net.constant([0, 1, 4, -1, 0]))
    return net.add("Reshape", net.add("Transpose", x, perm=[0, 1, 3, 2, 4]), net.constant([0, 1, -1, 1]))


def channels_last(net: Any) -> str:
    x = net.add("Transpose", net.image("x", 1), perm=[0, 2, 3, 1])
    return net.conv(net.add("Transpose", x, perm=[0, 3, 2, 1]), (1, 1))


GLOBAL: dict[str, tuple[Any, list[str]]] = {
    "squeeze_excitation": (squeeze_excitation, ["GlobalAveragePool"]),
    "instance_norm": (instance_norm, ["InstanceNormalization"]),
    "mean": (mean_of_image, ["ReduceMean"]),
    "softmax": (softmax_over_columns, ["Softmax"]),
    "attention": (attention, ["MatMul", "MatMul"]),
    "align_corners": (align_corners, ["Resize"]),
    "fixed_size": (fixed_size, ["Resize"]),
    "fixed_map": (fixed_map, ["Add"]),
    "unknown": (unknown, ["Det2"]),
    "flipped": (flipped, ["Slice"]),
    "last_rows": (last_rows, ["Slice"]),
    "stack": (mirrored_stack, ["Concat"]),
    "top_k": (largest, ["TopK"]),
    "interleaved": (interleaved, ["Reshape"]),
    "swapped_axes": (channels_last, ["Output"]),
}


@pytest.mark.parametrize("name", GLOBAL)
def test_global_operations_are_named(name: str, onnx_net: Any, tmp_path: Path) -> None:
    build, expected = GLOBAL[name]
    net = onnx_net()
    field = field_of(net.save(tmp_path / "net.onnx", build(net)))
    assert [operator for operator, _ in field.global_operations] == expected
    assert not field.is_local
    assert len(field.reasons) == len(expected)
    assert all(node in reason for (_, node), reason in zip(field.global_operations, field.reasons))


def test_global_branch_that_reaches_no_output_does_not_count(onnx_net: Any, tmp_path: Path) -> None:
    net = onnx_net()
    x = net.image("x", 1)
    net.add("GlobalMaxPool", x)
    field = field_of(net.save(tmp_path / "net.onnx", net.conv(x, (1, 1))))
    assert field.is_local and field.halo_of("x") == 1


def test_scale_survives_a_global_operation(onnx_net: Any, tmp_path: Path) -> None:
    net = onnx_net()
    x = net.resize(attention(net), 4)
    field = field_of(net.save(tmp_path / "net.onnx", x))
    assert field.scale_of(x) == {"x": 4}

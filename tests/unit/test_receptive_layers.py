# SPDX-License-Identifier: GPL-2.0-or-later
"""Layer by layer, the derived halo, scale and alignment equal what impulses measure, and tiles are exact."""

from __future__ import annotations

import pickle
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from satsharp.core.onnx_graph import read_graph
from satsharp.core.receptive_field import ReceptiveField, analyze


def conv(net: Any) -> str:
    return net.conv(net.image("x", 2), (2, 3))


def dilated(net: Any) -> str:
    return net.conv(net.conv(net.image("x", 1), (1, 2), dilations=[2, 2]), (2, 1), 5, dilations=[3, 3])


def strided(net: Any) -> str:
    return net.conv(net.conv(net.image("x", 1), (1, 2), strides=[2, 2]), (2, 1), 3, strides=[2, 2])


def same_upper(net: Any) -> str:
    return net.conv(net.image("x", 1), (1, 1), 4, auto_pad="SAME_UPPER", strides=[2, 2])


def same_lower(net: Any) -> str:
    return net.conv(net.conv(net.image("x", 1), (1, 1), 4, auto_pad="SAME_LOWER"), (1, 1), 2, auto_pad="VALID")


def rectangular(net: Any) -> str:
    w = net.weights(1, 1, 5, 1)
    return net.add("Conv", net.image("x", 1), w, kernel_shape=[5, 1], pads=[3, 0, 1, 0])


def grouped_without_kernel_shape(net: Any) -> str:
    return net.add("Conv", net.image("x", 2), net.weights(2, 1, 3, 3), group=2, pads=[1, 1, 1, 1])


def transposed(kernel: int, stride: int, pad: int, extra: int = 0, dilation: int = 1) -> Any:
    def build(net: Any) -> str:
        x = net.conv(net.image("x", 1), (1, 1))
        settings = {
            "strides": [stride] * 2,
            "pads": [pad] * 4,
            "output_padding": [extra] * 2,
            "dilations": [dilation] * 2,
        }
        return net.add("ConvTranspose", x, net.weights(1, 2, kernel, kernel), **settings)

    return build


def transposed_same(mode: str) -> Any:
    def build(net: Any) -> str:
        return net.add("ConvTranspose", net.image("x", 1), net.weights(1, 1, 5, 5), strides=[2, 2], auto_pad=mode)

    return build


def resized(scale: float, mode: str, **attributes: Any) -> Any:
    def build(net: Any) -> str:
        return net.conv(net.resize(net.conv(net.image("x", 1), (1, 1)), scale, mode, **attributes), (1, 1))

    return build


def shuffled(mode: str) -> Any:
    def build(net: Any) -> str:
        x = net.conv(net.image("x", 1), (1, 9))
        return net.conv(net.add("DepthToSpace", x, blocksize=3, mode=mode), (1, 1))

    return build


def branches(net: Any) -> str:
    x = net.image("x", 1)
    deep = net.conv(net.conv(net.conv(x, (1, 1)), (1, 1)), (1, 1))
    shifted = net.conv(x, (1, 1), 2, pads=[1, 1, 0, 0])
    return net.conv(net.add("Concat", deep, net.add("Relu", x), shifted, axis=1), (3, 1), 1)


def unet(net: Any) -> str:
    x = net.image("x", 1)
    fine = net.conv(x, (1, 2))
    half = net.conv(net.add("MaxPool", fine, kernel_shape=[2, 2], strides=[2, 2]), (2, 2))
    quarter = net.conv(net.add("AveragePool", half, kernel_shape=[2, 2], strides=[2, 2]), (2, 2))
    up = net.add("ConvTranspose", quarter, net.weights(2, 2, 2, 2), strides=[2, 2])
    half = net.conv(net.add("Concat", up, half, axis=1), (4, 2))
    fine = net.add("Concat", net.resize(half, 2, "nearest", coordinate_transformation_mode="asymmetric"), fine, axis=1)
    return net.conv(fine, (4, 1))


def cropped(net: Any) -> str:
    x = net.conv(net.image("x", 1), (1, 1))
    cut = net.add(
        "Slice", x, net.constant([2, 1]), net.constant([-2, 2**40]), net.constant([2, 3]), net.constant([1, 1])
    )
    return net.conv(cut, (1, 1))


def stepped(net: Any) -> str:
    x = net.image("x", 1)
    cut = net.add("Slice", x, net.constant([1]), net.constant([2**40]), net.constant([2]), net.constant([2]))
    return net.add("AveragePool", cut, kernel_shape=[3, 3], strides=[1, 2], pads=[1, 1, 1, 1], ceil_mode=1)


def reflected(net: Any) -> str:
    x = net.add("Pad", net.image("x", 1), net.constant([0, 0, 2, 1, 0, 0, 1, 3]), mode="reflect")
    return net.conv(x, (1, 1), 3, pads=[0, 0, 0, 0])


def odd_pooling(net: Any) -> str:
    x = net.add("LpPool", net.image("x", 1), kernel_shape=[3, 3], strides=[3, 3], pads=[1, 1, 1, 1], p=1)
    return net.resize(x, 2, "linear")


def unshuffled(net: Any) -> str:
    x = net.conv(net.add("SpaceToDepth", net.image("x", 1), blocksize=2), (4, 4))
    return net.add("DepthToSpace", x, blocksize=2)


# build -> expected scale, (before, after) in rows and in columns, alignment
CASES: dict[str, tuple[Any, str, tuple[int, int], tuple[int, int], int]] = {
    "conv": (conv, "1", (1, 1), (1, 1), 1),
    "dilated": (dilated, "1", (8, 8), (8, 8), 1),
    "strided": (strided, "1/4", (3, 0), (3, 0), 4),
    "same_upper": (same_upper, "1/2", (1, 1), (1, 1), 2),
    "same_lower": (same_lower, "1", (2, 2), (2, 2), 1),
    "rectangular": (rectangular, "1", (3, 1), (0, 0), 1),
    "grouped": (grouped_without_kernel_shape, "1", (1, 1), (1, 1), 1),
    "transposed_4_2_1": (transposed(4, 2, 1), "2", (2, 2), (2, 2), 1),
    "transposed_2_2_0": (transposed(2, 2, 0), "2", (1, 1), (1, 1), 1),
    "transposed_3_2_1_1": (transposed(3, 2, 1, 1), "2", (1, 2), (1, 2), 1),
    "transposed_dilated": (transposed(3, 2, 2, 1, 2), "2", (2, 2), (2, 2), 1),
    "transposed_same_upper": (transposed_same("SAME_UPPER"), "2", (1, 1), (1, 1), 1),
    "transposed_same_lower": (transposed_same("SAME_LOWER"), "2", (1, 1), (1, 1), 1),
    "linear_2": (resized(2, "linear"), "2", (2, 2), (2, 2), 1),
    "linear_3": (resized(3, "linear"), "3", (2, 2), (2, 2), 1),
    "linear_6": (resized(6, "linear"), "6", (2, 2), (2, 2), 1),
    "linear_half": (resized(0.5, "linear"), "1/2", (3, 3), (3, 3), 2),
    "linear_1.5": (resized(1.5, "linear"), "3/2", (2, 2), (2, 2), 2),
    "linear_third": (resized(1 / 3, "linear"), "1/3", (3, 3), (3, 3), 3),
    "cubic_2": (resized(2, "cubic"), "2", (3, 3), (3, 3), 1),
    "cubic_3": (resized(3, "cubic"), "3", (3, 3), (3, 3), 1),
    "nearest_asymmetric_2": (
        resized(2, "nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor"),
        "2", (2, 2), (2, 2), 1,
    ),
    "nearest_ceil_3": (
        resized(3, "nearest", coordinate_transformation_mode="asymmetric", nearest_mode="ceil"),
        "3", (1, 2), (1, 2), 1,
    ),
    "linear_asymmetric_2": (resized(2, "linear", coordinate_transformation_mode="asymmetric"), "2", (2, 2), (2, 2), 1),
    "shuffle_crd": (shuffled("CRD"), "3", (2, 2), (2, 2), 1),
    "shuffle_dcr": (shuffled("DCR"), "3", (2, 2), (2, 2), 1),
    "branches": (branches, "1", (3, 3), (3, 3), 1),
    "unet": (unet, "1", (11, 11), (11, 11), 4),
    "stepped": (stepped, "1/2", (1, 2), (1, 0), 2),
    "reflected": (reflected, "1", (2, 0), (1, 1), 1),
    "odd_pooling": (odd_pooling, "2/3", (4, 2), (4, 2), 3),
    "unshuffled": (unshuffled, "1", (2, 2), (2, 2), 2),
}  # fmt: skip


def field_of(path: Path) -> ReceptiveField:
    return analyze(read_graph(path))


@pytest.mark.parametrize("name", CASES)
def test_layers(name: str, onnx_net: Any, onnx_probe: Any, tmp_path: Path) -> None:
    build, scale, rows, cols, alignment = CASES[name]
    net = onnx_net()
    path = net.save(tmp_path / "net.onnx", build(net))
    field = field_of(path)
    (entry,) = field.dependences
    assert field.is_local and not field.reasons
    assert entry.scale == Fraction(scale)
    assert (entry.rows.before, entry.rows.after) == rows
    assert (entry.cols.before, entry.cols.after) == cols
    assert entry.alignment == alignment
    probe = onnx_probe(path)
    probe.check_halo(field, {"x": 1})
    probe.check_tiles(field, {"x": 1})
    side = 12 * alignment
    output = probe.run(probe.zeros({"x": (side, side)}, 1))
    assert output.shape[2:] == (side * entry.scale + entry.rows.surplus, side * entry.scale + entry.cols.surplus)
    assert pickle.loads(pickle.dumps(field)) == field


def test_padding_after_a_crop_counts(onnx_net: Any, onnx_probe: Any, tmp_path: Path) -> None:
    """The last layer pads where the crop ends, so a tile needs more than the pixels that impulses find."""
    net = onnx_net()
    path = net.save(tmp_path / "net.onnx", cropped(net))
    field, probe = field_of(path), onnx_probe(path)
    (entry,) = field.dependences
    assert (entry.rows.before, entry.rows.after, entry.rows.surplus) == (1, 5, -4)
    assert (entry.cols.before, entry.cols.after, entry.cols.surplus) == (1, 3, -1)
    assert probe.halo(probe.reaches("x", {"x": (24, 24)}, 0), 1, 1, 24, 6) == (0, 4)
    image = np.random.default_rng(3).normal(size=(1, 1, 32, 32)).astype(np.float32)
    expected = probe.run({"x": image})[:, :, 10:14, 10:14]
    exact = probe.run({"x": image[:, :, 9:19, 9:17]})[:, :, 1:5, 1:5]
    np.testing.assert_allclose(exact, expected, rtol=1e-5)
    assert np.abs(probe.run({"x": image[:, :, 10:19, 9:17]})[:, :, :4, 1:5] - expected).max() > 1e-3
    assert np.abs(probe.run({"x": image[:, :, 9:18, 9:17]})[:, :, 1:5, 1:5] - expected).max() > 1e-3

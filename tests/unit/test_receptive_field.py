# SPDX-License-Identifier: GPL-2.0-or-later
"""The receptive field derived from the graph equals what impulses measure, and tiles with its halo are exact."""

from __future__ import annotations

import math
import pickle
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from satsharp.core.errors import ModelError
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


def check_probe(probe: Any, field: ReceptiveField, ratios: dict[str, int]) -> None:
    """Impulses measure exactly the derived halo, on every side."""
    margin, step = field.common_halo(ratios), field.common_alignment(ratios)
    side = -(-(2 * margin + 3 * step + 4) // step) * step
    sizes = {name: (side * ratio, side * ratio) for name, ratio in ratios.items()}
    for entry in field.dependences:
        for axis, part in enumerate((entry.rows, entry.cols)):
            reaches = probe.reaches(entry.input, sizes, axis)
            unit = step * ratios[entry.input]
            measured = probe.halo(reaches, part.scale, unit, sizes[entry.input][axis], margin * ratios[entry.input])
            assert measured == (part.before, part.after), (entry.input, axis)


def check_tiles(probe: Any, field: ReceptiveField, ratios: dict[str, int]) -> None:
    """Every tile with the halo gives what the whole image gives, and a misaligned or narrower one was not enough."""
    halo, step = field.common_halo(ratios), field.common_alignment(ratios)
    rows, cols = (-(-(2 * halo + count * step + 9) // step) * step for count in (5, 6))
    random = np.random.default_rng(1)
    whole = {
        name: random.normal(size=(1, probe.channels(name), rows * ratio, cols * ratio)).astype(np.float32)
        for name, ratio in ratios.items()
    }
    expected = probe.run(whole)
    scale = field.dependences[0].scale * ratios[field.dependences[0].input]
    windows = [(halo, halo, 2 * step), (halo + step, halo, step), (rows - halo - 2 * step, cols - halo - step, step)]
    for row, col, size in windows:
        feeds = {}
        for name, ratio in ratios.items():
            top, left, side = (row - halo) * ratio, (col - halo) * ratio, (size + 2 * halo) * ratio
            feeds[name] = np.ascontiguousarray(whole[name][:, :, top : top + side, left : left + side])
        crop, side = int(halo * scale), int(size * scale)
        tile = probe.run(feeds)[:, :, crop : crop + side, crop : crop + side]
        top, left = int(row * scale), int(col * scale)
        wanted = expected[:, :, top : top + side, left : left + side]
        assert tile.shape[2:] == (side, side)
        np.testing.assert_allclose(tile, wanted, rtol=2e-5, atol=2e-6 * float(np.abs(expected).max()))


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
    check_probe(probe, field, {"x": 1})
    check_tiles(probe, field, {"x": 1})
    side = 12 * alignment
    output = probe.run(probe.zeros({"x": (side, side)}, 1))
    assert output.shape[2:] == (side * entry.scale + entry.rows.surplus, side * entry.scale + entry.cols.surplus)
    assert pickle.loads(pickle.dumps(field)) == field


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
    check_probe(probe, field, {"x": 1})
    check_tiles(probe, field, {"x": 1})


def test_softmax_flattens_before_opset_13(onnx_net: Any, tmp_path: Path) -> None:
    for opset, local in ((11, False), (17, True)):
        net = onnx_net(opset=opset)
        field = field_of(net.save(tmp_path / "net.onnx", net.add("Softmax", net.image("x", 3), axis=1)))
        assert field.is_local is local


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


def test_alignment_is_needed(onnx_net: Any, onnx_probe: Any, tmp_path: Path) -> None:
    net = onnx_net()
    probe = onnx_probe(net.save(tmp_path / "net.onnx", unet(net)))
    image = np.random.default_rng(2).normal(size=(1, 1, 48, 48)).astype(np.float32)
    expected = probe.run({"x": image})[:, :, 16:20, 16:20]
    for shift in (1, 2, 3):
        tile = probe.run({"x": image[:, :, shift : 32 + shift, shift : 32 + shift]})
        moved = tile[:, :, 16 - shift : 20 - shift, 16 - shift : 20 - shift]
        assert np.abs(moved - expected).max() > 1e-3
    tile = probe.run({"x": image[:, :, 4:36, 4:36]})
    np.testing.assert_allclose(tile[:, :, 12:16, 12:16], expected, rtol=2e-5)


def test_dsen2(onnx_net: Any, onnx_probe: Any, tmp_path: Path) -> None:
    net = onnx_net()
    fine, coarse = net.image("b10", 4), net.image("b20", 6)
    skip = net.resize(coarse, 2)
    x = net.add("Relu", net.conv(net.add("Concat", fine, skip, axis=1), (10, 4)))
    for _ in range(6):
        x = net.add("Add", x, net.conv(net.add("Relu", net.conv(x, (4, 4))), (4, 4)))
    path = net.save(tmp_path / "dsen2.onnx", net.add("Add", net.conv(x, (4, 6)), skip))
    field, ratios = field_of(path), {"b10": 2, "b20": 1}
    # Fourteen convolutions: 14 pixels of 10 m; bilinear interpolation adds one of 20 m.
    assert (field.halo_of("b10"), field.halo_of("b20")) == (14, 8)
    assert (field.common_halo(ratios), field.common_alignment(ratios)) == (8, 1)
    assert field.scale_of(field.dependences[0].output) == {"b10": 1, "b20": 2}
    probe = onnx_probe(path)
    check_probe(probe, field, ratios)
    check_tiles(probe, field, ratios)


def compact(net: Any, factor: int, groups: dict[str, int], residual_blocks: int) -> str:
    """Build the compact network of the design: guides enter by space-to-depth, results leave by depth-to-space."""
    entered = []
    for name, ratio in groups.items():
        x = net.image(name, 2)
        entered.append(net.add("SpaceToDepth", x, blocksize=ratio) if ratio > 1 else x)
    channels = sum(2 * ratio * ratio for ratio in groups.values())
    x = net.conv(net.add("Concat", *entered, axis=1), (channels, 8))
    for _ in range(residual_blocks):
        x = net.add("Add", x, net.conv(net.add("Relu", net.conv(x, (8, 8))), (8, 8)))
    detail = net.add("DepthToSpace", net.conv(x, (8, factor * factor * 2)), blocksize=factor)
    table = net.table("regression", 2, 5)
    cut = [net.constant([0]), net.constant([2]), net.constant([1])]
    weights = net.add("Unsqueeze", net.add("Slice", table, *cut), net.constant([2, 3]))
    guide = net.resize(entered[-1], factor)
    linear = net.add("Conv", guide, weights, kernel_shape=[1, 1])
    return str(net.add("Add", net.add("Add", detail, guide), linear))


@pytest.mark.parametrize("groups", [{"b10": 2, "b20": 1}, {"b10": 6, "b20": 3, "b60": 1}], ids=["20m", "60m"])
def test_compact(groups: dict[str, int], onnx_net: Any, onnx_probe: Any, tmp_path: Path) -> None:
    net = onnx_net()
    path = net.save(tmp_path / "compact.onnx", compact(net, groups["b10"], groups, 2))
    field = field_of(path)
    assert field.is_local and field.side_inputs == ("regression",) and field.image_inputs == tuple(groups)
    assert field.common_halo(groups) == 6 and field.common_alignment(groups) == 1
    for name, ratio in groups.items():
        assert field.halo_of(name) == 6 * ratio and field.alignment_of(name) == ratio
    assert field.values_per_pixel(groups) == pytest.approx(2 * sum(ratio**2 for ratio in groups.values()))
    probe = onnx_probe(path, {"regression": np.full((2, 5), 0.5, np.float32)})
    check_probe(probe, field, groups)
    check_tiles(probe, field, groups)


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


def test_different_grids_are_refused(onnx_net: Any, tmp_path: Path) -> None:
    net = onnx_net()
    x = net.image("x", 1)
    path = net.save(tmp_path / "net.onnx", net.add("Add", x, net.resize(x, 2)))
    with pytest.raises(ModelError, match="Add_1 tensors of 1 and 2 pixels per input pixel are combined"):
        field_of(path)


def test_disorder_is_refused(onnx_net: Any, tmp_path: Path) -> None:
    net = onnx_net()
    path = net.save(tmp_path / "net.onnx", net.add("Add", net.image("x", 1), "later"))
    with pytest.raises(ModelError, match="'later' before anything computes it"):
        field_of(path)


def test_ratios_are_checked(onnx_net: Any, tmp_path: Path) -> None:
    net = onnx_net()
    path = net.save(tmp_path / "net.onnx", compact(net, 2, {"b10": 2, "b20": 1}, 1))
    field = field_of(path)
    with pytest.raises(ModelError, match="ratio of the network's input b20 is not known"):
        field.common_halo({"b10": 2})
    with pytest.raises(ModelError, match="several sizes"):
        field.common_alignment({"b10": 3, "b20": 1})


def test_one_input_resized_to_the_size_of_another_needs_the_ratio(onnx_net: Any, tmp_path: Path) -> None:
    net = onnx_net()
    fine, coarse = net.image("fine", 1), net.image("coarse", 1)
    up = net.add("Resize", coarse, "", "", net.add("Shape", fine), mode="linear")
    path = net.save(tmp_path / "net.onnx", net.add("Concat", fine, up, axis=1))
    assert [operator for operator, _ in field_of(path).global_operations] == ["Resize"]
    field = analyze(read_graph(path), {"fine": 3, "coarse": 1})
    assert field.is_local and field.halo_of("coarse") == 1


@pytest.mark.parametrize("shape", [(None, None), (32, 48)])
def test_fixed_and_dynamic_sizes_agree(shape: tuple[Any, Any], onnx_net: Any, tmp_path: Path) -> None:
    net = onnx_net()
    x = net.image("x", 1, shape if shape[0] else None)
    blocks = net.add("Reshape", x, net.constant([0, 1, 0, -1, 4]))
    back = net.add("Reshape", net.add("Relu", blocks), net.add("Shape", x))
    field = field_of(net.save(tmp_path / "net.onnx", back))
    (entry,) = field.dependences
    assert field.is_local and (entry.rows.alignment, entry.cols.alignment, entry.halo) == (1, 4, 0)


def test_halo_is_a_multiple_of_the_alignment(onnx_net: Any, tmp_path: Path) -> None:
    net = onnx_net()
    field = field_of(net.save(tmp_path / "net.onnx", unet(net)))
    assert field.halo_of("x") == 11 and field.common_halo({"x": 1}) == 12
    assert math.gcd(field.common_halo({"x": 1}), field.common_alignment({"x": 1})) == 4

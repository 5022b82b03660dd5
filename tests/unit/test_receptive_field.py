# SPDX-License-Identifier: GPL-2.0-or-later
"""Networks as a whole: halo and alignment over several inputs."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from satsharp.core.errors import ModelError
from satsharp.core.onnx_graph import read_graph
from satsharp.core.receptive_field import ReceptiveField, analyze


def unet(net: Any) -> str:
    x = net.image("x", 1)
    fine = net.conv(x, (1, 2))
    half = net.conv(net.add("MaxPool", fine, kernel_shape=[2, 2], strides=[2, 2]), (2, 2))
    quarter = net.conv(net.add("AveragePool", half, kernel_shape=[2, 2], strides=[2, 2]), (2, 2))
    up = net.add("ConvTranspose", quarter, net.weights(2, 2, 2, 2), strides=[2, 2])
    half = net.conv(net.add("Concat", up, half, axis=1), (4, 2))
    fine = net.add("Concat", net.resize(half, 2, "nearest", coordinate_transformation_mode="asymmetric"), fine, axis=1)
    return net.conv(fine, (4, 1))


def field_of(path: Path) -> ReceptiveField:
    return analyze(read_graph(path))


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
    probe.check_halo(field, ratios)
    probe.check_tiles(field, ratios)


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
    probe.check_halo(field, groups)
    probe.check_tiles(field, groups)


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

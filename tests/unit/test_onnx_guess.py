# SPDX-License-Identifier: GPL-2.0-or-later
"""Guesses about ONNX files without a card: bands, GSD, scale factor, value range."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from satsharp.core.errors import ModelError
from satsharp.core.onnx_graph import read_graph
from satsharp.core.onnx_guess import BAND_SETS, bands_made, guess


def test_everything_at_once(onnx_net: Any, tmp_path: Path) -> None:
    net = onnx_net()
    x = net.add("Div", net.image("x", 10), net.constant(10000.0, np.float32))
    x = net.resize(net.conv(x, (10, 10)), 2)
    found = guess(read_graph(net.save(tmp_path / "net.onnx", net.add("Mul", x, net.constant(10000.0, np.float32)))))
    assert found.input == "x" and found.bands == found.output_bands == BAND_SETS[10][0]
    assert (found.gsd, found.scale_factor, found.fixed_size) == (10.0, 2, None)
    assert (found.range.name, found.range.scale, found.range.offset) == ("dn", 10000.0, 0.0)
    assert set(found.reasons) == {"bands", "gsd", "scale_factor", "range"}
    assert "first operation is Div with 10000" in found.reasons["range"]


@pytest.mark.parametrize(
    ("first", "last", "name"),
    [
        (("Div", 10000.0), None, "dn"),
        (("Mul", 0.0001), None, "dn"),
        (("Div", 255.0), None, "8bit"),
        (("Mul", 1 / 127.5), None, "8bit"),
        (("Sub", 127.5), None, "8bit"),
        (("Sub", 1200.0), None, "dn"),
        (("Sub", 0.45), None, "reflectance"),
        (None, ("Mul", 10000.0), "dn"),
        (None, ("Mul", 255.0), "8bit"),
        (None, ("Div", 0.0001), "dn"),
        (None, ("Add", 114.0), "8bit"),
        (None, ("Sigmoid", None), "reflectance"),
        (None, ("Tanh", None), "signed"),
        (None, None, "reflectance"),
        (("Mul", 2.0), ("Mul", 255.0), "8bit"),
    ],
)
def test_range(first: Any, last: Any, name: str, onnx_net: Any, tmp_path: Path) -> None:
    net = onnx_net()
    x = net.image("x", 3)
    if first:
        x = net.add(first[0], x, net.constant(first[1], np.float32))
    x = net.conv(x, (3, 3))
    if last:
        x = net.add(last[0], x, *([net.constant(last[1], np.float32)] if last[1] is not None else []))
    found = guess(read_graph(net.save(tmp_path / "net.onnx", x))).range
    assert found.name == name
    assert ("nothing" in found.reason) == (first is None and last is None)


@pytest.mark.parametrize(("top", "name"), [(1.0, "reflectance"), (255.0, "8bit"), (10000.0, "dn")])
def test_range_of_a_clipped_output(top: float, name: str, onnx_net: Any, tmp_path: Path) -> None:
    net = onnx_net()
    limits = [net.constant(value, np.float32) for value in (0.0, top)]
    x = net.add("Identity", net.add("Clip", net.conv(net.image("x", 3), (3, 3)), *limits))
    assert guess(read_graph(net.save(tmp_path / "net.onnx", x))).range.name == name


def test_a_division_by_the_image_tells_nothing(onnx_net: Any, tmp_path: Path) -> None:
    net = onnx_net()
    x = net.add("Div", net.constant(10000.0, np.float32), net.image("x", 3))
    assert guess(read_graph(net.save(tmp_path / "net.onnx", net.conv(x, (3, 3))))).range.name == "reflectance"


@pytest.mark.parametrize("channels", [*BAND_SETS, 2, 7])
def test_bands(channels: int, onnx_net: Any, tmp_path: Path) -> None:
    net = onnx_net()
    found = guess(read_graph(net.save(tmp_path / "net.onnx", net.conv(net.image("x", channels), (channels, channels)))))
    expected = BAND_SETS[channels][0] if channels in BAND_SETS else tuple(f"band{n + 1}" for n in range(channels))
    assert found.bands == expected and len(set(expected)) == channels
    assert found.gsd == (20.0 if channels == 6 else 10.0)


def test_bands_of_the_output() -> None:
    assert bands_made(("a", "b"), 2) == ("a", "b")
    assert bands_made(("red", "green", "blue", "B08"), 3) == ("red", "green", "blue")
    assert bands_made(("B02", "B03", "B04", "B08"), 2) == ("B02", "B03")
    assert bands_made(("pan",), 3) == ("band1", "band2", "band3")


def test_channels_of_free_tensors_come_from_convolutions(onnx_net: Any, tmp_path: Path) -> None:
    net = onnx_net()
    x = net.image("x", "c")
    x = net.add("Relu", net.conv(net.add("Div", x, net.constant(255.0, np.float32)), (4, 6)))
    found = guess(read_graph(net.save(tmp_path / "net.onnx", net.add("Sigmoid", net.conv(x, (6, 3))))))
    assert len(found.bands) == 4 and len(found.output_bands) == 3
    other = onnx_net()
    with pytest.raises(ModelError, match="how many channels x has"):
        guess(read_graph(other.save(tmp_path / "free.onnx", other.add("Relu", other.image("x", "c")))))


def test_sizes_tell_the_scale_where_operations_do_not(onnx_net: Any, tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx")
    net = onnx_net()
    target = net.add("Expand", net.constant([1.0], np.float32), net.constant([1, 1, 24, 24]))
    pooled = net.add("GlobalAveragePool", net.image("x", 1, (12, 12)))
    model = net.model(net.add("Mul", target, pooled))
    dims = model.graph.output[0].type.tensor_type.shape.dim
    for size in (1, 1, 24, 24):
        dims.add().dim_value = size
    onnx.save(model, str(tmp_path / "net.onnx"))
    found = guess(read_graph(tmp_path / "net.onnx"))
    assert (found.scale_factor, found.fixed_size) == (2, (12, 12))
    assert found.reasons["scale_factor"] in ("from the sizes of input and output", "from the operations of the graph")


def test_scale_that_is_not_known(onnx_net: Any, tmp_path: Path) -> None:
    net = onnx_net()
    x = net.add("AveragePool", net.image("x", 1), kernel_shape=[2, 2], strides=[2, 2])
    found = guess(read_graph(net.save(tmp_path / "net.onnx", x)))
    assert found.scale_factor == 0 and "neither" in found.reasons["scale_factor"]


@pytest.mark.parametrize(
    ("text", "gsd"), [("74", 0.74), ("1000.0", 10.0), ("0", 10.0), ("[" * 10**5, 10.0), ('"a"', 10.0)]
)
def test_gsd_of_the_metadata(text: str, gsd: float, onnx_net: Any, tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx")
    net = onnx_net()
    model = net.model(net.conv(net.image("x", 3), (3, 3)))
    onnx.helper.set_model_props(model, {"resolution": text})
    onnx.save(model, str(tmp_path / "net.onnx"))
    assert guess(read_graph(tmp_path / "net.onnx")).gsd == pytest.approx(gsd)


def test_other_networks_are_refused(onnx_net: Any, tmp_path: Path) -> None:
    net = onnx_net()
    x = net.add("Add", net.conv(net.image("x", 3), (3, 3)), net.image("y", 3))
    with pytest.raises(ModelError, match="2 inputs and 1 outputs"):
        guess(read_graph(net.save(tmp_path / "two.onnx", x)))
    net = onnx_net()
    with pytest.raises(ModelError, match="x is no float32 image"):
        guess(read_graph(net.save(tmp_path / "table.onnx", net.add("Relu", net.table("x", 3, 4)))))

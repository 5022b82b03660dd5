# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import argparse
import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

onnx = pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")
pytest.importorskip("osgeo")

from onnx import TensorProto, helper, numpy_helper  # noqa: E402
from satsharp.export_tools import benchmark  # noqa: E402
from satsharp.export_tools.configuration import load_config  # noqa: E402
from satsharp.export_tools.evaluation.complexity import macs_per_pixel, onnx_parameters  # noqa: E402
from satsharp.export_tools.evaluation.costs import Cost, published_networks, text_table, with_ratios  # noqa: E402


def save(path: Path, nodes: list[Any], weights: dict[str, np.ndarray]) -> Path:
    float32 = TensorProto.FLOAT
    inputs = [
        helper.make_tensor_value_info("b10", float32, ["n", 4, "h2", "w2"]),
        helper.make_tensor_value_info("b20", float32, ["n", 6, "h", "w"]),
        helper.make_tensor_value_info("regression", float32, [6, 5]),
    ]
    output = helper.make_tensor_value_info("sharpened", float32, ["n", 6, "h2", "w2"])
    constants = [numpy_helper.from_array(value, name) for name, value in weights.items()]
    graph = helper.make_graph(nodes, "made", inputs, [output], constants)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), str(path))
    return path


def zeros(*shape: int) -> np.ndarray:
    return np.zeros(shape, np.float32)


def test_convolutions_are_counted_on_the_grid_they_run_on(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("Conv", ["b20", "coarse"], ["hidden"], pads=[1, 1, 1, 1]),
        helper.make_node("ConvTranspose", ["hidden", "up"], ["raised"], strides=[2, 2]),
        helper.make_node("Conv", ["b10", "fine"], ["guided"], pads=[1, 1, 1, 1], group=2),
        helper.make_node("Add", ["raised", "guided"], ["sharpened"]),
    ]
    weights = {"coarse": zeros(8, 6, 3, 3), "up": zeros(8, 6, 2, 2), "fine": zeros(6, 2, 3, 3)}
    path = save(tmp_path / "made.onnx", nodes, weights)
    # A quarter of the pixels for the coarse convolution and for the inputs of the transposed one.
    expected = 8 * 6 * 9 / 4 + 8 * 6 * 4 / 4 + 6 * 2 * 9
    assert macs_per_pixel(path, load_config("s2-20m")) == pytest.approx(expected, rel=1e-12)
    assert onnx_parameters(path) == 8 * 6 * 9 + 8 * 6 * 4 + 6 * 2 * 9


def test_products_with_tensors_that_come_in_are_counted(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("Slice", ["regression", "from", "to", "axis"], ["slopes"]),
        helper.make_node("Einsum", ["slopes", "b10"], ["predicted"], equation="tc, nchw -> nthw"),
        helper.make_node("Reshape", ["predicted", "long"], ["flat"]),
        helper.make_node("MatMul", ["mixing", "flat"], ["mixed"]),
        helper.make_node("Shape", ["predicted"], ["size"]),
        helper.make_node("Reshape", ["mixed", "size"], ["sharpened"]),
    ]
    weights = {"mixing": zeros(6, 6)}
    whole = {"from": [0], "to": [4], "axis": [1], "long": [6, -1]}
    constants = {**weights, **{name: np.array(value, np.int64) for name, value in whole.items()}}
    path = save(tmp_path / "made.onnx", nodes, constants)
    assert macs_per_pixel(path, load_config("s2-20m")) == pytest.approx(6 * 4 + 6 * 6, rel=1e-12)
    assert onnx_parameters(path) == 36


def test_published_sizes() -> None:
    sizes = [(cost.name, cost.parameters) for factor in (2, 6) for cost in published_networks(factor)]
    assert sizes == [("DSen2", 1_789_574), ("VDSen2", 37_802_246), ("DSen2", 1_787_266), ("VDSen2", 37_797_634)]
    dsen2 = published_networks(2)[0]
    assert dsen2.parameters - dsen2.macs_per_pixel == 13 * 128 + 6
    assert dsen2.demo == (0.198, 0.301)


def test_our_dsen2_costs_what_the_formula_says_and_its_upsampling(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    document = load_config("s2-20m").document
    path = tmp_path / "small-dsen2.json"
    network = {"kind": "dsen2", "groups": [[4, 1], [6, 2]], "width": 8, "depth": 2}
    path.write_text(json.dumps({**document, "id": "small-dsen2", "network": network}), encoding="utf-8")
    cost = benchmark.cost_of(path, threads=1, side=32)
    weights = 9 * (10 * 8 + 4 * 8 * 8 + 8 * 6)
    # Bilinear upsampling of 6 bands: one 3 x 3 convolution to 24 channels on a quarter of the pixels.
    assert cost.macs_per_pixel == pytest.approx(weights + 6 * 24 * 9 / 4)
    assert cost.parameters == weights + 8 + 4 * 8 + 6
    assert cost.seconds_per_megapixel is not None and cost.seconds_per_megapixel > 0
    assert (cost.published, cost.name) == (None, "small-dsen2 (config)")


def test_ratios_come_from_evaluations_by_name() -> None:
    methods = {"bicubic": 100.0, "network": 30.0, "aesr": 40.0}
    figures = {name: {"rmse": value, "rmse_per_band": [value]} for name, value in methods.items()}
    rows = [{"place": "a", "degradation": "published", "methods": figures}]
    costs = with_ratios([Cost("mine", 2, 1, 1.0), Cost("other", 2, 1, 1.0)], [{"model": "mine", "rows": rows}])
    assert [(cost.name, cost.published, cost.mtf) for cost in costs] == [
        ("mine", 0.3, None),
        ("other", None, None),
        ("aesr", 0.4, None),
    ]
    assert (costs[2].parameters, costs[2].macs_per_pixel) == (126_214, 125_952)


def test_table_csv_and_picture(tmp_path: Path, capsys: Any) -> None:
    node = helper.make_node("ConvTranspose", ["b20", "up"], ["sharpened"], strides=[2, 2], group=6)
    save(tmp_path / "made.onnx", [node], {"up": zeros(6, 1, 2, 2)})
    means = {kind: {"network": value} for kind, value in (("published", 0.31), ("mtf", 0.42))}
    document = {**load_config("s2-20m").document, "id": "made", "file": "made.onnx"}
    document.update(network={"parameters": 24}, figures={"mean_ratio_to_bicubic": means})
    card = tmp_path / "made.json"
    card.write_text(json.dumps(document), encoding="utf-8")
    parser = argparse.ArgumentParser()
    benchmark.add_arguments(parser)
    files = ["--csv", str(tmp_path / "costs.csv"), "--plot", str(tmp_path / "costs.png")]
    assert benchmark.run(parser.parse_args([str(card), "--side", "64", *files])) == 0
    lines = capsys.readouterr().out.splitlines()
    (line,) = (line for line in lines if line.startswith("made"))
    assert line.split()[1:4] == ["2", "24", "6"]
    assert line.split()[6:] == ["0.310", "0.420"]
    with (tmp_path / "costs.csv").open(encoding="utf-8") as stream:
        rows = {row["name"]: row for row in csv.DictReader(stream)}
    assert list(rows) == ["made", "DSen2", "VDSen2"]
    assert float(rows["made"]["macs_per_pixel"]) == 6
    assert (tmp_path / "costs.png").read_bytes().startswith(b"\x89PNG")


def test_the_table_compares_with_dsen2_of_the_same_bands() -> None:
    lines = text_table([*published_networks(2), *published_networks(6)]).splitlines()
    assert [line.split()[4] for line in lines[1:5]] == ["1.000", "21.134", "1.000", "21.159"]


def test_what_is_not_there_is_told_in_a_sentence(tmp_path: Path, capsys: Any) -> None:
    parser = argparse.ArgumentParser()
    benchmark.add_arguments(parser)
    assert benchmark.run(parser.parse_args([str(tmp_path / "nothing.json")])) == 1
    assert "is no card, no run folder and no config" in capsys.readouterr().out

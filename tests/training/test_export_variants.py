# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
ort = pytest.importorskip("onnxruntime")
onnx = pytest.importorskip("onnx")
pytest.importorskip("osgeo")

from satsharp.core.cards import load_card, verify_digest  # noqa: E402
from satsharp.core.network import inspect_network  # noqa: E402
from satsharp.export_tools import export, variants  # noqa: E402
from satsharp.export_tools.__main__ import main  # noqa: E402
from satsharp.export_tools.chips import ChipSampler  # noqa: E402
from satsharp.export_tools.configuration import Config  # noqa: E402
from satsharp.export_tools.convolutions import image_tensors, learned_convolutions, outer_convolutions  # noqa: E402
from satsharp.export_tools.half import to_half  # noqa: E402
from satsharp.export_tools.onnx_writer import export_onnx  # noqa: E402
from satsharp.export_tools.quantize import chip_feeds, rungs, to_int8  # noqa: E402
from satsharp.export_tools.variant_card import Loss, Trial, variant_card  # noqa: E402

from .conftest import make_place  # noqa: E402
from .test_export import SETTINGS, WithSpread, trained, write_run  # noqa: E402

LEARNED = ("/head/Conv", "/blocks.0/first/Conv", "/blocks.0/second/Conv", "/tail/Conv")


@pytest.fixture()
def network(config: Config, tmp_path: Path) -> Path:
    path = tmp_path / "float32.onnx"
    export_onnx(trained(config, SETTINGS["compact"]), config, path)
    return path


def run_on(path: Path, feeds: list[dict[str, np.ndarray]]) -> list[np.ndarray]:
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    session = ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return [session.run(None, feed)[0] for feed in feeds]


def chips(path: Path, config: Config, count: int = 6) -> list[dict[str, np.ndarray]]:
    return chip_feeds(path, ChipSampler([make_place(config, 0)], config, seed=1), config, count)


def image_casts(path: Path) -> int:
    graph = onnx.load(str(path)).graph
    images = image_tensors(graph)
    return sum(node.op_type == "Cast" and node.input[0] in images for node in graph.node)


def test_learned_convolutions_are_those_with_stored_weights(network: Path) -> None:
    graph = onnx.load(str(network)).graph
    assert learned_convolutions(graph) == LEARNED
    # The injection of details, the point spread and the bilinear interpolation are convolutions too.
    assert sum(node.op_type == "Conv" for node in graph.node) > len(LEARNED)
    assert outer_convolutions(graph) == (LEARNED[:1], LEARNED[-1:])


def test_rungs_spare_the_outer_convolutions_one_after_the_other(network: Path) -> None:
    assert [names for _, names in rungs(network)] == [LEARNED, LEARNED[1:], LEARNED[1:-1]]


def test_half_precision_changes_the_result_by_rounding_only(network: Path, config: Config, tmp_path: Path) -> None:
    half = tmp_path / "half.onnx"
    assert to_half(network, half) == LEARNED
    feeds = chips(network, config)
    pairs = list(zip(run_on(network, feeds), run_on(half, feeds)))
    assert {result.dtype for pair in pairs for result in pair} == {np.dtype(np.float32)}
    worst = max(float(np.abs(a - b).max()) for a, b in pairs)
    # Corrections of at most 0.5 keep 11 bits through four layers; the skip connection keeps all.
    assert 1e-7 < worst < 2e-3
    assert half.stat().st_size < 0.65 * network.stat().st_size
    model = onnx.load(str(half))
    kinds = {tensor.name: tensor.data_type for tensor in model.graph.initializer}
    assert kinds["head.weight"] == kinds["tail.weight"] == onnx.TensorProto.FLOAT16
    # What lies between the first convolution and the last stays in float16: images are cast once in and once out.
    assert image_casts(half) == 2


def test_half_precision_keeps_scaled_residuals_and_both_outputs(config: Config, tmp_path: Path) -> None:
    dsen2, srcnn, both = tmp_path / "dsen2.onnx", tmp_path / "srcnn.onnx", tmp_path / "both.onnx"
    export_onnx(trained(config, SETTINGS["dsen2"]), config, dsen2)
    export_onnx(trained(config, {**SETTINGS["srcnn"], "skip": False}), config, srcnn)
    export_onnx(WithSpread(trained(config, SETTINGS["compact"])), config, both)
    for path in (dsen2, srcnn, both):
        to_half(path, tmp_path / "half.onnx")
        assert image_casts(tmp_path / "half.onnx") == 2
        feed = chips(path, config, 1)
        expected, actual = run_on(path, feed)[0], run_on(tmp_path / "half.onnx", feed)[0]
        assert actual.dtype == np.float32
        assert float(np.abs(actual - expected).max()) < 4e-3 * float(np.abs(expected).max())
    names = [output.name for output in onnx.load(str(tmp_path / "half.onnx")).graph.output]
    assert names == ["sharpened", "spread"]


def test_int8_stays_close_and_leaves_the_additions_alone(network: Path, config: Config, tmp_path: Path) -> None:
    small, feeds = tmp_path / "int8.onnx", chips(network, config, 12)
    to_int8(network, small, LEARNED, feeds)
    plain, quantized = run_on(network, feeds), run_on(small, feeds)
    assert {result.dtype for result in quantized} == {np.dtype(np.float32)}
    bases = [np.abs(result).max() for result in plain]
    errors = [float(np.sqrt(((a - b) ** 2).mean())) for a, b in zip(plain, quantized)]
    assert 1e-5 < max(errors) < 0.02 * float(max(bases))
    model = onnx.load(str(small))
    assert (model.ir_version, model.opset_import[0].version) == (8, 17)
    weights = [onnx.numpy_helper.to_array(t) for t in model.graph.initializer if t.name == "head.weight_quantized"]
    assert weights[0].dtype == np.int8
    # 7 bits, so that processors without VNNI do not overflow; a scale for every output channel.
    assert 32 < np.abs(weights[0]).max() <= 64
    scales = [onnx.numpy_helper.to_array(t) for t in model.graph.initializer if t.name == "head.weight_scale"]
    assert scales[0].shape == (16,)
    makers = {name: node.op_type for node in model.graph.node for name in node.output}
    last = next(node for node in reversed(model.graph.node) if node.op_type == "Add")
    assert "DequantizeLinear" in {makers[name] for node in [last] for name in _upstream(model, node, 2)}


def _upstream(model: Any, node: Any, depth: int) -> set[str]:
    """Tensors that feed a node through at most ``depth`` nodes and that a node makes."""
    makers = {name: other for other in model.graph.node for name in other.output}
    names = {name for name in node.input if name in makers}
    return names | ({name for mine in names for name in _upstream(model, makers[mine], depth - 1)} if depth else set())


def test_int8_spares_the_convolutions_that_are_not_named(network: Path, config: Config, tmp_path: Path) -> None:
    small = tmp_path / "int8.onnx"
    to_int8(network, small, LEARNED[1:-1], chips(network, config))
    names = {tensor.name for tensor in onnx.load(str(small)).graph.initializer}
    assert {"head.weight", "tail.weight", "blocks.0.first.weight_quantized"} <= names


@pytest.fixture()
def model(config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A card in a folder, and one place for every split."""
    folder = write_run(tmp_path / "run", config, SETTINGS["compact"])
    assert main(["export", str(folder), "--out", str(tmp_path / "models")]) == 0

    def places(config: Config, split: str, *rest: Any) -> list[Any]:
        seed = ("train", "validation", "test").index(split)
        return [dataclasses.replace(make_place(config, seed), id=f"made_{split}")]

    monkeypatch.setattr(export, "load_places", places)
    monkeypatch.setattr(export, "config_of_card", lambda *_: config)
    return tmp_path / "models" / "s2-20m.json"


def test_variants_are_judged_and_described(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", str(model), "--out", str(model.parent), "--variant", "fp16", "--variant", "int8"]) == 0
    printed = capsys.readouterr().out
    assert printed.count(": shipped.") == 2
    for kind in ("fp16", "int8"):
        card = load_card(model.parent / f"s2-20m-{kind}.json")
        assert len(verify_digest(card)) == 64
        assert inspect_network(card) == dataclasses.replace(
            inspect_network(load_card(model)), values_per_pixel=inspect_network(card).values_per_pixel
        )
        document = card.document
        assert document["variant_of"] == "s2-20m"
        assert document["precision"]["kind"] == kind
        assert document["precision"]["worst_change"] <= 0.02
        assert {entry["place"] for entry in document["precision"]["places"]} == {"made_validation", "made_test"}
        assert document["precision"]["bytes"][kind] < document["precision"]["bytes"]["float32"]


def test_a_variant_that_loses_more_than_two_percent_is_not_shipped(
    model: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def spoilt(source: Path, target: Path) -> None:
        network = onnx.load(str(source))
        tail = next(tensor for tensor in network.graph.initializer if tensor.name == "tail.weight")
        tail.CopyFrom(onnx.numpy_helper.from_array(onnx.numpy_helper.to_array(tail) * np.float32(5), tail.name))
        onnx.save(network, str(target))

    monkeypatch.setattr(variants, "to_half", spoilt)
    assert main(["export", str(model), "--out", str(model.parent), "--variant", "fp16"]) == 1
    printed = capsys.readouterr().out
    assert "not shipped: more than 2% is lost" in printed
    assert sorted(path.name for path in model.parent.glob("*.onnx")) == ["s2-20m.onnx"]
    assert not (model.parent / "s2-20m-fp16.json").exists()


def test_int8_goes_down_the_rungs_until_one_is_good_enough(
    model: Path, config: Config, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    document = json.loads(model.read_text("utf-8"))
    reference = variants.Reference(document, model.parent / "s2-20m.onnx", config, np.zeros((6, 6), np.float32))
    judge = variants.Judge(reference, [make_place(config, 1)], side=32)
    losses = iter([0.05, 0.03, 0.01])

    def measured(path: Path, kind: str, scope: str) -> Trial:
        return Trial(kind, scope, (Loss("made", "mtf", 100.0, 100.0 * (1 + next(losses))),), (2, 1), (1.0, 1.0))

    monkeypatch.setattr(judge, "try_file", measured)
    trials = list(variants.make_variant("int8", judge, [make_place(config, 0)], 1, tmp_path))
    assert [trial.scope for trial in trials] == [name for name, _ in rungs(reference.path)]
    assert [trial.accepted for trial in trials] == [False, False, True]
    names = {tensor.name for tensor in onnx.load(str(tmp_path / "s2-20m-int8.onnx")).graph.initializer}
    assert {"head.weight", "tail.weight"} <= names


def test_the_worst_place_decides_and_the_interval_is_not_passed_on() -> None:
    losses = (Loss("a", "mtf", 100.0, 100.0), Loss("b", "mtf", 50.0, 51.5))
    trial = Trial("int8", "all convolutions", losses, (1000, 300), (2.0, 1.0))
    assert trial.worst.place == "b"
    assert trial.mean_change == pytest.approx(0.015)
    assert not trial.accepted
    card = variant_card({"id": "x", "name": "X", "interval": {}, "figures": {}, "file": "x.onnx"}, trial, "make it")
    assert (card["id"], card["file"], card["variant_of"]) == ("x-int8", "x-int8.onnx", "x")
    assert not {"interval", "figures"} & set(card)


def test_variants_need_held_out_places(config: Config, model: Path) -> None:
    document = json.loads(model.read_text("utf-8"))
    reference = variants.Reference(document, model.parent / "s2-20m.onnx", config, np.zeros((6, 6), np.float32))
    with pytest.raises(ValueError, match="SATSHARP_DATA"):
        variants.Judge(reference, [])

# SPDX-License-Identifier: GPL-2.0-or-later
"""ONNX files without a description: guesses are told, answers win, and the file itself stays as it is."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

onnx = pytest.importorskip("onnx")
pytest.importorskip("torch")
pytest.importorskip("onnxruntime")

from satsharp.core.cards import load_card  # noqa: E402
from satsharp.core.errors import ModelError  # noqa: E402
from satsharp.core.onnx_graph import read_graph  # noqa: E402
from satsharp.export_tools.__main__ import main  # noqa: E402
from satsharp.export_tools.converters.framework import ConversionError  # noqa: E402

from .onnx_files import Net, fixed, run_file  # noqa: E402
from .torch_layouts import convert  # noqa: E402


def write(path: Path, channels: int = 4, scale: int = 2, divisor: float = 10000.0) -> Path:
    net = Net(channels).step("Div", divisor).conv(8).conv(channels).enlarge(scale).step("Mul", divisor)
    return net.save(path)


def test_guesses_are_told(tmp_path: Path) -> None:
    finished, recognised = convert(write(tmp_path / "my net (1).onnx"), tmp_path / "out")
    card = load_card(finished.card)
    assert card.id == "my-net--1-" and card.input_bands == ("B02", "B03", "B04", "B08")
    assert (card.gsd, card.scale_factor, card.sensor, card.value_scale) == (5.0, 2, "sentinel2", 10000.0)
    notes = "\n".join(recognised.notes)
    for text in (
        "bands: B02, B03, B04, B08 - a guess: four channels",
        "gsd: 10 m - a guess:",
        "factor: 2 - a guess: from the operations of the graph",
        "range: dn (network value = reflectance x 10000 + 0) - a guess: its first operation is Div with 10000",
        "--set range=... says otherwise.",
    ):
        assert text in notes
    assert json.loads(finished.card.read_text())["licence"] == "NOASSERTION"


def test_answers_win(tmp_path: Path) -> None:
    path = write(tmp_path / "net.onnx", channels=3)
    finished, recognised = convert(
        path, tmp_path, bands="B4,B3,B2", gsd=30, factor=2, range="2,-1", sensor="landsat", levels="L1TP,L2SP"
    )
    card = load_card(finished.card)
    assert card.input_bands == card.target_bands == ("B4", "B3", "B2")
    assert (card.gsd, card.value_scale, card.value_offset, card.sensor) == (15.0, 2.0, -1.0, "landsat")
    assert card.levels == ("L1TP", "L2SP") and "range: 2,-1 " in " ".join(recognised.notes)
    assert sum("as given." in note for note in recognised.notes) == 4


def test_the_values_stay(tmp_path: Path) -> None:
    path = write(tmp_path / "net.onnx")
    finished, _ = convert(path, tmp_path / "out", range="8bit")
    scene = np.random.default_rng(0).uniform(0, 9000, (1, 4, 20, 24))
    np.testing.assert_array_equal(
        run_file(finished.card.with_suffix(".onnx"), image=scene), run_file(path, image=scene)
    )
    assert load_card(finished.card).value_scale == 255.0


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"bands": "a,b"}, "4 channels, but the description names 2 bands"),
        ({"output_bands": "a,b"}, "output has 4 channels, but the description names 2"),
        ({"factor": 3}, "makes 2 pixels .* says 3"),
        ({"factor": -1}, "must be positive"),
        ({"gsd": 0}, "must be positive"),
        ({"gsd": "ten"}, "gsd=ten is no number"),
        ({"range": "wide"}, "range=wide is none of reflectance, dn, 8bit, signed"),
        ({"range": "0,1"}, "range=0,1 is none"),
        ({"range": "1,2,3"}, "range=1,2,3 is none"),
    ],
)
def test_answers_that_do_not_fit_are_refused(settings: dict[str, str], sentence: str, tmp_path: Path) -> None:
    with pytest.raises(ConversionError, match=sentence):
        convert(write(tmp_path / "net.onnx"), tmp_path / "out", "onnx", **settings)
    assert not list(tmp_path.glob("out/*.onnx"))


def test_fixed_sizes_become_free(tmp_path: Path) -> None:
    net = Net(3).conv(3).enlarge(2)
    net.save(tmp_path / "net.onnx", (1, 3, 64, 64))
    fixed(tmp_path / "net.onnx", 32, 32)
    finished, recognised = convert(tmp_path / "net.onnx", tmp_path / "out")
    assert load_card(finished.card).scale_factor == 2
    assert "insisted on 32 x 32" in " ".join(recognised.notes)


def test_networks_that_shrink_are_refused(tmp_path: Path) -> None:
    net = Net(3)
    net.add("AveragePool", kernel_shape=[2, 2], strides=[2, 2]).save(tmp_path / "net.onnx")
    with pytest.raises(ConversionError, match="makes 1/2 pixels"):
        convert(tmp_path / "net.onnx", tmp_path / "out")


def test_global_operations_are_told(tmp_path: Path) -> None:
    net = Net(3).conv(3).add("GlobalAveragePool")
    pooled = net.last
    net.last = "t0"
    net.add("Mul", pooled).save(tmp_path / "net.onnx")
    finished, _ = convert(tmp_path / "net.onnx", tmp_path / "out")
    assert finished.tiling == "blended" and finished.global_operations == ("GlobalAveragePool n1",)


def test_damaged_and_new_files_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "net.onnx")
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(ModelError, match="damaged or truncated"):
        convert(path, tmp_path / "out")
    Net(3, opset=25).conv(3).save(path)
    with pytest.raises(ModelError, match="opset 25"):
        convert(path, tmp_path / "out")


def test_several_inputs_need_a_description(tmp_path: Path) -> None:
    path = write(tmp_path / "net.onnx")
    model = onnx.load(str(path))
    second = model.graph.input.add()
    second.CopyFrom(model.graph.input[0])
    second.name = "mask"
    path.write_bytes(model.SerializeToString())
    with pytest.raises(ModelError, match="2 inputs and 1 outputs .* STAC MLM item"):
        convert(path, tmp_path / "out", "onnx")


def test_values_that_are_no_numbers_are_refused(tmp_path: Path) -> None:
    Net(3).conv(3).step("Mul", float("nan")).save(tmp_path / "net.onnx")
    with pytest.raises(ConversionError, match="values that are no numbers"):
        convert(tmp_path / "net.onnx", tmp_path / "out")


def test_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "net.onnx")
    out = tmp_path / "out"
    assert main(["convert", str(path), "--as", "onnx", "--out", str(out), "--set", "gsd=20", "--id", "mine"]) == 0
    assert "gsd: 20 m - as given." in capsys.readouterr().out
    assert read_graph(out / "mine.onnx").opset == 17
    assert main(["convert", str(path), "--as", "onnx", "--out", str(out), "--set", "gsd=x"]) == 1
    assert "--set gsd=x is no number." in capsys.readouterr().err

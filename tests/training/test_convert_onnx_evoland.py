# SPDX-License-Identifier: GPL-2.0-or-later
"""Evoland's networks: the yaml of four keys, digital numbers in and out, bands of 20 m on their own grid."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

onnx = pytest.importorskip("onnx")
pytest.importorskip("torch")
pytest.importorskip("onnxruntime")

from satsharp.core.cards import load_card  # noqa: E402
from satsharp.core.errors import ModelError, SensorError  # noqa: E402
from satsharp.core.network import inspect_network  # noqa: E402
from satsharp.core.onnx_graph import read_graph  # noqa: E402
from satsharp.export_tools.converters.framework import ConversionError  # noqa: E402
from satsharp.export_tools.converters.onnx_evoland import read_description  # noqa: E402

from .onnx_files import Net, cubic, run_file  # noqa: E402
from .torch_layouts import convert  # noqa: E402

TEN = ("B2", "B3", "B4", "B8", "B5", "B6", "B7", "B8A", "B11", "B12")
FLOW = '{{\n"model" : "{model}",\n"bands" : [ {bands}, ],\n"margin" : 32,\n"factor" : {factor}.\n}}\n'
BLOCK = "# Evoland\nbands:\n{lines}factor: {factor}.0  # times\nmargin: 66\nmodel: '{model}'\n"


def write(folder: Path, bands: tuple[str, ...], factor: int, style: str = FLOW, **changes: Any) -> Path:
    """A network that standardises digital numbers, as CESBIO's export wraps it, and its description."""
    net = Net(len(bands), **changes)
    means = np.linspace(0.05, 0.3, len(bands)).reshape(1, -1, 1, 1)
    net.step("Div", 10000.0).step("Sub", means).step("Div", 0.1).conv(12).add("Relu").conv(len(bands), 5)
    net.enlarge(factor).step("Mul", 0.1).step("Add", means).step("Mul", 10000.0)
    net.save(folder / "net.onnx")
    path = folder / "net.yaml"
    quoted, lines = ", ".join(f'"{band}"' for band in bands), "".join(f"- {band}\n" for band in bands)
    path.write_text(style.format(model="net.onnx", bands=quoted, lines=lines, factor=factor), encoding="utf-8")
    return path


def numbers(rng: np.random.Generator, *shape: int) -> np.ndarray:
    return rng.uniform(-200, 6000, shape).astype(np.float32)


@pytest.mark.parametrize("style", [FLOW, BLOCK])
def test_description(style: str, tmp_path: Path) -> None:
    found = read_description(write(tmp_path, TEN, 2, style))
    assert found.bands == TEN and found.factor == 2 and found.model == tmp_path / "net.onnx"
    assert found.margin == (32 if style is FLOW else 66)


def test_plain_is_the_file_itself(tmp_path: Path) -> None:
    path = write(tmp_path, TEN, 2)
    finished, _ = convert(path, tmp_path / "out", plain=True)
    scene = numbers(np.random.default_rng(1), 1, 10, 13, 17)
    ours, theirs = (
        run_file(finished.card.with_suffix(".onnx"), image=scene),
        run_file(tmp_path / "net.onnx", image=scene),
    )
    np.testing.assert_array_equal(ours, theirs)
    card = load_card(finished.card)
    assert [(entry.name, entry.gsd) for entry in card.inputs] == [("input", 10.0)]
    assert (card.value_scale, card.value_offset, card.gsd, card.scale_factor) == (10000.0, 0.0, 5.0, 2)


@pytest.mark.parametrize("bands", [TEN, ("B5", "B2", "B8A", "B8", "B3")])
def test_bands_of_20_m_come_on_their_own_grid(bands: tuple[str, ...], tmp_path: Path) -> None:
    path = write(tmp_path, bands, 2, BLOCK)
    finished, recognised = convert(path, tmp_path / "out")
    card = load_card(finished.card)
    assert [(entry.name, entry.gsd) for entry in card.inputs] == [("b10", 10.0), ("b20", 20.0)]
    assert (card.gsd, card.scale_factor, card.sensor, card.licence) == (5.0, 4, "sentinel2", "Apache-2.0")
    rng = np.random.default_rng(2)
    scene = {
        entry.name: numbers(rng, 2, len(entry.bands), *(s // int(entry.gsd / 10) for s in (28, 36)))
        for entry in card.inputs
    }
    raised = {"b10": scene["b10"], "b20": cubic(scene["b20"], 2)}
    places = {band: (entry.name, place) for entry in card.inputs for place, band in enumerate(entry.bands)}
    order = [places["B" + band[1:].zfill(2) if band != "B8A" else band] for band in bands]
    stacked = np.stack([raised[name][:, place] for name, place in order], axis=1)
    ours = run_file(finished.card.with_suffix(".onnx"), **scene)
    theirs = run_file(tmp_path / "net.onnx", image=stacked)
    assert np.abs(ours - theirs).max() < 2e-5 * np.abs(theirs).max()
    assert card.target_bands == tuple("B" + band[1:].zfill(2) if band != "B8A" else band for band in bands)
    # 1 + 2 of the convolutions, 1 of the last enlargement, in pixels of 10 m; 2 more of the cubic kernel at 20 m.
    assert finished.tiling == "exact" and finished.halo == 4
    assert inspect_network(card).global_operations == ()
    assert "margin of 66 output pixels" in recognised.notes[0]


def test_bands_of_20_m_only_stay_so(tmp_path: Path) -> None:
    path = write(tmp_path, ("B5", "B6", "B7", "B8A"), 4)
    finished, _ = convert(path, tmp_path / "out")
    card = load_card(finished.card)
    assert [(entry.name, entry.gsd) for entry in card.inputs] == [("input", 20.0)]
    assert (card.gsd, card.scale_factor) == (5.0, 4)


def test_the_network_may_be_named_instead(tmp_path: Path) -> None:
    write(tmp_path, ("B2", "B3", "B4", "B8"), 2)
    finished, recognised = convert(tmp_path / "net.onnx", tmp_path / "out")
    assert recognised.family == "Evoland" and finished.card.stem == "evoland-net"
    assert (tmp_path / "out" / "SHA256SUMS").read_text().count("net.onnx") == 3


def test_weights_beside_the_network_become_part_of_it(tmp_path: Path) -> None:
    path = write(tmp_path, ("B2", "B3", "B4", "B8"), 2)
    scene = numbers(np.random.default_rng(3), 1, 4, 16, 16)
    before = run_file(tmp_path / "net.onnx", image=scene)
    model = onnx.load(str(tmp_path / "net.onnx"))
    onnx.save(model, str(tmp_path / "net.onnx"), save_as_external_data=True, location="weights.bin", size_threshold=0)
    assert read_graph(tmp_path / "net.onnx").external_data == ("weights.bin",)
    finished, _ = convert(path, tmp_path / "out")
    made = finished.card.with_suffix(".onnx")
    assert read_graph(made).external_data == ()
    np.testing.assert_array_equal(run_file(made, image=scene), before)


def outside(path: Path) -> None:
    model = onnx.load(str(path))
    onnx.save(model, str(path), save_as_external_data=True, location="weights.bin", size_threshold=0)
    path.write_bytes(path.read_bytes().replace(b"weights.bin", b"../else.bin"))


@pytest.mark.parametrize(
    ("old", "new", "error", "sentence"),
    [
        ("factor", "factr", ConversionError, "lacks the key factor"),
        ("2.", "4.", ConversionError, "makes 2 pixels .* says 4"),
        ("2.", "two", ConversionError, "factor two"),
        ('"B8", ', "", ConversionError, "4 channels, .* 3 bands"),
        ("B8", "B99", SensorError, "no band 'B99'"),
        ("net.onnx", "../net.onnx", ConversionError, "outside of its own"),
        ("net.onnx", "/net.onnx", ConversionError, "outside of its own"),
        ("net.onnx", "no.onnx", ConversionError, "not beside it"),
    ],
)
def test_descriptions_that_do_not_fit_are_refused(
    old: str, new: str, error: type[Exception], sentence: str, tmp_path: Path
) -> None:
    path = write(tmp_path, ("B2", "B3", "B8", "B4"), 2)
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(error, match=sentence):
        convert(path, tmp_path / "out", "evoland")
    assert not list(tmp_path.glob("out/*.onnx"))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda path: path.write_bytes(path.read_bytes()[:-40]), "damaged or truncated"),
        (lambda path: path.write_bytes(b"\x80\x02}q\x00."), "Python pickle"),
        (outside, "outside its own folder"),
    ],
)
def test_unsafe_and_damaged_networks_are_refused(change: Any, sentence: str, tmp_path: Path) -> None:
    path = write(tmp_path, ("B2", "B3", "B4", "B8"), 2)
    change(tmp_path / "net.onnx")
    with pytest.raises(ModelError, match=sentence):
        convert(path, tmp_path / "out", "evoland")
    assert not list(tmp_path.glob("out/*.onnx"))


def test_operators_of_their_own_and_new_opsets_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path, ("B2", "B3", "B4", "B8"), 2)
    Net(4).add("Evil", domain="my.domain").save(tmp_path / "net.onnx")
    with pytest.raises(ModelError, match=r"operators that need code of their own: my\.domain\.Evil"):
        convert(path, tmp_path / "out", "evoland")
    Net(4, opset=25).conv(4).enlarge(2).save(tmp_path / "net.onnx")
    with pytest.raises(ModelError, match="opset 25 .* at most 24"):
        convert(path, tmp_path / "out", "evoland")


def test_file_version_is_lowered_for_older_runtimes(tmp_path: Path) -> None:
    path = write(tmp_path, ("B2", "B3", "B4", "B8"), 2)
    Net(4, opset=16).step("Div", 10000.0).conv(4).enlarge(2).step("Mul", 10000.0).save(
        tmp_path / "net.onnx", ir_version=10
    )
    finished, _ = convert(path, tmp_path / "out")
    made = read_graph(finished.card.with_suffix(".onnx"))
    assert (made.opset, made.ir_version) == (16, 8)

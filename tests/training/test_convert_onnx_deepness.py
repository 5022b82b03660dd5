# SPDX-License-Identifier: GPL-2.0-or-later
"""Deepness' networks: metadata keys, fixed sizes, standardisation, and outputs of 0..1 or 0..255."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnx")
pytest.importorskip("torch")
pytest.importorskip("onnxruntime")

from satsharp.core.cards import load_card  # noqa: E402
from satsharp.core.network import inspect_network  # noqa: E402
from satsharp.export_tools.converters.framework import ConversionError  # noqa: E402

from .onnx_files import Net, fixed, run_file  # noqa: E402
from .torch_layouts import convert  # noqa: E402

MEAN, DEVIATION = [0.45, 0.4, 0.35], [0.2, 0.21, 0.22]


def metadata(**changes: Any) -> dict[str, str]:
    """As Deepness' documentation has it: every value is a JSON text."""
    values = {"model_type": "Superresolution", "resolution": 1000, "tile_size": 32, "tiles_overlap": 0}
    values = {key: value for key, value in {**values, **changes}.items() if value is not None}
    return {key: json.dumps(value) for key, value in values.items()}


def write(path: Path, scale: int = 2, top: float = 1.0, channels: int = 3, **changes: Any) -> Path:
    net = Net(channels)
    if "standardization_mean" in changes:
        net.step("Mul", np.reshape(DEVIATION[:channels], (1, -1, 1, 1)))
        net.step("Add", np.reshape(MEAN[:channels], (1, -1, 1, 1)))
    net.conv(8).add("Relu").conv(channels).enlarge(scale)
    if top != 1:
        net.step("Mul", top)
    net.save(path, metadata=metadata(**changes))
    fixed(path, 32, 32)
    return path


def theirs(path: Path, tile: np.ndarray, standardise: bool, scaling: float) -> np.ndarray:
    """Deepness' own steps on a tile of 8-bit values."""
    values = tile / 255
    if standardise:
        values = (values - np.reshape(MEAN, (1, -1, 1, 1))) / np.reshape(DEVIATION, (1, -1, 1, 1))
    return run_file(path, image=values) * scaling


@pytest.mark.parametrize("standardise", [False, True])
@pytest.mark.parametrize(("scale", "top"), [(2, 1.0), (4, 255.0)])
def test_values_are_those_of_deepness(standardise: bool, scale: int, top: float, tmp_path: Path) -> None:
    changes = {"standardization_mean": MEAN, "standardization_std": DEVIATION} if standardise else {}
    path = write(tmp_path / "net.onnx", scale, top, **changes)
    finished, recognised = convert(path, tmp_path / "out")
    card = load_card(finished.card)
    tile = np.random.default_rng(1).integers(0, 256, (1, 3, 32, 32)).astype(np.float32)
    # The card's own range: network value = 8-bit value / 255 x scale + offset, and back.
    made = run_file(finished.card.with_suffix(".onnx"), image=tile / 255 * card.value_scale + card.value_offset)
    ours = (made - card.value_offset) / card.value_scale * 255
    expected = theirs(path, tile, standardise, 255 / top)
    assert np.abs(ours - expected).max() < 2e-5 * np.abs(expected).max()
    assert (card.gsd, card.scale_factor, card.sensor) == (10 / scale, scale, "any")
    assert card.input_bands == card.target_bands == ("red", "green", "blue")
    notes = " ".join(recognised.notes)
    assert f"0..{top:g} - a trial" in notes and "insisted on 32 x 32 pixels" in notes


def test_any_size_works_after_conversion(tmp_path: Path) -> None:
    finished, _ = convert(write(tmp_path / "net.onnx"), tmp_path / "out")
    made = run_file(finished.card.with_suffix(".onnx"), image=np.ones((2, 3, 41, 17)))
    assert made.shape == (2, 3, 82, 34)
    assert finished.tiling == "exact" and inspect_network(load_card(finished.card)).halo == 3


def test_the_output_range_may_be_said(tmp_path: Path) -> None:
    path = write(tmp_path / "net.onnx")
    tile = np.full((1, 3, 32, 32), 0.5, np.float32)
    first, _ = convert(path, tmp_path / "a", output=1)
    second, _ = convert(path, tmp_path / "b", output=255)
    ratio = run_file(first.card.with_suffix(".onnx"), image=tile) / run_file(
        second.card.with_suffix(".onnx"), image=tile
    )
    np.testing.assert_allclose(ratio, 255, rtol=1e-5)
    with pytest.raises(ConversionError, match="output=7 is neither 1 nor 255"):
        convert(path, tmp_path / "c", output=7)


def test_other_spellings(tmp_path: Path) -> None:
    """Keys of the documentation that Deepness never reads, values without quotes, any case, plain text."""
    net = Net(1).conv(4).conv(1).enlarge(2)
    keys = {"model_type": "superResolution", "tiles_size": "32", "resolution": "74", "class_names": "{0: 'a'}"}
    net.save(tmp_path / "net.onnx", metadata=keys)
    finished, recognised = convert(tmp_path / "net.onnx", tmp_path / "out", bands="gray")
    card = load_card(finished.card)
    assert recognised.family == "Deepness" and card.gsd == pytest.approx(0.37) and card.target_bands == ("gray",)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"model_type": "Segmentor"}, "is a Deepness Segmentor, no Superresolution"),
        ({"standardization_mean": MEAN}, "must each be 3 numbers"),
        ({"standardization_mean": MEAN, "standardization_std": [0.2, 0.2]}, "must each be 3 numbers"),
        ({"standardization_mean": MEAN, "standardization_std": [0.2, 0.0, 0.2]}, "deviations above 0"),
        ({"standardization_mean": "x", "standardization_std": DEVIATION}, "must each be 3 numbers"),
    ],
)
def test_what_does_not_fit_is_refused(changes: dict[str, Any], sentence: str, tmp_path: Path) -> None:
    with pytest.raises(ConversionError, match=sentence):
        convert(write(tmp_path / "net.onnx", **changes), tmp_path / "out", "deepness")


def test_networks_of_one_size_only_are_refused(tmp_path: Path) -> None:
    """A reshape with the sizes of the tile in it."""
    net = Net(3).conv(12)
    net.add("Reshape", net.constant([1, 3, 2, 2, 32, 32], np.int64)).add("Transpose", perm=[0, 1, 4, 2, 5, 3])
    net.add("Reshape", net.constant([1, 3, 64, 64], np.int64))
    net.channels = 3
    net.save(tmp_path / "net.onnx", (1, 3, 64, 64), metadata())
    fixed(tmp_path / "net.onnx", 32, 32)
    with pytest.raises(ConversionError, match="works at 32 x 32 pixels only"):
        convert(tmp_path / "net.onnx", tmp_path / "out")


def test_a_bare_file_is_no_deepness_file(tmp_path: Path) -> None:
    Net(3).conv(3).enlarge(2).save(tmp_path / "net.onnx")
    assert convert(tmp_path / "net.onnx", tmp_path / "out")[1].family == "ONNX"
    with pytest.raises(ConversionError, match="Deepness file without model_type"):
        convert(tmp_path / "net.onnx", tmp_path / "out", "deepness")

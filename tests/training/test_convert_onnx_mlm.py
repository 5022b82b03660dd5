# SPDX-License-Identifier: GPL-2.0-or-later
"""STAC MLM items: bands and their grids, value scaling in all its forms, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

onnx = pytest.importorskip("onnx")
pytest.importorskip("torch")
pytest.importorskip("onnxruntime")

from onnx import TensorProto, helper, numpy_helper  # noqa: E402
from satsharp.core.cards import load_card  # noqa: E402
from satsharp.core.errors import ModelError  # noqa: E402
from satsharp.export_tools.converters.framework import ConversionError  # noqa: E402
from satsharp.export_tools.converters.mlm_scaling import Scaling, scalings_of  # noqa: E402

from .onnx_files import Net, run_file  # noqa: E402
from .torch_layouts import convert  # noqa: E402

ORDER = ["batch", "channel", "height", "width"]


def item(bands: list[Any], scaling: Any = None, **properties: Any) -> dict[str, Any]:
    """An item of version 1.4 with one input."""
    entry = {
        "name": "input",
        "bands": bands,
        "input": {"shape": [-1, 3, 64, 64], "dim_order": ORDER, "data_type": "float32"},
    }
    if scaling is not None:
        entry["value_scaling"] = scaling
    result = {"shape": [-1, 3, 128, 128], "dim_order": ORDER, "data_type": "float32"}
    return {
        "type": "Feature",
        "stac_version": "1.0.0",
        "id": "my-model",
        "properties": {
            "license": "CC-BY-4.0",
            "mlm:name": "My model",
            "mlm:tasks": ["super-resolution"],
            "mlm:input": [entry],
            "mlm:output": [{"name": "output", "tasks": ["super-resolution"], "result": result}],
            **properties,
        },
        "assets": {
            "code": {"href": "https://example.org/code", "roles": ["mlm:source_code"]},
            "model": {
                "href": "./net.onnx",
                "type": "application/octet-stream; framework=onnx",
                "roles": ["mlm:model", "mlm:weights"],
                "mlm:artifact_type": "onnx",
            },
        },
    }


def save(folder: Path, document: dict[str, Any]) -> Path:
    path = folder / "item.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def network(folder: Path, channels: int, scale: int = 2, gain: float = 1.0, level: float = 0.0) -> Path:
    """Its output is about gain x input + level."""
    net = Net(channels).conv(channels).enlarge(scale)
    return net.step("Mul", gain).step("Add", level).save(folder / "net.onnx")


def reflectances(*shape: int) -> np.ndarray:
    return np.random.default_rng(4).uniform(0.02, 0.6, shape)


SCALES = {
    "none": (None, lambda dn, band: dn),
    "one for all": ([{"type": "min-max", "minimum": 100, "maximum": 8100}], lambda dn, band: (dn - 100) / 8000),
    "z-score": (
        [{"type": "z-score", "mean": 1000 + 100 * band, "stddev": 500 + 50 * band} for band in range(3)],
        lambda dn, band: (dn - 1000 - 100 * band) / (500 + 50 * band),
    ),
    "scale": ([{"type": "scale", "value": 10000}], lambda dn, band: dn / 10000),
    "mixed": (
        [{"type": "offset", "value": 50}, {"type": "clip", "minimum": 500, "maximum": 4000}, {"type": None}],
        lambda dn, band: dn - 50 if band == 0 else np.clip(dn, 500, 4000) if band == 1 else dn,
    ),
}


@pytest.mark.parametrize("name", SCALES)
@pytest.mark.parametrize("output", ["network", "stored"])
def test_value_scaling(name: str, output: str, tmp_path: Path) -> None:
    scaling, to_network = SCALES[name]
    bands = ["B04", "B03", "B02"]
    network(tmp_path, 3)
    finished, _ = convert(save(tmp_path, item(bands, scaling)), tmp_path / "out", output=output)
    card = load_card(finished.card)
    scene = reflectances(1, 3, 20, 26)
    given = np.stack([to_network(scene[:, band] * 10000, band) for band in range(3)], 1)
    made = run_file(tmp_path / "net.onnx", image=given).astype(np.float64)
    if output == "network":
        # Back by the inverse of each band's straight line.
        for band in range(3):
            line = [to_network(value, band) for value in (1000.0, 2000.0)]
            made[:, band] = (made[:, band] - line[0]) / (line[1] - line[0]) * 1000 + 1000
    expected = made / 10000
    ours = run_file(finished.card.with_suffix(".onnx"), image=scene * card.value_scale + card.value_offset)
    found = (ours - card.value_offset) / card.value_scale
    assert np.abs(found - expected).max() < 5e-5 * np.abs(expected).max()
    assert card.sensor == "sentinel2" and card.input_bands == ("B04", "B03", "B02")
    uniform = name in ("none", "one for all", "scale")
    assert (card.value_scale != 1.0 or name == "scale") == uniform


@pytest.mark.parametrize(("gain", "level", "choice"), [(1.0, 0.0, "network"), (3000.0, 1500.0, "stored values")])
def test_the_range_of_the_output_is_tried(gain: float, level: float, choice: str, tmp_path: Path) -> None:
    """Standardised values are about 0; an output of some thousands is in digital numbers."""
    network(tmp_path, 3, gain=gain, level=level)
    scaling = [{"type": "z-score", "mean": 2750, "stddev": 1300}]
    _, recognised = convert(save(tmp_path, item(["B04", "B03", "B02"], scaling)), tmp_path / "out")
    assert (
        f"Output in the range of {'the network' if choice == 'network' else choice} - a trial"
        in recognised.notes[-2] + recognised.notes[-1]
    )


def test_bands_of_several_grids(tmp_path: Path) -> None:
    network(tmp_path, 4)
    document = item(["B02 - blue", {"name": "B05"}, "B8A", "B08"], [{"type": "scale", "value": 10000}])
    document["assets"]["model"]["raster:bands"] = [
        {"name": "B02 - blue", "scale": 0.0001, "offset": -0.1, "spatial_resolution": 10},
        {"name": "B05", "scale": 0.0001, "offset": -0.1},
    ]
    finished, _ = convert(save(tmp_path, document), tmp_path / "out")
    card = load_card(finished.card)
    assert [(entry.name, entry.bands, entry.gsd) for entry in card.inputs] == [
        ("b10", ("B02", "B08"), 10.0),
        ("b20", ("B05", "B8A"), 20.0),
    ]
    assert (card.gsd, card.scale_factor, card.licence) == (5.0, 4, "CC-BY-4.0")
    assert (card.value_scale, card.value_offset) == (1.0, 0.0)  # offsets differ from band to band: in the graph
    plain, _ = convert(save(tmp_path, document), tmp_path / "plain", plain=True)
    assert [entry.gsd for entry in load_card(plain.card).inputs] == [10.0]


def test_two_inputs_on_two_grids(tmp_path: Path) -> None:
    """Pan of 15 m and multispectral bands of 30 m, matched by name, the order of the item being another."""
    tensors = [
        helper.make_tensor_value_info("ms", TensorProto.FLOAT, ["n", 2, "h", "w"]),
        helper.make_tensor_value_info("pan", TensorProto.FLOAT, ["n", 1, "ph", "pw"]),
    ]
    made = helper.make_tensor_value_info("output", TensorProto.FLOAT, ["n", 2, "oh", "ow"])
    scales = numpy_helper.from_array(np.array([1, 1, 2, 2], np.float32), "scales")
    nodes = [
        helper.make_node("Resize", ["ms", "", "scales"], ["up"], mode="nearest", name="up"),
        helper.make_node("Add", ["up", "pan"], ["output"], name="add"),
    ]
    graph = helper.make_graph(nodes, "net", tensors, [made], [scales])
    onnx.save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), str(tmp_path / "net.onnx")
    )
    document = item([])
    document["properties"]["mlm:input"] = [
        {"name": "pan", "bands": ["p"], "input": {"shape": [1, 1, 8, 8], "dim_order": ORDER, "data_type": "float32"}},
        {
            "name": "ms",
            "bands": ["a", "b"],
            "input": {"shape": [1, 2, 4, 4], "dim_order": ORDER, "data_type": "float32"},
        },
    ]
    document["assets"]["model"]["bands"] = [
        {"name": "p", "gsd": 15},
        {"name": "a", "gsd": 30},
        {"name": "b", "gsd": 30},
    ]
    finished, _ = convert(save(tmp_path, document), tmp_path / "out")
    card = load_card(finished.card)
    assert [(entry.name, entry.bands, entry.gsd) for entry in card.inputs] == [
        ("pan", ("p",), 15.0),
        ("ms", ("a", "b"), 30.0),
    ]
    assert (card.gsd, card.scale_factor, card.target_bands, card.sensor) == (15.0, 2, ("a", "b"), "any")


def test_scaling_of_old_versions() -> None:
    entry = {"norm_type": "z-score", "statistics": [{"mean": 2.0, "stddev": 4.0}, {"mean": 1.0, "stddev": 0.5}]}
    assert scalings_of(entry, 2) == (Scaling(0.25, -0.5), Scaling(2.0, -2.0))
    assert scalings_of({"norm_type": None}, 3) == (Scaling(),) * 3
    with pytest.raises(ConversionError, match="norm_type 'l2' is none of"):
        scalings_of({"norm_type": "l2", "statistics": []}, 2)


@pytest.mark.parametrize(
    ("scaling", "sentence"),
    [
        (
            [{"type": "processing", "format": "python", "expression": "a:b"}],
            "needs code of its own, which is never run",
        ),
        ([{"type": "z-score", "mean": 1}], "needs the number stddev"),
        ([{"type": "z-score", "mean": 1, "stddev": 0}], "divides by 0"),
        ([{"type": "min-max", "minimum": 5, "maximum": 5}], "divides by 0"),
        ([{"type": "scale", "value": True}], "needs the number value"),
        ([{"type": None}, {"type": None}], "2 entries for 3 bands"),
        ("all", "must be a list"),
    ],
)
def test_scalings_that_are_refused(scaling: Any, sentence: str) -> None:
    with pytest.raises(ConversionError, match=sentence):
        scalings_of({"value_scaling": scaling}, 3)


def edit(path: str, value: Any) -> Any:
    """Return a function that writes a value at a path of keys; ``None`` removes the key."""

    def change(document: dict[str, Any]) -> None:
        *parents, last = path.split("/")
        place: Any = document
        for key in parents:
            place = place[int(key) if key.isdigit() else key]
        if value is None:
            del place[last]
        else:
            place[last] = value

    return change


INPUT = "properties/mlm:input/0"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (edit("assets/model/href", "https://example.org/net.onnx"), "Download it, and write its name into href"),
        (edit("assets/model/href", "../net.onnx"), "outside of its own folder"),
        (edit("assets/model/href", "C:\\net.onnx"), "outside of its own folder"),
        (edit("assets/model/href", "other.onnx"), "which is not there"),
        (edit("assets/model/roles", ["data"]), "no asset of the role mlm:model"),
        (edit("assets/model/bands", [{"name": "B04", "scale": 0}]), "scale 0.0 of B04"),
        (edit("assets", None), "no valid STAC MLM item: KeyError"),
        (edit("properties/mlm:input", None), "no STAC item with the properties of the MLM extension"),
        (edit("properties/mlm:output", []), "no valid STAC MLM item"),
        (edit(f"{INPUT}/pre_processing_function", {"format": "python", "expression": "os:remove"}), "never run"),
        (edit("properties/mlm:output/0/post_processing_function", {"format": "python"}), "never run"),
        (edit(f"{INPUT}/bands", []), "names no bands"),
        (edit(f"{INPUT}/bands", ["B02", "B03"]), "3 channels, .* names 2 bands"),
        (edit(f"{INPUT}/bands", ["a", "b", "c"]), "does not tell the GSD of input"),
        (edit(f"{INPUT}/bands", [{"name": "B02", "format": "gdal-calc", "expression": "A"}]), "by an expression"),
        (edit(f"{INPUT}/input/dim_order", ["batch", "time", "channel", "height", "width"]), "only batch, channel"),
    ],
)
def test_items_that_are_refused(change: Any, sentence: str, tmp_path: Path) -> None:
    network(tmp_path, 3)
    document = item(["B04", "B03", "B02"])
    change(document)
    with pytest.raises(ConversionError, match=sentence):
        convert(save(tmp_path, document), tmp_path / "out", "mlm")


def test_files_that_are_no_items(tmp_path: Path) -> None:
    for text in ("[1, 2]", "{", "[" * 100_000, "null"):
        (tmp_path / "item.json").write_text(text)
        with pytest.raises(ConversionError):
            convert(tmp_path / "item.json", tmp_path / "out", "mlm")
    network(tmp_path, 3)
    (tmp_path / "net.onnx").write_bytes((tmp_path / "net.onnx").read_bytes()[:-30])
    with pytest.raises(ModelError, match="damaged or truncated"):
        convert(save(tmp_path, item(["B04", "B03", "B02"])), tmp_path / "out", "mlm")


def test_item_is_recognised_and_gsd_may_be_said(tmp_path: Path) -> None:
    network(tmp_path, 3)
    path = save(tmp_path, item(["a", "b", "c"]))
    finished, recognised = convert(path, tmp_path / "out", gsd=0.5, output_bands="x,y,z")
    card = load_card(finished.card)
    assert recognised.family == "STAC MLM" and (card.gsd, card.target_bands) == (0.25, ("x", "y", "z"))
    origin = json.loads(finished.card.read_text())["origin"]
    assert origin["file"] == "net.onnx" and origin["bytes"] == (tmp_path / "net.onnx").stat().st_size

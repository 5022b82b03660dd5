# SPDX-License-Identifier: GPL-2.0-or-later
"""Planning refuses what cannot work, with a sentence, before any pixel is computed."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("osgeo.gdal")
onnx = pytest.importorskip("onnx")

from onnx import TensorProto, helper  # noqa: E402
from satsharp.core.cards import MODEL_FOLDER, file_digest, load_card, load_cards  # noqa: E402
from satsharp.core.errors import CardError, GridError, ModelError, OutputError  # noqa: E402
from satsharp.core.job import Options  # noqa: E402
from satsharp.core.network import Network, inspect_network  # noqa: E402
from satsharp.core.planning import choose_cards, plan_job  # noqa: E402
from satsharp.core.products import open_scene  # noqa: E402
from satsharp.core.scene import Scene  # noqa: E402
from satsharp.core.sensors import sensor_by_id  # noqa: E402
from satsharp.core.tile_size import tile_side  # noqa: E402
from satsharp.export_tools.simulation import SimulationOptions, simulate_product  # noqa: E402

SENSOR = sensor_by_id("sentinel2")


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    folder = tmp_path_factory.mktemp("product")
    return open_scene(str(simulate_product(folder, SimulationOptions(size=240, clouds=False)).safe), SENSOR)


@pytest.fixture(scope="module")
def cards() -> tuple:
    return tuple(card for card in load_cards(MODEL_FOLDER)[0] if card.sensor == "sentinel2")


@pytest.fixture()
def copied(tmp_path: Path) -> Path:
    """A folder with a copy of s2-20m and its digest."""
    for name in ("s2-20m.json", "s2-20m.onnx", "SHA256SUMS"):
        shutil.copy(MODEL_FOLDER / name, tmp_path / name)
    return tmp_path


def edit(card: Path, **changes) -> Path:
    """Change fields of a card file."""
    document = {**json.loads(card.read_text()), **changes}
    card.write_text(json.dumps(document))
    return card


def test_auto_takes_one_card_a_group_in_order(scene: Scene, cards: tuple) -> None:
    assert [card.id for card in choose_cards(scene, cards, SENSOR.models, "auto", ())] == ["s2-20m", "s2-60m"]
    assert [card.id for card in choose_cards(scene, cards, SENSOR.models, "auto", (60.0,))] == ["s2-60m"]
    assert [card.id for card in choose_cards(scene, cards, SENSOR.models, "s2-20m", ())] == ["s2-20m"]


def test_unknown_model_is_named_with_the_installed_ones(scene: Scene, cards: tuple) -> None:
    with pytest.raises(CardError, match="no model 'sharp' .*s2-20m, s2-60m"):
        choose_cards(scene, cards, SENSOR.models, "sharp", ())


def test_model_and_bands_that_do_not_go_together_are_refused(scene: Scene, cards: tuple) -> None:
    with pytest.raises(CardError, match="s2-60m does not sharpen the 20 m bands of .*Choose other BANDS, or the MODEL"):
        choose_cards(scene, cards, SENSOR.models, "s2-60m", (20.0,))
    assert [card.id for card in choose_cards(scene, cards, SENSOR.models, "s2-60m", (60.0,))] == ["s2-60m"]


def test_a_group_that_no_model_serves_is_named(scene: Scene, cards: tuple) -> None:
    with pytest.raises(CardError, match="sharpens the 60 m bands"):
        choose_cards(scene, tuple(card for card in cards if card.id == "s2-20m"), SENSOR.models, "auto", ())


def test_changed_weights_are_refused(scene: Scene, copied: Path, tmp_path: Path) -> None:
    card = load_card(copied / "s2-20m.json")
    data = bytearray(card.path.read_bytes())
    data[len(data) // 2] ^= 1
    card.path.write_bytes(data)
    with pytest.raises(CardError, match="damaged or was changed"):
        plan_job(scene, (card,), str(tmp_path / "x.tif"), Options())


def test_card_and_network_that_disagree_are_refused(copied: Path) -> None:
    document = json.loads((copied / "s2-20m.json").read_text())
    more = [dict(document["inputs"][0], bands=["B02", "B03", "B04", "B08", "B01"]), document["inputs"][1]]
    with pytest.raises(CardError, match="declares 5 bands for b10, but s2-20m.onnx has 4"):
        inspect_network(load_card(edit(copied / "s2-20m.json", inputs=more)))
    renamed = [dict(document["inputs"][0], name="pan"), document["inputs"][1]]
    with pytest.raises(CardError, match="declares the inputs b20, pan, regression"):
        inspect_network(load_card(edit(copied / "s2-20m.json", inputs=renamed)))
    outputs = [{"name": "sharp", "bands": document["outputs"][0]["bands"]}]
    with pytest.raises(CardError, match="no output sharp"):
        inspect_network(
            load_card(edit(copied / "s2-20m.json", inputs=document["inputs"], outputs=outputs, interval=None))
        )


def test_wrong_scale_factor_is_refused(copied: Path) -> None:
    document = json.loads((copied / "s2-20m.json").read_text())
    inputs = [dict(document["inputs"][0], gsd=10), dict(document["inputs"][1], gsd=30)]
    with pytest.raises((CardError, ModelError), match="GSD|pixels of"):
        inspect_network(load_card(edit(copied / "s2-20m.json", inputs=inputs, scale_factor=3)))


def test_global_operations_are_named(scene: Scene, tmp_path: Path) -> None:
    nodes = [
        helper.make_node("GlobalAveragePool", ["b20"], ["mean"], name="squeeze"),
        helper.make_node("Mul", ["b20", "mean"], ["scaled"]),
        helper.make_node("Resize", ["scaled", "", "scales"], ["sharpened"], mode="nearest"),
    ]
    tensors = [helper.make_tensor_value_info(n, TensorProto.FLOAT, [1, 6, None, None]) for n in ("b20", "sharpened")]
    scales = helper.make_tensor("scales", TensorProto.FLOAT, [4], [1, 1, 2, 2])
    graph = helper.make_graph(nodes, "g", tensors[:1], tensors[1:], [scales])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, str(tmp_path / "s2-20m.onnx"))
    (tmp_path / "SHA256SUMS").write_text(f"{file_digest(tmp_path / 's2-20m.onnx')}  s2-20m.onnx\n")
    shutil.copy(MODEL_FOLDER / "s2-20m.json", tmp_path)
    document = json.loads((tmp_path / "s2-20m.json").read_text())
    outputs = document["outputs"][:1]
    card = load_card(
        edit(tmp_path / "s2-20m.json", inputs=document["inputs"][1:], outputs=outputs, interval=None, scene_pass=None)
    )
    with pytest.raises(ModelError, match="GlobalAveragePool squeeze"):
        plan_job(scene, (card,), str(tmp_path / "x.tif"), Options())


def test_missing_bands_and_wrong_gsd_are_named(scene: Scene, cards: tuple, tmp_path: Path) -> None:
    card = cards[0]
    fewer = replace(scene, bands=tuple(band for band in scene.bands if band.name != "B8A"))
    with pytest.raises(CardError, match="needs the bands B8A"):
        plan_job(fewer, (card,), str(tmp_path / "x.tif"), Options())
    shifted = tuple(replace(band, grid=scene.band("B01").grid) if band.name == "B05" else band for band in scene.bands)
    with pytest.raises(CardError, match="expects B05 at 20 m, but .* has it at 60 m"):
        plan_job(replace(scene, bands=shifted), (card,), str(tmp_path / "x.tif"), Options())


def test_bands_of_another_area_are_refused(scene: Scene, cards: tuple, tmp_path: Path) -> None:
    grid = scene.band("B05").grid
    short = replace(grid, height=grid.height - 7)
    bands = tuple(replace(band, grid=short) if band.name == "B05" else band for band in scene.bands)
    with pytest.raises(GridError, match="B05 covers 226 pixels .* where it has 240"):
        plan_job(replace(scene, bands=bands), cards[:1], str(tmp_path / "x.tif"), Options())


def test_places_that_cannot_be_written_are_refused_at_once(scene: Scene, cards: tuple, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="does not exist"):
        plan_job(scene, cards, str(tmp_path / "missing" / "x.tif"), Options())
    with pytest.raises(OutputError, match="is a folder"):
        plan_job(scene, cards, str(tmp_path), Options())
    with pytest.raises(OutputError, match="is a band of the input"):
        plan_job(scene, cards, scene.band("B05").path, Options())


def test_extent_outside_the_scene_is_refused(scene: Scene, cards: tuple, tmp_path: Path) -> None:
    with pytest.raises(GridError):
        plan_job(scene, cards, str(tmp_path / "x.tif"), Options(extent=(0.0, 0.0, 1000.0, 1000.0)))


def test_tiles_obey_alignment_and_memory(scene: Scene, cards: tuple, tmp_path: Path) -> None:
    job = plan_job(scene, cards, str(tmp_path / "x.tif"), Options())
    assert job.tile == 240  # one tile that just covers the scene
    heavy = (Network(halo=9, alignment=1, global_operations=(), values_per_pixel=4000.0),) * len(job.steps)
    wide = job.target.refine(8)
    assert 240 <= tile_side(wide, job.steps, heavy, 6, Options()) <= 270
    assert tile_side(wide, job.steps, heavy, 6, Options(memory_mb=100)) <= 48
    assert tile_side(job.target, job.steps, heavy, 6, Options(tile_size=1000)) == 996
    assert tile_side(job.target, job.steps, heavy, 6, Options(tile_size=1)) == 6

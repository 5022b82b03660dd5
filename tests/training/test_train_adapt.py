# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("lightning")
pytest.importorskip("onnx")
gdal = pytest.importorskip("osgeo.gdal")

from satsharp.core.errors import GridError, ProductError  # noqa: E402
from satsharp.core.products import open_scene  # noqa: E402
from satsharp.core.sensors import sensor_by_id  # noqa: E402
from satsharp.export_tools.__main__ import main  # noqa: E402
from satsharp.export_tools.configuration import Config, load_config  # noqa: E402
from satsharp.export_tools.networks import build  # noqa: E402
from satsharp.export_tools.simulation import SimulationOptions, simulate_product  # noqa: E402
from satsharp.export_tools.train import load_checkpoint, load_trained  # noqa: E402
from satsharp.export_tools.training.adaptation import Exam, Verdict, bundled_card, settings_of  # noqa: E402
from satsharp.export_tools.training.scene_places import split_scene, split_scenes  # noqa: E402

from .test_train_start import write_card  # noqa: E402

# Sen2Cor's classes of no data, saturation, shadow, clouds and cirrus.
UNCLEAR_CLASSES = (0, 1, 3, 8, 9, 10)


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A simulated product of 480 x 480 pixels at 10 m with clouds and nodata."""
    return simulate_product(tmp_path_factory.mktemp("product"), SimulationOptions(size=480)).safe


def test_scene_is_split_into_blocks_that_do_not_touch_each_others_pixels(config: Config, product: Path) -> None:
    splits = split_scene(str(product), config, seed=1)
    blocks = [*splits.train, *splits.validation, *splits.test]
    # Sixteen, but for what the orbit's edge and clouds leave too little of.
    assert 12 <= len({block.id for block in blocks}) == len(blocks) <= 16
    assert len(splits.validation) == len(splits.test) == len(blocks) // 4
    assert {block.place for block in blocks} == {open_scene(str(product), sensor_by_id("sentinel2")).name}
    again = split_scene(str(product), config, seed=1)
    assert [block.id for block in again.test] == [block.id for block in splits.test]
    other = split_scene(str(product), config, seed=2)
    assert {block.id for block in other.test} != {block.id for block in splits.test}


def test_blocks_hold_the_products_reflectance_and_leave_clouds_and_nodata_out(config: Config, product: Path) -> None:
    splits = split_scene(str(product), config, seed=1)
    pixels, classes = (
        gdal.Open(str(next(product.rglob(f"*_{name}_20m.jp2")))).ReadAsArray() for name in ("B05", "SCL")
    )
    unclear = np.isin(classes, UNCLEAR_CLASSES)
    rejected = 0
    for block in (*splits.train, *splits.validation, *splits.test):
        row, column = (int(word) for word in block.id.split()[2::2])
        part = np.s_[row : row + 60, column : column + 60]
        values = np.where(pixels[part] == 0, 0, (pixels[part].astype(float) - 1000) / 10000 * 5)
        inside = block.mask
        np.testing.assert_allclose(block.images["b20"][0][inside], values[inside], atol=1e-5)
        assert not (inside & (unclear[part] | (pixels[part] == 0))).any()
        assert block.images["b10"].shape == (4, 120, 120)
        rejected += sum(block.rejected.values())
        assert inside.size - inside.sum() == sum(block.rejected.values())
    assert rejected > 50


def test_two_products_give_blocks_of_both(config: Config, product: Path) -> None:
    one = split_scene(str(product), config, seed=1)
    two = split_scenes([str(product), str(product)], config, seed=1)
    assert [len(getattr(two, name)) for name in ("train", "test")] == [2 * len(one.train), 2 * len(one.test)]


def test_a_scene_that_is_too_small_is_refused(config: Config, product: Path) -> None:
    large = dataclasses.replace(config, training={**config.training, "chip": 120})
    with pytest.raises(ProductError, match="needs"):
        split_scene(str(product), large, seed=1)


def test_a_config_with_other_gsds_is_refused(config: Config, product: Path) -> None:
    groups = (config.groups[0], dataclasses.replace(config.groups[1], bands=("B01",)))
    with pytest.raises(GridError, match="60 m"):
        split_scene(str(product), dataclasses.replace(config, groups=groups), seed=1)


def test_adapting_lowers_the_error_on_blocks_that_training_never_saw(
    config: Config, product: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    torch.set_num_threads(1)
    torch.manual_seed(0)
    settings = tmp_path / "config.json"
    training = {**config.training, "learning_rate": 0.01}
    settings.write_text(json.dumps({**config.document, "training": training}), encoding="utf-8")
    network = build(config.network)
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.03)
    card = write_card(network, config, tmp_path)
    words = ["train", str(settings), "--from", str(card), "--adapt", str(product), "--id", "my-scene"]
    words += ["--steps", "100", "--accelerator", "cpu", "--threads", "1", "--out", str(tmp_path / "run")]
    assert main(words) == 0
    verdict = json.loads((tmp_path / "run" / "adaptation.json").read_text(encoding="utf-8"))
    assert verdict["helped"]
    assert {exam["kind"] for exam in verdict["exams"]} == {"published", "mtf"}
    before, after = (np.mean([exam[key] for exam in verdict["exams"]]) for key in ("before", "after"))
    assert after < 0.9 * before
    said = capsys.readouterr().out
    assert "Adapting helped" in said
    assert "card tiny as it is" in said
    state = load_checkpoint(tmp_path / "run")
    held_out = {exam["block"] for exam in verdict["exams"]}
    assert len(held_out) >= 3
    assert not held_out & set(state["places"])
    assert state["note"] == verdict["sentence"]
    assert f"--adapt {product.name}" in state["command"]
    assert str(product.parent) not in state["command"]
    _, adapted, _ = load_trained(tmp_path / "run")
    assert adapted.id == "my-scene"
    assert adapted.training["mixed"] == 0
    assert adapted.training["learning_rate"] == pytest.approx(0.003)


def exam(before: float, after: float, block: str = "a") -> Exam:
    return Exam(block, "mtf", 100.0, before, after)


def test_verdict_is_honest() -> None:
    helped = Verdict("card x", (exam(40, 30), exam(20, 18, "b"), exam(20, 21, "c")))
    assert helped.change == pytest.approx(69 / 80 - 1)
    assert helped.sentence().startswith("Adapting helped. RMSE on 3 block(s)")
    assert "26.7 -> 23.0 digital numbers (-13.8%), better in 2 of 3 exams" in helped.sentence()
    mixed = Verdict("card x", (exam(40, 20), exam(20, 21, "b")))
    assert mixed.sentence().startswith("Adapting did not clearly help.")
    assert mixed.sentence().endswith("Keep card x.")
    assert Verdict("card x", (exam(40, 42),)).sentence().startswith("Adapting did harm.")
    assert Verdict("card x", (exam(40, 40),)).sentence().startswith("Adapting did not clearly help.")


def test_settings_of_fine_tuning_and_of_adapting(config: Config) -> None:
    assert settings_of(config, False) == {"learning_rate": pytest.approx(0.3 * 0.003)}
    assert settings_of(config, True)["target_gain"] == 0.05
    assert bundled_card(load_config("s2-20m")).name == "s2-20m.json"
    with pytest.raises(ValueError, match="--from"):
        bundled_card(dataclasses.replace(config, id="nothing"))


def test_failures_are_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["train", "s2-20m", "--adapt", str(tmp_path / "none.SAFE"), "--out", str(tmp_path / "run")]
    assert main([*words, "--accelerator", "cpu"]) == 1
    said = capsys.readouterr().err
    assert "none.SAFE" in said
    assert "Traceback" not in said

# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("osgeo")

from satsharp.export_tools.chips import ChipSampler  # noqa: E402
from satsharp.export_tools.configuration import Config  # noqa: E402
from satsharp.export_tools.dataset import read_table  # noqa: E402
from satsharp.export_tools.train import Training, fit, loss_of, schedule  # noqa: E402

from .conftest import make_place  # noqa: E402


def budget(folder: Path, steps: int) -> argparse.Namespace:
    return argparse.Namespace(out=folder, steps=steps, minutes=1.0, report=1e9)


def test_loss_falls_below_the_band_regression(config: Config) -> None:
    torch.set_num_threads(1)
    training = Training(config, [make_place(config, 0), make_place(config, 1, native=False)], seed=3)
    check = training.sampler.batch(10_000, size=24)
    with torch.no_grad():
        before = float(loss_of(training.network, check, 2))
    for step in range(120):
        training.step(step / 120)
    with torch.no_grad():
        after = float(loss_of(training.average, check, 2))
    assert after < 0.93 * before


def test_resume_gives_the_same_weights_as_an_uninterrupted_run(config: Config, tmp_path: Path) -> None:
    torch.set_num_threads(1)
    places = [make_place(config, 0)]
    whole = Training(config, places, seed=5)
    fit(whole, [], budget(tmp_path, 8))
    first = Training(config, places, seed=5)
    for step in range(4):
        first.step(step / 8)
    folder = tmp_path / "killed"
    folder.mkdir()
    first.save(folder)
    second = Training(config, places, seed=5)
    second.restore(folder)
    fit(second, [], budget(folder, 8))
    assert second.progress.step == whole.progress.step == 8
    for expected, actual in zip(whole.average.parameters(), second.average.parameters()):
        assert torch.equal(expected, actual)


def test_another_config_or_seed_is_not_resumed(config: Config, tmp_path: Path) -> None:
    places = [make_place(config, 0)]
    Training(config, places, seed=5).save(tmp_path)
    with pytest.raises(ValueError, match="another config"):
        Training(config, places, seed=6).restore(tmp_path)


def test_chips_depend_on_seed_and_step_alone(config: Config) -> None:
    first, second = (ChipSampler([make_place(config, 0)], config, seed=1) for _ in range(2))
    first.batch(0)
    np.testing.assert_array_equal(first.batch(7).truth, second.batch(7).truth)
    assert float(np.abs(first.batch(7).truth - first.batch(8).truth).max()) > 0.01


def test_chips_avoid_invalid_pixels(config: Config) -> None:
    place = make_place(config, 0)
    image = {name: image.copy() for name, image in place.images.items()}
    mask = place.mask.copy()
    mask[:, 60:] = False
    image["b20"][:, :, 60:] = 1000.0
    sampler = ChipSampler([dataclasses.replace(place, images=image, mask=mask)], config, seed=1)
    batches = [sampler.batch(step, size=16) for step in range(4)]
    assert max(float(batch.truth.max()) for batch in batches) < 50
    assert max(float(batch.inputs[1].max()) for batch in batches) < 50


def test_stand_in_bands_are_left_out_of_the_loss(config: Config) -> None:
    batch = ChipSampler([make_place(config, 0, without_loss=("B8A",))], config, seed=1).batch(0)
    np.testing.assert_array_equal(batch.weight[0], [1, 1, 1, 0, 1, 1])


def test_no_place_is_in_two_splits() -> None:
    entries = read_table()
    by_split: dict[str, set[str]] = {}
    for entry in entries:
        by_split.setdefault(entry["split"], set()).add(entry["place"])
    assert {"train", "validation", "test"} == set(by_split)
    assert not by_split["train"] & by_split["test"]
    assert not by_split["train"] & by_split["validation"]
    assert not by_split["validation"] & by_split["test"]
    files = [(name, entry["split"]) for entry in entries for name in entry["files"].values()]
    assert len({name for name, _ in files}) == len(set(files))


def test_a_place_in_two_splits_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "places.json"
    table.write_text('{"places": [{"place": "a", "split": "train"}, {"place": "a", "split": "test"}]}', "utf-8")
    with pytest.raises(ValueError, match="two splits"):
        read_table(table)


def test_schedule_warms_up_and_ends_low() -> None:
    assert schedule(0.0) == pytest.approx(0.01)
    assert schedule(0.03) == pytest.approx(1.0, abs=0.01)
    assert schedule(0.5) == pytest.approx(0.505)
    assert schedule(1.0) == pytest.approx(0.01)

# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("osgeo")

from satsharp.export_tools.chips import ChipSampler  # noqa: E402
from satsharp.export_tools.configuration import Config  # noqa: E402
from satsharp.export_tools.dataset import read_table  # noqa: E402

from .conftest import make_place  # noqa: E402


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

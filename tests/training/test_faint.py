# SPDX-License-Identifier: GPL-2.0-or-later
"""Scenes that tell little, made of places."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

pytest.importorskip("osgeo")

from satsharp.export_tools import faint  # noqa: E402
from satsharp.export_tools.chips import ChipSampler  # noqa: E402
from satsharp.export_tools.configuration import Config  # noqa: E402
from satsharp.export_tools.degradation import wald_pair  # noqa: E402
from satsharp.export_tools.faint import faint_places, variant  # noqa: E402
from satsharp.export_tools.scene_details import scene_regression  # noqa: E402

from .conftest import make_place  # noqa: E402
from .training_parts import make_training  # noqa: E402


def with_faint(config: Config, share: float) -> Config:
    return dataclasses.replace(config, training={**config.training, "faint": share})


def test_without_a_share_there_are_none(config: Config) -> None:
    places = [make_place(config, 0)]
    assert faint_places(places, config, 0.0, seed=1) == []
    assert len(ChipSampler(places, config, seed=1).places) == 1


def test_they_are_drawn_for_their_share_of_the_chips(config: Config) -> None:
    places = [make_place(config, 0), dataclasses.replace(make_place(config, 1), weight=3.0)]
    sampler = ChipSampler(places, with_faint(config, 0.2), seed=1)
    assert len(sampler.places) == 2 + 2 * faint.VARIANTS
    assert sampler.shares[:2].sum() == pytest.approx(0.8) and sampler.shares[1] == pytest.approx(0.6)
    # Where a run begins and what its card names are the real ones.
    assert sampler.scenes == [place.id for place in places]


def test_the_default_comes_from_real_places_alone(config: Config) -> None:
    places = [make_place(config, 0)]
    np.testing.assert_array_equal(
        ChipSampler(places, with_faint(config, 0.3), seed=1).default, ChipSampler(places, config, seed=1).default
    )


def test_contrast_is_lost_in_noise(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faint, "CONTRAST", (0.01, 0.01))
    monkeypatch.setattr(faint, "NOISE", (8.0, 8.0))
    place = make_place(config, 0, targets_size=96)
    found = variant(place, foreign=False, rng=np.random.default_rng(1))
    for name, image in found.images.items():
        before = place.images[name]
        np.testing.assert_allclose(image.mean((1, 2)), before.mean((1, 2)), atol=2e-4)
        # 8 digital numbers are 0.004 in network range.
        np.testing.assert_allclose(image.std((1, 2)), np.hypot(0.004, 0.01 * before.std((1, 2))), rtol=0.05)
    share = scene_regression(wald_pair(found, config, "published"), config, ChipSampler([place], config, 1).default)
    assert share[:, len(config.guide_bands) + 1].max() < 0.5


def test_foreign_guides_explain_nothing(config: Config) -> None:
    place = make_place(config, 0, targets_size=96)
    mask = place.mask.copy()
    mask[:10] = False
    found = variant(dataclasses.replace(place, mask=mask), foreign=True, rng=np.random.default_rng(1))
    np.testing.assert_array_equal(found.images["b20"], place.images["b20"])
    np.testing.assert_array_equal(found.images["b10"], place.images["b10"][:, ::-1, ::-1])
    assert not found.mask[:10].any() and not found.mask[-10:].any() and found.mask[10:-10].all()
    column = len(config.guide_bands) + 1
    default = ChipSampler([place], config, 1).default
    shares = [scene_regression(wald_pair(each, config, "mtf"), config, default)[:, column] for each in (place, found)]
    assert shares[0].min() > 0.5 > 0.1 > shares[1].max()


def test_parts_are_cut_alike_from_every_group(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faint, "SIDE", 32)
    monkeypatch.setattr(faint, "CONTRAST", (1.0, 1.0))
    monkeypatch.setattr(faint, "NOISE", (0.0, 0.0))
    place = make_place(config, 0, targets_size=96)
    second = faint_places([place, place], config, 0.5, seed=3)[1]
    assert second.mask.shape == (32, 32) and second.images["b10"].shape[1:] == (64, 64)
    rows, columns = (range(0, 96 - 32 + 1, 2) for _ in range(2))
    places = [
        (row, column)
        for row in rows
        for column in columns
        if np.allclose(second.images["b20"], place.images["b20"][:, row : row + 32, column : column + 32], atol=1e-5)
    ]
    assert len(places) == 1
    row, column = (2 * start for start in places[0])
    np.testing.assert_allclose(
        second.images["b10"], place.images["b10"][:, row : row + 64, column : column + 64], atol=1e-5
    )


def test_a_run_names_only_its_real_places(config: Config) -> None:
    place = make_place(config, 0)
    assert make_training(with_faint(config, 0.3), [place], seed=1).state()["places"] == [place.id]

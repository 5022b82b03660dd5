# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import dataclasses

import numpy as np
import pytest

pytest.importorskip("osgeo")

from satsharp.export_tools import baselines  # noqa: E402
from satsharp.export_tools.baselines import band_regression, least_squares, upsample, with_residual  # noqa: E402
from satsharp.export_tools.configuration import Config, load_config  # noqa: E402
from satsharp.export_tools.degradation import Pair, wald_pair  # noqa: E402
from satsharp.export_tools.evaluation import aesr as published  # noqa: E402
from satsharp.export_tools.evaluation.local_regression import local_regression  # noqa: E402
from satsharp.export_tools.evaluation.methods import CLASSICAL, classical_methods, estimates_of  # noqa: E402

from .conftest import make_place, texture  # noqa: E402

SMOOTH = ["nearest", "bilinear", "bicubic", "lanczos"]


def linear_pair(slopes: list[np.ndarray], size: int = 40) -> Pair:
    """Targets that are exactly linear in the guides; several slopes (6, 4) divide the scene from left to right."""
    fine = texture(4, 2 * size, np.random.default_rng(0)).astype(np.float32)
    parts = np.array_split(fine, len(slopes), axis=2)
    truth = np.concatenate([np.tensordot(w, part, axes=(1, 0)) for w, part in zip(slopes, parts)], axis=2) + 0.5
    truth = truth.astype(np.float32)
    coarse = truth.reshape(6, size, 2, size, 2).mean(axis=(2, 4))
    return Pair({"b10": fine, "b20": coarse}, truth, np.ones(truth.shape[1:], bool))


def error(pair: Pair, estimate: np.ndarray) -> float:
    return float(np.sqrt(((pair.truth - estimate) ** 2).mean()))


@pytest.fixture()
def pair(config: Config) -> Pair:
    return wald_pair(make_place(config, 2), config, "published")


def test_upsampling_has_half_pixel_centres_and_symmetric_edges() -> None:
    image = np.array([[[0.0, 4.0, 8.0]]], np.float32)
    np.testing.assert_allclose(upsample(image, 2, "bilinear")[0, 0], [0, 1, 3, 5, 7, 8])
    np.testing.assert_allclose(upsample(image, 2, "nearest")[0, 0], [0, 0, 4, 4, 8, 8])
    # Keys a = -0.5 at distances 1.75, 0.75, 0.25, 1.25: weights -0.0234, 0.2266, 0.8672, -0.0703.
    assert upsample(image, 2, "bicubic")[0, 0, 2] == pytest.approx(0.8672 * 4 - 0.0703 * 8 + 0.2266 * 0, abs=2e-3)


def test_lanczos_has_three_lobes_and_weights_that_sum_to_one() -> None:
    image = np.zeros((1, 1, 9), np.float32)
    image[0, 0, 4] = 1
    row = upsample(image, 2, "lanczos")[0, 0]
    distances = np.array([0.25, 0.75, 1.25, 1.75, 2.25, 2.75])
    weights = np.sinc(distances) * np.sinc(distances / 3)
    np.testing.assert_allclose(row[8:3:-1], (weights / weights.sum())[:5], atol=1e-6)
    np.testing.assert_allclose(row, row[::-1], atol=1e-7)
    np.testing.assert_allclose(row[:2], 0, atol=1e-7)


@pytest.mark.parametrize("method", SMOOTH)
def test_upsampling_keeps_constants(method: str) -> None:
    np.testing.assert_allclose(upsample(np.full((1, 4, 5), 3.0, np.float32), 6, method), 3.0, rtol=1e-6)


@pytest.mark.parametrize("method", ["nearest", "bilinear"])
def test_band_regression_returns_the_coarse_bands(config: Config, pair: Pair, method: str) -> None:
    slopes = np.full((6, 5), 0.3, np.float32)
    blocks = band_regression(pair.inputs, slopes, config, "nearest").reshape(6, 48, 2, 48, 2).mean(axis=(2, 4))
    np.testing.assert_allclose(blocks, pair.inputs["b20"], atol=1e-5)
    exact = with_residual(upsample(pair.inputs["b20"], 2, method), pair.inputs["b20"], 2, "nearest")
    np.testing.assert_allclose(exact.reshape(6, 48, 2, 48, 2).mean(axis=(2, 4)), pair.inputs["b20"], atol=1e-5)


def test_least_squares_finds_the_relation_and_regression_then_the_truth(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    slopes = np.random.default_rng(1).uniform(-1, 1, (6, 4))
    pair = linear_pair([slopes])
    monkeypatch.setattr(baselines, "RIDGE_SHARE", 0.0)
    monkeypatch.setattr(baselines, "RIDGE_PIXELS", 1e-6)
    np.testing.assert_allclose(least_squares(pair, config), slopes, atol=1e-4)
    assert error(pair, band_regression(pair.inputs, least_squares(pair, config), config)) < 1e-4


def test_the_ridge_costs_little_where_guides_differ(config: Config) -> None:
    slopes = np.random.default_rng(1).uniform(-1, 1, (6, 4))
    np.testing.assert_allclose(least_squares(linear_pair([slopes]), config), slopes, atol=0.03)


def test_masked_pixels_and_constant_guides_do_no_harm(config: Config) -> None:
    slopes = np.random.default_rng(2).uniform(-1, 1, (6, 4))
    pair = linear_pair([slopes])
    expected = least_squares(pair, config)
    mask = pair.mask.copy()
    mask[:20] = False
    inputs = {name: image.copy() for name, image in pair.inputs.items()}
    inputs["b20"][:, :10] = 1e4
    found = least_squares(dataclasses.replace(pair, inputs=inputs, mask=mask), config)
    np.testing.assert_allclose(found, expected, atol=0.03)
    inputs["b10"][3] = 7.0
    assert np.isfinite(least_squares(dataclasses.replace(pair, inputs=inputs, mask=mask), config)).all()


def test_local_regression_follows_relations_that_change_across_the_scene(config: Config) -> None:
    rng = np.random.default_rng(3)
    pair = linear_pair([rng.uniform(0, 1, (6, 4)), rng.uniform(-1, 0, (6, 4))])
    away = np.abs(np.arange(80) - 39.5) > 12
    whole, local = (
        np.sqrt(((pair.truth - CLASSICAL[name](pair, config))[..., away] ** 2).mean())
        for name in ("band_regression", "local_regression")
    )
    assert local < 0.4 * whole


def test_local_regression_with_a_strong_prior_is_the_global_one(config: Config, pair: Pair) -> None:
    whole = CLASSICAL["band_regression"](pair, config)
    np.testing.assert_allclose(local_regression(pair, config, prior=1e7), whole, atol=0.02)
    assert error(pair, local_regression(pair, config)) < 1.1 * error(pair, whole)


def test_pansharpening_is_weighted_brovey(config: Config) -> None:
    rng = np.random.default_rng(4)
    fine = rng.uniform(0.5, 1.5, (4, 16, 16)).astype(np.float32)
    # Flat coarse bands resample to themselves, whatever the kernel.
    levels = rng.uniform(0.5, 1.5, 6).astype(np.float32)
    coarse = np.broadcast_to(levels[:, None, None], (6, 8, 8)).copy()
    pair = Pair({"b10": fine, "b20": coarse}, np.zeros((6, 16, 16), np.float32), np.ones((16, 16), bool))
    pan = fine.mean(axis=0)
    # The weighted sum of the flat bands is the mean of the pan, which least squares fits exactly.
    expected = levels[:, None, None] * pan / pan.mean()
    np.testing.assert_allclose(CLASSICAL["pansharpen"](pair, config), expected, rtol=2e-4)


def test_gram_schmidt_puts_the_pan_in_place_of_the_intensity(config: Config) -> None:
    rng = np.random.default_rng(7)
    gains = rng.uniform(0.5, 1.5, 6)
    brightness = texture(1, 80, rng)
    truth = (brightness * gains[:, None, None]).astype(np.float32)
    fine = (brightness * rng.uniform(0.5, 1.5, (4, 1, 1))).astype(np.float32)
    coarse = truth.reshape(6, 40, 2, 40, 2).mean(axis=(2, 4))
    pair = Pair({"b10": fine, "b20": coarse}, truth, np.ones((80, 80), bool))
    made, bicubic = (CLASSICAL[name](pair, config) for name in ("gram_schmidt", "bicubic"))
    # One brightness for all: each band's correction is its gain times one image, and it removes most of the error.
    added = (made - bicubic) / gains[:, None, None]
    np.testing.assert_allclose(added, np.broadcast_to(added[:1], added.shape), atol=1e-4)
    assert error(pair, made) < 0.5 * error(pair, bicubic)


def test_pansharpening_improves_on_bicubic_where_all_bands_share_their_detail(config: Config) -> None:
    rng = np.random.default_rng(5)
    brightness = texture(1, 80, rng)
    truth = (brightness * rng.uniform(0.5, 1.5, (6, 1, 1))).astype(np.float32)
    fine = (brightness * rng.uniform(0.5, 1.5, (4, 1, 1))).astype(np.float32)
    coarse = truth.reshape(6, 40, 2, 40, 2).mean(axis=(2, 4))
    pair = Pair({"b10": fine, "b20": coarse}, truth, np.ones((80, 80), bool))
    assert error(pair, CLASSICAL["pansharpen"](pair, config)) < 0.3 * error(pair, CLASSICAL["bicubic"](pair, config))


def test_every_method_makes_every_target_band_on_the_finest_grid(config: Config, pair: Pair) -> None:
    made = estimates_of(pair, config, classical_methods(tuple(CLASSICAL)))
    assert list(made) == list(CLASSICAL)
    assert {image.shape for image in made.values()} == {pair.truth.shape}
    assert {str(image.dtype) for image in made.values()} == {"float32"}
    assert all(np.isfinite(image).all() for image in made.values())


def test_methods_at_60_m_use_both_guide_groups() -> None:
    config = load_config("s2-60m")
    place = make_place(config, 6, targets_size=24)
    pair = wald_pair(place, config, "published")
    made = estimates_of(pair, config, classical_methods(("band_regression",)))
    errors = {name: error(pair, image) for name, image in made.items()}
    assert errors["band_regression"] < 0.7 * errors["bicubic"]
    assert least_squares(pair, config).shape == (2, 10)


def test_bicubic_is_always_there_and_unknown_methods_are_refused() -> None:
    assert list(classical_methods(("lanczos",))) == ["bicubic", "lanczos"]
    with pytest.raises(ValueError, match="no method magic"):
        classical_methods(("magic",))


def test_aesr_reproduces_its_reference() -> None:
    pytest.importorskip("torch")
    pytest.importorskip("h5py")
    folder = published.golden_folder() / published.FOLDER
    if not (folder / "io.npz").is_file():
        pytest.skip(f"{folder} is not here")
    values, weights = np.load(folder / "io.npz"), published.load_weights()
    assert sum(array.size for layer in weights.values() for array in layer) == 126_214
    for number in (0, 1):
        stacked = np.concatenate([values[f"x{number}_10"], values[f"x{number}_20"]], axis=1)
        np.testing.assert_allclose(published.forward(stacked, weights), values[f"y{number}"], atol=2e-5)


def test_aesr_is_for_20_m_bands_only() -> None:
    assert [published.fits(load_config(name)) for name in ("s2-20m", "s2-60m")] == [True, False]

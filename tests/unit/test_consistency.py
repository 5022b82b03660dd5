# SPDX-License-Identifier: GPL-2.0-or-later
"""Consistency: a result, degraded by the point spread, returns the input; spread and noise are measured."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from satsharp.core.consistency import (
    REACH,
    TYPICAL_MTF,
    back_project,
    footprint,
    margin_of,
    residual_of,
    return_taps,
    sensor_sigma,
)
from satsharp.core.consistency_fit import BLOCK, Sample, fit, noise_power, relative_spreads
from satsharp.core.enlargement import bicubic, bicubic_taps, enlarge
from satsharp.core.morphology import dilate, erode
from satsharp.core.point_spread import blur, degrade, sigma_of_mtf

CASES = [(2, 0.935), (2, 1.16), (3, 1.4), (6, 2.9)]


def texture(rows: int, cols: int, seed: int = 0, smooth: float = 1.0) -> np.ndarray:
    """A rough surface of network values around 1, float32."""
    random = np.random.default_rng(seed).normal(size=(rows, cols)).astype(np.float32)
    made = blur(random[None], (smooth,))[0]
    return 1 + 0.1 * made / made.std()


# --- masks and enlargement --------------------------------------------------------------------------------------------


@given(st.integers(0, 2**31), st.integers(0, 4))
def test_dilation_is_the_maximum_over_a_square(seed: int, radius: int) -> None:
    mask = np.random.default_rng(seed).random((9, 11)) > 0.9
    padded = np.pad(mask, radius)
    side = 2 * radius + 1
    expected = np.array([[padded[r : r + side, c : c + side].any() for c in range(11)] for r in range(9)])
    assert np.array_equal(dilate(mask, radius), expected)


@given(st.integers(0, 2**31), st.integers(0, 4))
def test_erosion_is_the_minimum_over_a_square_and_beyond_the_edge_is_valid(seed: int, radius: int) -> None:
    mask = np.random.default_rng(seed).random((9, 11)) > 0.1
    padded = np.pad(mask, radius, constant_values=True)
    side = 2 * radius + 1
    expected = np.array([[padded[r : r + side, c : c + side].all() for c in range(11)] for r in range(9)])
    assert np.array_equal(erode(mask, radius), expected)


@pytest.mark.parametrize("factor", [2, 3, 6])
def test_bicubic_keeps_ramps_and_follows_keys(factor: int) -> None:
    ramp = np.add.outer(np.arange(9.0), 2 * np.arange(8.0)).astype(np.float32)
    fine = (np.arange(5 * factor) + 0.5) / factor + 1.5
    expected = np.add.outer(fine, 2 * fine[: 4 * factor])
    assert np.allclose(bicubic(ramp, factor), expected, atol=1e-5)
    impulse = np.zeros((5, 5), np.float32)
    impulse[2, 2] = 1
    # Keys' kernel at the distance of the first fine pixel from the coarse one.
    x = abs(0.5 / factor - 0.5)
    weight = 1.5 * x**3 - 2.5 * x**2 + 1
    assert bicubic(impulse, factor)[0, 0] == pytest.approx(weight**2, rel=1e-6)
    assert np.sum(bicubic_taps(factor), axis=1) == pytest.approx(1)


@given(st.integers(0, 6), st.integers(0, 6), st.integers(1, 9))
def test_enlarging_a_window_equals_the_window_of_the_whole(row: int, col: int, side: int) -> None:
    image = texture(24, 24)
    taps = return_taps(0.9, 2, 0.1)
    whole = enlarge(image, taps)
    part = enlarge(image[row : row + side + 2 * REACH, col : col + side + 2 * REACH], taps)
    assert np.array_equal(part, whole[2 * row : 2 * (row + side), 2 * col : 2 * (col + side)])


# --- the correction ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("factor,sigma", CASES)
@pytest.mark.parametrize("ridge", [0.03, 1.0, 10.0])
def test_weights_are_symmetric_and_keep_ramps(factor: int, sigma: float, ridge: float) -> None:
    # Of a residual that is half noise, half comes back; rows and columns take the root of it each.
    taps = np.array(return_taps(sigma, factor, ridge)) * (1 + ridge) ** 0.5
    assert taps.shape == (factor, 2 * REACH + 1)
    assert taps.sum(axis=1) == pytest.approx(1)
    assert taps @ np.arange(-REACH, REACH + 1) == pytest.approx((np.arange(factor) + 0.5) / factor - 0.5)
    assert np.allclose(taps, taps[::-1, ::-1])


def corrected(factor: int, sigma: float, ridge: float, error: float = 0.02, noise: float = 0.0) -> tuple:
    """Truth, a result with errors, the input, and the corrected result (margins cut off the first two and the last)."""
    around = margin_of(sigma, factor)
    side = (40 + 2 * around) * factor
    truth = texture(side, side, 1)
    coarse = degrade(truth[None], factor, (sigma,))[0]
    coarse = coarse + np.random.default_rng(3).normal(0, noise, coarse.shape).astype(np.float32)
    wrong = truth + error * (texture(side, side, 2, 0.5 * factor) - 1) / 0.1 + np.float32(0.03)
    made = back_project(wrong, coarse, None, factor, sigma, ridge)
    core = (slice(around * factor, -around * factor),) * 2
    return truth[core], wrong[core], coarse, made


@pytest.mark.parametrize("factor,sigma", CASES)
def test_the_input_returns(factor: int, sigma: float) -> None:
    truth, wrong, coarse, made = corrected(factor, sigma, 0.02)
    around = margin_of(sigma, factor)
    # Inside, where the degradation sees corrected pixels only.
    inner = (slice(footprint(sigma, factor), -footprint(sigma, factor)),) * 2
    y = coarse[around:-around, around:-around][inner]
    before = np.abs(degrade(wrong[None], factor, (sigma,))[0][inner] - y)
    after = np.abs(degrade(made[None], factor, (sigma,))[0][inner] - y)
    # The result was off by 60 digital numbers in the mean and 150 at most; now by less than 3 and 20.
    assert before.mean() / 0.0005 > 55 and before.max() / 0.0005 > 140
    assert np.median(after) / 0.0005 < 3 and after.max() / 0.0005 < 20


@pytest.mark.parametrize("factor,sigma", CASES)
def test_errors_fall_towards_the_truth(factor: int, sigma: float) -> None:
    truth, wrong, _, made = corrected(factor, sigma, 0.02)
    assert np.std(made - truth) < 0.95 * np.std(wrong - truth)
    assert abs(np.mean(made - truth)) < 0.001 < abs(np.mean(wrong - truth))


def test_a_ridge_keeps_noise_from_being_blown_up() -> None:
    """Without errors of the network all that a correction can bring is the noise of the input."""
    grown = []
    for ridge in (0.02, 0.3, 3.0):
        truth, _, _, made = corrected(2, 0.935, ridge, error=0.0, noise=0.01)
        grown.append(float(np.std(made - truth)))
    assert grown[0] > 1.5 * grown[1] > 1.5 * grown[2]
    assert grown[2] < 0.01


@pytest.mark.parametrize("factor,sigma", CASES)
def test_constants_and_ramps_come_back_without_blocks(factor: int, sigma: float) -> None:
    gain = 1 / 1.1
    around = margin_of(sigma, factor)
    values = np.zeros(((8 + 2 * around) * factor,) * 2, np.float32)
    made = back_project(values, np.ones((8 + 2 * around,) * 2, np.float32), None, factor, sigma, 0.1)
    assert np.allclose(made, gain, atol=1e-6)
    # A residual that rises evenly is brought back evenly: there is no step from block to block.
    rows = np.linspace(0, 1, 8 + 2 * around, dtype=np.float32)[:, None]
    ramp = back_project(values, np.repeat(rows, len(rows), axis=1), None, factor, sigma, 0.1)[:, factor]
    assert np.diff(ramp) == pytest.approx(np.full(8 * factor - 1, gain * float(rows[1, 0]) / factor), abs=1e-6)


def test_windows_agree_to_the_last_bit() -> None:
    around = margin_of(0.935, 2)
    values = texture(2 * (30 + 2 * around), 2 * (30 + 2 * around), 1)
    coarse = texture(30 + 2 * around, 30 + 2 * around, 2)
    mask = np.random.default_rng(0).random(coarse.shape) > 0.02
    whole = back_project(values, coarse, mask, 2, 0.935, 0.1)
    for row, col, side in ((0, 0, 30), (3, 7, 5), (11, 2, 17), (29, 29, 1)):
        stop = side + 2 * around
        part = back_project(
            np.ascontiguousarray(values[2 * row : 2 * (row + stop), 2 * col : 2 * (col + stop)]),
            coarse[row : row + stop, col : col + stop],
            mask[row : row + stop, col : col + stop],
            2,
            0.935,
            0.1,
        )
        assert np.array_equal(part, whole[2 * row : 2 * (row + side), 2 * col : 2 * (col + side)])


def test_pixels_that_were_not_measured_correct_nothing() -> None:
    around = margin_of(0.935, 2)
    values = np.zeros((2 * (20 + 2 * around),) * 2, np.float32)
    coarse = np.ones((20 + 2 * around,) * 2, np.float32)
    mask = np.ones(coarse.shape, bool)
    mask[around + 10, around + 10] = False
    made = back_project(values, coarse, mask, 2, 0.935, 0.1)
    seen = footprint(0.935, 2)
    assert np.abs(made[2 * 10 : 2 * 11, 2 * 10 : 2 * 11]).max() < 0.1
    far = np.ones(made.shape, bool)
    reach = 2 * (seen + REACH)
    far[20 - reach : 22 + reach, 20 - reach : 22 + reach] = False
    assert np.allclose(made[far], 1 / 1.1, atol=1e-6)


def test_the_spread_comes_from_the_sensor_file() -> None:
    assert sensor_sigma("sentinel2", "B05", 2) == pytest.approx(sigma_of_mtf(0.343, 2))
    assert sensor_sigma("nobody", "B05", 3) == pytest.approx(sigma_of_mtf(TYPICAL_MTF, 3))
    assert sensor_sigma("sentinel2", "B77", 3) == pytest.approx(sigma_of_mtf(TYPICAL_MTF, 3))


# --- what is measured -------------------------------------------------------------------------------------------------


def samples(relative: float, noise: float, side: int = 48, windows: int = 4, error: float = 0.01) -> list[Sample]:
    """Windows whose input was made from the truth by a part of a spread of 0.935 px, and noise."""
    made = []
    for seed in range(windows):
        truth = texture(2 * side, 2 * side, seed, 0.7)
        coarse = degrade(truth[None], 2, (relative * 0.935,))[0]
        coarse = coarse + np.random.default_rng(seed).normal(0, noise, coarse.shape).astype(np.float32)
        values = truth + error * (texture(2 * side, 2 * side, 50 + seed, 2.0) - 1) / 0.1
        made.append(Sample(values, coarse, None, 2, 0.935))
    return made


@pytest.mark.parametrize("relative", [0.4, 0.55, 0.7, 0.9])
def test_the_spread_of_the_scene_is_found(relative: float) -> None:
    found = fit([samples(relative, 0.001), samples(relative, 0.001)])
    # Networks lean to a narrower spread; that is allowed for by 5 %.
    assert [part.relative for part in found] == pytest.approx([1.05 * relative] * 2, abs=0.06)


@pytest.mark.parametrize("noise", [0.004, 0.01])
def test_the_noise_of_the_scene_is_found(noise: float) -> None:
    (found,) = fit([samples(0.7, noise, error=0.02)])
    assert found.noise == pytest.approx(noise, rel=0.25)
    assert found.residual == pytest.approx(np.hypot(noise, 0.02), rel=0.3)
    assert found.ridge == pytest.approx(found.noise**2 / (found.residual**2 - found.noise**2), rel=0.2, abs=0.01)


def test_the_ridge_is_bounded() -> None:
    (clean,) = fit([samples(0.7, 0.0, error=0.05)])
    (noisy,) = fit([samples(0.7, 0.05, error=0.0)])
    assert 0.02 <= clean.ridge < 0.2
    assert 3 < noisy.ridge <= 10


def test_too_few_pixels_tell_nothing() -> None:
    assert fit([samples(0.7, 0.001, side=10, windows=1)]) == ()
    assert fit([[]]) == ()
    hidden = [replace(sample, mask=np.zeros(sample.coarse.shape, bool)) for sample in samples(0.7, 0.001)]
    assert fit([hidden]) == ()


def test_windows_without_a_valid_pixel_do_not_count() -> None:
    good = samples(0.7, 0.001)
    hidden = replace(good[0], mask=np.zeros(good[0].coarse.shape, bool))
    assert fit([[*good, hidden]]) == fit([good])


def test_every_candidate_is_judged_by_the_same_pixels() -> None:
    (sample,) = samples(0.7, 0.001, windows=1)
    assert {sample.residual(relative).shape for relative in (0.1, 0.5, 1.0)} == {(44, 44)}


def test_bands_share_their_spread_by_half() -> None:
    candidates = np.arange(1, 11) / 10
    powers = np.array([[1 + (candidates - best) ** 2] for best in (0.5, 0.7)])
    first, second = relative_spreads(powers)
    assert (first, second) == pytest.approx((1.05 * 0.55, 1.05 * 0.65), abs=0.03)


def test_noise_is_told_from_slopes_and_curves() -> None:
    rows, cols = np.mgrid[0 : 8 * BLOCK + 2, 0 : 8 * BLOCK + 2].astype(float)
    assert noise_power(rows**2 + cols) == pytest.approx(np.zeros(64), abs=1e-12)
    noise = np.random.default_rng(0).normal(0, 0.3, rows.shape)
    assert np.sqrt(noise_power(100 * rows + noise).mean()) == pytest.approx(0.3, rel=0.05)
    rows[3, 3] = np.nan
    assert len(noise_power(rows)) == 63


@settings(max_examples=20)
@given(st.floats(0.1, 1.2), st.integers(2, 6))
def test_residuals_are_known_where_every_pixel_seen_was_measured(sigma: float, factor: int) -> None:
    coarse = np.ones((24, 24), np.float32)
    mask = np.ones((24, 24), bool)
    mask[11, 12] = False
    residual, known = residual_of(np.ones((24 * factor,) * 2, np.float32), coarse, mask, factor, sigma)
    seen = footprint(sigma, factor)
    assert np.allclose(residual, 0, atol=1e-6)
    assert known is not None and (~known).sum() == (2 * seen + 1) ** 2


# --- in a run ---------------------------------------------------------------------------------------------------------

pytest.importorskip("onnxruntime")
gdal = pytest.importorskip("osgeo.gdal")
pytest.importorskip("onnx")

from satsharp.core.cards import load_card  # noqa: E402
from satsharp.core.job import Job, Options  # noqa: E402
from satsharp.core.planning import plan_job  # noqa: E402
from satsharp.core.products import open_scene  # noqa: E402
from satsharp.core.scene import Scene  # noqa: E402
from satsharp.core.sensors import sensor_by_id  # noqa: E402
from satsharp.core.session import Stopper  # noqa: E402
from satsharp.core.super_resolution import prepared, run  # noqa: E402
from satsharp.export_tools.simulation import SimulationOptions, simulate_product  # noqa: E402
from satsharp.tests.unit.model_factory import TARGETS, write_bicubic  # noqa: E402


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    folder = tmp_path_factory.mktemp("product")
    options = SimulationOptions(size=360, width=300, seed=9, clouds=False)
    return open_scene(str(simulate_product(folder, options).safe), sensor_by_id("sentinel2"))


@pytest.fixture(scope="module")
def card(tmp_path_factory: pytest.TempPathFactory):
    """A network that blurs, and so loses what it was given."""
    return load_card(write_bicubic(tmp_path_factory.mktemp("models"), "blurred", blur=True))


def finished(job: Job) -> np.ndarray:
    run(job, lambda share: None, lambda: False, lambda text: None)
    return gdal.Open(str(job.files[0].path)).ReadAsArray()


def plan(scene: Scene, card, path: Path, **choices) -> Job:
    return plan_job(scene, (card,), str(path), Options(copy_fine_bands=False, guard="off", **choices))


@pytest.fixture(scope="module")
def whole(scene: Scene, card, tmp_path_factory: pytest.TempPathFactory) -> np.ndarray:
    return finished(plan(scene, card, tmp_path_factory.mktemp("whole") / "all.tif"))


def test_the_halo_holds_what_the_correction_sees(scene: Scene, card, tmp_path: Path) -> None:
    plain = plan(scene, card, tmp_path / "x.tif", consistency=False).steps[0]
    step = plan(scene, card, tmp_path / "x.tif").steps[0]
    widest = max(margin_of(sensor_sigma("sentinel2", name, 2), 2) for name in TARGETS)
    assert (plain.margin, plain.sensor_spreads) == (0, ())
    assert (step.margin, step.halo) == (widest, plain.halo + widest)
    assert [name for name, _ in step.sensor_spreads] == list(TARGETS)


def test_the_product_returns(scene: Scene, card, whole: np.ndarray, tmp_path: Path) -> None:
    plain = finished(plan(scene, card, tmp_path / "plain.tif", consistency=False))
    job, _ = prepared(plan(scene, card, tmp_path / "x.tif"), Stopper(), lambda: None, lambda text: None)
    for number, name in enumerate(TARGETS):
        (correction,) = [found for found in job.steps[0].corrections if found.band == name]
        band = scene.band(name)
        dataset = gdal.Open(band.path)
        stored = dataset.GetRasterBand(band.index).ReadAsArray().astype(np.float32)
        # Away from the edge and from the nodata corner.
        inside = (slice(60, -12), slice(60, -12))
        off = [
            (degrade(made[number][None].astype(np.float32), 2, (correction.sigma,))[0] - stored)[inside]
            for made in (plain, whole)
        ]
        before, after = (float(np.sqrt(np.mean(part**2))) for part in off)
        assert after < 0.6 * before
        assert abs(off[1].mean()) < 0.5


@pytest.mark.parametrize("size", [60, 132, 1000])
def test_tiles_never_show(scene: Scene, card, whole: np.ndarray, tmp_path: Path, size: int) -> None:
    assert np.array_equal(finished(plan(scene, card, tmp_path / "tiled.tif", tile_size=size)), whole)


def test_an_extent_equals_the_crop(scene: Scene, card, whole: np.ndarray, tmp_path: Path) -> None:
    x, _, _, y, _, _ = scene.finest.transform
    job = plan(scene, card, tmp_path / "part.tif", extent=(x + 900, y - 2700, x + 2100, y - 1200))
    assert np.array_equal(finished(job), whole[(slice(None), *job.window.slices)])


def test_nodata_stays_and_spreads_no_further(scene: Scene, whole: np.ndarray) -> None:
    for number, name in enumerate(TARGETS):
        band = scene.band(name)
        dataset = gdal.Open(band.path)
        stored = dataset.GetRasterBand(band.index).ReadAsArray()
        assert np.array_equal(whole[number] == 0, stored.repeat(2, 0).repeat(2, 1) == 0)
    assert (whole == 0).any()


def test_lineage_tells_the_spread(scene: Scene, card, tmp_path: Path) -> None:
    finished(plan(scene, card, tmp_path / "on.tif"))
    finished(plan(scene, card, tmp_path / "off.tif", consistency=False))
    told = gdal.Open(str(tmp_path / "on.tif")).GetMetadataItem("SATSHARP_CONSISTENCY")
    assert told.startswith("point spread in output pixels: B05 0.") and told.count(",") == len(TARGETS) - 1
    assert gdal.Open(str(tmp_path / "off.tif")).GetMetadataItem("SATSHARP_CONSISTENCY") == "off"


def test_the_choice_is_part_of_what_a_resumed_run_must_share(scene: Scene, card, tmp_path: Path) -> None:
    on, off = (dict(plan(scene, card, tmp_path / "x.tif", consistency=choice).identity) for choice in (True, False))
    assert {name for name in on if on[name] != off[name]} == {"parameters"}
    found = [
        prepared(plan(scene, card, tmp_path / "x.tif", consistency=choice), Stopper(), lambda: None, lambda text: None)[
            0
        ]
        for choice in (True, False)
    ]
    assert found[0].steps[0].corrections and not found[1].steps[0].corrections
    digests = [dict(job.identity)["findings on the scene"] for job in found]
    assert digests[0] != digests[1]

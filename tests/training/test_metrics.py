# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from satsharp.export_tools import metrics

ALL = np.ones((1, 2), bool)
GOLDEN = Path(os.environ.get("SATSHARP_GOLDEN", Path(__file__).resolve().parents[3] / "shared" / "golden"))


def golden(name: str) -> dict[str, np.ndarray]:
    path = GOLDEN / name / "io.npz"
    if not path.is_file():
        pytest.skip(f"{path} is not here")
    return {key: np.asarray(value, np.float64) for key, value in np.load(path).items()}


def noisy(seed: int, shape: tuple[int, ...] = (3, 24, 32), noise: float = 0.05) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    truth = rng.uniform(0.1, 0.6, shape)
    return truth, truth + rng.normal(0, noise, shape)


def everywhere(image: np.ndarray) -> np.ndarray:
    return np.ones(image.shape[1:], bool)


def test_rmse_and_sre_equal_hand_computed_values() -> None:
    truth = np.array([[[3.0, 5.0]], [[10.0, 10.0]]])
    estimate = np.array([[[4.0, 3.0]], [[10.0, 12.0]]])
    per_band = metrics.rmse(truth, estimate, ALL)
    np.testing.assert_allclose(per_band, [np.sqrt(2.5), np.sqrt(2.0)])
    assert metrics.rmse_overall(per_band) == pytest.approx(1.5)
    np.testing.assert_allclose(metrics.sre(truth, estimate, ALL), [10 * np.log10(16 / 2.5), 10 * np.log10(50)])


def test_ergas_equals_hand_computed_values() -> None:
    truth = np.array([[[3.0, 5.0]], [[10.0, 10.0]]])
    estimate = np.array([[[4.0, 3.0]], [[10.0, 12.0]]])
    # Relative squared errors 2.5 / 16 and 2 / 100, mean 0.088125; h / l is one half.
    assert metrics.ergas(truth, estimate, ALL, 2) == pytest.approx(50 * np.sqrt(0.088125))
    np.testing.assert_allclose(metrics.ergas_per_band(truth, estimate, ALL, 2), [50 * np.sqrt(2.5) / 4, 5 * np.sqrt(2)])


def test_psnr_takes_its_data_range_from_the_caller() -> None:
    assert float(metrics.psnr(0.01, 1.0)) == pytest.approx(40.0)
    assert float(metrics.psnr(0.01, 2.0)) == pytest.approx(40.0 + 20 * np.log10(2))
    assert float(metrics.psnr(0.0, 1.0)) == np.inf


def test_masked_pixels_do_not_count() -> None:
    truth, estimate = np.zeros((1, 1, 2)), np.array([[[3.0, 100.0]]])
    assert metrics.rmse(truth, estimate, np.array([[True, False]]))[0] == pytest.approx(3.0)


@pytest.mark.parametrize("name", ["uiq", "ssim"])
def test_windows_with_a_masked_pixel_do_not_count(name: str) -> None:
    truth, estimate = noisy(1)
    mask = everywhere(truth)
    mask[:, 15] = False
    broken = estimate.copy()
    broken[:, :, 15] = 1e6
    figure = (lambda a, b, m: metrics.ssim(a, b, 1.0, m)) if name == "ssim" else metrics.uiq
    sides = [figure(truth[..., cut], estimate[..., cut], None) for cut in (slice(0, 15), slice(16, 32))]
    windows = np.array([15, 16]) - (10 if name == "ssim" else 7)
    expected = (sides[0] * windows[0] + sides[1] * windows[1]) / windows.sum()
    np.testing.assert_allclose(figure(truth, broken, mask), expected, rtol=1e-9)


def test_sam_is_the_mean_angle_of_each_pixel_in_degrees() -> None:
    truth = np.array([[[1.0, 1.0]], [[0.0, 0.0]]])
    estimate = np.array([[[2.0, 1.0]], [[0.0, 1.0]]])
    # 0 and 45 degrees; the angle of flattened bands would be arccos(3 / sqrt(10)) = 18.4 and undefined.
    assert metrics.sam(truth, estimate, ALL) == pytest.approx(22.5)


def test_sam_leaves_out_zero_spectra() -> None:
    truth = np.array([[[1.0, 0.0]], [[0.0, 0.0]]])
    estimate = np.array([[[1.0, 1.0]], [[1.0, 1.0]]])
    assert metrics.sam(truth, estimate, ALL) == pytest.approx(45.0)
    assert np.isnan(metrics.sam(np.zeros((2, 1, 2)), estimate, ALL))


@given(gain=st.floats(0.5, 2.0), seed=st.integers(0, 50))
def test_sam_does_not_see_brightness(gain: float, seed: int) -> None:
    truth, estimate = noisy(seed, (4, 3, 5))
    mask = everywhere(truth)
    expected = metrics.sam(truth, estimate, mask)
    assert metrics.sam(truth, gain * estimate, mask) == pytest.approx(expected, abs=1e-9)


def test_uiq_is_one_for_equal_images_and_follows_its_formula() -> None:
    truth = np.random.default_rng(0).uniform(1, 2, (1, 8, 8))
    assert metrics.uiq(truth, truth)[0] == pytest.approx(1.0)
    estimate = 2 * truth
    mean, variance = truth.mean(), truth.var()
    expected = 4 * 2 * variance * 2 * mean**2 / ((variance + 4 * variance) * (mean**2 + 4 * mean**2))
    assert metrics.uiq(truth, estimate)[0] == pytest.approx(expected)


def test_uiq_keeps_its_digits_on_bright_flat_images() -> None:
    rng = np.random.default_rng(3)
    detail = rng.normal(0, 1, (1, 8, 8))
    expected = metrics.uiq(10 + detail, 10 + 2 * detail)[0]
    # Means dominate: 1e7 + detail has relative variance 1e-14, and the luminance term becomes 1.
    assert metrics.uiq(1e7 + detail, 1e7 + 2 * detail)[0] == pytest.approx(0.8, abs=1e-3)
    assert 0.7 < expected < 0.8


def test_ssim_of_one_window_follows_its_formula() -> None:
    truth, estimate = noisy(2, (1, 11, 11))
    weights = np.exp(-0.5 * (np.arange(-5, 6) / 1.5) ** 2)
    window = np.outer(weights, weights) / weights.sum() ** 2
    a, b = truth[0], estimate[0]
    mean_a, mean_b = (window * a).sum(), (window * b).sum()
    var_a, var_b = (window * (a - mean_a) ** 2).sum(), (window * (b - mean_b) ** 2).sum()
    covariance = (window * (a - mean_a) * (b - mean_b)).sum()
    c1, c2 = 1e-4, 9e-4
    expected = (2 * mean_a * mean_b + c1) * (2 * covariance + c2)
    expected /= (mean_a**2 + mean_b**2 + c1) * (var_a + var_b + c2)
    assert metrics.ssim(truth, estimate, 1.0)[0] == pytest.approx(expected, rel=1e-12)


def test_images_smaller_than_the_window_have_no_value() -> None:
    truth, estimate = noisy(2, (2, 9, 9))
    assert np.isnan(metrics.ssim(truth, estimate, 1.0)).all()
    assert np.isfinite(metrics.uiq(truth, estimate)).all()


@pytest.mark.parametrize("shift", [(0, 0), (3, -2), (-4, 1)])
def test_cpsnr_forgives_any_whole_shift_and_a_bias(shift: tuple[int, int]) -> None:
    scene = np.random.default_rng(4).uniform(0, 1, (2, 60, 60))
    truth = scene[:, 10:50, 10:50]
    moved = scene[:, 10 - shift[0] : 50 - shift[0], 10 - shift[1] : 50 - shift[1]] + 0.3
    # Rounding alone is left.
    assert metrics.cpsnr(truth, moved, 1.0, reach=4) > 200
    noisy_copy = moved + np.random.default_rng(5).normal(0, 0.01, moved.shape)
    assert metrics.cpsnr(truth, noisy_copy, 1.0, reach=4) == pytest.approx(40, abs=0.2)


def test_reference_values_of_s2l8h() -> None:
    values = golden("s2l8h_metrics")
    truth, estimate = values["gt"], values["pred"]
    error = metrics.rmse(truth, estimate, everywhere(truth))
    assert float(metrics.psnr(metrics.rmse_overall(error), 1.0)) == pytest.approx(float(values["PSNR"]), abs=1e-6)
    bands = [f"B{number}" for number in range(2, 8)]
    np.testing.assert_allclose(metrics.psnr(error, 2.0), [float(values[f"PSNR_{band}"]) for band in bands], atol=1e-6)
    box = metrics.uniform_window
    whole = metrics.ssim(truth, estimate, 1.0, weights=box(7), unbiased=True)
    assert float(whole.mean()) == pytest.approx(float(values["SSIM"]), abs=1e-6)
    by_band = metrics.ssim(truth, estimate, 2.0, weights=box(5), unbiased=True)
    np.testing.assert_allclose(by_band, [float(values[f"SSIM_{band}"]) for band in bands], atol=1e-6)
    relative = metrics.rmse_overall(error) / np.sqrt((truth**2).mean())
    assert relative == pytest.approx(float(values["NRMSE"]), abs=1e-6)


@pytest.mark.parametrize("case", ["noise", "shifted", "same"])
@pytest.mark.parametrize("border", [0, 4])
def test_reference_values_of_satlas(case: str, border: int) -> None:
    values = golden("satlas_metrics")
    cut = slice(border, 128 - border)
    truth, estimate = (values[name].transpose(2, 0, 1)[:, cut, cut] for name in ("hr", f"sr_{case}"))
    suffix = f"{case}_cb{border}"
    error = metrics.rmse_overall(metrics.rmse(truth, estimate, everywhere(truth)))
    assert float(metrics.psnr(error, 255.0)) == pytest.approx(float(values[f"psnr_{suffix}"]), abs=1e-9)
    assert metrics.ssim(truth, estimate, 255.0).mean() == pytest.approx(float(values[f"ssim_{suffix}"]), abs=1e-12)
    satlas = metrics.cpsnr(truth, estimate, 255.0, reach=8, step=2)
    assert satlas == pytest.approx(float(values[f"cpsnr_{suffix}"]), abs=1e-9)
    assert metrics.cpsnr(truth, estimate, 255.0, reach=8) >= satlas


def test_scikit_image_agrees() -> None:
    structural = pytest.importorskip("skimage.metrics").structural_similarity
    truth, estimate = noisy(7)
    expected = [
        structural(a, b, data_range=1.0, gaussian_weights=True, sigma=1.5, use_sample_covariance=False)
        for a, b in zip(truth, estimate)
    ]
    np.testing.assert_allclose(metrics.ssim(truth, estimate, 1.0), expected, rtol=1e-9)


def test_torchmetrics_agrees() -> None:
    functional = pytest.importorskip("torchmetrics.functional.image")
    torch = pytest.importorskip("torch")
    truth, estimate = noisy(8)
    mask = everywhere(truth)
    a, b = (torch.from_numpy(image)[None] for image in (estimate, truth))
    radians = float(functional.spectral_angle_mapper(a, b))
    assert metrics.sam(truth, estimate, mask) == pytest.approx(np.degrees(radians), rel=1e-6)
    psnr = float(functional.peak_signal_noise_ratio(a, b, data_range=1.0))
    error = metrics.rmse_overall(metrics.rmse(truth, estimate, mask))
    assert float(metrics.psnr(error, 1.0)) == pytest.approx(psnr, rel=1e-6)


def test_a_grid_is_what_one_place_in_the_coarse_pixels_is_off() -> None:
    truth = np.zeros((2, 6, 5))
    estimate = np.zeros((2, 6, 5))
    estimate[0] = 7.0  # Too light everywhere is no grid.
    estimate[1, 0::2, 1::2] = 4.0  # One of four places: 4 above the rest, 3 above the mean of all.
    np.testing.assert_allclose(metrics.grid(truth, estimate, everywhere(truth), 2), [0.0, 3.0])
    estimate[1, 4, 1] = 100.0
    mask = everywhere(truth)
    mask[5, 0] = False  # Takes that coarse pixel away, and the last column is none.
    np.testing.assert_allclose(metrics.grid(truth, estimate, mask, 2), [0.0, 3.0])
    assert np.isnan(metrics.grid(truth, estimate, ~everywhere(truth), 2)).all()
    np.testing.assert_allclose(metrics.grid(truth, estimate, everywhere(truth), 1), [0.0, 0.0])


def test_random_errors_leave_a_small_grid() -> None:
    truth, estimate = noisy(3, (1, 120, 120), noise=10.0)
    # 3600 coarse pixels: 10 / 60, and the largest of four.
    assert 0.02 < metrics.grid(truth, estimate, everywhere(truth), 2)[0] < 0.6

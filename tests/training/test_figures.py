# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("osgeo")

from satsharp.core.point_spread import degrade  # noqa: E402
from satsharp.core.scene_pass import solve  # noqa: E402
from satsharp.export_tools import metrics  # noqa: E402
from satsharp.export_tools.baselines import band_regression, upsample  # noqa: E402
from satsharp.export_tools.configuration import Config  # noqa: E402
from satsharp.export_tools.degradation import degrade_chip, kernel, moments_of, sigmas, wald_pair  # noqa: E402
from satsharp.export_tools.variation import dihedral, mix_targets, vary_radiometry  # noqa: E402

from .conftest import make_place  # noqa: E402

ALL = np.ones((1, 2), bool)


def test_rmse_and_sre_equal_hand_computed_values() -> None:
    truth = np.array([[[3.0, 5.0]], [[10.0, 10.0]]])
    estimate = np.array([[[4.0, 3.0]], [[10.0, 12.0]]])
    per_band = metrics.rmse(truth, estimate, ALL)
    np.testing.assert_allclose(per_band, [np.sqrt(2.5), np.sqrt(2.0)])
    assert metrics.rmse_overall(per_band) == pytest.approx(1.5)
    np.testing.assert_allclose(metrics.sre(truth, estimate, ALL), [10 * np.log10(16 / 2.5), 10 * np.log10(50)])


def test_masked_pixels_do_not_count() -> None:
    truth, estimate = np.zeros((1, 1, 2)), np.array([[[3.0, 100.0]]])
    assert metrics.rmse(truth, estimate, np.array([[True, False]]))[0] == pytest.approx(3.0)


def test_sam_is_the_mean_angle_in_degrees() -> None:
    truth = np.array([[[1.0, 1.0]], [[0.0, 0.0]]])
    estimate = np.array([[[2.0, 1.0]], [[0.0, 1.0]]])
    assert metrics.sam(truth, estimate, ALL) == pytest.approx(22.5)


def test_uiq_is_one_for_equal_images_and_follows_its_formula() -> None:
    truth = np.random.default_rng(0).uniform(1, 2, (1, 8, 8))
    assert metrics.uiq(truth, truth)[0] == pytest.approx(1.0)
    estimate = 2 * truth
    mean, variance = truth.mean(), truth.var()
    expected = 4 * 2 * variance * 2 * mean**2 / ((variance + 4 * variance) * (mean**2 + 4 * mean**2))
    assert metrics.uiq(truth, estimate)[0] == pytest.approx(expected)


def test_upsampling_has_half_pixel_centres_and_symmetric_edges() -> None:
    image = np.array([[[0.0, 4.0, 8.0]]], np.float32)
    np.testing.assert_allclose(upsample(image, 2, "bilinear")[0, 0], [0, 1, 3, 5, 7, 8])
    np.testing.assert_allclose(upsample(image, 2, "nearest")[0, 0], [0, 0, 4, 4, 8, 8])
    # Keys a = -0.5 at distances 1.75, 0.75, 0.25, 1.25: weights -0.0234, 0.2266, 0.8672, -0.0703.
    assert upsample(image, 2, "bicubic")[0, 0, 2] == pytest.approx(0.8672 * 4 - 0.0703 * 8 + 0.2266 * 0, abs=2e-3)


@pytest.mark.parametrize("method", ["nearest", "bilinear", "bicubic"])
def test_upsampling_keeps_constants(method: str) -> None:
    np.testing.assert_allclose(upsample(np.full((1, 4, 5), 3.0, np.float32), 6, method), 3.0, rtol=1e-6)


def test_band_regression_returns_the_coarse_bands(config: Config) -> None:
    pair = wald_pair(make_place(config, 2), config, "published")
    slopes = np.full((6, 5), 0.3, np.float32)
    nearest = band_regression(pair.inputs, slopes, config, "nearest")
    blocks = nearest.reshape(6, 48, 2, 48, 2).mean(axis=(2, 4))
    np.testing.assert_allclose(blocks, pair.inputs["b20"], atol=1e-5)


def test_published_kernel_has_the_published_weights() -> None:
    # Gaussian of sigma 0.5: 2.64e-4, 0.10645, 0.78657, ...; then the mean of two.
    expected = np.convolve([2.64e-4, 0.10645, 0.78657, 0.10645, 2.64e-4], [0.5, 0.5])
    np.testing.assert_allclose(kernel(0.5, 2, 0.0), expected, atol=1e-5)
    np.testing.assert_allclose(kernel(1 / 6, 6, 0.0)[1:-1], 1 / 6, atol=1e-6)


@pytest.mark.parametrize(("factor", "sigma"), [(2, 0.5), (2, 0.95), (6, 1 / 6), (6, 2.6)])
def test_degraded_chip_equals_the_degraded_scene(factor: int, sigma: float) -> None:
    scene = np.random.default_rng(0).uniform(0, 1, (2, 30 * factor, 30 * factor)).astype(np.float32)
    expected = degrade(scene, factor, [sigma, sigma])[:, 10:20, 10:20]
    margin = 4 * factor
    chip = scene[:, 10 * factor - margin : 20 * factor + margin, 10 * factor - margin : 20 * factor + margin]
    actual = degrade_chip(chip, factor, 10, margin, [sigma, sigma], np.zeros((2, 2)))
    np.testing.assert_allclose(actual, expected, atol=2e-6)


def test_shift_moves_the_sampling_by_that_many_pixels() -> None:
    ramp = np.arange(40, dtype=np.float32)[None, :, None] * np.ones((1, 1, 40), np.float32)
    still = degrade_chip(ramp, 2, 12, 8, [0.5], np.zeros((1, 2)))
    moved = degrade_chip(ramp, 2, 12, 8, [0.5], np.array([[0.4, -0.7]]))
    np.testing.assert_allclose((moved - still)[0, 2:-2, 2:-2], 0.4, atol=0.03)


def test_spreads_follow_the_protocols(config: Config) -> None:
    assert sigmas(config, ("B05",), 2, "published") == [0.5]
    # B05: MTF 0.343 at Nyquist: 2 / pi x sqrt(-2 ln 0.343) = 0.931 px of 20 m.
    assert sigmas(config, ("B05",), 2, "mtf")[0] == pytest.approx(0.931, abs=1e-3)
    assert sigmas(config, ("B02",), 1, "mtf") == [0.0]


def test_regression_follows_varied_radiometry(config: Config) -> None:
    pair = wald_pair(make_place(config, 4), config, "published")
    default = np.zeros((6, 5), np.float32)
    before = solve(moments_of(pair.inputs, pair.mask, config), 4, default, 0.0)
    rng = np.random.default_rng(0)
    images = [pair.inputs["b10"], pair.inputs["b20"]]
    varied, predicted, truth = vary_radiometry(images, before, pair.truth, 0.2, 0.05, rng)
    after = solve(moments_of({"b10": varied[0], "b20": varied[1]}, pair.mask, config), 4, default, 0.0)
    assert float(np.abs(after - before).max()) > 0.05
    np.testing.assert_allclose(after[:, :4], predicted[:, :4], atol=0.15 * float(np.abs(before).max()))
    assert truth.shape == pair.truth.shape


def test_the_eight_symmetries_are_different() -> None:
    image = np.arange(9, dtype=np.float32).reshape(1, 3, 3)
    seen = {dihedral(image, turns, flip).tobytes() for turns in range(4) for flip in (False, True)}
    assert len(seen) == 8


def test_mixing_targets_keeps_the_protocol_linear(config: Config) -> None:
    rng = np.random.default_rng(1)
    guides, coarse, truth, regression = (
        rng.normal(0, 1, shape).astype(np.float32) for shape in ((4, 8, 8), (6, 4, 4), (6, 8, 8), (6, 5))
    )
    free = np.array([True, True, True, False, True, True])
    mixed = mix_targets(coarse, regression, truth, free, rng)
    matrix = np.linalg.lstsq(truth.reshape(6, -1).T, mixed[2].reshape(6, -1).T, rcond=None)[0].T
    assert float(np.abs(matrix - np.eye(6)).max()) > 0.1
    np.testing.assert_allclose(matrix[[0, 1, 2, 4, 5], 3], 0, atol=1e-5)
    before = band_regression({"b10": guides, "b20": coarse}, regression, config)
    after = band_regression({"b10": guides, "b20": mixed[0]}, mixed[1], config)
    np.testing.assert_allclose(after, np.tensordot(matrix, before, axes=(1, 0)), atol=1e-4)

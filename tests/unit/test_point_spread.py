# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import math

import numpy as np
import pytest
from satsharp.core import point_spread
from satsharp.core.errors import GridError


def image_of(bands: int, rows: int, cols: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random((bands, rows, cols), np.float32)


def test_sigma_gives_back_the_mtf_at_nyquist():
    for mtf, gsd in ((0.19, 20.0), (0.343, 20.0), (0.39, 60.0)):
        sigma = point_spread.sigma_of_mtf(mtf, gsd)
        assert math.exp(-2 * (math.pi * sigma / (2 * gsd)) ** 2) == pytest.approx(mtf, rel=1e-12)
    assert point_spread.sigma_of_mtf(0.19, 20.0) == pytest.approx(11.602, abs=1e-3)


@pytest.mark.parametrize(("mtf", "gsd"), [(0.0, 20), (1.0, 20), (0.3, 0)])
def test_sigma_refuses_what_is_no_point_spread(mtf, gsd):
    with pytest.raises(ValueError, match="give no point spread"):
        point_spread.sigma_of_mtf(mtf, gsd)


def test_kernel_is_odd_symmetric_and_normalised():
    kernel = point_spread.gaussian_kernel(1.16)
    assert kernel.dtype == np.float32
    assert len(kernel) == 2 * point_spread.radius_of(1.16) + 1 == 11
    assert kernel.sum() == pytest.approx(1, abs=1e-6)
    np.testing.assert_array_equal(kernel, kernel[::-1])
    np.testing.assert_array_equal(point_spread.gaussian_kernel(0), [1])


@pytest.mark.parametrize("shape", [(1, 1), (3, 50), (41, 64), (200, 7)])
def test_blur_matches_scipy(shape):
    ndimage = pytest.importorskip("scipy.ndimage")
    image, sigmas = image_of(3, *shape), (0.4, 1.16, 2.9)
    expected = [ndimage.gaussian_filter(b, s, mode="reflect", truncate=4) for b, s in zip(image, sigmas)]
    np.testing.assert_allclose(point_spread.blur(image, sigmas), expected, atol=1e-5)


def test_blur_over_several_strips_is_one_blur(monkeypatch):
    image, sigmas = image_of(2, 97, 60), (1.1, 2.0)
    whole = point_spread.blur(image, sigmas)
    monkeypatch.setattr(point_spread, "STRIP_ELEMENTS", 500)
    np.testing.assert_array_equal(point_spread.blur(image, sigmas), whole)


def test_block_mean_is_the_mean_of_each_block():
    image = image_of(2, 12, 18)
    for factor in (1, 2, 3, 6):
        expected = image.reshape(2, 12 // factor, factor, 18 // factor, factor).mean(axis=(2, 4))
        np.testing.assert_allclose(point_spread.block_mean(image, factor), expected, atol=1e-6)


def test_block_mean_names_the_size_that_does_not_divide():
    with pytest.raises(GridError, match="13 rows and 18 columns are no whole multiple of 6"):
        point_spread.block_mean(image_of(1, 13, 18), 6)
    with pytest.raises(GridError, match="no whole multiple"):
        point_spread.degrade(image_of(1, 12, 19), 2, (1.0,))


@pytest.mark.parametrize(("factor", "sigmas"), [(2, (1.16, 0.9)), (3, (1.5, 0.0)), (6, (2.9, 3.5))])
def test_degrade_is_block_mean_of_blur(factor, sigmas):
    image = image_of(2, 60, 48)
    expected = point_spread.block_mean(point_spread.blur(image, sigmas), factor)
    np.testing.assert_allclose(point_spread.degrade(image, factor, sigmas), expected, atol=2e-6)


def test_degrade_of_a_window_with_halo_is_the_crop_of_the_whole():
    image, sigmas = image_of(2, 96, 96), (1.16, 0.95)
    halo = 6
    whole = point_spread.degrade(image, 2, sigmas)
    part = point_spread.degrade(image[:, 30 - halo : 60 + halo, 24 - halo : 72 + halo], 2, sigmas)
    np.testing.assert_array_equal(part[:, 3:-3, 3:-3], whole[:, 15:30, 12:36])


def test_degrade_keeps_the_transfer_of_a_sine():
    columns = np.arange(960)
    period = 12.0
    sine = np.broadcast_to(np.sin(2 * np.pi * (columns + 0.5) / period), (1, 60, 960)).astype(np.float32)
    result = point_spread.degrade(sine, 2, (1.2,))[0, 10]
    gauss = math.exp(-2 * (math.pi * 1.2 / period) ** 2)
    box = math.cos(math.pi / period)
    expected = gauss * box * np.sin(2 * np.pi * (np.arange(480) * 2 + 1) / period)
    np.testing.assert_allclose(result[20:-20], expected[20:-20], atol=2e-4)


def test_sigmas_must_fit_the_bands():
    with pytest.raises(ValueError, match="3 sigmas do not fit"):
        point_spread.blur(image_of(2, 8, 8), (1, 1, 1))

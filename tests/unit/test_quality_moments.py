# SPDX-License-Identifier: GPL-2.0-or-later
"""Figures of pairs of values against numpy, scikit-image and torchmetrics; joined from blocks in any way."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from satsharp.core.quality.comparison import Comparison
from satsharp.core.quality.indices import INDICES, colours_of, normalised_difference
from satsharp.core.quality.metrics import sam, ssim
from satsharp.core.quality.moments import Average, PairMoments


def images(rows: int = 60, cols: int = 45, bands: int = 3, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    smooth = random.uniform(0.02, 0.5, (bands, rows, cols)).astype(np.float32).cumsum(2) / np.arange(1, cols + 1)
    smooth = smooth.astype(np.float32)
    return smooth, (0.9 * smooth + 0.02 + random.normal(0, 0.01, smooth.shape)).astype(np.float32)


def test_figures_are_those_of_numpy():
    x, y = (image.ravel().astype(np.float64) for image in images())
    found = PairMoments.of(x, y)
    slope, intercept = np.polyfit(x, y, 1)
    assert found.slope == pytest.approx(slope, rel=1e-9) and found.intercept == pytest.approx(intercept, rel=1e-9)
    assert found.correlation == pytest.approx(np.corrcoef(x, y)[0, 1], rel=1e-9)
    assert found.r2 == pytest.approx(np.corrcoef(x, y)[0, 1] ** 2, rel=1e-9)
    assert found.bias == pytest.approx((y - x).mean(), rel=1e-9)
    assert found.mae == pytest.approx(np.abs(y - x).mean(), rel=1e-9)
    assert found.rmse == pytest.approx(np.sqrt(((y - x) ** 2).mean()), rel=1e-9)


def test_figures_are_those_of_scikit_image():
    measured = pytest.importorskip("skimage.metrics")
    x, y = (image.astype(np.float64) for image in images())
    found = PairMoments.of(x, y)
    assert found.nrmse == pytest.approx(measured.normalized_root_mse(x, y, normalization="euclidean"), rel=1e-9)
    assert found.psnr == pytest.approx(measured.peak_signal_noise_ratio(x, y, data_range=1), rel=1e-9)


def test_structure_and_spectra_are_those_of_torchmetrics():
    torch = pytest.importorskip("torch")
    functional = pytest.importorskip("torchmetrics.functional.image")
    x, y = images()
    comparison = Comparison(("a", "b", "c"), ((0, 1),) * 3, ())
    for rows in (slice(0, 7), slice(7, 8), slice(8, 41), slice(41, 60)):
        comparison.add(x[:, rows], y[:, rows], np.ones((rows.stop - rows.start, 45), bool))
    found = comparison.result()
    tensors = [torch.from_numpy(image)[None].double() for image in (y, x)]
    for channel, figure in enumerate(found.bands):
        one = [tensor[:, channel : channel + 1] for tensor in tensors]
        expected = functional.structural_similarity_index_measure(*one, data_range=1.0, return_full_image=True)[1]
        # Only windows that lie inside the image count here; torchmetrics mirrors the image first.
        assert figure.ssim == pytest.approx(float(expected[0, 0, 5:-5, 5:-5].mean()), abs=1e-6)
    angles = functional.spectral_angle_mapper(*tensors, reduction="elementwise_mean")
    assert found.sam == pytest.approx(math.degrees(float(angles)), abs=1e-4)


def test_strips_give_what_the_whole_image_gives():
    x, y = images(80, 40)
    mask = np.random.default_rng(3).random((80, 40)) > 0.001
    whole = Comparison(("a", "b", "c"), ((0, 1),) * 3, ((INDICES[0], 2, 0),))
    whole.add(x, y, mask)
    strips = Comparison(("a", "b", "c"), ((0, 1),) * 3, ((INDICES[0], 2, 0),))
    for row in range(0, 80, 9):
        strips.add(x[:, row : row + 9], y[:, row : row + 9], mask[row : row + 9])
    one, other = whole.result(), strips.result()
    assert other.sam == pytest.approx(one.sam) and one.sam == pytest.approx(sam(x, y, mask), abs=1e-4)
    expected = ssim(x.astype(np.float64), y.astype(np.float64), 1.0, mask)
    for channel, (figure, same) in enumerate(zip(one.bands, other.bands)):
        assert figure.moments.rmse == pytest.approx(same.moments.rmse, rel=1e-9)
        assert figure.ssim == pytest.approx(same.ssim, abs=1e-9) == pytest.approx(expected[channel], abs=1e-9)
        assert np.array_equal(figure.density.counts, same.density.counts)
    assert one.indices[0].moments.correlation == pytest.approx(other.indices[0].moments.correlation)
    ndvi = [(image[2] - image[0])[mask] / (image[2] + image[0])[mask] for image in (x, y)]
    assert one.index("NDVI").moments.correlation == pytest.approx(np.corrcoef(*ndvi)[0, 1], abs=1e-6)
    assert one.index("EVI") is None


@settings(max_examples=40)
@given(
    st.lists(st.integers(-1000, 1000), min_size=1, max_size=60),
    st.lists(st.integers(0, 60), max_size=4),
    st.integers(-5, 5),
)
def test_blocks_join_in_any_way(values, cuts, gain):
    x = np.array(values, np.float64)
    y = gain * x + np.arange(x.size) % 7
    places = [0, *sorted(min(cut, x.size) for cut in cuts), x.size]
    total = PairMoments()
    for low, high in zip(places, places[1:]):
        total = total + PairMoments.of(x[low:high], y[low:high])
    whole = PairMoments.of(x, y)
    for name in ("count", "mean_x", "mean_y", "spread_x", "spread_y", "product", "absolute", "squared", "energy"):
        assert getattr(total, name) == pytest.approx(getattr(whole, name), rel=1e-9, abs=1e-6)


def test_what_is_not_defined_is_nan():
    nothing = PairMoments()
    assert all(math.isnan(value) for value in (nothing.rmse, nothing.bias, nothing.mae, nothing.slope, nothing.psnr))
    same = PairMoments.of(np.ones(4), np.ones(4))
    assert math.isnan(same.correlation) and math.isnan(same.slope) and same.psnr == math.inf and same.rmse == 0
    assert math.isnan(Average().value) and (Average.of(np.arange(3)) + Average.of(np.array([5.0]))).value == 2.0


def test_large_means_keep_their_digits():
    x = 1e6 + np.array([0.0, 1.0, 2.0, 3.0])
    assert PairMoments.of(x, 2 * x).slope == pytest.approx(2.0, rel=1e-12)
    assert (PairMoments.of(x[:1], x[:1]) + PairMoments.of(x[1:], x[1:])).spread_x == pytest.approx(5.0, rel=1e-12)


def test_colours_of_bands():
    landsat = {"B2": 482.0, "B3": 561.4, "B4": 654.6, "B5": 864.7, "B6": 1608.9, "B7": 2200.7, "B8": 589.5}
    expected = {"blue": "B2", "green": "B3", "red": "B4", "nir": "B5", "swir1": "B6", "swir2": "B7"}
    assert colours_of(landsat) == expected
    assert colours_of({"B08": 832.8, "B8A": 864.7, "B07": 782.8, "x": 0.0}) == {"nir": "B8A"}


def test_normalised_difference_is_defined_where_the_sum_is_positive():
    values, defined = normalised_difference(np.array([0.4, 0.0, -0.1, 0.3]), np.array([0.1, 0.0, 0.05, -0.1]))
    assert defined.tolist() == [True, False, False, True]
    assert values[[0, 3]].tolist() == pytest.approx([0.6, 1.0])

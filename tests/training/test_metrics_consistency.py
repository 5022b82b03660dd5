# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import dataclasses

import numpy as np
import pytest

pytest.importorskip("osgeo")

from satsharp.core.point_spread import degrade  # noqa: E402
from satsharp.export_tools.baselines import upsample  # noqa: E402
from satsharp.export_tools.degradation import Pair  # noqa: E402
from satsharp.export_tools.evaluation.consistency import Case, consistency, correctness, phase_shift  # noqa: E402
from satsharp.export_tools.evaluation.figures import OVERALL, PER_BAND, figures_of  # noqa: E402

from .conftest import texture  # noqa: E402

SPREADS = [0.5, 0.6, 0.7]
# exp(0) / (exp(0) + 2 exp(-4)): softmin of (0, 1, 1) at temperature 0.25.
WON = 1 / (1 + 2 * np.exp(-4))


def case(factor: int = 2, size: int = 96) -> Case:
    truth = (0.2 * texture(3, size, np.random.default_rng(1))).astype(np.float32)
    coarse = degrade(truth, factor, SPREADS)
    return Case(coarse, upsample(coarse, factor, "bilinear"), truth, truth, np.ones((size, size), bool), SPREADS)


def moved(image: np.ndarray, row: float, column: float) -> np.ndarray:
    """Move a periodic image by a Fourier phase."""
    rows, columns = (np.fft.fftfreq(size) for size in image.shape[1:])
    phase = np.exp(-2j * np.pi * (rows[:, None] * row + columns[None, :] * column))
    return np.fft.ifft2(np.fft.fft2(image) * phase).real


def test_the_truth_is_consistent_and_all_improvement() -> None:
    found = consistency(case())
    assert found["reflectance"] < 1e-7
    assert found["spectral"] < 1e-3
    assert found["spatial"] == 0
    shares = correctness(case())
    assert shares["improvement"] == pytest.approx(WON, abs=1e-4)
    assert shares["omission"] == pytest.approx((1 - WON) / 2, abs=1e-4)


def test_upsampling_is_all_omission() -> None:
    shares = correctness(dataclasses.replace(case(), estimate=case().upsampled))
    assert shares["omission"] == pytest.approx(WON, abs=1e-4)
    assert shares["synthesis"] == 0


def test_invented_detail_is_mostly_hallucination() -> None:
    noise = np.random.default_rng(2).normal(0, 1, case().truth.shape)
    invented = (case().upsampled * (1 + 0.9 * np.sign(noise))).astype(np.float32)
    shares = correctness(dataclasses.replace(case(), estimate=invented))
    assert shares["hallucination"] > 0.9
    assert sum(shares[name] for name in ("improvement", "omission", "hallucination")) == pytest.approx(1)


def test_a_gain_and_a_bias_are_seen_in_reflectance_and_angle() -> None:
    base = case()
    bias = np.array([0.03, 0.0, -0.03], np.float32)[:, None, None]
    found = consistency(dataclasses.replace(base, estimate=base.truth + bias))
    assert found["reflectance"] == pytest.approx(0.02, abs=1e-5)
    flat = np.full(base.coarse.shape, 0.2)
    angle = np.degrees(np.arccos((0.23 + 0.2 + 0.17) / np.sqrt(3) / np.sqrt(0.23**2 + 0.2**2 + 0.17**2)))
    even = dataclasses.replace(base, truth=np.full_like(base.truth, 0.2), coarse=flat.astype(np.float32))
    assert consistency(dataclasses.replace(even, estimate=even.truth + bias))["spectral"] == pytest.approx(
        angle, abs=0.01
    )


@pytest.mark.parametrize("shift", [(0.0, 0.0), (0.37, -1.62), (-3.2, 0.08)])
def test_phase_correlation_finds_parts_of_pixels(shift: tuple[float, float]) -> None:
    image = np.random.default_rng(3).normal(0, 1, (2, 48, 64))
    np.testing.assert_allclose(phase_shift(image, moved(image, *shift)), shift, atol=0.03)


def test_a_shift_is_measured_in_coarse_pixels_and_not_believed_beyond_five() -> None:
    base = case(size=192)
    estimate = np.roll(base.truth, (0, 4), (1, 2))
    assert consistency(dataclasses.replace(base, estimate=estimate))["spatial"] == pytest.approx(2.0, abs=0.05)
    far = np.roll(base.truth, (0, 24), (1, 2))
    assert np.isnan(consistency(dataclasses.replace(base, estimate=far))["spatial"])


@pytest.mark.parametrize(("factor", "size", "border"), [(2, 96, 16), (6, 96, 18), (6, 36, 6), (2, 20, 4)])
def test_the_border_is_whole_coarse_pixels_and_leaves_room(factor: int, size: int, border: int) -> None:
    assert case(factor, size).border == border


def test_masked_pixels_do_not_count() -> None:
    base = case()
    mask = base.mask.copy()
    mask[20:60, 20:60] = False
    # What is degraded near the masked pixels still sees them.
    inner = base.truth.copy()
    inner[:, 28:52, 28:52] = 5
    found = consistency(dataclasses.replace(base, estimate=inner, mask=mask))
    assert found["reflectance"] < 1e-6
    assert correctness(dataclasses.replace(base, estimate=inner, mask=mask))["improvement"] > 0.96


def test_figures_are_in_digital_numbers_with_reflectance_as_data_range() -> None:
    rng = np.random.default_rng(4)
    truth = rng.uniform(0.5, 1.5, (3, 32, 32)).astype(np.float32)
    pair = Pair({"b10": truth, "b20": degrade(truth, 2, SPREADS)}, truth, np.ones((32, 32), bool))
    # Network range is reflectance x 5: 0.005 is 10 digital numbers, 0.001 of reflectance 1.
    figures = figures_of(pair, truth + np.float32(0.005), SPREADS, shifts=2)
    assert figures["rmse"] == pytest.approx(10, rel=1e-3)
    assert figures["psnr"] == pytest.approx(60, abs=0.01)
    assert figures["rmse_per_band"] == pytest.approx([10] * 3, rel=1e-3)
    assert figures["ergas"] == pytest.approx(50 * 0.005 / truth.mean(), rel=0.02)
    assert figures["cpsnr"] > 100
    assert figures["consistency"]["reflectance"] == pytest.approx(0.001, rel=1e-3)
    assert {*OVERALL, *(f"{name}_per_band" for name in PER_BAND)} <= {*figures}

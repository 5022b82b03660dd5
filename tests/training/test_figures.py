# SPDX-License-Identifier: GPL-2.0-or-later
"""Degradation, the scene regression, and how chips vary."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

pytest.importorskip("osgeo")

from satsharp.core.detail_regression import solve_details  # noqa: E402
from satsharp.core.point_spread import degrade  # noqa: E402
from satsharp.export_tools.baselines import band_regression  # noqa: E402
from satsharp.export_tools.configuration import Config  # noqa: E402
from satsharp.export_tools.degradation import degrade_chip, kernel, sigmas, wald_pair  # noqa: E402
from satsharp.export_tools.scene_details import pair_moments  # noqa: E402
from satsharp.export_tools.variation import dihedral, mix_targets, vary_radiometry  # noqa: E402

from .conftest import make_place  # noqa: E402


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


def test_the_scenes_coefficients_follow_varied_radiometry(config: Config) -> None:
    pair = wald_pair(make_place(config, 4), config, "published")
    default = np.zeros((6, 6), np.float32)
    before = solve_details(pair_moments(pair, config), 4, default)
    images = [pair.inputs["b10"], pair.inputs["b20"]]
    rng = np.random.default_rng(0)
    varied, predicted, truth = vary_radiometry(images, before, pair.truth, (0.2, 0.2, 0.05), rng)
    other = dataclasses.replace(pair, inputs={"b10": varied[0], "b20": varied[1]})
    after = solve_details(pair_moments(other, config), 4, default)
    assert float(np.abs(after - before)[:, :4].max()) > 0.05
    np.testing.assert_allclose(after[:, :4], predicted[:, :4], atol=0.15 * float(np.abs(before[:, :4]).max()))
    np.testing.assert_allclose(after[:, 4:], predicted[:, 4:], atol=0.1)
    assert truth.shape == pair.truth.shape


def test_the_eight_symmetries_are_different() -> None:
    image = np.arange(9, dtype=np.float32).reshape(1, 3, 3)
    seen = {dihedral(image, turns, flip).tobytes() for turns in range(4) for flip in (False, True)}
    assert len(seen) == 8


def test_mixing_targets_keeps_the_protocol_linear(config: Config) -> None:
    rng = np.random.default_rng(1)
    guides, coarse, truth, regression = (
        rng.normal(0, 1, shape).astype(np.float32) for shape in ((4, 8, 8), (6, 4, 4), (6, 8, 8), (6, 6))
    )
    free = np.array([True, True, True, False, True, True])
    mixed = mix_targets(coarse, regression, truth, free, rng)
    matrix = np.linalg.lstsq(truth.reshape(6, -1).T, mixed[2].reshape(6, -1).T, rcond=None)[0].T
    assert float(np.abs(matrix - np.eye(6)).max()) > 0.1
    np.testing.assert_allclose(matrix[[0, 1, 2, 4, 5], 3], 0, atol=1e-5)
    before = band_regression({"b10": guides, "b20": coarse}, regression, config)
    after = band_regression({"b10": guides, "b20": mixed[0]}, mixed[1], config)
    np.testing.assert_allclose(after, np.tensordot(matrix, before, axes=(1, 0)), atol=1e-4)
    # Spread and explained share become means, so they stay what they can be.
    assert (mixed[1][:, 4:].max(axis=0) <= regression[:, 4:].max(axis=0)).all()
    assert (mixed[1][:, 4:].min(axis=0) >= regression[:, 4:].min(axis=0)).all()

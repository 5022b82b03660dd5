# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import numpy as np
import pytest
from satsharp.core.scene_pass import Moments, solve

TRUE = np.array([[0.7, -0.2, 0.5, 0.1], [0.0, 1.3, 0.2, -0.4]])
PRIOR = np.array([[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0]])


def samples(count: int, seed: int = 0, noise: float = 0.0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    guides = rng.normal([0.4, 0.8, 1.5], [0.1, 0.3, 0.5], (count, 3))
    targets = guides @ TRUE[:, :3].T + TRUE[:, 3] + rng.normal(0, noise, (count, 2))
    return np.concatenate([guides, targets], axis=1)


def test_recovers_known_coefficients_from_many_pixels() -> None:
    found = solve(Moments.empty(5).add(samples(20000, noise=0.01)), 3, PRIOR, 2.0)
    assert found.shape == (2, 4)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, TRUE, atol=5e-3)


def test_streaming_in_any_pieces_and_order_equals_one_shot() -> None:
    pixels = samples(997, noise=0.05)
    at_once = Moments.empty(5).add(pixels)
    pieces = [pixels[start : start + 61] for start in range(0, 997, 61)]
    forward, backward = Moments.empty(5), Moments.empty(5)
    for piece in pieces:
        forward = forward.add(piece.astype(np.float64))
    for piece in reversed(pieces):
        backward = backward.add(piece)
    assert forward.count == backward.count == at_once.count == 997
    np.testing.assert_allclose(forward.cross, at_once.cross, rtol=1e-12)
    np.testing.assert_allclose(solve(forward, 3, PRIOR, 2.0), solve(backward, 3, PRIOR, 2.0), rtol=1e-6)


def test_add_leaves_the_moments_as_they_were() -> None:
    start = Moments.empty(5)
    start.add(samples(10))
    assert start.count == 0
    assert float(np.abs(start.cross).sum()) == 0.0


def test_no_pixels_give_the_default() -> None:
    np.testing.assert_array_equal(solve(Moments.empty(5), 3, PRIOR, 2.0), PRIOR.astype(np.float32))


def test_prior_weight_draws_the_slopes_to_the_default() -> None:
    moments = Moments.empty(5).add(samples(50))
    distance = [
        float(np.abs(solve(moments, 3, PRIOR, weight)[:, :3] - PRIOR[:, :3]).sum()) for weight in (0.0, 50.0, 1e9)
    ]
    assert distance[0] > 1.5 * distance[1] > 0.1
    assert distance[2] < 1e-5


def test_single_guide_ridge_equals_the_hand_computed_value() -> None:
    # Guides -1, 1 (mean 0, variance 1), targets -2, 2 (slope 2); default slope 0, prior of 2 pixels:
    # slope = covariance / (variance x (1 + 0.001 + 2 / 2)) = 2 / 2.001.
    found = solve(Moments.empty(2).add(np.array([[-1.0, -2.0], [1.0, 2.0]])), 1, np.zeros((1, 2)), 2.0)
    np.testing.assert_allclose(found, [[2 / 2.001, 0.0]], rtol=1e-6)


def test_collinear_guides_share_what_the_pixels_say() -> None:
    rng = np.random.default_rng(1)
    guide = rng.normal(1, 0.2, 5000)
    pixels = np.stack([guide, guide, 2 * guide + 0.3], axis=1)
    found = solve(Moments.empty(3).add(pixels), 2, np.array([[0.5, 0.5, 0.0]]), 0.0)
    np.testing.assert_allclose(found, [[1.0, 1.0, 0.3]], atol=2e-3)


def test_constant_guide_keeps_its_default_slope_and_the_mean_is_met() -> None:
    pixels = np.stack([np.full(400, 0.7), np.linspace(0, 1, 400), np.linspace(0, 3, 400) + 1], axis=1)
    found = solve(Moments.empty(3).add(pixels), 2, np.array([[0.25, 0.0, 0.0]]), 0.0)
    assert found[0, 0] == pytest.approx(0.25)
    assert found[0] @ np.array([0.7, 0.5, 1.0]) == pytest.approx(2.5, abs=1e-5)


def test_constant_target_gets_slopes_near_zero() -> None:
    pixels = samples(5000)
    pixels[:, 3] = 0.6
    found = solve(Moments.empty(5).add(pixels), 3, PRIOR, 0.0)
    np.testing.assert_allclose(found[0], [0, 0, 0, 0.6], atol=5e-3)


@pytest.mark.parametrize(("shape", "weight"), [((2, 3), 1.0), ((3, 4), 1.0), ((2, 4), -1.0)])
def test_wrong_defaults_are_refused(shape: tuple[int, int], weight: float) -> None:
    with pytest.raises(ValueError, match="do not fit"):
        solve(Moments.empty(5).add(samples(10)), 3, np.zeros(shape), weight)


def test_wrong_samples_are_refused() -> None:
    with pytest.raises(ValueError, match="4 bands"):
        Moments.empty(4).add(samples(10))

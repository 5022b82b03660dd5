# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from satsharp.core.detail_regression import (
    REACH,
    SPREADS,
    TAP_PIXELS,
    DetailMoments,
    detail_planes,
    high_pass,
    moments_of_planes,
    scene_tensor,
    solve_details,
    spread_taps,
)
from satsharp.core.point_spread import blur, degrade

SLOPES = np.array([[0.7, -0.2, 0.5], [0.1, 1.3, 0.2]], np.float32)
FLAT = np.concatenate([np.zeros((2, 3)), np.full((2, 1), 0.35), np.zeros((2, 1))], axis=1)


def scene(factor: int, spread: float, noise: float = 0.0, size: int = 96) -> tuple[np.ndarray, np.ndarray]:
    """Return guides, and targets that are mixtures of them seen through a point spread (target pixels)."""
    rng = np.random.default_rng(3)
    guides = blur(rng.normal(0, 1, (3, size * factor, size * factor)).astype(np.float32), [0.6 * factor] * 3)
    mixed = np.einsum("tg,grc->trc", SLOPES, guides).astype(np.float32)
    targets = degrade(mixed, factor, [spread * factor] * 2)
    return guides, (targets + noise * targets.std() * rng.standard_normal(targets.shape)).astype(np.float32)


def moments(guides: np.ndarray, targets: np.ndarray, factor: int) -> DetailMoments:
    inner = np.zeros(targets.shape[1:], bool)
    inner[REACH:-REACH, REACH:-REACH] = True
    return moments_of_planes(detail_planes(guides, targets, factor), inner)


@pytest.mark.parametrize("factor", [2, 3, 6])
@pytest.mark.parametrize("spread", [0.2, 0.3, 0.45, 0.6])
def test_finds_slopes_and_point_spread_of_a_scene(factor: int, spread: float) -> None:
    found = solve_details(moments(*scene(factor, spread), factor), 3, FLAT)
    np.testing.assert_allclose(found[:, 3], spread, atol=0.05)
    np.testing.assert_allclose(found[:, :3], SLOPES, atol=0.12)
    assert (found[:, 4] > 0.98).all()


def test_explained_share_falls_with_noise() -> None:
    shares = [float(solve_details(moments(*scene(2, 0.4, noise), 2), 3, FLAT)[:, 4].mean()) for noise in (0, 0.3, 1, 3)]
    assert shares[0] > 0.98 > 0.95 > shares[1] > shares[2] > shares[3]


def test_offsets_and_slow_slopes_change_nothing() -> None:
    guides, targets = scene(2, 0.4)
    ramp = np.linspace(0, 30, targets.shape[2], dtype=np.float32)
    moved = solve_details(moments(guides + 5, targets + ramp - 7, 2), 3, FLAT)
    np.testing.assert_allclose(moved, solve_details(moments(guides, targets, 2), 3, FLAT), atol=2e-3)


def test_without_pixels_the_default_is_returned() -> None:
    default = np.arange(10, dtype=np.float64).reshape(2, 5) / 10
    found = solve_details(DetailMoments.empty(5), 3, default)
    np.testing.assert_array_equal(found, default.astype(np.float32))


def test_few_pixels_stay_near_the_default_and_constant_bands_do_no_harm() -> None:
    guides, targets = scene(2, 0.5)
    planes = detail_planes(guides, targets, 2)
    few = np.zeros(targets.shape[1:], bool)
    few[20, 20:24] = True
    default = FLAT.copy()
    default[:, :3] = 0.5
    found = solve_details(moments_of_planes(planes, few), 3, default)
    assert abs(found[:, 3] - 0.35).max() < 0.05
    blank = solve_details(moments(np.zeros_like(guides), targets, 2), 3, default)
    np.testing.assert_allclose(blank[:, :3], 0.5, atol=1e-6)
    assert np.isfinite(blank).all() and blank[:, 4].max() < 1e-3


def test_streaming_in_pieces_equals_one_shot() -> None:
    guides, targets = scene(2, 0.3)
    planes = detail_planes(guides, targets, 2)
    upper = np.zeros(targets.shape[1:], bool)
    upper[:40] = True
    both = moments_of_planes(planes, upper).merge(moments_of_planes(planes, ~upper))
    at_once = moments_of_planes(planes, np.ones_like(upper))
    assert both.count == at_once.count == upper.size
    np.testing.assert_allclose(both.cross, at_once.cross, rtol=1e-9, atol=1e-9)


def test_high_pass_removes_planes_and_keeps_checkerboards() -> None:
    rows, cols = np.mgrid[:12, :12].astype(np.float32)
    np.testing.assert_allclose(high_pass((3 * rows - 2 * cols)[None])[0, 1:-1, 1:-1], 0, atol=1e-5)
    board = (-1.0) ** (rows + cols)
    np.testing.assert_allclose(high_pass(board[None])[0, 1:-1, 1:-1], board[1:-1, 1:-1], atol=1e-6)


@settings(max_examples=40, deadline=None)
@given(st.floats(0, 0.9), st.integers(2, 6))
def test_taps_are_symmetric_and_sum_to_one(spread: float, factor: int) -> None:
    taps = spread_taps(spread, factor)
    assert taps.shape == (TAP_PIXELS * factor,)
    np.testing.assert_allclose(taps, taps[::-1], atol=1e-7)
    assert abs(float(taps.sum()) - 1) < 1e-6


@pytest.mark.parametrize("spread", SPREADS[:5])
@pytest.mark.parametrize("factor", [2, 6])
def test_taps_degrade_as_the_statistics_do(spread: float, factor: int) -> None:
    guides, _ = scene(factor, 0.3, size=24)
    taps = scene_tensor(np.array([[0.0, spread, 1.0]]), factor)[0, 3:]
    reach = (len(taps) - factor) // 2
    padded = np.pad(guides[0], reach, "symmetric")
    rows = sum(weight * padded[tap : tap + guides.shape[1] : factor] for tap, weight in enumerate(taps))
    both = sum(weight * rows[:, tap : tap + guides.shape[2] : factor] for tap, weight in enumerate(taps))
    np.testing.assert_allclose(both, degrade(guides[:1], factor, [spread * factor])[0], atol=2e-4)


def test_a_default_of_another_shape_is_refused() -> None:
    with pytest.raises(ValueError, match="do not fit 3 guides and 2 targets"):
        solve_details(DetailMoments.empty(5), 3, np.zeros((2, 4)))

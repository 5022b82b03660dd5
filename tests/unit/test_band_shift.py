# SPDX-License-Identifier: GPL-2.0-or-later
"""The shift between band groups is found to a few hundredths of a pixel, or not believed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from satsharp.core.band_shift import BATCH, SIDE, ShiftEstimate, agree, consensus, inside_mask, shift_windows
from satsharp.core.band_shift_detail import REACH, kernel, operator
from satsharp.core.band_shift_fit import MARGIN, WindowFit, fit_window
from satsharp.core.grid import Window
from satsharp.core.image_shift import LOBES, moved, moved_mask, shift_image, shift_reach
from satsharp.core.point_spread import blur, degrade
from satsharp.core.tiling import reflected

# How many times finer than the guides the ground is known, so that a shift of one ground pixel is a fraction of theirs.
FINER = 4
MIXTURE = np.array([[0.6, 0.3, 0.1], [0.1, 0.2, 0.7], [-0.2, 0.5, 0.6], [0.9, -0.1, 0.1]])


def ground(size: int, seed: int = 0) -> np.ndarray:
    """Three bands of fields with edges, finer than any sensor sees, (3, size, size)."""
    random = np.random.default_rng(seed)
    cells = random.normal(0.2, 0.05, (3, size // 12 + 2, size // 12 + 2)).repeat(12, 1).repeat(12, 2)
    rough = random.normal(0, 0.02, (3, *cells.shape[1:]))
    image = blur((cells + rough).astype(np.float32), (2.0, 2.0, 2.0))
    return image[:, 5 : 5 + size, 7 : 7 + size]


def pair(factor: int, side: int, rows: float, cols: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Guides that must be moved by ``rows`` and ``cols`` to lie on the targets, and the targets of side ``side``."""
    margin = 4 * factor * FINER
    image = ground(side * factor * FINER + 2 * margin, seed)
    top, left = (margin + round(move * FINER) for move in (rows, cols))
    size = side * factor * FINER
    guides = degrade(image[:, top : top + size, left : left + size], FINER, (1.2,) * 3)
    mixed = np.tensordot(MIXTURE, image[:, margin : margin + size, margin : margin + size], 1).astype(np.float32)
    targets = degrade(mixed, factor * FINER, (0.4 * factor * FINER,) * len(MIXTURE))
    noise = np.random.default_rng(seed + 1).normal(0, 0.001, targets.shape)
    return guides, (targets + noise).astype(np.float32)


def estimate_shift(
    guides: np.ndarray, targets: np.ndarray, factor: int, mask: np.ndarray | None = None
) -> ShiftEstimate:
    """Estimate the shift of whole images, which runs read window by window; mirrored and invalid outside of them."""
    rows, cols = (min(g // factor, t) for g, t in zip(guides.shape[1:], targets.shape[1:]))
    valid = np.ones((rows, cols), np.bool_) if mask is None else mask[:rows, :cols]

    def fit(window: Window) -> WindowFit | None:
        around = window.pad(MARGIN)
        inside = valid[np.ix_(reflected(around.row, around.row_end, rows), reflected(around.col, around.col_end, cols))]
        inside = inside & inside_mask(around, rows, cols)
        fine = around.refine(factor)
        down, across = (
            reflected(fine.row, fine.row_end, rows * factor),
            reflected(fine.col, fine.col_end, cols * factor),
        )
        guide_mask = inside.repeat(factor, axis=0).repeat(factor, axis=1)
        part = window.slices
        return fit_window(
            guides[:, down[:, None], across], guide_mask, targets[:, part[0], part[1]], valid[part], factor
        )

    return agree(fit, shift_windows(rows, cols, factor), factor)


@pytest.mark.parametrize(
    "factor,rows,cols",
    [(2, 0, 0), (2, 1, 1), (2, -1, 0), (2, 0.25, -0.5), (2, 3.75, -3.25), (3, -2, 0.5), (6, 5, -7), (6, 1.5, 0)],
)
def test_known_shifts_are_found(factor: int, rows: float, cols: float) -> None:
    side = 60 if factor < 6 else 36
    estimate = estimate_shift(*pair(factor, side, rows, cols), factor)
    assert (estimate.rows, estimate.cols) == pytest.approx((rows, cols), abs=0.015 * factor)
    assert estimate.settled and estimate.quality == 1
    assert estimate.clear == bool(rows or cols)
    assert estimate.bands == pytest.approx(np.tile([rows, cols], (4, 1)), abs=0.05 * factor)


def test_moving_the_guides_brings_them_back() -> None:
    guides, targets = pair(2, 60, 0.25, -0.5)
    aligned, _ = pair(2, 60, 0, 0)
    estimate = estimate_shift(guides, targets, 2)
    assert estimate.move == pytest.approx((0.25, -0.5), abs=0.03)
    inner = (slice(None), slice(8, -8), slice(8, -8))
    before, after = (np.abs(image - aligned)[inner].mean() for image in (guides, shift_image(guides, *estimate.move)))
    assert after < 0.15 * before


def test_nearly_whole_shifts_are_whole_and_small_ones_none() -> None:
    estimate = ShiftEstimate(1.07, -0.96, 1.0, True, True, 4, 4, (), 2)
    assert estimate.move == (1.0, -1.0)
    assert replace(estimate, rows=0.09, cols=0.25).move == (0.0, 0.25)
    assert replace(estimate, rows=0.253, cols=-0.347).move == (0.25, -0.35)
    assert replace(estimate, clear=False).move == (0.0, 0.0)
    assert replace(estimate, rows=1.2, factor=6).move == (1.0, -1.0)


@pytest.mark.parametrize("kind", ["blank", "noise", "ramp", "unrelated"])
def test_nothing_is_believed_without_common_detail(kind: str) -> None:
    random = np.random.default_rng(3)
    guides, targets = pair(2, 60, 1, 0)
    if kind == "blank":
        guides, targets = np.full_like(guides, 0.1), np.full_like(targets, 0.1)
    if kind == "noise":
        guides, targets = random.normal(size=guides.shape), random.normal(size=targets.shape)
    if kind == "ramp":
        guides, targets = (np.broadcast_to(np.arange(a.shape[1]) / a.shape[1], a.shape) for a in (guides, targets))
    if kind == "unrelated":
        targets = pair(2, 60, 1, 0, seed=9)[1]
    estimate = estimate_shift(guides, targets, 2)
    assert not estimate.settled and not estimate.clear
    assert estimate.move == (0.0, 0.0)


def test_a_shift_beyond_the_search_is_not_believed() -> None:
    guides, targets = pair(2, 60, 0, 0)
    estimate = estimate_shift(np.roll(guides, (-9, 7), (1, 2)), targets, 2)
    assert not estimate.clear


def test_windows_that_disagree_correct_nothing() -> None:
    guides, targets = pair(2, 60, 0, 0)
    guides[:, :60] = np.roll(guides[:, :60], -1, 1)
    guides[:, 60:] = np.roll(guides[:, 60:], 1, 1)
    estimate = estimate_shift(guides, targets, 2)
    assert estimate.usable == 4
    assert not estimate.settled and estimate.move == (0.0, 0.0)


def test_masked_pixels_do_not_count() -> None:
    guides, targets = pair(2, 60, -1, 1)
    random = np.random.default_rng(5)
    mask = np.ones((60, 60), bool)
    mask[10:22, 31:50] = mask[45:, :8] = False
    guides[:, ~mask.repeat(2, 0).repeat(2, 1)] = np.nan
    targets[:, ~mask] = random.normal(size=(4, int((~mask).sum())))
    estimate = estimate_shift(guides, targets, 2, mask)
    assert estimate.move == (-1.0, 1.0)
    assert (estimate.rows, estimate.cols) == pytest.approx((-1, 1), abs=0.03)


def test_everything_masked_is_no_estimate() -> None:
    guides, targets = pair(2, 36, 1, 1)
    estimate = estimate_shift(guides, targets, 2, np.zeros((36, 36), bool))
    assert (estimate.usable, estimate.clear, estimate.settled) == (0, False, False)
    assert np.isnan(estimate.rows)


def test_a_constant_target_band_does_no_harm() -> None:
    guides, targets = pair(2, 60, 1, 0)
    targets[2] = 0.3
    estimate = estimate_shift(guides, targets, 2)
    assert estimate.move == (1.0, 0.0)
    assert np.isnan(estimate.bands[2]).all()


def test_a_linear_change_of_any_band_changes_nothing() -> None:
    guides, targets = pair(2, 60, 0.5, 1)
    gains = np.array([3.0, 0.2, 5.0])[:, None, None]
    plain, changed = estimate_shift(guides, targets, 2), estimate_shift(guides * gains + 2, 7 - 4 * targets, 2)
    assert (changed.rows, changed.cols) == pytest.approx((plain.rows, plain.cols), abs=1e-3)


def test_a_window_too_small_is_no_fit() -> None:
    guides, targets = np.ones((1, 2 * (9 + 2 * MARGIN), 2 * (9 + 2 * MARGIN))), np.ones((1, 9, 9))
    assert fit_window(guides, np.ones(guides.shape[1:], bool), targets, np.ones((9, 9), bool), 2) is None


def fits(*moves: tuple[float, float], error: float = 0.01, explained: float = 0.9) -> list[WindowFit]:
    """Windows that say so."""
    return [WindowFit(row, col, error, explained, ((row, col), (row + 0.02, col))) for row, col in moves]


def test_consensus_is_the_median_of_most_windows() -> None:
    estimate = consensus([None, *fits((1.0, 0.0), (1.02, 0.04), (0.98, -0.04), (-3.0, 0.0))], 2)
    assert (estimate.rows, estimate.cols) == (pytest.approx(0.99), pytest.approx(0.0))
    assert (estimate.windows, estimate.usable, estimate.quality) == (3, 4, 0.75)
    assert estimate.clear and estimate.move == (1.0, 0.0)
    assert np.array(estimate.bands) == pytest.approx(np.array([[1.0, 0.0], [1.02, 0.0]]))


@pytest.mark.parametrize(
    "windows",
    [
        fits((1.0, 0.0), (1.0, 0.0)),
        fits((1.0, 0.0), (1.0, 0.0), (1.0, 0.0), (3.0, 0.0), (-3.0, 0.0)),
        fits((1.0, 0.0), (1.0, 0.0), (1.0, 0.0), (1.0, 0.0), error=0.11),
        fits((1.0, 0.0), (1.0, 0.0), (1.0, 0.0), (1.0, 0.0), explained=0.4),
    ],
    ids=["few", "divided", "uncertain", "unrelated"],
)
def test_consensus_needs_enough_good_windows(windows: list[WindowFit]) -> None:
    assert not consensus(windows, 2).settled


def test_more_windows_are_looked_at_only_where_needed() -> None:
    asked: list[object] = []

    def fit(window: object, answer: WindowFit) -> WindowFit:
        asked.append(window)
        return answer

    windows = shift_windows(1000, 1000, 2)
    sure = fits((1.0, 0.0))[0]
    assert agree(lambda window: fit(window, sure), windows, 2).windows == BATCH
    assert asked == list(windows[:BATCH])
    asked.clear()
    doubt = replace(sure, error=1.0)
    assert agree(lambda window: fit(window, doubt), windows, 2).usable == 0
    assert asked == list(windows)


@given(rows=st.integers(1, 6000), cols=st.integers(1, 6000), factor=st.sampled_from([2, 3, 6]))
def test_windows_lie_on_the_targets_and_are_distinct(rows: int, cols: int, factor: int) -> None:
    windows = shift_windows(rows, cols, factor)
    assert len(set(windows)) == len(windows) <= 25
    for window in windows:
        assert window.row >= 0 and window.row_end <= rows
        assert window.col >= 0 and window.col_end <= cols
        assert 1 <= window.height <= SIDE and 1 <= window.width <= SIDE
    assert windows == shift_windows(rows, cols, factor)


def test_windows_of_a_full_tile_lie_in_one_block_each() -> None:
    for side, factor in ((5490, 2), (1830, 6)):
        windows = shift_windows(side, side, factor)
        assert len(windows) == 25
        fine = [window.pad(MARGIN).refine(factor) for window in windows]
        inner = [w for w in fine if w.row >= 0 and w.col >= 0 and max(w.row_end, w.col_end) <= side * factor]
        crossed = [w.row // 1024 != (w.row_end - 1) // 1024 or w.col // 1024 != (w.col_end - 1) // 1024 for w in inner]
        assert len(inner) >= 9 and not any(crossed)
        rows, cols = ({w.row * 3 // side for w in windows[:BATCH]} for _ in range(2))
        assert rows == cols == {0, 1, 2}


def test_kernel_follows_its_derivative() -> None:
    for move in (-0.9, 0.0, 0.4):
        low, middle, high = (kernel(2, move + step)[0] for step in (-1e-4, 0, 1e-4))
        assert middle.sum() == pytest.approx(1)
        # At the ends of the kernel a Gaussian is cut, which the sum to zero makes up for.
        assert kernel(2, move)[1] == pytest.approx((high - low) / 2e-4, abs=2e-3)
    centre = (np.arange(10) - 4.5) @ kernel(2, 0.3)[0]
    assert centre == pytest.approx(-0.3, abs=2e-3)


def test_operator_averages_around_every_target_pixel() -> None:
    line = np.arange((5 + 2 * REACH) * 2, dtype=float)
    assert operator(kernel(2, 0.0)[0], 5) @ line == pytest.approx(0.5 + 2 * (REACH + np.arange(5)))


@given(rows=st.integers(-5, 5), cols=st.integers(-5, 5), kind=st.sampled_from(["uint16", "int32", "float32"]))
def test_whole_moves_are_exact(rows: int, cols: int, kind: str) -> None:
    image = np.random.default_rng(0).integers(0, 60000, (2, 30, 31)).astype(kind)
    made = shift_image(image, rows, cols)
    assert made.dtype == image.dtype
    assert shift_reach(rows, cols) == max(abs(rows), abs(cols))
    inner = (slice(None), slice(5, -5), slice(5, -5))
    assert np.array_equal(made[inner], np.roll(image, (rows, cols), (1, 2))[inner])


@given(rows=st.floats(-4, 4), cols=st.floats(-4, 4), top=st.integers(0, 20), left=st.integers(0, 20))
def test_a_moved_window_is_the_crop_of_the_moved_image(rows: float, cols: float, top: int, left: int) -> None:
    image = np.random.default_rng(1).integers(0, 10000, (60, 61)).astype(np.uint16)
    reach = shift_reach(rows, cols)
    whole = moved(image, rows, cols, reach)
    top, left = min(top, whole.shape[0] - 7), min(left, whole.shape[1] - 9)
    part = moved(image[top : top + 7 + 2 * reach, left : left + 9 + 2 * reach], rows, cols, reach)
    assert np.array_equal(part, whole[top : top + 7, left : left + 9])


def test_fractional_moves_follow_a_wave() -> None:
    row, col = np.mgrid[0:64, 0:64]

    def wave(rows: float, cols: float) -> np.ndarray:
        return (np.sin((row - rows) * 0.9) * np.cos((col - cols) * 0.7)).astype(np.float32)

    inner = (slice(12, -12), slice(12, -12))
    for move in ((0.5, 0.5), (-1.25, 0.1), (2.0, -0.75)):
        assert np.abs(shift_image(wave(0, 0), *move) - wave(*move))[inner].max() < 0.01
    assert shift_image(np.full((20, 20), 7.0, np.float32), 0.3, -0.6) == pytest.approx(7.0, rel=1e-6)


def test_a_moved_pixel_is_valid_where_all_its_sources_are() -> None:
    mask = np.ones((40, 40), bool)
    mask[20, 20] = False
    reach = shift_reach(0.5, 1)
    made = moved_mask(mask, 0.5, 1, reach)
    rows, cols = np.nonzero(~made)
    assert set(cols + reach) == {21}
    assert sorted(rows + reach) == list(range(20 + 1 - LOBES, 20 + 1 + LOBES))
    values = moved(np.where(mask, 1.0, np.nan), 0.5, 1, reach)
    assert np.array_equal(np.isfinite(values), made)

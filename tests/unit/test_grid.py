# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from satsharp.core.errors import GridError
from satsharp.core.grid import Grid, Window

places = st.integers(-1000, 1000)
sides = st.integers(1, 1000)
factors = st.integers(1, 12)
windows = st.builds(Window, places, places, sides, sides)
TEN = Grid("", (500000.0, 10.0, 0.0, 4100000.0, 0.0, -10.0), 12, 18)


def pixels_of(window: Window) -> set[tuple[int, int]]:
    return {(r, c) for r in range(window.row, window.row_end) for c in range(window.col, window.col_end)}


@given(windows, factors)
def test_coarsening_undoes_refining(window, factor):
    assert window.refine(factor).coarsen(factor) == window


@given(windows, factors)
def test_coarsening_covers_the_window_with_no_pixel_to_spare(window, factor):
    coarse = window.coarsen(factor)
    assert window.intersect(coarse.refine(factor)) == window
    edges = zip((coarse.row, coarse.col), (window.row, window.col))
    assert all(0 <= fine - edge * factor < factor for edge, fine in edges)
    ends = zip((coarse.row_end, coarse.col_end), (window.row_end, window.col_end))
    assert all(0 <= edge * factor - fine < factor for edge, fine in ends)


@given(windows, windows)
def test_relative_to_moves_the_origin_and_nothing_else(window, origin):
    moved = window.relative_to(origin)
    assert (moved.row, moved.col) == (window.row - origin.row, window.col - origin.col)
    assert (moved.height, moved.width) == (window.height, window.width)
    assert moved.shift(origin.row, origin.col) == window


@given(windows, st.integers(0, 50))
def test_padding_is_undone_by_padding_back(window, pixels):
    padded = window.pad(pixels)
    assert (padded.height, padded.width) == (window.height + 2 * pixels, window.width + 2 * pixels)
    assert padded.pad(-pixels) == window
    assert padded.intersect(window) == window


small = st.builds(Window, st.integers(-6, 6), st.integers(-6, 6), st.integers(0, 7), st.integers(0, 7))


@given(small, small)
def test_intersection_is_that_of_the_pixel_sets(first, second):
    common = first.intersect(second)
    assert pixels_of(common) == pixels_of(first) & pixels_of(second)
    assert common.is_empty == (not pixels_of(common))
    assert common.height >= 0 and common.width >= 0


def test_slices_cut_the_window_out_of_an_array():
    image = np.arange(30).reshape(5, 6)
    np.testing.assert_array_equal(image[Window(1, 2, 3, 2).slices], [[8, 9], [14, 15], [20, 21]])


steps = st.floats(-100, 100, allow_nan=False).filter(lambda step: abs(step) > 0.01)


@given(steps, st.floats(-3, 3), steps, st.floats(-3000, 3000), st.floats(-3000, 3000))
def test_rotated_coordinates_come_back(dx, skew, dy, row, col):
    grid = Grid("", (500000.0, dx, dx * skew, 4100000.0, dy * skew / 10, dy), 10, 10)
    determinant = grid.transform[1] * grid.transform[5] - grid.transform[2] * grid.transform[4]
    if abs(determinant) > 0.2 * abs(dx * dy):
        tolerance = 1e-9 * 4.1e6 * 20 / min(abs(dx), abs(dy))
        assert grid.pixel_of(*grid.locate(row, col)) == pytest.approx((row, col), abs=tolerance)


def test_rotated_grid_by_hand():
    grid = Grid("", (100.0, 8.0, 6.0, 200.0, 6.0, -8.0), 4, 3)
    assert grid.gsd == 10
    assert grid.locate(2, 1) == (100 + 8 + 12, 200 + 6 - 16)
    assert grid.pixel_of(120, 190) == (2, 1)
    assert grid.crop(Window(2, 1, 1, 2)) == Grid("", (120.0, 8.0, 6.0, 190.0, 6.0, -8.0), 2, 1)


def test_geotransform_without_area_is_refused():
    with pytest.raises(GridError, match="has no area"):
        Grid("", (0.0, 1.0, 1.0, 0.0, 1.0, 1.0), 4, 4).pixel_of(0, 0)


@given(st.integers(1, 12))
def test_refined_grid_keeps_origin_and_extent(factor):
    fine = TEN.refine(factor)
    assert (fine.height, fine.width) == (18 * factor, 12 * factor)
    assert fine.locate(fine.height, fine.width) == pytest.approx(TEN.locate(18, 12), abs=1e-6)
    assert TEN.scale_factor_to(fine) == factor


def test_crop_begins_where_the_window_does():
    assert TEN.crop(Window(3, 4, 5, 6)) == Grid("", (500040.0, 10.0, 0.0, 4099970.0, 0.0, -10.0), 6, 5)


def test_window_is_the_whole_raster():
    assert TEN.window == Window(0, 0, 18, 12)


def coarse(dx: float = 20.0, dy: float = -20.0, x: float = 500000.0, y: float = 4100000.0, width: int = 6) -> Grid:
    return Grid("", (x, dx, 0.0, y, 0.0, dy), width, 9)


def test_scale_factor_is_the_ratio_of_gsds():
    assert coarse().scale_factor_to(TEN) == 2
    assert coarse(x=500000.3).scale_factor_to(TEN) == 2, "a thirtieth of a pixel is rounding"
    assert TEN.scale_factor_to(TEN) == 1


@pytest.mark.parametrize(
    ("grid", "sentence"),
    [
        (coarse(dx=25.0), "25 m is no whole multiple of 10 m"),
        (coarse(dx=5.0), "5 m is no whole multiple of 10 m"),
        (coarse(x=500010.0), r"upper left corner \(they are 0.00 rows and 1.00 columns apart\)"),
        (coarse(y=4099995.0), r"upper left corner \(they are 0.50 rows and 0.00 columns apart\)"),
        (coarse(dy=-40.0), r"lower left corner \(they are 18.00 rows and 0.00 columns apart\)"),
        (coarse(dx=20.05, width=5490), r"upper right corner \(they are 0.00 rows and 27.45 columns apart\)"),
        (Grid("", (500000.0, 20.0, 0.0, 4100000.0, 0.0, 20.0), 6, 9), "lower left corner"),
    ],
    ids=["ratio", "finer", "column", "half-row", "not-square", "drift", "upside-down"],
)
def test_grids_that_do_not_fit_are_refused(grid, sentence):
    with pytest.raises(GridError, match=sentence):
        grid.scale_factor_to(TEN)

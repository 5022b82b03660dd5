# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from satsharp.core.grid import Window
from satsharp.core.tiling import reflected, tile_rows

selections = st.builds(Window, st.integers(0, 300), st.integers(0, 300), st.integers(1, 120), st.integers(1, 120))


@settings(max_examples=60)
@given(selections, st.integers(1, 90), st.integers(0, 500))
def test_every_selected_pixel_lies_in_one_tile_only(selected, size, first_row):
    count = np.zeros((500, 500), np.int32)
    for row in tile_rows(selected, size, first_row):
        for tile in row:
            count[tile.kept.slices] += 1
    expected = np.zeros_like(count)
    expected[selected.slices] = 1
    expected[:first_row] = 0
    np.testing.assert_array_equal(count, expected)


@given(selections, st.integers(1, 90), st.integers(0, 500))
def test_tiles_have_one_shape_and_are_anchored_at_the_origin(selected, size, first_row):
    for row in tile_rows(selected, size, first_row):
        assert len({tile.row for tile in row}) == 1
        assert [tile.col for tile in row] == list(range(row[0].col, row[0].col + len(row)))
        for tile in row:
            assert tile.window == Window(tile.row * size, tile.col * size, size, size)
            assert tile.kept == tile.kept.intersect(tile.window)
            assert not tile.kept.is_empty


@given(selections, st.integers(7, 90))
def test_tiles_of_an_extent_are_tiles_of_the_full_run(selected, size):
    whole = {tile.window: tile.kept for row in tile_rows(Window(0, 0, 420, 420), size) for tile in row}
    part = {tile.window: tile.kept for row in tile_rows(selected, size) for tile in row}
    assert part
    assert all(whole[window].intersect(selected) == kept for window, kept in part.items())


@given(selections, st.integers(1, 90), st.integers(0, 500))
def test_rows_run_from_top_to_bottom(selected, size, first_row):
    rows = tile_rows(selected, size, first_row)
    ends = [row[0].kept.row_end for row in rows]
    starts = [row[0].kept.row for row in rows]
    assert starts[1:] == ends[:-1]
    if rows:
        assert starts[0] == max(selected.row, first_row) and ends[-1] == selected.row_end


def test_nothing_is_left_to_do_below_the_last_row():
    assert tile_rows(Window(5, 5, 10, 10), 4, first_row=15) == ()


@given(st.integers(1, 40), st.data())
def test_reflection_is_that_of_numpy_symmetric(length, data):
    # NumPy before 1.25 reflects wrongly by more than the length of the array.
    before, after = data.draw(st.integers(0, length)), data.draw(st.integers(0, length))
    expected = np.pad(np.arange(length), (before, after), mode="symmetric")
    np.testing.assert_array_equal(reflected(-before, length + after, length), expected)


@given(st.integers(1, 20), st.integers(0, 5))
def test_far_reflection_goes_to_and_fro(length, times):
    there_and_back = [*range(length), *reversed(range(length))]
    expected = there_and_back * (2 * times + 1)
    np.testing.assert_array_equal(reflected(-2 * length * times, 2 * length * (times + 1), length), expected)


@given(st.integers(1, 9), st.integers(-60, 60), st.integers(1, 70))
def test_reflection_of_any_part_is_the_part_of_the_reflection(length, start, count):
    whole = reflected(-200, 200, length)
    np.testing.assert_array_equal(reflected(start, start + count, length), whole[start + 200 : start + 200 + count])
    assert whole.min() == 0 and whole.max() == length - 1


@pytest.mark.parametrize(("length", "factor"), [(1, 2), (5, 2), (7, 3), (4, 6)])
def test_grids_of_different_gsd_mirror_at_the_same_line(length, factor):
    coarse, fine = reflected(-9, length + 9, length), reflected(-9 * factor, (length + 9) * factor, length * factor)
    np.testing.assert_array_equal(fine // factor, coarse.repeat(factor))

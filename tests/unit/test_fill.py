# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from satsharp.core.fill import fill_nodata, fill_support


def by_hand(image: np.ndarray, mask: np.ndarray, reach: int) -> np.ndarray:
    """The definition, pixel by pixel, in float64."""
    result = np.where(mask, image, 0).astype(np.float64)
    for row, col in zip(*np.nonzero(~mask)):
        radius = 1
        while True:
            rows = slice(max(0, row - radius), row + radius + 1)
            cols = slice(max(0, col - radius), col + radius + 1)
            if mask[rows, cols].any():
                result[row, col] = image[rows, cols][mask[rows, cols]].astype(np.float64).mean()
                break
            if radius >= reach:
                break
            radius *= 2
    return result


def scene(seed: int, valid: float, dtype: str, rows: int = 44, cols: int = 41) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    mask = random.random((rows, cols)) < valid
    if dtype == "float32":
        return np.where(mask, random.random((rows, cols)), np.nan).astype(dtype), mask
    return random.integers(0, np.iinfo(dtype).max, (rows, cols)).astype(dtype), mask


@pytest.mark.parametrize(("reach", "support"), [(0, 1), (1, 1), (2, 2), (3, 4), (4, 4), (5, 8), (33, 64), (64, 64)])
def test_support_is_the_next_power_of_two(reach, support):
    assert fill_support(reach) == support


@settings(max_examples=60)
@given(st.integers(0, 999), st.sampled_from([0.002, 0.05, 0.5]), st.integers(1, 9))
def test_values_are_means_of_the_nearest_square(seed, valid, reach):
    image, mask = scene(seed, valid, "uint16", 15, 17)
    np.testing.assert_allclose(fill_nodata(image, mask, reach), by_hand(image, mask, reach), rtol=3e-7)


@settings(max_examples=60)
@given(
    st.integers(0, 9999),
    st.sampled_from([0.01, 0.1, 0.6]),
    st.integers(1, 8),
    st.sampled_from(["uint8", "uint16", "int16", "float32"]),
    st.integers(0, 35),
    st.integers(0, 35),
)
def test_a_part_with_enough_context_is_filled_as_the_whole(seed, valid, reach, dtype, row, col):
    image, mask = scene(seed, valid, dtype)
    whole, support = fill_nodata(image, mask, reach), fill_support(reach)
    rows, cols = slice(max(0, row - support), row + 9 + support), slice(max(0, col - support), col + 6 + support)
    part = fill_nodata(image[rows, cols], mask[rows, cols], reach)
    inner = part[row - rows.start :, col - cols.start :][:9, :6]
    np.testing.assert_array_equal(inner, whole[row : row + 9, col : col + 6])


def test_valid_pixels_stay_and_nan_never_leaks():
    image, mask = scene(3, 0.4, "float32")
    filled = fill_nodata(image, mask, 4)
    np.testing.assert_array_equal(filled[mask], image[mask])
    assert np.isfinite(filled).all()
    assert filled[~mask].min() > 0 and filled[~mask].max() < 1


def test_invalid_numbers_do_not_contribute():
    image, mask = scene(4, 0.4, "uint16")
    other = np.where(mask, image, 65535).astype(np.uint16)
    np.testing.assert_array_equal(fill_nodata(image, mask, 8), fill_nodata(other, mask, 8))


def test_pixels_beyond_reach_are_zero():
    image, mask = np.full((5, 40), 7.0), np.zeros((5, 40), np.bool_)
    mask[2, 0] = True
    filled = fill_nodata(image, mask, 5)
    assert fill_support(5) == 8
    np.testing.assert_array_equal(filled[:, :9], 7)
    np.testing.assert_array_equal(filled[:, 9:], 0)


@pytest.mark.parametrize("dtype", ["uint8", "int16", "float32"])
def test_nothing_to_fill_and_nothing_to_fill_with(dtype):
    image, _ = scene(5, 1, dtype)
    everything, nothing = np.ones(image.shape, np.bool_), np.zeros(image.shape, np.bool_)
    np.testing.assert_array_equal(fill_nodata(image, everything, 4), image.astype(np.float32))
    np.testing.assert_array_equal(fill_nodata(image, nothing, 4), 0)
    assert fill_nodata(image, nothing, 4).dtype == np.float32


def test_one_pixel():
    np.testing.assert_array_equal(fill_nodata(np.array([[np.nan]]), np.array([[False]]), 4), [[0]])
    np.testing.assert_array_equal(fill_nodata(np.array([[3]]), np.array([[True]]), 4), [[3]])

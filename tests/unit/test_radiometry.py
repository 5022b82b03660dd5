# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from satsharp.core.radiometry import Radiometry, store, valid_mask

NAN = float("nan")


def to_network(radiometry: Radiometry, numbers: np.ndarray) -> np.ndarray:
    out = np.empty(numbers.shape, np.float32)
    radiometry.to_network(numbers, out)
    return out


@pytest.mark.parametrize("offset", [0.0, -0.1])
def test_every_16_bit_number_comes_back(offset):
    radiometry = Radiometry.of(1e-4, offset, 5.0, 0.0)
    numbers = np.arange(65536, dtype=np.uint16)
    back = radiometry.to_digital_numbers(to_network(radiometry, numbers))
    np.testing.assert_array_equal(store(back, np.dtype("uint16"), None, None), numbers)
    assert np.abs(back - numbers).max() < 0.05


@given(st.floats(1e-5, 1e-3), st.floats(-1, 1), st.floats(0.5, 20), st.floats(-1, 1), st.integers(0, 65535))
def test_the_relation_is_that_of_its_two_parts(scale, offset, value_scale, value_offset, number):
    radiometry = Radiometry.of(scale, offset, value_scale, value_offset)
    [value] = to_network(radiometry, np.array([number], np.uint16))
    assert value == pytest.approx((number * scale + offset) * value_scale + value_offset, rel=1e-5, abs=1e-4)


def test_processing_baseline_4_subtracts_1000():
    """Reflectance 0.2 is stored as 3000; 1000 is reflectance 0 and lower numbers are negative reflectances."""
    radiometry = Radiometry.of(1e-4, -1000 * 1e-4, 5.0, 0.0)
    np.testing.assert_allclose(to_network(radiometry, np.array([3000, 1000, 900], np.uint16)), [1, 0, -0.05], atol=1e-6)
    back = radiometry.to_digital_numbers(np.array([1, 0, -0.05], np.float32))
    np.testing.assert_array_equal(store(back, np.dtype("uint16"), 0, 65535), [3000, 1000, 900])


@pytest.mark.parametrize("dtype", ["uint8", "int16", "uint16", "int32", "uint32", "float32", "float64"])
def test_network_values_of_every_type(dtype):
    numbers = np.array([[0, 7], [100, 127]], dtype)
    np.testing.assert_allclose(to_network(Radiometry(0.5, -1.0), numbers), [[-1, 2.5], [49, 62.5]])


def test_rounding_is_half_to_even():
    values = np.array([0.5, 1.5, 2.5, -0.5, -1.5, 2.4999, 2.5001], np.float32)
    np.testing.assert_array_equal(store(values, np.dtype("int16"), None, None), [0, 2, 2, 0, -2, 2, 3])


@pytest.mark.parametrize(
    ("dtype", "nodata", "saturated", "values", "expected"),
    [
        ("uint16", 0, 65535, [-5, 0, 0.4, 65535, 7e4, 12.6], [1, 1, 1, 65534, 65534, 13]),
        ("uint16", None, None, [-5, 0, 0.4, 65535, 7e4, 12.6], [0, 0, 0, 65535, 65535, 13]),
        ("uint16", 0, None, [-5, 65535], [1, 65535]),
        ("uint8", 255, 254, [300, 253.4, -1], [253, 253, 0]),
        ("uint8", 0, 1, [0, 1, 2], [2, 2, 2]),
        ("int16", -32768, None, [-4e4, -100.4, 4e4], [-32767, -100, 32767]),
        ("int16", -9999, None, [-9999.2, -9998, -10000], [-9998, -9998, -10000]),
        ("int16", 0, None, [0.3, -0.4, -1, 1], [1, 1, -1, 1]),
        ("int32", -2147483648, 2147483647, [-3e9, 3e9, -7], [-2147483647, 2147483646, -7]),
        ("uint32", 0, 4294967295, [-1, 5e9, 4294967296], [1, 4294967294, 4294967294]),
        ("uint16", NAN, None, [-5, 5], [0, 5]),
        ("uint8", -9999, None, [-20, 0], [0, 0]),
    ],
)
def test_measured_pixels_stop_short_of_nodata_and_saturation(dtype, nodata, saturated, values, expected):
    stored = store(np.array(values, np.float32), np.dtype(dtype), nodata, saturated)
    assert stored.dtype == dtype
    np.testing.assert_array_equal(stored, expected)


@given(st.integers(-32768, 32767), st.floats(-5e4, 5e4, width=32))
def test_no_measured_pixel_becomes_nodata(nodata, value):
    [stored] = store(np.array([value], np.float32), np.dtype("int16"), nodata, None)
    assert stored != nodata
    assert abs(int(stored) - np.clip(value, -32768, 32767)) <= 1.5


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_floats_are_kept_unless_they_hit_nodata(dtype):
    values = np.array([0.1, -3.5, 0, 1e9], np.float32)
    stored = store(values, np.dtype(dtype), 0.0, None)
    assert stored.dtype == dtype
    np.testing.assert_array_equal(stored[[0, 1, 3]], values[[0, 1, 3]])
    assert 0 < stored[2] < 1e-40
    np.testing.assert_array_equal(store(values, np.dtype(dtype), NAN, None), values)
    np.testing.assert_array_equal(values, np.array([0.1, -3.5, 0, 1e9], np.float32))


@pytest.mark.parametrize(
    ("numbers", "nodata", "saturated", "expected"),
    [
        (np.array([0, 1, 65535], np.uint16), 0, 65535, [False, True, False]),
        (np.array([0, 1, 65535], np.uint16), None, None, [True, True, True]),
        (np.array([0, 255], np.uint8), -9999, 1e9, [True, True]),
        (np.array([-9999, -1, 0], np.int16), -9999, None, [False, True, True]),
        (np.array([np.nan, np.inf, -np.inf, 2], np.float32), NAN, None, [False, False, False, True]),
        (np.array([np.nan, -9999, 2], np.float32), -9999, None, [False, False, True]),
        (np.array([-3.4028235e38, 2], np.float32), -3.4028234663852886e38, None, [False, True]),
        (np.array([-9999.9, 2], np.float32), -9999.9, None, [False, True]),
        (np.array([np.nan, 1], np.float64), None, None, [False, True]),
    ],
)
def test_valid_is_what_was_measured(numbers, nodata, saturated, expected):
    np.testing.assert_array_equal(valid_mask(numbers, nodata, saturated), expected)

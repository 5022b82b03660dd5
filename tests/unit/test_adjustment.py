# SPDX-License-Identifier: GPL-2.0-or-later
"""What is done to output bands after their model, and the point spread of bands from coarser lattices."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from satsharp.core.adjustment import Adjustment
from satsharp.core.consistency import scene_sigma
from satsharp.core.grid import Grid, Window
from satsharp.core.harmonization.factor_field import FactorField
from satsharp.core.point_spread import sigma_of_mtf
from satsharp.core.scene import Band, Scene

GRID = Grid("", (0.0, 10.0, 0.0, 0.0, 0.0, -10.0), 60, 40)


@given(
    slope=st.floats(0.5, 1.5),
    offset=st.floats(-0.05, 0.05),
    scale=st.sampled_from([1e-4, 2.75e-5, 1.0]),
    shift=st.sampled_from([0.0, -0.2, -0.1]),
    reflectance=st.floats(-0.1, 1.5),
)
def test_a_line_is_applied_to_reflectance(slope, offset, scale, shift, reflectance):
    numbers = np.full((2, 3), (reflectance - shift) / scale, np.float32)
    found = Adjustment(slope, offset).apply(numbers, scale, shift, GRID, Window(0, 0, 2, 3))
    assert found.dtype == np.float32
    assert found.astype(float) * scale + shift == pytest.approx(reflectance * slope + offset, abs=2e-6)


def test_factors_come_first_and_belong_to_places():
    lattice = Grid("", (-100.0, 300.0, 0.0, 100.0, 0.0, -300.0), 4, 3)
    field = FactorField("B4", lattice, np.linspace(0.9, 1.1, 12, dtype=np.float32).reshape(3, 4))
    adjustment = Adjustment(1.2, 0.01, field)
    whole = adjustment.apply(np.full((40, 60), 3000, np.float32), 1e-4, 0.0, GRID, GRID.window)
    expected = (0.3 * field.sample(GRID, GRID.window).astype(float) * 1.2 + 0.01) / 1e-4
    assert np.abs(whole - expected).max() < 0.01
    assert np.ptp(whole) > 100
    window = Window(7, 11, 20, 30)
    part = adjustment.apply(np.full((20, 30), 3000, np.float32), 1e-4, 0.0, GRID, window)
    assert (part == whole[window.slices]).all()


def test_a_band_from_a_coarser_lattice_is_softer():
    band = Band("B8", "", 1, GRID, "UInt16", 0, None, 1.0, 0.0)
    mtf = (("B8", 0.31),)
    plain = Scene("s", "landsat", "L1TP", "", "", (band,), mtf_nyquist=mtf)
    assert scene_sigma(plain, "B8", 3) == sigma_of_mtf(0.31, 3)
    lattice = Grid("", (3.0, 15.0, 0.0, 4.0, 0.0, -15.0), 40, 30)
    softer = replace(plain, bands=(replace(band, lattice=lattice),))
    # The Gaussian is 1.5 times as wide; the box is 4.5 instead of 3 pixels, whose variances are their squares / 12.
    expected = math.sqrt((1.5 * sigma_of_mtf(0.31, 3)) ** 2 + (4.5**2 - 3**2) / 12)
    assert scene_sigma(softer, "B8", 3) == pytest.approx(expected)
    finer = replace(plain, bands=(replace(band, lattice=replace(lattice, transform=(0, 5.0, 0, 0, 0, -5.0))),))
    assert scene_sigma(finer, "B8", 3) == sigma_of_mtf(0.31, 3)

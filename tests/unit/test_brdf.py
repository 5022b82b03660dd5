# SPDX-License-Identifier: GPL-2.0-or-later
"""BRDF normalisation: kernels, c-factors, the sun of HLS, and factors at the pixels of other grids."""

from __future__ import annotations

import json
import math
from datetime import date, datetime, timezone

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from satsharp.core.errors import ProductError, SensorError
from satsharp.core.grid import Grid, Window
from satsharp.core.harmonization.angle_field import AngleField, ViewAngles
from satsharp.core.harmonization.brdf import brdf_reflectance, c_factor, li_sparse_reciprocal, ross_thick
from satsharp.core.harmonization.factor_field import FactorField, c_factors, target_sun_zenith
from satsharp.core.harmonization.solar import local_solar_zenith, overpass_time, solar_zenith
from satsharp.core.harmonization.tables import BRDF_FILE, KernelWeights, load_brdf

# (sun zenith, view zenith, relative azimuth, Ross-thick, Li-sparse-reciprocal): the code of HLS v2.0 (rtls.c)
# compiled and run; -1.5 at (60, 0, 0) follows by hand: no overlap, -(2 + 1) + (1 + 1/2) x 2 / 2.
KERNELS = (
    (0, 0, 0, 0.000000, 0.000000),
    (30, 0, 0, -0.031443, -0.698222),
    (45, 0, 0, -0.045862, -1.106819),
    (60, 0, 0, -0.033515, -1.500000),
    (30, 10, 0, 0.019683, -0.446630),
    (30, 10, 180, -0.076913, -0.925294),
    (45, 12, 90, -0.043374, -1.136377),
    (60, 7.5, 30, 0.007134, -1.401261),
    (60, 7.5, 150, -0.061114, -1.598739),
    (20, 40, 60, 0.017889, -0.825143),
    (75, 5, 120, 0.030022, -2.509920),
)
# Roy et al. (2016), Table 5, and Roy, Li and Zhang (2017) for the red edge, as HLS v2.0 uses them.
WEIGHTS = {
    "B01": (0.0774, 0.0372, 0.0079), "B02": (0.0774, 0.0372, 0.0079), "B03": (0.1306, 0.0580, 0.0178),
    "B04": (0.1690, 0.0574, 0.0227), "B05": (0.2085, 0.0845, 0.0256), "B06": (0.2316, 0.1003, 0.0273),
    "B07": (0.2599, 0.1197, 0.0294), "B08": (0.3093, 0.1535, 0.0330), "B8A": (0.3093, 0.1535, 0.0330),
    "B11": (0.3430, 0.1154, 0.0453), "B12": (0.2658, 0.0639, 0.0387),
    "B1": (0.0774, 0.0372, 0.0079), "B2": (0.0774, 0.0372, 0.0079), "B3": (0.1306, 0.0580, 0.0178),
    "B4": (0.1690, 0.0574, 0.0227), "B5": (0.3093, 0.1535, 0.0330), "B6": (0.3430, 0.1154, 0.0453),
    "B7": (0.2658, 0.0639, 0.0387),
}  # fmt: skip
UTM = 'PROJCS["made up"]'


def test_weights_are_those_of_hls():
    table = load_brdf()
    assert {w.band: (w.iso, w.vol, w.geo) for w in table.weights} == WEIGHTS
    assert not table.has("B09") and not table.has("B8")
    with pytest.raises(SensorError, match=r"no BRDF weights for B10; it has B01, B02"):
        table.of("B10")


@pytest.mark.parametrize(("sun", "view", "azimuth", "ross", "li"), KERNELS)
def test_kernels_equal_those_of_hls(sun, view, azimuth, ross, li):
    assert float(ross_thick(sun, view, azimuth)) == pytest.approx(ross, abs=1e-6)
    assert float(li_sparse_reciprocal(sun, view, azimuth)) == pytest.approx(li, abs=1e-6)


@given(sun=st.floats(0, 80), view=st.floats(0, 60), azimuth=st.floats(0, 360))
def test_kernels_are_reciprocal_and_symmetric(sun, view, azimuth):
    for kernel in (ross_thick, li_sparse_reciprocal):
        value = float(kernel(sun, view, azimuth))
        assert math.isfinite(value)
        for other in (kernel(view, sun, azimuth), kernel(sun, view, -azimuth), kernel(sun, view, 360 - azimuth)):
            assert float(other) == pytest.approx(value, abs=2e-5)


def test_kernels_take_arrays():
    sun, view, azimuth, ross, li = np.array(KERNELS, np.float64).T
    np.testing.assert_allclose(ross_thick(sun, view, azimuth), ross, atol=1e-6)
    grid = li_sparse_reciprocal(sun.reshape(-1, 1).astype(np.float32), view[None, :], 0.0)
    assert grid.shape == (11, 11)


def test_factors_of_a_red_and_a_near_infrared_band():
    # Both by the compiled code of HLS: model at (45, 0, 0) / model as measured.
    table = load_brdf()
    assert float(c_factor(table.of("B04"), 50.0, 10.0, 20.0, 45.0)) == pytest.approx(0.96689386, abs=1e-8)
    assert float(c_factor(table.of("B5"), 50.0, 10.0, 160.0, 45.0)) == pytest.approx(1.06308298, abs=1e-8)


@pytest.mark.parametrize("band", WEIGHTS)
def test_nothing_changes_at_the_target_and_backscatter_is_lowered(band):
    weights = load_brdf().of(band)
    for sun in (0.0, 25.0, 60.0):
        assert float(c_factor(weights, sun, 0.0, 77.0, sun)) == pytest.approx(1.0, abs=1e-12)
    assert float(c_factor(weights, 45.0, 10.0, 0.0, 45.0)) < 1 < float(c_factor(weights, 45.0, 10.0, 180.0, 45.0))


def test_isotropic_reflectance_needs_no_normalisation():
    weights = KernelWeights("x", 0.2, 0.0, 0.0)
    assert float(c_factor(weights, 50.0, 12.0, 33.0, 20.0)) == 1.0
    assert float(brdf_reflectance(weights, 50.0, 12.0, 33.0)) == 0.2


@pytest.mark.parametrize(
    ("latitude", "longitude", "time", "zenith"),
    [
        # By the formulas of NOAA's solar calculator (Meeus), which differ from the ones used here.
        (52.75, -8.18, (2022, 10, 5, 11, 56, 49), 57.8129),
        (-30.3, 152.5, (2018, 6, 29, 0, 2, 41), 59.7658),
        (12.43, -86.53, (2015, 12, 5, 16, 6, 6), 41.2847),
        (-19.9, -57.47, (2019, 8, 9, 13, 53, 6), 46.6884),
    ],
)
def test_position_of_the_sun(latitude, longitude, time, zenith):
    assert solar_zenith(latitude, longitude, datetime(*time, tzinfo=timezone.utc)) == pytest.approx(zenith, abs=0.01)


def test_sun_at_the_mean_overpass():
    # At the equator satellites pass at the time of their node; asin(tan 45 / tan 98.62) / 15 hours later at 45 degrees.
    assert overpass_time(0.0, 98.2, 10.0 + 11 / 60) == pytest.approx(10.183333, abs=1e-6)
    assert overpass_time(45.0, 98.62, 10.5) == pytest.approx(10.5 + 8.7182 / 15, abs=1e-4)
    # The mean of Landsat's and Sentinel-2's; longitude hardly matters, since both are of local time.
    zeniths = [local_solar_zenith(52.75, lon, date(2022, 10, 5)) for lon in (-179.0, -8.18, 0.0, 179.0)]
    assert zeniths[1] == pytest.approx(58.34, abs=0.01)
    assert max(zeniths) - min(zeniths) < 0.4
    with pytest.raises(ValueError, match="no overpass at a latitude of -82"):
        local_solar_zenith(-82.0, 0.0, date(2022, 1, 1))


def field(values, x=300000.0, y=5000000.0, step=5000.0) -> FactorField:
    array = np.array(values, np.float32)
    grid = Grid(UTM, (x, step, 0.0, y, 0.0, -step), array.shape[1], array.shape[0])
    return FactorField("B02", grid, array)


def test_sampling_is_bilinear_between_centres_and_constant_outside():
    lattice = field([[1.0, 2.0], [3.0, 5.0]])
    # Pixels of 1000 m from the lattice's corner: centres at 0.1, 0.3, ... of a cell; the cells' centres are at 0.5.
    fine = Grid(UTM, (300000.0, 1000.0, 0.0, 5000000.0, 0.0, -1000.0), 10, 10)
    found = lattice.sample(fine, fine.window)
    assert found.dtype == np.float32 and found.shape == (10, 10)
    assert found[0, 0] == found[1, 1] == found[2, 2] == 1.0
    assert found[9, 9] == found[7, 7] == 5.0
    assert found[2, 5] == pytest.approx(1.6) and found[5, 2] == pytest.approx(1 + 0.6 * 2)
    # At (0.6, 0.6) between the centres: 0.4 x 0.4 x 1 + 0.4 x 0.6 x (2 + 3) + 0.6 x 0.6 x 5.
    assert found[5, 5] == pytest.approx(3.16, abs=1e-6)


@given(
    row=st.integers(-20, 120),
    col=st.integers(-20, 120),
    height=st.integers(1, 40),
    width=st.integers(1, 40),
    shear=st.sampled_from([0.0, 3.0]),
)
def test_a_pixel_has_the_same_digits_in_every_window(row, col, height, width, shear):
    rng = np.random.default_rng(3)
    lattice = field(rng.uniform(0.9, 1.1, (5, 7)), step=300.0)
    grid = Grid(UTM, (300013.7, 10.0, shear, 4999987.3, -shear, -10.0), 200, 200)
    whole = lattice.sample(grid, Window(-20, -20, 200, 200))
    part = Window(row, col, height, width)
    np.testing.assert_array_equal(lattice.sample(grid, part), whole[part.shift(20, 20).slices])


def test_sampling_of_a_plane_is_exact_on_a_rotated_grid():
    rows, cols = np.mgrid[0:6, 0:6]
    lattice = field(1 + 0.01 * rows + 0.02 * cols, x=0.0, y=0.0, step=100.0)
    grid = Grid(UTM, (250.0, 8.0, 6.0, -300.0, 6.0, -8.0), 10, 10)
    found = lattice.sample(grid, Window(2, 3, 1, 1))[0, 0]
    x, y = grid.locate(2.5, 3.5)
    assert found == pytest.approx(1 + 0.01 * (-y / 100 - 0.5) + 0.02 * (x / 100 - 0.5), abs=1e-6)
    assert lattice.at(np.array([x]), np.array([y]))[0] == found


def angles(view=10.0, view_azimuth=100.0, acquired="2022-10-05T11:56:49Z", latitude=52.75, sun=50.0) -> AngleField:
    shape = (3, 4)
    grid = Grid(UTM, (0.0, 5000.0, 0.0, 0.0, 0.0, -5000.0), 4, 3)
    zenith = np.full(shape, view, np.float32)
    return AngleField(
        grid=grid,
        sun_zenith=np.full(shape, sun, np.float32),
        sun_azimuth=np.full(shape, 160.0, np.float32),
        views=(
            ViewAngles(("B02",), zenith, np.full(shape, view_azimuth, np.float32)),
            ViewAngles((), zenith * 0, zenith),
        ),
        sensor="sentinel2a",
        acquired=acquired,
        centre=(-8.18, latitude),
        source="a product",
    )


def test_fields_of_factors_use_each_band_s_own_view():
    table = load_brdf()
    blue, red = c_factors(angles(), ("B02", "B04"), table, 45.0)
    assert (blue.band, red.band) == ("B02", "B04") and blue.values.shape == (3, 4)
    np.testing.assert_allclose(blue.values, float(c_factor(table.of("B02"), 50.0, 10.0, 60.0, 45.0)), rtol=1e-6)
    np.testing.assert_allclose(red.values, float(c_factor(table.of("B04"), 50.0, 0.0, 0.0, 45.0)), rtol=1e-6)


def test_the_sun_of_hls_is_the_default():
    assert target_sun_zenith(angles()) == pytest.approx(58.34, abs=0.01)
    (default,) = c_factors(angles(), ("B02",), load_brdf())
    (given_,) = c_factors(angles(), ("B02",), load_brdf(), target_sun_zenith(angles()))
    np.testing.assert_array_equal(default.values, given_.values)
    assert target_sun_zenith(angles(latitude=82.0)) == pytest.approx(50.0)


def test_what_was_not_seen_is_continued_from_its_surroundings():
    seen = angles()
    seen.views[0].zenith[:, 2:] = np.nan
    seen.views[0].zenith[0, 0] = 4.0
    (found,) = c_factors(seen, ("B02",), load_brdf(), 45.0)
    assert np.isfinite(found.values).all()
    middle = found.values[1, 1]
    np.testing.assert_allclose(found.values[:, 2:], middle, rtol=1e-6)
    assert found.values[0, 0] != middle


@pytest.mark.parametrize(
    ("made", "band", "target", "sentence"),
    [
        (angles(acquired=""), "B02", None, "does not tell its day of acquisition"),
        (angles(sun=np.nan), "B02", 45.0, "the BRDF model gives no factors for B02"),
        (angles(sun=89.9), "B02", 45.0, "the sun stands too low"),
    ],
)
def test_what_cannot_be_normalised_is_told(made, band, target, sentence):
    with pytest.raises(ProductError) as caught:
        c_factors(made, (band,), load_brdf(), target)
    assert sentence.lower() in str(caught.value).lower()


def test_a_band_without_angles_is_named():
    made = angles()
    only = AngleField(**{**made.__dict__, "views": made.views[:1]})
    with pytest.raises(ProductError, match=r"a product tells no view angles of B04 \(it does of B02\)"):
        c_factors(only, ("B04",), load_brdf(), 45.0)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda d: d.update(kind="bandpass"), "kind is 'bandpass', and a table of the kind 'brdf' is needed"),
        (lambda d: d.update(bands={}), "bands must hold weights for at least one band"),
        (lambda d: d["bands"]["B02"].pop("vol"), "'vol' is missing"),
        (lambda d: d["bands"]["B02"].update(iso=0), "iso must be above 0"),
        (lambda d: d["bands"]["B02"].update(geo=-0.1), "geo must not be negative"),
        (lambda d: d.update(bands=3), "'int' object has no attribute"),
    ],
)
def test_a_bad_table_is_refused_with_a_sentence(tmp_path, change, sentence):
    document = json.loads(BRDF_FILE.read_text(encoding="utf-8"))
    change(document)
    path = tmp_path / "own.json"
    path.write_text(json.dumps(document, indent=1), encoding="utf-8")
    with pytest.raises(SensorError) as caught:
        load_brdf(path)
    assert sentence in str(caught.value) and f"Table {path}, line " in str(caught.value)

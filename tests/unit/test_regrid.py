# SPDX-License-Identifier: GPL-2.0-or-later
"""Bands on lattices of their own: values, nodata, windows, moves, other zones."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

gdal = pytest.importorskip("osgeo.gdal")
osr = pytest.importorskip("osgeo.osr")

from satsharp.core.enlargement import cubic_weights  # noqa: E402
from satsharp.core.errors import GridError  # noqa: E402
from satsharp.core.grid import Grid, Window  # noqa: E402
from satsharp.core.grid_places import places_on  # noqa: E402
from satsharp.core.products.aligned import align  # noqa: E402
from satsharp.core.products.regrid import northing_between, regridded, southern  # noqa: E402
from satsharp.core.raster import BandReader  # noqa: E402
from satsharp.core.scene import Band  # noqa: E402

SIDE = 60


def wkt(epsg: int) -> str:
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(epsg)
    return reference.ExportToWkt()


UTM = wkt(32632)


def grid(x: float, y: float, gsd: float, width: int, height: int, crs: str = UTM) -> Grid:
    return Grid(crs, (x, gsd, 0.0, y, 0.0, -gsd), width, height)


def band(folder: Path, values: np.ndarray, where: Grid, nodata: float | None = 0) -> Band:
    path = folder / "band.tif"
    kind = {"uint16": gdal.GDT_UInt16, "float32": gdal.GDT_Float32, "uint8": gdal.GDT_Byte}[values.dtype.name]
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), where.width, where.height, 1, kind)
    dataset.SetProjection(where.crs)
    dataset.SetGeoTransform(where.transform)
    dataset.GetRasterBand(1).WriteArray(values)
    del dataset
    name = {"uint16": "UInt16", "float32": "Float32", "uint8": "Byte"}[values.dtype.name]
    return Band("B4", str(path), 1, where, name, nodata, None, 1.0, 0.0)


def read(found: Band, window: Window | None = None) -> np.ndarray:
    with BandReader() as reader:
        return reader.read(found, window or found.grid.window)


def waves(where: Grid) -> np.ndarray:
    """A smooth field of map coordinates."""
    x = where.transform[0] + (np.arange(where.width) + 0.5) * where.gsd
    y = where.transform[3] - (np.arange(where.height) + 0.5) * where.gsd
    return 5000 + 800 * np.sin(x / 300)[None] + 600 * np.cos(y / 260)[:, None]


def test_values_are_those_of_the_places(tmp_path):
    lattice, wanted = grid(500000, 5600000, 30, SIDE, SIDE), grid(500307, 5599611, 10, 90, 75)
    found = regridded(band(tmp_path, waves(lattice).astype(np.uint16), lattice), wanted, tmp_path)
    assert found.lattice == lattice
    assert np.abs(read(found) - waves(wanted)).max() < 2.0
    # A step of a third of a pixel off would show.
    off = grid(500317, 5599611, 10, 90, 75)
    assert np.abs(read(found) - waves(off)).max() > 15


def test_a_found_shift_moves_the_pixels(tmp_path):
    lattice, wanted = grid(500000, 5600000, 30, SIDE, SIDE), grid(500300, 5599600, 10, 60, 60)
    shown = band(tmp_path, waves(lattice).astype(np.float32), lattice)
    found = regridded(shown, wanted, tmp_path, (12.5, -7.25))
    from_there = grid(500300 - 12.5, 5599600 + 7.25, 10, 60, 60)
    assert np.abs(read(found) - waves(from_there)).max() < 1.5


def test_a_band_that_is_moved_when_read_lies_where_its_move_says(tmp_path):
    lattice, wanted = grid(500000, 5600000, 30, SIDE, SIDE), grid(500300, 5599600, 10, 60, 60)
    shown = replace(band(tmp_path, waves(lattice).astype(np.float32), lattice), shift=(-0.25, 0.5))
    found = regridded(shown, wanted, tmp_path)
    # Its pixels lie a quarter of a pixel up and half a pixel right of where its grid says.
    from_there = grid(500300 - 15, 5599600 - 7.5, 10, 60, 60)
    assert np.abs(read(found) - waves(from_there)).max() < 1.5


def test_the_same_grid_is_read_as_it_is(tmp_path):
    lattice = grid(500000, 5600000, 30, 20, 20)
    values = np.arange(1, 401, dtype=np.uint16).reshape(20, 20)
    found = regridded(band(tmp_path, values, lattice), lattice, tmp_path)
    assert found.lattice is None
    assert (read(found) == values).all()


def test_nodata_stays_within_its_pixels_and_beyond_the_raster(tmp_path):
    lattice = grid(500000, 5600000, 30, 20, 20)
    values = np.full((20, 20), 1000, np.uint16)
    values[8:10, 5] = 0
    wanted = grid(500000 - 60, 5600000 + 60, 10, 80, 80)
    found = read(regridded(band(tmp_path, values, lattice), wanted, tmp_path))
    missing = found == 0
    inside = np.zeros((80, 80), bool)
    inside[6:66, 6:66] = True
    hole = np.zeros((80, 80), bool)
    hole[6 + 24 : 6 + 30, 6 + 15 : 6 + 18] = True
    assert (missing == (~inside | hole)).all()
    assert (found[~missing] == 1000).all()


def test_a_window_far_from_the_raster_is_nodata(tmp_path):
    lattice = grid(500000, 5600000, 30, 20, 20)
    shown = band(tmp_path, np.full((20, 20), 7, np.float32), lattice, nodata=None)
    found = read(regridded(shown, grid(600000, 5500000, 10, 8, 8), tmp_path))
    assert np.isnan(found).all()


@settings(max_examples=40, deadline=None)
@given(
    row=st.integers(-20, 120),
    col=st.integers(-20, 120),
    height=st.integers(1, 40),
    width=st.integers(1, 40),
    x=st.floats(-45, 45),
    y=st.floats(-45, 45),
)
def test_windows_agree_to_the_last_bit(tmp_path_factory, row, col, height, width, x, y):
    folder = tmp_path_factory.mktemp("windows")
    lattice = grid(500000 + x, 5600000 + y, 15, SIDE, SIDE)
    values = (waves(lattice) + np.random.default_rng(1).normal(0, 300, (SIDE, SIDE))).astype(np.float32)
    values[20:23, 30:41] = 0
    found = regridded(band(folder, values, lattice), grid(500000, 5600000, 10, 90, 90), folder)
    whole = read(found, Window(-30, -30, 200, 200))
    part = read(found, Window(row, col, height, width))
    assert np.array_equal(part, whole[row + 30 : row + 30 + height, col + 30 : col + 30 + width])


def test_steepness_is_torchs_where_it_is_asked_for(tmp_path):
    lattice = grid(500000, 5600000, 30, 24, 24)
    values = np.random.default_rng(2).normal(100, 30, (24, 24)).astype(np.float32)
    wanted = grid(500000 + 90, 5600000 - 90, 10, 30, 30)
    found = read(regridded(band(tmp_path, values, lattice, nodata=None), wanted, tmp_path, steepness=-0.75))
    torch = pytest.importorskip("torch")
    tensor = torch.from_numpy(values)[None, None]
    expected = torch.nn.functional.interpolate(tensor, scale_factor=3, mode="bicubic")[0, 0].numpy()[9:39, 9:39]
    # Places are rounded to a millionth of a pixel.
    assert np.abs(found - expected).max() < 5e-4


def test_hemispheres_of_one_zone_differ_by_the_false_northing(tmp_path):
    assert northing_between(wkt(32633), wkt(32733)) == 10_000_000
    assert northing_between(wkt(32733), wkt(32633)) == -10_000_000
    assert northing_between(wkt(32633), wkt(32633)) == 0
    assert northing_between(wkt(32633), wkt(32634)) is None
    lattice = grid(500000, -2000010, 30, SIDE, SIDE, wkt(32633))
    shown = band(tmp_path, waves(lattice).astype(np.float32), lattice)
    south = grid(500300, 10_000_000 - 2000010 - 400, 10, 60, 60, wkt(32733))
    found = regridded(shown, south, tmp_path)
    assert found.lattice is not None
    north = grid(500300, -2000010 - 400, 10, 60, 60)
    assert np.abs(read(found) - waves(north)).max() < 1.5
    assert southern(lattice)[1] == 10_000_000
    assert "zone 33S" in southern(lattice)[0]
    assert southern(grid(500000, 5600000, 30, 10, 10)) == (UTM, 0.0)


def test_another_zone_is_warped(tmp_path):
    # A place between zones 32 and 33, in the coordinates of both.
    transform = osr.CoordinateTransformation(reference(32633), reference(32632))
    lattice = grid(200000, 5600000, 30, 100, 100, wkt(32633))
    shown = band(tmp_path, waves(lattice).astype(np.float32), lattice)
    x, y, _ = transform.TransformPoint(201500, 5598500)
    wanted = grid(round(x, -1), round(y, -1), 10, 40, 40)
    found = regridded(shown, wanted, tmp_path)
    assert found.path.endswith(".vrt")
    values = read(found)
    back = osr.CoordinateTransformation(reference(32632), reference(32633))
    for row, col in ((3, 5), (20, 20), (37, 11)):
        east, north, _ = back.TransformPoint(
            wanted.transform[0] + 10 * (col + 0.5), wanted.transform[3] - 10 * (row + 0.5)
        )
        expected = 5000 + 800 * math.sin(east / 300) + 600 * math.cos(north / 260)
        assert abs(values[row, col] - expected) < 2.5


def test_between_zones_nothing_is_smoothed(tmp_path):
    """The finest structure there is comes out as plain cubic convolution has it: GDAL before 3.13 would smooth it."""
    transform = osr.CoordinateTransformation(reference(32633), reference(32632))
    lattice = grid(200000, 5600000, 30, 100, 100, wkt(32633))
    pixels = np.random.default_rng(5).integers(2000, 8000, (100, 100)).astype(np.float32)
    x, y, _ = transform.TransformPoint(201500, 5598500)
    wanted = grid(round(x, -1), round(y, -1), 30, 30, 30)
    shown = band(tmp_path, pixels, lattice)
    values = read(regridded(shown, wanted, tmp_path))
    # So does what compares rasters.
    compared = read(align((shown,), wanted).bands[0])
    back = osr.CoordinateTransformation(reference(32632), reference(32633))
    expected = np.zeros((30, 30))
    for row, col in np.ndindex(30, 30):
        place = back.TransformPoint(wanted.transform[0] + 30 * (col + 0.5), wanted.transform[3] - 30 * (row + 0.5))
        down, right = (5600000 - place[1]) / 30 - 0.5, (place[0] - 200000) / 30 - 0.5
        rows, cols = (np.arange(int(at) - 1, int(at) + 3) for at in (down, right))
        weights = np.outer(cubic_weights(rows - down, -0.5), cubic_weights(cols - right, -0.5))
        expected[row, col] = (weights * pixels[np.ix_(rows, cols)]).sum()
    # The smoothing would make it 650.
    assert np.abs(values - expected).max() < 5
    assert np.abs(compared - expected).max() < 5


def reference(epsg: int) -> osr.SpatialReference:
    found = osr.SpatialReference()
    found.ImportFromEPSG(epsg)
    found.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    return found


def test_classes_keep_the_nearest_value(tmp_path):
    lattice = grid(500007, 5600004, 30, 20, 20)
    values = np.random.default_rng(3).integers(1, 200, (20, 20)).astype(np.uint8)
    wanted = grid(500030, 5599980, 30, 12, 12)
    found = read(regridded(band(tmp_path, values, lattice), wanted, tmp_path, nearest=True))
    # 23 m and 24 m off: the nearest pixel is the next one.
    assert (found == values[1:13, 1:13]).all()


@pytest.mark.parametrize(
    "crs, transform, words",
    [
        ("", (500000, 10, 0, 5600000, 0, -10), "projected CRS"),
        (wkt(4326), (9, 0.001, 0, 50, 0, -0.001), "projected CRS"),
        (UTM, (500000, 10, 1, 5600000, 1, -10), "rotated"),
    ],
)
def test_grids_that_do_not_serve_get_a_sentence(tmp_path, crs, transform, words):
    lattice = grid(500000, 5600000, 30, 20, 20)
    shown = band(tmp_path, np.full((20, 20), 7, np.uint16), lattice)
    with pytest.raises(GridError, match=words):
        regridded(shown, Grid(crs, transform, 5, 5), tmp_path)


def test_a_rotated_lattice_is_refused_by_the_reader():
    rotated = Grid(UTM, (0, 10, 1, 0, 1, -10), 5, 5)
    with pytest.raises(GridError, match="rotated"):
        places_on(rotated, grid(0, 0, 10, 5, 5), Window(0, 0, 2, 2))


@given(st.floats(0, 1), st.sampled_from([-0.5, -0.75]))
def test_weights_of_cubic_convolution_sum_to_one(fraction, steepness):
    weights = cubic_weights(fraction - np.arange(-1, 3), steepness)
    assert abs(weights.sum() - 1) < 1e-12

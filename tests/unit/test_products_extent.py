# SPDX-License-Identifier: GPL-2.0-or-later
"""An extent in any CRS becomes a window, snapped outward and clipped."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from osgeo import osr
from satsharp.core.errors import GridError
from satsharp.core.grid import Grid, Window
from satsharp.core.products.extent import extent_window
from satsharp.tests.unit.products_factory import wkt

UTM = wkt(32633)
TILE = Grid(UTM, (399960.0, 10.0, 0.0, 6000000.0, 0.0, -10.0), 10980, 10980)
SMALL = Grid(UTM, (399960.0, 10.0, 0.0, 6000000.0, 0.0, -10.0), 60, 60)
LOCAL = Grid("", (0.0, 10.0, 0.0, 0.0, 0.0, -10.0), 600, 600)


def pixels_of(grid: Grid, row: int, col: int, height: int, width: int) -> tuple[float, float, float, float]:
    (x0, y1), (x1, y0) = grid.locate(row, col), grid.locate(row + height, col + width)
    return x0, y0, x1, y1


@given(
    st.tuples(st.integers(0, 10979), st.integers(0, 10979)),
    st.tuples(st.integers(1, 3000), st.integers(1, 3000)),
    st.sampled_from([1, 2, 3, 6]),
)
def test_pixel_borders_do_not_grow(corner: tuple[int, int], size: tuple[int, int], snap: int) -> None:
    height, width = min(size[0], 10980 - corner[0]), min(size[1], 10980 - corner[1])
    window = extent_window(TILE, pixels_of(TILE, *corner, height, width), "", snap)
    assert window == Window(*corner, height, width).coarsen(snap).refine(snap)


def test_window_of_coordinates_with_rounding_noise() -> None:
    grid = Grid(UTM, (0.1, 0.1, 0.0, 0.3, 0.0, -0.1), 3, 3)
    assert extent_window(grid, (0.2, 0.1, 0.1 + 0.2, 0.2), "", 1) == Window(1, 1, 1, 1)


@pytest.mark.parametrize(("snap", "size"), [(1, 1), (2, 2), (6, 6)])
def test_a_single_pixel_or_less_gives_one_snapped_cell(snap: int, size: int) -> None:
    row, col = 7, 13
    wanted = Window(row // snap * snap, col // snap * snap, size, size)
    assert extent_window(SMALL, pixels_of(SMALL, row, col, 1, 1), "", snap) == wanted
    x, y = SMALL.locate(row + 0.5, col + 0.5)
    assert extent_window(SMALL, (x - 1e-9, y - 1e-9, x + 1e-9, y + 1e-9), UTM, snap) == wanted


def test_extent_is_snapped_outward() -> None:
    x, y = TILE.locate(1204.9, 601.2)
    assert extent_window(TILE, (x, y, x + 25.0, y + 25.0), "", 1) == Window(1202, 601, 3, 3)
    assert extent_window(TILE, (x, y, x + 25.0, y + 25.0), "", 6) == Window(1200, 600, 6, 6)


def test_extent_is_clipped_to_the_grid() -> None:
    assert extent_window(SMALL, (0.0, 0.0, 1e7, 1e7), UTM, 6) == SMALL.window
    assert extent_window(SMALL, (400500.0, 5000000.0, 500000.0, 5999490.0), "", 6) == Window(48, 54, 12, 6)


def test_grid_that_is_no_multiple_of_the_snap() -> None:
    grid = Grid(UTM, SMALL.transform, 59, 58)
    assert extent_window(grid, pixels_of(grid, 57, 58, 1, 1), "", 6) == Window(54, 54, 4, 5)


@pytest.mark.parametrize("crs", ["EPSG:4326", wkt(4326), "OGC:CRS84"])
def test_degrees_are_longitude_before_latitude(crs: str) -> None:
    window = extent_window(TILE, (13.6, 53.5, 13.7, 53.6), crs, 6)
    reference, target = osr.SpatialReference(), osr.SpatialReference(UTM)
    reference.ImportFromEPSG(4326)
    reference.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    move = osr.CoordinateTransformation(reference, target)
    for lon, lat in ((13.6, 53.5), (13.6, 53.6), (13.7, 53.5), (13.7, 53.6), (13.65, 53.6)):
        row, col = TILE.pixel_of(*move.TransformPoint(lon, lat)[:2])
        assert window.row <= row <= window.row_end
        assert window.col <= col <= window.col_end
    # 0.1 degree of latitude is 11.13 km, of longitude at 53.55 degrees 6.63 km; the meridians lean by about 1 degree.
    assert 1113 <= window.height <= 1113 + 30
    assert 663 <= window.width <= 663 + 40
    assert (window.row % 6, window.col % 6, window.height % 6, window.width % 6) == (0, 0, 0, 0)


def test_bent_edges_are_followed_between_the_corners() -> None:
    # A parallel of 8 degrees length, symmetric about the zone's meridian, sags by 7 km at its middle in UTM.
    grid = Grid(UTM, (200000.0, 100.0, 0.0, 6700000.0, 0.0, -100.0), 6000, 6000)
    window = extent_window(grid, (11.0, 56.0, 19.0, 57.0), "EPSG:4326", 1)
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(4326)
    reference.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    move = osr.CoordinateTransformation(reference, osr.SpatialReference(UTM))
    row_middle, _ = grid.pixel_of(*move.TransformPoint(15.0, 56.0)[:2])
    row_corner, _ = grid.pixel_of(*move.TransformPoint(11.0, 56.0)[:2])
    assert row_middle > row_corner + 50
    assert window.row_end == math.ceil(row_middle)


@pytest.mark.parametrize(
    ("extent", "crs"),
    [
        ((-180.0, -90.0, 180.0, 90.0), "EPSG:4326"),
        ((-20037508.0, -20037508.0, 20037508.0, 20037508.0), "EPSG:3857"),
        ((0.0, 0.0, 90.0, 90.0), "EPSG:4326"),
        ((-1e6, 4e6, 2e6, 8e6), "EPSG:32632"),
    ],
)
def test_the_whole_world_covers_the_grid(extent: tuple[float, float, float, float], crs: str) -> None:
    assert extent_window(TILE, extent, crs, 6) == TILE.window


def test_neighbouring_zone_covers_itself() -> None:
    other = osr.CoordinateTransformation(osr.SpatialReference(UTM), osr.SpatialReference(wkt(32632)))
    points = other.TransformPoints([TILE.locate(row, col) for row in (3000, 4000) for col in (5000, 6000)])
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    window = extent_window(TILE, (min(xs), min(ys), max(xs), max(ys)), "EPSG:32632", 1)
    assert window.intersect(Window(3000, 5000, 1000, 1000)) == Window(3000, 5000, 1000, 1000)
    # The axes of neighbouring zones are turned against each other by a few degrees.
    assert 1000 < window.height < 1250
    assert 1000 < window.width < 1250


def test_local_grid() -> None:
    assert extent_window(LOCAL, (100.0, -200.0, 170.0, -150.0), "", 6) == Window(12, 6, 12, 12)
    with pytest.raises(GridError, match=r"raster has no CRS, so an extent in EPSG:32633 has no place on it"):
        extent_window(LOCAL, (100.0, -200.0, 170.0, -150.0), "EPSG:32633", 6)


def test_rotated_grid() -> None:
    grid = Grid(UTM, (500000.0, 8.0, 6.0, 6000000.0, 6.0, -8.0), 100, 100)
    (x0, y0), (x1, y1) = grid.locate(40.5, 40.5), grid.locate(42.5, 40.5)
    window = extent_window(grid, (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)), "", 1)
    for x in (x0, x1):
        for y in (y0, y1):
            row, col = grid.pixel_of(x, y)
            assert window.row <= row <= window.row_end
            assert window.col <= col <= window.col_end
    assert window.height * window.width < 50


@pytest.mark.parametrize(
    ("extent", "crs", "match"),
    [
        ((399000.0, 5999400.0, 399960.0, 6000000.0), "", r"\(399000, 5999400, 399960, 6000000\) lies outside .*covers"),
        ((400560.0, 5999400.0, 400600.0, 6000000.0), UTM, r"covers \(399960, 5999400, 400560, 6000000\)"),
        ((15.0, 54.5, 15.1, 54.6), "EPSG:4326", r"The extent \(500000, 60391.*lies outside .*\(399960, 5999400"),
        ((-75.0, 54.0, -74.9, 54.1), "EPSG:4326", r"lies outside the raster, which covers \(399960, 5999400"),
        ((13.4, -54.2, 13.6, -54.1), "EPSG:4326", r"The extent \(39\d+.*, -600\d+.* lies outside"),
    ],
)
def test_extent_outside(extent: tuple[float, float, float, float], crs: str, match: str) -> None:
    with pytest.raises(GridError, match=match):
        extent_window(SMALL, extent, crs, 6)


@pytest.mark.parametrize(
    "extent",
    [
        (math.nan, 0.0, 1.0, 1.0),
        (400000.0, 5999500.0, math.inf, 5999600.0),
        (400000.0, 5999500.0, 400000.0, 5999600.0),
        (400100.0, 5999500.0, 400000.0, 5999600.0),
        (400000.0, 5999600.0, 400100.0, 5999500.0),
    ],
)
def test_empty_extent(extent: tuple[float, float, float, float]) -> None:
    with pytest.raises(GridError, match="is empty. Give it as x minimum"):
        extent_window(SMALL, extent, "", 6)


@pytest.mark.parametrize("crs", ["EPSG:999999", "nonsense"])
def test_unknown_crs(crs: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(GridError, match=f"The CRS '{crs}' is unknown"):
        extent_window(SMALL, (0.0, 0.0, 1.0, 1.0), crs, 6)
    assert "ERROR" not in capfd.readouterr().err


def test_exceptions_of_osr_change_nothing() -> None:
    osr.UseExceptions()
    try:
        with pytest.raises(GridError, match="is unknown"):
            extent_window(SMALL, (0.0, 0.0, 1.0, 1.0), "nonsense", 6)
        assert extent_window(TILE, (-180.0, -90.0, 180.0, 90.0), "EPSG:4326", 6) == TILE.window
        with pytest.raises(GridError, match="lies outside"):
            extent_window(SMALL, (-75.0, 54.0, -74.9, 54.1), "EPSG:4326", 6)
    finally:
        osr.DontUseExceptions()

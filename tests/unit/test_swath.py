# SPDX-License-Identifier: GPL-2.0-or-later
"""Every place of a map gets the right pixel of a swath: where scans overlap, over the date line, at the pole."""

from __future__ import annotations

import errno
import io
import os
import tempfile
import tracemalloc
from dataclasses import dataclass

import numpy as np
import pytest

gdal = pytest.importorskip("osgeo.gdal")
gdal_array = pytest.importorskip("osgeo.gdal_array")

from satsharp.core.errors import GridError  # noqa: E402
from satsharp.core.georeference import _empty  # noqa: E402
from satsharp.core.grid import Grid, Window  # noqa: E402
from satsharp.core.products.geolocation import Places, Projection, centre_of, equal_area  # noqa: E402
from satsharp.core.products.swath_map import map_of_swath  # noqa: E402
from satsharp.core.scene import Band, Geolocation, Scene  # noqa: E402
from satsharp.core.swath_lattice import Lattice, ScanGeometry  # noqa: E402
from satsharp.core.swath_places import candidates, choose  # noqa: E402

orbit = pytest.importorskip("satsharp.export_tools.simulation.eos.orbit", reason="export_tools is not there")
swaths = pytest.importorskip("satsharp.export_tools.simulation.eos.swaths")

MODIS = Geolocation("", "", 0.0, 4, 1.5, 4, 40)
VIIRS = Geolocation("", "", 0.0, 1, 0.0, 1, 32)
VIIRS_750 = Geolocation("", "", 0.5, 2, 0.5, 2, 32)
PASSES = {
    "modis end of scan": (MODIS, orbit.Pass(orbit.MODIS, 10, 45, 190, 5, 0, 160), 250),
    "modis between": (MODIS, orbit.Pass(orbit.MODIS, 10, 45, 190, 5, 1000, 240), 250),
    "modis nadir": (MODIS, orbit.Pass(orbit.MODIS, 10, 45, 190, 5, 2600, 240), 250),
    "viirs end of scan": (VIIRS, orbit.Pass(orbit.VIIRS, 10, 45, 350, 5, 0, 200), 375),
    "viirs change of zone": (VIIRS, orbit.Pass(orbit.VIIRS, 10, 45, 350, 5, 1200, 200), 375),
    "viirs nadir, 750 m geolocation": (VIIRS_750, orbit.Pass(orbit.VIIRS, 10, 45, 350, 5, 3100, 200), 375),
    "date line": (MODIS, orbit.Pass(orbit.MODIS, 179.9, 10, 190, 4, 2600, 240), 250),
    "pole": (VIIRS, orbit.Pass(orbit.VIIRS, 0, 89.7, 350, 5, 3100, 200), 375),
}


@dataclass(frozen=True, eq=False)
class Mapped:
    """A swath on a map: rows and columns taken, shape (rows, columns), and exact places of all pixels (map pixels)."""

    geometry: ScanGeometry
    row: np.ndarray
    col: np.ndarray
    x: np.ndarray
    y: np.ndarray


def lattice_of(geolocation: Geolocation, flight, gsd: float, crs: str = "") -> tuple[Lattice, np.ndarray, np.ndarray]:
    rows, cols = flight.scans * flight.scanner.scan_lines, flight.cols
    geometry = ScanGeometry.of(geolocation, rows, cols, 1)
    lines = np.arange(geometry.scans)[:, None] * geometry.scan_lines
    lines = lines + geometry.line_offset + geometry.line_step * np.arange(geometry.lines)
    nodes = geometry.pixel_offset + geometry.pixel_step * np.arange(geometry.cols)
    lon, lat = (values.astype(np.float32).astype(float) for values in flight.places(lines[..., None], nodes))
    middle = centre_of(lon, lat)
    projection = Projection(crs or equal_area(*middle), middle[0])
    x, y = projection(lon, lat)
    gsd /= projection.unit_metres
    left, top = np.floor(x.min() / gsd) - 9, np.ceil(y.max() / gsd) + 9
    blank = [np.full(geometry.shape, np.nan, np.float32) for _ in range(2)]
    lattice = Lattice(geometry, *blank, np.full((geometry.scans, geometry.blocks, 4), np.nan, np.float32))
    for scan in range(geometry.scans):
        lattice.put(scan, x[scan] / gsd - left, top - y[scan] / gsd)
    every = projection(*flight.places(*np.meshgrid(np.arange(rows), np.arange(cols), indexing="ij")))
    return lattice, every[0] / gsd - left, top - every[1] / gsd


def taken(lattice: Lattice, measured: np.ndarray, tile: int = 4096) -> tuple[np.ndarray, np.ndarray]:
    height, width = (int(np.nanmax(part)) + 9 for part in (lattice.y, lattice.x))
    row, col = np.full((height, width), -1), np.full((height, width), -1)
    whole = Window(0, 0, *measured.shape)
    for top in range(0, height, tile):
        for left in range(0, width, tile):
            window = Window(top, left, tile, tile).intersect(Window(0, 0, height, width))
            rows, cols = choose(candidates(lattice, window), measured, whole, window)
            row[window.slices] = rows.reshape(window.height, window.width)
            col[window.slices] = cols.reshape(window.height, window.width)
    return row, col


@pytest.fixture(scope="module", params=list(PASSES))
def mapped(request) -> Mapped:
    geolocation, flight, gsd = PASSES[request.param]
    lattice, x, y = lattice_of(geolocation, flight, gsd)
    measured = np.ones(x.shape, np.bool_)
    if geolocation is not MODIS:
        measured = ~swaths.deleted(x.shape, 1, flight.first_col)
    return Mapped(lattice.geometry, *taken(lattice, measured), x, y)


def half_diagonals(mapped: Mapped) -> np.ndarray:
    """Half of the diagonal of each swath pixel in map pixels, from its neighbours within the scan."""
    lines = mapped.geometry.scan_lines
    places = np.stack([mapped.x, mapped.y]).reshape(2, -1, lines, mapped.x.shape[1])
    sides = [np.abs(np.gradient(places, axis=axis)).astype(float) for axis in (2, 3)]
    # Where the sampling changes, the wider side counts.
    wide = np.maximum(np.abs(np.diff(places, axis=3, prepend=places[..., :1])), sides[1])
    lengths = np.hypot(*sides[0]), np.hypot(*np.maximum(wide, np.roll(wide, -1, axis=3)))
    return (0.5 * np.hypot(*lengths)).reshape(mapped.x.shape)


def test_the_pixel_taken_lies_within_half_a_pixel(mapped: Mapped) -> None:
    at = np.nonzero(mapped.row >= 0)
    row, col = mapped.row[at], mapped.col[at]
    distance = np.hypot(mapped.x[row, col] - at[1] - 0.5, mapped.y[row, col] - at[0] - 0.5)
    assert len(row) > 20000
    ratio = distance / half_diagonals(mapped)[row, col]
    # Scans that just miss each other at nadir are bridged by half a line more: (1, 0.5) for (0.5, 0.5).
    assert ratio.max() < 1.6
    assert np.mean(ratio < 1.01) > 0.995


def test_no_scan_leaves_a_hole(mapped: Mapped) -> None:
    ndimage = pytest.importorskip("scipy.ndimage")
    covered = mapped.row >= 0
    assert (ndimage.binary_fill_holes(covered) == covered).all()


def test_every_pixel_that_stands_alone_is_taken(mapped: Mapped) -> None:
    """Pixels in the middle of a scan appear on the map; those in the overlap may be left to the other scan."""
    used = np.zeros(mapped.x.shape, np.bool_)
    used[mapped.row[mapped.row >= 0], mapped.col[mapped.row >= 0]] = True
    lines = mapped.geometry.scan_lines
    middle = np.arange(used.shape[0]) % lines
    kept = used[(middle >= lines // 2 - 2) & (middle < lines // 2 + 2)]
    # A map pixel may be a little larger than a swath pixel.
    assert kept.mean() > 0.75


def test_scans_meet_half_way_through_their_overlap() -> None:
    geolocation, flight, gsd = PASSES["modis end of scan"]
    lattice, x, _ = lattice_of(geolocation, flight, gsd)
    row, _ = taken(lattice, np.ones(x.shape, np.bool_))
    lines = row[(row >= 40) & (row < 160)] % 40
    # Scans are twice as high as they advance at their ends, so a quarter on either side is not needed.
    assert np.percentile(lines, [1, 99]) == pytest.approx([9, 30], abs=4)


def test_deleted_pixels_are_taken_from_the_other_scan() -> None:
    geolocation, flight, gsd = PASSES["viirs end of scan"]
    lattice, x, _ = lattice_of(geolocation, flight, gsd)
    gone = swaths.deleted(x.shape, 1, 0)
    row, col = taken(lattice, ~gone)
    inner = (row >= 32) & (row < 128)
    assert inner.sum() > 10000
    # Beyond the corner of a scan there is no other one.
    assert set(col[inner][gone[row[inner], col[inner]]]) <= {0}


def test_tiles_of_the_map_never_show() -> None:
    geolocation, flight, gsd = PASSES["modis between"]
    lattice, x, _ = lattice_of(geolocation, flight, gsd)
    measured = np.ones(x.shape, np.bool_)
    for whole, tiled in zip(taken(lattice, measured), taken(lattice, measured, 37)):
        assert np.array_equal(whole, tiled)


def test_a_scan_without_places_is_left_out() -> None:
    geolocation, flight, gsd = PASSES["modis nadir"]
    lattice, x, _ = lattice_of(geolocation, flight, gsd)
    lattice.put(2, np.full((10, 60), np.nan), np.full((10, 60), np.nan))
    row, _ = taken(lattice, np.ones(x.shape, np.bool_))
    assert set(np.unique(row[row >= 0] // 40)) == {0, 1, 3, 4}


def test_degrees_stay_in_one_piece_over_the_date_line() -> None:
    geolocation, flight, gsd = PASSES["date line"]
    lattice, x, _ = lattice_of(geolocation, flight, gsd, "EPSG:4326")
    assert np.nanmax(lattice.x) - np.nanmin(lattice.x) < 500
    row, _ = taken(lattice, np.ones(x.shape, np.bool_))
    assert (row >= 0).sum() > 20000


def test_a_smaller_output_pixel_lies_inside_the_larger() -> None:
    """Output pixels half as large: the geolocation keeps its place on the ground."""
    geometry = ScanGeometry.of(MODIS, 400, 800, 2)
    assert (geometry.scans, geometry.scan_lines, geometry.lines, geometry.cols) == (5, 80, 10, 100)
    assert (geometry.line_offset, geometry.line_step, geometry.pixel_offset) == (3.5, 8, 0.5)


def test_projection_agrees_with_gdal_point_by_point() -> None:
    lon, lat = np.array([[10.0, 11.0], [np.nan, 12.0]]), np.array([[45.0, 46.0], [47.0, 48.0]])
    projection = Projection("EPSG:32632", 10.0)
    x, y = projection(lon, lat)
    single = [projection._transformation.TransformPoint(a, b) for a, b in ((10.0, 45.0), (11.0, 46.0), (12.0, 48.0))]
    assert np.isnan(x[1, 0]) and np.isnan(y[1, 0])
    assert x[[0, 0, 1], [0, 1, 1]] == pytest.approx([point[0] for point in single], abs=1e-6)
    assert y[[0, 0, 1], [0, 1, 1]] == pytest.approx([point[1] for point in single], abs=1e-6)


def test_unknown_crs_is_refused() -> None:
    with pytest.raises(GridError, match="TARGET_CRS"):
        Projection("EPSG:999999", 0.0)


def test_equal_area_crs_keeps_areas() -> None:
    projection = Projection(equal_area(10.2, 44.8), 10.0)
    assert "around 45 N 10 E" in projection.wkt
    side = 0.01
    for lon, lat in ((10, 45), (25, 45), (10, 58)):
        x, y = projection(np.array([lon, lon + side, lon]), np.array([lat, lat, lat + side]))
        area = abs((x[1] - x[0]) * (y[2] - y[0]) - (x[2] - x[0]) * (y[1] - y[0]))
        # WGS 84: radii of curvature of the meridian and of the prime vertical.
        sine = np.sin(np.radians(lat + side / 2)) ** 2
        vertical = 6378137 / np.sqrt(1 - 0.00669437999 * sine)
        meridian = vertical * (1 - 0.00669437999) / (1 - 0.00669437999 * sine)
        true = vertical * np.cos(np.radians(lat)) * meridian * np.radians(side) ** 2
        assert area == pytest.approx(true, rel=1e-3)


def test_bounds_of_a_large_swath_need_little_memory(tmp_path) -> None:
    paths = []
    for name in ("lat", "lon"):
        paths.append(str(tmp_path / f"{name}.tif"))
        dataset = gdal.GetDriverByName("GTiff").Create(paths[-1], 3200, 32 * 40, 1, gdal.GDT_Float32)
        dataset.GetRasterBand(1).Fill(12.5)
        del dataset
    geolocation = Geolocation(*paths, 0.0, 1, 0.0, 1, 32)
    places = Places(geolocation, ScanGeometry.of(geolocation, 32 * 40, 3200, 1), "swath")
    tracemalloc.start()
    lon, lat = places.sparse()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert lon.shape == lat.shape == (40, 3, 201) and (lat == 12.5).all()
    # Two scans in double precision; all of them would be 65 MB.
    assert peak < 10e6


def test_places_of_a_swath_have_their_room_on_the_disk() -> None:
    geometry = ScanGeometry.of(VIIRS, 32 * 10, 3200, 1)
    with tempfile.TemporaryFile() as first, tempfile.TemporaryFile() as second:
        lattice = _empty(geometry, first, second)
        assert lattice.x.shape == lattice.y.shape == geometry.shape == (10, 34, 3265)
        for stream in (first, second):
            status = os.fstat(stream.fileno())
            assert status.st_size == lattice.x.nbytes <= 512 * status.st_blocks
        lattice.x[3, 5, 7] = 2.5
        lattice.x.flush()
        first.seek(4 * ((3 * 34 + 5) * 3265 + 7))
        assert np.frombuffer(first.read(4), np.float32)[0] == 2.5


def test_a_full_disk_is_told_before_the_places_are_found(tmp_path) -> None:
    class Full(io.BytesIO):
        def write(self, data) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        _empty(ScanGeometry.of(VIIRS, 64, 200, 1), Full(), Full())


@pytest.mark.parametrize(("crs", "width"), [("", 5948), ("EPSG:4326", 5950), ("EPSG:32660", 5987), ("EPSG:3857", None)])
def test_map_of_a_swath_over_the_date_line(tmp_path, crs: str, width: int | None) -> None:
    """From 170 to -170 degrees at 5 degrees south: Web Mercator would make a map of the whole Earth of it."""
    lat, lon = np.meshgrid(np.linspace(0, -10, 96), (np.linspace(170, 190, 641) + 180) % 360 - 180, indexing="ij")
    paths = []
    for name, values in (("lat", lat), ("lon", lon)):
        paths.append(str(tmp_path / f"{name}.tif"))
        gdal_array.SaveArray(values.astype(np.float32), paths[-1])
    grid = Grid("", (0.0, 375.0, 0.0, 0.0, 0.0, -375.0), 641, 96)
    band = Band("I1", "", 1, grid, "Int16", None, None, 1.0, 0.0)
    scene = Scene("swath", "viirs", "VNP09", "", "", (band,), geolocation=Geolocation(*paths, 0.0, 1, 0.0, 1, 32))
    if width is None:
        with pytest.raises(GridError, match=r"TARGET_CRS is cut, so its map would have 10\d{4} x"):
            map_of_swath(scene, grid, crs, None, "", 2)
        return
    found, window = map_of_swath(scene, grid, crs, None, "", 2)
    assert window == grid.window and found.width == pytest.approx(width, abs=12)

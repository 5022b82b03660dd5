# SPDX-License-Identifier: GPL-2.0-or-later
"""Co-registration: shifts that are known exactly are found, in any GSD and CRS; what tells nothing is refused."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("osgeo.gdal")
pytest.importorskip("onnx")

from hypothesis import given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402
from satsharp.core.errors import CancelledError, GridError, RegistrationError  # noqa: E402
from satsharp.core.grid import Grid  # noqa: E402
from satsharp.core.harmonization.cloud_classes import QA_PIXEL, SCL  # noqa: E402
from satsharp.core.harmonization.coregistration import (  # noqa: E402
    CloudMask,
    RegistrationOptions,
    ShiftVector,
    consensus,
)
from satsharp.core.harmonization.coregistration_local import local_shifts  # noqa: E402
from satsharp.core.harmonization.coregistration_places import overlap_windows  # noqa: E402
from satsharp.core.harmonization.coregistration_sampling import Places, margin_of, sample  # noqa: E402
from satsharp.core.harmonization.coregistration_window import match_window  # noqa: E402
from satsharp.core.harmonization.registration_reading import mask_warnings, register  # noqa: E402
from satsharp.core.products.pixel_map import MapTransform, PixelMap  # noqa: E402
from satsharp.core.scene import Band  # noqa: E402

from .coregistration_factory import ORIGIN, UTM31, UTM32, Landscape, draw, find, grid_at, save, wkt  # noqa: E402

SIZE = 320


@pytest.fixture(scope="module")
def landscape():
    return Landscape()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("coregistration")


@pytest.fixture(scope="module")
def reference(landscape, folder) -> Band:
    """10 m, as it should be."""
    grid = grid_at(10, SIZE)
    return save(folder / "reference.tif", draw(landscape, grid), grid)


def drawn(landscape, folder, name, grid, east=0.0, north=0.0, change=lambda pixels: pixels, **more) -> Band:
    return save(folder / f"{name}.tif", change(draw(landscape, grid, east, north)), grid, **more)


# --- known shifts -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shift", [(0.0, 0.0), (3.7, -12.2), (-5.0, 5.0), (41.3, 55.8), (-88.8, 0.4)])
def test_known_shift_is_found_and_moves_the_grid(landscape, folder, reference, shift):
    moving = drawn(landscape, folder, "moving", grid_at(10, SIZE), *shift)
    found = find(reference, moving)
    # A hundredth of a pixel; shown too far east means: move west.
    assert (found.east, found.north) == pytest.approx((-shift[0], -shift[1]), abs=0.1)
    assert (found.windows, found.usable, found.offered) == (16, 16, 16)
    assert found.quality == 1.0 and found.spread < 0.3 and found.pixel == 10
    moved = found.moved(moving.grid).transform
    assert (moved[0] - ORIGIN[0], moved[3] - ORIGIN[1]) == pytest.approx((-shift[0], -shift[1]), abs=0.1)
    assert moved[1:3] + moved[4:] == moving.grid.transform[1:3] + moving.grid.transform[4:]


@pytest.mark.parametrize("gsd", [15, 20, 30])
def test_coarser_raster_against_a_finer_one_and_back(landscape, folder, reference, gsd):
    grid = grid_at(gsd, 3900 // gsd, origin=(ORIGIN[0] - 353, ORIGIN[1] + 347))
    coarse = drawn(landscape, folder, f"coarse{gsd}", grid, 8.3, -4.1)
    there, back = find(reference, coarse), find(coarse, reference)
    # The waves of 70 m are close to what 30 m can hold: that takes a part of the accuracy.
    assert (there.east, there.north) == pytest.approx((-8.3, 4.1), abs=0.015 * gsd)
    assert (back.east, back.north) == (-there.east, -there.north)
    assert there.pixel == gsd


def test_contrast_brightness_noise_and_inversion_do_not_matter(landscape, folder, reference):
    noise = np.random.default_rng(3).normal(0, 100, (SIZE, SIZE))
    changes = {
        "brighter": lambda pixels: 3 * pixels + 4000,
        "inverted": lambda pixels: 6000 - pixels,
        "noisy": lambda pixels: 6000 - pixels + noise,
    }
    for name, change in changes.items():
        found = find(reference, drawn(landscape, folder, name, grid_at(10, SIZE), 8.3, -4.1, change))
        assert (found.east, found.north) == pytest.approx((-8.3, 4.1), abs=0.2), name


@pytest.mark.parametrize("gsd", [10, 30])
def test_other_utm_zone(landscape, folder, reference, gsd):
    """The shift is told in the axes of the moving raster, which are turned by 4.6 degrees against the other zone's."""
    corners = np.array([0.0, 3200, 0, 3200]) + ORIGIN[0], np.array([0.0, 0, -3200, -3200]) + ORIGIN[1]
    x, y = MapTransform(wkt(UTM31), wkt(UTM32))(*corners)
    grid = grid_at(gsd, int(3600 / gsd), UTM32, (float(x.min()) - 50, float(y.max()) + 50))
    moving = drawn(landscape, folder, f"zone{gsd}", grid, 8.3, -4.1)
    found = find(reference, moving)
    assert (found.east, found.north) == pytest.approx((-8.3, 4.1), abs=0.01 * gsd)
    angle = math.atan2(y[1] - y[0], x[1] - x[0])
    assert math.degrees(angle) == pytest.approx(-4.6, abs=0.3)
    turned = 8.3 * math.cos(angle) - 4.1 * math.sin(angle), -8.3 * math.sin(angle) - 4.1 * math.cos(angle)
    back = find(moving, reference)
    assert (back.east, back.north) == pytest.approx(turned, abs=0.01 * gsd)


def test_vectors_tell_where_and_how_well(landscape, folder, reference):
    found = find(reference, drawn(landscape, folder, "moving", grid_at(10, SIZE), 20.0, -30.0), windows=9)
    assert len(found.vectors) == 9 and all(vector.kept for vector in found.vectors)
    xs, ys = {round(vector.x - ORIGIN[0]) for vector in found.vectors}, sorted(vector.y for vector in found.vectors)
    # Middles of windows of 128 px, as the moving raster shows them.
    assert all(min(abs(x - (wanted + 20)) for wanted in (640, 1600, 2560)) <= 1 for x in xs)
    assert ys[0] == pytest.approx(ORIGIN[1] - 2560 - 30, abs=1)
    for vector in found.vectors:
        assert (vector.east, vector.north) == pytest.approx((-20, 30), abs=0.3)
        assert vector.quality > 0.9 and vector.length == pytest.approx(36.06, abs=0.3)


def test_feet_are_told_in_metres(landscape, folder):
    """A raster in US survey feet is moved by metres / 0.3048 of its units."""
    feet = 'PROJCS["local feet",GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],'
    feet += 'PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],'
    feet += 'PARAMETER["latitude_of_origin",0],PARAMETER["central_meridian",3],PARAMETER["scale_factor",0.9996],'
    feet += 'PARAMETER["false_easting",1640416.667],PARAMETER["false_northing",0],UNIT["US foot",0.304800609601219]]'
    side, unit = 10 / 0.304800609601219, 0.304800609601219
    grid = Grid(feet, (ORIGIN[0] / unit, side, 0, ORIGIN[1] / unit, 0, -side), SIZE, SIZE)
    pixels = draw(landscape, grid_at(10, SIZE))
    still = save(folder / "feet.tif", pixels, grid)
    moving = save(folder / "feet2.tif", np.roll(pixels, (2, -1), (0, 1)), grid)
    found = find(still, moving)
    assert (found.east, found.north) == pytest.approx((10, 20), abs=0.1)
    assert found.unit == pytest.approx(unit, rel=1e-6)
    assert found.moved(grid).transform[0] - grid.transform[0] == pytest.approx(10 / unit, abs=0.3)


# --- what is left out -------------------------------------------------------------------------------------------------


def test_nodata_is_left_out(landscape, folder, reference):
    def holes(pixels):
        pixels[:, :120] = 0
        pixels[250:, 200:] = 0
        return pixels

    moving = drawn(landscape, folder, "holes", grid_at(10, SIZE), 8.3, -4.1, holes, nodata=0)
    found = find(reference, moving)
    assert (found.east, found.north) == pytest.approx((-8.3, 4.1), abs=0.3)
    assert found.windows < found.offered == 16


@pytest.mark.parametrize(("kind", "cloud", "clear"), [("binary", 1, 0), (SCL, 9, 4), (QA_PIXEL, 8, 64)])
def test_mask_is_left_out(landscape, folder, reference, kind, cloud, clear):
    """Clouds at the same places of both rasters would say that nothing is shifted."""
    random = np.random.default_rng(8)
    clouds = np.kron(random.random((SIZE // 16, SIZE // 16)) < 0.3, np.ones((16, 16))) > 0

    def cloudy(pixels):
        return np.where(clouds, 9000 + 500 * np.sin(np.arange(SIZE) / 3), pixels)

    still = drawn(landscape, folder, "cloudy0", grid_at(10, SIZE), 0, 0, cloudy)
    moving = drawn(landscape, folder, "cloudy1", grid_at(10, SIZE), 28.3, -34.1, cloudy)
    small = np.where(clouds[::2, ::2], cloud, clear).astype(np.uint16)
    mask = save(folder / f"mask_{kind}.tif", small, grid_at(20, SIZE // 2))
    with_mask = find(still, moving, masks=(CloudMask(mask, kind),))
    assert (with_mask.east, with_mask.north) == pytest.approx((-28.3, 34.1), abs=1.0)
    without = find(still, moving)
    assert math.hypot(without.east, without.north) < 1


def test_outside_of_a_mask_nothing_is_left_out(landscape, folder, reference):
    moving = drawn(landscape, folder, "moving", grid_at(10, SIZE), 8.3, -4.1)
    small = save(folder / "mask_small.tif", np.ones((100, 100), np.uint16), grid_at(10, 100))
    found = find(reference, moving, masks=(CloudMask(small),))
    assert 12 <= found.windows < 16 and found.east == pytest.approx(-8.3, abs=0.2)
    assert mask_warnings(reference, replace(moving, name="moving"), (CloudMask(small),)) == (
        "The cloud mask mask_small does not cover 90.2 % of the ground that moving and reference share: that part "
        "counts as clear. Pass a mask of the whole ground.",
    )
    whole = save(folder / "mask_whole.tif", np.ones((SIZE, SIZE), np.uint16), grid_at(10, SIZE))
    assert mask_warnings(reference, moving, (CloudMask(whole),)) == ()
    with pytest.raises(GridError, match="mask_small has no coordinate reference system"):
        find(reference, moving, masks=(CloudMask(replace(small, grid=replace(small.grid, crs=""))),))


# --- refusals ---------------------------------------------------------------------------------------------------------


def test_blank_noise_and_other_places_are_refused(landscape, folder, reference):
    random = np.random.default_rng(4)
    grid = grid_at(10, SIZE)
    rough = random.normal(size=(SIZE // 8, SIZE // 8))
    views = {
        "blank": np.full((SIZE, SIZE), 2000.0),
        "noise": 2000 + random.normal(0, 300, (SIZE, SIZE)),
        "clouds": 6000 + 1000 * np.kron(rough, np.ones((8, 8))),
        "elsewhere": draw(Landscape(5), grid),
    }
    for name, pixels in views.items():
        with pytest.raises(RegistrationError, match=r"only \d of 16 windows|usable windows \d agree"):
            find(reference, save(folder / f"{name}.tif", pixels, grid))
        with pytest.raises(RegistrationError):
            find(reference, save(folder / f"{name}.tif", pixels, grid), max_shift=30.0)


def test_two_noises_never_agree(folder):
    random = np.random.default_rng(5)
    grid = grid_at(10, 192)
    for _ in range(6):
        one, two = (save(folder / f"n{i}.tif", 2000 + random.normal(0, 200, (192, 192)), grid) for i in (0, 1))
        with pytest.raises(RegistrationError):
            find(one, two, max_shift=40.0)


def test_shift_beyond_the_search_is_refused(landscape, folder, reference):
    moving = drawn(landscape, folder, "far", grid_at(10, SIZE), 160.0, 0.0)
    with pytest.raises(RegistrationError, match="raise MAX_SHIFT"):
        find(reference, moving, max_shift=60.0)
    # 60 m are six pixels, and a window may find more than the three pixels that are always searched: it does not count.
    with pytest.raises(RegistrationError, match="raise MAX_SHIFT"):
        find(reference, drawn(landscape, folder, "near", grid_at(10, SIZE), 25.0, 0.0), max_shift=20.0)
    found = find(reference, moving, max_shift=300.0)
    assert (found.east, found.north) == pytest.approx((-160, 0), abs=0.3)


def test_windows_that_disagree_are_refused():
    random = np.random.default_rng(6)
    vectors = [ShiftVector(0, 0, *random.uniform(-50, 50, 2), 0.5) for _ in range(40)]
    with pytest.raises(RegistrationError, match="of 40 usable windows"):
        consensus(vectors, 64, 10.0)
    with pytest.raises(RegistrationError, match="only 3 of 64 windows"):
        consensus(vectors[:3], 64, 10.0)


def test_locks_elsewhere_have_no_say():
    random = np.random.default_rng(7)
    good = [ShiftVector(0, 0, 12 + x, -7 + y, 0.5) for x, y in random.normal(0, 0.5, (30, 2))]
    wrong = [ShiftVector(0, 0, *random.uniform(-100, 100, 2), 0.5) for _ in range(18)]
    found = consensus(good + wrong, 64, 10.0)
    assert (found.east, found.north) == pytest.approx((12, -7), abs=0.4)
    assert [vector.kept for vector in found.vectors[:30]] == [True] * 30
    assert found.windows - 30 == sum(vector.kept for vector in found.vectors[30:]) <= 1
    assert found.quality == found.windows / 48 and 0.3 < found.spread < 0.8


def test_grids_that_cannot_be_compared(reference, landscape, folder):
    x0, dx, _, y0, _, dy = reference.grid.transform
    wrong = {
        "no coordinate reference system": replace(reference.grid, crs=""),
        "in degrees": replace(reference.grid, crs=wkt(4326)),
        "rotated": replace(reference.grid, transform=(x0, dx, 1.0, y0, 1.0, dy)),
        "upside down": replace(reference.grid, transform=(x0, dx, 0.0, y0, 0.0, -dy)),
        "not square": replace(reference.grid, transform=(x0, dx, 0.0, y0, 0.0, 2 * dy)),
        "do not overlap": replace(reference.grid, transform=(x0 + 99999, dx, 0.0, y0, 0.0, dy)),
        "share": replace(reference.grid, transform=(x0 + 3000, dx, 0.0, y0, 0.0, dy)),
        "times as large": replace(reference.grid, transform=(x0, 500.0, 0.0, y0, 0.0, -500.0)),
    }
    for words, grid in wrong.items():
        with pytest.raises(GridError, match=words):
            find(reference, replace(reference, grid=grid))
    with pytest.raises(GridError, match="MAX_SHIFT is 300 pixels"):
        find(reference, reference, max_shift=3000.0)


def test_cancelling(reference):
    asked = []

    def is_cancelled():
        asked.append(1)
        return len(asked) > 3

    with pytest.raises(CancelledError):
        register(reference, reference, RegistrationOptions(), is_cancelled, lambda sentence: None)
    assert len(asked) == 4


# --- local shifts -----------------------------------------------------------------------------------------------------


def test_local_shifts_follow_a_bend(landscape, folder):
    """A raster that is bent by up to a pixel and a half: the grid of shifts tells it to a tenth of a pixel."""
    grid = grid_at(10, 640)
    still = drawn(landscape, folder, "still", grid)

    def bend(x, y):
        u, v = (x - ORIGIN[0]) / 6400, (ORIGIN[1] - y) / 6400
        return 6 + 12 * u * u, -9 * v + 5 * np.sin(3 * u)

    x, y = np.meshgrid(ORIGIN[0] + 10 * np.arange(640) + 5, ORIGIN[1] - 10 * np.arange(640) - 5)
    bent = drawn(landscape, folder, "bent", grid, *bend(x, y))
    found = find(still, bent, local=True)
    changed, shifts = local_shifts(found, bent.grid)
    assert shifts.model == "smooth" and changed.windows >= 60 and shifts.residual < 1.0
    inner = (slice(80, -80, 20), slice(80, -80, 20))
    east, north = shifts.at(x[inner], y[inner])
    wanted = bend(x[inner], y[inner])
    wrong = np.hypot(east + wanted[0], north + wanted[1])
    assert np.median(wrong) < 0.7 and wrong.max() < 2.5
    west, most, _, _ = shifts.range
    assert west == pytest.approx(-18, abs=2.5) and most == pytest.approx(-6, abs=2.5)


def test_without_a_bend_local_is_constant(landscape, folder, reference):
    moving = drawn(landscape, folder, "moving", grid_at(10, SIZE), 3.7, -12.2)
    _, shifts = local_shifts(find(reference, moving, local=True), moving.grid)
    assert shifts.model == "constant"
    east, north = shifts.at(np.array([0.0, 1e7]), np.array([0.0, 1e7]))
    assert east == pytest.approx(-3.7, abs=0.1) and north == pytest.approx(12.2, abs=0.1)


# --- parts ------------------------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(st.integers(120, 3000), st.integers(120, 3000), st.integers(0, 40), st.integers(3, 12), st.integers(9, 80))
def test_windows_lie_in_the_overlap(height, width, offset, reach, most):
    base = Band("a", "", 1, Grid("", (0, 10, 0, 0, 0, -10), width, height), "Byte", None, None, 1, 0)
    other = replace(base, grid=Grid("", (-10.0 * offset, 10, 0, 0, 0, -10), width, height))
    if width - offset < 100:
        return
    windows = overlap_windows(base, other, reach, most)
    assert 4 <= len(windows) <= most and len(set(windows)) == len(windows)
    for window in windows:
        assert window.height == window.width >= 48
        assert window.row >= 0 and window.row_end <= height
        assert window.col >= 0 and window.col_end <= width - offset


def test_whole_places_give_the_pixels_themselves():
    image = np.random.default_rng(1).integers(0, 60000, (40, 50)).astype(np.uint16)
    mask = np.ones(image.shape, np.bool_)
    places = Places(np.arange(10.0, 30), np.arange(12.0, 35))
    for method in ("nearest", "bilinear", "cubic", "sinc"):
        values, valid = sample(image, mask, places, method)
        assert valid.all() and (values == image[10:30, 12:35]).all()


def test_scattered_places_give_what_rows_and_columns_give():
    image = np.random.default_rng(2).normal(size=(40, 50)).astype(np.float32)
    mask = np.random.default_rng(3).random((40, 50)) > 0.1
    rows, cols = 8.3 + 0.7 * np.arange(30), 9.9 + 0.9 * np.arange(25)
    for method in ("nearest", "bilinear", "cubic", "sinc"):
        one, one_mask = sample(image, mask, Places(rows, cols), method)
        two, two_mask = sample(image, mask, Places(*np.meshgrid(rows, cols, indexing="ij")), method)
        assert (one_mask == two_mask).all() and not one_mask.all()
        np.testing.assert_allclose(one[one_mask], two[one_mask], rtol=1e-5, atol=1e-5)


def test_cubic_follows_a_parabola_and_bilinear_a_slope():
    x, y = np.meshgrid(np.arange(30.0), np.arange(20.0))
    mask = np.ones(x.shape, np.bool_)
    rows, cols = np.array([7.25, 8.5]), np.array([9.1, 20.6])
    curved, _ = sample((x * x + y).astype(np.float32), mask, Places(rows, cols), "cubic")
    np.testing.assert_allclose(curved, cols[None] ** 2 + rows[:, None], rtol=1e-5)
    sloped, _ = sample((3 * x + y).astype(np.float32), mask, Places(rows, cols), "bilinear")
    np.testing.assert_allclose(sloped, 3 * cols[None] + rows[:, None], rtol=1e-5)


def test_values_do_not_depend_on_the_window():
    """With the margin that is asked for, a place has the same digits wherever the window begins."""
    random = np.random.default_rng(4)
    image, mask = random.normal(size=(80, 80)).astype(np.float32), random.random((80, 80)) > 0.2
    places = Places(30.4 + np.arange(10), 33.7 + np.arange(10))
    margin = margin_of("cubic")
    whole, whole_mask = sample(image, mask, places, "cubic")
    top, left, size = 30 - margin, 33 - margin, 11 + 2 * margin
    cut = (slice(top, top + size), slice(left, left + size))
    part, part_mask = sample(image[cut], mask[cut], places.relative_to(top, left), "cubic")
    assert (whole_mask == part_mask).all() and (whole[whole_mask] == part[part_mask]).all()


def test_pixel_map_across_zones_is_exact():
    target, source = grid_at(10, 400), grid_at(10, 400, UTM32, (260000.0, 5502000.0))
    places = PixelMap(target, source).places(target.window)
    row, col = 137, 251
    x, y = target.locate(row + 0.5, col + 0.5)
    there = MapTransform(target.crs, source.crs)(np.array([x]), np.array([y]))
    wanted = source.pixel_of(float(there[0][0]), float(there[1][0]))
    assert (places.rows[row, col] + 0.5, places.cols[row, col] + 0.5) == pytest.approx(wanted, abs=1e-4)


def test_match_is_where_the_other_image_shows_it():
    whole = np.random.default_rng(9).normal(size=(220, 220))
    for axis in (0, 1):
        whole = sum(np.roll(whole, step, axis) for step in range(-2, 3))
    mask = np.ones((128, 128), np.bool_)

    def other(rows, cols):
        top, left = 40 + round(rows), 40 + round(cols)
        return whole[top - 6 : top + 122, left + 3 : left + 131], mask

    match = match_window(whole[40:168, 40:168], mask, other, 10)
    # What lies at (40, 40) is found 6 rows below and 3 columns left of there.
    assert (match.rows, match.cols) == pytest.approx((6, -3), abs=0.02)
    assert match.sharpness > 30 and match.rivalry < 0.3 and match.coherence > 0.95

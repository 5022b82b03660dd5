# SPDX-License-Identifier: GPL-2.0-or-later
"""Coarse bands on grids nested in the finest one's, wherever the corners lie."""

from __future__ import annotations

from dataclasses import replace
from unittest import mock

import pytest

pytest.importorskip("osgeo.gdal")

from hypothesis import given  # noqa: E402
from hypothesis import strategies as st  # noqa: E402
from satsharp.core.errors import GridError  # noqa: E402
from satsharp.core.grid import Grid, Window  # noqa: E402
from satsharp.core.products import nesting  # noqa: E402
from satsharp.core.scene import Band  # noqa: E402

CRS = "EPSG:32632"


def band(name: str, gsd: float, x: float, y: float, width: int, height: int, crs: str = CRS, turn: float = 0) -> Band:
    """A band whose upper left corner lies at (x, y)."""
    grid = Grid(crs, (x, gsd, turn, y, turn, -gsd), width, height)
    return Band(name, f"{name}.tif", 1, grid, "UInt16", 0, 65535, 2e-5, -0.1)


def crop(one: Band, inside: Window) -> Band:
    """Cut a band that has no file."""
    assert inside.intersect(one.grid.window) == inside, (inside, one.grid)
    return replace(one, grid=one.grid.crop(inside), path=f"{one.name} {inside.row} {inside.col}")


def nest(*bands: Band) -> tuple[Band, ...]:
    """Nest bands without files in B8; return them with the cut ones' true grids."""
    with mock.patch.object(nesting, "cut_band", crop):
        return nesting.nest(bands, "B8", "scene")


def cut_grid(before: Band, after: Band) -> Grid:
    """Where the pixels that are read really lie."""
    _, _, place = after.path.partition(" ")
    row, col = map(int, place.split()) if place else (0, 0)
    return before.grid.crop(Window(row, col, after.grid.height, after.grid.width))


def test_standard_scene_is_moved_by_a_quarter_and_loses_nothing():
    pan, blue = band("B8", 15, 7.5, -7.5, 199, 159), band("B2", 30, 0, 0, 100, 80)
    nested_pan, nested_blue = nest(pan, blue)
    assert nested_pan.grid == pan.grid
    assert nested_blue.shift == (-0.25, -0.25)
    assert nested_blue.grid == Grid(CRS, (7.5, 30, 0, -7.5, 0, -30), 100, 80)


def test_pan_that_starts_before_the_bands_keeps_its_half_covered_row():
    # As in a clipped product: the pan begins half a pixel above the bands, and ends half a pixel above their end.
    pan, blue = band("B8", 15, 7.5, 7.5, 199, 160), band("B2", 30, 0, 0, 100, 80)
    nested_pan, nested_blue = nest(pan, blue)
    assert nested_pan.grid == pan.grid
    assert nested_blue.shift == (0.25, -0.25)
    assert (nested_blue.grid.height, nested_blue.grid.width) == (80, 100)


def test_whole_pixel_offsets_need_no_move_but_a_cut():
    pan, blue = band("B8", 15, 15, -15, 101, 101), band("B2", 30, 0, 0, 60, 60)
    nested_pan, nested_blue = nest(pan, blue)
    assert nested_blue.shift == (0.0, 0.0)
    # The first row and column of the pan belong to pixels of the bands that begin before it.
    assert nested_pan.grid.transform[0::3] == (30, -30)
    assert nested_blue.grid.transform[0::3] == (30, -30)
    assert (nested_pan.grid.width, nested_blue.grid.width) == (100, 50)


def test_bands_of_two_products_with_other_extents_share_the_grid():
    pan, blue, cirrus = (
        band("B8", 15, 7.5, -7.5, 199, 199),
        band("B2", 30, 30, -60, 60, 60),
        band("B9", 30, 0, 0, 100, 100),
    )
    nested_pan, nested_blue, nested_cirrus = nest(pan, blue, cirrus)
    assert nested_blue.grid == nested_cirrus.grid
    assert nested_blue.shift == nested_cirrus.shift
    assert nested_blue.grid.scale_factor_to(nested_pan.grid) == 2


@given(
    # Corners in sixteenths of a pan pixel, sizes in pixels.
    row=st.integers(-400, 400),
    col=st.integers(-400, 400),
    height=st.integers(30, 60),
    width=st.integers(30, 60),
    pan_height=st.integers(60, 120),
    pan_width=st.integers(60, 120),
)
def test_any_offset_is_brought_onto_the_pan(row, col, height, width, pan_height, pan_width):
    pan = band("B8", 15, 0, 0, pan_width, pan_height)
    blue = band("B2", 30, col * 15 / 16, -row * 15 / 16, width, height)
    nested_pan, nested_blue = nest(pan, blue)
    factor = nested_blue.grid.scale_factor_to(nested_pan.grid)
    assert factor == 2
    # The contract of scenes: the coarse grid may end less than one of its pixels beyond the finest.
    for coarse, fine in (
        (nested_blue.grid.height, nested_pan.grid.height),
        (nested_blue.grid.width, nested_pan.grid.width),
    ):
        assert 0 <= coarse * factor - fine < factor
    assert max(map(abs, nested_blue.shift)) <= 0.26
    # A pixel that is moved lands where its grid says it is (a shift below 1 % of a pixel is none).
    true = cut_grid(blue, nested_blue)
    found = true.locate(-nested_blue.shift[0], -nested_blue.shift[1])
    assert found == pytest.approx(nested_blue.grid.locate(0, 0), abs=0.31)
    # No pixel is made up: the first one read lies at most a quarter of a pixel off the pan's corner.
    assert min(true.pixel_of(*nested_pan.grid.locate(0, 0))) > -0.27
    # Pan pixels on the bands are lost only where no coarse pixel starts.
    lost = pan.grid.pixel_of(*nested_pan.grid.locate(0, 0))
    for gone, offset in zip(lost, (row / 16, col / 16)):
        assert gone <= max(0, offset) + 2


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (band("B2", 30, 0, 0, 50, 50, crs="EPSG:32633"), "coordinate reference systems"),
        (band("B2", 29, 0, 0, 50, 50), "no whole multiple"),
        (band("B2", 30, 0, 0, 50, 50, turn=3.0), "turned against"),
        (band("B2", 30, 9000, 0, 50, 50), "do not overlap"),
        (band("B2", 30, 0, 9000, 50, 50), "do not overlap"),
    ],
)
def test_what_cannot_be_nested_is_refused(other: Band, message: str):
    with pytest.raises(GridError, match=message):
        nest(band("B8", 15, 7.5, -7.5, 99, 99), other)

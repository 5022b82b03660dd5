# SPDX-License-Identifier: GPL-2.0-or-later
"""Grids of harmonized products, against those of real tiles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from satsharp.core.errors import GridError
from satsharp.core.grid import Grid
from satsharp.core.harmonization.target_grid import coarse_grid, covering_grid, reference_grid, tile_grid

UTM = "EPSG:32632"


@pytest.mark.parametrize(
    "name, epsg, west, north",
    [
        # From the metadata of products and from rasters of these tiles.
        ("T11UPT", 32611, 600000, 5800020),
        ("29UNU", 32629, 499980, 5900040),
        ("T32TQM", 32632, 699960, 4700040),
        ("T31TCJ", 32631, 300000, 4900020),
        ("T56JMM", 32756, 399960, 6700000),
        ("55JGF", 32755, 699960, 6600040),
    ],
)
def test_tiles_lie_where_real_ones_do(name, epsg, west, north):
    grid = tile_grid(name)
    assert (grid.crs, grid.transform[0], grid.transform[3]) == (f"EPSG:{epsg}", west, north)
    assert (grid.width, grid.height, grid.gsd) == (10980, 10980, 10)


@pytest.mark.parametrize("name", ["", "31TC", "61TCJ", "00TCJ", "31ICJ", "31TIJ", "31TXJ", "Bavaria", "31TCW"])
def test_names_of_no_tile_get_a_sentence(name):
    with pytest.raises(GridError, match="no tile of Sentinel-2"):
        tile_grid(name)


@given(
    st.integers(100_000, 900_000), st.integers(-9_000_000, 9_000_000), st.integers(1, 500), st.sampled_from([0.0, 1e7])
)
def test_the_covering_grid_is_the_smallest_of_the_lattice(x, y, size, north):
    raster = Grid(UTM, (x, 30.0, 0.0, y, 0.0, -30.0), size, size)
    grid = covering_grid(raster, UTM, north, north)
    west, top = grid.locate(0, 0)
    east, bottom = grid.locate(grid.height, grid.width)
    assert west % 60 == 0
    assert (top - north) % 60 == 0
    assert 0 <= x - west < 60
    assert 0 <= top - (y + north) < 60
    assert 0 <= east - (x + 30 * size) < 60
    assert 0 <= (y + north - 30 * size) - bottom < 60
    assert coarse_grid(grid).scale_factor_to(grid) == 3


def test_a_reference_gives_its_extent_at_10_m():
    assert reference_grid(Grid(UTM, (0, 20.0, 0, 0, 0, -20.0), 7, 5), "x") == Grid(
        UTM, (0, 10.0, 0, 0, 0, -10.0), 14, 10
    )
    coarse = coarse_grid(Grid(UTM, (0, 10.0, 0, 0, 0, -10.0), 14, 10))
    assert (coarse.width, coarse.height, coarse.gsd) == (5, 4, 30)


@pytest.mark.parametrize("transform", [(0, 15.0, 0, 0, 0, -15.0), (0, 10.0, 1, 0, 1, -10.0), (0, 5.0, 0, 0, 0, -5.0)])
def test_a_reference_on_another_grid_gets_a_sentence(transform):
    with pytest.raises(GridError, match="must be north-up in UTM"):
        reference_grid(Grid(UTM, transform, 7, 5), "the layer")

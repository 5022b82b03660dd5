# SPDX-License-Identifier: GPL-2.0-or-later
"""The 10 m grid of a harmonized product: that of a reference, of a tile of Sentinel-2, or Sentinel-2's lattice."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

from ..errors import GridError
from ..grid import Grid

GSD, COARSE = 10.0, 30.0
# Origins of Sentinel-2's tiles lie at multiples of this from the equator, in metres.
LATTICE = 60.0
SOUTH = 10_000_000.0
# Metres along a tile of Sentinel-2 (10980 x 10 m), and along a square of MGRS.
TILE, SQUARE = 109_800.0, 100_000.0
_TOLERANCE = 1e-3
_COLUMNS = ("ABCDEFGH", "JKLMNPQR", "STUVWXYZ")
_ROWS = "ABCDEFGHJKLMNPQRSTUV"
_BANDS = "CDEFGHJKLMNPQRSTUVWX"


def reference_grid(reference: Grid, name: str) -> Grid:
    """Return the 10 m grid on which a reference lies, with its extent.

    Raises:
        GridError: it is no north-up grid whose GSD is a multiple of 10 m.
    """
    factor = round(reference.gsd / GSD)
    _, dx, across, _, along, dy = reference.transform
    if across or along or abs(dx + dy) > _TOLERANCE or factor < 1 or abs(dx - factor * GSD) > _TOLERANCE:
        raise GridError(
            f"{name} has a grid of {reference.gsd:g} m; the reference must be north-up in UTM with pixels of 10 m or a "
            "multiple. Choose a Sentinel-2 product or layer, or leave REFERENCE empty."
        )
    return reference.refine(factor) if factor > 1 else reference


def covering_grid(grid: Grid, crs: str, equator: float, north: float = 0.0) -> Grid:
    """Return the part of Sentinel-2's lattice that covers a raster.

    Args:
        grid: of the raster, north-up, metres.
        crs: of the result.
        equator: northing of the equator in that CRS.
        north: added to the raster's northings in that CRS.
    """
    west, top = grid.locate(0, 0)
    east, bottom = grid.locate(grid.height, grid.width)
    left, right = (math.floor(west / LATTICE) * LATTICE, math.ceil(east / LATTICE) * LATTICE)
    lower, upper = (_outwards(bottom + north, equator, math.floor), _outwards(top + north, equator, math.ceil))
    return Grid(crs, (left, GSD, 0.0, upper, 0.0, -GSD), round((right - left) / GSD), round((upper - lower) / GSD))


def coarse_grid(grid: Grid) -> Grid:
    """Return the 30 m grid with the same origin that covers a 10 m grid."""
    factor = round(COARSE / GSD)
    x, dx, across, y, along, dy = grid.transform
    transform = (x, dx * factor, across, y, along, dy * factor)
    return Grid(grid.crs, transform, -(-grid.width // factor), -(-grid.height // factor))


def tile_grid(name: str) -> Grid:
    """Return the 10 m grid of a tile of Sentinel-2.

    Tiles begin at the western and northern sides of the 100 km squares of MGRS, moved outwards to multiples of 60 m.

    Args:
        name: such as ``31TCJ`` or ``T31TCJ``.

    Raises:
        GridError: there is no such tile.
    """
    found = re.fullmatch(r"T?(\d{1,2})([C-HJ-NP-X])([A-HJ-NP-Z])([A-HJ-NP-V])", name.strip().upper())
    zone = int(found[1]) if found else 0
    column = _COLUMNS[(zone - 1) % 3].find(found[3]) if found else -1
    if found is None or not 1 <= zone <= 60 or column < 0:
        raise GridError(f"{name} is no tile of Sentinel-2. Tiles are named like 31TCJ.")
    south = found[2] < "N"
    row = (_ROWS.index(found[4]) - (5 if zone % 2 == 0 else 0)) % len(_ROWS)
    # Letters of rows repeat every 2000 km: the one near the middle of the latitude band is meant.
    equator = SOUTH if south else 0.0
    middle = _northing(-76.0 + 8.0 * _BANDS.index(found[2])) + equator
    northing = min((row * SQUARE + k * 2_000_000.0 for k in range(6)), key=lambda y: abs(y + SQUARE / 2 - middle))
    west = math.floor((column + 1) * SQUARE / LATTICE) * LATTICE
    north = _outwards(northing + SQUARE, equator, math.ceil)
    size = round(TILE / GSD)
    return Grid(f"EPSG:{32700 + zone if south else 32600 + zone}", (west, GSD, 0.0, north, 0.0, -GSD), size, size)


def _outwards(northing: float, equator: float, rounded: Callable[[float], int]) -> float:
    """Return the line of the lattice next to a northing."""
    return rounded((northing - equator) / LATTICE) * LATTICE + equator


def _northing(latitude: float) -> float:
    """Return the length of the meridian to a latitude in metres (WGS 84, to a few hundred), times UTM's scale."""
    phi = math.radians(latitude)
    return 0.9996 * (6_367_449.1 * phi - 16_038.5 * math.sin(2 * phi) + 16.8 * math.sin(4 * phi))

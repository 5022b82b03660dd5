# SPDX-License-Identifier: GPL-2.0-or-later
"""Where a swath goes: the map grid of its result, and the part of the swath that an extent needs."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from ..errors import GridError
from ..grid import Grid, Window
from ..scene import Scene
from ..swath_lattice import ScanGeometry
from ..swath_places import LARGEST
from .extent import extent_window
from .geolocation import SPARSE, Places, Projection, centre_of, equal_area, sparse_columns

Floats = npt.NDArray[np.float64]
Extent = tuple[float, float, float, float]

# Map pixels around an extent, and part of the distance between sparse places, from which pixels may come.
_MARGIN, _BULGE = 8, 0.25
# Map pixels for each pixel of a swath over a cut, such as the date line in Web Mercator, above which it is refused.
_MOST_EMPTY = 10


def map_of_swath(
    scene: Scene, target: Grid, target_crs: str, extent: Extent | None, extent_crs: str, snap: int
) -> tuple[Grid, Window]:
    """Return the map grid of a result and the part of the swath that it takes.

    Without a CRS that is Lambert's azimuthal equal-area projection around the middle of the swath: a swath of 2300 to
    3000 km is many UTM zones wide, and this projection keeps areas everywhere and shapes to 2 % at its ends. Pixels
    have the nominal GSD, and their corners are multiples of it, so results of one CRS fit each other.

    Args:
        scene: a swath.
        target: output grid in swath geometry.
        target_crs: WKT or authority code; empty for the projection around the swath.
        extent: (x minimum, y minimum, x maximum, y maximum), or None for the whole swath.
        extent_crs: CRS of the extent; empty for that of the map.
        snap: output pixels along one pixel of the coarsest grid.

    Raises:
        GridError: the CRS is unknown or does not hold the swath, or the extent lies outside it.
        ProductError: the geolocation cannot be read.
    """
    if scene.geolocation is None:
        raise GridError(f"{scene.name} lies on a map already.")
    geometry = geometry_of(scene, target)
    lon, lat = Places(scene.geolocation, geometry, scene.name).sparse()
    middle = centre_of(lon, lat)
    projection = Projection(target_crs or equal_area(*middle), middle[0])
    gsd = target.gsd / projection.unit_metres
    x, y = projection(lon, lat)
    whole = _grid(x, y, gsd, projection.wkt, geometry, scene.name)
    if extent is None:
        return whole, target.window
    part = extent_window(whole, extent, extent_crs, 1)
    grid = whole.crop(part)
    return grid, _swath_window(grid, x, y, geometry, snap, target)


def geometry_of(scene: Scene, target: Grid) -> ScanGeometry:
    """Return how the geolocation of a swath lies in the pixels of an output grid in swath geometry.

    Raises:
        GridError: the scene is no swath.
    """
    if scene.geolocation is None:
        raise GridError(f"{scene.name} lies on a map already.")
    factor = round(scene.finest.gsd / target.gsd)
    return ScanGeometry.of(scene.geolocation, target.height, target.width, factor)


def _grid(x: Floats, y: Floats, gsd: float, crs: str, geometry: ScanGeometry, name: str) -> Grid:
    known = np.isfinite(x) & np.isfinite(y)
    if not known.any():
        raise GridError(f"{name} has no place in the chosen TARGET_CRS. Leave it empty, or choose another.")
    # Outer pixels reach half a pixel beyond their centres, at the ends of a scan of five times the nominal size.
    room = (2 * max(geometry.line_step, geometry.pixel_step) + 4) * gsd
    left, top = math.floor((x[known].min() - room) / gsd), math.ceil((y[known].max() + room) / gsd)
    right, bottom = math.ceil((x[known].max() + room) / gsd), math.floor((y[known].min() - room) / gsd)
    grid = Grid(crs, (left * gsd, gsd, 0.0, top * gsd, 0.0, -gsd), right - left, top - bottom)
    torn = bool((np.abs(np.diff(x, axis=2)) > LARGEST * SPARSE * geometry.pixel_step * gsd).any())
    if torn and grid.width * grid.height > _MOST_EMPTY * geometry.width * geometry.scans * geometry.scan_lines:
        raise GridError(
            f"{name} crosses the line at which the chosen TARGET_CRS is cut, so its map would have {grid.width} x "
            f"{grid.height} pixels, most of them empty. Leave TARGET_CRS empty, or choose one without a cut there."
        )
    return grid


def _swath_window(grid: Grid, x: Floats, y: Floats, geometry: ScanGeometry, snap: int, target: Grid) -> Window:
    """Return whole scans, and columns in multiples of ``snap``, from which any pixel of a map grid may come."""
    cols = (x - grid.transform[0]) / grid.transform[1]
    rows = (y - grid.transform[3]) / grid.transform[5]
    hit = np.ones((geometry.scans, x.shape[2] - 1), np.bool_)
    for places, size in ((cols, grid.width), (rows, grid.height)):
        around = np.concatenate([places[..., :-1], places[..., 1:]], axis=1)
        low, high = _least(around), _most(around)
        margin = _MARGIN * max(geometry.line_step, geometry.pixel_step) + _BULGE * (high - low)
        hit &= (high + margin >= 0) & (low - margin <= size)
    scans, parts = np.nonzero(hit.any(axis=1))[0], np.nonzero(hit.any(axis=0))[0]
    if not len(scans):
        raise GridError("The extent lies outside the swath. Choose an extent on it.")
    nodes = sparse_columns(geometry)
    left = math.floor(nodes[parts[0]] * geometry.pixel_step) if parts[0] else 0
    right = target.width
    if parts[-1] < hit.shape[1] - 1:
        right = math.ceil(nodes[parts[-1] + 1] * geometry.pixel_step + 1)
    first, last = int(scans[0]) * geometry.scan_lines, (int(scans[-1]) + 1) * geometry.scan_lines
    window = Window(first, left, last - first, right - left)
    return window.coarsen(snap).refine(snap).intersect(target.window)


def _least(places: Floats) -> Floats:
    """Return the smallest known value along the second axis, NaN where there is none (comparisons are then false)."""
    least = np.where(np.isfinite(places), places, np.inf).min(axis=1)
    return np.where(np.isfinite(least), least, np.nan)


def _most(places: Floats) -> Floats:
    most = np.where(np.isfinite(places), places, -np.inf).max(axis=1)
    return np.where(np.isfinite(most), most, np.nan)

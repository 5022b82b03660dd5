# SPDX-License-Identifier: GPL-2.0-or-later
"""Angles of a Sentinel-2 product: the grids of 5 km in its granule metadata, else its mean angles."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

from ..errors import ProductError
from ..grid import Grid
from ..harmonization.angle_field import AngleField, Degrees, ViewAngles
from .alignment import spatial_reference
from .angle_lattice import centre_of
from .sentinel2_layout import Layout, find_layout
from .sentinel2_metadata import BAND_IDS, GranuleMetadata, parse_granule
from .xml_tree import Element, number, read_xml

Direction = npt.NDArray[np.float64]

_AGAIN = "Download the complete product."


def sentinel2_angles(path: str, source: str = "") -> AngleField:
    """Read the angles of a product.

    The metadata give view angles for each band and detector. Where the footprints of two detectors meet in a cell, the
    mean of the two lines of sight is taken.

    Args:
        path: product folder or archive as GDAL sees it, its metadata file or that of its granule.
        source: what the user gave.

    Returns:
        Angles on the 23 x 23 nodes of the metadata, the view of each band for itself.

    Raises:
        ProductError: there are no angles, or they are damaged.
        GridError: the CRS of the granule is unknown.
    """
    layout = _layout(path)
    root = read_xml(layout.granule_xml)
    granule = parse_granule(root, layout.granule_xml)
    read = _gridded(root, granule, layout.granule_xml) or _mean(root, granule, layout.granule_xml)
    grid, sun, views, note = read
    return AngleField(
        grid=grid,
        sun_zenith=sun[0],
        sun_azimuth=sun[1],
        views=views,
        sensor=_sensor(layout, granule),
        acquired=granule.acquired,
        centre=centre_of(grid, layout.granule_xml),
        source=source or path,
        notes=(note,) if note else (),
    )


_Read = tuple[Grid, tuple[Degrees, Degrees], tuple[ViewAngles, ...], str]


def _layout(path: str) -> Layout:
    """Return where the metadata are; the granule's alone are enough here."""
    if re.search(r"MTD_TL\.xml$|_MTD_L(1C|2A)_TL_[^/]*\.xml$", path):
        return Layout("", path)
    return find_layout(path)


def _sensor(layout: Layout, granule: GranuleMetadata) -> str:
    """Return the satellite, which the names of granule and product begin with."""
    found = re.search(r"S2([ABC])_", granule.identifier) or re.search(r"S2([ABC])_[^/]*\.SAFE", layout.granule_xml)
    return f"sentinel2{found[1].lower()}" if found else ""


def _gridded(root: Element, granule: GranuleMetadata, path: str) -> _Read | None:
    """Return the angles on the nodes of the metadata; None where the product has no such grids."""
    suns = next(root.all("Sun_Angles_Grid"), None)
    if suns is None:
        return None
    sun = tuple(_values(suns, kind, path) for kind in ("Zenith", "Azimuth"))
    sights: dict[str, list[Direction]] = {}
    for element in root.all("Viewing_Incidence_Angles_Grids"):
        band = _band(element.attribute("bandId"), path)
        zenith, azimuth = (_values(element, kind, path) for kind in ("Zenith", "Azimuth"))
        if zenith.shape != sun[0].shape or azimuth.shape != sun[0].shape:
            raise ProductError(f"{path} has angle grids of different sizes. {_AGAIN}")
        sights.setdefault(band, []).append(_direction(zenith, azimuth))
    if not sights:
        return None
    views = tuple(ViewAngles((band,), *_angles(_mean_direction(lines))) for band, lines in sights.items())
    missing = [view.bands[0] for view in views if np.isnan(view.zenith).all()]
    if missing:
        raise ProductError(f"{path} tells no view angles of {', '.join(missing)}. {_AGAIN}")
    return _grid(suns, granule, sun[0].shape, path), (_single(sun[0]), _single(sun[1])), views, ""


def _mean(root: Element, granule: GranuleMetadata, path: str) -> _Read:
    """Return the mean angles of the tile on a lattice of one cell."""
    sun = next(root.all("Mean_Sun_Angle"), None)
    views = tuple(
        ViewAngles((_band(mean.attribute("bandId"), path),), *_pair(mean, path))
        for mean in root.all("Mean_Viewing_Incidence_Angle")
    )
    if sun is None or not views:
        raise ProductError(f"{path} tells neither angle grids nor mean angles. {_AGAIN}")
    (x, dx, _, y, _, dy), cols, rows = _geocoding(granule, path)
    grid = Grid(_crs(granule, path), (x, dx * cols, 0.0, y, 0.0, dy * rows), 1, 1)
    note = f"{path} has no angle grids: the mean angles of the tile are used for all of its pixels."
    return grid, _pair(sun, path), views, note


def _pair(element: Element, path: str) -> tuple[Degrees, Degrees]:
    zenith, azimuth = (number(element.value(tag), tag, path) for tag in ("ZENITH_ANGLE", "AZIMUTH_ANGLE"))
    return np.full((1, 1), zenith, np.float32), np.full((1, 1), azimuth, np.float32)


def _values(element: Element, kind: str, path: str) -> Direction:
    """Return one grid of angles in degrees, (rows, columns), NaN where there is none."""
    grid = next(element.all(kind), None)
    lines = [line.text.split() for line in grid.all("VALUES")] if grid is not None else []
    try:
        values = np.array([[float(word) for word in line] for line in lines], np.float64)
    except ValueError as error:
        raise ProductError(f"{path} has damaged angle grids ({error}). {_AGAIN}") from error
    if values.ndim != 2 or not values.size:
        raise ProductError(f"{path} has damaged angle grids (no {kind.lower()}). {_AGAIN}")
    return values


def _grid(suns: Element, granule: GranuleMetadata, shape: tuple[int, ...], path: str) -> Grid:
    """Return the lattice whose cells have the nodes in their middle; the first node is the tile's corner."""
    across, down = (number(suns.value(tag), tag, path) for tag in ("COL_STEP", "ROW_STEP"))
    if across <= 0 or down <= 0:
        raise ProductError(f"{path} gives its angle grids a step of {across:g} x {down:g} m. {_AGAIN}")
    (x, _, _, y, _, _), _, _ = _geocoding(granule, path)
    transform = (x - across / 2, across, 0.0, y + down / 2, 0.0, -down)
    return Grid(_crs(granule, path), transform, shape[1], shape[0])


def _geocoding(granule: GranuleMetadata, path: str) -> tuple[tuple[float, float, float, float, float, float], int, int]:
    if not granule.geocoding:
        raise ProductError(f"{path} does not tell where the tile lies. {_AGAIN}")
    return granule.geocoding[min(granule.geocoding)]


def _crs(granule: GranuleMetadata, path: str) -> str:
    reference = spatial_reference(granule.crs)
    if reference is None:
        raise ProductError(f"{path} does not tell the CRS of the tile. {_AGAIN}")
    return str(reference.ExportToWkt())


def _direction(zenith: Direction, azimuth: Direction) -> Direction:
    """Return unit vectors to the sensor, (east, north, up; rows; columns), of angles in degrees."""
    up, around = np.radians(zenith), np.radians(azimuth)
    return np.stack([np.sin(up) * np.sin(around), np.sin(up) * np.cos(around), np.cos(up)])


def _mean_direction(lines: list[Direction]) -> Direction:
    """Return the mean of the lines of sight that are known at each node; NaN where none is."""
    stacked = np.stack(lines)
    known = np.isfinite(stacked).all(axis=1, keepdims=True)
    count = known.sum(axis=0)
    total: Direction = np.where(known, stacked, 0.0).sum(axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _angles(direction: Direction) -> tuple[Degrees, Degrees]:
    """Return zenith and azimuth in degrees of vectors of any length."""
    east, north, up = direction
    zenith, azimuth = np.degrees(np.arctan2(np.hypot(east, north), up)), np.degrees(np.arctan2(east, north)) % 360
    return _single(zenith), _single(azimuth)


def _single(values: Direction) -> Degrees:
    return values.astype(np.float32)


def _band(identifier: str, path: str) -> str:
    if not identifier.isdigit() or int(identifier) >= len(BAND_IDS):
        raise ProductError(f"{path} names the unknown band id {identifier!r}. Download the product again.")
    return BAND_IDS[int(identifier)]

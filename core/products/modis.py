# SPDX-License-Identifier: GPL-2.0-or-later
"""Read MODIS surface reflectance: pairs of sinusoidal tiles (MOD09GA and GQ, MOD09A1 and Q1) and swaths (MOD09)."""

from __future__ import annotations

import re

from ..errors import ProductError
from ..scene import Band, Geolocation, Scene
from ..sensors import Sensor
from . import files, hdf
from .eos_bands import SCANS_OVERLAP, Source, band_of, check_bands, require, swath_grid
from .eos_names import EosName, beside, given_files
from .hdf import Field

# 500 m tiles and the 250 m tiles that belong to them.
_FINER = {"09GA": "09GQ", "09A1": "09Q1"}
_COARSER = {fine: coarse for coarse, fine in _FINER.items()}
_GRIDDED_FIELD = re.compile(r"^sur_refl_b0?(\d{1,2})(?:_1)?$")
_SWATH_FIELD = re.compile(r"^(250m|500m|1km) Surface Reflectance Band (\d{1,2})$")
_GSD = {"250m": 250.0, "500m": 500.0, "1km": 1000.0}
# Ten detectors of 1 km, forty of 250 m, sweep one scan.
_SCAN_LINES, _LINES_PER_KM, _KM_LINES = 40, 4, 10
# Along the scan the first samples of all GSDs have their centres in common, along the track pixels nest
# (HDFEOS_FractionalOffset of the Level 1B files: 0 along the scan, 0.5 of 500 m and 1.5 of 250 m lines along the
# track). So a coarse pixel lies half of the difference of the pixels before the place that nesting gives it.
_SCAN_SHIFT = {"250m": 0.0, "500m": -0.25, "1km": -0.375}


def open_product(path: str, sensor: Sensor, source: str = "") -> Scene:
    """Open a product that lies in one file or folder; see :func:`open_products`."""
    return open_products((path,), sensor, source or path)


def open_products(paths: tuple[str, ...], sensor: Sensor, source: str) -> Scene:
    """Open a product of which one or more files are given.

    Args:
        paths: files, or folders that hold them.
        sensor: sensor file.
        source: what the user gave.

    Returns:
        The scene: of a swath all bands, of a pair of tiles bands 1 to 7.

    Raises:
        ProductError: the product is damaged, incomplete or of another kind, or its partner is missing.
        GridError: the grids of the two files do not fit each other.
    """
    named = given_files(paths)
    swaths = tuple(name for name in named if name.kind == "09")
    tiles = tuple(name for name in named if name.kind in _FINER or name.kind in _COARSER)
    if len(swaths) == 1 and not tiles:
        return _open_swath(swaths[0], sensor, source)
    if swaths:
        shown = ", ".join(name.stem for name in (*swaths, *tiles)[:5])
        raise ProductError(f"{source} holds several MODIS products ({shown}). Pass one of them.")
    if not tiles:
        found = ", ".join(name.stem for name in named[:5]) or "no file named as a product"
        raise ProductError(
            f"{source} is not surface reflectance at two GSDs (found: {found}). Pass MOD09GA with MOD09GQ, MOD09A1 "
            "with MOD09Q1, or MOD09 (MYD09 of Aqua likewise)."
        )
    return _open_pair(*_pair(source, tiles), sensor, source)


def gridded_fields(path: str) -> dict[str, Field]:
    """Return the surface reflectance rasters of a sinusoidal tile by band name.

    Raises:
        ProductError: the file is damaged or cannot be opened.
    """
    found = ((_GRIDDED_FIELD.match(field.name), field) for field in hdf.fields_of(path))
    return {f"B{match[1]}": field for match, field in found if match is not None}


def gridded_bands(path: str, names: tuple[str, ...], sensor: Sensor) -> tuple[Band, ...]:
    """Return bands of a sinusoidal tile on its own grid.

    Raises:
        ProductError: the file is damaged or lacks a band.
    """
    found = gridded_fields(path)
    require(found, sensor, names, path)
    return tuple(band_of(Source(sensor.band(name), found[name]), sensor) for name in names)


def _partner(name: EosName) -> str:
    """Return the stem of the tile's partner."""
    kind = _FINER.get(name.kind) or _COARSER[name.kind]
    return f"{name.product[:3]}{kind}.{name.day}.{name.tile}"


def _pair(source: str, tiles: tuple[EosName, ...]) -> tuple[EosName, EosName]:
    """Return the 500 m and the 250 m file."""
    pairs = [(a, b) for a in tiles if a.kind in _FINER for b in tiles if b.stem == _partner(a)]
    if len(pairs) == 1:
        return pairs[0]
    if pairs:
        shown = ", ".join(coarse.stem for coarse, _ in pairs[:5])
        raise ProductError(
            f"{source} holds {len(pairs)} pairs of MODIS tiles ({shown}). Pass the two files of one, separated by a "
            "semicolon."
        )
    if len(tiles) == 1:
        (given,) = tiles
        near = [name for name in beside(given.path) if name.stem == _partner(given)]
        near.sort(key=lambda name: (name.version == given.version, name.path))
        if near:
            return (given, near[-1]) if given.kind in _FINER else (near[-1], given)
    raise _without_partner(tiles)


def _without_partner(tiles: tuple[EosName, ...]) -> ProductError:
    first = next((name for name in tiles if name.kind in _FINER), tiles[0])
    others = [name.stem for name in tiles if name != first]
    fine = first.kind in _FINER
    what = "the 250 m bands 1 and 2 that guide the others" if fine else "the 500 m bands to sharpen"
    wrong = f" ({', '.join(others[:3])} does not belong to it)" if others else ""
    return ProductError(
        f"{first.stem} comes without its partner{wrong}. Fetch {_partner(first)}.{first.version}.*.hdf, which has "
        f"{what}, and put it into the same folder."
    )


def _open_pair(coarse: EosName, fine: EosName, sensor: Sensor, source: str) -> Scene:
    bands = (
        *gridded_bands(fine.path, ("B1", "B2"), sensor),
        *gridded_bands(coarse.path, ("B3", "B4", "B5", "B6", "B7"), sensor),
    )
    ratio = bands[0].gsd / sensor.band("B1").gsd
    name = f"{coarse.stem}.{coarse.version}"
    check_bands(bands, sensor, ratio, f"{coarse.stem} with {fine.product}")
    notes: tuple[str, ...] = ()
    if coarse.version != fine.version:
        notes = (f"{coarse.product} is of collection {coarse.version}, {fine.product} of {fine.version}.",)
    order = [band.name for band in sensor.bands]
    return Scene(
        name=name,
        sensor=sensor.id,
        level=f"MOD{coarse.kind}",
        source=source,
        acquired=coarse.acquired,
        bands=tuple(sorted(bands, key=lambda band: order.index(band.name))),
        tags=(*_tags(coarse), ("partner", f"{fine.stem}.{fine.version}"), ("tile", coarse.tile)),
        gsd_ratio=ratio,
        notes=notes,
    )


def _open_swath(name: EosName, sensor: Sensor, source: str) -> Scene:
    found, others = _swath_fields(name.path)
    wanted = tuple(band.name for band in sensor.bands)
    require({band: field for band, (_, field) in found.items()}, sensor, wanted, name.stem)
    geolocation = _geolocation(name, found["B8"][1], others)
    bands = []
    for declared in sensor.bands:
        size, field = found[declared.name]
        grid = swath_grid(field, _GSD[size])
        bands.append(band_of(Source(declared, field, grid, (0.0, _SCAN_SHIFT[size])), sensor))
    check_bands(tuple(bands), sensor, 1.0, name.stem)
    left_out = tuple(
        sentence for band, sentence in sensor.left_out if f"1km Surface Reflectance Band {band[1:]}" in others
    )
    return Scene(
        name=f"{name.stem}.{name.version}",
        sensor=sensor.id,
        level="MOD09",
        source=source,
        acquired=name.acquired,
        bands=tuple(bands),
        tags=_tags(name),
        geolocation=geolocation,
        notes=(SCANS_OVERLAP, *left_out),
    )


def _swath_fields(path: str) -> tuple[dict[str, tuple[str, Field]], dict[str, Field]]:
    """Return each band's raster at its native GSD, and all rasters by name."""
    fields = {field.name: field for field in hdf.fields_of(path)}
    native = {}
    for field in fields.values():
        match = _SWATH_FIELD.match(field.name)
        # Bands 1 to 7 are there once more at coarser GSDs.
        if match is not None and match[1] == _native_size(int(match[2])):
            native[f"B{int(match[2])}"] = (match[1], field)
    return native, fields


def _native_size(number: int) -> str:
    if number <= 2:
        return "250m"
    return "500m" if number <= 7 else "1km"


def _geolocation(name: EosName, kilometre: Field, fields: dict[str, Field]) -> Geolocation:
    """Return where the pixels lie: latitude and longitude of the 1 km pixels are in the file itself."""
    paths, sizes = [], []
    for axis in ("Latitude", "Longitude"):
        # GDAL lists no geolocation fields of a swath, but opens them by this name.
        known = f'HDF4_EOS:EOS_SWATH_GEOL:"{name.path}":"{kilometre.group}":"{axis}"'
        paths.append(fields[axis].path if axis in fields else known)
        try:
            dataset = files.open_raster(paths[-1])
        except ProductError as error:
            raise ProductError(f"{name.path} lacks its {axis.lower()}s. Download the complete product.") from error
        sizes.append((dataset.RasterXSize, dataset.RasterYSize))
    expected = swath_grid(kilometre, 1000.0)
    if sizes != [(expected.width, expected.height)] * 2 or expected.height % _KM_LINES:
        raise ProductError(
            f"{name.path} has {expected.width} x {expected.height} pixels of 1 km and {sizes[0][0]} x {sizes[0][1]} "
            f"latitudes, where both agree and lines come by {_KM_LINES}. Download the product again."
        )
    first_line = (_LINES_PER_KM - 1) / 2
    return Geolocation(paths[0], paths[1], 0.0, _LINES_PER_KM, first_line, _LINES_PER_KM, _SCAN_LINES)


def _tags(name: EosName) -> tuple[tuple[str, str], ...]:
    return ("satellite", name.satellite), ("collection", name.version)

# SPDX-License-Identifier: GPL-2.0-or-later
"""Read VIIRS surface reflectance: sinusoidal tiles (VNP09GA) and swaths (VNP09) with their geolocation files."""

from __future__ import annotations

import re

from ..errors import ProductError
from ..scene import Geolocation, Scene
from ..sensors import Sensor
from . import files, hdf
from .eos_bands import SCANS_OVERLAP, Source, band_of, check_bands, require, swath_grid
from .eos_grid import grids_of, struct_metadata
from .eos_names import EosName, beside, given_files
from .hdf import Field

_GRIDDED_FIELD = re.compile(r"^SurfReflect_([IM]\d{1,2})(?:_1)?$")
_SWATH_FIELD = re.compile(r"^(?:375|750)m Surface Reflectance Band ([IM]\d{1,2})$")
# Sixteen detectors of 750 m, thirty-two of 375 m, sweep one scan.
_SCAN_LINES = 32
_MISSING_ANGLE = -999.9


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
        The scene with all the sensor's bands.

    Raises:
        ProductError: the product is damaged, incomplete or of another kind, or its geolocation is missing.
        GridError: the grids of its bands do not fit each other.
    """
    named = given_files(paths)
    products = [name for name in named if name.kind in ("09", "09GA")]
    if len(products) > 1:
        shown = ", ".join(name.stem for name in products[:5])
        raise ProductError(f"{source} holds {len(products)} VIIRS products ({shown}). Pass one of them.")
    if not products:
        found = ", ".join(name.stem for name in named[:5]) or "no file named as a product"
        raise ProductError(
            f"{source} is no surface reflectance of VIIRS at two GSDs (found: {found}). Pass VNP09GA, or VNP09 with "
            "VNP03IMG beside it (VJ1 and VJ2 likewise)."
        )
    (product,) = products
    if product.kind == "09GA":
        return _open_tile(product, sensor, source)
    return _open_swath(product, named, sensor, source)


def _open_tile(name: EosName, sensor: Sensor, source: str) -> Scene:
    found = _fields(name.path, _GRIDDED_FIELD)
    require(found, sensor, tuple(band.name for band in sensor.bands), name.stem)
    declared = grids_of(struct_metadata(name.path), name.path)
    # GDAL writes underscores for spaces.
    grids = {grid_name.replace(" ", "_"): grid for grid_name, grid in declared.items()}
    bands = []
    for band in sensor.bands:
        field = found[band.name]
        holder = [part for part in field.group.split("/") if part in grids]
        if not holder:
            raise ProductError(
                f"The StructMetadata.0 of {name.path} has no grid for {field.name}. Download the product again."
            )
        bands.append(band_of(Source(band, field, grids[holder[0]]), sensor))
    ratio = min(band.gsd for band in bands) / sensor.gsds[0]
    check_bands(tuple(bands), sensor, ratio, name.stem)
    return Scene(
        name=f"{name.stem}.{name.version}",
        sensor=sensor.id,
        level="VNP09GA",
        source=source,
        acquired=name.acquired,
        bands=tuple(bands),
        tags=(*_tags(name), ("tile", name.tile)),
        gsd_ratio=ratio,
    )


def _open_swath(name: EosName, given: tuple[EosName, ...], sensor: Sensor, source: str) -> Scene:
    found = _fields(name.path, _SWATH_FIELD)
    require(found, sensor, tuple(band.name for band in sensor.bands), name.stem)
    bands = tuple(
        band_of(Source(band, found[band.name], swath_grid(found[band.name], band.gsd)), sensor) for band in sensor.bands
    )
    check_bands(bands, sensor, 1.0, name.stem)
    finest = min(bands, key=lambda band: band.gsd).grid
    if finest.height % _SCAN_LINES:
        raise ProductError(
            f"{name.path} has {finest.height} lines of 375 m, no multiple of the {_SCAN_LINES} of a scan. Download the "
            "product again."
        )
    partner, geolocation = _geolocation(name, given, finest.width, finest.height)
    return Scene(
        name=f"{name.stem}.{name.version}",
        sensor=sensor.id,
        level="VNP09",
        source=source,
        acquired=name.acquired,
        bands=bands,
        tags=(*_tags(name), ("geolocation", f"{partner.stem}.{partner.version}")),
        geolocation=geolocation,
        notes=(SCANS_OVERLAP,),
    )


def _fields(path: str, pattern: re.Pattern[str]) -> dict[str, Field]:
    matched = ((pattern.match(field.name), field) for field in hdf.fields_of(path))
    return {match[1]: field for match, field in matched if match is not None}


def _geolocation(name: EosName, given: tuple[EosName, ...], width: int, height: int) -> tuple[EosName, Geolocation]:
    """Find the geolocation file of a swath: that of the 375 m pixels, or that of the 750 m pixels."""
    near = sorted(beside(name.path), key=lambda other: (other.version != name.version, other.path))
    candidates = [*given, *near]
    for kind, step in (("03IMG", 1), ("03MOD", 2)):
        wanted = f"{name.product[:3]}{kind}.{name.day}.{name.time}"
        for candidate in candidates:
            if candidate.stem == wanted:
                return candidate, _opened(candidate, step, width // step, height // step)
    pointed = hdf.global_attributes(name.path).get("InputPointer", "")
    exact = re.search(r"[^,/\s]*03IMG[^,\s]*", pointed)
    wanted = exact[0] if exact else f"{name.product[:3]}03IMG.{name.day}.{name.time}.*.nc"
    raise ProductError(
        f"{name.stem} does not say where its pixels lie. Fetch its geolocation file {wanted} and put it into the same "
        "folder."
    )


def _opened(name: EosName, step: int, width: int, height: int) -> Geolocation:
    fields = {field.name.lower(): field for field in hdf.fields_of(name.path)}
    paths = []
    for axis in ("latitude", "longitude"):
        if axis not in fields:
            raise ProductError(f"{name.path} has no {axis}s. Download the geolocation file again.")
        dataset = files.open_raster(fields[axis].path)
        files.probe_last_block(dataset, 1, name.path)
        if (dataset.RasterXSize, dataset.RasterYSize) != (width, height):
            raise ProductError(
                f"{name.path} has {dataset.RasterXSize} x {dataset.RasterYSize} {axis}s, where the product needs "
                f"{width} x {height}. Fetch the geolocation file of the same swath."
            )
        paths.append(fields[axis].path)
    first = (step - 1) / 2
    return Geolocation(paths[0], paths[1], first, step, first, step, _SCAN_LINES, _MISSING_ANGLE)


def _tags(name: EosName) -> tuple[tuple[str, str], ...]:
    return ("satellite", name.satellite), ("collection", name.version)

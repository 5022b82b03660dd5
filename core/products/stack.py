# SPDX-License-Identifier: GPL-2.0-or-later
"""Read plain rasters as a scene: files of named bands, one file a band or one file for each GSD."""

from __future__ import annotations

import os
import posixpath
import re
from dataclasses import dataclass

from osgeo import gdal

from ..errors import GridError, ProductError
from ..grid import Grid
from ..scene import Band, Scene
from ..sensors import Sensor
from . import files
from .alignment import GSD_TOLERANCE, check_gsds, cut_to_common_extent
from .band_names import band_in, band_in_file_name
from .stack_radiometry import radiometry_of

_RASTER = re.compile(r"\.(tiff?|jp2|vrt|img|kea)$", re.IGNORECASE)
_SEPARATOR = re.compile(r"[;|]")
_LEVEL = re.compile(r"(?<![A-Z0-9])(?:MSI)?(L1C|L2A)(?![A-Z0-9])")
_TIME = re.compile(r"(?<!\d)(20\d\d)(0[1-9]|1[0-2])([0-2]\d|3[01])(?:T(\d\d)(\d\d)(\d\d))?(?!\d)")


@dataclass(frozen=True)
class _Candidate:
    """A band of a file that names a band of the sensor."""

    name: str
    path: str
    index: int
    grid: Grid


def is_list(source: str) -> bool:
    """Return whether a source is a list of files separated by ``;`` or ``|``."""
    return _SEPARATOR.search(source) is not None and not os.path.exists(source.strip())


def open_list(source: str, sensor: Sensor) -> Scene:
    """Open several rasters, given as one text separated by ``;`` or ``|``; see :func:`open_stack`."""
    parts = [part for part in _SEPARATOR.split(source) if part.strip()]
    paths = [files.locate(part) for part in parts]
    shared = os.path.commonprefix([_stem(path) for path in paths])
    name = _stem(paths[0]) if len(paths) == 1 else shared.rpartition("_")[0] or _stem(paths[0])
    return _scene(paths, sensor, source, name, strict=True)


def open_stack(path: str, sensor: Sensor, source: str = "") -> Scene:
    """Open a raster whose bands are named, or a folder of rasters.

    A band is named by its description, or, in a file with one band, by the file name. What names no band of the sensor
    is left out. Bands keep their native grids; where these cover different extents they are cut to the common one.

    Args:
        path: what :func:`..files.locate` returned.
        sensor: sensor file.
        source: what the user gave.

    Returns:
        The scene with the bands found; it may have fewer than the sensor.

    Raises:
        ProductError: no bands are found, a band is found twice, or a file cannot be read.
        GridError: a GSD is not the sensor's, or the grids do not fit each other.
    """
    if not files.is_folder(path):
        return _scene([path], sensor, source or path, _stem(path), strict=True)
    rasters = [files.join(path, name) for name in files.names(path) if _RASTER.search(name)]
    if not rasters:
        raise ProductError(
            f"{path} holds neither a {sensor.name} product (a .SAFE folder with its MTD file) nor rasters. "
            "Choose the product's own folder."
        )
    return _scene(rasters, sensor, source or path, _base(path), strict=False)


def _scene(paths: list[str], sensor: Sensor, source: str, name: str, strict: bool) -> Scene:
    candidates = [candidate for path in paths for candidate in _candidates(path, sensor, strict)]
    chosen = _native(candidates, sensor)
    if not chosen:
        names = ", ".join(band.name for band in sensor.bands)
        raise ProductError(
            f"None of the rasters in {source} names a band of {sensor.name} ({names}). Name the bands in their "
            "descriptions or file names, such as B05.tif."
        )
    read = [_band(candidate, sensor) for candidate in chosen]
    bands = tuple(band for band, _ in read)
    check_gsds(bands, sensor)
    _check_groups(bands, sensor, name)
    cut = cut_to_common_extent(bands, name)
    tags = [("radiometry", "; ".join(dict.fromkeys(radiometry for _, radiometry in read)))]
    if cut != bands:
        finest = min(cut, key=lambda band: band.gsd)
        tags.append(("extent", f"cut to the common extent, {finest.grid.width} x {finest.grid.height} pixels"))
    words = f"{name} {_stem(chosen[0].path)}"
    level, time = _LEVEL.search(words), _TIME.search(words)
    return Scene(
        name=name,
        sensor=sensor.id,
        level=level[1] if level and level[1] in sensor.levels else "",
        source=source,
        acquired=_iso(time) if time else "",
        bands=cut,
        tags=tuple(tags),
    )


def _candidates(path: str, sensor: Sensor, strict: bool) -> list[_Candidate]:
    if ".safe/" in path.replace("\\", "/").lower():
        raise ProductError(
            f"{path} lies inside a SAFE product, whose metadata say what its values mean. Pass the .SAFE folder itself."
        )
    dataset = files.open_raster(path)
    named = [
        (band_in(dataset.GetRasterBand(i + 1).GetDescription(), sensor), i + 1) for i in range(dataset.RasterCount)
    ]
    if dataset.RasterCount == 1 and named[0][0] is None:
        named = [(band_in_file_name(path, sensor), 1)]
    found = [(name, index) for name, index in named if name is not None]
    if not found:
        if strict:
            raise ProductError(
                f"{path} names no band of {sensor.name}. Set its band descriptions, such as B05, or name a file of one "
                "band so."
            )
        return []
    grid = files.grid_of(dataset)
    if grid is None:
        raise GridError(f"{path} has no georeference, so its GSD is unknown. Assign its origin and pixel size first.")
    return [_Candidate(name, path, index, grid) for name, index in found]


def _native(candidates: list[_Candidate], sensor: Sensor) -> list[_Candidate]:
    """Choose one raster for each band: of several, the one at the sensor's GSD."""
    chosen = []
    for declared in sensor.bands:
        found = [candidate for candidate in candidates if candidate.name == declared.name]
        native = [one for one in found if abs(one.grid.gsd / declared.gsd - 1) <= GSD_TOLERANCE]
        found = native or found
        if len(found) > 1:
            places = ", ".join(f"{one.path} band {one.index}" for one in found[:3])
            raise ProductError(f"Band {declared.name} is found {len(found)} times: {places}. Pass one date and place.")
        chosen.extend(found)
    return chosen


def _check_groups(bands: tuple[Band, ...], sensor: Sensor, name: str) -> None:
    present = {sensor.band(band.name).gsd for band in bands}
    if len(present) == 1 and len(sensor.gsds) > 1:
        (only,) = present
        others = ", ".join(f"{gsd:g}" for gsd in sensor.gsds if gsd != only)
        raise ProductError(
            f"{name} holds only bands of {only:g} m, and sharpening needs bands of two GSDs. Add the files of {others} "
            "m, separated by a semicolon or in one folder."
        )


def _band(candidate: _Candidate, sensor: Sensor) -> tuple[Band, str]:
    """Return the band and where its radiometry was taken from."""
    dataset = files.open_raster(candidate.path)
    files.probe_last_block(dataset, candidate.index, candidate.path)
    radiometry = radiometry_of(dataset, candidate.index, candidate.path, sensor)
    declared = sensor.band(candidate.name)
    band = Band(
        name=declared.name,
        path=candidate.path,
        index=candidate.index,
        grid=candidate.grid,
        dtype=gdal.GetDataTypeName(dataset.GetRasterBand(candidate.index).DataType),
        nodata=radiometry.nodata,
        saturated=radiometry.saturated,
        scale=radiometry.scale,
        offset=radiometry.offset,
        wavelength_nm=declared.wavelength_nm,
        bandwidth_nm=declared.bandwidth_nm,
    )
    return band, radiometry.source


def _base(path: str) -> str:
    return posixpath.basename(path.replace("\\", "/"))


def _stem(path: str) -> str:
    return posixpath.splitext(_base(path))[0]


def _iso(time: re.Match[str]) -> str:
    year, month, day, hour, minute, second = time.groups()
    return f"{year}-{month}-{day}" + (f"T{hour}:{minute}:{second}Z" if hour else "")

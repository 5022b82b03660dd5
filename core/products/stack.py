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
from .nesting import nest
from .stack_radiometry import StackRadiometry, radiometry_of

_RASTER = re.compile(r"\.(tiff?|jp2|vrt|img|kea)$", re.IGNORECASE)
# A VRT or an address in XML would have GDAL read other files, or ask servers, that the author of an archive chose.
_PLAIN_DRIVERS = ("GTiff", "JP2OpenJPEG", "JP2KAK", "JP2ECW", "JP2MrSID", "HFA", "KEA")
_SEPARATOR = re.compile(r"[;|]")
_TIME = re.compile(r"(?<!\d)((?:19|20)\d\d)-?(0[1-9]|1[0-2])-?([0-2]\d|3[01])(?:T(\d\d)(\d\d)(\d\d))?(?!\d)")


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


def parts_of(source: str) -> tuple[str, ...]:
    """Return the parts of a list that are not empty."""
    return tuple(part for part in _SEPARATOR.split(source) if part.strip())


def open_list(source: str, sensor: Sensor) -> Scene:
    """Open several rasters, given as one text separated by ``;`` or ``|``; see :func:`open_stack`."""
    paths = [files.locate(part) for part in parts_of(source)]
    shared = os.path.commonprefix([_stem(path) for path in paths])
    name = _stem(paths[0]) if len(paths) == 1 else shared.rpartition("_")[0] or _stem(paths[0])
    return _scene(paths, sensor, source, name, strict=True)


def open_stack(path: str, sensor: Sensor, source: str = "") -> Scene:
    """Open a raster whose bands are named, or a folder of rasters.

    A band is named by its description, or, in a file with one band, by the file name, in the way that the sensor file
    tells, if it does. What names no band of the sensor is left out. Bands keep their native grids; where these cover
    different extents they are cut to the common one. A folder that holds but another folder stands for that one.

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
    names = files.names(path)
    rasters = [files.join(path, name) for name in names if _RASTER.search(name)]
    if not rasters:
        if len(names) == 1 and files.is_folder(files.join(path, names[0])):
            return open_stack(files.join(path, names[0]), sensor, source or path)
        raise ProductError(_no_rasters(path, sensor))
    return _scene(rasters, sensor, source or path, _base(path), strict=False)


def _no_rasters(path: str, sensor: Sensor) -> str:
    if sensor.family == "stack":
        return f"{path} holds no rasters. Choose the folder with the band files of {sensor.name}."
    product = "a .SAFE folder with its MTD file" if sensor.family == "sentinel2" else "as delivered"
    return f"{path} holds neither a {sensor.name} product ({product}) nor rasters. Choose the product's own folder."


def _scene(paths: list[str], sensor: Sensor, source: str, name: str, strict: bool) -> Scene:
    candidates = [candidate for path in paths for candidate in _candidates(path, sensor, strict)]
    chosen = _native(candidates, sensor)
    if not chosen:
        names = ", ".join(band.name for band in sensor.bands)
        raise ProductError(
            f"None of the rasters in {source} names a band of {sensor.name} ({names}). Name the bands in their "
            "descriptions or file names, such as B05.tif."
        )
    level = _level_in(f"{name} {_stem(chosen[0].path)}", sensor)
    levels = [_level_in(_stem(candidate.path), sensor) or level for candidate in chosen]
    read = [_band(candidate, sensor.at_level(own)) for candidate, own in zip(chosen, levels)]
    bands = tuple(band for band, _ in read)
    check_gsds(bands, sensor)
    _check_groups(bands, sensor, name)
    cut = _on_nested_grids(bands, sensor, name)
    tags = [("radiometry", "; ".join(dict.fromkeys(radiometry.source for _, radiometry in read)))]
    assumed = dict.fromkeys(radiometry.source for _, radiometry in read if radiometry.assumed)
    moved = [f"{band.name} by {band.shift[0]:g} rows and {band.shift[1]:g} columns" for band in cut if any(band.shift)]
    if moved:
        tags.append(("shift", "; ".join(moved)))
    if any(band.path != before.path for band, before in zip(cut, bands)):
        finest = min(cut, key=lambda band: band.gsd)
        tags.append(("extent", f"cut to the common extent, {finest.grid.width} x {finest.grid.height} pixels"))
    time = _TIME.search(f"{name} {_stem(chosen[0].path)}")
    return Scene(
        name=name,
        sensor=sensor.id,
        level=level,
        source=source,
        acquired=_iso(time) if time else "",
        bands=cut,
        tags=tuple(tags),
        notes=tuple(f"Nothing tells what the values of {name} are; assumed: {words}." for words in assumed),
    )


def _on_nested_grids(bands: tuple[Band, ...], sensor: Sensor, name: str) -> tuple[Band, ...]:
    """Return the bands on grids whose corners meet, cut to their common extent.

    Where a sensor's grids are half a pixel apart, such as those of Landsat's panchromatic and other bands, the coarse
    ones are moved by that when they are read. Sentinel-2's never are: there it means that something is wrong.
    """
    try:
        return cut_to_common_extent(bands, name)
    except GridError:
        if sensor.family == "sentinel2":
            raise
        return nest(bands, min(bands, key=lambda band: band.gsd).name, name)


def _candidates(path: str, sensor: Sensor, strict: bool) -> list[_Candidate]:
    if ".safe/" in path.replace("\\", "/").lower():
        raise ProductError(
            f"{path} lies inside a SAFE product, whose metadata say what its values mean. Pass the .SAFE folder itself."
        )
    dataset = _opened(path)
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


def _opened(path: str) -> gdal.Dataset:
    if not path.startswith(("/vsizip/", "/vsitar/")):
        return files.open_raster(path)
    if path.lower().endswith(".vrt"):
        raise ProductError(f"{path} refers to other files, which archives may not do. Unpack it, then pass the folder.")
    return files.open_raster(path, _PLAIN_DRIVERS)


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


def _band(candidate: _Candidate, sensor: Sensor) -> tuple[Band, StackRadiometry]:
    """Return the band and its radiometry."""
    dataset = _opened(candidate.path)
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
        valid_range=radiometry.valid_range,
        scale=radiometry.scale,
        offset=radiometry.offset,
        wavelength_nm=declared.wavelength_nm,
        bandwidth_nm=declared.bandwidth_nm,
    )
    return band, radiometry


def _level_in(words: str, sensor: Sensor) -> str:
    """Return the processing level that a name tells; empty where it tells none."""
    found = (rf"(?<![A-Z0-9])(?:MSI)?{re.escape(level)}(?![A-Z0-9])" for level in sensor.levels)
    return next((level for level, pattern in zip(sensor.levels, found) if re.search(pattern, words)), "")


def _base(path: str) -> str:
    return posixpath.basename(path.replace("\\", "/"))


def _stem(path: str) -> str:
    return posixpath.splitext(_base(path))[0]


def _iso(time: re.Match[str]) -> str:
    year, month, day, hour, minute, second = time.groups()
    return f"{year}-{month}-{day}" + (f"T{hour}:{minute}:{second}Z" if hour else "")

# SPDX-License-Identifier: GPL-2.0-or-later
"""Load and validate sensor files (``resources/sensors/*.json``): adding a sensor is declaring it."""

from __future__ import annotations

import os
import re
from collections.abc import Collection
from functools import lru_cache
from pathlib import Path
from typing import Any

from .declarations import (
    FIELD_ERRORS,
    FieldError,
    declaration_files,
    file_stamp,
    finite,
    line_in,
    names,
    number,
    placed,
    read_document,
    reason,
)
from .errors import SensorError
from .sensor_records import Sensor, SensorBand

__all__ = [
    "FAMILIES",
    "FOLDER_VARIABLE",
    "SENSOR_FOLDER",
    "Sensor",
    "SensorBand",
    "load_sensor",
    "load_sensors",
    "sensor_by_id",
]

SENSOR_FOLDER = Path(__file__).resolve().parent.parent / "resources" / "sensors"
# Further folders of sensor files for programs without settings, such as export_tools, separated as in PATH.
FOLDER_VARIABLE = "SATSHARP_SENSORS"
# The keys of core.products.READERS, which is not imported here: it would load GDAL when QGIS starts.
FAMILIES = ("landsat", "modis", "sentinel2", "stack", "viirs")
_LONGEST_IDENTIFIER = 80


def load_sensor(path: Path) -> Sensor:
    """Read one sensor file.

    Raises:
        SensorError: the file is no JSON, or a field is missing or wrong; the message names the line.
    """
    document = read_document(path, "Sensor file", SensorError)
    try:
        sensor = _sensor_of(document, path)
        _check_names(sensor, path)
        return sensor
    except FIELD_ERRORS as error:
        line = line_in(path, error)
        raise SensorError(f"Sensor file {path}, line {line}, is not valid: {reason(error)}.") from error


def load_sensors(*folders: Path, reserved: Collection[str] = ()) -> tuple[tuple[Sensor, ...], tuple[str, ...]]:
    """Read every sensor file of some folders; a later file cannot take an id or an algorithm of an earlier one.

    The panel and several algorithms ask for them, so a file is read anew only where it has changed.

    Args:
        folders: with sensor files; without any, that of the bundled ones.
        reserved: algorithm ids that are taken otherwise.

    Returns:
        The sensors in order of folder and file name, and one sentence, with file and line, for each file that had to be
        skipped.
    """
    sensors: list[Sensor] = []
    problems: list[str] = []
    for path in declaration_files(*(folders or (SENSOR_FOLDER,))):
        try:
            sensor = _read_sensor(path, file_stamp(path))
            _check_free(sensor, sensors, reserved)
            sensors.append(sensor)
        except SensorError as error:
            problems.append(str(error))
    return tuple(sensors), tuple(problems)


@lru_cache(maxsize=64)
def _read_sensor(path: Path, stamp: tuple[int, int]) -> Sensor:
    return load_sensor(path)


def sensor_by_id(identifier: str, *folders: Path) -> Sensor:
    """Read the sensor file ``<identifier>.json`` of the first folder that has it.

    Args:
        identifier: id of the sensor.
        folders: where to look; without any, among the bundled files and in the folders of ``SATSHARP_SENSORS``.

    Raises:
        SensorError: it is missing or invalid.
    """
    paths = [folder / f"{identifier}.json" for folder in folders or (SENSOR_FOLDER, *_named_folders())]
    return load_sensor(next((path for path in paths if path.is_file()), paths[0]))


def _named_folders() -> tuple[Path, ...]:
    return tuple(Path(name) for name in os.environ.get(FOLDER_VARIABLE, "").split(os.pathsep) if name)


def _check_names(sensor: Sensor, path: Path) -> None:
    """Check the names that others look the sensor up by; raises FieldError."""
    for key in ("id", "algorithm"):
        if not _is_identifier(getattr(sensor, key)):
            raise FieldError(f"{key} must consist of small letters, digits and underscores", key)
    if sensor.id != path.stem:
        raise FieldError(f"id {sensor.id!r} must equal the file name", "id")
    if sensor.family not in FAMILIES:
        raise FieldError(f"no reader serves the family {sensor.family!r}; known are {', '.join(FAMILIES)}", "family")


def _is_identifier(text: str) -> bool:
    """Whether a text has small letters, digits and underscores only, and begins with a letter."""
    is_word = text.isascii() and text.isidentifier() and text == text.lower()
    return is_word and text[0] != "_" and len(text) <= _LONGEST_IDENTIFIER


def _check_free(sensor: Sensor, earlier: list[Sensor], reserved: Collection[str]) -> None:
    """Raise SensorError where the id or the algorithm of a sensor is taken."""
    owners = {("id", other.id): other.file for other in earlier}
    owners.update({("algorithm", name): "SatSharp itself" for name in reserved})
    owners.update({("algorithm", other.algorithm): other.file for other in earlier})
    for key in ("id", "algorithm"):
        owner = owners.get((key, getattr(sensor, key)))
        if owner is not None:
            line = line_in(Path(sensor.file), FieldError("", key))
            raise SensorError(
                f"Sensor file {sensor.file}, line {line}, is skipped: the {key} {getattr(sensor, key)} is already "
                f"taken by {owner}. Choose another one."
            )


def _sensor_of(data: dict[str, Any], path: Path) -> Sensor:
    with placed("bands"):
        if not isinstance(data["bands"], list):
            raise ValueError("bands must be a list")
        bands = tuple(_band_of(entry, index) for index, entry in enumerate(data["bands"]))
        _check_bands(bands)
    quantification = number(data, "quantification", 1.0)
    if quantification <= 0:
        raise FieldError("quantification must be positive", "quantification")
    return Sensor(
        id=str(data["id"]),
        name=str(data["name"]),
        family=str(data["family"]),
        algorithm=str(data["algorithm"]),
        levels=names(data, "levels", ()),
        models=names(data, "models", ()),
        bands=bands,
        nodata=_optional_number(data, "nodata"),
        saturated=_optional_number(data, "saturated"),
        quantification=quantification,
        offset=number(data, "offset", 0.0),
        level_relations=_level_relations(data.get("level_relations", {})),
        valid_range=_valid_range(data.get("valid_range")),
        left_out=_left_out(data.get("left_out", {})),
        file_pattern=_file_pattern(str(data.get("file_pattern", "")), is_bundled=path.parent == SENSOR_FOLDER),
        file=str(path),
        source=str(data.get("source", "")),
    )


def _band_of(entry: Any, index: int) -> SensorBand:
    with placed(index):
        if not isinstance(entry, dict):
            raise ValueError("a band must be an object with name, gsd, ...")
        band = SensorBand(
            name=str(entry["name"]),
            gsd=number(entry, "gsd"),
            wavelength_nm=number(entry, "wavelength_nm"),
            bandwidth_nm=number(entry, "bandwidth_nm"),
            mtf_nyquist=number(entry, "mtf_nyquist"),
            aliases=names(entry, "aliases", ()),
        )
        for key, right in (("gsd", band.gsd > 0), ("mtf_nyquist", 0 < band.mtf_nyquist < 1)):
            if not right:
                raise FieldError(f"band {band.name} needs a positive gsd and an mtf_nyquist between 0 and 1", key)
    return band


def _check_bands(bands: tuple[SensorBand, ...]) -> None:
    """Raise FieldError at the first band that shares a name with one before it, or where there is none."""
    sentence = "bands must be a list of bands with different names and aliases"
    if not bands:
        raise FieldError(sentence)
    known: set[str] = set()
    for index, band in enumerate(bands):
        own = [name.lower() for name in (band.name, *band.aliases)]
        if len(own) > len(set(own) - known):
            raise FieldError(f"{sentence}, and {band.name} is not", index)
        known.update(own)


def _level_relations(value: Any) -> tuple[tuple[str, float, float], ...]:
    found = []
    with placed("level_relations"):
        for level, relation in value.items():
            with placed(level):
                quantification = number(relation, "quantification")
                if quantification <= 0:
                    raise FieldError("quantification must be positive", "quantification")
                found.append((str(level), quantification, number(relation, "offset", 0.0)))
    return tuple(found)


def _left_out(value: Any) -> tuple[tuple[str, str], ...]:
    with placed("left_out"):
        return tuple((str(band), str(sentence)) for band, sentence in value.items())


def _valid_range(value: Any) -> tuple[float, float] | None:
    if value is None:
        return None
    with placed("valid_range"):
        low, high = (finite(end, "valid_range") for end in value)
        if low >= high:
            raise ValueError("valid_range must be two numbers, the smaller one first")
    return low, high


def _file_pattern(text: str, is_bundled: bool) -> str:
    # To compile those of the bundled files would take a quarter of the time in which QGIS loads the algorithms.
    if is_bundled:
        return text
    with placed("file_pattern"):
        try:
            groups = re.compile(text).groupindex
        except re.error as error:
            raise ValueError(f"file_pattern is no regular expression ({error})") from error
        if text and "band" not in groups:
            raise ValueError("file_pattern needs a group (?P<band>...)")
    return text


def _optional_number(data: dict[str, Any], key: str) -> float | None:
    return None if data.get(key) is None else finite(data[key], key)

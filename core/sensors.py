# SPDX-License-Identifier: GPL-2.0-or-later
"""Load and validate sensor files (``resources/sensors/*.json``): adding a sensor is declaring it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .declarations import FIELD_ERRORS, finite, names, number, read_document, reason
from .errors import SensorError

SENSOR_FOLDER = Path(__file__).resolve().parent.parent / "resources" / "sensors"


@dataclass(frozen=True)
class SensorBand:
    """One band as the sensor file declares it (GSD in metres, wavelengths in nanometres)."""

    name: str
    gsd: float
    wavelength_nm: float
    bandwidth_nm: float
    mtf_nyquist: float
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sensor:
    """A sensor: its bands in wavelength order and how its digital numbers are stored.

    Attributes:
        id: file name without suffix, such as ``sentinel2``.
        name: for people.
        family: module of ``core/products`` that reads its products.
        algorithm: id of the Processing algorithm made from this file.
        levels: processing levels it may come in.
        models: card ids that ``MODEL=auto`` picks from, in order.
        bands: bands in wavelength order.
        nodata: digital number without measurement, or None.
        saturated: digital number that marks saturation, or None.
        quantification: digital numbers per unit of reflectance, where a file does not say.
        offset: reflectance of digital number 0, where a file does not say.
        valid_range: smallest and largest digital number that is a measurement, or None.
        left_out: (band, sentence) of bands that products have and that are not read, with the reason.
        file_pattern: regular expression with a group ``band`` that finds a band's name or alias in the name of a file
            of one band; empty where names are recognised without.
        file: where the sensor file lies.
    """

    id: str
    name: str
    family: str
    algorithm: str
    levels: tuple[str, ...]
    models: tuple[str, ...]
    bands: tuple[SensorBand, ...]
    nodata: float | None = None
    saturated: float | None = None
    quantification: float = 1.0
    offset: float = 0.0
    valid_range: tuple[float, float] | None = None
    left_out: tuple[tuple[str, str], ...] = ()
    file_pattern: str = ""
    file: str = field(default="", compare=False)
    source: str = field(default="", compare=False)

    def band(self, name: str) -> SensorBand:
        """Return the band with this name or alias (case is ignored).

        Raises:
            SensorError: there is none.
        """
        wanted = name.strip().lower()
        for band in self.bands:
            if wanted in (band.name.lower(), *(alias.lower() for alias in band.aliases)):
                return band
        raise SensorError(f"{self.name} has no band {name!r} (it has {', '.join(b.name for b in self.bands)}).")

    @property
    def gsds(self) -> tuple[float, ...]:
        """The distinct GSDs in metres, finest first."""
        return tuple(sorted({band.gsd for band in self.bands}))


def load_sensor(path: Path) -> Sensor:
    """Read one sensor file.

    Raises:
        SensorError: the file is no JSON, or a field is missing or of the wrong kind.
    """
    document = read_document(path, "Sensor file", SensorError)
    try:
        return _sensor_of(document, path)
    except FIELD_ERRORS as error:
        raise SensorError(f"Sensor file {path} is not valid: {reason(error)}.") from error


def load_sensors(folder: Path = SENSOR_FOLDER) -> tuple[tuple[Sensor, ...], tuple[str, ...]]:
    """Read every sensor file of a folder.

    Returns:
        The sensors in order of file name, and one sentence for each file that had to be skipped.
    """
    sensors, problems = [], []
    for path in sorted(folder.glob("*.json")):
        try:
            sensors.append(load_sensor(path))
        except SensorError as error:
            problems.append(str(error))
    return tuple(sensors), tuple(problems)


def sensor_by_id(identifier: str, folder: Path = SENSOR_FOLDER) -> Sensor:
    """Read the sensor file ``<identifier>.json``.

    Raises:
        SensorError: it is missing or invalid.
    """
    return load_sensor(folder / f"{identifier}.json")


def _sensor_of(data: dict[str, Any], path: Path) -> Sensor:
    bands = tuple(_band_of(entry) for entry in data["bands"])
    known = [name.lower() for band in bands for name in (band.name, *band.aliases)]
    if not known or len(set(known)) != len(known):
        raise ValueError("bands must be a list of bands with different names and aliases")
    quantification = number(data, "quantification", 1.0)
    if quantification <= 0:
        raise ValueError("quantification must be positive")
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
        valid_range=_valid_range(data.get("valid_range")),
        left_out=tuple((str(band), str(sentence)) for band, sentence in data.get("left_out", {}).items()),
        file_pattern=_file_pattern(str(data.get("file_pattern", ""))),
        file=str(path),
        source=str(data.get("source", "")),
    )


def _band_of(entry: dict[str, Any]) -> SensorBand:
    band = SensorBand(
        name=str(entry["name"]),
        gsd=number(entry, "gsd"),
        wavelength_nm=number(entry, "wavelength_nm"),
        bandwidth_nm=number(entry, "bandwidth_nm"),
        mtf_nyquist=number(entry, "mtf_nyquist"),
        aliases=names(entry, "aliases", ()),
    )
    if band.gsd <= 0 or not 0 < band.mtf_nyquist < 1:
        raise ValueError(f"band {band.name} needs a positive gsd and an mtf_nyquist between 0 and 1")
    return band


def _valid_range(value: Any) -> tuple[float, float] | None:
    if value is None:
        return None
    low, high = (finite(end, "valid_range") for end in value)
    if low >= high:
        raise ValueError("valid_range must be two numbers, the smaller one first")
    return low, high


def _file_pattern(text: str) -> str:
    try:
        groups = re.compile(text).groupindex
    except re.error as error:
        raise ValueError(f"file_pattern is no regular expression ({error})") from error
    if text and "band" not in groups:
        raise ValueError("file_pattern needs a group (?P<band>...)")
    return text


def _optional_number(data: dict[str, Any], key: str) -> float | None:
    return None if data.get(key) is None else finite(data[key], key)

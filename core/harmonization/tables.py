# SPDX-License-Identifier: GPL-2.0-or-later
"""Tables of harmonization (``resources/harmonization/*.json``): lines between bandpasses and weights of BRDF kernels.

The format is described in ``resources/harmonization/README.md``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from ..declarations import FIELD_ERRORS, FieldError, line_in, number, placed, read_document, reason
from ..errors import SensorError
from .sensor_names import SENSORS

TABLE_FOLDER = Path(__file__).resolve().parent.parent.parent / "resources" / "harmonization"
BANDPASS_FILE = TABLE_FOLDER / "bandpass_hls.json"
BRDF_FILE = TABLE_FOLDER / "brdf_roy.json"

_Table = TypeVar("_Table")


@dataclass(frozen=True)
class Linear:
    """A line between the reflectances of a band: result = reflectance x slope + offset."""

    band: str
    slope: float
    offset: float


@dataclass(frozen=True)
class KernelWeights:
    """Weights of the isotropic, the volumetric and the geometric kernel for one band (reflectance)."""

    band: str
    iso: float
    vol: float
    geo: float


@dataclass(frozen=True)
class TableInfo:
    """What a table says of itself: its id, processing level, where its numbers are from, DOI and file."""

    id: str
    level: str
    source: str
    doi: str
    file: str


@dataclass(frozen=True)
class BandpassTable:
    """Lines that take each sensor's bands to those of a reference.

    Attributes:
        info: what the table says of itself.
        pairs: corresponding bands, as (name in Sentinel-2, name in Landsat).
        reference: sensors whose bands are the reference.
        lines: sensor -> lines to the reference, by the first name of the pair.
    """

    info: TableInfo
    pairs: tuple[tuple[str, str], ...]
    reference: tuple[str, ...]
    lines: tuple[tuple[str, tuple[Linear, ...]], ...]

    @property
    def sensors(self) -> tuple[str, ...]:
        """All sensors between which the table leads."""
        return (*self.reference, *(sensor for sensor, _ in self.lines))

    def line(self, sensor: str, band: str) -> Linear | None:
        """Return the line from a sensor's band, by either of its names, to the reference; None where there is none."""
        name = next((pair[0] for pair in self.pairs if band in pair), None)
        if name is None:
            return None
        if sensor in self.reference:
            return Linear(name, 1.0, 0.0)
        return next((line for line in dict(self.lines).get(sensor, ()) if line.band == name), None)


@dataclass(frozen=True)
class BrdfTable:
    """Weights of the kernels for bands of Sentinel-2 and Landsat, whose names differ."""

    info: TableInfo
    weights: tuple[KernelWeights, ...]

    def has(self, band: str) -> bool:
        """Return whether a band is in the table."""
        return any(weights.band == band for weights in self.weights)

    def of(self, band: str) -> KernelWeights:
        """Return the weights of a band.

        Raises:
            SensorError: the table has none.
        """
        for weights in self.weights:
            if weights.band == band:
                return weights
        known = ", ".join(weights.band for weights in self.weights)
        raise SensorError(f"The table {self.info.id} has no BRDF weights for {band}; it has {known}.")


def load_bandpass(path: Path | None = None) -> BandpassTable:
    """Read a table of lines between bandpasses; that of HLS without a path.

    Raises:
        SensorError: it cannot be read, or a field is missing or wrong; the message names the line.
    """
    return _load(path or BANDPASS_FILE, "bandpass", _bandpass_of)


def load_brdf(path: Path | None = None) -> BrdfTable:
    """Read a table of BRDF weights; that of Roy et al. without a path.

    Raises:
        SensorError: it cannot be read, or a field is missing or wrong; the message names the line.
    """
    return _load(path or BRDF_FILE, "brdf", _brdf_of)


def _load(path: Path, kind: str, read: Callable[[dict[str, Any], TableInfo], _Table]) -> _Table:
    document = read_document(path, "Table", SensorError)
    try:
        if document["kind"] != kind:
            raise FieldError(f"kind is {document['kind']!r}, and a table of the kind {kind!r} is needed", "kind")
        return read(document, _info_of(document, path))
    except FIELD_ERRORS as error:
        line = line_in(path, error)
        raise SensorError(
            f"Table {path}, line {line}, is not valid: {reason(error)}. Its format is described in "
            "resources/harmonization/README.md."
        ) from error


def _info_of(document: dict[str, Any], path: Path) -> TableInfo:
    texts = {key: str(document.get(key, "")) for key in ("level", "source", "doi")}
    return TableInfo(id=str(document["id"]), file=str(path), **texts)


def _bandpass_of(document: dict[str, Any], info: TableInfo) -> BandpassTable:
    pairs = _pairs_of(document["bands"])
    reference = tuple(document["reference"])
    with placed("reference"):
        if not reference:
            raise ValueError("reference must name a sensor")
        _check_sensors(reference)
    lines = []
    with placed("sensors"):
        sensors = document["sensors"]
        _check_sensors(tuple(sensors))
        for sensor, bands in sensors.items():
            with placed(sensor):
                if sensor in reference:
                    raise ValueError(f"{sensor} is the reference and cannot have lines of its own")
                lines.append((sensor, tuple(_line_of(name, entry, pairs) for name, entry in bands.items())))
    return BandpassTable(info, pairs, reference, tuple(lines))


def _pairs_of(value: Any) -> tuple[tuple[str, str], ...]:
    with placed("bands"):
        pairs = tuple((str(first), str(second)) for first, second in value)
        names = [name for pair in pairs for name in pair]
        if not pairs or len(set(names)) < len(names):
            raise ValueError('bands must be a list of pairs of different names, such as [["B02", "B2"]]')
    return pairs


def _check_sensors(sensors: tuple[str, ...]) -> None:
    unknown = [sensor for sensor in sensors if sensor not in SENSORS]
    if unknown:
        raise ValueError(f"{unknown[0]!r} is none of the sensors {', '.join(SENSORS)}")


def _line_of(name: str, entry: dict[str, Any], pairs: tuple[tuple[str, str], ...]) -> Linear:
    with placed(name):
        first = next((pair[0] for pair in pairs if name in pair), None)
        if first is None:
            raise ValueError(f"{name} is not among the bands of the table")
        line = Linear(first, number(entry, "slope"), number(entry, "offset"))
        if line.slope <= 0:
            raise FieldError("slope must be above 0", "slope")
    return line


def _brdf_of(document: dict[str, Any], info: TableInfo) -> BrdfTable:
    with placed("bands"):
        weights = tuple(_weights_of(str(name), entry) for name, entry in document["bands"].items())
        if not weights:
            raise ValueError("bands must hold weights for at least one band")
    return BrdfTable(info, weights)


def _weights_of(name: str, entry: dict[str, Any]) -> KernelWeights:
    with placed(name):
        weights = KernelWeights(name, *(number(entry, key) for key in ("iso", "vol", "geo")))
        for key in ("vol", "geo"):
            if getattr(weights, key) < 0:
                raise FieldError(f"{key} must not be negative", key)
        if weights.iso <= 0:
            raise FieldError("iso must be above 0", "iso")
    return weights

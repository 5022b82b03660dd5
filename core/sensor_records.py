# SPDX-License-Identifier: GPL-2.0-or-later
"""The declaration of a sensor as frozen records."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import NamedTuple

from .errors import SensorError


class SensorBand(NamedTuple):
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
        level_relations: (beginning of a level's name, quantification, offset) of levels with other digital numbers.
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
    level_relations: tuple[tuple[str, float, float], ...] = ()
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

    def at_level(self, level: str) -> Sensor:
        """Return the sensor with the relation of digital numbers and reflectance of a processing level."""
        for beginning, quantification, offset in self.level_relations:
            if level.startswith(beginning):
                return replace(self, quantification=quantification, offset=offset)
        return self

    @property
    def gsds(self) -> tuple[float, ...]:
        """The distinct GSDs in metres, finest first."""
        return tuple(sorted({band.gsd for band in self.bands}))

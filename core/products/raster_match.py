# SPDX-License-Identifier: GPL-2.0-or-later
"""Which band of a raster is which band of a model: by name, else by colour, else by order."""

from __future__ import annotations

from dataclasses import dataclass

from ..cards import Card
from ..errors import CardError, SensorError
from ..sensors import Sensor, SensorBand, sensor_by_id
from . import files
from .band_names import band_in, band_in_file_name
from .product_values import harmonized_family
from .raster_files import RasterBand, RasterFile
from .value_relation import LANDSAT, SENTINEL2

BY_NAME, BY_COLOUR, BY_ORDER = "by name", "by colour", "by order"
# Nanometres of the colours that cards for any raster name.
_COLOURS = {"red": 665.0, "green": 560.0, "blue": 490.0, "nir": 840.0}
_TYPICAL_MTF = 0.3
# Bands whose middles are no further apart see the same: blue, green and red of Sentinel-2 and Landsat.
LIKE_NANOMETRES = 30.0
_SATELLITES = {LANDSAT: "Landsat 8/9", SENTINEL2: "Sentinel-2"}


@dataclass(frozen=True)
class Match:
    """The bands of one raster that a model takes.

    Attributes:
        raster: the raster.
        bands: (band of the model, band of the raster), in the model's order.
        how: ``by name``, ``by colour`` or ``by order``.
    """

    raster: RasterFile
    bands: tuple[tuple[str, RasterBand], ...]
    how: str

    @property
    def text(self) -> str:
        """The mapping as text, such as ``B5 = band 1 (SR_B5)``."""
        pairs = (f"{name} = band {band.index}" + (f" ({band.name})" if band.name else "") for name, band in self.bands)
        return f"{', '.join(pairs)} of {self.raster.source.title}, {self.how}"


def general_sensor(card: Card) -> Sensor:
    """Return a sensor that knows nothing but the names of a card's bands, for cards of any raster."""
    gsds = {name: tensor.gsd for tensor in card.inputs for name in tensor.bands}
    gsds = {**dict.fromkeys(card.target_bands, card.gsd), **gsds}
    bands = tuple(
        SensorBand(name, gsd, _COLOURS.get(name.lower(), 0.0), 0.0, _TYPICAL_MTF) for name, gsd in gsds.items()
    )
    return Sensor(card.sensor, card.name, "stack", "", (), (), bands)


def match_bands(raster: RasterFile, wanted: tuple[str, ...], sensor: Sensor, card: Card) -> Match:
    """Find the bands that a model takes from one raster.

    A band is named by its description, in a raster of one band also by its file or layer. A raster none of whose bands
    carries a name of the sensor is taken by its colours (red, green, blue) where these are what the model takes, else
    in its order where it has as many bands as the model takes.

    Args:
        raster: the raster.
        wanted: names of the model's bands.
        sensor: gives their aliases.
        card: the model, for messages.

    Raises:
        CardError: bands are missing, named twice, or another satellite's of the same names.
    """
    found = _named(raster, sensor)
    names = {name: _own_name(name, sensor) for name in wanted}
    if found:
        _check_satellite(raster, tuple(names.values()), sensor, card)
        return Match(raster, tuple((name, _only(found, names[name], name, raster, card)) for name in wanted), BY_NAME)
    colours = {band_in(band.colour, sensor): band for band in raster.bands}
    if None in colours:
        del colours[None]
    if all(own in colours for own in names.values()):
        return Match(raster, tuple((name, colours[own]) for name, own in names.items()), BY_COLOUR)
    if len(raster.bands) == len(wanted):
        return Match(raster, tuple(zip(wanted, raster.bands)), BY_ORDER)
    raise CardError(
        f"{card.id} takes {', '.join(wanted)} from {raster.source.title}, which has {raster.listed}. Name its bands in "
        f"their descriptions, or pass a raster with just these {len(wanted)} in this order."
    )


def _check_satellite(raster: RasterFile, names: tuple[str, ...], sensor: Sensor, card: Card) -> None:
    """Refuse files of HLS for a model of the other satellite where bands of the same names see other light."""
    path = raster.source.path
    family = harmonized_family(files.open_raster(path), raster.bands[0].index, path) if sensor.id in _SATELLITES else ""
    if family in ("", sensor.id):
        return
    other = sensor_by_id(family)
    own = {name: band_in(name, other) for name in names}
    foreign = [name for name, there in own.items() if there is None or _apart(sensor.band(name), other.band(there))]
    if foreign:
        raise CardError(
            f"{card.id} takes bands of {_SATELLITES[sensor.id]}; {', '.join(foreign)} of {raster.source.title} are "
            f"called alike but are {_SATELLITES[family]}'s, by its name of HLS. Choose a model for "
            f"{_SATELLITES[family]}."
        )


def _apart(first: SensorBand, second: SensorBand) -> bool:
    return abs(first.wavelength_nm - second.wavelength_nm) > LIKE_NANOMETRES


def _named(raster: RasterFile, sensor: Sensor) -> dict[str, list[RasterBand]]:
    """Return the raster's bands by the sensor's name of each."""
    found: dict[str, list[RasterBand]] = {}
    for band in raster.bands:
        name = band_in(band.name, sensor)
        if name is None and len(raster.bands) == 1:
            name = band_in_file_name(raster.source.path, sensor) or band_in(raster.source.title, sensor)
        if name is not None:
            found.setdefault(name, []).append(band)
    return found


def _own_name(name: str, sensor: Sensor) -> str:
    """Return the sensor's name of a card's band, whose sensor may be unknown here."""
    try:
        return sensor.band(name).name
    except SensorError:
        return name


def _only(found: dict[str, list[RasterBand]], own: str, name: str, raster: RasterFile, card: Card) -> RasterBand:
    bands = found.get(own, [])
    if len(bands) == 1:
        return bands[0]
    where = raster.source.title
    if bands:
        numbers = ", ".join(str(band.index) for band in bands)
        raise CardError(f"Bands {numbers} of {where} are all called {name}. Pass one date, or name them apart.")
    raise CardError(f"{card.id} needs {name}, which {where} lacks: it has {raster.listed}.")

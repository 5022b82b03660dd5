# SPDX-License-Identifier: GPL-2.0-or-later
"""Make a scene of any raster, with or without a finer one to guide it, for a model of any sensor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from osgeo import gdal

from ..cards import Card
from ..errors import CardError, SatSharpError
from ..scene import Band, Scene
from ..sensors import Sensor
from . import files
from .alignment import GSD_TOLERANCE
from .nesting import nest
from .raster_files import RasterFile, RasterSource, metres, survey
from .raster_grids import check_nesting, check_ratio, gsd_warning, with_common_crs
from .raster_match import BY_ORDER, Match, general_sensor, match_bands
from .raster_radiometry import raster_radiometry

INSTALL = "Install a model that takes these bands, or pass other rasters."


@dataclass(frozen=True)
class RasterScene:
    """A scene of any raster.

    Attributes:
        scene: the scene, with the names of the model's bands.
        sensor: the model's, or one made up from its card.
        mapping: which band is which, as sentences.
        warnings: what the user should hear.
    """

    scene: Scene
    sensor: Sensor
    mapping: tuple[str, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class _Fit:
    """How a model's bands lie in the rasters, before any pixel is read."""

    card: Card
    coarse: Match
    fine: Match | None
    warnings: tuple[str, ...]

    @property
    def matches(self) -> tuple[Match, ...]:
        return (self.coarse,) if self.fine is None else (self.fine, self.coarse)

    @property
    def doubt(self) -> tuple[bool, bool]:
        """Models whose bands were found by name, and that were made for this GSD, sort first."""
        finest = min(tensor.gsd for tensor in self.card.inputs)
        off = abs(metres(self.matches[0].raster.grid) / finest - 1) > GSD_TOLERANCE
        return any(match.how == BY_ORDER for match in self.matches), off


def open_rasters(
    coarse: RasterSource,
    guide: RasterSource | None,
    cards: tuple[Card, ...],
    model: str,
    sensors: Mapping[str, Sensor],
) -> tuple[RasterScene, Card]:
    """Open rasters for the model that the user chose, or for the one that fits them best.

    Args:
        coarse: the raster to be sharpened or enlarged.
        guide: a finer raster, or None.
        cards: the installed models.
        model: ``auto`` or the id of a card.
        sensors: known sensors by id.

    Returns:
        The scene and the model. Of several models that fit, the first whose bands were found by name and that was made
        for this GSD, else the first.

    Raises:
        CardError: the model is unknown or needs other bands or GSDs, or none fits.
        GridError: the grids do not fit each other.
        ProductError: a raster cannot be read.
    """
    rasters = survey(coarse), None if guide is None else survey(guide)
    known = {card.id: card for card in cards}
    if model != "auto" and model not in known:
        raise CardError(f"There is no model {model!r}; installed are {', '.join(known) or 'none'}.")
    fit = _best(*rasters, cards, sensors) if model == "auto" else _fit(*rasters, known[model], sensors)
    return _open(fit, sensors.get(fit.card.sensor)), fit.card


def _best(coarse: RasterFile, guide: RasterFile | None, cards: tuple[Card, ...], sensors: Mapping[str, Sensor]) -> _Fit:
    fits: list[_Fit] = []
    reasons: list[str] = []
    for card in cards:
        try:
            fits.append(_fit(coarse, guide, card, sensors))
        except SatSharpError as error:
            reasons.append(str(error))
    # A guide that the user gave should be used.
    fits = [fit for fit in fits if (fit.fine is None) == (guide is None)] or fits
    if not fits:
        raise CardError(" ".join(("No installed model fits.", *dict.fromkeys(reasons), INSTALL)))
    return min(fits, key=lambda fit: fit.doubt)


def _fit(coarse: RasterFile, guide: RasterFile | None, card: Card, sensors: Mapping[str, Sensor]) -> _Fit:
    """Find a model's bands in the rasters and compare the grids; raises as :func:`open_rasters`."""
    sensor = sensors.get(card.sensor) or general_sensor(card)
    groups = {tensor.gsd for tensor in card.inputs}
    if len(groups) > 2:
        listed = ", ".join(f"{gsd:g}" for gsd in sorted(groups))
        raise CardError(f"{card.id} takes bands of three GSDs ({listed} m), which two rasters do not have.")
    if any(tensor.dates > 1 for tensor in card.inputs):
        raise CardError(f"{card.id} needs several dates, and here is one.")
    if len(groups) == 1:
        found = match_bands(coarse, card.input_bands, sensor, card)
        unused = () if guide is None else (f"{card.id} takes no guide: {guide.source.title} is not used.",)
        return _Fit(card, found, None, (*coarse.notes, *unused, *_nonempty(gsd_warning(coarse, max(groups), card))))
    low, high = (
        tuple(name for tensor in card.inputs if tensor.gsd == gsd for name in tensor.bands) for gsd in sorted(groups)
    )
    if guide is None:
        raise CardError(f"{card.id} needs a finer raster as GUIDE, with {', '.join(low)} at {min(groups):g} m.")
    coarse, guide = with_common_crs(coarse, guide)
    check_ratio(coarse, guide, card)
    check_nesting(coarse, guide)
    matches = match_bands(coarse, high, sensor, card), match_bands(guide, low, sensor, card)
    warning = gsd_warning(coarse, max(groups), card)
    return _Fit(card, *matches, (*coarse.notes, *guide.notes, *_nonempty(warning)))


def _nonempty(*sentences: str) -> tuple[str, ...]:
    return tuple(sentence for sentence in sentences if sentence)


def _open(fit: _Fit, known: Sensor | None) -> RasterScene:
    card, source = fit.card, fit.coarse.raster.source
    sensor = _describing(card, known)
    read = [_band(match, name, index, card, known) for match in fit.matches for name, index in _indices(match)]
    bands = tuple(band for band, _, _ in read)
    if fit.fine is not None:
        bands = nest(bands, bands[0].name, source.title)
    finest = min(tensor.gsd for tensor in card.inputs)
    mapping = tuple(match.text for match in fit.matches)
    values = dict.fromkeys(words for _, words, _ in read)
    assumed = dict.fromkeys(words for _, words, is_assumed in read if is_assumed)
    scene = Scene(
        name=source.title,
        sensor=card.sensor,
        level="",
        source="; ".join(match.raster.source.origin or match.raster.source.path for match in reversed(fit.matches)),
        acquired="",
        bands=bands,
        tags=(("bands", "; ".join(mapping)), ("radiometry", "; ".join(values)), *_moves(bands)),
        gsd_ratio=bands[0].gsd / finest,
        mtf_nyquist=tuple((band.name, band.mtf_nyquist) for band in sensor.bands),
    )
    return RasterScene(
        scene,
        sensor,
        (*(f"Bands: {text}." for text in mapping), *(f"Values: {words}." for words in values)),
        (*fit.warnings, *(f"Nothing tells what the values are; assumed: {words}." for words in assumed)),
    )


def _describing(card: Card, known: Sensor | None) -> Sensor:
    """Return the sensor where it knows all bands of a card, else one that is made up from the card."""
    bands = () if known is None else known.bands
    names = {name.lower() for band in bands for name in (band.name, *band.aliases)}
    own = {name.lower() for name in (*card.input_bands, *card.target_bands)}
    return known if known is not None and own <= names else general_sensor(card)


def _indices(match: Match) -> list[tuple[str, int]]:
    return [(name, band.index) for name, band in match.bands]


def _moves(bands: tuple[Band, ...]) -> tuple[tuple[str, str], ...]:
    """Return the tag that tells by how much of their pixels bands are moved."""
    shifts = {band.shift for band in bands if any(band.shift)}
    return tuple(("shift", f"coarse bands moved by {rows:g} rows and {cols:g} columns") for rows, cols in shifts)


def _band(match: Match, name: str, index: int, card: Card, known: Sensor | None) -> tuple[Band, str, bool]:
    """Return a band, what its values are, and whether that is assumed."""
    source = match.raster.source
    dataset = files.open_raster(source.path)
    files.probe_last_block(dataset, index, source.title)
    try:
        radiometry, is_assumed = raster_radiometry(dataset, index, source.path, name, card, known)
    except SatSharpError as error:
        # The path of an exported layer tells the user nothing.
        raise type(error)(str(error).replace(source.path, source.title)) from error
    declared = _describing(card, known).band(name)
    band = Band(
        name=name,
        path=source.path,
        index=index,
        grid=match.raster.grid,
        dtype=gdal.GetDataTypeName(dataset.GetRasterBand(index).DataType),
        nodata=radiometry.nodata,
        saturated=radiometry.saturated,
        scale=radiometry.scale,
        offset=radiometry.offset,
        wavelength_nm=declared.wavelength_nm or None,
        bandwidth_nm=declared.bandwidth_nm or None,
        valid_range=radiometry.valid_range,
    )
    return band, f"{source.title}, {radiometry.source}", is_assumed

# SPDX-License-Identifier: GPL-2.0-or-later
"""What can be done with several dates of one place: which inputs of the list are such, and what fits them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCoordinateTransformContext,
    QgsCsException,
    QgsRectangle,
)

from ..core.cards import Card
from ..core.errors import SatSharpError
from ..core.sensors import Sensor
from ..plugin.i18n import Translated
from .inputs import Recognised
from .panel_offer import FOLDER, PROFILE, PROVIDER, STACK, TABLE, TIMESERIES, Offer, dates_of_card

if TYPE_CHECKING:
    from ..core.products.raster_files import RasterSource

# As published models of several dates are called in the catalogue.
_SEVERAL = re.compile(r"\b([2-9]|[1-9]\d) images\b")
SUGGESTED = 2

# Neighbouring tiles share a margin, and are no dates of one place: so much of the smaller one must be in the other.
LEAST_OVERLAP = 0.5


def dates_of(item: Recognised, items: tuple[Recognised, ...]) -> tuple[Recognised, ...]:
    """Return the inputs that show the same place as one by the same sensor, it among them; those here only."""
    return tuple(one for one in items if one is item or (_is_like(one, item) and _overlap(one, item)))


def path_of(item: Recognised) -> str:
    """Return what algorithms of several dates are given for an input."""
    return item.source or (item.raster.path if item.raster is not None else item.layer)


class SeriesOffers(Translated):
    """Makes offers for several dates."""

    def __init__(self, cards: tuple[Card, ...], sensors: dict[str, Sensor]) -> None:
        """Take the installed models and the sensors by id."""
        self._cards, self._sensors = tuple(card for card in cards if dates_of_card(card) > 1), sensors

    def for_dates(self, dates: tuple[Recognised, ...]) -> list[Offer]:
        """Return what fits several dates; to be called on a worker thread, as models are tried on the first of them."""
        rasters = all(one.sensor is None for one in dates)
        series = self._of_rasters(dates) if rasters else []
        if rasters and not (series and all(_has_bands_of(one, dates[0]) for one in dates)):
            return series
        return series + self._combined(dates)

    def _combined(self, dates: tuple[Recognised, ...]) -> list[Offer]:
        """Return the models that make one finer image of the dates, that with the most dates first."""
        identifier, count = f"{PROVIDER}:{TIMESERIES}", len(dates)
        ordered = sorted(self._cards, key=lambda card: _surplus(card, count))
        tried = [(card, self._problem(dates[0], card)) for card in ordered]
        title = self.tr("Combine the {} dates: {}")
        found = [
            Offer(identifier, title.format(count, card.name), (card,), {"MODEL": card.id}, several=True)
            for card, problem in tried
            if not problem
        ]
        if found:
            return found
        name = self.tr("Combine the {} dates").format(count)
        return [Offer(identifier, name, several=True, blocked=self._needed(tried, count))]

    def _needed(self, tried: list[tuple[Card, str]], count: int) -> str:
        """Return which model is missing, and how to get it."""
        suggested = "; ".join(published_for(count))
        if tried:
            start = self.tr("No installed model of several dates fits: {}").format(tried[0][1])
        else:
            start = self.tr("No model that takes several dates is installed.")
        how = self.tr("The list of models (the button with the gears) tells how to get one, such as {}.")
        return f"{start} {how.format(suggested)}"

    def _problem(self, item: Recognised, card: Card) -> str:
        """Return why a model does not take a date; empty where it does."""
        from ..core.dates import WHITE
        from ..core.products.dated import open_date

        try:
            open_date(source_of(item), card, self._sensors, WHITE)
        except SatSharpError as error:
            return str(error)
        return ""

    def _of_rasters(self, dates: tuple[Recognised, ...]) -> list[Offer]:
        """Return what needs no model but rasters whose dates are known."""
        if not all(map(_is_dated, dates)):
            return []
        count = len(dates)
        return [
            Offer(f"{PROVIDER}:{STACK}", self.tr("Time series of {} dates").format(count), several=True, output=FOLDER),
            Offer(
                f"{PROVIDER}:{PROFILE}",
                self.tr("Index at a point, {} dates").format(count),
                extras=("POINT", "INDEX"),
                several=True,
                output=TABLE,
            ),
        ]


def source_of(item: Recognised) -> RasterSource:
    """Return an input as the engine opens a date."""
    from ..core.products.raster_files import RasterSource

    return item.raster if item.raster is not None else RasterSource(item.source, item.title)


def published_for(count: int) -> tuple[str, ...]:
    """Return names of published models for so many dates or fewer, the nearest first."""
    from ..core.model_catalogue import bundled_catalogue

    try:
        entries, _ = bundled_catalogue()
    except SatSharpError:
        return ()
    found = ((_SEVERAL.search(entry.name), entry.name) for entry in entries)
    numbered = [(int(match.group(1)), name) for match, name in found if match is not None]
    return tuple(name for _, name in sorted(numbered, key=lambda one: abs(one[0] - count))[:SUGGESTED])


def _surplus(card: Card, count: int) -> tuple[bool, int]:
    """Return what sorts models, as the algorithm does: those that need no date twice first."""
    wanted = dates_of_card(card)
    return wanted > count, wanted if wanted > count else -wanted


def _is_like(one: Recognised, item: Recognised) -> bool:
    return not (one.on_the_web or item.on_the_web) and one.sensor == item.sensor


def _has_bands_of(one: Recognised, item: Recognised) -> bool:
    return [(gsd, len(names)) for gsd, names in one.groups] == [(gsd, len(names)) for gsd, names in item.groups]


def _overlap(one: Recognised, item: Recognised) -> bool:
    if one.bounds is None or item.bounds is None:
        return False
    first, second = QgsRectangle(*one.bounds), QgsRectangle(*item.bounds)
    if one.crs != item.crs:
        systems = (QgsCoordinateReferenceSystem.fromWkt(crs) for crs in (one.crs, item.crs))
        transform = QgsCoordinateTransform(*systems, QgsCoordinateTransformContext())
        try:
            first = transform.transformBoundingBox(first)
        except QgsCsException:
            return False
    common, smaller = first.intersect(second), min(_area(first), _area(second))
    return first.intersects(second) and _area(common) >= LEAST_OVERLAP * smaller


def _area(box: QgsRectangle) -> float:
    return box.width() * box.height()


def _is_dated(item: Recognised) -> bool:
    """Return whether a raster's tags or name tell its date, as the algorithms of time series read it."""
    from ..core.products import files
    from ..core.timeseries.dates import time_of

    path = path_of(item)
    try:
        tags = files.open_raster(path).GetMetadata()
    except SatSharpError:
        return False
    return time_of(tags, path) is not None

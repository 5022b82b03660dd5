# SPDX-License-Identifier: GPL-2.0-or-later
"""What can be done with an input: algorithms and models that fit it, the best first; decided without widgets."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..core.cards import Card
from ..core.errors import SatSharpError
from ..core.sensors import Sensor
from ..core.variant_choice import FULL, in_precision
from ..plugin.i18n import Translated
from .inputs import Recognised
from .panel_offer import CUBIC, LANDSAT_HARMONIZATION, PANSHARPEN, PROVIDER, RASTER, Offer, dates_of_card
from .panel_series import SeriesOffers

if TYPE_CHECKING:
    from ..core.products.raster_files import RasterSource
    from ..core.scene import Scene

PANCHROMATIC = "B8"
# As in core.planning, which loads numpy.
GSD_TOLERANCE = 0.02


class Offers(Translated):
    """Makes the list for one input."""

    def __init__(
        self, known: Callable[[str], bool], cards: tuple[Card, ...], sensors: tuple[Sensor, ...], precision: str = FULL
    ) -> None:
        """Take which algorithm ids are registered, the installed models, the sensors, and the preferred precision."""
        self._known, self._cards, self._precision = known, cards, precision
        self._sensors = {sensor.id: sensor for sensor in sensors}

    def for_input(self, item: Recognised, dates: tuple[Recognised, ...] = ()) -> tuple[Offer, ...]:
        """Return what can be done, the suggestion first.

        Args:
            item: the input.
            dates: the inputs of the list that show the same place by the same sensor; see ``panel_series``.
        """
        series = SeriesOffers(self._cards, self._sensors).for_dates(dates) if len(dates) > 1 else []
        if item.sensor is None:
            # Who adds rasters of several dates hardly wants one of them enlarged.
            found = series + self._of_raster(item)
        else:
            found = self._of_product(item) + series + self._harmonizations(item)
        return tuple(offer for offer in found if self._known(offer.algorithm))

    def _of_product(self, item: Recognised) -> list[Offer]:
        sensor = item.sensor
        if sensor is None:
            return []
        own = tuple(card for card in self._cards if _sharpens(card, sensor))
        identifier = f"{PROVIDER}:{sensor.algorithm}"
        if item.scene is None:
            chosen = tuple(card for card in own if card.id in sensor.models)
            return [Offer(identifier, self.tr("Sharpen all bands"), chosen, {"MODEL": "auto"})]
        served = {gsd: self._chosen(item, own, (gsd,)) for gsd in _coarser(item)}
        served = {gsd: cards for gsd, cards in served.items() if cards}
        if not served:
            return self._by_model(item, own, ())
        finest = _metres(item.groups[0][0])
        every = tuple(dict.fromkeys(card for cards in served.values() for card in cards))
        title = self.tr("Sharpen all bands to {}").format(finest)
        labels = [_metres(gsd) for gsd in served]
        whole = {"MODEL": "auto"} if len(served) == len(_coarser(item)) else {"MODEL": "auto", "BANDS": labels}
        offers = [Offer(identifier, title, every, whole)]
        if len(served) > 1:
            sentence = self.tr("Sharpen the {} bands to {}")
            offers += [
                Offer(
                    identifier,
                    sentence.format(_metres(gsd), finest),
                    cards,
                    {"MODEL": "auto", "BANDS": [_metres(gsd)]},
                )
                for gsd, cards in served.items()
            ]
        return offers + self._by_model(item, own, every)

    def _by_model(self, item: Recognised, cards: tuple[Card, ...], used: tuple[Card, ...]) -> list[Offer]:
        """Return models that fit and that ``auto`` would not take."""
        sensor, scene = item.sensor, item.scene
        others = [card for card in cards if card not in used and scene is not None and _takes(card, scene)]
        identifier = f"{PROVIDER}:{sensor.algorithm}" if sensor is not None else ""
        return [Offer(identifier, card.name, (card,), {"MODEL": card.id}) for card in others]

    def _chosen(self, item: Recognised, cards: tuple[Card, ...], gsds: tuple[float, ...]) -> tuple[Card, ...]:
        from ..core.planning import choose_cards

        if item.scene is None or item.sensor is None:
            return ()
        try:
            preferred = in_precision(item.sensor.models, cards, self._precision)
            return choose_cards(item.scene, cards, preferred, "auto", gsds)
        except SatSharpError:
            return ()

    def _of_raster(self, item: Recognised) -> list[Offer]:
        identifier = f"{PROVIDER}:{RASTER}"
        if item.raster is None:
            return [Offer(identifier, self.tr("Enlarge or sharpen"), (), {"MODEL": "auto"}, ("GUIDE",))]
        alone = [card for card in self._cards if len({t.gsd for t in card.inputs}) == 1 and dates_of_card(card) == 1]
        sentence = self.tr("{}: {} times finer")
        offers = [
            Offer(identifier, sentence.format(card.name, card.scale_factor), (card,), {"MODEL": card.id})
            for card in sorted(alone, key=lambda one: bool(one.experimental))
            if self._fits(item.raster, card)
        ]
        if len(alone) < len(self._cards):
            offers.append(
                Offer(identifier, self.tr("Sharpen with a finer raster"), (), {"MODEL": "auto"}, ("GUIDE",), ("GUIDE",))
            )
        return offers

    def _fits(self, raster: RasterSource, card: Card) -> bool:
        from ..core.products.raster_scene import open_rasters

        try:
            open_rasters(raster, None, (card,), card.id, self._sensors)
        except SatSharpError:
            return False
        return True

    def _harmonizations(self, item: Recognised) -> list[Offer]:
        """Return how Landsat is brought to Sentinel-2: with its panchromatic band where that is at hand."""
        if _sensor_id(item) != "landsat":
            return []
        cards = tuple(card for card in self._cards if card.harmonizes and card.sensor == "landsat")[:1]
        has_pan = item.scene is not None and item.scene.has((PANCHROMATIC,))
        pan: dict[str, Any] = {"extras": ("REFERENCE",) if has_pan else ("PAN", "REFERENCE")}
        if item.scene is not None and not has_pan:
            pan["needed"] = ("PAN",)
        identifier = f"{PROVIDER}:{LANDSAT_HARMONIZATION}"
        with_pan = [Offer(identifier, self.tr("Harmonize to Sentinel-2, 10 m"), cards, **pan)] if cards else []
        title = self.tr("Harmonize by pan-sharpening, 10 m")
        with_pan.append(Offer(identifier, title, parameters={"METHOD": PANSHARPEN}, **pan))
        if has_pan or (item.scene is None and cards):
            return with_pan
        title = self.tr("Harmonize by interpolation, 10 m")
        return [Offer(identifier, title, parameters={"METHOD": CUBIC}, extras=("REFERENCE",)), *with_pan]


def _sensor_id(item: Recognised) -> str:
    return item.sensor.id if item.sensor is not None else ""


def _sharpens(card: Card, sensor: Sensor) -> bool:
    """Return whether a model sharpens single products of a sensor, and does not turn them into another's."""
    return card.sensor == sensor.id and dates_of_card(card) == 1 and not card.harmonizes


def _takes(card: Card, scene: Scene) -> bool:
    """Return whether a scene has the bands of a model at its GSDs."""
    needed = [(name, tensor.gsd) for tensor in card.inputs for name in tensor.bands]
    return all(scene.has((name,)) and abs(scene.nominal_gsd(name) / gsd - 1) < GSD_TOLERANCE for name, gsd in needed)


def _coarser(item: Recognised) -> list[float]:
    """Return the GSDs of the groups to be sharpened, as the sensor file states them."""
    return [gsd for gsd, _ in item.groups[1:]]


def _metres(gsd: float) -> str:
    """Return a group of bands as the parameter BANDS names it, which is never translated."""
    return f"{round(gsd, 6):g} m"

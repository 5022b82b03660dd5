# SPDX-License-Identifier: GPL-2.0-or-later
"""What can be done with an input: algorithms and models that fit it, the best first; decided without widgets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..core.cards import Card
from ..core.errors import SatSharpError
from ..core.sensors import Sensor
from ..plugin.i18n import Translated
from .inputs import Recognised

if TYPE_CHECKING:
    from ..core.products.raster_files import RasterSource
    from ..core.scene import Scene

PROVIDER = "satsharp"
PANCHROMATIC = "B8"
# As in core.planning, which loads numpy.
GSD_TOLERANCE = 0.02
RASTER, TIMESERIES, LANDSAT_HARMONIZATION = "superresolve_raster", "superresolve_timeseries", "harmonize_landsat"
STACK, PROFILE = "stack_timeseries", "index_profile"
# What comes out: one raster, a folder of rasters, or a table with a plot.
ONE_RASTER, FOLDER, TABLE = "raster", "folder", "table"
NETWORK, CUBIC = "network", "cubic"


@dataclass(frozen=True)
class Offer:
    """One thing that can be done.

    Attributes:
        algorithm: id with that of the provider.
        title: what it does, for people.
        cards: the models that it will use; empty where the algorithm uses none.
        parameters: what it fixes beside the input.
        extras: names of further parameters that the user may fill.
        needed: those of them that must be filled, beside what the algorithm itself demands.
        several: whether it takes all dates of the list at once.
        output: what comes out: ``ONE_RASTER``, ``FOLDER`` or ``TABLE``.
        blocked: why it cannot be run yet, and what helps; empty where it can.
    """

    algorithm: str
    title: str
    cards: tuple[Card, ...] = ()
    parameters: dict[str, Any] = field(default_factory=dict, hash=False)
    extras: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    several: bool = False
    output: str = ONE_RASTER
    blocked: str = ""

    @property
    def name(self) -> str:
        """The algorithm's id without that of the provider."""
        return self.algorithm.partition(":")[2]

    @property
    def is_sharpening(self) -> bool:
        """Whether it sharpens one input on its own grid."""
        return not self.several and self.name != LANDSAT_HARMONIZATION

    @property
    def has_extent(self) -> bool:
        """Whether it can be done for a part of the input."""
        return self.output == ONE_RASTER

    @property
    def speed_keys(self) -> tuple[str, ...]:
        """Under which names its speed is kept: those of its models, or that of the method without one."""
        without = (CUBIC,) if self.parameters.get("METHOD") == CUBIC else ()
        return tuple(card.id for card in self.cards) or without

    @property
    def experimental(self) -> tuple[str, ...]:
        """Why models are to be used with care."""
        return tuple(card.experimental for card in self.cards if card.experimental)


class Offers(Translated):
    """Makes the list for one input."""

    def __init__(self, known: Callable[[str], bool], cards: tuple[Card, ...], sensors: tuple[Sensor, ...]) -> None:
        """Take which algorithm ids are registered, the installed models, and the sensors."""
        self._known, self._cards = known, cards
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
            return choose_cards(item.scene, cards, item.sensor.models, "auto", gsds)
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
        """Return how Landsat is brought to Sentinel-2: by a network where there is a panchromatic band, else without."""
        if _sensor_id(item) != "landsat":
            return []
        identifier = f"{PROVIDER}:{LANDSAT_HARMONIZATION}"
        cards = tuple(card for card in self._cards if card.harmonizes and card.sensor == "landsat")[:1]
        title = self.tr("Harmonize to Sentinel-2, 10 m")
        plain = Offer(
            identifier,
            self.tr("Harmonize to Sentinel-2, 10 m, by interpolation"),
            parameters={"METHOD": CUBIC},
            extras=("REFERENCE",),
        )
        if item.scene is None or item.scene.has((PANCHROMATIC,)):
            extras = ("REFERENCE",) if item.scene is not None else ("PAN", "REFERENCE")
            return [*([Offer(identifier, title, cards, extras=extras)] if cards else []), plain]
        with_pan = Offer(identifier, title, cards, extras=("PAN", "REFERENCE"), needed=("PAN",))
        return [plain, *([with_pan] if cards else [])]


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

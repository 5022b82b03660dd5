# SPDX-License-Identifier: GPL-2.0-or-later
"""What a request will take: size at once, speed from earlier runs or from one tile that is tried in the background."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from qgis.PyQt.QtCore import QLocale

from ..core.cards import Card
from ..core.sensors import Sensor
from ..plugin.i18n import Translated
from ..plugin.settings import load_settings
from .inputs import Recognised
from .panel_device import DeviceFacts, find_device
from .panel_offers import Offer

if TYPE_CHECKING:
    from ..core.forecast import Forecast
    from ..core.job import Job, Options
    from ..core.scene import Scene

# Looking at the scene before the first tile takes some seconds.
OVERHEAD_SECONDS = 5.0
MEGABYTE, GIGABYTE = 1e6, 1e9


@dataclass(frozen=True)
class Question:
    """What is asked, as plain values.

    Attributes:
        item: the input.
        offer: what is to be done with it.
        extent: x minimum, y minimum, x maximum, y maximum, or None for all of it.
        extent_crs: CRS of the extent, code or WKT.
        sensors: known sensors by id.
        known: speeds that were measured earlier, in output megapixels a second by (device, model).
    """

    item: Recognised
    offer: Offer
    extent: tuple[float, float, float, float] | None
    extent_crs: str
    sensors: dict[str, Sensor]
    known: Callable[[str, str], float | None]


@dataclass(frozen=True)
class Answer:
    """What was found out.

    Attributes:
        forecast: size and memory; None where the scene is not here yet.
        device: the device.
        speeds: output megapixels a second by model.
        measured: models whose speed was measured now.
    """

    forecast: Forecast | None
    device: DeviceFacts
    speeds: dict[str, float]
    measured: tuple[str, ...] = ()

    @property
    def seconds(self) -> float | None:
        """How long the run will take; None where a speed is not known."""
        if self.forecast is None or not self.speeds:
            return None
        return OVERHEAD_SECONDS + sum(self.forecast.megapixels / speed for speed in self.speeds.values())


def answer(question: Question, measure: bool, is_cancelled: Callable[[], bool]) -> Answer:
    """Find out what a request will take; to be called on a worker thread.

    Args:
        question: the request.
        measure: try one tile with each model whose speed is not known.
        is_cancelled: asked while a tile is tried.

    Raises:
        SatSharpError: the request cannot be planned; the sentence says why.
    """
    from ..core.forecast import forecast

    device = find_device()
    scene = _scene(question)
    if scene is None or not question.offer.cards or not question.offer.is_sharpening:
        return Answer(None, device, {})
    planned = _plan(question, scene, question.offer.cards)
    speeds = {card.id: question.known(device.device, card.id) for card in question.offer.cards}
    missing = [card for card in question.offer.cards if speeds[card.id] is None]
    if measure and device.device and device.offered:
        for card in missing:
            speeds[card.id] = _measured(_plan(question, scene, (card,)), is_cancelled)
    found = {name: speed for name, speed in speeds.items() if speed is not None}
    complete = found if len(found) == len(question.offer.cards) else {}
    now = tuple(card.id for card in missing if card.id in found)
    return Answer(forecast(planned), device, complete, now)


def _scene(question: Question) -> Scene | None:
    if question.item.raster is None:
        return question.item.scene
    from ..core.products.raster_scene import open_rasters

    offer = question.offer
    if not offer.cards:
        return None
    return open_rasters(question.item.raster, None, offer.cards, offer.cards[0].id, question.sensors)[0].scene


def _plan(question: Question, scene: Scene, cards: tuple[Card, ...]) -> Job:
    from ..core.planning import plan_job

    folder = Path(tempfile.gettempdir())
    options = replace(_options(), extent=question.extent, extent_crs=question.extent_crs)
    return plan_job(scene, cards, str(folder / "satsharp-forecast.tif"), options)


def _options() -> Options:
    from ..core.job import Options

    settings = load_settings()
    return Options(device=settings.device, tile_size=settings.tile_size, memory_mb=settings.memory_mb)


def _measured(job: Job, is_cancelled: Callable[[], bool]) -> float:
    from ..core.forecast import measure_speed
    from .speeds import watched

    return measure_speed(job, watched(is_cancelled))


class ForecastWords(Translated):
    """Says it."""

    def size(self, forecast: Forecast) -> str:
        """Return the size of the result."""
        sentence = self.tr("{} × {} pixels of {} m, {} bands, {}")
        size = self.amount(forecast.nbytes)
        return sentence.format(forecast.width, forecast.height, f"{forecast.gsd:.4g}", forecast.bands, size)

    def cost(self, found: Answer) -> str:
        """Return time and memory."""
        if found.forecast is None:
            return self.tr("Time and memory: not measured yet")
        memory = self.tr("{} of memory").format(self.amount(found.forecast.memory))
        seconds = found.seconds
        if seconds is None:
            return self.tr("{}; time not measured yet").format(memory)
        return self.tr("About {}, {}").format(self.duration(seconds), memory)

    def duration(self, seconds: float) -> str:
        """Return a time for people."""
        if seconds < 90:
            return _together(self.tr("{} s").format(max(1, round(seconds))))
        if seconds < 5400:
            return _together(self.tr("{} min").format(round(seconds / 60)))
        return _together(self.tr("{} h").format(QLocale().toString(seconds / 3600, "f", 1)))

    def amount(self, nbytes: float) -> str:
        """Return an amount of bytes for people."""
        if nbytes < GIGABYTE:
            return _together(self.tr("{} MB").format(max(1, round(nbytes / MEGABYTE))))
        return _together(self.tr("{} GB").format(QLocale().toString(nbytes / GIGABYTE, "f", 1)))


def _together(text: str) -> str:
    """Return a number and its unit with a space at which no line ends."""
    return text.replace(" ", "\u00a0")

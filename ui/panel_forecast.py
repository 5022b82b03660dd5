# SPDX-License-Identifier: GPL-2.0-or-later
"""What a request will take: size at once, speed from earlier runs or from one tile that is tried in the background."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from qgis.PyQt.QtCore import QLocale

from ..plugin.i18n import Translated
from .panel_device import DeviceFacts, find_device
from .panel_offer import LANDSAT_HARMONIZATION, TIMESERIES
from .panel_plan import Question, plan

if TYPE_CHECKING:
    from ..core.forecast import Forecast
    from ..core.job import Job

__all__ = ["Answer", "ForecastWords", "Question", "answer"]

# Looking at the scene before the first tile takes some seconds.
OVERHEAD_SECONDS = 5.0
# Harmonizing finds a shift, angles and clouds; several dates are judged by their clouds.
LOOKING_SECONDS = {LANDSAT_HARMONIZATION: 10.0, TIMESERIES: 10.0}
MEGABYTE, GIGABYTE = 1e6, 1e9


@dataclass(frozen=True)
class Answer:
    """What was found out.

    Attributes:
        forecast: size and memory; None where the scene is not here yet.
        device: the device.
        speeds: output megapixels a second by model.
        measured: models whose speed was measured now.
        before: seconds of looking at the scene before the first tile.
    """

    forecast: Forecast | None
    device: DeviceFacts
    speeds: dict[str, float]
    measured: tuple[str, ...] = ()
    before: float = OVERHEAD_SECONDS

    @property
    def seconds(self) -> float | None:
        """How long the run will take; None where a speed is not known."""
        if self.forecast is None or not self.speeds:
            return None
        return self.before + sum(self.forecast.megapixels / speed for speed in self.speeds.values())


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

    device, keys = find_device(), question.offer.speed_keys
    with tempfile.TemporaryDirectory(prefix="satsharp-") as folder:
        planned = plan(question, Path(folder))
        if planned is None:
            return Answer(None, device, {})
        speeds = {key: question.known(device.device, key) for key in keys}
        missing = [key for key in keys if speeds[key] is None]
        if measure and device.device and device.offered:
            speeds.update((key, _measured(planned.alone[key], is_cancelled)) for key in missing)
    found = {key: speed for key, speed in speeds.items() if speed is not None}
    complete = found if len(found) == len(keys) else {}
    expected = LOOKING_SECONDS.get(question.offer.name, OVERHEAD_SECONDS)
    return Answer(forecast(planned.whole), device, complete, tuple(key for key in missing if key in found), expected)


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

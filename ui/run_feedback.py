# SPDX-License-Identifier: GPL-2.0-or-later
"""The feedback of a run in the panel: keeps what is said, can be paused between tiles, tells how long it will take."""

from __future__ import annotations

import threading
import time

from qgis.core import Qgis, QgsProcessingFeedback
from qgis.PyQt.QtCore import pyqtSignal

from ..core.errors import StoppedError

POLL_SECONDS = 0.1
# Before this share is done an estimate would jump about.
LEAST_PERCENT = 1.0


class RunFeedback(QgsProcessingFeedback):
    """Keeps the log of a run; the worker thread waits in ``isCanceled`` while the run is paused.

    The engine asks before each tile whether it was cancelled: a paused run computes no further tile and keeps what it
    has in memory and on disk. Who cancels it by QGIS's own means (its list of tasks, closing QGIS) stops it only: what
    is finished is kept. ``discard`` deletes it.
    """

    said = pyqtSignal(str, int)

    def __init__(self) -> None:
        """Start without a word; QGIS's own log is left alone."""
        super().__init__(False)
        self.log: list[tuple[str, int]] = []
        self.problem = ""
        self._discards = False
        self._go = threading.Event()
        self._go.set()
        self._clock = _Clock()
        self.progressChanged.connect(self._clock_tiles)

    def isCanceled(self) -> bool:
        """Return whether the run was cancelled, once it is not paused any more."""
        while not self._go.is_set() and not super().isCanceled():
            self._go.wait(POLL_SECONDS)
        if super().isCanceled() and not self._discards:
            raise StoppedError("The run was stopped.")
        return bool(super().isCanceled())

    @property
    def is_ended(self) -> bool:
        """Whether it was cancelled or stopped; unlike ``isCanceled`` this neither waits nor raises."""
        return bool(super().isCanceled())

    @property
    def discards(self) -> bool:
        """Whether nothing of the run is to be kept."""
        return self._discards

    def discard(self) -> None:
        """Cancel the run and have what is finished deleted."""
        self._discards = True
        self.cancel()

    @property
    def is_paused(self) -> bool:
        """Whether the run waits."""
        return not self._go.is_set()

    def pause(self) -> None:
        """Let the run wait from the next tile on."""
        self._clock.stop()
        self._go.clear()

    def go_on(self) -> None:
        """Let it go on."""
        self._clock.go_on()
        self._go.set()

    def begin(self) -> None:
        """Note that the run starts now."""
        self._clock = _Clock()

    def end(self) -> None:
        """Note that the run has ended."""
        self._clock.stop()

    def seconds(self) -> float:
        """Return how long the run has been at work, without pauses."""
        return self._clock.seconds()

    def seconds_left(self) -> float | None:
        """Return how long it will still take; None where nothing tells yet."""
        return self._clock.seconds_left(self.progress())

    def seconds_of_tiles(self) -> float | None:
        """Return how long all tiles took, without looking at the scene before them; None before the second tile."""
        return self._clock.seconds_of_tiles(self.progress())

    def pushInfo(self, info: str) -> None:
        """Keep a sentence."""
        self._keep(info, Qgis.MessageLevel.Info)

    def pushWarning(self, warning: str) -> None:
        """Keep a warning."""
        self._keep(warning, Qgis.MessageLevel.Warning)

    def pushDebugInfo(self, info: str) -> None:
        """Keep a sentence."""
        self._keep(info, Qgis.MessageLevel.Info)

    def pushCommandInfo(self, info: str) -> None:
        """Keep a sentence."""
        self._keep(info, Qgis.MessageLevel.Info)

    def pushConsoleInfo(self, info: str) -> None:
        """Keep a sentence."""
        self._keep(info, Qgis.MessageLevel.Info)

    def setProgressText(self, text: str) -> None:
        """Keep a sentence."""
        self._keep(text, Qgis.MessageLevel.Info)

    def reportError(self, error: str, fatalError: bool = False) -> None:  # noqa: N803 - QGIS's name
        """Keep an error; the last one is why the run failed."""
        self.problem = error
        self._keep(error, Qgis.MessageLevel.Critical)

    def _clock_tiles(self, percent: float) -> None:
        self._clock.seconds_of_tiles(percent)

    def _keep(self, text: str, level: Qgis.MessageLevel) -> None:
        if text.strip():
            self.log.append((text, int(level)))
            self.said.emit(text, int(level))


class _Clock:
    """Measures time without pauses, and what the first progress leaves to expect."""

    def __init__(self) -> None:
        self._started: float | None = time.monotonic()
        self._before = 0.0
        self._first: tuple[float, float] | None = None

    def stop(self) -> None:
        self._before, self._started = self.seconds(), None

    def go_on(self) -> None:
        if self._started is None:
            self._started = time.monotonic()

    def seconds(self) -> float:
        return self._before + (time.monotonic() - self._started if self._started is not None else 0.0)

    def seconds_of_tiles(self, percent: float) -> float | None:
        if percent <= 0:
            return None
        if self._first is None:
            self._first = self.seconds(), percent
        before, start = self._first
        # What comes before the first tile (looking at the scene) is not repeated.
        if percent - start < LEAST_PERCENT:
            return None
        return (self.seconds() - before) / (percent - start) * 100

    def seconds_left(self, percent: float) -> float | None:
        whole = self.seconds_of_tiles(percent)
        return None if whole is None else whole * (100 - percent) / 100

# SPDX-License-Identifier: GPL-2.0-or-later
"""What is said of a run in one line."""

from __future__ import annotations

from ..plugin.i18n import Translated
from .panel_forecast import ForecastWords
from .run_quality import QualityWords
from .run_record import CANCELLED, DONE, FAILED, PAUSED, RUNNING, STOPPED, WAITING, Run


class RunWords(Translated):
    """Says it."""

    def __init__(self) -> None:
        """Prepare the words of others."""
        self._times, self._quality = ForecastWords(), QualityWords()

    def state(self, run: Run) -> str:
        """Return state, share and time."""
        if run.state == RUNNING:
            return self._running(run)
        if run.state == PAUSED:
            percent = round(run.feedback.progress())
            return self.tr("Paused at {} %: memory and what is done are kept").format(percent)
        if run.state == DONE:
            took = self.tr("Done in {}").format(self._times.duration(run.feedback.seconds()))
            quality = self._quality.line(run)
            return f"{took}. {quality}." if quality else took
        sentences = {
            WAITING: self.tr("Waiting"),
            FAILED: run.feedback.problem or self.tr("Failed"),
            CANCELLED: self.tr("Cancelled; nothing was written"),
            STOPPED: self.tr("Stopped; what is finished is kept"),
        }
        if run.state == CANCELLED and run.was_stopped:
            return self.tr("Stopped before the first strip was finished, so there was nothing to keep")
        return sentences[run.state]

    def _running(self, run: Run) -> str:
        left = run.feedback.seconds_left()
        if left is not None:
            return self.tr("{} left").format(self._times.duration(left))
        return self.tr("Looking at the scene…") if run.feedback.progress() <= 0 else self.tr("Running")

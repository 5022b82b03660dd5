# SPDX-License-Identifier: GPL-2.0-or-later
"""One run of the queue: what is run on what, and how it stands."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QObject, pyqtSignal

from .run_feedback import RunFeedback

WAITING, RUNNING, PAUSED = "waiting", "running", "paused"
DONE, FAILED, CANCELLED, STOPPED = "done", "failed", "cancelled", "stopped"
ACTIVE, ENDED = (RUNNING, PAUSED), (DONE, FAILED, CANCELLED, STOPPED)


class Run(QObject):
    """A run with its state; ``changed`` is emitted on the main thread whenever there is something new to show."""

    changed = pyqtSignal()

    def __init__(self, algorithm: str, parameters: dict[str, Any], title: str, details: dict[str, Any]) -> None:
        """Take what to run.

        Args:
            algorithm: id with that of the provider.
            parameters: its parameters as plain values.
            title: for the list and the group of layers.
            details: ``layer`` (id of the loaded layer that was the input), ``bands`` (see ``run_stretch``), ``models``,
                ``device`` and ``megapixels``; any of them may be missing.
        """
        super().__init__()
        self.algorithm, self.parameters, self.title = algorithm, parameters, title
        self.details = details
        self.state = WAITING
        self.was_stopped = False
        self.results: dict[str, Any] = {}
        self.layers: list[str] = []
        self.renew()

    def renew(self) -> None:
        """Take a fresh feedback, with which a run that was stopped can go on."""
        self.feedback = RunFeedback()
        self.feedback.progressChanged.connect(self._tell)
        self.feedback.said.connect(self._tell)

    @property
    def can_resume(self) -> bool:
        """Whether its algorithm goes on with what a stopped run has left."""
        algorithm = QgsApplication.processingRegistry().algorithmById(self.algorithm)
        return algorithm is not None and algorithm.parameterDefinition("RESUME") is not None

    @property
    def is_active(self) -> bool:
        """Whether it is being worked on."""
        return self.state in ACTIVE

    @property
    def is_ended(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in ENDED

    @property
    def warnings(self) -> list[str]:
        """What the user should have seen."""
        from qgis.core import Qgis

        return [text for text, level in self.feedback.log if level == int(Qgis.MessageLevel.Warning)]

    def to(self, state: str) -> None:
        """Change the state."""
        self.state = state
        self.changed.emit()

    def _tell(self, *_: object) -> None:
        self.changed.emit()

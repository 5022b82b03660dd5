# SPDX-License-Identifier: GPL-2.0-or-later
"""Look at a whole scene before anybody asks for a preview of it: the first one then comes as soon as the next ones."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from qgis.core import QgsApplication, QgsReferencedRectangle
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from .panel_work import is_idle
from .preview_task import PreviewTask
from .preview_window import SIDES, Subject, can_preview, lies_on_the_web, preview_parameters, window_around

# A choice that stands this long is probably what will be previewed or run.
REST_MILLISECONDS = 1500


class LookAhead(QObject):
    """Runs the algorithm on a few pixels of the input: what it finds out on the scene serves previews and the run."""

    # Whether the scene is known now and, where it is not, why: an empty text after somebody else's cancel.
    ended = pyqtSignal(bool, str)

    def __init__(self, is_busy: Callable[[], bool], parent: QObject | None = None) -> None:
        """Do nothing yet, nor begin while a preview is being made: somebody waits for that."""
        super().__init__(parent)
        self._is_busy = is_busy
        self._subject: Subject | None = None
        self._window: QgsReferencedRectangle | None = None
        self._task: PreviewTask | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REST_MILLISECONDS)
        self._timer.timeout.connect(self._start)

    @property
    def is_running(self) -> bool:
        """Whether it is looking."""
        return self._task is not None

    def begin(self, subject: Subject, area: QgsReferencedRectangle | None, gsd: float) -> None:
        """Look at a scene in a moment, instead of what was asked for before.

        Args:
            subject: what would be previewed.
            area: where the input lies; None to look at nothing.
            gsd: of the result in metres.
        """
        self.cancel()
        # What lies on the web is fetched when the user asks for it.
        if area is None or lies_on_the_web(subject.parameters):
            return
        self._subject = subject
        self._window = window_around(area.center(), area.crs(), SIDES[0] * gsd)
        self._timer.start()

    def look_now(self, subject: Subject, window: QgsReferencedRectangle) -> None:
        """Look at a scene at once, if that is not being done; somebody has asked for a preview.

        Args:
            subject: what is previewed.
            window: the preview's.
        """
        if self.is_running:
            return
        self.cancel()
        self._subject, self._window = subject, window
        if not self._look(subject):
            self.ended.emit(True, "")

    def cancel(self) -> None:
        """Stop looking, and forget what was asked for."""
        self._timer.stop()
        self._subject = None
        task, self._task = self._task, None
        if task is not None:
            task.cancel()

    def _start(self) -> None:
        # Such as the trial of a tile, whose time would tell nothing beside this.
        if self._is_busy() or not is_idle():
            self._timer.start()
        elif self._subject is not None:
            self._look(self._subject)

    def _look(self, subject: Subject) -> bool:
        """Begin to look; False where the algorithm has nothing to look for."""
        algorithm = QgsApplication.processingRegistry().algorithmById(subject.algorithm)
        # Only what takes models finds anything out on the scene.
        if not can_preview(algorithm) or algorithm.parameterDefinition("MODEL") is None:
            return False
        folder = Path(tempfile.mkdtemp(prefix="satsharp-ahead-")) / "1"
        folder.mkdir()
        parameters = preview_parameters(algorithm, subject.parameters, self._window, folder)

        def ended(task: PreviewTask) -> None:
            # The task lives on in QGIS for a while, and its layers would keep files open: Windows deletes no such file.
            is_known, task.preview = task.preview is not None, None
            shutil.rmtree(folder.parent, ignore_errors=True)
            if not sip.isdeleted(self) and task is self._task:
                self._task = None
                self.ended.emit(is_known, task.problem)

        title = self.tr("Look at the scene: {}").format(algorithm.displayName())
        self._task = PreviewTask(algorithm, parameters, subject, ended, title)
        QgsApplication.taskManager().addTask(self._task)
        return True

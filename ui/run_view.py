# SPDX-License-Identifier: GPL-2.0-or-later
"""The runs of the panel: those under way, those that ended, and those that an earlier QGIS did not end."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsProcessingContext, QgsRasterLayer
from qgis.PyQt.QtCore import QDateTime, QLocale, Qt, QTimer, pyqtSignal
from qgis.PyQt.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from .alive import while_alive
from .panel_labels import ElidedLabel, Wrapped
from .panel_work import start_work
from .run_layers import load_results, open_rasters
from .run_queue import RunQueue
from .run_record import DONE, Run
from .run_row import RunRow
from .run_unfinished import UnfinishedRuns, discard_output

REFRESH_MILLISECONDS = 1000


class RunView(QWidget):
    """Shows the queue; ``announced`` is emitted when a run has ended, ``shown`` to see its layers."""

    announced, shown, resized = pyqtSignal(object), pyqtSignal(object), pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Make the queue."""
        super().__init__(parent)
        self.setObjectName("satsharpRuns")
        self._unfinished = UnfinishedRuns()
        self.queue = RunQueue(self._unfinished, self)
        self.rows: list[RunRow] = []
        self.offers: list[QFrame] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self.queue.added.connect(self._add)
        self.queue.removed.connect(self._remove)
        self.queue.ended.connect(self._ended)
        self._timer = QTimer(self)
        self._timer.setInterval(REFRESH_MILLISECONDS)
        self._timer.timeout.connect(self._tick)

    def look_for_unfinished(self) -> None:
        """Offer to go on with runs that an earlier QGIS did not end."""
        for frame in self.offers:
            frame.deleteLater()
        self.offers = [self._offer(key, document) for key, document in self._unfinished.found().items()]

    def _add(self, run: Run) -> None:
        row = RunRow(run, self)
        row.paused.connect(self.queue.pause)
        row.continued.connect(self.queue.go_on)
        row.stopped.connect(self.queue.stop)
        row.cancelled.connect(self.queue.cancel)
        row.removed.connect(self.queue.remove)
        row.shown.connect(self.shown)
        self.rows.append(row)
        self._arrange()
        self._timer.start()

    def _remove(self, run: Run) -> None:
        for row in [row for row in self.rows if row.run is run]:
            self.rows.remove(row)
            self._layout.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.resized.emit()

    def _ended(self, run: Run, context: QgsProcessingContext) -> None:
        if run.state != DONE:
            return self._announce(run)
        destinations = tuple(context.layersToLoadOnCompletion())

        def opened(rasters: dict[str, QgsRasterLayer] | None, _: str) -> None:
            load_results(run, context, rasters or {})
            run.changed.emit()
            self._announce(run)

        start_work(run.title, lambda _: open_rasters(destinations), while_alive(self, opened), can_cancel=False)
        return None

    def _announce(self, run: Run) -> None:
        self._arrange()
        self.announced.emit(run)

    def _arrange(self) -> None:
        """Put what is worked on first, then what waits, then what has ended, the last of it first."""
        waiting = [row for row in self.rows if not row.run.is_ended]
        ended = [row for row in reversed(self.rows) if row.run.is_ended]
        for place, row in enumerate((*waiting, *ended), start=len(self.offers)):
            self._layout.insertWidget(place, row)
        self.resized.emit()

    def _tick(self) -> None:
        """Let the time that is left count down; nothing is done while nothing runs."""
        active = self.queue.active
        if active is None:
            self._timer.stop()
        for row in self.rows:
            if row.run is active:
                row.refresh()

    def _offer(self, key: str, document: dict[str, Any]) -> QFrame:
        frame = QFrame(self)
        frame.setFrameShape(QFrame.Shape.StyledPanel)
        frame.setObjectName("satsharpUnfinished")
        begun = QDateTime.fromString(str(document["begun"]), Qt.DateFormat.ISODate)
        when = QLocale().toString(begun, QLocale.FormatType.ShortFormat)
        title, label = ElidedLabel(str(document["title"])), Wrapped(self.tr("Not finished, begun {}").format(when))
        go_on, discard = QPushButton(self.tr("Go on")), QPushButton(self.tr("Discard"))
        go_on.setToolTip(self.tr("Computes only what is missing."))
        discard.setToolTip(self.tr("Deletes the unfinished files."))
        go_on.clicked.connect(lambda _checked=False: self._take_up(key, document, frame))
        discard.clicked.connect(lambda _checked=False: self._discard(key, document, frame))
        row = QHBoxLayout()
        row.addStretch()
        row.addWidget(go_on)
        row.addWidget(discard)
        layout = QVBoxLayout(frame)
        layout.addWidget(title)
        layout.addWidget(label)
        layout.addLayout(row)
        self._layout.insertWidget(0, frame)
        return frame

    def _take_up(self, key: str, document: dict[str, Any], frame: QFrame) -> None:
        self._drop(frame)
        details = {**document["details"], "key": key}
        self.queue.add(Run(document["algorithm"], document["parameters"], document["title"], details))

    def _discard(self, key: str, document: dict[str, Any], frame: QFrame) -> None:
        self._drop(frame)
        self._unfinished.drop(key)
        discard_output(str(document["parameters"].get("OUTPUT", "")))

    def _drop(self, frame: QFrame) -> None:
        self.offers.remove(frame)
        self._layout.removeWidget(frame)
        frame.hide()
        frame.deleteLater()
        self.resized.emit()

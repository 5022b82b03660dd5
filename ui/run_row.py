# SPDX-License-Identifier: GPL-2.0-or-later
"""One run in the panel: its title, its progress, and what can be done with it."""

from __future__ import annotations

from qgis.core import Qgis, QgsApplication
from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from .panel_labels import ElidedLabel, Wrapped, tool_button
from .run_log import RunLog
from .run_record import DONE, FAILED, PAUSED, RUNNING, STOPPED, Run
from .run_words import RunWords

# What a line can hold; the details have all of it.
MOST_LETTERS = 300
# As core.raster_profile.BLOCK, which loads numpy.
STRIP = 256


class RunRow(QFrame):
    """Follows a run; what the user asks for is emitted."""

    paused, continued, stopped, cancelled, removed, shown = (pyqtSignal(object) for _ in range(6))

    def __init__(self, run: Run, parent: QWidget | None = None) -> None:
        """Show a run."""
        super().__init__(parent)
        self.run, self._words = run, RunWords()
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setObjectName("satsharpRun")
        self.title, self.state = ElidedLabel(run.title), Wrapped()
        self.state.setObjectName("satsharpRunState")
        self.progress = QProgressBar()
        self.progress.setRange(0, 1000)
        self.progress.setAccessibleName(self.tr("Progress"))
        self._lay_out()
        run.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show how the run stands."""
        run = self.run
        text = self._words.state(run)
        self.state.setText(text if len(text) <= MOST_LETTERS else f"{text[:MOST_LETTERS]}…")
        self.progress.setValue(round(10 * run.feedback.progress()))
        self.progress.setVisible(run.is_active)
        self.pause.setVisible(run.is_active or run.state == STOPPED)
        is_paused = run.state in (PAUSED, STOPPED)
        icon = "/mActionPlay.svg" if is_paused else "/temporal_navigation/pause.svg"
        self.pause.setIcon(QgsApplication.getThemeIcon(icon))
        tip = self.tr("Go on") if is_paused else self.tr("Pause before the next tile")
        self.pause.setToolTip(tip)
        self.pause.setAccessibleName(tip)
        self.stop.setVisible(run.is_active and run.can_resume)
        self.cancel.setVisible(not run.is_ended)
        self.show_layers.setVisible(bool(run.layers))
        self.remove.setVisible(run.is_ended)

    def open_log(self) -> RunLog:
        """Open the details beside the panel."""
        dialog = RunLog(self.run, self.window())
        dialog.show()
        return dialog

    def _toggle(self) -> None:
        (self.paused if self.run.state == RUNNING else self.continued).emit(self.run)

    def _lay_out(self) -> None:
        self.pause = tool_button("/temporal_navigation/pause.svg", "", self._toggle, "satsharpPause")
        self.stop = tool_button(
            "/mActionStop.svg",
            self.tr(
                "Stop and keep what is finished, to go on later: whole strips of {} lines. Before the first of them is "
                "finished there is nothing to keep."
            ).format(STRIP),
            lambda: self.stopped.emit(self.run),
            "satsharpStop",
        )
        self.cancel = tool_button(
            "/mTaskCancel.svg",
            self.tr("Cancel; nothing is left behind"),
            lambda: self.cancelled.emit(self.run),
            "satsharpCancel",
        )
        self.show_layers = tool_button(
            "/mActionZoomToLayer.svg",
            self.tr("Show the result on the map"),
            lambda: self.shown.emit(self.run),
            "satsharpShow",
        )
        self.details = tool_button(
            "/mIconReport.svg",
            self.tr("Details: report with quality and files, and the log"),
            self.open_log,
            "satsharpDetails",
        )
        self.remove = tool_button(
            "/symbologyRemove.svg",
            self.tr("Take off the list; results stay, what is unfinished is deleted"),
            lambda: self.removed.emit(self.run),
            "satsharpForget",
        )
        top = QHBoxLayout()
        top.addWidget(self.title, 1)
        for button in (self.pause, self.stop, self.cancel, self.show_layers, self.details, self.remove):
            top.addWidget(button)
        layout = QVBoxLayout(self)
        margin = layout.spacing() // 2
        layout.setContentsMargins(2 * margin, margin, margin, 2 * margin)
        layout.setSpacing(margin)
        layout.addLayout(top)
        layout.addWidget(self.progress)
        layout.addWidget(self.state)


def level_of(run: Run) -> Qgis.MessageLevel:
    """Return how the end of a run is announced."""
    if run.state == FAILED:
        return Qgis.MessageLevel.Critical
    if run.state == DONE:
        return Qgis.MessageLevel.Warning if run.warnings else Qgis.MessageLevel.Success
    return Qgis.MessageLevel.Info

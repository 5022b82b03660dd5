# SPDX-License-Identifier: GPL-2.0-or-later
"""The details of a run: its report, and below it the log as it grows; stays beside the panel, never modal."""

from __future__ import annotations

import os
from html import escape

from qgis.core import Qgis
from qgis.PyQt.QtCore import Qt, QUrl
from qgis.PyQt.QtGui import QDesktopServices, QTextCursor
from qgis.PyQt.QtWidgets import QApplication, QDialog, QDialogButtonBox, QTextBrowser, QVBoxLayout, QWidget

from ..core.cards import load_cards
from ..plugin.settings import load_settings, model_folders
from .run_command import command_of
from .run_record import Run
from .run_report import ReportWords


class RunLog(QDialog):
    """Shows what a run did and says."""

    def __init__(self, run: Run, parent: QWidget | None = None) -> None:
        """Show what is known and was said so far, and what comes."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("satsharpRunLog")
        self.setWindowTitle(run.title)
        self._run = run
        self.text = QTextBrowser()
        self.text.setOpenLinks(False)
        self.text.anchorClicked.connect(lambda url: open_link(url))
        self.text.setAccessibleName(self.tr("Report and log"))
        layout = QVBoxLayout(self)
        layout.addWidget(self.text)
        layout.addWidget(self._buttons())
        width = self.fontMetrics().averageCharWidth()
        self.resize(90 * width, 90 * width)
        run.changed.connect(self._follow)
        self._shown_state, self._heard = "", None
        self._follow()

    def _buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.command = buttons.addButton(self.tr("Copy command"), QDialogButtonBox.ButtonRole.ActionRole)
        self.command.setToolTip(self.tr("Copies the command of qgis_process that repeats this run."))
        self.command.clicked.connect(lambda _checked=False: self._copy_command())
        copy = buttons.addButton(self.tr("Copy text"), QDialogButtonBox.ButtonRole.ActionRole)
        copy.setToolTip(self.tr("Copies report and log to the clipboard."))
        copy.clicked.connect(lambda _checked=False: QApplication.clipboard().setText(self.text.toPlainText()))
        for button in (self.command, copy):
            button.setAutoDefault(False)
        buttons.button(QDialogButtonBox.StandardButton.Close).setDefault(True)
        buttons.rejected.connect(self.close)
        return buttons

    def _copy_command(self) -> None:
        run = self._run
        QApplication.clipboard().setText(command_of(run.algorithm, run.parameters, is_windows=os.name == "nt"))

    def _follow(self) -> None:
        """Write the report anew when the state of the run is another one; a run goes on with a feedback of its own."""
        run = self._run
        if run.state == self._shown_state:
            return
        self._shown_state = run.state
        if run.feedback is not self._heard:
            self._heard = run.feedback
            run.feedback.said.connect(self._say)
        cards, _ = load_cards(*model_folders(load_settings()))
        self.text.setHtml(ReportWords().report(run, cards))
        if run.feedback.log:
            self.text.append(f"<h4>{escape(self.tr('Log'))}</h4>")
        for text, level in run.feedback.log:
            self._say(text, level)
        if run.is_ended:
            self.text.moveCursor(QTextCursor.MoveOperation.Start)

    def _say(self, text: str, level: int) -> None:
        """Append a sentence; what is wrong stands out by a word, not by colour alone."""
        heads = {
            int(Qgis.MessageLevel.Warning): self.tr("Warning:"),
            int(Qgis.MessageLevel.Critical): self.tr("Error:"),
        }
        head = heads.get(level, "")
        said = escape(text, quote=False)
        # Always as HTML: Qt would take a text without marks for a plain one, and show what was escaped.
        self.text.append(f"<span><b>{head}</b> {said}</span>" if head else f"<span>{said}</span>")
        self.text.moveCursor(QTextCursor.MoveOperation.End)


def open_link(url: QUrl) -> bool:
    """Open a card or the folder of a result with what the desktop has for it."""
    return bool(QDesktopServices.openUrl(url))

# SPDX-License-Identifier: GPL-2.0-or-later
"""The details of a run: its log as it grows, its outputs and its warnings; stays beside the panel, never modal."""

from __future__ import annotations

from html import escape

from qgis.core import Qgis
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QTextCursor
from qgis.PyQt.QtWidgets import QApplication, QDialog, QDialogButtonBox, QTextBrowser, QVBoxLayout, QWidget

from .run_record import Run


class RunLog(QDialog):
    """Shows what a run says."""

    def __init__(self, run: Run, parent: QWidget | None = None) -> None:
        """Show what was said so far, and what comes."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("satsharpRunLog")
        self.setWindowTitle(run.title)
        self._run = run
        self.text = QTextBrowser()
        self.text.setOpenExternalLinks(True)
        self.text.setAccessibleName(self.tr("Log"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy = buttons.addButton(self.tr("Copy"), QDialogButtonBox.ButtonRole.ActionRole)
        copy.setToolTip(self.tr("Copies the log to the clipboard."))
        copy.clicked.connect(lambda _checked=False: QApplication.clipboard().setText(self.text.toPlainText()))
        buttons.rejected.connect(self.close)
        layout = QVBoxLayout(self)
        layout.addWidget(self.text)
        layout.addWidget(buttons)
        width = self.fontMetrics().averageCharWidth()
        self.resize(90 * width, 45 * width)
        for text, level in run.feedback.log:
            self._say(text, level)
        run.feedback.said.connect(self._say)
        run.changed.connect(self._show_results)
        self._shown = False
        self._show_results()

    def _say(self, text: str, level: int) -> None:
        """Append a sentence; what is wrong stands out by an icon of text, not by colour alone."""
        heads = {
            int(Qgis.MessageLevel.Warning): self.tr("Warning:"),
            int(Qgis.MessageLevel.Critical): self.tr("Error:"),
        }
        head = heads.get(level, "")
        said = escape(text, quote=False)
        # Always as HTML: Qt would take a text without marks for a plain one, and show what was escaped.
        self.text.append(f"<span><b>{head}</b> {said}</span>" if head else f"<span>{said}</span>")
        self.text.moveCursor(QTextCursor.MoveOperation.End)

    def _show_results(self) -> None:
        if self._shown or not self._run.is_ended or not self._run.results:
            return
        self._shown = True
        lines = "<br>".join(f"{escape(key)}: {escape(str(value))}" for key, value in self._run.results.items())
        self.text.append(f"<br><b>{escape(self.tr('Results'))}</b><br>{lines}")

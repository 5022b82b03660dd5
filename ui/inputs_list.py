# SPDX-License-Identifier: GPL-2.0-or-later
"""The list of inputs: as tall as what is in it, with a hint while it is empty."""

from __future__ import annotations

from qgis.PyQt.QtCore import QSize, Qt
from qgis.PyQt.QtGui import QPainter, QPaintEvent, QPalette
from qgis.PyQt.QtWidgets import QAbstractItemView, QListWidget, QSizePolicy, QWidget

MOST_ROWS, LINES_OF_HINT = 4, 4


class InputList(QListWidget):
    """Shows one entry an input; entries are moved by dragging."""

    def __init__(self, hint: str, parent: QWidget | None = None) -> None:
        """Take the hint that is shown while the list is empty."""
        super().__init__(parent)
        self._hint = hint
        self.setObjectName("satsharpInputs")
        self.setAccessibleName(hint)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        side = self.fontMetrics().height() * 3
        self.setIconSize(QSize(side, side))
        for signal in (self.model().rowsInserted, self.model().rowsRemoved, self.model().dataChanged):
            signal.connect(lambda *_: self.updateGeometry())

    def sizeHint(self) -> QSize:
        """Return the height of the entries, of a few at most."""
        frame = 2 * self.frameWidth()
        if not self.count():
            return QSize(0, LINES_OF_HINT * self.fontMetrics().lineSpacing() + frame)
        rows = min(self.count(), MOST_ROWS)
        return QSize(0, sum(self.sizeHintForRow(row) for row in range(rows)) + frame)

    def minimumSizeHint(self) -> QSize:
        """Return the same: the panel scrolls as a whole."""
        return QSize(0, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the entries, or the hint."""
        super().paintEvent(event)
        if self.count():
            return
        painter = QPainter(self.viewport())
        painter.setPen(self.palette().color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text))
        margin = self.fontMetrics().height() // 2
        area = self.viewport().rect().adjusted(margin, 0, -margin, 0)
        painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), self._hint)

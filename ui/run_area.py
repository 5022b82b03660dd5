# SPDX-License-Identifier: GPL-2.0-or-later
"""The place of the runs: above the button that starts them, as tall as they are, up to a part of the panel."""

from __future__ import annotations

from qgis.PyQt.QtCore import QEvent, QObject, QSize, Qt
from qgis.PyQt.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from .panel_labels import Column
from .run_view import RunView

# Part of the panel that the runs may take.
LARGEST_SHARE = 3


class RunArea(QScrollArea):
    """Scrolls where there are more runs than room."""

    def __init__(self, runs: RunView, parent: QWidget | None = None) -> None:
        """Take the runs."""
        super().__init__(parent)
        self._runs = runs
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._column = Column()
        layout = QVBoxLayout(self._column)
        layout.setContentsMargins(layout.contentsMargins().left(), 0, layout.contentsMargins().right(), 0)
        layout.addWidget(runs)
        layout.addStretch()
        self.setWidget(self._column)
        runs.installEventFilter(self)
        runs.resized.connect(self._fit)

    def sizeHint(self) -> QSize:
        """Return the height of the runs, or of a part of the panel."""
        is_empty = not self._runs.rows and not self._runs.offers
        return QSize(0, 0 if is_empty else min(self._heights()))

    def minimumSizeHint(self) -> QSize:
        """Return the same."""
        return self.sizeHint()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the runs, whose texts get longer and shorter."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return False

    def _heights(self) -> tuple[int, int]:
        """Return the height of the runs, and that of the part of the panel which they may take."""
        layout, width = self._column.layout(), max(1, self.width())
        wanted = layout.totalHeightForWidth(width) if layout.hasHeightForWidth() else layout.totalSizeHint().height()
        return wanted, self.parentWidget().height() // LARGEST_SHARE if self.parentWidget() is not None else wanted

    def _fit(self) -> None:
        wanted, largest = self._heights()
        # A bar that is not needed would make the texts narrower, hence longer, and so would stay.
        policy = Qt.ScrollBarPolicy.ScrollBarAsNeeded if wanted > largest else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setVerticalScrollBarPolicy(policy)
        self.updateGeometry()

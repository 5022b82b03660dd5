# SPDX-License-Identifier: GPL-2.0-or-later
"""Small widgets that a narrow panel needs: texts that are shortened or wrapped, buttons with icons of QGIS's theme."""

from __future__ import annotations

from collections.abc import Callable

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QSize, Qt
from qgis.PyQt.QtGui import QPainter, QPaintEvent, QPalette
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QToolButton,
    QWidget,
)


class ElidedLabel(QLabel):
    """One line that is shortened in its middle where there is no room; the tooltip has all of it."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        """Show a text."""
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setText(text)

    def setText(self, text: str) -> None:
        """Show another text."""
        super().setText(text)
        self.setToolTip(text)

    def minimumSizeHint(self) -> QSize:
        """Return the room of a few letters."""
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance("mmmm"), metrics.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw as much of the text as fits."""
        painter = QPainter(self)
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideMiddle, self.width())
        role = QPalette.ColorRole.WindowText
        self.style().drawItemText(painter, self.rect(), int(self.alignment()), self.palette(), True, text, role)


class Wrapped(QLabel):
    """A text of several lines, which may be selected; words that are too long are broken where they can be."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        """Show a text."""
        super().__init__(text, parent)
        self.setWordWrap(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.LinksAccessibleByMouse
        )
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)


class ElidedCombo(QComboBox):
    """A list whose current text is shortened at its end where there is no room, instead of cut off."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw as much of the text as fits."""
        painter, option = QStylePainter(self), QStyleOptionComboBox()
        self.initStyleOption(option)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        room = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        gap = self.fontMetrics().horizontalAdvance(" ")
        icon = 0 if option.currentIcon.isNull() else option.iconSize.width() + gap
        text = self.fontMetrics().elidedText(
            option.currentText, Qt.TextElideMode.ElideRight, room.width() - icon - 2 * gap
        )
        option.currentText = text
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)


class Notice(QWidget):
    """An icon and a sentence beside it; hidden while there is nothing to say."""

    def __init__(self, icon: str, parent: QWidget | None = None) -> None:
        """Take the name of an icon of QGIS's theme."""
        super().__init__(parent)
        picture = QLabel()
        side = self.style().pixelMetric(QStyle.PixelMetric.PM_SmallIconSize)
        picture.setPixmap(QgsApplication.getThemeIcon(icon).pixmap(QSize(side, side)))
        self.label = Wrapped()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self.label, 1)
        self.hide()

    def say(self, sentence: str) -> None:
        """Show a sentence; nothing where it is empty."""
        # Names of products have no spaces: they may be broken after an underscore.
        self.label.setText(sentence.replace("_", "_\u200b"))
        self.setVisible(bool(sentence))


def tool_button(icon: str, text: str, slot: Callable[[], object], name: str = "") -> QToolButton:
    """Return a flat button with an icon of QGIS's theme; the text is its tooltip and what a screen reader says."""
    button = QToolButton()
    button.setIcon(QgsApplication.getThemeIcon(icon))
    button.setToolTip(text)
    button.setAccessibleName(text)
    button.setAutoRaise(True)
    button.setObjectName(name)
    button.clicked.connect(lambda _checked=False: slot())
    return button


class Column(QWidget):
    """What a scroll area shows: as narrow as the area, so that nothing is scrolled sideways or cut off."""

    def minimumSizeHint(self) -> QSize:
        """Return no width; the layout squeezes what is in it."""
        return QSize(0, super().minimumSizeHint().height())

# SPDX-License-Identifier: GPL-2.0-or-later
"""How a preview is looked at: one side or both, where the line is, and which bands are shown."""

from __future__ import annotations

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QSizePolicy,
    QSlider,
    QToolButton,
    QWidget,
)

from .swipe import MEASURED, RESULT, SWIPE

STEPS = 1000


class PreviewControls(QWidget):
    """Buttons, slider and lists; they know nothing of the map."""

    modeChosen = pyqtSignal(str)  # noqa: N815 - a signal of Qt
    lineMoved = pyqtSignal(float)  # noqa: N815 - a signal of Qt
    bandsChosen = pyqtSignal(int, int, int)  # noqa: N815 - a signal of Qt

    def __init__(self, parent: QWidget | None = None) -> None:
        """Build them."""
        super().__init__(parent)
        self.modes = QButtonGroup(self)
        self.zoom = tool_button("/mActionZoomToLayer.svg", self.tr("Zoom to the preview"))
        self.stretch = tool_button(
            "/mActionLocalCumulativeCutStretch.svg", self.tr("Stretch the colours to this place")
        )
        self.slider = self._line_slider()
        self.bands = [
            self._band_list(self.tr("Band shown in red")),
            self._band_list(self.tr("Band shown in green")),
            self._band_list(self.tr("Band shown in blue")),
        ]
        self._lay_out()

    @property
    def mode(self) -> str:
        """What is shown: one of those of :mod:`ui.swipe`."""
        return str(self.modes.checkedButton().property("mode"))

    @property
    def position(self) -> float:
        """Where the line is, as a share of the preview's width."""
        return float(self.slider.value()) / STEPS

    def show_position(self, share: float) -> None:
        """Show where the line is, which the mouse has moved on the map."""
        self.slider.blockSignals(True)
        self.slider.setValue(round(share * STEPS))
        self.slider.blockSignals(False)

    def show_bands(self, names: tuple[str, ...], colours: tuple[int, int, int]) -> None:
        """Show which bands there are, and which are shown (1-based)."""
        for box, number in zip(self.bands, colours):
            if [box.itemText(place) for place in range(box.count())] != list(names):
                box.clear()
                box.addItems(names)
            box.setCurrentIndex(number - 1)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(0)
        for mode, text, tip in (
            (MEASURED, self.tr("Input"), self.tr("Shows the bands as they were measured")),
            (SWIPE, self.tr("Swipe"), self.tr("Shows both, with a line on the map that can be dragged")),
            (RESULT, self.tr("Result"), self.tr("Shows the bands as the full run will make them")),
        ):
            button = tool_button("", text, tip, checkable=True)
            button.setProperty("mode", mode)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            self.modes.addButton(button)
            row.addWidget(button)
            button.setChecked(mode == SWIPE)
        self.modes.buttonToggled.connect(self._mode_toggled)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.addLayout(row, 0, 0, 1, 4)
        grid.addWidget(self.slider, 1, 0, 1, 3)
        grid.addWidget(self.zoom, 1, 3)
        for column, box in enumerate(self.bands):
            grid.addWidget(box, 2, column)
            grid.setColumnStretch(column, 1)
        grid.addWidget(self.stretch, 2, 3)

    def _line_slider(self) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setRange(0, STEPS)
        slider.setValue(STEPS // 2)
        slider.setPageStep(STEPS // 10)
        slider.setSingleStep(STEPS // 50)
        slider.setToolTip(self.tr("Moves the line between input and result"))
        slider.setAccessibleName(slider.toolTip())
        slider.valueChanged.connect(lambda value: self.lineMoved.emit(value / STEPS))
        return slider

    def _band_list(self, name: str) -> QComboBox:
        box = QComboBox()
        box.setToolTip(name)
        box.setAccessibleName(name)
        box.setMinimumContentsLength(2)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.activated.connect(lambda _: self.bandsChosen.emit(*(one.currentIndex() + 1 for one in self.bands)))
        return box

    def _mode_toggled(self, button: QToolButton, on: bool) -> None:
        if on:
            self.slider.setEnabled(self.mode == SWIPE)
            self.modeChosen.emit(self.mode)


def tool_button(icon: str, text: str, tip: str = "", checkable: bool = False) -> QToolButton:
    """Return a button with a theme icon, or with its text where there is no icon."""
    button = QToolButton()
    button.setText(text)
    button.setToolTip(tip or text)
    button.setAccessibleName(text)
    button.setCheckable(checkable)
    button.setAutoRaise(not checkable)
    if icon:
        button.setIcon(QgsApplication.getThemeIcon(icon))
    return button

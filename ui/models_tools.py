# SPDX-License-Identifier: GPL-2.0-or-later
"""The buttons below the list of models, and what is told of their work."""

from __future__ import annotations

from qgis.core import QgsApplication
from qgis.gui import QgsFilterLineEdit
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QAction,
    QFileDialog,
    QHBoxLayout,
    QMenu,
    QProgressBar,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from .panel_labels import Wrapped

SUFFIXES = (".onnx", ".json", ".zip")


class ModelsTools(QWidget):
    """Asks for what can be done; it does nothing itself."""

    sourceChosen = pyqtSignal(str)  # noqa: N815 - a signal of Qt
    conversionAsked = pyqtSignal()  # noqa: N815 - a signal of Qt
    removalAsked = pyqtSignal()  # noqa: N815 - a signal of Qt
    measureAsked = pyqtSignal()  # noqa: N815 - a signal of Qt
    stopAsked = pyqtSignal()  # noqa: N815 - a signal of Qt
    consented = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Build the buttons."""
        super().__init__(parent)
        self.add = self._button("/symbologyAdd.svg", self.tr("Install"), self.tr("Install a model"))
        self.add.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.add.setMenu(self._menu())
        self.removal = self._button("/symbologyRemove.svg", "", self.tr("Remove this model of your own"))
        self.measure = self._button(
            "/mActionPlay.svg", self.tr("Measure"), self.tr("Measure how fast this model is on this machine")
        )
        self.stop = self._button("/mTaskCancel.svg", "", self.tr("Cancel"))
        self.removal.clicked.connect(lambda: self.removalAsked.emit())
        self.measure.clicked.connect(lambda: self.measureAsked.emit())
        self.stop.clicked.connect(lambda: self.stopAsked.emit())
        self.address = QgsFilterLineEdit()
        self.address.setPlaceholderText("https://")
        self.address.setAccessibleName(self.tr("Address of a model"))
        self.address.setToolTip(self.tr("Address of a .zip, .json or .onnx file; press Enter to install it"))
        self.address.returnPressed.connect(lambda: self.sourceChosen.emit(self.address.text().strip()))
        self.progress = QProgressBar()
        self.progress.setAccessibleName(self.tr("Progress"))
        self.status = Wrapped()
        self.consent = QPushButton()
        self.consent.clicked.connect(lambda: self.consented.emit())
        self._lay_out()
        self.address.hide()
        self.show_work(False)
        self.say("")

    def ask_address(self, address: str = "") -> None:
        """Show the line for an address."""
        self.address.setText(address)
        self.address.show()
        if not address:
            self.address.setFocus()

    def forget_address(self) -> None:
        """Hide the line for an address."""
        self.address.clear()
        self.address.hide()

    def enable(self, removable: bool, measurable: bool) -> None:
        """Show what can be done with the selected model."""
        self.removal.setEnabled(removable)
        self.measure.setEnabled(measurable)

    def show_work(self, working: bool) -> None:
        """Show that something is being done, or no longer."""
        self.progress.setRange(0, 0)
        self.progress.setVisible(working)
        self.stop.setVisible(working)
        self.add.setEnabled(not working)
        self.consent.hide()

    def show_progress(self, share: float) -> None:
        """Show how many percent of it are done."""
        if share > 0:
            self.progress.setRange(0, 100)
            self.progress.setValue(round(share))

    def say(self, sentence: str) -> None:
        """Tell what is being done, or what came of it."""
        self.status.setText(sentence)
        self.status.setVisible(bool(sentence))

    def ask_consent(self, text: str) -> None:
        """Show a button that does it all the same."""
        self.consent.setText(text)
        self.consent.show()

    def _lay_out(self) -> None:
        buttons, working = QHBoxLayout(), QHBoxLayout()
        for widget in (self.add, self.removal, self.measure):
            buttons.addWidget(widget)
        buttons.addStretch()
        working.addWidget(self.progress, 1)
        working.addWidget(self.stop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(buttons)
        layout.addWidget(self.address)
        layout.addLayout(working)
        layout.addWidget(self.status)
        layout.addWidget(self.consent)

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        for text, slot in (
            (self.tr("From a file…"), self._choose_file),
            (self.tr("From an address…"), self.ask_address),
            (self.tr("From another framework…"), self.conversionAsked.emit),
        ):
            action = QAction(text, menu)
            action.triggered.connect(lambda _checked=False, slot=slot: slot())
            menu.addAction(action)
        return menu

    def _choose_file(self) -> None:
        kinds = self.tr("Models") + " (" + " ".join(f"*{suffix}" for suffix in SUFFIXES) + ")"
        path, _ = QFileDialog.getOpenFileName(self, self.tr("Install a model"), "", kinds)
        if path:
            self.sourceChosen.emit(path)

    def _button(self, icon: str, text: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setIcon(QgsApplication.getThemeIcon(icon))
        if text:
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        return button

# SPDX-License-Identifier: GPL-2.0-or-later
"""The widgets of the panel's main page and their places."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from qgis.core import QgsApplication
from qgis.gui import QgsCollapsibleGroupBox, QgsPanelWidget
from qgis.PyQt.QtCore import Qt, QTimer
from qgis.PyQt.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ..core.sensors import Sensor
from ..plugin.i18n import Translated
from .alive import while_alive
from .inputs_view import InputsView
from .panel_example import ExampleLink
from .panel_labels import Column, Wrapped, tool_button
from .panel_output import OutputView
from .panel_what import WhatView
from .panel_where import WhereView
from .run_area import RunArea
from .run_view import RunView


class MainLayout(Translated):
    """Builds the page: a column that scrolls, and below it what starts and shows the runs."""

    def __init__(self, page: QgsPanelWidget, iface: Any, sensors: Callable[[], tuple[Sensor, ...]]) -> None:
        """Build the widgets into a page."""
        self._page, self._iface = page, iface
        canvas = iface.mapCanvas() if iface is not None else None
        self.inputs, self.what = InputsView(sensors), WhatView(canvas)
        self.where, self.output, self.runs = WhereView(canvas), OutputView(), RunView()
        self.setup = optional_view("setup_view", "SetupView")
        self.preview = optional_view("preview_view", "PreviewView", iface)
        self.example = ExampleLink()
        self._make_forecast()
        self._make_buttons()
        self.area = self._column()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.area, 1)
        layout.addWidget(RunArea(self.runs))
        layout.addWidget(self._footer())
        if self.setup is not None:
            self.setup.setVisible(self.setup.needed())
            self.setup.runtimeChanged.connect(self._runtime_changed)

    def show_boxes(self) -> None:
        """Show the boxes below the first, each in a turn of its own: Qt styles widgets when they are first shown."""
        if self._unseen:
            self._unseen.pop(0).show()
            QTimer.singleShot(0, while_alive(self._page, self.show_boxes))

    def tell_forecast(self, size: str, cost: str, device: str) -> None:
        """Show size, cost and device; a problem takes the place of the cost."""
        for label, text in ((self.size, size), (self.cost, cost), (self.device, device)):
            label.setText(text)
            label.setVisible(bool(text))
        self.forecast.setVisible(bool(size or cost or device))

    def forecast_texts(self) -> tuple[str, str, str]:
        """Return what is shown of the forecast."""
        return self.size.text(), self.cost.text(), self.device.text()

    def open_models(self) -> None:
        """Show the models in place of this page; QGIS's own arrow leads back."""
        view = optional_view("models_view", "ModelsView")
        if view is None:
            return
        panel = QgsPanelWidget()
        # Without a reference Python would delete it while QGIS shows it.
        self._models_page = panel
        panel.setPanelTitle(self.tr("Models"))
        panel.setDockMode(True)
        layout = QVBoxLayout(panel)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(view)
        view.modelsChanged.connect(self._page.reload)
        self._page.openPanel(panel)

    def open_options(self) -> None:
        """Open QGIS's options at the page of SatSharp."""
        if self._iface is not None:
            self._iface.showOptionsDialog(self._iface.mainWindow(), "SatSharpOptions")

    def _runtime_changed(self) -> None:
        self.setup.setVisible(self.setup.needed())
        self._page.reload()

    def _make_forecast(self) -> None:
        self.forecast = QWidget()
        column = QVBoxLayout(self.forecast)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.size, self.cost, self.device = Wrapped(), Wrapped(), Wrapped()
        for label, name in ((self.size, "Size"), (self.cost, "Cost"), (self.device, "Device")):
            label.setObjectName(f"satsharp{name}")
            column.addWidget(label)
        self.cost.setToolTip(
            self.tr("From one tile that was tried on this device, or from earlier runs; memory beside that of QGIS.")
        )
        self.device.setToolTip(self.tr("Chosen in Settings > Options > SatSharp."))

    def _make_buttons(self) -> None:
        self.run = QPushButton(QgsApplication.getThemeIcon("/mActionStart.svg"), self.tr("Run"))
        self.run.setObjectName("satsharpRunButton")
        self.run.setDefault(True)
        self.run.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.dialog = tool_button(
            "/processingAlgorithm.svg",
            self.tr("All parameters: opens the algorithm’s own dialog, filled with what is chosen here"),
            lambda: None,
            "satsharpDialog",
        )
        self.models = tool_button(
            "/processingModel.svg", self.tr("Models: installed and available"), self.open_models, "satsharpModels"
        )
        self.options = tool_button(
            "/mActionOptions.svg", self.tr("Options of SatSharp"), self.open_options, "satsharpOptions"
        )

    def _column(self) -> QScrollArea:
        column = Column()
        layout = QVBoxLayout(column)
        if self.setup is not None:
            layout.addWidget(self.setup)
        layout.addWidget(self._box(self.tr("1. Input"), "Input", self.inputs, self.example))
        self._unseen = [
            self._box(self.tr("2. What to do"), "What", self.what),
            self._box(self.tr("3. Where"), "Where", self.where, self.forecast, self.output),
        ]
        if self.preview is not None:
            self._unseen.append(self._box(self.tr("4. Preview"), "Preview", self.preview))
        for box in self._unseen:
            box.hide()
            layout.addWidget(box)
        layout.addStretch()
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(column)
        return area

    def _footer(self) -> QWidget:
        footer = QWidget()
        layout = QHBoxLayout(footer)
        for widget in (self.run, self.dialog, self.models, self.options):
            layout.addWidget(widget)
        return footer

    def _box(self, title: str, name: str, *widgets: QWidget) -> QgsCollapsibleGroupBox:
        box = QgsCollapsibleGroupBox(title)
        box.setObjectName(f"satsharp{name}Box")
        box.setSaveCollapsedState(True)
        box.setSettingGroup("satsharp")
        layout = QVBoxLayout(box)
        for widget in widgets:
            layout.addWidget(widget)
        return box


def optional_view(module: str, name: str, *arguments: Any) -> Any:
    """Return a view of another module; None where this version has none."""
    try:
        found = importlib.import_module(f".{module}", __package__)
    except ImportError:
        return None
    return getattr(found, name)(*arguments)

# SPDX-License-Identifier: GPL-2.0-or-later
"""The dock panel: from an open layer to a result. It computes nothing: it fills parameters and has algorithms run."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsMapLayer, QgsProject
from qgis.gui import QgsDockWidget, QgsMessageBar, QgsPanelWidgetStack
from qgis.PyQt.QtCore import QMimeData, Qt
from qgis.PyQt.QtGui import QDragEnterEvent, QDropEvent
from qgis.PyQt.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from .inputs_view import InputsView
from .panel_main import MainPage
from .run_record import DONE, Run
from .run_row import level_of

LAYERS = "application/x-vnd.qgis.qgis.uri"


class SatSharpPanel(QgsDockWidget):
    """Input, what to do, where, preview and run, from top to bottom."""

    def __init__(self, iface: Any, parent: QWidget | None = None) -> None:
        """Build the panel."""
        super().__init__(parent)
        self.setObjectName("SatSharpPanel")
        self.setWindowTitle(self.tr("SatSharp"))
        self.setAcceptDrops(True)
        self._iface = iface
        self.bar = QgsMessageBar()
        self.bar.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.main = MainPage(iface)
        self.main.runs.announced.connect(self._announce)
        self.main.runs.shown.connect(self._show_on_map)
        self.stack = QgsPanelWidgetStack()
        self.stack.setMainPanel(self.main)
        whole = QWidget()
        layout = QVBoxLayout(whole)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.bar)
        layout.addWidget(self.stack, 1)
        self.setWidget(whole)

    def add_input(self, path: str) -> None:
        """Add a product by its path or address."""
        self.setUserVisible(True)
        self.inputs.add_path(path)

    def add_layer(self, layer: QgsMapLayer) -> None:
        """Add a loaded raster layer."""
        self.setUserVisible(True)
        self.inputs.add_layer(layer)

    def current_request(self) -> tuple[str, dict[str, Any]] | None:
        """Return id and parameters of the algorithm that the panel would run; None while something is missing."""
        return self.main.request()

    @property
    def inputs(self) -> InputsView:
        """The part with the inputs."""
        return self.main.inputs

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept files, addresses and layers."""
        if dropped(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Add what was dropped."""
        for path in dropped(event.mimeData()):
            layer = QgsProject.instance().mapLayer(path)
            if layer is None:
                self.inputs.add_path(path)
            else:
                self.inputs.add_layer(layer)
        event.acceptProposedAction()

    def close_all(self) -> None:
        """End everything that runs for the panel; to be called before it is deleted."""
        self.main.close_all()

    def _announce(self, run: Run) -> None:
        title = self.tr("Done") if run.state == DONE else ""
        text = run.title if run.state == DONE else run.feedback.problem or run.title
        if not self.isUserVisible() and self._iface is not None:
            self._iface.messageBar().pushMessage("SatSharp", f"{title} {text}".strip(), level_of(run))
        elif run.feedback.problem:
            self.bar.pushMessage("", run.feedback.problem, level_of(run))

    def _show_on_map(self, run: Run) -> None:
        layer = next((QgsProject.instance().mapLayer(name) for name in run.layers), None)
        if layer is not None and self._iface is not None:
            self._iface.setActiveLayer(layer)
            self._iface.zoomToActiveLayer()


def dropped(data: QMimeData) -> list[str]:
    """Return paths, addresses and ids of layers that are being dragged."""
    if data.hasFormat(LAYERS) and not data.hasUrls():
        from qgis.core import QgsMimeDataUtils

        uris = QgsMimeDataUtils.decodeUriList(data)
        return [uri.layerId or uri.uri for uri in uris if uri.layerType == "raster"]
    found = [url.toLocalFile() if url.isLocalFile() else url.toString() for url in data.urls()]
    text = data.text().strip() if data.hasText() and not found else ""
    if text.lower().startswith(("http://", "https://")):
        found = [text]
    return [path for path in found if path]


def dock(iface: Any, panel: SatSharpPanel) -> None:
    """Put the panel on the right of QGIS's window."""
    iface.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, panel)

# SPDX-License-Identifier: GPL-2.0-or-later
"""An entry in the context menu of raster layers: the layer becomes the panel's input."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qgis.core import QgsMapLayerType, QgsRasterLayer
from qgis.PyQt.QtCore import QObject
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import QAction

from ...plugin.paths import ICON


def add(iface: Any, panel: Any) -> Callable[[], None]:
    """Add the entry and return what removes it."""
    entry = LayerMenu(iface, panel)
    iface.addCustomActionForLayerType(entry.action, "", QgsMapLayerType.RasterLayer, True)
    return entry.remove


class LayerMenu(QObject):
    """The entry."""

    def __init__(self, iface: Any, panel: Any) -> None:
        """Make the action."""
        super().__init__(iface.mainWindow())
        self._iface, self._panel = iface, panel
        self.action = QAction(QIcon(str(ICON)), self.tr("Super-resolve…"), self)
        self.action.setObjectName("satsharpSuperresolveLayer")
        self.action.setToolTip(self.tr("Takes this layer as the input of the SatSharp panel"))
        self.action.triggered.connect(lambda _checked=False: self.run())

    def run(self) -> None:
        """Hand the selected raster layers to the panel."""
        view = self._iface.layerTreeView()
        layers = view.selectedLayers() if view is not None else []
        for layer in layers or [self._iface.activeLayer()]:
            if isinstance(layer, QgsRasterLayer):
                self._panel.add_layer(layer)

    def remove(self) -> None:
        """Take the entry away."""
        self._iface.removeCustomActionForLayerType(self.action)
        self.deleteLater()

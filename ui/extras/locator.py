# SPDX-License-Identifier: GPL-2.0-or-later
"""A filter of the locator bar: type "sat" and the name of a layer, and the layer becomes the panel's input."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qgis.core import (
    QgsFeedback,
    QgsLocatorContext,
    QgsLocatorFilter,
    QgsLocatorResult,
    QgsProject,
    QgsRasterLayer,
)
from qgis.PyQt.QtGui import QIcon

from ...plugin.i18n import Translated
from ...plugin.paths import ICON


def add(iface: Any, panel: Any) -> Callable[[], None]:
    """Add the filter and return what removes it."""
    made = LayerLocator(panel)
    iface.registerLocatorFilter(made)
    return lambda: iface.deregisterLocatorFilter(made)


class LayerLocator(Translated, QgsLocatorFilter):
    """Finds raster layers of the project."""

    def __init__(self, panel: Any) -> None:
        """Take who gets the layer."""
        super().__init__()
        self._panel = panel

    def name(self) -> str:
        """Return the id, which never changes."""
        return "satsharp"

    def displayName(self) -> str:
        """Return the name in QGIS's options."""
        return self.tr("SatSharp: super-resolve a layer")

    def prefix(self) -> str:
        """Return what is typed to use this filter alone."""
        return "sat"

    def clone(self) -> LayerLocator:
        """Return a copy for one search."""
        return LayerLocator(self._panel)

    def flags(self) -> Any:
        """Return that this is quick enough for the main thread, where the project may be asked."""
        return QgsLocatorFilter.Flag.FlagFast

    def fetchResults(self, string: str, context: QgsLocatorContext, feedback: QgsFeedback) -> None:
        """Report the layers whose name fits."""
        # Without the prefix every search in QGIS comes by: only what was meant is answered.
        if not context.usingPrefix and len(string) < 3:
            return
        for layer in QgsProject.instance().mapLayers().values():
            if not isinstance(layer, QgsRasterLayer):
                continue
            if string.strip().lower() in layer.name().lower():
                self.resultFetched.emit(self._result(layer))

    def triggerResult(self, result: QgsLocatorResult) -> None:
        """Hand the layer to the panel."""
        layer = QgsProject.instance().mapLayer(result.userData)
        if layer is not None:
            self._panel.add_layer(layer)

    def _result(self, layer: QgsRasterLayer) -> QgsLocatorResult:
        result = QgsLocatorResult()
        result.filter = self
        result.displayString = self.tr("Super-resolve {}").format(layer.name())
        result.userData = layer.id()
        result.icon = QIcon(str(ICON))
        return result

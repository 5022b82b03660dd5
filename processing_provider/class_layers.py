# SPDX-License-Identifier: GPL-2.0-or-later
"""The layer of classes of clouds, shadow, snow and water: a colour and a name for each, clear land see-through."""

from __future__ import annotations

from qgis.core import QgsMapLayer, QgsPalettedRasterRenderer, QgsProcessingContext, QgsRasterLayer
from qgis.PyQt.QtGui import QColor

from ..core.harmonization.cloud_classes import CIRRUS, CLEAR, CLOUD, SHADOW, SNOW, WATER
from ..plugin.i18n import Translated
from .styling import Styler

COLOURS = {
    CLEAR: "#00ffffff",
    CLOUD: "#ffffff",
    SHADOW: "#404040",
    CIRRUS: "#b39ddb",
    SNOW: "#80deea",
    WATER: "#1565c0",
}


class ClassWords(Translated):
    """Names them."""

    def names(self) -> dict[int, str]:
        """Return the name of each class."""
        return {
            CLEAR: self.tr("clear"),
            CLOUD: self.tr("cloud"),
            SHADOW: self.tr("shadow"),
            CIRRUS: self.tr("cirrus"),
            SNOW: self.tr("snow"),
            WATER: self.tr("water"),
        }

    def title(self, product: str) -> str:
        """Return the name of the layer."""
        return self.tr("Clouds of {}").format(product)


class ClassesStyler(Styler):
    """Shows the classes of a raster by colour."""

    def __init__(self, product: str) -> None:
        """Keep the name of the product."""
        super().__init__()
        self._product = product

    def style(self, layer: QgsMapLayer, context: QgsProcessingContext) -> None:
        """Name and colour the layer."""
        if not isinstance(layer, QgsRasterLayer):
            return
        words = ClassWords()
        classes = [
            QgsPalettedRasterRenderer.Class(value, QColor(COLOURS[value]), name)
            for value, name in words.names().items()
        ]
        layer.setName(words.title(self._product))
        layer.setRenderer(QgsPalettedRasterRenderer(layer.dataProvider(), 1, classes))
        layer.triggerRepaint()

# SPDX-License-Identifier: GPL-2.0-or-later
"""Shift vectors as a layer: points with attributes, drawn as arrows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import (
    Qgis,
    QgsArrowSymbolLayer,
    QgsCategorizedSymbolRenderer,
    QgsFeature,
    QgsFeatureSink,
    QgsField,
    QgsFields,
    QgsGeometry,
    QgsLineSymbol,
    QgsMapLayer,
    QgsMarkerSymbol,
    QgsPointXY,
    QgsProcessingContext,
    QgsRendererCategory,
    QgsUnitTypes,
    QgsVectorFieldSymbolLayer,
    QgsVectorLayer,
)
from qgis.PyQt import QtCore
from qgis.PyQt.QtGui import QColor

from .styling import Styler

if TYPE_CHECKING:
    from ..core.harmonization.coregistration import Registration

# Length of the longest arrow on the map in millimetres, and colours of windows that agree and that do not.
LONGEST = 12.0
KEPT, DROPPED = "#1a7f37", "#b0b0b0"
# Types of attributes: QGIS before 3.38 knows the second only; later ones call it deprecated, and Qt 6 lacks it.
_TYPES = QtCore.QMetaType.Type if Qgis.QGIS_VERSION_INT >= 33800 else QtCore.QVariant


def vector_fields() -> QgsFields:
    """Return the attributes of shift vectors."""
    fields = QgsFields()
    for name in ("east", "north", "length_m", "quality"):
        fields.append(QgsField(name, _TYPES.Double))
    fields.append(QgsField("kept", _TYPES.Int))
    return fields


def write_vectors(registration: Registration, sink: QgsFeatureSink) -> None:
    """Add a point for each window to a sink that has :func:`vector_fields`."""
    for vector in registration.vectors:
        feature = QgsFeature(vector_fields())
        feature.setGeometry(QgsGeometry.fromPointXY(QgsPointXY(float(vector.x), float(vector.y))))
        values = (vector.east, vector.north, vector.length, vector.quality)
        feature.setAttributes([*(float(value) for value in values), int(vector.kept)])
        sink.addFeature(feature, QgsFeatureSink.Flag.FastInsert)


class VectorStyler(Styler):
    """Draws shift vectors as arrows."""

    def __init__(self, name: str, longest: float) -> None:
        """Keep the name of the layer and the length of the longest vector in metres."""
        super().__init__()
        self._name, self._longest = name, longest

    def style(self, layer: QgsMapLayer, context: QgsProcessingContext) -> None:
        """Style the layer."""
        if isinstance(layer, QgsVectorLayer):
            layer.setName(self._name)
            layer.setRenderer(arrow_renderer(self._longest))
            layer.triggerRepaint()


def arrow_renderer(longest: float) -> QgsCategorizedSymbolRenderer:
    """Return arrows in the direction of the shift: green where windows agree, grey where they do not.

    Args:
        longest: metres of the vector that is drawn 12 mm long.
    """
    categories = [
        QgsRendererCategory(value, _arrow(colour, longest), label)
        for value, colour, label in ((1, KEPT, "kept"), (0, DROPPED, "not kept"))
    ]
    return QgsCategorizedSymbolRenderer("kept", categories)


def _arrow(colour: str, longest: float) -> QgsMarkerSymbol:
    shaft = QgsArrowSymbolLayer.create({"is_curved": "0"})
    for change in (shaft.setArrowWidth, shaft.setArrowStartWidth):
        change(0.4)
    shaft.setHeadLength(1.6)
    shaft.setHeadThickness(0.8)
    shaft.setColor(QColor(colour))
    field = QgsVectorFieldSymbolLayer()
    line = QgsLineSymbol.createSimple({})
    line.changeSymbolLayer(0, shaft)
    field.setSubSymbol(line)
    field.setXAttribute("east")
    field.setYAttribute("north")
    field.setScale(LONGEST / longest if longest > 0 else 1.0)
    field.setDistanceUnit(QgsUnitTypes.RenderUnit.RenderMillimeters)
    # Lists of symbol layers do not hand them over: QGIS crashes where one is given to a symbol's constructor.
    symbol = QgsMarkerSymbol.createSimple({"color": colour, "outline_style": "no", "size": "1"})
    symbol.insertSymbolLayer(0, field)
    return symbol

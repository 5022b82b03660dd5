# SPDX-License-Identifier: GPL-2.0-or-later
"""The third part of the panel: which part of the input is worked on, and where the result goes."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsMapLayerProxyModel,
    QgsProject,
    QgsRectangle,
    QgsReferencedRectangle,
)
from qgis.gui import QgsMapLayerComboBox, QgsMapToolExtent
from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from .panel_labels import Wrapped, tool_button

WHOLE, CANVAS, DRAWN, LAYER = "whole", "canvas", "drawn", "layer"


class WhereView(QWidget):
    """Gives the extent; ``changed`` is emitted when it is another one."""

    changed = pyqtSignal()

    def __init__(self, canvas: Any, parent: QWidget | None = None) -> None:
        """Take the map, which may be None where there is none."""
        super().__init__(parent)
        self._canvas, self._tool, self._before = canvas, None, None
        self._drawn: QgsReferencedRectangle | None = None
        self._is_possible = True
        self._lay_out()
        if canvas is not None:
            canvas.extentsChanged.connect(self._map_moved)
        self._chosen()

    def extent(self) -> QgsReferencedRectangle | None:
        """Return the extent; None for all of the input."""
        kind = self.choice.currentData()
        if kind == CANVAS and self._canvas is not None:
            return QgsReferencedRectangle(self._canvas.extent(), self._canvas.mapSettings().destinationCrs())
        if kind == DRAWN:
            return self._drawn
        layer = self.layers.currentLayer() if kind == LAYER else None
        return QgsReferencedRectangle(layer.extent(), layer.crs()) if layer is not None else None

    def missing(self) -> str:
        """Return what must be chosen still; empty where nothing is missing."""
        if not self._is_possible:
            return ""
        kind = self.choice.currentData()
        if kind == DRAWN and self._drawn is None:
            return self.tr("Draw a rectangle on the map.")
        if kind == LAYER and self.layers.currentLayer() is None:
            return self.tr("Choose a polygon layer.")
        return ""

    def text(self) -> str:
        """Return the extent as Processing takes it; empty for all of the input."""
        extent = self.extent()
        if extent is None or extent.isEmpty():
            return ""
        numbers = (extent.xMinimum(), extent.xMaximum(), extent.yMinimum(), extent.yMaximum())
        return f"{','.join(repr(number) for number in numbers)} [{extent.crs().authid()}]"

    def fit(self, is_possible: bool) -> None:
        """Show whether what was chosen can be done for a part of the input; what the user has chosen here stays."""
        for widget in (self.choice, self.draw, self.layers):
            widget.setEnabled(is_possible)
        self._is_possible = is_possible
        self._show()

    def set_drawn(self, rectangle: QgsRectangle, crs: QgsCoordinateReferenceSystem) -> None:
        """Take a rectangle that was drawn on the map."""
        self._stop_drawing()
        self._drawn = None if rectangle.isEmpty() else QgsReferencedRectangle(rectangle, crs)
        self._show()
        self.changed.emit()

    def close_tools(self) -> None:
        """Give the map its own tool back, and let go of it."""
        self._stop_drawing()
        if self._canvas is not None:
            self._canvas.extentsChanged.disconnect(self._map_moved)
        self._tool = None

    def _map_moved(self) -> None:
        if self.choice.currentData() == CANVAS:
            self.changed.emit()

    def _chosen(self) -> None:
        kind = self.choice.currentData()
        self.draw.setVisible(kind == DRAWN)
        self.layers.setVisible(kind == LAYER)
        if kind == DRAWN and self._drawn is None:
            self._start_drawing()
        self._show()
        self.changed.emit()

    def _start_drawing(self) -> None:
        if self._canvas is None:
            return
        if self._tool is None:
            self._tool = QgsMapToolExtent(self._canvas)
            self._tool.extentChanged.connect(
                lambda extent: self.set_drawn(extent, self._canvas.mapSettings().destinationCrs())
            )
        if self._canvas.mapTool() is not self._tool:
            self._before = self._canvas.mapTool()
        self._canvas.setMapTool(self._tool)

    def _stop_drawing(self) -> None:
        if self._canvas is not None and self._tool is not None and self._canvas.mapTool() is self._tool:
            self._canvas.unsetMapTool(self._tool)
            if self._before is not None:
                self._canvas.setMapTool(self._before)

    def _show(self) -> None:
        """Tell what must be done, or the size of the rectangle that was drawn."""
        text = self.missing() if self._is_possible else self.tr("This is done for all of the input.")
        if not text and self.choice.currentData() == DRAWN and self._drawn is not None:
            text = self.tr("Rectangle of {} km").format(_kilometres(self._drawn))
        self.hint.setText(text)
        self.hint.setVisible(bool(text))

    def _lay_out(self) -> None:
        self.choice = QComboBox()
        self.choice.setObjectName("satsharpWhere")
        self.choice.setAccessibleName(self.tr("Where"))
        self.choice.setToolTip(self.tr("The result of a part equals that part of the result of the whole."))
        for icon, title, kind in (
            ("/mActionZoomFullExtent.svg", self.tr("The whole input"), WHOLE),
            ("/mActionZoomToLayer.svg", self.tr("What the map shows"), CANVAS),
            ("/mActionAddBasicRectangle.svg", self.tr("A drawn rectangle"), DRAWN),
            ("/mIconPolygonLayer.svg", self.tr("A layer’s extent"), LAYER),
        ):
            self.choice.addItem(QgsApplication.getThemeIcon(icon), title, kind)
        self.choice.setMinimumContentsLength(10)
        self.choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.choice.currentIndexChanged.connect(lambda _: self._chosen())
        self.draw = tool_button(
            "/mActionAddBasicRectangle.svg", self.tr("Draw a rectangle on the map"), self._start_drawing, "satsharpDraw"
        )
        self.layers = QgsMapLayerComboBox()
        self.layers.setFilters(QgsMapLayerProxyModel.Filter.PolygonLayer)
        self.layers.setToolTip(self.tr("The result covers the rectangle around this layer."))
        self.layers.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.layers.layerChanged.connect(lambda _: (self._show(), self.changed.emit()))
        self.hint = Wrapped()
        row = QHBoxLayout()
        row.addWidget(self.choice, 1)
        row.addWidget(self.draw)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(row)
        layout.addWidget(self.layers)
        layout.addWidget(self.hint)


def _kilometres(extent: QgsReferencedRectangle) -> str:
    """Return width and height of a rectangle for people, in the middle of which a metre is nearly one."""
    metric = QgsCoordinateReferenceSystem("EPSG:3857") if extent.crs().isGeographic() else extent.crs()
    try:
        moved = QgsCoordinateTransform(extent.crs(), metric, QgsProject.instance()).transformBoundingBox(extent)
    except QgsCsException:
        return "?"
    return f"{moved.width() / 1000:.3g} × {moved.height() / 1000:.3g}"

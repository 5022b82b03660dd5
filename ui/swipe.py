# SPDX-License-Identifier: GPL-2.0-or-later
"""Two pictures over the map with a line between them, which the mouse drags."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsRectangle
from qgis.gui import QgsMapCanvas, QgsMapCanvasItem
from qgis.PyQt.QtCore import QEvent, QObject, QPointF, QRectF, Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor, QFont, QFontMetricsF, QImage, QMouseEvent, QPainter, QPainterPath, QPen, QPolygonF

MEASURED, SWIPE, RESULT = "measured", "swipe", "result"
# Pixels beside the line in which the mouse takes hold of it, and the radius of the handle, in logical pixels.
REACH, HANDLE = 8, 9


class SwipeItem(QgsMapCanvasItem):
    """Paints what was measured left of the line and the result right of it, inside the outline of the preview."""

    def __init__(self, canvas: QgsMapCanvas, titles: tuple[str, str]) -> None:
        """Take the map and what the two sides are called."""
        super().__init__(canvas)
        self._canvas, self._titles = canvas, titles
        self._outline: tuple[QPointF, ...] = ()
        self._pictures: tuple[QImage, QImage] = (QImage(), QImage())
        self._shown = QgsRectangle()
        self.position = 0.5
        self.mode = SWIPE

    def set_outline(self, corners: list[tuple[float, float]]) -> None:
        """Take the outline of the preview in coordinates of the map."""
        self._outline = tuple(QPointF(x, y) for x, y in corners)
        xs, ys = [x for x, _ in corners], [y for _, y in corners]
        self.setRect(QgsRectangle(min(xs), min(ys), max(xs), max(ys)))
        self.update()

    def set_pictures(self, measured: QImage, result: QImage, extent: QgsRectangle) -> None:
        """Take the pictures of both sides, which cover an extent of the map."""
        self._pictures, self._shown = (measured, result), extent
        self.update()

    def line(self) -> float | None:
        """Return where the line is, in pixels from the left of the map; None where it is not to be seen."""
        left, right = self._visible()
        if self.mode != SWIPE or right - left < 2 * REACH or self._result.isNull():
            return None
        return self.pos().x() + left + self.position * (right - left)

    def move_line(self, x: float) -> None:
        """Move the line to so many pixels from the left of the map."""
        left, right = self._visible()
        if right > left:
            self.position = min(1.0, max(0.0, (x - self.pos().x() - left) / (right - left)))
            self.update()

    def height_span(self) -> tuple[float, float]:
        """Return where the preview begins and ends, in pixels from the top of the map."""
        return self.pos().y(), self.pos().y() + self._size().height()

    @property
    def _result(self) -> QImage:
        return self._pictures[1]

    def _size(self) -> QRectF:
        unit = self._canvas.mapUnitsPerPixel() or 1.0
        return QRectF(0.0, 0.0, self.rect().width() / unit, self.rect().height() / unit)

    def _visible(self) -> tuple[float, float]:
        """Return the part of the preview's columns that is inside the map, in pixels from the preview's left."""
        start = self.pos().x()
        return max(0.0, -start), min(self._size().width(), self._canvas.viewport().width() - start)

    def paint(self, painter: QPainter, option: Any = None, widget: Any = None) -> None:
        """Paint both sides, the line and the outline."""
        if not self._outline:
            return
        area = QPainterPath()
        area.addPolygon(QPolygonF([self._on_item(point) for point in self._outline]))
        area.closeSubpath()
        left, right = self._visible()
        middle = {MEASURED: right, RESULT: left}.get(self.mode, left + self.position * (right - left))
        whole = self._size()
        for picture, start, end in ((self._pictures[0], whole.left(), middle), (self._result, middle, whole.right())):
            if not picture.isNull() and end > start:
                painter.save()
                painter.setClipPath(area)
                painter.setClipRect(
                    QRectF(start, whole.top(), end - start, whole.height()), Qt.ClipOperation.IntersectClip
                )
                painter.drawImage(self._place(), picture)
                painter.restore()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _draw_twice(painter, lambda: painter.drawPath(area), Qt.PenStyle.DashLine)
        if self.mode == SWIPE and not self._result.isNull():
            self._paint_line(painter, middle)
        if not self._result.isNull():
            self._paint_titles(painter, left, middle, right)

    def _on_item(self, point: QPointF) -> QPointF:
        unit, box = self._canvas.mapUnitsPerPixel() or 1.0, self.rect()
        return QPointF((point.x() - box.xMinimum()) / unit, (box.yMaximum() - point.y()) / unit)

    def _place(self) -> QRectF:
        """Return where the pictures lie; they are of the map as it was when they were drawn."""
        corner = self._on_item(QPointF(self._shown.xMinimum(), self._shown.yMaximum()))
        unit = self._canvas.mapUnitsPerPixel() or 1.0
        return QRectF(corner.x(), corner.y(), self._shown.width() / unit, self._shown.height() / unit)

    def _paint_line(self, painter: QPainter, x: float) -> None:
        height = self._size().height()
        _draw_twice(painter, lambda: painter.drawLine(QPointF(x, 0), QPointF(x, height)))
        # The handle is in the middle of what is to be seen.
        top = max(0.0, -self.pos().y())
        bottom = min(height, self._canvas.viewport().height() - self.pos().y())
        middle = (top + bottom) / 2
        painter.setPen(QPen(QColor(40, 40, 40), 1))
        painter.setBrush(QColor(255, 255, 255))
        centre = QPointF(x, middle)
        painter.drawEllipse(centre, HANDLE, HANDLE)
        painter.setBrush(QColor(40, 40, 40))
        for side in (-1, 1):
            tip = QPointF(x + side * (HANDLE - 2), middle)
            back = x + side * (HANDLE - 6)
            painter.drawPolygon(QPolygonF([tip, QPointF(back, tip.y() - 3), QPointF(back, tip.y() + 3)]))
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_titles(self, painter: QPainter, left: float, middle: float, right: float) -> None:
        font = QFont(painter.font())
        font.setBold(True)
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        gap, pad = 6.0, 4.0
        bottom = min(self._size().height(), self._canvas.viewport().height() - self.pos().y()) - gap
        for title, start, end, at_end in (
            (self._titles[0], left, middle, False),
            (self._titles[1], middle, right, True),
        ):
            box = QRectF(0, 0, metrics.horizontalAdvance(title) + 2 * pad, metrics.height() + pad)
            # Not at the top, where QGIS shows its messages.
            box.moveBottom(bottom)
            if end - start < box.width() + 2 * HANDLE:
                continue
            box.moveLeft(end - gap - box.width() if at_end else start + gap)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(0, 0, 0, 160))
            painter.drawRoundedRect(box, 3, 3)
            painter.setPen(QColor(255, 255, 255))
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), title)
        painter.setBrush(Qt.BrushStyle.NoBrush)


class SwipeMouse(QObject):
    """Lets the mouse drag the line, whatever map tool is at work."""

    moved = pyqtSignal(float)

    def __init__(self, canvas: QgsMapCanvas, item: SwipeItem) -> None:
        """Watch the map."""
        super().__init__(canvas)
        self._canvas, self._item, self._dragging = canvas, item, False
        self._cursor_of_tool: Any = None
        canvas.viewport().installEventFilter(self)

    def stop(self) -> None:
        """Watch the map no longer."""
        self._show_cursor(False)
        self._canvas.viewport().removeEventFilter(self)
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the events that drag the line; the map tool gets all others."""
        if not isinstance(event, QMouseEvent):
            return False
        kind = event.type()
        if kind == QEvent.Type.MouseButtonPress and self._is_near(event):
            self._dragging = event.button() == Qt.MouseButton.LeftButton
            return self._dragging
        if kind == QEvent.Type.MouseMove:
            if self._dragging:
                self._item.move_line(event.pos().x())
                self.moved.emit(self._item.position)
                return True
            self._show_cursor(self._is_near(event))
        if kind == QEvent.Type.MouseButtonRelease and self._dragging:
            self._dragging = False
            return True
        return False

    def _is_near(self, event: QMouseEvent) -> bool:
        line, (top, bottom) = self._item.line(), self._item.height_span()
        return line is not None and abs(event.pos().x() - line) <= REACH and top <= event.pos().y() <= bottom

    def _show_cursor(self, near: bool) -> None:
        viewport = self._canvas.viewport()
        if near and self._cursor_of_tool is None:
            self._cursor_of_tool = viewport.cursor()
            viewport.setCursor(Qt.CursorShape.SplitHCursor)
        elif not near and self._cursor_of_tool is not None:
            viewport.setCursor(self._cursor_of_tool)
            self._cursor_of_tool = None


def _draw_twice(painter: QPainter, draw: Any, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> None:
    """Draw in white on black, to be seen on any map."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(0, 0, 0, 180), 3))
    draw()
    painter.setPen(QPen(QColor(255, 255, 255), 1.5, style))
    draw()

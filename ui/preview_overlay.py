# SPDX-License-Identifier: GPL-2.0-or-later
"""The preview on the map: draws both sides anew whenever the map or the colours change, without waiting for them."""

from __future__ import annotations

from qgis.core import (
    QgsCoordinateTransform,
    QgsCsException,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
)
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QObject, Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor, QImage

from ..plugin.contrast import Limits, limits_of
from .alive import while_alive
from .preview_styles import colour, converted, first_colours, renderer_colours
from .preview_task import Preview
from .preview_window import Subject
from .swipe import SwipeItem, SwipeMouse

# Points along each edge of the outline: its edges are curves in other projections.
EDGE_POINTS = 8


class PreviewOverlay(QObject):
    """Owns what is on the map."""

    lineMoved = pyqtSignal(float)  # noqa: N815 - a signal of Qt

    def __init__(self, canvas: QgsMapCanvas, titles: tuple[str, str], parent: QObject | None = None) -> None:
        """Prepare an empty overlay on a map."""
        super().__init__(parent)
        self._canvas, self._titles = canvas, titles
        self._item: SwipeItem | None = None
        self._mouse: SwipeMouse | None = None
        self._jobs: list[QgsMapRendererParallelJob] = []
        # A job that is deleted while it works, or by its own signal, would stop QGIS.
        self._leaving: list[QgsMapRendererParallelJob] = []
        self._recolourable = False
        self._preview: Preview | None = None
        self._before: QgsRasterLayer | None = None
        self.colours: tuple[int, int, int] = (1, 1, 1)
        self._limits: dict[int, Limits] = {}
        canvas.extentsChanged.connect(self.redraw)
        canvas.destinationCrsChanged.connect(self._place)

    @property
    def preview(self) -> Preview | None:
        """What is shown."""
        return self._preview

    def show(self, preview: Preview, subject: Subject, layer: QgsRasterLayer | None, keep_colours: bool) -> None:
        """Show a preview.

        Args:
            preview: what was made.
            subject: what it is a preview of.
            layer: the loaded layer that is the input, or None.
            keep_colours: it is another place of the same request: colours and limits stay.
        """
        self._preview = preview
        same_bands = layer is not None and layer.bandCount() == len(preview.names)
        if not keep_colours:
            styled = renderer_colours(layer) if same_bands else None
            self.colours, self._limits = styled or (first_colours(preview.names, subject.sensor), {})
            if styled is not None and layer is not None:
                self._limits = converted(self._limits, layer, preview.result)
        self._before = preview.measured or (layer.clone() if layer is not None else None)
        self._recolourable = preview.measured is not None or same_bands
        if self._item is None:
            self._item = SwipeItem(self._canvas, self._titles)
            self._mouse = SwipeMouse(self._canvas, self._item)
            self._mouse.moved.connect(self.lineMoved)
        self._place()
        self._paint_with(self.colours)

    def set_colours(self, colours: tuple[int, int, int]) -> None:
        """Show other bands on both sides."""
        self.colours = colours
        self._paint_with(colours)

    def stretch_here(self) -> None:
        """Take the limits of the colours from the place that is shown."""
        self._limits = {}
        self._paint_with(self.colours)

    def set_mode(self, mode: str) -> None:
        """Show one side, or both with the line."""
        if self._item is not None:
            self._item.mode = mode
            self._item.update()

    def set_position(self, share: float) -> None:
        """Move the line to a share of the preview's width."""
        if self._item is not None:
            self._item.position = share
            self._item.update()

    def extent_on_map(self) -> QgsRectangle:
        """Return the extent of the preview in the map's CRS; an empty one without a preview."""
        return self._item.rect() if self._item is not None else QgsRectangle()

    def redraw(self) -> None:
        """Draw both sides for the map as it is now; what is on its way is of no use any more."""
        if self._preview is None or self._item is None:
            return
        self._cancel_jobs()
        settings = QgsMapSettings(self._canvas.mapSettings())
        settings.setBackgroundColor(QColor(Qt.GlobalColor.transparent))
        layers = (self._before, self._preview.result)
        self._jobs = [self._job(settings, layer) for layer in layers if layer is not None]

    def clear(self) -> None:
        """Take everything off the map."""
        self._cancel_jobs()
        self._preview = self._before = None
        if self._mouse is not None:
            self._mouse.stop()
        if self._item is not None:
            self._canvas.scene().removeItem(self._item)
        self._mouse = self._item = None

    def _paint_with(self, colours: tuple[int, int, int]) -> None:
        preview = self._preview
        if preview is None:
            return
        for band in set(colours) - set(self._limits):
            self._limits[band] = limits_of(preview.result.dataProvider(), band)
        colour(preview.result, colours, self._limits)
        if self._before is not None and self._recolourable:
            colour(self._before, colours, converted(self._limits, preview.result, self._before))
        self.redraw()

    def _job(self, settings: QgsMapSettings, layer: QgsRasterLayer) -> QgsMapRendererParallelJob:
        own = QgsMapSettings(settings)
        own.setLayers([layer])
        job = QgsMapRendererParallelJob(own)
        job.finished.connect(while_alive(self, lambda: self._take(job)))
        job.start()
        return job

    def _take(self, job: QgsMapRendererParallelJob) -> None:
        if job not in self._jobs or self._item is None or any(other.isActive() for other in self._jobs):
            return
        pictures = [one.renderedImage() for one in self._jobs]
        extent = self._jobs[0].mapSettings().visibleExtent()
        self._leaving += self._jobs
        self._jobs = []
        self._item.set_pictures(pictures[0] if len(pictures) > 1 else QImage(), pictures[-1], extent)

    def _cancel_jobs(self) -> None:
        for job in self._jobs:
            job.cancelWithoutBlocking()
        gone = [job for job in self._leaving if not job.isActive()]
        for job in gone:
            job.finished.disconnect()
        self._leaving = [job for job in self._leaving if job not in gone] + self._jobs
        self._jobs = []

    def _place(self) -> None:
        """Put the outline where the preview lies in the map's CRS."""
        if self._preview is None or self._item is None:
            return
        layer = self._preview.result
        box = layer.extent()
        steps = [number / EDGE_POINTS for number in range(EDGE_POINTS)]
        corners = [
            *((box.xMinimum() + share * box.width(), box.yMaximum()) for share in steps),
            *((box.xMaximum(), box.yMaximum() - share * box.height()) for share in steps),
            *((box.xMaximum() - share * box.width(), box.yMinimum()) for share in steps),
            *((box.xMinimum(), box.yMinimum() + share * box.height()) for share in steps),
        ]
        crs = self._canvas.mapSettings().destinationCrs()
        transform = QgsCoordinateTransform(layer.crs(), crs, QgsProject.instance().transformContext())
        try:
            points = [transform.transform(x, y) for x, y in corners]
        except QgsCsException:
            return
        self._item.set_outline([(point.x(), point.y()) for point in points])

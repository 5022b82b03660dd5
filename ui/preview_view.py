# SPDX-License-Identifier: GPL-2.0-or-later
"""The preview: the algorithm's result around the centre of the map, laid over it with a line to swipe."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsReferencedRectangle
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QVBoxLayout, QWidget

from .preview_controls import PreviewControls, tool_button
from .preview_overlay import PreviewOverlay
from .preview_runner import PreviewRunner
from .preview_task import Preview

# The map around the preview when it is zoomed to, as a multiple of it.
SURROUNDINGS = 1.3
# A preview that is smaller on the map, in logical pixels, can hardly be seen.
LEAST_PIXELS = 80


class PreviewView(QWidget):
    """Shows the preview of a request and its controls."""

    def __init__(self, iface_or_canvas: Any, parent: QWidget | None = None) -> None:
        """Take the map that the preview is laid over."""
        super().__init__(parent)
        self.setObjectName("SatSharpPreviewView")
        given = iface_or_canvas
        self._canvas = given if isinstance(given, QgsMapCanvas) else given.mapCanvas()
        self.runner = PreviewRunner(self._canvas, self)
        self.overlay = PreviewOverlay(self._canvas, (self.tr("Input"), self.tr("Result")), self)
        self.controls = PreviewControls()
        self._other_input = True
        self._lay_out()
        self._connect()
        self._show_controls(False)
        self._show_possible()

    def show_request(
        self, algorithm_id: str, parameters: dict[str, Any], area: QgsReferencedRectangle | None = None
    ) -> None:
        """Take what is to be previewed; called whenever the input, the model or an option changes.

        Args:
            algorithm_id: with that of the provider.
            parameters: of the full run.
            area: where the input lies, or None; a part of the panel that is closed does not look ahead.
        """
        if self.runner.set_request(algorithm_id, parameters, area if self.isVisible() else None):
            self._other_input = True
            self.overlay.clear()
            self._show_controls(False)
        self._show_possible()

    def clear(self) -> None:
        """Take the preview off the map and forget the request."""
        self.button.setChecked(False)
        self.runner.forget()
        self.overlay.clear()
        self.runner.clean_up()
        self._show_controls(False)
        self._show_possible()

    def _lay_out(self) -> None:
        self.button = tool_button(
            "/mActionShowAllLayers.svg",
            self.tr("Preview"),
            self.tr("Shows the result around the centre of the map, and again whenever the map moves"),
            checkable=True,
        )
        self.button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.status = QLabel()
        self.status.setWordWrap(True)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(self.tr("Progress of the preview"))
        head = QHBoxLayout()
        head.addWidget(self.button)
        head.addWidget(self.status, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(head)
        layout.addWidget(self.progress)
        layout.addWidget(self.controls)

    def _connect(self) -> None:
        self.button.toggled.connect(self._toggled)
        self.controls.modeChosen.connect(self.overlay.set_mode)
        self.controls.lineMoved.connect(self.overlay.set_position)
        self.controls.bandsChosen.connect(lambda *colours: self.overlay.set_colours(colours))
        self.controls.zoom.clicked.connect(self._zoom)
        self.controls.stretch.clicked.connect(self.overlay.stretch_here)
        self.overlay.lineMoved.connect(self.controls.show_position)
        self.runner.started.connect(self._started)
        self.runner.progressed.connect(self._progressed)
        self.runner.made.connect(self._made)
        self.runner.failed.connect(self._failed)
        self.runner.stopped.connect(self.progress.hide)

    def _toggled(self, on: bool) -> None:
        self.runner.set_active(on)
        if not on:
            self.overlay.clear()
            self._show_controls(False)
            self._show_possible()

    def _started(self) -> None:
        self.progress.setRange(0, 0)
        self.progress.show()
        self._say(self.tr("Looking at this place…"))

    def _progressed(self, share: float) -> None:
        if share > 0:
            self.progress.setRange(0, 100)
            self.progress.setValue(round(share))

    def _made(self, preview: Preview) -> None:
        self.progress.setRange(0, 0)
        self.progress.setVisible(not preview.exact)
        subject = self.runner.subject
        if subject is None:
            return
        self.overlay.show(preview, subject, self.runner.input_layer(), keep_colours=not self._other_input)
        self._other_input = False
        self.overlay.set_mode(self.controls.mode)
        self.overlay.set_position(self.controls.position)
        self.controls.show_bands(preview.names, self.overlay.colours)
        self._show_controls(True)
        self._say(self._account(preview))

    def _account(self, preview: Preview) -> str:
        box = self.overlay.extent_on_map()
        if box.width() / (self._canvas.mapUnitsPerPixel() or 1.0) < LEAST_PIXELS:
            return self.tr("The preview is a small square on this map: zoom to it.")
        size = f"{preview.result.width()} × {preview.result.height()}"
        if not preview.exact:
            return self.tr("{} pixels, a first look; exact values follow…").format(size)
        return self.tr("{} pixels, with the values of the full run.").format(size)

    def _failed(self, problem: str) -> None:
        self.progress.hide()
        if self.overlay.preview is not None and not self.overlay.preview.exact:
            # Nothing exact follows, and nobody should take it for that.
            self.overlay.clear()
            self._show_controls(False)
        self._say(problem or self.tr("The preview was stopped."))

    def _zoom(self) -> None:
        box = self.overlay.extent_on_map()
        if not box.isEmpty():
            box.scale(SURROUNDINGS)
            self._canvas.setExtent(box)
            self._canvas.refresh()

    def _show_controls(self, shown: bool) -> None:
        self.controls.setVisible(shown)
        if not shown:
            self.progress.hide()

    def _show_possible(self) -> None:
        possible = self.runner.possible()
        self.button.setEnabled(possible)
        if not possible:
            self.button.setChecked(False)
            known = self.runner.subject is not None
            self._say(self.tr("This has no preview.") if known else self.tr("Choose an input first."))
        elif not self.button.isChecked():
            self._say(self.tr("Tries the result where the map is, before you run it."))

    def _say(self, sentence: str) -> None:
        self.status.setText(sentence)

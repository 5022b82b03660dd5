# SPDX-License-Identifier: GPL-2.0-or-later
"""When a preview is made: a moment after the map or the request has changed, and never two at a time."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsApplication, QgsPointXY, QgsProject, QgsRasterLayer, QgsReferencedRectangle
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from ..core.sensors import load_sensors
from ..plugin.settings import load_settings, sensor_folders
from .alive import while_alive
from .preview_ahead import LookAhead
from .preview_files import PreviewFolders, let_go
from .preview_task import Preview, PreviewTask
from .preview_window import (
    FIRST_SIDE,
    Subject,
    can_preview,
    lies_on_the_web,
    next_side,
    preview_parameters,
    shown_parameters,
    window_around,
)

# A map that is being moved rests this long before a preview is worth while.
REST_MILLISECONDS = 600
# A smaller move, as a share of the preview's side, changes nothing worth seeing.
LEAST_MOVE = 0.1
DEFAULT_GSD = 10.0


class PreviewRunner(QObject):
    """Makes previews of one request around the centre of a map."""

    started = pyqtSignal()
    progressed = pyqtSignal(float)
    made = pyqtSignal(object)
    failed = pyqtSignal(str)
    stopped = pyqtSignal()

    def __init__(self, canvas: QgsMapCanvas, parent: QObject | None = None) -> None:
        """Watch a map; nothing is made before there is a request."""
        super().__init__(parent)
        self._canvas = canvas
        self.subject: Subject | None = None
        self._active = False
        self._side, self._gsd = FIRST_SIDE, 0.0
        # Metres along a side of the preview that was begun last.
        self._span = 0.0
        # Of a large scene that is not known there are first looks until somebody has looked at all of it. Of a small
        # one the first preview does so, and its time tells nothing of the next ones.
        self.knows_scene = self._knew_scene = False
        self._shows_first_look = False
        self.ahead = LookAhead(lambda: self.is_running, self)
        self.ahead.ended.connect(self._ahead_ended)
        self._centre: QgsPointXY | None = None
        self._task: PreviewTask | None = None
        self._folders = PreviewFolders()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REST_MILLISECONDS)
        self._timer.timeout.connect(lambda: self._start())
        canvas.extentsChanged.connect(self._map_moved)

    @property
    def is_running(self) -> bool:
        """Whether a preview is being made."""
        return self._task is not None

    def set_active(self, active: bool) -> None:
        """Make previews from now on, or no longer."""
        self._active = active
        self._centre = None
        self._shows_first_look = False
        if active:
            self._timer.start(0)
            return
        self.cancel()
        if self.subject is not None and lies_on_the_web(self.subject.parameters):
            self.ahead.cancel()

    def set_request(
        self, algorithm: str, parameters: dict[str, Any], area: QgsReferencedRectangle | None = None
    ) -> bool:
        """Take what is to be previewed.

        Args:
            algorithm: id with that of the provider.
            parameters: of the full run.
            area: where the input lies, to look at the scene before a preview is asked for; None not to.

        Returns:
            Whether it is another input or algorithm than before.
        """
        before = self.subject
        sensors, _ = load_sensors(*sensor_folders(load_settings()))
        sensor = next((one for one in sensors if algorithm.split(":")[-1] == one.algorithm), None)
        self.subject = Subject(algorithm, dict(parameters), sensor)
        other = before is None or (before.algorithm, _inputs(before.parameters)) != (algorithm, _inputs(parameters))
        if other:
            let_go()
            self._side, self._gsd = FIRST_SIDE, 0.0
        if before is None or other or shown_parameters(before.parameters) != shown_parameters(parameters):
            # Another model or option may ask for other things of the scene.
            self._centre, self.knows_scene, self._shows_first_look = None, False, False
            self._restart()
            self.ahead.begin(self.subject, area, self._metres())
        return other

    def possible(self) -> bool:
        """Return whether the request can be previewed."""
        return self.subject is not None and can_preview(self._algorithm())

    def cancel(self) -> None:
        """Stop what is being made or waits to be made."""
        self._timer.stop()
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            self.stopped.emit()

    def forget(self) -> None:
        """Stop, and forget the request."""
        self.cancel()
        self.ahead.cancel()
        self.subject = None
        let_go()

    def clean_up(self) -> None:
        """Delete the files of previews that nobody shows any more, and let go of the input."""
        let_go()
        self._folders.delete()

    def input_layer(self) -> QgsRasterLayer | None:
        """Return the loaded layer that is the input, if it is one."""
        given = self.subject.parameters.get("INPUT") if self.subject is not None else None
        if isinstance(given, QgsRasterLayer):
            return given
        layer = QgsProject.instance().mapLayer(given) if isinstance(given, str) else None
        return layer if isinstance(layer, QgsRasterLayer) else None

    def _ahead_ended(self, is_known: bool, problem: str) -> None:
        self.knows_scene = self.knows_scene or is_known
        if not (self._shows_first_look and self._active) or self.is_running or self._timer.isActive():
            return
        if is_known:
            self._start(self._span)
        else:
            self._fail(problem)

    def _map_moved(self) -> None:
        # What is being found out about the scene serves every place of it: that is not stopped half-way.
        if self._active and self._has_moved() and not (self.is_running and not self.knows_scene):
            self._restart()

    def _has_moved(self) -> bool:
        if self._centre is None:
            return True
        centre = self._canvas.center()
        crs = self._canvas.mapSettings().destinationCrs()
        side = window_around(centre, crs, self._side * self._metres()).width()
        return self._centre.distance(centre) > LEAST_MOVE * side

    def _restart(self) -> None:
        self.cancel()
        if self._active:
            self._timer.start(REST_MILLISECONDS)

    def _start(self, span: float = 0.0) -> None:
        """Make a preview of the middle of the map, as wide as one in whose place it comes, or as may be."""
        algorithm = self._algorithm()
        if not self._active or self.subject is None or not can_preview(algorithm):
            return
        self.cancel()
        centre = self._canvas.center()
        self._span = span or self._side * self._metres()
        window = window_around(centre, self._canvas.mapSettings().destinationCrs(), self._span)
        parameters = preview_parameters(algorithm, self.subject.parameters, window, self._folders.following())
        title, ended = self.tr("Preview: {}").format(algorithm.displayName()), while_alive(self, self._finished)
        task = PreviewTask(algorithm, parameters, self.subject, ended, title, at_first=not self.knows_scene)
        task.progressChanged.connect(while_alive(self, lambda share: self._tell(task, share)))
        self._task, self._centre, self._knew_scene = task, centre, self.knows_scene
        self.started.emit()
        QgsApplication.taskManager().addTask(task)

    def _tell(self, task: PreviewTask, share: float) -> None:
        if task is self._task:
            self.progressed.emit(share)

    def _finished(self, task: PreviewTask) -> None:
        if task is not self._task:
            return
        self._task = None
        # The task lives on in QGIS for a while, and its layers would keep files open.
        preview, task.preview = task.preview, None
        if preview is None:
            self._fail(task.problem)
            return
        self._gsd = preview.gsd or self._gsd
        self._shows_first_look = not preview.exact
        if not preview.exact:
            self.made.emit(preview)
            self._follow(preview)
            return
        # Somebody else may have looked at the scene meanwhile, and this one have waited for that.
        if self._knew_scene:
            self._side = next_side(self._side, preview.seconds)
        self.knows_scene = True
        self.made.emit(preview)
        self._map_moved()

    def _fail(self, problem: str) -> None:
        self._centre, self._shows_first_look = None, False
        self.failed.emit(problem)

    def _follow(self, preview: Preview) -> None:
        """After a first look: have the whole scene looked at, or show what is known of it by now."""
        if self._has_moved():
            self._restart()
        elif self.knows_scene:
            self._start(self._span)
        if not self.knows_scene and self.subject is not None:
            layer = preview.result
            self.ahead.look_now(self.subject, QgsReferencedRectangle(layer.extent(), layer.crs()))

    def _algorithm(self) -> Any:
        if self.subject is None:
            return None
        return QgsApplication.processingRegistry().algorithmById(self.subject.algorithm)

    def _metres(self) -> float:
        if self._gsd:
            return self._gsd
        if self.subject is not None and self.subject.sensor is not None:
            return float(self.subject.sensor.gsds[0])
        layer = self.input_layer()
        # A model makes the pixels of a layer smaller; those of one in degrees are no metres.
        if layer is None or layer.crs().isGeographic():
            return DEFAULT_GSD
        return max(0.1, layer.rasterUnitsPerPixelX() / 2)


def _inputs(parameters: dict[str, Any]) -> tuple[Any, Any]:
    """Return what is worked on: one input, or several dates."""
    return parameters.get("INPUT"), parameters.get("INPUTS")

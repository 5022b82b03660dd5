# SPDX-License-Identifier: GPL-2.0-or-later
"""The queue: runs the algorithms of Processing one after another in the background; it computes nothing itself."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsApplication,
    QgsProcessing,
    QgsProcessingAlgorithm,
    QgsProcessingAlgRunnerTask,
    QgsProcessingContext,
    QgsProcessingOutputLayerDefinition,
    QgsProcessingUtils,
    QgsProject,
)
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QObject, pyqtSignal

from .run_record import CANCELLED, DONE, FAILED, PAUSED, RUNNING, STOPPED, WAITING, Run
from .run_unfinished import UnfinishedRuns, discard_output, has_partial

TEMPORARY = QgsProcessing.TEMPORARY_OUTPUT
# QGIS holds bare pointers to context and feedback of a task: they must outlive it, and the panel.
_alive: set[tuple[Any, ...]] = set()


class RunQueue(QObject):
    """Keeps runs in order; ``ended`` hands over each run with its context, whose layers are still to be loaded."""

    added = pyqtSignal(object)
    ended = pyqtSignal(object, object)
    removed = pyqtSignal(object)

    def __init__(self, unfinished: UnfinishedRuns, parent: QObject | None = None) -> None:
        """Start empty.

        Args:
            unfinished: remembers runs beyond the end of QGIS.
            parent: of this object.
        """
        super().__init__(parent)
        self.runs: list[Run] = []
        self._unfinished = unfinished

    @property
    def active(self) -> Run | None:
        """The run that is being worked on."""
        return next((run for run in self.runs if run.is_active), None)

    @property
    def destinations(self) -> set[str]:
        """Where runs that have not ended will write."""
        values = (value for run in self.runs if not run.is_ended for value in run.parameters.values())
        return {value for value in values if isinstance(value, str)}

    def add(self, run: Run) -> None:
        """Append a run; it starts when those before it have ended."""
        run.parameters = lasting_destinations(run)
        self.runs.append(run)
        self.added.emit(run)
        self._start_next()

    def pause(self, run: Run) -> None:
        """Let the run that is being worked on wait before its next tile."""
        if run.state == RUNNING:
            run.feedback.pause()
            run.to(PAUSED)

    def go_on(self, run: Run) -> None:
        """Let a paused or stopped run go on."""
        if run.state == PAUSED:
            run.feedback.go_on()
            run.to(RUNNING)
        elif run.state == STOPPED:
            run.renew()
            run.to(WAITING)
            self._start_next()

    def stop(self, run: Run) -> None:
        """Stop the run that is being worked on; what is finished is kept, and it can go on."""
        if run.is_active:
            run.was_stopped = True
            run.feedback.cancel()

    def cancel(self, run: Run) -> None:
        """Cancel a run; nothing of it is left behind."""
        run.was_stopped = False
        if run.state == WAITING:
            run.to(CANCELLED)
        elif run.is_active:
            run.feedback.discard()

    def remove(self, run: Run) -> None:
        """Take a run that has ended or not begun off the list."""
        if run in self.runs and not run.is_active:
            if run.state == STOPPED:
                self._unfinished.forget(run)
                discard_output(str(run.parameters.get("OUTPUT", "")))
            self.runs.remove(run)
            self.removed.emit(run)

    def stop_all(self) -> None:
        """Stop everything because the plugin is unloaded."""
        for run in self.runs:
            if run.state == WAITING:
                run.state = STOPPED
            elif run.is_active:
                run.feedback.cancel()

    def _start_next(self) -> None:
        waiting = next((run for run in self.runs if run.state == WAITING), None)
        if waiting is not None and self.active is None:
            self._start(waiting)

    def _start(self, run: Run) -> None:
        algorithm = QgsApplication.processingRegistry().createAlgorithmById(run.algorithm)
        context = QgsProcessingContext()
        context.setProject(QgsProject.instance())
        if algorithm is None:
            return self._fail(run, self.tr("The algorithm {} is not there any more.").format(run.algorithm))
        parameters = destinations_loaded(algorithm, run.parameters)
        possible, reason = algorithm.checkParameterValues(parameters, context)
        if not possible:
            return self._fail(run, reason)
        run.feedback.begin()
        run.to(RUNNING)
        self._unfinished.remember(run)
        task = QgsProcessingAlgRunnerTask(algorithm, parameters, context, run.feedback)
        task.setDescription(run.title)
        held = (task, context, run.feedback, run)
        _alive.add(held)

        def executed(successful: bool, results: dict[str, Any]) -> None:
            _alive.discard(held)
            if not sip.isdeleted(self):
                self._finish(run, context, successful, results)

        task.executed.connect(executed)
        # A task that is cancelled before it has begun executes nothing.
        task.taskTerminated.connect(lambda: executed(False, {}) if held in _alive else None)
        QgsApplication.taskManager().addTask(task)
        return None

    def _fail(self, run: Run, reason: str) -> None:
        run.feedback.reportError(reason)
        run.to(FAILED)
        self._start_next()

    def _finish(self, run: Run, context: QgsProcessingContext, successful: bool, results: dict[str, Any]) -> None:
        if run.feedback.problem and not successful:
            state = FAILED
        elif run.feedback.is_ended or not successful:
            is_kept = not run.feedback.discards and has_partial(str(run.parameters.get("OUTPUT", "")))
            state = STOPPED if is_kept else CANCELLED
        else:
            state = DONE
        run.feedback.end()
        run.results = dict(results)
        run.state = state
        if state != STOPPED:
            self._unfinished.forget(run)
        self.ended.emit(run, context)
        run.changed.emit()
        self._start_next()


def lasting_destinations(run: Run) -> dict[str, Any]:
    """Return parameters whose temporary destinations are files, so that a run that was stopped finds its own again."""
    algorithm = QgsApplication.processingRegistry().algorithmById(run.algorithm)
    wanted = [name for name, value in run.parameters.items() if value == TEMPORARY]
    files = {name: f"{name}{_suffix(algorithm, name)}" for name in wanted}
    return {**run.parameters, **{name: QgsProcessingUtils.generateTempFilename(file) for name, file in files.items()}}


def _suffix(algorithm: QgsProcessingAlgorithm | None, name: str) -> str:
    """Return what the file of a destination ends in; nothing for a folder."""
    definition = algorithm.parameterDefinition(name) if algorithm is not None else None
    kind = definition.type() if definition is not None else "rasterDestination"
    if kind == "folderDestination":
        return ""
    return ".tif" if kind == "rasterDestination" else f".{definition.defaultFileExtension()}"


def destinations_loaded(algorithm: QgsProcessingAlgorithm, parameters: dict[str, Any]) -> dict[str, Any]:
    """Return parameters whose raster destinations are loaded into the project when the run has ended."""
    values = dict(parameters)
    for definition in algorithm.destinationParameterDefinitions():
        given = values.get(definition.name())
        if isinstance(given, str) and given and definition.type() == "rasterDestination":
            values[definition.name()] = QgsProcessingOutputLayerDefinition(given, QgsProject.instance())
    return values

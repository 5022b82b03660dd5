# SPDX-License-Identifier: GPL-2.0-or-later
"""Run one of the plugin's algorithms in the background, beside the panel's queue: it makes no layer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qgis.core import (
    QgsApplication,
    QgsProcessingAlgRunnerTask,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProject,
)

Done = Callable[[bool, dict[str, Any], str], None]
# QGIS holds bare pointers to context and feedback of a task: they must outlive it.
_alive: set[tuple[Any, ...]] = set()


class KeptFeedback(QgsProcessingFeedback):
    """Keeps the sentence that tells what went wrong."""

    def __init__(self) -> None:
        """Start without one."""
        super().__init__(False)
        self.problem = ""

    def reportError(self, error: str, fatalError: bool = False) -> None:  # noqa: N803 - a name of QGIS
        """Keep a sentence; called on the worker thread."""
        self.problem = error


def run_algorithm(algorithm_id: str, parameters: dict[str, Any], done: Done) -> KeptFeedback | None:
    """Start an algorithm.

    Args:
        algorithm_id: with that of the provider.
        parameters: as for ``processing.run``.
        done: called on the main thread with whether it succeeded, its results, and what went wrong.

    Returns:
        Its feedback, which tells the progress and takes ``cancel``; None where it was not started, and ``done`` was
        told why.
    """
    algorithm = QgsApplication.processingRegistry().createAlgorithmById(algorithm_id)
    context = QgsProcessingContext()
    context.setProject(QgsProject.instance())
    possible, reason = (False, algorithm_id)
    if algorithm is not None:
        possible, reason = algorithm.checkParameterValues(parameters, context)
    if not possible:
        done(False, {}, reason)
        return None
    feedback = KeptFeedback()
    task = QgsProcessingAlgRunnerTask(algorithm, parameters, context, feedback)
    held = (task, context, feedback, algorithm)
    _alive.add(held)

    def executed(successful: bool, results: dict[str, Any]) -> None:
        if held in _alive:
            _alive.discard(held)
            done(successful and not feedback.isCanceled(), dict(results), feedback.problem)

    task.executed.connect(executed)
    # A task that is cancelled before it has begun executes nothing.
    task.taskTerminated.connect(lambda: executed(False, {}))
    QgsApplication.taskManager().addTask(task)
    return feedback

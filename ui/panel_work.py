# SPDX-License-Identifier: GPL-2.0-or-later
"""Work in the background: a function on a worker thread, its result back on the main thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qgis.core import Qgis, QgsApplication, QgsMessageLog, QgsTask

from ..core.errors import CancelledError, SatSharpError
from ..plugin.paths import LOG_TAG
from ..plugin.thread_pool import beside_the_pool

Work = Callable[[Callable[[], bool]], Any]
# Python would delete a task that only QGIS holds.
_alive: set[BackgroundTask] = set()


class BackgroundTask(QgsTask):
    """Runs a function that is told whether it was cancelled."""

    def __init__(self, title: str, work: Work, done: Callable[[Any, str], None], can_cancel: bool) -> None:
        """Take the title for QGIS's list of tasks, the function, and who is given its result or a sentence."""
        super().__init__(title, _flags(can_cancel))
        self._work, self._done = work, done
        self._result: Any = None
        self._problem = ""

    def run(self) -> bool:
        """Run the function on the worker thread."""
        try:
            with beside_the_pool():
                self._result = self._work(self.isCanceled)
        except CancelledError:
            return False
        except SatSharpError as error:
            self._problem = str(error)
        except Exception as error:  # noqa: BLE001 - an exception that leaves a task ends QGIS
            self._problem = f"{type(error).__name__}: {error}"
            QgsMessageLog.logMessage(self._problem, LOG_TAG, Qgis.MessageLevel.Critical)
        return True

    def finished(self, successful: bool) -> None:
        """Hand over the result; a cancelled task hands over nothing."""
        _alive.discard(self)
        if successful and not self.isCanceled():
            self._done(self._result, self._problem)


def _flags(can_cancel: bool) -> QgsTask.Flags:
    """Return flags by which QGIS does not announce the end of small tasks, where it knows them (3.26)."""
    flags = QgsTask.Flags(QgsTask.Flag.CanCancel) if can_cancel else QgsTask.Flags()
    silent = getattr(QgsTask.Flag, "Silent", None)
    return flags if silent is None else flags | silent


def start_work(title: str, work: Work, done: Callable[[Any, str], None], can_cancel: bool = True) -> BackgroundTask:
    """Start a function in the background.

    Args:
        title: for QGIS's list of tasks.
        work: the function; receives a callback that tells whether it was cancelled.
        done: called on the main thread with the result and a sentence if something went wrong, else an empty one; not
            called for a cancelled task.
        can_cancel: whether users may cancel it in QGIS's list of tasks.

    Returns:
        The task, which the panel may cancel at any time.
    """
    task = BackgroundTask(title, work, done, can_cancel)
    _alive.add(task)
    QgsApplication.taskManager().addTask(task)
    return task


def is_idle() -> bool:
    """Return whether no function is working in the background."""
    return not _alive


def stop_work(task: BackgroundTask | None) -> None:
    """Cancel a task if it still runs."""
    if task is not None and task in _alive:
        task.cancel()

# SPDX-License-Identifier: GPL-2.0-or-later
"""Let go of the product's files, which previews leave open for the next one, when there is none for a while."""

from __future__ import annotations

from collections.abc import Callable

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QTimer

KEPT_MILLISECONDS = 60_000
# The timer, and what closes them.
_kept: list[tuple[QTimer, Callable[[], None]]] = []


def let_go_later(close: Callable[[], None]) -> None:
    """Close them a while after the last preview; on the main thread.

    Args:
        close: of :mod:`core.kept_files`; it is not imported here, as QGIS loads a plugin's modules anew once it has
            unloaded them, and the new one would know nothing of the files.
    """
    if not _kept:
        timer = QTimer(QgsApplication.instance())
        timer.setSingleShot(True)
        timer.timeout.connect(let_go)
        _kept.append((timer, close))
    _kept[0][0].start(KEPT_MILLISECONDS)


def let_go() -> None:
    """Close them now; those of a preview that is being made are closed a while after it."""
    for timer, close in _kept:
        timer.stop()
        close()

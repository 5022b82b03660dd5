# SPDX-License-Identifier: GPL-2.0-or-later
"""Let go of the product's files, which previews leave open for the next one, when there is none for a while."""

from __future__ import annotations

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QTimer

KEPT_MILLISECONDS = 60_000
_timers: list[QTimer] = []


def let_go_later() -> None:
    """Close them a while after the last preview; on the main thread."""
    if not _timers:
        timer = QTimer(QgsApplication.instance())
        timer.setSingleShot(True)
        timer.timeout.connect(let_go)
        _timers.append(timer)
    _timers[0].start(KEPT_MILLISECONDS)


def let_go() -> None:
    """Close them now; those of a preview that is being made are closed a while after it."""
    # Without a preview there is nothing to close; the engine is loaded with the first one.
    if not _timers:
        return
    from ..core.kept_files import close_kept_files

    _timers[0].stop()
    close_kept_files()

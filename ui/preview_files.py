# SPDX-License-Identifier: GPL-2.0-or-later
"""Files of previews: those that they make, and the product's, which they leave open for the next one for a while."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QTimer

KEPT_MILLISECONDS = 60_000
# The timer, and what closes them.
_kept: list[tuple[QTimer, Callable[[], None]]] = []
# Folders of previews that are still there: that of the one on show, and of those before and after it.
SHOWN = 3


class PreviewFolders:
    """Temporary folders, one a preview; the files of the one that is shown are still being read."""

    def __init__(self) -> None:
        """Make nothing yet."""
        self._root: Path | None = None
        self._number = 0

    def following(self) -> Path:
        """Return an empty folder, and delete those of previews that nobody shows any more."""
        if self._root is None:
            self._root = Path(tempfile.mkdtemp(prefix="satsharp-preview-"))
        self._number += 1
        for old in self._root.iterdir():
            if old.is_dir() and int(old.name) <= self._number - SHOWN:
                shutil.rmtree(old, ignore_errors=True)
        folder = self._root / str(self._number)
        folder.mkdir()
        return folder

    def delete(self) -> None:
        """Delete all of them."""
        if self._root is not None:
            shutil.rmtree(self._root, ignore_errors=True)
            self._root = None


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

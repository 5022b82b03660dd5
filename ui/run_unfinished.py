# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs that did not end: remembered in the settings while they run, so that a later QGIS can go on with them."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from qgis.core import QgsProcessingUtils, QgsProject, QgsSettings
from qgis.PyQt.QtCore import QDateTime, QLockFile, Qt

from ..plugin.paths import profile_folder
from ..plugin.settings import GROUP

if TYPE_CHECKING:
    from .run_record import Run

KEY = f"{GROUP}/runs"


class UnfinishedRuns:
    """Remembers runs; a lock file tells whether the QGIS that began one is still at it."""

    def __init__(self) -> None:
        """Hold no lock."""
        self._locks: dict[str, QLockFile] = {}

    def remember(self, run: Run) -> None:
        """Keep a run whose output outlives QGIS; results in temporary files cannot be gone on with."""
        output = run.parameters.get("OUTPUT")
        if not isinstance(output, str) or not output or output.startswith(QgsProcessingUtils.tempFolder()):
            return
        key = str(run.details.setdefault("key", uuid4().hex))
        lock = self._locks.get(key) or _lock(key)
        if not lock.isLocked() and not lock.tryLock(0):
            return
        self._locks[key] = lock
        document = {
            "algorithm": run.algorithm,
            "parameters": {name: lasting_value(value) for name, value in run.parameters.items()},
            "title": run.title,
            "details": {name: value for name, value in run.details.items() if name != "layer"},
            "begun": QDateTime.currentDateTime().toString(Qt.DateFormat.ISODate),
        }
        QgsSettings().setValue(f"{KEY}/{key}", json.dumps(document, default=str))

    def forget(self, run: Run) -> None:
        """Forget a run that has ended."""
        self.drop(str(run.details.get("key", "")))

    def drop(self, key: str) -> None:
        """Forget the run with this key, and let its lock go."""
        if not key:
            return
        QgsSettings().remove(f"{KEY}/{key}")
        lock = self._locks.pop(key, None)
        if lock is not None:
            lock.unlock()

    def found(self) -> dict[str, dict[str, Any]]:
        """Return the runs that nobody is at and whose unfinished files are still there, by key."""
        settings = QgsSettings()
        settings.beginGroup(KEY)
        texts = {key: str(settings.value(key, "")) for key in settings.childKeys()}
        settings.endGroup()
        runs = {}
        for key, text in texts.items():
            document = _document(text)
            if key in self._locks or not _is_free(key):
                continue
            if document is None or not has_partial(str(document["parameters"].get("OUTPUT", ""))):
                settings.remove(f"{KEY}/{key}")
                continue
            runs[key] = document
        return runs


def has_partial(output: str) -> bool:
    """Return whether an unfinished output can be gone on with."""
    return any(ledger.is_file() for _, ledger in _partials(output))


def discard_output(output: str) -> None:
    """Delete the unfinished files of an output, but for those that another run is writing just now."""
    from ..core.errors import OutputError
    from ..core.output_lock import reserved
    from ..core.output_place import discard_partial

    for partial, _ in _partials(output):
        path = partial.with_name(partial.name[: -len(".partial")])
        with suppress(OutputError), reserved((path,)):
            discard_partial(path)


def _partials(output: str) -> list[tuple[Path, Path]]:
    """Return the unfinished files of an output and their ledgers; with a file a band there are several."""
    from ..core.georeference import swath_path
    from ..core.output_place import partial_paths

    path = Path(output)
    if not output or not path.parent.is_dir():
        return []
    others = [path.parent / name[: -len(".partial")] for name in os.listdir(path.parent) if _of(name, path)]
    return [partial_paths(one) for one in dict.fromkeys((path, swath_path(path), *others))]


def _of(name: str, path: Path) -> bool:
    """Return whether a file is an unfinished one of those that a VRT joins."""
    begins = name.startswith((f"{path.stem}_", f"{path.stem}.tif"))
    return path.suffix.lower() == ".vrt" and begins and name.endswith(".partial")


def lasting_value(value: Any) -> Any:
    """Return a value that means the same in a later QGIS: the source of a layer instead of its id."""
    layer = QgsProject.instance().mapLayer(value) if isinstance(value, str) else None
    return value if layer is None else layer.source()


def _document(text: str) -> dict[str, Any] | None:
    try:
        document = json.loads(text)
    except ValueError:
        return None
    keys = ("algorithm", "parameters", "title", "details", "begun")
    complete = isinstance(document, dict) and all(key in document for key in keys)
    return document if complete and isinstance(document["parameters"], dict) else None


def _lock(key: str) -> QLockFile:
    folder = profile_folder() / "satsharp" / "runs"
    folder.mkdir(parents=True, exist_ok=True)
    lock = QLockFile(str(folder / f"{key}.lock"))
    # A lock is stale when its process is gone, however old it is.
    lock.setStaleLockTime(0)
    return lock


def _is_free(key: str) -> bool:
    lock = _lock(key)
    if not lock.tryLock(0):
        return False
    lock.unlock()
    return True

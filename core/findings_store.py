# SPDX-License-Identifier: GPL-2.0-or-later
"""Findings on scenes as small files in a folder, so that a scene that was looked at yesterday is known today."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from .findings import Coefficients, Correction, Fallback, SceneFactor, Shift
from .lineage import Pairs, digest_of
from .session import available_devices, runtime_version
from .version import version

# Files kept, of a few kilobytes each; those used least recently go first.
MOST_FILES = 200


@dataclass(frozen=True)
class StepFindings:
    """What was found for one step; the fields are those of :class:`core.job.Step`."""

    coefficients: Coefficients | None
    shifts: tuple[Shift, ...]
    corrections: tuple[Correction, ...]
    fallbacks: tuple[Fallback, ...]
    scene_factors: tuple[SceneFactor, ...]


@dataclass(frozen=True)
class Findings:
    """What was found on a scene.

    Attributes:
        steps: for each step of the job.
        identity: what it adds to the job's identity.
        tags: what it adds to the job's tags.
        warnings: sentences that the user should see.
        sentences: what the log was told.
    """

    steps: tuple[StepFindings, ...]
    identity: Pairs
    tags: Pairs
    warnings: tuple[str, ...]
    sentences: tuple[str, ...]


class FindingsStore:
    """Reads and writes findings; without a file, or with one that cannot be read, there are none."""

    def __init__(self, folder: Path) -> None:
        """Take the folder, which is made when there is something to write."""
        self._folder = folder

    def read(self, key: str) -> Findings | None:
        """Return what was found under a key by this version of the plugin and of what it computes with."""
        path = self._path(key)
        try:
            found = _findings_of(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError):
            return None
        # The folder may be one that can be read only.
        with suppress(OSError):
            os.utime(path)
        return found

    def write(self, key: str, findings: Findings) -> None:
        """Keep findings; where the folder cannot be written, nothing is kept."""
        path = self._path(key)
        beside = path.with_suffix(f".{os.getpid()}.part")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            beside.write_text(json.dumps(asdict(findings)), encoding="utf-8")
            beside.replace(path)
            self._make_room()
        except (OSError, TypeError):
            with suppress(OSError):
                beside.unlink()

    def _path(self, key: str) -> Path:
        return self._folder / f"{digest_of([key, *_circumstances()])[:32]}.json"

    def _make_room(self) -> None:
        files = sorted(self._folder.glob("*.json"), key=lambda path: path.stat().st_mtime)
        for path in files[:-MOST_FILES]:
            path.unlink(missing_ok=True)


@lru_cache(maxsize=1)
def _circumstances() -> tuple[str, ...]:
    """Return what digits hang on besides the job: the plugin, also while it is being developed, and its libraries."""
    newest = max(path.stat().st_mtime_ns for path in Path(__file__).parent.glob("*.py"))
    return version(), str(newest), np.__version__, runtime_version(), *available_devices()


def _findings_of(document: dict[str, Any]) -> Findings:
    return Findings(
        steps=tuple(_step_of(entry) for entry in document["steps"]),
        identity=_pairs(document["identity"]),
        tags=_pairs(document["tags"]),
        warnings=tuple(document["warnings"]),
        sentences=tuple(document["sentences"]),
    )


def _step_of(entry: dict[str, Any]) -> StepFindings:
    rows = entry["coefficients"]
    return StepFindings(
        coefficients=None if rows is None else tuple(tuple(row) for row in rows),
        shifts=tuple(Shift(**one) for one in entry["shifts"]),
        corrections=tuple(Correction(**one) for one in entry["corrections"]),
        fallbacks=tuple(Fallback(**one) for one in entry["fallbacks"]),
        scene_factors=tuple(SceneFactor(**one) for one in entry["scene_factors"]),
    )


def _pairs(entries: list[list[str]]) -> Pairs:
    return tuple((name, value) for name, value in entries)

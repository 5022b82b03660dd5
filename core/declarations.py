# SPDX-License-Identifier: GPL-2.0-or-later
"""Fields of declaration files (model cards, sensor files): of the right kind, or a sentence that names the field."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .errors import SatSharpError

# What reading a field of the wrong kind can raise.
FIELD_ERRORS = (KeyError, TypeError, ValueError, AttributeError, OverflowError)


class FieldError(ValueError):
    """A field is missing or of the wrong kind.

    Attributes:
        place: its keys and indices from the document down.
    """

    def __init__(self, sentence: str, *place: object) -> None:
        """Keep what is wrong (the end of a sentence) and where."""
        super().__init__(sentence)
        self.place = place


@contextmanager
def placed(*place: object) -> Iterator[None]:
    """Read a field: whatever goes wrong inside is told with its place.

    Raises:
        FieldError: the field is missing or of the wrong kind.
    """
    try:
        yield
    except FIELD_ERRORS as error:
        raise FieldError(reason(error), *place, *getattr(error, "place", ())) from error


def read_document(path: Path, kind: str, error_class: type[SatSharpError]) -> dict[str, Any]:
    """Read a JSON object.

    Args:
        path: the file.
        kind: what it is, for messages.
        error_class: what to raise.

    Raises:
        SatSharpError: of ``error_class``: the file cannot be read or holds no JSON object.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise error_class(f"{kind} {path} cannot be read: {error.strerror or error}.") from error
    except (ValueError, RecursionError) as error:
        raise error_class(f"{kind} {path} cannot be read: {error}.") from error
    if not isinstance(document, dict):
        raise error_class(f"{kind} {path} is not valid: it must hold one JSON object.")
    return document


def declaration_files(*folders: Path) -> tuple[Path, ...]:
    """Return the JSON files of some folders in order of folder and name; a folder that is missing has none."""
    names = [(folder, name) for folder in folders for name in sorted(_names_in(folder))]
    return tuple(folder / name for folder, name in names if name.endswith(".json"))


def _names_in(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def file_stamp(path: Path) -> tuple[int, int]:
    """Return what changes with a file, or with what lies in a folder; zeros where it is missing."""
    try:
        found = os.stat(path)
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size


def reason(error: Exception) -> str:
    """Return what is wrong with a field, as the end of a sentence."""
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)


def line_in(path: Path, error: Exception) -> int:
    """Return the line of a declaration file, 1 for the first, on which a wrong field stands or a missing one should."""
    from .json_lines import line_of

    return line_of(path.read_text(encoding="utf-8"), getattr(error, "place", ()))


def names(entry: dict[str, Any], key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
    """Return a list of strings.

    Raises:
        KeyError: the field is missing and has no default.
        ValueError: it is no list of strings.
    """
    value = entry[key] if default is None else entry.get(key, default)
    if not isinstance(value, (list, tuple)) or not all(isinstance(name, str) and name for name in value):
        raise FieldError(f"{key} must be a list of names", key)
    return tuple(value)


def number(entry: dict[str, Any], key: str, default: float | None = None) -> float:
    """Return a finite number.

    Raises:
        KeyError: the field is missing and has no default.
        ValueError: it is no finite number.
    """
    value = entry[key] if default is None else entry.get(key, default)
    return finite(value, key)


def finite(value: object, key: str) -> float:
    """Return a value of a field as a number.

    Raises:
        ValueError: it is no finite number.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise FieldError(f"{key} must be a finite number, not {value!r}", *key.split("."))
    return float(value)


def whole(entry: dict[str, Any], key: str, default: int | None = None) -> int:
    """Return a whole number of at least 1.

    Raises:
        KeyError: the field is missing and has no default.
        ValueError: it is no such number.
    """
    value = number(entry, key, default)
    if value < 1 or value != int(value):
        raise FieldError(f"{key} must be a whole number of at least 1, not {value:g}", key)
    return int(value)

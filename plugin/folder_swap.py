# SPDX-License-Identifier: GPL-2.0-or-later
"""Replace and delete folders so that a half-written one is never seen under the final name."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from ..core.errors import DependencyError


def make_folder_beside(target: Path) -> Path:
    """Create an empty folder on the same disk as ``target`` and delete what a killed run left there.

    Raises:
        DependencyError: the place is not writable.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        for leftover in target.parent.glob(f".{target.name}-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        return Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    except OSError as error:
        raise DependencyError(
            f"{target.parent} cannot be written: {error.strerror}. Make the folder writable, then try again."
        ) from error


def replace_folder(source: Path, target: Path) -> None:
    """Rename ``source`` to ``target``; a folder that was there before is deleted, or put back where that fails.

    Raises:
        DependencyError: the earlier folder is in use, or the rename fails.
    """
    old = _move_away(target) if target.exists() else None
    try:
        os.replace(source, target)
    except OSError as error:
        if old is not None:
            os.replace(old, target)
        raise DependencyError(f"{target} cannot be written: {error.strerror}. Try again.") from error
    if old is not None:
        shutil.rmtree(old.parent, ignore_errors=True)


def delete_folder(folder: Path) -> None:
    """Delete a folder at once, under its own name.

    Raises:
        DependencyError: the folder is in use.
    """
    shutil.rmtree(_move_away(folder).parent, ignore_errors=True)


def _move_away(folder: Path) -> Path:
    """Rename a folder to a free place beside it; Windows refuses this while a library in it is loaded."""
    old = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent)) / "old"
    try:
        os.replace(folder, old)
    except OSError as error:
        old.parent.rmdir()
        raise DependencyError(
            f"{folder} is in use: {error.strerror}. Restart QGIS and do this before anything else."
        ) from error
    return old

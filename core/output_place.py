# SPDX-License-Identifier: GPL-2.0-or-later
"""The place of an output: can it be written, is there room, what has an unfinished run left there."""

from __future__ import annotations

import shutil
from pathlib import Path

from .errors import OutputError

# Compressed 16-bit reflectance takes 0.5 to 0.8 of its size and overviews add a third: below half there is no hope.
LEAST_DISK_SHARE = 0.5


def partial_paths(path: Path) -> tuple[Path, Path]:
    """Return the names of the unfinished file and of its ledger."""
    return path.with_name(path.name + ".partial"), path.with_name(path.name + ".partial.json")


def cog_path(partial: Path) -> Path:
    """Return the name of the unfinished Cloud Optimized GeoTIFF that is made of an unfinished file."""
    return partial.with_name(partial.name + ".cog")


def discard_partial(path: Path) -> None:
    """Remove what an unfinished run has left beside an output."""
    partial, ledger = partial_paths(path)
    for leftover in (
        ledger,
        partial,
        cog_path(partial),
        Path(f"{partial}.aux.xml"),
        ledger.with_name(ledger.name + ".new"),
    ):
        leftover.unlink(missing_ok=True)


def discard_sidecars(path: Path) -> None:
    """Remove statistics, overviews and masks beside an output that belonged to a raster of the same name before it."""
    for suffix in (".aux.xml", ".ovr", ".msk"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def check_place(path: Path) -> None:
    """Check that a file can be made at this path.

    Raises:
        OutputError: the folder is missing or read-only, or the path is a folder.
    """
    if path.is_dir():
        raise OutputError(f"{path} is a folder. Give the output a file name.")
    if not path.parent.is_dir():
        raise OutputError(f"The folder {path.parent} does not exist. Create it, or choose another place.")
    probe = path.with_name(path.name + ".partial.json.new")
    try:
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise OutputError(
            f"Nothing can be written in {path.parent} ({error.strerror}). Choose a folder that you may write."
        ) from error


def check_space(folder: Path, nbytes: int) -> None:
    """Check that a disk can hold an output of so many uncompressed bytes.

    Raises:
        OutputError: less than half of that is free.
    """
    if shutil.disk_usage(folder).free < LEAST_DISK_SHARE * nbytes:
        raise OutputError(
            f"The output needs about {_size(nbytes * LEAST_DISK_SHARE)} to {_size(nbytes)}. {free_space(folder)}"
        )


def free_space(folder: Path) -> str:
    """Return a sentence that tells how much room a folder has."""
    return f"{_size(shutil.disk_usage(folder).free)} are free in {folder}: make room, or choose another disk."


def _size(nbytes: float) -> str:
    """Return a number of bytes as one reads it."""
    return f"{nbytes / 1e9:.1f} GB" if nbytes >= 1e8 else f"{nbytes / 1e6:.1f} MB"

# SPDX-License-Identifier: GPL-2.0-or-later
"""Disk space of a cache: one folder an entry, those used least recently go first, those that are being read stay."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from pathlib import Path

from .downloads import DownloadError

GIGABYTE = 10**9
# Nothing else in the folder that the user chose is ever touched.
_NAME = re.compile(r"[0-9a-f]{16}")
# Entries that runs of this process are reading.
in_use: Counter[Path] = Counter()


def cache_size(folder: Path) -> int:
    """Return the bytes that are in a cache."""
    return sum(_size_of(entry) for entry in _entries(folder))


def empty_cache(folder: Path) -> int:
    """Delete everything in a cache that no run is reading; return the bytes that were freed."""
    return sum(_drop(entry) for entry in _entries(folder) if not in_use[entry])


def make_room(shown: str, size: int, entry: Path, maximum_bytes: int) -> None:
    """Delete what was used least recently until a file fits.

    Args:
        shown: its address, for messages.
        size: its bytes; 0 where unknown.
        entry: its folder in the cache.
        maximum_bytes: of the cache.

    Raises:
        DownloadError: it is larger than the cache may be, or than the disk has room for.
    """
    if size > maximum_bytes:
        raise DownloadError(
            f"{shown} has {size / GIGABYTE:.3f} GB, more than products from the web may take "
            f"({maximum_bytes / GIGABYTE:.3f} GB). Raise that limit in the options."
        )
    cache = entry.parent
    others = [other for other in _entries(cache) if other != entry]
    surplus = sum(_size_of(other) for other in others) + size - maximum_bytes
    for other in sorted(others, key=_last_use):
        if surplus > 0 and not in_use[other]:
            surplus -= _drop(other)
    missing = size - _size_of(entry) - shutil.disk_usage(cache).free
    if missing > 0:
        raise DownloadError(
            f"{cache} lacks {missing / GIGABYTE:.3f} GB for {shown}. Free some space, or choose another folder for "
            "products from the web in the options."
        )


def _entries(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return [entry for entry in folder.iterdir() if _NAME.fullmatch(entry.name) and entry.is_dir()]


def _size_of(entry: Path) -> int:
    return sum(path.stat().st_size for path in entry.iterdir() if path.is_file()) if entry.is_dir() else 0


def _last_use(entry: Path) -> float:
    return max((path.stat().st_mtime for path in entry.iterdir()), default=0.0)


def _drop(entry: Path) -> int:
    size = _size_of(entry)
    shutil.rmtree(entry, ignore_errors=True)  # Windows refuses what another program reads
    return size - _size_of(entry)

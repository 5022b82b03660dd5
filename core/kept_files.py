# SPDX-License-Identifier: GPL-2.0-or-later
"""Files that stay open from one run to the next, with the blocks that GDAL has decoded of them.

Previews read nearly the same place again and again; decoding JPEG 2000 is most of their time.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from .errors import CancelledError
from .raster import BandReader, file_stamp
from .raster_origin import local_file
from .raster_state import gdal_messages
from .scene import Band

Stamp = tuple[float, ...]

_wanted: ContextVar[bool] = ContextVar("satsharp_keeps_files_open", default=False)
_lock = threading.Lock()


class _Reader(BandReader):
    """A reader that knows what the files were like that it has opened, and those behind them."""

    def __init__(self, threads: int) -> None:
        """Prepare a reader that lets GDAL decode blocks with so many threads."""
        super().__init__(threads)
        self.stamps: dict[str, Stamp] = {}

    def close(self) -> None:
        """Close all files; a later read opens them again."""
        super().close()
        self.stamps.clear()

    def has_changed(self) -> bool:
        """Return whether any of the files is not what it was."""
        return any(_stamp(path) != stamp for path, stamp in self.stamps.items())

    def _open(self, band: Band) -> Any:
        if band.path in self._datasets:
            return self._datasets[band.path]
        # Before it is opened: it may be replaced while it is read.
        before = _stamp(band.path)
        dataset = super()._open(band)
        self.stamps[band.path] = before
        with gdal_messages():
            behind = dataset.GetFileList() if local_file(band.path) else None
        for path in behind or ():
            self.stamps.setdefault(path, before if path == band.path else _stamp(path))
        return dataset


# One reader at most, the one that was used last, with its threads.
_spare: list[tuple[int, _Reader]] = []


@contextmanager
def files_kept_open() -> Iterator[None]:
    """Have the runs of this thread leave their input open until :func:`close_kept_files`."""
    token = _wanted.set(True)
    try:
        yield
    finally:
        _wanted.reset(token)


def close_kept_files() -> None:
    """Close what is kept open; files that a run is using stay open until its end, and are kept then."""
    _keep()


@contextmanager
def lent_reader(threads: int) -> Iterator[BandReader]:
    """Return a reader of bands for a run, be it one whose files are open already.

    Args:
        threads: with which GDAL decodes blocks.
    """
    if not _wanted.get():
        with BandReader(threads) as reader:
            yield reader
        return
    kept = _taken(threads)
    try:
        yield kept
    except CancelledError:
        # Such as a preview that makes way for one of the place beside it.
        _keep((threads, kept))
        raise
    except BaseException:
        kept.close()
        raise
    _keep((threads, kept))


def _keep(*kept: tuple[int, _Reader]) -> None:
    """Keep this instead of what is kept."""
    with _lock:
        before, _spare[:] = list(_spare), kept
    for _, reader in before:
        reader.close()


def _taken(threads: int) -> _Reader:
    """Return the reader that is kept, if its files are as they were and nobody else has it, or a new one."""
    with _lock:
        kept = _spare.pop()[1] if _spare and _spare[0][0] == threads else _Reader(threads)
    if kept.has_changed():
        kept.close()
    return kept


def _stamp(path: str) -> Stamp:
    """Return what changes with a file or with the archive in which it lies; GDAL knows whole seconds only."""
    try:
        found = os.stat(local_file(path))
    except OSError:
        return file_stamp(path)
    return found.st_ino, found.st_size, found.st_mtime_ns

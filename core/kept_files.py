# SPDX-License-Identifier: GPL-2.0-or-later
"""Files that stay open from one run to the next, with the blocks that GDAL has decoded of them.

Previews read nearly the same place again and again; decoding JPEG 2000 is most of their time.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from .raster import BandReader, file_stamp

Stamps = dict[str, tuple[int, float]]

_wanted: ContextVar[bool] = ContextVar("satsharp_keeps_files_open", default=False)
_lock = threading.Lock()
# One reader at most, the one that was used last, with what its files were like.
_spare: list[tuple[int, BandReader, Stamps]] = []


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
    with _lock:
        spare = [reader for _, reader, _ in _spare]
        _spare.clear()
    for reader in spare:
        reader.close()


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
    reader = _taken(threads)
    try:
        yield reader
    except BaseException:
        reader.close()
        raise
    close_kept_files()
    with _lock:
        _spare.append((threads, reader, {path: file_stamp(path) for path in reader.paths}))


def _taken(threads: int) -> BandReader:
    """Return the reader that is kept, if its files are as they were and nobody else has it, or a new one."""
    with _lock:
        spare = _spare.pop() if _spare and _spare[0][0] == threads else None
    if spare is None:
        return BandReader(threads)
    _, reader, stamps = spare
    if any(file_stamp(path) != stamp for path, stamp in stamps.items()):
        reader.close()
    return reader

# SPDX-License-Identifier: GPL-2.0-or-later
"""Products on the web: rasters are read where they lie, archives are fetched once into a cache of limited size.

Every address has a folder of its own in the cache, with the file and ``entry.json`` beside it, which holds the server's
mark of that version. What was used least recently goes first when room is needed.
"""

from __future__ import annotations

import json
import re
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from ..core.errors import CancelledError
from .cache_space import GIGABYTE, in_use, make_room
from .downloads import DownloadError
from .remote_files import (
    RASTER,
    RemoteFile,
    UnreachableError,
    ask,
    gdal_path,
    is_address,
    without_queries,
    without_secrets,
)
from .resumable import resume_download

ENTRY = "entry.json"
# A connection that breaks is taken up again so often, as long as something more arrives each time.
ATTEMPTS = 4
# Separators of several sources count only before what begins a source: addresses may hold them, too.
_SOURCES = re.compile(r"\s*[;|]\s*(?=https?://|/|[A-Za-z]:[\\/])", re.IGNORECASE)
# Who may write a folder, and who may change the count of its users.
_locks: defaultdict[Path, threading.Lock] = defaultdict(threading.Lock)
_counting = threading.Lock()


@dataclass(frozen=True)
class Cache:
    """Where fetched products are kept, and how many bytes of them."""

    folder: Path
    maximum_bytes: int


@dataclass(frozen=True)
class Courier:
    """What happens during a download: who is told, and who may stop it.

    Attributes:
        progress: told the part (0 to 1) that is done.
        is_cancelled: asked all the while.
        log: receives sentences for the user.
    """

    progress: Callable[[float], None]
    is_cancelled: Callable[[], bool]
    log: Callable[[str], None]


@dataclass(frozen=True)
class _Entry:
    """A file in the cache: where it comes from, its size, and the server's mark of its version."""

    address: str
    name: str
    size: int
    mark: str
    fetched: str


@contextmanager
def local_source(source: str, cache: Cache, courier: Courier) -> Iterator[str]:
    """Give what the engine opens for a source; a fetched file stays in the cache while it is given.

    Args:
        source: path, web address, or several of them separated by ``;`` or ``|``.
        cache: where archives are kept.
        courier: of the download.

    Raises:
        DownloadError: a server cannot be reached, refuses, or sends something else; or there is no room.
        CancelledError: the user cancelled; what has arrived is kept for the next time.
    """
    with ExitStack() as held:
        parts = _SOURCES.split(source) if is_address(source) or "://" in source else [source]
        yield ";".join(_local(part, cache, courier, held) for part in parts)


def public_source(source: str) -> str:
    """Return a source as it may be written into files: addresses without signatures."""
    parts = _SOURCES.split(source)
    return ";".join(without_secrets(part) if is_address(part) else part for part in parts)


def _local(source: str, cache: Cache, courier: Courier, held: ExitStack) -> str:
    if not is_address(source):
        return source
    folder = cache.folder / sha256(without_secrets(source).encode()).hexdigest()[:16]
    _count(folder, 1)
    held.callback(_count, folder, -1)
    with _alone(folder, courier):
        entry = _entry_of(folder)
        try:
            remote = ask(source, courier.is_cancelled)
        except UnreachableError as error:
            if entry is None:
                raise
            courier.log(f"{error} The copy of {entry.fetched} is used.")
            return _used(folder, entry)
        if remote.suffix == RASTER:
            _forget_pieces()
            return gdal_path(source)
        if entry is None or not entry.mark or (entry.mark, entry.size) != (remote.mark, remote.size or entry.size):
            if entry is not None and in_use[folder] > 1:
                # Replacing it would mix two versions in the other run's result.
                courier.log(f"{entry.address} is being read by another run: the copy of {entry.fetched} is used.")
                return _used(folder, entry)
            entry = _fetch(remote, folder, cache, courier)
        else:
            courier.log(f"{entry.address} is in the cache, as the server has it still.")
        return _used(folder, entry)


def _fetch(remote: RemoteFile, folder: Path, cache: Cache, courier: Courier) -> _Entry:
    shown = without_secrets(remote.address)
    courier.log(f"Fetching {shown} ({remote.size / GIGABYTE:.3f} GB) into {cache.folder}.")
    path = folder / remote.name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        make_room(shown, remote.size, folder, cache.maximum_bytes)
        for old in folder.iterdir():
            if not old.name.startswith(remote.name):
                old.unlink()
        (folder / ENTRY).unlink(missing_ok=True)
        _receive(remote, path, cache.maximum_bytes, courier)
        entry = _Entry(shown, remote.name, path.stat().st_size, remote.mark, f"{datetime.now():%Y-%m-%d %H:%M}")
        if remote.size and entry.size != remote.size:
            path.unlink()
            raise DownloadError(f"{shown} is incomplete: {entry.size} of {remote.size} bytes came. Try again.")
        (folder / ENTRY).write_text(json.dumps(asdict(entry), indent=1), encoding="utf-8")
    except OSError as error:
        raise DownloadError(
            f"{error.filename or folder} cannot be written: {error.strerror or error}. Choose another folder for "
            "products from the web in the options."
        ) from error
    return entry


def _receive(remote: RemoteFile, path: Path, maximum_bytes: int, courier: Courier) -> None:
    partial = path.with_name(f"{path.name}.partial")
    arrived = -1
    for attempt in range(1, ATTEMPTS + 1):
        try:
            resume_download(remote.address, path, maximum_bytes, courier.progress, courier.is_cancelled)
            return
        except DownloadError as error:
            before, arrived = arrived, partial.stat().st_size if partial.is_file() else 0
            if attempt == ATTEMPTS or arrived <= max(before, 0):
                kept = f" {arrived} bytes have arrived and are kept: the next run goes on from there." * bool(arrived)
                raise DownloadError(f"{without_queries(str(error))}{kept}") from error
            courier.log("The connection broke; going on where it stopped.")


def _entry_of(folder: Path) -> _Entry | None:
    """Return what is in a folder of the cache; None where it is not whole."""
    try:
        entry = _Entry(**json.loads((folder / ENTRY).read_text(encoding="utf-8")))
        return entry if (folder / entry.name).stat().st_size == entry.size else None
    except (OSError, ValueError, TypeError):
        return None


def _used(folder: Path, entry: _Entry) -> str:
    (folder / ENTRY).touch()
    return str(folder / entry.name)


def _count(folder: Path, change: int) -> None:
    with _counting:
        in_use[folder] += change


@contextmanager
def _alone(folder: Path, courier: Courier) -> Iterator[None]:
    """Wait until no other run of this process is fetching the same file."""
    lock = _locks[folder]
    while not lock.acquire(timeout=0.1):
        if courier.is_cancelled():
            raise CancelledError("The download was cancelled.")
    try:
        yield
    finally:
        lock.release()


def _forget_pieces() -> None:
    """Have GDAL ask servers again: the pieces that it keeps may be of an older version."""
    # Here, because it must not be loaded when QGIS starts.
    from osgeo import gdal

    gdal.VSICurlClearCache()

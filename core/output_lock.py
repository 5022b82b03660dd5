# SPDX-License-Identifier: GPL-2.0-or-later
"""Keep two runs from writing the same output at once: a file that the operating system locks while a run lasts.

The lock ends with the process, however that ends: the file that a killed run leaves hinders nobody. It is a file of its
own, because on Windows a file that is open cannot be renamed, and what is locked of it can be read by nobody else.
"""

from __future__ import annotations

import errno
import os
import platform
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime, timezone
from functools import partial
from pathlib import Path

from .errors import OutputError

# What the operating system says where somebody else has the lock; anything else means that no lock can be had here.
_TAKEN = (errno.EACCES, errno.EAGAIN, errno.EDEADLK)

if sys.platform == "win32":
    import msvcrt

    # Far behind the text, which others are to read; there need not be anything there.
    _FAR = 1 << 30

    def _lock(handle: int) -> None:
        os.lseek(handle, _FAR, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        os.lseek(handle, 0, os.SEEK_SET)

    def _is_there(place: Path, handle: int) -> bool:
        # Nobody can remove a file that we have open.
        return True

    def _release(place: Path, handle: int) -> None:
        """Let go, then remove the file, which Windows refuses where another run has opened it by then."""
        os.close(handle)
        with suppress(OSError):
            place.unlink()

else:
    import fcntl

    def _lock(handle: int) -> None:
        # Not lockf, whose locks would not keep apart two runs of one process.
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _is_there(place: Path, handle: int) -> bool:
        """Return whether the locked file still has its name: its last owner may have removed it before we had it."""
        try:
            return os.path.samestat(os.fstat(handle), place.stat())
        except FileNotFoundError:
            return False

    def _release(place: Path, handle: int) -> None:
        """Remove the file while it is still ours, then let go."""
        with suppress(OSError):
            place.unlink()
        os.close(handle)


def lock_path(path: Path) -> Path:
    """Return the name of the file that is locked while an output is written."""
    return path.with_name(path.name + ".partial.lock")


@contextmanager
def reserved(paths: Iterable[Path]) -> Iterator[None]:
    """Have some outputs to oneself.

    Where the folder cannot be written, or its file system knows no locks, nothing is locked.

    Args:
        paths: of the outputs, whether they are there yet or not.

    Raises:
        OutputError: another run, of this process or another one, writes one of them, or may do so: there is a locked
            file of another user that cannot be looked at.
    """
    with ExitStack() as stack:
        for path in dict.fromkeys(paths):
            handle = _taken(path)
            if handle is not None:
                stack.callback(partial(_release, lock_path(path), handle))
        yield


def _taken(path: Path) -> int | None:
    """Return a handle of an output's locked file, None where it cannot be locked."""
    place = lock_path(path)
    while True:
        handle, foreign = _opened(path)
        if handle is None:
            return None
        try:
            _lock(handle)
        except OSError as error:
            os.close(handle)
            if error.errno in _TAKEN:
                raise OutputError(_sentence(path)) from error
            if foreign:
                raise OutputError(_foreign_sentence(path, error)) from error
            return None
        # We have the lock of a foreign file: its run has ended. Where it can be removed, we make one that we can sign.
        if _is_there(place, handle) and not (foreign and _is_removed(place)):
            _sign(handle)
            return handle
        os.close(handle)


def _opened(path: Path) -> tuple[int | None, bool]:
    """Return a handle of an output's locked file, None where there can be none, and whether it is another user's."""
    place = lock_path(path)
    try:
        return os.open(place, os.O_RDWR | os.O_CREAT, 0o666), False
    except PermissionError as denied:
        if not os.path.isfile(place):
            # It is the folder that cannot be written.
            return None, False
        try:
            # Enough to lock it.
            return os.open(place, os.O_RDONLY), True
        except OSError:
            raise OutputError(_foreign_sentence(path, denied)) from denied
    except OSError:
        return None, False


def _is_removed(place: Path) -> bool:
    try:
        place.unlink()
    except OSError:
        return False
    return True


def _sign(handle: int) -> None:
    """Say who we are, as far as the disk has room for that."""
    started = datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M UTC")
    with suppress(OSError):
        os.truncate(handle, 0)
        os.write(handle, f"process {os.getpid()} on {platform.node()} since {started}".encode())


def _sentence(path: Path) -> str:
    try:
        owner = lock_path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        owner = ""
    return (
        f"{path} is being written by another run{f' ({owner})' if owner else ''}. "
        "Wait for that run or cancel it, or choose another output."
    )


def _foreign_sentence(path: Path, error: OSError) -> str:
    return (
        f"{lock_path(path)} belongs to another user and cannot be locked ({error.strerror}): a run of theirs may be "
        "writing this output. Wait for it, have that file deleted if it has ended, or choose another output."
    )

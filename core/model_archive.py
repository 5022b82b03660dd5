# SPDX-License-Identifier: GPL-2.0-or-later
"""Unpack a model's zip archive: links, paths that lead outside, encrypted entries and zip bombs are refused."""

from __future__ import annotations

import re
import stat
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from .errors import CancelledError, ModelError

MAXIMUM_BYTES = 2 << 30
MAX_MEMBERS = 1000
REMEDY = "Use an archive that holds nothing but a card, its ONNX file and its weights."
_BLOCK = 1 << 20
# Windows reads the backslash as a separator, the colon as a drive or stream, and cannot write the others.
_UNSAFE = re.compile(r'[\\:<>|?*"\x00-\x1f]')
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, UnicodeDecodeError)


def unpack_archive(path: Path, folder: Path, maximum_bytes: int, is_cancelled: Callable[[], bool]) -> None:
    """Unpack a zip archive into an empty folder.

    Args:
        path: the archive.
        folder: empty folder that takes its content.
        maximum_bytes: more than this is not unpacked, whatever the archive declares.
        is_cancelled: asked between blocks.

    Raises:
        ModelError: the archive is damaged, truncated, unsafe or too large, or the disk cannot be written.
        CancelledError: the user cancelled.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            _check_members(members, path, maximum_bytes)
            left = maximum_bytes
            for member in members:
                left -= _unpack_member(archive, member, folder, left, is_cancelled)
    except _DAMAGED as error:
        raise ModelError(f"{path.name} is no zip archive, or it is damaged ({error}). Download it again.") from error
    except OSError as error:
        raise ModelError(
            f"{path.name} cannot be unpacked to {folder}: {error.strerror or error}. "
            "Free some space or make the folder writable."
        ) from error


def _check_members(members: list[zipfile.ZipInfo], path: Path, maximum_bytes: int) -> None:
    if len(members) > MAX_MEMBERS:
        raise ModelError(f"{path.name} holds {len(members)} entries, more than {MAX_MEMBERS}. {REMEDY}")
    for member in members:
        problem = _problem_of(member)
        if problem:
            raise ModelError(f"{path.name} holds {member.orig_filename!r}, {problem}. {REMEDY}")
    names = {member.filename.rstrip("/").casefold() for member in members}
    if len(names) < len(members):
        raise ModelError(f"{path.name} holds two entries of one name. {REMEDY}")
    total = sum(member.file_size for member in members)
    if total > maximum_bytes:
        raise _too_large(path.name, maximum_bytes)


def _problem_of(member: zipfile.ZipInfo) -> str:
    # ZipInfo.filename has os.sep turned into "/" and is cut at a null byte; orig_filename is what the file says.
    name = member.orig_filename
    parts = name.rstrip("/").split("/")
    kind = stat.S_IFMT(member.external_attr >> 16)
    if _UNSAFE.search(name) or any(part in ("", ".", "..") for part in parts):
        return "an unsafe path"
    if kind == stat.S_IFLNK:
        return "a link"
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "which is no plain file"
    return "which is encrypted" if member.flag_bits & 1 else ""


def _unpack_member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, folder: Path, left: int, is_cancelled: Callable[[], bool]
) -> int:
    """Unpack one entry and return its size, which counts what really comes out, not what the archive declares."""
    target = folder.joinpath(*member.filename.rstrip("/").split("/"))
    if member.is_dir():
        target.mkdir(parents=True, exist_ok=True)
        return 0
    target.parent.mkdir(parents=True, exist_ok=True)
    size = 0
    with archive.open(member) as source, target.open("xb") as sink:
        for block in iter(lambda: source.read(_BLOCK), b""):
            if is_cancelled():
                raise CancelledError("The installation was cancelled; nothing was changed.")
            size += len(block)
            if size > left:
                raise _too_large(str(archive.filename), left)
            sink.write(block)
    return size


def _too_large(name: str, maximum_bytes: int) -> ModelError:
    return ModelError(
        f"{Path(name).name} would unpack to more than {maximum_bytes / 1e6:.0f} MB. "
        "Raise the largest size if you trust its publisher."
    )

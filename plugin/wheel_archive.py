# SPDX-License-Identifier: GPL-2.0-or-later
"""Check a wheel's contents before anything of it reaches the disk, and unpack it."""

from __future__ import annotations

import shutil
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

from ..core.errors import CancelledError, DependencyError
from .wheels import numpy_requirement, parse_version, satisfies

# onnxruntime-gpu unpacks to about 0.7 GB.
MAXIMUM_UNPACKED_BYTES = 4 << 30
_BLOCK = 1 << 20


class NumpyMismatchError(DependencyError):
    """The wheel needs another numpy than the one that QGIS runs on."""


def check_archive(path: Path, numpy_version: str) -> None:
    """Check that a wheel is whole, that unpacking it is safe and that it accepts the running numpy.

    Args:
        path: the wheel.
        numpy_version: version of the numpy that QGIS runs on. It is never replaced: GDAL's array functions need it.

    Raises:
        DependencyError: the file is damaged, holds something else than ONNX Runtime, or names outside its folder.
        NumpyMismatchError: the wheel's metadata asks for another numpy.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            for member in members:
                _check_member(member, path)
            _check_size(members, path)
            metadata = _read_metadata(archive, path)
    except (zipfile.BadZipFile, OSError, UnicodeDecodeError) as error:
        raise DependencyError(f"{path.name} is damaged ({error}). Download it again.") from error
    _check_numpy(metadata, numpy_version, path)


def unpack(path: Path, folder: Path, is_cancelled: Callable[[], bool]) -> None:
    """Unpack a checked wheel into an empty folder.

    Raises:
        DependencyError: the disk is full or not writable, or a member is damaged.
        CancelledError: the user cancelled.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            needed = sum(member.file_size for member in archive.infolist())
            if shutil.disk_usage(folder).free < needed:
                raise DependencyError(
                    f"{folder.parent} has less than the {needed / 1e6:.0f} MB that ONNX Runtime needs. "
                    "Free some space, then try again."
                )
            for member in archive.infolist():
                if is_cancelled():
                    raise CancelledError("The installation of ONNX Runtime was cancelled.")
                _unpack_member(archive, member, folder)
    except (zipfile.BadZipFile, EOFError) as error:
        raise DependencyError(f"{path.name} is damaged ({error}). Download it again.") from error
    except OSError as error:
        raise DependencyError(
            f"ONNX Runtime cannot be written to {folder.parent}: {error.strerror or error}. "
            "Free some space or make the folder writable, then try again."
        ) from error


def _check_member(member: zipfile.ZipInfo, path: Path) -> None:
    # ZipInfo.filename has os.sep turned into "/" and is cut at a null byte; orig_filename is what the file says.
    parts = member.orig_filename.rstrip("/").split("/")
    kind = stat.S_IFMT(member.external_attr >> 16)
    unsafe = (
        any(part in ("", ".", "..") for part in parts)
        or any(character in member.orig_filename for character in "\\:\0")
        or kind not in (0, stat.S_IFREG, stat.S_IFDIR)
    )
    if unsafe:
        raise DependencyError(
            f"{path.name} holds the unsafe entry {member.orig_filename!r} and is not unpacked. "
            "Use a wheel from the official package index."
        )
    top = parts[0]
    if top != "onnxruntime" and not (top.startswith("onnxruntime") and top.endswith((".dist-info", ".data"))):
        raise DependencyError(
            f"{path.name} also holds {top!r}, which is no part of ONNX Runtime. "
            "Use a wheel from the official package index."
        )


def _check_size(members: list[zipfile.ZipInfo], path: Path) -> None:
    total = sum(member.file_size for member in members)
    if total > MAXIMUM_UNPACKED_BYTES:
        raise DependencyError(
            f"{path.name} would unpack to {total / 1e9:.1f} GB, far more than ONNX Runtime has. "
            "Use a wheel from the official package index."
        )


def _read_metadata(archive: zipfile.ZipFile, path: Path) -> str:
    names = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
    if len(names) != 1 or "onnxruntime/__init__.py" not in archive.namelist():
        raise DependencyError(f"{path.name} is no complete wheel of ONNX Runtime. Download it again.")
    return archive.read(names[0]).decode("utf-8")


def _check_numpy(metadata: str, numpy_version: str, path: Path) -> None:
    needed = numpy_requirement(metadata)
    running = parse_version(numpy_version)
    if needed and running is not None and not satisfies(running, needed):
        raise NumpyMismatchError(
            f"{path.name} needs numpy {needed}, but QGIS runs on numpy {numpy_version}, which SatSharp never replaces. "
            "Use an older wheel of onnxruntime."
        )


def _unpack_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, folder: Path) -> None:
    target = folder.joinpath(*member.filename.split("/"))
    if member.is_dir():
        target.mkdir(parents=True, exist_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(member) as source, target.open("wb") as sink:
        shutil.copyfileobj(source, sink, _BLOCK)

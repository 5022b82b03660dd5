# SPDX-License-Identifier: GPL-2.0-or-later
"""Refuse zip archives that are damaged, encrypted or unsafe; they are read in place and never unpacked."""

from __future__ import annotations

import re
import zipfile

from ..errors import ProductError
from ..raster_origin import local_file

_ENCRYPTED = 0x1


def check_archive(path: str) -> None:
    """Check the table of contents of a zip archive; one that is not on a local disk is left to GDAL.

    Args:
        path: a /vsizip path.

    Raises:
        ProductError: it is no zip, is empty or encrypted, or holds names that reach out of the archive.
    """
    archive = local_file(path)
    if not archive:
        return
    entries = _entries(archive)
    if not any(not entry.is_dir() for entry in entries):
        raise ProductError(f"{archive} is an empty archive. Download the product again.")
    for entry in entries:
        _check_entry(archive, entry)


def _entries(archive: str) -> list[zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(archive) as opened:
            return opened.infolist()
    except PermissionError as error:
        raise ProductError(f"{archive} may not be read: permission denied. Ask its owner, or copy it.") from error
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise ProductError(f"{archive} is no readable zip archive ({error}). Download it again.") from error


def _check_entry(archive: str, entry: zipfile.ZipInfo) -> None:
    # ZipInfo.filename has been cleaned; the original name is what another program would unpack.
    name = entry.orig_filename
    parts = re.split(r"[/\\]", name)
    if ".." in parts or "\\" in name or name.startswith("/") or re.match(r"[A-Za-z]:", name):
        raise ProductError(f"{archive} holds the unsafe file name {name!r}. Do not use it: get the product elsewhere.")
    if entry.flag_bits & _ENCRYPTED:
        raise ProductError(f"{archive} is encrypted. Unpack it with its password, then pass the folder.")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ProductError(f"{archive} is compressed in a way GDAL cannot read. Unpack it, then pass the folder.")

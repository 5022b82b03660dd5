# SPDX-License-Identifier: GPL-2.0-or-later
"""Refuse tar archives that are damaged or unsafe; they are read in place and never unpacked."""

from __future__ import annotations

import gzip
import os
import re
import tarfile
import zlib
from typing import IO, cast

from ..errors import ProductError
from ..raster_origin import local_file

SUFFIX = re.compile(r"\.(tar|tar\.gz|tgz)$", re.IGNORECASE)
# A Landsat product has some 25 files.
_MOST_FILES = 10000
# Gzip makes 16-bit imagery at most 10 times smaller, all zeros 1000 times.
_LARGEST_RATIO, _SMALL = 200, 1 << 30
# Long names and extended headers: tarfile reads them whole, newer Python piece by piece. A product's is far
# below a megabyte. The second is of all together, maps of sparse files among them, at 2 KB for each of the most files.
_LONGEST_HEADER, _ALL_HEADERS = 1 << 20, 1 << 26
_GZIP = b"\x1f\x8b"


class _Bounded:
    """A stream of an archive whose headers cannot fill the memory, however large they say they are."""

    def __init__(self, stream: IO[bytes]) -> None:
        """Wrap a stream."""
        self._stream, self._left = stream, _ALL_HEADERS
        self.seek, self.tell, self.close = stream.seek, stream.tell, stream.close

    def read(self, size: int) -> bytes:
        """Read so many bytes.

        Raises:
            tarfile.ReadError: it is more than any product's headers have.
        """
        if not 0 <= size <= _LONGEST_HEADER:
            raise tarfile.ReadError(f"a header of {size} bytes")
        self._left -= size
        if self._left < 0:
            raise tarfile.ReadError(f"headers of more than {_ALL_HEADERS >> 20} MB")
        return self._stream.read(size)


def check_tar(path: str) -> None:
    """Check all entries of a tar archive without unpacking them; one that is not on a local disk is left to GDAL.

    Args:
        path: a /vsitar path.

    Raises:
        ProductError: it is no tar archive, is empty or truncated, unpacks to far more than it is, or holds links,
            devices, or names that reach out of it.
    """
    archive = local_file(path)
    if not archive:
        return
    try:
        with _stream(archive) as stream, tarfile.open(fileobj=cast("IO[bytes]", _Bounded(stream)), mode="r:") as opened:
            _check_entries(archive, opened)
    except PermissionError as error:
        raise ProductError(f"{archive} may not be read: permission denied. Ask its owner, or copy it.") from error
    except (tarfile.TarError, OSError, EOFError, ValueError, RecursionError, zlib.error) as error:
        # tarfile goes one call deeper for each header that belongs to the next one.
        raise ProductError(f"{archive} is no readable tar archive ({error}). Download it again.") from error


def _stream(archive: str) -> IO[bytes]:
    """Open an archive, unpacked by gzip where it is packed."""
    with open(archive, "rb") as file:
        packed = file.read(len(_GZIP)) == _GZIP
    return cast("IO[bytes]", gzip.open(archive, "rb")) if packed else open(archive, "rb")


def _check_entries(archive: str, opened: tarfile.TarFile) -> None:
    size, limit, number = 0, max(_SMALL, _LARGEST_RATIO * os.path.getsize(archive)), 0
    for number, entry in enumerate(opened, start=1):
        _check_entry(archive, entry)
        size += entry.size
        # The header of an entry is judged before its contents are passed over.
        if size > limit or number > _MOST_FILES:
            raise ProductError(
                f"{archive} would unpack to {number} files of more than {size >> 20} MB, which no product does. "
                "Do not use it: get the product elsewhere."
            )
    if not number:
        raise ProductError(f"{archive} is an empty archive. Download the product again.")


def _check_entry(archive: str, entry: tarfile.TarInfo) -> None:
    name = entry.name
    if ".." in re.split(r"[/\\]", name) or "\\" in name or name.startswith("/") or re.match(r"[A-Za-z]:", name):
        raise ProductError(f"{archive} holds the unsafe file name {name!r}. Do not use it: get the product elsewhere.")
    if not (entry.isreg() or entry.isdir()) or entry.issparse() or entry.size < 0:
        raise ProductError(
            f"{archive} holds {name!r}, which is a link, a device or a sparse file. Unpack it with a tool you trust, "
            "then pass the folder."
        )

# SPDX-License-Identifier: GPL-2.0-or-later
"""Size and checksum of a raster's file, in a folder or in an archive."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from osgeo import gdal

from .raster_state import gdal_messages, without_properties

CHUNK = 4 << 20


def file_size(path: str) -> int | None:
    """Return the bytes of a file, None where it is not there."""
    with gdal_messages(), without_properties():
        status = gdal.VSIStatL(path)
    return None if status is None else int(status.size)


def file_digest(path: str, algorithm: str, check: Callable[[], None]) -> str:
    """Return the checksum of a file in hexadecimal digits; empty where it cannot be read to its end.

    Args:
        path: what GDAL opens.
        algorithm: a name that ``hashlib`` knows.
        check: called every few megabytes; may raise to stop.
    """
    # MD5 is what old lists have: it tells damage, and nobody relies on it against forgery.
    digest = hashlib.new(algorithm, usedforsecurity=False)
    with gdal_messages() as messages, without_properties():
        handle = opened_file(path)
        if handle is None:
            return ""
        try:
            while True:
                check()
                chunk = gdal.VSIFReadL(1, CHUNK, handle)
                digest.update(chunk or b"")
                if not chunk or len(chunk) < CHUNK:
                    return "" if messages else digest.hexdigest()
        finally:
            gdal.VSIFCloseL(handle)


def opened_file(path: str) -> object | None:
    """Return GDAL's handle of a file, to be closed by ``VSIFCloseL``; None where it cannot be opened."""
    try:
        handle: object | None = gdal.VSIFOpenL(path, "rb")
    except RuntimeError:
        return None
    return handle

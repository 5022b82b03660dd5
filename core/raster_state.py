# SPDX-License-Identifier: GPL-2.0-or-later
"""GDAL's state of this thread and process: its errors, its options, its cache of blocks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from threading import RLock

from osgeo import gdal

_CACHE = RLock()
# What the cache was bounded to before the first of the runs that bound it now, and what each of them wants.
_bounds: list[int] = []


class _Messages(list[str]):
    """What GDAL said, one line each: newer GDAL (seen with 3.10) tells causes in further lines."""

    def append(self, message: str) -> None:
        """Add a message."""
        super().append("; ".join(line.strip() for line in message.splitlines() if line.strip()))


@contextmanager
def gdal_messages() -> Iterator[list[str]]:
    """Collect GDAL's errors of this thread, one line each, instead of letting them go to standard error."""
    messages = _Messages()

    def collect(severity: int, number: int, message: str) -> None:
        if severity >= gdal.CE_Failure:
            messages.append(message)

    gdal.PushErrorHandler(collect)
    try:
        yield messages
    finally:
        gdal.PopErrorHandler()


@contextmanager
def gdal_option(name: str, value: str) -> Iterator[None]:
    """Set a GDAL configuration option for this thread only."""
    # GDAL before 3.5 has the process-wide option only.
    get = getattr(gdal, "GetThreadLocalConfigOption", gdal.GetConfigOption)
    put = getattr(gdal, "SetThreadLocalConfigOption", gdal.SetConfigOption)
    before = get(name)
    put(name, value)
    try:
        yield
    finally:
        put(name, before)


def without_properties() -> AbstractContextManager[None]:
    """Keep GDAL from leaving a file beside a compressed archive, with the size of its contents."""
    return gdal_option("CPL_VSIL_GZIP_WRITE_PROPERTIES", "NO")


def blockwise_warping() -> AbstractContextManager[None]:
    """Have GDAL warp virtual rasters block by block, so that pixels do not depend on the window that is read.

    Newer GDAL (seen with 3.10) warps a large window in one go; the digits of cubic convolution then change with it.
    """
    return gdal_option("GDAL_VRT_WARP_USE_DATASET_RASTERIO", "NO")


@contextmanager
def gdal_cache(megabytes: int) -> Iterator[None]:
    """Bound GDAL's block cache during a run (its default grows with the machine: 5 % of all memory).

    It is one for the process: of runs at the same time it is the largest bound, and the last one gives back what was
    there before the first.
    """
    with _CACHE:
        if not _bounds:
            _bounds.append(gdal.GetCacheMax())
        _bounds.append(megabytes << 20)
        gdal.SetCacheMax(max(_bounds[1:]))
    try:
        yield
    finally:
        with _CACHE:
            _bounds.remove(megabytes << 20)
            gdal.SetCacheMax(max(_bounds[1:], default=_bounds[0]))
            if len(_bounds) == 1:
                _bounds.clear()

# SPDX-License-Identifier: GPL-2.0-or-later
"""The files that a run must never replace: those it reads, and those from which they are put together."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from osgeo import gdal

from .raster_origin import local_file
from .raster_state import gdal_messages

VRT = ".vrt"


def files_behind(places: Iterable[str]) -> tuple[Path, ...]:
    """Return the local files of rasters, archives included, and all that virtual rasters among them join.

    Args:
        places: what GDAL opens. What is not on a local disk has no file.
    """
    found: dict[str, None] = {}
    waiting = list(places)
    while waiting:
        place = waiting.pop()
        file = local_file(place)
        if file and file not in found:
            found[file] = None
            if file.lower().endswith(VRT):
                waiting += _joined(file)
    return tuple(Path(file) for file in found)


def _joined(path: str) -> list[str]:
    """Return the files that a virtual raster names; none where it cannot be opened, which reading it will tell."""
    with gdal_messages():
        try:
            dataset = gdal.Open(path)
        except RuntimeError:
            return []
        return [] if dataset is None else list(dataset.GetFileList() or ())

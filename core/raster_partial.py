# SPDX-License-Identifier: GPL-2.0-or-later
"""The unfinished GeoTIFF on the disk: made anew, or what a killed run has left of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from osgeo import gdal

from .errors import OutputError
from .grid import Window
from .ledger import Ledger
from .output_place import discard_partial, partial_paths
from .raster_profile import BLOCK, RasterProfile, compression, gdal_type
from .raster_state import gdal_option


def unfinished_run(path: Path, identity: tuple[tuple[str, str], ...], resume: bool) -> Ledger | None:
    """Return the checkpoint of the run to go on with; where there is none, remove what is left of any other.

    Args:
        path: of the output.
        identity: what this run depends on, as (name, digest) pairs.
        resume: whether an unfinished run is gone on with.

    Raises:
        OutputError: the unfinished run depends on something else, or its ledger is damaged.
    """
    partial, place = partial_paths(path)
    if not resume or not place.exists() or not partial.exists():
        discard_partial(path)
        return None
    ledger = Ledger.load(place)
    before, now = dict(ledger.identity), dict(identity)
    changed = sorted(name for name in {*before, *now} if before.get(name) != now.get(name))
    if changed:
        raise OutputError(
            f"{partial.name} is an unfinished run that differs in its {' and '.join(changed)}, "
            "so it cannot be resumed. Switch RESUME off to start anew, or choose another output."
        )
    return ledger


def create_raster(path: Path, profile: RasterProfile) -> Any:
    """Make a tiled GeoTIFF without pixels; raises or returns None, as GDAL does."""
    grid = profile.grid
    options = ["TILED=YES", f"BLOCKXSIZE={BLOCK}", f"BLOCKYSIZE={BLOCK}", "INTERLEAVE=BAND", "BIGTIFF=IF_SAFER"]
    # No NUM_THREADS: GDAL 3.6.2 crashed now and then when overviews were written while its threads compressed the
    # full raster. Compression runs beside reading and inference all the same, in the thread that writes.
    options += ["SPARSE_OK=TRUE", "NUM_THREADS=1", *compression(profile.dtype)]
    kind = gdal.GetDataTypeByName(gdal_type(profile.dtype))
    driver = gdal.GetDriverByName("GTiff")
    return driver.Create(str(path), grid.width, grid.height, len(profile.bands), kind, options)


def add_empty_overviews(dataset: Any, levels: tuple[int, ...]) -> None:
    """Make all overview directories, empty, so that they stand in the head of the file before any block."""
    with gdal_option("GDAL_TIFF_OVR_BLOCKSIZE", str(BLOCK)), gdal_option("ZLEVEL_OVERVIEW", "1"):
        if levels:
            dataset.BuildOverviews("NONE", list(levels))


def reopen(path: Path) -> Any:
    """Open a GeoTIFF to be gone on with; raises or returns None, as GDAL does."""
    flags = gdal.OF_UPDATE | gdal.OF_RASTER
    return gdal.OpenEx(str(path), flags, open_options=["NUM_THREADS=1", "SPARSE_OK=TRUE"])


def stored_strips(path: Path, rows: int, width: int) -> Iterator[tuple[Window, npt.NDArray[np.generic] | None]]:
    """Yield the first rows of a raster, block by block, from a handle of its own without threads; None: unreadable."""
    source = gdal.Open(str(path))
    for row in range(0, rows, BLOCK):
        window = Window(row, 0, min(BLOCK, rows - row), width)
        pixels = source.ReadAsArray(0, row, width, window.height)
        yield window, None if pixels is None else pixels.reshape(-1, window.height, width)

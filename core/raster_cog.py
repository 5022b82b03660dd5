# SPDX-License-Identifier: GPL-2.0-or-later
"""Make a Cloud Optimized GeoTIFF of a finished tiled one, with the overviews that it has."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from osgeo import gdal

from .errors import CancelledError
from .output_place import cog_path
from .raster_profile import BLOCK, RasterProfile, predictor


def make_cog(
    source: Path, profile: RasterProfile, guarded: Callable[[Callable[[], Any]], Any], check: Callable[[], None]
) -> Path:
    """Write the COG of a closed file beside it; return its path, which is still that of something unfinished.

    Args:
        source: the file.
        profile: its own.
        guarded: calls what it is given and raises OutputError for whatever GDAL reports.
        check: called now and then; may raise to stop.

    Raises:
        OutputError: the disk is full or failing.
        CancelledError: from ``check``.
    """
    fresh = cog_path(source)
    # What a killed run has left of it cannot be opened, and GDAL opens a file before it replaces it.
    fresh.unlink(missing_ok=True)
    options = ["BIGTIFF=IF_SAFER", f"NUM_THREADS={profile.threads}", "OVERVIEWS=FORCE_USE_EXISTING"]
    options += ["COMPRESS=DEFLATE", "LEVEL=1", f"PREDICTOR={predictor(profile.dtype)}", f"BLOCKSIZE={BLOCK}"]
    stopped: list[CancelledError] = []

    def go_on(share: float, message: str, data: object) -> int:
        try:
            check()
        except CancelledError as error:
            stopped.append(error)
        return 0 if stopped else 1

    arguments = {"format": "COG", "creationOptions": options, "callback": go_on}
    try:
        # Closed inside the guard: closing writes, too.
        guarded(lambda: gdal.Translate(str(fresh), str(source), **arguments) is not None)
    finally:
        if stopped:
            raise stopped[0]
    return fresh

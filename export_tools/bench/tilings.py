# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether the size of the tiles shows: the same product in tiles of several sizes, compared pixel by pixel."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from osgeo import gdal

from ...core.super_resolution import run
from .plans import Plan

WHOLE = 0
SIZES = (WHOLE, 128, 200, 333, 1024)
STRIP = 512


@dataclass(frozen=True)
class TilingRow:
    """One tiling against the run in a single tile.

    Attributes:
        asked: TILE_SIZE, 0 for one tile.
        tile: side of the tiles that were used, in output pixels.
        tiles: their number.
        largest: largest difference in digital numbers.
        differing: number of differing values.
        values: number of values compared.
    """

    asked: int
    tile: int
    tiles: int
    largest: int
    differing: int
    values: int


def compare_tilings(plan: Plan) -> list[TilingRow]:
    """Run the plan once for each of ``SIZES`` and compare each output with the first."""
    rows = []
    for asked in SIZES:
        output = str(Path(plan.output).with_name(f"tiling-{asked}.tif"))
        job = replace(plan, output=output, tile_size=asked).job()
        if asked == WHOLE:
            first = output
            smallest = replace(plan, tile_size=1).job().tile
            job = replace(job, tile=-(-max(job.window.height, job.window.width) // smallest) * smallest)
        result = run(job, lambda share: None, lambda: False, lambda sentence: None)
        rows.append(TilingRow(asked, job.tile, result.tiles, *difference(first, output)))
    return rows


def difference(first: str, second: str) -> tuple[int, int, int]:
    """Return the largest difference of two rasters, how many values differ, and how many there are."""
    rasters = gdal.Open(first), gdal.Open(second)
    height, width = rasters[0].RasterYSize, rasters[0].RasterXSize
    largest, differing, values = 0, 0, 0
    for row in range(0, height, STRIP):
        one, other = (r.ReadAsArray(0, row, width, min(STRIP, height - row)).astype(np.int64) for r in rasters)
        apart = np.abs(one - other)
        largest = max(largest, int(apart.max()))
        differing += int((apart > 0).sum())
        values += apart.size
    return largest, differing, values

# SPDX-License-Identifier: GPL-2.0-or-later
"""A number that tells of what order the values of a band are, whatever a few bad pixels hold."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
from osgeo import gdal

from ..raster_state import gdal_messages

# Blocks that are looked at, and the pixels of a side of each.
_BLOCKS, _SIDE = 64, 512
# Of a hundred pixels one may be as large as it likes.
_PERCENTILE = 99.0


def largest_value(band: gdal.Band) -> float:
    """Return the largest value of a band as GDAL estimates it; NaN where no pixel is valid.

    Where the estimate saw nothing but nodata or zeros, which often stand for it, it is that of all pixels.
    """
    estimated = _maximum(band, True)
    return estimated if estimated > 0 else _maximum(band, False)


def high_value(band: gdal.Band) -> tuple[float, bool]:
    """Return the value that nearly all valid pixels of a sample stay below, and whether all of these are whole numbers.

    Zeros do not count: they often stand for nodata. Where there is nothing else the value is NaN.
    """
    width, height = band.GetBlockSize()
    cols, rows = -(-band.XSize // width), -(-band.YSize // height)
    count = min(cols * rows, _BLOCKS)
    numbers = np.unique(np.linspace(0, cols * rows - 1, count).round().astype(int))
    values = np.concatenate([_block(band, int(number) % cols, int(number) // cols) for number in numbers])
    telling = values[values != 0]
    if not telling.size:
        return math.nan, False
    return float(np.percentile(telling, _PERCENTILE)), bool((telling == np.round(telling)).all())


def _block(band: gdal.Band, col: int, row: int) -> npt.NDArray[Any]:
    """Return the valid pixels in the middle of a block."""
    sides = []
    for start, side, end in zip((col, row), band.GetBlockSize(), (band.XSize, band.YSize)):
        first, whole = start * side, min(side, end - start * side)
        part = min(whole, _SIDE)
        sides.append((first + (whole - part) // 2, part))
    (left, across), (top, down) = sides
    with gdal_messages():
        try:
            found = band.ReadAsArray(left, top, across, down)
        except RuntimeError:
            found = None
    if found is None:
        return np.empty(0)
    nodata = band.GetNoDataValue()
    valid = np.isfinite(found) if nodata is None else np.isfinite(found) & (found != np.asarray(nodata, found.dtype))
    pixels: npt.NDArray[Any] = found[valid]
    return pixels


def _maximum(band: gdal.Band, approximate: bool) -> float:
    with gdal_messages():
        try:
            found = band.ComputeRasterMinMax(approximate)
        except RuntimeError:
            found = None
    return math.nan if found is None or found[1] is None else float(found[1])

# SPDX-License-Identifier: GPL-2.0-or-later
"""The pixels of one band in one window of the moved raster."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from ..grid import Grid, Window
from ..radiometry import band_mask, store
from ..raster import BandReader
from ..scene import Band
from .coregistration_sampling import NEAREST, Places, covered, margin_of, sample

Pixels = npt.NDArray[np.generic]


def copied(band: Band, window: Window, nodata: float | None, reader: BandReader) -> Pixels:
    """Return the pixels of a window as they are, but for another nodata value."""
    pixels = reader.read(band, window)
    if nodata is None or band.nodata is None or band.nodata == nodata or math.isnan(nodata):
        return pixels
    return np.where(band_mask(pixels, band), pixels, nodata)


def resampled(band: Band, places: Places, method: str, nodata: float | None, reader: BandReader, out: Pixels) -> None:
    """Put the values at places into ``out``, which is full of nodata."""
    needed = _needed(places, band.grid, margin_of(method))
    if needed.is_empty:
        return
    pixels = reader.read(band, needed)
    mask = band_mask(pixels, band)
    values, valid = sample(pixels, mask, places.relative_to(needed.row, needed.col), method)
    valid &= covered(places, band.grid.height, band.grid.width)
    if not valid.any():
        return
    stored = values if method == NEAREST else store(values, out.dtype, nodata, None)
    np.copyto(out, stored.astype(out.dtype, copy=False), where=valid)


def _needed(places: Places, grid: Grid, margin: int) -> Window:
    """Return the pixels of the input that places take from; none where all places lie outside of it."""
    top, left = math.floor(float(places.rows.min())), math.floor(float(places.cols.min()))
    bottom, end = math.ceil(float(places.rows.max())), math.ceil(float(places.cols.max()))
    around = Window(top, left, bottom - top + 1, end - left + 1).pad(margin)
    near = around.intersect(grid.window.pad(margin))
    return near if not around.intersect(grid.window).is_empty else Window(0, 0, 0, 0)

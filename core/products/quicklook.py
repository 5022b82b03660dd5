# SPDX-License-Identifier: GPL-2.0-or-later
"""A small picture of a scene: a few bands, thinned out and stretched, as bytes for a screen."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from osgeo import gdal

from ..errors import ProductError
from ..radiometry import band_mask
from ..raster import BandReader
from ..raster_state import gdal_messages, without_properties
from ..scene import Band, Scene
from . import files

Picture = npt.NDArray[np.uint8]

# Shares of the valid pixels that become black and white.
DARKEST, BRIGHTEST = 2.0, 98.0
_LOCKED = "HDF5:"


def quicklook(scene: Scene, names: tuple[str, ...], side: int) -> Picture:
    """Return a picture of a scene.

    Args:
        scene: the scene.
        names: bands for red, green and blue, or one band for grey.
        side: pixels along its longer side at most.

    Returns:
        Bytes of shape (rows, columns, 3); pixels without measurement are black.

    Raises:
        ProductError: a band cannot be read.
    """
    bands = [scene.band(name) for name in names]
    grid = max((band.grid for band in bands), key=lambda one: one.gsd)
    longest = max(grid.width, grid.height)
    shape = max(1, grid.height * side // longest), max(1, grid.width * side // longest)
    planes = [_stretched(band, *(_thinned(band, *(min(a, b) for a, b in zip(shape, _shape(band)))))) for band in bands]
    return np.ascontiguousarray(np.stack(planes * (3 if len(planes) == 1 else 1), axis=-1))


def _shape(band: Band) -> tuple[int, int]:
    return band.grid.height, band.grid.width


def _thinned(band: Band, rows: int, cols: int) -> tuple[npt.NDArray[np.generic], npt.NDArray[np.bool_]]:
    """Return so many pixels spread over a band, and which of them are measurements."""
    if band.path.startswith(_LOCKED):
        with BandReader() as reader:
            whole = reader.read(band, band.grid.window)
        index = (np.arange(length) * size // length for length, size in zip((rows, cols), whole.shape))
        pixels = whole[np.ix_(*index)]
    else:
        pixels = _decimated(band, rows, cols)
    return pixels, band_mask(pixels, band)


def _decimated(band: Band, rows: int, cols: int) -> npt.NDArray[np.generic]:
    dataset = files.open_raster(band.path)
    with gdal_messages() as messages, without_properties():
        try:
            pixels = dataset.GetRasterBand(band.index).ReadAsArray(
                buf_xsize=cols, buf_ysize=rows, resample_alg=gdal.GRIORA_NearestNeighbour
            )
        except RuntimeError as error:
            messages.append(str(error))
            pixels = None
    if pixels is None:
        reason = files.reason_of(messages, "no reason given")
        raise ProductError(f"{band.title} cannot be read ({reason}). Download the product again.")
    result: npt.NDArray[np.generic] = pixels
    return result


def _stretched(band: Band, pixels: npt.NDArray[np.generic], mask: npt.NDArray[np.bool_]) -> Picture:
    if not mask.any():
        return np.zeros(pixels.shape, np.uint8)
    low, high = np.percentile(pixels[mask].astype(np.float64), (DARKEST, BRIGHTEST))
    if band.scale < 0:
        low, high = high, low
    spread = (high - low) or 1.0
    shares = np.clip((np.where(mask, pixels, low).astype(np.float64) - low) / spread, 0, 1)
    return np.asarray(np.round(255 * shares), np.uint8)

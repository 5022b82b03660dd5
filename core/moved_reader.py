# SPDX-License-Identifier: GPL-2.0-or-later
"""Read a band moved by a part of a pixel, as a network sees it, for passes over the scene."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .band_shift import inside_mask
from .grid import Window
from .image_shift import moved, moved_mask, shift_reach
from .radiometry import band_mask
from .raster import BandReader
from .scene import Band

Image = npt.NDArray[np.float32]


class MovedReader(BandReader):
    """Reads a band moved down and right; pixels that are not measured are NaN, also those from beyond the raster."""

    def __init__(self, rows: float, cols: float) -> None:
        """Prepare a reader that moves by so many pixels of the band."""
        super().__init__()
        self._move = (rows, cols)

    def read(self, band: Band, window: Window) -> Image:
        """Read a window of the moved band.

        Args:
            band: the band.
            window: pixels of its grid; they may lie outside the raster.

        Returns:
            Digital numbers, shape (rows, columns), float32.

        Raises:
            ProductError: GDAL cannot read the pixels.
        """
        reach = shift_reach(*self._move)
        source = window.pad(reach)
        pixels = super().read(band, source)
        mask = band_mask(pixels, band)
        mask &= inside_mask(source, band.grid.height, band.grid.width)
        values = moved(np.where(mask, pixels, 0).astype(np.float32), *self._move, reach)
        result: Image = np.where(moved_mask(mask, *self._move, reach), values, np.float32(np.nan))
        return result

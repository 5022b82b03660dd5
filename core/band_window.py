# SPDX-License-Identifier: GPL-2.0-or-later
"""A window of one band with its mask, as a tile reads it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .fill import fill_nodata
from .grid import Window
from .image_shift import moved, shift_reach

Mask = npt.NDArray[np.bool_]
Pixels = npt.NDArray[np.generic]


@dataclass(frozen=True)
class BandWindow:
    """A window of one band.

    Attributes:
        window: pixels of the band's grid that ``pixels`` covers; it may reach beyond the raster.
        pixels: digital numbers, shape (rows, columns).
        mask: True where valid, or None where all are.
        reach: distance in pixels within which invalid pixels matter.
    """

    window: Window
    pixels: Pixels
    mask: Mask | None
    reach: int

    def crop(self, window: Window) -> Pixels:
        """Return the digital numbers of a window inside this one, as they are."""
        result: Pixels = self.pixels[window.relative_to(self.window).slices]
        return result

    def crop_moved(self, window: Window, rows: float, cols: float) -> Pixels:
        """Return a window of the digital numbers moved down and right; only where no invalid pixel is left."""
        reach = shift_reach(rows, cols)
        return moved(self.crop(window.pad(reach)), rows, cols, reach)

    def crop_mask(self, window: Window) -> Mask | None:
        """Return the mask of a window inside this one; None where all of it is valid."""
        if self.mask is None:
            return None
        part: Mask = self.mask[window.relative_to(self.window).slices]
        return None if part.all() else part

    def filled(self) -> BandWindow:
        """Return the same window with invalid pixels filled from valid neighbours."""
        if self.mask is None:
            return self
        return BandWindow(self.window, fill_nodata(self.pixels, self.mask, self.reach), self.mask, self.reach)

# SPDX-License-Identifier: GPL-2.0-or-later
"""What a tile needs to read: windows with halo of every band, with their masks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .fill import fill_nodata, fill_support
from .grid import Window
from .image_shift import moved, shift_reach
from .job import Job
from .radiometry import band_mask
from .raster import BandReader
from .scene import Band
from .tiling import Tile

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


@dataclass(frozen=True)
class TileInput:
    """All bands that a tile reads: one mapping of band name to window for each date, oldest first."""

    dates: tuple[dict[str, BandWindow], ...]


def read_tile(job: Job, tile: Tile, reader: BandReader) -> TileInput:
    """Read every band that the steps or the copied bands need.

    Raises:
        ProductError: a band cannot be read.
    """
    names = needed_bands(job)
    return TileInput(
        tuple({name: read_band(job, tile, scene.band(name), reader) for name in names} for scene in job.scenes)
    )


def read_band(job: Job, tile: Tile, band: Band, reader: BandReader) -> BandWindow:
    """Read one band's window of a tile with its halo, and more around it where nodata must be filled."""
    reach = job.reach(band.name)
    window = tile.window.coarsen(job.factor(band)).pad(reach)
    pixels, mask = _read_masked(band, window, reader)
    if mask is not None and reach:
        window = window.pad(fill_support(reach))
        pixels, mask = _read_masked(band, window, reader)
    return BandWindow(window, pixels, mask, reach)


def needed_bands(job: Job) -> tuple[str, ...]:
    """Return the names of all bands that the job reads, in the scene's order."""
    names = {name for step in job.steps for name in step.card.input_bands}
    names |= {output.band.name for file in job.files for output in file.bands}
    return tuple(band.name for band in job.scene.bands if band.name in names)


def _read_masked(band: Band, window: Window, reader: BandReader) -> tuple[Pixels, Mask | None]:
    pixels = reader.read(band, window)
    mask = band_mask(pixels, band)
    return pixels, None if mask.all() else mask

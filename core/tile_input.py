# SPDX-License-Identifier: GPL-2.0-or-later
"""What a tile needs to read: windows with halo of every band, with their masks."""

from __future__ import annotations

from dataclasses import dataclass

from .band_window import BandWindow, Mask, Pixels
from .date_merge import merged, merges_dates
from .fill import fill_support
from .grid import Window
from .job import Job
from .radiometry import band_mask
from .raster import BandReader
from .scene import Band
from .tiling import Tile

__all__ = ["BandWindow", "TileInput", "needed_bands", "read_band", "read_tile"]


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
    if merges_dates(job):
        read = {name: _read_dates(job, tile, name, reader) for name in names}
        dates = tuple({name: read[name][index] for name in names} for index in range(len(job.scenes)))
        return TileInput(merged(job, dates))
    return TileInput(
        tuple({name: read_band(job, tile, scene.band(name), reader) for name in names} for scene in job.scenes)
    )


def _read_dates(job: Job, tile: Tile, name: str, reader: BandReader) -> tuple[BandWindow, ...]:
    """Read one window of a band at every date, with the support of filling where any date needs it."""
    read: dict[Band, BandWindow] = {}
    for scene in job.scenes:
        read.setdefault(scene.band(name), read_band(job, tile, scene.band(name), reader))
    largest = max((window.window for window in read.values()), key=lambda window: window.height)
    for band, window in read.items():
        if window.window != largest:
            read[band] = BandWindow(largest, *_read_masked(band, largest, reader), window.reach)
    return tuple(read[scene.band(name)] for scene in job.scenes)


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
    names |= {name for file in job.files for output in file.bands for name in output.sources}
    return tuple(band.name for band in job.scene.bands if band.name in names)


def _read_masked(band: Band, window: Window, reader: BandReader) -> tuple[Pixels, Mask | None]:
    pixels = reader.read(band, window)
    mask = band_mask(pixels, band)
    return pixels, None if mask.all() else mask

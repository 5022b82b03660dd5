# SPDX-License-Identifier: GPL-2.0-or-later
"""What a planned run will take: pixels, bytes, memory, and time by one tile that is tried."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace

import numpy as np

from .detail_regression import scene_tensor
from .job import Coefficients, Job, Step
from .network import inspect_network
from .prediction import compute_tile, session_of
from .raster import BandReader
from .session import Stopper
from .super_resolution import CACHE_MEGABYTES, READ_AHEAD
from .tile_input import needed_bands, read_tile
from .tile_size import BYTES_PER_VALUE, LIVE_TENSORS
from .tiling import Tile, tile_rows

MEGABYTE = 1e6
# Side in output pixels of the tile that is tried.
TRIED_SIDE = 240
# Side in output pixels of what is decoded at once, about: products come in blocks of up to 1024 pixels (JPEG 2000).
DECODED = 1024


@dataclass(frozen=True)
class Forecast:
    """What a run will take.

    Attributes:
        width: columns of the result (on the map).
        height: rows.
        gsd: of the result in units of its CRS.
        bands: bands of the main output.
        nbytes: bytes of all outputs before they are compressed.
        memory: bytes that the run needs beside QGIS, roughly.
        tiles: number of tiles.
        megapixels: millions of output pixels to compute.
    """

    width: int
    height: int
    gsd: float
    bands: int
    nbytes: int
    memory: int
    tiles: int
    megapixels: float


def forecast(job: Job) -> Forecast:
    """Return what a planned run will take.

    Raises:
        ModelError: a network cannot be analysed.
        CardError: a card does not agree with its network.
    """
    grid = job.map_grid
    width, height = (job.window.width, job.window.height) if grid is None else (grid.width, grid.height)
    size = sum(len(file.bands) * np.dtype(file.dtype).itemsize for file in job.files)
    rows = tile_rows(job.window, job.tile)
    return Forecast(
        width=width,
        height=height,
        gsd=job.target.gsd,
        bands=len(job.output_bands),
        nbytes=size * width * height,
        memory=_memory(job),
        tiles=sum(len(row) for row in rows),
        megapixels=job.window.width * job.window.height / 1e6,
    )


def measure_speed(job: Job, stopper: Stopper) -> float:
    """Compute one small tile in the middle of a planned run, and return output megapixels a second of its own tiles.

    What a scene pass would find is taken from the card: it changes digits, not the time. As many tiles as run at a time
    are counted as one after the other on all processors.

    Raises:
        ProductError: a band cannot be read.
        ModelError: a network cannot be loaded or fails.
        CancelledError: the stopper was used.
    """
    small = replace(job, steps=tuple(_with_defaults(step) for step in job.steps), tile=_small_side(job))
    small = replace(small, threads=job.workers * job.threads)
    for step in small.steps:
        session_of(small, step)
    stopper.check()
    reading, computing = _seconds(small, job.tile, stopper)
    # What is decoded for one tile serves its neighbours, too; and small tiles have more halo for each pixel.
    reading *= min(1.0, (job.tile / DECODED) ** 2)
    seconds = reading + computing * _work(job, job.tile) / _work(job, small.tile)
    return job.tile**2 / 1e6 / max(seconds, 1e-6)


def _small_side(job: Job) -> int:
    """Return the side of a tile that is tried: a multiple of what tiles must be, quick to compute."""
    factors = [job.factor(band) for band in job.scene.bands]
    quantum = math.lcm(*factors, *(step.unit * step.alignment for step in job.steps))
    return min(job.tile, max(quantum, TRIED_SIDE // quantum * quantum))


def _work(job: Job, side: int) -> float:
    """Return a measure of what a tile of this side takes: its pixels with their halos, summed over the steps."""
    return sum((side / step.unit + 2 * step.halo) ** 2 for step in job.steps) or float(side**2)


def _seconds(job: Job, side: int, stopper: Stopper) -> tuple[float, float]:
    """Return the seconds of reading a tile of a side for the first time, and of computing one of the job's own tiles.

    The network runs twice: what it prepares when it first sees a size is done once in a run.
    """
    with BandReader(job.threads) as reader:
        large = replace(job, tile=side)
        started = time.monotonic()
        read_tile(large, _middle(large), reader)
        reading = time.monotonic() - started
        tile = _middle(job)
        source = read_tile(job, tile, reader)
        compute_tile(job, tile, source, stopper)
        started = time.monotonic()
        compute_tile(job, tile, source, stopper)
    return reading, time.monotonic() - started


def _middle(job: Job) -> Tile:
    rows = tile_rows(job.window, job.tile)
    row = rows[len(rows) // 2]
    return row[len(row) // 2]


def _with_defaults(step: Step) -> Step:
    declared = step.card.scene_pass
    if declared is None or step.coefficients is not None:
        return step
    rows = scene_tensor(np.array(declared.default), step.unit)
    coefficients: Coefficients = tuple(tuple(float(value) for value in row) for row in rows)
    return replace(step, coefficients=coefficients)


def _memory(job: Job) -> int:
    """Return bytes of GDAL's cache, the tiles that are computed, and those that wait with all their bands."""
    computing = 0.0
    for step in job.steps:
        side = job.tile / step.unit + 2 * step.halo if step.blend is None else step.blend.block
        pixels = side**2
        values = max(1.0, inspect_network(step.card).values_per_pixel)
        computing = max(computing, pixels * values * LIVE_TENSORS * BYTES_PER_VALUE)
    read = len(needed_bands(job)) * len(job.scenes)
    ahead = (job.workers + READ_AHEAD) * job.tile**2 * read * BYTES_PER_VALUE
    return round(CACHE_MEGABYTES * MEGABYTE + job.workers * computing + ahead)

# SPDX-License-Identifier: GPL-2.0-or-later
"""Probes: a few windows spread over a scene on which a model is tried before the run.

Their places depend on the scene alone, so the run of an extent finds what the run of the whole scene finds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from .enlargement import BICUBIC_REACH
from .grid import Window
from .job import Job, Step
from .radiometry import valid_mask
from .raster import BandReader
from .scene import Band
from .tile_input import BandWindow
from .tiling import Tile

PROBES, LEAST_PROBES = 6, 3
# Output pixels to be read for all probes of a model: at a scale factor of 6 each takes almost a million.
READ_PIXELS = 2_700_000
# Side in pixels of a model's coarsest input.
SIDE = 48
ATTEMPTS = 24
LEAST_VALID = 0.5
# Standard deviation in reflectance: water and snow show noise only, and tell neither a point spread nor a good network.
LEAST_DETAIL = 0.003
# Steps of the R2 sequence (powers of 1 / 1.32471796): any first few of its points are spread evenly.
ROW_STEP, COL_STEP = 0.7548776662, 0.5698402910


@dataclass(frozen=True)
class Probe:
    """A window of the output grid with what was read for it: for each date the bands' windows without nodata."""

    tile: Tile
    dates: tuple[dict[str, BandWindow], ...]


def reduced_halo(step: Step) -> int:
    """Return the halo at reduced scale in pixels of the coarsest input: the network's, or cubic convolution's."""
    network = max(step.halo - step.margin, BICUBIC_REACH)
    return -(-network // step.alignment) * step.alignment


def widened(step: Step) -> Step:
    """Return the step with the halo that its inputs need to be degraded by its scale factor."""
    return replace(step, halo=max(step.halo, reduced_halo(step) * step.unit))


def read_probes(job: Job, step: Step, check: Callable[[], None]) -> Iterator[Probe]:
    """Read the probes of a step, with the halo of :func:`widened`.

    Args:
        job: gives scenes and factors.
        step: the model, with the shifts of the scene.
        check: called before each window; may raise to stop.

    Raises:
        ProductError: a band cannot be read.
    """
    alone = replace(job, steps=(widened(step),))
    taken: list[Window] = []
    wanted = _number(step)
    with BandReader(job.workers * job.threads) as reader:
        for window in probe_windows(job, step):
            check()
            tile = Tile(0, 0, window, window)
            if any(not window.intersect(other).is_empty for other in taken) or not _is_useful(job, step, tile, reader):
                continue
            taken.append(window)
            names = step.card.input_bands
            dates = ({name: _read(alone, tile, date.band(name), reader) for name in names} for date in job.scenes)
            yield Probe(tile, tuple(dates))
            if len(taken) == wanted:
                return


def probe_windows(job: Job, step: Step) -> tuple[Window, ...]:
    """Return candidates on the output grid: squares whose corners suit the network at native and reduced scale."""
    quantum = step.unit * step.alignment
    rows, cols = (size // (step.unit * quantum) for size in (job.target.height, job.target.width))
    side = min(max(1, SIDE // quantum), rows, cols)
    if not side:
        return ()
    places = []
    for number in range(ATTEMPTS):
        row = int((0.5 + number * ROW_STEP) % 1 * (rows - side + 1))
        col = int((0.5 + number * COL_STEP) % 1 * (cols - side + 1))
        places.append(Window(row, col, side, side).refine(quantum * step.unit))
    return tuple(dict.fromkeys(places))


def _number(step: Step) -> int:
    side = (SIDE + 2 * widened(step).halo) * step.unit
    return max(LEAST_PROBES, min(PROBES, READ_PIXELS // side**2))


def _is_useful(job: Job, step: Step, tile: Tile, reader: BandReader) -> bool:
    """Return whether the first target band, which is quickly read, shows something in a window."""
    name = next((name for name in step.card.target_bands if name in step.card.input_bands), None)
    if name is None:
        return False
    band = job.scene.band(name)
    pixels = reader.read(band, tile.window.coarsen(job.factor(band)))
    mask = valid_mask(pixels, band.nodata, band.saturated)
    if float(mask.mean()) < LEAST_VALID:
        return False
    return float(pixels[mask].std(dtype=np.float64) * abs(band.scale)) >= LEAST_DETAIL


def _read(job: Job, tile: Tile, band: Band, reader: BandReader) -> BandWindow:
    """Read a band with its halo; invalid pixels take the mean of the valid ones, which is enough for a trial."""
    window = tile.window.coarsen(job.factor(band)).pad(job.reach(band.name))
    pixels = reader.read(band, window)
    mask = valid_mask(pixels, band.nodata, band.saturated)
    if mask.all():
        return BandWindow(window, pixels, None, 0)
    mean = pixels[mask].mean(dtype=np.float64) if mask.any() else 0.0
    return BandWindow(window, np.where(mask, pixels, np.float32(mean)).astype(np.float32), mask, 0)

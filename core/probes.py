# SPDX-License-Identifier: GPL-2.0-or-later
"""Probes: a few windows spread over a scene on which a model is tried before the run.

Their places depend on the scene alone, so the run of an extent finds what the run of the whole scene finds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from types import TracebackType

import numpy as np
import numpy.typing as npt

from .enlargement import BICUBIC_REACH
from .grid import Window
from .job import Job, Step
from .radiometry import band_mask
from .raster import BandReader
from .scene import Band, Scene
from .scene_blocks import BLOCK, other_blocks, scene_blocks, square_in
from .scene_readers import SceneReaders
from .tile_input import BandWindow
from .tiling import Tile

Pixels = npt.NDArray[np.generic]

PROBES = 4
# Side of a probe in pixels of a model's coarsest input, and of what is read for it in output pixels: where it can be,
# that lies within one block of a JPEG 2000 file, which is decoded as a whole.
SIDE, LEAST_SIDE = 48, 24
ATTEMPTS = 24
LEAST_VALID = 0.5
# Standard deviation in reflectance: water and snow show noise only, and tell neither a point spread nor a good network.
LEAST_DETAIL = 0.003
# Steps of the R2 sequence (powers of 1 / 1.32471796): any first few of its points are spread evenly.
ROW_STEP, COL_STEP = 0.7548776662, 0.5698402910


@dataclass(frozen=True)
class Probe:
    """A window of the output grid with what was read for it.

    Attributes:
        tile: the window.
        dates: for each date the bands' windows without nodata.
        flat: whether it shows noise only, so that it tells no point spread.
    """

    tile: Tile
    dates: tuple[dict[str, BandWindow], ...]
    flat: bool = False


class ProbeReader:
    """Reads bands side by side."""

    def __init__(self, threads: int, readers: SceneReaders | None = None) -> None:
        """Prepare so many threads; blocks that other passes decoded are found in their readers."""
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="satsharp-probe")
        self._readers = readers or SceneReaders()

    def __enter__(self) -> ProbeReader:
        """Return the reader."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the threads."""
        self._pool.shutdown(wait=True)

    def read(self, bands: list[Band], windows: list[Window]) -> list[Pixels]:
        """Read a window of each band; raises as :meth:`core.raster.BandReader.read` does."""
        return list(self._pool.map(BandReader.read, [self._readers.of(band) for band in bands], bands, windows))


def reduced_halo(step: Step) -> int:
    """Return the halo at reduced scale in pixels of the coarsest input.

    It is the network's, or cubic convolution's, and the margin that an interval needs, which is judged by values that
    are made consistent. What the guard finds must not hang on whether an interval is asked for.
    """
    network = max(step.context, BICUBIC_REACH) + step.margin
    return -(-network // step.alignment) * step.alignment


def widened(step: Step) -> Step:
    """Return the step with the halo that its inputs need to be degraded by its scale factor."""
    return replace(step, halo=max(step.halo, reduced_halo(step) * step.unit))


def read_probes(job: Job, step: Step, reader: ProbeReader, check: Callable[[], None]) -> Iterator[Probe]:
    """Read the probes of a step, with the halo of :func:`widened`.

    Flat windows are read where no other is found: there is nothing to sharpen on an open sea, but a network that takes
    noise for detail does harm.

    Args:
        job: gives scenes and factors.
        step: the model, with the shifts of the scene.
        reader: the same for all models.
        check: called before each window; may raise to stop.

    Raises:
        ProductError: a band cannot be read.
    """
    alone = replace(job, steps=(widened(step),))
    for flat in (False, True):
        taken: list[Window] = []
        seen = False
        for windows in (probe_windows(job, step), other_windows(job, step)):
            # The others are for scenes of which hardly a pixel is valid.
            for window in () if seen else windows:
                check()
                tile = Tile(0, 0, window, window)
                if any(not window.intersect(other).is_empty for other in taken):
                    continue
                detail = _detail(job, step, tile, reader)
                seen = seen or detail is not None
                if detail is None or (detail < LEAST_DETAIL) != flat:
                    continue
                taken.append(window)
                dates = tuple(_read(alone, tile, date, step.card.input_bands, reader) for date in job.scenes)
                yield Probe(tile, dates, flat)
                if len(taken) == PROBES:
                    break
        if taken:
            return


def probe_windows(job: Job, step: Step) -> tuple[Window, ...]:
    """Return candidates on the output grid: squares whose corners suit the network at native and reduced scale.

    In a large scene those in the blocks that every pass looks at come first.
    """
    height, width = job.target.height, job.target.width
    side, quantum = _side_and_quantum(step)
    return (*_squares(job, step, scene_blocks(height, width)), *spread_windows(height, width, side, quantum))


def other_windows(job: Job, step: Step) -> tuple[Window, ...]:
    """Return candidates in all other blocks of a large scene."""
    return _squares(job, step, other_blocks(job.target.height, job.target.width))


def _side_and_quantum(step: Step) -> tuple[int, int]:
    side = probe_side(step.unit, step.alignment, widened(step).halo) * step.unit
    return side, step.unit**2 * step.alignment


def _squares(job: Job, step: Step, blocks: tuple[Window, ...]) -> tuple[Window, ...]:
    """Return a square in each block that has room for one."""
    side, quantum = _side_and_quantum(step)
    placed = (square_in(block, side, widened(step).halo * step.unit, quantum) for block in blocks)
    return tuple(
        square for square in placed if square.row_end <= job.target.height and square.col_end <= job.target.width
    )


def spread_windows(height: int, width: int, largest: int, quantum: int) -> tuple[Window, ...]:
    """Return squares spread over an image.

    Args:
        height: of the image in pixels.
        width: of it.
        largest: side of the squares, where the image is as large.
        quantum: their corners are multiples of it.
    """
    rows, cols = height // quantum, width // quantum
    side = min(largest // quantum, rows, cols)
    if not side:
        return ()
    places = []
    for number in range(ATTEMPTS):
        row = int((0.5 + number * ROW_STEP) % 1 * (height - side * quantum + 1)) // quantum
        col = int((0.5 + number * COL_STEP) % 1 * (width - side * quantum + 1)) // quantum
        places.append(Window(min(row, rows - side), min(col, cols - side), side, side).refine(quantum))
    return tuple(dict.fromkeys(places))


def probe_side(unit: int, alignment: int, halo: int) -> int:
    """Return the side of a probe in pixels of the coarsest input, with which its halo still fits into a block."""
    fitting = BLOCK // unit - 2 * halo
    quantum = unit * alignment
    return max(quantum, max(LEAST_SIDE, min(SIDE, fitting)) // quantum * quantum)


def _detail(job: Job, step: Step, tile: Tile, reader: ProbeReader) -> float | None:
    """Return the deviation of the first target band, which is quickly read, in a window; None where it lacks pixels."""
    name = next((name for name in step.card.target_bands if name in step.card.input_bands), None)
    if name is None:
        return None
    band = job.scene.band(name)
    (pixels,) = reader.read([band], [tile.window.coarsen(job.factor(band))])
    mask = band_mask(pixels, band)
    if float(mask.mean()) < LEAST_VALID:
        return None
    return float(pixels[mask].std(dtype=np.float64) * abs(band.scale))


def _read(job: Job, tile: Tile, scene: Scene, names: tuple[str, ...], reader: ProbeReader) -> dict[str, BandWindow]:
    """Read bands with their halo."""
    bands = [scene.band(name) for name in names]
    windows = [tile.window.coarsen(job.factor(band)).pad(job.reach(band.name)) for band in bands]
    read = zip(bands, windows, reader.read(bands, windows))
    return {band.name: _filled(band, window, pixels) for band, window, pixels in read}


def _filled(band: Band, window: Window, pixels: Pixels) -> BandWindow:
    """Give invalid pixels the mean of the valid ones, which is enough for a trial."""
    mask = band_mask(pixels, band)
    if mask.all():
        return BandWindow(window, pixels, None, 0)
    mean = pixels[mask].mean(dtype=np.float64) if mask.any() else 0.0
    return BandWindow(window, np.where(mask, pixels, np.float32(mean)).astype(np.float32), mask, 0)

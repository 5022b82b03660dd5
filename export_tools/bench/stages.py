# SPDX-License-Identifier: GPL-2.0-or-later
"""The three stages of a run, each alone with all processors: decoding, bare ``session.run``, encoding."""

from __future__ import annotations

import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime
from osgeo import gdal

from ...core.detail_regression import scene_tensor
from ...core.grid import Window
from ...core.job import Job, Step
from ...core.onnx_binding import bound_network
from ...core.output_records import OutputFile
from ...core.raster import BandReader
from ...core.raster_state import gdal_cache
from ...core.scene import Band
from ...core.session import cores, providers_for
from ...core.super_resolution import CACHE_MEGABYTES
from ...core.tile_input import needed_bands
from ...core.tiling import Tile, tile_rows
from ...core.writers import open_writers

Inputs = dict[str, npt.NDArray[np.float32]]

# Rows of a band read at once when decoding alone.
STRIP = 2048
# Tiles that each way of threading is tried on before the best one runs them all.
TRIAL_TILES = 4


@dataclass(frozen=True)
class Threading:
    """A way to use the processors: so many sessions runs at a time, so many threads each."""

    workers: int
    threads: int


def decode(job: Job) -> float:
    """Read every band that the job needs, each pixel once; return seconds.

    Bands are decoded side by side, one thread each, largest first: on JPEG 2000 this is faster than one band at a time
    with all threads, because a file's last block row does not leave threads idle.
    """
    bands = sorted((job.scene.band(name) for name in needed_bands(job)), key=lambda band: band.gsd)
    started = time.monotonic()
    with gdal_cache(CACHE_MEGABYTES), ThreadPoolExecutor(cores()) as pool:
        for _ in pool.map(_decode_band, bands):
            pass
    return time.monotonic() - started


def _decode_band(band: Band) -> None:
    whole = band.grid.window
    with BandReader() as reader:
        for row in range(0, whole.height, STRIP):
            reader.read(band, Window(row, 0, STRIP, whole.width).intersect(whole))


def tiles_of(job: Job) -> list[Tile]:
    """Return the tiles of a job in order."""
    return [tile for row in tile_rows(job.window, job.tile) for tile in row]


def infer(job: Job) -> tuple[float, Threading]:
    """Call ``session.run`` as often and with tensors of the same shapes as the job does; return seconds and threading.

    Networks are those of the run, with the scene's coefficients as constants. Inputs are made once and reused, nothing
    is read, scaled, cropped or written. ONNX Runtime has its own default options (its threads spin while they wait).
    The best of a few ways to use the processors is taken.
    """
    count = len(tiles_of(job))
    inputs = [inputs_of(job, step) for step in job.steps]
    available = cores()
    ways = {Threading(1, available), Threading(2, max(1, available // 2)), Threading(available, 1)}
    trials = {way: _infer(job, inputs, way, min(count, TRIAL_TILES * way.workers)) for way in ways}
    best = min(ways, key=lambda way: trials[way] / min(count, TRIAL_TILES * way.workers))
    return _infer(job, inputs, best, count), best


def _infer(job: Job, inputs: list[Inputs], way: Threading, count: int) -> float:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = way.threads
    providers = providers_for(job.device)
    sessions = [onnxruntime.InferenceSession(_network_of(step), options, providers) for step in job.steps]

    def run_tile(_: int) -> None:
        for session, tensors in zip(sessions, inputs):
            session.run(None, tensors)

    with ThreadPoolExecutor(way.workers) as pool:
        list(pool.map(run_tile, range(way.workers)))
        started = time.monotonic()
        list(pool.map(run_tile, range(count)))
        return time.monotonic() - started


def _network_of(step: Step) -> str | bytes:
    """Return what the run gives ONNX Runtime: the file, or it without what the run does not need of it."""
    declared = step.card.scene_pass
    rows = {} if declared is None else {declared.input: scene_tensor(np.array(declared.default), step.unit)}
    return bound_network(step.card.path, step.digest, rows, step.outputs) or str(step.card.path)


def inputs_of(job: Job, step: Step) -> Inputs:
    """Return random tensors of the shapes that a step gets for every tile: tile and halo of each band group."""
    generator = np.random.default_rng(0)
    inputs: Inputs = {}
    for tensor in step.card.inputs:
        side = job.tile // step.factor(tensor) + 2 * step.halo_of(tensor)
        shape = (1, tensor.dates * len(tensor.bands), side, side)
        inputs[tensor.name] = generator.random(shape, np.float32) * step.card.value_scale
    return inputs


def encode(job: Job, output: Path) -> float:
    """Give the pixels of a finished output to the writer once more, tile by tile from memory; return seconds.

    This includes compression, overviews, statistics, checkpoints and the final rename.
    """
    copy = replace(job, files=(_beside(job.files[0], output),), resume=False)
    tiles = tiles_of(job)
    pixels = list(_pixels(output, job, tiles))
    started = time.monotonic()
    with gdal_cache(CACHE_MEGABYTES), open_writers(copy, "none") as writers:
        for tile, part in zip(tiles, pixels):
            writers.write(tile.kept.relative_to(job.window), (part,))
            if tile.kept.col_end == job.window.col_end:
                writers.rows_written(tile.kept.row_end - job.window.row)
        writers.finish(copy, lambda: None)
    seconds = time.monotonic() - started
    copy.files[0].path.unlink()
    return seconds


def _beside(file: OutputFile, output: Path) -> OutputFile:
    return replace(file, path=output.with_name(f"encoded-{output.name}"))


def _pixels(output: Path, job: Job, tiles: Iterable[Tile]) -> Iterable[npt.NDArray[Any]]:
    raster = gdal.Open(str(output))
    for tile in tiles:
        place = tile.kept.relative_to(job.window)
        yield raster.ReadAsArray(place.col, place.row, place.width, place.height)

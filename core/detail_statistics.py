# SPDX-License-Identifier: GPL-2.0-or-later
"""The pass over a scene before its tiles: reads windows spread over all of it and sums what its details tell."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat

import numpy as np
import numpy.typing as npt

from .band_shift_pass import move_of
from .cards import ScenePass
from .detail_regression import (
    REACH,
    DetailMoments,
    bilinear,
    scene_tensor,
    solve_details,
    window_moments,
)
from .grid import Window
from .job import Coefficients, Job, Step
from .morphology import erode
from .pipeline import stream
from .point_spread import valid_blocks
from .radiometry import band_mask
from .raster import BandReader
from .scene import Band
from .scene_blocks import BLOCK, block_around, other_blocks, scene_blocks
from .scene_readers import SceneReaders

Image = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

# Side of a window in output pixels: a small scene is read as a whole, of a large one a few windows settle a dozen
# coefficients, each in one block of the file with what is read around it.
SIDE, BLOCK_SIDE = 512, 768
# Of a scene that is narrower than a block, however long it is.
MOST_WINDOWS = 36
# Of a large scene so many windows' worth of valid pixels is looked for, in so many more windows at a time: of a tile at
# the edge of the swath little may be valid.
LEAST_WINDOWS, BATCH = 2, 13
# Each takes some 60 MB.
MOST_AT_ONCE = 4
# Brighter than any surface: glint and cloud tops.
HIGHEST_REFLECTANCE = 1.5


def scene_coefficients(
    job: Job, step: Step, check: Callable[[], None], readers: SceneReaders | None = None
) -> Coefficients:
    """Compute what a step's card wants to know of the scene; always of the whole scene, whatever the extent.

    Args:
        job: gives the scene and the number of threads.
        step: its card declares a scene pass; its shifts are known.
        check: called for every window; may raise to stop.
        readers: those of the steps before it, or None.

    Returns:
        The rows of ``detail_regression.scene_tensor``, shape (targets, guides + 2 + taps).

    Raises:
        ProductError: a band cannot be read.
    """
    declared = step.card.scene_pass
    if declared is None:
        return ()
    return _solved(step, declared, _moments(job, step, declared, check, readers or SceneReaders()))


def coefficients_near(job: Job, step: Step, check: Callable[[], None], reader: BandReader) -> Coefficients:
    """Compute the same from one block of a large scene, the one in which the middle of the job's window lies.

    Args:
        job: gives scene and window; the scene is one that has :func:`core.scene_blocks.scene_blocks`.
        step: its card declares a scene pass.
        check: called for every band; may raise to stop.
        reader: of the tiles, which then finds the block decoded.

    Raises:
        ProductError: a band cannot be read.
    """
    declared = step.card.scene_pass
    if declared is None:
        return ()
    bands = [job.scene.band(name) for name in (*declared.guides, *declared.targets)]
    height, width = job.target.height, job.target.width
    window = _window_in(block_around(job.window, height, width), height, width, step.unit)
    parts = []
    for band in bands:
        check()
        parts.append(_read(job, step, reader, band, window))
    return _solved(step, declared, _window_moments(job, step, parts, bands, len(declared.guides)))


def _solved(step: Step, declared: ScenePass, moments: DetailMoments) -> Coefficients:
    coefficients = solve_details(moments, len(declared.guides), np.array(declared.default))
    return tuple(tuple(float(value) for value in row) for row in scene_tensor(coefficients, step.unit))


def _moments(
    job: Job, step: Step, declared: ScenePass, check: Callable[[], None], readers: SceneReaders
) -> DetailMoments:
    """Sum the windows in their order, whichever is finished first, so that the sums are the same to the last bit."""
    bands = [job.scene.band(name) for name in (*declared.guides, *declared.targets)]
    # One reader a band: GDAL datasets are not safe to share between threads.
    opened = [readers.of(band, move_of(step, band)) for band in bands]
    moments = DetailMoments.empty(len(bands))
    threads = job.workers * job.threads
    with ThreadPoolExecutor(max(1, min(len(bands), threads)), thread_name_prefix="satsharp-statistics") as pool:

        def read(window: Window) -> list[tuple[Image, Mask]]:
            return list(pool.map(_read, repeat(job), repeat(step), opened, bands, repeat(window)))

        def compute(_: Window, parts: list[tuple[Image, Mask]]) -> DetailMoments:
            return _window_moments(job, step, parts, bands, len(declared.guides))

        workers = max(1, min(MOST_AT_ONCE, threads))
        enough = LEAST_WINDOWS * (BLOCK_SIDE // step.unit) ** 2
        for windows in batches_of(job, step.unit):
            for _, found in stream(windows, read, compute, workers, workers + 1, check):
                moments = moments.merge(found)
            if moments.count >= enough:
                break
    return moments


def batches_of(job: Job, unit: int) -> Iterator[list[Window]]:
    """Yield the windows to begin with, and of a large scene further ones where those have too few valid pixels."""
    height, width = job.target.height, job.target.width
    yield windows_of(job, unit)
    others = [_window_in(block, height, width, unit) for block in other_blocks(height, width)]
    for first in range(0, len(others), BATCH):
        yield others[first : first + BATCH]


def windows_of(job: Job, unit: int) -> list[Window]:
    """Return windows in pixels of a grid ``unit`` times coarser than the output's, spread evenly over the scene."""
    height, width = job.target.height, job.target.width
    blocks = scene_blocks(height, width)
    if blocks:
        return [_window_in(block, height, width, unit) for block in blocks]
    rows, cols = (_intervals(length // unit, unit) for length in (height, width))
    windows = [Window(row, col, tall, wide) for row, tall in rows for col, wide in cols]
    chosen = min(len(windows), MOST_WINDOWS)
    return [windows[number * len(windows) // chosen] for number in range(chosen)]


def _window_in(block: Window, height: int, width: int, unit: int) -> Window:
    """Return a window that is read, with what is around it, from one block; in the last blocks it reaches the edge."""
    side = max(1, BLOCK_SIDE // unit)
    row, col = (
        length // unit - side if edge + BLOCK == length else -(-edge // unit) + REACH
        for edge, length in ((block.row, height), (block.col, width))
    )
    return Window(row, col, side, side)


def _intervals(length: int, unit: int) -> list[tuple[int, int]]:
    """Return start and length of the windows that an axis is cut into."""
    side = max(1, SIDE // unit)
    return [(start, min(side, length - start)) for start in range(0, length, side)]


def _window_moments(
    job: Job, step: Step, parts: list[tuple[Image, Mask]], bands: list[Band], n_guides: int
) -> DetailMoments:
    """Sum one window that was read with ``REACH`` coarse pixels around it."""
    unit = step.unit
    valid = np.logical_and.reduce(
        [valid_blocks(mask, unit // job.factor(band)) for (_, mask), band in zip(parts, bands)]
    )
    guides = np.stack([bilinear(image, job.factor(band)) for (image, _), band in zip(parts[:n_guides], bands)])
    targets = np.stack([image for image, _ in parts[n_guides:]])
    return window_moments(guides, targets, unit, erode(valid, REACH)[REACH:-REACH, REACH:-REACH])


def _read(job: Job, step: Step, reader: BandReader, band: Band, window: Window) -> tuple[Image, Mask]:
    """Read one band's window with ``REACH`` coarse pixels around it: network values, 0 where invalid, and mask."""
    native = window.pad(REACH).refine(step.unit // job.factor(band))
    pixels = reader.read(band, native)
    mask = band_mask(pixels, band)
    mask &= np.less(pixels, (HIGHEST_REFLECTANCE - band.offset) / band.scale, where=mask, out=np.zeros_like(mask))
    values = np.empty(pixels.shape, np.float32)
    step.radiometry(band).to_network(np.where(mask, pixels, 0), values)
    return np.where(mask, values, np.float32(0)), mask

# SPDX-License-Identifier: GPL-2.0-or-later
"""The pass over a scene before its tiles: reads windows spread over all of it and sums what its details tell."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat

import numpy as np
import numpy.typing as npt

from .band_shift_pass import reader_of
from .cards import ScenePass
from .detail_regression import (
    REACH,
    DetailMoments,
    bilinear,
    detail_planes,
    moments_of_planes,
    scene_tensor,
    solve_details,
)
from .grid import Window
from .job import Coefficients, Job, Step
from .morphology import erode
from .point_spread import valid_blocks
from .radiometry import band_mask
from .raster import BandReader
from .scene import Band

Image = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

# Side of a window and distance of windows along rows and columns, in output pixels: a small scene is read as a whole,
# of a large one a few windows settle a dozen coefficients. Windows start where blocks of JPEG 2000 products start.
SIDE = 512
BLOCK = 1024
MOST_ALONG = 5
# Brighter than any surface: glint and cloud tops.
HIGHEST_REFLECTANCE = 1.5


def scene_coefficients(job: Job, step: Step, check: Callable[[], None]) -> Coefficients:
    """Compute what a step's card wants to know of the scene; always of the whole scene, whatever the extent.

    Args:
        job: gives the scene and the number of threads.
        step: its card declares a scene pass; its shifts are known.
        check: called for every window; may raise to stop.

    Returns:
        The rows of ``detail_regression.scene_tensor``, shape (targets, guides + 2 + taps).

    Raises:
        ProductError: a band cannot be read.
    """
    declared = step.card.scene_pass
    if declared is None:
        return ()
    coefficients = solve_details(_moments(job, step, declared, check), len(declared.guides), np.array(declared.default))
    return tuple(tuple(float(value) for value in row) for row in scene_tensor(coefficients, step.unit))


def _moments(job: Job, step: Step, declared: ScenePass, check: Callable[[], None]) -> DetailMoments:
    guides = [job.scene.band(name) for name in declared.guides]
    targets = [job.scene.band(name) for name in declared.targets]
    bands = [*guides, *targets]
    # One reader a band: GDAL datasets are not safe to share between threads.
    readers = [reader_of(step, band) for band in bands]
    moments = DetailMoments.empty(len(bands))
    threads = max(1, min(len(bands), job.workers * job.threads))
    with ThreadPoolExecutor(threads, thread_name_prefix="satsharp-statistics") as pool:
        for window in windows_of(job, step.unit):
            check()
            parts = list(pool.map(_read, repeat(job), repeat(step), readers, bands, repeat(window)))
            moments = moments.merge(_window_moments(job, step, parts, bands, len(guides)))
    return moments


def windows_of(job: Job, unit: int) -> Iterator[Window]:
    """Return windows in pixels of a grid ``unit`` times coarser than the output's, spread evenly over the scene."""
    rows, cols = (_intervals(length // unit, unit) for length in (job.target.height, job.target.width))
    for row, height in rows:
        for col, width in cols:
            yield Window(row, col, height, width)


def _intervals(length: int, unit: int) -> list[tuple[int, int]]:
    """Return start and length of the windows along an axis of ``length`` coarse pixels."""
    side, block = max(1, SIDE // unit), max(1, BLOCK // unit)
    if length <= MOST_ALONG * side:
        return [(start, min(side, length - start)) for start in range(0, length, side)]
    last = (length - side) // block
    starts = sorted({round(last * number / (MOST_ALONG - 1)) * block for number in range(MOST_ALONG)})
    return [(start, side) for start in starts]


def _window_moments(
    job: Job, step: Step, parts: list[tuple[Image, Mask]], bands: list[Band], n_guides: int
) -> DetailMoments:
    """Sum one window that was read with ``REACH`` coarse pixels around it."""
    unit = step.unit
    valid = np.logical_and.reduce(
        [valid_blocks(mask, unit // job.factor(band)) for (_, mask), band in zip(parts, bands)]
    )
    guides = np.stack([bilinear(image, job.factor(band)) for (image, _), band in zip(parts[:n_guides], bands)])
    planes = detail_planes(guides, np.stack([image for image, _ in parts[n_guides:]]), unit)
    return moments_of_planes(planes[:, :, REACH:-REACH, REACH:-REACH], erode(valid, REACH)[REACH:-REACH, REACH:-REACH])


def _read(job: Job, step: Step, reader: BandReader, band: Band, window: Window) -> tuple[Image, Mask]:
    """Read one band's window with ``REACH`` coarse pixels around it: network values, 0 where invalid, and mask."""
    native = window.pad(REACH).refine(step.unit // job.factor(band))
    pixels = reader.read(band, native)
    mask = band_mask(pixels, band)
    mask &= np.less(pixels, (HIGHEST_REFLECTANCE - band.offset) / band.scale, where=mask, out=np.zeros_like(mask))
    values = np.empty(pixels.shape, np.float32)
    step.radiometry(band).to_network(np.where(mask, pixels, 0), values)
    return np.where(mask, values, np.float32(0)), mask

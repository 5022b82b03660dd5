# SPDX-License-Identifier: GPL-2.0-or-later
"""The streamed pass over a whole scene before its tiles: reads all bands on one coarse grid and sums their moments."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from .cards import ScenePass
from .grid import Window
from .job import Coefficients, Job, Step
from .point_spread import block_mean
from .radiometry import valid_mask
from .raster import BandReader
from .scene import Band
from .scene_pass import Moments, solve

Samples = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

# The statistics grid is twice coarser than the targets, where all bands are known at one GSD; four times for large
# scenes, whose pixels settle a dozen coefficients all the same and whose decoding is what takes time.
STATISTICS_FACTOR = 2
LARGE_SCENE_FACTOR = 4
LARGE_SCENE_PIXELS = 500_000
SMALL_BAND_PIXELS = 4_000_000
STRIP_PIXELS = 2048
# Brighter than any surface: glint, saturation that wavelets have smeared out.
HIGHEST_REFLECTANCE = 1.5
# Wavelet levels mix nodata into pixels this far from it.
WAVELET_REACH = 2


def scene_coefficients(job: Job, step: Step, check: Callable[[], None]) -> Coefficients:
    """Compute what a step's card wants to know of the scene; always of the whole scene, whatever the extent.

    Args:
        job: gives the scene and the number of threads.
        step: its card declares a scene pass.
        check: called for every strip; may raise to stop.

    Returns:
        Rows of coefficients in network range, shape (targets, guides + 1).

    Raises:
        ProductError: a band cannot be read.
    """
    declared = step.card.scene_pass
    if declared is None:
        return ()
    moments = _moments(job, step, declared, check)
    coefficients = solve(moments, len(declared.guides), np.array(declared.default))
    return tuple(tuple(float(value) for value in row) for row in coefficients)


def _moments(job: Job, step: Step, declared: ScenePass, check: Callable[[], None]) -> Moments:
    scene = job.scene
    bands = [scene.band(name) for name in (*declared.guides, *declared.targets)]
    unit = statistics_unit(job, max(job.factor(scene.band(name)) for name in declared.targets))
    ratios = [unit // job.factor(band) for band in bands]
    rows = min(band.grid.height // ratio for band, ratio in zip(bands, ratios))
    cols = min(band.grid.width // ratio for band, ratio in zip(bands, ratios))
    moments = Moments.empty(len(bands))
    if not rows or not cols:
        return moments
    strip = max(1, STRIP_PIXELS // unit)
    threads = max(1, min(len(bands), job.workers * job.threads))
    # One reader a band: GDAL datasets are not safe to share between threads.
    readers = [BandReader() for _ in bands]
    with ThreadPoolExecutor(threads, thread_name_prefix="satsharp-statistics") as pool:
        for row in range(0, rows, strip):
            check()
            window = Window(row, 0, min(strip, rows - row), cols)
            parts = list(pool.map(_samples, readers, bands, ratios, [step] * len(bands), [window] * len(bands)))
            valid = np.logical_and.reduce([mask for _, mask in parts])
            moments = moments.add(np.stack([values[valid] for values, _ in parts], axis=1))
    return moments


def statistics_unit(job: Job, factor: int) -> int:
    """Return the pixel of the statistics grid in output pixels, for targets of ``factor`` output pixels."""
    unit = STATISTICS_FACTOR * factor
    large = job.target.width * job.target.height > LARGE_SCENE_PIXELS * unit**2
    return LARGE_SCENE_FACTOR * factor if large else unit


def _samples(reader: BandReader, band: Band, ratio: int, step: Step, window: Window) -> tuple[Samples, Mask]:
    """Read one band on the statistics grid: network values and mask, shape (rows, columns)."""
    # Wavelet levels lie a little off their block's centre; bands that are quickly decoded are averaged exactly.
    small = band.grid.width * band.grid.height < SMALL_BAND_PIXELS
    reduction = 1 if small else reader.reduction(band, ratio)
    pixels = reader.read_reduced(band, window.refine(ratio), reduction)
    mask = valid_mask(pixels, band.nodata, band.saturated)
    mask &= np.less(pixels, (HIGHEST_REFLECTANCE - band.offset) / band.scale)
    if reduction > 1:
        mask = _eroded(mask, WAVELET_REACH)
    values = np.empty(pixels.shape, np.float32)
    step.radiometry(band).to_network(np.where(mask, pixels, 0), values)
    rest = ratio // reduction
    blocks = mask.reshape(window.height, rest, window.width, rest)
    return block_mean(values[None], rest)[0], blocks.all(axis=(1, 3))


def _eroded(mask: Mask, pixels: int) -> Mask:
    if mask.all():
        return mask
    invalid = np.pad(~mask, pixels)
    rows, cols = mask.shape
    span = range(2 * pixels + 1)
    near = np.logical_or.reduce([invalid[row : row + rows, col : col + cols] for row in span for col in span])
    result: Mask = ~near
    return result

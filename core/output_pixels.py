# SPDX-License-Identifier: GPL-2.0-or-later
"""The digital numbers of one tile of an output file: unscaled, adjusted, rounded and masked."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .enlargement import BICUBIC_REACH, bicubic
from .finishing import HALF_WIDTH
from .inference import Outputs
from .interval import bound_numbers, rounded_outwards
from .job import Job
from .output_records import OutputBand, OutputFile
from .radiometry import Image, Radiometry, store
from .scene import Band
from .tile_input import TileInput
from .tiling import Tile

Pixels = npt.NDArray[np.generic]
Mask = npt.NDArray[np.bool_]


def finished_pixels(job: Job, file: OutputFile, tile: Tile, source: TileInput, outputs: list[Outputs]) -> Pixels:
    """Return the pixels of a tile's kept part as a file holds them, shape (bands, rows, columns).

    Args:
        job: the plan.
        file: the output.
        tile: the tile.
        source: its windows as read.
        outputs: for each step its results in network range; empty where there was nothing to do.
    """
    pixels = np.empty((len(file.bands), tile.kept.height, tile.kept.width), np.dtype(file.dtype))
    for number, output in enumerate(file.bands):
        values = _output_band(job, file, output, tile, source, outputs)
        pixels[number] = _reflectance(values, output.band) if file.reflectance else values
    return pixels


def refine(values: npt.NDArray[np.generic], factor: int) -> npt.NDArray[np.generic]:
    """Repeat every pixel ``factor`` times along rows and columns."""
    return values.repeat(factor, axis=0).repeat(factor, axis=1)


def _reflectance(values: Pixels, band: Band) -> Pixels:
    """Return the reflectance of float32 digital numbers, NaN where they are NaN (nodata) or saturated."""
    result: Pixels = np.multiply(values, np.float32(band.scale)) + np.float32(band.offset)
    if band.saturated is not None:
        result[values == band.saturated] = np.nan
    return result


def _output_band(
    job: Job, file: OutputFile, output: OutputBand, tile: Tile, source: TileInput, outputs: list[Outputs]
) -> Pixels:
    band, dtype = output.band, np.dtype(file.dtype)
    if output.copied:
        return _copied(job, file, band, tile, source)
    hidden = _hidden(job, output, tile, source)
    numbers = _numbers(job, output, tile, source, outputs, dtype)
    if numbers is None:
        values = np.zeros((tile.kept.height, tile.kept.width), dtype)
    else:
        if hidden is not None and output.under and not output.bound:
            numbers = np.where(hidden, _enlarged(job, output.under, band, tile, source), numbers)
        if output.adjustment is not None:
            numbers = output.adjustment.apply(numbers, band.scale, band.offset, job.target, tile.kept)
            numbers = rounded_outwards(numbers, output.bound, dtype)
        values = store(numbers, dtype, file.nodata, band.saturated, band.valid_range)
    # What stands under clouds is none of the network's results, so these have no bounds there.
    if hidden is not None and (output.bound or not output.under):
        values = _mark(values, ~hidden, values, band, file)
    return _masked(job, file, output, tile, source, values)


def _copied(job: Job, file: OutputFile, band: Band, tile: Tile, source: TileInput) -> Pixels:
    """Return a band as it is; pixels of one that is coarser than the output are repeated."""
    factor, window = job.factor(band), source.dates[-1][band.name]
    native, part = tile.window.coarsen(factor), tile.kept.relative_to(tile.window).slices
    mask, original = window.crop_mask(native), refine(window.crop(native), factor)[part]
    values = original.astype(np.dtype(file.dtype))
    return values if mask is None else _mark(values, refine(mask, factor)[part], original, band, file)


def _masked(job: Job, file: OutputFile, output: OutputBand, tile: Tile, source: TileInput, values: Pixels) -> Pixels:
    """Mark what the bands that an output is made of do not show."""
    part = tile.kept.relative_to(tile.window).slices
    for name in output.masks or (output.band.name,):
        window = source.dates[-1][name]
        factor = job.factor(job.scene.band(name))
        native = tile.window.coarsen(factor)
        mask = window.crop_mask(native)
        if mask is not None:
            original = refine(window.crop(native), factor)[part]
            values = _mark(values, refine(mask, factor)[part], original, output.band, file)
    return values


def _numbers(
    job: Job, output: OutputBand, tile: Tile, source: TileInput, outputs: list[Outputs], dtype: np.dtype[np.generic]
) -> Image | None:
    """Return digital numbers of the output band that are not rounded; None where nothing was computed."""
    if output.step < 0:
        return _enlarged(job, output.enlarged, output.band, tile, source)
    made = outputs[output.step]
    if not made:
        return None
    radiometry = job.steps[output.step].radiometry(output.band)
    part = tile.kept.relative_to(tile.window).slices
    values = made[output.tensor][output.channel][part]
    if not output.bound:
        return radiometry.to_digital_numbers(values)
    half_width = made[HALF_WIDTH + output.tensor][output.channel][part]
    # What is adjusted yet is rounded after that.
    return bound_numbers(
        values, half_width, output.bound, radiometry, dtype if output.adjustment is None else "float32"
    )


def _enlarged(job: Job, name: str, like: Band, tile: Tile, source: TileInput) -> Image:
    """Return a coarse band on the tile by cubic convolution, in digital numbers of another band."""
    band = job.scene.band(name)
    factor = job.factor(band)
    window = source.dates[-1][name].filled()
    pixels = window.crop(tile.window.coarsen(factor).pad(BICUBIC_REACH)).astype(np.float32)
    fine = bicubic(pixels, factor)[tile.kept.relative_to(tile.window).slices]
    values = np.empty_like(fine)
    Radiometry.of(band.scale, band.offset, 1.0, 0.0).to_network(fine, values)
    return Radiometry.of(like.scale, like.offset, 1.0, 0.0).to_digital_numbers(values)


def _hidden(job: Job, output: OutputBand, tile: Tile, source: TileInput) -> Mask | None:
    """Return where the ground is hidden on a tile's kept part; None where it is nowhere."""
    if not output.cover:
        return None
    factor = job.factor(job.scene.band(output.cover))
    classes = source.dates[-1][output.cover].crop(tile.window.coarsen(factor))
    hidden: Mask = refine(classes != 0, factor)[tile.kept.relative_to(tile.window).slices].astype(np.bool_)
    return hidden if hidden.any() else None


def _mark(values: Pixels, mask: npt.NDArray[np.generic], original: Pixels, band: Band, file: OutputFile) -> Pixels:
    """Write nodata where a pixel was not measured, and the saturation mark where it was saturated."""
    invalid = ~mask.astype(np.bool_)
    if file.nodata is not None:
        values[invalid] = file.nodata
    if band.saturated is not None:
        values[invalid & (original == band.saturated)] = band.saturated
    return values

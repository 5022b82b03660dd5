# SPDX-License-Identifier: GPL-2.0-or-later
"""From the windows of one tile to its finished digital numbers: fill, scale, infer, unscale, mask, round."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .cards import CardInput
from .finishing import HALF_WIDTH, finish_step
from .inference import Outputs, infer_with_spread
from .interval import bound_numbers
from .job import Job, OutputBand, OutputFile, Step
from .radiometry import Image, store
from .raster import BandReader
from .scene import Band
from .session import Session, Stopper, Tensor, open_session
from .tile_input import BandWindow, TileInput, read_tile
from .tiling import Tile

Pixels = npt.NDArray[np.generic]


def predict_tile(job: Job, tile: Tile) -> tuple[Pixels, ...]:
    """Read and compute one tile: a pure function of plain records, for threads, processes or a cluster.

    Returns:
        For each output file the digital numbers of the tile's kept part, shape (bands, rows, columns).

    Raises:
        ProductError: a band cannot be read.
        ModelError: a network fails.
    """
    with BandReader(job.threads) as reader:
        return compute_tile(job, tile, read_tile(job, tile, reader), Stopper())


def compute_tile(job: Job, tile: Tile, source: TileInput, stopper: Stopper) -> tuple[Pixels, ...]:
    """Compute a tile that has been read; returns and raises as :func:`predict_tile`."""
    filled = tuple({name: window.filled() for name, window in date.items()} for date in source.dates)
    outputs = [_run_step(job, step, tile, source, filled, stopper) for step in job.steps]
    return tuple(_finish(job, file, tile, source, outputs) for file in job.files)


def session_of(job: Job, step: Step) -> Session:
    """Return the cached session of a step."""
    return open_session(step.card.path, step.digest, job.device, job.threads)


def _run_step(
    job: Job, step: Step, tile: Tile, source: TileInput, filled: tuple[dict[str, BandWindow], ...], stopper: Stopper
) -> Outputs:
    if not _has_targets(job, step, tile, source):
        return {}
    outputs = network_results(job, step, tile, filled, stopper)
    return finish_step(job, step, tile.window, filled[-1], outputs)


def network_results(
    job: Job, step: Step, tile: Tile, filled: tuple[dict[str, BandWindow], ...], stopper: Stopper
) -> Outputs:
    """Run a step's network on a tile.

    Args:
        job: gives scenes, device and threads.
        step: the model.
        tile: of any size that is a multiple of the step's unit and alignment.
        filled: for each date the bands' windows with halo and without nodata.
        stopper: ends the inference when the run is cancelled.

    Returns:
        Tensors (1, bands, rows, columns) in network range by name, covering the tile and the step's margin; with an
        interval by ensemble also the spread over it.
    """
    session = session_of(job, step)
    inputs = {tensor.name: tensor_of(job, step, tensor, tile, filled) for tensor in step.card.inputs}
    outputs = infer_with_spread(session, step, inputs, stopper)
    cut = (step.halo - step.margin) * step.unit
    return {name: _without_edge(values, cut) for name, values in outputs.items()}


def _without_edge(values: Tensor, cut: int) -> Tensor:
    return values[:, :, cut : values.shape[2] - cut, cut : values.shape[3] - cut]


def _has_targets(job: Job, step: Step, tile: Tile, source: TileInput) -> bool:
    """Return whether any band that the step sharpens, or makes of its inputs, has a valid pixel in the tile."""
    known = [name for name in step.card.target_bands if job.scene.has((name,))]
    for name in known or step.card.input_bands:
        band = job.scene.band(name)
        mask = source.dates[-1][name].crop_mask(tile.window.coarsen(job.factor(band)))
        if mask is None or mask.any():
            return True
    return False


def tensor_of(job: Job, step: Step, tensor: CardInput, tile: Tile, filled: tuple[dict[str, BandWindow], ...]) -> Tensor:
    """Return an input tensor of a tile with its halo, (1, dates x bands, rows, columns) in network range."""
    window = tile.window.coarsen(step.factor(tensor)).pad(step.halo_of(tensor))
    values = np.empty((1, tensor.dates * len(tensor.bands), window.height, window.width), np.float32)
    planes = ((date, name) for date in filled[-tensor.dates :] for name in tensor.bands)
    scenes = [scene for scene in job.scenes[-tensor.dates :] for _ in tensor.bands]
    for channel, ((date, name), scene) in enumerate(zip(planes, scenes)):
        shift = step.shift(tensor.name, tensor.dates - 1 - channel // len(tensor.bands))
        step.radiometry(scene.band(name)).to_network(date[name].crop_moved(window, *shift), values[0, channel])
    if step.card.value_clip is not None:
        np.clip(values, *step.card.value_clip, out=values)
    return values


def _finish(job: Job, file: OutputFile, tile: Tile, source: TileInput, outputs: list[Outputs]) -> Pixels:
    pixels = np.empty((len(file.bands), tile.kept.height, tile.kept.width), np.dtype(file.dtype))
    for number, output in enumerate(file.bands):
        values = _output_band(job, file, output, tile, source, outputs)
        pixels[number] = _reflectance(values, output.band) if file.reflectance else values
    return pixels


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
    if output.step < 0:
        window = source.dates[-1][band.name]
        values = window.crop(tile.kept).astype(dtype)
        mask = window.crop_mask(tile.kept)
        return values if mask is None else _mark(values, mask, window.crop(tile.kept), band, file)
    made = outputs[output.step]
    part = tile.kept.relative_to(tile.window).slices
    if made:
        values = store(
            _digital_numbers(job, output, made, part, dtype), dtype, file.nodata, band.saturated, band.valid_range
        )
    else:
        values = np.zeros((tile.kept.height, tile.kept.width), dtype)
    for name in output.masks or (band.name,):
        window = source.dates[-1][name]
        factor = job.factor(job.scene.band(name))
        native = tile.window.coarsen(factor)
        mask = window.crop_mask(native)
        if mask is not None:
            original = refine(window.crop(native), factor)[part]
            values = _mark(values, refine(mask, factor)[part], original, band, file)
    return values


def _digital_numbers(
    job: Job, output: OutputBand, made: Outputs, part: tuple[slice, slice], dtype: np.dtype[np.generic]
) -> Image:
    radiometry = job.steps[output.step].radiometry(output.band)
    values = made[output.tensor][output.channel][part]
    if not output.bound:
        return radiometry.to_digital_numbers(values)
    half_width = made[HALF_WIDTH + output.tensor][output.channel][part]
    return bound_numbers(values, half_width, output.bound, radiometry, dtype)


def refine(values: npt.NDArray[np.generic], factor: int) -> npt.NDArray[np.generic]:
    """Repeat every pixel ``factor`` times along rows and columns."""
    return values.repeat(factor, axis=0).repeat(factor, axis=1)


def _mark(values: Pixels, mask: npt.NDArray[np.generic], original: Pixels, band: Band, file: OutputFile) -> Pixels:
    """Write nodata where a pixel was not measured, and the saturation mark where it was saturated."""
    invalid = ~mask.astype(np.bool_)
    if file.nodata is not None:
        values[invalid] = file.nodata
    if band.saturated is not None:
        values[invalid & (original == band.saturated)] = band.saturated
    return values

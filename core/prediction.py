# SPDX-License-Identifier: GPL-2.0-or-later
"""From the windows of one tile to its finished digital numbers: fill, scale, infer, unscale, mask, round."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .cards import CardInput
from .errors import ModelError
from .grid import Window
from .job import Job, OutputBand, OutputFile, Step
from .radiometry import store
from .raster import BandReader
from .scene import Band
from .session import OutOfMemoryError, Session, Stopper, Tensor, open_session
from .tile_input import BandWindow, TileInput, read_tile
from .tiling import Tile

Pixels = npt.NDArray[np.generic]
Outputs = dict[str, Tensor]


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
    inputs = {tensor.name: _tensor(job, step, tensor, tile, filled) for tensor in step.card.inputs}
    outputs = infer(session_of(job, step), step, inputs, stopper)
    margin = step.halo * step.unit
    core = slice(margin, margin + job.tile)
    return {name: values[0, :, core, core] for name, values in outputs.items()}


def _has_targets(job: Job, step: Step, tile: Tile, source: TileInput) -> bool:
    """Return whether any band that the step sharpens has a valid pixel in the tile."""
    for name in step.card.target_bands:
        band = job.scene.band(name)
        mask = source.dates[-1][name].crop_mask(tile.window.coarsen(job.factor(band)))
        if mask is None or mask.any():
            return True
    return False


def _tensor(job: Job, step: Step, tensor: CardInput, tile: Tile, filled: tuple[dict[str, BandWindow], ...]) -> Tensor:
    window = tile.window.coarsen(step.factor(tensor)).pad(step.halo_of(tensor))
    values = np.empty((1, tensor.dates * len(tensor.bands), window.height, window.width), np.float32)
    planes = ((date, name) for date in filled[-tensor.dates :] for name in tensor.bands)
    scenes = [scene for scene in job.scenes[-tensor.dates :] for _ in tensor.bands]
    for channel, ((date, name), scene) in enumerate(zip(planes, scenes)):
        step.radiometry(scene.band(name)).to_network(date[name].crop(window), values[0, channel])
    return values


def infer(session: Session, step: Step, inputs: dict[str, Tensor], stopper: Stopper) -> Outputs:
    """Run a step's network on the windows of one tile; where the device's memory runs out, on halves of them.

    Args:
        session: the loaded network.
        step: gives halo, unit and factors.
        inputs: tensors (1, channels, rows, columns) by name, each with its halo.
        stopper: ends the inference when the run is cancelled.

    Returns:
        Tensors by output name, covering the inputs including their halo.

    Raises:
        ModelError: the network fails, even on the smallest windows, or returns another size than declared.
    """
    named = dict(inputs)
    if step.card.scene_pass is not None:
        named[step.card.scene_pass.input] = np.array(step.coefficients, np.float32)
    try:
        outputs = session.run(named, stopper)
    except OutOfMemoryError:
        return _infer_halves(session, step, inputs, stopper)
    _check_outputs(step, inputs, outputs)
    return outputs


def _infer_halves(session: Session, step: Step, inputs: dict[str, Tensor], stopper: Stopper) -> Outputs:
    coarsest = max(step.card.inputs, key=step.factor)
    shape = inputs[coarsest.name].shape
    axis = 2 if shape[2] >= shape[3] else 3
    length = shape[axis]
    middle = length // 2 // step.alignment * step.alignment
    if middle <= step.halo or length - middle <= step.halo:
        raise OutOfMemoryError("The device has too little memory even for the smallest tile. Choose the device cpu.")
    parts = []
    for start, stop, kept in (
        (0, middle + step.halo, slice(0, middle * step.unit)),
        (middle - step.halo, length, slice(step.halo * step.unit, None)),
    ):
        windows = {
            tensor.name: _along(inputs[tensor.name], axis, start, stop, step.unit // step.factor(tensor))
            for tensor in step.card.inputs
        }
        outputs = infer(session, step, windows, stopper)
        parts.append({name: values[(slice(None),) * axis + (kept,)] for name, values in outputs.items()})
    return {name: np.concatenate([part[name] for part in parts], axis=axis) for name in parts[0]}


def _along(values: Tensor, axis: int, start: int, stop: int, ratio: int) -> Tensor:
    result: Tensor = np.ascontiguousarray(values[(slice(None),) * axis + (slice(start * ratio, stop * ratio),)])
    return result


def _check_outputs(step: Step, inputs: dict[str, Tensor], outputs: Outputs) -> None:
    coarsest = max(step.card.inputs, key=step.factor)
    rows, cols = (side * step.unit for side in inputs[coarsest.name].shape[2:])
    for output in step.card.outputs:
        if not np.isfinite(outputs[output.name]).all():
            raise ModelError(
                f"{step.card.id} returned values that are no numbers. Its weights are damaged, or the input holds "
                "values far outside of reflectance: check the input's scale, or install the model again."
            )
        if outputs[output.name].shape != (1, len(output.bands), rows, cols):
            raise ModelError(
                f"{step.card.id} returned {output.name} of shape {outputs[output.name].shape} instead of "
                f"{(1, len(output.bands), rows, cols)}: its card and its network do not agree. Install it again."
            )


def _finish(job: Job, file: OutputFile, tile: Tile, source: TileInput, outputs: list[Outputs]) -> Pixels:
    pixels = np.empty((len(file.bands), tile.kept.height, tile.kept.width), np.dtype(file.dtype))
    for number, output in enumerate(file.bands):
        pixels[number] = _output_band(job, file, output, tile, source, outputs)
    return pixels


def _output_band(
    job: Job, file: OutputFile, output: OutputBand, tile: Tile, source: TileInput, outputs: list[Outputs]
) -> Pixels:
    band, dtype = output.band, np.dtype(file.dtype)
    window = source.dates[-1][band.name]
    if output.step < 0:
        values = window.crop(tile.kept).astype(dtype)
        mask = window.crop_mask(tile.kept)
        return values if mask is None else _mark(values, mask, window.crop(tile.kept), band, file)
    made = outputs[output.step]
    part = tile.kept.relative_to(tile.window).slices
    if made:
        radiometry = job.steps[output.step].radiometry(band)
        values = store(
            radiometry.to_digital_numbers(made[output.tensor][output.channel][part]), dtype, file.nodata, band.saturated
        )
    else:
        values = np.zeros((tile.kept.height, tile.kept.width), dtype)
    factor = job.factor(band)
    native = tile.window.coarsen(factor)
    mask = window.crop_mask(native)
    if mask is None:
        return values
    return _mark(values, refine(mask, factor)[part], refine(window.crop(native), factor)[part], band, file)


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


def influence(step: Step, tile: Tile, source: TileInput, factors: dict[str, int]) -> int:
    """Return how many output pixels of a tile lie within the receptive field of a filled pixel without being masked.

    Args:
        step: the model.
        tile: the tile.
        source: its windows.
        factors: output pixels along one pixel of each band.
    """
    window = tile.window.coarsen(step.unit).pad(step.halo)
    touched = np.zeros((window.height, window.width), np.bool_)
    for tensor in step.card.inputs:
        for name in tensor.bands:
            touched |= _touched(source.dates[-1][name], window, step.unit // factors[name])
    if not touched.any():
        return 0
    core = Window(step.halo, step.halo, window.height - 2 * step.halo, window.width - 2 * step.halo)
    near = _dilate(touched, step.halo)[core.slices] & ~touched[core.slices]
    rows, cols = tile.kept.relative_to(tile.window).coarsen(step.unit).slices
    return int(near[rows, cols].sum()) * step.unit**2


def _touched(band: BandWindow, window: Window, ratio: int) -> npt.NDArray[np.bool_]:
    mask = band.crop_mask(window.refine(ratio))
    if mask is None:
        return np.zeros((window.height, window.width), np.bool_)
    invalid = (~mask).reshape(window.height, ratio, window.width, ratio)
    result: npt.NDArray[np.bool_] = invalid.any(axis=(1, 3))
    return result


def _dilate(mask: npt.NDArray[np.bool_], radius: int) -> npt.NDArray[np.bool_]:
    table = np.zeros((mask.shape[0] + 2 * radius + 1, mask.shape[1] + 2 * radius + 1), np.int64)
    table[1:, 1:] = np.pad(mask, radius).cumsum(0).cumsum(1)
    side = 2 * radius + 1
    result: npt.NDArray[np.bool_] = (
        table[side:, side:] - table[:-side, side:] - table[side:, :-side] + table[:-side, :-side]
    ) > 0
    return result

# SPDX-License-Identifier: GPL-2.0-or-later
"""From the windows of one tile to its finished digital numbers: fill, scale, infer, unscale, mask, round."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .blend import blended
from .blend_store import BlockStore
from .cards import CardBlend, CardInput
from .finishing import finish_step
from .grid import Window
from .inference import Outputs, infer_with_spread
from .job import Job, Step
from .output_pixels import Pixels, finished_pixels
from .raster import BandReader
from .session import NOT_BOUND, Binding, Session, Stopper, Tensor, open_session
from .tile_input import BandWindow, TileInput, read_tile
from .tiling import Tile, tiles_touching


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


def compute_tile(
    job: Job, tile: Tile, source: TileInput, stopper: Stopper, blocks: BlockStore | None = None
) -> tuple[Pixels, ...]:
    """Compute a tile that has been read; returns and raises as :func:`predict_tile`.

    Args:
        job: the plan.
        tile: the tile.
        source: its windows.
        stopper: ends the inference when the run is cancelled.
        blocks: results of blocks that several tiles of this job blend, or None to keep none.
    """
    filled = tuple({name: window.filled() for name, window in date.items()} for date in source.dates)
    outputs = [_run_step(job, step, tile, source, filled, stopper, blocks) for step in job.steps]
    return tuple(finished_pixels(job, file, tile, source, outputs) for file in job.files)


def session_of(job: Job, step: Step) -> Session:
    """Return the cached session of a step; bound to the scene's coefficients once they are known."""
    declared, rows = step.card.scene_pass, step.coefficients
    binding = NOT_BOUND
    if declared is None or rows is not None:
        constants = () if declared is None or rows is None else ((declared.input, rows),)
        binding = Binding(constants, step.outputs)
    return open_session(step.card.path, step.digest, job.device, job.threads, binding)


def _run_step(
    job: Job,
    step: Step,
    tile: Tile,
    source: TileInput,
    filled: tuple[dict[str, BandWindow], ...],
    stopper: Stopper,
    blocks: BlockStore | None,
) -> Outputs:
    if not _has_targets(job, step, tile, source):
        return {}
    outputs = network_results(job, step, tile, filled, stopper, blocks)
    return finish_step(job, step, tile.window, filled[-1], outputs)


def network_results(
    job: Job,
    step: Step,
    tile: Tile,
    filled: tuple[dict[str, BandWindow], ...],
    stopper: Stopper,
    blocks: BlockStore | None = None,
) -> Outputs:
    """Run a step's network on a tile.

    Args:
        job: gives scenes, device and threads.
        step: the model.
        tile: of any size that is a multiple of the step's unit and alignment.
        filled: for each date the bands' windows with halo and without nodata.
        stopper: ends the inference when the run is cancelled.
        blocks: results of blocks that other tiles need, too.

    Returns:
        Tensors (1, bands, rows, columns) in network range by name, covering the tile and the step's margin; with an
        interval by ensemble also the spread over it. Of a step that blends blocks only the kept part of the tile and
        the margin around it are computed.
    """
    if step.blend is not None:
        return _blended_results(
            job, step, step.blend, tile, filled, stopper, BlockStore() if blocks is None else blocks
        )
    outputs = _infer_window(job, step, tile, filled, stopper)
    cut = (step.halo - step.margin) * step.unit
    return {name: _without_edge(values, cut) for name, values in outputs.items()}


def _infer_window(
    job: Job, step: Step, tile: Tile, filled: tuple[dict[str, BandWindow], ...], stopper: Stopper
) -> Outputs:
    """Run a step's network once, on a tile and the step's halo."""
    inputs = {tensor.name: tensor_of(job, step, tensor, tile, filled) for tensor in step.card.inputs}
    return infer_with_spread(session_of(job, step), step, inputs, stopper)


def _blended_results(
    job: Job,
    step: Step,
    blend: CardBlend,
    tile: Tile,
    filled: tuple[dict[str, BandWindow], ...],
    stopper: Stopper,
    blocks: BlockStore,
) -> Outputs:
    bare = replace(step, halo=0, margin=0)

    def compute(block: Window, counting: Window) -> Outputs:
        window = block.refine(step.unit)
        return blocks.get(
            (step.card.id, block),
            tiles_touching(job.window, job.tile, counting, step.margin * step.unit),
            lambda: _infer_window(job, bare, Tile(0, 0, window, window), filled, stopper),
        )

    return blended(
        tile.window.coarsen(step.unit).pad(step.margin),
        tile.kept.coarsen(step.unit).pad(step.margin),
        (-(-job.target.height // step.unit), -(-job.target.width // step.unit)),
        step.unit,
        blend,
        step.alignment,
        compute,
    )


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

# SPDX-License-Identifier: GPL-2.0-or-later
"""The side of a tile: aligned, within the memory bound, and with the least work beyond the raster and in halos."""

from __future__ import annotations

import math

from .grid import Grid
from .job import Options, Step
from .network import Network

LARGEST_TILE = 804
SMALLEST_TILE = 48
# Below this, halos of deep networks cost more than the memory is worth, unless the user bounds it.
COMFORTABLE_TILE = 270
# Tiles of blended blocks cost ONNX Runtime no memory, and the more blocks they hold the fewer are computed twice.
LARGEST_BLENDED_TILE = 2048
BLOCKS_ALONG_TILE = 4
# What ONNX Runtime may take for one tile: two at a time must fit beside GDAL's cache, QGIS and the buffers.
TILE_MEGABYTES = 130
BYTES_PER_VALUE = 4
# Measured with the bundled models: the peak is about six times the widest tensor (residual, copies in other layouts).
LIVE_TENSORS = 6
# What a tile costs by itself, as a halo: networks with a smaller one would else be run in tiles of a few pixels.
LEAST_HALO = 8


def tile_side(target: Grid, steps: tuple[Step, ...], networks: tuple[Network, ...], snap: int, options: Options) -> int:
    """Return the side of a tile in output pixels: a multiple of every alignment, within the memory bound.

    Args:
        target: the output grid of the whole scene.
        steps: the planned steps.
        networks: their networks, in the same order.
        snap: output pixels along one pixel of the scene's coarsest grid.
        options: ``tile_size`` and ``memory_mb``.
    """
    quantum = math.lcm(snap, *(step.unit * step.alignment for step in steps))
    if options.tile_size > 0:
        return max(quantum, options.tile_size // quantum * quantum)
    budget = (options.memory_mb / 6 or TILE_MEGABYTES) * 1e6
    largest = LARGEST_TILE if any(step.blend is None for step in steps) or not steps else LARGEST_BLENDED_TILE
    for step, network in zip(steps, networks):
        largest = min(largest, _largest(step, network, budget))
    least = SMALLEST_TILE if options.memory_mb else COMFORTABLE_TILE
    largest = max(quantum, least // quantum * quantum, largest // quantum * quantum)
    return min(range(largest, 0, -quantum), key=lambda side: _computed_values(side, target, steps, networks))


def _largest(step: Step, network: Network, budget: float) -> int:
    """Return the largest side of a tile that a step allows, in output pixels."""
    if step.blend is not None:
        return BLOCKS_ALONG_TILE * (step.blend.block - step.blend.overlap) * step.unit
    pixels = budget / (LIVE_TENSORS * BYTES_PER_VALUE * max(1.0, network.values_per_pixel))
    return (int(pixels**0.5) - 2 * step.halo) * step.unit


def _computed_values(side: int, target: Grid, steps: tuple[Step, ...], networks: tuple[Network, ...]) -> float:
    """Return a measure of the work with tiles of this side: halos cost, and so do tiles that reach over the edge."""
    tiles = -(-target.width // side) * -(-target.height // side)
    windows = (_window(side, step) ** 2 for step in steps)
    return tiles * sum(window * network.values_per_pixel for window, network in zip(windows, networks))


def _window(side: int, step: Step) -> float:
    """Return the side of what a step computes for a tile, in pixels of its coarsest input."""
    if step.blend is None:
        return side // step.unit + 2 * max(step.halo, LEAST_HALO)
    stride = step.blend.block - step.blend.overlap
    return (side / step.unit / stride + 1) * step.blend.block

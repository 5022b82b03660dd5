# SPDX-License-Identifier: GPL-2.0-or-later
"""Blended tiling: networks that look farther than any tile run on overlapping blocks whose results are blended.

Blocks are anchored at the origin of the scene's grid and have one size, which the card declares. So a pixel of the
result is always the same sum of the same blocks, whatever the extent, the tiles or the number of workers.

Along an axis block k carries weight from k x (block - overlap) on. Over the overlap its weight rises from 0 to 1 as
sin^2(pi/2 sin^2(pi t/2)), t = 0..1, while that of the block before falls by as much: the squared window of the Vorbis
codec, which is flat at both ends. That keeps out the borders of a block, where networks are worst.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from .card_records import CardBlend
from .grid import Window
from .tiling import reflected

Tensor = npt.NDArray[np.float32]
Outputs = dict[str, Tensor]

LARGEST_BLOCK = 128
SMALLEST_BLOCK = 48
# Rounded down to multiples of it, where the network's alignment allows that.
BLOCK_STEP = 16
OVERLAP_SHARE = 4
# What ONNX Runtime may take for one block: LIVE_TENSORS of core/tile_size.py times the widest tensor.
BLOCK_MEGABYTES = 256
BYTES_PER_PIXEL_VALUE = 24


@dataclass(frozen=True)
class Span:
    """A block along one axis, in pixels of the coarsest input.

    Attributes:
        read: first pixel that the network is given; it may lie before the scene, which is mirrored there.
        size: number of them.
        start: where its weight begins to rise.
        end: where its weight begins to fall.
        rises: False where no block is before it, and its weight is 1 from the start.
        falls: False where no block is behind it.
    """

    read: int
    size: int
    start: int
    end: int
    rises: bool = True
    falls: bool = True


def default_blend(alignment: int, values_per_pixel: float) -> CardBlend:
    """Return blocks for a card that declares none: as large as memory allows, an overlap of a quarter.

    Args:
        alignment: of blocks, in pixels of the coarsest input.
        values_per_pixel: of the network's widest tensor.
    """
    fitting = (BLOCK_MEGABYTES * 1e6 / (BYTES_PER_PIXEL_VALUE * max(1.0, values_per_pixel))) ** 0.5
    side = max(SMALLEST_BLOCK, min(LARGEST_BLOCK, int(fitting) // BLOCK_STEP * BLOCK_STEP))
    # Both are multiples of the alignment, and so are the places where blocks begin.
    units = max(2, side // alignment)
    return CardBlend(units * alignment, max(1, units // OVERLAP_SHARE) * alignment)


def spans(length: int, blend: CardBlend, alignment: int) -> tuple[Span, ...]:
    """Return the blocks along an axis.

    Args:
        length: of the scene in pixels of the coarsest input.
        blend: sides of block and overlap.
        alignment: blocks begin at multiples of it.

    Returns:
        Blocks from first to last. What is shorter than a block is one block, which is not enlarged beyond the next
        multiple that the network needs: the network sees the scene as it is. Several blocks reach beyond both ends of
        the scene by the overlap, which keeps the borders of blocks out of it; the last is moved back to end there.
    """
    if length <= blend.block:
        size = _up(length, math.lcm(blend.multiple, alignment))
        return (Span(0, size, 0, size, rises=False, falls=False),)
    end, stride = _up(length, alignment) + blend.overlap, blend.block - blend.overlap
    starts = range(-blend.overlap, end - blend.overlap, stride)
    return tuple(
        Span(min(start, end - blend.block), blend.block, start, min(start + stride, end), k > 0, k + 1 < len(starts))
        for k, start in enumerate(starts)
    )


def span_weights(span: Span, overlap: int, unit: int, start: int, stop: int) -> Tensor:
    """Return the weight of a block at output pixels ``start .. stop`` of an axis.

    Args:
        span: the block.
        overlap: in pixels of the coarsest input.
        unit: output pixels along one of these.
        start: first output pixel.
        stop: the one behind the last.
    """
    rise = rising(overlap * unit)
    place = np.arange(start, stop)
    weights = np.ones(stop - start, np.float32)
    if span.rises:
        weights = np.where(place < span.start * unit, np.float32(0), _look_up(rise, place - span.start * unit))
    if span.falls:
        weights = weights * (1 - _look_up(rise, place - span.end * unit))
    return weights.astype(np.float32)


@lru_cache(maxsize=32)
def rising(length: int) -> Tensor:
    """Return the weights of a block over an overlap of so many output pixels."""
    t = (np.arange(length) + 0.5) / length
    weights: Tensor = (np.sin(np.pi / 2 * np.sin(np.pi / 2 * t) ** 2) ** 2).astype(np.float32)
    return weights


def blended(
    region: Window,
    wanted: Window,
    scene: tuple[int, int],
    unit: int,
    blend: CardBlend,
    alignment: int,
    compute: Callable[[Window, Window], Outputs],
) -> Outputs:
    """Return a network's results on a region, blended from its blocks.

    Args:
        region: what to return, in pixels of the coarsest input; it may reach beyond the scene, where the results are
            mirrored as inputs are.
        wanted: the part of it that is needed; the rest is 0.
        scene: rows and columns of the scene in pixels of the coarsest input.
        unit: output pixels along one of these.
        blend: sides of block and overlap.
        alignment: blocks begin at multiples of it.
        compute: runs the network on a block, given in pixels of the coarsest input; it is also told where the block
            counts, in output pixels.

    Returns:
        Tensors (1, bands, rows, columns) by name.
    """
    target = wanted.intersect(region).refine(unit)
    rows = reflected(target.row, target.row_end, scene[0] * unit)
    cols = reflected(target.col, target.col_end, scene[1] * unit)
    inner = Window(int(rows.min()), int(cols.min()), int(np.ptp(rows)) + 1, int(np.ptp(cols)) + 1)
    sums: Outputs = {}
    for place, weights, block, counting in _pieces(inner, scene, unit, blend, alignment):
        part, where = place.relative_to(block.refine(unit)), place.relative_to(inner)
        for name, values in compute(block, counting).items():
            if name not in sums:
                sums[name] = np.zeros((*values.shape[:2], inner.height, inner.width), np.float32)
            _crop(sums[name], where)[:] += _crop(values, part) * weights
    if inner != target:
        sums = {name: values[:, :, rows - inner.row][:, :, :, cols - inner.col] for name, values in sums.items()}
    return {name: _placed(values, target, region.refine(unit)) for name, values in sums.items()}


def _placed(values: Tensor, target: Window, region: Window) -> Tensor:
    if target == region:
        return values
    result = np.zeros((*values.shape[:2], region.height, region.width), np.float32)
    _crop(result, target.relative_to(region))[:] = values
    return result


def _crop(values: Tensor, window: Window) -> Tensor:
    result: Tensor = values[:, :, window.row : window.row_end, window.col : window.col_end]
    return result


def _pieces(
    inner: Window, scene: tuple[int, int], unit: int, blend: CardBlend, alignment: int
) -> Iterator[tuple[Window, Tensor, Window, Window]]:
    """Yield where each block counts within a window of output pixels, its weights there, itself, where it counts."""
    down = _along(inner.row, inner.row_end, scene[0], unit, blend, alignment)
    across = _along(inner.col, inner.col_end, scene[1], unit, blend, alignment)
    for row, row_end, high, tall in down:
        for col, col_end, wide, broad in across:
            place = Window(row, col, row_end - row, col_end - col)
            block = Window(tall.read, broad.read, tall.size, broad.size)
            counting = Window(tall.start, broad.start, _length(tall, blend), _length(broad, blend)).refine(unit)
            yield place, high[:, None] * wide[None, :], block, counting


def _length(span: Span, blend: CardBlend) -> int:
    """Return on how many pixels of the coarsest input a block counts."""
    return span.end + (blend.overlap if span.falls else 0) - span.start


def _along(
    start: int, stop: int, length: int, unit: int, blend: CardBlend, alignment: int
) -> list[tuple[int, int, Tensor, Span]]:
    """Return (start, stop, weights, block) of the blocks that count along an axis."""
    found = []
    for span in spans(length, blend, alignment):
        first, end = max(start, span.start * unit), min(stop, (span.start + _length(span, blend)) * unit)
        if first < end:
            found.append((first, end, span_weights(span, blend.overlap, unit, first, end), span))
    return found


def _look_up(rise: Tensor, place: npt.NDArray[np.intp]) -> Tensor:
    """Return the rising weight at places counted from where it begins: 0 before, 1 behind."""
    inside = rise[np.clip(place, 0, len(rise) - 1)]
    return np.where(place < 0, np.float32(0), np.where(place >= len(rise), np.float32(1), inside)).astype(np.float32)


def _up(value: int, step: int) -> int:
    return -(-value // step) * step

# SPDX-License-Identifier: GPL-2.0-or-later
"""Farmland: irregular blocks, each cut into parcels along its own direction, each parcel with its crop."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...core.grid import Window
from . import lattice
from .canvas import Canvas
from .lattice import FloatArray, HashArray, salt_of
from .spectra import spectra

# Pixels between the centres of blocks.
BLOCK = 92
# Crop, weight, and the range of ground that it covers.
CROPS = (
    ("crop", 22, 0.80, 1.00), ("grass", 20, 0.75, 1.00), ("crop", 14, 0.08, 0.50), ("ripe", 12, 0.75, 1.00),
    ("crop", 10, 0.92, 1.00), ("crop", 10, 0.00, 0.06), ("straw", 7, 0.45, 0.90), ("flower", 5, 0.80, 1.00),
)  # fmt: skip
LOOKUP = 4096
# A value of the random byte that means grass.
MEADOW = np.uint8(80)


@dataclass(frozen=True, eq=False)
class Farmland:
    """Blocks and parcels of a window; all arrays are (rows, columns).

    Attributes:
        block: random word of the block.
        parcel: random word of the parcel.
        block_edge: distance to the nearest other block in pixels.
        parcel_edge: distance to the nearest edge of the parcel in pixels.
        centre: distance to the block's centre in pixels.
        along: position along the direction of tillage, across the rows, in pixels.
    """

    block: HashArray
    parcel: HashArray
    block_edge: FloatArray
    parcel_edge: FloatArray
    centre: FloatArray
    along: FloatArray


def farmland(window: Window, seed: int) -> Farmland:
    """Return the blocks (Voronoi cells of a jittered lattice) and parcels (strips within them) of a window."""
    bends = [
        np.float32(11) * lattice.smooth(window, 130, salt_of(seed, 11 + axis))
        + np.float32(2) * lattice.smooth(window, 31, salt_of(seed, 15 + axis))
        for axis in (0, 1)
    ]
    rows = np.asarray(lattice.rows_of(window)[:, None], np.float32)
    cols = np.asarray(lattice.cols_of(window)[None, :], np.float32)
    cells = _Cells.around(window, seed)
    nearest, first, second = _nearest_two(window, cells, rows + bends[0], cols + bends[1])
    north = rows - cells.rows.ravel()[nearest]
    east = cols - cells.cols.ravel()[nearest]
    cosine, sine = cells.cosine.ravel()[nearest], cells.sine.ravel()[nearest]
    across = east * cosine + north * sine
    along = north * cosine - east * sine
    words = cells.words.ravel()[nearest]
    strip, strip_edge = _cut(across, cells.width.ravel()[nearest], words, seed)
    piece_words = words + strip.astype(np.uint32) * np.uint32(0x9E3779B1)
    piece, piece_edge = _cut(along, cells.length.ravel()[nearest], piece_words, seed + 1)
    centre = np.sqrt(first)
    block_edge = (np.sqrt(second) - centre) * np.float32(0.5)
    edge = np.minimum(np.minimum(strip_edge, piece_edge), block_edge)
    parcel = lattice.mix(piece_words ^ (piece.astype(np.uint32) * np.uint32(0x85EBCA77)))
    return Farmland(words, parcel, block_edge, edge, centre, across)


def sow(canvas: Canvas, land: Farmland, seed: int) -> None:
    """Paint soils and crops, with what varies from parcel to parcel and within each."""
    window = canvas.window
    first = land.parcel
    second = lattice.mix(first + np.uint32(0x68E31DA4))
    kinds, low, high = _crop_tables()
    crop = (first & np.uint32(255)).astype(np.uint8)
    pasture = lattice.smooth(window, 560, salt_of(seed, 28)) + np.float32(1.6) * _byte(first, 2) > np.float32(0.75)
    np.copyto(crop, MEADOW, where=pasture)
    canvas.vegetation[:] = kinds[crop]
    patches = lattice.fractal(window, 34, 4, salt_of(seed, 21), 0.6)
    grain = lattice.white(window, salt_of(seed, 22)) - np.float32(0.5)
    lushness = lattice.fractal(window, 17, 3, salt_of(seed, 23), 0.6)
    part = _byte(second, 0) + np.float32(0.5)
    canvas.cover[:] = low[crop] + (high[crop] - low[crop]) * part
    tramlines = np.cos(land.along * (np.float32(1.1) + np.float32(0.5) * _byte(second, 2)))
    canvas.cover += np.float32(0.07) * lushness + np.float32(0.07) * grain + np.float32(0.025) * tramlines
    np.clip(canvas.cover, 0, 1, out=canvas.cover)
    canvas.chlorophyll[:] = np.float32(0.9) * _byte(first, 1) + np.float32(0.10) * lushness
    canvas.structure[:] = np.float32(0.45) * _byte(first, 2) + np.float32(0.08) * patches + np.float32(0.10) * grain
    canvas.structure += np.float32(0.02) * tramlines
    canvas.leaf_water[:] = np.float32(0.9) * _byte(first, 3)
    canvas.red_edge[:] = np.float32(1.0) * _byte(second, 1)
    canvas.leaf_water += np.float32(0.22) * lattice.fractal(window, 26, 4, salt_of(seed, 24), 0.65)
    canvas.red_edge += np.float32(0.24) * lattice.fractal(window, 19, 4, salt_of(seed, 25), 0.65)
    canvas.brightness += np.float32(0.40) * _byte(second, 3) + np.float32(0.11) * patches + np.float32(0.10) * grain
    region = lattice.smooth(window, 900, salt_of(seed, 26)) + np.float32(0.9) * _byte(second, 0)
    canvas.soil[:] = np.digitize(region, (-1.0, 0.2, 1.1)).astype(np.uint8)
    canvas.soil[:] = np.array([1, 0, 2, 3], np.uint8)[canvas.soil]
    canvas.wetness[:] = np.clip(0.25 + 0.25 * lattice.fractal(window, 150, 4, salt_of(seed, 27)), 0, 1)


def _byte(words: HashArray, number: int) -> FloatArray:
    """Return one of the four bytes of each word as a number from -0.5 to 0.5."""
    return ((words >> np.uint32(8 * number)) & np.uint32(255)).astype(np.float32) * np.float32(1 / 255) - np.float32(
        0.5
    )


def _crop_tables() -> tuple[npt.NDArray[np.uint8], FloatArray, FloatArray]:
    """Return, for each value of a random byte, the vegetation and the range of cover."""
    weights = np.cumsum([crop[1] for crop in CROPS])
    chosen = np.searchsorted(weights, np.arange(256) * weights[-1] / 256, side="right")
    kinds = np.array([spectra().index("vegetation", crop[0]) for crop in CROPS], np.uint8)
    low = np.array([crop[2] for crop in CROPS], np.float32)
    high = np.array([crop[3] for crop in CROPS], np.float32)
    return kinds[chosen], low[chosen], high[chosen]


@dataclass(frozen=True, eq=False)
class _Cells:
    """Properties of the blocks around a window, (cell rows, cell columns); cell (0, 0) is number ``first``."""

    first: tuple[int, int]
    rows: FloatArray
    cols: FloatArray
    cosine: FloatArray
    sine: FloatArray
    width: FloatArray
    length: FloatArray
    words: HashArray

    @classmethod
    def around(cls, window: Window, seed: int) -> _Cells:
        first = (window.row // BLOCK - 1, window.col // BLOCK - 1)
        rows = np.arange(first[0], (window.row_end - 1) // BLOCK + 2)[:, None]
        cols = np.arange(first[1], (window.col_end - 1) // BLOCK + 2)[None, :]
        words = lattice.hash_points(rows, cols, salt_of(seed, 13))
        draws = [lattice.uniform(lattice.mix(words + np.uint32(n))) for n in range(1, 6)]
        angle = (draws[2] - np.float32(0.5)) * np.float32(np.pi)
        return cls(
            first,
            ((rows + 0.1 + 0.8 * draws[0]) * BLOCK).astype(np.float32),
            ((cols + 0.1 + 0.8 * draws[1]) * BLOCK).astype(np.float32),
            np.cos(angle),
            np.sin(angle),
            np.float32(9) + np.float32(34) * draws[3] ** 2,
            np.float32(22) + np.float32(60) * draws[4],
            words,
        )


def _nearest_two(
    window: Window, cells: _Cells, rows: FloatArray, cols: FloatArray
) -> tuple[npt.NDArray[np.int32], FloatArray, FloatArray]:
    """Return the flat number of the nearest block centre, and the squared distances of the nearest two."""
    base_rows = lattice.rows_of(window) // BLOCK - cells.first[0]
    base_cols = lattice.cols_of(window) // BLOCK - cells.first[1]
    nearest = np.zeros(rows.shape, np.int32)
    first = np.full(rows.shape, np.inf, np.float32)
    second = first.copy()
    for down in (-1, 0, 1):
        for right in (-1, 0, 1):
            number = (base_rows + down)[:, None] * cells.rows.shape[1] + (base_cols + right)[None, :]
            distance = np.square(rows - cells.rows.ravel()[number])
            distance += np.square(cols - cells.cols.ravel()[number])
            np.minimum(second, np.maximum(distance, first), out=second)
            np.copyto(nearest, number.astype(np.int32), where=distance < first)
            np.minimum(first, distance, out=first)
    return nearest, first, second


def _cut(
    position: FloatArray, spacing: FloatArray, words: HashArray, seed: int
) -> tuple[npt.NDArray[np.int32], FloatArray]:
    """Cut a line into pieces of uneven length.

    Returns:
        The number of the piece, and the distance to its nearer end in pixels.
    """
    shifts = lattice.uniform(lattice.hash_points(np.arange(LOOKUP), 0, salt_of(seed, 14))) - np.float32(0.5)
    scaled = position / spacing
    near = np.floor(scaled + np.float32(0.5)).astype(np.int32)
    shift = shifts[(words + near.astype(np.uint32) * np.uint32(37)) & np.uint32(LOOKUP - 1)]
    offset = scaled - near - np.float32(0.6) * shift
    return near - (offset < 0), np.abs(offset) * spacing

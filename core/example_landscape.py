# SPDX-License-Identifier: GPL-2.0-or-later
"""A made-up landscape as Sentinel-2 would see it: fields, woods, a river, villages and roads, for a first try."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .point_spread import blur

Image = npt.NDArray[np.float32]
Places = npt.NDArray[np.bool_]

BANDS = ("B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B09", "B11", "B12")
# Surface reflectance x 1000 in the order of BANDS, round numbers as spectral libraries show them.
_SPECTRA = {
    "crop": (30, 32, 60, 30, 90, 300, 380, 400, 420, 420, 200, 100),
    "ripe": (60, 80, 120, 150, 190, 240, 270, 300, 320, 320, 360, 260),
    "soil": (80, 100, 130, 170, 200, 220, 240, 260, 280, 290, 360, 320),
    "grass": (30, 40, 80, 50, 120, 270, 320, 340, 360, 360, 240, 130),
    "rape": (40, 50, 130, 110, 160, 280, 330, 350, 370, 370, 230, 130),
    "woods": (20, 20, 34, 20, 50, 200, 260, 280, 300, 300, 130, 60),
    "water": (40, 50, 50, 30, 30, 22, 20, 18, 16, 16, 10, 8),
    "roofs": (120, 150, 170, 190, 200, 210, 220, 240, 250, 250, 280, 260),
    "roads": (100, 110, 120, 130, 140, 150, 150, 160, 170, 170, 200, 180),
}
_CROPS = ("crop", "ripe", "soil", "grass", "rape")
# Pixels of 10 m: sides of the blocks of fields, and of the fields in them.
_BLOCK, _WIDTHS = 96, np.array([9, 14, 21, 34])
_EDGE_SIGMA = 0.5


def landscape(side: int, seed: int = 7) -> Image:
    """Return reflectance at 10 m, (bands, rows, columns) in the order of ``BANDS``.

    Args:
        side: rows and columns.
        seed: number of the landscape.
    """
    numbers = np.random.default_rng(seed)
    spectra = {name: np.array(values, np.float32) / 1000 for name, values in _SPECTRA.items()}
    rows, cols = np.mgrid[:side, :side].astype(np.float32)
    field, edge = _fields(rows, cols, numbers)
    kinds = numbers.integers(0, len(_CROPS), 1 << 16)[field]
    brightness = numbers.normal(1.0, 0.08, 1 << 16).astype(np.float32)[field]
    table = np.stack([spectra[name] for name in _CROPS])
    image = np.moveaxis(table[kinds], -1, 0) * brightness
    hills, grain = _waves(side, 90, numbers), numbers.normal(0, 0.02, (side, side)).astype(np.float32)
    woods = (hills + 0.35 * _waves(side, 9, numbers)) > 1.0
    middle = side * (0.55 + 0.1 * _waves(side, 160, numbers)[0][None, :])
    river = np.abs(rows - middle) < np.maximum(2.2, 3.5 + _waves(side, 60, numbers)[0][None, :])
    roads = (np.abs(cols - 0.31 * side - 0.18 * rows) < 0.9) | (np.abs(rows - 0.22 * side - 0.1 * cols) < 0.7)
    village, roofs = _villages(rows, cols, numbers)
    for where, name, amount in (
        (edge, "grass", 1.0),
        (woods, "woods", 1 + 0.12 * _waves(side, 2, numbers)),
        (village, "grass", 0.8),
        (roofs, "roofs", np.asarray(numbers.uniform(0.4, 1.2, (side, side)), np.float32)),
        (roads, "roads", 1.0),
        (river, "water", 1.0),
    ):
        painted = spectra[name][:, None, None] * np.broadcast_to(np.float32(amount), (side, side))
        image = np.where(where, painted, image)
    image = image * (1 + 0.05 * _waves(side, 25, numbers) + grain)
    return blur(np.asarray(np.clip(image, 0.001, 1.2), np.float32), [_EDGE_SIGMA] * len(BANDS))


def _fields(rows: Image, cols: Image, numbers: np.random.Generator) -> tuple[npt.NDArray[np.int64], Places]:
    """Return a number for each field, and where two blocks of fields meet."""
    down, right = 0.94 * rows + 0.34 * cols, 0.94 * cols - 0.34 * rows + 4096
    block = (down // _BLOCK).astype(np.int64) * 89 + (right // (1.4 * _BLOCK)).astype(np.int64)
    width = _WIDTHS[numbers.integers(0, len(_WIDTHS), 1 << 14)[block % (1 << 14)]]
    is_turned = numbers.random(1 << 14)[block % (1 << 14)] < 0.5
    along = np.where(is_turned, right, down)
    field = (block * 131 + (along // width).astype(np.int64)) % (1 << 16)
    return field, (down % _BLOCK < 1.2) | (right % (1.4 * _BLOCK) < 1.2)


def _waves(side: int, scale: float, numbers: np.random.Generator) -> Image:
    """Return smooth noise of mean 0 and standard deviation 1 whose bumps are about ``scale`` pixels wide."""
    spectrum = np.fft.rfft2(numbers.standard_normal((side, side)))
    along = np.abs(np.fft.fftfreq(side, 1.0))
    frequency = np.hypot(along[:, None], along[None, : side // 2 + 1])
    smooth = np.fft.irfft2(spectrum * np.exp(-2 * (np.pi * 0.4 * scale * frequency) ** 2), s=(side, side))
    return np.asarray((smooth - smooth.mean()) / smooth.std(), np.float32)


def _villages(rows: Image, cols: Image, numbers: np.random.Generator) -> tuple[Places, Places]:
    """Return where villages are, and where roofs are in them: blocks of two by three pixels."""
    side = rows.shape[0]
    block = (rows // 2).astype(np.int64) * 7919 + (cols // 3).astype(np.int64)
    is_roof: Places = numbers.random(1 << 14)[block % (1 << 14)] < 0.4
    ragged = 1 + 0.3 * _waves(side, 24, numbers)
    near: Places = np.zeros(rows.shape, np.bool_)
    for down, right in numbers.uniform(0.08, 0.92, (5, 2)):
        radius = side * numbers.uniform(0.02, 0.045)
        near |= np.hypot(rows - down * side, 0.8 * (cols - right * side)) < radius * ragged
    return near, near & is_roof

# SPDX-License-Identifier: GPL-2.0-or-later
"""Fill nodata from valid neighbours before the network sees it, so that neither NaN nor a cliff spreads."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]


def fill_support(reach: int) -> int:
    """Return how many pixels around a window :func:`fill_nodata` must be given so that its result is exact there."""
    return _radii(reach)[-1]


def fill_nodata(image: npt.NDArray[np.generic], mask: Mask, reach: int) -> Image:
    """Replace invalid pixels by the mean of the valid ones in the smallest square around them that has any.

    Squares have radii 1, 2, 4, ... up to the first power of two that is at least ``reach``. Only measured pixels
    contribute and sums of digital numbers are exact in float64, so the result depends on the scene and not on the
    window it is computed in. Pixels farther away than that get 0: they lie beyond every receptive field that touches
    a valid pixel.

    Args:
        image: digital numbers, shape (rows, columns).
        mask: True where valid, same shape.
        reach: distance in pixels within which invalid pixels matter.

    Returns:
        The image as float32 without NaN, same shape.
    """
    filled = np.where(mask, image, 0).astype(np.float32)
    missing = ~mask
    if not missing.any() or not mask.any():
        return filled
    total = _integral(np.where(mask, image, 0).astype(np.float64))
    count = _integral(mask.astype(np.float64))
    for radius in _radii(reach):
        rows, cols = np.nonzero(missing)
        number = _box(count, rows, cols, radius)
        found = number > 0
        rows, cols = rows[found], cols[found]
        filled[rows, cols] = (_box(total, rows, cols, radius) / number[found]).astype(np.float32)
        missing[rows, cols] = False
    return filled


def _radii(reach: int) -> tuple[int, ...]:
    radii = [1]
    while radii[-1] < reach:
        radii.append(2 * radii[-1])
    return tuple(radii)


def _integral(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    table = np.zeros((values.shape[0] + 1, values.shape[1] + 1))
    table[1:, 1:] = values.cumsum(0).cumsum(1)
    return table


def _box(
    table: npt.NDArray[np.float64], rows: npt.NDArray[np.intp], cols: npt.NDArray[np.intp], radius: int
) -> npt.NDArray[np.float64]:
    top, bottom = np.maximum(rows - radius, 0), np.minimum(rows + radius + 1, table.shape[0] - 1)
    left, right = np.maximum(cols - radius, 0), np.minimum(cols + radius + 1, table.shape[1] - 1)
    result: npt.NDArray[np.float64] = table[bottom, right] - table[top, right] - table[bottom, left] + table[top, left]
    return result

# SPDX-License-Identifier: GPL-2.0-or-later
"""Grow and shrink masks by whole pixels."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.bool_]


def dilate(mask: Mask, radius: int) -> Mask:
    """Return True wherever the square of side 2 radius + 1 around a pixel holds a True pixel.

    Args:
        mask: (rows, columns); False lies outside.
        radius: in pixels, zero or more.

    Returns:
        Mask of the same shape.
    """
    table = np.zeros((mask.shape[0] + 2 * radius + 1, mask.shape[1] + 2 * radius + 1), np.int64)
    table[1:, 1:] = np.pad(mask, radius).cumsum(0).cumsum(1)
    side = 2 * radius + 1
    result: Mask = (table[side:, side:] - table[:-side, side:] - table[side:, :-side] + table[:-side, :-side]) > 0
    return result


def erode(mask: Mask, radius: int) -> Mask:
    """Return True wherever the square of side 2 radius + 1 around a pixel holds no False pixel; True lies outside."""
    return ~dilate(~mask, radius)

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
    contribute, and they are added in the same order wherever a window begins, so the result depends on the scene and
    not on the window it is computed in, to the last bit. Pixels farther away than that get 0: they lie beyond every
    receptive field that touches a valid pixel.

    Args:
        image: digital numbers, shape (rows, columns).
        mask: True where valid, same shape.
        reach: distance in pixels within which invalid pixels matter.

    Returns:
        The image as float32 without NaN, same shape.
    """
    measured = np.where(mask, image, 0).astype(np.float32)
    missing = ~mask
    if not missing.any() or not mask.any():
        return measured
    filled, counted = measured.copy(), mask.astype(np.float32)
    for radius in _radii(reach):
        near = _near(mask, radius)
        number = _square_sums(counted[near], radius)
        found = missing[near] & (number > 0)
        np.divide(_square_sums(measured[near], radius), number, out=filled[near], where=found)
        missing[near] &= ~found
        if not missing.any():
            break
    return filled


def _radii(reach: int) -> tuple[int, ...]:
    radii = [1]
    while radii[-1] < reach:
        radii.append(2 * radii[-1])
    return tuple(radii)


def _near(mask: Mask, distance: int) -> tuple[slice, slice]:
    """Return the part of an image outside which no valid pixel is within a distance."""
    rows, cols = (np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0))
    return _widened(rows, distance), _widened(cols, distance)


def _widened(places: npt.NDArray[np.intp], distance: int) -> slice:
    return slice(max(0, int(places[0]) - distance), int(places[-1]) + distance + 1)


def _square_sums(values: Image, radius: int) -> Image:
    """Return the sums over squares of side 2 radius + 1 around every pixel; zeros lie outside."""
    return _column_sums(_column_sums(values, radius).T, radius).T


def _column_sums(values: Image, radius: int) -> Image:
    """Return the sums over 2 radius + 1 rows (radius a power of two), doubling the number of rows in every step."""
    padded = np.pad(values, ((radius, radius), (0, 0)))
    sums, step = padded, 1
    while step <= radius:
        sums, step = sums[:-step] + sums[step:], 2 * step
    result: Image = sums[:-1] + padded[2 * radius :]
    return result

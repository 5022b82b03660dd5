# SPDX-License-Identifier: GPL-2.0-or-later
"""Landsat as the networks of S2L8H read it: reflectance, brought to one grid by cubic convolution."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..enlargement import cubic_weights

Image = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.generic]

# Landsat Collection 2 Level-2 (LSDS-1619): surface reflectance of a digital number.
SURFACE_SCALE, SURFACE_OFFSET = 0.0000275, -0.2
# The parameter a of torch's cubic convolution, with which the networks were trained; GDAL and Keys have -0.5.
STEEPNESS = -0.75


def surface_reflectance(numbers: Numbers) -> Image:
    """Return the surface reflectance of Collection 2 Level-2 digital numbers."""
    result: Image = numbers.astype(np.float32) * np.float32(SURFACE_SCALE) + np.float32(SURFACE_OFFSET)
    return result


def pan_reflectance(numbers: Numbers, gain: float, offset: float, sun_elevation: float | None = None) -> Image:
    """Return the reflectance of Level-1 pan.

    Args:
        numbers: digital numbers of B8.
        gain: ``REFLECTANCE_MULT_BAND_8`` of the MTL file.
        offset: ``REFLECTANCE_ADD_BAND_8`` of the MTL file.
        sun_elevation: in degrees, for true top-of-atmosphere reflectance; the networks' authors leave it out.
    """
    sine = 1.0 if sun_elevation is None else math.sin(math.radians(sun_elevation))
    result: Image = (numbers.astype(np.float32) * np.float32(gain) + np.float32(offset)) / np.float32(sine)
    return result


@dataclass(frozen=True)
class Places:
    """Centres of new pixels along one axis, in pixels of the old ones, whose first centre is 0.

    Attributes:
        count: number of new pixels.
        start: place of the first.
        step: from one to the next, in old pixels.
    """

    count: int
    start: float
    step: float

    @classmethod
    def covering(cls, old: int, new: int) -> Places:
        """Return the places of ``new`` pixels that cover exactly the extent of ``old`` ones."""
        step = old / new
        return cls(new, 0.5 * step - 0.5, step)


def resample(image: Image, rows: Places, cols: Places, steepness: float = STEEPNESS) -> Image:
    """Interpolate by cubic convolution, repeating the edge pixels.

    Args:
        image: (..., rows, columns).
        rows: where the new rows lie.
        cols: where the new columns lie.
        steepness: the parameter a of the kernel.

    Returns:
        (..., rows.count, cols.count), float32.
    """
    return _along(_along(image, rows, image.ndim - 2, steepness), cols, image.ndim - 1, steepness)


def _along(image: Image, places: Places, axis: int, steepness: float) -> Image:
    centres = places.start + places.step * np.arange(places.count)
    base = np.floor(centres).astype(np.int64)
    total: Image | None = None
    for tap in range(-1, 3):
        weights = cubic_weights(centres - (base + tap), steepness).astype(np.float32)
        lines = np.take(image, np.clip(base + tap, 0, image.shape[axis] - 1), axis=axis)
        part = lines * weights.reshape([-1 if place == axis else 1 for place in range(image.ndim)])
        total = part if total is None else total + part
    result: Image = np.asarray(total, np.float32)
    return result

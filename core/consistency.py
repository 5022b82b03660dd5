# SPDX-License-Identifier: GPL-2.0-or-later
"""Sensor consistency: correct a sharpened band so that, degraded by the sensor's point spread, it returns the input.

With D the degradation (Gaussian point spread, then block mean), x the sharpened band and y the input, the residual
y - D x is brought back to the fine grid once:

    x + U (y - D x),    U close to D' (D D' + ridge)^-1,

the regularised pseudo-inverse of D, one axis at a time (D is separable), cut to ``REACH`` coarse pixels. Where D is how
the scene was really made, this is a projection onto the images that agree with the input, the truth among them, so it
can only bring x nearer to the truth. U returns constants and ramps as such, so no pattern of blocks appears.

Two things must be known of the scene, and are measured on a few windows of it (``consistency_fit``):

* The width of D. Where it is too wide the correction sharpens what is sharp already, and errors grow, up to threefold.
* The noise of the input. Brought back in full it would be blown up where D passes hardly anything, so the ridge is the
  ratio of noise to error in the residual, and U passes 1 / (1 + ridge) of it, as a Wiener filter does: what is left of
  the residual is about the noise.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from .enlargement import Taps, enlarge
from .errors import SensorError
from .morphology import erode
from .point_spread import degrade, gaussian_kernel, radius_of, sigma_of_mtf
from .scene import Scene
from .sensors import sensor_by_id

Image = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

REACH = 2
# Side of the system of equations whose middle row gives the taps; far beyond what they reach.
SYSTEM = 33
# Where the sensor file knows nothing of a band: what optical instruments are commonly designed for.
TYPICAL_MTF = 0.3


def sensor_sigma(sensor: str, band: str, factor: int) -> float:
    """Return the standard deviation of a band's point spread from its sensor file, in output pixels.

    Args:
        sensor: id of the sensor file.
        band: name of the band.
        factor: output pixels along one pixel of the band.
    """
    try:
        mtf = sensor_by_id(sensor).band(band).mtf_nyquist
    except SensorError:
        mtf = TYPICAL_MTF
    return sigma_of_mtf(mtf, factor)


def scene_sigma(scene: Scene, band: str, factor: int) -> float:
    """Return the same for a band of a scene, which knows its sensor file's numbers wherever that file lies.

    Args:
        scene: of any sensor.
        band: name of the band.
        factor: output pixels along one pixel of the band.

    Of a band that is interpolated from a lattice with larger pixels it is the spread of those: their Gaussian, and what
    their box is wider than the grid's.
    """
    known = dict(scene.mtf_nyquist)
    sigma = sigma_of_mtf(known[band], factor) if band in known else sensor_sigma(scene.sensor, band, factor)
    own = next((found for found in scene.bands if found.name == band), None)
    coarser = 1.0 if own is None else max(1.0, own.stored_grid.gsd / own.grid.gsd)
    return math.hypot(coarser * sigma, factor * math.sqrt((coarser**2 - 1) / 12))


def footprint(sigma: float, factor: int) -> int:
    """Return how many coarse pixels the point spread reaches beyond a coarse pixel on either side."""
    return -(-radius_of(sigma) // factor)


def margin_of(sigma: float, factor: int) -> int:
    """Return the coarse pixels around a window that :func:`back_project` has to be given."""
    return REACH + footprint(sigma, factor)


def back_project(values: Image, coarse: Image, mask: Mask | None, factor: int, sigma: float, ridge: float) -> Image:
    """Correct a sharpened band so that its degraded self returns the coarse one.

    Args:
        values: (rows, columns) on the fine grid, with ``margin_of(sigma, factor)`` coarse pixels on every side.
        coarse: the same window in coarse pixels, in the same unit.
        mask: True where ``coarse`` was measured, or None where all of it was.
        factor: fine pixels along one coarse one.
        sigma: standard deviation of the point spread in fine pixels.
        ridge: power of the noise of ``coarse`` / power of the error of ``values``.

    Returns:
        The corrected band without the margin. Coarse pixels that see one which was not measured correct nothing.
    """
    residual, known = residual_of(values, coarse, mask, factor, sigma)
    if known is not None:
        residual[~known] = 0
    edge = margin_of(sigma, factor) * factor
    inner = values[edge : values.shape[0] - edge, edge : values.shape[1] - edge]
    result: Image = inner + enlarge(residual, return_taps(sigma, factor, ridge))
    return result


def residual_of(
    values: Image, coarse: Image, mask: Mask | None, factor: int, sigma: float
) -> tuple[Image, Mask | None]:
    """Return coarse - D values without the pixels at the edge that see beyond it, and where it is known.

    Args:
        values: (rows, columns) on the fine grid.
        coarse: the same window in coarse pixels.
        mask: True where ``coarse`` was measured, or None where all of it was.
        factor: fine pixels along one coarse one.
        sigma: standard deviation of the point spread in fine pixels.

    Returns:
        The residual, and a mask of its shape that is False where D sees a pixel that was not measured, or None.
    """
    seen = footprint(sigma, factor)
    rows, cols = (slice(seen, side - seen) for side in coarse.shape)
    residual = (coarse - degrade(values[None], factor, (sigma,))[0])[rows, cols]
    return residual, None if mask is None else erode(mask, seen)[rows, cols]


@lru_cache(maxsize=256)
def return_taps(sigma: float, factor: int, ridge: float) -> Taps:
    """Return the weights of U: how a residual spreads over the fine pixels."""
    box = np.full(factor, 1 / factor)
    kernel = np.convolve(gaussian_kernel(sigma).astype(np.float64), box)
    radius = (len(kernel) - factor) // 2
    padded = np.zeros((SYSTEM, SYSTEM * factor + 2 * radius))
    for row in range(SYSTEM):
        padded[row, row * factor : row * factor + len(kernel)] = kernel
    degradation = padded[:, radius : radius + SYSTEM * factor]
    system = factor * degradation @ degradation.T + ridge * np.eye(SYSTEM)
    inverse = factor * degradation.T @ np.linalg.inv(system)
    middle = SYSTEM // 2
    cut = inverse[middle * factor : (middle + 1) * factor, middle - REACH : middle + REACH + 1]
    centres = (np.arange(factor) + 0.5) / factor - 0.5
    return tuple(_keeping_ramps(phase, float(centre), 1 / (1 + ridge)) for phase, centre in zip(cut, centres))


def _keeping_ramps(weights: npt.NDArray[np.float64], centre: float, gain: float) -> tuple[float, ...]:
    """Return weights changed as little as possible, and least far out, so that they return ``gain`` x any ramp.

    Cut off as they are, they would step from block to block where a residual rises evenly.
    """
    places = np.arange(-REACH, REACH + 1, dtype=np.float64)
    moments = np.stack([np.ones_like(places), places])
    taper = np.cos(np.pi * places / (2 * REACH + 2))
    normal = weights / weights.sum()
    lacking = np.array([1.0, centre]) - moments @ normal
    added = taper * (np.linalg.solve(moments * taper @ moments.T, lacking) @ moments)
    # Rows and columns are weighted one after the other.
    return tuple(float(weight) for weight in gain**0.5 * (normal + added))

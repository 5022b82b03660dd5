# SPDX-License-Identifier: GPL-2.0-or-later
"""The shift of one raster against another: what the windows over their overlap agree on.

Sign: ``east`` and ``north`` are what has to be **added** to the map coordinates of the moving raster, in its own CRS,
so that it lies on the reference. ``Registration.moved(grid)`` adds them to the origin of a grid. A moving raster that
shows everything 7 m too far east and 3 m too far north has east = -7 and north = -3.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ..errors import RegistrationError
from ..grid import Grid
from ..scene import Band
from .cloud_classes import BINARY, CIRRUS, CLOUD, NODATA, SHADOW, classify

Floats = npt.NDArray[np.float64]

# A window counts where its peak stands out so far, in standard deviations of the correlation, and its rival stays so
# far below it. Noise alone reached 7.6 at most in 1300 windows, red against near infrared 8 to 25, like bands 10 to 60.
LEAST_SHARPNESS, LARGEST_RIVALRY = 7.5, 0.8
# Windows agree that lie within this part of a pixel of each other; with local shifts within the larger one.
TOLERANCE, LOCAL_TOLERANCE = 0.5, 2.0
LEAST_WINDOWS, LEAST_SHARE, LARGEST_ERROR = 4, 0.5, 0.1
# Standard deviation / median absolute deviation of a normal distribution, and standard error of a median / of a mean.
DEVIATION, MEDIAN = 1.4826, 1.2533


@dataclass(frozen=True)
class CloudMask:
    """A raster that tells what is left out, on any grid.

    Attributes:
        band: the raster.
        kind: how its numbers are to be read, one of :data:`cloud_classes.KINDS`; ``binary``: 0 is clear.
    """

    band: Band
    kind: str = BINARY

    def left_out(self, pixels: npt.NDArray[np.generic]) -> npt.NDArray[np.bool_]:
        """Return True where there is cloud, its shadow, cirrus or no data."""
        return np.isin(classify(pixels, self.kind), (CLOUD, SHADOW, CIRRUS, NODATA))


@dataclass(frozen=True)
class RegistrationOptions:
    """How to look for the shift.

    Attributes:
        max_shift: metres searched in every direction; None for ten pixels of the coarser raster.
        windows: number of windows at most, not below nine.
        local: expect shifts that differ over the raster by up to two pixels of the coarser one.
        masks: what is left out of both rasters besides nodata.
    """

    max_shift: float | None = None
    windows: int = 64
    local: bool = False
    masks: tuple[CloudMask, ...] = ()


@dataclass(frozen=True)
class ShiftVector:
    """What one window says.

    Attributes:
        x: where the moving raster shows the middle of the window, in its CRS.
        y: see ``x``.
        east: metres by which the moving raster must be moved there.
        north: see ``east``.
        quality: share of the spatial frequencies that are in phase, 0 to 1; 1 where both rasters differ by it alone.
        kept: True where it agrees with the others.
    """

    x: float
    y: float
    east: float
    north: float
    quality: float
    kept: bool = False

    @property
    def length(self) -> float:
        """Length in metres."""
        return math.hypot(self.east, self.north)


@dataclass(frozen=True)
class Registration:
    """By how much a raster must be moved to lie on its reference.

    Attributes:
        east: metres to be added to the moving raster's x coordinates.
        north: metres to be added to its y coordinates.
        windows: number of windows that agree.
        usable: number of windows in which both rasters clearly show the same.
        offered: number of windows looked at.
        spread: standard deviation of one window's vector around the shift, in metres, by the median deviation.
        error: standard error of the shift in metres.
        quality: share of the usable windows that agree, 0 to 1.
        vectors: what each usable window says.
        pixel: metres along a pixel of the coarser raster, in which it was measured.
        unit: metres of one unit of the moving raster's CRS.
    """

    east: float
    north: float
    windows: int
    usable: int
    offered: int
    spread: float
    error: float
    quality: float
    vectors: tuple[ShiftVector, ...]
    pixel: float
    unit: float = 1.0

    @property
    def length(self) -> float:
        """Length of the shift in metres."""
        return math.hypot(self.east, self.north)

    def moved(self, grid: Grid) -> Grid:
        """Return a grid of the moving raster with its origin moved; nothing is resampled."""
        x, dx_col, dx_row, y, dy_col, dy_row = grid.transform
        x, y = x + self.east / self.unit, y + self.north / self.unit
        return replace(grid, transform=(x, dx_col, dx_row, y, dy_col, dy_row))

    def sentence(self, moving: str, reference: str) -> str:
        """Return what was found, for people."""
        return (
            f"{moving} must be moved by {self.east:+.2f} m east and {self.north:+.2f} m north to lie on {reference}: "
            f"{self.windows} of {self.usable} usable windows agree ({self.offered} looked at), "
            f"spread {self.spread:.2f} m, standard error {self.error:.2f} m."
        )


def consensus(
    vectors: Sequence[ShiftVector], offered: int, pixel: float, *, local: bool = False, unit: float = 1.0
) -> Registration:
    """Return the shift on which most windows agree.

    Of all vectors that is taken with most others nearby, then the median of those near it, twice, so that windows that
    locked elsewhere have no say.

    Args:
        vectors: of the usable windows.
        offered: number of windows looked at.
        pixel: metres along a pixel of the coarser raster.
        local: shifts may differ over the raster.
        unit: metres of a unit of the moving raster's CRS.

    Raises:
        RegistrationError: too few windows, or they disagree.
    """
    if len(vectors) < LEAST_WINDOWS:
        raise RegistrationError(
            f"The shift cannot be told: only {len(vectors)} of {offered} windows clearly show the same in both "
            "rasters. Check that they show one place in like bands, without clouds, or raise MAX_SHIFT."
        )
    moves = np.array([(vector.east, vector.north) for vector in vectors])
    near = _agreeing(moves, (LOCAL_TOLERANCE if local else TOLERANCE) * pixel)
    middle = np.median(moves[near], axis=0)
    spread = DEVIATION * float(np.median(np.abs(moves[near] - middle), axis=0).max())
    count, share = int(near.sum()), float(near.mean())
    error = MEDIAN * spread / math.sqrt(max(1, count))
    if count < LEAST_WINDOWS or share < LEAST_SHARE or error > LARGEST_ERROR * pixel * (3 if local else 1):
        raise RegistrationError(
            f"The shift cannot be told: of {len(vectors)} usable windows {count} agree, with a standard error of "
            f"{error:.2f} m at pixels of {pixel:g} m. Choose like bands, mask clouds"
            f"{'' if local else ', or allow local shifts (LOCAL)'}."
        )
    marked = tuple(replace(vector, kept=bool(kept)) for vector, kept in zip(vectors, near))
    east, north = (float(value) for value in middle)
    return Registration(east, north, count, len(vectors), offered, spread, error, share, marked, pixel, unit)


def _agreeing(moves: Floats, tolerance: float) -> npt.NDArray[np.bool_]:
    """Return which vectors lie near the place where they crowd."""
    distance = np.hypot(*(moves[:, None] - moves[None]).transpose(2, 0, 1))
    crowd = (distance <= tolerance).sum(axis=1)
    near: npt.NDArray[np.bool_] = distance[int(crowd.argmax())] <= tolerance
    for _ in range(2):
        near = np.hypot(*(moves - np.median(moves[near], axis=0)).T) <= tolerance
    return near

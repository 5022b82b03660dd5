# SPDX-License-Identifier: GPL-2.0-or-later
"""Factors on a coarse lattice, and their values at the pixels of any window of another grid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from ..errors import ProductError
from ..grid import Grid, Window
from .angle_field import AngleField
from .brdf import c_factor
from .solar import LARGEST_LATITUDE, local_solar_zenith
from .tables import BrdfTable

Factors = npt.NDArray[np.float32]
Positions = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class FactorField:
    """A factor that varies slowly.

    Attributes:
        band: band that it belongs to.
        grid: the lattice; values belong to the centres of its cells.
        values: (rows, columns) of the lattice, without NaN.
    """

    band: str
    grid: Grid
    values: Factors

    def sample(self, grid: Grid, window: Window) -> Factors:
        """Return the factors at the pixel centres of a window, bilinear between the lattice's centres.

        Outside these the nearest value holds. A pixel has the same value, to the last digit, in every window.

        Args:
            grid: a grid in the CRS of the lattice.
            window: pixels of that grid.

        Returns:
            Shape (rows, columns) of the window.

        Raises:
            GridError: the lattice has no area.
        """
        (row0, row_per_row, row_per_col), (col0, col_per_row, col_per_col) = _positions(self.grid, grid)
        rows = (np.arange(window.row, window.row_end) + 0.5)[:, None]
        cols = (np.arange(window.col, window.col_end) + 0.5)[None, :]
        if row_per_col == 0 and col_per_row == 0:
            return self._along_axes(row0 + row_per_row * rows[:, 0], col0 + col_per_col * cols[0])
        return self._anywhere(
            row0 + row_per_row * rows + row_per_col * cols, col0 + col_per_row * rows + col_per_col * cols
        )

    def at(self, x: Positions, y: Positions) -> Factors:
        """Return the factors at coordinates in the CRS of the lattice, as :meth:`sample` does.

        Args:
            x: easting or longitude, any shape.
            y: northing or latitude, of the same shape.
        """
        x0, dx_col, dx_row, y0, dy_col, dy_row = self.grid.transform
        east, north = x - x0, y - y0
        determinant = dx_col * dy_row - dx_row * dy_col
        rows, cols = (dx_col * north - dy_col * east) / determinant, (dy_row * east - dx_row * north) / determinant
        return self._anywhere(rows - 0.5, cols - 0.5)

    def _along_axes(self, rows: Positions, cols: Positions) -> Factors:
        """Interpolate where each row of the window is parallel to the lattice's rows."""
        low, weight = _neighbours(rows, self.grid.height)
        high = np.minimum(low + 1, self.grid.height - 1)
        lines = self.values[low] * (1 - weight)[:, None] + self.values[high] * weight[:, None]
        left, share = _neighbours(cols, self.grid.width)
        right = np.minimum(left + 1, self.grid.width - 1)
        result: Factors = lines[:, left] * (1 - share) + lines[:, right] * share
        return result

    def _anywhere(self, rows: Positions, cols: Positions) -> Factors:
        """Interpolate at positions of any arrangement."""
        low, weight = _neighbours(rows, self.grid.height)
        left, share = _neighbours(cols, self.grid.width)
        high, right = np.minimum(low + 1, self.grid.height - 1), np.minimum(left + 1, self.grid.width - 1)
        upper = self.values[low, left] * (1 - share) + self.values[low, right] * share
        lower = self.values[high, left] * (1 - share) + self.values[high, right] * share
        result: Factors = upper * (1 - weight) + lower * weight
        return result


def c_factors(
    angles: AngleField, bands: tuple[str, ...], table: BrdfTable, sun_zenith: float | None = None
) -> tuple[FactorField, ...]:
    """Return the factors that take bands to a view from the zenith.

    Args:
        angles: as measured.
        bands: bands of the product by name; Landsat's angles serve bands of any name that the table has.
        table: weights of the kernels.
        sun_zenith: zenith of the sun to normalise to, in degrees; None for that of HLS, see :func:`target_sun_zenith`.

    Returns:
        One field a band. Where nothing was seen it is continued from its surroundings.

    Raises:
        SensorError: the table lacks a band.
        ProductError: there are no angles of a band, or the sun stands too low for the model.
    """
    target = target_sun_zenith(angles) if sun_zenith is None else sun_zenith
    return tuple(_field(angles, band, table, target) for band in bands)


def target_sun_zenith(angles: AngleField) -> float:
    """Return the solar zenith in degrees to which HLS v2.0 normalises: that at the mean overpass on this day.

    It is that at the lattice's centre. Beyond 81.3 degrees of latitude it is the mean of the product's own.

    Raises:
        ProductError: the day of acquisition is not known.
    """
    longitude, latitude = angles.centre
    if abs(latitude) > LARGEST_LATITUDE:
        return float(np.nanmean(angles.sun_zenith, dtype=np.float64))
    try:
        day = date.fromisoformat(angles.acquired[:10])
    except ValueError as error:
        raise ProductError(
            f"{angles.source} does not tell its day of acquisition. Give the zenith of the sun to normalise to."
        ) from error
    return local_solar_zenith(latitude, longitude, day)


def _field(angles: AngleField, band: str, table: BrdfTable, target: float) -> FactorField:
    view = angles.view(band)
    relative = view.azimuth - angles.sun_azimuth
    factors = c_factor(table.of(band), angles.sun_zenith, view.zenith, relative, target).astype(np.float32)
    known = np.isfinite(factors)
    if not known.any() or (factors[known] <= 0).any():
        raise ProductError(
            f"The BRDF model gives no factors for {band} of {angles.source}: the sun stands too low, or there are no "
            "angles. Choose another product or another zenith of the sun."
        )
    return FactorField(band, angles.grid, _continued(factors))


def _continued(values: Factors) -> Factors:
    """Return values whose NaN are replaced, ring by ring, by the mean of their known neighbours."""
    values = values.copy()
    while np.isnan(values).any():
        around = np.pad(values, 1, constant_values=np.nan)
        height, width = values.shape
        shifted = np.stack([around[r : r + height, c : c + width] for r in range(3) for c in range(3)])
        count = np.isfinite(shifted).sum(axis=0)
        total = np.nansum(shifted, axis=0, dtype=np.float64)
        found = np.isnan(values) & (count > 0)
        values[found] = total[found] / count[found]
    return values


def _positions(lattice: Grid, grid: Grid) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    """Return (constant, per row, per column) of the lattice's row and of its column as functions of a grid's pixel.

    Position 0 is the centre of the lattice's first cell; the pixel's centre is at its index + 0.5.
    """
    x0, dx_col, dx_row, y0, dy_col, dy_row = grid.transform
    row0, col0 = lattice.pixel_of(x0, y0)
    along_row = lattice.pixel_of(lattice.transform[0] + dx_col, lattice.transform[3] + dy_col)
    down = lattice.pixel_of(lattice.transform[0] + dx_row, lattice.transform[3] + dy_row)
    return (row0 - 0.5, down[0], along_row[0]), (col0 - 0.5, down[1], along_row[1])


def _neighbours(positions: Positions, size: int) -> tuple[npt.NDArray[np.intp], Factors]:
    """Return the lattice line at or before each position, and the weight of the one after it."""
    clipped = np.clip(positions, 0, size - 1)
    low = np.floor(clipped).astype(np.intp)
    return low, (clipped - low).astype(np.float32)

# SPDX-License-Identifier: GPL-2.0-or-later
"""How the values of two rasters agree, from sums that are made block by block.

Means and central moments of blocks are joined by the formulas of Chan, Golub and LeVeque (The American Statistician 37,
1983, 242-247), which keep their digits where plain sums of squares lose them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]
NAN = math.nan


@dataclass(frozen=True)
class PairMoments:
    """Sums over pairs of values: x of the reference, y of the raster that is compared with it.

    Attributes:
        count: pairs.
        mean_x: mean of x.
        mean_y: mean of y.
        spread_x: sum of squares of x - mean.
        spread_y: as ``spread_x`` for y.
        product: sum of (x - mean) (y - mean).
        absolute: sum of ``|y - x|``.
        squared: sum of (y - x)^2.
        energy: sum of x^2.
    """

    count: int = 0
    mean_x: float = 0.0
    mean_y: float = 0.0
    spread_x: float = 0.0
    spread_y: float = 0.0
    product: float = 0.0
    absolute: float = 0.0
    squared: float = 0.0
    energy: float = 0.0

    @classmethod
    def of(cls, x: npt.NDArray[np.generic], y: npt.NDArray[np.generic]) -> PairMoments:
        """Return the sums over two arrays of the same length; none where they are empty."""
        if not x.size:
            return cls()
        first, second = x.astype(np.float64).ravel(), y.astype(np.float64).ravel()
        mean_x, mean_y = float(first.mean()), float(second.mean())
        off_x, off_y, difference = first - mean_x, second - mean_y, second - first
        return cls(
            first.size,
            mean_x,
            mean_y,
            float(off_x @ off_x),
            float(off_y @ off_y),
            float(off_x @ off_y),
            float(np.abs(difference).sum()),
            float(difference @ difference),
            float(first @ first),
        )

    def __add__(self, other: PairMoments) -> PairMoments:
        """Return the sums over the pairs of both."""
        if not self.count or not other.count:
            return self if self.count else other
        count = self.count + other.count
        step_x, step_y = other.mean_x - self.mean_x, other.mean_y - self.mean_y
        weight = self.count * other.count / count
        return PairMoments(
            count,
            self.mean_x + step_x * other.count / count,
            self.mean_y + step_y * other.count / count,
            self.spread_x + other.spread_x + step_x**2 * weight,
            self.spread_y + other.spread_y + step_y**2 * weight,
            self.product + other.product + step_x * step_y * weight,
            self.absolute + other.absolute,
            self.squared + other.squared,
            self.energy + other.energy,
        )

    @property
    def slope(self) -> float:
        """Slope of the line y = slope x + intercept of least squares in y; NaN where all x are the same."""
        return self.product / self.spread_x if self.spread_x > 0 else NAN

    @property
    def intercept(self) -> float:
        """Intercept of that line, in the unit of y."""
        return self.mean_y - self.slope * self.mean_x

    @property
    def correlation(self) -> float:
        """Pearson's correlation; NaN where one of both does not vary."""
        spread = self.spread_x * self.spread_y
        return self.product / math.sqrt(spread) if spread > 0 else NAN

    @property
    def r2(self) -> float:
        """Square of the correlation: the part of the variance that the line explains."""
        return self.correlation**2

    @property
    def bias(self) -> float:
        """Mean of y - x."""
        return self.mean_y - self.mean_x if self.count else NAN

    @property
    def mae(self) -> float:
        """Mean of ``|y - x|``."""
        return self.absolute / self.count if self.count else NAN

    @property
    def rmse(self) -> float:
        """Square root of the mean of (y - x)^2."""
        return math.sqrt(self.squared / self.count) if self.count else NAN

    @property
    def nrmse(self) -> float:
        """Euclidean norm of y - x over that of x, as scikit-image's normalized_root_mse and as S2L8H is evaluated."""
        return math.sqrt(self.squared / self.energy) if self.energy > 0 else NAN

    @property
    def psnr(self) -> float:
        """Peak signal to noise ratio in dB for a data range of 1 (reflectance): -20 log10(RMSE)."""
        if not self.count:
            return NAN
        return math.inf if self.rmse == 0 else -20 * math.log10(self.rmse)


@dataclass(frozen=True)
class Average:
    """A mean that is made block by block, of figures that are no sums of pairs: spectral angles, SSIM."""

    count: int = 0
    total: float = 0.0

    @classmethod
    def of(cls, values: npt.NDArray[np.generic]) -> Average:
        """Return the mean of an array."""
        return cls(int(values.size), float(np.sum(values, dtype=np.float64)))

    def __add__(self, other: Average) -> Average:
        """Return the mean over the values of both."""
        return Average(self.count + other.count, self.total + other.total)

    @property
    def value(self) -> float:
        """The mean; NaN of nothing."""
        return self.total / self.count if self.count else NAN

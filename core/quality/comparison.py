# SPDX-License-Identifier: GPL-2.0-or-later
"""Compare one raster with a reference, strip by strip: bands, indices, spectra, structure."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .density import Density, ShownDensity
from .indices import Index, normalised_difference
from .metrics import SSIM_SIDE, SSIM_SIGMA, gaussian_window, spectral_angles, ssim_map, whole_windows
from .moments import Average, PairMoments

Planes = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

# Reflectance.
DATA_RANGE = 1.0
CACHED_PIXELS = 1 << 15


@dataclass(frozen=True)
class Figure:
    """How one band or index agrees with the reference.

    Attributes:
        name: of the band or index.
        moments: gives slope, intercept, R2, bias, MAE, RMSE, NRMSE and PSNR.
        ssim: structural similarity (Wang et al. 2004: Gaussian window of 11 pixels, sigma 1.5, data range 1), the mean
            over windows of common pixels only; NaN of an index, or where no window is whole.
        density: the pairs of values, for a plot.
    """

    name: str
    moments: PairMoments
    ssim: float
    density: ShownDensity


@dataclass(frozen=True)
class Agreement:
    """How a raster agrees with the reference.

    Attributes:
        bands: by band.
        indices: by index.
        sam: mean spectral angle in degrees (Kruse et al. 1993); NaN of fewer than two bands.
    """

    bands: tuple[Figure, ...]
    indices: tuple[Figure, ...]
    sam: float

    @property
    def overall(self) -> PairMoments:
        """The pairs of all bands together; only its RMSE, NRMSE, PSNR, MAE and bias mean something."""
        total = PairMoments()
        for figure in self.bands:
            total = total + figure.moments
        return total

    @property
    def ssim(self) -> float:
        """Mean of the bands' SSIM."""
        return sum(figure.ssim for figure in self.bands) / len(self.bands)

    def index(self, name: str) -> Figure | None:
        """Return the figure of an index, or None."""
        return next((figure for figure in self.indices if figure.name == name), None)


class Comparison:
    """Adds up what strips of two rasters say of each other."""

    def __init__(
        self,
        names: tuple[str, ...],
        ranges: tuple[tuple[float, float], ...],
        indices: tuple[tuple[Index, int, int], ...],
    ) -> None:
        """Start without a pixel.

        Args:
            names: of the bands.
            ranges: range of values of each band, for the plots.
            indices: each with the channels of its two bands.
        """
        self._names, self._indices = names, indices
        self._moments = [PairMoments() for _ in (*names, *indices)]
        self._densities = [Density(*limits) for limits in ranges] + [Density(-1.0, 1.0) for _ in indices]
        self._ssim = [Average() for _ in names]
        self._angles = Average()
        self._above: tuple[Planes, Planes, Mask] | None = None
        self._kernel = gaussian_window(SSIM_SIDE, SSIM_SIGMA)

    def add(self, reference: Planes, values: Planes, mask: Mask) -> None:
        """Take the next strip of full rows below the last one.

        Args:
            reference: (bands, rows, columns).
            values: same shape.
            mask: (rows, columns), True where both are valid.
        """
        for channel in range(len(self._names)):
            self._pairs(channel, reference[channel][mask], values[channel][mask])
        for number, (_, first, second) in enumerate(self._indices, start=len(self._names)):
            one, defined = normalised_difference(reference[first][mask], reference[second][mask])
            other, also = normalised_difference(values[first][mask], values[second][mask])
            both = defined & also
            self._pairs(number, one[both], other[both])
        if len(self._names) > 1:
            angles = spectral_angles(reference[:, mask].astype(np.float64), values[:, mask].astype(np.float64))
            self._angles = self._angles + Average.of(angles)
        self._structure(reference, values, mask)

    def result(self) -> Agreement:
        """Return what came of all strips."""
        titles = (*self._names, *(index.name for index, _, _ in self._indices))
        structure = [*(average.value for average in self._ssim), *(math.nan for _ in self._indices)]
        figures = tuple(
            Figure(title, moments, ssim, density.shown())
            for title, moments, ssim, density in zip(titles, self._moments, structure, self._densities)
        )
        count = len(self._names)
        return Agreement(figures[:count], figures[count:], self._angles.value)

    def _pairs(self, number: int, x: npt.NDArray[np.generic], y: npt.NDArray[np.generic]) -> None:
        self._moments[number] = self._moments[number] + PairMoments.of(x, y)
        self._densities[number].add(x, y)

    def _structure(self, reference: Planes, values: Planes, mask: Mask) -> None:
        """Add the windows that end in this strip; the last rows of the one above are kept for that."""
        if self._above is not None:
            reference, values = (np.concatenate(pair, axis=1) for pair in zip(self._above[:2], (reference, values)))
            mask = np.concatenate((self._above[2], mask))
        rows = max(0, mask.shape[0] - SSIM_SIDE + 1)
        self._above = reference[:, rows:].copy(), values[:, rows:].copy(), mask[rows:].copy()
        if not rows or mask.shape[1] < SSIM_SIDE:
            return
        # Few rows at a time, so that the moments stay in the cache of one core.
        step = max(SSIM_SIDE, CACHED_PIXELS // mask.shape[1])
        for first in range(0, rows, step):
            part = slice(first, min(first + step, rows) + SSIM_SIDE - 1)
            self._windows(reference[:, part], values[:, part], mask[part])

    def _windows(self, reference: Planes, values: Planes, mask: Mask) -> None:
        """Add all windows that lie inside these rows and hold no invalid pixel."""
        inside = whole_windows(mask, SSIM_SIDE)
        for channel in range(len(self._names)):
            one, other = (planes[channel : channel + 1].astype(np.float64) for planes in (reference, values))
            quality = ssim_map(one, other, DATA_RANGE, self._kernel)[0]
            self._ssim[channel] = self._ssim[channel] + Average.of(quality[inside])

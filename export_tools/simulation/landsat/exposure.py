# SPDX-License-Identifier: GPL-2.0-or-later
"""What OLI makes of the landscape: point spread, noise, footprint and digital numbers of one window."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ....core.grid import Window
from ....core.point_spread import block_mean, degrade
from .. import lattice
from ..bands import SimulatedBand
from ..exposure import NODATA, SATURATED, DigitalNumbers
from ..footprint import Footprint
from ..landscape import Landscape, View
from ..lattice import FloatArray
from .bands import MIXTURES, THERMAL, bands_of, relation, truth_sigma
from .options import LandsatOptions

# Reach of the widest point spread in landscape pixels, in whole 30 m pixels.
HALO = 16
FACTOR = 4
NOISE_FEATURE = 901
# The thermal detectors see about 100 m.
THERMAL_SIGMA = 3.9
# Bits of QA_PIXEL: fill; clear; cloud with high confidence.
QA_FILL, QA_CLEAR, QA_CLOUD = 1, 21824, 22280


@dataclass(frozen=True)
class Exposure:
    """The digital numbers of one window.

    Attributes:
        window: the window in landscape pixels (7.5 m), whole 30 m pixels.
        images: file name suffix such as ``B4`` or ``QA_PIXEL`` -> digital numbers (rows, columns).
        truth: all reflective bands at 15 m (bands, rows, columns), noise-free, or None where it was not asked for.
    """

    window: Window
    images: dict[str, DigitalNumbers]
    truth: DigitalNumbers | None


@dataclass(frozen=True)
class Camera:
    """Turns windows of a landscape into digital numbers; holds no state, so windows may be taken in any order."""

    options: LandsatOptions
    landscape: Landscape
    footprint: Footprint
    bands: tuple[SimulatedBand, ...]

    @classmethod
    def of(cls, options: LandsatOptions) -> Camera:
        """Return the camera and its landscape for these options."""
        level = "L1C" if options.level == "L1TP" else "L2A"
        landscape = Landscape(options.seed, level, options.clouds, options.saturated)
        footprint = Footprint(options.rows * FACTOR, options.cols * FACTOR, options.nodata_corner)
        return cls(options, landscape, footprint, bands_of(options.level))

    def expose(self, window: Window) -> Exposure:
        """Take one window.

        Args:
            window: in landscape pixels; row, column, height and width are multiples of 4.
        """
        view = self.landscape.view(window.pad(HALO))
        mixed = {band.name: _mixed(view, band) for band in self.bands}
        images = {band.name: self._image(mixed[band.name], band, window) for band in self.bands}
        thermal = self._thermal(view, window)
        images.update(dict.fromkeys(THERMAL[: 2 if self.options.level == "L1TP" else 1], thermal))
        images["QA_PIXEL"] = self._quality(view, window)
        truth = None
        if self.options.truth is not None:
            sigma = truth_sigma()
            truth = np.stack(
                [self._numbers(_at_15_m(mixed[band.name], sigma), band, window.shift(1, 1), 2) for band in self.bands]
            )
        return Exposure(window, images, truth)

    def _image(self, layer: FloatArray, band: SimulatedBand, window: Window) -> DigitalNumbers:
        if band.factor == FACTOR:
            reflectance = _at_30_m(layer, band.sigma_px)
        else:
            # The first pan pixel starts 7.5 m, which is one pixel of the landscape, inside the 30 m bands.
            reflectance, window = _at_15_m(layer, band.sigma_px), window.shift(1, 1)
        if self.options.noise:
            reflectance = reflectance + self._noise(reflectance, band, window)
        return self._numbers(reflectance, band, window, band.factor)

    def _noise(self, reflectance: FloatArray, band: SimulatedBand, window: Window) -> FloatArray:
        """Return photon noise (its variance grows with the signal) that belongs to the pixel, not to the window."""
        native = window.coarsen(band.factor)
        salt = lattice.salt_of(self.options.seed, NOISE_FEATURE, band.layer)
        rows, cols = native.row + np.arange(reflectance.shape[0]), native.col + np.arange(reflectance.shape[1])
        words = lattice.hash_points(rows[:, None], cols[None, :], salt)
        strength = np.sqrt(0.2 + 0.8 * np.maximum(reflectance, 0) * np.float32(1 / band.noise_reflectance))
        return np.asarray(lattice.gaussian(words) * strength * np.float32(band.noise), np.float32)

    def _numbers(self, reflectance: FloatArray, band: SimulatedBand, window: Window, factor: int) -> DigitalNumbers:
        scale, offset = relation(self.options.level)
        numbers = np.rint((reflectance - np.float32(offset)) * np.float32(1 / scale))
        result = np.clip(numbers, NODATA + 1, SATURATED - 1).astype(np.uint16)
        result[numbers >= SATURATED] = SATURATED
        result[~self.footprint.valid(window, band, factor)] = NODATA
        return np.asarray(result, np.uint16)

    def _thermal(self, view: View, window: Window) -> DigitalNumbers:
        """Return made-up digital numbers that are higher over dry ground and lower under clouds."""
        warmth = _at_30_m(view.reflectance[11] - np.float32(0.5) * view.cloud, THERMAL_SIGMA)
        numbers = np.clip(22000 + 12000 * warmth, 1, 65534).astype(np.uint16)
        numbers[~self.footprint.valid(window, self.bands[0], FACTOR)] = NODATA
        return np.asarray(numbers, np.uint16)

    def _quality(self, view: View, window: Window) -> npt.NDArray[np.uint16]:
        cloud = _inner(block_mean(view.cloud[None], FACTOR)[0], HALO // FACTOR)
        quality = np.where(cloud > 0.5, QA_CLOUD, QA_CLEAR).astype(np.uint16)
        measured = [self.footprint.valid(window, band, FACTOR) for band in self.bands if band.factor == FACTOR]
        quality[~np.logical_and.reduce(measured)] = QA_FILL
        return np.asarray(quality, np.uint16)


def _mixed(view: View, band: SimulatedBand) -> FloatArray:
    parts = [np.float32(weight) * view.reflectance[layer] for layer, weight in MIXTURES[band.name].items()]
    return np.asarray(sum(parts[1:], parts[0]), np.float32)


def _at_30_m(layer: FloatArray, sigma: float) -> FloatArray:
    return _inner(degrade(layer[None], FACTOR, (sigma,))[0], HALO // FACTOR)


def _at_15_m(layer: FloatArray, sigma: float) -> FloatArray:
    """Return a layer on the pan's grid, whose pixels start at the second pixel of the landscape."""
    inside = layer[1:-1, 1:-1]
    blurred = degrade(inside[None], 2, (sigma,))[0]
    first = HALO // 2
    part = blurred[first : first + layer.shape[0] // 2 - HALO, first : first + layer.shape[1] // 2 - HALO]
    return np.asarray(part, np.float32)


def _inner(layer: FloatArray, halo: int) -> FloatArray:
    return layer[halo:-halo, halo:-halo]

# SPDX-License-Identifier: GPL-2.0-or-later
"""What the sensor makes of the landscape: point spread, noise, footprint and digital numbers of one window."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from ...core.grid import Window
from ...core.point_spread import block_mean, degrade
from . import lattice
from .bands import SimulatedBand, bands_of
from .footprint import Footprint
from .landscape import Landscape, View
from .lattice import FloatArray
from .metadata import QUANTIFICATION
from .options import SimulationOptions

DigitalNumbers = npt.NDArray[np.uint16]

# Reach of the widest point spread (B01) in 10 m pixels; a multiple of 6, so that a padded window has whole 60 m pixels.
HALO = 12
NODATA, SATURATED = 0, 65535
# Reflectance that the detectors cannot hold; clouds and roofs stay below.
SATURATION = 1.5
NOISE_FEATURE = 900
# Scene classification codes of L2A.
CLASS = {
    "nodata": 0, "saturated": 1, "shadow": 3, "vegetation": 4, "bare": 5, "water": 6, "cloud_medium": 8,
    "cloud_high": 9, "cirrus": 10,
}  # fmt: skip


@dataclass(frozen=True)
class Exposure:
    """The digital numbers of one window.

    Attributes:
        window: the window at 10 m.
        images: band name -> digital numbers on the native grid (rows, columns).
        truth: all bands at 10 m (bands, rows, columns), noise-free, or None where it was not asked for.
        classes: scene classification at 20 m.
    """

    window: Window
    images: dict[str, DigitalNumbers]
    truth: DigitalNumbers | None
    classes: npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Camera:
    """Turns windows of a landscape into digital numbers; holds no state, so windows may be taken in any order."""

    options: SimulationOptions
    landscape: Landscape
    footprint: Footprint
    bands: tuple[SimulatedBand, ...] = field(default_factory=tuple)

    @classmethod
    def of(cls, options: SimulationOptions) -> Camera:
        """Return the camera and its landscape for these options."""
        return cls(options, Landscape.of(options), Footprint.of(options), bands_of(options.level))

    def expose(self, window: Window) -> Exposure:
        """Take one window.

        Args:
            window: at 10 m; row, column, height and width are multiples of 6.
        """
        view = self.landscape.view(window.pad(HALO))
        images = {band.name: self._image(view, band, window) for band in self.bands}
        truth = None
        if self.options.truth is not None:
            truth = np.stack([self._numbers(_inner(view.reflectance[b.layer], 1), b, window, 1) for b in self.bands])
        return Exposure(window, images, truth, self._classes(view, window))

    def _image(self, view: View, band: SimulatedBand, window: Window) -> DigitalNumbers:
        layer = view.reflectance[band.layer]
        if band.factor > 1:
            layer = degrade(layer[None], band.factor, (band.sigma_px,))[0]
        reflectance = _inner(layer, band.factor)
        if self.options.noise:
            reflectance = reflectance + self._noise(reflectance, band, window)
        return self._numbers(reflectance, band, window, band.factor)

    def _noise(self, reflectance: FloatArray, band: SimulatedBand, window: Window) -> FloatArray:
        """Return photon noise (its variance grows with the signal) that belongs to the pixel, not to the window."""
        native = window.coarsen(band.factor)
        salt = lattice.salt_of(self.options.seed, NOISE_FEATURE, band.layer)
        words = lattice.hash_points(lattice.rows_of(native)[:, None], lattice.cols_of(native)[None, :], salt)
        # A fifth of the variance does not depend on the signal (read-out and quantisation on board).
        strength = np.sqrt(0.2 + 0.8 * np.maximum(reflectance, 0) * np.float32(1 / band.noise_reflectance))
        return np.asarray(lattice.gaussian(words) * strength * np.float32(band.noise), np.float32)

    def _numbers(self, reflectance: FloatArray, band: SimulatedBand, window: Window, factor: int) -> DigitalNumbers:
        numbers = np.rint(reflectance * np.float32(QUANTIFICATION)) - np.float32(self.options.offset)
        result = np.clip(numbers, NODATA + 1, SATURATED - 1).astype(np.uint16)
        result[reflectance > SATURATION] = SATURATED
        result[~self.footprint.valid(window, band, factor)] = NODATA
        return np.asarray(result, np.uint16)

    def _classes(self, view: View, window: Window) -> npt.NDArray[np.uint8]:
        names = {band.name: band.layer for band in self.bands}
        layers = np.stack(
            [view.cloud, view.cirrus, view.shadow, view.water, *(view.reflectance[names[n]] for n in ("B04", "B08"))]
        )
        cloud, cirrus, shadow, water, red, infrared = (_inner(layer, 2) for layer in block_mean(layers, 2))
        vegetated = infrared - red > 0.35 * (infrared + red)
        rules = (
            (vegetated, "vegetation"),
            (water > 0.5, "water"),
            (shadow > 0.35, "shadow"),
            (cirrus > 0.12, "cirrus"),
            (cloud > 0.2, "cloud_medium"),
            (cloud > 0.6, "cloud_high"),
            (~self.footprint.valid(window, self.bands[1], 2), "nodata"),
        )
        classes = np.full(cloud.shape, CLASS["bare"], np.uint8)
        for where, name in rules:
            classes[where] = CLASS[name]
        return classes


def _inner(layer: FloatArray, factor: int) -> FloatArray:
    halo = HALO // factor
    return layer[halo:-halo, halo:-halo]

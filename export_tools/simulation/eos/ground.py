# SPDX-License-Identifier: GPL-2.0-or-later
"""What MODIS and VIIRS see: the simulated landscape at a coarser scale, through the point spread of each band."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from ....core.grid import Window
from ....core.point_spread import blur, sigma_of_mtf
from ....core.sensors import Sensor, sensor_by_id
from ..landscape import Landscape
from .containers import NODATA, VALID_RANGE

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int16]

QUANTIFICATION = 10000.0
# Ground pixels along one of the finest pixels.
FINENESS = 2
MARGIN = 12


@dataclass(frozen=True, eq=False)
class Ground:
    """A piece of the landscape on a plane, whose 10 m stand for a part of a sensor's finest pixel.

    Attributes:
        sensor: sensor file.
        pixel: size of a ground pixel in metres.
        window: ground pixels that are there; row 0 lies at y = 0 and rows go down.
        layers: reflectance of the landscape's twelve bands (12, rows, columns).
        seen: images of bands through their point spreads, kept by (layer, sigma).
    """

    sensor: Sensor
    pixel: float
    window: Window
    layers: npt.NDArray[np.float32]
    seen: dict[tuple[int, float], npt.NDArray[np.float32]] = field(default_factory=dict)

    @classmethod
    def around(cls, sensor: Sensor, pixel: float, x: Floats, y: Floats, seed: int) -> Ground:
        """Return the ground below places on the plane, in metres."""
        left, right = math.floor(np.nanmin(x) / pixel) - MARGIN, math.ceil(np.nanmax(x) / pixel) + MARGIN
        top, bottom = math.floor(-np.nanmax(y) / pixel) - MARGIN, math.ceil(-np.nanmin(y) / pixel) + MARGIN
        window = Window(top, left, bottom - top, right - left)
        view = Landscape(seed, "L2A", False, False).view(window)
        return cls(sensor, pixel, window, view.reflectance)

    def look(self, name: str, gsd: float, x: Floats, y: Floats) -> Numbers:
        """Return digital numbers of a band, seen with a GSD in metres, at places on the plane."""
        band = self.sensor.band(name)
        layer = _nearest_layer(band.wavelength_nm)
        sigma = sigma_of_mtf(band.mtf_nyquist, gsd) / self.pixel
        if (layer, sigma) not in self.seen:
            self.seen[layer, sigma] = blur(self.layers[layer][None], (sigma,))[0]
        # Bands that share a layer of the landscape differ a little, as neighbours in the spectrum do.
        tint = 1 + 0.1 * math.sin(band.wavelength_nm)
        values = _bilinear(self.seen[layer, sigma], -y / self.pixel - self.window.row, x / self.pixel - self.window.col)
        numbers = np.clip(np.rint(values * tint * QUANTIFICATION), *VALID_RANGE)
        return np.asarray(np.where(np.isfinite(numbers), numbers, NODATA), np.int16)


def _nearest_layer(wavelength_nm: float) -> int:
    bands = sensor_by_id("sentinel2").bands
    return min(range(len(bands)), key=lambda index: abs(bands[index].wavelength_nm - wavelength_nm))


def _bilinear(image: npt.NDArray[np.float32], rows: Floats, cols: Floats) -> Floats:
    """Return values between pixel centres; (0, 0) is the upper left corner of the image."""
    rows, cols = rows - 0.5, cols - 0.5
    row = np.clip(np.floor(rows).astype(np.int64), 0, image.shape[0] - 2)
    col = np.clip(np.floor(cols).astype(np.int64), 0, image.shape[1] - 2)
    down, right = rows - row, cols - col
    above = image[row, col] * (1 - right) + image[row, col + 1] * right
    below = image[row + 1, col] * (1 - right) + image[row + 1, col + 1] * right
    return np.asarray(above * (1 - down) + below * down, np.float64)

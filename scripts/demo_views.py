# SPDX-License-Identifier: GPL-2.0-or-later
"""The same ground as the input, bicubic upsampling, SatSharp and the truth show it, in windows of the output grid."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from osgeo import gdal

from ..core.grid import Window
from ..core.products import open_scene
from ..core.radiometry import valid_mask
from ..core.raster import BandReader
from ..core.scene import Band, Scene
from ..core.sensors import sensor_by_id

Image = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

# Keys' kernel reaches two pixels to either side.
CUBIC_REACH = 2


@dataclass(frozen=True)
class Views:
    """A product, what SatSharp made of it, and the truth at the same GSD where it is known.

    Attributes:
        scene: the product.
        result: SatSharp's output.
        truth: all bands at 10 m, or None for a real product.
    """

    scene: Scene
    result: gdal.Dataset
    truth: gdal.Dataset | None

    @classmethod
    def open(cls, product: str, result: Path, truth: Path | None) -> Views:
        """Open everything; band descriptions tell which band is which."""
        gdal.UseExceptions()
        scene = open_scene(product, sensor_by_id("sentinel2"))
        return cls(scene, gdal.Open(str(result)), gdal.Open(str(truth)) if truth else None)

    @property
    def window(self) -> Window:
        """The whole scene on the output grid."""
        return self.scene.finest.window

    def sharpened_bands(self) -> tuple[Band, ...]:
        """Return the bands of the result that the product has at a coarser GSD."""
        names = _names(self.result)
        return tuple(band for band in self.scene.bands if band.name in names and self.factor(band) > 1)

    def factor(self, band: Band) -> int:
        """Return output pixels along one pixel of a band."""
        return int(round(band.gsd / self.scene.finest.gsd))

    def native(self, band: Band, window: Window) -> Image:
        """Return the band as it is, every pixel repeated; the window begins and ends at pixels of the band."""
        factor = self.factor(band)
        with BandReader() as reader:
            pixels = reader.read(band, window.coarsen(factor))
        return np.asarray(pixels.repeat(factor, axis=0).repeat(factor, axis=1), np.float32)

    def bicubic(self, band: Band, window: Window) -> Image:
        """Return the band upsampled by GDAL with Keys' kernel (a = -0.5, half-pixel centres)."""
        # The raster must stay referenced: a band of a closed one crashes.
        raster = gdal.Open(band.path)
        part = window.coarsen(self.factor(band))
        pixels = raster.GetRasterBand(band.index).ReadAsArray(
            part.col,
            part.row,
            part.width,
            part.height,
            buf_xsize=window.width,
            buf_ysize=window.height,
            buf_type=gdal.GDT_Float32,
            resample_alg=gdal.GRIORA_Cubic,
        )
        return np.asarray(pixels, np.float32)

    def sharpened(self, band: Band, window: Window) -> Image:
        """Return SatSharp's result."""
        return _read(self.result, band, window)

    def true(self, band: Band, window: Window) -> Image:
        """Return the truth.

        Raises:
            ValueError: it is not known.
        """
        if self.truth is None:
            raise ValueError("The truth of a real product is not known. Simulate one.")
        return _read(self.truth, band, window)

    def comparable(self, band: Band, window: Window) -> Mask:
        """Return True where all that bicubic upsampling reads is valid, so that it is not put at a disadvantage."""
        factor = self.factor(band)
        with BandReader() as reader:
            pixels = reader.read(band, window.coarsen(factor).pad(CUBIC_REACH))
        mask = valid_mask(pixels, band.nodata, band.saturated)
        for axis in (0, 1):
            mask = np.lib.stride_tricks.sliding_window_view(mask, 2 * CUBIC_REACH + 1, axis).all(axis=2)
        return np.asarray(mask.repeat(factor, axis=0).repeat(factor, axis=1), np.bool_)


def _names(raster: gdal.Dataset) -> dict[str, int]:
    numbers = range(1, raster.RasterCount + 1)
    return {raster.GetRasterBand(number).GetDescription(): number for number in numbers}


def _read(raster: gdal.Dataset, band: Band, window: Window) -> Image:
    source = raster.GetRasterBand(_names(raster)[band.name])
    return np.asarray(source.ReadAsArray(window.col, window.row, window.width, window.height), np.float32)

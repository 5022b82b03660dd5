# SPDX-License-Identifier: GPL-2.0-or-later
"""Rasters between camera and encoder: GDAL's JPEG 2000 driver copies whole rasters, so windows are gathered first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

import numpy as np
from osgeo import gdal

from .bands import SimulatedBand
from .copies import Copy, copies_of, copy_layers
from .exposure import CLASS, Exposure
from .imagery import create_raster, write_block
from .options import SimulationOptions

CLASS_GSD = 20
TRUTH_FILE = "truth.tif"
CLOUDY = (CLASS["cloud_medium"], CLASS["cloud_high"], CLASS["cirrus"])


@dataclass(frozen=True)
class StagedRaster:
    """One raster waiting for its encoder.

    Attributes:
        path: the GeoTIFF.
        stem: path of the image file below the product, without suffix.
        gsd: ground sampling distance in metres.
    """

    path: Path
    stem: str
    gsd: int


@dataclass
class Staging:
    """Open rasters that exposures are written to.

    Attributes:
        options: what is simulated.
        bands: the product's bands.
        rasters: what there will be to encode.
    """

    options: SimulationOptions
    bands: Sequence[SimulatedBand]
    rasters: list[StagedRaster] = field(default_factory=list)
    _datasets: dict[str, gdal.Dataset] = field(default_factory=dict)
    _truth: gdal.Dataset | None = None
    _counts: dict[str, int] = field(default_factory=lambda: {"cloud": 0, "nodata": 0, "all": 0})

    @classmethod
    def create(cls, folder: Path, options: SimulationOptions, bands: Sequence[SimulatedBand]) -> Staging:
        """Create all rasters, empty.

        Raises:
            OutputError: a file cannot be created.
        """
        staging = cls(options, bands)
        for band in bands:
            staging._add(folder, band.name, band.file_stem(options), band.gsd)
        if options.level == "L2A":
            staging._add(folder, "SCL", Copy("SCL", CLASS_GSD).file_stem(options), CLASS_GSD, byte=True)
        for copy in copies_of(options):
            staging._add(folder, _key(copy), copy.file_stem(options), copy.gsd, copy.bands, copy.is_byte)
        if options.truth is not None:
            staging._create_truth(folder / TRUTH_FILE)
        return staging

    def _add(self, folder: Path, name: str, stem: str, gsd: int, bands: int = 1, byte: bool = False) -> None:
        path = folder / f"{name}.tif"
        self._datasets[name] = create_raster(path, self.options, gsd, bands, byte)
        self.rasters.append(StagedRaster(path, stem, gsd))

    def _create_truth(self, path: Path) -> None:
        dataset = create_raster(path, self.options, 10, len(self.bands), compress=True)
        for number, band in enumerate(self.bands, start=1):
            raster_band = dataset.GetRasterBand(number)
            raster_band.SetDescription(band.name)
            raster_band.SetNoDataValue(0)
            raster_band.SetScale(1e-4)
            raster_band.SetOffset(self.options.offset * 1e-4)
        self._truth = dataset

    def write(self, exposure: Exposure) -> None:
        """Write one window into all rasters.

        Raises:
            OutputError: a file cannot be written.
        """
        row, col = exposure.window.row, exposure.window.col
        for band in self.bands:
            image = exposure.images[band.name]
            write_block(self._datasets[band.name], [image], row // band.factor, col // band.factor)
        if "SCL" in self._datasets:
            write_block(self._datasets["SCL"], [exposure.classes], row // 2, col // 2)
        for copy in copies_of(self.options):
            layers = copy_layers(copy, exposure, self.options)
            write_block(self._datasets[_key(copy)], layers, row * 10 // copy.gsd, col * 10 // copy.gsd)
        if self._truth is not None and exposure.truth is not None:
            write_block(self._truth, list(exposure.truth), row, col)
        self._counts["cloud"] += int(np.isin(exposure.classes, CLOUDY).sum())
        self._counts["nodata"] += int((exposure.classes == CLASS["nodata"]).sum())
        self._counts["all"] += exposure.classes.size

    @property
    def cloud_percentage(self) -> float:
        """Part of the measured pixels that is under clouds, in percent."""
        return 100 * self._counts["cloud"] / max(1, self._counts["all"] - self._counts["nodata"])

    @property
    def nodata_percentage(self) -> float:
        """Part of the pixels that was not measured, in percent."""
        return 100 * self._counts["nodata"] / max(1, self._counts["all"])

    def __enter__(self) -> Staging:
        """Return the staging itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close all rasters."""
        self._datasets.clear()
        self._truth = None


def _key(copy: Copy) -> str:
    return f"{copy.name}_{copy.gsd}"

# SPDX-License-Identifier: GPL-2.0-or-later
"""The GeoTIFFs of a simulated Landsat product, filled window by window on the grids of real products."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from osgeo import gdal, osr

from ....core.errors import OutputError
from ....core.grid import Window
from ..bands import SimulatedBand
from ..imagery import write_block
from .bands import PIXEL, THERMAL, file_suffix, relation
from .exposure import FACTOR, Exposure
from .options import LandsatOptions, Margins

BLOCK = 256
# Windows fill whole blocks of every file: 256 pixels of 30 m are 1024 of the landscape, and 512 of the pan.
WINDOW = BLOCK * FACTOR
TRUTH = "truth"


@dataclass
class Rasters:
    """Open rasters that exposures are written to.

    Attributes:
        options: what is simulated.
        bands: the reflective bands.
        paths: file name suffix such as ``B4`` (or ``truth``) -> file.
        sizes: file name suffix -> (rows, columns) of the finished file.
    """

    options: LandsatOptions
    bands: tuple[SimulatedBand, ...]
    paths: dict[str, Path] = field(default_factory=dict)
    sizes: dict[str, tuple[int, int]] = field(default_factory=dict)
    _datasets: dict[str, gdal.Dataset] = field(default_factory=dict)

    @classmethod
    def create(cls, folder: Path, scratch: Path, options: LandsatOptions, bands: tuple[SimulatedBand, ...]) -> Rasters:
        """Create all rasters, empty; the truth goes to ``scratch``.

        Raises:
            OutputError: a file cannot be created.
        """
        rasters = cls(options, bands)
        for band in bands:
            rasters._add(folder, band.name, band.factor)
        for name in THERMAL[: 2 if options.level == "L1TP" else 1]:
            rasters._add(folder, name, FACTOR)
        rasters._add(folder, "QA_PIXEL", FACTOR)
        if options.truth is not None:
            rasters._create_truth(scratch / f"{TRUTH}.tif")
        return rasters

    def write(self, exposure: Exposure) -> None:
        """Write one window into all rasters.

        Raises:
            OutputError: a file cannot be written.
        """
        factors = {band.name: band.factor for band in self.bands}
        for name, image in exposure.images.items():
            self._write(name, [image], exposure.window, factors.get(name, FACTOR))
        if exposure.truth is not None:
            self._write(TRUTH, list(exposure.truth), exposure.window, 2)

    def _write(self, name: str, layers: list, window: Window, factor: int) -> None:  # type: ignore[type-arg]
        dataset = self._datasets[name]
        row, col = window.row // factor, window.col // factor
        # The pan ends one pixel before the 30 m bands do.
        height, width = dataset.RasterYSize - row, dataset.RasterXSize - col
        write_block(dataset, [layer[:height, :width] for layer in layers], row, col)

    def _add(self, folder: Path, name: str, factor: int) -> None:
        suffix = file_suffix(name, self.options.level)
        if name == "QA_PIXEL" and self.options.collection == 1:
            suffix = "BQA"
        path = folder / f"{self.options.product_name}_{suffix}.TIF"
        self._datasets[name] = _create(path, self.options, factor)
        self.paths[suffix] = path
        self.sizes[suffix] = (self._datasets[name].RasterYSize, self._datasets[name].RasterXSize)

    def _create_truth(self, path: Path) -> None:
        dataset = _create(path, self.options, 2, len(self.bands))
        scale, offset = relation(self.options.level)
        for number, band in enumerate(self.bands, start=1):
            raster_band = dataset.GetRasterBand(number)
            raster_band.SetDescription(band.name)
            raster_band.SetNoDataValue(0)
            raster_band.SetScale(scale)
            raster_band.SetOffset(offset)
        self._datasets[TRUTH] = dataset

    def close(self) -> None:
        """Close all files, then cut the bands as the options say.

        Raises:
            OutputError: a file cannot be cut.
        """
        self._datasets.clear()
        for suffix, path in self.paths.items():
            margins = self.options.crop_pan if suffix == "B8" else self.options.crop_bands
            if any(margins):
                self.sizes[suffix] = _cut(path, margins)

    def __enter__(self) -> Rasters:
        """Return the rasters themselves."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close all files."""
        self._datasets.clear()


def _create(path: Path, options: LandsatOptions, factor: int, bands: int = 1) -> gdal.Dataset:
    """Create an empty file at 30 m (factor 4) or on the pan's grid (factor 2)."""
    inset, fewer = (0.0, 0) if factor == FACTOR else (PIXEL, 1)
    gsd = factor * PIXEL
    columns, rows = options.cols * FACTOR // factor - fewer, options.rows * FACTOR // factor - fewer
    creation = [
        "TILED=YES",
        f"BLOCKXSIZE={BLOCK}",
        f"BLOCKYSIZE={BLOCK}",
        "COMPRESS=DEFLATE",
        "PREDICTOR=2",
        "ZLEVEL=1",
    ]
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), columns, rows, bands, gdal.GDT_UInt16, creation)
    if dataset is None:
        raise OutputError(f"{path} cannot be created: {gdal.GetLastErrorMsg()}. Check the folder and its space.")
    crs = osr.SpatialReference()
    crs.ImportFromEPSG(options.epsg)
    dataset.SetProjection(crs.ExportToWkt())
    dataset.SetGeoTransform((options.origin[0] + inset, gsd, 0, options.origin[1] - inset, 0, -gsd))
    return dataset


def _cut(path: Path, margins: Margins) -> tuple[int, int]:
    """Cut rows and columns off a file in place and return what is left."""
    top, left, bottom, right = margins
    source = gdal.Open(str(path))
    width, height = source.RasterXSize - left - right, source.RasterYSize - top - bottom
    part = path.with_suffix(".part")
    creation = ["TILED=YES", "COMPRESS=DEFLATE", "PREDICTOR=2"]
    cut = gdal.Translate(str(part), source, format="GTiff", srcWin=[left, top, width, height], creationOptions=creation)
    if cut is None:
        raise OutputError(f"{path} cannot be cut: {gdal.GetLastErrorMsg()}. Free some space.")
    del cut, source
    part.replace(path)
    return height, width

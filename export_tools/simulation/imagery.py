# SPDX-License-Identifier: GPL-2.0-or-later
"""Raster files of a product: filled window by window, then encoded as JPEG 2000 with the tiling of real products."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt
from osgeo import gdal, osr

from ...core.errors import OutputError
from .options import SimulationOptions

# Pixels along one side of the JPEG 2000 tiles of real products.
JPEG_BLOCK = {10: 1024, 20: 640, 60: 192}
RESOLUTIONS = 5
# A window of this many 10 m pixels fills whole blocks of every file, whatever its GSD: it is a multiple of 96,
# since blocks of a GeoTIFF are multiples of 16 and a 60 m block is a sixth as wide.
WINDOW = 768
CACHE_BYTES = 64 << 20


@contextmanager
def small_block_cache() -> Iterator[None]:
    """Keep GDAL's block cache small: by default it grows to 5 % of the memory, which a stream has no use for."""
    before = gdal.GetCacheMax()
    gdal.SetCacheMax(min(before, CACHE_BYTES))
    try:
        yield
    finally:
        gdal.SetCacheMax(before)


def create_raster(
    path: Path, options: SimulationOptions, gsd: int, bands: int = 1, byte: bool = False, compress: bool = False
) -> gdal.Dataset:
    """Create an empty tiled GeoTIFF on the scene's grid at some GSD in metres.

    Raises:
        OutputError: the file cannot be created.
    """
    block = WINDOW * 10 // gsd
    creation = ["TILED=YES", f"BLOCKXSIZE={block}", f"BLOCKYSIZE={block}", "BIGTIFF=IF_SAFER"]
    if compress:
        creation += ["COMPRESS=DEFLATE", "PREDICTOR=2", "ZLEVEL=1", f"NUM_THREADS={options.threads}"]
    columns, rows = options.cols * 10 // gsd, options.rows * 10 // gsd
    kind = gdal.GDT_Byte if byte else gdal.GDT_UInt16
    dataset = _opened(gdal.GetDriverByName("GTiff").Create(str(path), columns, rows, bands, kind, creation), path)
    crs = osr.SpatialReference()
    crs.ImportFromEPSG(options.epsg)
    dataset.SetProjection(crs.ExportToWkt())
    dataset.SetGeoTransform((options.origin[0], gsd, 0, options.origin[1], 0, -gsd))
    return dataset


def write_block(dataset: gdal.Dataset, layers: Sequence[npt.NDArray[np.generic]], row: int, col: int) -> None:
    """Write one array (rows, columns) to each band.

    Raises:
        OutputError: the disk is full or the file is gone.
    """
    for number, layer in enumerate(layers, start=1):
        if dataset.GetRasterBand(number).WriteArray(np.ascontiguousarray(layer), col, row) != gdal.CE_None:
            raise OutputError(
                f"{dataset.GetDescription()} cannot be written: {gdal.GetLastErrorMsg()}. Free some space."
            )


def encode(source: Path, target: Path, gsd: int) -> Path:
    """Encode a GeoTIFF as lossless JPEG 2000.

    Raises:
        OutputError: the source cannot be read or the target cannot be written.
    """
    dataset = _opened(gdal.Open(str(source)), source)
    # The driver makes tiles smaller where the image is; it refuses to be told fewer than 32 pixels, and more
    # resolutions than the shorter side can be halved.
    block = JPEG_BLOCK[gsd]
    side = min(dataset.RasterXSize, dataset.RasterYSize)
    resolutions = max(1, min(RESOLUTIONS, (side - 1).bit_length()))
    creation = [
        "QUALITY=100", "REVERSIBLE=YES", "YCC=NO", "PROGRESSION=LRCP", f"BLOCKXSIZE={block}", f"BLOCKYSIZE={block}",
        f"RESOLUTIONS={resolutions}",
    ]  # fmt: skip
    target.parent.mkdir(parents=True, exist_ok=True)
    _opened(gdal.GetDriverByName("JP2OpenJPEG").CreateCopy(str(target), dataset, 0, creation), target).FlushCache()
    return target


def _opened(dataset: gdal.Dataset | None, path: Path) -> gdal.Dataset:
    if dataset is None:
        raise OutputError(
            f"{path} cannot be opened or created: {gdal.GetLastErrorMsg()}. Check the folder and its space."
        )
    return dataset

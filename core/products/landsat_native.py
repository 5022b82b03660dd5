# SPDX-License-Identifier: GPL-2.0-or-later
"""The bands of a Landsat product on their own grids, with its quality band: for what regrids them anyway."""

from __future__ import annotations

from dataclasses import dataclass

from osgeo import gdal

from ..errors import GridError, ProductError
from ..scene import Band
from ..sensors import Sensor
from . import files
from .landsat import check_sensor, open_band, pair_products
from .landsat_layout import LandsatProduct, find_level1, find_products

QUALITY = "QA_PIXEL"
# Fill of QA_PIXEL in Collection 2 (LSDS-1619): bit 0 alone.
QUALITY_FILL = 1


@dataclass(frozen=True)
class LandsatBands:
    """A product as it is.

    Attributes:
        product: with its metadata.
        level1: the Level-1 product of the same acquisition, or None.
        bands: those that were asked for, each on its own grid.
        pan: the panchromatic band, or None.
        quality: QA_PIXEL, or None.
        notes: sentences for the user.
    """

    product: LandsatProduct
    level1: LandsatProduct | None
    bands: tuple[Band, ...]
    pan: Band | None
    quality: Band | None
    notes: tuple[str, ...] = ()


def open_native(paths: tuple[str, ...], sensor: Sensor, source: str, names: tuple[str, ...]) -> LandsatBands:
    """Open a product, or a Level-2 product with the Level-1 product that its panchromatic band is taken from.

    Args:
        paths: what :func:`..files.locate` returned for each.
        sensor: sensor file.
        source: what the user gave.
        names: bands that are needed; the panchromatic one and the quality band are optional.

    Raises:
        ProductError: a product is damaged or of another instrument, they are no pair, or a band is missing.
        GridError: a band has no georeference.
    """
    products = tuple(product for path in paths for product in find_products(path))
    for product in products:
        check_sensor(product.metadata, sensor)
    main, level1 = pair_products(products, source)
    notes = []
    if main.metadata.is_level2 and level1 is None:
        level1 = find_level1(main)
        if level1 is not None:
            notes.append(
                f"The panchromatic band is taken from {level1.metadata.product}, which lies beside the product."
            )
    missing = [name for name in names if not main.file(sensor.band(name))]
    if missing:
        raise ProductError(
            f"{main.metadata.product} lacks {', '.join(missing)}. Download the complete product, or pass its folder."
        )
    finest = min(sensor.bands, key=lambda band: band.gsd)
    holder = next((product for product in (main, level1) if product is not None and product.file(finest)), None)
    return LandsatBands(
        product=main,
        level1=level1,
        bands=tuple(open_band(sensor.band(name), main, sensor) for name in names),
        pan=None if holder is None else open_band(finest, holder, sensor),
        quality=_quality(main) or (None if level1 is None else _quality(level1)),
        notes=tuple(notes),
    )


def _quality(product: LandsatProduct) -> Band | None:
    name = next((name for name in product.names if name.upper().endswith(f"_{QUALITY}.TIF")), None)
    if name is None:
        return None
    path = files.join(product.folder, name)
    dataset = files.open_raster(path, ("GTiff",))
    grid = files.grid_of(dataset)
    if grid is None or not grid.crs:
        raise GridError(f"{path} has no georeference. Download the product again.")
    dtype = gdal.GetDataTypeName(dataset.GetRasterBand(1).DataType)
    return Band(QUALITY, path, 1, grid, dtype, QUALITY_FILL, None, 1.0, 0.0)

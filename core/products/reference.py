# SPDX-License-Identifier: GPL-2.0-or-later
"""What a product is harmonized to: a Sentinel-2 product, or any raster on such a grid."""

from __future__ import annotations

from dataclasses import dataclass

from osgeo import gdal

from ..errors import ProductError
from ..scene import Band
from ..sensors import Sensor
from . import files, identify, open_scene
from .raster_files import RasterSource, survey

# Bands of Sentinel-2 that show what the panchromatic band shows, the best first.
VISIBLE = ("B04", "B03", "B02")


@dataclass(frozen=True)
class Reference:
    """A band on the wanted grid that shows red, what the reference is called, and its sensor such as ``sentinel2a``."""

    band: Band
    title: str
    sensor: str = ""


def open_reference(source: str, number: int, sensor: Sensor) -> Reference:
    """Open a reference.

    Args:
        source: Sentinel-2 product, or raster.
        number: band of a raster that shows red.
        sensor: Sentinel-2's sensor file.

    Raises:
        ProductError: it cannot be opened, or has no such band.
        GridError: it has no grid.
    """
    path = files.locate(source)
    if any(product.family == sensor.family for product in identify.survey(path)):
        scene = open_scene(source, sensor)
        finest = scene.finest.gsd
        name = next((name for name in VISIBLE if scene.has((name,)) and scene.band(name).gsd == finest), None)
        band = scene.band(name) if name else next(band for band in scene.bands if band.gsd == finest)
        satellite = dict(scene.tags).get("satellite", "").replace("-", "").lower()
        return Reference(band, scene.name, satellite)
    raster = survey(RasterSource(path, path.rpartition("/")[2]))
    if not any(band.index == number for band in raster.bands):
        raise ProductError(f"{source} has no band {number}; it has {raster.listed}. Choose another REFERENCE_BAND.")
    # A band does not keep its dataset open.
    dataset = files.open_raster(path)
    measured = dataset.GetRasterBand(number)
    dtype, nodata = gdal.GetDataTypeName(measured.DataType), measured.GetNoDataValue()
    return Reference(Band("reference", path, number, raster.grid, dtype, nodata, None, 1.0, 0.0), raster.source.title)

# SPDX-License-Identifier: GPL-2.0-or-later
"""What the numbers of a single file of a product mean: by the product's metadata, or by the name its maker gave it."""

from __future__ import annotations

import posixpath
import re

from osgeo import gdal

from .. import hls
from ..errors import ProductError
from ..hls import hls_family
from ..raster import RESULT_TAG, is_result
from . import files
from .landsat_values import band_of, landsat_name, landsat_values, undeclared_family
from .sentinel2_around import metadata_around
from .sentinel2_layout import image_key
from .sentinel2_metadata import BAND_IDS
from .value_relation import SENTINEL2, ProductValues, is_declared
from .value_sample import largest_value
from .virtual_sources import BandSource, band_sources, is_virtual

# As QGIS opens a product: kind of product, metadata file, then GSD and CRS.
_SUBDATASET = re.compile(r'^SENTINEL2_\w+?:"?(.+\.xml)"?:[^/\\]*$', re.IGNORECASE)
_DEEPEST = 4
# Floating-point values above it are no reflectances.
_SMALLEST_NUMBER = 50.0


def product_values(
    dataset: gdal.Dataset, index: int, path: str, name: str = "", depth: int = 0
) -> ProductValues | None:
    """Return what the product that a file belongs to says about a band's numbers.

    The file may be an image or a subdataset of a Sentinel-2 product, a band of Landsat that is called as by USGS, or
    of HLS, or a virtual raster of them.

    Args:
        dataset: the raster.
        index: number of the band.
        path: of the raster.
        name: band as its sensor calls it; empty to go by description and file name.
        depth: how many virtual rasters lead here.

    Returns:
        None where the file belongs to no product, declares its numbers itself, or holds no reflectance.

    Raises:
        ProductError: the product's metadata are missing or damaged, or a virtual raster joins numbers that mean
            different things.
    """
    path = path.replace("\\", "/")
    if not is_virtual(dataset):
        return _sentinel2(dataset, index, path) or _by_name(dataset, index, path, name)
    sources = band_sources(dataset, index, path) if depth < _DEEPEST else ()
    if sources is None or is_declared(dataset.GetRasterBand(index)):
        return None
    return _joined(sources, path, name, depth) or _by_name(dataset, index, path, name)


def _by_name(dataset: gdal.Dataset, index: int, path: str, name: str) -> ProductValues | None:
    return landsat_values(dataset, index, path, name) or _hls(dataset, index, path, name)


def _joined(sources: tuple[BandSource, ...], path: str, name: str, depth: int) -> ProductValues | None:
    """Return what all sources of a band say; None where one of them says nothing."""
    told: dict[tuple[float, float], ProductValues] = {}
    for file, number in sources:
        values = None
        if _tells(file):
            values = product_values(files.open_raster(file), number, file, name, depth + 1)
        if values is None:
            return None
        told[values.scale, values.offset] = values
    if len(told) > 1:
        words = " and ".join(values.source for values in told.values())
        raise ProductError(f"{path} joins files whose values mean different things: {words}. Keep them apart.")
    return next(iter(told.values()), None)


def _tells(path: str) -> bool:
    """Return whether a file may belong to a product by its name, so that it is worth opening."""
    name = posixpath.basename(path.replace("\\", "/"))
    known = image_key(path) is not None or landsat_name(path) is not None or _SUBDATASET.match(path) is not None
    return known or hls_family(path) != "" or name.lower().endswith(".vrt")


def family_of_file(dataset: gdal.Dataset, index: int, path: str) -> str:
    """Return the family of the product that a file belongs to by its metadata or, while undeclared, by its name.

    Names of HLS tell it whatever the file declares, for they alone tell red edge from near infrared; not where bands
    were renamed, nor of results of SatSharp, whose bands are called as they are.
    """
    harmonized = harmonized_family(dataset, index, path)
    if harmonized:
        return harmonized
    values = product_values(dataset, index, path)
    if values is not None:
        return values.family
    return undeclared_family(dataset.GetRasterBand(index), path)


def harmonized_family(dataset: gdal.Dataset, index: int, path: str) -> str:
    """Return whose bands a file of HLS or a virtual raster of such files has; empty for others, see ``hls_family``."""
    if _is_result(dataset):
        return ""
    names = _names(dataset, path)
    own = hls_family(path, names)
    if own or not is_virtual(dataset):
        return own
    sources = [file for file, _ in band_sources(dataset, index, path) or ()]
    found = {hls_family(file, names) for file in sources}
    family = found.pop() if len(found) == 1 else ""
    return "" if family and any(map(is_result, sources)) else family


def _is_result(dataset: gdal.Dataset) -> bool:
    return dataset.GetMetadataItem(RESULT_TAG) is not None


def _names(dataset: gdal.Dataset, path: str) -> tuple[str, ...]:
    """Return what a file calls its bands; of a single one also the file's name."""
    found = tuple(dataset.GetRasterBand(index + 1).GetDescription() for index in range(dataset.RasterCount))
    return (*found, posixpath.basename(path.replace("\\", "/"))) if len(found) == 1 else found


def _sentinel2(dataset: gdal.Dataset, index: int, path: str) -> ProductValues | None:
    inside = _SUBDATASET.match(path)
    if inside is not None:
        path, found = inside[1], dataset.GetRasterBand(index).GetMetadataItem("BANDNAME") or ""
        band = found if found in BAND_IDS else f"B0{found[1:]}"
    else:
        key = None if "/QI_DATA/" in path else image_key(path)
        band = "" if key is None else key[0]
    if band not in BAND_IDS:
        return None
    product = metadata_around(path)
    if product is None:
        return None
    if product.offsets and band not in product.offsets:
        raise ProductError(f"The metadata of {product.name} give no offset for {band}. Download it again.")
    added, divisor = product.offsets.get(band, 0.0), product.quantification
    words = f"(digital number {added:+g}) / {divisor:g}" if added else f"digital number / {divisor:g}"
    return ProductValues(
        SENTINEL2,
        1.0 / divisor,
        added / divisor,
        0.0 if product.nodata is None else product.nodata,
        65535.0 if product.saturated is None else product.saturated,
        f"{words} by the metadata of {product.name}",
    )


def _hls(dataset: gdal.Dataset, index: int, path: str, name: str) -> ProductValues | None:
    family, band = hls_family(path, (name, *_names(dataset, path))), dataset.GetRasterBand(index)
    if not family or _is_result(dataset) or is_declared(band) or band.DataType == gdal.GDT_Byte:
        return None
    texts = (name, band.GetDescription()) + ((path,) if dataset.RasterCount == 1 else ())
    # Temperatures, angles and masks are no bands of a sensor file; reflectances need no relation.
    floating = band.DataType in (gdal.GDT_Float32, gdal.GDT_Float64)
    if band_of(family, texts) is None or (floating and not largest_value(band) > _SMALLEST_NUMBER):
        return None
    words = f"digital number / {1 / hls.SCALE:g} of HLS"
    return ProductValues(family, hls.SCALE, 0.0, hls.FILL, None, words, not hls.is_hls_own(path))

# SPDX-License-Identifier: GPL-2.0-or-later
"""What the numbers of a single file of a product mean: by the product's metadata, or by the name its maker gave it."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass

from osgeo import gdal

from .. import hls
from ..errors import ProductError
from ..hls import hls_family
from ..raster import RESULT_TAG, is_result
from ..sensors import sensor_by_id
from . import files
from .band_names import band_in, band_in_file_name
from .identify import LANDSAT_MTL
from .landsat_layout import find_products
from .landsat_metadata import LandsatMetadata
from .sentinel2_around import metadata_around
from .sentinel2_layout import image_key
from .sentinel2_metadata import BAND_IDS
from .value_sample import largest_value
from .virtual_sources import BandSource, band_sources, is_virtual

SENTINEL2, LANDSAT, OLD_LANDSAT = "sentinel2", "landsat", "landsat 4 to 7"
# As QGIS opens a product: kind of product, metadata file, then GSD and CRS.
_SUBDATASET = re.compile(r'^SENTINEL2_\w+?:"?(.+\.xml)"?:[^/\\]*$', re.IGNORECASE)
# Names of USGS since collections: satellite, level, path and row, days, collection, tier.
_USGS = re.compile(r"(?i)^L([COTEM])0(\d)_(L([12])[A-Z]{2})_\d{6}_\d{8}_\d{8}_(0[12])_(?:T1|T2|RT)(?=[_.]|$)")
_OWN_NAME = re.compile(r"(?i)_(?:SR_)?B\d{1,2}(?:_VCID_\d)?\.tiff?")
_OLD_BAND = re.compile(r"(?<![A-Z0-9])(?<!ST_)B([1-57])(?![0-9])", re.IGNORECASE)
# Surface reflectance of Collection 2 (USGS, Landsat 8-9 Collection 2 Level 2 Science Product Guide).
_LEVEL2 = 2.75e-5, -0.2
# Level-1 of Landsat 8/9 without the sun's elevation (Landsat 8 Data Users Handbook, 5.2).
_LEVEL1 = 2e-5, -0.1
_LARGEST = {gdal.GDT_Byte: 255.0, gdal.GDT_UInt16: 65535.0}
_DEEPEST = 4
# Floating-point values above it are no reflectances.
_SMALLEST_NUMBER = 50.0


@dataclass(frozen=True)
class ProductValues:
    """How to read a band of a product: reflectance = digital number x scale + offset.

    Attributes:
        family: ``sentinel2``, ``landsat`` for Landsat 8/9, or ``landsat 4 to 7``.
        scale: reflectance per digital number.
        offset: reflectance of digital number 0.
        nodata: digital number without measurement.
        saturated: digital number that marks saturation, or None.
        source: where the relation was taken from.
        assumed: whether it is but a convention.
    """

    family: str
    scale: float
    offset: float
    nodata: float
    saturated: float | None
    source: str
    assumed: bool = False


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
    return _landsat(dataset, index, path, name) or _hls(dataset, index, path, name)


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
    known = image_key(path) is not None or _USGS.match(name) is not None or _SUBDATASET.match(path) is not None
    return known or hls_family(path) != "" or name.lower().endswith(".vrt")


def family_of_file(dataset: gdal.Dataset, index: int, path: str) -> str:
    """Return the family of the product that a file belongs to by its metadata or, while undeclared, by its name.

    Names of HLS tell it whatever the file declares, for they alone tell red edge from near infrared; not where bands
    were renamed, nor of results of SatSharp, whose bands are called as they are.
    """
    harmonized = _hls_family(dataset, index, path)
    if harmonized:
        return harmonized
    values = product_values(dataset, index, path)
    if values is not None:
        return values.family
    found = _USGS.match(posixpath.basename(path.replace("\\", "/")))
    band = dataset.GetRasterBand(index)
    return "" if found is None or is_declared(band) or band.DataType not in _LARGEST else _landsat_family(found)


def _hls_family(dataset: gdal.Dataset, index: int, path: str) -> str:
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


def landsat_level(path: str) -> str:
    """Return the processing level, such as ``L1TP``, that a file's name by USGS tells; empty where it tells none."""
    found = _USGS.match(posixpath.basename(path.replace("\\", "/")))
    return "" if found is None else found[3].upper()


def is_declared(band: gdal.Band) -> bool:
    """Return whether a band declares scale or offset; 1 and 0 are what GDAL says where a file has statistics only."""
    return band.GetScale() not in (None, 1.0) or band.GetOffset() not in (None, 0.0)


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


def _landsat(dataset: gdal.Dataset, index: int, path: str, name: str) -> ProductValues | None:
    found, band = _USGS.match(posixpath.basename(path)), dataset.GetRasterBand(index)
    if found is None or is_declared(band) or band.DataType not in _LARGEST:
        return None
    family = _landsat_family(found)
    # 8 bits are the numbers of older satellites' Level-1; elsewhere they are a picture.
    if band.DataType == gdal.GDT_Byte and (family, found[4]) != (OLD_LANDSAT, "1"):
        return None
    texts = (name, band.GetDescription()) + ((path,) if dataset.RasterCount == 1 else ())
    relation = None if (wanted := _band_of(family, texts)) is None else _relation(path, wanted, family, found)
    if relation is None:
        return None
    (scale, offset), words, assumed = relation
    # Somebody else made what is called otherwise.
    own = _OWN_NAME.fullmatch(posixpath.basename(path)[found.end() :]) or band.GetDescription().upper().startswith(
        "SR_"
    )
    assumed = assumed or not own
    return ProductValues(family, scale, offset, 0.0, _LARGEST[band.DataType], words, assumed)


def _hls(dataset: gdal.Dataset, index: int, path: str, name: str) -> ProductValues | None:
    family, band = hls_family(path, (name, *_names(dataset, path))), dataset.GetRasterBand(index)
    if not family or _is_result(dataset) or is_declared(band) or band.DataType == gdal.GDT_Byte:
        return None
    texts = (name, band.GetDescription()) + ((path,) if dataset.RasterCount == 1 else ())
    # Temperatures, angles and masks are no bands of a sensor file; reflectances need no relation.
    floating = band.DataType in (gdal.GDT_Float32, gdal.GDT_Float64)
    if _band_of(family, texts) is None or (floating and not largest_value(band) > _SMALLEST_NUMBER):
        return None
    words = f"digital number / {1 / hls.SCALE:g} of HLS"
    return ProductValues(family, hls.SCALE, 0.0, hls.FILL, None, words, not hls.is_hls_own(path))


def _landsat_family(name: re.Match[str]) -> str:
    return LANDSAT if name[1].upper() in "CO" and name[2] in "89" else OLD_LANDSAT


def _band_of(family: str, texts: tuple[str, ...]) -> str | None:
    """Return the band, such as ``B4``, that the first telling text names."""
    if family == OLD_LANDSAT:
        old = (_OLD_BAND.search(posixpath.basename(text)) for text in texts)
        return next((f"B{band[1]}" for band in old if band is not None), None)
    sensor = sensor_by_id(family)
    known = (band_in_file_name(text, sensor) if "/" in text else band_in(text, sensor) for text in texts)
    return next((band for band in known if band is not None), None)


def _relation(path: str, band: str, family: str, name: re.Match[str]) -> tuple[tuple[float, float], str, bool] | None:
    """Return scale and offset, where they come from, and whether they are assumed; None where none is known."""
    if name[4] == "2":
        words = f"surface reflectance of Landsat Collection 2, digital number x {_LEVEL2[0]:g} {_LEVEL2[1]:+g}"
        return (_LEVEL2, words, False) if name[5] == "02" else None
    metadata = _metadata_beside(path, family)
    if metadata is not None:
        scale, offset = metadata.reflectance(band)
        words = f"digital number x {scale:.6g} {offset:+.6g} by the metadata of {metadata.product}"
        return (scale, offset), words, False
    if family == OLD_LANDSAT:
        return None
    words = (
        f"digital number / {1 / _LEVEL1[0]:g} {_LEVEL1[1]:+g} of Landsat Level-1, without the sun's elevation, which "
        "the ..._MTL.txt beside it would tell"
    )
    return _LEVEL1, words, True


def _metadata_beside(path: str, family: str) -> LandsatMetadata | None:
    """Return the metadata that lie beside a band of Landsat, or None.

    Raises:
        ProductError: they are damaged; not for older satellites, whose numbers users' sensor files explain.
    """
    name = posixpath.basename(path).upper()
    listed = (file for file in files.names(posixpath.dirname(path)) if LANDSAT_MTL.search(file))
    if not any(name.startswith(LANDSAT_MTL.sub("", file).upper()) for file in listed):
        return None
    try:
        return find_products(path)[0].metadata
    except ProductError:
        if family == OLD_LANDSAT:
            return None
        raise

# SPDX-License-Identifier: GPL-2.0-or-later
"""What the numbers of a single file of Landsat mean: by the name that USGS gave it, and the metadata beside it."""

from __future__ import annotations

import posixpath
import re

from osgeo import gdal

from ..errors import ProductError
from ..sensors import sensor_by_id
from . import files
from .band_names import band_in, band_in_file_name
from .identify import LANDSAT_MTL
from .landsat_layout import find_products
from .landsat_metadata import LandsatMetadata
from .value_relation import LANDSAT, OLD_LANDSAT, ProductValues, is_declared

# Names of USGS since collections: satellite, level, path and row, days, collection, tier.
_USGS = re.compile(r"(?i)^L([COTEM])0(\d)_(L([12])[A-Z]{2})_\d{6}_\d{8}_\d{8}_(0[12])_(?:T1|T2|RT)(?=[_.]|$)")
_OWN_NAME = re.compile(r"(?i)_(?:SR_)?B\d{1,2}(?:_VCID_\d)?\.tiff?")
_OLD_BAND = re.compile(r"(?<![A-Z0-9])(?<!ST_)B([1-57])(?![0-9])", re.IGNORECASE)
# Surface reflectance of Collection 2 (USGS, Landsat 8-9 Collection 2 Level 2 Science Product Guide).
_LEVEL2 = 2.75e-5, -0.2
# Level-1 of Landsat 8/9 without the sun's elevation (Landsat 8 Data Users Handbook, 5.2).
_LEVEL1 = 2e-5, -0.1
_LARGEST = {gdal.GDT_Byte: 255.0, gdal.GDT_UInt16: 65535.0}


def landsat_level(path: str) -> str:
    """Return the processing level, such as ``L1TP``, that a file's name by USGS tells; empty where it tells none."""
    found = landsat_name(path)
    return "" if found is None else found[3].upper()


def landsat_name(path: str) -> re.Match[str] | None:
    """Return the parts of a file's name where USGS gave it."""
    return _USGS.match(posixpath.basename(path.replace("\\", "/")))


def undeclared_family(band: gdal.Band, path: str) -> str:
    """Return the family that a name by USGS tells of a band whose numbers nobody declared; empty: none."""
    found = landsat_name(path)
    return "" if found is None or is_declared(band) or band.DataType not in _LARGEST else _landsat_family(found)


def landsat_values(dataset: gdal.Dataset, index: int, path: str, name: str) -> ProductValues | None:
    """Return what a band's numbers mean by the file's name; None where it tells nothing.

    Args:
        dataset: the raster.
        index: number of the band.
        path: of the raster, with slashes.
        name: band as its sensor calls it; empty to go by description and file name.

    Raises:
        ProductError: the metadata beside the file are damaged.
    """
    found, band = landsat_name(path), dataset.GetRasterBand(index)
    if found is None or is_declared(band) or band.DataType not in _LARGEST:
        return None
    family = _landsat_family(found)
    # 8 bits are the numbers of older satellites' Level-1; elsewhere they are a picture.
    if band.DataType == gdal.GDT_Byte and (family, found[4]) != (OLD_LANDSAT, "1"):
        return None
    texts = (name, band.GetDescription()) + ((path,) if dataset.RasterCount == 1 else ())
    relation = None if (wanted := band_of(family, texts)) is None else _relation(path, wanted, family, found)
    if relation is None:
        return None
    (scale, offset), words, assumed = relation
    # Somebody else made what is called otherwise.
    own = _OWN_NAME.fullmatch(posixpath.basename(path)[found.end() :]) or band.GetDescription().upper().startswith(
        "SR_"
    )
    assumed = assumed or not own
    return ProductValues(family, scale, offset, 0.0, _LARGEST[band.DataType], words, assumed)


def _landsat_family(name: re.Match[str]) -> str:
    return LANDSAT if name[1].upper() in "CO" and name[2] in "89" else OLD_LANDSAT


def band_of(family: str, texts: tuple[str, ...]) -> str | None:
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

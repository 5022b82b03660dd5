# SPDX-License-Identifier: GPL-2.0-or-later
"""What the digital numbers of a plain raster mean: declared scale and offset first, the sensor's convention else."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from osgeo import gdal

from ..errors import ProductError
from ..sensors import Sensor
from .product_values import product_values
from .sentinel2_metadata import baseline_offset
from .value_relation import is_declared
from .value_sample import high_value, largest_value
from .xml_tree import number

_ADD_OFFSETS = ("BOA_ADD_OFFSET", "RADIO_ADD_OFFSET")
_QUANTIFICATIONS = ("BOA_QUANTIFICATION_VALUE", "QUANTIFICATION_VALUE")
# Flat and slope reflectance files of Theia/MAJA declare no nodata, and mean -10000.
_THEIA = re.compile(r"(^|[_/\\])(FRE|SRE)([_./\\]|$)")
_THEIA_NODATA = -10000.0
# Single bands from Copernicus Browser and EO Browser, such as "..._Sentinel-2_L2A_B02_(Raw).tiff", are reflectance
# times the largest number of the type.
_RAW = re.compile(r"_\(Raw\)[^/\\]*$", re.IGNORECASE)
_RAW_WHITE = {gdal.GDT_Byte: 255.0, gdal.GDT_UInt16: 65535.0}
# Floating-point values up to here are reflectances, from there on digital numbers; what lies between is refused.
_LARGEST_BYTE = 255
_LARGEST_REFLECTANCE, _SMALLEST_NUMBER = 5.0, 50.0


@dataclass(frozen=True)
class StackRadiometry:
    """How to read a band: reflectance = digital number x scale + offset.

    Attributes:
        scale: reflectance per digital number.
        offset: reflectance of digital number 0.
        nodata: digital number without measurement, or None.
        saturated: digital number that marks saturation, or None.
        source: where the relation was taken from, for the output's tags.
        valid_range: smallest and largest digital number that is a measurement, or None.
        assumed: whether the relation is but the convention of a sensor, of which neither file nor product tell.
    """

    scale: float
    offset: float
    nodata: float | None
    saturated: float | None
    source: str
    valid_range: tuple[float, float] | None = None
    assumed: bool = False


def radiometry_of(dataset: gdal.Dataset, index: int, path: str, sensor: Sensor, name: str = "") -> StackRadiometry:
    """Return the radiometry of a band: of the product that it belongs to, of the file, or as is usual for a sensor.

    Args:
        dataset: the raster.
        index: number of the band.
        path: of the raster.
        sensor: whose numbers it has where nothing else tells.
        name: band as the sensor calls it; empty to go by description and file name.

    Raises:
        ProductError: the metadata hold no numbers, or floating-point values are neither reflectances nor digital
            numbers.
    """
    told = product_radiometry(dataset, index, path, name)
    if told is not None:
        return told
    band = dataset.GetRasterBand(index)
    scale, offset, source, assumed = _relation(dataset, band, path, sensor)
    nodata = band.GetNoDataValue()
    floating = band.DataType in (gdal.GDT_Float32, gdal.GDT_Float64)
    if nodata is None:
        nodata = _THEIA_NODATA if band.DataType == gdal.GDT_Int16 and _THEIA.search(path) else sensor.nodata
    saturated = None if floating or not _holds(band.DataType, sensor.saturated) else sensor.saturated
    if _is_raw(band, path):
        saturated = None
    # The sensor's range is of digital numbers as the sensor file relates them to reflectance.
    is_sensors_own = math.isclose(scale, 1 / sensor.quantification) and math.isclose(offset, sensor.offset)
    valid_range = sensor.valid_range if is_sensors_own and not floating else None
    return StackRadiometry(scale, offset, nodata, saturated, source, valid_range, assumed)


def product_radiometry(dataset: gdal.Dataset, index: int, path: str, name: str = "") -> StackRadiometry | None:
    """Return the radiometry that a band has by the product that its file belongs to, or None where it is of none.

    Raises:
        ProductError: as :func:`.product_values.product_values`.
    """
    found = product_values(dataset, index, path, name)
    if found is None:
        return None
    own = dataset.GetRasterBand(index).GetNoDataValue()
    nodata = found.nodata if own is None else own
    return StackRadiometry(found.scale, found.offset, nodata, found.saturated, found.source, None, found.assumed)


def stated_relation(band: gdal.Band, path: str) -> tuple[float, float, str] | None:
    """Return scale, offset and where they come from as far as a file shows them without its sensor, or None.

    Raises:
        ProductError: the scale is not above 0, or floating-point values are neither reflectances nor digital numbers.
    """
    if is_declared(band):
        scale, offset = band.GetScale(), band.GetOffset()
        declared = (1.0 if scale is None else scale, 0.0 if offset is None else offset)
        if not declared[0] > 0 or not all(map(math.isfinite, declared)):
            raise ProductError(f"{path} declares a scale of {declared[0]:g}, which is not above 0. Correct it first.")
        return float(declared[0]), float(declared[1]), "scale and offset of the file"
    if band.DataType in (gdal.GDT_Float32, gdal.GDT_Float64) and _is_reflectance(band, path):
        return 1.0, 0.0, "floating-point reflectance"
    if _is_raw(band, path):
        white = _RAW_WHITE[band.DataType]
        return 1.0 / white, 0.0, f"digital number / {white:g} of a raw band from Copernicus Browser"
    return None


def _has_bytes(sensor: Sensor) -> bool:
    """Return whether a sensor's products hold 8-bit numbers, as those of Landsat 7 do."""
    largest = sensor.valid_range[1] if sensor.saturated is None and sensor.valid_range else sensor.saturated
    return largest is not None and largest <= _LARGEST_BYTE


def _is_raw(band: gdal.Band, path: str) -> bool:
    return band.DataType in _RAW_WHITE and _RAW.search(path) is not None


def _relation(dataset: gdal.Dataset, band: gdal.Band, path: str, sensor: Sensor) -> tuple[float, float, str, bool]:
    """Return scale, offset, where they come from, and whether they are but the sensor's convention."""
    stated = stated_relation(band, path)
    if stated is not None:
        return (*stated, False)
    quantification, given = _item(dataset, band, _QUANTIFICATIONS, path)
    if (
        not given
        and band.DataType == gdal.GDT_Byte
        and sensor.quantification > _LARGEST_BYTE
        and not _has_bytes(sensor)
    ):
        raise ProductError(
            f"{path} holds 8-bit values, a picture rather than the digital numbers of {sensor.name}. Export 16-bit or "
            "floating-point values, declare their scale (gdal_edit.py -scale), or use the algorithm for any raster."
        )
    if not given:
        quantification = sensor.quantification
    if quantification <= 0:
        raise ProductError(f"{path} declares a quantification value of {quantification:g}. Correct it first.")
    add_offset, found = _item(dataset, band, _ADD_OFFSETS, path)
    if given and not found:
        # GDAL takes over the baseline of a Sentinel-2 product, and not its offsets.
        add_offset, found = baseline_offset(dataset.GetMetadataItem("PROCESSING_BASELINE") or "")
    source = f"digital number / {quantification:g}"
    if found:
        source = f"(digital number {add_offset:+g}) / {quantification:g}"
    elif not given and sensor.offset:
        return 1.0 / quantification, sensor.offset, f"{source} {sensor.offset:+g}", True
    return 1.0 / quantification, add_offset / quantification, source, not (given or found)


def _item(dataset: gdal.Dataset, band: gdal.Band, names: tuple[str, ...], path: str) -> tuple[float, bool]:
    for holder in (band, dataset):
        for name in names:
            text = holder.GetMetadataItem(name)
            if text is not None:
                return number(text, name, path), True
    return 0.0, False


def _is_reflectance(band: gdal.Band, path: str) -> bool:
    # Without a valid pixel there is nothing to tell, nor to lose.
    largest = largest_value(band)
    if not largest > _LARGEST_REFLECTANCE:
        return bool(largest <= _LARGEST_REFLECTANCE)
    high, whole = high_value(band)
    if high <= _LARGEST_REFLECTANCE and not whole:
        # A few bad pixels; digital numbers of a dark sea would be whole.
        return True
    if largest < _SMALLEST_NUMBER:
        raise ProductError(
            f"{path} holds floating-point values up to {largest:.4g}, neither reflectances nor digital numbers. If "
            "they are per cent, declare that (gdal_edit.py -scale 0.01); else convert them to reflectance first."
        )
    return False


def _holds(data_type: int, value: float | None) -> bool:
    """Return whether an integer type can hold a value."""
    limits = {gdal.GDT_Byte: (0, 255), gdal.GDT_UInt16: (0, 65535), gdal.GDT_Int16: (-32768, 32767)}
    low, high = limits.get(data_type, (-math.inf, math.inf))
    return value is not None and low <= value <= high

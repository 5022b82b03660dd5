# SPDX-License-Identifier: GPL-2.0-or-later
"""What the digital numbers of any raster are: as its file says, as the model's sensor has them, as the card says."""

from __future__ import annotations

from typing import Any

from osgeo import gdal

from ..cards import Card
from ..errors import CardError
from ..sensors import Sensor
from .stack_radiometry import StackRadiometry, product_radiometry, radiometry_of, stated_relation
from .value_relation import LANDSAT

# Pictures of 8 bit: ESA's true colour is 255 at this reflectance.
PICTURE_WHITE = 0.3558
_COMMON_QUANTIFICATION = 10000.0
_COMMON_TYPES = (gdal.GDT_UInt16, gdal.GDT_Int16, gdal.GDT_Float32, gdal.GDT_Float64)


def raster_radiometry(
    dataset: gdal.Dataset, index: int, path: str, name: str, card: Card, sensor: Sensor | None
) -> tuple[StackRadiometry, bool]:
    """Return the radiometry of a band of any raster.

    Args:
        dataset: the raster.
        index: number of the band.
        path: of the raster, for messages.
        name: band of the model.
        card: the model.
        sensor: its sensor, or None where the model is of none that is known.

    Returns:
        The radiometry, and whether it is but an assumption that the user should hear of.

    Raises:
        CardError: nothing tells what the values are.
        ProductError: what the file says of its values cannot be.
    """
    band = dataset.GetRasterBand(index)
    own = _own_numbers(card, name)
    if own is not None:
        return _plain(band, *own), False
    known = name if sensor is not None and sensor.id == LANDSAT else ""
    told = product_radiometry(dataset, index, path, known)
    if told is not None:
        return told, told.assumed
    picture = band.DataType == gdal.GDT_Byte and stated_relation(band, path) is None
    if sensor is not None and not (picture and sensor.quantification > 255):
        found = radiometry_of(dataset, index, path, sensor)
        return found, found.assumed
    stated = stated_relation(band, path)
    if stated is not None:
        return _plain(band, *stated), False
    general = card.document.get("value_range", {}).get("digital_number")
    if sensor is None and general is not None:
        return _plain(band, *_affine(general, card)), False
    white = card.document.get("value_range", {}).get("picture_white")
    if picture and isinstance(white, (int, float)) and white > 0:
        return _plain(band, white / 255, 0.0, f"the card's: 8-bit picture whose white, 255, is {white:g}"), False
    if picture:
        words = f"8-bit picture whose white, 255, is a reflectance of {PICTURE_WHITE:g}"
        return _plain(band, PICTURE_WHITE / 255, 0.0, words), True
    if band.DataType in _COMMON_TYPES:
        return _plain(band, 1 / _COMMON_QUANTIFICATION, 0.0, f"digital number / {_COMMON_QUANTIFICATION:g}"), True
    raise CardError(
        f"Nothing tells which reflectances the values of {path} mean: neither its scale and offset nor the card "
        f"{card.id}. Declare its scale (gdal_edit.py -scale)."
    )


def _plain(band: gdal.Band, scale: float, offset: float, source: str) -> StackRadiometry:
    return StackRadiometry(scale, offset, band.GetNoDataValue(), None, source)


def _own_numbers(card: Card, name: str) -> tuple[float, float, str] | None:
    """Return the relation that a card gives for one band by name: then it takes digital numbers of one kind only."""
    ranges = card.document.get("value_range", {}).get("digital_number")
    entry = ranges.get(name) if isinstance(ranges, dict) else None
    return _affine(entry, card) if isinstance(entry, dict) else None


def _affine(entry: dict[str, Any], card: Card) -> tuple[float, float, str]:
    """Return scale and offset that lead, through the card's value range, to the network value that an entry asks for.

    The entry says: network value = digital number x scale + offset.

    Raises:
        CardError: it does not say so.
    """
    try:
        gain, bias = float(entry["scale"]), float(entry["offset"])
        if gain == 0:
            raise ValueError
    except (KeyError, TypeError, ValueError) as error:
        raise CardError(
            f"value_range.digital_number of {card.id} must give scale and offset. Correct the card."
        ) from error
    relation = gain / card.value_scale, (bias - card.value_offset) / card.value_scale
    return (*relation, f"the card's: network value = digital number x {gain:g} {bias:+g}")

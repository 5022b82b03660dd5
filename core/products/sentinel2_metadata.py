# SPDX-License-Identifier: GPL-2.0-or-later
"""What the metadata of a Sentinel-2 product say, as plain records."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..errors import ProductError
from ..grid import GeoTransform
from .sentinel2_layout import level_of
from .xml_tree import Element, number

# Order of band_id, bandId in the metadata of every baseline.
BAND_IDS = ("B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B09", "B10", "B11", "B12")
# Since processing baseline 04.00 (25 January 2022) every band is stored with 1000 added (ESA, Sentinel-2 Products
# Specification Document, RADIO_ADD_OFFSET and BOA_ADD_OFFSET).
_OFFSET_BASELINE, _OFFSET = (4, 0), -1000.0

_QUANTIFICATION = {
    "L1C": ("QUANTIFICATION_VALUE",),
    # The second name is Sen2Cor's before product specification 14.3 (2018).
    "L2A": ("BOA_QUANTIFICATION_VALUE", "L2A_BOA_QUANTIFICATION_VALUE"),
}
_ADD_OFFSET = {"L1C": "RADIO_ADD_OFFSET", "L2A": "BOA_ADD_OFFSET"}


@dataclass(frozen=True)
class ProductMetadata:
    """Product metadata.

    Attributes:
        level: ``L1C`` or ``L2A``.
        name: product URI.
        baseline: processing baseline, such as ``05.09``.
        satellite: such as ``Sentinel-2A``.
        acquired: ISO 8601 time.
        quantification: digital numbers per unit of reflectance.
        offsets: band name -> digital numbers to add before dividing; empty where the product declares none.
        nodata: digital number without measurement, or None where it is not declared.
        saturated: digital number that marks saturation, or None where it is not declared.
        wavelengths: band name -> central wavelength in nanometres.
        images: entries of the granules' image lists.
    """

    level: str
    name: str
    baseline: str
    satellite: str
    acquired: str
    quantification: float
    offsets: dict[str, float]
    nodata: float | None
    saturated: float | None
    wavelengths: dict[str, float]
    images: tuple[str, ...]


@dataclass(frozen=True)
class GranuleMetadata:
    """Granule (tile) metadata.

    Attributes:
        level: ``L1C`` or ``L2A``.
        identifier: TILE_ID.
        acquired: sensing time, ISO 8601.
        crs: such as ``EPSG:32633``; empty where it is missing.
        geocoding: GSD in metres -> (geotransform, columns, rows).
    """

    level: str
    identifier: str
    acquired: str
    crs: str
    geocoding: dict[float, tuple[GeoTransform, int, int]]


def parse_product(root: Element, path: str) -> ProductMetadata:
    """Read product metadata.

    Raises:
        ProductError: a value is missing or no number, or the levels stated disagree.
    """
    level = level_of(root, path)
    stated = root.value("PROCESSING_LEVEL")
    if stated and level[1:] not in stated:
        raise ProductError(f"{path} is named {level} but states {stated}: L1C and L2A are mixed. Download it again.")
    return ProductMetadata(
        level=level,
        name=root.value(*(("PRODUCT_URI_2A", "PRODUCT_URI") if level == "L2A" else ("PRODUCT_URI", "PRODUCT_URI_1C"))),
        baseline=root.value("PROCESSING_BASELINE"),
        satellite=root.value("SPACECRAFT_NAME"),
        acquired=root.value("PRODUCT_START_TIME") or root.value("DATATAKE_SENSING_START"),
        quantification=_quantification(root, level, path),
        offsets=_by_band(root, _ADD_OFFSET[level], path),
        nodata=_special(root, "NODATA", path),
        saturated=_special(root, "SATURATED", path),
        wavelengths=_wavelengths(root, path),
        images=tuple(
            image.text for image in root.all("IMAGE_FILE", "IMAGE_ID", "IMAGE_FILE_2A", "IMAGE_ID_2A") if image.text
        ),
    )


def parse_granule(root: Element, path: str) -> GranuleMetadata:
    """Read granule metadata.

    Raises:
        ProductError: a value is no number.
    """
    sizes = {size.attribute("resolution"): (size.value("NCOLS"), size.value("NROWS")) for size in root.all("Size")}
    geocoding = {}
    for place in root.all("Geoposition"):
        gsd = place.attribute("resolution")
        cols, rows = sizes.get(gsd, ("", ""))
        x, y, dx, dy = (number(place.value(tag), tag, path) for tag in ("ULX", "ULY", "XDIM", "YDIM"))
        size = int(number(cols, "NCOLS", path)), int(number(rows, "NROWS", path))
        geocoding[number(gsd, "resolution", path)] = ((x, dx, 0.0, y, 0.0, dy), *size)
    return GranuleMetadata(
        level=level_of(root, path),
        identifier=root.value("TILE_ID", "TILE_ID_2A"),
        acquired=root.value("SENSING_TIME"),
        crs=root.value("HORIZONTAL_CS_CODE"),
        geocoding=geocoding,
    )


def baseline_offset(baseline: str) -> tuple[float, bool]:
    """Return the digital number that is to be added by a processing baseline such as ``05.09``, and whether any is."""
    found = re.match(r"(\d\d)\.(\d\d)$", baseline)
    shifted = found is not None and (int(found[1]), int(found[2])) >= _OFFSET_BASELINE
    return (_OFFSET, True) if shifted else (0.0, False)


def product_of_granule(granule: GranuleMetadata, quantification: float) -> ProductMetadata:
    """Return what is known of a product of which only the granule is at hand (the public bucket's layout).

    The offset follows from the processing baseline in the granule's name, since the file that states it is not there.

    Args:
        granule: granule metadata.
        quantification: the sensor file's.

    Raises:
        ProductError: the name gives no baseline.
    """
    found = re.match(r"(S2[A-D])_.*_N(\d\d)\.(\d\d)$", granule.identifier)
    if found is None:
        raise ProductError(
            f"The granule {granule.identifier!r} names no processing baseline, so its offset is unknown. "
            "Pass the product's .SAFE folder."
        )
    baseline = f"{found[2]}.{found[3]}"
    offset, shifted = baseline_offset(baseline)
    return ProductMetadata(
        level=granule.level,
        name=granule.identifier,
        baseline=baseline,
        satellite=f"Sentinel-{found[1][1:]}",
        acquired=granule.acquired,
        quantification=quantification,
        offsets=dict.fromkeys(BAND_IDS, offset) if shifted else {},
        nodata=None,
        saturated=None,
        wavelengths={},
        images=(),
    )


def _quantification(root: Element, level: str, path: str) -> float:
    text = root.value(*_QUANTIFICATION[level])
    if not text:
        raise ProductError(f"{path} has no {_QUANTIFICATION[level][0]}. Download the complete product.")
    value = number(text, _QUANTIFICATION[level][0], path)
    if value <= 0:
        raise ProductError(f"{path} has a {_QUANTIFICATION[level][0]} of {text}, not above 0. Download it again.")
    return value


def _by_band(root: Element, tag: str, path: str) -> dict[str, float]:
    found = {}
    for element in root.all(tag):
        band = _band_of(element.attribute("band_id"), path)
        found[band] = number(element.text, tag, path)
    return found


def _wavelengths(root: Element, path: str) -> dict[str, float]:
    found = {}
    for element in root.all("Spectral_Information"):
        text = element.value("CENTRAL")
        if text:
            found[_band_of(element.attribute("bandId"), path)] = number(text, "CENTRAL", path)
    return found


def _band_of(identifier: str, path: str) -> str:
    if not identifier.isdigit() or int(identifier) >= len(BAND_IDS):
        raise ProductError(f"{path} names the unknown band id {identifier!r}. Download the product again.")
    return BAND_IDS[int(identifier)]


def _special(root: Element, name: str, path: str) -> float | None:
    for element in root.all("Special_Values"):
        if element.value("SPECIAL_VALUE_TEXT") == name:
            return number(element.value("SPECIAL_VALUE_INDEX"), name, path)
    return None

# SPDX-License-Identifier: GPL-2.0-or-later
"""What numbers of a band mean, as somebody says: the record, and whether a file says it itself."""

from __future__ import annotations

from dataclasses import dataclass

from osgeo import gdal

SENTINEL2, LANDSAT, OLD_LANDSAT = "sentinel2", "landsat", "landsat 4 to 7"


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


def is_declared(band: gdal.Band) -> bool:
    """Return whether a band declares scale or offset; 1 and 0 are what GDAL says where a file has statistics only."""
    return band.GetScale() not in (None, 1.0) or band.GetOffset() not in (None, 0.0)

# SPDX-License-Identifier: GPL-2.0-or-later
"""Products where rasters are asked for: which step makes rasters of them."""

from __future__ import annotations

import os
import re

from ..errors import ProductError
from ..products import files, identify

# A part of a product as GDAL calls it, whose numbers miss the offset of newer ones.
_PART = re.compile(r"SENTINEL2_L\w+:(?P<path>.+):\w+:EPSG_\d+$")
_STEPS = {
    "sentinel2": "superresolve_sentinel2",
    "landsat": "harmonize_landsat (or superresolve_landsat)",
    "modis": "superresolve_modis",
    "viirs": "superresolve_viirs",
}


def missing_step(source: str) -> str:
    """Return a sentence that names the step from a product to the rasters of a series; empty for anything else."""
    part = _PART.match(source)
    source = part["path"] if part else source
    try:
        found = identify.survey(files.locate(source))
    except ProductError:
        return ""
    for product in found:
        if product.family in _STEPS:
            what = (
                f"holds {len(found)} products" if len(found) > 1 else f"{_verb(source, product.path)} {product.title}"
            )
            return (
                f"{source} {what}, whose bands lie on several grids; a series takes rasters. Run "
                f"{_STEPS[product.family]} on each date first, with the same extent, and pass the results."
            )
    return ""


def _verb(source: str, product: str) -> str:
    """Return whether a path is its only product, or a folder around it."""
    same = os.path.abspath(source) == os.path.abspath(product) or not os.path.isdir(source)
    return "is" if same else "holds"

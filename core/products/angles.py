# SPDX-License-Identifier: GPL-2.0-or-later
"""Read the sun and view angles of a Sentinel-2 or Landsat 8/9 product."""

from __future__ import annotations

import re

from ..errors import ProductError
from ..harmonization.angle_field import AngleField
from . import files, stack
from .angles_landsat import landsat_angles
from .angles_sentinel2 import sentinel2_angles
from .identify import Found, survey


def open_angles(source: str) -> AngleField:
    """Read the angles of a product.

    Args:
        source: product folder, archive (.zip, .tar, .tar.gz) or metadata file; of Landsat also a Level-2 and its
            Level-1 product separated by ``;`` or ``|``.

    Returns:
        The angles on the product's own coarse lattice, with notes where they had to be assumed.

    Raises:
        ProductError: there is no such product, or it tells no angles.
        GridError: its lattice has no place.
    """
    parts = stack.parts_of(source) if stack.is_list(source) else (source,)
    found = tuple(_only(part) for part in parts)
    families = {product.family for product in found}
    if families == {"landsat"}:
        return landsat_angles(tuple(product.path for product in found), source)
    if families == {"sentinel2"} and len(found) == 1:
        return sentinel2_angles(found[0].path, source)
    titles = " and ".join(product.title for product in found)
    raise ProductError(
        f"{source} is {titles}; angles are read from one Sentinel-2 product, or from Landsat 8/9 products of one scene."
    )


def _only(part: str) -> Found:
    path = files.locate(part)
    products = [product for product in survey(path) if product.family in ("landsat", "sentinel2")]
    if len(products) == 1:
        return products[0]
    if not products and re.search(r"(MTD_TL|metadata)[^/]*\.xml$", path):
        return Found("sentinel2", "a Sentinel-2 granule", path)
    if not products:
        raise ProductError(
            f"{part} is no Sentinel-2 or Landsat 8/9 product, so it tells no angles. Pass the product's folder, "
            "archive or metadata file."
        )
    raise ProductError(f"{part} holds {len(products)} products. Pass one of them.")

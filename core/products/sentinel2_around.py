# SPDX-License-Identifier: GPL-2.0-or-later
"""The metadata of the Sentinel-2 product that a file lies in."""

from __future__ import annotations

import posixpath
import re
from functools import lru_cache

from ..errors import ProductError
from ..raster import file_stamp
from ..sensors import sensor_by_id
from . import files
from .identify import AWS_JSON, AWS_XML, GRANULE_XML, PRODUCT_XML
from .sentinel2_metadata import ProductMetadata, parse_granule, parse_product, product_of_granule
from .xml_tree import read_xml

_GRANULE = re.compile(r"^(?:(.*)/)?GRANULE/[^/]+/")
# As they are called since 2016; asked for by name, since many servers list no folders.
_NAMES = ("MTD_MSIL2A.xml", "MTD_MSIL1C.xml")


def metadata_around(path: str) -> ProductMetadata | None:
    """Return the metadata of the product that a file lies in, or None where it lies in none.

    Raises:
        ProductError: it lies in a product whose metadata are missing or damaged.
    """
    if PRODUCT_XML.match(posixpath.basename(path)):
        return _parsed(path, file_stamp(path))
    within = _GRANULE.match(path)
    if within is not None:
        folder = within[1] or "."
        named = [name for name in _NAMES if files.exists(files.join(folder, name))]
        found = named or [name for name in files.names(folder) if PRODUCT_XML.match(name)]
        if len(found) == 1:
            file = files.join(folder, found[0])
            return _parsed(file, file_stamp(file))
    for folder in (posixpath.dirname(path), posixpath.dirname(posixpath.dirname(path))):
        file = files.join(folder, AWS_XML)
        if files.exists(file) and files.exists(files.join(folder, AWS_JSON)):
            return product_of_granule(parse_granule(read_xml(file), file), sensor_by_id("sentinel2").quantification)
    if within is not None or ".safe/" in path.lower() or GRANULE_XML.match(posixpath.basename(path)):
        raise ProductError(
            f"{path} lies inside a SAFE product, whose metadata say what its values mean. Pass the .SAFE folder itself."
        )
    return None


@lru_cache(maxsize=64)
def _parsed(file: str, stamp: tuple[int, float]) -> ProductMetadata:
    """Parse metadata anew only where the file has changed: every band of a raster asks for them."""
    return parse_product(read_xml(file), file)

# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the metadata and the images of a Sentinel-2 product lie, in all layouts ESA has used."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass

from ..errors import ProductError
from . import files
from .identify import AWS_XML, GRANULE_XML, PRODUCT_XML
from .xml_tree import Element, read_xml

_GRANULES_SHOWN = 12
_IMAGE = re.compile(r"(?:^|_)(B\d{2}|B8A)(?:_(\d{2})m)?\.jp2$", re.IGNORECASE)
_FOLDER_GSD = re.compile(r"(?:^|/)R(\d{2})m/[^/]*$")

# (band name, GSD in metres that the file name or its folder states, or None) -> path
Images = dict[tuple[str, "float | None"], str]


@dataclass(frozen=True)
class Layout:
    """The parts of a product.

    Attributes:
        product_xml: path of the product metadata; empty in the layout of the public bucket, which has none.
        granule_xml: path of the metadata of the one granule.
    """

    product_xml: str
    granule_xml: str

    @property
    def granule(self) -> str:
        """Folder of the granule."""
        return posixpath.dirname(self.granule_xml)


def find_layout(path: str) -> Layout:
    """Find the metadata of a product and of its one granule.

    Args:
        path: product folder, product metadata, granule folder or granule metadata.

    Raises:
        ProductError: metadata are missing, are of another kind, or there are several granules to choose from.
    """
    path = path.replace("\\", "/")
    if not files.is_folder(path):
        return _layout_of_file(path)
    names = files.names(path)
    products = [name for name in names if PRODUCT_XML.match(name)]
    granules = [name for name in names if GRANULE_XML.match(name)]
    if len(products) > 1:
        raise ProductError(
            f"{path} holds several product metadata files ({', '.join(products)}): L1C and L2A, or two products, are "
            "mixed. Keep one product in a folder."
        )
    if products:
        return _layout_of_file(files.join(path, products[0]))
    if granules:
        return _layout_of_granule(files.join(path, granules[0]))
    if AWS_XML in names:
        return Layout("", files.join(path, AWS_XML))
    raise ProductError(
        f"{path} has no product metadata (MTD_MSIL1C.xml or MTD_MSIL2A.xml). Download the complete product."
    )


def find_images(layout: Layout) -> Images:
    """List the JP2 files of a granule; its IMG_DATA folder, or the granule folder itself in a bucket's layout."""
    folder = files.join(layout.granule, "IMG_DATA")
    if not files.is_folder(folder):
        folder = layout.granule
    found: Images = {}
    for name in files.names_below(folder):
        key = image_key(name)
        if key is not None:
            found.setdefault(key, files.join(folder, name))
    return found


def listed_images(layout: Layout, entries: tuple[str, ...]) -> Images:
    """Locate the images that the product metadata name and that exist.

    Args:
        layout: the product.
        entries: IMAGE_FILE or IMAGE_ID entries: with or without folder, with or without suffix.
    """
    root = posixpath.dirname(layout.product_xml)
    found: Images = {}
    for entry in entries:
        name = entry if entry.lower().endswith(".jp2") else entry + ".jp2"
        key = image_key(name)
        if key is None or ".." in name.split("/"):
            continue
        # Entries before 2016 are bare file names.
        path = files.join(root, name) if "/" in name else files.join(layout.granule, "IMG_DATA", name)
        if path.startswith(layout.granule + "/") and files.exists(path):
            found[key] = path
    return found


def level_of(root: Element, path: str) -> str:
    """Return ``L1C`` or ``L2A`` from the root element of product or granule metadata.

    Raises:
        ProductError: the file is other metadata, or of Level-1B.
    """
    found = re.match(r"Level-(1B|1C|2A)", root.name)
    if root.name.endswith("_DataStrip_ID") or found is None:
        kind = "datastrip metadata" if found else f"no Sentinel-2 product metadata (its root element is {root.name})"
        raise ProductError(f"{path} is {kind}. Pass the .SAFE folder, or its MTD_MSIL1C.xml or MTD_MSIL2A.xml.")
    if found[1] == "1B":
        raise ProductError(f"{path} is of Level-1B, which is in sensor geometry. Use the L1C or L2A product.")
    return f"L{found[1]}"


def _layout_of_file(path: str) -> Layout:
    root = read_xml(path)
    level_of(root, path)
    if root.name.endswith("_Tile_ID"):
        return _layout_of_granule(path)
    return Layout(path, _only_granule(posixpath.dirname(path)))


def _layout_of_granule(path: str) -> Layout:
    if posixpath.basename(path) == AWS_XML:
        return Layout("", path)
    product = posixpath.dirname(posixpath.dirname(posixpath.dirname(path)))
    xmls = [name for name in files.names(product) if PRODUCT_XML.match(name)]
    if len(xmls) != 1:
        raise ProductError(
            f"The granule {path} needs the metadata of its product (MTD_MSIL1C.xml or MTD_MSIL2A.xml) in {product}, "
            f"where {len(xmls)} are found. Download the complete product."
        )
    return Layout(files.join(product, xmls[0]), path)


def _only_granule(product: str) -> str:
    parent = files.join(product, "GRANULE")
    found: list[str] = []
    for granule in files.names(parent):
        folder = files.join(parent, granule)
        found.extend(files.join(folder, name) for name in files.names(folder) if GRANULE_XML.match(name))
    if not found:
        raise ProductError(
            f"{product} has no granule metadata (GRANULE/<id>/MTD_TL.xml). Download the complete product."
        )
    if len(found) > 1:
        identifiers = [posixpath.basename(posixpath.dirname(path)) for path in found]
        more = "" if len(found) <= _GRANULES_SHOWN else f" and {len(found) - _GRANULES_SHOWN} more"
        raise ProductError(
            f"{product} has {len(found)} granules ({', '.join(identifiers[:_GRANULES_SHOWN])}{more}), and one is "
            "processed at a time. Pass one granule's MTD file (GRANULE/<id>/...xml)."
        )
    return found[0]


def image_key(name: str) -> tuple[str, float | None] | None:
    """Return band and GSD in metres that the path of a JP2 file states (None where it states no GSD), or None."""
    found = _IMAGE.search(posixpath.basename(name))
    if found is None:
        return None
    folder = _FOLDER_GSD.search(name)
    gsd = found[2] or (folder[1] if folder else None)
    return found[1].upper(), None if gsd is None else float(gsd)

# SPDX-License-Identifier: GPL-2.0-or-later
"""What a Sentinel-2 product's list of its files, ``manifest.safe``, says of the bands' images."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator

from ..errors import ProductError
from ..scene import ListedFile
from . import files
from .xml_tree import Element, read_xml

NAME = "manifest.safe"
# Products before processing baseline 04.00 have MD5, later ones SHA3-256 (Sentinel-2 Products Specification Document).
_ALGORITHMS = {"MD5": "md5", "SHA3-256": "sha3_256"}


def listed_files(product_xml: str, paths: Iterable[str]) -> tuple[ListedFile, ...]:
    """Return the entries of some files; none where the product came without its list.

    Args:
        product_xml: path of the product metadata, beside which the list lies; empty where there are none.
        paths: files of the product.

    Raises:
        ProductError: the list is damaged.
    """
    path = files.join(posixpath.dirname(product_xml), NAME)
    if not product_xml or not files.exists(path):
        return ()
    wanted = set(paths)
    return tuple(entry for entry in _entries(read_xml(path), path) if entry.path in wanted)


def _entries(root: Element, path: str) -> Iterator[ListedFile]:
    folder = posixpath.dirname(path)
    for stream in root.all("byteStream"):
        place = next((location.attribute("href") for location in stream.all("fileLocation")), "")
        size = stream.attribute("size")
        # The oldest lists give neither size nor checksum.
        if not size:
            continue
        if not size.isdecimal():
            raise ProductError(f"{path} gives {size!r} for the size of {place}. Download the product again.")
        checksum = next(iter(stream.all("checksum")), None)
        algorithm = "" if checksum is None else _ALGORITHMS.get(checksum.attribute("checksumName").upper(), "")
        digest = checksum.text.lower() if checksum is not None and algorithm else ""
        inside = place[2:] if place.startswith("./") else place
        yield ListedFile(files.join(folder, inside), int(size), algorithm, digest)

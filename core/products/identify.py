# SPDX-License-Identifier: GPL-2.0-or-later
"""Tell by file names which family of products a path holds."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass

from . import files

PRODUCT_XML = re.compile(r"^(MTD_MSI(L1B|L1C|L2A)|S2[A-D]_(OPER|USER)_MTD_SAFL(1B|1C|2A)_.*)\.xml$")
GRANULE_XML = re.compile(r"^(MTD_TL|S2[A-D]_(OPER|USER)_MTD_L(1B|1C|2A)_(TL|GR)_.*)\.xml$")
# The layout of the public bucket: one folder a tile, with the tile metadata under this name beside tileInfo.json.
AWS_XML, AWS_JSON = "metadata.xml", "tileInfo.json"

LANDSAT_MTL = re.compile(r"(?:^|_)MTL\.(txt|json|xml)$", re.IGNORECASE)
_LANDSAT_NAME = re.compile(r"^L[COTEM]0\d_L\d", re.IGNORECASE)

_FAMILIES = (
    ("landsat", "a Landsat product", LANDSAT_MTL),
    ("modis", "a MODIS product", re.compile(r"^M[OYC]D\d\d.*\.(hdf|h5|nc)$", re.IGNORECASE)),
    ("viirs", "a VIIRS product", re.compile(r"^(V(NP|J1|J2)\d\d|SV[IM]\d\d_).*\.(h5|hdf|nc)$", re.IGNORECASE)),
    ("sentinel1", "a Sentinel-1 product", re.compile(r"^S1[A-D]_")),
    ("sentinel3", "a Sentinel-3 product", re.compile(r"(\.SEN3|^xfdumanifest\.xml)$", re.IGNORECASE)),
    ("sentinel5p", "a Sentinel-5P product", re.compile(r"^S5P_")),
    ("theia", "a Theia/MAJA product", re.compile(r"_MTD_ALL\.xml$", re.IGNORECASE)),
)
# Suffixes of plain files, so that a search for folders need not ask for the kind of each.
_PLAIN = re.compile(r"\.(tiff?|jp2|xml|gml|json|txt|html?|xsl|xsd|png|jpg|safe\.zip)$", re.IGNORECASE)


@dataclass(frozen=True)
class Found:
    """A product that was found.

    Attributes:
        family: the name that sensor files use, such as ``sentinel2``.
        title: what it is, for people.
        path: its folder or file.
    """

    family: str
    title: str
    path: str


def survey(path: str, depth: int = 2) -> tuple[Found, ...]:
    """Return the products that a path is or has in its folders, down to ``depth`` levels."""
    name = posixpath.basename(path.replace("\\", "/"))
    if not files.is_folder(path):
        if name == "manifest.safe":
            return survey(posixpath.dirname(path.replace("\\", "/")), depth)
        return _identified(name, (name,), path) or _named(name, path)
    names = files.names(path)
    here = _identified(name, names, path)
    if any(found.family == "sentinel2" for found in here):
        return here
    if depth:
        below = (files.join(path, child) for child in names if not _PLAIN.search(child))
        here += tuple(found for folder in below if files.is_folder(folder) for found in survey(folder, depth - 1))
    return here or _named(name, path)


def _named(name: str, path: str) -> tuple[Found, ...]:
    """Return a Landsat product whose metadata are nowhere to be found, so that its reader can say so."""
    return (Found("landsat", "a Landsat product", path),) if _LANDSAT_NAME.match(name) else ()


def _identified(name: str, names: tuple[str, ...], path: str) -> tuple[Found, ...]:
    if _is_sentinel2(name, names):
        return (Found("sentinel2", "a Sentinel-2 product", path),)
    for family, title, pattern in _FAMILIES:
        if pattern.search(name) or any(pattern.search(entry) for entry in names):
            return (Found(family, title, path),)
    return ()


def _is_sentinel2(name: str, names: tuple[str, ...]) -> bool:
    if re.match(r"^S2[A-D]_.*\.SAFE$", name, re.IGNORECASE):
        return True
    if AWS_XML in names and AWS_JSON in names:
        return True
    return any(PRODUCT_XML.match(entry) or GRANULE_XML.match(entry) for entry in names)

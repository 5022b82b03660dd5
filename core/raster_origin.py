# SPDX-License-Identifier: GPL-2.0-or-later
"""Which file lies behind what GDAL opens: inside containers and archives, or cut by an inline VRT."""

from __future__ import annotations

import html
import os
import re

_SOURCE = re.compile(r"<(Source(?:Filename|Dataset))[^>]*>(.*?)</\1>", re.DOTALL)
_INSIDE = re.compile(r'^[A-Z0-9]+(?:_[A-Z]+)?:(?:[A-Za-z0-9_]+:)?"(.+?)":')
_ARCHIVE = re.compile(r"^/vsi(?:zip|tar)/(.+)$", re.DOTALL)


def source_file(path: str) -> str:
    """Return the file of a raster: its container, what an inline VRT cuts or warps, else the path itself."""
    if path.lstrip().startswith("<VRTDataset"):
        cut = _SOURCE.search(path)
        return path if cut is None else source_file(html.unescape(cut[2]))
    inside = _INSIDE.match(path)
    return path if inside is None else inside[1]


def local_file(path: str) -> str:
    """Return the file on a local disk from which a raster is read, be it an archive; empty where there is none."""
    name = source_file(path)
    found = _ARCHIVE.match(name)
    if found is None:
        return name if os.path.isfile(name) else ""
    # GDAL allows braces around the archive; a folder may be called like one.
    place = found[1].replace("{", "", 1).replace("}", "", 1) if found[1].startswith("{") else found[1]
    while place and not os.path.isfile(place):
        place = os.path.dirname(place) if os.path.dirname(place) != place else ""
    return place

# SPDX-License-Identifier: GPL-2.0-or-later
"""Files of NASA's harmonized Landsat and Sentinel-2 (HLS), which have bands B01 to B12, each by its own sensor."""

from __future__ import annotations

import posixpath
import re

# "HLS.L30.T31UDQ.2021182T104500.v2.0.B05.tif" as NASA names it, "HLSL30.020_B05_doy2021182..." as AppEEARS does.
_NAME = re.compile(r"(?i)(?<![a-z0-9])HLS[._-]?([LS])30(?!\d)")
_OWN = re.compile(r"(?i)HLS\.[LS]30\.T\w{5}\.\d{7}(T\d{6})?\.v\d\.\d\.B\w\w\.tif")
# HLS version 2 product user guide: 16-bit reflectance times 10000, with this fill value.
SCALE, FILL = 1e-4, -9999.0
_FAMILIES = {"L": "landsat", "S": "sentinel2"}


def hls_family(path: str) -> str:
    """Return whose bands a file of HLS has, ``landsat`` or ``sentinel2``, by its name; empty for other files."""
    found = _NAME.search(posixpath.basename(path.replace("\\", "/")))
    return "" if found is None else _FAMILIES[found[1].upper()]


def is_hls_own(path: str) -> bool:
    """Return whether a file is called just as NASA calls it."""
    return _OWN.fullmatch(posixpath.basename(path.replace("\\", "/"))) is not None

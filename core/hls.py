# SPDX-License-Identifier: GPL-2.0-or-later
"""Files of NASA's harmonized Landsat and Sentinel-2 (HLS), which have bands B01 to B12, each by its own sensor."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable

# "HLS.L30.T31UDQ.2021182T104500.v2.0.B05.tif" as NASA names it, "HLSL30.020_B05_doy2021182..." as AppEEARS does.
_NAME = re.compile(r"(?i)(?<![a-z0-9])HLS[._-]?([LS])30(?!\d)")
_OWN = re.compile(r"(?i)HLS\.[LS]30\.T\w{5}\.\d{7}(T\d{6})?\.v\d\.\d\.B\w\w\.tif")
# HLS version 2 product user guide: 16-bit reflectance times 10000, with this fill value.
SCALE, FILL = 1e-4, -9999.0
_FAMILIES = {"L": ("landsat", "sentinel2"), "S": ("sentinel2", "landsat")}
# Bands that files of the other satellite have: whoever calls them so has renamed them.
_FOREIGN = {
    "landsat": re.compile(r"(?i)(?<![a-z0-9])(B0?8A?|B12|red_?edge_?\d|nir09)(?![a-z0-9])"),
    "sentinel2": re.compile(r"(?i)(?<![a-z0-9])(SR_B\d|pan|panchromatic)(?![a-z0-9])"),
}


def hls_family(path: str, names: Iterable[str] = ()) -> str:
    """Return whose bands a file of HLS has, ``landsat`` or ``sentinel2``, by its name; empty for other files.

    Args:
        path: of the file.
        names: its bands; where some are the other satellite's alone, it is that one's.
    """
    found, names = _NAME.search(posixpath.basename(path.replace("\\", "/"))), tuple(names)
    families = () if found is None else _FAMILIES[found[1].upper()]
    return next((name for name in families if not any(map(_FOREIGN[name].search, names))), "")


def is_hls_own(path: str) -> bool:
    """Return whether a file is called just as NASA calls it."""
    return _OWN.fullmatch(posixpath.basename(path.replace("\\", "/"))) is not None

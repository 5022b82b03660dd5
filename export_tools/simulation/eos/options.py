# SPDX-License-Identifier: GPL-2.0-or-later
"""What to simulate of MODIS and VIIRS, and what was made."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

PRODUCTS = ("MOD09", "MOD09GA", "MOD09A1", "VNP09", "VNP09GA")


@dataclass(frozen=True)
class EosOptions:
    """A product.

    Attributes:
        product: one of :data:`PRODUCTS`; MOD09GA and MOD09A1 come with MOD09GQ and MOD09Q1.
        satellite: letters before the number: MOD or MYD; VNP, VJ1 or VJ2.
        day: year and day of the year, such as ``2019021``.
        time: start of a swath.
        tile: of a gridded product.
        version: collection.
        seed: number of the landscape.
        size: coarsest pixels along a side of a tile's part; a whole tile has 2400 (MODIS) or 1200 (VIIRS).
        lon: longitude below the satellite at the first scan, degrees.
        lat: latitude likewise.
        heading: direction of flight, degrees clockwise from north.
        scans: scans of a swath.
        first_col: first of the finest pixels of each scan that is kept, a multiple of 4.
        cols: how many are kept, a multiple of 4.
        geolocation: of VNP09: ``IMG``, ``MOD`` or empty for none.
    """

    product: str = "MOD09"
    satellite: str = ""
    day: str = "2019021"
    time: str = "1710"
    tile: str = "h18v04"
    version: str = "061"
    seed: int = 1
    size: int = 60
    lon: float = 10.0
    lat: float = 45.0
    heading: float = 190.0
    scans: int = 4
    first_col: int = 0
    cols: int = 400
    geolocation: str = "IMG"

    def __post_init__(self) -> None:
        """Check what cannot be.

        Raises:
            ValueError: the product is unknown, or columns are no multiple of 4.
        """
        if self.product not in PRODUCTS:
            raise ValueError(f"{self.product} is not simulated. Use one of {', '.join(PRODUCTS)}.")
        if self.first_col % 4 or self.cols % 4 or self.cols < 8 or self.size < 2 or self.scans < 1:
            raise ValueError("first_col and cols must be multiples of 4, size at least 2, scans at least 1.")

    def file_name(self, kind: str, suffix: str) -> str:
        """Return the name of a file of some kind such as ``09GQ``."""
        gridded = self.product not in ("MOD09", "VNP09")
        letters = self.satellite or self.product[:3]
        place = self.tile if gridded else self.time
        return f"{letters}{kind}.A{self.day}.{place}.{self.version}.2021282005014.{suffix}"


@dataclass(frozen=True)
class EosProduct:
    """What was written.

    Attributes:
        files: the product's files; the one to open first.
        truth: all bands on the finest grid as (bands, rows, columns) in numpy's format, with names in ``bands``.
        bands: names of the bands of the truth.
    """

    files: tuple[Path, ...]
    truth: Path
    bands: tuple[str, ...]

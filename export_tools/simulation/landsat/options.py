# SPDX-License-Identifier: GPL-2.0-or-later
"""What Landsat product to simulate, as one frozen record, and what came out of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

LEVELS = ("L1TP", "L2SP")
SATELLITES = ("LC08", "LC09")
PACKINGS = ("tar", "tar.gz", "zip")
FULL_SIZE = 8200
SMALLEST_SIZE = 16

Margins = tuple[int, int, int, int]


@dataclass(frozen=True)
class LandsatOptions:
    """What to simulate.

    Attributes:
        size: rows (and columns, unless ``width`` is given) at 30 m, 16 to 8200.
        width: columns at 30 m; 0 means ``size``.
        level: ``L1TP`` (digital numbers, top of atmosphere, with pan) or ``L2SP`` (surface reflectance, without).
        collection: 1 or 2; Level-2 is Collection 2.
        seed: number of the landscape; the same seed gives the same ground for every level and collection.
        satellite: ``LC08`` or ``LC09``.
        path_row: WRS-2 path and row in the names.
        epsg: EPSG code of the UTM zone.
        origin: easting and northing of the upper left corner of the 30 m bands in metres.
        acquired: time of the scene's centre, ISO 8601, UTC.
        clouds: whether there are clouds with their shadows.
        nodata_corner: whether the orbit's edge cuts a corner off.
        noise: whether the sensor adds noise.
        saturated: whether a few glints saturate the sensor (digital number 65535).
        crop_pan: rows and columns to cut off the pan at top, left, bottom and right, as a clipped product has it.
        crop_bands: the same for the 30 m bands, in their pixels.
        truth: where to write all bands at 15 m on the pan's grid (uncut) as a GeoTIFF; None writes none.
        pack: ``tar``, ``tar.gz`` or ``zip`` packs the product beside its folder; empty does not.
        threads: windows worked on at once.
    """

    size: int = 250
    width: int = 0
    level: str = "L1TP"
    collection: int = 2
    seed: int = 1
    satellite: str = "LC08"
    path_row: tuple[int, int] = (195, 25)
    epsg: int = 32632
    origin: tuple[float, float] = (483585.0, 5628525.0)
    acquired: str = "2023-06-15T10:16:21"
    clouds: bool = True
    nodata_corner: bool = True
    noise: bool = True
    saturated: bool = False
    crop_pan: Margins = (0, 0, 0, 0)
    crop_bands: Margins = (0, 0, 0, 0)
    truth: Path | None = None
    pack: str = ""
    threads: int = 2

    def __post_init__(self) -> None:
        """Refuse what no product can be.

        Raises:
            ValueError: a field has no usable value; the sentence names it and what is possible.
        """
        for wrong, sentence in self._problems():
            if wrong:
                raise ValueError(sentence)

    def _problems(self) -> tuple[tuple[bool, str], ...]:
        sizes = (self.rows, self.cols)
        rest = min(
            side - before - after
            for margins, factor in ((self.crop_bands, 1), (self.crop_pan, 2))
            for side, before, after in (
                (self.rows * factor, margins[0], margins[2]),
                (self.cols * factor, margins[1], margins[3]),
            )
        )
        return (
            (
                any(not SMALLEST_SIZE <= n <= FULL_SIZE for n in sizes),
                f"A size of {self.rows} x {self.cols} pixels is not possible. Use {SMALLEST_SIZE} to {FULL_SIZE}.",
            ),
            (self.level not in LEVELS, f"Level {self.level!r} is not known. Use {' or '.join(LEVELS)}."),
            (self.collection not in (1, 2), f"Collection {self.collection} is not known. Use 1 or 2."),
            (
                self.level == "L2SP" and self.collection == 1,
                "Level-2 products of Collection 1 have another layout, which is not simulated. Use collection 2.",
            ),
            (
                self.satellite not in SATELLITES,
                f"Satellite {self.satellite!r} is not known. Use {' or '.join(SATELLITES)}.",
            ),
            (
                not (32601 <= self.epsg <= 32660),
                f"EPSG:{self.epsg} is no northern UTM zone, as all Landsat products have. Use 32601 to 32660.",
            ),
            (
                re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", self.acquired) is None,
                f"Time {self.acquired!r} is not of the form 2023-06-15T10:16:21. Write it in UTC without a zone.",
            ),
            (
                min(*self.crop_pan, *self.crop_bands) < 0 or rest < SMALLEST_SIZE,
                f"Crops must be zero or more and leave {SMALLEST_SIZE} pixels. Cut less off.",
            ),
            (
                self.pack not in ("", *PACKINGS),
                f"Products are not packed as {self.pack!r}. Use one of {', '.join(PACKINGS)}.",
            ),
            (self.threads < 1, f"{self.threads} threads cannot work. Use one or more."),
        )

    @property
    def rows(self) -> int:
        """Rows at 30 m."""
        return self.size

    @property
    def cols(self) -> int:
        """Columns at 30 m."""
        return self.width or self.size

    @property
    def has_angles(self) -> bool:
        """Whether the product has angle bands, as Level-1 of Collection 2 has."""
        return self.level == "L1TP" and self.collection == 2

    @property
    def start(self) -> datetime:
        """Time of the scene's centre."""
        return datetime.strptime(self.acquired, "%Y-%m-%dT%H:%M:%S")

    @property
    def generated(self) -> datetime:
        """When the product pretends to have been made: twelve days later."""
        return self.start + timedelta(days=12)

    @property
    def product_name(self) -> str:
        """Product identifier."""
        return self.name_of(self.level)

    def name_of(self, level: str) -> str:
        """Return the identifier of the product of a level of this scene."""
        path, row = self.path_row
        return (
            f"{self.satellite}_{level}_{path:03d}{row:03d}_{self.start:%Y%m%d}_{self.generated:%Y%m%d}_"
            f"{self.collection:02d}_T1"
        )


@dataclass(frozen=True)
class SimulatedLandsat:
    """What was written.

    Attributes:
        folder: the product folder.
        metadata: its ``..._MTL.txt``.
        truth: all bands at 15 m, or None.
        archive: the packed product, or None.
    """

    folder: Path
    metadata: Path
    truth: Path | None = None
    archive: Path | None = None

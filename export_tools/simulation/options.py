# SPDX-License-Identifier: GPL-2.0-or-later
"""What to simulate, as one frozen record, and what came out of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

LEVELS = ("L1C", "L2A")
SATELLITES = ("S2A", "S2B", "S2C")
FULL_SIZE = 10980
# Sizes are counted at 10 m; the 60 m bands need whole pixels.
SIZE_STEP = 6
FIRST_BASELINE_WITH_OFFSET = 400
OFFSET = -1000


@dataclass(frozen=True)
class SimulationOptions:
    """What to simulate.

    Attributes:
        size: rows (and columns, unless ``width`` is given) at 10 m; a multiple of 6, at most 10980.
        width: columns at 10 m; 0 means ``size``.
        level: ``L1C`` (top of atmosphere) or ``L2A`` (surface reflectance).
        baseline: processing baseline ``NN.NN``; from 04.00 on digital numbers carry an offset of -1000.
        seed: number of the landscape; the same seed gives the same ground for every size, level and baseline.
        satellite: ``S2A``, ``S2B`` or ``S2C``.
        tile: MGRS tile in the names, such as ``31UFS``.
        epsg: EPSG code of the UTM zone.
        origin: easting and northing of the upper left corner in metres.
        acquired: start of sensing, ISO 8601, UTC.
        clouds: whether there are clouds with their shadows.
        nodata_corner: whether the orbit's edge cuts a corner off.
        noise: whether the sensor adds noise.
        saturated: whether a few glints saturate the sensor (digital number 65535).
        complete: whether bands are also written at the coarser GSDs, and TCI, AOT, WVP, as ESA does.
        truth: where to write all bands at 10 m as a GeoTIFF in the same digital numbers; None writes none.
        zip: whether to pack the product into a .zip beside it.
        threads: windows worked on at once.
    """

    size: int = 600
    width: int = 0
    level: str = "L2A"
    baseline: str = "05.09"
    seed: int = 1
    satellite: str = "S2A"
    tile: str = "31UFS"
    epsg: int = 32631
    origin: tuple[float, float] = (600000.0, 5700000.0)
    acquired: str = "2023-06-15T10:56:21"
    clouds: bool = True
    nodata_corner: bool = True
    noise: bool = True
    saturated: bool = False
    complete: bool = False
    truth: Path | None = None
    zip: bool = False
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
        return (
            (
                any(n % SIZE_STEP or not SIZE_STEP <= n <= FULL_SIZE for n in sizes),
                f"A size of {self.rows} x {self.cols} pixels is not possible. "
                f"Use multiples of {SIZE_STEP} up to {FULL_SIZE}, so that the 60 m bands have whole pixels.",
            ),
            (self.level not in LEVELS, f"Level {self.level!r} is not known. Use {' or '.join(LEVELS)}."),
            (
                re.fullmatch(r"\d\d\.\d\d", self.baseline) is None,
                f"Baseline {self.baseline!r} is not of the form 05.09. Write two digits, a point, two digits.",
            ),
            (
                self.satellite not in SATELLITES,
                f"Satellite {self.satellite!r} is not known. Use one of {', '.join(SATELLITES)}.",
            ),
            (
                re.fullmatch(r"\d\d[A-Z]{3}", self.tile) is None,
                f"Tile {self.tile!r} is not of the form 31UFS. Write two digits and three capitals.",
            ),
            (
                not (32601 <= self.epsg <= 32660 or 32701 <= self.epsg <= 32760),
                f"EPSG:{self.epsg} is no UTM zone. Use 32601 to 32660 (north) or 32701 to 32760 (south).",
            ),
            (
                re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", self.acquired) is None,
                f"Time {self.acquired!r} is not of the form 2023-06-15T10:56:21. Write it in UTC without a zone.",
            ),
            (self.threads < 1, f"{self.threads} threads cannot work. Use one or more."),
        )

    @property
    def rows(self) -> int:
        """Rows at 10 m."""
        return self.size

    @property
    def cols(self) -> int:
        """Columns at 10 m."""
        return self.width or self.size

    @property
    def offset(self) -> int:
        """The metadata's ADD_OFFSET: reflectance = (digital number + offset) / quantification."""
        return OFFSET if int(self.baseline.replace(".", "")) >= FIRST_BASELINE_WITH_OFFSET else 0

    @property
    def start(self) -> datetime:
        """Start of sensing."""
        return datetime.strptime(self.acquired, "%Y-%m-%dT%H:%M:%S")

    @property
    def generated(self) -> datetime:
        """When the product pretends to have been made: four hours after sensing."""
        return self.start + timedelta(hours=4)

    @property
    def product_name(self) -> str:
        """Name of the .SAFE folder after the compact naming convention of 2016."""
        baseline = self.baseline.replace(".", "")
        return (
            f"{self.satellite}_MSI{self.level}_{self.start:%Y%m%dT%H%M%S}_N{baseline}_R094_"
            f"T{self.tile}_{self.generated:%Y%m%dT%H%M%S}.SAFE"
        )

    @property
    def granule_name(self) -> str:
        """Name of the granule folder."""
        return f"{self.level}_T{self.tile}_A041678_{self.start:%Y%m%dT%H%M%S}"

    @property
    def image_prefix(self) -> str:
        """What the names of all image files begin with."""
        return f"T{self.tile}_{self.start:%Y%m%dT%H%M%S}"


@dataclass(frozen=True)
class SimulatedProduct:
    """What was written.

    Attributes:
        safe: the .SAFE folder.
        metadata: the product's ``MTD_MSIL1C.xml`` or ``MTD_MSIL2A.xml``.
        truth: all bands at 10 m, or None.
        zip: the packed product, or None.
    """

    safe: Path
    metadata: Path
    truth: Path | None = None
    zip: Path | None = None

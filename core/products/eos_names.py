# SPDX-License-Identifier: GPL-2.0-or-later
"""What the name of a MODIS or VIIRS file says, and which of the files given belong together."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..errors import ProductError
from . import files, hdf

_NAME = re.compile(
    r"^(?P<product>(?:M[OY]D|V(?:NP|J1|J2))\d\d[A-Z0-9]*?)(?:_NRT)?\.A(?P<year>\d{4})(?P<day>\d{3})\."
    r"(?:(?P<tile>h\d\dv\d\d)|(?P<time>\d{4}))\.(?P<version>\d{3})\b.*\.(?:hdf|h5|he5|nc)$",
    re.IGNORECASE,
)
_SATELLITES = {"MOD": "Terra", "MYD": "Aqua", "VNP": "Suomi NPP", "VJ1": "NOAA-20", "VJ2": "NOAA-21"}


@dataclass(frozen=True)
class EosName:
    """The parts of a file name such as ``MOD09GA.A2017193.h18v04.061.2021282005014.hdf``.

    Attributes:
        path: of the file.
        product: such as ``MOD09GA``.
        day: such as ``A2017193`` (year and day of the year).
        tile: such as ``h18v04``; empty for a swath.
        time: start of a swath, hours and minutes; empty for a tile.
        version: collection, such as ``061``.
    """

    path: str
    product: str
    day: str
    tile: str
    time: str
    version: str

    @property
    def stem(self) -> str:
        """Product, date and place or time, without the rest."""
        return f"{self.product}.{self.day}.{self.tile or self.time}"

    @property
    def satellite(self) -> str:
        """Name of the satellite."""
        return _SATELLITES[self.product[:3]]

    @property
    def kind(self) -> str:
        """The product without its satellite, such as ``09GA``."""
        return self.product[3:]

    @property
    def acquired(self) -> str:
        """ISO 8601 date, with the time where the name has one; of an 8-day product its first day."""
        date = datetime(int(self.day[1:5]), 1, 1) + timedelta(days=int(self.day[5:]) - 1)
        return f"{date:%Y-%m-%d}" + (f"T{self.time[:2]}:{self.time[2:]}:00Z" if self.time else "")


def parse_name(path: str) -> EosName | None:
    """Return the parts of a file name, or None where it is of another form."""
    found = _NAME.match(posixpath.basename(path.replace("\\", "/")))
    if found is None:
        return None
    return EosName(
        path,
        found["product"].upper(),
        f"A{found['year']}{found['day']}",
        (found["tile"] or "").lower(),
        found["time"] or "",
        found["version"],
    )


def given_files(paths: tuple[str, ...]) -> tuple[EosName, ...]:
    """Return the named HDF files that the user gave: files, and those in folders.

    Raises:
        ProductError: the one file that is given is not named as a product.
    """
    found = [path for given in paths for path in _files_of(given)]
    named = [parse_name(path) for path in found]
    if len(found) == 1 and named[0] is None:
        raise ProductError(
            f"{found[0]} is not named as it is delivered (such as MOD09GA.A2017193.h18v04.061.2021282005014.hdf), so "
            "its product, date and place are unknown. Give it back its name."
        )
    return tuple(name for name in named if name is not None)


def beside(path: str) -> tuple[EosName, ...]:
    """Return the named HDF files in the folder of a file."""
    folder = posixpath.dirname(path.replace("\\", "/")) or "."
    named = (parse_name(files.join(folder, name)) for name in files.names(folder) if hdf.is_hdf(name))
    return tuple(name for name in named if name is not None)


def _files_of(path: str) -> list[str]:
    if not files.is_folder(path):
        return [path]
    return [files.join(path, name) for name in files.names(path) if hdf.is_hdf(name)]

# SPDX-License-Identifier: GPL-2.0-or-later
"""When and by what a raster was taken: from a table of the user, the file's tags, or its name."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path, PurePath

from ..errors import ProductError

# Tags that name the time of acquisition, and never that of writing the file.
_TAGS = (
    "SATSHARP_ACQUIRED",
    "ACQUIRED",
    "ACQUISITION_DATE",
    "DATE_ACQUIRED",
    "SENSING_TIME",
    "DATATAKE_1_DATATAKE_SENSING_START",
    "PRODUCT_START_TIME",
    "RANGEBEGINNINGDATE",
)
_DAY = r"(?P<year>(?:19|20)\d\d)(?P<gap>[-_.]?)(?P<month>0[1-9]|1[0-2])(?P=gap)(?P<day>0[1-9]|[12]\d|3[01])"
_CLOCK = r"(?:[T _](?P<hour>[01]\d|2[0-3]):?(?P<minute>[0-5]\d):?(?P<second>[0-5]\d)(?!\d))?"
_CALENDAR = re.compile(rf"(?<!\d){_DAY}(?!\d){_CLOCK}")
# Year and day of the year: HLS (2021001T101234), MODIS (A2021001), Landsat before collections (LC80010012015001LGN00).
_ORDINAL = re.compile(
    r"(?:(?<!\d)A?|L[COTEM]\d\d{6})(?P<year>(?:19|20)\d\d)(?P<ordinal>[0-3]\d\d)(?!\d)"
    r"(?:T(?P<hour>[01]\d|2[0-3])(?P<minute>[0-5]\d)(?P<second>[0-5]\d))?"
)
_SENSORS = (
    (re.compile(r"(?i)(?:^|[^a-z0-9])S2([ABCD])(?![a-z0-9])|SENTINEL-?2([ABCD])"), "Sentinel-2{}"),
    (re.compile(r"(?i)(?:^|[^a-z0-9])(?:HLS\.S30|SEN2|S2|SENTINEL-?2)(?![a-z0-9])"), "Sentinel-2"),
    (re.compile(r"(?i)(?:^|[^a-z0-9])L[COTEM]0?([45789])(?:_|\d{13})|LANDSAT[ _-]?([45789])(?!\d)"), "Landsat {}"),
    (re.compile(r"(?i)(?:^|[^a-z0-9])(?:HLS\.L30|LANDSAT|OLI|L8|L9)(?![a-z0-9])"), "Landsat"),
    (re.compile(r"(?i)(?:^|[^a-z0-9])M[OYC]D\d\d|MODIS"), "MODIS"),
    (re.compile(r"(?i)(?:^|[^a-z0-9])V(?:NP|J1)\d\d|VIIRS"), "VIIRS"),
)
_NAMES = {"sentinel2": "Sentinel-2", "landsat": "Landsat", "modis": "MODIS", "viirs": "VIIRS"}
FILE_COLUMN, DATE_COLUMN, SENSOR_COLUMN, MASK_COLUMN = "file", "date", "sensor", "mask"


@dataclass(frozen=True)
class Entry:
    """A line of the user's table: what it leaves empty is found as without it."""

    file: str
    date: str = ""
    sensor: str = ""
    mask: str = ""


def parse_time(text: str) -> datetime | None:
    """Return the first time or day that a text names, in universal time; None where there is none."""
    found = _CALENDAR.search(text)
    if found is not None:
        return _valid(lambda: datetime(int(found["year"]), int(found["month"]), int(found["day"])), found)
    ordinal = _ORDINAL.search(text)
    if ordinal is None or not 1 <= int(ordinal["ordinal"]) <= 366:
        return None
    days = timedelta(days=int(ordinal["ordinal"]) - 1)
    return _valid(lambda: datetime(int(ordinal["year"]), 1, 1) + days, ordinal)


def _valid(make: Callable[[], datetime], found: re.Match[str]) -> datetime | None:
    """Return a day with its clock, or None where the calendar has no such day."""
    try:
        day = make()
    except ValueError:
        return None
    clock = {part: int(found[part] or 0) for part in ("hour", "minute", "second")}
    return day.replace(tzinfo=timezone.utc, **clock)


def time_of(tags: Mapping[str, str], name: str) -> tuple[datetime, str] | None:
    """Return when a raster was taken and what says so: its tags, else its name; None where nothing does."""
    upper = {key.upper(): value for key, value in tags.items()}
    for tag in _TAGS:
        found = parse_time(upper.get(tag, ""))
        if found is not None:
            return found, f"tag {tag}"
    found = parse_time(PurePath(name).name)
    return None if found is None else (found, "file name")


def sensor_of(tags: Mapping[str, str], name: str, band_sensor: str) -> str:
    """Return the satellite or sensor of a raster by its tags, its name or its bands; empty where nothing tells."""
    for text in (tags.get("SATSHARP_INPUT_SATELLITE", ""), tags.get("SATSHARP_SATELLITE", ""), PurePath(name).name):
        found = sensor_in(text)
        if found:
            return found
    own = tags.get("SATSHARP_SENSOR", "") or band_sensor
    return _NAMES.get(own, own)


def sensor_in(text: str) -> str:
    """Return the satellite or sensor that a text names; empty where it names none."""
    for pattern, title in _SENSORS:
        found = pattern.search(text)
        if found is not None:
            return title.format(*(part.upper() for part in found.groups() if part))
    return ""


def read_table(path: Path) -> tuple[Entry, ...]:
    """Read a table with the columns file and, as far as they are there, date, sensor and mask.

    Files and masks are named relative to the table's folder. Columns are separated by commas, semicolons or tabs.

    Raises:
        ProductError: it cannot be read, has no column ``file``, or a date in it is none.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ProductError(f"{path} cannot be read as a table ({error}). Save it as CSV in UTF-8.") from error
    head = text.split("\n", 1)[0]
    separator = max(",;\t", key=head.count)
    rows = csv.DictReader(io.StringIO(text), delimiter=separator)
    columns = {(name or "").strip().lower(): name for name in rows.fieldnames or ()}
    if FILE_COLUMN not in columns:
        raise ProductError(
            f"{path} has no column {FILE_COLUMN!r} (it has {', '.join(filter(None, columns)) or 'none'}). Give it the "
            f"columns {FILE_COLUMN}, {DATE_COLUMN}, {SENSOR_COLUMN} and {MASK_COLUMN}, as far as needed."
        )
    entries = []
    for row in rows:
        cells = {key: (row.get(name) or "").strip() for key, name in columns.items()}
        if cells[FILE_COLUMN]:
            entries.append(_entry(cells, path))
    if not entries:
        raise ProductError(f"{path} names no file. Write one file a line.")
    return tuple(entries)


def _entry(cells: dict[str, str], path: Path) -> Entry:
    date, mask = cells.get(DATE_COLUMN, ""), cells.get(MASK_COLUMN, "")
    if date and parse_time(date) is None:
        raise ProductError(f"{date!r} in {path} is no date. Write dates as 2021-06-30 or 2021-06-30T10:15:00.")
    return Entry(
        str(path.parent / cells[FILE_COLUMN]),
        date,
        cells.get(SENSOR_COLUMN, ""),
        str(path.parent / mask) if mask else "",
    )


def iso_text(time: datetime) -> str:
    """Return a time as ISO 8601, the day alone where the clock is unknown (midnight)."""
    if (time.hour, time.minute, time.second) == (0, 0, 0):
        return time.strftime("%Y-%m-%d")
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")

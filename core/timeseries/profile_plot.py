# SPDX-License-Identifier: GPL-2.0-or-later
"""A profile as a table and as a plot."""

from __future__ import annotations

import csv
import io
import math
from datetime import datetime, timezone

from ..errors import ProductError
from ..quality.svg import Axis, Plot
from .dates import iso_text
from .profile import CLEAR, ProfilePoint

COLOURS = ("#1f77b4", "#d95f02", "#1b9e77", "#7570b3", "#e7298a", "#666666")
_MARGIN = 0.04
_DAY, _YEAR = 86400.0, 365.25 * 86400.0


def profile_csv(points: tuple[ProfilePoint, ...], index: str) -> str:
    """Return the profile as a table: a line for each date, without a value where there is none."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(("date", "sensor", index, "first", "second", "pixels", "of", "state", "file"))
    for point in points:
        numbers = (f"{value:.6f}" if math.isfinite(value) else "" for value in (point.value, point.first, point.second))
        image = point.image
        writer.writerow(
            (
                iso_text(image.time),
                image.sensor,
                *numbers,
                point.pixels,
                point.total,
                point.state,
                image.raster.source.title,
            )
        )
    return stream.getvalue()


def profile_svg(points: tuple[ProfilePoint, ...], index: str, title: str, width: int = 900, height: int = 380) -> str:
    """Return the profile as a plot: a dot for each clear date in the colour of its sensor, joined by a line.

    Raises:
        ProductError: there is no clear date.
    """
    shown = [point for point in points if point.state == CLEAR]
    if not shown:
        raise ProductError("No date is clear at this point, so there is nothing to plot. Choose another point or mask.")
    places = [point.image.time.timestamp() for point in shown]
    values = [point.value for point in shown]
    plot = Plot(
        Axis(*_padded(min(places), max(places), _DAY), "", _time_ticks(min(places), max(places))),
        Axis(*_padded(min(values), max(values), 0.05), index),
        title,
        width,
        height,
    )
    sensors = sorted({point.image.sensor for point in shown})
    colours = {sensor: COLOURS[number % len(COLOURS)] for number, sensor in enumerate(sensors)}
    plot.line(list(zip(places, values)), "#b0b0b0", 1.2)
    for place, point in zip(places, shown):
        words = f"{point.image.title}: {point.value:.3f}"
        plot.dot(place, point.value, colours[point.image.sensor], words)
    plot.legend([(colours[sensor], sensor) for sensor in sensors])
    return plot.text()


def _padded(low: float, high: float, least: float) -> tuple[float, float]:
    room = max(_MARGIN * (high - low), least)
    return low - room, high + room


def _time_ticks(low: float, high: float) -> tuple[tuple[float, str], ...]:
    """Return the first days of years, quarters or months, or a few days, whichever give a handful of ticks."""
    first, last = (datetime.fromtimestamp(place, timezone.utc) for place in (low, high))
    if high - low > 4 * _YEAR:
        months: tuple[int, ...] = (1,)
    elif high - low > 1.2 * _YEAR:
        months = (1, 4, 7, 10)
    else:
        months = tuple(range(1, 13))
    days = [
        datetime(year, month, 1, tzinfo=timezone.utc) for year in range(first.year, last.year + 2) for month in months
    ]
    shown = [day for day in days if low - _DAY <= day.timestamp() <= high + _DAY]
    if len(shown) < 2:
        steps = [low + (high - low) * part / 4 for part in range(5)] if high > low else [low]
        shown = [datetime.fromtimestamp(step, timezone.utc) for step in steps]
        return tuple((day.timestamp(), day.strftime("%Y-%m-%d")) for day in shown)
    return tuple((day.timestamp(), day.strftime("%Y" if len(months) == 1 else "%Y-%m")) for day in shown)

# SPDX-License-Identifier: GPL-2.0-or-later
"""Choose the dates that a model of several dates is given: least cloudy first, the same for the whole mosaic."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .errors import CardError

OLDEST_FIRST, NEWEST_FIRST, BEST_FIRST, AS_GIVEN = "oldest first", "newest first", "best first", "as given"
ORDERS = (OLDEST_FIRST, NEWEST_FIRST, BEST_FIRST, AS_GIVEN)
# Brighter than this reflectance in every band that is looked at: cloud or snow, as core/band_shift_pass.py has it.
WHITE = 0.25
# Classes of Sentinel-2's scene classification: no data and defective; shadow, cloud of medium and high probability,
# cirrus.
MISSING_CLASSES, CLOUDY_CLASSES = (0, 1), (3, 8, 9, 10)


@dataclass(frozen=True)
class DateQuality:
    """How much of the area a date shows.

    Attributes:
        name: of the product or raster.
        acquired: ISO 8601 time; empty where unknown.
        missing: share of the area without a measurement, 0 to 1.
        cloudy: share of it under clouds or their shadows, or brighter than land.
        how: what tells the clouds.
    """

    name: str
    acquired: str
    missing: float
    cloudy: float
    how: str

    @property
    def bad(self) -> float:
        """Share of the area that is of no use."""
        return min(1.0, self.missing + self.cloudy)

    @property
    def text(self) -> str:
        """The date for the log."""
        when = f" of {self.acquired[:10]}" if self.acquired and self.acquired[:10] not in self.name else ""
        return f"{self.name}{when} ({100 * self.cloudy:.0f} % cloud, {100 * self.missing:.0f} % missing)"


@dataclass(frozen=True)
class DateChoice:
    """What was chosen.

    Attributes:
        order: for each image of the model the index of a given date.
        told: sentences on the dates that were chosen and those that were left out.
        warnings: what the user should see.
    """

    order: tuple[int, ...]
    told: tuple[str, ...]
    warnings: tuple[str, ...]


def choose_dates(found: tuple[DateQuality, ...], wanted: int, order: str, limit: float) -> DateChoice:
    """Choose as many dates as a model takes.

    Args:
        found: all dates in the order in which they were given.
        wanted: number of images of the model.
        order: one of :data:`ORDERS`.
        limit: dates of which more is missing or cloudy are of no use.

    Returns:
        The dates with the smallest share that is missing or cloudy, of equals the first. Where there are too few, good
        ones are repeated, the best most often: a black or white image would harm every pixel.

    Raises:
        CardError: no dates are given, or the order is unknown.
    """
    if not found or order not in ORDERS:
        raise CardError(f"Dates need at least one product and an order of {', '.join(ORDERS)}.")
    ranked = sorted(range(len(found)), key=lambda index: (round(found[index].bad, 4), index))
    usable = [index for index in ranked if found[index].bad <= limit]
    warnings = []
    if not usable:
        usable = ranked[:wanted]
        warnings.append(
            f"Every date is missing or cloudy on more than {100 * limit:.0f} % of the area: the least bad are used all "
            "the same. Pass clearer dates."
        )
    chosen = usable[:wanted]
    picked = [chosen[number % len(chosen)] for number in range(wanted)]
    if len(chosen) < wanted:
        warnings.append(_repetition(found, chosen, picked, wanted))
    left = [index for index in range(len(found)) if index not in chosen]
    if len({*picked}) > 1 and order in (OLDEST_FIRST, NEWEST_FIRST) and not all(date.acquired for date in found):
        warnings.append(f"Not every date tells when it was acquired: the order in which they are given is {order}.")
    placed = _ordered(found, picked, ranked, order)
    told = [f"Dates in the order of the model ({order}): {'; '.join(found[index].text for index in placed)}."]
    told += [f"Left out: {found[index].text}: {_why_left(found[index], limit, wanted)}." for index in left]
    return DateChoice(tuple(placed), tuple(told), tuple(warnings))


def brightness_quality(
    bands: list[npt.NDArray[np.float32]], masks: list[npt.NDArray[np.bool_]], white: float
) -> tuple[float, float]:
    """Return the shares of a date that are missing, and brighter than land, of what shows.

    Args:
        bands: values of some bands, (rows, columns).
        masks: True where they were measured.
        white: cloud or snow is brighter in every band.
    """
    valid = np.logical_and.reduce(masks)
    bright = np.logical_and.reduce([values > white for values in bands]) & valid
    return float(1 - valid.mean()), float(bright.mean())


def class_quality(classes: npt.NDArray[np.generic]) -> tuple[float, float]:
    """Return the shares of a date that are missing, and cloudy, by Sentinel-2's scene classification."""
    return float(np.isin(classes, MISSING_CLASSES).mean()), float(np.isin(classes, CLOUDY_CLASSES).mean())


def _ordered(found: tuple[DateQuality, ...], picked: list[int], ranked: list[int], order: str) -> list[int]:
    if order == BEST_FIRST:
        return sorted(picked, key=ranked.index)
    if order != AS_GIVEN and all(date.acquired for date in found):
        newest = order == NEWEST_FIRST
        times = sorted({found[index].acquired for index in picked}, reverse=newest)
        return sorted(picked, key=lambda index: (times.index(found[index].acquired), index))
    return sorted(picked)


def _repetition(found: tuple[DateQuality, ...], chosen: list[int], picked: list[int], wanted: int) -> str:
    times = ", ".join(f"{found[index].name} {picked.count(index)}" for index in chosen)
    return (
        f"The model takes {wanted} dates and {len(chosen)} of {len(found)} can be used, so they are repeated (times: "
        f"{times}). The result has the detail of fewer dates."
    )


def _why_left(date: DateQuality, limit: float, wanted: int) -> str:
    if date.bad > limit:
        return f"more than {100 * limit:.0f} % of the area is missing or cloudy ({date.how})"
    return f"the model takes {wanted}, and others are clearer ({date.how})"

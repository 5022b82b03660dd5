# SPDX-License-Identifier: GPL-2.0-or-later
"""Pixels that one date did not measure are taken from the nearest date that did, before anything is filled in space."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from .band_window import BandWindow
from .job import Job
from .radiometry import store
from .scene import Band

Pixels = npt.NDArray[np.generic]
Dates = tuple[dict[str, BandWindow], ...]


def merges_dates(job: Job) -> bool:
    """Return whether any model of a job takes several dates."""
    return any(tensor.dates > 1 for step in job.steps for tensor in step.card.inputs)


def merged(job: Job, dates: Dates) -> Dates:
    """Return the windows of a tile in which every date shows what any date shows.

    Args:
        job: gives the bands of each date, whose digital numbers may differ.
        dates: for each date the bands' windows, of one size for all dates.

    Returns:
        The same windows; what no date measured is left invalid in all of them.
    """
    return tuple({name: _merged_band(job, dates, index, name) for name in date} for index, date in enumerate(dates))


def _merged_band(job: Job, dates: Dates, index: int, name: str) -> BandWindow:
    own = dates[index][name]
    if own.mask is None:
        return own
    pixels, mask = np.array(own.pixels), np.array(own.mask)
    for other in sorted(range(len(dates)), key=lambda number: (abs(number - index), -number)):
        window = dates[other][name]
        taken = ~mask if window.mask is None else ~mask & window.mask
        if taken.any():
            theirs, ours = (job.scenes[number].band(name) for number in (other, index))
            pixels[taken] = _converted(window.pixels[taken], theirs, ours, pixels.dtype)
            mask |= taken
        if mask.all():
            break
    return replace(own, pixels=pixels, mask=None if mask.all() else mask)


def _converted(values: Pixels, theirs: Band, ours: Band, dtype: np.dtype[np.generic]) -> Pixels:
    """Return digital numbers of one date as another has them; equal relations keep the digits."""
    if (theirs.scale, theirs.offset, theirs.dtype) == (ours.scale, ours.offset, ours.dtype):
        return values
    reflectance = values.astype(np.float64) * theirs.scale + theirs.offset
    return store((reflectance - ours.offset) / ours.scale, dtype, ours.nodata, ours.saturated, ours.valid_range)

# SPDX-License-Identifier: GPL-2.0-or-later
"""How many chips a place has, and how many of them are rejected for what."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .chips import MARGIN, MIRRORED, invalid_counts, smallest_side
from .configuration import Config
from .dataset import Mask, Place


@dataclass(frozen=True)
class ChipCounts:
    """Chips of a place, laid side by side.

    Attributes:
        all: how many there are; 0 where the place is too small for one.
        rejected: reason -> how many have such a pixel, each counted for its first reason.
    """

    all: int
    rejected: dict[str, int]

    @property
    def kept(self) -> int:
        """How many can be learnt from."""
        return self.all - sum(self.rejected.values())

    def __add__(self, other: ChipCounts) -> ChipCounts:
        """Return the counts of two places together."""
        reasons = dict.fromkeys((*self.rejected, *other.rejected))
        return ChipCounts(
            self.all + other.all, {key: self.rejected.get(key, 0) + other.rejected.get(key, 0) for key in reasons}
        )


def count_chips(place: Place, config: Config) -> ChipCounts:
    """Count the chips of a place by what they are rejected for, with what a chip needs around it."""
    if min(place.mask.shape) < smallest_side(config):
        return ChipCounts(0, {})
    good, rejected = np.ones(place.mask.shape, np.bool_), {}
    free = first = _free_chips(good, config)
    for reason, pixels in place.causes.items():
        good = good & ~pixels
        left = _free_chips(good, config)
        rejected[reason], free = free - left, left
    return ChipCounts(first, rejected)


def _free_chips(mask: Mask, config: Config) -> int:
    """Return how many chips side by side have no invalid pixel; the last ones may lie beyond the edge, mirrored."""
    chip, margin, mirrored = int(config.training["chip"]), MARGIN * config.reach, MIRRORED * config.reach
    counts = invalid_counts(mask, config.scale_factor, mirrored)
    side = chip + 2 * margin
    tops, lefts = (np.arange(0, size - side, chip) for size in counts.shape)
    corners = [counts[np.ix_(rows, columns)] for rows in (tops, tops + side) for columns in (lefts, lefts + side)]
    return int((corners[0] + corners[3] == corners[1] + corners[2]).sum())

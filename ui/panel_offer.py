# SPDX-License-Identifier: GPL-2.0-or-later
"""One thing that can be done with an input, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..core.cards import Card

PROVIDER = "satsharp"
RASTER, TIMESERIES, LANDSAT_HARMONIZATION = "superresolve_raster", "superresolve_timeseries", "harmonize_landsat"
STACK, PROFILE = "stack_timeseries", "index_profile"
# What comes out: one raster, a folder of rasters, or a table with a plot.
ONE_RASTER, FOLDER, TABLE = "raster", "folder", "table"
# Values of METHOD that need no model.
CUBIC, PANSHARPEN = "cubic", "pansharpen"


@dataclass(frozen=True)
class Offer:
    """One thing that can be done.

    Attributes:
        algorithm: id with that of the provider.
        title: what it does, for people.
        cards: the models that it will use; empty where the algorithm uses none.
        parameters: what it fixes beside the input.
        extras: names of further parameters that the user may fill.
        needed: those of them that must be filled, beside what the algorithm itself demands.
        several: whether it takes all dates of the list at once.
        output: what comes out: ``ONE_RASTER``, ``FOLDER`` or ``TABLE``.
        blocked: why it cannot be run yet, and what helps; empty where it can.
    """

    algorithm: str
    title: str
    cards: tuple[Card, ...] = ()
    parameters: dict[str, Any] = field(default_factory=dict, hash=False)
    extras: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    several: bool = False
    output: str = ONE_RASTER
    blocked: str = ""

    @property
    def name(self) -> str:
        """The algorithm's id without that of the provider."""
        return self.algorithm.partition(":")[2]

    @property
    def has_extent(self) -> bool:
        """Whether it can be done for a part of the input."""
        return self.output == ONE_RASTER

    @property
    def is_foreseeable(self) -> bool:
        """Whether it can be told what it will take."""
        return self.output == ONE_RASTER and not self.blocked

    @property
    def speed_keys(self) -> tuple[str, ...]:
        """Under which names its speed is kept: those of its models, or that of the method without one."""
        method = self.parameters.get("METHOD")
        return tuple(card.id for card in self.cards) or ((method,) if method in (CUBIC, PANSHARPEN) else ())

    @property
    def experimental(self) -> tuple[str, ...]:
        """Why models are to be used with care."""
        return tuple(card.experimental for card in self.cards if card.experimental)


def dates_of_card(card: Card) -> int:
    """Return how many dates a model takes."""
    return max((tensor.dates for tensor in card.inputs), default=1)

# SPDX-License-Identifier: GPL-2.0-or-later
"""Clouds and their shadows: masks with a growth in metres, and how much of a scene they leave."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from ..morphology import dilate
from .cloud_classes import (
    BINARY,
    CIRRUS,
    CLEAR,
    CLOUD,
    FMASK,
    HLS_FMASK,
    KINDS,
    NAMES,
    NODATA,
    OWN,
    QA_PIXEL,
    SCL,
    SHADOW,
    SNOW,
    WATER,
    Classes,
    Mask,
    classify,
    guess_kind,
)

__all__ = [
    "BINARY",
    "CIRRUS",
    "CLEAR",
    "CLOUD",
    "DILATION",
    "FMASK",
    "HLS_FMASK",
    "KINDS",
    "NAMES",
    "NODATA",
    "OWN",
    "QA_PIXEL",
    "SCL",
    "SHADOW",
    "SNOW",
    "WATER",
    "Classes",
    "CloudCover",
    "CloudOptions",
    "Mask",
    "classify",
    "clear_mask",
    "cloud_mask",
    "guess_kind",
]

# Clouds are larger than what detectors find: their edges are thin. Two pixels of Landsat.
DILATION = 60.0


@dataclass(frozen=True)
class CloudOptions:
    """What counts as hidden.

    Attributes:
        cloud: clouds.
        shadow: their shadows.
        cirrus: thin high clouds.
        snow: snow and ice, which some cloud detectors confuse with clouds.
        water: clear water.
        dilation: metres by which clouds, shadows and cirrus are grown on every side; snow and water are not.
        medium_confidence: of QA_PIXEL, also take clouds of medium confidence.
    """

    cloud: bool = True
    shadow: bool = True
    cirrus: bool = True
    snow: bool = False
    water: bool = False
    dilation: float = DILATION
    medium_confidence: bool = False

    @property
    def grown(self) -> tuple[int, ...]:
        """The hidden classes that are grown."""
        chosen = ((CLOUD, self.cloud), (SHADOW, self.shadow), (CIRRUS, self.cirrus))
        return tuple(number for number, wanted in chosen if wanted)

    @property
    def hidden(self) -> tuple[int, ...]:
        """All hidden classes."""
        return self.grown + tuple(number for number, wanted in ((SNOW, self.snow), (WATER, self.water)) if wanted)

    @property
    def text(self) -> str:
        """What is masked, such as ``cloud, shadow and cirrus, grown by 60 m``."""
        names = [NAMES[number] for number in self.hidden]
        if not names:
            return "nothing"
        listed = " and ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else names[0]
        return f"{listed}, grown by {self.dilation:g} m" if self.grown and self.dilation > 0 else listed

    def for_kind(self, kind: str) -> CloudOptions:
        """Return the options for a kind of quality raster: those that SatSharp writes are grown already."""
        return replace(self, dilation=0.0) if kind == OWN else self

    def reach(self, gsd: float) -> int:
        """Return the growth in pixels of so many metres, rounded up: the halo that a window needs.

        Raises:
            ValueError: the GSD is not above 0, or the dilation is below 0.
        """
        if gsd <= 0 or self.dilation < 0:
            raise ValueError(f"a dilation of {self.dilation} m at {gsd} m is no number of pixels")
        return math.ceil(round(self.dilation / gsd, 6))


def cloud_mask(classes: Classes, gsd: float, options: CloudOptions) -> Mask:
    """Return True where the ground is hidden; nodata is not.

    Args:
        classes: (rows, columns) of :func:`classify`, with ``options.reach(gsd)`` pixels around what is wanted.
        gsd: metres.
        options: what counts as hidden, and the growth, which is square.
    """
    hidden = np.isin(classes, options.grown)
    pixels = options.reach(gsd)
    grown = dilate(hidden, pixels) if pixels and hidden.any() else hidden
    result: Mask = (grown | np.isin(classes, options.hidden)) & (classes != NODATA)
    return result


def clear_mask(classes: Classes, gsd: float, options: CloudOptions) -> Mask:
    """Return True where there is data and nothing hides the ground: a mask as the engine has them (True = valid)."""
    result: Mask = ~cloud_mask(classes, gsd, options) & (classes != NODATA)
    return result


@dataclass(frozen=True)
class CloudCover:
    """How many pixels are what.

    Attributes:
        counts: (class, pixels), nodata included.
        hidden: pixels with data that the mask hides, dilation included.
    """

    counts: tuple[tuple[int, int], ...] = ()
    hidden: int = 0

    @classmethod
    def of(cls, classes: Classes, hidden: Mask) -> CloudCover:
        """Count classes and what :func:`cloud_mask` returned for the same pixels."""
        found = np.bincount(classes.ravel(), minlength=256)
        counts = tuple((int(number), int(found[number])) for number in np.flatnonzero(found))
        return cls(counts, int(np.count_nonzero(hidden & (classes != NODATA))))

    def __add__(self, other: CloudCover) -> CloudCover:
        """Return the cover of two windows together."""
        total = dict(self.counts)
        for number, pixels in other.counts:
            total[number] = total.get(number, 0) + pixels
        return CloudCover(tuple(sorted(total.items())), self.hidden + other.hidden)

    @property
    def measured(self) -> int:
        """Pixels with data."""
        return sum(pixels for number, pixels in self.counts if number != NODATA)

    @property
    def valid_fraction(self) -> float:
        """Part of the pixels with data that is not hidden, 0 to 1; 0 without data."""
        return 1 - self.hidden / self.measured if self.measured else 0.0

    def share(self, number: int) -> float:
        """Return the part of the pixels with data that has a class, before dilation."""
        return dict(self.counts).get(number, 0) / self.measured if self.measured else 0.0

    @property
    def text(self) -> str:
        """A sentence for the log."""
        if not self.measured:
            return "The quality raster has no data here."
        parts = ", ".join(
            f"{NAMES[number]} {100 * self.share(number):.1f} %" for number, _ in self.counts if number in NAMES
        )
        return f"Valid fraction {100 * self.valid_fraction:.1f} % of {self.measured} pixels with data ({parts})."

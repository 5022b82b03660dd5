# SPDX-License-Identifier: GPL-2.0-or-later
"""What the passes over a scene find out for a step before its tiles."""

from __future__ import annotations

from dataclasses import dataclass

Coefficients = tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Correction:
    """How a sharpened band is made consistent with the input.

    Attributes:
        band: its name.
        sigma: standard deviation of the point spread in output pixels.
        ridge: power of the input's noise / power of the network's error.
    """

    band: str
    sigma: float
    ridge: float


@dataclass(frozen=True)
class Fallback:
    """A band that is enlarged by cubic convolution because the network does not help it.

    Attributes:
        band: its name.
        half_width: half of its interval in network range.
    """

    band: str
    half_width: float


@dataclass(frozen=True)
class SceneFactor:
    """How many spreads of a band hold the truth on this scene.

    Attributes:
        band: its name.
        factor: what the interval is made with.
        own: what the scene alone says.
        card: what the card says.
    """

    band: str
    factor: float
    own: float
    card: float


@dataclass(frozen=True)
class Shift:
    """How an input tensor is moved onto the target bands before the network sees it.

    Attributes:
        ago: which date: 0 for the latest, 1 for the one before.
        tensor: name of the input tensor.
        rows: pixels of the tensor downwards.
        cols: pixels to the right.
        warning: sentence for the user; empty where there is nothing to warn of.
    """

    ago: int
    tensor: str
    rows: float
    cols: float
    warning: str = ""

# SPDX-License-Identifier: GPL-2.0-or-later
"""Which bands to show in colours: the nearest to natural ones that there are."""

from __future__ import annotations

import math
from collections.abc import Callable

# Wavelengths in nanometres that the eye calls red, green and blue, how far a band may be from them, and how near bands
# are as good as each other, so that the finest of them is shown: MODIS' ocean bands are coarse and saturate over land.
NATURAL_COLOURS = (660.0, 555.0, 485.0)
TOLERANCE, AS_GOOD = 40.0, 20.0


def choose_colours(wavelengths: tuple[float, ...], gsds: tuple[float, ...] = ()) -> tuple[int, ...]:
    """Choose the bands to show.

    Args:
        wavelengths: central wavelengths of the bands in nanometres.
        gsds: GSDs at which the bands were measured, in metres; empty where they are all the same.

    Returns:
        1-based numbers: natural colours where there are such bands; else long, middle and short wavelength as red,
        green and blue; one band where there are fewer than three.
    """
    if len(wavelengths) < 3:
        return (1,)
    numbers = range(len(wavelengths))
    nearest = [min(numbers, key=_suitability(wavelengths, gsds, wanted)) for wanted in NATURAL_COLOURS]
    if all(abs(wavelengths[i] - wanted) <= TOLERANCE for i, wanted in zip(nearest, NATURAL_COLOURS)):
        return tuple(i + 1 for i in nearest)
    ordered = sorted(numbers, key=lambda i: -wavelengths[i])
    return ordered[0] + 1, ordered[len(ordered) // 2] + 1, ordered[-1] + 1


def _suitability(
    wavelengths: tuple[float, ...], gsds: tuple[float, ...], wanted: float
) -> Callable[[int], tuple[float, float]]:
    """Return how badly a band shows a colour: by its GSD where it is near it, else by its distance from it."""

    def badness(number: int) -> tuple[float, float]:
        distance = abs(wavelengths[number] - wanted)
        return (gsds[number] if gsds else 0.0, distance) if distance <= AS_GOOD else (math.inf, distance)

    return badness

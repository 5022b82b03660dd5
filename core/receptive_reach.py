# SPDX-License-Identifier: GPL-2.0-or-later
"""Which input pixels one pixel of a tensor depends on, along one axis, exactly for every sub-pixel phase.

A layer reads a finite, periodic set of positions (``Taps``); a tensor's dependence on an input is periodic as well
(``Reach``). The hull of a composition is the smallest first and the largest last pixel over the taps, so nothing is
over-estimated. For one phase: Araujo, Norris, Sim, "Computing receptive fields of convolutional neural networks",
Distill 2019.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce

from .errors import ModelError
from .receptive_sizes import UnknownSizeError

MAX_PERIOD = 4096


@dataclass(frozen=True)
class Taps:
    """Positions that a layer reads: output pixel ``q * period + r`` reads input pixels ``q * advance + offsets[r]``."""

    period: int
    advance: int
    offsets: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Reach:
    """Dependence of a tensor on one input along one axis, in pixels of that input.

    Tensor pixel ``q * period + r`` needs the input pixels ``q * advance + first[r]`` to ``q * advance + last[r]``. That
    includes pixels that only keep the tensor's own pixel inside the tensor of a tile, where the next layer would read
    padding instead; this matters where a layer crops and a later one pads again.

    Attributes:
        period: tensor pixels after which the pattern repeats.
        advance: input pixels along one period.
        first: smallest input pixel of each phase.
        last: largest input pixel of each phase.
        surplus: the tensor has ``period / advance * input size + surplus`` pixels, for aligned input sizes.
        alignment: shifting the input by this many pixels shifts this tensor, and all before it, by whole pixels.
    """

    period: int
    advance: int
    first: tuple[int, ...]
    last: tuple[int, ...]
    surplus: int = 0
    alignment: int = 1

    @property
    def scale(self) -> Fraction:
        """Tensor pixels per input pixel."""
        return Fraction(self.period, self.advance)

    @property
    def before(self) -> int:
        """Input pixels needed before the first pixel of an aligned window."""
        return max(0, -min(self.first))

    @property
    def after(self) -> int:
        """Input pixels needed behind the last pixel of an aligned window."""
        return max(0, max(self.last) - self.advance + 1)


PIXEL = Reach(1, 1, (0,), (0,))


def frame(scale: Fraction, surplus: int) -> Reach:
    """Return the reach of a tensor that has pixels but depends on none, such as a map of zeros."""
    period, advance = scale.numerator, scale.denominator
    _check_period(period)
    nothing = (None,) * period
    return _guard(period, advance, nothing, nothing, surplus, 1)


def follow(reach: Reach, taps: Taps, surplus: int) -> Reach:
    """Return the reach of a layer's output from the reach of its input.

    Args:
        reach: of the layer's input.
        taps: what the layer reads.
        surplus: of the output.

    Raises:
        UnknownSizeError: the pattern repeats only after more than 4096 pixels.
    """
    repeats = reach.period // math.gcd(reach.period, taps.advance)
    period, advance = taps.period * repeats, taps.advance * repeats // reach.period * reach.advance
    _check_period(period)
    first: list[int | None] = []
    last: list[int | None] = []
    for pixel in range(period):
        cycle, phase = divmod(pixel, taps.period)
        places = [divmod(cycle * taps.advance + offset, reach.period) for offset in taps.offsets[phase]]
        first.append(min((q * reach.advance + reach.first[r] for q, r in places), default=None))
        last.append(max((q * reach.advance + reach.last[r] for q, r in places), default=None))
    return _guard(period, advance, tuple(first), tuple(last), surplus, reach.alignment)


def unite(a: Reach, b: Reach) -> Reach:
    """Return the reach of a tensor that depends on both; see ``unite_all``."""
    if a is b or a == b:
        return a
    if a.scale != b.scale:
        raise ModelError(f"tensors of {a.scale} and {b.scale} pixels per input pixel are combined")
    period = math.lcm(a.period, b.period)
    _check_period(period)
    advance = a.advance * (period // a.period)
    first = tuple(min(_at(a, a.first, i), _at(b, b.first, i)) for i in range(period))
    last = tuple(max(_at(a, a.last, i), _at(b, b.last, i)) for i in range(period))
    alignment = math.lcm(a.alignment, b.alignment)
    return _reduce(Reach(period, advance, first, last, min(a.surplus, b.surplus), alignment))


def unite_all(maps: list[dict[str, Reach]]) -> dict[str, Reach]:
    """Return, input by input, the reach of a tensor that is computed from several.

    Raises:
        ModelError: two of them are on different grids.
    """
    if len(maps) == 1:
        return maps[0]
    names = dict.fromkeys(name for reaches in maps for name in reaches)
    return {name: reduce(unite, [reaches[name] for reaches in maps if name in reaches]) for name in names}


def _at(reach: Reach, pixels: tuple[int, ...], position: int) -> int:
    cycle, phase = divmod(position, reach.period)
    return cycle * reach.advance + pixels[phase]


def _check_period(period: int) -> None:
    if period > MAX_PERIOD:
        raise UnknownSizeError(f"repeats only after {period} pixels")


def _guard(
    period: int,
    advance: int,
    first: tuple[int | None, ...],
    last: tuple[int | None, ...],
    surplus: int,
    alignment: int,
) -> Reach:
    """Widen the hull so that a pixel outside the tensor of a tile counts as needed from outside the tile.

    A tile from a to b (multiples of the denominator d of the scale n / d) has the pixels a * n / d to
    b * n / d + surplus; of all bounds that say the same for such a and b, the ones nearest to the pixel are taken.
    """
    common = math.gcd(period, advance)
    whole, base = period // common, advance // common
    starts = [base * (pixel // whole) + base - 1 for pixel in range(period)]
    ends = [base * ((pixel - surplus) // whole) for pixel in range(period)]
    return _reduce(
        Reach(
            period,
            advance,
            tuple(start if pixel is None else min(pixel, start) for pixel, start in zip(first, starts)),
            tuple(end if pixel is None else max(pixel, end) for pixel, end in zip(last, ends)),
            surplus,
            math.lcm(alignment, base),
        )
    )


def _reduce(reach: Reach) -> Reach:
    """Shorten the period where the pattern repeats earlier."""
    common = math.gcd(reach.period, reach.advance)
    for parts in range(common, 1, -1):
        if common % parts:
            continue
        period, advance = reach.period // parts, reach.advance // parts
        if all(_repeats(pixels, period, advance) for pixels in (reach.first, reach.last)):
            return Reach(period, advance, reach.first[:period], reach.last[:period], reach.surplus, reach.alignment)
    return reach


def _repeats(pixels: tuple[int, ...], period: int, advance: int) -> bool:
    return all(b - a == advance for a, b in zip(pixels, pixels[period:]))

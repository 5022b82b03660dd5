# SPDX-License-Identifier: GPL-2.0-or-later
"""Plots as SVG, which browsers and Qt show: two axes, and what is drawn between them."""

from __future__ import annotations

import html
import math
from dataclasses import dataclass, field

_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 16, 30, 46
_FONT = "font-family='sans-serif' font-size='11'"
_TICK, _LINE = 5, "#c8c8c8"


@dataclass(frozen=True)
class Axis:
    """One axis.

    Attributes:
        low: value at its start.
        high: value at its end.
        title: what it shows.
        ticks: (value, text); empty for round numbers.
    """

    low: float
    high: float
    title: str
    ticks: tuple[tuple[float, str], ...] = ()

    def shown_ticks(self) -> tuple[tuple[float, str], ...]:
        """Return the given ticks, or some at round numbers."""
        return self.ticks or round_ticks(self.low, self.high)


@dataclass
class Plot:
    """A plot of a width and a height in pixels; later elements cover earlier ones."""

    x: Axis
    y: Axis
    title: str = ""
    width: int = 320
    height: int = 320
    _parts: list[str] = field(default_factory=list)

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Return the pixels of a pair of values."""
        across, down = self.width - _LEFT - _RIGHT, self.height - _TOP - _BOTTOM
        part_x = (x - self.x.low) / (self.x.high - self.x.low)
        part_y = (y - self.y.low) / (self.y.high - self.y.low)
        return _LEFT + part_x * across, _TOP + (1 - part_y) * down

    @property
    def _clip(self) -> str:
        """Name of the clipping path: plots of one size may share it on a page."""
        return f"inside-{self.width}-{self.height}"

    def image(self, address: str) -> None:
        """Fill the plot with a picture whose pixels stay sharp."""
        left, bottom = self.place(self.x.low, self.y.low)
        right, top = self.place(self.x.high, self.y.high)
        self._parts.append(
            f"<image x='{left:.1f}' y='{top:.1f}' width='{right - left:.1f}' height='{bottom - top:.1f}' "
            f"preserveAspectRatio='none' style='image-rendering:pixelated' xlink:href='{address}'/>"
        )

    def line(self, points: list[tuple[float, float]], colour: str, width: float = 1.5, dash: str = "") -> None:
        """Draw a line through pairs of values; what leaves the plot is cut off."""
        path = " ".join(f"{across:.1f},{down:.1f}" for across, down in (self.place(*point) for point in points))
        dashed = f" stroke-dasharray='{dash}'" if dash else ""
        self._parts.append(
            f"<polyline points='{path}' fill='none' stroke='{colour}' stroke-width='{width}'{dashed} "
            f"clip-path='url(#{self._clip})'/>"
        )

    def dot(self, x: float, y: float, colour: str, words: str, radius: float = 3.5, hollow: bool = False) -> None:
        """Draw a dot; ``words`` show when the mouse rests on it."""
        across, down = self.place(x, y)
        fill = "#ffffff" if hollow else colour
        self._parts.append(
            f"<circle cx='{across:.1f}' cy='{down:.1f}' r='{radius}' fill='{fill}' stroke='{colour}' "
            f"stroke-width='1.2'><title>{html.escape(words)}</title></circle>"
        )

    def note(self, lines: list[str]) -> None:
        """Write lines of text into the upper left corner."""
        for number, text in enumerate(lines):
            self._parts.append(
                f"<text x='{_LEFT + 8}' y='{_TOP + 16 + 14 * number}' {_FONT}>{html.escape(text)}</text>"
            )

    def legend(self, entries: list[tuple[str, str]]) -> None:
        """Write (colour, text) pairs side by side above the plot, at its right end."""
        across = float(self.width - _RIGHT)
        for colour, text in reversed(entries):
            across -= 7 * len(text) + 18
            self._parts.append(
                f"<circle cx='{across:.0f}' cy='{_TOP - 12}' r='4' fill='{colour}'/>"
                f"<text x='{across + 8:.0f}' y='{_TOP - 8}' {_FONT}>{html.escape(text)}</text>"
            )

    def text(self) -> str:
        """Return the SVG document."""
        left, bottom = self.place(self.x.low, self.y.low)
        right, top = self.place(self.x.high, self.y.high)
        box = f"x='{left:.1f}' y='{top:.1f}' width='{right - left:.1f}' height='{bottom - top:.1f}'"
        # Tiny SVG viewers, such as Qt's, know no clipping; they show lines as they are.
        parts = [
            f"<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' "
            f"width='{self.width}' height='{self.height}' viewBox='0 0 {self.width} {self.height}'>",
            f"<defs><clipPath id='{self._clip}'><rect {box}/></clipPath></defs>",
            f"<rect x='0' y='0' width='{self.width}' height='{self.height}' fill='#ffffff'/>",
            *self._grid(left, bottom, right, top),
            *self._parts,
            f"<rect {box} fill='none' stroke='#444444'/>",
            *self._titles(left, bottom, right, top),
            "</svg>",
        ]
        return "\n".join(parts)

    def _grid(self, left: float, bottom: float, right: float, top: float) -> list[str]:
        parts = []
        for value, text in self.x.shown_ticks():
            across, _ = self.place(value, self.y.low)
            parts.append(
                f"<line x1='{across:.1f}' y1='{top:.1f}' x2='{across:.1f}' y2='{bottom:.1f}' stroke='{_LINE}'/>"
            )
            parts.append(
                f"<text x='{across:.1f}' y='{bottom + 15:.1f}' text-anchor='middle' {_FONT}>{html.escape(text)}</text>"
            )
        for value, text in self.y.shown_ticks():
            _, down = self.place(self.x.low, value)
            parts.append(f"<line x1='{left:.1f}' y1='{down:.1f}' x2='{right:.1f}' y2='{down:.1f}' stroke='{_LINE}'/>")
            parts.append(
                f"<text x='{left - _TICK:.1f}' y='{down + 4:.1f}' text-anchor='end' {_FONT}>{html.escape(text)}</text>"
            )
        return parts

    def _titles(self, left: float, bottom: float, right: float, top: float) -> list[str]:
        across, down = (left + right) / 2, (bottom + top) / 2
        return [
            f"<text x='{across:.1f}' y='{bottom + 34:.1f}' text-anchor='middle' {_FONT}>{html.escape(self.x.title)}"
            "</text>",
            f"<text x='14' y='{down:.1f}' text-anchor='middle' transform='rotate(-90 14 {down:.1f})' {_FONT}>"
            f"{html.escape(self.y.title)}</text>",
            f"<text x='{left:.1f}' y='{_TOP - 10}' font-weight='bold' {_FONT}>{html.escape(self.title)}</text>",
        ]


def round_ticks(low: float, high: float, most: int = 6) -> tuple[tuple[float, str], ...]:
    """Return at most so many round numbers in an interval, with as many digits as they need."""
    span = high - low
    if not span > 0:
        return ((low, f"{low:g}"),)
    rough = span / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * part for part in (1, 2, 5, 10) if power * part >= rough)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    digits = max(0, -math.floor(math.log10(step)))
    # Adding zero makes a negative zero positive.
    return tuple((number * step, f"{number * step + 0.0:.{digits}f}") for number in range(first, last + 1))

# SPDX-License-Identifier: GPL-2.0-or-later
"""Bring coarse bands onto a grid nested in that of the finest one, which may start anywhere within their pixels.

The centres of Landsat's panchromatic pixels lie on the centres of the 30 m pixels and half-way between them, so the
corners of the two grids never meet: they are half a 15 m pixel apart. The finest band is left as it is; each coarse
band gets a grid that starts at the finest band's corner, and the part of a pixel by which its own pixels must be moved.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from ..errors import GridError
from ..grid import ALIGNMENT_TOLERANCE, Grid, Window
from ..scene import Band
from .alignment import cut_band, same_crs

# Shifts up to here need no cut: half of a pixel of the finest band when two of them make a coarse one.
LARGEST_SHIFT = 0.25
# Corners of one raster, seen from another, may differ by this part of a pixel (rounding of coordinates).
_TOLERANCE = 0.05


@dataclass(frozen=True)
class _Span:
    """Where a band lies along one axis: start in pixels of the finest band, own pixels, ratio of the GSDs."""

    start: float
    count: int
    factor: int

    def first(self, corner: int) -> int:
        """Return the band's pixel that lies nearest to the coarse pixel starting at a corner of the finest band."""
        # Half a pixel off, either neighbour would do; the one further in always exists.
        return math.floor((corner - self.start) / self.factor + 0.5 + ALIGNMENT_TOLERANCE)

    def shift(self, corner: int) -> float:
        """Return by how much of its pixels the band must be moved so that one starts at a corner."""
        found = round(self.start / self.factor + self.first(corner) - corner / self.factor, 6)
        return 0.0 if abs(found) < ALIGNMENT_TOLERANCE else found


def nest(bands: tuple[Band, ...], finest: str, name: str) -> tuple[Band, ...]:
    """Return the bands cut to their common extent, each coarse one on a grid nested in the finest band's.

    The finest band keeps its pixels; it loses at most rows and columns at its edges that the others do not cover or
    that would stand before the first whole coarse pixel. A coarse band may reach beyond its end by less than one of its
    own pixels, as the contract of scenes allows.

    Args:
        bands: the bands as they are stored.
        finest: name of the finest band.
        name: the product's, for messages.

    Returns:
        The bands in the same order, with ``grid`` and ``shift`` set; a band that has to be cut gets an inline VRT as
        its path.

    Raises:
        GridError: their CRS differ, a grid is rotated against the finest or no whole multiple of it, or they do not
            overlap.
    """
    guide = next(band for band in bands if band.name == finest)
    spans = {band.name: _spans(band, guide, name) for band in bands if band.name != finest}
    rows = [pair[0] for pair in spans.values()]
    cols = [pair[1] for pair in spans.values()]
    top, height = _common(rows, guide.grid.height, name)
    left, width = _common(cols, guide.grid.width, name)
    kept = Window(top, left, height, width)
    corner = guide.grid.crop(kept)
    return tuple(
        cut_band(band, kept) if band.name == finest else _nested(band, spans[band.name], kept, corner) for band in bands
    )


def _spans(band: Band, guide: Band, name: str) -> tuple[_Span, _Span]:
    """Return where a band lies along rows and along columns of the finest one."""
    coarse, fine = band.grid, guide.grid
    culprits = f"{name}: band {band.name} and band {guide.name}"
    if not same_crs(coarse.crs, fine.crs):
        raise GridError(f"{culprits} differ in their coordinate reference systems. Reproject one of them first.")
    factor = round(coarse.gsd / fine.gsd)
    row, col = fine.pixel_of(*coarse.locate(0, 0))
    corners = ((0, coarse.width), (coarse.height, 0))
    expected = [(row + down * factor, col + right * factor) for down, right in corners]
    found = [fine.pixel_of(*coarse.locate(down, right)) for down, right in corners]
    worst = max(abs(a - b) for one, other in zip(expected, found) for a, b in zip(one, other))
    if factor < 1 or worst > _TOLERANCE:
        raise GridError(
            f"{culprits} do not fit: pixels of {coarse.gsd:g} m are no whole multiple of {fine.gsd:g} m, or one grid "
            "is turned against the other. Use the bands as delivered."
        )
    return _Span(row, coarse.height, factor), _Span(col, coarse.width, factor)


def _common(spans: list[_Span], length: int, name: str) -> tuple[int, int]:
    """Return start and length, in pixels of the finest band, of what all bands cover.

    Of the starts within one coarse pixel the first is taken at which no band is moved by more than a quarter of its
    pixels; where bands lie so that there is none, the one with the smallest move.
    """
    lowest = min(
        start for start in range(length + 1) if all(span.first(start) >= 0 for span in spans) or start == length
    )
    step = max((span.factor for span in spans), default=1)
    candidates = range(lowest, min(lowest + step, length + 1))

    def move(start: int) -> tuple[float, int]:
        largest = max((abs(span.shift(start)) for span in spans), default=0.0)
        return (0.0 if largest <= LARGEST_SHIFT + ALIGNMENT_TOLERANCE else largest), start

    start = min(candidates, key=move)
    ends = [start + (span.count - span.first(start)) * span.factor for span in spans]
    end = min([length, *ends])
    if end <= start:
        raise GridError(f"{name}: its bands do not overlap. Pass bands of one place.")
    return start, end - start


def _nested(band: Band, spans: tuple[_Span, _Span], kept: Window, corner: Grid) -> Band:
    """Return a coarse band on the grid that starts at the corner of what is kept of the finest."""
    rows, cols = spans
    inside = Window(
        rows.first(kept.row), cols.first(kept.col), -(-kept.height // rows.factor), -(-kept.width // cols.factor)
    )
    cut = cut_band(band, inside)
    x0, dx_col, dx_row, y0, dy_col, dy_row = corner.transform
    factor = rows.factor
    transform = (x0, dx_col * factor, dx_row * factor, y0, dy_col * factor, dy_row * factor)
    grid = Grid(corner.crs, transform, inside.width, inside.height)
    return replace(cut, grid=grid, shift=(rows.shift(kept.row), cols.shift(kept.col)))

# SPDX-License-Identifier: GPL-2.0-or-later
"""The geolocation of a swath on a map: one lattice of known places a scan, and quick answers to where it lies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .grid import Window
from .scene import Geolocation

Floats = npt.NDArray[np.float64]
Stored = npt.NDArray[np.float32]

# Columns of quadrilaterals that are looked at together.
BLOCK = 64


@dataclass(frozen=True)
class ScanGeometry:
    """How the lattice of known places lies in the pixels of a swath.

    Attributes:
        scans: scans of the swath.
        scan_lines: rows of the swath in a scan.
        width: columns of the swath.
        lines: lines of the lattice in a scan.
        cols: columns of the lattice.
        line_offset: row in the scan of the first line (centre on centre).
        line_step: rows from line to line.
        pixel_offset: as ``line_offset``, for columns.
        pixel_step: as ``line_step``, for columns.
    """

    scans: int
    scan_lines: int
    width: int
    lines: int
    cols: int
    line_offset: float
    line_step: float
    pixel_offset: float
    pixel_step: float

    @classmethod
    def of(cls, geolocation: Geolocation, height: int, width: int, factor: int) -> ScanGeometry:
        """Return the geometry for an output of so many rows and columns.

        Args:
            geolocation: of the scene, in pixels of its finest grid.
            height: rows of the output.
            width: columns of the output.
            factor: output pixels along one pixel of the finest grid.
        """
        # The centre of the first of ``factor`` smaller pixels lies (factor - 1) / 2 of them before the large one's.
        inner = (factor - 1) / 2
        scan_lines = geolocation.scan_lines * factor
        line_step, pixel_step = geolocation.line_step * factor, geolocation.pixel_step * factor
        return cls(
            height // scan_lines,
            scan_lines,
            width,
            round(scan_lines / line_step),
            round(width / pixel_step),
            geolocation.line_offset * factor + inner,
            line_step,
            geolocation.pixel_offset * factor + inner,
            pixel_step,
        )

    @property
    def blocks(self) -> int:
        """Blocks of quadrilaterals along a scan, with those that reach to the outer borders of its pixels."""
        return -(-(self.cols + 1) // BLOCK)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Scans, lines and columns of the lattice with a rim of one, filled up to whole blocks."""
        return self.scans, self.lines + 2, self.blocks * BLOCK + 1


@dataclass(frozen=True, eq=False)
class Lattice:
    """Places of a swath in pixels of a map grid: its upper left corner is (0, 0), its first pixel's centre (0.5, 0.5).

    Attributes:
        geometry: how it lies in the swath.
        x: columns of the map, shape :attr:`ScanGeometry.shape`, NaN where unknown.
        y: rows of the map, same shape.
        bounds: smallest and largest x, smallest and largest y of each block, shape (scans, blocks, 4).
    """

    geometry: ScanGeometry
    x: Stored
    y: Stored
    bounds: Stored

    def put(self, scan: int, x: Floats, y: Floats) -> None:
        """Set the places of one scan, shape (lines, cols); beyond its rim they go on as they went up to it."""
        for store, values in ((self.x, x), (self.y, y)):
            store[scan] = np.nan
            store[scan, :, : self.geometry.cols + 2] = _with_rim(values)
        for block in range(self.geometry.blocks):
            self.bounds[scan, block] = _bounds(self.x[scan], self.y[scan], block)

    def blocks_in(self, window: Window) -> npt.NDArray[np.int64]:
        """Return the (scan, block) pairs that may touch a window of the map, shape (pairs, 2)."""
        left, right, top, bottom = (self.bounds[..., side] for side in range(4))
        # Comparisons with NaN are false.
        hit = (right >= window.col) & (left <= window.col_end) & (bottom >= window.row) & (top <= window.row_end)
        return np.argwhere(hit)


def _with_rim(values: Floats) -> Floats:
    rows = np.concatenate([2 * values[:1] - values[1:2], values, 2 * values[-1:] - values[-2:-1]])
    return np.concatenate([2 * rows[:, :1] - rows[:, 1:2], rows, 2 * rows[:, -1:] - rows[:, -2:-1]], axis=1)


def _bounds(x: Stored, y: Stored, block: int) -> list[float]:
    part = np.s_[:, block * BLOCK : (block + 1) * BLOCK + 1]
    known = np.isfinite(x[part]) & np.isfinite(y[part])
    if not known.any():
        return [np.nan] * 4
    inside_x, inside_y = x[part][known], y[part][known]
    return [float(inside_x.min()), float(inside_x.max()), float(inside_y.min()), float(inside_y.max())]

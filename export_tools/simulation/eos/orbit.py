# SPDX-License-Identifier: GPL-2.0-or-later
"""Where a scanning radiometer looks: places of its pixels on a sphere, with the overlap of scans away from nadir."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

# Radius of the Earth in metres; the ellipsoid and the relief are left out.
RADIUS = 6371007.181


@dataclass(frozen=True)
class Scanner:
    """A radiometer that sweeps several lines at once across its track.

    Attributes:
        height: of the orbit in metres.
        scan_lines: lines of the finest pixels in a scan.
        line_angle: radians from line to line.
        width: finest pixels along a scan.
        zones: (columns, radians from pixel to pixel) from the beginning of a scan to its end.
        advance: metres on the ground from scan to scan.
    """

    height: float
    scan_lines: int
    line_angle: float
    width: int
    zones: tuple[tuple[int, float], ...]
    advance: float

    def angles(self) -> Floats:
        """Return the scan angle of each pixel of a scan in radians, 0 in the middle, (width,)."""
        steps = np.concatenate([np.full(count, step) for count, step in self.zones])
        centres = np.cumsum(steps) - steps / 2
        return np.asarray(centres - steps.sum() / 2)


MODIS = Scanner(705e3, 40, 250 / 705e3, 5416, ((5416, 250 / 705e3),), 9980.0)
# VIIRS adds up three samples near nadir, two farther out, none at the ends of a scan.
_SAMPLE = math.radians(112.12) / 12608
VIIRS = Scanner(
    829e3, 32, 371 / 829e3, 6400,
    ((1280, _SAMPLE), (736, 2 * _SAMPLE), (2368, 3 * _SAMPLE), (736, 2 * _SAMPLE), (1280, _SAMPLE)), 11780.0,
)  # fmt: skip


@dataclass(frozen=True)
class Pass:
    """A part of an orbit.

    Attributes:
        scanner: the radiometer.
        lon: longitude below the satellite at the first scan, degrees.
        lat: latitude likewise.
        heading: direction of flight, degrees clockwise from north.
        scans: number of scans.
        first_col: first pixel of each scan that is kept.
        cols: number of pixels that are kept.
    """

    scanner: Scanner
    lon: float
    lat: float
    heading: float
    scans: int
    first_col: int
    cols: int

    def places(self, rows: Floats, cols: Floats) -> tuple[Floats, Floats]:
        """Return longitude and latitude in degrees of fractional rows and columns of the finest pixels (broadcast).

        Rows are counted through all scans; a row between two scans belongs to the scan of the nearest line.
        """
        rows, cols = np.broadcast_arrays(np.asarray(rows, float), np.asarray(cols, float))
        scanner = self.scanner
        scan = np.clip(np.floor((rows + 0.5) / scanner.scan_lines), 0, self.scans - 1)
        line = rows - scan * scanner.scan_lines - (scanner.scan_lines - 1) / 2
        down, flight, right = self._frame(scan)
        theta = np.interp(cols + self.first_col, np.arange(scanner.width), scanner.angles())
        # Beyond the ends of a scan the angle goes on as it went up to them.
        beyond = cols + self.first_col - np.clip(cols + self.first_col, 0, scanner.width - 1)
        theta = (theta + beyond * scanner.zones[0][1])[..., None]
        phi = (line * scanner.line_angle)[..., None]
        view = np.cos(phi) * (np.cos(theta) * down + np.sin(theta) * right) + np.sin(phi) * flight
        orbit = RADIUS + scanner.height
        # Distance along the line of sight to the sphere.
        ahead = orbit * (view * down).sum(axis=-1, keepdims=True)
        distance = ahead - np.sqrt(ahead**2 - orbit**2 + RADIUS**2)
        ground = -orbit * down + distance * view
        lat = np.degrees(np.arcsin(np.clip(ground[..., 2] / RADIUS, -1, 1)))
        return np.degrees(np.arctan2(ground[..., 1], ground[..., 0])), lat

    def _frame(self, scan: Floats) -> tuple[Floats, Floats, Floats]:
        """Return unit vectors down, along the flight and to its right for each scan, (..., 3)."""
        lon, lat, heading = map(math.radians, (self.lon, self.lat, self.heading))
        up = np.array([math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)])
        north = np.array([-math.sin(lat) * math.cos(lon), -math.sin(lat) * math.sin(lon), math.cos(lat)])
        east = np.array([-math.sin(lon), math.cos(lon), 0.0])
        ahead = math.cos(heading) * north + math.sin(heading) * east
        turned = (scan * self.scanner.advance / RADIUS)[..., None]
        here, flight = np.cos(turned) * up + np.sin(turned) * ahead, np.cos(turned) * ahead - np.sin(turned) * up
        return -here, flight, np.cross(flight, here)

# SPDX-License-Identifier: GPL-2.0-or-later
"""Towns with streets, houses and works, farmsteads, roads and lanes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ...core.grid import Window
from . import lattice
from .canvas import BoolArray, Canvas
from .fields import Farmland
from .lattice import FloatArray, IntArray, salt_of
from .spectra import spectra

# Pixels between the lattice points where a town may be, and the largest radius.
TOWN_SPACING, TOWN_REACH = 340, 150
ROAD_SPACING = 470
ROAD_BENDS = ((640, 46.0), (170, 9.0))
# Kinds of roofs, each with the part of roofs up to and with it.
ROOFS = (("tile", 0.55), ("slate", 0.82), ("concrete", 0.94), ("metal", 1.0))
HALLS = (("metal", 0.40), ("concrete", 0.75), ("slate", 1.0))


@dataclass(frozen=True)
class Town:
    """A town: centre and radius in pixels, direction of its streets in radians, and its own random number."""

    row: float
    col: float
    radius: float
    angle: float
    salt: int

    @property
    def window(self) -> Window:
        """What the town can reach."""
        return Window(round(self.row), round(self.col), 1, 1).pad(math.ceil(1.5 * self.radius))


def towns_near(window: Window, seed: int) -> Iterator[Town]:
    """Return the towns that may touch a window, in the order of their lattice."""
    reach = window.pad(2 * TOWN_REACH)
    for row in range(reach.row // TOWN_SPACING, reach.row_end // TOWN_SPACING + 1):
        for col in range(reach.col // TOWN_SPACING, reach.col_end // TOWN_SPACING + 1):
            salt = salt_of(seed, 61, row, col)
            draws = lattice.uniform(lattice.hash_points(np.arange(5), 0, salt)).tolist()
            if draws[0] < 0.72:
                radius = 9 + (TOWN_REACH - 9) * draws[3] ** 4
                centre = ((row + draws[1]) * TOWN_SPACING, (col + draws[2]) * TOWN_SPACING)
                yield Town(*centre, radius, draws[4] * math.pi, salt)


def settle(canvas: Canvas, land: Farmland, seed: int) -> None:
    """Build towns, farmsteads, lanes and roads, in this order."""
    for town in towns_near(canvas.window, seed):
        part = canvas.window.intersect(town.window)
        if not part.is_empty:
            _build_town(canvas.part(part), town)
    _farmsteads(canvas, land, seed)
    _lanes(canvas, land, seed)
    _roads(canvas, seed)


def _build_town(canvas: Canvas, town: Town) -> None:
    part = canvas.window
    rows = lattice.rows_of(part)[:, None] - np.float32(town.row)
    cols = lattice.cols_of(part)[None, :] - np.float32(town.col)
    density = np.asarray(1 - np.sqrt(rows * rows + cols * cols) / town.radius, np.float32)
    density += np.float32(0.24) * lattice.fractal(part, max(8.0, town.radius / 2.5), 3, salt_of(town.salt, 1))
    inside = density > 0.05
    angle = town.angle + 0.5 * np.rint(lattice.smooth(part, 45, salt_of(town.salt, 2)))
    cosine, sine = np.cos(angle), np.sin(angle)
    across = np.asarray(cols * cosine + rows * sine, np.float32)
    along = np.asarray(rows * cosine - cols * sine, np.float32)
    works = inside & (lattice.smooth(part, 40, salt_of(town.salt, 3)) > 1.0) & (town.radius > 25)
    _gardens(canvas, inside, town)
    street = np.minimum(_distance_to_lines(across, 7.3), _distance_to_lines(along, 15.7))
    canvas.build("asphalt", np.where(inside, np.clip(1 - street, 0, 0.85), 0).astype(np.float32))
    houses = np.where(inside & ~works & (street > 0.6), np.float32(0.75) * density + np.float32(0.10), 0)
    _roofs(canvas, across, along, (2.4, 3.1), houses, ROOFS, town.salt + 5)
    _roofs(canvas, across, along, (6.5, 9.5), np.where(works, 0.6, 0), HALLS, town.salt + 6)
    yards = works & (lattice.smooth(part, 5, salt_of(town.salt, 7)) > 0)
    canvas.build("concrete", np.where(yards, 0.55, 0).astype(np.float32))


def _gardens(canvas: Canvas, inside: BoolArray, town: Town) -> None:
    planted = lattice.white(canvas.window, salt_of(town.salt, 4))
    canvas.plant(inside, "grass", 0.72)
    canvas.plant(inside & (planted > 0.6), "deciduous", 0.85)
    np.copyto(canvas.height, np.where(planted > 0.6, np.float32(0.5), np.float32(0)), where=inside)
    for state in (canvas.leaf_water, canvas.chlorophyll, canvas.red_edge):
        np.copyto(state, state * np.float32(0.4), where=inside)


def _roofs(
    canvas: Canvas,
    across: FloatArray,
    along: FloatArray,
    lot: tuple[float, float],
    chance: FloatArray,
    kinds: tuple[tuple[str, float], ...],
    salt: int,
) -> None:
    """Put one roof on each lot with the chance at hand; ``lot`` is its size across and along the street in pixels."""
    columns, lines = np.floor(across / np.float32(lot[0])), np.floor(along / np.float32(lot[1]))
    words = lattice.hash_points(columns, lines, salt & lattice.WORD)
    draw = lattice.uniform(lattice.mix(words + np.uint32(1)))
    choice = np.searchsorted([limit for _, limit in kinds], draw, side="right")
    rows = np.array([spectra().index("built", name) for name, _ in kinds] + [0], np.uint8)[choice]
    size = np.float32(0.55) + np.float32(0.4) * lattice.uniform(lattice.mix(words + np.uint32(2)))
    brightness = np.float32(0.75) + np.float32(0.5) * lattice.uniform(lattice.mix(words + np.uint32(3)))
    roofed = lattice.uniform(words) < chance
    canvas.build(rows, np.where(roofed, size, 0).astype(np.float32), brightness)
    np.copyto(canvas.height, np.float32(0.9), where=roofed)


def _farmsteads(canvas: Canvas, land: Farmland, seed: int) -> None:
    """Put a farm at the centre of some blocks."""
    chance = ((land.block >> np.uint32(4)) & np.uint32(255)).astype(np.float32) * np.float32(1 / 255)
    grain = lattice.white(canvas.window, salt_of(seed, 65))
    yard = (chance < 0.32) & (land.centre < 2.2 + 8 * chance) & (canvas.height == 0)
    roof = yard & (grain < 0.42)
    rows = np.where(grain < 0.26, spectra().index("built", "tile"), spectra().index("built", "slate")).astype(np.uint8)
    canvas.plant(yard & (grain > 0.75), "deciduous", 0.9)
    canvas.build(rows, np.where(roof, np.float32(0.85), np.float32(0)))
    canvas.build("gravel", np.where(yard & ~roof & (grain < 0.75), np.float32(0.6), np.float32(0)))


def _lanes(canvas: Canvas, land: Farmland, seed: int) -> None:
    """Lead lanes along the edges of some blocks."""
    used = lattice.smooth(canvas.window, 240, salt_of(seed, 66)) > -0.25
    part = np.clip(np.float32(0.75) - land.block_edge, 0, np.float32(0.5))
    part *= np.where(canvas.height > 0, np.float32(0.35), np.float32(1))
    canvas.build("gravel", np.where(used, part, np.float32(0)), 0.8)


def _roads(canvas: Canvas, seed: int) -> None:
    rows, cols = lattice.rows_of(canvas.window), lattice.cols_of(canvas.window)
    _lines(canvas, rows, cols, salt_of(seed, 67), transposed=False)
    _lines(canvas, cols, rows, salt_of(seed, 68), transposed=True)


def _lines(canvas: Canvas, runs: IntArray, steps: IntArray, salt: int, transposed: bool) -> None:
    """Draw roads that run along one axis and wander on the other."""
    reach = round(sum(4 * strength for _, strength in ROAD_BENDS)) + 5
    for number in range((int(steps[0]) - reach) // ROAD_SPACING, (int(steps[-1]) + reach) // ROAD_SPACING + 1):
        own = salt_of(salt, number)
        if own % 100 < 35:
            continue
        centre = np.full(runs.shape, (number + 0.5) * ROAD_SPACING, np.float32)
        for octave, (wavelength, strength) in enumerate(ROAD_BENDS):
            centre += np.float32(strength) * lattice.smooth_line(runs, wavelength, salt_of(own, octave))
        half = np.float32(1.5) if own % 7 == 0 else np.float32(0.55)
        distance = np.abs(steps[None, :].astype(np.float32) - centre[:, None])
        part = np.clip(half + np.float32(0.5) - distance, 0, np.float32(0.9)).astype(np.float32)
        canvas.build("asphalt", part.T if transposed else part, 1.25)


def _distance_to_lines(position: FloatArray, spacing: float) -> FloatArray:
    """Return the distance in pixels to the nearest of parallel lines."""
    scaled = position * np.float32(1 / spacing)
    return np.asarray(np.abs(scaled - np.rint(scaled)) * np.float32(spacing), np.float32)

# SPDX-License-Identifier: GPL-2.0-or-later
"""Woods and hedges, rivers, lakes and the sea, relief and its shading."""

from __future__ import annotations

import math

import numpy as np

from . import lattice
from .canvas import Canvas
from .fields import Farmland
from .lattice import FloatArray, salt_of
from .metadata import SUN_AZIMUTH
from .spectra import spectra

# Pixels between rivers, and the reach of their meanders.
RIVER_SPACING = 1500
MEANDERS = ((520, 120.0), (150, 52.0), (52, 9.0))
# Columns and rows towards the sun.
SUN = (math.sin(math.radians(SUN_AZIMUTH)), -math.cos(math.radians(SUN_AZIMUTH)))


def relief(canvas: Canvas, seed: int) -> FloatArray:
    """Return the height of the ground in units of its own standard deviation, (rows, columns)."""
    return lattice.fractal(canvas.window, 420, 6, salt_of(seed, 31), 0.56)


def shading(canvas: Canvas, heights: FloatArray, seed: int) -> FloatArray:
    """Return the illumination factor: brighter where ground, trees and houses face the sun, (rows, columns).

    The outermost pixels of the window have no slope of their own and must be cropped.
    """
    hilly = lattice.ramp(lattice.smooth(canvas.window, 1300, salt_of(seed, 32)), -1.2, 1.6)
    surface = heights * (np.float32(0.6) + np.float32(1.9) * hilly) + np.float32(0.075) * canvas.height
    east = np.gradient(surface, axis=1)
    south = np.gradient(surface, axis=0)
    slope = east * np.float32(SUN[0]) + south * np.float32(SUN[1])
    return np.asarray(np.clip(1 - np.float32(6.0) * slope, 0.45, 1.4), np.float32)


def grow_woods(canvas: Canvas, land: Farmland, heights: FloatArray, seed: int) -> None:
    """Plant woods where hills and chance want them, copses in some parcels, and hedges along some edges."""
    window = canvas.window
    lean = ((land.parcel >> np.uint32(9)) & np.uint32(255)).astype(np.float32) * np.float32(1 / 255)
    want = lattice.fractal(window, 170, 5, salt_of(seed, 41), 0.6)
    want += np.float32(0.30) * heights + np.float32(0.5) * lean
    wood = (want > 1.25) | (lean > 0.985)
    bocage = lattice.smooth(window, 330, salt_of(seed, 42)) > -0.1
    gaps = lattice.smooth(window, 9, salt_of(seed, 43)) > -0.3
    hedge = (land.parcel_edge < 0.75) & bocage & gaps & ~wood
    trees = wood | hedge
    stand = lattice.smooth(window, 75, salt_of(seed, 44)) + np.float32(1.2) * (lean - np.float32(0.5))
    tables = spectra()
    species = np.where(
        (stand > 0.75) & wood, tables.index("vegetation", "conifer"), tables.index("vegetation", "deciduous")
    ).astype(np.uint8)
    crowns = lattice.white(window, salt_of(seed, 45)) - np.float32(0.5)
    clumps = lattice.fractal(window, 7, 2, salt_of(seed, 46), 0.8)
    canvas.plant(trees, species, np.float32(0.93) + np.float32(0.1) * crowns)
    canopy = np.float32(1.6) + np.float32(0.5) * crowns + np.float32(0.22) * clumps
    np.copyto(canvas.height, np.where(hedge, np.float32(0.8), canopy), where=trees)
    np.copyto(canvas.structure, np.float32(0.12) * clumps + np.float32(0.26) * crowns, where=trees)
    for state in (canvas.leaf_water, canvas.red_edge, canvas.chlorophyll):
        np.copyto(state, state * np.float32(0.45), where=trees)
    np.minimum(canvas.cover, 1, out=canvas.cover)


def pour_water(canvas: Canvas, heights: FloatArray, seed: int) -> None:
    """Put the sea beyond its beach, fill lakes, and let rivers flow into them."""
    _sea(canvas, heights, seed)
    _lakes(canvas, heights, seed)
    _rivers(canvas, seed)


def _rivers(canvas: Canvas, seed: int) -> None:
    window = canvas.window
    rows, cols = lattice.rows_of(window), lattice.cols_of(window).astype(np.float32)
    reach = round(sum(4 * strength for _, strength in MEANDERS)) + 40
    for number in range((window.col - reach) // RIVER_SPACING, (window.col_end + reach) // RIVER_SPACING + 1):
        salt = salt_of(seed, 51, number)
        centre = np.full(rows.shape, (number + 0.25) * RIVER_SPACING, np.float32)
        slope = np.zeros(rows.shape, np.float32)
        for octave, (wavelength, strength) in enumerate(MEANDERS):
            nodes = np.arange(rows[0] - 1, rows[-1] + 2)
            line = np.float32(strength) * lattice.smooth_line(nodes, wavelength, salt_of(salt, octave))
            centre += line[1:-1]
            slope += (line[2:] - line[:-2]) * np.float32(0.5)
        near = (np.abs(cols[None, :] - centre[:, None]) / np.sqrt(1 + slope**2)[:, None]).astype(np.float32)
        half = np.float32(2.6) + np.float32(1.3) * lattice.smooth_line(rows, 90, salt_of(salt, 9))
        half = np.maximum(half, np.float32(1.1))[:, None]
        turbidity = 0.25 + 0.5 * (salt % 1000) / 1000
        canvas.flood(np.clip(half - near + np.float32(0.5), 0, 1), turbidity)
        bank = (near < half + 4.5) & (near > half) & (lattice.smooth(window, 14, salt_of(salt, 10)) > 0.1)
        canvas.plant(bank, "deciduous", 0.95)
        np.copyto(canvas.height, np.float32(1.1), where=bank)


def _lakes(canvas: Canvas, heights: FloatArray, seed: int) -> None:
    window = canvas.window
    basin = lattice.fractal(window, 300, 5, salt_of(seed, 52), 0.42) - np.float32(0.25) * heights
    turbidity = lattice.ramp(lattice.smooth(window, 210, salt_of(seed, 53)), -1.5, 1.5)
    canvas.flood(lattice.ramp(basin, 1.80, 1.84), turbidity * np.float32(0.8))


def _sea(canvas: Canvas, heights: FloatArray, seed: int) -> None:
    window = canvas.window
    depth = lattice.smooth(window, 4200, salt_of(seed, 54)) - np.float32(1.15)
    if depth.max() < -0.4:
        return
    depth += np.float32(0.10) * lattice.fractal(window, 500, 6, salt_of(seed, 55)) - np.float32(0.02) * heights
    shore = lattice.ramp(depth, -0.0045, -0.0025)
    canvas.build("beach", shore)
    canvas.cover *= 1 - shore
    canvas.height *= 1 - shore
    plume = np.float32(0.10) * lattice.smooth(window, 160, salt_of(seed, 56))
    canvas.flood(lattice.ramp(depth, 0.0, 0.004), np.clip(np.exp(-depth * 14) * 0.8 + plume, 0, 1).astype(np.float32))

# SPDX-License-Identifier: GPL-2.0-or-later
"""A procedural landscape: surface or top-of-atmosphere reflectance at 10 m for any window, the same in every window."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...core.grid import Window
from . import lattice
from .bands import bands_of
from .lattice import FloatArray
from .options import SimulationOptions


@dataclass(frozen=True)
class View:
    """What is to be seen in one window, at 10 m.

    Attributes:
        reflectance: (layers, rows, columns), in the order of ``bands_of``.
        cloud: opacity of clouds from 0 to 1.
        cirrus: opacity of thin clouds from 0 to 1.
        shadow: strength of cloud shadows from 0 to 1.
        water: part of the pixel that is water.
    """

    reflectance: FloatArray
    cloud: FloatArray
    cirrus: FloatArray
    shadow: FloatArray
    water: FloatArray


@dataclass(frozen=True)
class Landscape:
    """A world without end, made from a seed.

    Attributes:
        seed: number of the world.
        level: ``L1C`` or ``L2A``.
        clouds: whether there are clouds.
    """

    seed: int
    level: str
    clouds: bool

    @classmethod
    def of(cls, options: SimulationOptions) -> Landscape:
        """Return the landscape of a product."""
        return cls(options.seed, options.level, options.clouds)

    def view(self, window: Window) -> View:
        """Return what is to be seen in a window of the world (rows and columns at 10 m; negative ones exist too)."""
        layers = [
            0.15 + 0.03 * lattice.fractal(window, 200, 6, lattice.salt_of(self.seed, 1))
            + 0.01 * lattice.fractal(window, 20, 4, lattice.salt_of(self.seed, 2, band.layer))
            for band in bands_of(self.level)
        ]
        zero = np.zeros((window.height, window.width), np.float32)
        return View(np.stack(layers).astype(np.float32), zero, zero, zero, zero)

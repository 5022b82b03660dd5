# SPDX-License-Identifier: GPL-2.0-or-later
"""A procedural landscape: reflectance at 10 m for any window of a world without end, the same in every window."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...core.grid import Window
from ...core.point_spread import blur, radius_of
from . import lattice
from .canvas import Canvas
from .fields import farmland, sow
from .lattice import FloatArray, salt_of
from .nature import grow_woods, pour_water, relief, shading
from .options import SimulationOptions
from .settlement import settle
from .sky import look_down, sky

# The painted ground has hard edges; 10 m bands see it through a point spread with a transfer of 0.26 at Nyquist.
SIGMA = 0.52
MARGIN = radius_of(SIGMA) + 1
# Pixels between glints (greenhouses, solar panels), and their reflectance.
GLINT_SPACING, GLINT = 330, 3.2


@dataclass(frozen=True, eq=False)
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
        glints: whether some spots outshine what the sensor can hold.
    """

    seed: int
    level: str
    clouds: bool
    glints: bool

    @classmethod
    def of(cls, options: SimulationOptions) -> Landscape:
        """Return the landscape of a product."""
        return cls(options.seed, options.level, options.clouds, options.saturated)

    def view(self, window: Window) -> View:
        """Return what is to be seen in a window of the world (rows and columns at 10 m; negative ones exist too)."""
        wide = window.pad(MARGIN)
        inner = window.relative_to(wide).slices
        surface, water = self._ground(wide)
        above = sky(wide, self.seed, self.clouds)
        seen = look_down(surface, above, self.level == "L1C")
        for layer in seen:
            layer[:] = blur(layer[None], (SIGMA,))[0]
        layers = (above.cloud, above.cirrus, above.shadow, water)
        return View(seen[:, inner[0], inner[1]], *(layer[inner] for layer in layers))

    def _ground(self, window: Window) -> tuple[FloatArray, FloatArray]:
        """Return surface reflectance (12, rows, columns) and the part of each pixel that is water."""
        canvas = Canvas.blank(window)
        land = farmland(window, self.seed)
        heights = relief(canvas, self.seed)
        sow(canvas, land, self.seed)
        grow_woods(canvas, land, heights, self.seed)
        settle(canvas, land, self.seed)
        pour_water(canvas, heights, self.seed)
        surface = canvas.reflectance(shading(canvas, heights, self.seed))
        self._shine(surface, window)
        return surface, canvas.water

    def _shine(self, surface: FloatArray, window: Window) -> None:
        """Let one small spot in each cell of a lattice shine; where asked for, some saturate the sensor."""
        reach = window.pad(3)
        for row in range(reach.row // GLINT_SPACING, reach.row_end // GLINT_SPACING + 1):
            for col in range(reach.col // GLINT_SPACING, reach.col_end // GLINT_SPACING + 1):
                salt = salt_of(self.seed, 81, row, col)
                down, right, size, luck = lattice.uniform(lattice.hash_points(np.arange(4), 0, salt)).tolist()
                pixels = 1 + round(2 * size)
                corner = round((row + down) * GLINT_SPACING), round((col + right) * GLINT_SPACING)
                rows, cols = Window(*corner, pixels, pixels).intersect(window).relative_to(window).slices
                surface[:, rows, cols] = GLINT if self.glints and luck > 0.5 else 0.55

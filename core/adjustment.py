# SPDX-License-Identifier: GPL-2.0-or-later
"""What is done to an output band after its model: a factor that varies slowly, then a line between bandpasses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .grid import Grid, Window
from .harmonization.factor_field import FactorField

Image = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Adjustment:
    """Reflectance x factor x slope + offset.

    Attributes:
        slope: of the line.
        offset: of the line, reflectance.
        factors: c-factors of BRDF normalisation in the CRS of the output; None for none.
    """

    slope: float = 1.0
    offset: float = 0.0
    factors: FactorField | None = None

    def apply(self, numbers: Image, scale: float, offset: float, grid: Grid, window: Window) -> Image:
        """Adjust digital numbers.

        Args:
            numbers: not rounded, (rows, columns); reflectance = number x scale + offset.
            scale: see ``numbers``.
            offset: see ``numbers``.
            grid: of the output.
            window: pixels of it that ``numbers`` are.

        Returns:
            Digital numbers with the same scale and offset, not rounded.
        """
        gain: Image | np.float32 = np.float32(self.slope)
        if self.factors is not None:
            gain = self.factors.sample(grid, window) * gain
        # (n s + o) g + b = (n g + (o g + b - o) / s) s + o
        result: Image = numbers * gain + (np.float32(offset) * gain + np.float32(self.offset - offset)) / np.float32(
            scale
        )
        return result

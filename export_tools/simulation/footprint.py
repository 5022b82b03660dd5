# SPDX-License-Identifier: GPL-2.0-or-later
"""Which pixels a band has measured: the edge of the orbit cuts a corner off, a little elsewhere for every band."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...core.grid import Window
from . import lattice
from .bands import SimulatedBand
from .options import SimulationOptions

BoolArray = npt.NDArray[np.bool_]

# Columns per row along the edge of a descending orbit (about 14 degrees from north).
SLOPE = 0.25
# Part of the columns that is missing in the first row.
CUT = 0.16
# The detectors of each band look at the ground a moment apart, so that their footprints end some pixels apart.
BAND_SHIFT = (0, 3, 5, 4, 2, 1, 3, 4, 2, 6, 5, 7, 6)


@dataclass(frozen=True)
class Footprint:
    """The measured part of a scene.

    Attributes:
        rows: rows of the scene at 10 m.
        cols: columns of the scene at 10 m.
        cut: whether a corner is missing.
    """

    rows: int
    cols: int
    cut: bool

    @classmethod
    def of(cls, options: SimulationOptions) -> Footprint:
        """Return the footprint of a product."""
        return cls(options.rows, options.cols, options.nodata_corner)

    def valid(self, window: Window, band: SimulatedBand, factor: int = 1) -> BoolArray:
        """Return where a band has measured; a coarse pixel counts where all the 10 m pixels that it covers do.

        Args:
            window: at 10 m, a multiple of ``factor`` on all sides.
            band: the band.
            factor: pixel size of the result in 10 m pixels.

        Returns:
            Mask (rows / factor, columns / factor), True = measured.
        """
        shape = (window.height // factor, window.width // factor)
        if not self.cut:
            return np.ones(shape, np.bool_)
        # The missing corner is the upper right one: the edge runs down and to the right, so that the worst pixel of a
        # block is its upper right.
        rows = lattice.rows_of(window)[::factor, None]
        last_cols = lattice.cols_of(window)[factor - 1 :: factor][None, :]
        edge = self.cols * (1 - CUT) + BAND_SHIFT[band.layer] + rows * SLOPE
        return np.asarray(last_cols < edge, np.bool_)

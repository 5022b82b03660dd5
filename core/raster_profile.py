# SPDX-License-Identifier: GPL-2.0-or-later
"""Everything about an output file but its pixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .grid import Grid


@dataclass(frozen=True)
class BandProfile:
    """Name of an output band and meaning of its numbers: reflectance = digital number x scale + offset."""

    name: str
    scale: float
    offset: float
    wavelength_nm: float | None = None
    bandwidth_nm: float | None = None


@dataclass(frozen=True)
class RasterProfile:
    """Everything about an output file but its pixels; ``dtype`` is numpy's name."""

    grid: Grid
    dtype: str
    nodata: float | None
    bands: tuple[BandProfile, ...]
    tags: tuple[tuple[str, str], ...] = ()
    cog: bool = False
    threads: int = 1

    @property
    def nbytes(self) -> int:
        """Size of all pixels in bytes, uncompressed."""
        return len(self.bands) * self.grid.width * self.grid.height * np.dtype(self.dtype).itemsize

# SPDX-License-Identifier: GPL-2.0-or-later
"""Sun and view angles of a product on a coarse lattice, as plain records."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..errors import ProductError
from ..grid import Grid

Degrees = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class ViewAngles:
    """Where the sensor stands for some bands.

    Attributes:
        bands: names of the bands; empty where the angles are those of all bands.
        zenith: degrees, (rows, columns) of the lattice; NaN where nothing was seen.
        azimuth: degrees clockwise from north, of the same shape.
    """

    bands: tuple[str, ...]
    zenith: Degrees
    azimuth: Degrees


@dataclass(frozen=True, eq=False)
class AngleField:
    """Angles at the pixel centres of a coarse grid.

    Attributes:
        grid: the lattice; a node of the product's angle grid is the centre of a cell.
        sun_zenith: degrees, (rows, columns).
        sun_azimuth: degrees clockwise from north, (rows, columns).
        views: where the sensor stands, for each group of bands.
        sensor: such as ``landsat8`` or ``sentinel2a``; empty where it is not known.
        acquired: ISO 8601 time of acquisition.
        centre: longitude and latitude of the lattice's centre in degrees (WGS 84).
        source: what was read, for tags.
        notes: sentences for the user about what had to be assumed.
    """

    grid: Grid
    sun_zenith: Degrees
    sun_azimuth: Degrees
    views: tuple[ViewAngles, ...]
    sensor: str
    acquired: str
    centre: tuple[float, float]
    source: str
    notes: tuple[str, ...] = ()

    def view(self, band: str) -> ViewAngles:
        """Return where the sensor stands for a band.

        Raises:
            ProductError: the product tells no angles of that band.
        """
        for view in self.views:
            if not view.bands or band in view.bands:
                return view
        known = ", ".join(name for view in self.views for name in view.bands)
        raise ProductError(f"{self.source} tells no view angles of {band} (it does of {known}). Leave that band out.")

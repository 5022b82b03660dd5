# SPDX-License-Identifier: GPL-2.0-or-later
"""A scene: the band rasters of one product, each on its native grid, as plain picklable records."""

from __future__ import annotations

from dataclasses import dataclass

from .errors import ProductError
from .grid import Grid


@dataclass(frozen=True)
class Band:
    """One band raster.

    Attributes:
        name: the sensor file's name, such as ``B8A``.
        path: what GDAL opens (a file, or a /vsizip path).
        index: 1-based band number in that file.
        grid: native grid.
        dtype: GDAL data type name of the file, such as ``UInt16``.
        nodata: digital number that means no measurement, or None.
        saturated: digital number that marks saturation, or None.
        scale: reflectance = digital number x scale + offset (dimensionless).
        offset: see ``scale``; Sentinel-2's RADIO_ADD_OFFSET or BOA_ADD_OFFSET divided by the quantification value.
        wavelength_nm: central wavelength in nanometres, or None.
        bandwidth_nm: bandwidth in nanometres, or None.
    """

    name: str
    path: str
    index: int
    grid: Grid
    dtype: str
    nodata: float | None
    saturated: float | None
    scale: float
    offset: float
    wavelength_nm: float | None = None
    bandwidth_nm: float | None = None

    @property
    def gsd(self) -> float:
        """Ground sampling distance in CRS units."""
        return self.grid.gsd


@dataclass(frozen=True)
class Scene:
    """The bands of one product, in the sensor file's order.

    Attributes:
        name: product name for logs and tags.
        sensor: id of the sensor file.
        level: processing level such as ``L2A``; empty where unknown.
        source: path or URL the user gave.
        acquired: ISO 8601 time of acquisition; empty where unknown.
        bands: bands in the sensor file's order.
        tags: further provenance as (key, value) pairs, written into outputs.
    """

    name: str
    sensor: str
    level: str
    source: str
    acquired: str
    bands: tuple[Band, ...]
    tags: tuple[tuple[str, str], ...] = ()

    def band(self, name: str) -> Band:
        """Return the band of that name.

        Raises:
            ProductError: the scene has no such band.
        """
        for band in self.bands:
            if band.name == name:
                return band
        present = ", ".join(band.name for band in self.bands)
        raise ProductError(f"{self.name} has no band {name} (it has {present}). Use a complete product.")

    def has(self, names: tuple[str, ...]) -> bool:
        """Return whether all bands of these names are present."""
        return set(names) <= {band.name for band in self.bands}

    @property
    def finest(self) -> Grid:
        """The grid with the smallest GSD."""
        return min((band.grid for band in self.bands), key=lambda grid: grid.gsd)

    @property
    def coarsest(self) -> Grid:
        """The grid with the largest GSD."""
        return max((band.grid for band in self.bands), key=lambda grid: grid.gsd)

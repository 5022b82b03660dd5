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
        valid_range: smallest and largest digital number that is a measurement, or None where any is.
        shift: (rows, columns) in pixels by which the file's pixels are moved down and right when they are read, so that
            they lie on ``grid``: Landsat's panchromatic pixels start half a pixel inside those of the other bands.
        lattice: where the file's pixels lie if they are interpolated onto ``grid`` when they are read (same CRS, any
            origin and GSD); None where the file's grid is ``grid``. Pixels of ``grid`` beyond it are nodata.
        steepness: parameter a of the cubic convolution for that.
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
    valid_range: tuple[float, float] | None = None
    shift: tuple[float, float] = (0.0, 0.0)
    lattice: Grid | None = None
    steepness: float = -0.5

    @property
    def title(self) -> str:
        """How a sentence begins with it: ``Band B8A``; ``Band 1`` where it has no name and is called ``band 1``."""
        if self.name.lower().startswith("band "):
            return f"Band {self.name[5:]}"
        return f"Band {self.name or self.index}"

    @property
    def stored_grid(self) -> Grid:
        """The grid of the file's own pixels."""
        return self.lattice or self.grid

    @property
    def gsd(self) -> float:
        """Ground sampling distance in CRS units."""
        return self.grid.gsd


@dataclass(frozen=True)
class Geolocation:
    """Where the pixels of a swath lie: a latitude and a longitude for each pixel centre of some lattice.

    Attributes:
        latitude: what GDAL opens, degrees north (WGS 84).
        longitude: what GDAL opens, degrees east.
        pixel_offset: column of the finest grid at which the first column of the arrays lies (centre on centre).
        pixel_step: columns of the finest grid along one column of the arrays.
        line_offset: as ``pixel_offset``, for rows.
        line_step: as ``pixel_step``, for rows.
        scan_lines: rows of the finest grid in one scan of the instrument; scans overlap away from nadir (bow-tie).
        nodata: value of missing coordinates, or None.
    """

    latitude: str
    longitude: str
    pixel_offset: float
    pixel_step: float
    line_offset: float
    line_step: float
    scan_lines: int
    nodata: float | None = None


@dataclass(frozen=True)
class ListedFile:
    """A file as the product's own list of files describes it.

    Attributes:
        path: what GDAL opens.
        size: bytes.
        algorithm: of the checksum, a name that ``hashlib`` knows; empty where the list has none that is known here.
        digest: the checksum in lower-case hexadecimal digits.
    """

    path: str
    size: int
    algorithm: str
    digest: str


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
        gsd_ratio: GSD of the grids / GSD that the sensor file states; 1 except where a product is resampled to cells of
            another size, such as MODIS' sinusoidal grid (231.7 m for 250 m).
        geolocation: of a swath, whose grids are its rows and columns only; None where the grids lie on a map.
        notes: sentences for the user about this product.
        mtf_nyquist: (band, modulation transfer at Nyquist) as the sensor file states them, wherever that file lies.
        listed_files: the bands' files as the product lists them; empty where it does not.
    """

    name: str
    sensor: str
    level: str
    source: str
    acquired: str
    bands: tuple[Band, ...]
    tags: tuple[tuple[str, str], ...] = ()
    gsd_ratio: float = 1.0
    geolocation: Geolocation | None = None
    notes: tuple[str, ...] = ()
    mtf_nyquist: tuple[tuple[str, float], ...] = ()
    listed_files: tuple[ListedFile, ...] = ()

    def nominal_gsd(self, name: str) -> float:
        """Return the GSD in metres of a band as sensor file and cards state it.

        Raises:
            ProductError: the scene has no such band.
        """
        return self.band(name).gsd / self.gsd_ratio

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

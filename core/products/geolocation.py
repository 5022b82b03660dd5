# SPDX-License-Identifier: GPL-2.0-or-later
"""Read where the pixels of a swath lie, and carry these places over to a map."""

from __future__ import annotations

import math
import struct

import numpy as np
import numpy.typing as npt
from osgeo import gdal, ogr, osr

from ..errors import GridError, ProductError
from ..raster_state import gdal_messages
from ..scene import Geolocation
from ..swath_lattice import ScanGeometry
from . import files
from .alignment import spatial_reference

Floats = npt.NDArray[np.float64]

WGS84 = "EPSG:4326"
# Metres along one degree of the equator of WGS 84: 2 pi a / 360.
METRES_PER_DEGREE = math.pi * 6378137.0 / 180
# Known places along a scan of which one is looked at where rough bounds are wanted.
SPARSE = 16
_LINE_STRING, _HEADER = 2, 9


class Places:
    """Latitudes and longitudes of a swath, read scan by scan."""

    def __init__(self, geolocation: Geolocation, geometry: ScanGeometry, name: str) -> None:
        """Open the arrays; ``name`` is the product's, for messages.

        Raises:
            ProductError: they cannot be opened.
        """
        self._name, self._nodata, self.geometry = name, geolocation.nodata, geometry
        self._latitude = files.open_raster(geolocation.latitude)
        self._longitude = files.open_raster(geolocation.longitude)

    def scan(self, number: int) -> tuple[Floats, Floats]:
        """Return longitudes and latitudes of one scan in degrees, (lines, columns), NaN where they are missing.

        Raises:
            ProductError: they cannot be read.
        """
        lon, lat = (self._read(dataset, number) for dataset in (self._longitude, self._latitude))
        # MOD09 fills with zero, which is also a place; both at once is one in the Atlantic that nobody will miss.
        missing = ~((np.abs(lat) <= 90) & (np.abs(lon) <= 180)) | ((lat == 0) & (lon == 0))
        if self._nodata is not None:
            missing |= np.isclose(lat, self._nodata) | np.isclose(lon, self._nodata)
        lon[missing] = lat[missing] = np.nan
        return lon, lat

    def sparse(self) -> tuple[Floats, Floats]:
        """Return longitudes and latitudes of some places of every scan, its borders included, (scans, 3, columns).

        Raises:
            ProductError: they cannot be read, or there are none.
        """
        lines, cols = [0, self.geometry.lines // 2, self.geometry.lines - 1], sparse_columns(self.geometry)
        # Copies of few places each: a view would keep its scan, and a full VIIRS swath has 41 million places.
        scans = [[part[lines][:, cols] for part in self.scan(number)] for number in range(self.geometry.scans)]
        lon, lat = (np.stack([scan[axis] for scan in scans]) for axis in (0, 1))
        if not np.isfinite(lat).any():
            raise ProductError(f"{self._name} gives no place for any pixel. Download its geolocation again.")
        return lon, lat

    def _read(self, dataset: gdal.Dataset, number: int) -> Floats:
        geometry = self.geometry
        with gdal_messages() as messages:
            try:
                values = dataset.GetRasterBand(1).ReadAsArray(0, number * geometry.lines, geometry.cols, geometry.lines)
            except RuntimeError as error:
                messages.append(str(error))
                values = None
        if values is None:
            reason = files.reason_of(messages, "no reason given")
            raise ProductError(f"The geolocation of {self._name} cannot be read ({reason}). Download it again.")
        return np.asarray(values, np.float64)


class Projection:
    """From longitudes and latitudes to a CRS."""

    def __init__(self, crs: str, centre_lon: float) -> None:
        """Prepare the transformation.

        Args:
            crs: WKT or authority code.
            centre_lon: degrees; in a geographic CRS longitudes stay within 180 degrees of it, so that a swath over the
                date line is in one piece.

        Raises:
            GridError: the CRS is unknown.
        """
        target, source = spatial_reference(crs), spatial_reference(WGS84)
        if target is None or source is None:
            raise GridError(f"The CRS {crs[:80]!r} is unknown. Choose another TARGET_CRS, such as EPSG:32633.")
        self.wkt = str(target.ExportToWkt())
        self._geographic, self._centre_lon = bool(target.IsGeographic()), centre_lon
        self.unit_metres = METRES_PER_DEGREE if self._geographic else float(target.GetLinearUnits())
        self._transformation = osr.CoordinateTransformation(source, target)

    def __call__(self, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        """Return x and y in the CRS; NaN stays NaN, and what has no place in the CRS becomes NaN."""
        points = np.stack([lon.ravel(), lat.ravel()], axis=1)
        known = np.isfinite(points).all(axis=1)
        moved = np.full(points.shape, np.nan)
        if known.any():
            moved[known] = self._moved(points[known])
        x, y = moved[:, 0].reshape(lon.shape), moved[:, 1].reshape(lon.shape)
        if self._geographic:
            x = self._centre_lon + (x - self._centre_lon + 180) % 360 - 180
        return x, y

    def _moved(self, points: Floats) -> Floats:
        with gdal_messages():
            try:
                moved = self._moved_together(points)
            except RuntimeError:
                moved = None
            # One point without a place there fails them all.
            if moved is None:
                moved = np.array(self._transformation.TransformPoints(points.tolist()))[:, :2]
        moved[~np.isfinite(moved).all(axis=1)] = np.nan
        return moved

    def _moved_together(self, points: Floats) -> Floats | None:
        """Transform points as one line, which is many times as fast as one by one."""
        head = struct.pack("<BII", 1, _LINE_STRING, len(points))
        line = ogr.CreateGeometryFromWkb(head + points.astype("<f8").tobytes())
        if line is None or line.Transform(self._transformation) != ogr.OGRERR_NONE:
            return None
        moved = np.frombuffer(bytes(line.ExportToWkb(ogr.wkbNDR)), "<f8", 2 * len(points), _HEADER)
        return np.array(moved.reshape(-1, 2))


def sparse_columns(geometry: ScanGeometry) -> list[int]:
    """Return the columns of the lattice that :meth:`Places.sparse` looks at."""
    return [*range(0, geometry.cols - 1, SPARSE), geometry.cols - 1]


def centre_of(lon: Floats, lat: Floats) -> tuple[float, float]:
    """Return longitude and latitude of the middle of some places, in degrees."""
    known = np.isfinite(lon) & np.isfinite(lat)
    east, north = np.radians(lon[known]), np.radians(lat[known])
    x, y = (np.cos(north) * np.cos(east)).mean(), (np.cos(north) * np.sin(east)).mean()
    return math.degrees(math.atan2(y, x)), math.degrees(math.atan2(float(np.sin(north).mean()), math.hypot(x, y)))


def equal_area(lon: float, lat: float) -> str:
    """Return the WKT of Lambert's azimuthal equal-area projection on WGS 84 around a place, in whole degrees."""
    reference = osr.SpatialReference()
    reference.SetProjCS(f"WGS 84 / Lambert azimuthal equal-area around {round(lat)} N {round(lon)} E")
    reference.SetWellKnownGeogCS("WGS84")
    reference.SetLAEA(round(lat), round(lon), 0, 0)
    return str(reference.ExportToWkt())

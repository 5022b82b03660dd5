# SPDX-License-Identifier: GPL-2.0-or-later
"""The angle bands of a simulated Landsat product: hundredths of degrees, 0 where nothing was measured.

The scene is the upper left part of a full one of 185 km, over whose middle the satellite passes.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import numpy.typing as npt
from osgeo import gdal

from ....core.errors import OutputError
from ..metadata import SUN_AZIMUTH, SUN_ZENITH

ANGLES = ("SAA", "SZA", "VAA", "VZA")
# Half a scene in metres, and the view zenith at its edge in degrees.
HALF_SWATH, LARGEST_VIEW = 92500.0, 7.5
# Bearing of the ground track: descending, to the south-southwest.
TRACK = 190.0
# Degrees over 100 km: the sun stands the lower the farther north, and the earlier the farther west.
ZENITH_GRADIENT, AZIMUTH_GRADIENT = 0.85, 1.6

_ROWS = 256


def write_angles(folder: Path, name: str, origin: tuple[float, float]) -> None:
    """Write the four angle bands of a product on the grid of its QA_PIXEL band.

    Args:
        folder: the product folder.
        name: the product's identifier.
        origin: easting and northing of the upper left corner of the uncut scene in metres.

    Raises:
        OutputError: a file cannot be created.
    """
    quality = gdal.Open(str(folder / f"{name}_QA_PIXEL.TIF"))
    options = ["TILED=YES", f"BLOCKXSIZE={_ROWS}", f"BLOCKYSIZE={_ROWS}", "COMPRESS=DEFLATE", "PREDICTOR=2"]
    made = {}
    for ending in ANGLES:
        path = folder / f"{name}_{ending}.TIF"
        made[ending] = gdal.GetDriverByName("GTiff").Create(
            str(path), quality.RasterXSize, quality.RasterYSize, 1, gdal.GDT_Int16, options
        )
        if made[ending] is None:
            raise OutputError(f"{path} cannot be created: {gdal.GetLastErrorMsg()}. Check the folder and its space.")
        made[ending].SetProjection(quality.GetProjection())
        made[ending].SetGeoTransform(quality.GetGeoTransform())
    x0, dx, _, y0, _, dy = quality.GetGeoTransform()
    x = x0 + dx * (np.arange(quality.RasterXSize) + 0.5) - origin[0]
    for row in range(0, quality.RasterYSize, _ROWS):
        rows = min(_ROWS, quality.RasterYSize - row)
        y = y0 + dy * (np.arange(row, row + rows) + 0.5) - origin[1]
        fill = (quality.ReadAsArray(0, row, quality.RasterXSize, rows) & 1) > 0
        for ending, degrees in angles_at(x[None, :], y[:, None]).items():
            numbers = np.where(fill, 0, np.rint(100 * degrees)).astype(np.int16)
            made[ending].GetRasterBand(1).WriteArray(numbers, 0, row)


def angles_at(east: npt.NDArray[np.float64], north: npt.NDArray[np.float64]) -> dict[str, npt.NDArray[np.float64]]:
    """Return angles in degrees by the ending of their file, azimuths from -180 to 180.

    Args:
        east: metres from the upper left corner of the full scene.
        north: the same, negative downwards.
    """
    bearing = math.radians(TRACK)
    # Distance from the track to the right of the satellite's way, which is west.
    across = (east - HALF_SWATH) * math.cos(bearing) - (north + HALF_SWATH) * math.sin(bearing)
    view = LARGEST_VIEW * across / HALF_SWATH
    to_satellite = np.where(across > 0, TRACK - 90, TRACK + 90 - 360)
    shape = np.broadcast_shapes(east.shape, north.shape)
    sun_zenith = SUN_ZENITH + ZENITH_GRADIENT * (north + HALF_SWATH) / 1e5
    sun_azimuth = SUN_AZIMUTH + AZIMUTH_GRADIENT * (east - HALF_SWATH) / 1e5
    return {
        "SAA": np.broadcast_to(sun_azimuth, shape),
        "SZA": np.broadcast_to(sun_zenith, shape),
        "VAA": to_satellite,
        "VZA": np.abs(view),
    }

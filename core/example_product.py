# SPDX-License-Identifier: GPL-2.0-or-later
"""Write an example of a Sentinel-2 product: one GeoTIFF for each GSD, whose bands are named."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from .errors import OutputError
from .example_landscape import BANDS, landscape
from .grid import Grid, Window
from .point_spread import degrade, sigma_of_mtf
from .raster_profile import BandProfile, RasterProfile
from .raster_writer import RasterWriter
from .sensors import Sensor

NAME = "S2_MSIL2A_20230615_example"
# Pixels of 10 m; a multiple of 6.
SIDE = 900
# UTM zone 31 north, in the middle of the North Sea, where nobody takes it for a real place.
CRS, ORIGIN = "EPSG:32631", (500_040.0, 6_200_040.0)
QUANTIFICATION, NOISE = 10000.0, 6.0
FINEST = 10.0


def write_example(folder: Path, sensor: Sensor, crs: str, is_cancelled: Callable[[], bool], side: int = SIDE) -> Path:
    """Write the example.

    Args:
        folder: where its own folder is made.
        sensor: sensor file of Sentinel-2.
        crs: WKT of :data:`CRS`.
        is_cancelled: asked between the files.
        side: rows and columns at 10 m, a multiple of 6.

    Returns:
        The folder with the three files: what the sensor would have measured of one landscape. Where they are there
        already, nothing is done; where it was cancelled, there is no such folder. Of several that make the example at
        once, one gives its files their place, and all return those.

    Raises:
        OutputError: the folder cannot be written.
    """
    place = folder / NAME
    if is_complete(place, sensor):
        return place
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f"{NAME}_", dir=folder) as aside:
            made = Path(aside) / NAME
            made.mkdir()
            _write_files(made, sensor, crs, is_cancelled, side)
            if is_complete(made, sensor):
                _put(made, place, sensor)
    except OSError as error:
        raise OutputError(f"{place} cannot be made ({error.strerror}). Move what is in its place.") from error
    return place


def _write_files(place: Path, sensor: Sensor, crs: str, is_cancelled: Callable[[], bool], side: int) -> None:
    ground = landscape(side)
    numbers = np.random.default_rng(1)
    for gsd in sensor.gsds:
        if is_cancelled():
            return
        bands = [band for band in sensor.bands if band.gsd == gsd]
        fine = ground[[BANDS.index(band.name) for band in bands]]
        factor = round(gsd / FINEST)
        sigmas = [sigma_of_mtf(band.mtf_nyquist, gsd) / FINEST for band in bands]
        seen = fine if factor == 1 else degrade(fine, factor, sigmas)
        noisy = seen * QUANTIFICATION + numbers.normal(0, NOISE, seen.shape)
        pixels = np.asarray(np.clip(np.rint(noisy), 1, 65534), np.uint16)
        profile = _profile(
            crs, gsd, pixels, tuple((band.name, band.wavelength_nm, band.bandwidth_nm) for band in bands)
        )
        _write(_file(place, gsd), profile, pixels)


def _put(made: Path, place: Path, sensor: Sensor) -> None:
    """Give finished files their place, unless another caller was faster; complete what lacks some of them."""
    try:
        made.rename(place)
    except OSError:
        if is_complete(place, sensor):
            return
        place.mkdir(exist_ok=True)
        for gsd in sensor.gsds:
            os.replace(_file(made, gsd), _file(place, gsd))


def is_complete(place: Path, sensor: Sensor) -> bool:
    """Return whether all files of the example are there."""
    return all(_file(place, gsd).is_file() for gsd in sensor.gsds)


def _file(place: Path, gsd: float) -> Path:
    return place / f"{NAME}_{gsd:g}m.tif"


def _profile(
    crs: str, gsd: float, pixels: npt.NDArray[np.uint16], bands: tuple[tuple[str, float | None, float | None], ...]
) -> RasterProfile:
    count, height, width = pixels.shape
    grid = Grid(crs, (ORIGIN[0], gsd, 0.0, ORIGIN[1], 0.0, -gsd), width, height)
    described = tuple(BandProfile(name, 1 / QUANTIFICATION, 0.0, wave, width_nm) for name, wave, width_nm in bands)
    tags = (("SATSHARP_EXAMPLE", "made up, not measured"), ("ACQUISITION_DATE", "2023-06-15"))
    return RasterProfile(grid=grid, dtype="uint16", nodata=0.0, bands=described, tags=tags, cog=False, threads=1)


def _write(path: Path, profile: RasterProfile, pixels: npt.NDArray[np.uint16]) -> None:
    writer = RasterWriter(path, profile, (), False)
    writer.write(Window(0, 0, profile.grid.height, profile.grid.width), pixels)
    writer.rows_written(profile.grid.height)
    writer.finish(lambda: None)

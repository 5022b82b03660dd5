# SPDX-License-Identifier: GPL-2.0-or-later
"""Map the reflectance of rasters, pixel by pixel, into a new file: a factor that varies slowly, then a line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from pathlib import Path

import numpy as np
import numpy.typing as npt

from .errors import CancelledError, OutputError
from .grid import Grid, Window
from .harmonization.factor_field import FactorField
from .harmonization.tables import Linear
from .lineage import digest_of
from .output_lock import reserved
from .radiometry import band_mask, store
from .raster import BandReader, file_stamp, numpy_type
from .raster_behind import files_behind
from .raster_profile import BLOCK, BandProfile, RasterProfile
from .raster_state import gdal_cache
from .raster_writer import RasterWriter
from .scene import Band

Pixels = npt.NDArray[np.generic]
Values = npt.NDArray[np.float64]

CACHE_MEGABYTES = 64


@dataclass(frozen=True, eq=False)
class BandMap:
    """What becomes of a band: reflectance x factor x slope + offset.

    Attributes:
        band: what is read; its scale and offset relate digital numbers to reflectance, before and after.
        name: what it is called in the output.
        declared: scale and offset that the output declares, or None for none.
        factors: first step, or None.
        line: second step, or None; without any step the band is copied.
    """

    band: Band
    name: str
    declared: tuple[float, float] | None = None
    factors: FactorField | None = None
    line: Linear | None = None


@dataclass(frozen=True, eq=False)
class MapJob:
    """What to do.

    Attributes:
        path: the file to write.
        bands: bands on one grid.
        tags: provenance.
        cog: write a Cloud Optimized GeoTIFF.
        rows: how many rows to read at a time; whole blocks of the input, so that none is decoded twice.
    """

    path: Path
    bands: tuple[BandMap, ...]
    tags: tuple[tuple[str, str], ...] = ()
    cog: bool = False
    rows: int = BLOCK

    @property
    def grid(self) -> Grid:
        """The grid of input and output."""
        return self.bands[0].band.grid


@dataclass(frozen=True)
class MapResult:
    """The file that was written, and (band, number of pixels) that the range of the type or of the sensor cut off."""

    path: Path
    clipped: tuple[tuple[str, int], ...]


def map_raster(job: MapJob, progress: Callable[[float], None], is_cancelled: Callable[[], bool]) -> MapResult:
    """Write the mapped bands.

    Digital numbers keep their type, nodata, scale and offset and are rounded half to even; pixels that were not
    measured stay as they are. A few rows are in memory at a time.

    Args:
        job: what to do.
        progress: receives the finished share, 0 to 1.
        is_cancelled: asked for every few rows.

    Raises:
        CancelledError: the run was cancelled; nothing is left behind.
        ProductError: the input cannot be read.
        OutputError: the output cannot be written, or is the input.
    """

    def check() -> None:
        if is_cancelled():
            raise CancelledError("The run was cancelled.")

    _check_not_input(job)
    profile = _profile(job)
    with reserved((job.path,)), gdal_cache(CACHE_MEGABYTES), BandReader(threads=2) as reader:
        writer = RasterWriter(job.path, profile, _identity(job), resume=False)
        try:
            clipped = _run(job, profile, reader, writer, progress, check)
            writer.finish(check)
        except BaseException:
            writer.abandon()
            raise
    return MapResult(job.path, tuple((entry.name, count) for entry, count in zip(job.bands, clipped)))


def _run(
    job: MapJob,
    profile: RasterProfile,
    reader: BandReader,
    writer: RasterWriter,
    progress: Callable[[float], None],
    check: Callable[[], None],
) -> list[int]:
    """Read, map and write strip by strip; return how many pixels of each band were cut off."""
    height, width = job.grid.height, job.grid.width
    clipped = [0] * len(job.bands)
    for row in range(0, height, job.rows):
        window = Window(row, 0, min(job.rows, height - row), width)
        strip = np.empty((len(job.bands), window.height, width), np.dtype(profile.dtype))
        for number, entry in enumerate(job.bands):
            check()
            clipped[number] += _map_strip(entry, reader, window, profile, strip[number])
        writer.write(window, strip)
        writer.rows_written(window.row_end)
        progress(window.row_end / height)
    return clipped


def _map_strip(entry: BandMap, reader: BandReader, window: Window, profile: RasterProfile, out: Pixels) -> int:
    """Write the mapped pixels of one band into ``out``; return how many were cut off."""
    pixels = reader.read(entry.band, window)
    clipped = 0
    for start in range(0, window.height, BLOCK):
        rows = slice(start, start + BLOCK)
        part = pixels[rows]
        place = Window(window.row + start, window.col, part.shape[0], window.width)
        out[rows], cut = _mapped(entry, part, place, profile)
        clipped += cut
    return clipped


def _mapped(entry: BandMap, pixels: Pixels, window: Window, profile: RasterProfile) -> tuple[Pixels, int]:
    """Return mapped digital numbers and how many of them were cut off."""
    band = entry.band
    dtype: np.dtype[np.generic] = np.dtype(profile.dtype)
    unmeasured = pixels.astype(dtype)
    if band.nodata is not None and profile.nodata is not None and band.nodata != profile.nodata:
        unmeasured[pixels == band.nodata] = profile.nodata
    mask = band_mask(pixels, band)
    measured = pixels[mask].astype(np.float64)
    if entry.factors is not None or entry.line is not None:
        measured = _changed(entry, measured, window, mask)
    stored = store(measured, dtype, profile.nodata, band.saturated, band.valid_range)
    wanted = measured.astype(dtype) if dtype.kind == "f" else np.rint(measured)
    result = unmeasured
    result[mask] = stored
    return result, int(np.count_nonzero(stored != wanted))


def _changed(entry: BandMap, numbers: Values, window: Window, mask: npt.NDArray[np.bool_]) -> Values:
    """Return digital numbers of the mapped reflectance: the relation is applied once and undone once."""
    scale, offset = entry.band.scale, entry.band.offset
    reflectance = numbers * scale + offset
    if entry.factors is not None:
        reflectance *= entry.factors.sample(entry.band.grid, window)[mask]
    if entry.line is not None:
        reflectance = reflectance * entry.line.slope + entry.line.offset
    return (reflectance - offset) / scale


def _profile(job: MapJob) -> RasterProfile:
    types = [np.dtype(numpy_type(entry.band.dtype)) for entry in job.bands]
    nodata = (entry.band.nodata for entry in job.bands)
    return RasterProfile(
        grid=job.grid,
        dtype=reduce(np.promote_types, types).name,
        nodata=next((value for value in nodata if value is not None), None),
        bands=tuple(_band_profile(entry) for entry in job.bands),
        tags=job.tags,
        cog=job.cog,
    )


def _band_profile(entry: BandMap) -> BandProfile:
    scale, offset = (None, None) if entry.declared is None else entry.declared
    return BandProfile(entry.name, scale, offset, entry.band.wavelength_nm, entry.band.bandwidth_nm)


def _identity(job: MapJob) -> tuple[tuple[str, str], ...]:
    stamps = [[entry.band.path, entry.band.index, file_stamp(entry.band.path)] for entry in job.bands]
    return (("input", digest_of(stamps)), ("parameters", digest_of(job.tags)))


def _check_not_input(job: MapJob) -> None:
    for path in files_behind(entry.band.path for entry in job.bands):
        if job.path.is_file() and job.path.samefile(path):
            raise OutputError(f"{job.path} is the input itself. Choose another output.")

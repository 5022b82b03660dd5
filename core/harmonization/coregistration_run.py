# SPDX-License-Identifier: GPL-2.0-or-later
"""Move a raster onto another one: find the shift, then write all bands, moved and regridded in one resampling."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..errors import CancelledError, GridError, ProductError
from ..grid import Grid, Window
from ..output_lock import reserved
from ..products.pixel_map import Mover, PixelMap
from ..products.raster_copy import CopiedRaster, CopyWriter
from ..raster import BandReader
from ..raster_profile import BLOCK
from ..raster_state import gdal_cache
from ..scene import Band
from .coregistration import Registration, RegistrationOptions
from .coregistration_local import CONSTANT, ShiftGrid, local_shifts
from .coregistration_places import check_grid, reference_grid
from .coregistration_sampling import CUBIC, NEAREST
from .coregistration_tile import copied, resampled
from .registration_reading import register

Pixels = npt.NDArray[np.generic]

# Besides the methods of coregistration_sampling: the pixels stay as they are, and the origin of the grid is moved.
NONE = "none"
KEEP, REFERENCE = "input", "reference"
TILE_ROWS, TILE_COLS = 2 * BLOCK, 8 * BLOCK
CACHE_MEGABYTES = 256


@dataclass(frozen=True)
class CoregistrationJob:
    """What is to be done.

    Attributes:
        source: the raster to be moved.
        band: 1-based number of its band that is compared.
        reference: band of the reference.
        options: how to look for the shift.
        output: GeoTIFF.
        grid: ``input`` (the input's own) or ``reference`` (its CRS, corners on its pixels' corners).
        method: ``cubic``, ``bilinear``, ``nearest`` or ``none``.
        cog: write a Cloud Optimized GeoTIFF.
        tags: further (key, value) pairs for the file.
    """

    source: CopiedRaster
    band: int
    reference: Band
    options: RegistrationOptions
    output: Path
    grid: str = KEEP
    method: str = CUBIC
    cog: bool = False
    tags: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, eq=False)
class CoregistrationResult:
    """What was done: the shift, its grid where it is local, and the grid of the output."""

    registration: Registration
    shifts: ShiftGrid | None
    grid: Grid


def coregister(
    job: CoregistrationJob,
    progress: Callable[[float], None],
    is_cancelled: Callable[[], bool],
    log: Callable[[str], None],
) -> CoregistrationResult:
    """Find the shift and write the moved raster.

    Args:
        job: what to do.
        progress: receives the finished share, 0 to 1.
        is_cancelled: asked often.
        log: receives sentences for the user.

    Raises:
        RegistrationError: the rasters do not tell the shift.
        GridError: a grid is rotated, in degrees or without CRS, or the choices do not go together.
        ProductError: the input cannot be read.
        OutputError: the output cannot be written.
        CancelledError: the user cancelled; nothing is left behind.
    """
    check_job(job)
    measured = measured_band(job.source, job.band)
    with reserved((job.output,)), gdal_cache(CACHE_MEGABYTES):
        registration = register(job.reference, measured, job.options, is_cancelled, log)
        shifts = None
        if job.options.local:
            registration, shifts = _local(registration, job.source.grid, log)
        grid = _write(job, registration, shifts, progress, is_cancelled, log)
    return CoregistrationResult(registration, shifts, grid)


def _local(registration: Registration, grid: Grid, log: Callable[[str], None]) -> tuple[Registration, ShiftGrid | None]:
    """Return the grid of shifts; None where one shift foretells the windows as well."""
    registration, shifts = local_shifts(registration, grid)
    if shifts.model == CONSTANT:
        log("The shifts do not differ over the raster: it is moved as a whole.")
        return registration, None
    west, east, south, north = shifts.range
    log(
        f"Local shifts ({shifts.model}) from {west:+.2f} to {east:+.2f} m east and {south:+.2f} to {north:+.2f} m "
        f"north; what they leave of a window: {shifts.residual:.2f} m."
    )
    return registration, shifts


def check_job(job: CoregistrationJob) -> None:
    """Check that the choices go together.

    Raises:
        GridError: they do not.
        ProductError: there is no such band, or its numbers cannot be averaged.
    """
    check_grid(job.source.grid, job.source.title)
    if not 1 <= job.band <= len(job.source.bands):
        raise ProductError(f"{job.source.title} has {len(job.source.bands)} bands, so there is no band {job.band}.")
    if job.method == NONE and (job.grid == REFERENCE or job.options.local):
        raise GridError(
            "Without resampling the raster can be moved as a whole on its own grid only. Choose another RESAMPLING, or "
            "GRID input without LOCAL."
        )
    if job.source.palette and job.method not in (NONE, NEAREST):
        raise ProductError(
            f"{job.source.title} has a colour table, so its numbers are classes. Choose RESAMPLING nearest or none."
        )


def measured_band(source: CopiedRaster, number: int) -> Band:
    """Return a band as it is compared: without declared nodata, 0 of unsigned numbers is taken to be fill."""
    entry = source.bands[number - 1].band
    nodata = entry.nodata
    if nodata is None and (entry.dtype == "Byte" or entry.dtype.startswith("UInt")):
        nodata = 0.0
    return replace(entry, nodata=nodata, name=source.title)


def _write(
    job: CoregistrationJob,
    registration: Registration,
    shifts: ShiftGrid | None,
    progress: Callable[[float], None],
    is_cancelled: Callable[[], bool],
    log: Callable[[str], None],
) -> Grid:
    """Write all bands, moved; return their grid."""
    source = job.source
    placed = source.grid if shifts is not None else registration.moved(source.grid)
    target = placed if job.method == NONE else source.grid
    if job.grid == REFERENCE:
        target = reference_grid(registration.moved(source.grid), job.reference.grid)
    nodata = _nodata(source, job.method)
    if nodata is not None and source.nodata is None:
        log(f"{source.title} declares no nodata value: pixels that it does not cover are {nodata:g}.")
    pixel_map = PixelMap(target, placed, None if shifts is None else _mover(shifts, registration.unit))
    profile = source.profile(target, nodata, (*job.tags, *_tags(job, registration, shifts)), job.cog)

    def check() -> None:
        if is_cancelled():
            raise CancelledError

    writer = CopyWriter(job.output, profile, source)
    try:
        with BandReader() as reader:
            for window in _tiles(target):
                writer.write(window, _tile(job, window, pixel_map, nodata, reader, check))
                progress((window.row * target.width + window.height * window.col_end) / (target.height * target.width))
        writer.finish(check)
    except BaseException:
        writer.abandon()
        raise
    return target


def _mover(shifts: ShiftGrid, unit: float) -> Mover:
    """Return where in the input the place lies that is shown somewhere in the output."""

    def move(
        x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        east, north = shifts.at(x, y)
        return x - east / unit, y - north / unit

    return move


def _nodata(source: CopiedRaster, method: str) -> float | None:
    """Return the output's nodata value; one is made up where pixels may stay uncovered and nothing else tells so."""
    if source.nodata is not None or method == NONE or source.has_alpha:
        return source.nodata
    dtype: np.dtype[np.generic] = np.dtype(source.dtype)
    if dtype.kind == "f":
        return math.nan
    info = np.iinfo(dtype)  # type: ignore[type-var]
    # Undeclared fill is mostly 0, and so is a class: neither may become nodata.
    return float(info.max if dtype.kind == "u" else info.min)


def _tags(job: CoregistrationJob, registration: Registration, shifts: ShiftGrid | None) -> tuple[tuple[str, str], ...]:
    local = () if shifts is None else (("SATSHARP_LOCAL_SHIFTS", shifts.model),)
    return (
        ("SATSHARP_SHIFT_EAST", f"{registration.east:.4f}"),
        ("SATSHARP_SHIFT_NORTH", f"{registration.north:.4f}"),
        ("SATSHARP_SHIFT_ERROR", f"{registration.error:.4f}"),
        ("SATSHARP_SHIFT_WINDOWS", f"{registration.windows} of {registration.usable}"),
        ("SATSHARP_RESAMPLING", job.method),
        *local,
    )


def _tiles(grid: Grid) -> Iterator[Window]:
    for row in range(0, grid.height, TILE_ROWS):
        for col in range(0, grid.width, TILE_COLS):
            yield Window(row, col, TILE_ROWS, TILE_COLS).intersect(grid.window)


def _tile(
    job: CoregistrationJob,
    window: Window,
    pixel_map: PixelMap,
    nodata: float | None,
    reader: BandReader,
    check: Callable[[], None],
) -> Pixels:
    """Return a window of the output, (bands, rows, columns)."""
    dtype: np.dtype[np.generic] = np.dtype(job.source.dtype)
    result = np.full((len(job.source.bands), window.height, window.width), 0 if nodata is None else nodata, dtype)
    places = None if job.method == NONE else pixel_map.places(window)
    for number, entry in enumerate(job.source.bands):
        check()
        if places is None:
            result[number] = copied(entry.band, window, nodata, reader)
        else:
            resampled(entry.band, places, job.method, nodata, reader, result[number])
    return result

# SPDX-License-Identifier: GPL-2.0-or-later
"""Write a series date by date and strip by strip; nothing of it appears before all of it is complete."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ..errors import OutputError, ProductError
from ..output_lock import reserved
from ..output_place import check_space
from ..products.series_cube import NETCDF, ZARR, can_write
from ..products.series_vrt import DatedFile, write_series_vrt
from ..raster import BandReader
from .dates import iso_text
from .images import SERIES_VRT
from .series_plan import SeriesJob
from .series_writer import Progress, SeriesWriter, WrittenDate

COG = "COG"
FORMATS = (COG, NETCDF, ZARR)
SERIES = "series"
_SUFFIXES = {NETCDF: ".nc", ZARR: ".zarr"}


@dataclass(frozen=True)
class SeriesResult:
    """What came of a series.

    Attributes:
        path: the VRT, NetCDF or Zarr.
        dates: by date.
        stretch: digital numbers (low, high) of each band between which nearly all pixels of all dates lie.
    """

    path: Path
    dates: tuple[WrittenDate, ...]
    stretch: tuple[tuple[float, float], ...]


def write_series(
    job: SeriesJob,
    folder: Path,
    form: str = COG,
    progress: Progress = lambda share: None,
    is_cancelled: Callable[[], bool] = lambda: False,
    least_valid: float = 0.0,
) -> SeriesResult:
    """Write a series into a folder.

    Args:
        job: the plan.
        folder: is made where it is not there; files of the same names in it are replaced.
        form: one of :data:`FORMATS`: a Cloud Optimized GeoTIFF for each date and ``series.vrt``, which joins them, or
            ``series.nc``, or ``series.zarr``.
        progress: told the part done, 0 to 1.
        is_cancelled: asked before each strip.
        least_valid: a date gets no file where its valid pixels are no more than this part of the grid; a cube holds
            all dates.

    Raises:
        CancelledError: the user cancelled; nothing was written.
        OutputError: the format is unknown, or the folder cannot be written or has no room.
        ProductError: a raster cannot be read, or no date has enough valid pixels.
    """
    if form not in FORMATS:
        raise OutputError(f"There is no format {form}. Choose one of {', '.join(FORMATS)}.")
    if form != COG and not can_write(form):
        raise OutputError(f"This GDAL cannot write {form}. Choose {COG}.")
    with _workplace(folder) as place, BandReader() as reader:
        check_space(place, job.grid.width * job.grid.height * len(job.names) * len(job.images) * _bytes(job))
        run = SeriesWriter(job, reader, progress, is_cancelled, least_valid)
        dates = run.files(place) if form == COG else run.cube(place / f"{SERIES}{_SUFFIXES[form]}", form)
        path = _publish(job, place, folder, dates, form)
    finished = tuple(replace(date, path=str(folder / Path(date.path).name) if date.path else "") for date in dates)
    return SeriesResult(path, finished, run.stretch())


def _bytes(job: SeriesJob) -> int:
    return int(np.dtype(job.storage.dtype).itemsize)


@contextmanager
def _workplace(folder: Path) -> Iterator[Path]:
    """Make a folder for what is unfinished, which goes in any case."""
    made = not folder.exists()
    place = folder / f".{SERIES}.partial"
    _make(folder, folder)
    try:
        with reserved((folder / SERIES,)):
            shutil.rmtree(place, ignore_errors=True)
            _make(place, folder)
            try:
                yield place
            except OutputError as error:
                # The user knows the folder, not what is in it until all is complete.
                raise OutputError(str(error).replace(str(place), str(folder))) from error
            finally:
                shutil.rmtree(place, ignore_errors=True)
    finally:
        if made and not any(folder.iterdir()):
            folder.rmdir()


def _make(place: Path, folder: Path) -> None:
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder} cannot be written ({error.strerror}). Choose another folder.") from error


def _publish(job: SeriesJob, place: Path, folder: Path, dates: tuple[WrittenDate, ...], form: str) -> Path:
    """Move what is complete into the folder."""
    if form != COG:
        name = f"{SERIES}{_SUFFIXES[form]}"
        if (folder / name).is_dir():
            shutil.rmtree(folder / name)
        os.replace(place / name, folder / name)
        return folder / name
    storage = job.storage
    files = tuple(
        DatedFile(Path(date.path), iso_text(date.image.image.time), date.image.image.sensor)
        for date in dates
        if date.path
    )
    if not files:
        raise ProductError(
            f"None of the {len(dates)} dates has enough valid pixels. Lower the least share, or mask less."
        )
    write_series_vrt(place / SERIES_VRT, job.grid, files, job.names, storage.dtype, storage.nodata)
    for name in (*(file.path.name for file in files), SERIES_VRT):
        try:
            os.replace(place / name, folder / name)
        except OSError as error:
            raise OutputError(f"{folder / name} cannot be replaced ({error.strerror}). Close it elsewhere.") from error
    return folder / SERIES_VRT

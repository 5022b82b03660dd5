# SPDX-License-Identifier: GPL-2.0-or-later
"""The output files of a job, written together; what is unfinished when something goes wrong is taken away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from .errors import OutputError
from .georeference import georeferenced, swath_path
from .grid import Window
from .job import Job, OutputBand, OutputFile
from .output_place import check_space, partial_paths
from .raster_profile import BandProfile, RasterProfile
from .raster_writer import RasterWriter


class Writers:
    """The writers of all output files of a job."""

    def __init__(self) -> None:
        """Start with no file."""
        self._writers: list[RasterWriter] = []
        self._profiles: list[RasterProfile] = []

    @property
    def rows_done(self) -> int:
        """Rows that all files have already, from a run that was killed."""
        return min((writer.rows_done for writer in self._writers), default=0)

    def open(self, job: Job, file: OutputFile, provider: str) -> None:
        """Open one more file; raises as :class:`RasterWriter` does."""
        path, profile = file.path, profile_of(job, file, provider)
        if job.map_grid is not None:
            # What is made first is in swath geometry; it never gets the output's name.
            path, profile = swath_path(path), replace(profile, cog=False)
        self._writers.append(RasterWriter(path, profile, job.identity, job.resume))
        self._profiles.append(profile)

    def write(self, window: Window, pixels: tuple[npt.NDArray[np.generic], ...]) -> None:
        """Write the pixels of a window of the output, one array a file."""
        for writer, part in zip(self._writers, pixels):
            writer.write(window, part)

    def rows_written(self, rows: int) -> None:
        """Note that all rows above ``rows`` have been given."""
        for writer in self._writers:
            writer.rows_written(rows)

    def finish(self, job: Job, check: Callable[[], None]) -> None:
        """Finish all files; they appear together, once the last of them is complete; a swath's lie on its map."""
        if job.map_grid is None:
            _publish(self._writers, check)
            return
        for writer in self._writers:
            # Killed from here on, a run goes on here.
            writer.checkpoint(job.window.height)
        with georeferenced(job, tuple(self._profiles), check) as writers:
            _publish(writers, check)
        self.abandon()

    def abandon(self) -> None:
        """Remove everything that is unfinished."""
        for writer in self._writers:
            writer.abandon()


def _publish(writers: list[RasterWriter], check: Callable[[], None]) -> None:
    for writer in writers:
        writer.complete(check)
    published: list[RasterWriter] = []
    try:
        for writer in writers:
            writer.publish()
            published.append(writer)
    except OutputError:
        for writer in published:
            writer.path.unlink(missing_ok=True)
        raise


@contextmanager
def open_writers(job: Job, provider: str) -> Iterator[Writers]:
    """Open all output files of a job; whatever goes wrong inside, nothing unfinished stays."""
    writers = Writers()
    _check_space(job)
    try:
        for file in job.files:
            writers.open(job, file, provider)
        yield writers
    except BaseException:
        writers.abandon()
        raise


def _check_space(job: Job) -> None:
    """Check that every disk can hold all files that are not begun yet; each writer looks at its own file only."""
    fresh = [file for file in job.files if not partial_paths(file.path)[0].exists()]
    for folder in {file.path.parent for file in fresh}:
        sizes = [profile_of(job, file, "").nbytes for file in fresh if file.path.parent == folder]
        check_space(folder, sum(sizes) * (2 if job.cog else 1))


def profile_of(job: Job, file: OutputFile, provider: str) -> RasterProfile:
    """Return grid, bands, type and tags of an output file."""
    return RasterProfile(
        grid=job.target.crop(job.window),
        dtype=file.dtype,
        nodata=file.nodata,
        bands=tuple(_band_profile(output, file.reflectance) for output in file.bands),
        tags=(*job.tags, ("SATSHARP_EXECUTION_PROVIDER", provider)),
        cog=job.cog,
        threads=job.workers * job.threads,
    )


def _band_profile(output: OutputBand, reflectance: bool) -> BandProfile:
    band = output.band
    scale, offset = (None, None) if reflectance else (band.scale, band.offset)
    return BandProfile(output.name, scale, offset, band.wavelength_nm, band.bandwidth_nm)

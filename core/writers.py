# SPDX-License-Identifier: GPL-2.0-or-later
"""The output files of a job, written together; what is unfinished when something goes wrong is taken away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import numpy.typing as npt

from .grid import Window
from .job import Job, OutputBand, OutputFile
from .raster_profile import BandProfile, RasterProfile
from .raster_writer import RasterWriter


class Writers:
    """The writers of all output files of a job."""

    def __init__(self) -> None:
        """Start with no file."""
        self._writers: list[RasterWriter] = []

    @property
    def rows_done(self) -> int:
        """Rows that all files have already, from a run that was killed."""
        return min((writer.rows_done for writer in self._writers), default=0)

    def open(self, job: Job, file: OutputFile, provider: str) -> None:
        """Open one more file; raises as :class:`RasterWriter` does."""
        self._writers.append(RasterWriter(file.path, profile_of(job, file, provider), job.identity, job.resume))

    def write(self, window: Window, pixels: tuple[npt.NDArray[np.generic], ...]) -> None:
        """Write the pixels of a window of the output, one array a file."""
        for writer, part in zip(self._writers, pixels):
            writer.write(window, part)

    def rows_written(self, rows: int) -> None:
        """Note that all rows above ``rows`` have been given."""
        for writer in self._writers:
            writer.rows_written(rows)

    def finish(self, check: Callable[[], None]) -> None:
        """Finish all files."""
        for writer in self._writers:
            writer.finish(check)

    def abandon(self) -> None:
        """Remove everything that is unfinished."""
        for writer in self._writers:
            writer.abandon()


@contextmanager
def open_writers(job: Job, provider: str) -> Iterator[Writers]:
    """Open all output files of a job; whatever goes wrong inside, nothing unfinished stays."""
    writers = Writers()
    try:
        for file in job.files:
            writers.open(job, file, provider)
        yield writers
    except BaseException:
        writers.abandon()
        raise


def profile_of(job: Job, file: OutputFile, provider: str) -> RasterProfile:
    """Return grid, bands, type and tags of an output file."""
    return RasterProfile(
        grid=job.target.crop(job.window),
        dtype=file.dtype,
        nodata=file.nodata,
        bands=tuple(_band_profile(output) for output in file.bands),
        tags=(*job.tags, ("SATSHARP_EXECUTION_PROVIDER", provider)),
        cog=job.cog,
        threads=job.workers * job.threads,
    )


def _band_profile(output: OutputBand) -> BandProfile:
    band = output.band
    return BandProfile(output.name, band.scale, band.offset, band.wavelength_nm, band.bandwidth_nm)

# SPDX-License-Identifier: GPL-2.0-or-later
"""The output files of a job, written together; what is unfinished when something goes wrong is taken away."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from .errors import OutputError, StoppedError
from .georeference import georeferenced, swath_path
from .grid import Window
from .job import Job
from .output_place import check_place, check_space, partial_paths
from .output_records import OutputBand, OutputFile
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

    def suspend(self) -> None:
        """Close everything that is unfinished, for a later run to go on with."""
        with ExitStack() as every:
            for writer in self._writers:
                every.callback(writer.suspend)

    def abandon(self) -> None:
        """Remove everything that is unfinished."""
        with ExitStack() as every:
            for writer in self._writers:
                every.callback(writer.abandon)


def _publish(writers: list[RasterWriter], check: Callable[[], None]) -> None:
    """Complete all files and give them their names; where one of several cannot get it, all are as they were before."""
    for writer in writers:
        writer.complete(check)
    before = {writer.path: _kept(writer.path) for writer in writers} if len(writers) > 1 else {}
    published: list[RasterWriter] = []
    try:
        for writer in writers:
            writer.publish()
            published.append(writer)
    except OutputError:
        for writer in published:
            old = before[writer.path]
            if old is None:
                writer.path.unlink(missing_ok=True)
            else:
                os.replace(old, writer.path)
        raise
    finally:
        for old in before.values():
            if old is not None:
                old.unlink(missing_ok=True)


def _kept(path: Path) -> Path | None:
    """Give a file a second name, under which it stays when it is replaced; None where that is not possible."""
    second = path.with_name(path.name + ".kept")
    second.unlink(missing_ok=True)
    try:
        os.link(path, second)
    except OSError:
        # There is no such file, or the file system has no links.
        return None
    return second


@contextmanager
def open_writers(job: Job, provider: str) -> Iterator[Writers]:
    """Open all output files of a job; whatever goes wrong inside, nothing unfinished stays.

    After StoppedError it stays, and a later run of the same job goes on with it. Whatever goes wrong while they are
    opened, what stays is what an earlier run can be resumed from.
    """
    writers = Writers()
    _check_places(job)
    try:
        for file in job.files:
            writers.open(job, file, provider)
    except BaseException:
        # What an earlier run has finished of the other files is none of this one's to throw away.
        writers.suspend()
        raise
    try:
        yield writers
    except StoppedError:
        writers.suspend()
        raise
    except BaseException:
        writers.abandon()
        raise


def _check_places(job: Job) -> None:
    """Check that every disk can hold all files that are not begun yet; each writer looks at its own file only."""
    needed: Counter[Path] = Counter()
    for file in job.files:
        for path, nbytes in _unfinished(job, file):
            check_place(path)
            if not partial_paths(path)[0].exists():
                needed[path.parent] += nbytes
    for folder, nbytes in needed.items():
        check_space(folder, nbytes)


def _unfinished(job: Job, file: OutputFile) -> Iterator[tuple[Path, int]]:
    """Yield path and bytes of what is made for an output file; of a swath the result on its map comes last."""
    profile = profile_of(job, file, "")
    if job.map_grid is not None:
        yield swath_path(file.path), profile.nbytes
        profile = replace(profile, grid=job.map_grid)
    yield file.path, profile.nbytes * (2 if job.cog else 1)


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

# SPDX-License-Identifier: GPL-2.0-or-later
"""Carry the finished raster of a swath over to its map: nearest neighbour, so digital numbers stay as they are."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt

from .errors import GridError, OutputError
from .grid import Grid, Window
from .job import Job
from .output_place import partial_paths
from .output_records import OutputFile
from .products.geolocation import Places, Projection
from .products.swath_map import geometry_of
from .radiometry import valid_mask
from .raster import BandReader
from .raster_profile import BLOCK, GDAL_TYPES, RasterProfile
from .raster_writer import RasterWriter
from .scene import Band
from .swath_lattice import Lattice, ScanGeometry
from .swath_places import candidates, choose

Pixels = npt.NDArray[np.generic]

# Map pixels that are looked up together.
TILE_ROWS, TILE_COLS = BLOCK, 2 * BLOCK
# Bytes that are written at a time.
_PIECE = 1 << 22
TAG = (
    "SATSHARP_GEOREFERENCE",
    "nearest pixel of the swath by its geolocation, interpolated within each scan; where scans overlap, of the scan in "
    "whose middle the place lies nearer",
)


def swath_path(path: Path) -> Path:
    """Return the name under which the result in swath geometry is kept while it is not on its map."""
    return path.with_name(path.name + ".swath")


@contextmanager
def georeferenced(
    job: Job, profiles: tuple[RasterProfile, ...], check: Callable[[], None]
) -> Iterator[list[RasterWriter]]:
    """Bring the outputs of a swath onto its map; give their writers, which have received every pixel.

    Args:
        job: gives scene, window, files and map; the rasters in swath geometry are unfinished beside the outputs.
        profiles: of those rasters.
        check: called for each scan and tile; may raise to stop.

    Raises:
        ProductError: the geolocation cannot be read.
        OutputError: the disk is full or failing.
        CancelledError: from ``check``. Whatever goes wrong, nothing unfinished is left of the outputs.
    """
    writers: list[RasterWriter] = []
    try:
        for file, profile in zip(job.files, profiles):
            on_map = replace(profile, grid=_map(job), cog=job.cog, tags=(*profile.tags, TAG))
            writers.append(RasterWriter(file.path, on_map, job.identity, resume=False))
        with _lattice(job, job.files[0].path.parent, check) as lattice, BandReader() as reader:
            for window in _tiles(_map(job)):
                check()
                for writer, pixels in zip(writers, _tile(job, window, lattice, reader)):
                    writer.write(window, pixels)
        yield writers
    except BaseException:
        for writer in writers:
            writer.abandon()
        raise


@contextmanager
def _lattice(job: Job, folder: Path, check: Callable[[], None]) -> Iterator[Lattice]:
    """Prepare the places of a swath on the map, in files without name that end with the process.

    A full VIIRS swath has 41 million places: too many to keep in memory beside the rest.
    """
    try:
        with tempfile.TemporaryFile(dir=folder) as first, tempfile.TemporaryFile(dir=folder) as second:
            lattice = _empty(geometry_of(job.scene, job.target), first, second)
            _fill(lattice, job, check)
            yield lattice
    except OSError as error:
        raise OutputError(f"Nothing can be written in {folder} ({error.strerror}). Make room there.") from error


def _fill(lattice: Lattice, job: Job, check: Callable[[], None]) -> None:
    """Find the places of all scans that the run has made."""
    grid, geometry = _map(job), lattice.geometry
    if job.scene.geolocation is None:
        raise GridError(f"{job.scene.name} lies on a map already.")
    places = Places(job.scene.geolocation, geometry, job.scene.name)
    projection = Projection(grid.crs, grid.locate(0, grid.width / 2)[0])
    for scan in range(job.window.row // geometry.scan_lines, job.window.row_end // geometry.scan_lines):
        check()
        x, y = projection(*places.scan(scan))
        lattice.put(scan, (x - grid.transform[0]) / grid.transform[1], (y - grid.transform[3]) / grid.transform[5])


def _map(job: Job) -> Grid:
    if job.map_grid is None:
        raise GridError(f"{job.scene.name} has no map to go to.")
    return job.map_grid


def _empty(geometry: ScanGeometry, *streams: IO[bytes]) -> Lattice:
    shape = geometry.shape
    for stream in streams:
        _occupy(stream, 4 * math.prod(shape))
    x, y = (np.memmap(stream, np.float32, "r+", shape=shape) for stream in streams)
    return Lattice(geometry, x, y, np.full((shape[0], geometry.blocks, 4), np.nan, np.float32))


def _occupy(stream: IO[bytes], nbytes: int) -> None:
    """Write zeros: a page of a mapped file for which a full disk has no room ends the whole process."""
    zeros = bytes(min(nbytes, _PIECE))
    for start in range(0, nbytes, _PIECE):
        stream.write(zeros[: nbytes - start])
    stream.flush()


def _bands(job: Job, file: OutputFile) -> tuple[Band, ...]:
    """Return the bands of the raster in swath geometry, which is still unfinished."""
    path, _ = partial_paths(swath_path(file.path))
    grid, dtype = job.target.crop(job.window), GDAL_TYPES[file.dtype]
    return tuple(
        Band(output.name, str(path), index, grid, dtype, file.nodata, None, 1.0, 0.0)
        for index, output in enumerate(file.bands, start=1)
    )


def _tiles(grid: Grid) -> Iterator[Window]:
    for row in range(0, grid.height, TILE_ROWS):
        for col in range(0, grid.width, TILE_COLS):
            yield Window(row, col, TILE_ROWS, TILE_COLS).intersect(grid.window)


def _tile(job: Job, window: Window, lattice: Lattice, reader: BandReader) -> tuple[Pixels, ...]:
    """Return a window of the map for each file, (bands, rows, columns)."""
    results = tuple(_blank(file, window) for file in job.files)
    found = tuple(group for group in candidates(lattice, window) if len(group.cell))
    if not found:
        return results
    needed = _reach(np.concatenate([group.row for group in found]), np.concatenate([group.col for group in found]))
    sources = tuple(_read(job, file, needed, reader) for file in job.files)
    measured = np.zeros((needed.height, needed.width), np.bool_)
    for file, source in zip(job.files, sources):
        for band in source:
            measured |= valid_mask(band, file.nodata, None)
    row, col = (part.reshape(window.height, window.width) for part in choose(found, measured, needed, window))
    covered = row >= 0
    for result, source in zip(results, sources):
        result[:, covered] = source[:, row[covered] - needed.row, col[covered] - needed.col]
    return results


def _read(job: Job, file: OutputFile, needed: Window, reader: BandReader) -> Pixels:
    """Read a window of the swath, (bands, rows, columns), of which only a part has been made."""
    pixels = _blank(file, needed)
    made = needed.intersect(job.window)
    if not made.is_empty:
        rows, cols = made.relative_to(needed).slices
        for number, band in enumerate(_bands(job, file)):
            pixels[number, rows, cols] = reader.read(band, made.relative_to(job.window))
    return pixels


def _blank(file: OutputFile, window: Window) -> Pixels:
    """Return pixels where the swath does not reach, (bands, rows, columns)."""
    nothing = 0.0 if file.nodata is None else file.nodata
    return np.full((len(file.bands), window.height, window.width), nothing, np.dtype(file.dtype))


def _reach(rows: npt.NDArray[np.int64], cols: npt.NDArray[np.int64]) -> Window:
    row, col = int(rows.min()), int(cols.min())
    return Window(row, col, int(rows.max()) - row + 1, int(cols.max()) - col + 1)

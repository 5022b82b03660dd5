# SPDX-License-Identifier: GPL-2.0-or-later
"""Read the dates of a series strip by strip, bring them to one type, hide clouds, and write them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..errors import CancelledError
from ..grid import Window
from ..harmonization.clouds import CloudCover
from ..products.series_cube import SeriesCube
from ..radiometry import band_mask, store
from ..raster import RESULT_TAG, BandReader
from ..raster_profile import BLOCK, BandProfile, RasterProfile
from ..raster_writer import RasterWriter
from ..scene import Band
from ..version import version
from .dates import iso_text
from .series_plan import PlacedImage, SeriesJob

Pixels = npt.NDArray[np.generic]
Progress = Callable[[float], None]

STRIP_PIXELS = 1_000_000
# Every so many pixels one is looked at for the stretch of the layers.
_SAMPLED = 16
_STRETCH = (2, 98)


@dataclass(frozen=True)
class WrittenDate:
    """What came of one date: its file, pixels that are valid, and what its mask says.

    The file is empty in a cube, and where too few pixels are valid.
    """

    image: PlacedImage
    path: str
    valid: int
    cover: CloudCover | None


class SeriesWriter:
    """Reads and writes the dates of a job."""

    def __init__(
        self,
        job: SeriesJob,
        reader: BandReader,
        progress: Progress,
        is_cancelled: Callable[[], bool],
        least_valid: float,
    ) -> None:
        """Take what :func:`.series_run.write_series` was given."""
        self._job, self._reader = job, reader
        self._progress, self._is_cancelled = progress, is_cancelled
        self._least = least_valid * job.grid.width * job.grid.height
        self._samples: list[list[npt.NDArray[np.float32]]] = [[] for _ in job.names]
        rows = max(BLOCK, STRIP_PIXELS // job.grid.width // BLOCK * BLOCK)
        height, width = job.grid.height, job.grid.width
        self._strips = [Window(row, 0, min(rows, height - row), width) for row in range(0, height, rows)]

    def files(self, place: Path) -> tuple[WrittenDate, ...]:
        """Write a file for each date."""
        dates = []
        for number, image in enumerate(self._job.images):
            path = place / f"{image.name}.tif"
            writer = RasterWriter(path, self._profile(image), (), resume=False)
            try:
                date = self._date(number, image, str(path), writer.write)
                if date.valid > self._least:
                    writer.finish(self._check)
                else:
                    writer.abandon()
                    date = replace(date, path="")
                dates.append(date)
            except BaseException:
                writer.abandon()
                raise
            self._reader.close()
        return tuple(dates)

    def cube(self, path: Path, form: str) -> tuple[WrittenDate, ...]:
        """Write all dates into one file."""
        job, storage = self._job, self._job.storage
        times = tuple(image.image.time for image in job.images)
        sensors = tuple(image.image.sensor for image in job.images)
        numbers = storage.dtype, storage.nodata, storage.scale, storage.offset
        cube = SeriesCube(path, form, job.grid, times, sensors, job.names, numbers)
        dates = []
        try:
            for number, image in enumerate(job.images):
                dates.append(
                    self._date(number, image, "", lambda window, pixels, at=number: cube.write(at, window, pixels))  # type: ignore[misc]
                )
                self._reader.close()
            cube.finish()
        except BaseException:
            cube.abandon()
            raise
        return tuple(dates)

    def stretch(self) -> tuple[tuple[float, float], ...]:
        """Return the quantiles of what was sampled of each band."""
        found = []
        for parts in self._samples:
            values = np.concatenate(parts) if parts else np.zeros(1, np.float32)
            low, high = np.percentile(values, _STRETCH) if values.size else (0.0, 1.0)
            found.append((float(low), float(high)))
        return tuple(found)

    def _date(self, number: int, image: PlacedImage, path: str, write: Callable[[Window, Pixels], None]) -> WrittenDate:
        cover = None if image.clouds is None else CloudCover()
        valid = 0
        for strip in self._strips:
            self._check()
            pixels, mask, found = self._read(image, strip)
            write(strip, pixels)
            self._sample(pixels, mask)
            valid += int(np.count_nonzero(mask))
            cover = cover + found if cover is not None and found is not None else cover
            self._progress((number + strip.row_end / self._job.grid.height) / len(self._job.images))
        return WrittenDate(image, path, valid, cover)

    def _read(self, image: PlacedImage, strip: Window) -> tuple[Pixels, npt.NDArray[np.bool_], CloudCover | None]:
        """Return the stored pixels of a strip, where all bands are valid, and what the mask says."""
        storage = self._job.storage
        dtype = np.dtype(storage.dtype)
        filler = 0 if storage.nodata is None else storage.nodata
        pixels = np.full((len(image.bands), strip.height, strip.width), filler, dtype)
        valid = np.zeros((strip.height, strip.width), np.bool_)
        inside = strip.intersect(image.place)
        if inside.is_empty:
            return pixels, valid, None
        own, part = inside.relative_to(image.place), inside.relative_to(strip).slices
        clear, cover = image.clouds.read(own, self._reader) if image.clouds is not None else (True, None)
        everywhere = np.ones((inside.height, inside.width), np.bool_)
        for plane, band in zip(pixels, image.bands):
            numbers = self._reader.read(band, own)
            mask = band_mask(numbers, band) & clear
            plane[part] = self._stored(numbers, mask, band)
            everywhere &= mask
        valid[part] = everywhere
        return pixels, valid, cover

    def _stored(self, numbers: Pixels, mask: npt.NDArray[np.bool_], band: Band) -> Pixels:
        """Return numbers as the series stores them, nodata where the mask is False."""
        storage = self._job.storage
        dtype = np.dtype(storage.dtype)
        if storage.keeps(band):
            if storage.nodata is None:
                return numbers
            return np.where(mask, numbers, dtype.type(storage.nodata))
        values = np.where(mask, numbers, 0).astype(np.float64) * band.scale + band.offset
        stored = store((values - storage.offset) / storage.scale, dtype, storage.nodata, None)
        return stored if storage.nodata is None else np.where(mask, stored, dtype.type(storage.nodata))

    def _sample(self, pixels: Pixels, mask: npt.NDArray[np.bool_]) -> None:
        every = (slice(None, None, _SAMPLED),) * 2
        for parts, plane in zip(self._samples, pixels):
            parts.append(plane[every][mask[every]].astype(np.float32))

    def _profile(self, image: PlacedImage) -> RasterProfile:
        job, storage, source = self._job, self._job.storage, image.image
        plain = (storage.scale, storage.offset) == (1.0, 0.0)
        scale, offset = (None, None) if plain else (storage.scale, storage.offset)
        bands = tuple(
            BandProfile(name, scale, offset, wavelength or None) for name, wavelength in zip(job.names, job.wavelengths)
        )
        masked = "" if image.clouds is None else image.clouds.options.text
        tags = (
            ("TIFFTAG_SOFTWARE", f"SatSharp {version()}"),
            ("TIFFTAG_DATETIME", source.time.strftime("%Y:%m:%d %H:%M:%S")),
            (RESULT_TAG, source.raster.source.title),
            ("SATSHARP_INPUT", source.raster.source.title),
            ("SATSHARP_SENSOR", source.raster.sensor),
            ("SATSHARP_SATELLITE", source.sensor),
            ("SATSHARP_ACQUIRED", iso_text(source.time)),
            ("SATSHARP_DATED_BY", source.dated_by),
            ("SATSHARP_MASKED", masked),
        )
        kept = tuple((key, value) for key, value in tags if value)
        return RasterProfile(job.grid, storage.dtype, storage.nodata, bands, kept, cog=True)

    def _check(self) -> None:
        if self._is_cancelled():
            raise CancelledError

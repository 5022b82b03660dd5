# SPDX-License-Identifier: GPL-2.0-or-later
"""The dated rasters of a series: found, opened, given their dates, sensors and masks."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ..errors import ProductError
from ..products.measured_raster import MeasuredRaster, file_source, open_measured
from ..products.quality_raster import quality_band, quality_kind, quality_tags
from ..products.raster_files import RasterSource
from ..quality.band_pairs import pair_bands
from ..scene import Band
from ..sensors import Sensor
from .dates import Entry, iso_text, parse_time, sensor_of, time_of

RASTERS = (".tif", ".tiff", ".vrt", ".jp2", ".img", ".kea")
# Joins the dates of a series, so it is none of them.
SERIES_VRT = "series.vrt"
_LISTED = 5


@dataclass(frozen=True)
class DatedImage:
    """A raster of one date.

    Attributes:
        time: when it was taken, in universal time.
        sensor: satellite or sensor; ``unknown`` where nothing tells.
        raster: its bands.
        clouds: its quality raster's band and kind, or None.
        dated_by: what tells the time.
    """

    time: datetime
    sensor: str
    raster: MeasuredRaster
    clouds: tuple[Band, str] | None
    dated_by: str

    @property
    def title(self) -> str:
        """Date and sensor."""
        return f"{iso_text(self.time)} {self.sensor}"


def rasters_in(folder: Path) -> tuple[str, ...]:
    """Return the rasters in a folder, without those that tell of clouds, and without what joins a series.

    Raises:
        ProductError: it is no folder, or holds none.
    """
    try:
        names = sorted(entry.name for entry in os.scandir(folder) if entry.is_file())
    except OSError as error:
        raise ProductError(f"{folder} cannot be listed ({error.strerror}). Choose a folder with rasters.") from error
    rasters = (name for name in names if name.lower().endswith(RASTERS) and name != SERIES_VRT)
    sources = (file_source(str(folder / name)) for name in rasters)
    found = tuple(source.path for source in sources if quality_kind(source) is None)
    if not found:
        raise ProductError(f"{folder} holds no rasters ({', '.join(RASTERS)}). Choose another folder.")
    return found


def open_images(
    sources: Iterable[RasterSource],
    table: tuple[Entry, ...],
    sensors: Mapping[str, Sensor],
    with_masks: bool,
    mask_kind: str = "",
) -> tuple[DatedImage, ...]:
    """Open rasters and return them by date.

    Args:
        sources: the rasters; none to take those that the table names.
        table: lines of the user's table.
        sensors: known sensors by id.
        with_masks: also find quality rasters: that of the table, a band of the raster itself, or a file beside it of
            the same day whose name says QA_PIXEL, SCL or Fmask, or whose band is called classes.
        mask_kind: kind of the quality rasters; empty to tell it from their names.

    Raises:
        ProductError: a raster cannot be read, has no date, or has the date and sensor of another.
    """
    chosen = tuple(sources) or tuple(file_source(entry.file) for entry in table)
    if not chosen:
        raise ProductError("No raster is given. Choose rasters, a folder of them, or a table that names them.")
    entries = {_key(entry.file): entry for entry in table}
    by_name = {Path(entry.file).name.lower(): entry for entry in table}
    masks = _Masks() if with_masks else None
    images = []
    for source in chosen:
        entry = entries.get(_key(source.path)) or by_name.get(Path(source.path).name.lower()) or Entry(source.path)
        images.append(_image(source, entry, sensors, masks, mask_kind))
    ordered = tuple(sorted(images, key=lambda image: (image.time, image.sensor, image.raster.source.title)))
    _check_twice(ordered)
    return ordered


def reference_of(images: tuple[DatedImage, ...]) -> MeasuredRaster:
    """Return the raster whose names the bands of a series have: the first of Sentinel-2, else the first."""
    return next((image.raster for image in images if image.raster.sensor == "sentinel2"), images[0].raster)


def named_bands(raster: MeasuredRaster, reference: MeasuredRaster) -> dict[str, Band]:
    """Return a raster's bands by the names of another raster's.

    Raises:
        ProductError: nothing tells which bands belong together.
    """
    if raster is reference:
        return {band.name: band for band in raster.bands}
    return {pair.reference.name: pair.band for pair in pair_bands(raster, reference)}


def _image(
    source: RasterSource, entry: Entry, sensors: Mapping[str, Sensor], masks: _Masks | None, mask_kind: str
) -> DatedImage:
    raster = open_measured(source, sensors)
    tags = dict(raster.tags)
    stated = parse_time(entry.date)
    found = (stated, "table") if stated is not None else time_of(tags, source.path) or time_of(tags, source.title)
    if found is None:
        raise ProductError(
            f"Nothing tells when {source.title} was taken: neither its tags nor its name. Name it with the date, such "
            "as S2_20210630.tif, or pass a table with the columns file and date."
        )
    sensor = entry.sensor or sensor_of(tags, source.path, raster.sensor) or "unknown"
    clouds = _clouds(raster, entry, found[0], mask_kind, masks) if masks is not None else None
    return DatedImage(found[0], sensor, raster, clouds, found[1])


def _clouds(
    raster: MeasuredRaster, entry: Entry, time: datetime, mask_kind: str, masks: _Masks
) -> tuple[Band, str] | None:
    if entry.mask:
        kind = mask_kind or quality_kind(file_source(entry.mask))
        if kind is None:
            raise ProductError(f"Nothing tells what the numbers of {entry.mask} mean. Choose the kind of the masks.")
        return quality_band(file_source(entry.mask), 1), kind
    if raster.quality:
        index, kind = raster.quality[0]
        return quality_band(raster.source, index), mask_kind or kind
    path = Path(raster.source.path)
    found = [mask for mask in masks.beside(path) if mask.time.date() == time.date()]
    if not found:
        return None
    # Of several the one that is named most alike.
    best = max(found, key=lambda mask: len(os.path.commonprefix([mask.source.title, path.name])))
    return quality_band(best.source, 1), mask_kind or best.kind


@dataclass(frozen=True)
class _Mask:
    source: RasterSource
    kind: str
    time: datetime


class _Masks:
    """The quality rasters with a date in the folders of a series; each folder is looked through once."""

    def __init__(self) -> None:
        self._found: dict[Path, tuple[_Mask, ...]] = {}

    def beside(self, path: Path) -> tuple[_Mask, ...]:
        """Return those in the folder of a raster."""
        folder = path.parent
        if folder not in self._found:
            names = sorted(os.listdir(folder)) if folder.is_dir() else []
            sources = [file_source(str(folder / name)) for name in names if name.lower().endswith(RASTERS)]
            self._found[folder] = tuple(mask for mask in map(_mask, sources) if mask is not None)
        return self._found[folder]


def _mask(source: RasterSource) -> _Mask | None:
    kind = quality_kind(source)
    if kind is None:
        return None
    found = parse_time(source.title) or parse_time(quality_tags(source).get("SATSHARP_ACQUIRED", ""))
    return None if found is None else _Mask(source, kind, found)


def _check_twice(images: tuple[DatedImage, ...]) -> None:
    for image, following in zip(images, images[1:]):
        if (image.time, image.sensor) == (following.time, following.sensor):
            raise ProductError(
                f"{image.raster.source.title} and {following.raster.source.title} are both of {image.title}. Keep one "
                "of them, join them first (gdal_merge), or tell them apart by a table with dates or sensors."
            )


def _key(path: str) -> str:
    return os.path.normcase(os.path.abspath(path))


def listed(titles: Iterable[str]) -> str:
    """Return the first few of some titles, for messages."""
    names = list(titles)
    return ", ".join(names[:_LISTED]) + (f" and {len(names) - _LISTED} more" if len(names) > _LISTED else "")

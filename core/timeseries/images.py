# SPDX-License-Identifier: GPL-2.0-or-later
"""The dated rasters of a series: found, opened, given their dates, sensors and masks."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from ..errors import ProductError
from ..products.mask_coverage import percent, uncovered
from ..products.measured_raster import MeasuredRaster, file_source, open_measured
from ..products.quality_raster import quality_band, quality_kind
from ..products.raster_files import RasterSource
from ..quality.band_pairs import pair_bands
from ..scene import Band
from ..sensors import Sensor
from .dates import Entry, iso_text, parse_time, sensor_in, sensor_of, time_of
from .masks import RASTERS, MaskChoice, Masks
from .products import missing_step

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
        mask: what the quality raster is, for the log; empty where there is none.
        mask_warning: why none of the quality rasters of that day is this one's; empty otherwise.
    """

    time: datetime
    sensor: str
    raster: MeasuredRaster
    clouds: tuple[Band, str] | None
    dated_by: str
    mask: str = ""
    mask_warning: str = ""

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
        step = missing_step(str(folder))
        raise ProductError(step or f"{folder} holds no rasters ({', '.join(RASTERS)}). Choose another folder.")
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
        with_masks: also find quality rasters: that of the table, a band of the raster itself, or the file beside it
            whose name says QA_PIXEL, SCL or Fmask, or whose band is called classes, and that shows the same (masks.py).
        mask_kind: kind of the quality rasters; empty to tell it from their names.

    Raises:
        ProductError: a raster cannot be read, has no date, or has the date and sensor of another.
    """
    chosen = tuple(sources) or tuple(file_source(entry.file) for entry in table)
    if not chosen:
        raise ProductError("No raster is given. Choose rasters, a folder of them, or a table that names them.")
    entries = {_key(entry.file): entry for entry in table}
    by_name = {Path(entry.file).name.lower(): entry for entry in table}
    masks = Masks() if with_masks else None
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
    source: RasterSource, entry: Entry, sensors: Mapping[str, Sensor], masks: Masks | None, mask_kind: str
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
    choice = _clouds(raster, entry, found[0], mask_kind, masks) if masks is not None else MaskChoice()
    return DatedImage(found[0], sensor, raster, choice.clouds, found[1], choice.told, choice.warning)


def _clouds(raster: MeasuredRaster, entry: Entry, time: datetime, mask_kind: str, masks: Masks) -> MaskChoice:
    if entry.mask:
        source = file_source(entry.mask)
        kind = mask_kind or quality_kind(source)
        if kind is None:
            raise ProductError(f"Nothing tells what the numbers of {entry.mask} mean. Choose the kind of the masks.")
        return MaskChoice((quality_band(source, 1), kind), f"{source.title}, which the table names")
    if raster.quality:
        index, kind = raster.quality[0][0], mask_kind or raster.quality[0][1]
        return MaskChoice((quality_band(raster.source, index), kind), f"its own band {index}")
    choice = masks.choose(raster, time, sensor_in(entry.sensor))
    if choice.clouds is None or not mask_kind:
        return choice
    return replace(choice, clouds=(choice.clouds[0], mask_kind))


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


def _uncovered(images: tuple[DatedImage, ...]) -> Iterable[tuple[str, float]]:
    """Return how much of each raster's ground its mask does not cover."""
    for image in images:
        if image.clouds is not None:
            yield image.raster.source.title, uncovered(image.clouds[0].grid, image.raster.grid)


def warnings_of(images: tuple[DatedImage, ...], masked: bool) -> tuple[str, ...]:
    """Return what was assumed about rasters, and, where clouds are to be hidden, which of them lack a mask."""
    notes = [note for image in images for note in image.raster.notes]
    if masked:
        notes += [image.mask_warning for image in images if image.mask_warning]
        lacking = [image.raster.source.title for image in images if image.clouds is None]
        if lacking:
            notes.append(f"No cloud mask was found for {listed(lacking)}: nothing is masked there.")
        partly = [f"{title} ({percent(share)})" for title, share in _uncovered(images) if share]
        if partly:
            notes.append(
                f"Cloud masks do not cover all the ground of {listed(partly)}: the part in brackets counts as hidden. "
                "Pass masks of the whole ground."
            )
    return tuple(dict.fromkeys(notes))

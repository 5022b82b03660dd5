# SPDX-License-Identifier: GPL-2.0-or-later
"""Which of the cloud masks in a folder serves which date: that of the same satellite, scene, time and place."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from ..errors import GridError, ProductError
from ..grid import Grid
from ..harmonization.clouds import KINDS, QA_PIXEL, SCL
from ..products.extent import extent_window
from ..products.measured_raster import MeasuredRaster, file_source
from ..products.quality_raster import quality_band, quality_kind, quality_tags
from ..products.raster_files import RasterSource
from ..scene import Band
from .dates import parse_time, sensor_of

RASTERS = (".tif", ".tiff", ".vrt", ".jp2", ".img", ".kea")
# A satellite is back after 98 minutes or more; the start of its pass and a tile's own time are up to 20 apart.
_PASS = timedelta(minutes=30)
_MAKERS = {QA_PIXEL: "Landsat", SCL: "Sentinel-2"}
# Path and row of Landsat, in names of collections and in older ones; tile of Sentinel-2, in its own names and HLS'.
_PATH_ROW = re.compile(r"(?i)L[COTEM]\d\d_[A-Z0-9]{4}_(\d{6})_|L[COTEM]\d(\d{6})\d{7}")
_TILE = re.compile(r"(?:^|[_.\W])T(\d\d[A-Z]{3})(?=[_.\W]|$)")
_WORDS = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True)
class MaskChoice:
    """The mask of a date.

    Attributes:
        clouds: its band and kind; None where there is none.
        told: what it is, for the log; empty where there is none.
        warning: why there is none although there are masks of that day; empty otherwise.
    """

    clouds: tuple[Band, str] | None = None
    told: str = ""
    warning: str = ""


@dataclass(frozen=True)
class _Identity:
    """What tells one acquisition from another; empty or None where nothing is known."""

    time: datetime
    sensor: str
    product: str
    path_row: str
    tile: str
    words: frozenset[str]


@dataclass(frozen=True)
class _Mask:
    source: RasterSource
    kind: str
    identity: _Identity


class Masks:
    """The quality rasters with a date in the folders of a series; each folder is looked through once."""

    def __init__(self) -> None:
        """Start without a folder."""
        self._found: dict[Path, tuple[_Mask, ...]] = {}

    def choose(self, raster: MeasuredRaster, time: datetime, sensor: str = "") -> MaskChoice:
        """Return the mask beside a raster that shows what it shows.

        It is of the same day and lies over it. Where both tell satellite, time of day, path and row, or tile, these
        agree. Of several, the one of the same product is taken, else that of the same time, of the most alike name,
        which covers most. Where none of this tells them apart there is no mask.

        Args:
            raster: of one date.
            time: when it was taken.
            sensor: satellite that the user names; empty to go by tags and name, for what bands look like is a guess.
        """
        path = raster.source.path
        own = _identity(dict(raster.tags), path, time, sensor)
        same_day = [mask for mask in self._beside(Path(path)) if mask.identity.time.date() == time.date()]
        reasons, fitting = [], []
        for mask in same_day:
            reason = _misfit(mask.identity, own)
            band, cover = (None, 0.0) if reason else _laid_over(mask.source, raster.grid)
            if band is None:
                reasons.append(f"{mask.source.title} {reason or 'lies elsewhere'}")
            else:
                fitting.append((_agreement(mask, own, band, cover), mask, band))
        return _best(fitting, reasons, raster.source.title)

    def _beside(self, path: Path) -> tuple[_Mask, ...]:
        folder = path.parent
        if folder not in self._found:
            names = sorted(os.listdir(folder)) if folder.is_dir() else []
            sources = [file_source(str(folder / name)) for name in names if name.lower().endswith(RASTERS)]
            self._found[folder] = tuple(mask for mask in map(_mask, sources) if mask is not None)
        return self._found[folder]


def _best(fitting: list[tuple[tuple[float, ...], _Mask, Band]], reasons: list[str], title: str) -> MaskChoice:
    if not fitting:
        told = f"{title}: these masks of its day are not its own: {'; '.join(reasons)}."
        return MaskChoice(warning=told if reasons else "")
    agreement, mask, band = max(fitting, key=lambda found: found[0])
    alike = [other.source.title for found, other, _ in fitting if found == agreement]
    if len(alike) > 1:
        return MaskChoice(
            warning=f"Nothing tells which of {', '.join(alike)} is the cloud mask of {title}, so none is used. Name "
            "it in a table with the columns file and mask."
        )
    return MaskChoice((band, mask.kind), f"{mask.source.title}, which lies beside it")


def _mask(source: RasterSource) -> _Mask | None:
    kind = quality_kind(source)
    if kind is None:
        return None
    try:
        tags = quality_tags(source)
    except ProductError:
        return None
    found = parse_time(source.title) or parse_time(tags.get("SATSHARP_ACQUIRED", ""))
    return None if found is None else _Mask(source, kind, _identity(tags, source.path, found, _MAKERS.get(kind, "")))


def _identity(tags: dict[str, str], path: str, time: datetime, sensor: str) -> _Identity:
    product = tags.get("SATSHARP_INPUT", "")
    text = f"{product} {Path(path).name}"
    path_row = ["".join(found) for found in _PATH_ROW.findall(text)]
    words = frozenset(_WORDS.findall(Path(path).stem.lower()))
    tiles = _TILE.findall(text)
    return _Identity(
        # A name may tell the day alone where the tag tells the time.
        _with_clock(time, tags),
        sensor_of(tags, path, sensor),
        product,
        path_row[-1] if path_row else "",
        tiles[-1] if tiles else "",
        words,
    )


def _with_clock(time: datetime, tags: dict[str, str]) -> datetime:
    tagged = parse_time(tags.get("SATSHARP_ACQUIRED", ""))
    return tagged if tagged is not None and not _has_clock(time) and tagged.date() == time.date() else time


def _has_clock(time: datetime) -> bool:
    return any((time.hour, time.minute, time.second))


def _misfit(mask: _Identity, image: _Identity) -> str:
    """Return why a mask cannot be that of an image, as the end of a sentence; nothing where it can."""
    first, second = mask.sensor, image.sensor
    if first and second and not (first.startswith(second) or second.startswith(first)):
        return f"is of {first}"
    clocks = _has_clock(mask.time) and _has_clock(image.time)
    if clocks and abs(mask.time - image.time) > _PASS:
        return f"was taken at {mask.time.strftime('%H:%M')}"
    if mask.path_row and image.path_row and mask.path_row != image.path_row:
        return f"is of path and row {mask.path_row}"
    if mask.tile and image.tile and mask.tile != image.tile:
        return f"is of tile {mask.tile}"
    return ""


def _laid_over(source: RasterSource, grid: Grid) -> tuple[Band | None, float]:
    """Return a mask's band and the part of a grid that its bounds cover; None where they do not meet."""
    try:
        band = quality_band(source, 1)
        corners = [band.grid.locate(row, col) for row in (0, band.grid.height) for col in (0, band.grid.width)]
        (xs, ys) = zip(*corners)
        window = extent_window(grid, (min(xs), min(ys), max(xs), max(ys)), band.grid.crs, 1)
    except GridError:
        return None, 0.0
    return band, window.height * window.width / (grid.height * grid.width)


def _agreement(mask: _Mask, image: _Identity, band: Band, cover: float) -> tuple[float, ...]:
    """Return how well a mask that may be an image's agrees with it; the larger the better."""
    own = mask.identity
    return (
        float(bool(own.product) and own.product == image.product),
        float(_has_clock(own.time) and own.time == image.time),
        len(own.words & image.words),
        round(cover, 2),
        -KINDS.index(mask.kind),
        -band.grid.gsd,
    )

# SPDX-License-Identifier: GPL-2.0-or-later
"""Plan a series: which bands of which dates lie where on one grid, and in which numbers they are stored."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from ..errors import GridError, ProductError
from ..grid import ALIGNMENT_TOLERANCE, Grid, Window
from ..harmonization.clouds import CloudOptions
from ..products.aligned import AlignedClouds, align_clouds
from ..products.alignment import same_crs, spatial_reference
from ..products.measured_raster import MeasuredRaster
from ..products.raster_files import size_text
from ..raster import numpy_type
from ..raster_profile import GDAL_TYPES
from ..scene import Band
from .images import DatedImage, listed, named_bands, reference_of, warnings_of

UNION, INTERSECTION = "union", "intersection"
EXTENTS = (UNION, INTERSECTION)
# What a series is stored in where its rasters do not share one type: reflectance in ten thousandths.
_SCALE, _OFFSET, _NODATA = 0.0001, 0.0, -32768.0
_SEPARATOR = re.compile(r"[;,\s]+")


@dataclass(frozen=True)
class Storage:
    """Type, nodata value and relation to reflectance of all bands of a series.

    ``dtype`` is numpy's name; ``nodata`` is None where every pixel was measured and nothing tells what would not be.
    """

    dtype: str
    nodata: float | None
    scale: float
    offset: float

    def keeps(self, band: Band) -> bool:
        """Return whether the digital numbers of a band are stored as they are."""
        return (numpy_type(band.dtype), band.scale, band.offset) == (self.dtype, self.scale, self.offset)


@dataclass(frozen=True)
class PlacedImage:
    """An image on the grid of the series.

    Attributes:
        image: the image.
        bands: its bands in the order of the series.
        place: where its first pixel lies on the grid of the series, and its size.
        clouds: its mask on its own grid, or None.
        name: of its file, without suffix.
    """

    image: DatedImage
    bands: tuple[Band, ...]
    place: Window
    clouds: AlignedClouds | None
    name: str


@dataclass(frozen=True)
class SeriesJob:
    """A planned series.

    Attributes:
        grid: of all dates.
        names: of the bands.
        wavelengths: central wavelengths of the bands in nanometres; 0 where unknown.
        storage: how they are stored.
        images: by date.
        notes: sentences for the user.
    """

    grid: Grid
    names: tuple[str, ...]
    wavelengths: tuple[float, ...]
    storage: Storage
    images: tuple[PlacedImage, ...]
    notes: tuple[str, ...]


def plan_series(
    images: tuple[DatedImage, ...],
    bands: str = "",
    extent: str = UNION,
    options: CloudOptions | None = None,
) -> SeriesJob:
    """Plan a series.

    Bands have the names of Sentinel-2 where a raster has such bands, else those of the first raster; the bands of other
    sensors are told by wavelength.

    Args:
        images: by date.
        bands: names of the wanted bands separated by commas; empty for all that every raster has.
        extent: ``union`` or ``intersection`` of the rasters.
        options: what the masks hide.

    Raises:
        ProductError: a raster lacks a band.
        GridError: grids do not fit, or there is no intersection.
    """
    if extent not in EXTENTS:
        raise GridError(f"There is no choice {extent!r} of an extent. Choose one of {', '.join(EXTENTS)}.")
    first = reference_of(images)
    found = [named_bands(image.raster, first) for image in images]
    names = _names(images, found, first, bands)
    base = images[0].raster
    windows = [_window(image.raster, base) for image in images]
    target = _union(windows) if extent == UNION else _intersection(windows, images)
    chosen = [tuple(own[name] for name in names) for own in found]
    titles = _titles(images)
    placed = tuple(
        PlacedImage(
            image,
            own,
            window.relative_to(target),
            _clouds(image, options),
            title,
        )
        for image, own, window, title in zip(images, chosen, windows, titles)
    )
    wavelengths = tuple(first.wavelengths.get(name, 0.0) for name in names)
    needs_nodata = options is not None or any(window != target for window in windows)
    storage = _storage([band for own in chosen for band in own], needs_nodata)
    return SeriesJob(
        base.grid.crop(target), names, wavelengths, storage, placed, warnings_of(images, options is not None)
    )


def _clouds(image: DatedImage, options: CloudOptions | None) -> AlignedClouds | None:
    if options is None or image.clouds is None:
        return None
    return align_clouds(image.clouds[0], image.raster.grid, image.clouds[1], options)


def _names(
    images: tuple[DatedImage, ...], found: list[dict[str, Band]], first: MeasuredRaster, wanted: str
) -> tuple[str, ...]:
    shared = [band.name for band in first.bands if all(band.name in own for own in found)]
    if not wanted.strip():
        if not shared:
            raise ProductError("The rasters share no band. Pass rasters of sensors with the same bands.")
        return tuple(shared)
    names = []
    for name in filter(None, _SEPARATOR.split(wanted)):
        band = first.find(name)
        if band is None:
            raise ProductError(f"There is no band {name} in {first.source.title}: it has {first.listed}.")
        lacking = [image.raster.source.title for image, own in zip(images, found) if band.name not in own]
        if lacking:
            raise ProductError(f"{band.title} is not in {listed(lacking)}. Shared by all are {', '.join(shared)}.")
        names.append(band.name)
    return tuple(dict.fromkeys(names))


def _window(raster: MeasuredRaster, base: MeasuredRaster) -> Window:
    """Return where a raster lies in whole pixels of the first one.

    Raises:
        GridError: it does not.
    """
    grid, own = base.grid, raster.grid
    titles = f"{raster.source.title} and {base.source.title}"
    remedy = (
        f"Bring all onto one grid first, and pass the results: run harmonize_landsat, or coregister for other rasters, "
        f"with {base.source.title} as REFERENCE."
    )
    if not same_crs(own.crs, grid.crs):
        zones = " and ".join(_crs_name(found.crs) for found in (own, grid))
        raise GridError(f"{titles} differ in their coordinate reference systems ({zones}). {remedy}")
    top, left = grid.pixel_of(*own.locate(0, 0))
    bottom, right = grid.pixel_of(*own.locate(own.height, own.width))
    if max(abs(bottom - top - own.height), abs(right - left - own.width)) > 0.05:
        raise GridError(f"{titles} have pixels of {size_text(own)} and {size_text(grid)}. {remedy}")
    off = max(abs(top - round(top)), abs(left - round(left)))
    if off > ALIGNMENT_TOLERANCE:
        raise GridError(f"The grids of {titles} are {off:.2f} pixels off each other. {remedy}")
    return Window(round(top), round(left), own.height, own.width)


def _crs_name(crs: str) -> str:
    reference = spatial_reference(crs)
    return "none" if reference is None else str(reference.GetName())


def _union(windows: list[Window]) -> Window:
    row, col = min(window.row for window in windows), min(window.col for window in windows)
    height = max(window.row_end for window in windows) - row
    return Window(row, col, height, max(window.col_end for window in windows) - col)


def _intersection(windows: list[Window], images: tuple[DatedImage, ...]) -> Window:
    common = windows[0]
    for window, image in zip(windows, images):
        common = common.intersect(window)
        if common.is_empty:
            raise GridError(
                f"{image.raster.source.title} does not overlap what the rasters before it share. Take it out, or "
                "choose the union."
            )
    return common


def _storage(bands: list[Band], needs_nodata: bool) -> Storage:
    """Return the type and relation that all bands share, else reflectance in ten thousandths."""
    kinds = {(band.dtype, band.scale, band.offset, str(band.nodata)) for band in bands}
    first = bands[0]
    dtype = numpy_type(first.dtype)
    if len(kinds) == 1 and dtype in GDAL_TYPES and (first.nodata is not None or not needs_nodata):
        nodata = float("nan") if first.nodata is None and np.dtype(dtype).kind == "f" else first.nodata
        return Storage(dtype, nodata, first.scale, first.offset)
    if all(numpy_type(band.dtype).startswith("float") and band.scale == 1.0 for band in bands):
        return Storage("float32", float("nan"), 1.0, 0.0)
    return Storage("int16", _NODATA, _SCALE, _OFFSET)


def _titles(images: tuple[DatedImage, ...]) -> tuple[str, ...]:
    """Return a file name of each image that no other has."""
    names: list[str] = []
    for image in images:
        clock = "" if not any((image.time.hour, image.time.minute, image.time.second)) else "T%H%M%S"
        slug = re.sub(r"[^A-Za-z0-9]+", "-", image.sensor).strip("-") or "unknown"
        names.append(f"{image.time.strftime(f'%Y%m%d{clock}')}_{slug}")
    return tuple(name if names.count(name) == 1 else f"{name}_{number}" for number, name in enumerate(names, start=1))

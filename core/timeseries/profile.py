# SPDX-License-Identifier: GPL-2.0-or-later
"""A normalised difference of two bands at one place, date by date."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..errors import CancelledError, GridError, ProductError
from ..harmonization.clouds import CloudOptions
from ..products.aligned import align_clouds
from ..products.measured_raster import MeasuredRaster
from ..products.point import window_around
from ..quality.indices import INDICES, colours_of, normalised_difference
from ..radiometry import band_mask
from ..raster import BandReader
from ..scene import Band
from .images import DatedImage, named_bands, reference_of

OWN = "own"
CHOICES = (*(index.name for index in INDICES), OWN)
# What hides the ground, or why else there is no value.
CLEAR, MASKED, NO_DATA, OUTSIDE = "clear", "masked", "no data", "outside"


@dataclass(frozen=True)
class Place:
    """A place.

    Attributes:
        x: east, or longitude in a geographic CRS.
        y: north, or latitude.
        crs: WKT or authority code; empty for the rasters' own.
        radius: half side in metres of the square around it over which pixels are averaged; 0 for its own pixel.
        least: part of the square's pixels that must be clear; with fewer a date has no value.
    """

    x: float
    y: float
    crs: str
    radius: float = 0.0
    least: float = 0.5


@dataclass(frozen=True)
class ProfilePoint:
    """The index on one date.

    Attributes:
        image: where from.
        value: mean over clear pixels; NaN where there is none.
        first: mean reflectance of the first band; NaN where there is none.
        second: the same of the second.
        pixels: clear pixels.
        total: pixels of the square.
        state: one of ``clear``, ``masked``, ``no data`` and ``outside``.
    """

    image: DatedImage
    value: float
    first: float
    second: float
    pixels: int
    total: int
    state: str


def index_profile(
    images: tuple[DatedImage, ...],
    place: Place,
    index: str = "NDVI",
    bands: tuple[str, str] = ("", ""),
    options: CloudOptions | None = None,
    progress: Callable[[float], None] = lambda share: None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> tuple[ProfilePoint, ...]:
    """Return the profile of an index.

    Args:
        images: by date, on any grids.
        place: the point.
        index: one of :data:`CHOICES`.
        bands: for ``own``: two names of bands, or of colours such as ``nir``.
        options: what the masks hide; None to mask nothing.
        progress: told the part done, 0 to 1.
        is_cancelled: asked before each date.

    Raises:
        CancelledError: the user cancelled.
        ProductError: the index is unknown, a raster lacks a band of it, or cannot be read.
        GridError: the point lies on none of the rasters.
    """
    points = []
    first = reference_of(images)
    with BandReader() as reader:
        for number, image in enumerate(images, start=1):
            if is_cancelled():
                raise CancelledError
            pair = _pair(image, first, index, bands)
            points.append(_point(image, pair, place, options, reader))
            reader.close()
            progress(number / len(images))
    if all(point.state == OUTSIDE for point in points):
        raise GridError(
            f"The point ({place.x:.10g}, {place.y:.10g}) lies on none of the {len(images)} rasters. Choose a point on "
            "them."
        )
    return tuple(points)


def _pair(image: DatedImage, first: MeasuredRaster, index: str, bands: tuple[str, str]) -> tuple[Band, Band]:
    """Return the two bands of an index in a raster."""
    known = {found.name: (found.first, found.second) for found in INDICES}
    if index not in CHOICES:
        raise ProductError(f"There is no index {index}. Choose one of {', '.join(CHOICES)}.")
    raster, names = image.raster, known.get(index, bands)
    found = []
    for name in names:
        band = _named(raster, first, name.strip())
        if band is None:
            raise ProductError(
                f"{raster.source.title} has no band {name or 'of that name'} for {index}: it has {raster.listed}. "
                "Choose the bands by name (index own), or name them in the file."
            )
        found.append(band)
    return found[0], found[1]


def _named(raster: MeasuredRaster, first: MeasuredRaster, name: str) -> Band | None:
    """Return a band by its colour, else by the name of the raster that names the bands, else by its own name."""
    colours = colours_of(raster.wavelengths)
    if name.lower() in colours:
        return raster.find(colours[name.lower()])
    wanted = first.find(name)
    if wanted is None or raster is first:
        return raster.find(name) if name else None
    return named_bands(raster, first).get(wanted.name)


def _point(
    image: DatedImage, pair: tuple[Band, Band], place: Place, options: CloudOptions | None, reader: BandReader
) -> ProfilePoint:
    grid = image.raster.grid
    window = window_around(place.x, place.y, place.crs, grid, place.radius)
    total = window.height * window.width
    nothing = math.nan, math.nan, math.nan, 0, total
    if window.is_empty:
        return ProfilePoint(image, *nothing, OUTSIDE)
    planes, masks = [], []
    for band in pair:
        numbers = reader.read(band, window)
        masks.append(band_mask(numbers, band))
        planes.append(numbers.astype(np.float64) * band.scale + band.offset)
    measured = masks[0] & masks[1]
    clear: npt.NDArray[np.bool_] = measured
    if options is not None and image.clouds is not None:
        clear = measured & align_clouds(image.clouds[0], grid, image.clouds[1], options).read(window, reader)[0]
    values, defined = normalised_difference(planes[0][clear], planes[1][clear])
    least = max(1.0, place.least * total)
    if np.count_nonzero(defined) < least:
        return ProfilePoint(image, *nothing, MASKED if np.count_nonzero(measured) >= least else NO_DATA)
    first, second = (float(plane[clear][defined].mean()) for plane in planes)
    value = float(values[defined].mean())
    return ProfilePoint(image, value, first, second, int(np.count_nonzero(defined)), total, CLEAR)

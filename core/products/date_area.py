# SPDX-License-Identifier: GPL-2.0-or-later
"""How much of an area each date shows, read at reduced resolution."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from osgeo import gdal

from ..dates import DateQuality, brightness_quality, class_quality
from ..errors import GridError, ProductError
from ..grid import Grid, Window
from ..radiometry import band_mask
from ..raster_origin import source_file
from ..raster_state import gdal_messages, without_properties
from ..scene import Band
from .dated import Dated
from .extent import Extent, extent_window

# Rows or columns that are read of an area at most.
SIDE = 512
# Bands that are looked at: clouds are bright in all of them.
LOOKED_AT = 3


@dataclass(frozen=True)
class Area:
    """Where dates are judged: an extent in some CRS, empty for that of each date."""

    extent: Extent
    crs: str


def qualities(dates: tuple[Dated, ...], area: Area) -> tuple[DateQuality, ...]:
    """Return how much of an area each date shows; what a date does not cover and others do is missing.

    Raises:
        ProductError: a band cannot be read.
    """
    windows = [_window(dated.scene.finest, area) for dated in dates]
    sizes = [
        0.0 if window is None else window.height * window.width * dated.scene.finest.gsd**2 * _metres(dated)
        for dated, window in zip(dates, windows)
    ]
    largest = max(sizes)
    return tuple(_quality(dated, area, covered / largest if largest else 0.0) for dated, covered in zip(dates, sizes))


def union_area(dates: tuple[Dated, ...]) -> Area:
    """Return the smallest extent around all dates that share the CRS of the first; others are judged on it, too."""
    first = dates[0].scene.finest
    boxes = [_box(dated.scene.finest) for dated in dates if dated.scene.finest.crs == first.crs]
    west, south, east, north = zip(*boxes)
    return Area((min(west), min(south), max(east), max(north)), first.crs)


def _metres(dated: Dated) -> float:
    """Return what makes areas of several CRS comparable: nominal pixels count."""
    return 1 / dated.scene.gsd_ratio**2


def _quality(dated: Dated, area: Area, covered: float) -> DateQuality:
    scene = dated.scene
    if not covered:
        return DateQuality(scene.name, scene.acquired, 1.0, 0.0, "it lies elsewhere")
    if dated.classes is not None:
        missing, cloudy = class_quality(_reduced(dated.classes, _inside(dated.classes.grid, area)))
        how = "by its scene classification"
    else:
        missing, cloudy = _by_brightness(dated, area)
        how = "by brightness"
    return DateQuality(scene.name, scene.acquired, 1 - covered * (1 - missing), covered * cloudy, how)


def _by_brightness(dated: Dated, area: Area) -> tuple[float, float]:
    values, masks = [], []
    finest = dated.scene.finest
    for band in [band for band in dated.scene.bands if band.grid == finest][:LOOKED_AT]:
        numbers = _reduced(band, _inside(band.grid, area))
        masks.append(band_mask(numbers, band))
        values.append(numbers.astype(np.float32) * np.float32(band.scale) + np.float32(band.offset))
    return brightness_quality(values, masks, dated.white)


def _inside(grid: Grid, area: Area) -> Window:
    window = _window(grid, area)
    return grid.window if window is None else window


def _window(grid: Grid, area: Area) -> Window | None:
    try:
        return extent_window(grid, area.extent, area.crs, 1)
    except GridError:
        return None


def _reduced(band: Band, window: Window) -> npt.NDArray[np.generic]:
    """Read every so-many-th pixel of a window."""
    step = max(1, max(window.height, window.width) // SIDE)
    rows, cols = -(-window.height // step), -(-window.width // step)
    with gdal_messages() as messages, without_properties():
        try:
            dataset = gdal.Open(band.path)
            pixels = dataset.GetRasterBand(band.index).ReadAsArray(
                window.col, window.row, window.width, window.height, cols, rows
            )
        except (RuntimeError, AttributeError) as error:
            messages.append(str(error))
            pixels = None
    if pixels is None:
        raise ProductError(f"{band.title} of {source_file(band.path)} cannot be read ({'; '.join(messages)}).")
    result: npt.NDArray[np.generic] = pixels
    return result


def _box(grid: Grid) -> Extent:
    corners = [grid.locate(row, col) for row in (0, grid.height) for col in (0, grid.width)]
    xs, ys = zip(*corners)
    return min(xs), min(ys), max(xs), max(ys)

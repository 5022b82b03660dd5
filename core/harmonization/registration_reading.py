# SPDX-License-Identifier: GPL-2.0-or-later
"""Register a band to another: windows over their overlap, read one after the other and compared.

The windows are pixels of the coarser band, which stay as they are; the finer one is blurred to their point spread and
interpolated at their centres, in whatever CRS it is. Of either band no more than one window is in memory.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..errors import CancelledError, GridError
from ..fill import fill_nodata
from ..grid import Grid, Window
from ..point_spread import blur, radius_of
from ..products.mask_coverage import percent, uncovered
from ..products.pixel_map import MapTransform, PixelMap
from ..products.raster_files import metres
from ..radiometry import band_mask
from ..raster import BandReader
from ..scene import Band
from .coregistration import (
    LARGEST_RIVALRY,
    LEAST_SHARPNESS,
    CloudMask,
    Registration,
    RegistrationOptions,
    ShiftVector,
    consensus,
)
from .coregistration_places import MOST_SIDE, SIDE_BY_REACH, check_grid, overlap_windows
from .coregistration_sampling import CUBIC, NEAREST, SINC, Places, covered, margin_of, sample
from .coregistration_window import Match, match_window

Pixels = npt.NDArray[np.generic]
Mask = npt.NDArray[np.bool_]

# Pixels searched where nothing else is asked for, and at least.
REACH, LEAST_REACH = 10, 3
# The point spread of a sensor at its own GSD: sigma in pixels, from a modulation transfer of 0.3 at Nyquist.
SIGMA = 0.49
LARGEST_RATIO = 12.0
SAME_GSD = 1.05


@dataclass(frozen=True)
class Sight:
    """Two bands as the windows see them.

    Attributes:
        base: the coarser one, whose pixels the windows are.
        other: the other one.
        pixel_map: places of the base's pixels in the other.
        ratio: GSD of the base / GSD of the other.
        reach: pixels searched.
    """

    base: Band
    other: Band
    pixel_map: PixelMap
    ratio: float
    reach: int


def register(
    reference: Band,
    moving: Band,
    options: RegistrationOptions,
    is_cancelled: Callable[[], bool],
    log: Callable[[str], None],
) -> Registration:
    """Find by how much a band must be moved to lie on another one.

    Args:
        reference: what is taken to lie right.
        moving: what is to be moved. Both are on grids of their own, of the same CRS or not, of the same GSD or not.
        options: how to look.
        is_cancelled: asked before every window.
        log: receives a sentence.

    Returns:
        The shift. Its ``east`` and ``north`` (metres) are to be **added** to the moving raster's coordinates in its own
        CRS; ``Registration.moved(moving.grid)`` does so.

    Raises:
        RegistrationError: the bands do not tell.
        GridError: a grid is rotated, in degrees or without CRS, or they do not overlap or differ too much.
        ProductError: the pixels cannot be read.
        CancelledError: the user cancelled.
    """
    for band in (reference, moving, *(mask.band for mask in options.masks)):
        check_grid(band.grid, band.name)
    sight = _sight(reference, moving, options)
    windows = overlap_windows(sight.base, sight.other, sight.reach, options.windows)
    to_moving = MapTransform(sight.base.grid.crs, moving.grid.crs)
    vectors: list[ShiftVector] = []
    with BandReader() as reader:
        mask_maps = tuple((mask, PixelMap(sight.base.grid, mask.band.grid)) for mask in options.masks)
        for window in windows:
            if is_cancelled():
                raise CancelledError
            match = _match(sight, window, mask_maps, reader)
            if match is None or match.sharpness < LEAST_SHARPNESS or match.rivalry > LARGEST_RIVALRY:
                continue
            vector = _vector(sight, window, match, moving, to_moving)
            if options.max_shift is None or max(abs(vector.east), abs(vector.north)) <= options.max_shift:
                vectors.append(vector)
    pixel, unit = metres(sight.base.grid), metres(moving.grid) / moving.grid.gsd
    found = consensus(vectors, len(windows), pixel, local=options.local, unit=unit)
    log(found.sentence(moving.name, reference.name))
    return found


def mask_warnings(reference: Band, moving: Band, masks: tuple[CloudMask, ...]) -> tuple[str, ...]:
    """Return which masks are smaller than what two bands share; beside a mask nothing is left out."""
    shares = ((mask.band.name, uncovered(mask.band.grid, moving.grid, reference.grid)) for mask in masks)
    return tuple(
        f"The cloud mask {title} does not cover {percent(share)} of the ground that {moving.name} and {reference.name} "
        "share: that part counts as clear. Pass a mask of the whole ground."
        for title, share in shares
        if share
    )


def _sight(reference: Band, moving: Band, options: RegistrationOptions) -> Sight:
    coarser = metres(moving.grid) > SAME_GSD * metres(reference.grid)
    base, other = (moving, reference) if coarser else (reference, moving)
    ratio = metres(base.grid) / metres(other.grid)
    if ratio > LARGEST_RATIO:
        raise GridError(
            f"{base.name} has pixels {ratio:.0f} times as large as those of {other.name}; up to {LARGEST_RATIO:g} "
            "times can be compared. Resample the finer one first."
        )
    reach = REACH if options.max_shift is None else max(LEAST_REACH, math.ceil(options.max_shift / metres(base.grid)))
    if reach * SIDE_BY_REACH > MOST_SIDE:
        raise GridError(
            f"MAX_SHIFT is {reach} pixels of {metres(base.grid):g} m, more than {MOST_SIDE // SIDE_BY_REACH}. "
            "Place the raster roughly first."
        )
    return Sight(base, other, PixelMap(base.grid, other.grid), ratio, reach)


def _match(
    sight: Sight, window: Window, masks: tuple[tuple[CloudMask, PixelMap], ...], reader: BandReader
) -> Match | None:
    image = reader.read(sight.base, window)
    mask = band_mask(image, sight.base)
    for cloud, cloud_map in masks:
        mask &= ~_clouded(cloud, cloud_map.places(window), reader)
    if mask.mean() < 0.25:
        return None
    source = _OtherImage(sight, window, reader)
    return match_window(image, mask, source.sample, sight.reach)


def _clouded(cloud: CloudMask, places: Places, reader: BandReader) -> Mask:
    around = _around(places, 1)
    pixels = reader.read(cloud.band, around)
    inside = np.ones(pixels.shape, np.bool_)
    values, _ = sample(pixels, inside, places.relative_to(around.row, around.col), NEAREST)
    result: Mask = cloud.left_out(values) & covered(places, cloud.band.grid.height, cloud.band.grid.width)
    return result


class _OtherImage:
    """The finer band around a window, blurred to the window's GSD."""

    def __init__(self, sight: Sight, window: Window, reader: BandReader) -> None:
        """Read what the search may need."""
        self._sight, self._window = sight, window
        sigma = SIGMA * math.sqrt(max(0.0, sight.ratio**2 - 1)) if sight.ratio > SAME_GSD else 0.0
        self._method = CUBIC if sight.ratio > 2 * SAME_GSD else SINC
        reach = math.ceil((sight.reach + 1) * sight.ratio) + margin_of(self._method) + radius_of(sigma)
        self._around = _around(sight.pixel_map.places(window), reach)
        pixels = reader.read(sight.other, self._around)
        self._mask = band_mask(pixels, sight.other) & _inside(self._around, sight.other.grid)
        self._image: Pixels = pixels
        if sigma:
            filled = fill_nodata(pixels, self._mask, 2 * math.ceil(sight.ratio))
            self._image = blur(filled[None], [sigma])[0]

    def sample(self, rows: float, cols: float) -> tuple[Pixels, Mask]:
        """Return the band at the window's pixels moved by so many of them."""
        places = self._sight.pixel_map.places(self._window, rows, cols)
        return sample(self._image, self._mask, places.relative_to(self._around.row, self._around.col), self._method)


def _around(places: Places, margin: int) -> Window:
    """Return the pixels around places; far from the raster they would be mirrored in any case."""
    top, left = math.floor(float(places.rows.min())), math.floor(float(places.cols.min()))
    bottom, end = math.ceil(float(places.rows.max())), math.ceil(float(places.cols.max()))
    return Window(top, left, bottom - top + 1, end - left + 1).pad(margin)


def _inside(window: Window, grid: Grid) -> Mask:
    rows, cols = np.arange(window.row, window.row_end), np.arange(window.col, window.col_end)
    result: Mask = ((rows >= 0) & (rows < grid.height))[:, None] & ((cols >= 0) & (cols < grid.width))
    return result


def _vector(sight: Sight, window: Window, match: Match, moving: Band, to_moving: MapTransform) -> ShiftVector:
    """Return by how much the moving band must be moved in the middle of a window."""
    row, col = window.row + window.height / 2, window.col + window.width / 2
    x, y = sight.base.grid.locate(row, col)
    there_x, there_y = sight.base.grid.locate(row + match.rows, col + match.cols)
    (x, there_x), (y, there_y) = to_moving(np.array([x, there_x]), np.array([y, there_y]))
    unit = metres(moving.grid) / moving.grid.gsd
    # A place of the base is seen "there" in the other band: the moving one goes there, or comes from there.
    if sight.base is moving:
        return ShiftVector(x, y, (there_x - x) * unit, (there_y - y) * unit, match.coherence)
    return ShiftVector(there_x, there_y, (x - there_x) * unit, (y - there_y) * unit, match.coherence)

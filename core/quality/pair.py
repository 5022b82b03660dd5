# SPDX-License-Identifier: GPL-2.0-or-later
"""The pair report: how one raster, and another from before some treatment, agree with a reference of the same place.

Every figure is of the pixels that are valid in all bands of all rasters and clear in all masks, so that what was before
and what is after are judged by the same ground.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..errors import CancelledError, ProductError
from ..grid import Grid, Window
from ..harmonization.clouds import CloudCover
from ..raster import BandReader
from .comparison import Agreement, Comparison
from .pair_album import Album, Picture
from .pair_plan import PairJob

Planes = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

STRIP_PIXELS = 1_000_000
FEWEST_PIXELS = 30
# Along each axis, for the ranges of the plots: places that are looked at, and pixels read there.
_PROBES, _PROBE_SIDE = 3, 96
_DEFAULT_RANGE = (0.0, 0.5)


@dataclass(frozen=True)
class PairResult:
    """What came of a report.

    Attributes:
        pixels: common clear pixels.
        total: pixels of the target grid.
        agreements: one for each stage.
        covers: what each mask says.
        pictures: maps.
    """

    pixels: int
    total: int
    agreements: tuple[Agreement, ...]
    covers: tuple[CloudCover, ...]
    pictures: tuple[Picture, ...]


def run_pair(
    job: PairJob,
    progress: Callable[[float], None] = lambda share: None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> PairResult:
    """Read both rasters once, strip by strip, and return how they agree.

    Args:
        job: the plan.
        progress: told the part done, 0 to 1.
        is_cancelled: asked before each strip.

    Raises:
        CancelledError: the user cancelled.
        ProductError: pixels cannot be read, or too few are common and clear.
    """
    with BandReader() as reader:
        ranges = _ranges(job, reader)
        comparisons = tuple(Comparison(job.names, ranges, job.indices) for _ in job.stages)
        album = Album(job)
        covers = [CloudCover() for _ in job.clouds]
        pixels = 0
        for window in _strips(job.target, album.factor):
            if is_cancelled():
                raise CancelledError
            images, mask, found = _read(job, window, reader)
            covers = [before + now for before, now in zip(covers, found)]
            pixels += int(np.count_nonzero(mask))
            for comparison, values in zip(comparisons, images[1:]):
                comparison.add(images[0], values, mask)
            album.add(window.row, images, mask)
            progress(window.row_end / job.target.height)
    _check_pixels(job, pixels)
    return PairResult(
        pixels,
        job.target.width * job.target.height,
        tuple(comparison.result() for comparison in comparisons),
        tuple(covers),
        album.pictures(),
    )


def _check_pixels(job: PairJob, pixels: int) -> None:
    if pixels < FEWEST_PIXELS:
        raise ProductError(
            f"Only {pixels} pixels of {job.stages[0].raster.source.title} and {job.reference.source.title} are valid "
            "in both and clear. Choose other dates, another mask, or rasters of the same place."
        )


def _strips(target: Grid, multiple: int) -> list[Window]:
    rows = max(multiple, STRIP_PIXELS // target.width // multiple * multiple)
    return [Window(row, 0, min(rows, target.height - row), target.width) for row in range(0, target.height, rows)]


def _read(job: PairJob, window: Window, reader: BandReader) -> tuple[list[Planes], Mask, list[CloudCover]]:
    """Return the images (reference first), the common mask and the covers of a strip."""
    mask = np.ones((window.height, window.width), np.bool_)
    covers = []
    for clouds in job.clouds:
        clear, cover = clouds.read(window, reader)
        mask &= clear
        covers.append(cover)
    images = []
    for aligned in (job.reference_read, *(stage.aligned for stage in job.stages)):
        planes = []
        for band in aligned.bands:
            values, valid = aligned.read(band, window, reader)
            mask &= valid
            planes.append(values)
        images.append(np.stack(planes))
    return images, mask, covers


def _ranges(job: PairJob, reader: BandReader) -> tuple[tuple[float, float], ...]:
    """Return the range of values of each band at a few places, with some room."""
    target = job.target
    found: list[list[float]] = [[] for _ in job.names]
    for number in range(_PROBES * _PROBES):
        row, col = (
            int((target_side - _PROBE_SIDE) * part / (_PROBES - 1)) if target_side > _PROBE_SIDE else 0
            for target_side, part in ((target.height, number // _PROBES), (target.width, number % _PROBES))
        )
        window = Window(row, col, _PROBE_SIDE, _PROBE_SIDE).intersect(target.window)
        images, mask, _ = _read(job, window, reader)
        for channel, values in enumerate(found):
            parts = [image[channel][mask] for image in images]
            values += [float(bound(part)) for part in parts if part.size for bound in (np.min, np.max)]
    return tuple(_widened(values) for values in found)


def _widened(values: list[float]) -> tuple[float, float]:
    if not values:
        return _DEFAULT_RANGE
    low, high = min(values), max(values)
    room = 0.25 * (high - low) or 0.01
    return low - room, high + room

# SPDX-License-Identifier: GPL-2.0-or-later
"""An ensemble: its members one after the other, then mean and variance strip by strip."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..cards import Card
from ..errors import CancelledError
from ..grid import Window
from ..job import Job, Result
from ..lineage import digest_of
from ..radiometry import store
from ..raster import BandReader
from ..raster_profile import BLOCK, BandProfile, RasterProfile
from ..raster_writer import RasterWriter
from ..scene import Band
from ..sensors import Sensor
from ..super_resolution import run
from .ensemble import RunningMoments
from .landsat_plan import DTYPE, NODATA_NUMBER, SCALE, plan_harmonization
from .landsat_request import PAIRS, HarmonizeRequest
from .landsat_scene import LandsatScene, open_landsat

Image = npt.NDArray[np.float32]

# Share of the progress that the members take.
MEMBERS_SHARE = 0.95


def run_ensemble(
    request: HarmonizeRequest,
    members: tuple[Card, ...],
    sensors: dict[str, Sensor],
    folder: Path,
    progress: Callable[[float], None],
    is_cancelled: Callable[[], bool],
    log: Callable[[str], None],
) -> tuple[LandsatScene, Job, Result]:
    """Run every member over the whole product, and write their mean and, where it is asked for, their variance.

    Only one member is in memory at a time: each writes its result into ``folder`` first.

    Args:
        request: what the user asked for; ``options.interval_output`` receives the variance (of reflectance, unbiased).
        members: at least one.
        sensors: sensor files by id.
        folder: for the members' results, float32.
        progress: receives the finished share, 0 to 1.
        is_cancelled: asked now and then.
        log: receives sentences.

    Returns:
        The product as the last member saw it, that member's job, and what was done.

    Raises:
        CancelledError: the run was cancelled; nothing is left behind.
        ProductError, CardError, ModelError, GridError, OutputError: as a single run.
    """
    results, seconds, warnings = [], 0.0, []
    for number, card in enumerate(members):
        log(f"Member {number + 1} of {len(members)}: {card.id}.")
        place = folder / f"member_{number}"
        place.mkdir()
        own = replace(
            request,
            card=card,
            output=str(place / "result.tif"),
            quality_output=request.quality_output if number == 0 else "",
            options=replace(request.options, reflectance=True, interval_output="", cog=False, resume=False),
        )
        found = open_landsat(own, sensors, place, is_cancelled, log)
        job = plan_harmonization(own, found, sensors["sentinel2"])
        start = number / len(members)
        result = run(job, partial(_report, progress, start, 1 / len(members)), is_cancelled, log)
        results.append(result)
        seconds += result.seconds
        warnings += [*found.warnings, *result.warnings]
    _combine(request, members, job, [result.output for result in results], is_cancelled)
    progress(1.0)
    last = results[-1]
    return (
        found,
        job,
        replace(last, output=Path(request.output), seconds=seconds, warnings=tuple(dict.fromkeys(warnings))),
    )


def _report(progress: Callable[[float], None], start: float, part: float, share: float) -> None:
    progress(MEMBERS_SHARE * (start + part * share))


def _combine(
    request: HarmonizeRequest,
    members: tuple[Card, ...],
    job: Job,
    paths: list[Path],
    is_cancelled: Callable[[], bool],
) -> None:
    """Write mean and variance."""

    def check() -> None:
        if is_cancelled():
            raise CancelledError

    writers = [
        (RasterWriter(Path(request.output), profile(request, job, members, False), _identity(paths), False), False)
    ]
    if request.options.interval_output:
        place = Path(request.options.interval_output)
        writers.append((RasterWriter(place, profile(request, job, members, True), _identity(paths), False), True))
    try:
        with BandReader() as reader:
            for row in range(0, job.window.height, BLOCK):
                check()
                window = Window(row, 0, min(BLOCK, job.window.height - row), job.window.width)
                moments = _moments(paths, job, window, reader)
                for writer, variance in writers:
                    writer.write(window, moments.variance if variance else _numbers(request, moments.mean))
                    writer.rows_written(window.row_end)
        for writer, _ in writers:
            writer.complete(check)
        for writer, _ in writers:
            writer.publish()
    except BaseException:
        for writer, _ in writers:
            writer.abandon()
        raise


def _moments(paths: list[Path], job: Job, window: Window, reader: BandReader) -> RunningMoments:
    moments = RunningMoments()
    grid = job.target.crop(job.window)
    for path in paths:
        bands = [
            Band(name, str(path), number, grid, "Float32", None, None, 1.0, 0.0)
            for number, (_, name) in enumerate(PAIRS, 1)
        ]
        moments.add(np.stack([reader.read(band, window) for band in bands]).astype(np.float32))
    return moments


def _numbers(request: HarmonizeRequest, mean: Image) -> npt.NDArray[np.generic]:
    """Return what the file holds: reflectance, or digital numbers."""
    if request.options.reflectance:
        return mean
    missing = np.isnan(mean)
    stored = store(np.where(missing, 0, mean) / np.float32(SCALE), np.dtype(DTYPE), NODATA_NUMBER, None)
    stored[missing] = NODATA_NUMBER
    return stored


def profile(request: HarmonizeRequest, job: Job, members: tuple[Card, ...], variance: bool) -> RasterProfile:
    """Return how the mean or the variance is written."""
    plain = request.options.reflectance or variance
    bands = tuple(
        BandProfile(
            f"{output.band.name} variance" if variance else output.band.name,
            None if plain else SCALE,
            None if plain else 0.0,
            output.band.wavelength_nm,
            output.band.bandwidth_nm,
        )
        for output in job.output_bands
    )
    models = ", ".join(card.id for card in members)
    values = f"{'unbiased variance' if variance else 'mean'} of the members' reflectance"
    tags = {**dict(job.tags), "SATSHARP_MODELS": models, "SATSHARP_VALUES": values}
    return RasterProfile(
        grid=job.target.crop(job.window),
        dtype="float32" if plain else DTYPE,
        nodata=float("nan") if plain else NODATA_NUMBER,
        bands=bands,
        tags=tuple(tags.items()),
        cog=request.options.cog,
    )


def _identity(paths: list[Path]) -> tuple[tuple[str, str], ...]:
    return (("members", digest_of([str(path) for path in paths])),)

# SPDX-License-Identifier: GPL-2.0-or-later
"""An ensemble: its members one after the other, then mean and variance strip by strip."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..cards import Card
from ..errors import CancelledError, OutputError
from ..grid import Window
from ..job import Job, Result
from ..lineage import digest_of
from ..output_lock import reserved
from ..output_place import partial_paths
from ..radiometry import store
from ..raster import BandReader
from ..raster_profile import BLOCK, BandProfile, RasterProfile
from ..raster_writer import RasterWriter
from ..scene import Band
from ..sensors import Sensor
from ..super_resolution import run
from .ensemble import RunningMoments
from .landsat_identity import check_places
from .landsat_plan import DTYPE, NODATA_NUMBER, SCALE, plan_harmonization
from .landsat_request import PAIRS, HarmonizeRequest
from .landsat_scene import LandsatScene, open_landsat

Image = npt.NDArray[np.float32]

# Share of the progress that the members take.
MEMBERS_SHARE = 0.95
CLASSES = "quality_output.tif"


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

    Only one member is in memory at a time: each writes its result into ``folder`` first. A member that draws at random
    counts as so many as its card has passes.

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
    with reserved(_places(request)):
        members = with_passes(members, log)
        runs = []
        for number, card in enumerate(members):
            log(f"Member {number + 1} of {len(members)}: {card.id}.")
            place = folder / f"member_{number}"
            place.mkdir()
            own = _own_request(request, card, place, number == 0)
            found = open_landsat(own, sensors, place, is_cancelled, log)
            check_places(found, _places(request))
            job = replace(plan_harmonization(own, found, sensors["sentinel2"]), draw=number)
            share = partial(_report, progress, number / len(members), 1 / len(members))
            runs.append((found.warnings, run(job, share, is_cancelled, log)))
        with _classes(folder / "member_0" / CLASSES, request.quality_output):
            _combine(request, members, job, [result.output for _, result in runs], is_cancelled)
        progress(1.0)
        return found, job, _all_in_all(runs, Path(request.output))


def _all_in_all(runs: list[tuple[tuple[str, ...], Result]], output: Path) -> Result:
    """Return what was done, of what was said of each member's product and what each run did."""
    said = dict.fromkeys(sentence for found, result in runs for sentence in (*found, *result.warnings))
    seconds = sum(result.seconds for _, result in runs)
    return replace(runs[-1][1], output=output, seconds=seconds, warnings=tuple(said))


def _own_request(request: HarmonizeRequest, card: Card, place: Path, first: bool) -> HarmonizeRequest:
    """Return what one member is asked for; the first one writes the classes, too."""
    return replace(
        request,
        card=card,
        output=str(place / "result.tif"),
        quality_output=str(place / CLASSES) if request.quality_output and first else "",
        options=replace(request.options, reflectance=True, interval_output="", cog=False, resume=False),
    )


def with_passes(members: tuple[Card, ...], log: Callable[[str], None]) -> tuple[Card, ...]:
    """Return the members, those that draw at random as often as their cards have passes; say what that means."""
    for card in members:
        if card.passes > 1:
            log(
                f"{card.id} draws at random: {card.passes} passes, each a member. A pass depends on how it is tiled, "
                "and with several workers results differ a little from run to run."
            )
    return tuple(card for card in members for _ in range(card.passes))


def _places(request: HarmonizeRequest) -> list[Path]:
    """Return where the outputs go."""
    wanted = (request.output, request.options.interval_output, request.quality_output)
    return [Path(place).expanduser() for place in wanted if place]


@contextmanager
def _classes(made: Path, wanted: str) -> Iterator[None]:
    """Give the raster of classes its name once what is inside is done; until then it is under another one."""
    if not wanted:
        yield
        return
    place = Path(wanted).expanduser()
    unfinished = partial_paths(place)[0]
    try:
        shutil.copyfile(made, unfinished)
        yield
        os.replace(unfinished, place)
    except OSError as error:
        raise OutputError(f"{place} cannot be written ({error}). Choose another QA_OUTPUT.") from error
    finally:
        unfinished.unlink(missing_ok=True)


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

    wanted = [(request.output, False), (request.options.interval_output, True)]
    writers: list[tuple[RasterWriter, bool]] = []
    try:
        for place, variance in ((Path(place).expanduser(), variance) for place, variance in wanted if place):
            described = profile(request, job, members, variance)
            writers.append((RasterWriter(place, described, _identity(paths), False), variance))
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
    models = ", ".join(
        f"{name} x {count}" if count > 1 else name for name, count in Counter(card.id for card in members).items()
    )
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

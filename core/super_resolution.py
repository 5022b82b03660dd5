# SPDX-License-Identifier: GPL-2.0-or-later
"""The loop: one run from the planned job to the finished files, to be read top to bottom."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import replace

from .band_shift_pass import shift_warnings, with_shifts
from .blend_store import BlockStore
from .detail_statistics import scene_coefficients
from .examination import examine
from .file_check import FileCheck
from .findings_cache import with_findings
from .first_look import first_look
from .influence import influence
from .job import Job, Result
from .kept_files import lent_reader
from .output_lock import reserved
from .output_pixels import Pixels
from .pipeline import stream
from .prediction import compute_tile, session_of
from .raster_join import join_rasters
from .raster_state import gdal_cache
from .scene_readers import SceneReaders
from .session import Stopper, release_sessions, seed_random
from .tile_input import TileInput, read_tile
from .tiling import Tile, tile_rows
from .writers import Writers, open_writers

CACHE_MEGABYTES = 320
READ_AHEAD = 2


def run(
    job: Job, progress: Callable[[float], None], is_cancelled: Callable[[], bool], log: Callable[[str], None]
) -> Result:
    """Run a job: pass over the scene, then read, infer and write its tiles at the same time.

    Args:
        job: what :func:`core.planning.plan_job` returned.
        progress: receives the finished share, 0 to 1.
        is_cancelled: asked every tenth of a second; may raise StoppedError, after which a run can be gone on with.
        log: receives sentences for the user.

    Returns:
        What was done.

    Raises:
        CancelledError: the run was cancelled; nothing is left behind, except after StoppedError.
        ProductError: the input cannot be read.
        ModelError: a network cannot be loaded or fails.
        OutputError: the output cannot be written.
    """
    started = time.monotonic()
    stopper = Stopper()

    def check() -> None:
        if is_cancelled():
            stopper.stop()
        stopper.check()

    with ExitStack() as stack:
        stack.enter_context(reserved(job.places))
        stack.enter_context(gdal_cache(CACHE_MEGABYTES))
        stack.callback(release_sessions)
        files = stack.enter_context(FileCheck(job))
        provider = _load(job, log)
        job, warnings = prepared(job, stopper, check, log)
        warnings = (*job.warnings, *warnings, *files.warnings(check, log))
        writers = stack.enter_context(open_writers(job, provider))
        if writers.rows_done:
            log(f"Resuming: {writers.rows_done} of {job.window.height} rows are done.")
        tiles = _run_tiles(job, writers, stopper, check, progress, log)
        log("Finishing the file." if job.map_grid is None else "Bringing the swath onto its map.")
        writers.finish(job, check)
        if job.joined is not None:
            join_rasters(job.joined, tuple(file.path for file in job.value_files))
    seconds = time.monotonic() - started
    names = tuple(output.band.name for output in job.output_bands)
    return Result(job.output, provider, tiles, seconds, names, warnings)


def _load(job: Job, log: Callable[[str], None]) -> str:
    """Load every network, so that a missing or unusable one ends the run before any work."""
    random = [step.card for step in job.steps if step.card.passes > 1]
    if random:
        seed_random(job.draw or 0)
    providers = [session_of(job, step).provider for step in job.steps]
    provider = providers[0] if providers else "none"
    log(f"Execution provider: {provider}; tiles at a time: {job.workers}, threads for each: {job.threads}.")
    lone = random if job.draw is None else []
    notes = (
        f"{card.id} draws at random, and this is one pass of the {card.passes} that its card asks for: values are as "
        "uncertain as those differ. The METHOD ensemble of harmonize_landsat gives their mean and variance."
        for card in lone
    )
    for note in (*job.notes, *notes):
        log(note)
    return provider


def prepared(
    job: Job, stopper: Stopper, check: Callable[[], None], log: Callable[[str], None]
) -> tuple[Job, tuple[str, ...]]:
    """Find out what every tile must know of the scene: shifts, coefficients, and what its models do on it.

    What an earlier run of this process found out is used again; who asks for no more than a first look gets that.

    Args:
        job: as planned.
        stopper: ends an inference when the run is cancelled.
        check: called now and then; may raise to stop.
        log: receives sentences for the user.

    Returns:
        The job, whose tiles now depend on nothing else, and sentences that the user should see.
    """
    glanced = first_look(job, check, log)
    return glanced or with_findings(job, check, log, lambda tell: _findings(job, stopper, check, tell))


def _findings(
    job: Job, stopper: Stopper, check: Callable[[], None], log: Callable[[str], None]
) -> tuple[Job, tuple[str, ...]]:
    with SceneReaders() as readers:
        job = _with_scene_passes(with_shifts(job, check, log, readers), check, log, readers)
        job, warnings = examine(job, stopper, check, log, readers)
    return job, (*shift_warnings(job), *warnings)


def _with_scene_passes(job: Job, check: Callable[[], None], log: Callable[[str], None], readers: SceneReaders) -> Job:
    """Return the job with the scene's own coefficients, which every tile then shares."""
    steps = []
    for step in job.steps:
        if step.card.scene_pass is not None:
            log(f"{step.card.id}: relating the bands of the whole scene.")
            step = replace(step, coefficients=scene_coefficients(job, step, check, readers))
        steps.append(step)
    return replace(job, steps=tuple(steps))


def _run_tiles(
    job: Job,
    writers: Writers,
    stopper: Stopper,
    check: Callable[[], None],
    progress: Callable[[float], None],
    log: Callable[[str], None],
) -> int:
    rows = tile_rows(job.window, job.tile, job.window.row + writers.rows_done)
    tiles = [tile for row in rows for tile in row]
    factors = {band.name: job.factor(band) for band in job.scene.bands}
    near, blocks = 0, BlockStore()
    # GDAL's block cache is shared: reading in one thread must not push out what another is about to write.
    turn = threading.Lock()

    def compute(tile: Tile, source: TileInput) -> tuple[tuple[Pixels, ...], int]:
        filled = [influence(step, tile, source, factors) for step in job.steps]
        return compute_tile(job, tile, source, stopper, blocks), max(filled, default=0)

    with lent_reader(job.workers * job.threads) as reader:

        def read(tile: Tile) -> TileInput:
            with turn:
                return read_tile(job, tile, reader)

        ahead = job.workers + READ_AHEAD
        # Closed whatever happens, so that nobody reads any more when the reader is given back.
        with closing(stream(tiles, read, compute, job.workers, ahead, check)) as computed:
            for done, (tile, (pixels, touched)) in enumerate(computed, 1):
                near += touched
                with turn:
                    writers.write(tile.kept.relative_to(job.window), pixels)
                if tile.kept.col_end == job.window.col_end:
                    writers.rows_written(tile.kept.row_end - job.window.row)
                progress(done / len(tiles))
    if near:
        log(f"{near} valid output pixels have filled nodata within their receptive field.")
    return len(tiles)

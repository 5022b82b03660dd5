# SPDX-License-Identifier: GPL-2.0-or-later
"""What a run found out about its scene, kept in this process: a preview and the full run after it look only once.

Who names a folder has it kept there, too, for other processes.

The passes over a scene (shifts, coefficients, examination) read windows spread over all of it, whatever the extent, so
what they find belongs to the scene, its models and a few options, and not to the window, the outputs or the tiles.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from .findings_store import Findings, FindingsStore, StepFindings
from .job import Job, Step
from .lineage import digest_of
from .scene import Scene

Log = Callable[[str], None]

# Findings are a few kilobytes; these are scenes that somebody goes back and forth between.
CAPACITY = 32
WAIT_SECONDS = 0.1


_kept: OrderedDict[str, Findings] = OrderedDict()
_stores: list[FindingsStore] = []
_busy: set[str] = set()
_changed = threading.Condition()


def with_findings(
    job: Job, check: Callable[[], None], log: Log, find: Callable[[Log], tuple[Job, tuple[str, ...]]]
) -> tuple[Job, tuple[str, ...]]:
    """Return the job with what is known of its scene; whoever asks first finds it out, others wait for that.

    Args:
        job: as planned.
        check: called while another run is looking; may raise to stop.
        log: receives sentences for the user, the same ones every time.
        find: finds it out, telling the log that it is given; returns the complete job and warnings.

    Returns:
        What ``find`` returned, or would return.
    """
    if not job.steps:
        # There is nothing to look for, nor need there be an ONNX Runtime whose version a store asks for.
        return find(log)
    key = key_of(job)
    with _turn(key, check):
        found = _recalled(key)
        if found is not None:
            return _told(job, found, log)
        sentences: list[str] = []

        def tell(sentence: str) -> None:
            sentences.append(sentence)
            log(sentence)

        complete, warnings = find(tell)
        found = _findings_of(job, complete, warnings, tuple(sentences))
        _keep(key, found)
        for store in _stores:
            store.write(key, found)
        return complete, warnings


def with_known_findings(job: Job, log: Log) -> tuple[Job, tuple[str, ...]] | None:
    """Return the same where it is known already, without waiting for anybody; None where it is not."""
    found = _recalled(key_of(job))
    return None if found is None else _told(job, found, log)


def keep_findings_in(folder: Path) -> None:
    """Keep what runs of this process find out in a folder as well, and look for it there."""
    _stores[:] = [FindingsStore(folder)]


def forget_findings() -> None:
    """Forget everything, and the folder; what lies in it stays."""
    with _changed:
        _kept.clear()
    _stores.clear()


def key_of(job: Job) -> str:
    """Return a digest of all that findings depend on.

    That is the scenes with size and time of their files, the output grid, the models with the digests of their
    networks and what the options made of them, the guard, and the device, whose arithmetic is its own. Bands that no
    model knows do not count: the classes of a harmonization lie in a folder that is another one in every run. So do
    bands that it warps from another UTM zone, but its identity says what they are made of.
    """
    known = dict(job.identity)
    made_of = known.get("harmonization", "")
    used = {name for step in job.steps for name in (*step.card.input_bands, *step.card.target_bands)}
    scenes = [_with_bands(scene, used, bool(made_of)) for scene in job.scenes]
    steps = [repr(replace(step, card=replace(step.card, document={}))) for step in job.steps]
    return digest_of(
        [known.get("input", ""), known.get("model", ""), made_of, repr(scenes), repr(job.target), steps]
        + [job.guard, job.device]
    )


def _with_bands(scene: Scene, names: set[str], wherever: bool) -> Scene:
    """Return a scene with those of its bands alone, wherever their files lie."""
    bands = (band for band in scene.bands if band.name in names)
    return replace(scene, bands=tuple(replace(band, path="") if wherever else band for band in bands))


@contextmanager
def _turn(key: str, check: Callable[[], None]) -> Iterator[None]:
    """Wait until no other run is finding out the same; a run that is cancelled or fails lets the next one try."""
    while not _taken(key):
        check()
    try:
        yield
    finally:
        with _changed:
            _busy.discard(key)
            _changed.notify_all()


def _taken(key: str) -> bool:
    with _changed:
        if key in _busy:
            _changed.wait(WAIT_SECONDS)
        if key in _busy:
            return False
        _busy.add(key)
        return True


def _recalled(key: str) -> Findings | None:
    with _changed:
        found = _kept.get(key)
    if found is None:
        found = next((read for read in (store.read(key) for store in _stores) if read is not None), None)
    if found is not None:
        _keep(key, found)
    return found


def _keep(key: str, found: Findings) -> None:
    with _changed:
        _kept[key] = found
        _kept.move_to_end(key)
        while len(_kept) > CAPACITY:
            _kept.popitem(last=False)


def _findings_of(job: Job, complete: Job, warnings: tuple[str, ...], sentences: tuple[str, ...]) -> Findings:
    return Findings(
        steps=tuple(
            StepFindings(step.coefficients, step.shifts, step.corrections, step.fallbacks, step.scene_factors)
            for step in complete.steps
        ),
        identity=complete.identity[len(job.identity) :],
        tags=complete.tags[len(job.tags) :],
        warnings=warnings,
        sentences=sentences,
    )


def _told(job: Job, found: Findings, log: Log) -> tuple[Job, tuple[str, ...]]:
    for sentence in found.sentences:
        log(sentence)
    return _applied(job, found), found.warnings


def _applied(job: Job, found: Findings) -> Job:
    steps: tuple[Step, ...] = tuple(replace(step, **vars(known)) for step, known in zip(job.steps, found.steps))
    return replace(job, steps=steps, identity=(*job.identity, *found.identity), tags=(*job.tags, *found.tags))

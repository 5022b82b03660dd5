# SPDX-License-Identifier: GPL-2.0-or-later
"""What a run found out about its scene, kept in this process: a preview and the full run after it look only once.

The passes over a scene (shifts, coefficients, examination) read windows spread over all of it, whatever the extent, so
what they find belongs to the scene, its models and a few options, and not to the window, the outputs or the tiles.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from .findings import Coefficients, Correction, Fallback, SceneFactor, Shift
from .job import Job, Step
from .lineage import Pairs, digest_of

Log = Callable[[str], None]

# Findings are a few kilobytes; these are scenes that somebody goes back and forth between.
CAPACITY = 32
WAIT_SECONDS = 0.1


@dataclass(frozen=True)
class StepFindings:
    """What was found for one step; the fields are those of :class:`core.job.Step`."""

    coefficients: Coefficients | None
    shifts: tuple[Shift, ...]
    corrections: tuple[Correction, ...]
    fallbacks: tuple[Fallback, ...]
    scene_factors: tuple[SceneFactor, ...]


@dataclass(frozen=True)
class Findings:
    """What was found on a scene.

    Attributes:
        steps: for each step of the job.
        identity: what it adds to the job's identity.
        tags: what it adds to the job's tags.
        warnings: sentences that the user should see.
        sentences: what the log was told.
    """

    steps: tuple[StepFindings, ...]
    identity: Pairs
    tags: Pairs
    warnings: tuple[str, ...]
    sentences: tuple[str, ...]


_kept: OrderedDict[str, Findings] = OrderedDict()
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
    key = key_of(job)
    with _turn(key, check):
        found = _recalled(key)
        if found is not None:
            for sentence in found.sentences:
                log(sentence)
            return _applied(job, found), found.warnings
        sentences: list[str] = []

        def tell(sentence: str) -> None:
            sentences.append(sentence)
            log(sentence)

        complete, warnings = find(tell)
        with _changed:
            _kept[key] = _findings_of(job, complete, warnings, tuple(sentences))
            while len(_kept) > CAPACITY:
                _kept.popitem(last=False)
        return complete, warnings


def forget_findings() -> None:
    """Forget everything."""
    with _changed:
        _kept.clear()


def key_of(job: Job) -> str:
    """Return a digest of all that findings depend on.

    That is the scenes with size and time of their files, the output grid, the models with the digests of their
    networks and what the options made of them, the guard, and the device, whose arithmetic is its own.
    """
    known = dict(job.identity)
    steps = [repr(replace(step, card=replace(step.card, document={}))) for step in job.steps]
    return digest_of(
        [known.get("input", ""), known.get("model", ""), repr(job.scenes), repr(job.target), steps]
        + [job.guard, job.device]
    )


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
        if found is not None:
            _kept.move_to_end(key)
        return found


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


def _applied(job: Job, found: Findings) -> Job:
    steps: tuple[Step, ...] = tuple(replace(step, **vars(known)) for step, known in zip(job.steps, found.steps))
    return replace(job, steps=steps, identity=(*job.identity, *found.identity), tags=(*job.tags, *found.tags))

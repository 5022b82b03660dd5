# SPDX-License-Identifier: GPL-2.0-or-later
"""A first look at a place of a large scene that nobody has looked at as a whole: seconds instead of half a minute.

Bands are related by the block of the scene around the place, and nothing else is found out: bands are taken as they
lie, results are not made consistent with the input, and no model is judged. The digits are near those of a run, not the
same, so only who asks for a first look gets one, and is told whether it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace

from .band_shift_pass import has_finer_guides
from .detail_statistics import coefficients_near
from .findings_cache import with_known_findings
from .job import OFF, Job, Step
from .kept_files import lent_reader
from .scene_blocks import scene_blocks


@dataclass
class FirstLook:
    """What was asked for.

    Attributes:
        taken: whether a run has taken it, so that its result is not that of a full run.
    """

    taken: bool = False


_wanted: ContextVar[FirstLook | None] = ContextVar("satsharp_first_look", default=None)


@contextmanager
def first_look_wanted() -> Iterator[FirstLook]:
    """Have the runs of this thread content themselves with a first look where the scene is large and unknown."""
    look = FirstLook()
    token = _wanted.set(look)
    try:
        yield look
    finally:
        _wanted.reset(token)


def first_look(job: Job, check: Callable[[], None], log: Callable[[str], None]) -> tuple[Job, tuple[str, ...]] | None:
    """Return a job that is ready for its tiles, and warnings; None where the whole scene has to be looked at.

    Args:
        job: as planned.
        check: called for every band; may raise to stop.
        log: receives sentences for the user.

    Raises:
        ProductError: a band cannot be read.
    """
    look = _wanted.get()
    is_large = bool(scene_blocks(job.target.height, job.target.width))
    if look is None or not (is_large and any(_has_more_to_find(job, step) for step in job.steps)):
        return None
    known = with_known_findings(job, log)
    if known is not None:
        return known
    look.taken = True
    log("A first look: bands are related by what is around this place, not by the whole scene.")
    with lent_reader(job.workers * job.threads) as reader:
        steps = tuple(
            replace(step, coefficients=coefficients_near(job, step, check, reader)) if step.card.scene_pass else step
            for step in job.steps
        )
    return replace(job, steps=steps), ()


def _has_more_to_find(job: Job, step: Step) -> bool:
    """Return whether a look at the whole scene may change what a step makes."""
    return bool(step.card.scene_pass or step.sensor_spreads or job.guard != OFF or has_finer_guides(step))

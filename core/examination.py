# SPDX-License-Identifier: GPL-2.0-or-later
"""What a run finds out about its models on its scene before the tiles, so that every tile does the same.

On a few windows: which point spread the scene shows, for the results to be made consistent with it, and which bands the
network does not help.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from .consistency_fit import Fit, Sample, fit
from .guard import Trial, Verdict, judge, try_probe
from .job import FALL_BACK, OFF, Correction, Fallback, Job, Step
from .lineage import digest_of
from .prediction import network_results
from .probes import Probe, ProbeReader, read_probes
from .session import Stopper

DEFAULT_COVERAGE = 0.9
SMALL = "the scene is too small, or shows too little,"


def examine(
    job: Job, stopper: Stopper, check: Callable[[], None], log: Callable[[str], None]
) -> tuple[Job, tuple[str, ...]]:
    """Try every model on windows of the scene.

    Args:
        job: with coefficients and shifts.
        stopper: ends an inference when the run is cancelled.
        check: called for every window; may raise to stop.
        log: receives sentences for the user.

    Returns:
        The job with what was found (also in its tags and its identity), and sentences that the user should see.

    Raises:
        ProductError: a band cannot be read.
        ModelError: a network fails.
    """
    steps, warnings = [], []
    with ProbeReader(job.workers * job.threads) as reader:
        for step in job.steps:
            if step.sensor_spreads or job.guard != OFF:
                step, found = _examined(job, step, read_probes(job, step, reader, check), stopper, log)
                warnings += found
            steps.append(step)
    findings = [[repr((s.shifts, s.corrections)), [fallback.band for fallback in s.fallbacks]] for s in steps]
    identity = (*job.identity, ("findings on the scene", digest_of(findings)))
    return replace(job, steps=tuple(steps), identity=identity, tags=(*job.tags, *_tags(job, steps))), tuple(warnings)


def _examined(
    job: Job, step: Step, probes: Iterator[Probe], stopper: Stopper, log: Callable[[str], None]
) -> tuple[Step, list[str]]:
    trials: list[Trial] = []
    samples: list[list[Sample]] = [[] for _ in step.sensor_spreads]
    windows = 0
    for probe in probes:
        windows += 1
        if step.sensor_spreads:
            for band, sample in zip(samples, _samples(job, step, probe, stopper)):
                band.append(sample)
        if job.guard != OFF:
            trials += try_probe(job, step, probe, stopper)
    if step.sensor_spreads:
        step = _with_corrections(job, step, fit(samples), log)
    if job.guard == OFF:
        return step, []
    verdicts = judge(trials, step.card.value_scale, step.interval.coverage if step.interval else DEFAULT_COVERAGE)
    log(_account(step, verdicts, windows))
    harmed = [verdict for verdict in verdicts if not verdict.helps]
    if job.guard == FALL_BACK:
        step = replace(step, fallbacks=tuple(Fallback(verdict.band, verdict.quantile) for verdict in harmed))
    return step, [_warning(job, step, verdict, windows) for verdict in harmed]


def _samples(job: Job, step: Step, probe: Probe, stopper: Stopper) -> list[Sample]:
    """Run the network on a window as it will be run on the tiles, and return it beside the input, band by band."""
    outputs = network_results(job, replace(step, interval=None), probe.tile, probe.dates, stopper)
    planes = {
        name: outputs[output.name][0, channel]
        for output in step.card.outputs
        if output.role == "value"
        for channel, name in enumerate(output.bands)
    }
    samples = []
    for name, sigma in step.sensor_spreads:
        band = job.scene.band(name)
        factor = job.factor(band)
        around = step.margin * step.unit // factor
        cut = step.margin * step.unit - around * factor
        values = planes[name][cut : planes[name].shape[0] - cut, cut : planes[name].shape[1] - cut]
        window = probe.tile.window.coarsen(factor).pad(around)
        coarse = np.empty((window.height, window.width), np.float32)
        step.radiometry(band).to_network(probe.dates[-1][name].crop(window), coarse)
        samples.append(Sample(values, coarse, probe.dates[-1][name].crop_mask(window), factor, sigma))
    return samples


def _with_corrections(job: Job, step: Step, fits: tuple[Fit, ...], log: Callable[[str], None]) -> Step:
    if not fits:
        log(f"{step.card.id}: {SMALL} to tell its point spread, so consistency is left out.")
        return step
    corrections, listed = [], []
    for (name, sigma), found in zip(step.sensor_spreads, fits):
        gain = abs(step.radiometry(job.scene.band(name)).gain)
        corrections.append(Correction(name, round(sigma * found.relative, 4), found.ridge))
        listed.append(f"{name} {found.relative:.2f}, {found.residual / gain:.1f}, {found.noise / gain:.1f}")
    log(
        f"{step.card.id}: point spread as a part of the sensor file's, digital numbers that the results are off the "
        f"input, and noise of it: {'; '.join(listed)}. The results are made consistent with the input."
    )
    return replace(step, corrections=tuple(corrections))


def _account(step: Step, verdicts: tuple[Verdict, ...], windows: int) -> str:
    if not verdicts:
        return f"{step.card.id}: {SMALL} to compare the network with bicubic, so the guard is left out."
    ratios = ", ".join(f"{verdict.band} {verdict.ratio:.2f}" for verdict in verdicts)
    return f"{step.card.id}: error / bicubic's error at reduced scale on {_windows(windows)} of this scene: {ratios}."


def _warning(job: Job, step: Step, verdict: Verdict, windows: int) -> str:
    gain = abs(step.radiometry(job.scene.band(verdict.band)).gain)
    end = f"{verdict.band} is enlarged by bicubic instead." if job.guard == FALL_BACK else "Use that band with care."
    return (
        f"{step.card.id} does not help {verdict.band} on this scene: at reduced scale its error is "
        f"{verdict.network / gain:.1f} digital numbers, bicubic's is {verdict.bicubic / gain:.1f} "
        f"({verdict.pixels} pixels in {_windows(windows)}). {end}"
    )


def _tags(job: Job, steps: list[Step]) -> tuple[tuple[str, str], ...]:
    spreads = [f"{correction.band} {correction.sigma:g}" for step in steps for correction in step.corrections]
    bicubic = [fallback.band for step in steps for fallback in step.fallbacks]
    consistent = f"point spread in output pixels: {', '.join(spreads)}" if spreads else "off"
    return (
        ("SATSHARP_CONSISTENCY", consistent),
        ("SATSHARP_GUARD", job.guard + (f"; by bicubic: {', '.join(bicubic)}" if bicubic else "")),
    )


def _windows(count: int) -> str:
    return "1 window" if count == 1 else f"{count} windows"

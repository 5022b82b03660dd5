# SPDX-License-Identifier: GPL-2.0-or-later
"""What a run finds out about its models on its scene before the tiles, so that every tile does the same.

On a few windows: which point spread the scene shows, for the results to be made consistent with it, which bands the
network does not help, and how wide an interval holds the truth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from .consistency import scene_sigma
from .consistency_fit import Fit, Sample, fit
from .guard import Trial, Verdict, judge, try_probe
from .interval_trial import scene_factors, try_interval
from .job import FALL_BACK, OFF, Correction, Fallback, Job, Step
from .lineage import digest_of
from .prediction import network_results
from .probes import Probe, ProbeReader, read_probes
from .scene_readers import SceneReaders
from .session import Stopper

DEFAULT_COVERAGE = 0.9
SMALL = "the scene is too small, or shows too little,"


def examine(
    job: Job,
    stopper: Stopper,
    check: Callable[[], None],
    log: Callable[[str], None],
    readers: SceneReaders | None = None,
) -> tuple[Job, tuple[str, ...]]:
    """Try every model on windows of the scene.

    Args:
        job: with coefficients and shifts.
        stopper: ends an inference when the run is cancelled.
        check: called for every window; may raise to stop.
        log: receives sentences for the user.
        readers: of the scenes' bands, or None.

    Returns:
        The job with what was found (also in its tags and its identity), and sentences that the user should see.

    Raises:
        ProductError: a band cannot be read.
        ModelError: a network fails.
    """
    steps, warnings = [], []
    with ProbeReader(job.workers * job.threads, readers) as reader:
        for step in job.steps:
            if step.sensor_spreads or job.guard != OFF:
                step, found = _examined(job, step, read_probes(job, step, reader, check), stopper, log)
                warnings += found
            if step.interval is not None:
                log(_interval_account(job, step))
            steps.append(step)
    findings = [
        [repr((s.shifts, s.corrections, s.scene_factors)), [fallback.band for fallback in s.fallbacks]] for s in steps
    ]
    identity = (*job.identity, ("findings on the scene", digest_of(findings)))
    return replace(job, steps=tuple(steps), identity=identity, tags=(*job.tags, *_tags(job, steps))), tuple(warnings)


def _examined(
    job: Job, step: Step, probes: Iterator[Probe], stopper: Stopper, log: Callable[[str], None]
) -> tuple[Step, list[str]]:
    trials: list[Trial] = []
    spreads = _spreads(job, step)
    samples: list[list[Sample]] = [[] for _ in spreads]
    kept: list[Probe] = []
    windows = 0
    for probe in probes:
        windows += 1
        if spreads and not probe.flat:
            for band, sample in zip(samples, _samples(job, step, spreads, probe, stopper)):
                band.append(sample)
        if job.guard != OFF:
            trials += try_probe(job, step, probe, stopper)
            kept += [probe] if step.interval is not None and not probe.flat else []
    fits = fit(samples)
    if step.sensor_spreads:
        step = _with_corrections(job, step, fits, log)
    if job.guard == OFF:
        return step, []
    step = _with_scene_factors(job, step, kept, fits, stopper)
    verdicts = judge(trials, step.card.value_scale, step.interval.coverage if step.interval else DEFAULT_COVERAGE)
    log(_account(step, verdicts, windows))
    harmed = [verdict for verdict in verdicts if not verdict.helps]
    if job.guard == FALL_BACK:
        step = replace(step, fallbacks=tuple(Fallback(verdict.band, verdict.quantile) for verdict in harmed))
    return step, [_warning(job, step, verdict, windows) for verdict in harmed]


def _spreads(job: Job, step: Step) -> tuple[tuple[str, float], ...]:
    """Return the bands whose point spread is to be measured: those to be made consistent, or with an interval."""
    if step.sensor_spreads or step.interval is None or job.guard == OFF:
        return step.sensor_spreads
    if any(tensor.dates > 1 for tensor in step.card.inputs):
        return ()
    factors = {name: job.factor(job.scene.band(name)) for name in step.card.target_bands if job.scene.has((name,))}
    return tuple((name, scene_sigma(job.scene, name, factor)) for name, factor in factors.items() if factor > 1)


def _with_scene_factors(job: Job, step: Step, probes: list[Probe], fits: tuple[Fit, ...], stopper: Stopper) -> Step:
    """Return the step with the factors that the scene asks for; unchanged where its point spread is not known."""
    if not fits:
        return step
    relatives = {name: found.relative for (name, _), found in zip(_spreads(job, step), fits)}
    tried = [trial for probe in probes for trial in try_interval(job, step, probe, relatives, stopper)]
    return replace(step, scene_factors=scene_factors(step, tried))


def _samples(
    job: Job, step: Step, spreads: tuple[tuple[str, float], ...], probe: Probe, stopper: Stopper
) -> list[Sample]:
    """Run the network on a window as it will be run on the tiles, and return it beside the input, band by band."""
    if step.interval is not None and step.interval.source == "ensemble":
        # Of its eight runs one is enough here.
        step = replace(step, interval=None)
    outputs = network_results(job, step, probe.tile, probe.dates, stopper)
    planes = {
        name: outputs[output.name][0, channel]
        for output in step.card.outputs
        if output.role == "value"
        for channel, name in enumerate(output.bands)
    }
    samples = []
    for name, sigma in spreads:
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
    # Bicubic makes no error at all where a scene shows nothing.
    ratios = ", ".join(f"{v.band} {v.ratio:.2f}" if v.ratio < 1000 else f"{v.band} over 1000" for v in verdicts)
    return f"{step.card.id}: error / bicubic's error at reduced scale on {_windows(windows)} of this scene: {ratios}."


def _interval_account(job: Job, step: Step) -> str:
    """Return what the interval of a step is made with."""
    interval = step.interval
    if interval is None:
        return ""
    start = f"{step.card.id}: half the {100 * interval.coverage:g} % interval / spread"
    listed = "; ".join(f"{f.band} {f.factor:.2f} ({f.own:.2f}, {f.card:.2f})" for f in step.scene_factors)
    text = f"{start}, adapted to this scene (in brackets: the scene's own, the card's): {listed}."
    if not listed:
        why = "the guard is off, so nothing was tried on this scene" if job.guard == OFF else f"{SMALL} to adapt it"
        text = f"{start} is the card's: {why}."
    adapted = {found.band for found in step.scene_factors}
    left = [name for name in interval.uncalibrated if name not in adapted]
    return text + (f" Nothing measured stands behind that of {', '.join(left)}: take it as a guess." if left else "")


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
        *((("SATSHARP_INTERVAL_FACTORS", _interval_tag(steps)),) if any(step.interval for step in steps) else ()),
    )


def _interval_tag(steps: list[Step]) -> str:
    """Return half width / spread of every band with an interval, and which are adapted to the scene."""
    listed = []
    for step in steps:
        adapted = {found.band for found in step.scene_factors}
        for band, _ in step.interval.factors if step.interval is not None else ():
            whose = "scene and card" if band in adapted else "card"
            listed.append(f"{band} {step.interval_factor(band):.4g} ({whose})")
    return ", ".join(listed)


def _windows(count: int) -> str:
    return "1 window" if count == 1 else f"{count} windows"

# SPDX-License-Identifier: GPL-2.0-or-later
"""How often the interval holds the truth on the user's own scene: a trial on a few of its windows at reduced scale.

All inputs are degraded by the model's scale factor, so that they show at the coarser grid the point spread that the
scene shows at its own; a spread of another width would make errors that the scene does not have. Values are made
consistent with the degraded bands where those of the tiles are made so with the scene's.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .cards import CardInput, CardOutput
from .consistency import back_project, margin_of, scene_sigma
from .consistency_fit import Fit, Sample, fit
from .guard import LEAST_PIXELS, Image, Mask, reduced_inputs, valid_pixels, without_edge
from .inference import Outputs, infer_with_spread
from .interval import spread_of
from .job import Job, SceneFactor, Step
from .point_spread import degrade, valid_blocks
from .prediction import session_of
from .probes import Probe, reduced_halo, widened
from .scene_factors import LEAST_SPREAD, adapted_factor, scene_quantile
from .session import Stopper


@dataclass(frozen=True)
class BandTrial:
    """One band on one window at reduced scale, in network range.

    Attributes:
        band: its name.
        sample: the network's result and its degraded input, with what it takes to make them consistent around them.
        truth: (rows, columns) as it was measured.
        spread: the same shape.
        valid: the same shape, True where everything was measured.
    """

    band: str
    sample: Sample
    truth: Image
    spread: Image
    valid: Mask


def spread_by_scene(job: Job, step: Step, relatives: dict[str, float]) -> Callable[[str, int], float]:
    """Return by how much a band is blurred so that at a grid coarser by a factor it shows the spread it has at its own.

    Gaussians add by their squares: what has the standard deviation s x pixel on the fine grid needs
    s x sqrt(factor^2 - 1) fine pixels more to have s x pixel on the coarse one.

    Args:
        job: gives the scene.
        step: the model.
        relatives: band -> its point spread on this scene as a part of the sensor file's; bands that the network does
            not sharpen are taken to have the mean of them.
    """
    usual = float(np.mean(list(relatives.values()))) if relatives else 1.0

    def sigma(band: str, factor: int) -> float:
        part = relatives.get(band, usual) * math.sqrt(1 - 1 / factor**2)
        return part * scene_sigma(job.scene, band, factor)

    return sigma


def try_interval(
    job: Job, step: Step, probe: Probe, relatives: dict[str, float], stopper: Stopper
) -> tuple[BandTrial, ...]:
    """Run the network on one window at reduced scale.

    Args:
        job: gives scene, device and threads.
        step: the model, with coefficients, shifts and an interval.
        probe: a window with the halo of ``probes.widened``.
        relatives: as in :func:`spread_by_scene`.
        stopper: ends the inference when the run is cancelled.
    """
    sigma = spread_by_scene(job, step, relatives)
    native, reduced = reduced_inputs(job, step, probe, sigma)
    outputs = infer_with_spread(session_of(job, step), step, reduced, stopper)
    valid = valid_pixels(job, step, probe)
    trials = []
    for output in step.card.outputs:
        for name in output.bands if output.role == "value" else ():
            tensor = next((tensor for tensor in step.card.inputs if name in tensor.bands), None)
            if tensor is None or step.factor(tensor) < 2 or step.unit % step.factor(tensor):
                continue
            channel = len(tensor.bands) * (tensor.dates - 1) + tensor.bands.index(name)
            truth = without_edge(
                _at_reduced(native[tensor.name][channel], name, step, tensor, sigma), widened(step).halo
            )
            sample = _sample(job, step, probe, output, name, outputs, reduced[tensor.name][0, channel])
            trials.append(BandTrial(name, sample, truth, _spread(step, output, name, outputs), valid))
    return tuple(trials)


def scene_factors(step: Step, trials: list[BandTrial]) -> tuple[SceneFactor, ...]:
    """Return the factors that this scene asks for, of the bands with enough pixels.

    Args:
        step: the model, with an interval; its values are made consistent where it has corrections.
        trials: of all windows.
    """
    if step.interval is None:
        return ()
    names = tuple(dict.fromkeys(trial.band for trial in trials))
    of_band = {name: [trial for trial in trials if trial.band == name] for name in names}
    fits = fit([[trial.sample for trial in of_band[name]] for name in names]) if step.corrections else ()
    found = dict(zip(names, fits))
    interval, card = step.interval, dict(step.interval.factors)
    result = []
    for name in names:
        scores = np.concatenate([_scores(trial, found.get(name), step.interval.floor) for trial in of_band[name]])
        if len(scores) >= LEAST_PIXELS:
            independent = len(scores) / step.unit**2
            own = interval.scene_ratio * scene_quantile(scores, independent, interval.coverage)
            factor = adapted_factor(card[name], own, independent, name not in interval.uncalibrated)
            result.append(SceneFactor(name, round(factor, 4), own, card[name]))
    return tuple(result)


def _at_reduced(image: Image, name: str, step: Step, tensor: CardInput, sigma: Callable[[str, int], float]) -> Image:
    """Return a measured band on the grid of the results at reduced scale."""
    ratio = step.unit // step.factor(tensor)
    return image if ratio == 1 else degrade(image[None], ratio, (sigma(name, ratio),))[0]


def _sample(
    job: Job, step: Step, probe: Probe, output: CardOutput, name: str, outputs: Outputs, coarse: Image
) -> Sample:
    """Return the network's result beside its degraded input with the margin that consistency needs, or without."""
    factor = job.factor(job.scene.band(name))
    sigma = scene_sigma(job.scene, name, factor)
    around = margin_of(sigma, factor) if step.corrections else 0
    halo = reduced_halo(step) * step.unit
    values = without_edge(outputs[output.name][0, output.bands.index(name)], halo - around * factor)
    window = probe.tile.window.coarsen(factor).pad(around * step.unit)
    mask = probe.dates[-1][name].crop_mask(window)
    known = None if mask is None else valid_blocks(mask, step.unit)
    return Sample(values, without_edge(coarse, halo // factor - around), known, factor, sigma)


def _spread(step: Step, output: CardOutput, name: str, outputs: Outputs) -> Image:
    halo = reduced_halo(step) * step.unit
    return spread_of(
        step.card, output.name, name, {key: without_edge(values[0], halo) for key, values in outputs.items()}
    )


def _scores(trial: BandTrial, found: Fit | None, floor: float) -> Image:
    """Return |truth - value| / spread of the valid pixels."""
    spread = np.maximum(trial.spread + np.float32(floor), np.float32(LEAST_SPREAD))
    scores: Image = np.abs(_values(trial, found) - trial.truth)[trial.valid] / spread[trial.valid]
    return scores


def _values(trial: BandTrial, found: Fit | None) -> Image:
    """Return the result on the window, consistent with the input where its point spread is known."""
    sample, edge = trial.sample, (trial.sample.values.shape[0] - trial.truth.shape[0]) // 2
    if found is None:
        return without_edge(sample.values, edge)
    sigma = found.relative * sample.sigma
    surplus = edge // sample.factor - margin_of(sigma, sample.factor)
    values, coarse = without_edge(sample.values, surplus * sample.factor), without_edge(sample.coarse, surplus)
    mask = None if sample.mask is None else without_edge(sample.mask, surplus)
    return back_project(values, coarse, mask, sample.factor, sigma, found.ridge)

# SPDX-License-Identifier: GPL-2.0-or-later
"""The guard: does the network help on this scene? The Wald protocol on a few of its windows, band by band.

All inputs are degraded by the model's scale factor with their own point spreads. Then the coarse bands as they were
measured are the truth for the network's result, and for bicubic's, on the degraded ones.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from .consistency import scene_sigma
from .enlargement import BICUBIC_REACH, bicubic
from .inference import infer
from .job import Job, Step
from .point_spread import degrade, valid_blocks
from .prediction import session_of, tensor_of
from .probes import Probe, reduced_halo, widened
from .session import Stopper, Tensor

Image = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Pixels = TypeVar("Pixels", Image, Mask)

# A band is taken from the network only where it is worse by this ratio of RMSE and by this much reflectance, on so many
# valid pixels: less may be the noise of the truth.
CLEAR_RATIO, CLEAR_REFLECTANCE = 1.05, 0.0005
LEAST_PIXELS = 256


@dataclass(frozen=True)
class Trial:
    """Errors of one band on one window at reduced scale, in network range, (pixels,)."""

    band: str
    network: Image
    bicubic: Image


@dataclass(frozen=True)
class Verdict:
    """What the guard found for one band.

    Attributes:
        band: its name.
        network: RMSE of the network in network range.
        bicubic: RMSE of cubic convolution.
        pixels: number of pixels compared.
        quantile: what 90 % (or the coverage asked for) of bicubic's absolute errors stay below.
        margin: difference of RMSE from which it is clear.
        share: share of the windows on which the network is worse. Clouds, which every band sees in another place, fill
            a few of them at most.
    """

    band: str
    network: float
    bicubic: float
    pixels: int
    quantile: float
    margin: float
    share: float

    @property
    def ratio(self) -> float:
        """RMSE of the network / RMSE of bicubic."""
        return self.network / max(self.bicubic, float(np.finfo(np.float32).tiny))

    @property
    def helps(self) -> bool:
        """False where the network is clearly worse than bicubic."""
        return self.ratio <= CLEAR_RATIO or self.network - self.bicubic <= self.margin or self.share <= 0.5


def try_probe(job: Job, step: Step, probe: Probe, stopper: Stopper) -> tuple[Trial, ...]:
    """Compare the network with bicubic on one window at reduced scale.

    Args:
        job: gives scene, device and threads.
        step: the model with coefficients and shifts.
        probe: a window with the halo of ``probes.widened``.
        stopper: ends the inference when the run is cancelled.
    """
    halo = reduced_halo(step)
    native, reduced = reduced_inputs(job, step, probe, lambda name, factor: scene_sigma(job.scene, name, factor))
    outputs = infer(session_of(job, step), step, reduced, stopper)
    valid = valid_pixels(job, step, probe)
    trials = []
    for output in step.card.outputs:
        for channel, name in enumerate(output.bands if output.role == "value" else ()):
            pair = _truth_and_bicubic(job, step, name, native, reduced)
            if pair is not None:
                made = without_edge(outputs[output.name][0, channel], halo * step.unit)
                trials.append(Trial(name, (made - pair[0])[valid], (pair[1] - pair[0])[valid]))
    return tuple(trials)


def reduced_inputs(
    job: Job, step: Step, probe: Probe, sigma: Callable[[str, int], float]
) -> tuple[dict[str, Image], dict[str, Tensor]]:
    """Return a step's input tensors on one window as they are, and degraded by its scale factor.

    Args:
        job: gives the scene.
        step: the model with coefficients and shifts.
        probe: a window with the halo of ``probes.widened``.
        sigma: standard deviation of the point spread in pixels of a band's own grid, for a degradation by a factor.

    Returns:
        (channels, rows, columns) with the halo of ``probes.widened``, and (1, channels, rows, columns) with
        ``probes.reduced_halo``, both by tensor name.
    """
    wide = widened(step)
    native = {tensor.name: tensor_of(job, wide, tensor, probe.tile, probe.dates)[0] for tensor in step.card.inputs}
    surplus = wide.halo - reduced_halo(step) * step.unit
    reduced: dict[str, Tensor] = {}
    for tensor in step.card.inputs:
        part = without_edge(native[tensor.name], surplus * step.unit // step.factor(tensor))
        sigmas = [sigma(name, step.unit) for name in tensor.bands * tensor.dates]
        reduced[tensor.name] = degrade(part, step.unit, sigmas)[None]
    return native, reduced


def judge(trials: list[Trial], value_scale: float, coverage: float) -> tuple[Verdict, ...]:
    """Return one verdict a band that has enough pixels.

    Args:
        trials: of all windows.
        value_scale: network range of a reflectance of 1.
        coverage: share of the quantile of bicubic's errors, 0 to 1.
    """
    names = dict.fromkeys(trial.band for trial in trials)
    verdicts = (_verdict([trial for trial in trials if trial.band == name], value_scale, coverage) for name in names)
    return tuple(verdict for verdict in verdicts if verdict.pixels >= LEAST_PIXELS)


def _verdict(trials: list[Trial], value_scale: float, coverage: float) -> Verdict:
    network = np.concatenate([trial.network for trial in trials]).astype(np.float64)
    cubic = np.concatenate([trial.bicubic for trial in trials]).astype(np.float64)
    worse = [_rms(trial.network) > _rms(trial.bicubic) for trial in trials if len(trial.network)]
    if not worse:
        return Verdict(trials[0].band, 0.0, 0.0, 0, 0.0, 0.0, 0.0)
    return Verdict(
        band=trials[0].band,
        network=_rms(network),
        bicubic=_rms(cubic),
        pixels=len(network),
        quantile=float(np.quantile(np.abs(cubic), coverage)),
        margin=CLEAR_REFLECTANCE * abs(value_scale),
        share=sum(worse) / len(worse),
    )


def _rms(errors: npt.NDArray[np.generic]) -> float:
    return float(np.sqrt((errors.astype(np.float64) ** 2).mean()))


def _truth_and_bicubic(
    job: Job, step: Step, name: str, native: dict[str, Image], reduced: dict[str, Tensor]
) -> tuple[Image, Image] | None:
    """Return a band as it was measured and as bicubic makes it of the degraded one, both on the probe's window."""
    tensor = next((tensor for tensor in step.card.inputs if name in tensor.bands), None)
    if tensor is None or step.unit % step.factor(tensor):
        return None
    factor = step.factor(tensor)
    channel = len(tensor.bands) * (tensor.dates - 1) + tensor.bands.index(name)
    ratio = step.unit // factor
    truth = native[tensor.name][channel]
    if ratio > 1:
        truth = degrade(truth[None], ratio, (scene_sigma(job.scene, name, ratio),))[0]
    coarse = without_edge(reduced[tensor.name][0, channel], reduced_halo(step) * ratio - BICUBIC_REACH)
    return without_edge(truth, widened(step).halo), bicubic(coarse, factor)


def without_edge(image: Pixels, edge: int) -> Pixels:
    """Return rows and columns without so many pixels on every side."""
    return image[..., edge : image.shape[-2] - edge, edge : image.shape[-1] - edge]


def valid_pixels(job: Job, step: Step, probe: Probe) -> Mask:
    """Return, on the grid of the results at reduced scale, where the blocks of all input bands were measured."""
    window = probe.tile.window.coarsen(step.unit**2)
    mask = np.ones((window.height, window.width), np.bool_)
    for tensor in step.card.inputs:
        ratio = step.unit**2 // step.factor(tensor)
        for name in tensor.bands:
            part = probe.dates[-1][name].crop_mask(window.refine(ratio))
            if part is not None:
                mask &= valid_blocks(part, ratio)
    result: Mask = mask.repeat(step.unit, axis=0).repeat(step.unit, axis=1)
    return result

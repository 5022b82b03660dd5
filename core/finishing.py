# SPDX-License-Identifier: GPL-2.0-or-later
"""What happens to a network's results on one tile before they become digital numbers.

Bands that the network does not help are enlarged by cubic convolution instead, the others are made consistent with the
input, and where bounds are asked for their distance is worked out.
"""

from __future__ import annotations

import numpy as np

from .cards import CardOutput
from .consistency import back_project, margin_of
from .enlargement import BICUBIC_REACH, bicubic
from .grid import Window
from .inference import Outputs
from .interval import spread_of
from .job import Job, Step
from .radiometry import Image
from .tile_input import BandWindow

HALF_WIDTH = "half width of "


def finish_step(job: Job, step: Step, window: Window, bands: dict[str, BandWindow], outputs: Outputs) -> Outputs:
    """Return a step's final results in network range, (bands, rows, columns) by tensor name.

    Args:
        job: gives the factors of the bands.
        step: the step.
        window: the tile on the output grid.
        bands: filled windows of the date that is sharpened.
        outputs: the network's results and the spread of its ensemble, where it has one, covering the tile and the
            step's margin, with a batch axis.

    Returns:
        The results without the margin. Where the step has an interval, the distance of the bounds from the value is
        added as ``HALF_WIDTH + name`` for each tensor of values.
    """
    edge = step.margin * step.unit
    rows, cols = slice(edge, edge + window.height), slice(edge, edge + window.width)
    results = {name: values[0, :, rows, cols] for name, values in outputs.items()}
    for output in step.card.outputs:
        if output.role != "value":
            continue
        if step.interval is not None:
            results[HALF_WIDTH + output.name] = _half_widths(step, output, results)
        if step.corrections or step.fallbacks:
            planes = np.array(results[output.name])
            handled = {found.band for found in step.corrections} | {found.band for found in step.fallbacks}
            for channel, name in ((i, name) for i, name in enumerate(output.bands) if name in handled):
                planes[channel] = _final(job, step, name, window, bands, outputs[output.name][0, channel])
            results[output.name] = planes
    return results


def _final(job: Job, step: Step, name: str, window: Window, bands: dict[str, BandWindow], values: Image) -> Image:
    """Return one band on the tile; ``values`` is the network's, with the margin."""
    factor = job.factor(job.scene.band(name))
    if name in {fallback.band for fallback in step.fallbacks}:
        return bicubic(_coarse(job, step, name, window, bands, BICUBIC_REACH), factor)
    correction = next((correction for correction in step.corrections if correction.band == name), None)
    around = margin_of(correction.sigma, factor) if correction is not None else 0
    cut = step.margin * step.unit - around * factor
    part = values[cut : values.shape[0] - cut, cut : values.shape[1] - cut]
    if correction is None:
        return part
    mask = bands[name].crop_mask(window.coarsen(factor).pad(around))
    coarse = _coarse(job, step, name, window, bands, around)
    return back_project(part, coarse, mask, factor, correction.sigma, correction.ridge)


def _coarse(job: Job, step: Step, name: str, window: Window, bands: dict[str, BandWindow], around: int) -> Image:
    """Return the input band in network range on the tile and so many of its pixels around it."""
    band = job.scene.band(name)
    pixels = bands[name].crop(window.coarsen(job.factor(band)).pad(around))
    values = np.empty(pixels.shape, np.float32)
    step.radiometry(band).to_network(pixels, values)
    return values


def _half_widths(step: Step, output: CardOutput, results: Outputs) -> Image:
    """Return the distance of the bounds from the values of one output tensor."""
    widths = np.empty_like(results[output.name])
    constant = {fallback.band: fallback.half_width for fallback in step.fallbacks}
    for channel, name in enumerate(output.bands):
        if name in constant:
            widths[channel] = constant[name]
        elif step.interval is not None:
            spread = spread_of(step.card, output.name, name, results) + np.float32(step.interval.floor)
            widths[channel] = np.float32(step.interval_factor(name)) * spread
    return widths

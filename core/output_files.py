# SPDX-License-Identifier: GPL-2.0-or-later
"""Which files a run writes, and which bands, type and nodata value they have."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from .errors import CardError
from .job import Options, OutputBand, OutputFile, Step
from .raster import numpy_type
from .scene import Band, Scene

FINEST = 1.02
BOUNDS = {-1: "lower", 1: "upper"}


def output_files(scene: Scene, steps: tuple[Step, ...], path: Path, options: Options) -> tuple[OutputFile, ...]:
    """Return the main output and, where it is asked for, the one with bounds.

    Args:
        scene: the scene.
        steps: the planned steps.
        path: of the main output.
        options: ``copy_fine_bands`` and ``interval_output``.

    Raises:
        CardError: bounds are asked for and a model has no calibrated interval.
    """
    bands = _output_bands(scene, steps, options)
    dtype, nodata = _storage(tuple(output.band for output in bands))
    main = OutputFile(path, bands, dtype, nodata)
    if not options.interval_output:
        return (main,)
    bounds = tuple(bound for output in bands if output.step >= 0 for bound in _bounds(output, steps[output.step]))
    return main, OutputFile(Path(options.interval_output).expanduser(), bounds, dtype, nodata)


def _bounds(output: OutputBand, step: Step) -> tuple[OutputBand, ...]:
    interval = step.card.interval
    if interval is None:
        raise CardError(
            f"{step.card.id} has no calibrated interval (its card lacks the field interval), so INTERVAL_OUTPUT cannot "
            "be made. Calibrate the model with export_tools, choose another model, or leave INTERVAL_OUTPUT empty."
        )
    titles = {bound: f"{output.band.name} {word} ({100 * interval.coverage:g} %)" for bound, word in BOUNDS.items()}
    return tuple(replace(output, bound=bound, title=title) for bound, title in titles.items())


def _output_bands(scene: Scene, steps: tuple[Step, ...], options: Options) -> tuple[OutputBand, ...]:
    made = {
        name: OutputBand(scene.band(name), index, output.name, channel)
        for index, step in enumerate(steps)
        for output in step.card.outputs
        if output.role == "value"
        for channel, name in enumerate(output.bands)
    }
    finest = scene.finest.gsd
    if options.copy_fine_bands:
        fine = [band for band in scene.bands if band.gsd < finest * FINEST and band.name not in made]
        made.update({band.name: OutputBand(band) for band in fine})
    return tuple(made[band.name] for band in scene.bands if band.name in made)


def _storage(bands: tuple[Band, ...]) -> tuple[str, float | None]:
    """Return the output's data type and nodata value: the inputs' own where they agree."""
    dtype = np.result_type(*(np.dtype(numpy_type(band.dtype)) for band in bands))
    if dtype.itemsize > 4 and dtype.kind == "i":
        dtype = np.dtype(np.float64)  # no integer type that GeoTIFF readers know holds both signs of 32 bits
    declared = [band.nodata for band in bands if band.nodata is not None]
    if declared:
        return dtype.name, declared[0]
    return dtype.name, float("nan") if dtype.kind == "f" else None

# SPDX-License-Identifier: GPL-2.0-or-later
"""How far filled nodata reaches: valid output pixels whose receptive field holds a pixel that was not measured."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .grid import Window
from .job import Step
from .morphology import dilate
from .tile_input import BandWindow, TileInput
from .tiling import Tile


def influence(step: Step, tile: Tile, source: TileInput, factors: dict[str, int]) -> int:
    """Return how many output pixels of a tile lie within the receptive field of a filled pixel without being masked.

    Args:
        step: the model.
        tile: the tile.
        source: its windows.
        factors: output pixels along one pixel of each band.
    """
    window = tile.window.coarsen(step.unit).pad(step.halo)
    touched = np.zeros((window.height, window.width), np.bool_)
    for tensor in step.card.inputs:
        for name in tensor.bands:
            touched |= _touched(source.dates[-1][name], window, step.unit // factors[name])
    if not touched.any():
        return 0
    core = Window(step.halo, step.halo, window.height - 2 * step.halo, window.width - 2 * step.halo)
    near = dilate(touched, step.halo)[core.slices] & ~touched[core.slices]
    rows, cols = tile.kept.relative_to(tile.window).coarsen(step.unit).slices
    return int(near[rows, cols].sum()) * step.unit**2


def _touched(band: BandWindow, window: Window, ratio: int) -> npt.NDArray[np.bool_]:
    mask = band.crop_mask(window.refine(ratio))
    if mask is None:
        return np.zeros((window.height, window.width), np.bool_)
    invalid = (~mask).reshape(window.height, ratio, window.width, ratio)
    result: npt.NDArray[np.bool_] = invalid.any(axis=(1, 3))
    return result

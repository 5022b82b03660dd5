# SPDX-License-Identifier: GPL-2.0-or-later
"""Ways from a reduced Landsat product to Sentinel-2's bands: by the engine, and by what others do."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ...core.adjustment import Adjustment
from ...core.cards import Card
from ...core.grid import Grid
from ...core.harmonization.bandpass import adjustments
from ...core.harmonization.landsat_plan import DTYPE, NODATA_NUMBER, SCALE, harmonized_bands, makes_sentinel2
from ...core.harmonization.landsat_request import LANDSAT_BANDS, PAN
from ...core.harmonization.tables import load_bandpass
from ...core.job import Step
from ...core.options import Options
from ...core.output_files import files_of_bands
from ...core.output_records import OutputFile
from ...core.planning import Arrangement, plan_job
from ...core.point_spread import block_mean
from ...core.products import files as rasters
from ...core.raster import BandReader
from ...core.scene import Scene
from ...core.sensors import sensor_by_id
from ...core.super_resolution import run
from ..evaluation.pansharpen import brovey
from .reduced_pair import ReducedPair

Image = npt.NDArray[np.float32]


def by_engine(pair: ReducedPair, card: Card | None, target: str, folder: Path) -> Image:
    """Return the six bands as a run of the engine writes them, (six, rows, columns), reflectance.

    Args:
        pair: the scene.
        card: the network; None for cubic convolution.
        target: sensor whose bandpass is wanted; empty for Landsat's own. Networks that make Sentinel-2's bands have it.
        folder: for the result.
    """
    lines = dict.fromkeys(LANDSAT_BANDS, Adjustment())
    if target and not makes_sentinel2(card):
        found = adjustments(load_bandpass(), "landsat8", target, LANDSAT_BANDS)
        lines = {line.band: Adjustment(line.slope, line.offset) for line in found}

    def arranged(
        scene: Scene, grid: Grid, steps: tuple[Step, ...], path: Path, options: Options
    ) -> tuple[OutputFile, ...]:
        bands = harmonized_bands(scene, steps, lines, sensor_by_id("sentinel2"))
        return files_of_bands(bands, (DTYPE, NODATA_NUMBER), steps, path, options)

    output = folder / f"{'cubic' if card is None else card.id}_{target or 'landsat'}.tif"
    arrangement = Arrangement(pair.target, arranged)
    scene = _on_target(pair) if card is None else pair.scene_of(card, folder)
    job = plan_job(scene, () if card is None else (card,), str(output), Options(), arrangement=arrangement)
    run(job, lambda share: None, lambda: False, lambda sentence: None)
    return np.asarray(rasters.open_raster(str(output)).ReadAsArray() * np.float32(SCALE), np.float32)


def _on_target(pair: ReducedPair) -> Scene:
    """Return the scene whose bands are interpolated onto the output's grid at once, as a run without network does."""
    bands = (replace(band, grid=pair.target, lattice=band.stored_grid) for band in pair.scene.bands)
    return replace(pair.scene, bands=tuple(bands))


def by_brovey(pair: ReducedPair, target: str) -> Image:
    """Return the six bands by GDAL's weighted Brovey pansharpening and HLS' bandpass."""
    with BandReader() as reader:
        read = {band.name: reader.read(band, band.grid.window).astype(np.float32) for band in pair.scene.bands}
    coarse = np.nan_to_num(np.stack([read[name] for name in LANDSAT_BANDS]))
    pan = np.nan_to_num(read[PAN])[None]
    valid = np.isfinite(read["B4"]) & np.isfinite(block_mean(read[PAN][None], 3)[0])
    fine = brovey(pan, coarse, valid, 3)
    lines = adjustments(load_bandpass(), "landsat8", target, LANDSAT_BANDS)
    return np.stack([image * line.slope + line.offset for image, line in zip(fine, lines)]).astype(np.float32)

# SPDX-License-Identifier: GPL-2.0-or-later
"""Full scale: a simulated product, sharpened from its own GSD by the real engine, compared with the landscape itself.

What reduced scale cannot show: files, offsets, noise, rounding and tiles are those of a product, and the truth has the
GSD of the result. The price: the landscape is invented, so its bands relate to each other as its materials do.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from osgeo import gdal

from ...core.cards import load_card
from ...core.job import OFF, Options
from ...core.planning import plan_job
from ...core.products import open_scene
from ...core.scene import Scene
from ...core.sensors import sensor_by_id
from ...core.super_resolution import run
from ..configuration import Config
from ..dataset import NETWORK_SCALE
from ..degradation import Pair
from ..simulation import SimulatedProduct, SimulationOptions, simulate_product
from .methods import NETWORK, Method
from .reduced_scale import Row, evaluate_pair
from .sharpeners import Model

Image = npt.NDArray[np.float32]

KIND = "simulated"
# The simulated camera has each band's own transfer function.
SPREAD = "mtf"
# Landscapes for judging; training on simulated scenes should use others.
FIRST_SEED = 90001
LEVELS = ("L2A", "L1C")
SENSOR = "sentinel2"
ENGINE = {
    NETWORK: Options(copy_fine_bands=False, device="cpu", consistency=False, guard=OFF),
    "engine": Options(copy_fine_bands=False, device="cpu"),
}


def evaluate_landscapes(model: Model, methods: dict[str, Method], count: int, size: int, shifts: int = 0) -> list[Row]:
    """Return one record a simulated product, like those of reduced scale; levels take turns.

    Args:
        model: run by the engine: as ``network`` alone, and as ``engine`` with all that users get by default
            (consistency with the input, and bicubic where the network does not help).
        methods: further methods, run on the product's bands.
        count: number of landscapes.
        size: of the products in pixels of 10 m, a multiple of 6.
        shifts: pixels to search for cPSNR; 0 leaves it out.
    """
    rows = []
    with tempfile.TemporaryDirectory(prefix="satsharp-") as scratch:
        card = card_of_model(model, Path(scratch) / "model")
        for number in range(count):
            landscape = _landscape(FIRST_SEED + number, LEVELS[number % len(LEVELS)], size, Path(scratch))
            product = simulate_product(Path(scratch) / f"product_{number}", landscape)
            scene = open_scene(str(product.safe), sensor_by_id(SENSOR))
            pair = pair_of(scene, product, model.config)
            engine = {
                name: _constant(run_engine(scene, card, Path(scratch) / f"{name}_{number}.tif", model.config, options))
                for name, options in ENGINE.items()
            }
            figures = evaluate_pair(pair, model.config, {**methods, **engine}, SPREAD, shifts)
            place = f"landscape_{landscape.seed}_{landscape.level}"
            rows.append({"place": place, "degradation": KIND, "methods": figures})
    return rows


def card_of_model(model: Model, folder: Path) -> Path:
    """Return the model's card; a run folder is exported for it."""
    if model.card is not None:
        return model.card
    return export_run(model, folder)


def export_run(model: Model, folder: Path) -> Path:
    """Export a run folder by the command that users call, and return the card.

    Raises:
        ValueError: the export failed; what is wrong was printed.
    """
    # Imported here: it needs torch, which judging a card does not.
    from .. import export

    parser = argparse.ArgumentParser()
    export.add_arguments(parser)
    if export.run(parser.parse_args([str(model.source), "--out", str(folder)])):
        raise ValueError(f"{model.source} cannot be exported, so the engine cannot run it. Use --landscapes 0.")
    return folder / f"{model.id}.json"


def run_engine(scene: Scene, card: Path, output: Path, config: Config, options: Options) -> Image:
    """Sharpen a scene by ``core.super_resolution.run`` and return the targets in network range."""
    job = plan_job(scene, (load_card(card),), str(output), options)
    run(job, lambda share: None, lambda: False, lambda sentence: None)
    return _read(output, scene, config.targets.bands)


def pair_of(scene: Scene, product: SimulatedProduct, config: Config) -> Pair:
    """Return a simulated product's bands and its landscape in network range."""
    inputs = {
        group.name: np.stack([_network_range(_pixels(scene, band), scene, band) for band in group.bands])
        for group in config.groups
    }
    truth = _read(Path(str(product.truth)), scene, config.targets.bands)
    return Pair(inputs, truth, np.ones(truth.shape[1:], bool))


def _constant(image: Image) -> Method:
    return lambda pair, config: image


def _landscape(seed: int, level: str, size: int, folder: Path) -> SimulationOptions:
    truth = folder / f"truth_{seed}.tif"
    return SimulationOptions(size=size, level=level, seed=seed, clouds=False, nodata_corner=False, truth=truth)


def _pixels(scene: Scene, name: str) -> npt.NDArray[Any]:
    band = scene.band(name)
    # The dataset needs a name of its own: GDAL's bands do not keep it alive.
    raster = gdal.Open(band.path)
    pixels: npt.NDArray[Any] = raster.GetRasterBand(band.index).ReadAsArray()
    return pixels


def _read(path: Path, scene: Scene, names: tuple[str, ...]) -> Image:
    raster = gdal.Open(str(path))
    index = {raster.GetRasterBand(number).GetDescription(): number for number in range(1, raster.RasterCount + 1)}
    return np.stack([_network_range(raster.GetRasterBand(index[name]).ReadAsArray(), scene, name) for name in names])


def _network_range(numbers: npt.NDArray[Any], scene: Scene, name: str) -> Image:
    band = scene.band(name)
    return np.asarray((numbers.astype(np.float64) * band.scale + band.offset) * NETWORK_SCALE, np.float32)

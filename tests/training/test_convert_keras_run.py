# SPDX-License-Identifier: GPL-2.0-or-later
"""A converted DSen2 in the engine: the same digits for every tile size, and those of the published preprocessing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("h5py")
pytest.importorskip("torch")
pytest.importorskip("onnxruntime")
gdal = pytest.importorskip("osgeo.gdal")

from satsharp.core.cards import load_card  # noqa: E402
from satsharp.core.job import Options as RunOptions  # noqa: E402
from satsharp.core.planning import plan_job  # noqa: E402
from satsharp.core.products import open_scene  # noqa: E402
from satsharp.core.scene import Scene  # noqa: E402
from satsharp.core.sensors import sensor_by_id  # noqa: E402
from satsharp.core.super_resolution import run  # noqa: E402
from satsharp.export_tools.converters.multisensor import SETUPS, Setup  # noqa: E402
from satsharp.export_tools.simulation import SimulationOptions, simulate_product  # noqa: E402

from .keras_tape import Tape, save  # noqa: E402
from .test_convert_keras_dsen2 import converted, dsen2, last, raised  # noqa: E402

# The network alone: without what the engine does to its results.
RAW: dict[str, Any] = {"consistency": False, "guard": "off"}


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """A small clear product."""
    options = SimulationOptions(size=300, width=240, seed=3, clouds=False, nodata_corner=False)
    folder = simulate_product(tmp_path_factory.mktemp("product"), options).safe
    return open_scene(str(folder), sensor_by_id("sentinel2"))


def digital_numbers(scene: Scene, name: str) -> np.ndarray:
    band = scene.band(name)
    dataset = gdal.Open(band.path)
    return dataset.GetRasterBand(band.index).ReadAsArray()


def network_range(scene: Scene, name: str) -> np.ndarray:
    """DN / 2000 of digital numbers without the offset of baseline 04.00."""
    band = scene.band(name)
    return ((digital_numbers(scene, name) * band.scale + band.offset) * 5).astype(np.float32)


@pytest.mark.parametrize("setup", SETUPS[:2], ids=[setup.key for setup in SETUPS[:2]])
def test_engine_equals_the_description_whatever_the_tiles(setup: Setup, scene: Scene, tmp_path: Path) -> None:
    groups = [np.stack([network_range(scene, name) for name in bands])[None] for _, _, bands in setup.groups]
    tape = Tape(seed=9, spread=0.5)
    expected = dsen2(tape, last(raised(groups)), 8, 2, 0.1)[0]
    card = load_card(converted(save(tmp_path / "w.h5", tape), "dsen2", tmp_path).card)
    made = []
    for tile in (60, 180, 0):
        output = tmp_path / f"{tile}.tif"
        job = plan_job(
            scene, (card,), str(output), RunOptions(copy_fine_bands=False, device="cpu", tile_size=tile, **RAW)
        )
        run(job, lambda share: None, lambda: False, lambda sentence: None)
        made.append(gdal.Open(str(output)).ReadAsArray().astype(int))
    np.testing.assert_array_equal(made[0], made[2])
    np.testing.assert_array_equal(made[1], made[2])
    names = [band for band in (entry.name for entry in scene.bands) if band in setup.target[2]]
    edge = 24
    for row, name in enumerate(names):
        band = scene.band(name)
        numbers = (expected[:, :, setup.target[2].index(name)] / 5 - band.offset) / band.scale
        inner = (slice(edge, -edge), slice(edge, -edge))
        np.testing.assert_allclose(made[0][row][inner], numbers[inner], atol=0.51)

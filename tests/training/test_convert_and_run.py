# SPDX-License-Identifier: GPL-2.0-or-later
"""Foreign ONNX files from end to end: converted, installed, planned and run on a scene."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("onnxruntime")
gdal = pytest.importorskip("osgeo.gdal")

from satsharp.core.cards import load_card  # noqa: E402
from satsharp.core.job import Options  # noqa: E402
from satsharp.core.model_store import InstallOptions, install_model  # noqa: E402
from satsharp.core.planning import choose_cards, plan_job  # noqa: E402
from satsharp.core.products import open_scene  # noqa: E402
from satsharp.core.products.raster_files import RasterSource  # noqa: E402
from satsharp.core.products.raster_scene import open_rasters  # noqa: E402
from satsharp.core.sensors import sensor_by_id  # noqa: E402
from satsharp.core.super_resolution import run  # noqa: E402
from satsharp.export_tools.simulation import SimulationOptions, simulate_product  # noqa: E402
from satsharp.tests.unit import blend_factory as factory  # noqa: E402

from .onnx_files import Net, run_file  # noqa: E402
from .test_convert_onnx_deepness import write as write_deepness  # noqa: E402
from .test_convert_onnx_evoland import TEN  # noqa: E402
from .test_convert_onnx_evoland import write as write_evoland  # noqa: E402
from .torch_layouts import convert  # noqa: E402

TEN_NAMES = ("B02", "B03", "B04", "B08", "B05", "B06", "B07", "B8A", "B11", "B12")
BARE = Options(consistency=False, guard="off", copy_fine_bands=False)


def installed(source: Path, folder: Path, **settings):
    finished, _ = convert(source, folder / "converted", **settings)
    store = folder / "models"
    store.mkdir()
    return install_model(finished.card, store, InstallOptions(maximum_bytes=1 << 30)).card


def made_by(job) -> np.ndarray:
    result = run(job, lambda share: None, lambda: False, lambda text: None)
    dataset = gdal.Open(str(result.output))
    return dataset.ReadAsArray()


@pytest.mark.parametrize("level", ["L1C", "L2A"])
def test_evoland_on_a_product_keeps_the_extent_and_takes_the_offset_right(level, tmp_path):
    description = write_evoland(tmp_path, TEN, 2)
    card = installed(description, tmp_path)
    options = SimulationOptions(size=180, width=120, level=level, baseline="05.09", clouds=False, nodata_corner=False)
    scene = open_scene(str(simulate_product(tmp_path, options).safe), sensor_by_id("sentinel2"))
    (chosen,) = choose_cards(scene, (card,), (), card.id, ())
    job = plan_job(scene, (chosen,), str(tmp_path / "out.tif"), BARE)
    made = made_by(job)
    assert made.shape == (10, 360, 240)
    # The published network takes reflectance x 10000 of all bands at 10 m: constant offsets show at once.
    names = [output.name for output in job.output_bands]
    planes = []
    for name in TEN_NAMES:
        band = scene.band(name)
        numbers = (gdal.Open(band.path).ReadAsArray() * band.scale + band.offset) * 10000
        factor = round(band.gsd / 10)
        planes.append(_bicubic(numbers, factor))
    theirs = run_file(tmp_path / "net.onnx", image=np.stack(planes)[None])[0]
    edge = 40
    for channel, name in enumerate(TEN_NAMES):
        band = scene.band(name)
        ours = made[names.index(name)].astype(np.float64) + band.offset / band.scale
        difference = (ours - theirs[channel])[edge:-edge, edge:-edge]
        assert np.abs(difference).max() < 2.0, name


def _bicubic(numbers: np.ndarray, factor: int) -> np.ndarray:
    from satsharp.core.enlargement import bicubic

    if factor == 1:
        return numbers
    return bicubic(np.pad(numbers, 2, mode="edge").astype(np.float32), factor)


def test_deepness_on_a_picture_gives_its_own_result(tmp_path):
    path = write_deepness(tmp_path / "net.onnx", 2, 255.0)
    card = installed(path, tmp_path)
    rng = np.random.default_rng(0)
    pixels = np.clip(rng.normal(120, 30, (3, 70, 50)), 1, 255).astype(np.uint8)
    picture = factory.write_picture(tmp_path / "picture.tif", pixels)
    found, chosen = open_rasters(RasterSource(str(picture), "picture"), None, (card,), "auto", {})
    made = made_by(plan_job(found.scene, (chosen,), str(tmp_path / "out.tif"), BARE))
    assert made.dtype == np.uint8 and made.shape == (3, 140, 100)
    free = Path(card.path)
    ours = run_file(free, image=pixels[None] / np.float32(255) * card.value_scale + card.value_offset)[0]
    expected = (ours - card.value_offset) / card.value_scale * 255
    inner = slice(8, -8)
    assert np.abs(made - np.clip(expected, 1, 255))[:, inner, inner].max() < 0.51


def test_an_attention_network_runs_blended(tmp_path):
    """A network that weighs its channels by their means over the image, as channel attention does."""
    net = Net(3)
    net.conv(3)
    body = net.last
    net.add("GlobalAveragePool").add("Sigmoid")
    gate = net.last
    net.last = body
    net.add("Mul", gate).enlarge(2).step("Mul", 1.6)
    net.save(tmp_path / "attention.onnx")
    card = installed(tmp_path / "attention.onnx", tmp_path, range="8bit", bands="red,green,blue", gsd="10")
    assert card.tiling == "blended" and load_card(card.path.with_suffix(".json")).blend.block == 128
    rng = np.random.default_rng(0)
    pixels = rng.integers(80, 150, (3, 60, 60)).astype(np.uint8)
    picture = factory.write_picture(tmp_path / "picture.tif", pixels)
    found, chosen = open_rasters(RasterSource(str(picture), "picture"), None, (card,), "auto", {})
    job = plan_job(found.scene, (chosen,), str(tmp_path / "out.tif"), BARE)
    assert job.steps[0].blend is not None
    made = made_by(job)
    ours = run_file(card.path, image=pixels[None] / np.float32(255) * card.value_scale + card.value_offset)[0]
    expected = (ours - card.value_offset) / card.value_scale * 255
    assert np.abs(made - np.clip(expected, 1, 255)).max() < 0.51

# SPDX-License-Identifier: GPL-2.0-or-later
"""Foreign networks from end to end: converted, installed by Processing, run on products and rasters."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("qgis.core")
pytest.importorskip("onnxruntime")
pytest.importorskip("onnx")
pytest.importorskip("torch")

from osgeo import gdal
from qgis.core import QgsProject, QgsRasterLayer, QgsSettings
from satsharp.export_tools.__main__ import main
from satsharp.plugin.settings import GROUP
from satsharp.tests.training.onnx_files import run_file
from satsharp.tests.training.test_convert_onnx_deepness import write as write_deepness
from satsharp.tests.training.test_convert_onnx_evoland import TEN
from satsharp.tests.training.test_convert_onnx_evoland import write as write_evoland
from satsharp.tests.unit import blend_factory as factory

PLAIN = {"CONSISTENCY": False, "GUARD": "off"}


@pytest.fixture()
def models(tmp_path, own_settings) -> Path:
    """An empty model folder of the profile."""
    folder = tmp_path / "models"
    folder.mkdir()
    QgsSettings().setValue(f"{GROUP}/model_folder", str(folder))
    return folder


def run(algorithm, log, context, **parameters):
    import processing

    return processing.run(f"satsharp:{algorithm}", parameters, feedback=log, context=context)


def converted(source: Path, folder: Path, *options: str) -> Path:
    assert main(["convert", str(source), "--out", str(folder), *options]) == 0
    return next(folder.glob("*.json"))


def read(path) -> np.ndarray:
    dataset = gdal.Open(str(path))
    return dataset.ReadAsArray()


def test_evoland_sharpens_a_product(product, models, tmp_path, log, context):
    card = converted(write_evoland(tmp_path, TEN, 2), tmp_path / "out")
    run("install_model", log, context, SOURCE=str(card))
    made = run(
        "superresolve_sentinel2", log, context, INPUT=str(product.safe), MODEL=card.stem,
        EXTENT="600000,602400,5697600,5700000 [EPSG:32631]", OUTPUT=str(tmp_path / "o.tif"), **PLAIN,
    )  # fmt: skip
    assert made["GSD"] == 5 and made["MODELS"] == card.stem
    pixels = read(made["OUTPUT"])
    assert pixels.shape == (10, 480, 480) and pixels.dtype == np.uint16
    scene = read(next(product.safe.glob("GRANULE/*/IMG_DATA/R10m/*_B04_10m.jp2")))[:240, :240]
    dataset = gdal.Open(made["OUTPUT"])  # a band does not keep its dataset alive
    names = [dataset.GetRasterBand(number + 1).GetDescription() for number in range(10)]
    own = pixels[names.index("B04")]
    assert ((own == 0) == (scene == 0).repeat(2, 0).repeat(2, 1)).all() and own[own > 0].std() > 1


@pytest.fixture()
def picture(tmp_path) -> tuple[np.ndarray, QgsRasterLayer]:
    """A picture as a layer of the project: QGIS 3.22 crashes when a context deletes layers of 8-bit colours."""
    pixels = np.random.default_rng(0).integers(40, 200, (3, 50, 40)).astype(np.uint8)
    layer = QgsRasterLayer(str(factory.write_picture(tmp_path / "picture.tif", pixels)), "picture")
    QgsProject.instance().addMapLayer(layer)
    yield pixels, layer
    QgsProject.instance().removeMapLayer(layer)


def test_deepness_enlarges_a_picture_and_blended_networks_run(models, picture, tmp_path, log, context):
    card = converted(write_deepness(tmp_path / "net.onnx", 2, 255.0), tmp_path / "out")
    run("install_model", log, context, SOURCE=str(card))
    pixels, layer = picture
    made = run("superresolve_raster", log, context, INPUT=layer, MODEL="net", OUTPUT=str(tmp_path / "o.tif"), **PLAIN)
    theirs = run_file(models / "net.onnx", image=pixels[None] / np.float32(255))[0] * 255
    assert np.abs(read(made["OUTPUT"]) - np.clip(theirs, 1, 255))[:, 8:-8, 8:-8].max() < 0.51
    factory.write_network(models, "whole", "global", blend={"block": 32, "overlap": 8})
    made = run("superresolve_raster", log, context, INPUT=layer, MODEL="whole", OUTPUT=str(tmp_path / "w.tif"), **PLAIN)
    assert made["MODELS"] == "whole" and read(made["OUTPUT"]).shape == (3, 100, 80)
    assert any("overlapping blocks of 32 x 32 px" in text for text in log.infos)
    # The guard and consistency work on blended networks, too.
    made = run("superresolve_raster", log, context, INPUT=layer, MODEL="whole", OUTPUT=str(tmp_path / "g.tif"))
    assert read(made["OUTPUT"]).shape == (3, 100, 80)

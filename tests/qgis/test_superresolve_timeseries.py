# SPDX-License-Identifier: GPL-2.0-or-later
"""Several dates from end to end: published networks are converted, installed and run by Processing and qgis_process."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("qgis.core")
pytest.importorskip("onnxruntime")
pytest.importorskip("onnx")

from osgeo import gdal
from qgis.core import QgsApplication, QgsProcessingParameterDefinition, QgsProject, QgsRasterLayer, QgsSettings
from satsharp.plugin.settings import GROUP
from satsharp.tests.unit import blend_factory as factory

from .test_qgis_process import PROGRAM, installed, qgis  # noqa: F401 - fixtures

ALGORITHM = "satsharp:superresolve_timeseries"
GOLDEN = Path(os.environ.get("SATSHARP_GOLDEN", Path(__file__).resolve().parents[3] / "shared" / "golden"))
# Folder -> checkpoint and number of dates.
PUBLISHED = {
    "satlas_esrgan_smaller3": ("net_g_505000.pth", 8),
    "satlas_highresnet_h32_rev2": ("net_g_latest.pth", 2),
    "satlas_srcnn_h32_rev4": ("net_g_latest.pth", 4),
}


@pytest.fixture()
def own_models(tmp_path, own_settings) -> Path:
    """An empty model folder of the profile."""
    folder = tmp_path / "models"
    folder.mkdir()
    QgsSettings().setValue(f"{GROUP}/model_folder", str(folder))
    return folder


def run(algorithm, log, context, **parameters):
    import processing

    return processing.run(algorithm, parameters, feedback=log, context=context)


def read(path) -> np.ndarray:
    dataset = gdal.Open(str(path))
    return dataset.ReadAsArray()


def golden(folder: str) -> tuple[Path, np.ndarray, np.ndarray]:
    """Return checkpoint, images (dates, 3, rows, columns) of 8 bit, and what the published code makes of them."""
    path = GOLDEN / folder / PUBLISHED[folder][0]
    if not path.is_file():
        pytest.skip(f"{path} is not there; set SATSHARP_GOLDEN to the folder of golden cases")
    with np.load(path.parent / "io.npz") as stored:
        images = np.rint(stored["x0"].reshape(-1, 3, 32, 32) * 255).astype(np.uint8)
        return path, images, stored["y0"].reshape(3, 128, 128)


def write_dates(folder: Path, images: np.ndarray) -> list[str]:
    return [
        str(factory.write_picture(folder / f"TCI_201906{number + 1:02d}.tif", image))
        for number, image in enumerate(images)
    ]


def converted(checkpoint: Path, folder: Path) -> Path:
    pytest.importorskip("torch")
    from satsharp.export_tools.__main__ import main

    assert main(["convert", str(checkpoint), "--out", str(folder)]) == 0
    return next(folder.glob("*.json"))


def test_parameters_are_stable_and_few_are_visible(plugin):
    made = QgsApplication.processingRegistry().createAlgorithmById(ALGORITHM)
    definitions = made.parameterDefinitions()
    advanced = QgsProcessingParameterDefinition.Flag.FlagAdvanced
    assert [d.name() for d in definitions if not d.flags() & advanced] == ["INPUTS", "EXTENT", "OUTPUT"]
    assert {d.name() for d in definitions if d.flags() & advanced} == {
        "MODEL", "JUDGED_ON", "MAX_CLOUD", "TRAINING_GRID", "DEVICE", "TILE_SIZE", "RESUME", "FORMAT", "GROUPING",
    }  # fmt: skip
    assert all(d.help() for d in definitions)
    assert {d.name() for d in made.outputDefinitions()} == {"OUTPUT", "GSD", "EXECUTION_PROVIDER", "MODELS", "DATES"}
    assert "Satlas" in made.shortHelpString()


@pytest.mark.parametrize("folder", PUBLISHED)
def test_published_networks_are_converted_installed_and_give_their_own_results(
    folder, tmp_path, own_models, log, context
):
    checkpoint, images, expected = golden(folder)
    card = converted(checkpoint, tmp_path / "converted")
    run("satsharp:install_model", log, context, SOURCE=str(card))
    paths = write_dates(tmp_path, images)
    made = run(
        ALGORITHM, log, context, INPUTS=paths[::-1], MODEL=card.stem, MAX_CLOUD=100, OUTPUT=str(tmp_path / "o.tif")
    )
    assert made["MODELS"] == card.stem and made["GSD"] == 2.5
    assert made["DATES"] == "; ".join(Path(path).name for path in paths)
    pixels = read(made["OUTPUT"])
    assert pixels.dtype == np.uint8 and pixels.shape == (3, 128, 128)
    # Exact tiles mirror the scene at its border, where the published networks pad in each layer.
    document = json.loads(card.read_text())
    edge = 0 if document["tiling"] == "blended" else 4 * document["network"]["halo"]
    assert (edge == 0) == ("esrgan" in folder)
    inner = slice(edge, 128 - edge)
    # The network's values x 255, rounded; float32 may round to the other side.
    difference = pixels - np.clip(255 * expected.astype(np.float64), 1, 255)
    assert np.abs(difference[:, inner, inner]).max() < 0.51
    assert gdal.Open(made["OUTPUT"]).GetGeoTransform() == (500000.0, 2.5, 0.0, 5300000.0, 0.0, -2.5)


def test_qgis_process_runs_several_dates(installed, tmp_path):  # noqa: F811
    models = installed.profile / "satsharp" / "models"
    models.mkdir(exist_ok=True)
    factory.write_network(models, "mean", "wide", dates=3, value_range=_eight_bit())
    paths = write_dates(tmp_path, np.stack([np.full((3, 40, 50), value, np.uint8) for value in (30, 60, 90)]))
    output = tmp_path / "out.tif"
    arguments = [f"--INPUTS={path}" for path in paths]
    result = installed.result("run", ALGORITHM, *arguments, "--MODEL=mean", f"--OUTPUT={output}")["results"]
    assert result["MODELS"] == "mean"
    assert np.unique(read(output)[:, 8:-8, 8:-8]).tolist() == [60]


def _eight_bit() -> dict:
    ranges = {name: {"scale": 1 / 255, "offset": 0.0} for name in factory.COLOURS}
    return {"scale": 1.0, "offset": 0.0, "clip": [0.0, 1.0], "digital_number": ranges}


def test_layers_by_name_extent_and_log(tmp_path, own_models, log, context):
    factory.write_network(own_models, "mean", dates=2, value_range=_eight_bit())
    rng = np.random.default_rng(0)
    paths = write_dates(tmp_path, rng.integers(1, 150, (3, 3, 60, 70)).astype(np.uint8))
    layer = QgsRasterLayer(paths[1], "my date")
    QgsProject.instance().addMapLayer(layer)
    common = {"MODEL": "auto", "MAX_CLOUD": 100}
    try:
        inputs = [paths[0], layer.id()]
        whole = run(ALGORITHM, log, context, INPUTS=inputs, OUTPUT=str(tmp_path / "w.tif"), **common)
    finally:
        QgsProject.instance().removeMapLayer(layer)
    part = run(
        ALGORITHM, log, context, INPUTS=paths[:2], OUTPUT=str(tmp_path / "p.tif"), TILE_SIZE=50,
        EXTENT="500100,500400,5299500,5299900 [EPSG:32633]", **common,
    )  # fmt: skip
    np.testing.assert_array_equal(read(part["OUTPUT"]), read(whole["OUTPUT"])[:, 20:100, 20:80])
    several = run(
        ALGORITHM, log, context, INPUTS=paths[:2], OUTPUT=str(tmp_path / "s.tif"), GROUPING="one file a band", **common
    )
    assert several["OUTPUT"] == str(tmp_path / "s.vrt")
    np.testing.assert_array_equal(read(several["OUTPUT"]), read(whole["OUTPUT"]))
    assert len(list(tmp_path.glob("s_*.tif"))) == len(read(whole["OUTPUT"])) == 3
    assert any(text.startswith("Dates in the order of the model (oldest first): TCI_20190601") for text in log.infos)
    assert any("overlapping blocks of 128 x 128 px" in text for text in log.infos)


def test_what_cannot_work_is_refused_before(tmp_path, own_models, log, context):
    factory.write_network(own_models, "mean", dates=2, value_range=_eight_bit())
    made = QgsApplication.processingRegistry().createAlgorithmById(ALGORITHM)
    (path,) = write_dates(tmp_path, np.full((1, 3, 20, 20), 50, np.uint8))
    good = {"INPUTS": [path], "MODEL": "mean", "OUTPUT": str(tmp_path / "o.tif")}
    assert made.checkParameterValues(good, context)[0]
    for change, message in (
        ({"INPUTS": [str(tmp_path / "no.SAFE")]}, "no.SAFE does not exist"),
        ({"OUTPUT": str(tmp_path / "o.png")}, "must end in .tif"),
        ({"JUDGED_ON": "extent"}, "Choose an EXTENT"),
        ({"MODEL": "other"}, "Choose one of: auto, mean"),
    ):
        possible, reason = made.checkParameterValues({**good, **change}, context)
        assert not possible and message in reason


def test_cancelling_leaves_nothing(tmp_path, own_models, log, context):
    factory.write_network(own_models, "mean", dates=2, value_range=_eight_bit())
    (path,) = write_dates(tmp_path, np.full((1, 3, 20, 20), 50, np.uint8))
    log.cancel()
    assert run(ALGORITHM, log, context, INPUTS=[path], MODEL="mean", OUTPUT=str(tmp_path / "o.tif")) == {}
    assert [file.name for file in tmp_path.glob("o.tif*")] == []

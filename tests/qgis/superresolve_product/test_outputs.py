# SPDX-License-Identifier: GPL-2.0-or-later
"""Files and values of the output, and what is told of products and models."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("qgis.core")

from osgeo import gdal
from qgis.core import QgsPointXY, QgsRasterLayer, QgsSettings
from satsharp.core import products
from satsharp.plugin.settings import GROUP
from satsharp.processing_provider.styling import LayerStyler
from satsharp.tests.unit.model_factory import write_bicubic

from ..conftest import COARSE
from .parts import ORDER, algorithm, describe, read, run, run_as_task

QUICK = {"GUARD": "off", "CONSISTENCY": False, "EXTENT": "601200,602400,5697600,5698800 [EPSG:32631]"}


@pytest.mark.parametrize("name", ["out.tif", "out.vrt"])
def test_one_file_a_band_is_joined_by_a_vrt(product, tmp_path, log, context, name):
    run(product, tmp_path, log, context, OUTPUT=str(tmp_path / "all.tif"), **QUICK)
    results = run(product, tmp_path, log, context, OUTPUT=str(tmp_path / name), GROUPING="one file a band", **QUICK)
    assert results["OUTPUT"] == str(tmp_path / "out.vrt")
    names = [band for band in ORDER if band not in COARSE]
    assert {path.name for path in tmp_path.iterdir()} == {"all.tif", "out.vrt", *(f"out_{band}.tif" for band in names)}
    assert describe(tmp_path / "out.vrt").names == tuple(names)
    assert np.array_equal(read(tmp_path / "out.vrt"), read(tmp_path / "all.tif"))
    assert np.array_equal(read(tmp_path / "out_B8A.tif")[0], read(tmp_path / "all.tif", ["B8A"])[0])
    assert any("10 bands, 120 x 120" in text for text in log.infos)


def test_vrt_can_be_the_name_of_one_file(product, tmp_path, log, context):
    results = run(product, tmp_path, log, context, OUTPUT=str(tmp_path / "out.vrt"), **QUICK)
    assert results["OUTPUT"] == str(tmp_path / "out.vrt")
    assert {path.name for path in tmp_path.iterdir()} == {"out.vrt", "out.tif"}
    assert np.array_equal(read(tmp_path / "out.vrt"), read(tmp_path / "out.tif"))


def test_temporary_output_of_several_files(product, tmp_path, log, context):
    results = run(product, tmp_path, log, context, OUTPUT="TEMPORARY_OUTPUT", GROUPING="one file a band", **QUICK)
    layer = results["OUTPUT"]
    path = layer.source() if isinstance(layer, QgsRasterLayer) else layer
    assert path.endswith("OUTPUT.vrt") and describe(path).size == (120, 120) and len(describe(path).names) == 10


def test_several_files_are_loaded_as_one_styled_layer(product, tmp_path, log, plugin):
    values = {"INPUT": str(product.safe), "MODEL": "test-20m", "GROUPING": "one file a band", **QUICK}
    vrt = str(tmp_path / "out.vrt")
    [(successful, results)], layer, processor = run_as_task({**values, "OUTPUT": str(tmp_path / "out.tif")}, log, vrt)
    assert successful and results["OUTPUT"] == vrt and layer.source() == vrt and layer.bandCount() == 10
    assert isinstance(processor, LayerStyler) and layer.name() == f"{product.safe.stem} 10 m"
    assert [layer.renderer().redBand(), layer.renderer().blueBand()] == [3, 1]


def test_reflectance_has_the_same_mask_and_no_scale(product, tmp_path, log, context):
    whole = {**QUICK, "EXTENT": None}
    run(product, tmp_path, log, context, OUTPUT=str(tmp_path / "numbers.tif"), **whole)
    run(product, tmp_path, log, context, VALUES="reflectance", **whole)
    numbers, reflectance = read(tmp_path / "numbers.tif").astype(float), read(tmp_path / "out.tif")
    measured = (numbers > 0) & (numbers < 65535)
    assert np.array_equal(np.isfinite(reflectance), measured) and 0.8 < measured.mean() < 1
    assert np.abs(reflectance - (numbers - 1000) / 10000)[measured].max() <= 0.51e-4
    dataset = gdal.Open(str(tmp_path / "out.tif"))
    assert dataset.GetRasterBand(5).GetScale() is None and dataset.GetRasterBand(5).GetOffset() is None
    layer = QgsRasterLayer(str(tmp_path / "out.tif"), "x")
    value, valid = layer.dataProvider().sample(QgsPointXY(603005, 5696995), 5)
    assert valid and value == pytest.approx(float(reflectance[4, 300, 300]), abs=1e-6)
    assert not layer.dataProvider().sample(QgsPointXY(*empty_place(reflectance[4])), 5)[1]


def empty_place(pixels):
    """Return the centre of a pixel without measurement."""
    row, col = np.argwhere(np.isnan(pixels))[0]
    return 600000 + 10 * (col + 0.5), 5700000 - 10 * (row + 0.5)


def help_of_model() -> str:
    made = algorithm()  # kept: the definitions are deleted with it
    return made.parameterDefinition("MODEL").help()


@pytest.fixture
def experimental(tmp_path):
    """A folder with a model that says why it is to be used with care."""
    folder = tmp_path / "models"
    folder.mkdir()
    card = write_bicubic(folder, "trial")
    document = {**json.loads(card.read_text()), "experimental": "Trained on one scene only."}
    card.write_text(json.dumps(document), encoding="utf-8")
    QgsSettings().setValue(f"{GROUP}/model_folder", str(folder))


def test_experimental_model_is_told_in_help_warning_file_and_layer(product, tmp_path, log, plugin, experimental):
    assert "trial: Bicubic, for tests (experimental: Trained on one scene only)" in help_of_model()
    values = {"INPUT": str(product.safe), "MODEL": "trial", "OUTPUT": str(tmp_path / "out.tif"), **QUICK}
    [(successful, _)], layer, _ = run_as_task(values, log)
    assert successful and log.warnings == ["The model trial is experimental: Trained on one scene only."]
    assert layer.metadata().abstract().endswith("Experimental (trial): Trained on one scene only.")
    tag = gdal.Open(str(tmp_path / "out.tif")).GetMetadataItem("SATSHARP_EXPERIMENTAL")
    assert tag == "trial: Trained on one scene only."


def test_experimental_models_are_listed_as_such(tmp_path, log, context, experimental):
    import processing

    page = tmp_path / "models.html"
    processing.run("satsharp:list_models", {"CATALOGUE": False, "OUTPUT": str(page)}, feedback=log, context=context)
    assert "trial is experimental: Trained on one scene only." in log.infos
    assert "<th>Experimental</th>" in page.read_text() and "<td>Trained on one scene only.</td>" in page.read_text()
    data = tmp_path / "models.json"
    processing.run("satsharp:list_models", {"CATALOGUE": False, "OUTPUT": str(data)}, feedback=log, context=context)
    rows = {row["id"]: row["experimental"] for row in json.loads(data.read_text())["installed"]}
    assert rows["trial"] == "Trained on one scene only." and rows["s2-20m"] == ""


def test_other_models_are_not_called_experimental(product, tmp_path, log, context):
    run(product, tmp_path, log, context, **QUICK)
    assert log.warnings == [] and "test-20m: Bilinear, for tests;" in help_of_model()
    assert gdal.Open(str(tmp_path / "out.tif")).GetMetadataItem("SATSHARP_EXPERIMENTAL") is None


def test_notes_on_a_product_are_told(product, tmp_path, log, context, monkeypatch):
    opened = products.open_scene
    notes = ("B10 is left out.", "The pan band was moved.")
    monkeypatch.setattr(products, "open_scene", lambda *arguments: replace(opened(*arguments), notes=notes))
    run(product, tmp_path, log, context, **QUICK)
    first = log.infos.index(notes[0])
    assert log.infos[first + 1] == notes[1] and log.infos[first + 2].startswith("Product: S2")

# SPDX-License-Identifier: GPL-2.0-or-later
"""The pair report as an algorithm: files that it writes, numbers that it returns, what it says of bad input."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

pytest.importorskip("qgis.core")

from qgis.core import QgsProcessingException, QgsProject, QgsRasterLayer
from satsharp.processing_provider.assess_quality import AssessQuality
from satsharp.tests.unit.raster_factory import EAST, NORTH, write_raster

from .conftest import Log
from .test_qgis_process import PROGRAM, qgis  # noqa: F401 - fixture

ALGORITHM = "satsharp:assess_quality"
S2 = ("B02", "B03", "B04", "B8A")
L8 = ("SR_B2", "SR_B3", "SR_B4", "SR_B5")


@pytest.fixture
def rasters(tmp_path):
    """A reference, a raster of 0.9 times its reflectance plus 0.01, and one of half of it."""
    random = np.random.default_rng(0)
    truth = random.integers(100, 3000, (4, 40, 50))
    truth[3] += 1500
    made = {"s2": write_raster(tmp_path / "s2.tif", truth.astype(np.uint16), 10.0, names=S2, nodata=0)}
    for name, gain, bias in (("after", 0.9, 0.01), ("before", 0.5, 0.0)):
        numbers = np.rint((gain * truth / 10000 + bias + 0.2) / 0.0000275).astype(np.uint16)
        made[name] = write_raster(tmp_path / f"{name}.tif", numbers, 10.0, names=L8, nodata=0)
    return made


def run(log, **parameters):
    import processing

    return processing.run(ALGORITHM, {key: str(value) for key, value in parameters.items()}, feedback=log)


def test_report_is_written_and_numbers_are_returned(rasters, tmp_path, log, plugin):
    outputs = {f"OUTPUT_{kind.upper()}": tmp_path / f"report.{kind}" for kind in ("html", "json", "csv")}
    found = run(log, INPUT=rasters["after"], REFERENCE=rasters["s2"], BEFORE=rasters["before"], **outputs)
    assert found["PIXELS"] == 2000 and 0 < found["RMSE"] < 0.02 < found["RMSE_BEFORE"]
    document = json.loads(outputs["OUTPUT_JSON"].read_text())
    figures = document["figures"]
    assert figures["input"]["bands"]["B8A"]["slope"] == pytest.approx(0.9, abs=1e-3)
    assert figures["before"]["bands"]["B8A"]["slope"] == pytest.approx(0.5, abs=1e-3)
    assert found["NDVI_CORRELATION"] == pytest.approx(figures["input"]["indices"]["NDVI"]["correlation"])
    page = outputs["OUTPUT_HTML"].read_text(encoding="utf-8")
    # Four bands and two indices (NDVI, NDWI) of two rasters; three pictures, two errors and two differences.
    assert len(re.findall("<svg ", page)) == 12 and len(re.findall("<img ", page)) == 7
    assert "before: before" in page and 'class="good"' in page and "http:" not in page.replace("http://www.w3.org", "")
    assert len(outputs["OUTPUT_CSV"].read_text().splitlines()) == 1 + 2 * (4 + 2 + 1)
    assert any("B5 = B8A" in text for text in log.infos)
    assert sorted(path.name for path in tmp_path.glob("report*")) == ["report.csv", "report.html", "report.json"]


def test_mask_and_names_with_markup(rasters, tmp_path, log, plugin):
    quality = np.full((1, 40, 50), 21824, np.uint16)
    quality[0, :20] = 22280
    mask = write_raster(tmp_path / "mask.tif", quality, 10.0)
    layer = QgsRasterLayer(str(rasters["after"]), "<b>A & B</b>")
    QgsProject.instance().addMapLayer(layer)
    page = tmp_path / "r.html"
    values = {"REFERENCE": rasters["s2"], "MASK": mask, "MASK_KIND": "qa_pixel", "DILATION": "20", "OUTPUT_HTML": page}
    found = run(log, INPUT=layer.id(), **values)
    QgsProject.instance().removeMapLayer(layer.id())
    assert found["PIXELS"] == 18 * 50 and "RMSE_BEFORE" not in found
    text = page.read_text(encoding="utf-8")
    assert "<b>A" not in text and "&lt;b&gt;A &amp; B&lt;/b&gt;" in text
    assert any("Valid fraction 45.0 %" in text for text in log.infos)
    with pytest.raises(QgsProcessingException, match="Nothing tells what the numbers of mask mean"):
        run(log, INPUT=rasters["after"], REFERENCE=rasters["s2"], MASK=mask)


def test_a_mask_of_less_ground_is_warned_of(rasters, tmp_path, log, plugin):
    mask = write_raster(tmp_path / "mask.tif", np.zeros((1, 30, 50), np.uint8), 10.0)
    page = tmp_path / "r.html"
    values = {"MASK": mask, "MASK_KIND": "binary", "OUTPUT_HTML": page}
    assert run(log, INPUT=rasters["after"], REFERENCE=rasters["s2"], **values)["PIXELS"] == 30 * 50
    told = "The cloud mask mask does not cover 25.0 % of the ground that is compared: that part counts as hidden"
    assert [warning for warning in log.warnings if warning.startswith(told)]
    assert told in page.read_text(encoding="utf-8")


def test_bad_input_is_told_in_a_sentence(rasters, tmp_path, log, plugin):
    far = write_raster(tmp_path / "far.tif", np.ones((4, 40, 50), np.uint16), 10.0, (EAST + 1e5, NORTH), names=S2)
    with pytest.raises(QgsProcessingException, match="do not overlap"):
        run(log, INPUT=rasters["after"], REFERENCE=far)
    with pytest.raises(QgsProcessingException, match="'B5' is no pair of bands"):
        run(log, INPUT=rasters["after"], REFERENCE=rasters["s2"], BANDS="B5")
    with pytest.raises(QgsProcessingException, match="cannot be written"):
        run(log, INPUT=rasters["after"], REFERENCE=rasters["s2"], OUTPUT_CSV=tmp_path / "s2.tif" / "r.csv")
    points = QgsRasterLayer("type=xyz&url=file:///nowhere/{z}/{x}/{y}.png&zmin=0&zmax=1", "tiles", "wms")
    QgsProject.instance().addMapLayer(points)
    with pytest.raises(QgsProcessingException, match="tiles is no file"):
        run(log, INPUT=points.id(), REFERENCE=rasters["s2"])
    QgsProject.instance().removeMapLayer(points.id())


def test_cancelling_leaves_nothing(rasters, tmp_path, plugin):
    log = Log()
    log.cancel()
    found = run(log, INPUT=rasters["after"], REFERENCE=rasters["s2"], OUTPUT_HTML=tmp_path / "r.html")
    assert "PIXELS" not in found and not (tmp_path / "r.html").exists()


def test_declaration():
    algorithm = AssessQuality()
    algorithm.initAlgorithm()
    assert algorithm.canExecute() == (True, "")
    definitions = algorithm.parameterDefinitions()
    assert [definition.name() for definition in definitions][:3] == ["INPUT", "REFERENCE", "BEFORE"]
    assert all(len(definition.help()) > 30 for definition in definitions)
    assert algorithm.shortHelpString().startswith("<p>Tells how well")


@pytest.mark.skipif(PROGRAM is None, reason="qgis_process is not installed")
def test_qgis_process(rasters, tmp_path, qgis):  # noqa: F811 - fixture
    result = qgis.result(
        "run",
        ALGORITHM,
        "--",
        f"INPUT={rasters['after']}",
        f"REFERENCE={rasters['s2']}",
        f"OUTPUT_HTML={tmp_path / 'r.html'}",
        f"OUTPUT_JSON={tmp_path / 'r.json'}",
    )["results"]
    assert result["PIXELS"] == 2000 and result["OUTPUT_HTML"] == str(tmp_path / "r.html")
    document = json.loads((tmp_path / "r.json").read_text())
    assert document["figures"]["input"]["bands"]["B02"]["slope"] == pytest.approx(0.9, abs=1e-3)

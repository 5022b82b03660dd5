# SPDX-License-Identifier: GPL-2.0-or-later
"""Landsat in the panel: with its panchromatic band and without, and what harmonizing is expected to take."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("qgis.core")

from osgeo import gdal
from qgis.core import QgsSettings
from satsharp.export_tools.simulation.landsat import LandsatOptions, simulate_landsat
from satsharp.plugin.settings import GROUP
from satsharp.ui.panel_labels import Wrapped
from satsharp.ui.run_record import DONE

from .parts import choose, ended, recognised, shown, started, wait_for

OPTIONS = LandsatOptions(size=120, level="L1TP", clouds=False)


@pytest.fixture(scope="module")
def level1(tmp_path_factory) -> Path:
    return simulate_landsat(tmp_path_factory.mktemp("level1"), OPTIONS).folder


@pytest.fixture(scope="module")
def level2(tmp_path_factory) -> Path:
    """A Level-2 product alone in its folder."""
    return simulate_landsat(tmp_path_factory.mktemp("level2"), replace(OPTIONS, level="L2SP")).folder


def test_product_without_its_panchromatic_band_is_shown_with_what_works(panel, level1, level2, tmp_path):
    algorithm, parameters = recognised(panel, level2)
    item = panel.inputs.current
    assert item.title == level2.name and item.scene.level == "L2SP"
    assert item.groups == ((30.0, ("B2", "B3", "B4", "B5", "B6", "B7")),) and not item.picture.isNull()
    note = panel.inputs.problem.label.text().replace("\u200b", "")
    assert note.startswith("The panchromatic band is missing") and "put the Level-1 product LC08_L1TP_195025" in note
    what = panel.main.what
    assert [what.choice.itemText(number) for number in range(what.choice.count())] == [
        "Harmonize by interpolation, 10 m",
        "Harmonize to Sentinel-2, 10 m",
        "Harmonize by pan-sharpening, 10 m",
    ]
    assert what.choice.toolTip().startswith("Harmonize by interpolation, 10 m\n")
    assert (algorithm, parameters["METHOD"]) == ("satsharp:harmonize_landsat", "cubic")
    wait_for(lambda: panel.main.parts.cost.text().startswith("About"))
    assert " pixels of 10 m, 6 bands, " in panel.main.parts.size.text()
    assert float(QgsSettings().value(f"{GROUP}/speeds/cpu/cubic")) > 0
    run = started(panel, tmp_path / "out.tif")
    assert ended(run) == DONE, run.feedback.log
    assert gdal.Open(str(tmp_path / "out.tif")).RasterCount == 6
    choose(panel, "Harmonize to Sentinel-2, 10 m")
    assert panel.current_request() is None and what.missing() == "Choose: Level-1 product with the panchromatic band"
    labels = [label.text() for label in what.extras.findChildren(Wrapped) if shown(label)]
    assert labels == [
        "Level-1 product with the panchromatic band",
        "Sentinel-2 product or layer to match (optional)",
    ]
    what._wrappers["PAN"].setParameterValue(str(level1), what._context)
    assert wait_for(panel.current_request)[1]["PAN"] == str(level1)
    # What was known of the method before stands until the network has been tried.
    assert float(wait_for(lambda: QgsSettings().value(f"{GROUP}/speeds/cpu/landsat-10m"))) > 0


def test_forecast_of_a_harmonization_has_the_size_of_its_result(panel, level1, tmp_path, monkeypatch):
    from satsharp.core import forecast
    from satsharp.ui import speeds

    monkeypatch.setattr(forecast, "measure_speed", lambda *_: pytest.fail("measured again"))
    speeds.remember("cpu", "landsat-10m", 0.01)
    recognised(panel, level1)
    choose(panel, "Harmonize to Sentinel-2, 10 m")
    parts = panel.main.parts
    wait_for(lambda: parts.cost.text().startswith("About"))
    size = parts.size.text()
    # Pixels of the result / speed, and 10 s for shift, angles and clouds.
    width, height = (int(part) for part in size.split(" pixels")[0].split(" × "))
    expected = 10 + width * height / 1e6 / 0.01
    assert parts.cost.text().startswith(f"About {round(expected)}\u00a0s, ")
    run = started(panel, tmp_path / "out.tif")
    assert ended(run) == DONE, run.feedback.log
    made = gdal.Open(str(tmp_path / "out.tif"))
    assert (made.RasterXSize, made.RasterYSize) == (width, height)


def test_product_is_harmonized_by_pan_sharpening(panel, level1, tmp_path):
    recognised(panel, level1)
    what = panel.main.what
    titles = [what.choice.itemText(number) for number in range(what.choice.count())]
    assert [title for title in titles if title.startswith("Harmonize")] == [
        "Harmonize to Sentinel-2, 10 m",
        "Harmonize by pan-sharpening, 10 m",
    ]
    choose(panel, "Harmonize by pan-sharpening, 10 m")
    parts = panel.main.parts
    wait_for(lambda: parts.cost.text().startswith("About"))
    width, height = (int(part) for part in parts.size.text().split(" pixels")[0].split(" × "))
    assert float(QgsSettings().value(f"{GROUP}/speeds/cpu/pansharpen")) > 0
    run = started(panel, tmp_path / "out.tif")
    assert ended(run) == DONE, run.feedback.log
    made = gdal.Open(str(tmp_path / "out.tif"))
    assert (made.RasterXSize, made.RasterYSize, made.RasterCount) == (width, height, 6)
    assert "pansharpen" in made.GetMetadataItem("SATSHARP_MODELS").lower()


def test_forecast_says_what_does_not_fit(panel, level1, product):
    recognised(panel, level1)
    choose(panel, "Harmonize to Sentinel-2, 10 m")
    what = panel.main.what
    what._wrappers["REFERENCE"].setParameterValue(str(product.safe), what._context)
    wait_for(lambda: "show different places" in panel.main.parts.cost.text())
    assert shown(panel.main.parts.forecast) and panel.main.parts.size.text() == ""

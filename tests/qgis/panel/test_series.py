# SPDX-License-Identifier: GPL-2.0-or-later
"""Several dates in the panel: which belong together, what is offered for them, and the run from drop to layers."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("qgis.core")
pytest.importorskip("onnx")

from osgeo import gdal
from qgis.core import QgsProject, QgsSettings
from qgis.PyQt.QtCore import QMimeData, QUrl
from satsharp.core.cards import MODEL_FOLDER, load_cards
from satsharp.core.sensors import load_sensors
from satsharp.plugin.settings import GROUP
from satsharp.tests.unit import blend_factory as factory
from satsharp.ui.inputs import recognise
from satsharp.ui.inputs_sources import given_path
from satsharp.ui.panel_offers import Offers
from satsharp.ui.panel_series import dates_of, published_for
from satsharp.ui.run_record import DONE

from .parts import choose, ended, started, wait_for
from .test_panel import drop

SENSORS = load_sensors()[0]
EIGHT_BIT = {
    "scale": 1.0,
    "offset": 0.0,
    "clip": [0.0, 1.0],
    "digital_number": {name: {"scale": 1 / 255, "offset": 0.0} for name in factory.COLOURS},
}
VALUES = (30, 60, 90)


def pictures(folder: Path, side: int = 60, **place) -> list[str]:
    made = []
    for number, value in enumerate(VALUES, start=1):
        pixels = np.full((3, side, side), value, np.uint8)
        made.append(str(factory.write_picture(folder / f"TCI_2019060{number}.tif", pixels, **place)))
    return made


def add_all(panel, paths):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(path) for path in paths])
    drop(panel, mime)
    wait_for(lambda: len(panel.inputs.items) == len(paths))
    wait_for(lambda: panel.main.what.choice.count())


def titles(panel):
    choice = panel.main.what.choice
    return [choice.itemText(number) for number in range(choice.count())]


@pytest.fixture
def three_dates(tmp_path, own_settings) -> Path:
    """A folder with a model of three dates: their mean."""
    folder = tmp_path / "models"
    folder.mkdir()
    factory.write_network(folder, "mean", "wide", dates=3, value_range=EIGHT_BIT)
    QgsSettings().setValue(f"{GROUP}/model_folder", str(folder))
    return folder


def test_dates_are_combined_and_loaded(panel, three_dates, tmp_path):
    paths = pictures(tmp_path)
    add_all(panel, paths)
    wait_for(lambda: "Combine the 3 dates: A test" in titles(panel))
    choose(panel, "Combine the 3 dates: A test")
    algorithm, parameters = wait_for(panel.current_request)
    assert algorithm == "satsharp:superresolve_timeseries"
    assert (parameters["INPUTS"], parameters["MODEL"], "INPUT" in parameters) == (paths, "mean", False)
    wait_for(lambda: panel.main.parts.cost.text().startswith("About"))
    assert panel.main.parts.size.text() == "120 × 120 pixels of 5 m, 3 bands, 1\u00a0MB"
    assert float(QgsSettings().value(f"{GROUP}/speeds/cpu/mean")) > 0
    run = started(panel, tmp_path / "out.tif")
    assert ended(run) == DONE, run.feedback.log
    [node] = QgsProject.instance().layerTreeRoot().children()[0].children()
    assert node.layer().source() == str(tmp_path / "out.tif")
    assert np.unique(gdal.Open(str(tmp_path / "out.tif")).ReadAsArray()[:, 8:-8, 8:-8]).tolist() == [60]
    assert run.details["models"] == ["mean"] and run.details["megapixels"] == 0.0144


def test_without_a_model_of_several_dates_the_panel_says_which_and_how(panel, tmp_path):
    add_all(panel, pictures(tmp_path))
    wait_for(lambda: "Combine the 3 dates" in titles(panel))
    choose(panel, "Combine the 3 dates")
    assert panel.current_request() is None and not panel.main.parts.run.isEnabled()
    told = panel.main.what.warning.label.text()
    assert told.startswith("No model that takes several dates is installed.")
    assert "Satlas ESRGAN, 2 images, true colour" in told and "list of models" in told
    assert panel.main.parts.run.toolTip() == panel.main.what.missing() == panel.main.what.offer.blocked


def test_model_that_does_not_fit_is_told_with_its_reason(tmp_path, three_dates):
    grey = tmp_path / "grey"
    grey.mkdir()
    paths = [str(factory.write_picture(grey / f"G_2019060{n}.tif", np.full((1, 20, 20), 9, np.uint8))) for n in (1, 2)]
    items = [recognise(given_path(path), SENSORS, lambda: False)[0] for path in paths]
    cards = load_cards(three_dates)[0]
    found = Offers(lambda _: True, cards, SENSORS).for_input(items[0], tuple(items))
    [blocked] = [offer for offer in found if offer.blocked]
    assert blocked.blocked.startswith("No installed model of several dates fits: ") and "Satlas" in blocked.blocked


def test_dated_rasters_become_a_series_of_layers_with_their_time(panel, tmp_path):
    add_all(panel, pictures(tmp_path))
    wait_for(lambda: "Time series of 3 dates" in titles(panel))
    assert titles(panel)[0] == "Time series of 3 dates"
    assert not panel.main.where.choice.isEnabled()
    assert panel.main.where.hint.text() == "This is done for all of the input."
    algorithm, parameters = panel.current_request()
    assert algorithm == "satsharp:stack_timeseries" and "EXTENT" not in parameters
    run = started(panel, tmp_path / "series")
    assert ended(run) == DONE, run.feedback.log
    assert len(run.layers) == 3 and (tmp_path / "series" / "series.vrt").is_file()
    nodes = QgsProject.instance().layerTreeRoot().findLayers()
    assert [node.isVisible() for node in nodes] == [True] * 3
    begins = {node.layer().temporalProperties().fixedTemporalRange().begin().date().day() for node in nodes}
    assert begins == {1, 2, 3}


def test_index_at_a_point_is_asked_for_and_written(panel, tmp_path):
    for number, value in enumerate((40, 120), start=1):
        pixels = np.stack([np.full((20, 20), number, np.uint16) for number in (400, 10 * value)])
        path = factory.write_picture(tmp_path / f"S2A_2019060{number}.tif", pixels)
        dataset = gdal.Open(str(path), gdal.GA_Update)
        for band, name in enumerate(("red", "nir"), start=1):
            dataset.GetRasterBand(band).SetDescription(name)
        dataset = None
    add_all(panel, sorted(str(path) for path in tmp_path.glob("*.tif")))
    wait_for(lambda: "Index at a point, 2 dates" in titles(panel))
    choose(panel, "Index at a point, 2 dates")
    assert panel.main.what.missing() == "Choose: Point"
    wrapper = panel.main.what._wrappers["POINT"]
    wrapper.setParameterValue("500100,5299900 [EPSG:32633]", panel.main.what._context)
    wait_for(panel.current_request)
    run = started(panel, tmp_path / "index.csv")
    assert ended(run) == DONE, run.feedback.log
    lines = (tmp_path / "index.csv").read_text().splitlines()
    assert (tmp_path / "index.svg").is_file() and run.results["COUNT"] == 2
    assert run.results["MINIMUM"] == pytest.approx(0.0) and run.results["MAXIMUM"] == pytest.approx(0.5)
    assert sum(line.startswith("2019-06-0") for line in lines) == 2


def test_products_of_one_place_belong_together(product, tmp_path):
    other = tmp_path / product.safe.name.replace("20230615T105621", "20230715T105621")
    other.symlink_to(product.safe)
    far = factory.write_picture(tmp_path / "far_20190601.tif", np.full((3, 20, 20), 5, np.uint8))
    items = [recognise(given_path(str(path)), SENSORS, lambda: False)[0] for path in (product.safe, other, far)]
    assert dates_of(items[0], tuple(items)) == tuple(items[:2]) and dates_of(items[2], tuple(items)) == (items[2],)
    cards = load_cards(MODEL_FOLDER)[0]
    found = Offers(lambda _: True, cards, SENSORS).for_input(items[0], tuple(items[:2]))
    assert [offer.title for offer in found if offer.several] == ["Combine the 2 dates"]


def test_rasters_elsewhere_or_without_dates_are_no_series(tmp_path):
    pixels = np.full((3, 20, 20), 5, np.uint8)
    near = factory.write_picture(tmp_path / "near_20190601.tif", pixels)
    elsewhere = factory.write_picture(tmp_path / "far_20190602.tif", pixels, origin=(700000.0, 5300000.0))
    undated = factory.write_picture(tmp_path / "map.tif", pixels)
    items = tuple(recognise(given_path(str(path)), SENSORS, lambda: False)[0] for path in (near, elsewhere, undated))
    assert dates_of(items[0], items) == (items[0], items[2])
    found = Offers(lambda _: True, (), SENSORS).for_input(items[0], dates_of(items[0], items))
    assert not any(offer.several for offer in found)


def test_models_are_suggested_by_their_number_of_dates():
    assert published_for(8)[0] == "Satlas ESRGAN, 8 images, true colour"
    assert [json.dumps(name).count("images") for name in published_for(16)] == [1, 1]


def test_several_dates_are_previewed_with_the_digits_of_the_run(panel, three_dates, tmp_path, qgis_iface):
    from qgis.core import QgsCoordinateReferenceSystem, QgsRectangle

    add_all(panel, pictures(tmp_path))
    wait_for(lambda: "Combine the 3 dates: A test" in titles(panel))
    choose(panel, "Combine the 3 dates: A test")
    wait_for(panel.current_request)
    canvas = qgis_iface.mapCanvas()
    canvas.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:32633"))
    canvas.setExtent(QgsRectangle(500200, 5299600, 500400, 5299800))
    view = panel.main.parts.preview
    wait_for(view.button.isEnabled)
    view.button.setChecked(True)
    wait_for(lambda: view.overlay.preview is not None, 30)
    made = gdal.Open(view.overlay.preview.result.source()).ReadAsArray()
    assert made.shape[0] == 3 and 60 in np.unique(made)
    view.button.setChecked(False)

# SPDX-License-Identifier: GPL-2.0-or-later
"""Extras: menu entry, locator, drops and models of Processing lead to the panel and are removed cleanly."""

from __future__ import annotations

import shutil
from types import SimpleNamespace
from unittest.mock import MagicMock

import numpy as np
import pytest

pytest.importorskip("qgis.core")

from osgeo import gdal  # noqa: E402
from qgis.core import (  # noqa: E402
    QgsApplication,
    QgsFeedback,
    QgsLocatorContext,
    QgsMapLayerType,
    QgsProcessingModelAlgorithm,
    QgsProject,
    QgsRasterLayer,
    QgsVectorLayer,
)
from qgis.PyQt.QtWidgets import QMainWindow  # noqa: E402
from satsharp.ui.extras import drop, install, layer_menu, locator, processing_models  # noqa: E402


class Interface:
    """What the extras use of QgisInterface, with a record of what is there."""

    def __init__(self) -> None:
        self.window = QMainWindow()
        self.actions: list[tuple] = []
        self.filters: list[object] = []
        self.handlers: list[object] = []
        self.selected: list[object] = []
        self.active: object = None
        self.entries: list[tuple] = []
        self.messages: list[tuple] = []

    def mainWindow(self):
        return self.window

    def layerTreeView(self):
        return SimpleNamespace(selectedLayers=lambda: self.selected)

    def activeLayer(self):
        return self.active

    def addCustomActionForLayerType(self, action, menu, kind, every):
        self.actions.append((action, menu, kind, every))

    def removeCustomActionForLayerType(self, action):
        before = len(self.actions)
        self.actions = [entry for entry in self.actions if entry[0] is not action]
        return len(self.actions) < before

    def addPluginToRasterMenu(self, menu, action):
        self.entries.append((menu, action))

    def removePluginRasterMenu(self, menu, action):
        self.entries.remove((menu, action))

    def messageBar(self):
        return SimpleNamespace(pushMessage=lambda *message: self.messages.append(message))

    def registerLocatorFilter(self, one):
        self.filters.append(one)

    def deregisterLocatorFilter(self, one):
        self.filters.remove(one)

    def registerCustomDropHandler(self, one):
        self.handlers.append(one)

    def unregisterCustomDropHandler(self, one):
        self.handlers.remove(one)


@pytest.fixture
def panel():
    return MagicMock(spec=["add_input", "add_layer"])


@pytest.fixture
def raster(tmp_path, plugin) -> QgsRasterLayer:
    path = str(tmp_path / "x.tif")
    dataset = gdal.GetDriverByName("GTiff").Create(path, 4, 4)
    dataset.WriteArray(np.zeros((4, 4), np.uint8))
    dataset = None
    layer = QgsRasterLayer(path, "Gers in June", "gdal")
    QgsProject.instance().addMapLayer(layer)
    yield layer
    QgsProject.instance().removeMapLayer(layer.id())


def test_everything_is_added_and_removed(plugin, panel):
    iface = Interface()
    removers = install(iface, panel)
    assert [len(kind) for kind in (iface.actions, iface.filters, iface.handlers, iface.entries)] == [1, 1, 1, 2]
    for remove in reversed(removers):
        remove()
    assert (iface.actions, iface.filters, iface.handlers, iface.entries) == ([], [], [], [])


def test_menu_hands_over_the_selected_raster_layers(raster, panel):
    iface = Interface()
    layer_menu.add(iface, panel)
    [(action, _, kind, every)] = iface.actions
    assert kind == QgsMapLayerType.RasterLayer and every and action.text() == "Super-resolve…"
    iface.selected = [raster, QgsVectorLayer("Point", "points", "memory")]
    action.trigger()
    assert [call.args for call in panel.add_layer.call_args_list] == [(raster,)]
    iface.selected, iface.active = [], raster
    action.trigger()
    assert panel.add_layer.call_count == 2


@pytest.mark.parametrize(
    ("typed", "prefix", "found"),
    [("gers", True, 1), ("", True, 1), ("Gers in", False, 1), ("xyzq", True, 0), ("ge", False, 0)],
)
def test_locator_finds_raster_layers(raster, panel, typed, prefix, found):
    made = locator.LayerLocator(panel)
    context = QgsLocatorContext()
    context.usingPrefix = prefix
    results = []
    made.resultFetched.connect(results.append)
    made.fetchResults(typed, context, QgsFeedback())
    assert [result.displayString for result in results] == ["Super-resolve Gers in June"] * found
    for result in results:
        made.triggerResult(result)
    assert panel.add_layer.call_count == found
    assert made.clone().name() == made.name() and len(made.prefix()) >= 3


@pytest.mark.parametrize(
    "name",
    [
        "S2A_MSIL2A_20230615T105621_N0509_R094_T31UFS_20230615T145621.SAFE",
        "S2A_MSIL2A_20230615T105621_N0509_R094_T31UFS_20230615T145621.SAFE/",
        "S2B_MSIL1C_20200101T000000_N0208_R001_T01CCV_20200101T000000.zip",
        "MTD_MSIL2A.xml",
        "LC08_L1TP_199026_20200101_20200113_02_T1.tar",
        "LC09_L2SP_199026_20220101_20220113_02_T1_MTL.txt",
        "MOD09GA.A2020001.h18v04.061.2020003024512.hdf",
        "VNP09GA.A2020001.h18v04.001.2020002083023.h5",
    ],
)
def test_products_that_are_dropped_are_inputs(panel, name):
    assert drop.DropHandler(panel).handleFileDrop(f"/data/{name}") is True
    panel.add_input.assert_called_once_with(f"/data/{name}")


@pytest.mark.parametrize("name", ["scene.tif", "roads.zip", "T31UFS_20230615T105621_B04_10m.jp2", "x.hdf", "notes.xml"])
def test_other_files_are_left_to_qgis(panel, name):
    assert drop.DropHandler(panel).handleFileDrop(f"/data/{name}") is False
    panel.add_input.assert_not_called()


def test_models_that_are_dropped_are_installed_by_their_dialog(panel, monkeypatch):
    import processing

    opened = MagicMock()
    monkeypatch.setattr(processing, "createAlgorithmDialog", opened)
    assert drop.DropHandler(panel).handleFileDrop("/data/net.ONNX") is True
    opened.assert_called_once_with("satsharp:install_model", {"SOURCE": "/data/net.ONNX"})
    opened.return_value.show.assert_called_once_with()


def test_models_are_copied_once_and_changed_ones_stay(tmp_path):
    assert processing_models.copy_models(tmp_path / "models") == 2
    (tmp_path / "models" / "sentinel2_ndmi_10m.model3").write_text("mine")
    (tmp_path / "models" / "sentinel2_ndre_10m.model3").unlink()
    assert processing_models.copy_models(tmp_path / "models") == 1
    assert (tmp_path / "models" / "sentinel2_ndmi_10m.model3").read_text() == "mine"


def test_entry_adds_the_models_to_the_toolbox(plugin, qgis_processing, tmp_path, monkeypatch):
    from processing.modeler.ModelerUtils import ModelerUtils

    monkeypatch.setattr(ModelerUtils, "modelsFolders", lambda: [str(tmp_path)])
    iface = Interface()
    remove = processing_models.add(iface)
    iface.entries[0][1].trigger()
    iface.entries[0][1].trigger()
    assert [message[1] for message in iface.messages] == [
        "2 models were added to the Processing toolbox, under Models.",
        "The models are in the Processing toolbox already, under Models.",
    ]
    remove()


@pytest.mark.parametrize(
    ("name", "output", "bands"),
    [("sentinel2_ndmi_10m", "NDMI", ("B8A", "B11")), ("sentinel2_ndre_10m", "NDRE", ("B8A", "B05"))],
)
def test_model_computes_its_index(plugin, qgis_processing, product, tmp_path, context, log, name, output, bands):
    import processing

    if shutil.which("gdal_calc.py") is None and shutil.which("gdal_calc") is None:
        pytest.skip("gdal_calc is not installed")
    model = QgsProcessingModelAlgorithm()
    assert model.fromFile(str(processing_models.MODELS / f"{name}.model3"))
    assert model.validate() == (True, [])
    window = gdal.Open(str(product.truth)).GetGeoTransform()
    west, north = window[0] + 1200, window[3] - 1200
    extent = f"{west},{west + 600},{north - 600},{north}"
    given = {"INPUT": str(product.safe), "EXTENT": extent, f"index:{output}": str(tmp_path / "index.tif")}
    sharp = {"INPUT": str(product.safe), "EXTENT": extent, "BANDS": ["20 m"], "VALUES": "reflectance"}
    results = processing.run(model, given, context=context, feedback=log)
    made = gdal.Open(results[f"index:{output}"]).ReadAsArray()
    sharp = processing.run(
        "satsharp:superresolve_sentinel2",
        {**sharp, "COPY_FINE_BANDS": False, "OUTPUT": str(tmp_path / "sharp.tif")},
        context=context,
        feedback=log,
    )
    dataset = gdal.Open(sharp["OUTPUT"])
    names = [dataset.GetRasterBand(number + 1).GetDescription() for number in range(dataset.RasterCount)]
    first, second = (dataset.GetRasterBand(names.index(band) + 1).ReadAsArray() for band in bands)
    assert made.shape == (60, 60) and np.abs(made).max() > 0.05
    assert np.allclose(made, (first - second) / (first + second), atol=1e-5)


def test_registry_is_not_touched_by_the_extras(plugin, panel):
    before = len(QgsApplication.processingRegistry().algorithms())
    for remove in install(Interface(), panel):
        remove()
    assert len(QgsApplication.processingRegistry().algorithms()) == before

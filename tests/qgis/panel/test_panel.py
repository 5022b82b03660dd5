# SPDX-License-Identifier: GPL-2.0-or-later
"""The panel: what it recognises, offers, says and asks for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("qgis.core")

from qgis.core import QgsProject, QgsRasterLayer, QgsSettings, QgsVectorLayer
from qgis.PyQt.QtCore import QMimeData, QPoint, Qt, QUrl
from qgis.PyQt.QtGui import QDropEvent
from satsharp.plugin.settings import GROUP

from .parts import choose, draw, recognised, shown, wait_for

ROOT = Path(__file__).resolve().parents[3]
START = (
    "import sys, time; sys.path.insert(0, {parent!r}); from unittest.mock import MagicMock\n"
    "from qgis.core import QgsApplication; app = QgsApplication([], True); app.initQgis()\n"
    "from qgis.PyQt.QtWidgets import QMainWindow; import qgis.gui; before = {{*sys.modules}}\n"
    "from satsharp import classFactory; iface = MagicMock(); iface.mainWindow.return_value = QMainWindow()\n"
    "iface.pluginHelpMenu.return_value = None\n"
    "plugin = classFactory(iface); plugin.initGui()\n"
    "print(sorted(name for name in {{*sys.modules}} - before if name.startswith(('satsharp.ui.panel', "
    "'satsharp.ui.inputs', 'satsharp.ui.run_', 'onnxruntime')) or name in ('numpy', 'osgeo')))\n"
    "plugin.unload()\n"
)


def drop(panel, mime):
    event = QDropEvent(
        QPoint(5, 5), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    panel.dropEvent(event)


def test_empty_panel_says_what_to_do(panel):
    assert panel.current_request() is None and not panel.main.parts.run.isEnabled()
    assert panel.main.what.card.text() == "Add an input first."
    assert panel.main.what.choice.count() == 0 and not shown(panel.inputs.tools)


def test_dropped_product_is_recognised(panel, product):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(product.safe))])
    drop(panel, mime)
    wait_for(panel.current_request)
    item = panel.inputs.current
    assert item.title == product.safe.stem and item.sensor.id == "sentinel2" and item.scene.level == "L2A"
    row = panel.inputs.list.item(0).text().split("\n")
    assert row[:2] == [product.safe.stem, "Sentinel-2 MSI L2A"] and "2023" in row[2]
    assert panel.inputs.bands.text().split("\n") == [
        "10 m: B02, B03, B04, B08",
        "20 m: B05, B06, B07, B8A, B11, B12",
        "60 m: B01, B09",
    ]
    assert item.bounds == (600000.0, 5694000.0, 606000.0, 5700000.0)
    # The picture shows the landscape: its pixels differ.
    picture = item.picture
    assert max(picture.width(), picture.height()) == 160
    assert len({picture.pixel(x, x) for x in range(20, 140, 10)}) > 6


def test_zip_and_band_file_are_the_same_product(panel, product):
    [band] = product.safe.rglob("*_B04_10m.jp2")
    panel.add_input(str(product.zip))
    panel.add_input(str(band))
    wait_for(lambda: len(panel.inputs.items) == 2)
    assert {item.sensor.id for item in panel.inputs.items} == {"sentinel2"}
    assert panel.inputs.items[1].source == str(product.safe)


def test_suggestion_comes_first_and_its_card_is_told(panel, product):
    algorithm, parameters = recognised(panel, product.safe)
    what = panel.main.what
    titles = [what.choice.itemText(number) for number in range(what.choice.count())]
    assert titles[:3] == [
        "Sharpen all bands to 10 m",
        "Sharpen the 20 m bands to 10 m",
        "Sharpen the 60 m bands to 10 m",
    ]
    assert [what.choice.itemIcon(number).isNull() for number in range(2)] == [False, True]
    assert (algorithm, parameters["MODEL"]) == ("satsharp:superresolve_sentinel2", "auto")
    text = what.card.text()
    for part in ("From – to: 20 m to 10 m (6 bands)", "% of bicubic’s", "Licence: CC-BY-4.0", "Trained on: 23 scenes"):
        assert part in text
    choose(panel, "Bilinear, for tests")
    assert panel.current_request()[1]["MODEL"].startswith("test-")
    assert "not measured: compare the result with care" in what.card.text() and "CC0-1.0" in what.card.text()


def test_unreadable_input_is_told_inline(panel, tmp_path):
    (tmp_path / "notes.zip").write_bytes(b"no archive")
    panel.add_input(str(tmp_path / "notes.zip"))
    wait_for(lambda: shown(panel.inputs.problem))
    assert "notes.zip" in panel.inputs.problem.label.text()
    assert panel.inputs.list.item(0).text().endswith("Cannot be read")
    assert panel.main.what.card.text() == "Nothing can be done with an input that cannot be read."
    assert panel.current_request() is None
    panel.inputs.remove_current()
    assert panel.inputs.list.count() == 0 and panel.main.what.card.text() == "Add an input first."


def test_address_is_recognised_by_its_name_and_not_fetched(panel):
    address = "https://example.com/LC08_L1TP_204052_20200101_20200113_02_T1.tar?sig=secret"
    mime = QMimeData()
    mime.setText(address)
    drop(panel, mime)
    wait_for(panel.current_request)
    assert panel.current_request()[0] == "satsharp:superresolve_landsat"
    assert panel.inputs.current.on_the_web and "secret" not in panel.inputs.list.item(0).text()


def test_part_of_a_product_that_is_loaded_stands_for_the_product(panel, product):
    source = f"SENTINEL2_L2A:{product.safe}/MTD_MSIL2A.xml:20m:EPSG_32631"
    layer = QgsRasterLayer(source, "20 m")
    if not layer.isValid():
        pytest.skip("GDAL's driver of Sentinel-2 does not read the simulated product")
    QgsProject.instance().addMapLayer(layer)
    panel.inputs.layers.setLayer(layer)
    _, parameters = wait_for(panel.current_request)
    assert parameters["INPUT"] == str(product.safe)
    assert panel.inputs.layers.currentLayer() is None and panel.inputs.current.layer == layer.id()


def test_other_raster_is_offered_what_fits(panel, product, tmp_path):
    from osgeo import gdal

    bands = [str(next(product.safe.rglob(f"*_{name}_10m.jp2"))) for name in ("B04", "B03", "B02")]
    gdal.BuildVRT(str(tmp_path / "photo.vrt"), bands, separate=True).FlushCache()
    gdal.Translate(str(tmp_path / "photo.tif"), str(tmp_path / "photo.vrt"))
    layer = QgsRasterLayer(str(tmp_path / "photo.tif"), "photo")
    QgsProject.instance().addMapLayer(layer)
    panel.add_layer(layer)
    wait_for(lambda: panel.main.what.choice.count())
    assert panel.inputs.current.sensor is None
    choose(panel, "Sharpen with a finer raster")
    assert panel.current_request() is None and panel.main.what.missing() == "Choose: Finer raster as a guide"
    assert panel.main.parts.run.toolTip() == "Choose: Finer raster as a guide" and shown(panel.main.what.extras)
    panel.main.what._wrappers["GUIDE"].setParameterValue(bands[0], panel.main.what._context)
    algorithm, parameters = wait_for(panel.current_request)
    assert algorithm == "satsharp:superresolve_raster" and parameters["INPUT"] == layer.id()
    assert parameters["GUIDE"] == bands[0]


def test_where_becomes_the_extent(panel, product):
    recognised(panel, product.safe)
    assert "EXTENT" not in panel.current_request()[1]
    panel.main.where.choice.setCurrentIndex(2)
    assert panel.current_request() is None and panel.main.where.hint.text() == "Draw a rectangle on the map."
    draw(panel)
    assert panel.current_request()[1]["EXTENT"] == "601200.0,601800.0,5697600.0,5698200.0 [EPSG:32631]"
    assert panel.main.where.hint.text() == "Rectangle of 0.6 × 0.6 km"
    polygons = QgsVectorLayer("Polygon?crs=EPSG:32631", "area", "memory")
    QgsProject.instance().addMapLayer(polygons)
    panel.main.where.choice.setCurrentIndex(3)
    assert panel.main.where.layers.currentLayer() is polygons


def test_forecast_tells_size_time_memory_and_device(panel, product):
    recognised(panel, product.safe)
    choose(panel, "Sharpen the 20 m bands to 10 m")
    draw(panel)
    parts = panel.main.parts
    wait_for(lambda: parts.cost.text().startswith("About"))
    assert parts.size.text() == "60 × 60 pixels of 10 m, 10 bands, 1\u00a0MB"
    assert "\u00a0MB of memory" in parts.cost.text() and parts.device.text().startswith("CPU, ")
    settings = QgsSettings()
    assert float(settings.value(f"{GROUP}/speeds/cpu/s2-20m")) > 0
    assert "million pixels a minute" in panel.main.what.card.text()


def test_measured_speed_is_not_measured_again(panel, product, monkeypatch):
    from satsharp.core import forecast
    from satsharp.ui import speeds

    monkeypatch.setattr(forecast, "measure_speed", lambda *_: pytest.fail("measured again"))
    for model in ("s2-20m", "s2-60m"):
        speeds.remember("cpu", model, 0.5)
    recognised(panel, product.safe)
    # 0.36 megapixels with two models at 0.5 a second, and 5 s for the scene.
    wait_for(lambda: panel.main.parts.cost.text().startswith("About 6\u00a0s, "))


def test_list_is_ordered_and_reduced(panel, product, tmp_path):
    recognised(panel, product.safe)
    panel.add_input("/nonexistent.zip")
    wait_for(lambda: panel.inputs.is_unreadable)
    assert panel.current_request() is None
    assert [panel.inputs.list.item(row).text().split("\n")[0] for row in (0, 1)] == [
        product.safe.stem,
        "/nonexistent.zip",
    ]
    panel.inputs._buttons[0].click()
    assert panel.inputs.list.item(0).text().startswith("/nonexistent.zip")
    panel.inputs._buttons[2].click()
    wait_for(panel.current_request)
    assert panel.inputs.list.count() == 1
    panel.add_input(str(product.safe))
    assert panel.inputs.list.count() == 1


def test_panel_is_narrow_and_named_for_screen_readers(panel, product):
    from qgis.gui import QgsCollapsibleGroupBox
    from qgis.PyQt.QtWidgets import QAbstractButton, QComboBox

    recognised(panel, product.safe)
    panel.setFloating(True)
    panel.resize(320, 800)
    panel.show()
    wait_for(lambda: panel.width() <= 330)
    column = panel.main.parts.area.widget()
    # The boxes are shown one by one, and with them comes the scroll bar.
    wait_for(lambda: column.width() <= panel.main.parts.area.viewport().width() <= 330, 5)
    for button in panel.main.findChildren(QAbstractButton):
        is_own = not isinstance(button.parent(), QgsCollapsibleGroupBox)
        if button.isVisible() and is_own:
            assert button.text() or button.accessibleName() or button.toolTip(), button.objectName()
    for combo in panel.main.findChildren(QComboBox):
        assert not combo.isVisible() or combo.toolTip() or combo.accessibleName()


def test_nothing_of_the_panel_is_loaded_before_it_is_opened(tmp_path):
    (tmp_path / "satsharp").symlink_to(ROOT)
    code = START.format(parent=str(tmp_path))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    # The small module of background tasks serves the options page, too.
    assert done.stdout.strip().splitlines()[-1] in ("[]", "['satsharp.ui.panel_work']")

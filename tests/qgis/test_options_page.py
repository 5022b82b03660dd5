# SPDX-License-Identifier: GPL-2.0-or-later
"""The options page shows the settings, stores them, and lets ONNX Runtime be set up."""

from __future__ import annotations

import pytest

pytest.importorskip("qgis.core")

from qgis.core import QgsApplication, QgsSettings  # noqa: E402
from qgis.PyQt.QtWidgets import QWidget  # noqa: E402
from satsharp.plugin import settings  # noqa: E402
from satsharp.plugin.settings import GROUP, Settings, load_settings, save_settings  # noqa: E402
from satsharp.ui.options_factory import SatSharpOptionsFactory  # noqa: E402
from satsharp.ui.options_page import SatSharpOptionsPage  # noqa: E402

STORED = Settings(
    device="cuda",
    memory_mb=4096,
    tile_size=600,
    model_folder="/own",
    package_index="https://mirror.invalid",
    catalogue="https://models.invalid/catalogue.json",
    output_folder="/results",
    output_format="COG",
)


def test_settings_are_shown_and_stored(plugin):
    save_settings(STORED)
    page = SatSharpOptionsFactory().createWidget(None)
    assert page.objectName() == "SatSharpOptions"
    assert (page.device.currentText(), page.memory.value(), page.tile_size.value()) == ("cuda", 4096, 600)
    assert (page.model_folder.filePath(), page.package_index.text()) == ("/own", "https://mirror.invalid")
    assert (page.output_folder.filePath(), page.output_format.currentText()) == ("/results", "COG")
    assert page.catalogue.text() == "https://models.invalid/catalogue.json"
    page.device.setCurrentText("cpu")
    page.tile_size.setValue(0)
    page.output_format.setCurrentText("GeoTIFF")
    page.catalogue.setText("")
    page.apply()
    assert load_settings() == STORED._replace(device="cpu", tile_size=0, output_format="GeoTIFF", catalogue="")
    assert not QgsSettings().contains(f"{GROUP}/output_format")


def test_tiles_that_are_too_small_are_enlarged(plugin):
    page = SatSharpOptionsPage()
    shown = []
    for typed in (0, 1, 15, 16, 61):
        page.tile_size.setValue(typed)
        page.tile_size.editingFinished.emit()
        shown.append(page.tile_size.value())
    assert shown == [0, 16, 16, 16, 61]


def test_folders_are_kept_and_the_cache_emptied(plugin, tmp_path):
    entry = tmp_path / ("0" * 16)
    entry.mkdir()
    (entry / "x.zip").write_bytes(bytes(300_000))
    (tmp_path / "mine.txt").write_text("stays")
    changed = Settings(sensor_folder="/own/sensors", cache_folder=str(tmp_path), cache_gb=7)
    save_settings(changed)
    page = SatSharpOptionsPage()
    shown = (page.sensor_folder.filePath(), page.cache_folder.filePath(), page.cache_size.value())
    assert shown == ("/own/sensors", str(tmp_path), 7)
    page.show()
    assert page.empty_cache.text() == "Delete products from the web (0.0 GB)" and page.empty_cache.isEnabled()
    page.empty_cache.click()
    page.hide()
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"] and not page.empty_cache.isEnabled()
    page.cache_size.setValue(0)
    page.apply()
    assert load_settings() == changed._replace(cache_gb=0)
    assert settings.cache_bytes(load_settings()) == 20 * 10**9


@pytest.mark.parametrize(("stored", "expected"), [("COG", "COG"), ("GeoTIFF", "GeoTIFF"), ("PNG", "GeoTIFF")])
def test_algorithms_take_the_default_format(plugin, stored, expected):
    save_settings(Settings(output_format=stored))
    algorithm = QgsApplication.processingRegistry().createAlgorithmById("satsharp:superresolve_sentinel2")
    assert algorithm.parameterDefinition("FORMAT").defaultValue() == expected


def test_formats_are_those_of_the_algorithms(plugin):
    algorithm = QgsApplication.processingRegistry().createAlgorithmById("satsharp:superresolve_raster")
    assert tuple(algorithm.parameterDefinition("FORMAT").options()) == settings.OUTPUT_FORMATS


def test_runtime_is_set_up_in_the_page_and_not_touched_before_it_is_seen(plugin):
    page = SatSharpOptionsPage()
    assert page.setup.parentWidget() is not None
    assert page.setup._task is None and page.setup._found is None


def test_everything_has_a_name_or_tells_what_it_is_for(plugin):
    page = SatSharpOptionsPage()
    bare = [
        name
        for name, widget in vars(page).items()
        if isinstance(widget, QWidget) and name not in ("setup", "model_folder", "sensor_folder", "cache_folder")
        if not (widget.toolTip() or getattr(widget, "suffix", str)())
    ]
    assert bare == []


def test_precision_is_asked_for_only_where_there_are_variants(plugin, tmp_path):
    import json

    from satsharp.core.cards import MODEL_FOLDER

    assert SatSharpOptionsPage().precision.parentWidget() is None
    document = json.loads((MODEL_FOLDER / "s2-20m.json").read_text())
    variant = {**document, "id": "s2-20m-fp16", "variant_of": "s2-20m", "precision": {"kind": "fp16"}}
    (tmp_path / "s2-20m-fp16.json").write_text(json.dumps(variant))
    (tmp_path / "s2-20m.onnx").write_bytes((MODEL_FOLDER / "s2-20m.onnx").read_bytes())
    save_settings(Settings(model_folder=str(tmp_path)))
    page = SatSharpOptionsPage()
    assert page.precision.parentWidget() is not None and page.precision.currentText() == "float32"
    page.precision.setCurrentText("fp16")
    page.apply()
    assert load_settings().precision == "fp16"
    # A variant that is gone: the setting can be undone.
    save_settings(load_settings()._replace(model_folder=""))
    assert SatSharpOptionsPage().precision.currentText() == "fp16"

# SPDX-License-Identifier: GPL-2.0-or-later
"""Start, stop, settings, options page and translations."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import MagicMock

import pytest

pytest.importorskip("qgis.core")

from qgis.core import QgsApplication, QgsSettings
from qgis.PyQt.QtWidgets import QMainWindow, QMenu
from satsharp import classFactory
from satsharp.core import session
from satsharp.plugin import dependencies, settings
from satsharp.plugin.dependencies import RuntimeStatus
from satsharp.plugin.settings import GROUP, Settings, load_settings, model_folders, save_settings
from satsharp.processing_provider.provider import SatSharpProvider

ROOT = Path(__file__).resolve().parent.parent.parent
# Newer QGIS loads numpy itself.
START = (
    "import sys; sys.path.insert(0, {parent!r}); import qgis.core, qgis.gui; before = {{*sys.modules}}; "
    "from satsharp import classFactory; p = classFactory(None); print(sorted("
    "{{name.split('.')[0] for name in {{*sys.modules}} - before}} & {{'numpy', 'onnxruntime', 'osgeo', 'torch'}}))"
)


class Interface:
    """The parts of QgisInterface that the plugin uses, with a record of what is there."""

    def __init__(self) -> None:
        self.window = QMainWindow()
        self.help_menu = QMenu("Help", self.window)
        self.raster_menu: list[tuple[str, object]] = []
        self.plugin_menu: list[tuple[str, object]] = []
        self.tools: list[object] = []
        self.factories: list[object] = []
        self.messages: list[tuple] = []
        self.layer_actions: list[object] = []
        self.extras: list[object] = []

    def addCustomActionForLayerType(self, action, menu, kind, every):
        self.layer_actions.append(action)

    def removeCustomActionForLayerType(self, action):
        self.layer_actions.remove(action)

    def registerLocatorFilter(self, one):
        self.extras.append(one)

    def deregisterLocatorFilter(self, one):
        self.extras.remove(one)

    def registerCustomDropHandler(self, one):
        self.extras.append(one)

    def unregisterCustomDropHandler(self, one):
        self.extras.remove(one)

    def mainWindow(self):
        return self.window

    def messageBar(self):
        return SimpleNamespace(pushMessage=lambda *message: self.messages.append(message))

    def pluginHelpMenu(self):
        return self.help_menu

    def addPluginToRasterMenu(self, menu, action):
        self.raster_menu.append((menu, action))

    def removePluginRasterMenu(self, menu, action):
        self.raster_menu.remove((menu, action))

    def addPluginToMenu(self, menu, action):
        self.plugin_menu.append((menu, action))

    def removePluginMenu(self, menu, action):
        self.plugin_menu.remove((menu, action))

    def addToolBarIcon(self, action):
        self.tools.append(action)

    def removeToolBarIcon(self, action):
        self.tools.remove(action)

    def registerOptionsWidgetFactory(self, factory):
        self.factories.append(factory)

    def unregisterOptionsWidgetFactory(self, factory):
        self.factories.remove(factory)


@pytest.fixture
def without_provider(plugin):
    """Take the session's provider away for a test."""
    plugin.unload()
    yield
    plugin.initGui()


# Algorithms that no sensor file makes.
OTHERS = {
    "superresolve_raster",
    "superresolve_timeseries",
    "adjust_bandpass",
    "normalize_brdf",
    "harmonize_landsat",
    "index_profile",
    "stack_timeseries",
    "coregister",
    "assess_quality",
    "install_model",
    "remove_model",
    "list_models",
}


def provider():
    return QgsApplication.processingRegistry().providerById("satsharp")


def test_provider_is_registered_with_an_algorithm_for_each_sensor_file(plugin):
    sensors = {path.stem for path in (ROOT / "resources" / "sensors").glob("*.json")}
    ids = {algorithm.name() for algorithm in provider().algorithms()}
    assert ids == {f"superresolve_{sensor}" for sensor in sensors} | OTHERS
    assert "superresolve_sentinel2" in ids
    assert provider().supportedOutputRasterLayerExtensions() == ["tif", "vrt"]
    assert provider().defaultRasterFileExtension() == "tif"
    assert not provider().icon().isNull()


def test_bad_sensor_file_is_logged_and_the_others_load(tmp_path, plugin):
    shutil.copy(ROOT / "resources" / "sensors" / "sentinel2.json", tmp_path)
    (tmp_path / "a.json").write_text("{")
    messages = []
    QgsApplication.messageLog().messageReceived.connect(lambda text, tag, level: messages.append((tag, text)))
    made = SatSharpProvider(tmp_path)
    made.loadAlgorithms()
    names = {algorithm.name() for algorithm in made.algorithms()}
    assert names == {"superresolve_sentinel2"} | OTHERS
    [text] = [text for tag, text in messages if tag == "SatSharp"]
    assert "a.json cannot be read: Expecting property name enclosed in double quotes: line 1 column 2" in text


def test_taken_id_is_refused_and_unloading_is_safe(plugin):
    second = classFactory(None)
    second.initProcessing()
    assert second.provider is None
    second.unload()
    assert provider() is plugin.provider


def test_works_without_a_window(without_provider):
    started = classFactory(None)
    started.initGui()
    assert provider() is not None
    started.unload()
    assert provider() is None


def test_unload_undoes_everything_and_can_be_called_twice(without_provider):
    iface = Interface()
    started = classFactory(iface)
    started.initGui()
    [(_, panel), (_, models), (_, example), (menu, action)] = iface.raster_menu
    assert example.objectName() == "satsharpExample"
    assert (models.objectName(), len(iface.layer_actions), len(iface.extras)) == ("satsharpAddModels", 1, 2)
    assert panel.objectName() == "satsharpPanel" and iface.tools == [panel] == [entry for _, entry in iface.plugin_menu]
    assert menu == "SatSharp" and action.objectName() == "satsharpSuperresolveSentinel2"
    assert action.text() == "Super-resolve Sentinel-2 product…" and not action.icon().isNull()
    assert [entry.objectName() for entry in iface.help_menu.actions()] == ["satsharpHelp"]
    assert len(iface.factories) == 1 and provider() is not None
    started.unload()
    assert (iface.raster_menu, iface.help_menu.actions(), iface.factories, provider()) == ([], [], [], None)
    assert (iface.plugin_menu, iface.tools, iface.layer_actions, iface.extras) == ([], [], [], [])
    started.unload()


def test_menu_action_opens_the_dialog(without_provider, monkeypatch):
    import processing

    opened = MagicMock()
    monkeypatch.setattr(processing, "createAlgorithmDialog", opened)
    iface = Interface()
    started = classFactory(iface)
    started.initGui()
    iface.raster_menu[-1][1].trigger()
    started.unload()
    assert opened.call_args.args == ("satsharp:superresolve_sentinel2",)
    assert opened.return_value.show.call_count == 1 and iface.messages == []


def test_menu_action_tells_what_is_missing(without_provider, monkeypatch):
    monkeypatch.setattr(dependencies, "find_runtime", lambda _: RuntimeStatus(problem="It is missing. Install it."))
    iface = Interface()
    started = classFactory(iface)
    started.initGui()
    iface.raster_menu[-1][1].trigger()
    started.unload()
    assert [message[1] for message in iface.messages] == ["It is missing. Install it."]


def test_starting_loads_no_heavy_module(tmp_path):
    (tmp_path / "satsharp").symlink_to(ROOT)
    code = START.format(parent=str(tmp_path))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_registering_the_provider_loads_neither_onnxruntime_nor_gdal(tmp_path):
    (tmp_path / "satsharp").symlink_to(ROOT)
    code = START.format(parent=str(tmp_path)).replace(
        "print(", "from qgis.core import QgsApplication; p.initProcessing(); assert p.provider; print("
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_settings_survive_and_defaults_are_not_stored():
    changed = Settings("cpu", 2048, 512, "/models", "https://mirror.invalid/simple")
    save_settings(changed)
    assert load_settings() == changed
    save_settings(changed._replace(device="auto", memory_mb=0))
    assert not QgsSettings().contains(f"{GROUP}/device") and not QgsSettings().contains(f"{GROUP}/memory_mb")
    assert load_settings() == changed._replace(device="auto", memory_mb=0)


@pytest.mark.parametrize("text", ["many", "", "-5", "1.5", "1", "15"])
def test_nonsense_in_the_settings_is_the_default(text):
    QgsSettings().setValue(f"{GROUP}/tile_size", text)
    assert load_settings().tile_size == 0


def test_model_folders_are_the_bundled_and_the_own_one():
    assert [folder.parts[-2:] for folder in model_folders(Settings())] == [
        (ROOT.name, "models"),
        ("satsharp", "models"),
    ]
    assert str(model_folders(Settings(model_folder="/own"))[1]) == "/own"


def test_devices_are_those_of_the_engine():
    assert set(settings.DEVICES) == {"auto", *session.PROVIDERS}


def test_folders_of_sensor_files_are_the_bundled_and_the_own_one():
    assert [folder.parts[-2:] for folder in settings.sensor_folders(Settings())] == [
        ("resources", "sensors"),
        ("satsharp", "sensors"),
    ]
    assert str(settings.sensor_folders(Settings(sensor_folder="/own"))[1]) == "/own"

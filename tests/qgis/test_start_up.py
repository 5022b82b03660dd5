# SPDX-License-Identifier: GPL-2.0-or-later
"""What QGIS loads when it starts: the declarations of the algorithms, and nothing that only a run needs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("qgis.core")

ROOT = Path(__file__).resolve().parent.parent.parent
# As QGIS starts the plugin; a real QgisInterface needs a real QGIS.
START = """
import json, os, sys
opened = []
sys.addaudithook(lambda event, given: opened.append(str(given[0])) if event == "open" else None)
sys.path.insert(0, os.environ["SATSHARP_PARENT"])
from qgis.core import QgsApplication
from qgis.PyQt.QtWidgets import QMainWindow, QMenu
from unittest.mock import MagicMock
import qgis.gui
application = QgsApplication([], True)
# Newer QGIS loads numpy itself.
theirs = {name.partition(".")[0] for name in sys.modules}
from satsharp import classFactory
window = QMainWindow()
interface = MagicMock()
interface.mainWindow.return_value, interface.pluginHelpMenu.return_value = window, QMenu("Help", window)
plugin = classFactory(interface)
plugin.initGui()
own = [module for name, module in sys.modules.items() if name.partition(".")[0] == "satsharp"]
values = [value for module in own for value in vars(module).values()]
records = {value.__name__ for value in values if isinstance(value, type) and hasattr(value, "__dataclass_fields__")}
names = [algorithm.name() for algorithm in plugin.provider.algorithms()]
modules = sorted(name for name in sys.modules if name.partition(".")[0] not in theirs)
print(json.dumps([names, modules, opened, sorted(records)]))
sys.stdout.flush()
os._exit(0)
"""
# Of the engine only what reads declarations.
ENGINE = {
    "card_titles",
    "declarations",
    "errors",
    "harmonization",
    "harmonization.sensor_names",
    "sensor_records",
    "sensors",
}
# What only a run, the panel or an installation needs.
LATER = ("downloads", "dependencies", "wheels", "product_cache", "remote_files", "package_index", "thread_pool")
REQUESTS = ("coregister_request", "product_request", "raster_request", "series_request", "raster_export")


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    """Names of algorithms, modules, opened files and dataclasses after the plugin has started in its own process."""
    folder = tmp_path_factory.mktemp("plugins")
    (folder / "satsharp").symlink_to(ROOT)
    # Settings of whoever runs the tests, such as a folder of models, must not be found either.
    settings = {"QGIS_CUSTOM_CONFIG_PATH": str(folder / "profile"), "XDG_CONFIG_HOME": str(folder / "config")}
    environment = {**os.environ, "SATSHARP_PARENT": str(folder), **settings}
    done = subprocess.run([sys.executable, "-c", START], env=environment, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.strip().splitlines()[-1])


def test_all_algorithms_are_there(started):
    names, *_ = started
    assert len(names) >= 16 and {"superresolve_sentinel2", "harmonize_landsat", "coregister"} <= {*names}


def test_no_library_of_a_run_is_loaded(started):
    _, modules, *_ = started
    roots = {name.split(".")[0] for name in modules}
    assert roots & {"numpy", "onnxruntime", "osgeo", "torch", "zipfile"} == set() and "satsharp" in roots


def test_of_the_engine_only_what_reads_declarations_is_loaded(started):
    _, modules, *_ = started
    loaded = {name[len("satsharp.core.") :] for name in modules if name.startswith("satsharp.core.")}
    assert loaded - ENGINE == set() and "card_titles" in loaded


def test_neither_the_panel_nor_what_fetches_or_runs_is_loaded(started):
    _, modules, *_ = started
    assert [name for name in modules if name.startswith("satsharp.ui.panel")] == []
    assert [name for name in LATER if f"satsharp.plugin.{name}" in modules] == []
    assert [
        name for name in (*REQUESTS, "run_report", "styling") if f"satsharp.processing_provider.{name}" in modules
    ] == []


def test_titles_and_sensor_files_are_read_once_and_no_card(started):
    _, _, opened, _ = started
    read = sorted(Path(name).name for name in opened if Path(name).suffix in (".json", ".jsonl", ".onnx"))
    assert read == ["landsat.json", "modis.json", "sentinel2.json", "titles.jsonl", "viirs.json"]


def test_one_dataclass_is_made(started):
    *_, records = started
    # Each takes as long as two modules; named tuples and records that only a run needs do not.
    assert records == ["Sensor"]


def test_modules_at_the_start_are_few(started):
    _, modules, *_ = started
    # Each takes about a third of a millisecond.
    assert 40 < len([name for name in modules if name.partition(".")[0] == "satsharp"]) <= 60

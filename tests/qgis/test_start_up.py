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
sys.path.insert(0, os.environ["SATSHARP_PARENT"])
from qgis.core import QgsApplication
from qgis.PyQt.QtWidgets import QMainWindow, QMenu
from unittest.mock import MagicMock
application = QgsApplication([], True)
from satsharp import classFactory
window = QMainWindow()
interface = MagicMock()
interface.mainWindow.return_value, interface.pluginHelpMenu.return_value = window, QMenu("Help", window)
plugin = classFactory(interface)
plugin.initGui()
print(json.dumps([[algorithm.name() for algorithm in plugin.provider.algorithms()], sorted(sys.modules)]))
sys.stdout.flush()
os._exit(0)
"""
# Of the engine only what reads declarations.
ENGINE = {
    "card_fields",
    "card_records",
    "cards",
    "declarations",
    "errors",
    "harmonization",
    "harmonization.sensor_names",
    "json_lines",
    "model_archive",
    "sensor_records",
    "sensors",
}
# What only a run, the panel or an installation needs.
LATER = ("downloads", "dependencies", "wheels", "product_cache", "remote_files", "package_index")


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    """Names of the algorithms and of all modules after the plugin has been started in a process of its own."""
    folder = tmp_path_factory.mktemp("plugins")
    (folder / "satsharp").symlink_to(ROOT)
    environment = {**os.environ, "SATSHARP_PARENT": str(folder), "QGIS_CUSTOM_CONFIG_PATH": str(folder / "profile")}
    done = subprocess.run([sys.executable, "-c", START], env=environment, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.strip().splitlines()[-1])


def test_all_algorithms_are_there(started):
    names, _ = started
    assert len(names) >= 16 and {"superresolve_sentinel2", "harmonize_landsat", "coregister"} <= {*names}


def test_no_library_of_a_run_is_loaded(started):
    _, modules = started
    roots = {name.split(".")[0] for name in modules}
    assert roots & {"numpy", "onnxruntime", "osgeo", "torch"} == set() and "satsharp" in roots


def test_of_the_engine_only_what_reads_declarations_is_loaded(started):
    _, modules = started
    loaded = {name[len("satsharp.core.") :] for name in modules if name.startswith("satsharp.core.")}
    assert loaded - ENGINE == set() and "cards" in loaded


def test_neither_the_panel_nor_what_fetches_or_runs_is_loaded(started):
    _, modules = started
    assert [name for name in modules if name.startswith("satsharp.ui.panel")] == []
    assert [name for name in LATER if f"satsharp.plugin.{name}" in modules] == []
    assert [
        name for name in ("raster_export", "run_report", "styling") if f"satsharp.processing_provider.{name}" in modules
    ] == []

# SPDX-License-Identifier: GPL-2.0-or-later
"""Fixtures: the server, an empty model folder of the user, and a model to install."""

from __future__ import annotations

import http.server
import threading
from pathlib import Path

import pytest

pytest.importorskip("qgis.core")

from qgis.core import QgsApplication, QgsSettings
from satsharp.plugin.settings import GROUP
from satsharp.processing_provider import install_model as algorithm_module

from ..conftest import MIDDLE, write_model
from .parts import Handler  # noqa: E402


@pytest.fixture
def server(tmp_path):
    (tmp_path / "www").mkdir()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as made:
        made.folder, made.asked, made.cut, made.tags, made.lie = tmp_path / "www", [], 0, True, 0
        made.slow = False
        made.address = f"http://127.0.0.1:{made.server_address[1]}"
        threading.Thread(target=made.serve_forever, args=(0.02,), daemon=True).start()
        yield made
        made.shutdown()


@pytest.fixture
def own(tmp_path, own_settings, monkeypatch) -> Path:
    """The user's own model folder, empty, and a place of its own for downloads."""
    folder = tmp_path / "own"
    QgsSettings().setValue(f"{GROUP}/model_folder", str(folder))
    monkeypatch.setattr(algorithm_module, "download_folder", lambda: tmp_path / "downloads")
    # Otherwise the algorithms still offer what an earlier test has installed.
    QgsApplication.processingRegistry().providerById("satsharp").refreshAlgorithms()
    return folder


@pytest.fixture
def source(tmp_path) -> Path:
    """A folder with the model ``mine``, which enlarges the 20 m bands bilinearly."""
    folder = tmp_path / "source"
    folder.mkdir()
    write_model(folder, "mine", MIDDLE, 2)
    return folder

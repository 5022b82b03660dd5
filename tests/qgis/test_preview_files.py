# SPDX-License-Identifier: GPL-2.0-or-later
"""What previews leave open is closed a while later, whatever becomes of the plugin meanwhile."""

from __future__ import annotations

import sys
import time

import numpy as np
import pytest

pytest.importorskip("qgis.core")

from qgis.core import QgsApplication  # noqa: E402
from satsharp.core import kept_files  # noqa: E402
from satsharp.core.grid import Window  # noqa: E402
from satsharp.ui import preview_files  # noqa: E402


@pytest.fixture(autouse=True)
def soon(monkeypatch, plugin):
    monkeypatch.setattr(preview_files, "KEPT_MILLISECONDS", 20)
    monkeypatch.setattr(preview_files, "_kept", [])
    yield
    preview_files.let_go()


def wait_for(condition) -> None:
    end = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < end
        QgsApplication.processEvents()


def test_files_are_closed_after_qgis_has_unloaded_the_modules(raster_band, monkeypatch):
    band = raster_band(np.ones((6, 5), np.uint16))
    with kept_files.files_kept_open(), kept_files.lent_reader(1) as reader:
        reader.read(band, Window(0, 0, 6, 5))
    assert reader.paths == (band.path,)
    monkeypatch.delitem(sys.modules, kept_files.__name__)
    preview_files.let_go_later(kept_files.close_kept_files)
    wait_for(lambda: reader.paths == ())
    assert kept_files.__name__ not in sys.modules


def test_each_preview_puts_it_off(monkeypatch):
    closed = []
    preview_files.let_go()
    monkeypatch.setattr(preview_files, "KEPT_MILLISECONDS", 60_000)
    preview_files.let_go_later(lambda: closed.append(1))
    monkeypatch.setattr(preview_files, "KEPT_MILLISECONDS", 20)
    preview_files.let_go_later(lambda: closed.append(2))
    wait_for(lambda: closed)
    assert closed == [1]
    preview_files.let_go()
    assert closed == [1, 1] and not preview_files._kept[0][0].isActive()

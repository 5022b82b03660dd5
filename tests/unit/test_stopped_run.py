# SPDX-License-Identifier: GPL-2.0-or-later
"""A run that is stopped keeps what is finished, and the next one goes on from there to the same digits."""

from __future__ import annotations

import pytest
from satsharp.core.errors import StoppedError
from satsharp.core.grid import Grid, Window
from satsharp.core.ledger import Ledger
from satsharp.core.output_place import partial_paths
from satsharp.core.raster_profile import BandProfile, RasterProfile
from satsharp.core.raster_writer import RasterWriter

np = pytest.importorskip("numpy")
gdal = pytest.importorskip("osgeo.gdal")

ROWS, COLS, BLOCK = 1100, 300, 512


def profile():
    grid = Grid("", (0.0, 10.0, 0.0, 0.0, 0.0, -10.0), COLS, ROWS)
    bands = (BandProfile("B05", 1e-4, 0.0, None, None),)
    return RasterProfile(grid=grid, dtype="uint16", nodata=0, bands=bands, tags=(), cog=False, threads=1)


def pixels():
    return np.random.default_rng(0).integers(1, 9000, (1, ROWS, COLS), np.uint16)


def feed(writer, data, first, last):
    for row in range(first, last, 100):
        window = Window(row, 0, min(100, last - row), COLS)
        writer.write(window, data[:, window.row : window.row_end])
        writer.rows_written(window.row_end)


def test_suspended_file_is_gone_on_with(tmp_path):
    path, data = tmp_path / "out.tif", pixels()
    writer = RasterWriter(path, profile(), (("input", "a"),), True)
    feed(writer, data, 0, 700)
    writer.suspend()
    partial, ledger = partial_paths(path)
    assert partial.is_file() and Ledger.load(ledger).rows_done == 512 and not path.exists()
    again = RasterWriter(path, profile(), (("input", "a"),), True)
    assert again.rows_done == 512
    feed(again, data, 500, ROWS)
    again.finish(lambda: None)
    written = gdal.Open(str(path)).ReadAsArray()
    np.testing.assert_array_equal(written, data[0])
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.tif"]


def test_suspending_before_any_row_leaves_nothing_to_go_on_with(tmp_path):
    path = tmp_path / "out.tif"
    writer = RasterWriter(path, profile(), (("input", "a"),), True)
    writer.suspend()
    assert list(tmp_path.iterdir()) == []
    again = RasterWriter(path, profile(), (("input", "b"),), True)
    assert again.rows_done == 0
    again.abandon()
    assert list(tmp_path.iterdir()) == []


def test_stopped_error_suspends_and_others_abandon(tmp_path, monkeypatch):
    from types import SimpleNamespace

    from satsharp.core import writers

    calls = []
    monkeypatch.setattr(writers, "_check_places", lambda job: None)
    monkeypatch.setattr(writers.Writers, "suspend", lambda self: calls.append("suspend"))
    monkeypatch.setattr(writers.Writers, "abandon", lambda self: calls.append("abandon"))
    for error in (StoppedError, KeyboardInterrupt):
        with pytest.raises(error), writers.open_writers(SimpleNamespace(files=()), ""):
            raise error
    assert calls == ["suspend", "abandon"]

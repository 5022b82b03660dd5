# SPDX-License-Identifier: GPL-2.0-or-later
"""Fixtures: GDAL with and without exceptions, checkpoints at once, and a place to write to."""

from __future__ import annotations

from pathlib import Path

import pytest

gdal = pytest.importorskip("osgeo.gdal")
from satsharp.core import raster_writer  # noqa: E402


@pytest.fixture(autouse=True, params=[False], ids=[""])
def either_way(request):
    """Tests run as GDAL starts, without exceptions; some are run with them, too."""
    before = gdal.GetUseExceptions()
    (gdal.UseExceptions if request.param else gdal.DontUseExceptions)()
    yield
    (gdal.UseExceptions if before else gdal.DontUseExceptions)()


@pytest.fixture(autouse=True)
def checkpoint_after_every_row(monkeypatch):
    monkeypatch.setattr(raster_writer, "CHECKPOINT_SECONDS", 0)


@pytest.fixture
def path(tmp_path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path / "out" / "all bands.tif"

# SPDX-License-Identifier: GPL-2.0-or-later
"""Rasters that the scripts write: pictures with a palette, and the result that the panel is timed with."""

from __future__ import annotations

import numpy as np
import pytest

gdal = pytest.importorskip("osgeo.gdal")

from satsharp.scripts.palette_picture import COLOURS, EXACT, write_palette  # noqa: E402
from satsharp.scripts.panel_result import BANDS, write_result  # noqa: E402


def test_colours_of_widgets_stay_and_the_picture_is_small(tmp_path):
    """A window in four colours around a photograph of thousands."""
    random = np.random.default_rng(0)
    pixels = np.empty((3, 300, 400), np.uint8)
    pixels[:, :, :100], pixels[:, :, 100:200] = np.array([239, 240, 241]).reshape(3, 1, 1), 255
    pixels[:, :150, 200:], pixels[:, 150:, 200:] = 0, random.normal(120, 30, (3, 150, 200)).clip(1, 254)
    source, path = tmp_path / "source.png", tmp_path / "picture.png"
    made = gdal.GetDriverByName("MEM").Create("", 400, 300, 3)
    made.WriteArray(pixels)
    gdal.GetDriverByName("PNG").CreateCopy(str(source), made)
    path.write_bytes(b"of another run")
    write_palette(source, path)
    picture = gdal.Open(str(path))
    table = picture.GetRasterBand(1).GetColorTable()
    assert picture.RasterCount == 1 and 64 < table.GetCount() <= COLOURS + EXACT
    palette = np.array([table.GetColorEntry(number)[:3] for number in range(table.GetCount())])
    shown = palette[picture.ReadAsArray()].transpose(2, 0, 1).astype(int)
    off = np.abs(shown - pixels)
    assert off[:, :, :200].max() == 0 and off[:, :150].max() == 0
    assert 2 < off[:, 150:, 200:].mean() < 15
    assert sorted(entry.name for entry in tmp_path.iterdir() if entry.name.startswith("picture")) == ["picture.png"]
    assert path.stat().st_size < 0.5 * source.stat().st_size


def test_result_has_the_size_and_names_of_one(tmp_path):
    path = tmp_path / "result.tif"
    write_result(path, 95)
    found = gdal.Open(str(path))
    bands = [found.GetRasterBand(number) for number in range(1, 11)]
    assert (found.RasterXSize, found.RasterYSize, found.RasterCount) == (95, 95, 10)
    assert tuple(band.GetDescription() for band in bands) == BANDS and len({*BANDS}) == 10
    assert {(band.GetNoDataValue(), band.GetScale(), band.GetOffset()) for band in bands} == {(0.0, 0.0001, -0.1)}
    assert found.GetSpatialRef().GetAuthorityCode(None) == "32631" and bands[0].GetOverviewCount() == 4
    pixels = found.ReadAsArray()
    assert pixels.min() >= 1000 and pixels.max() < 3000 and (pixels == pixels[0]).all()
    assert np.ptp(pixels[0, :30, :30]) == 0 and np.ptp(pixels[0]) > 100

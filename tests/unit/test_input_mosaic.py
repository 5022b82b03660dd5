# SPDX-License-Identifier: GPL-2.0-or-later
"""The bands of a scene as they were measured, as one raster that nobody resampled."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

gdal = pytest.importorskip("osgeo.gdal")

from satsharp.core.errors import OutputError  # noqa: E402
from satsharp.core.grid import Grid  # noqa: E402
from satsharp.core.products.input_mosaic import write_input_mosaic  # noqa: E402
from satsharp.core.scene import Band, Geolocation, Scene  # noqa: E402

SIDE = 60


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """A fine and two coarser bands (factors 2 and 6) of known numbers; the folder's name needs escaping."""
    folder = tmp_path / "a & b"
    folder.mkdir()
    bands = []
    for name, factor in (("B04", 1), ("B11", 2), ("B09", 6)):
        side = SIDE // factor
        transform = (600000.0, 10.0 * factor, 0.0, 5000000.0, 0.0, -10.0 * factor)
        path = folder / f"{name}.tif"
        dataset = gdal.GetDriverByName("GTiff").Create(str(path), side, side, 1, gdal.GDT_UInt16)
        dataset.SetGeoTransform(transform)
        dataset.WriteArray(np.random.default_rng(factor).integers(1, 10_000, (side, side)).astype(np.uint16))
        del dataset
        bands.append(Band(name, str(path), 1, Grid("", transform, side, side), "UInt16", 0, None, 0.0001, -0.1))
    return Scene("x", "sentinel2", "L2A", "x", "", tuple(bands))


def read(path: Path) -> np.ndarray:
    dataset = gdal.Open(str(path))
    return dataset.ReadAsArray()


def stored(band: Band) -> np.ndarray:
    return read(Path(band.path))


def test_every_coarse_pixel_is_the_square_that_it_is(scene: Scene, tmp_path: Path) -> None:
    path = tmp_path / "x.vrt"
    assert write_input_mosaic(scene, ("B11", "B04", "B09"), path)
    made = read(path)
    for number, (name, factor) in enumerate((("B11", 2), ("B04", 1), ("B09", 6))):
        assert np.array_equal(made[number], stored(scene.band(name)).repeat(factor, 0).repeat(factor, 1))
    dataset = gdal.Open(str(path))
    assert dataset.GetGeoTransform() == scene.finest.transform
    band = dataset.GetRasterBand(1)
    assert (band.GetDescription(), band.GetNoDataValue(), band.GetScale(), band.GetOffset()) == ("B11", 0, 0.0001, -0.1)


def test_reflectance_is_what_the_numbers_mean(scene: Scene, tmp_path: Path) -> None:
    path = tmp_path / "x.vrt"
    assert write_input_mosaic(scene, ("B04",), path, reflectance=True)
    expected = stored(scene.band("B04")) * 0.0001 - 0.1
    assert np.abs(read(path) - expected).max() < 1e-6


def test_bands_that_a_model_makes_up_keep_the_numbers_of_the_others(scene: Scene, tmp_path: Path) -> None:
    path = tmp_path / "x.vrt"
    assert write_input_mosaic(scene, ("new", "B04"), path)
    made = read(path)
    assert np.array_equal(made[1], stored(scene.band("B04"))) and np.array_equal(made[0], made[1])


def test_moved_band_is_shown_where_it_lies(scene: Scene, tmp_path: Path) -> None:
    """A band whose file lies half a coarse pixel up and left of its grid, as Landsat's panchromatic one does."""
    path = tmp_path / "x.vrt"
    moved = replace(scene.band("B11"), shift=(0.5, 0.5))
    bands = (scene.band("B04"), moved)
    assert write_input_mosaic(replace(scene, bands=bands), ("B11",), path)
    made = read(path)
    assert np.array_equal(made[1:, 1:], stored(moved).repeat(2, 0).repeat(2, 1)[:-1, :-1])


def test_there_is_nothing_to_show_of_swaths_and_foreign_bands(scene: Scene, tmp_path: Path) -> None:
    path = tmp_path / "x.vrt"
    assert not write_input_mosaic(scene, ("red", "green"), path)
    swath = replace(scene, geolocation=Geolocation("a", "b", 0, 1, 0, 1, 16))
    assert not write_input_mosaic(swath, ("B04",), path)
    assert not path.exists()


def test_place_that_cannot_be_written_is_told(scene: Scene, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="x.vrt cannot be written"):
        write_input_mosaic(scene, ("B04",), tmp_path / "missing" / "x.vrt")

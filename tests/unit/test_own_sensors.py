# SPDX-License-Identifier: GPL-2.0-or-later
"""Sensors that a user declares: rasters of the family "stack", read by what the sensor file says."""

from __future__ import annotations

import json
import pickle
import tarfile
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from osgeo import gdal
from satsharp.core.consistency import TYPICAL_MTF, scene_sigma, sensor_sigma
from satsharp.core.errors import GridError, ProductError
from satsharp.core.point_spread import sigma_of_mtf
from satsharp.core.products import open_scene
from satsharp.core.radiometry import band_mask
from satsharp.core.raster import BandReader
from satsharp.core.sensors import Sensor, load_sensor
from satsharp.tests.unit.products_factory import ORIGIN, write_raster

BAND = {"wavelength_nm": 500, "bandwidth_nm": 50, "mtf_nyquist": 0.2}
SENSOR = {
    "id": "mine",
    "name": "Mine",
    "family": "stack",
    "algorithm": "superresolve_mine",
    "levels": ["L1TP", "L2"],
    "quantification": 400,
    "offset": -0.1,
    "nodata": 0,
    "saturated": 255,
    "valid_range": [1, 250],
    "file_pattern": "_(?P<band>P|C[0-9])\\.TIF$",
    "bands": [{"name": "C1", "gsd": 30, **BAND}, {"name": "PAN", "aliases": ["P"], "gsd": 15, **BAND}],
}


def sensor(folder: Path, **fields: object) -> Sensor:
    (folder / "mine.json").write_text(json.dumps({**SENSOR, **fields}), encoding="utf-8")
    return load_sensor(folder / "mine.json")


def write(folder: Path, **options: object) -> Path:
    """Write a folder as delivered: two bands, one that the sensor does not know, and metadata."""
    dtype = options.pop("dtype", gdal.GDT_Byte)
    write_raster(folder / "X_L1TP_19990815_P.TIF", {"": 30}, 15, (120, 120), dtype=dtype, **options)  # type: ignore[arg-type]
    write_raster(folder / "X_L1TP_19990815_C1.TIF", {"": 200}, 30, (60, 60), dtype=dtype)  # type: ignore[arg-type]
    write_raster(folder / "X_L1TP_19990815_C9.TIF", {"": 7}, 60, (30, 30))
    write_raster(folder / "C1_preview.TIF", {"": 7}, 30, (60, 60))
    (folder / "LC08_L1TP_X_MTL.txt").write_text("another family's metadata")
    return folder


def test_folder_is_read_as_the_sensor_file_says(tmp_path):
    scene = open_scene(str(write(tmp_path / "X")), sensor(tmp_path))
    assert [(band.name, Path(band.path).name, band.gsd) for band in scene.bands] == [
        ("C1", "X_L1TP_19990815_C1.TIF", 30),
        ("PAN", "X_L1TP_19990815_P.TIF", 15),
    ]
    assert {(band.scale, band.offset, band.nodata, band.saturated, band.valid_range) for band in scene.bands} == {
        (1 / 400, -0.1, 0, 255, (1, 250))
    }
    assert (scene.sensor, scene.level, scene.acquired) == ("mine", "L1TP", "1999-08-15")
    assert dict(scene.tags)["radiometry"] == "digital number / 400 -0.1"
    with BandReader() as reader:
        pixels = reader.read(scene.band("C1"), scene.band("C1").grid.window)
    assert pixels[0, 50] == 250 and band_mask(pixels, scene.band("C1"))[0].tolist() == [True] * 51 + [False] * 9


@pytest.mark.parametrize("form", ["list", "zip", "tar", "deeper", "one raster a GSD"])
def test_other_forms_give_the_same_bands(tmp_path, form):
    folder, own = write(tmp_path / "X"), sensor(tmp_path)
    expected = open_scene(str(folder), own)
    paths = [folder / f"X_L1TP_19990815_{name}.TIF" for name in ("C1", "P")]
    source: object = folder
    if form == "list":
        source = ";".join(map(str, paths))
    elif form == "zip":
        source = tmp_path / "x.zip"
        with zipfile.ZipFile(source, "w") as archive:
            for path in paths:
                archive.write(path, f"X/{path.name}")
    elif form == "tar":
        source = tmp_path / "x.tar"
        with tarfile.open(source, "w") as archive:
            for path in paths:
                archive.add(path, path.name)
    elif form == "deeper":
        source = tmp_path / "above"
        source.mkdir()
        folder.rename(source / "X")
    else:
        write_raster(tmp_path / "fine.tif", {"PAN": 30}, 15, (120, 120), dtype=gdal.GDT_Byte)
        write_raster(tmp_path / "coarse.tif", {"other": 1, "c1": 200}, 30, (60, 60), dtype=gdal.GDT_Byte)
        source = f"{tmp_path / 'fine.tif'};{tmp_path / 'coarse.tif'}"
    scene = open_scene(str(source), own)
    assert [(b.name, b.grid, b.scale) for b in scene.bands] == [(b.name, b.grid, b.scale) for b in expected.bands]


def test_what_the_file_says_goes_before_the_sensor_file(tmp_path):
    folder = write(tmp_path / "X")
    dataset = gdal.Open(str(folder / "X_L1TP_19990815_C1.TIF"), gdal.GA_Update)
    dataset.GetRasterBand(1).SetScale(0.002)
    dataset.GetRasterBand(1).SetOffset(-0.05)
    del dataset
    scene = open_scene(str(folder), sensor(tmp_path))
    declared, own = scene.band("C1"), scene.band("PAN")
    # The range is one of the sensor file's digital numbers.
    assert (declared.scale, declared.offset, declared.valid_range) == (0.002, -0.05, None)
    assert (own.scale, own.offset, own.valid_range) == (1 / 400, -0.1, (1, 250))


def test_pictures_are_refused_unless_the_sensor_has_8_bits(tmp_path):
    folder = write(tmp_path / "X")
    with pytest.raises(ProductError, match="8-bit values, a picture"):
        open_scene(str(folder), sensor(tmp_path, saturated=65535, valid_range=None))
    for fields in ({"valid_range": None}, {"saturated": None}):
        assert open_scene(str(folder), sensor(tmp_path, **fields)).band("C1").dtype == "Byte"


def test_grids_half_a_pixel_apart_are_moved_when_read(tmp_path):
    """The panchromatic pixels start half a pixel inside those of the other band, as Landsat's do."""
    folder = write(tmp_path / "X", origin=(ORIGIN[0] + 7.5, ORIGIN[1] - 7.5))
    scene = open_scene(str(folder), sensor(tmp_path))
    fine, coarse = scene.band("PAN"), scene.band("C1")
    assert fine.shift == (0, 0) and coarse.shift == (-0.25, -0.25)
    assert coarse.grid.transform[0::3] == fine.grid.transform[0::3] == (ORIGIN[0] + 7.5, ORIGIN[1] - 7.5)
    assert dict(scene.tags)["shift"] == "C1 by -0.25 rows and -0.25 columns"
    with BandReader() as reader:
        pixels = reader.read(coarse, coarse.grid.window)
    # The band grows by 1 along a pixel: a quarter of a pixel further in it is 0.25 more, which rounds to the same.
    assert np.abs(pixels[10, 5:40].astype(int) - (200 + np.arange(5, 40))).max() <= 1


def test_sentinel2_keeps_refusing_shifted_grids(tmp_path):
    folder = write(tmp_path / "X", origin=(ORIGIN[0] + 7.5, ORIGIN[1] - 7.5))
    next(folder.glob("*_MTL.txt")).unlink()
    with pytest.raises(GridError, match=r"the shift -0\.5 rows and -0\.5 columns"):
        open_scene(str(folder), replace(sensor(tmp_path), family="sentinel2"))


def test_folder_without_rasters_is_told(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(ProductError, match="empty holds no rasters. Choose the folder with the band files of Mine"):
        open_scene(str(tmp_path / "empty"), sensor(tmp_path))
    write_raster(tmp_path / "other" / "x_Q1.TIF", {"": 1}, 30)
    with pytest.raises(ProductError, match=r"None of the rasters in .*other names a band of Mine \(C1, PAN\)"):
        open_scene(str(tmp_path / "other"), sensor(tmp_path))


def test_scene_knows_the_point_spreads_wherever_the_file_lies(tmp_path):
    own = sensor(tmp_path)
    scene = pickle.loads(pickle.dumps(open_scene(str(write(tmp_path / "X")), own)))
    Path(own.file).unlink()
    assert scene.mtf_nyquist == (("C1", 0.2), ("PAN", 0.2))
    assert scene_sigma(scene, "C1", 2) == pytest.approx(sigma_of_mtf(0.2, 2)) != sensor_sigma("mine", "C1", 2)
    assert scene_sigma(scene, "made up", 2) == pytest.approx(sigma_of_mtf(TYPICAL_MTF, 2))

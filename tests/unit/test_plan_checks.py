# SPDX-License-Identifier: GPL-2.0-or-later
"""Outputs never replace files of the input; a resumed run notices that its input is another, though it is cut."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("onnx")
gdal = pytest.importorskip("osgeo.gdal")
pytest.importorskip("satsharp.export_tools.simulation.landsat", reason="export_tools is not there")

from satsharp.core.cards import Card, load_card  # noqa: E402
from satsharp.core.errors import OutputError  # noqa: E402
from satsharp.core.job import Options  # noqa: E402
from satsharp.core.planning import plan_job  # noqa: E402
from satsharp.core.products import open_scene  # noqa: E402
from satsharp.core.raster_origin import local_file, source_file  # noqa: E402
from satsharp.core.scene import Scene  # noqa: E402
from satsharp.core.sensors import sensor_by_id  # noqa: E402
from satsharp.core.super_resolution import run  # noqa: E402
from satsharp.export_tools.simulation.landsat import LandsatOptions, simulate_landsat  # noqa: E402
from satsharp.export_tools.simulation.landsat.product import pack  # noqa: E402
from satsharp.tests.unit.landsat_factory import write_bilinear  # noqa: E402

SENSOR = sensor_by_id("landsat")
BARE = {"guard": "off", "consistency": False}


@pytest.fixture(scope="module")
def card(tmp_path_factory: pytest.TempPathFactory) -> Card:
    return load_card(write_bilinear(tmp_path_factory.mktemp("model")))


@pytest.fixture()
def folder(tmp_path: Path) -> Path:
    """A product whose B2 has a row and a column less, so that all others are cut."""
    folder = simulate_landsat(tmp_path, LandsatOptions(size=48, width=40, seed=3)).folder
    path = next(folder.glob("*_B2.TIF"))
    gdal.Translate(str(path) + ".new", str(path), format="GTiff", srcWin=[1, 1, 39, 47])
    os.replace(str(path) + ".new", path)
    return folder


def opened(folder: Path) -> Scene:
    return open_scene(str(folder), SENSOR)


def planned(scene: Scene, card: Card, output: Path):
    return plan_job(scene, (card,), str(output), Options(**BARE))


def test_band_that_is_cut_is_not_overwritten(folder, card):
    scene = opened(folder)
    assert scene.band("B5").path.startswith("<VRTDataset")
    for name in ("B2", "B5", "B8"):
        own = next(folder.glob(f"*_{name}.TIF"))
        with pytest.raises(OutputError, match=rf"_{name}\.TIF is a band of the input\. Choose another output"):
            planned(scene, card, own)


def test_file_of_the_product_that_is_no_band_is_not_overwritten(folder, card):
    scene = opened(folder)
    quality = next(folder.glob("*_QA_PIXEL.TIF"))
    with pytest.raises(OutputError, match=r"_QA_PIXEL\.TIF is a file of the product LC08"):
        planned(scene, card, quality)
    metadata = next(folder.glob("*_MTL.txt"))
    with pytest.raises(OutputError, match=r"_MTL\.txt is a file of the product LC08"):
        planned(scene, card, metadata)


def test_own_result_in_the_folder_of_the_product_may_be_made_again(folder, card):
    scene = opened(folder)
    output = folder / f"{scene.name}_sharp.tif"
    before = sorted(path.name for path in folder.iterdir())
    for _ in range(2):
        run(planned(scene, card, output), lambda _: None, lambda: False, lambda _: None)
    assert sorted(path.name for path in folder.iterdir()) == sorted([*before, output.name])


def test_archive_is_not_overwritten(folder, card):
    archive = pack(folder, "tar")
    scene = open_scene(str(archive), SENSOR)
    with pytest.raises(OutputError, match=r"\.tar is a band of the input"):
        planned(scene, card, archive)


def test_resume_notices_another_file_behind_a_cut_band(folder, card, tmp_path):
    first = dict(planned(opened(folder), card, tmp_path / "x.tif").identity)
    assert dict(planned(opened(folder), card, tmp_path / "x.tif").identity) == first
    path = next(folder.glob("*_B5.TIF"))
    stamp = path.stat().st_mtime + 60
    os.utime(path, (stamp, stamp))
    second = dict(planned(opened(folder), card, tmp_path / "x.tif").identity)
    assert second["input"] != first["input"] and second["parameters"] == first["parameters"]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/a/b.tif", "/a/b.tif"),
        ('HDF5:"/a/b c.h5"://group/field', "/a/b c.h5"),
        ('HDF4_EOS:EOS_SWATH:"/a/b.hdf":group:field', "/a/b.hdf"),
        (
            '<VRTDataset><SourceFilename relativeToVRT="0">/a/b &amp; c.tif</SourceFilename></VRTDataset>',
            "/a/b & c.tif",
        ),
        ("<VRTDataset></VRTDataset>", "<VRTDataset></VRTDataset>"),
    ],
)
def test_file_behind_a_path(path, expected):
    assert source_file(path) == expected


def test_local_file_of_archives(tmp_path):
    folder = tmp_path / "product.tar"
    folder.mkdir()
    archive = folder / "b.tar"
    archive.touch()
    for path in (f"/vsitar/{archive}", f"/vsitar/{archive}/c/d.tif", f"/vsitar/{{{archive}}}/d.tif", str(archive)):
        assert local_file(path) == str(archive)
    for path in ("/vsitar//vsicurl/https://example.org/a.tar/b.tif", str(folder), "/vsicurl/https://example.org/a.tif"):
        assert local_file(path) == ""


def test_geolocation_is_not_overwritten(folder, card, tmp_path):
    from satsharp.core.plan_checks import check_outputs
    from satsharp.core.scene import Geolocation

    places = tmp_path / "places.tif"
    shutil.copy(next(folder.glob("*_B5.TIF")), places)
    scene = replace(opened(folder), geolocation=Geolocation(str(places), str(places), 0, 1, 0, 1, 8))
    with pytest.raises(OutputError, match=r"places\.tif is a band of the input"):
        check_outputs(scene, [places])


def test_tags_keep_nothing_secret(folder, card, tmp_path):
    scene = replace(opened(folder), source="/vsicurl/https://someone:hunter2@example.org/a.tif?sig=hunter2&v=1")
    assert dict(planned(scene, card, tmp_path / "x.tif").tags)["SATSHARP_INPUT"] == (
        "/vsicurl/https://example.org/a.tif?sig=...&v=1"
    )

# SPDX-License-Identifier: GPL-2.0-or-later
"""Sentinel-2 products in every layout open as the same records."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from osgeo import gdal, osr
from satsharp.core.errors import GridError, ProductError
from satsharp.core.products import files, open_scene
from satsharp.core.products.sentinel2 import band_paths
from satsharp.core.products.sentinel2_layout import find_layout
from satsharp.core.products.sentinel2_metadata import parse_granule, parse_product, product_of_granule
from satsharp.core.products.xml_tree import read_xml
from satsharp.core.scene import Scene
from satsharp.core.sensors import sensor_by_id
from satsharp.tests.unit.products_factory import BANDS, DATA, ORIGIN, Safe, gsd_of, make_safe, zip_folder

SENSOR = sensor_by_id("sentinel2")
NAMES = [name for name in BANDS if name != "B10"]
L1C = Safe(level="L1C", baseline="02.14", offsets=())

needs_data = pytest.mark.skipif(not (DATA / "s2").is_dir(), reason="SATSHARP_DATA has no real products")


@pytest.fixture(scope="module")
def l2a(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_safe(tmp_path_factory.mktemp("l2a"))


def first_pixel(scene: Scene, name: str) -> int:
    band = scene.band(name)
    dataset = gdal.Open(band.path)
    return int(dataset.GetRasterBand(band.index).ReadAsArray(0, 0, 1, 1)[0, 0])


def test_l2a_opens_native_files_of_every_band(l2a: Path) -> None:
    scene = open_scene(str(l2a), SENSOR)
    assert [band.name for band in scene.bands] == NAMES
    assert [band.gsd for band in scene.bands] == [gsd_of(name) for name in NAMES]
    assert [first_pixel(scene, name) for name in NAMES] == [1000 + 100 * BANDS.index(n) + gsd_of(n) for n in NAMES]
    assert scene.band("B02").path.endswith("R10m/T33UUB_20240715T101559_B02_10m.jp2")
    assert (scene.name, scene.level, scene.sensor) == (Safe().name, "L2A", "sentinel2")
    assert scene.acquired == "2024-07-15T10:15:59.024Z"
    assert scene.source == str(l2a)


def test_l2a_grid_and_special_values(l2a: Path) -> None:
    scene = open_scene(str(l2a), SENSOR)
    assert scene.band("B02").grid.transform == (ORIGIN[0], 10.0, 0.0, ORIGIN[1], 0.0, -10.0)
    assert [(scene.band(n).grid.width, scene.band(n).grid.height) for n in ("B02", "B05", "B09")] == [
        (60, 60),
        (30, 30),
        (10, 10),
    ]
    reference = osr.SpatialReference(scene.finest.crs)
    assert reference.GetAuthorityCode(None) == "32633"
    assert {(b.nodata, b.saturated, b.dtype, b.index) for b in scene.bands} == {(0.0, 65535.0, "UInt16", 1)}


def test_offset_of_baseline_0509_is_read(l2a: Path) -> None:
    scene = open_scene(str(l2a), SENSOR)
    assert {(band.scale, band.offset) for band in scene.bands} == {(1e-4, -0.1)}
    assert dict(scene.tags) == {
        "baseline": "05.09",
        "satellite": "Sentinel-2A",
        "granule": "S2A_OPER_MSI_L2A_TL_2APS_20240715T161101_A047343_T33UUB_N05.09",
        "quantification": "10000",
        "add_offset": "-1000",
    }


def test_wavelengths_come_from_the_metadata_and_bandwidths_from_the_sensor(l2a: Path) -> None:
    scene = open_scene(str(l2a), SENSOR)
    assert [scene.band(n).wavelength_nm for n in ("B01", "B8A", "B12")] == [400.5, 480.5, 520.5]
    assert scene.band("B12").bandwidth_nm == 175


def test_baseline_0214_has_no_offset(tmp_path: Path) -> None:
    scene = open_scene(str(make_safe(tmp_path, L1C)), SENSOR)
    assert [band.name for band in scene.bands] == NAMES
    assert {(band.scale, band.offset) for band in scene.bands} == {(1e-4, 0.0)}
    assert (scene.level, dict(scene.tags)["add_offset"]) == ("L1C", "0")


@pytest.mark.parametrize("level", ["L1C", "L2A"])
def test_each_band_gets_the_offset_of_its_own_band_id(tmp_path: Path, level: str) -> None:
    safe = Safe(level=level, offsets=tuple(-1000.0 - i for i in range(13)), quantification="5000")
    scene = open_scene(str(make_safe(tmp_path, safe)), SENSOR)
    wanted = {"B01": -1000, "B02": -1001, "B08": -1007, "B8A": -1008, "B09": -1009, "B11": -1011, "B12": -1012}
    for name, offset in wanted.items():
        assert scene.band(name).offset == offset / 5000, name
    assert {band.scale for band in scene.bands} == {1 / 5000}
    assert "B8A: -1008" in dict(scene.tags)["add_offset"]


@pytest.mark.parametrize(
    "inside",
    [
        "MTD_MSIL2A.xml",
        "manifest.safe",
        "GRANULE",
        "GRANULE/L2A_T33UUB_A047343_20240715T101559",
        "GRANULE/L2A_T33UUB_A047343_20240715T101559/MTD_TL.xml",
        "..",
        "",
    ],
)
def test_any_part_of_a_product_opens_it(l2a: Path, inside: str) -> None:
    scene = open_scene(os.path.join(str(l2a), inside), SENSOR)
    assert scene.bands == open_scene(str(l2a), SENSOR).bands


@pytest.mark.parametrize("prefix", ["", "download/"])
@pytest.mark.parametrize("name", ["product.zip", "product.SAFE.ZIP"])
def test_zip_is_read_in_place(l2a: Path, tmp_path: Path, prefix: str, name: str) -> None:
    archive = zip_folder(l2a, tmp_path / name, prefix)
    scene = open_scene(str(archive), SENSOR)
    assert scene.band("B02").path.startswith(f"/vsizip/{archive}/{prefix}{l2a.name}/GRANULE/")
    assert first_pixel(scene, "B12") == 2220
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_path_inside_a_zip_is_taken(l2a: Path, tmp_path: Path) -> None:
    archive = zip_folder(l2a, tmp_path / "product.zip")
    scene = open_scene(f"/vsizip/{archive}/{l2a.name}/MTD_MSIL2A.xml", SENSOR)
    assert first_pixel(scene, "B05") == 1420


def test_entries_with_suffix_and_without_any_are_alike(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with_suffix = open_scene(str(make_safe(tmp_path / "a", Safe(suffix=".jp2"))), SENSOR)
    root = make_safe(tmp_path / "b")
    xml = root / "MTD_MSIL2A.xml"
    xml.write_text(xml.read_text().replace("IMAGE_FILE", "UNKNOWN"))
    listed = open_scene(str(root), SENSOR)
    assert [Path(band.path).name for band in with_suffix.bands] == [Path(band.path).name for band in listed.bands]


def test_listed_image_wins_over_another_of_the_same_band(tmp_path: Path) -> None:
    root = make_safe(tmp_path)
    for image in root.rglob("*_B05_20m.jp2"):
        shutil.copy(image, image.with_name("A_stray_B05_20m.jp2"))
    assert Path(open_scene(str(root), SENSOR).band("B05").path).name == "T33UUB_20240715T101559_B05_20m.jp2"


def test_format_before_2016_opens(tmp_path: Path) -> None:
    safe = replace(L1C, layout="old", baseline="02.01")
    scene = open_scene(str(make_safe(tmp_path, safe)), SENSOR)
    assert scene.name == safe.name
    assert scene.band("B8A").path.endswith("_A002770_T33UUB_B8A.jp2")
    assert first_pixel(scene, "B8A") == 1820


def test_several_granules_are_refused_and_one_can_be_chosen(tmp_path: Path) -> None:
    safe = replace(L1C, layout="old", tiles=("T33UUB", "T32UQG"))
    root = make_safe(tmp_path, safe)
    with pytest.raises(ProductError, match=r"has 2 granules \(.*T32UQG_N02.01.*Pass one granule's MTD file"):
        open_scene(str(root), SENSOR)
    granule = root / "GRANULE" / safe.granule("T32UQG")
    for source in (granule, granule / safe.granule_xml("T32UQG")):
        assert "T32UQG_B01.jp2" in open_scene(str(source), SENSOR).band("B01").path


def test_an_empty_granule_folder_does_not_count(tmp_path: Path) -> None:
    root = make_safe(tmp_path)
    (root / "GRANULE" / "L2A_T33UUB_A047343_null").mkdir()
    assert len(open_scene(str(root), SENSOR).bands) == 12


def test_old_sen2cor_names_are_known(tmp_path: Path) -> None:
    safe = Safe(layout="old", baseline="02.04", offsets=(), quantification="1000")
    scene = open_scene(str(make_safe(tmp_path, safe)), SENSOR)
    assert (scene.level, scene.name, scene.band("B05").scale) == ("L2A", safe.name, 1e-3)
    assert scene.band("B05").path.endswith("_B05_20m.jp2")


@pytest.mark.parametrize(("baseline", "offset"), [("02.06", 0.0), ("03.01", 0.0), ("04.00", -0.1), ("05.10", -0.1)])
def test_layout_of_the_public_bucket(tmp_path: Path, baseline: str, offset: float) -> None:
    root = make_safe(tmp_path, replace(L1C, baseline=baseline))
    granule = next((root / "GRANULE").iterdir())
    bucket = tmp_path / "tile"
    bucket.mkdir()
    shutil.copy(granule / "MTD_TL.xml", bucket / "metadata.xml")
    (bucket / "tileInfo.json").write_text("{}")
    for image in granule.rglob("*.jp2"):
        shutil.copy(image, bucket / image.name.rpartition("_")[2])
    scene = open_scene(str(bucket), SENSOR)
    assert {band.offset for band in scene.bands} == {offset}
    assert (scene.acquired, dict(scene.tags)["baseline"]) == ("2024-07-15T10:20:31.123Z", baseline)


def test_images_without_georeference_take_the_granules(tmp_path: Path) -> None:
    scene = open_scene(str(make_safe(tmp_path, Safe(georeferenced=False))), SENSOR)
    assert scene.band("B05").grid.transform == (ORIGIN[0], 20.0, 0.0, ORIGIN[1], 0.0, -20.0)
    assert osr.SpatialReference(scene.band("B05").grid.crs).GetAuthorityCode(None) == "32633"


def test_images_are_trusted_where_the_granule_metadata_differ(tmp_path: Path) -> None:
    scene = open_scene(str(make_safe(tmp_path, Safe(origin=(500000.0, 5000040.0)))), SENSOR)
    assert scene.finest.transform[0] == 500000.0
    assert "granule metadata differ" in dict(scene.tags)["georeference"]


def test_gdal_exceptions_change_nothing_and_are_not_changed(l2a: Path, tmp_path: Path) -> None:
    before = gdal.GetUseExceptions()
    try:
        gdal.UseExceptions()
        assert len(open_scene(str(l2a), SENSOR).bands) == 12
        (tmp_path / "x.tif").write_bytes(b"no raster")
        with pytest.raises(ProductError, match="cannot be opened as a raster"):
            open_scene(str(tmp_path / "x.tif"), SENSOR)
        assert gdal.GetUseExceptions() == 1
    finally:
        (gdal.UseExceptions if before else gdal.DontUseExceptions)()
    open_scene(str(l2a), SENSOR)
    assert gdal.GetUseExceptions() == before


@needs_data
def test_real_l1c_zip_is_parsed_and_its_decimated_grids_refused() -> None:
    archive = DATA / "s2/minisafe_L1C_decimated/S2A_MSIL1C_20180629T000241_N0206_R030_T56JMM_20180629T012042.zip"
    layout = find_layout(files.locate(str(archive)) + "/" + archive.stem + ".SAFE")
    product = parse_product(read_xml(layout.product_xml), layout.product_xml)
    granule = parse_granule(read_xml(layout.granule_xml), layout.granule_xml)
    paths = band_paths(layout, product, granule, SENSOR)
    assert list(paths) == NAMES
    assert {name: Path(path).name for name, path in paths.items()}["B8A"] == "T56JMM_20180629T000241_B8A.jp2"
    assert (product.quantification, product.offsets, product.baseline) == (10000.0, {}, "02.06")
    assert (product.nodata, product.saturated, product.wavelengths["B02"]) == (0.0, 65535.0, 492.4)
    assert granule.geocoding[60.0] == ((399960.0, 60.0, 0.0, 6700000.0, 0.0, -60.0), 1830, 1830)
    with pytest.raises(GridError, match=r"T56JMM.*B01 \(73 x 73 pixels.*B02 \(439 x 439 pixels.*ratio is 6.014"):
        open_scene(str(archive), SENSOR)


@needs_data
def test_real_bucket_zip_is_parsed_and_its_decimated_grids_refused() -> None:
    name = "S2B_OPER_MSI_L1C_TL_EPAE_20180617T013729_A006677_T55JGF_N02.06"
    archive = DATA / f"s2/minisafe_L1C_decimated/{name}.AWSPDS.zip"
    layout = find_layout(files.locate(str(archive)) + "/" + name)
    granule = parse_granule(read_xml(layout.granule_xml), layout.granule_xml)
    product = product_of_granule(granule, SENSOR.quantification)
    assert list(band_paths(layout, product, granule, SENSOR)) == NAMES
    assert (product.name, product.satellite, product.baseline, product.offsets) == (name, "Sentinel-2B", "02.06", {})
    with pytest.raises(GridError, match=r"T55JGF.*ratio is 6.014"):
        open_scene(str(archive), SENSOR)


@needs_data
def test_real_l2a_metadata_state_their_offsets_and_missing_bands() -> None:
    with pytest.raises(ProductError, match=r"lacks the files of 11 bands: B02 \(10 m\), .* B12 \(20 m\)"):
        open_scene(str(DATA / "s2/fulltile60m_T29UNU"), SENSOR)
    path = str(next((DATA / "s2/fulltile60m_T29UNU").glob("*.SAFE/MTD_MSIL2A.xml")))
    product = parse_product(read_xml(path), path)
    assert product.offsets == dict.fromkeys(BANDS, -1000.0)
    assert (product.level, product.quantification, product.acquired) == ("L2A", 10000.0, "2022-10-05T11:54:11.024Z")

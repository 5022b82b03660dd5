# SPDX-License-Identifier: GPL-2.0-or-later
"""Every damaged, incomplete or foreign product ends in its own sentence."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from osgeo import gdal
from satsharp.core.errors import GridError, ProductError, SensorError
from satsharp.core.products import files, open_scene
from satsharp.core.products.xml_tree import parse_xml
from satsharp.core.sensors import Sensor, sensor_by_id
from satsharp.tests.unit.products_factory import Safe, jp2_bytes, make_safe, write_raster, zip_folder

SENSOR = sensor_by_id("sentinel2")
L1C = Safe(level="L1C", baseline="02.14", offsets=())


@pytest.fixture
def safe(tmp_path: Path) -> Path:
    return make_safe(tmp_path)


@pytest.fixture(autouse=True)
def no_message_of_gdal_reaches_the_terminal(capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
    yield
    assert "ERROR" not in capfd.readouterr().err


def refused(source: str | Path, match: str, sensor: Sensor = SENSOR, error: type[Exception] = ProductError) -> None:
    with pytest.raises(error, match=match) as caught:
        open_scene(str(source), sensor)
    assert type(caught.value) is error


def test_causes_that_newer_gdal_adds_are_not_told_again():
    told = "a.tif, band 1: IReadBlock failed: TIFFReadEncodedTile() failed."
    causes = "; May be caused by: TIFFReadEncodedTile() failed.; May be caused by: TIFFReadEncodedTile: Read error"
    assert files.reason_of([told + causes], "none") == told.rstrip(".")
    assert files.reason_of(["first", "last."], "none") == "last"
    assert files.reason_of([], "none") == "none"


def test_long_reasons_end_with_a_word():
    """Before, they were cut at 200 characters in the middle of a word."""
    words = " ".join(["truncated"] * 30)
    shortened = files.reason_of([words], "none")
    assert shortened == " ".join(["truncated"] * 19) + " ..." and len(shortened) <= 200
    assert files.reason_of([words[:199]], "none") == words[:199]
    assert files.reason_of(["cannot open, " * 20], "none").endswith("cannot open, cannot open ...")
    assert files.reason_of(["/folder" * 50], "none") == ("/folder" * 50)[:196] + " ..."


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


# What is not there, or may not be read


def test_nothing_given() -> None:
    refused("  ", "No input is given")


@pytest.mark.parametrize("name", ["absent.SAFE", "absent.zip", "absent/MTD_MSIL2A.xml"])
def test_missing_path(tmp_path: Path, name: str) -> None:
    refused(tmp_path / name, rf"{name} does not exist")


def test_missing_vsi_path(tmp_path: Path) -> None:
    refused(f"/vsizip/{tmp_path}/absent.zip/x.SAFE", "does not exist")


def test_file_used_as_folder(safe: Path) -> None:
    refused(safe / "manifest.safe" / "x.xml", "cannot be read|does not exist")


def test_name_with_a_null_character() -> None:
    refused("a\0b", "cannot be read")


def test_address() -> None:
    refused("https://example.com/product.zip", "is an address")


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """A folder that every user may enter, as pytest's own may not be."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    for path in folder.iterdir():
        path.chmod(stat.S_IRWXU)
    shutil.rmtree(folder)


@contextmanager
def without_privileges() -> Iterator[None]:
    """Drop root's right to read everything."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(before)


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
@pytest.mark.parametrize("name", ["folder", "product.zip", "stack.tif"])
def test_permission_denied(public_folder: Path, name: str) -> None:
    path = public_folder / name
    if name == "folder":
        path.mkdir()
    else:
        path.write_bytes(b"PK")
    path.chmod(0)
    with without_privileges():
        refused(path, rf"{name} may not be read: permission denied")


# Folders without a product, and products of others


def test_folder_without_product(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no product")
    refused(tmp_path, "holds neither a Sentinel-2 MSI product .* nor rasters")


def test_folder_with_two_products(tmp_path: Path) -> None:
    make_safe(tmp_path, Safe(tiles=("T33UUB",)))
    make_safe(tmp_path, Safe(tiles=("T32UQG",)))
    refused(tmp_path, r"holds 2 Sentinel-2 MSI products \(.*T32UQG.*T33UUB.*\)\. Pass one of them")


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("LC08_L2SP_043024_20200802_20200914_02_T1/LC08_L2SP_043024_20200802_20200914_02_T1_MTL.txt", "a Landsat"),
        ("scene/LE07_L1TP_043024_MTL.xml", "a Landsat"),
        ("data/MOD09GA.A2017193.h18v04.061.hdf", "a MODIS"),
        ("data/MYD09A1.A2017193.h18v04.061.hdf", "a MODIS"),
        ("data/VNP09GA.A2017193.h18v04.001.h5", "a VIIRS"),
        ("S1A_IW_GRDH_1SDV_20200101T000000.SAFE/manifest.safe", "a Sentinel-1"),
        ("S3A_OL_1_EFR____20200101.SEN3/xfdumanifest.xml", "a Sentinel-3"),
        ("S5P_OFFL_L2__NO2/S5P_x.nc", "a Sentinel-5P"),
    ],
)
def test_product_of_another_sensor(tmp_path: Path, name: str, title: str) -> None:
    path = tmp_path / "down" / name
    path.parent.mkdir(parents=True)
    path.write_text("x")
    write_raster(path.parent / "x_B02.tif", {"": 1}, 10)
    sentence = f"is {title} product, not of Sentinel-2 MSI. Choose the algorithm of that sensor"
    refused(path.parent, sentence)
    refused(tmp_path, sentence)
    refused(path, sentence)


def test_other_product_beside_the_right_one_does_no_harm(safe: Path) -> None:
    (safe.parent / "LC08_L1TP_1_MTL.txt").write_text("x")
    (safe.parent / "S1A_IW.SAFE").mkdir()
    assert len(open_scene(str(safe.parent), SENSOR).bands) == 12


def test_theia_product(tmp_path: Path) -> None:
    folder = tmp_path / "SENTINEL2B_20181023-105107-455_L2A_T30TYP_D_V1-9"
    folder.mkdir()
    (folder / f"{folder.name}_MTD_ALL.xml").write_text("<Muscate_Metadata_Document/>")
    refused(folder, r"Theia/MAJA product, which is not read as a product\. Pass its band files .* as a stack")


def test_family_without_reader(safe: Path) -> None:
    refused(safe, "names the family 'aster'", replace(SENSOR, family="aster"), SensorError)


# Images


@pytest.mark.parametrize("part", [0.02, 0.5, 0.98])
def test_truncated_image(tmp_path: Path, part: float) -> None:
    root = make_safe(tmp_path, L1C)
    image = next(root.rglob("*_B11.jp2"))
    data = image.read_bytes()
    image.write_bytes(data[: int(len(data) * part)])
    refused(root, r"_B11\.jp2 (is truncated or damaged|cannot be opened as a raster) \(.+\)\. .*(Download|truncated)")


def test_truncated_image_opens_but_its_last_block_fails(tmp_path: Path) -> None:
    root = make_safe(tmp_path, L1C)
    image = next(root.rglob("*_B02.jp2"))
    image.write_bytes(image.read_bytes()[:-40])
    refused(root, r"_B02\.jp2 is truncated or damaged \(.*opj.*\)\. Download the product again")


def test_empty_image(safe: Path) -> None:
    next(safe.rglob("*_B8A_20m.jp2")).write_bytes(b"")
    refused(safe, "_B8A_20m.jp2 cannot be opened as a raster")


def test_image_that_is_no_jpeg2000(safe: Path) -> None:
    image = next(safe.rglob("*_B03_10m.jp2"))
    write_raster(image.with_suffix(".tif"), {"B03": 1}, 10)
    image.write_bytes(image.with_suffix(".tif").read_bytes())
    refused(safe, "_B03_10m.jp2 cannot be opened as a raster")


@pytest.mark.parametrize(
    ("without", "sentence"),
    [
        (("B05",), r"lacks the files of 1 bands: B05 \(20 m\), in "),
        (("B01", "B12"), r"lacks the files of 2 bands: B01 \(60 m\), B12 \(20 m\)"),
    ],
)
def test_missing_band(tmp_path: Path, without: tuple[str, ...], sentence: str) -> None:
    refused(make_safe(tmp_path, Safe(without=without)), sentence)


def test_coarser_copy_does_not_stand_for_a_missing_band(safe: Path) -> None:
    next(safe.rglob("*_B02_10m.jp2")).unlink()
    assert next(safe.rglob("*_B02_20m.jp2")).exists()
    refused(safe, r"lacks the files of 1 bands: B02 \(10 m\)")


def test_groups_that_do_not_fit(safe: Path) -> None:
    next(safe.rglob("*_B05_20m.jp2")).write_bytes(jp2_bytes(20, 1, origin=(399970.0, 6000000.0)))
    refused(safe, r"S2A_MSIL2A.*band B05 .*do not cover the same extent", error=GridError)


def test_gsd_of_another_sensor(tmp_path: Path) -> None:
    root = make_safe(tmp_path, L1C)
    for image in root.rglob("*.jp2"):
        image.write_bytes(jp2_bytes(60, 1))
    refused(root, r"Band B02 has a GSD of 60 m in .*delivers 10 m", error=GridError)


def test_image_without_any_georeference(tmp_path: Path) -> None:
    root = make_safe(tmp_path, Safe(georeferenced=False))
    edit(next(root.rglob("MTD_TL.xml")), "EPSG:32633", "")
    refused(root, "has no georeference, nor has its granule metadata")


def test_image_without_georeference_and_of_another_size(tmp_path: Path) -> None:
    root = make_safe(tmp_path, Safe(georeferenced=False))
    edit(next(root.rglob("MTD_TL.xml")), "<NCOLS>10</NCOLS>", "<NCOLS>1830</NCOLS>")
    refused(root, "has 10 x 10 pixels, its granule metadata say 1830 x 10")


# Metadata


def test_product_metadata_missing(safe: Path) -> None:
    (safe / "MTD_MSIL2A.xml").unlink()
    refused(safe, r"has no product metadata \(MTD_MSIL1C.xml or MTD_MSIL2A.xml\)")
    refused(next(safe.rglob("MTD_TL.xml")), "needs the metadata of its product")


def test_granule_metadata_missing(safe: Path) -> None:
    next(safe.rglob("MTD_TL.xml")).unlink()
    refused(safe, r"has no granule metadata \(GRANULE/<id>/MTD_TL.xml\)")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("</Datatake>", "", "is no valid XML .*Line 8"),
        ("<PROCESSING_LEVEL>", "<PROCESSING_LEVEL\n", r"is no valid XML \(Line 6"),
        ("</n1:Level-2A_User_Product>", "", "is no valid XML .*not all elements have been closed.*it has 1[0-9] lines"),
        ("<?xml", "<!DOCTYPE lolz [<!ENTITY lol 'lol'>]><?xml", "declares a document type or entities"),
        ("BOA_QUANTIFICATION_VALUE", "NOTHING", "has no BOA_QUANTIFICATION_VALUE"),
        (">10000<", ">ten<", "gives 'ten' for BOA_QUANTIFICATION_VALUE"),
        (">10000<", ">nan<", "gives 'nan' for BOA_QUANTIFICATION_VALUE"),
        (">10000<", ">0<", "not above 0"),
        ('band_id="12">-1000', 'band_id="12">', "gives '' for BOA_ADD_OFFSET"),
        ('BOA_ADD_OFFSET band_id="8"', 'BOA_ADD_OFFSET band_id="10"', "give no offset for B8A"),
        ('BOA_ADD_OFFSET band_id="8"', 'BOA_ADD_OFFSET band_id="13"', "unknown band id '13'"),
        ("Level-2A</PROC", "Level-1C</PROC", "is named L2A but states Level-1C: L1C and L2A are mixed"),
        ("Level-2A_User", "Level-1B_User", "is of Level-1B, which is in sensor geometry"),
        ("Level-2A_User_Product", "Level-2A_DataStrip_ID", "is datastrip metadata. Pass the .SAFE folder"),
        ("n1:Level-2A_User_Product", "gmd:MD_Metadata", "is no Sentinel-2 product metadata .*MD_Metadata"),
    ],
)
def test_mangled_product_metadata(safe: Path, old: str, new: str, sentence: str) -> None:
    edit(safe / "MTD_MSIL2A.xml", old, new)
    refused(safe, f"MTD_MSIL2A.xml.*{sentence}" if "give no offset" not in sentence else sentence)


@pytest.mark.parametrize("content", [b"", b"plain text", b"\xff\xfe<\x00a\x00", b"<a/>\x00<b/>"])
def test_metadata_that_are_no_xml(safe: Path, content: bytes) -> None:
    (safe / "MTD_MSIL2A.xml").write_bytes(content)
    refused(safe, r"MTD_MSIL2A.xml (is no valid XML|is no text|cannot be read)")


def test_mangled_granule_metadata(safe: Path) -> None:
    edit(next(safe.rglob("MTD_TL.xml")), "<ULX>399960</ULX>", "<ULX>west</ULX>")
    refused(safe, r"MTD_TL.xml gives 'west' for ULX")


def test_datastrip_metadata_as_input(safe: Path) -> None:
    path = safe / "DATASTRIP" / "DS_1" / "MTD_DS.xml"
    path.parent.mkdir(parents=True)
    path.write_text("<n1:Level-2A_DataStrip_ID/>")
    refused(path, "MTD_DS.xml is datastrip metadata. Pass the .SAFE folder")
    assert len(open_scene(str(safe), SENSOR).bands) == 12


@pytest.mark.parametrize("depth", [2_000, 20_000])
def test_deeply_nested_xml_is_read_or_refused(depth: int) -> None:
    text = "<a>" * depth + "<v>5</v>" + "</a>" * depth
    if depth < 10_000:
        assert parse_xml(text, "deep.xml").value("v") == "5"
    else:
        with pytest.raises(ProductError, match="deep.xml is no valid XML .*10000"):
            parse_xml(text, "deep.xml")


# L1C and L2A mixed


def test_both_product_metadata_in_one_folder(safe: Path) -> None:
    shutil.copy(safe / "MTD_MSIL2A.xml", safe / "MTD_MSIL1C.xml")
    refused(safe, r"holds several product metadata files \(MTD_MSIL1C.xml, MTD_MSIL2A.xml\): L1C and L2A")


def test_granule_of_another_level(safe: Path) -> None:
    edit(next(safe.rglob("MTD_TL.xml")), "Level-2A_Tile_ID", "Level-1C_Tile_ID")
    refused(safe, "is of L2A and .*MTD_TL.xml of L1C: two products are mixed")


@pytest.mark.parametrize(("level", "other"), [("L2A", "L1C"), ("L1C", "L2A")])
def test_images_of_another_level(tmp_path: Path, level: str, other: str) -> None:
    root = make_safe(tmp_path / "a", Safe(level=level))
    donor = make_safe(tmp_path / "b", Safe(level=other))
    images = next((root / "GRANULE").iterdir()) / "IMG_DATA"
    shutil.rmtree(images)
    shutil.copytree(next((donor / "GRANULE").iterdir()) / "IMG_DATA", images)
    refused(root, f"say {level}, but the images in .* are laid out as {other}")


def test_level_that_the_sensor_file_does_not_list(safe: Path) -> None:
    refused(safe, "is a L2A product; Sentinel-2 MSI is read at L1C", replace(SENSOR, levels=("L1C",)))


# Archives


@pytest.mark.parametrize("name", ["../evil.xml", "a/../../evil.xml", "/etc/evil.xml", "C:/evil.xml", "a\\..\\evil.xml"])
def test_zip_with_unsafe_names(safe: Path, tmp_path: Path, name: str) -> None:
    archive = zip_folder(safe, tmp_path / "product.zip")
    with zipfile.ZipFile(archive, "a") as opened:
        opened.writestr(name, "x")
    refused(archive, "product.zip holds the unsafe file name .*evil")
    refused(f"/vsizip/{archive}/{safe.name}", "unsafe file name")


def test_zip_in_a_folder_that_is_called_one(safe: Path, tmp_path: Path) -> None:
    folder = tmp_path / "product.zip"
    folder.mkdir()
    archive = zip_folder(safe, folder / "inner.zip")
    with zipfile.ZipFile(archive, "a") as opened:
        opened.writestr("../evil.xml", "x")
    refused(archive, "inner.zip holds the unsafe file name .*evil")


def test_dots_inside_a_name_are_safe(safe: Path, tmp_path: Path) -> None:
    archive = zip_folder(safe, tmp_path / "product.zip")
    with zipfile.ZipFile(archive, "a") as opened:
        opened.writestr("notes..txt", "x")
    assert len(open_scene(str(archive), SENSOR).bands) == 12


def test_encrypted_zip(safe: Path, tmp_path: Path) -> None:
    archive = zip_folder(safe, tmp_path / "product.zip")
    data = bytearray(archive.read_bytes())
    position = data.index(b"PK\x01\x02")
    data[position + 8] |= 1
    archive.write_bytes(data)
    refused(archive, "product.zip is encrypted. Unpack it with its password")


def test_zip_with_a_compression_gdal_cannot_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "product.zip", "w", zipfile.ZIP_LZMA) as opened:
        opened.writestr("MTD_MSIL2A.xml", "x" * 100)
    refused(tmp_path / "product.zip", "compressed in a way GDAL cannot read")


@pytest.mark.parametrize("part", [0.0, 0.5, 0.99])
def test_truncated_zip(safe: Path, tmp_path: Path, part: float) -> None:
    archive = zip_folder(safe, tmp_path / "product.zip")
    data = archive.read_bytes()
    archive.write_bytes(data[: int(len(data) * part)])
    refused(archive, "product.zip is no readable zip archive .*Download it again")


def test_zip_damaged_inside(safe: Path, tmp_path: Path) -> None:
    archive = zip_folder(safe, tmp_path / "product.zip")
    with zipfile.ZipFile(archive) as opened:
        entry = next(entry for entry in opened.infolist() if entry.filename.endswith("_B8A_20m.jp2"))
    data = bytearray(archive.read_bytes())
    start = entry.header_offset + 30 + len(entry.filename)
    data[start : start + entry.compress_size] = bytes(entry.compress_size)
    archive.write_bytes(data)
    refused(archive, r"_B8A_20m.jp2 (cannot be opened|is truncated)")


@pytest.mark.parametrize("folder", [False, True])
def test_empty_zip(tmp_path: Path, folder: bool) -> None:
    with zipfile.ZipFile(tmp_path / "product.zip", "w") as opened:
        if folder:
            opened.writestr("S2A.SAFE/", "")
    refused(tmp_path / "product.zip", "product.zip is an empty archive")


def test_zip_without_product(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "product.zip", "w") as opened:
        opened.writestr("readme.txt", "x")
    refused(tmp_path / "product.zip", "cannot be opened as a raster")
    with zipfile.ZipFile(tmp_path / "product.zip", "a") as opened:
        opened.writestr("more.txt", "x")
    refused(tmp_path / "product.zip", "holds neither a Sentinel-2 MSI product")


def test_error_handler_is_put_back(safe: Path) -> None:
    heard: list[str] = []
    gdal.PushErrorHandler(lambda severity, code, message: heard.append(message))
    try:
        next(safe.rglob("*_B02_10m.jp2")).write_bytes(b"")
        refused(safe, "cannot be opened")
        gdal.Error(gdal.CE_Failure, 1, "mine")
    finally:
        gdal.PopErrorHandler()
    assert heard == ["mine"]

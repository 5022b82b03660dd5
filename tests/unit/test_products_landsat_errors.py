# SPDX-License-Identifier: GPL-2.0-or-later
"""Damaged and unsuitable Landsat products are refused with a sentence that names the culprit and the remedy."""

from __future__ import annotations

import gzip
import io
import re
import shutil
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

gdal = pytest.importorskip("osgeo.gdal")

from satsharp.core.errors import GridError, ProductError  # noqa: E402
from satsharp.core.products import open_scene, tar_archive  # noqa: E402
from satsharp.core.sensors import sensor_by_id  # noqa: E402
from satsharp.export_tools.simulation.landsat import (  # noqa: E402
    LandsatOptions,
    SimulatedLandsat,
    simulate_landsat,
)
from satsharp.export_tools.simulation.landsat.product import pack  # noqa: E402

SENSOR = sensor_by_id("landsat")
BASE = LandsatOptions(size=16, clouds=False, nodata_corner=False)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> SimulatedLandsat:
    return simulate_landsat(tmp_path_factory.mktemp("original"), BASE)


@pytest.fixture
def product(original: SimulatedLandsat, tmp_path: Path) -> SimulatedLandsat:
    """A copy that may be damaged, with its metadata as text only."""
    folder = shutil.copytree(original.folder, tmp_path / original.folder.name)
    for suffix in (".json", ".xml"):
        (folder / original.metadata.name).with_suffix(suffix).unlink()
    return SimulatedLandsat(folder, folder / original.metadata.name)


def refusal(source: object, error: type[Exception] = ProductError) -> str:
    """The sentence with which a source is refused."""
    with pytest.raises(error) as caught:
        open_scene(str(source), SENSOR)
    text = str(caught.value)
    assert text.endswith("."), text
    assert "Traceback" not in text
    return text


def edit(product: SimulatedLandsat, pattern: str, replacement: str) -> None:
    """Replace what a pattern matches in the metadata."""
    text, count = re.subn(pattern, replacement, product.metadata.read_text())
    assert count, pattern
    product.metadata.write_text(text)


@pytest.mark.parametrize(
    ("pattern", "replacement", "message"),
    [
        (r"LANDSAT_8", "LANDSAT_7", None),
        (r'"LANDSAT_8"(\s+SENSOR_ID =) "OLI_TIRS"', r'"LANDSAT_7"\1 "ETM"',
         "is of Landsat 7 ETM, not of Landsat 8/9 OLI. Declare that sensor in a sensor file of its own"),
        (r'"LANDSAT_8"(\s+SENSOR_ID =) "OLI_TIRS"', r'"LANDSAT_5"\1 "TM"', "no panchromatic band, so there is nothing"),
        (r'"OLI_TIRS"', '"TIRS"', "thermal bands only"),
        (r'PROCESSING_LEVEL = "L1TP"', 'PROCESSING_LEVEL = "L1T"', "is a L1T product"),
        (r"SUN_ELEVATION = [\d.]+", "SUN_ELEVATION = -20.5", "was taken at night (sun elevation -20.5 degrees)"),
        (r"SUN_ELEVATION = [\d.]+", "SUN_ELEVATION = 0", "was taken at night"),
        (r"SUN_ELEVATION = [\d.]+", "SUN_ELEVATION = high", "which is no number"),
        (r"SUN_ELEVATION = .*\n", "", "does not state SUN_ELEVATION"),
        (r"REFLECTANCE_MULT_BAND_3 = .*\n", "", "does not state REFLECTANCE_MULT_BAND_3"),
        (r"REFLECTANCE_MULT_BAND_3 = .*\n", "REFLECTANCE_MULT_BAND_3 = 0\n", "a scale of 0, which is not above 0"),
        (r"REFLECTANCE_ADD_BAND_3 = .*\n", "REFLECTANCE_ADD_BAND_3 = nan\n", "which is no number"),
        (r"WRS_PATH = 195", "WRS_PATH = ?", "gives '?' for WRS_PATH"),
        (r"DATE_ACQUIRED = .*\n", "", "does not state DATE_ACQUIRED"),
        (r"LANDSAT_METADATA_FILE", "SOME_FILE", "begins with 'SOME_FILE', not LANDSAT_METADATA_FILE or"),
        (r"(?s)REFLECTANCE_ADD_BAND_5.*", "REFLECTANCE_ADD_BA", "line N ('REFLECTANCE_ADD_BA') is not of the form"),
        (r"(?s)    WRS_ROW.*", "", "it ends at line N in the group IMAGE_ATTRIBUTES"),
        (r"\nEND\n", "\n", "without END"),
        (r"END_GROUP = IMAGE_ATTRIBUTES", "END_GROUP = OTHER", "ends the group OTHER, which is not open"),
        (r"(?s).*", "\x00\x01garbage", "is not of the form KEY = VALUE"),
    ],
)  # fmt: skip
def test_metadata_that_say_what_cannot_be(product, pattern, replacement, message):
    edit(product, pattern, replacement)
    if message is None:
        # The instrument counts, not the name of the satellite.
        assert dict(open_scene(str(product.folder), SENSOR).tags)["satellite"] == "Landsat 7"
        return
    assert message in re.sub(r"line [1-9]\d*", "line N", refusal(product.folder))


@pytest.mark.parametrize("suffix", [".txt", ".json", ".xml"])
def test_metadata_truncated_anywhere_are_refused_in_words(original, tmp_path, suffix):
    data = original.metadata.with_suffix(suffix).read_bytes().rstrip()
    path = tmp_path / f"x_MTL{suffix}"
    for length in range(0, len(data), 61):
        path.write_bytes(data[:length])
        assert str(path) in refusal(path)


@pytest.mark.parametrize(
    ("name", "contents", "message"),
    [
        ("x_MTL.json", "{", "is no valid JSON"),
        ("x_MTL.json", "[" * 100000, "is no valid JSON"),
        ("x_MTL.json", "[]", "holds no metadata"),
        ("x_MTL.json", "{}", "holds no metadata"),
        ("x_MTL.json", '{"LANDSAT_METADATA_FILE": 3}', "holds no groups"),
        ("x_MTL.json", '{"type": {}}', "begins with 'type'"),
        ("x_MTL.xml", "<LANDSAT_METADATA_FILE><A>", "is no valid XML"),
        ("x_MTL.xml", "<other/>", "begins with 'other'"),
        ("x_MTL.txt", "", "without permission|cannot be read|truncated"),
        ("x_MTL.txt", b"\xff\xfe\x00G", "is no text"),
    ],
)
def test_metadata_that_are_none(tmp_path, name, contents, message):
    path = tmp_path / name
    path.write_bytes(contents if isinstance(contents, bytes) else contents.encode())
    assert re.search(message, refusal(path))
    assert re.search(message, refusal(tmp_path))


def test_folder_and_band_file_without_metadata(product):
    product.metadata.unlink()
    for source in (product.folder, product.folder / f"{product.folder.name}_B4.TIF"):
        assert "has no metadata beside its bands (..._MTL.txt)" in refusal(source)


def test_missing_panchromatic_band(product):
    (product.folder / f"{product.folder.name}_B8.TIF").unlink()
    assert f"{product.folder.name} lacks the file of B8, the panchromatic band" in refusal(product.folder)


def test_nothing_but_the_panchromatic_band(product):
    for path in product.folder.glob("*_B?.TIF"):
        if "_B8" not in path.name:
            path.unlink()
    assert "lacks the files of all bands but B8" in refusal(product.folder)


@pytest.mark.parametrize("part", [0.0, 0.3, 0.6, 0.95])
def test_truncated_band(product, part):
    path = product.folder / f"{product.folder.name}_B8.TIF"
    # As in a real product: blocks behind one another, the directory first.
    copy = path.parent.parent / "copy.tif"
    gdal.Translate(str(copy), str(path), creationOptions=["TILED=YES", "BLOCKXSIZE=16", "BLOCKYSIZE=16"])
    path.write_bytes(copy.read_bytes()[: int(part * copy.stat().st_size)])
    text = refusal(product.folder)
    assert "_B8.TIF" in text
    assert "truncated" in text


def test_band_that_is_no_geotiff(product):
    path = product.folder / f"{product.folder.name}_B5.TIF"
    path.write_text(
        '<VRTDataset rasterXSize="16" rasterYSize="16"><VRTRasterBand dataType="UInt16" band="1"/></VRTDataset>'
    )
    assert "cannot be opened as a raster" in refusal(product.folder)


def test_band_without_georeference(product):
    path = product.folder / f"{product.folder.name}_B5.TIF"
    # GDAL deletes the metadata together with a band that it overwrites.
    path.unlink()
    gdal.GetDriverByName("GTiff").Create(str(path), 16, 16, 1, gdal.GDT_UInt16).FlushCache()
    assert "has no georeference" in refusal(product.folder, GridError)


def test_bands_of_another_place_or_zone(product, tmp_path):
    for number, change in enumerate(({"origin": (700005.0, 5628525.0)}, {"epsg": 32633})):
        other = simulate_landsat(tmp_path / str(number), replace(BASE, **change))
        name = f"{product.folder.name}_B8.TIF"
        shutil.copy(other.folder / name, product.folder / name)
        text = refusal(product.folder, GridError)
        assert ("do not overlap" if number == 0 else "coordinate reference systems") in text


def test_landsat_is_named_where_sentinel2_is_expected(product):
    with pytest.raises(ProductError, match="is a Landsat product, not of Sentinel-2"):
        open_scene(str(product.folder), sensor_by_id("sentinel2"))


class TestTar:
    """A tar archive is judged by its table of contents before GDAL sees it."""

    def archive(self, tmp_path: Path, *entries: tarfile.TarInfo, kind: str = "w") -> Path:
        path = tmp_path / ("x.tar.gz" if kind == "w:gz" else "x.tar")
        with tarfile.open(path, kind) as packed:
            for entry in entries:
                packed.addfile(entry, io.BytesIO(bytes(entry.size)))
        return path

    def entry(self, name: str, size: int = 4, **fields: object) -> tarfile.TarInfo:
        entry = tarfile.TarInfo(name)
        entry.size = size
        for key, value in fields.items():
            setattr(entry, key, value)
        return entry

    @pytest.mark.parametrize("kind", ["w", "w:gz"])
    @pytest.mark.parametrize("name", ["../x_MTL.txt", "/etc/x_MTL.txt", "a/../../x", "C:/x", "..\\x", "a\\..\\x"])
    def test_names_that_reach_out(self, tmp_path, name, kind):
        path = self.archive(tmp_path, self.entry("good.TIF"), self.entry(name), kind=kind)
        assert "holds the unsafe file name" in refusal(path)

    @pytest.mark.parametrize(
        "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE]
    )
    def test_links_and_devices(self, tmp_path, kind):
        path = self.archive(tmp_path, self.entry("x_MTL.txt", 0, type=kind, linkname="/etc/passwd"))
        assert "which is a link, a device or a sparse file" in refusal(path)

    def test_bomb(self, tmp_path, monkeypatch):
        monkeypatch.setattr(tar_archive, "_SMALL", 1 << 20)
        path = self.archive(tmp_path, self.entry("x_MTL.txt"), self.entry("x_B1.TIF", 8 << 20), kind="w:gz")
        assert path.stat().st_size < 20000
        assert "would unpack to 2 files of more than 8 MB" in refusal(path)

    def test_bomb_that_only_claims_its_size(self, tmp_path):
        path = tmp_path / "x.tar"
        path.write_bytes(self.entry("x_B1.TIF", 1 << 45).tobuf(tarfile.GNU_FORMAT) + bytes(10240))
        assert "would unpack to 1 files of more than 33554432 MB" in refusal(path)

    def test_too_many_files(self, tmp_path, monkeypatch):
        monkeypatch.setattr(tar_archive, "_MOST_FILES", 20)
        path = self.archive(tmp_path, *(self.entry(f"{number}.TIF", 0) for number in range(21)))
        assert "would unpack to 21 files" in refusal(path)

    @pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME])
    @pytest.mark.parametrize("size", [1 << 40, (1 << 20) + 1, -1024])
    def test_header_that_fills_the_memory(self, tmp_path, size, kind):
        path = tmp_path / "x.tar"
        header = self.entry("x", size, type=kind).tobuf(tarfile.GNU_FORMAT)
        path.write_bytes(gzip.compress(header + bytes(80 << 20), compresslevel=1))
        # What is found wrong first depends on Python's version.
        found = refusal(path)
        assert re.search(
            r"archive \((a header of -?\d+ bytes|headers of more than 64 MB|invalid offset|.*header)\)", found
        )

    def test_headers_are_read_to_the_limit_only(self, tmp_path, monkeypatch):
        monkeypatch.setattr(tar_archive, "_ALL_HEADERS", 4096)
        path = self.archive(tmp_path, *(self.entry(f"{number}.TIF", 0) for number in range(7)))
        tar_archive.check_tar(f"/vsitar/{path}")
        path = self.archive(tmp_path, *(self.entry(f"{number}.TIF", 0) for number in range(9)))
        with pytest.raises(ProductError, match="headers of more than 0 MB"):
            tar_archive.check_tar(f"/vsitar/{path}")

    def test_map_of_a_sparse_file_that_fills_the_memory(self, tmp_path, monkeypatch):
        monkeypatch.setattr(tar_archive, "_ALL_HEADERS", 1 << 16)
        numbers = b"99999999999\n" + b"1\n" * (1 << 17)
        entry = self.entry("x", len(numbers))
        entry.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.name": "x"}
        path = tmp_path / "x.tar.gz"
        path.write_bytes(gzip.compress(entry.tobuf(tarfile.PAX_FORMAT) + numbers + bytes(10240)))
        assert path.stat().st_size < 2000 and "(headers of more than 0 MB)" in refusal(path)

    def test_chain_of_headers(self, tmp_path):
        name = self.entry("x", 512, type=tarfile.GNUTYPE_LONGNAME).tobuf(tarfile.GNU_FORMAT) + b"a" * 511 + b"\0"
        path = tmp_path / "x.tar"
        path.write_bytes(name * 3000 + self.entry("a", 0).tobuf() + bytes(10240))
        assert "is no readable tar archive" in refusal(path)

    @pytest.mark.parametrize("kind", ["tar", "tar.gz"])
    def test_truncated(self, product, kind):
        path = pack(product.folder, kind)
        data = path.read_bytes()
        path.write_bytes(data[: len(data) // 2])
        assert "is no readable tar archive" in refusal(path)

    @pytest.mark.parametrize("name", ["x.tar", "x.tar.gz", "x.tgz"])
    @pytest.mark.parametrize("contents", [b"", b"garbage" * 300])
    def test_no_archive(self, tmp_path, name, contents):
        path = tmp_path / name
        path.write_bytes(contents)
        assert "is no readable tar archive" in refusal(path)

    def test_empty(self, tmp_path):
        assert "is an empty archive" in refusal(self.archive(tmp_path))

    def test_folder_that_is_called_an_archive(self, product):
        renamed = product.folder.rename(product.folder.with_suffix(".tar"))
        assert open_scene(str(renamed), SENSOR).has(("B8",))

    def test_archive_in_a_folder_that_is_called_one(self, tmp_path):
        folder = tmp_path / "product.tar"
        folder.mkdir()
        path = self.archive(folder, self.entry("x_MTL.txt", 0, type=tarfile.SYMTYPE, linkname="/etc/passwd"))
        assert "which is a link, a device or a sparse file" in refusal(path)

    def test_nothing_is_unpacked(self, product):
        path = pack(product.folder, "tar.gz")
        before = sorted(entry.name for entry in product.folder.parent.iterdir())
        open_scene(str(path), SENSOR)
        assert sorted(entry.name for entry in product.folder.parent.iterdir()) == before

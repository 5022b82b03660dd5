# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import dataclasses
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

gdal = pytest.importorskip("osgeo.gdal")
from osgeo import osr  # noqa: E402
from satsharp.core import raster_writer  # noqa: E402
from satsharp.core.errors import CancelledError, OutputError  # noqa: E402
from satsharp.core.grid import Grid, Window  # noqa: E402
from satsharp.core.ledger import Ledger, is_settled  # noqa: E402
from satsharp.core.output_place import check_space, discard_partial, partial_paths  # noqa: E402
from satsharp.core.raster_profile import BandProfile, RasterProfile  # noqa: E402
from satsharp.core.raster_writer import RasterWriter  # noqa: E402
from satsharp.core.tiling import tile_rows  # noqa: E402

IDENTITY = (("input", "a"), ("model", "b"), ("parameters", "c"))
TAGS = (("SATSHARP_MODELS", "s2-20m, s2-60m"), ("TIFFTAG_SOFTWARE", "SatSharp 0.1"))
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True, params=[False], ids=[""])
def either_way(request):
    """Tests run as GDAL starts, without exceptions; some are run with them, too."""
    before = gdal.GetUseExceptions()
    (gdal.UseExceptions if request.param else gdal.DontUseExceptions)()
    yield
    (gdal.UseExceptions if before else gdal.DontUseExceptions)()


both_ways = pytest.mark.parametrize("either_way", [False, True], ids=["codes", "exceptions"], indirect=True)


@pytest.fixture(autouse=True)
def checkpoint_after_every_row(monkeypatch):
    monkeypatch.setattr(raster_writer, "CHECKPOINT_SECONDS", 0)


@pytest.fixture
def path(tmp_path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path / "out" / "all bands.tif"


def profile(bands: int, rows: int, cols: int, dtype: str = "uint16", nodata: float | None = 0, **more) -> RasterProfile:
    grid = Grid("", (399960.0, 10.0, 0.0, 6000000.0, 0.0, -10.0), cols, rows)
    names = tuple(BandProfile(f"B{number}", 1e-4, -0.1, 490.0 + number, 20.5) for number in range(bands))
    return RasterProfile(grid, dtype, nodata, names, TAGS, **more)


def pixels_of(shape: tuple[int, int, int], seed: int = 0) -> np.ndarray:
    pixels = np.random.default_rng(seed).integers(0, 4000, shape).astype(np.uint16)
    pixels[:, : shape[1] // 2, : shape[2] // 2] = 0
    return pixels


def give(writer: RasterWriter, pixels: np.ndarray, tile: int = 200, rows: int | None = None) -> None:
    """Write tiles down to ``rows``, each row of tiles in an order of its own."""
    whole = Window(0, 0, rows or pixels.shape[1], pixels.shape[2])
    for row in tile_rows(whole, tile, writer.rows_done):
        for part in random.Random(row[0].row).sample(row, len(row)):
            writer.write(part.kept, pixels[(slice(None), *part.kept.slices)])
        writer.rows_written(row[0].kept.row_end)


def write(path: Path, kind: RasterProfile, pixels: np.ndarray, tile: int = 200, resume: bool = False) -> None:
    writer = RasterWriter(path, kind, IDENTITY, resume)
    give(writer, pixels, tile)
    writer.finish(lambda: None)


def read(path: Path) -> np.ndarray:
    dataset = gdal.Open(str(path))
    return dataset.ReadAsArray().reshape(dataset.RasterCount, dataset.RasterYSize, dataset.RasterXSize)


def names_in(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


# ---------------------------------------------------------------- what the file says


@pytest.mark.parametrize("cog", [False, True], ids=["plain", "cog"])
def test_everything_comes_back(raster_case, path, cog):
    grid = Grid(raster_case.wkt, raster_case.transform, raster_case.cols, raster_case.rows)
    kind = dataclasses.replace(
        profile(3, 1, 1), grid=grid, dtype=raster_case.dtype, nodata=raster_case.nodata, cog=cog, threads=2
    )
    pixels = raster_case.pixels(3)
    write(path, kind, pixels)
    assert names_in(path.parent) == [path.name]
    np.testing.assert_array_equal(read(path), pixels)
    dataset = gdal.Open(str(path))
    assert dataset.GetGeoTransform() == pytest.approx(raster_case.transform, rel=1e-12)
    if raster_case.crs:
        assert osr.SpatialReference(dataset.GetProjection()).IsSame(osr.SpatialReference(raster_case.wkt))
    else:
        assert dataset.GetProjection() == ""
    tags = dataset.GetMetadata()
    assert {key: tags[key] for key, _ in TAGS} == dict(TAGS)
    for number, declared in enumerate(kind.bands, start=1):
        band = dataset.GetRasterBand(number)
        assert band.GetDescription() == declared.name
        assert (band.GetScale(), band.GetOffset()) == (1e-4, -0.1)
        assert band.GetBlockSize() == [256, 256]
        assert (band.GetMetadataItem("WAVELENGTH"), band.GetMetadataItem("FWHM")) == (f"{489 + number}", "20.5")
        assert band.GetMetadataItem("WAVELENGTH_UNITS") == "nanometers"
        np.testing.assert_equal(band.GetNoDataValue(), raster_case.nodata)
        assert gdal.GetDataTypeName(band.DataType).lower() == {"uint8": "byte"}.get(
            raster_case.dtype, raster_case.dtype
        )


@pytest.mark.parametrize("dtype", ["uint8", "int16", "uint32", "float32", "float64"])
@pytest.mark.parametrize("cog", [False, True], ids=["plain", "cog"])
def test_layout_of_the_file(path, dtype, cog):
    write(path, profile(2, 600, 300, dtype, None, cog=cog), np.ones((2, 600, 300), dtype))
    dataset = gdal.Open(str(path))
    structure = dataset.GetMetadata("IMAGE_STRUCTURE")
    assert structure["COMPRESSION"] == "DEFLATE"
    assert structure["INTERLEAVE"] == ("PIXEL" if cog else "BAND")
    assert structure.get("LAYOUT") == ("COG" if cog else None)
    assert tiff_field(path, 317) == (3 if dtype.startswith("float") else 2), "predictor"
    assert dataset.GetFileList() == [str(path)]


def tiff_field(path: Path, tag: int) -> int:
    """Return the first value of a short field of the first directory of a classic TIFF."""
    head = path.read_bytes()
    offset = int.from_bytes(head[4:8], "little")
    entries = range(offset + 2, offset + 2 + 12 * int.from_bytes(head[offset : offset + 2], "little"), 12)
    [found] = [entry for entry in entries if int.from_bytes(head[entry : entry + 2], "little") == tag]
    return int.from_bytes(head[found + 8 : found + 10], "little")


def test_header_of_a_cog_comes_first(path):
    """The rules of a cloud optimised GeoTIFF: overview directories after the main one, overview pixels before it."""
    kind = profile(2, 1100, 900, cog=True)
    write(path, kind, pixels_of((2, 1100, 900)))
    dataset = gdal.Open(str(path))
    offsets, pixels = [], []
    for level in range(-1, 3):
        band = dataset.GetRasterBand(1)
        band = band if level < 0 else band.GetOverview(level)
        offsets.append(int(band.GetMetadataItem("IFD_OFFSET", "TIFF")))
        pixels.append(int(band.GetMetadataItem("BLOCK_OFFSET_0_1" if level < 1 else "BLOCK_OFFSET_0_0", "TIFF")))
    assert offsets == sorted(offsets) and offsets[-1] < min(pixels)
    assert pixels == sorted(pixels, reverse=True)
    assert b"LAYOUT=IFDS_BEFORE_DATA" in path.read_bytes()[:300]


def half(pixels: np.ndarray, nodata: float | None) -> np.ndarray:
    """Means of 2 x 2 pixels without nodata, rounded half up, by way of NaN."""
    values = pixels.astype(np.float64)
    values[np.isnan(values) if nodata is None else (values == nodata) | np.isnan(values)] = np.nan
    bands, rows, cols = values.shape
    values = np.pad(values, [(0, 0), (0, rows % 2), (0, cols % 2)], constant_values=np.nan)
    values = values.reshape(bands, -(-rows // 2), 2, -(-cols // 2), 2)
    empty = np.isnan(values).all(axis=(2, 4))
    means = np.nansum(values, axis=(2, 4)) / np.maximum(np.isfinite(values).sum(axis=(2, 4)), 1)
    if pixels.dtype.kind in "iu":
        means = np.floor(means + 0.5)
    means[empty] = np.nan if nodata is None else nodata
    return means.astype(pixels.dtype)


@pytest.mark.parametrize("cog", [False, True], ids=["plain", "cog"])
@pytest.mark.parametrize(
    ("dtype", "nodata", "rows", "cols"),
    [
        ("uint16", 0, 1030, 515),
        ("int16", -9999, 300, 700),
        ("uint8", None, 513, 257),
        ("float32", float("nan"), 1, 600),
    ],
)
def test_overviews_are_means_of_what_was_measured(path, dtype, nodata, rows, cols, cog):
    random_pixels = np.random.default_rng(1)
    pixels = random_pixels.integers(0, 250, (2, rows, cols)).astype(dtype)
    if nodata is not None:
        pixels[random_pixels.random(pixels.shape) < 0.3] = nodata
        pixels[:, : rows // 3, : cols // 3] = nodata
    write(path, profile(2, rows, cols, dtype, nodata, cog=cog), pixels)
    dataset = gdal.Open(str(path))
    level = 0
    while max(pixels.shape) > 256:
        pixels = half(pixels, nodata)
        for number in (1, 2):
            overview = dataset.GetRasterBand(number).GetOverview(level).ReadAsArray()
            np.testing.assert_allclose(overview, pixels[number - 1], rtol=1e-5)
        level += 1
    assert dataset.GetRasterBand(1).GetOverviewCount() == level > 0


def test_small_rasters_have_no_overviews(path):
    write(path, profile(1, 256, 200), pixels_of((1, 256, 200)))
    dataset = gdal.Open(str(path))
    assert dataset.GetRasterBand(1).GetOverviewCount() == 0


@pytest.mark.parametrize("cog", [False, True], ids=["plain", "cog"])
def test_statistics_are_there_and_right(path, cog):
    pixels = pixels_of((2, 200, 250))
    pixels[1] = 0
    write(path, profile(2, 200, 250, cog=cog), pixels)
    dataset = gdal.Open(str(path))
    minimum, maximum, mean, deviation = dataset.GetRasterBand(1).GetStatistics(False, False)
    measured = pixels[0][pixels[0] > 0].astype(np.float64)
    assert (minimum, maximum) == (measured.min(), measured.max())
    assert (mean, deviation) == pytest.approx((measured.mean(), measured.std()), rel=1e-9)
    assert "STATISTICS_MEAN" not in dataset.GetRasterBand(2).GetMetadata(), "nothing was measured there"


def test_statistics_of_a_large_raster_are_those_of_an_overview(path):
    pixels = pixels_of((1, 1100, 1000))
    write(path, profile(1, 1100, 1000), pixels)
    dataset = gdal.Open(str(path))
    found = dataset.GetRasterBand(1).GetMetadata()
    assert found["STATISTICS_APPROXIMATE"] == "YES"
    assert float(found["STATISTICS_MEAN"]) == pytest.approx(pixels[pixels > 0].mean(), rel=0.01)


def test_empty_blocks_take_no_room(path):
    write(path, profile(1, 2048, 2048), np.zeros((1, 2048, 2048), np.uint16), tile=256)
    assert path.stat().st_size < 20_000
    assert read(path).max() == 0


def test_large_files_are_bigtiff_from_the_start(path):
    writer = RasterWriter(path, profile(1, 30000, 40000), IDENTITY, resume=False)
    pixels = pixels_of((1, 512, 40000))
    writer.write(Window(0, 0, 512, 40000), pixels)
    writer.checkpoint(512)
    partial, ledger = partial_paths(path)
    assert partial.read_bytes()[:4] == b"II+\0"
    writer.write(Window(512, 0, 256, 2560), pixels[:, :256, :2560])
    writer._flush()
    del writer
    resumed = RasterWriter(path, profile(1, 30000, 40000), IDENTITY, resume=True)
    assert resumed.rows_done == 512
    dataset = gdal.Open(str(partial))
    np.testing.assert_array_equal(dataset.ReadAsArray(0, 0, 40000, 512), pixels[0])
    assert dataset.ReadAsArray(0, 512, 2560, 256).max() == 0
    resumed.abandon()
    assert names_in(path.parent) == []


@pytest.mark.parametrize("dtype", ["int64", "uint64", "complex64", "bool"])
def test_types_that_no_product_has_are_refused(path, dtype):
    with pytest.raises(OutputError, match=f"type {dtype} cannot be written"):
        RasterWriter(path, profile(1, 9, 9, dtype), IDENTITY, resume=False)
    assert names_in(path.parent) == []


# ---------------------------------------------------------------- nothing half-done


@both_ways
@pytest.mark.parametrize("cog", [False, True], ids=["plain", "cog"])
def test_old_file_stays_until_the_new_one_is_finished(path, cog):
    pixels = pixels_of((2, 600, 300))
    sidecars = [path.with_name(path.name + suffix) for suffix in (".aux.xml", ".ovr", ".msk")]
    for old in (path, *sidecars):
        old.write_bytes(b"old")
    writer = RasterWriter(path, profile(2, 600, 300, cog=cog), IDENTITY, resume=False)
    give(writer, pixels)
    assert all(old.read_bytes() == b"old" for old in (path, *sidecars))
    writer.finish(lambda: None)
    assert names_in(path.parent) == [path.name]
    np.testing.assert_array_equal(read(path), pixels)


@both_ways
@pytest.mark.parametrize("after", [0, 200, 600])
def test_abandoning_leaves_nothing(path, after):
    writer = RasterWriter(path, profile(2, 600, 300), IDENTITY, resume=False)
    if after:
        give(writer, pixels_of((2, 600, 300)), rows=after)
        assert names_in(path.parent) == [f"{path.name}.partial", f"{path.name}.partial.json"]
    writer.abandon()
    assert names_in(path.parent) == []


@both_ways
@pytest.mark.parametrize("calls", [1, 2, 4])
def test_cancelling_while_finishing(path, calls):
    """The first call is that of ``finish``, the others come from GDAL as it makes the COG."""
    left = [calls]

    def check():
        left[0] -= 1
        if not left[0]:
            raise CancelledError("stop")

    writer = RasterWriter(path, profile(2, 900, 800, cog=True), IDENTITY, resume=False)
    give(writer, pixels_of((2, 900, 800)))
    with pytest.raises(CancelledError, match="stop"):
        writer.finish(check)
    assert left == [0]
    writer.abandon()
    assert names_in(path.parent) == []


@pytest.mark.parametrize(
    ("place", "sentence"),
    [(".", "is a folder. Give the output a file name"), ("none/a.tif", "none does not exist. Create it")],
)
def test_places_that_cannot_be(tmp_path, place, sentence):
    with pytest.raises(OutputError, match=sentence):
        RasterWriter(tmp_path / place, profile(1, 9, 9), IDENTITY, resume=False)
    assert names_in(tmp_path) == []


def test_read_only_folder(readonly_disk):
    with pytest.raises(OutputError, match=r"^Nothing can be written in .*\(Read-only file system\)\. Choose a folder"):
        RasterWriter(readonly_disk / "a.tif", profile(1, 9, 9), IDENTITY, resume=False)


def test_lack_of_room_is_seen_before_any_work(small_disk):
    with pytest.raises(OutputError, match=r"^The output needs about .* 0\.00 GB are free in .*small: make room"):
        RasterWriter(small_disk / "a.tif", profile(4, 1000, 1000), IDENTITY, resume=False)
    assert names_in(small_disk) == []


def test_half_of_the_size_must_be_free(tmp_path):
    free = shutil.disk_usage(tmp_path).free
    check_space(tmp_path, free)
    with pytest.raises(OutputError, match="make room, or choose another disk"):
        check_space(tmp_path, 3 * free)


@both_ways
@pytest.mark.parametrize(("side", "cog"), [(1200, False), (720, True)], ids=["plain", "cog"])
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_disk_that_becomes_full(small_disk, side, cog, capfd):
    path = small_disk / "a.tif"
    pixels = np.random.default_rng(0).integers(0, 65536, (1, side, side)).astype(np.uint16)
    writer = RasterWriter(path, profile(1, side, side, nodata=None, cog=cog, threads=2), IDENTITY, resume=False)
    with pytest.raises(OutputError, match=r"a\.tif cannot be written \(.*\)\. 0\.00 GB are free in .*small: make room"):
        give(writer, pixels, tile=256)
        writer.finish(lambda: None)
    writer.abandon()
    assert names_in(small_disk) == []


# ---------------------------------------------------------------- taking up a killed run


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize(
    ("dtype", "nodata", "bands", "rows", "cols", "tile"),
    [
        ("uint16", 0, 2, 1100, 700, 200),
        ("uint8", None, 1, 100, 200, 200),
        ("uint16", 0, 1, 1, 1, 200),
        ("int16", -9999, 3, 600, 257, 333),
        ("float64", float("nan"), 1, 800, 256, 256),
    ],
)
def test_restoring_brings_back_the_checkpoint_to_the_last_bit(path, dtype, nodata, bands, rows, cols, tile, threads):
    """Whatever was written after it: more pixels, overviews, statistics and the end of the file."""
    random_pixels = np.random.default_rng(3)
    pixels = random_pixels.integers(0, 200, (bands, rows, cols)).astype(dtype)
    if nodata is not None:
        pixels[:, : rows // 2, : cols // 2] = nodata
    writer = RasterWriter(path, profile(bands, rows, cols, dtype, nodata, threads=threads), IDENTITY, resume=False)
    partial, ledger = partial_paths(path)
    kept = []

    def compare():
        for checkpoint, content in kept:
            current = partial.read_bytes()
            assert checkpoint.head + current[len(checkpoint.head) : checkpoint.length] == content

    for row in tile_rows(writer._profile.grid.window, tile):
        for part in row:
            writer.write(part.kept, pixels[(slice(None), *part.kept.slices)])
        writer.rows_written(row[0].kept.row_end)
        checkpoint, content = Ledger.load(ledger), partial.read_bytes()
        compare()
        expected = row[0].kept.row_end if row[0].kept.row_end == rows else row[0].kept.row_end // 256 * 256
        assert (checkpoint.rows_done, checkpoint.length) == (expected, len(content))
        assert content.startswith(checkpoint.head)
        if expected:
            copy = path.with_name("copy.tif")
            copy.write_bytes(content)
            np.testing.assert_array_equal(read(copy)[:, :expected], pixels[:, :expected])
        kept.append((checkpoint, content))
    rename = writer._rename
    writer._rename = lambda finished: (compare(), rename(finished))
    writer.finish(lambda: None)
    np.testing.assert_array_equal(read(path), pixels)


def test_checkpoint_that_is_not_on_the_disk_is_not_recorded(path, monkeypatch):
    """One flush of GDAL 3.6 leaves a part of the block table in a buffer of the C library: a kill would lose it."""
    monkeypatch.setattr(RasterWriter, "_flush", lambda self: self._dataset.FlushCache())
    pixels = pixels_of((2, 600, 300))
    writer = RasterWriter(path, profile(2, 600, 300, nodata=None), IDENTITY, resume=False)
    partial, ledger = partial_paths(path)
    for rows in (256, 512):
        writer.write(Window(rows - 256, 0, 256, 300), pixels[:, rows - 256 : rows])
        writer.checkpoint(rows)
        if ledger.exists():
            saved = Ledger.load(ledger)
            copy = path.with_name("copy.tif")
            copy.write_bytes(saved.head + partial.read_bytes()[len(saved.head) : saved.length])
            np.testing.assert_array_equal(read(copy)[:, : saved.rows_done], pixels[:, : saved.rows_done])
    writer.abandon()


def interrupted(path: Path, pixels: np.ndarray, rows: int, kind: RasterProfile) -> None:
    """Leave what a run leaves that was killed after so many rows, with a torn tail and a torn head."""
    writer = RasterWriter(path, kind, IDENTITY, resume=False)
    give(writer, pixels, rows=rows)
    partial, ledger = partial_paths(path)
    content, record = partial.read_bytes(), ledger.read_bytes()
    writer.abandon()
    partial.write_bytes(b"\xff" * 200 + content[200:] + os.urandom(5000))
    ledger.write_bytes(record)


@both_ways
@pytest.mark.parametrize("cog", [False, True], ids=["plain", "cog"])
@pytest.mark.parametrize("rows", [200, 400, 600, 1100])
def test_resuming_gives_the_same_file(path, rows, cog):
    pixels, kind = pixels_of((2, 1100, 600)), profile(2, 1100, 600, cog=cog)
    interrupted(path, pixels, rows, kind)
    partial_paths(path)[0].with_name(f"{path.name}.partial.cog").write_bytes(b"II*\0" + bytes(200))
    writer = RasterWriter(path, kind, IDENTITY, resume=True)
    assert writer.rows_done == (1100 if rows == 1100 else rows // 256 * 256)
    if writer.rows_done:
        partial = gdal.Open(str(partial_paths(path)[0]))
        done = partial.ReadAsArray(0, 0, 600, writer.rows_done)
        np.testing.assert_array_equal(done, pixels[:, : writer.rows_done])
    give(writer, pixels, tile=333)
    writer.finish(lambda: None)
    straight = path.with_name("straight.tif")
    write(straight, kind, pixels)
    assert names_in(path.parent) == [path.name, straight.name]
    np.testing.assert_array_equal(read(path), pixels)
    both = [gdal.Open(str(file)) for file in (path, straight)]
    assert both[0].GetRasterBand(2).GetStatistics(False, False) == both[1].GetRasterBand(2).GetStatistics(False, False)
    if not cog:
        empty = [dataset.GetRasterBand(1).GetMetadataItem("BLOCK_OFFSET_0_1", "TIFF") for dataset in both]
        assert empty == [None, None], "blocks without a measured pixel take no room"
    for level in range(3):
        first, second = (dataset.GetRasterBand(1).GetOverview(level).ReadAsArray() for dataset in both)
        np.testing.assert_array_equal(first, second)


def test_rows_that_are_done_are_not_written_again(path):
    pixels, kind = pixels_of((1, 600, 300)), profile(1, 600, 300)
    interrupted(path, pixels, 600, kind)
    writer = RasterWriter(path, kind, IDENTITY, resume=True)
    writer.write(Window(0, 0, 600, 300), np.full_like(pixels, 7))
    writer.finish(lambda: None)
    np.testing.assert_array_equal(read(path), pixels)


@pytest.mark.parametrize(
    ("identity", "names"),
    [
        ((("input", "x"), *IDENTITY[1:]), "its input,"),
        ((IDENTITY[0], ("model", "x"), ("parameters", "y")), "its model and parameters,"),
        (IDENTITY[:2], "its parameters,"),
    ],
)
def test_other_runs_are_not_resumed(path, identity, names):
    pixels, kind = pixels_of((1, 600, 300)), profile(1, 600, 300)
    interrupted(path, pixels, 400, kind)
    before = [(file.name, file.read_bytes()) for file in sorted(path.parent.iterdir())]
    with pytest.raises(OutputError, match=f"all bands.tif.partial is an unfinished run .*{names}.*Switch RESUME off"):
        RasterWriter(path, kind, identity, resume=True)
    assert [(file.name, file.read_bytes()) for file in sorted(path.parent.iterdir())] == before
    assert RasterWriter(path, kind, tuple(reversed(IDENTITY)), resume=True).rows_done == 256


def test_without_resume_the_unfinished_run_is_discarded(path):
    pixels, kind = pixels_of((1, 600, 300)), profile(1, 600, 300)
    interrupted(path, pixels, 400, kind)
    writer = RasterWriter(path, kind, IDENTITY, resume=False)
    assert writer.rows_done == 0
    assert names_in(path.parent) == [f"{path.name}.partial"]
    give(writer, pixels)
    writer.finish(lambda: None)
    np.testing.assert_array_equal(read(path), pixels)


@pytest.mark.parametrize("missing", [0, 1], ids=["partial", "ledger"])
def test_half_of_a_pair_is_discarded(path, missing):
    kind = profile(1, 600, 300)
    interrupted(path, pixels_of((1, 600, 300)), 400, kind)
    partial_paths(path)[missing].unlink()
    writer = RasterWriter(path, kind, IDENTITY, resume=True)
    assert writer.rows_done == 0 and names_in(path.parent) == [f"{path.name}.partial"]
    writer.abandon()


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"identity": 1}', None], ids=range(6))
def test_damaged_ledger(path, text):
    kind = profile(1, 600, 300)
    interrupted(path, pixels_of((1, 600, 300)), 400, kind)
    _, ledger = partial_paths(path)
    document = json.loads(ledger.read_text())
    document["head"] = "AAAA"
    ledger.write_text(json.dumps(document) if text is None else text)
    with pytest.raises(
        OutputError, match="The ledger .*partial.json of an unfinished run is damaged. Delete it and run"
    ):
        RasterWriter(path, kind, IDENTITY, resume=True)


def test_partial_file_shorter_than_its_ledger(path):
    kind = profile(1, 600, 300)
    interrupted(path, pixels_of((1, 600, 300)), 400, kind)
    partial, _ = partial_paths(path)
    os.truncate(partial, 1000)
    with pytest.raises(OutputError, match="all bands.tif.partial is shorter than its ledger says. Delete both"):
        RasterWriter(path, kind, IDENTITY, resume=True)


@both_ways
@pytest.mark.parametrize("what", ["head", "blocks"])
def test_damaged_partial_file(path, what):
    kind = profile(1, 600, 300)
    interrupted(path, pixels_of((1, 600, 300)), 400, kind)
    partial, ledger = partial_paths(path)
    saved = Ledger.load(ledger)
    if what == "head":
        Ledger(IDENTITY, 256, 4, b"GIF8").save(ledger)
    else:
        content = partial.read_bytes()
        partial.write_bytes(content[: len(saved.head)] + b"\xff" * (len(content) - len(saved.head)))
    with pytest.raises(OutputError, match="The unfinished .*partial is damaged. Switch RESUME off to start anew"):
        RasterWriter(path, kind, IDENTITY, resume=True)


def test_discarding_finds_every_leftover(path):
    for name in (".partial", ".partial.json", ".partial.json.new", ".partial.cog", ".partial.aux.xml"):
        path.with_name(path.name + name).write_bytes(b"x")
    path.with_name("other.tif.partial").write_bytes(b"x")
    discard_partial(path)
    assert names_in(path.parent) == ["other.tif.partial"]


def test_settled_is_what_can_be_restored(path):
    pixels = pixels_of((1, 600, 300))
    writer = RasterWriter(path, profile(1, 600, 300), IDENTITY, resume=False)
    give(writer, pixels)
    partial, ledger = partial_paths(path)
    saved = Ledger.load(ledger)
    assert is_settled(saved.head, saved.length)
    assert not is_settled(saved.head, saved.length // 2), "the last blocks would be cut"
    assert not any(is_settled(saved.head[:size], saved.length) for size in (0, 3, 8, 100, len(saved.head) - 1))
    counts = saved.head.index(table_of_counts(saved.head))
    assert not is_settled(saved.head[:counts] + b"\0\0\0\0" + saved.head[counts + 4 :], saved.length)
    writer.abandon()


def table_of_counts(head: bytes) -> bytes:
    """Return the byte counts of the blocks of the first directory of a classic TIFF."""
    offset = int.from_bytes(head[4:8], "little")
    for entry in range(offset + 2, offset + 2 + 12 * int.from_bytes(head[offset : offset + 2], "little"), 12):
        if int.from_bytes(head[entry : entry + 2], "little") == 325:
            count, place = np.frombuffer(head, "<u4", 2, entry + 4)
            return head[place + 4 : place + 4 * count]
    raise AssertionError("no byte counts")


KILLED = """
import runpy, sys
runpy.run_path(sys.argv[1] + "/conftest.py")
import numpy as np
from pathlib import Path
from satsharp.core import raster_writer
from satsharp.core.grid import Grid, Window
from satsharp.core.raster_profile import BandProfile, RasterProfile
from satsharp.core.tiling import tile_rows

raster_writer.CHECKPOINT_SECONDS = 0
path, cog, threads, rows, cols = Path(sys.argv[2]), sys.argv[3] == "cog", *map(int, sys.argv[4:7])
pixels = np.load(path.with_name("pixels.npy"))
names = tuple(BandProfile(f"B{number}", 1e-4, 0.0) for number in range(len(pixels)))
kind = RasterProfile(Grid("", (0, 10, 0, 0, 0, -10), cols, rows), "uint16", 0, names, (), cog, threads)
print("ready", flush=True)
writer = raster_writer.RasterWriter(path, kind, (("input", "a"),), True)
for row in tile_rows(Window(0, 0, rows, cols), 200, writer.rows_done):
    for tile in row:
        writer.write(tile.kept, pixels[(slice(None), *tile.kept.slices)])
    writer.rows_written(row[0].kept.row_end)
print("finishing", flush=True)
writer.finish(lambda: None)
print("done", flush=True)
"""


@pytest.fixture
def killable(path):
    """Return pixels and a function that runs the writing of them in a process of its own."""
    if os.name != "posix":
        pytest.skip("needs SIGKILL")
    pixels = pixels_of((2, 1500, 900))
    np.save(path.with_name("pixels.npy"), pixels)

    def start(layout: str, threads: int) -> subprocess.Popen:
        arguments = [sys.executable, "-c", KILLED, str(ROOT), str(path), layout, str(threads), "1500", "900"]
        process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
        assert process.stdout.readline() == "ready\n"
        return process

    return pixels, start


def resume_copy(path: Path, pixels: np.ndarray, cog: bool, threads: int) -> int:
    """Take up a copy of what a killed process has left; return how many rows it had done."""
    copy = path.parent / "copy"
    copy.mkdir()
    for file in path.parent.glob(f"{path.name}*"):
        shutil.copy2(file, copy / file.name)
    names = tuple(BandProfile(f"B{number}", 1e-4, 0.0) for number in range(len(pixels)))
    kind = RasterProfile(Grid("", (0, 10, 0, 0, 0, -10), *pixels.shape[:0:-1]), "uint16", 0, names, (), cog, threads)
    writer = RasterWriter(copy / path.name, kind, (("input", "a"),), resume=True)
    done = writer.rows_done
    if done:
        partial = gdal.Open(str(partial_paths(copy / path.name)[0]))
        np.testing.assert_array_equal(partial.ReadAsArray(0, 0, pixels.shape[2], done), pixels[:, :done])
        del partial
    give(writer, pixels)
    writer.finish(lambda: None)
    np.testing.assert_array_equal(read(copy / path.name), pixels)
    assert names_in(copy) == [path.name]
    shutil.rmtree(copy)
    return done


@pytest.mark.parametrize(("layout", "threads"), [("plain", 1), ("cog", 2)])
def test_killed_at_any_instant(killable, path, layout, threads):
    """What is left is finished in a copy, and every other time taken up by the next process, which is killed too."""
    pixels, start = killable
    process, started = start(layout, threads), time.monotonic()
    assert process.communicate()[0] == "finishing\ndone\n"
    seconds = time.monotonic() - started
    np.testing.assert_array_equal(read(path), pixels)
    random_instants, unfinished = random.Random(layout), 0
    for number in range(8):
        if number % 2 == 0:
            path.unlink(missing_ok=True)
            discard_partial(path)
        process = start(layout, threads)
        if number >= 6:
            assert process.stdout.readline() == "finishing\n"
        time.sleep((number % 6 / 6 + random_instants.random() / 6) * 0.6 * seconds)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        unfinished += not path.exists()
        if path.exists():
            np.testing.assert_array_equal(read(path), pixels)
        resume_copy(path, pixels, layout == "cog", threads)
    assert unfinished >= 3, "otherwise nothing was tried"
    assert start(layout, threads).communicate()[0].endswith("done\n")
    np.testing.assert_array_equal(read(path), pixels)
    assert names_in(path.parent) == [path.name, "pixels.npy"]

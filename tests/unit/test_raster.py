# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import dataclasses
import threading
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

gdal = pytest.importorskip("osgeo.gdal")

from satsharp.core.errors import ProductError  # noqa: E402
from satsharp.core.grid import Grid, Window  # noqa: E402
from satsharp.core.raster import BandReader, file_stamp, numpy_type  # noqa: E402
from satsharp.core.raster_state import gdal_cache, gdal_messages, gdal_option  # noqa: E402
from satsharp.core.scene import Band  # noqa: E402

LOSSLESS = ("QUALITY=100", "REVERSIBLE=YES", "YCBCR420=NO", "RESOLUTIONS=4", "BLOCKXSIZE=256", "BLOCKYSIZE=256")


@pytest.fixture(autouse=True, params=[False], ids=[""])
def either_way(request):
    """Tests run as GDAL starts, without exceptions; some also as other plugins may have left it, with them."""
    before = gdal.GetUseExceptions()
    (gdal.UseExceptions if request.param else gdal.DontUseExceptions)()
    yield
    (gdal.UseExceptions if before else gdal.DontUseExceptions)()


both_ways = pytest.mark.parametrize("either_way", [False, True], ids=["codes", "exceptions"], indirect=True)


def numbers(rows: int, cols: int, dtype: str = "uint16") -> np.ndarray:
    return np.random.default_rng(0).integers(1, 250, (rows, cols)).astype(dtype)


@pytest.fixture
def jpeg2000(raster_band):
    """A smooth JPEG 2000 band of 1040 x 1120 pixels with three reduced levels, and its pixels."""
    if gdal.GetDriverByName("JP2OpenJPEG") is None:
        pytest.skip("this GDAL has no OpenJPEG")
    rows, cols = np.mgrid[:1040, :1120]
    pixels = (3000 + 900 * np.sin(rows / 9) * np.cos(cols / 7)).astype(np.uint16)
    return raster_band(pixels, driver="JP2OpenJPEG", options=LOSSLESS), pixels


@pytest.mark.parametrize(
    "window",
    [
        Window(0, 0, 23, 17),
        Window(3, 4, 5, 6),
        Window(-5, -7, 9, 30),
        Window(20, 10, 10, 20),
        Window(-40, 5, 120, 3),
        Window(100, -80, 7, 9),
        Window(-23, -17, 69, 51),
        Window(23, 17, 1, 1),
    ],
    ids=repr,
)
@pytest.mark.parametrize("dtype", ["uint8", "int16", "uint16", "int32", "float32", "float64"])
def test_windows_are_mirrored_at_the_raster_edge(raster_band, window, dtype):
    pixels = numbers(23, 17, dtype)
    padded = np.tile(np.block([[pixels, pixels[:, ::-1]], [pixels[::-1], pixels[::-1, ::-1]]]), (8, 12))
    rows = slice(window.row + 46 * 4, window.row_end + 46 * 4)
    cols = slice(window.col + 34 * 6, window.col_end + 34 * 6)
    with BandReader() as reader:
        read = reader.read(raster_band(pixels), window)
    assert read.dtype == dtype
    np.testing.assert_array_equal(read, padded[rows, cols])


def test_raster_of_one_pixel_fills_every_window(raster_band):
    band = raster_band(np.array([[7]], np.uint16))
    with BandReader() as reader:
        np.testing.assert_array_equal(reader.read(band, Window(-3, -3, 7, 8)), np.full((7, 8), 7))
        np.testing.assert_array_equal(reader.read(band, Window(0, 0, 1, 1)), [[7]])


def test_only_the_window_is_read(raster_band, monkeypatch):
    """The mirror needs a strip along the edge, not the raster."""
    band, asked = raster_band(numbers(50, 60)), []
    reader = BandReader()
    inside = reader._read_inside
    monkeypatch.setattr(reader, "_read_inside", lambda *request: asked.append(request[1]) or inside(*request))
    reader.read(band, Window(-4, 10, 10, 5))
    assert asked == [Window(0, 10, 6, 5)]


def test_messages_are_one_line_each():
    """Newer GDAL tells the causes of an error in further lines."""
    with gdal_messages() as messages:
        gdal.Error(gdal.CE_Failure, gdal.CPLE_AppDefined, "The directory is damaged\nMay be caused by: an offset")
        messages.append("x.tif: no\n\n  such file\n")
    assert messages == ["The directory is damaged; May be caused by: an offset", "x.tif: no; such file"]


@pytest.mark.parametrize("resampling", ["cubic", "bilinear"])
def test_pixels_of_warped_rasters_do_not_depend_on_the_window(raster_band, tmp_path, resampling):
    band = raster_band(numbers(700, 700))
    warped = str(tmp_path / "warped.vrt")
    options = {"srcSRS": "EPSG:32631", "dstSRS": "EPSG:32632", "resampleAlg": resampling}
    made = gdal.Warp(warped, band.path, format="VRT", **options)
    grid = dataclasses.replace(band.grid, width=made.RasterXSize, height=made.RasterYSize)
    del made
    band = dataclasses.replace(band, path=warped, grid=grid)
    whole = BandReader().read(band, grid.window)
    assert grid.width > 700 and grid.height > 700 and len(np.unique(whole)) > 200
    for window in (Window(60, 30, 640, 660), Window(101, 7, 300, 600), Window(500, 500, 40, 40)):
        np.testing.assert_array_equal(BandReader().read(band, window), whole[window.slices])


@both_ways
@pytest.mark.parametrize("content", [b"", b"II*\0nonsense", None], ids=["empty", "nonsense", "missing"])
def test_file_that_cannot_be_opened(raster_band, content, capfd):
    band = raster_band(numbers(5, 5))
    Path(band.path).unlink()
    if content is not None:
        Path(band.path).write_bytes(content)
    with pytest.raises(ProductError, match=r"^Band B02 cannot be opened at .*band\d+\.tif \(.+\)"):
        BandReader().read(band, Window(0, 0, 5, 5))
    assert capfd.readouterr().err == ""


def test_band_that_the_file_does_not_have(raster_band):
    band = dataclasses.replace(raster_band(numbers(5, 5)), index=2)
    with pytest.raises(ProductError, match="Band B02 cannot be opened at .*band is missing"):
        BandReader().read(band, Window(0, 0, 5, 5))


@pytest.mark.parametrize(
    ("name", "title"), [("band 1", "Band 1"), ("Band 1", "Band 1"), ("", "Band 2"), ("nir", "Band nir")]
)
def test_bands_without_a_name_are_called_by_their_number(raster_band, name, title):
    """Before, the sentence began with "Band band 1"."""
    band = dataclasses.replace(raster_band(numbers(5, 5)), index=2, name=name)
    with pytest.raises(ProductError, match=f"^{title} cannot be opened at "):
        BandReader().read(band, Window(0, 0, 5, 5))


@both_ways
def test_truncated_geotiff(raster_band, capfd):
    options = ("TILED=YES", "BLOCKXSIZE=64", "BLOCKYSIZE=64", "COMPRESS=DEFLATE")
    band = raster_band(numbers(256, 256), options=options)
    content = Path(band.path).read_bytes()
    Path(band.path).write_bytes(content[: len(content) * 2 // 3])
    reader = BandReader(2)
    np.testing.assert_array_equal(reader.read(band, Window(0, 0, 60, 60)), numbers(256, 256)[:60, :60])
    with pytest.raises(ProductError, match="Band B02 cannot be read from .*truncated or damaged: download the product"):
        reader.read(band, Window(0, 0, 256, 256))
    assert capfd.readouterr().err == ""


@both_ways
@pytest.mark.parametrize("share", [0.3, 0.7, 0.97])
def test_truncated_jpeg_2000(jpeg2000, share):
    band, _ = jpeg2000
    content = Path(band.path).read_bytes()
    Path(band.path).write_bytes(content[: int(len(content) * share)])
    with pytest.raises(ProductError, match="truncated or damaged: download the product again"):
        BandReader(2).read(band, Window(0, 0, 1040, 1120))


def test_jpeg_2000_is_read_as_it_was_written(jpeg2000):
    band, pixels = jpeg2000
    with BandReader(2) as reader:
        np.testing.assert_array_equal(reader.read(band, Window(0, 0, 1040, 1120)), pixels)
        np.testing.assert_array_equal(reader.read(band, Window(1030, 60, 20, 70))[:10], pixels[1030:, 60:130])


def test_files_are_opened_again_after_close(raster_band):
    band = raster_band(numbers(4, 4))
    reader = BandReader()
    before = reader.read(band, Window(0, 0, 4, 4))
    reader.close()
    assert reader._datasets == {}
    np.testing.assert_array_equal(reader.read(band, Window(0, 0, 4, 4)), before)


def test_option_holds_for_this_thread_and_is_put_back():
    seen = []
    with gdal_option("SATSHARP_TEST", "outer"):
        with gdal_option("SATSHARP_TEST", "inner"):
            assert gdal.GetConfigOption("SATSHARP_TEST") == "inner"
            thread = threading.Thread(target=lambda: seen.append(gdal.GetConfigOption("SATSHARP_TEST")))
            thread.start()
            thread.join()
        assert gdal.GetConfigOption("SATSHARP_TEST") == "outer"
    assert gdal.GetConfigOption("SATSHARP_TEST") is None
    if hasattr(gdal, "SetThreadLocalConfigOption"):
        assert seen == [None]


def test_option_and_cache_are_put_back_after_an_error():
    cache = gdal.GetCacheMax()
    with pytest.raises(ValueError, match="stop"), gdal_option("SATSHARP_TEST", "1"), gdal_cache(37):
        assert gdal.GetCacheMax() == 37 << 20
        raise ValueError("stop")
    assert gdal.GetCacheMax() == cache
    assert gdal.GetConfigOption("SATSHARP_TEST") is None


def test_cache_of_runs_at_the_same_time_is_put_back_by_the_last_one():
    cache = gdal.GetCacheMax()
    first, second, small = gdal_cache(37), gdal_cache(38), gdal_cache(3)
    first.__enter__()
    second.__enter__()
    with small:
        assert gdal.GetCacheMax() == 38 << 20
    first.__exit__(None, None, None)
    assert gdal.GetCacheMax() == 38 << 20
    second.__exit__(None, None, None)
    assert gdal.GetCacheMax() == cache


def test_reading_leaves_the_number_of_threads_alone(jpeg2000):
    before = gdal.GetConfigOption("GDAL_NUM_THREADS")
    BandReader(2).read(jpeg2000[0], Window(0, 0, 10, 10))
    assert gdal.GetConfigOption("GDAL_NUM_THREADS") == before


def test_messages_are_collected_not_printed(capfd):
    with gdal_messages() as messages:
        gdal.Error(gdal.CE_Warning, 1, "a warning")
        gdal.Error(gdal.CE_Failure, 1, "a failure")
    assert messages == ["a failure"]
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Byte", "uint8"), ("Int8", "int8"), ("UInt16", "uint16"), ("Int16", "int16"), ("Float64", "float64")],
)
def test_names_of_types(name, expected):
    assert numpy_type(name) == expected


@pytest.mark.parametrize("name", ["CInt16", "CFloat32", "Unknown", "Int64"])
def test_types_that_are_not_supported(name):
    with pytest.raises(ProductError, match=f"type {name} are not supported. Convert them"):
        numpy_type(name)


def test_stamp_tells_size_and_time_also_in_an_archive(tmp_path):
    plain = tmp_path / "a.bin"
    plain.write_bytes(b"12345")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(plain, "inside/a.bin")
    size, modified = file_stamp(str(plain))
    assert size == 5 and abs(modified - plain.stat().st_mtime) <= 1
    assert file_stamp(f"/vsizip/{tmp_path}/a.zip/inside/a.bin")[0] == 5
    assert file_stamp(str(tmp_path / "none")) == (0, 0.0)


@pytest.mark.parametrize(("prefix", "most"), [('HDF5:"x.h5"://', 1), ("x", 4)])
def test_one_thread_at_a_time_reads_hdf5(prefix: str, most: int) -> None:
    """Each reader opens nothing: it is given a dataset that counts who is in it, and waits for others to come."""
    inside, seen, turn = [0], [0], threading.Lock()

    class Counting:
        ShortName = "HDF5Image"

        def GetDriver(self) -> Counting:  # noqa: N802
            return self

        def GetRasterBand(self, number: int) -> Counting:  # noqa: N802
            return self

        def ReadAsArray(self, *window: int) -> np.ndarray:  # noqa: N802
            with turn:
                inside[0] += 1
                seen[0] = max(seen[0], inside[0])
            time.sleep(0.05)
            with turn:
                inside[0] -= 1
            return np.zeros((window[3], window[2]), np.int16)

    grid = Grid("", (0.0, 1.0, 0.0, 0.0, 0.0, -1.0), 8, 8)

    def read(number: int) -> None:
        band = Band("B", f"{prefix}{number}", 1, grid, "Int16", None, None, 1.0, 0.0)
        reader = BandReader()
        reader._datasets[band.path] = Counting()
        assert reader.read(band, grid.window).shape == (8, 8)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(read, range(4)))
    assert seen == [most]

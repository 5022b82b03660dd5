# SPDX-License-Identifier: GPL-2.0-or-later
"""What the finished file says."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

gdal = pytest.importorskip("osgeo.gdal")
from osgeo import osr  # noqa: E402
from satsharp.core.errors import OutputError  # noqa: E402
from satsharp.core.grid import Grid, Window  # noqa: E402
from satsharp.core.output_place import partial_paths  # noqa: E402
from satsharp.core.raster_writer import RasterWriter  # noqa: E402

from .parts import IDENTITY, TAGS, names_in, pixels_of, profile, read, write  # noqa: E402


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

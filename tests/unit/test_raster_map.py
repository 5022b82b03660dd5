# SPDX-License-Identifier: GPL-2.0-or-later
"""Mapping reflectance from file to file: digital numbers, nodata, ranges, strips, cancelling, what is left."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

gdal = pytest.importorskip("osgeo.gdal")

from hypothesis import given  # noqa: E402
from hypothesis import strategies as st  # noqa: E402
from satsharp.core.errors import CancelledError, OutputError, ProductError  # noqa: E402
from satsharp.core.grid import Grid, Window  # noqa: E402
from satsharp.core.harmonization.factor_field import FactorField  # noqa: E402
from satsharp.core.harmonization.tables import Linear  # noqa: E402
from satsharp.core.output_lock import reserved  # noqa: E402
from satsharp.core.raster_map import BandMap, MapJob, _mapped, _profile, map_raster  # noqa: E402
from satsharp.core.scene import Band  # noqa: E402

from .raster_factory import EAST, NORTH, write_raster  # noqa: E402

NAMES = {"uint16": "UInt16", "int16": "Int16", "uint8": "Byte", "float32": "Float32", "int32": "Int32"}
SURFACE = (2.75e-5, -0.2)


def entry(path: Path, index: int = 1, nodata: float | None = 0, relation=(1e-4, 0.0), **steps) -> BandMap:
    """A band of a raster, called B and its number."""
    dataset = gdal.Open(str(path))
    kind = gdal.GetDataTypeName(dataset.GetRasterBand(index).DataType)
    grid = Grid(dataset.GetProjection(), dataset.GetGeoTransform(), dataset.RasterXSize, dataset.RasterYSize)
    saturated = steps.pop("saturated", None)
    valid_range = steps.pop("valid_range", None)
    band = Band(f"B{index}", str(path), index, grid, kind, nodata, saturated, *relation, valid_range=valid_range)
    return BandMap(band, f"B{index}", relation, **steps)


def run(tmp_path: Path, *bands: BandMap, **options) -> tuple[np.ndarray, dict[str, int]]:
    """Map and return the pixels, (bands, rows, columns), and the counts."""
    job = MapJob(tmp_path / "out.tif", bands, **options)
    result = map_raster(job, lambda share: None, lambda: False)
    return gdal.Open(str(result.path)).ReadAsArray(), dict(result.clipped)


def factors(value: float | np.ndarray, gsd: float = 300.0) -> FactorField:
    values = np.atleast_2d(np.asarray(value, np.float32))
    grid = Grid("", (EAST, gsd, 0.0, NORTH, 0.0, -gsd), values.shape[1], values.shape[0])
    return FactorField("B1", grid, values)


def test_landsat_s_offset_is_applied_once_and_undone_once(tmp_path):
    """Digital number 20000 of Level-2 is 0.35; by 1.02 x + 0.004 it becomes 0.361, which is (0.361 + 0.2) / 2.75e-5."""
    numbers = np.array([[[20000, 7273, 0, 65535]]], np.uint16)
    path = write_raster(tmp_path / "in.tif", numbers)
    line = Linear("B1", 1.02, 0.004)
    found, clipped = run(tmp_path, entry(path, relation=SURFACE, line=line, saturated=65535))
    # 7273 is 0.0000075; 1.02 x that + 0.004 is 0.00400765, number 7418.46.
    np.testing.assert_array_equal(found.ravel(), [20400, 7418, 0, 65535])
    assert clipped == {"B1": 0}


def test_factor_before_line(tmp_path):
    path = write_raster(tmp_path / "in.tif", np.full((1, 4, 4), 3000, np.uint16))
    found, _ = run(tmp_path, entry(path, factors=factors(1.1), line=Linear("B1", 0.9, 0.01)))
    # (0.3 x 1.1) x 0.9 + 0.01 = 0.307, not (0.3 x 0.9 + 0.01) x 1.1 = 0.308.
    assert (found == 3070).all()


def test_values_are_rounded_half_to_even_not_truncated(tmp_path):
    numbers = np.array([[[1, 3, 5, 7, 1999]]], np.uint16)
    path = write_raster(tmp_path / "in.tif", numbers)
    found, _ = run(tmp_path, entry(path, nodata=None, relation=(1.0, 0.0), factors=factors(0.5)))
    np.testing.assert_array_equal(found.ravel(), [0, 2, 2, 4, 1000])


@pytest.mark.parametrize(("dtype", "lowest", "count"), [("int16", -150, 0), ("float32", -150.0, 0), ("uint16", 0, 2)])
def test_negatives_survive_where_the_type_holds_them_and_are_counted_where_not(tmp_path, dtype, lowest, count):
    numbers = np.array([[[100, 50, 400]]], dtype)
    path = write_raster(tmp_path / "in.tif", numbers)
    found, clipped = run(tmp_path, entry(path, nodata=None, line=Linear("B1", 1.0, -0.02)))
    assert found.dtype == np.dtype(dtype) and found.min() == pytest.approx(lowest)
    assert clipped == {"B1": count}
    assert found.ravel()[2] == pytest.approx(200)


def test_a_measured_pixel_never_becomes_nodata(tmp_path):
    path = write_raster(tmp_path / "in.tif", np.array([[[100, 0, 300]]], np.uint16))
    found, clipped = run(tmp_path, entry(path, line=Linear("B1", 1.0, -0.01)))
    np.testing.assert_array_equal(found.ravel(), [1, 0, 200])
    assert clipped == {"B1": 1}


def test_valid_range_of_the_sensor_is_kept(tmp_path):
    path = write_raster(tmp_path / "in.tif", np.array([[[7300, 43000, 500]]], np.uint16))
    band = entry(path, relation=SURFACE, line=Linear("B1", 1.1, -0.005), valid_range=(7273.0, 43636.0))
    found, clipped = run(tmp_path, band)
    # 500 is no measurement and stays; the others stop at the ends of the range.
    np.testing.assert_array_equal(found.ravel(), [7273, 43636, 500])
    assert clipped == {"B1": 2}


def test_nan_and_infinity_stay(tmp_path):
    numbers = np.array([[[0.5, np.nan, np.inf, -0.1]]], np.float32)
    path = write_raster(tmp_path / "in.tif", numbers)
    found, _ = run(tmp_path, entry(path, nodata=None, relation=(1.0, 0.0), line=Linear("B1", 2.0, 0.0)))
    np.testing.assert_array_equal(found.ravel(), np.array([1.0, np.nan, np.inf, -0.2], np.float32))


def test_bands_with_other_nodata_get_the_file_s_own(tmp_path):
    path = write_raster(tmp_path / "in.tif", np.array([[[5, 0]], [[7, 9]]], np.uint16))
    found, _ = run(tmp_path, entry(path), entry(path, 2, nodata=9))
    np.testing.assert_array_equal(found, [[[5, 0]], [[7, 0]]])


def test_what_is_not_mapped_is_copied_and_everything_else_is_kept(tmp_path):
    rng = np.random.default_rng(1)
    numbers = rng.integers(0, 65536, (2, 300, 70), np.uint16)
    path = write_raster(tmp_path / "in.tif", numbers, 20.0)
    bands = (entry(path, line=Linear("B1", 1.0, 0.0)), entry(path, 2, relation=(2e-4, -0.3)))
    found, clipped = run(tmp_path, *bands, tags=(("SATSHARP_X", "y"),))
    np.testing.assert_array_equal(found, numbers)
    assert clipped == {"B1": 0, "B2": 0}
    made, source = gdal.Open(str(tmp_path / "out.tif")), gdal.Open(str(path))
    assert made.GetGeoTransform() == source.GetGeoTransform() and made.GetProjection() == source.GetProjection()
    assert [made.GetRasterBand(i).GetDescription() for i in (1, 2)] == ["B1", "B2"]
    assert [made.GetRasterBand(i).GetNoDataValue() for i in (1, 2)] == [0, 0]
    assert (made.GetRasterBand(2).GetScale(), made.GetRasterBand(2).GetOffset()) == (2e-4, -0.3)
    assert made.GetMetadataItem("SATSHARP_X") == "y"


@pytest.mark.parametrize("rows", [256, 512, 1024])
def test_strips_do_not_show(tmp_path, rows):
    rng = np.random.default_rng(2)
    numbers = rng.integers(1, 10000, (2, 700, 90), np.uint16)
    path = write_raster(tmp_path / "in.tif", numbers, 10.0)
    field = factors(rng.uniform(0.9, 1.1, (25, 5)))
    bands = (entry(path, factors=field), entry(path, 2, factors=field, line=Linear("B2", 1.01, 0.001)))
    found, _ = run(tmp_path, *bands, rows=rows)
    grid = bands[0].band.grid
    factor = field.sample(grid, grid.window).astype(np.float64)
    np.testing.assert_array_equal(found[0], np.rint(numbers[0] * factor))
    np.testing.assert_allclose(found[1], (numbers[1] * 1e-4 * factor * 1.01 + 0.001) * 1e4, atol=0.51)


@given(
    number=st.integers(1, 65534),
    scale=st.sampled_from([1e-4, 2.75e-5, 2.44154917752291e-05]),
    offset=st.sampled_from([0.0, -0.1, -0.2]),
    slope=st.floats(0.9, 1.1),
    step=st.floats(-0.005, 0.005),
)
def test_there_and_back_is_within_one_number(number, scale, offset, slope, step):
    grid = Grid("", (0.0, 1.0, 0.0, 0.0, 0.0, -1.0), 1, 1)
    band = Band("B1", "", 1, grid, "UInt16", 0, None, scale, offset)
    window = Window(0, 0, 1, 1)
    there = BandMap(band, "B1", None, line=Linear("B1", slope, step))
    back = BandMap(band, "B1", None, line=Linear("B1", 1 / slope, -step / slope))
    profile = _profile(MapJob(Path("x"), (there,)))
    middle, cut = _mapped(there, np.array([[number]], np.uint16), window, profile)
    if cut:
        return
    found, _ = _mapped(back, middle.astype(np.uint16), window, profile)
    # Half a number of rounding, enlarged by 1 / slope, and another half.
    assert abs(int(found[0, 0]) - number) <= 1


def test_cancelling_leaves_nothing(tmp_path):
    path = write_raster(tmp_path / "in.tif", np.ones((1, 600, 40), np.uint16))
    shares: list[float] = []
    job = MapJob(tmp_path / "out.tif", (entry(path, line=Linear("B1", 1.1, 0.0)),))
    with pytest.raises(CancelledError):
        map_raster(job, shares.append, lambda: bool(shares))
    assert shares == [pytest.approx(256 / 600)]
    assert [found.name for found in tmp_path.iterdir()] == ["in.tif"]


def test_progress_reaches_the_end(tmp_path):
    path = write_raster(tmp_path / "in.tif", np.ones((1, 600, 40), np.uint16))
    shares: list[float] = []
    map_raster(MapJob(tmp_path / "out.tif", (entry(path),)), shares.append, lambda: False)
    assert shares == sorted(shares) and shares[-1] == 1.0 and len(shares) == 3


def test_what_an_input_joins_is_never_overwritten(tmp_path):
    path = write_raster(tmp_path / "in.tif", np.ones((1, 4, 4), np.uint16))
    before = path.read_bytes()
    gdal.BuildVRT(str(tmp_path / "in.vrt"), [str(path)])
    with pytest.raises(OutputError, match=r"in\.tif is the input itself"):
        map_raster(MapJob(path, (entry(tmp_path / "in.vrt"),)), lambda share: None, lambda: False)
    assert path.read_bytes() == before


def test_the_input_is_never_overwritten(tmp_path):
    path = write_raster(tmp_path / "in.tif", np.ones((1, 4, 4), np.uint16))
    before = path.read_bytes()
    with pytest.raises(OutputError, match="is the input itself"):
        map_raster(MapJob(path, (entry(path),)), lambda share: None, lambda: False)
    assert path.read_bytes() == before


def test_an_earlier_output_stays_when_reading_fails(tmp_path):
    numbers = np.random.default_rng(4).integers(0, 60000, (1, 600, 400)).astype(np.uint16)
    path = write_raster(tmp_path / "in.tif", numbers)
    band = entry(path)
    path.write_bytes(path.read_bytes()[:200000])
    (tmp_path / "out.tif").write_text("earlier")
    with pytest.raises(ProductError, match="in.tif"):
        map_raster(MapJob(tmp_path / "out.tif", (band,)), lambda share: None, lambda: False)
    assert (tmp_path / "out.tif").read_text() == "earlier"
    assert sorted(found.name for found in tmp_path.iterdir()) == ["in.tif", "out.tif"]


def test_a_cloud_optimized_file_on_demand(tmp_path):
    path = write_raster(tmp_path / "in.tif", np.full((1, 40, 30), 1000, np.uint16))
    found, _ = run(tmp_path, entry(path, line=Linear("B1", 2.0, 0.0)), cog=True)
    assert (found == 2000).all()
    assert gdal.Open(str(tmp_path / "out.tif")).GetMetadataItem("LAYOUT", "IMAGE_STRUCTURE") == "COG"


def test_output_of_another_run_is_left_alone(tmp_path):
    path = write_raster(tmp_path / "in.tif", np.full((1, 4, 4), 3000, np.uint16))
    (tmp_path / "out.tif.partial").write_bytes(b"of the other run")
    with reserved((tmp_path / "out.tif",)), pytest.raises(OutputError, match="is being written by another run"):
        run(tmp_path, entry(path))
    assert (tmp_path / "out.tif.partial").read_bytes() == b"of the other run"
    assert not (tmp_path / "out.tif").exists()

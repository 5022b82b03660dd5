# SPDX-License-Identifier: GPL-2.0-or-later
"""The pair report on manufactured rasters: grids, masks, bands, and figures that are known beforehand."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from pathlib import Path

import numpy as np
import pytest

gdal = pytest.importorskip("osgeo.gdal")

from hypothesis import given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402
from satsharp.core.errors import CancelledError, GridError, ProductError  # noqa: E402
from satsharp.core.grid import Grid, Window  # noqa: E402
from satsharp.core.harmonization.clouds import CloudOptions  # noqa: E402
from satsharp.core.products.aligned import align  # noqa: E402
from satsharp.core.products.measured_raster import file_source, open_measured  # noqa: E402
from satsharp.core.products.quality_raster import quality_band, quality_kind  # noqa: E402
from satsharp.core.quality.aggregation import Aggregation  # noqa: E402
from satsharp.core.quality.band_pairs import pair_bands  # noqa: E402
from satsharp.core.quality.density import Density, Thumbnail  # noqa: E402
from satsharp.core.quality.pair import run_pair  # noqa: E402
from satsharp.core.quality.pair_document import csv_text, document_of, json_text  # noqa: E402
from satsharp.core.quality.pair_plan import CloudSource, plan_pair  # noqa: E402
from satsharp.core.quality.png import data_address, encode_png, natural, ramp  # noqa: E402
from satsharp.core.quality.svg import Axis, Plot, round_ticks  # noqa: E402
from satsharp.core.raster import BandReader  # noqa: E402
from satsharp.core.sensors import SENSOR_FOLDER, load_sensors  # noqa: E402
from satsharp.tests.unit.raster_factory import EAST, NORTH, write_raster  # noqa: E402

SENSORS = {sensor.id: sensor for sensor in load_sensors(SENSOR_FOLDER)[0]}
S2 = ("B02", "B03", "B04", "B8A", "B11", "B12")
L8 = ("SR_B2", "SR_B3", "SR_B4", "SR_B5", "SR_B6", "SR_B7")
# Eastings 40 km west of the antimeridian at 50 degrees north.
ORIGINS_AT_180 = {32660: 674000.0, 32601: 246000.0}
DATA = Path(os.environ.get("SATSHARP_DATA", Path(__file__).parents[3] / "shared" / "data"))


def opened(path: Path):
    return open_measured(file_source(str(path)), SENSORS)


def ground(rows: int, cols: int, bands: int = 6, seed: int = 1) -> np.ndarray:
    """Digital numbers of Sentinel-2 that are whole multiples of 9, so that means of 3 x 3 are whole numbers."""
    random = np.random.default_rng(seed)
    base = random.integers(20, 300, (bands, rows // 3, cols // 3)) * 9
    base[3] += 2000
    fine = base.repeat(3, 1).repeat(3, 2)
    fine[:, ::3, ::3] += 9
    fine[:, 1::3, 1::3] -= 9
    return fine.astype(np.uint16)


def blocks(pixels: np.ndarray, factor: int = 3) -> np.ndarray:
    bands, rows, cols = pixels.shape
    return pixels.reshape(bands, rows // factor, factor, cols // factor, factor).mean(axis=(2, 4))


@pytest.fixture
def pair(tmp_path):
    """A 10 m reference and a 30 m raster of Landsat numbers whose reflectance is 0.9 times its mean plus 0.01."""
    fine = ground(120, 90)
    coarse = (0.9 * blocks(fine) / 10000 + 0.01 + 0.2) / 0.0000275
    reference = write_raster(tmp_path / "s2.tif", fine, 10.0, names=S2, nodata=0)
    raster = write_raster(tmp_path / "l8.tif", np.rint(coarse).astype(np.uint16), 30.0, names=L8, nodata=0)
    return raster, reference, fine


def test_bands_of_other_sensors_and_grids_meet(pair):
    raster, reference, fine = pair
    job = plan_pair(opened(raster), opened(reference))
    assert (job.target.gsd, job.target.width, job.target.height) == (30.0, 30, 40)
    assert [found.text for found in job.stages[0].pairs] == [
        "B2 = B02", "B3 = B03", "B4 = B04", "B5 = B8A", "B6 = B11", "B7 = B12",
    ]  # fmt: skip
    result = run_pair(job)
    (agreement,) = result.agreements
    truth = blocks(fine) / 10000
    assert result.pixels == result.total == 1200
    for channel, figure in enumerate(agreement.bands):
        assert figure.moments.slope == pytest.approx(0.9, abs=1e-3)
        assert figure.moments.intercept == pytest.approx(0.01, abs=1e-4)
        assert figure.moments.r2 == pytest.approx(1.0, abs=1e-6)
        assert figure.moments.bias == pytest.approx(0.01 - 0.1 * truth[channel].mean(), abs=1e-5)
    found = 0.9 * truth + 0.01
    ndvi = [(image[3] - image[2]) / (image[3] + image[2]) for image in (truth, found)]
    index = agreement.index("NDVI").moments
    assert index.correlation == pytest.approx(np.corrcoef(ndvi[0].ravel(), ndvi[1].ravel())[0, 1], abs=1e-4)
    assert index.mae == pytest.approx(np.abs(ndvi[1] - ndvi[0]).mean(), abs=1e-4)
    assert [figure.name for figure in agreement.indices] == ["NDVI", "NDWI", "NDWI1", "NDWI2"]
    assert job.notes == (
        "Nothing tells what the values of s2.tif are; assumed: reflectance = digital number / 10000.",
        "Nothing tells what the values of l8.tif are; assumed: reflectance = digital number / 36363.6 -0.2.",
        "s2.tif: averaged from 10 m by area.",
        "l8.tif: as it is.",
    )


def test_before_and_after_are_judged_on_the_same_pixels(pair, tmp_path):
    raster, reference, fine = pair
    better = fine.copy()
    better[:, :30] = 0
    after = write_raster(tmp_path / "after.tif", better, 10.0, names=S2, nodata=0)
    result = run_pair(plan_pair(opened(after), opened(reference), opened(raster)))
    # Ten metres: the coarser of raster and reference; the one from before is interpolated.
    assert (result.total, result.pixels) == (120 * 90, 90 * 90)
    now, before = result.agreements
    assert now.overall.rmse == 0.0 and now.overall.count == before.overall.count == 6 * 8100
    assert before.overall.rmse > 0.005 and now.index("NDVI").moments.correlation == pytest.approx(1.0)
    coarsest = plan_pair(opened(after), opened(reference), opened(raster), grid="coarsest")
    assert coarsest.target.gsd == 30.0 and run_pair(coarsest).pixels == 900
    assert plan_pair(opened(raster), opened(reference), grid="reference").target.gsd == 10.0
    with pytest.raises(GridError, match="no choice 'finest' of a grid"):
        plan_pair(opened(raster), opened(reference), grid="finest")


def test_masks_take_pixels_away(pair, tmp_path):
    raster, reference, _ = pair
    quality = np.full((1, 40, 30), 21824, np.uint16)
    quality[0, 10, 10] = 22280
    mask = write_raster(tmp_path / "LC08_QA_PIXEL.tif", quality, 30.0)
    classes = np.full((1, 120, 90), 4, np.uint8)
    classes[0, 0, 0] = 9
    scene = write_raster(tmp_path / "SCL.tif", classes, 10.0)
    clouds = (
        CloudSource(quality_band(file_source(str(mask)), 1), "qa_pixel", CloudOptions(dilation=30)),
        CloudSource(quality_band(file_source(str(scene)), 1), "scl", CloudOptions(dilation=0)),
    )
    result = run_pair(plan_pair(opened(raster), opened(reference), clouds=clouds))
    # Nine pixels of Landsat around the cloud, and the one 30 m pixel of which a ninth is cloudy.
    assert result.pixels == 1200 - 9 - 1
    assert [cover.hidden for cover in result.covers] == [9, 1]
    finer = run_pair(plan_pair(opened(raster), opened(reference), clouds=clouds, grid="reference"))
    assert finer.pixels == 120 * 90 - 81 - 1


@pytest.mark.parametrize("epsg", [32631, 32632])
@pytest.mark.parametrize(
    ("kind", "clear"), [("qa_pixel", 21824), ("scl", 4), ("fmask", 0), ("hls_fmask", 0), ("classes", 0), ("binary", 0)]
)
def test_ground_that_a_mask_does_not_cover_is_hidden_and_told(pair, tmp_path, epsg, kind, clear):
    """Before, what lay outside a mask of another UTM zone counted as clear for most kinds; nothing told of either."""
    raster, reference, _ = pair
    upper = write_raster(tmp_path / "upper.tif", np.full((1, 20, 30), clear, np.uint16), 30.0)
    path = tmp_path / "mask.tif"
    # That 0, which is clear, is declared as nodata is common and does not matter.
    gdal.Warp(str(path), str(upper), dstSRS=f"EPSG:{epsg}", xRes=10, yRes=10, srcNodata="none", dstNodata=0)
    grid = quality_band(file_source(str(path)), 1).grid
    # In another zone the frame around what was warped is turned, and holds what is clear.
    if epsg == 32632 and clear:
        dataset = gdal.Open(str(path), gdal.GA_Update)
        dataset.WriteArray(np.full((grid.height, grid.width), clear, np.uint16))
        dataset = None
    clouds = (CloudSource(quality_band(file_source(str(path)), 1), kind, CloudOptions()),)
    job = plan_pair(opened(raster), opened(reference), clouds=clouds)
    (warning,) = job.warnings
    told = re.fullmatch(
        r"The cloud mask mask.tif does not cover (4\d\.\d|50\.0) % of the ground that is compared: that part counts as "
        r"hidden, so it is left out. Pass a mask of the whole ground\.",
        warning,
    )
    result = run_pair(job)
    assert result.pixels / result.total == pytest.approx(1 - float(told[1]) / 100, abs=0.02)
    assert document_of(job, result)["warnings"] == [warning]


@pytest.mark.parametrize("index", [1, 4])
def test_masks_among_four_bands_of_8_bits_are_no_transparency(pair, tmp_path, index):
    """GDAL calls the fourth alpha; before, every clear 0 in it counted as outside in another CRS, so all was hidden."""
    raster, reference, _ = pair
    pixels = np.full((4, 400, 400), 2, np.uint8)
    pixels[[0, 3]] = 0
    pixels[index - 1, :, :200] = 2
    names = ("a", "b", "c", "Fmask")
    mask = write_raster(tmp_path / "mask.tif", pixels, 0.0005, (4.345, 51.5), names=names, epsg=4326)
    assert gdal.Open(str(mask)).GetRasterBand(4).GetColorInterpretation() == gdal.GCI_AlphaBand
    clouds = (CloudSource(quality_band(file_source(str(mask)), index), "hls_fmask", CloudOptions(dilation=0)),)
    job = plan_pair(opened(raster), opened(reference), clouds=clouds)
    assert job.warnings == () and 300 < run_pair(job).pixels < 900


def test_a_mask_without_crs_is_told_of_like_any_other(pair, tmp_path):
    """It is read as if it had the raster's; before, what it did not cover was hidden without a word."""
    raster, reference, _ = pair
    half = write_raster(tmp_path / "mask.tif", np.zeros((1, 20, 30), np.uint8), 30.0, epsg=None)
    clouds = (CloudSource(quality_band(file_source(str(half)), 1), "binary", CloudOptions()),)
    job = plan_pair(opened(raster), opened(reference), clouds=clouds)
    assert len(job.warnings) == 1 and "does not cover 50.0 % of the ground" in job.warnings[0]
    assert run_pair(job).pixels == 600


@pytest.mark.parametrize(
    ("west", "width", "share"), [(176, 8, 0), (170, 20, 0), (-184, 8, 0), (0, 360, 0), (-180, 360, 0), (176, 4, 50)]
)
@pytest.mark.parametrize("epsg", [32660, 32601])
def test_masks_across_the_antimeridian_are_compared_with_either_side(tmp_path, epsg, west, width, share):
    """Before, a mask from 176 to 184 degrees was said not to cover what has -180 to -176, though it was read there."""
    origin = (ORIGINS_AT_180[epsg], 5600000.0)
    pixels = np.full((1, 40, 40), 3000, np.uint16)
    raster, reference = (
        opened(write_raster(tmp_path / f"{name}.tif", pixels, 2000.0, origin, names=("B04",), epsg=epsg))
        for name in ("s2a", "s2b")
    )
    clear = np.zeros((1, 100, 10 * width), np.uint8)
    mask = write_raster(tmp_path / "mask.tif", clear, 0.1, (west, 55.0), epsg=4326)
    clouds = (CloudSource(quality_band(file_source(str(mask)), 1), "binary", CloudOptions(dilation=0)),)
    job = plan_pair(raster, reference, clouds=clouds)
    told = [float(re.search(r"cover ([\d.]+) %", warning)[1]) for warning in job.warnings]
    assert told == ([pytest.approx(share, abs=3)] if share else [])
    assert run_pair(job).pixels / 1600 == pytest.approx(1 - share / 100, abs=0.03)


def test_masks_of_all_the_ground_are_not_told_of(pair, tmp_path):
    raster, reference, _ = pair
    # Of 40 m pixels one row reaches beyond, and a border of half a metre is missing.
    mask = write_raster(tmp_path / "mask.tif", np.zeros((1, 31, 23), np.uint8), 40.0, (EAST + 0.5, NORTH))
    clouds = (CloudSource(quality_band(file_source(str(mask)), 1), "binary", CloudOptions()),)
    assert plan_pair(opened(raster), opened(reference), clouds=clouds).warnings == ()


def test_fmask_of_hls_is_found_in_its_files_and_what_joins_them(tmp_path):
    """Before, its bits were taken for the numbers of the Fmask program, so that clear land was nodata."""
    clear = np.full((1, 30, 30), 64, np.uint8)
    pixels = np.concatenate((ground(30, 30), clear.astype(np.uint16)))
    stack = write_raster(tmp_path / "HLSL30_20210601.tif", pixels, 30.0, names=(*S2, "Fmask"))
    assert opened(stack).quality == ((7, "hls_fmask"),)
    alone = write_raster(tmp_path / "HLSL30.020_Fmask_doy2021152.tif", clear, 30.0)
    gdal.BuildVRT(str(tmp_path / "Fmask.vrt"), [str(alone)])
    gdal.Translate(str(tmp_path / "stack.vrt"), str(stack), format="VRT")
    assert opened(tmp_path / "stack.vrt").quality == ((7, "hls_fmask"),)
    kinds = [quality_kind(file_source(str(tmp_path / name))) for name in (alone.name, "Fmask.vrt")]
    assert kinds == ["hls_fmask", "hls_fmask"]
    other = write_raster(tmp_path / "LC08_20210601.tif", pixels, 30.0, names=(*S2, "Fmask"))
    gdal.Translate(str(tmp_path / "other.vrt"), str(other), format="VRT")
    assert opened(tmp_path / "other.vrt").quality == ((7, "fmask"),)


def test_masks_inside_the_raster_are_found(tmp_path):
    pixels = np.concatenate((ground(30, 30), np.full((1, 30, 30), 21824, np.uint16)))
    found = opened(write_raster(tmp_path / "l8.tif", pixels, 30.0, names=(*L8, "QA_PIXEL")))
    assert found.quality == ((7, "qa_pixel"),) and [band.name for band in found.bands] == [
        "B2",
        "B3",
        "B4",
        "B5",
        "B6",
        "B7",
    ]
    with pytest.raises(ProductError, match="tells of clouds and has no other bands"):
        opened(write_raster(tmp_path / "qa.tif", pixels[6:], 30.0, names=("QA_PIXEL",)))


@pytest.mark.parametrize(
    ("shift", "how"), [((0.0, 0.0), "as it is"), ((5.0, -5.0), "interpolated by cubic convolution")]
)
def test_pixels_of_the_same_size(tmp_path, shift, how):
    rows, cols = np.mgrid[0:60, 0:60]
    plane = (2000 + 10 * cols + 20 * rows).astype(np.uint16)[None].repeat(3, 0)
    reference = write_raster(tmp_path / "a.tif", plane, 10.0, names=S2[:3], nodata=0)
    origin = EAST + shift[0], NORTH + shift[1]
    other = write_raster(tmp_path / "b.tif", plane, 10.0, origin, names=S2[:3], nodata=0)
    job = plan_pair(opened(other), opened(reference))
    assert job.stages[0].aligned.how == how
    moments = run_pair(job).agreements[0].bands[0].moments
    # Moved by half a pixel right and down, the plane is lower by half a step of each.
    assert moments.bias == pytest.approx(-0.0015 if any(shift) else 0.0, abs=4e-5)
    assert moments.slope == pytest.approx(1.0, abs=1e-3)


def test_another_crs_is_warped_once(tmp_path):
    rows, cols = np.mgrid[0:300, 0:300]
    plane = (2000 + 4 * cols + 6 * rows).astype(np.uint16)[None].repeat(3, 0)
    fine = write_raster(tmp_path / "a.tif", plane, 10.0, names=S2[:3], nodata=0)
    gdal.Warp(
        str(tmp_path / "b.tif"), str(fine), dstSRS="EPSG:32632", xRes=10, yRes=10, resampleAlg="cubic", dstNodata=0
    )
    coarse = write_raster(tmp_path / "c.tif", np.rint(blocks(plane)).astype(np.uint16), 30.0, names=S2[:3], nodata=0)
    job = plan_pair(opened(tmp_path / "b.tif"), opened(coarse))
    assert job.target.gsd == 30.0 and job.stages[0].aligned.how.startswith(
        "warped by cubic convolution, averaged from 10"
    )
    result = run_pair(job)
    moments = result.agreements[0].bands[0].moments
    assert result.pixels > 0.9 * 10000
    assert abs(moments.bias) < 1e-5 and moments.slope == pytest.approx(1.0, abs=2e-3) and moments.rmse < 1e-4


@settings(max_examples=60)
@given(st.floats(0.3, 4.0), st.floats(0.0, 3.0), st.integers(1, 9), st.integers(0, 2**32 - 1))
def test_means_by_area_keep_the_sum(ratio, start, count, seed):
    """The means of target pixels times their area are the integral over the source pixels they cover."""
    source = Grid("", (0.0, 1.0, 0.0, 0.0, 0.0, -1.0), 60, 60)
    target = Grid("", (start, ratio, 0.0, -start, 0.0, -ratio), count, count)
    values = np.random.default_rng(seed).random((60, 60))
    found = Aggregation.of(target, target.window, source)
    part = values[found.window.slices]
    means, valid = found.mean(part, np.ones(part.shape, bool))
    assert valid.all()
    edge = start + ratio * count
    # Integral of a step function along each axis.
    cover = np.clip(np.minimum(np.arange(60) + 1, edge) - np.maximum(np.arange(60), start), 0, None)
    assert means.sum() * ratio**2 == pytest.approx(cover @ values @ cover, rel=1e-6)


def test_a_coarse_pixel_is_valid_where_fine_ones_cover_it_wholly(tmp_path):
    pixels = np.full((1, 9, 9), 1000, np.uint16)
    pixels[0, 4, 4] = 0
    fine = opened(write_raster(tmp_path / "fine.tif", pixels, 10.0, names=("B02",), nodata=0))
    target = Grid(fine.grid.crs, (EAST - 30, 30.0, 0.0, NORTH, 0.0, -30.0), 4, 3)
    aligned = align(fine.bands, target)
    with BandReader() as reader:
        values, mask = aligned.read(fine.bands[0], Window(0, 0, 3, 4), reader)
    assert mask.tolist() == [[False, True, True, True], [False, True, False, True], [False, True, True, True]]
    assert values[mask] == pytest.approx(0.1) and values[~mask].tolist() == [0.0] * 4


def test_bands_are_paired_as_the_user_says(pair, tmp_path):
    raster, reference, _ = pair
    files = opened(raster), opened(reference)
    assert [found.text for found in pair_bands(*files, "B5=B8A; 3=B04")] == ["B5 = B8A", "B4 = B04"]
    for mapping, sentence in (
        ("B5", "'B5' is no pair of bands"),
        ("B5=B99", "s2.tif has no band B99: it has B02, B03"),
        ("B99=B02", "l8.tif has no band B99"),
        ("B5=B8A; B5=B04", "Band B5 stands in two pairs"),
        (" ; ", "holds no pair of bands"),
    ):
        with pytest.raises(ProductError, match=sentence):
            pair_bands(*files, mapping)
    plain = [opened(write_raster(tmp_path / f"plain{count}.tif", ground(30, 30)[:count], 30.0)) for count in (2, 2, 3)]
    assert [found.text for found in pair_bands(plain[0], plain[1])] == ["band 1 = band 1", "band 2 = band 2"]
    assert "assumed: reflectance = digital number / 10000" in plain[0].notes[0]
    with pytest.raises(ProductError, match="Say which belong together"):
        pair_bands(plain[0], plain[2])


def test_bad_pairs_are_told(pair, tmp_path):
    raster, reference, fine = pair
    far = opened(write_raster(tmp_path / "far.tif", fine, 10.0, (EAST + 90000, NORTH), names=S2))
    with pytest.raises(GridError, match=r"do not overlap\. Pass rasters of one place"):
        plan_pair(opened(raster), far)
    empty = opened(write_raster(tmp_path / "empty.tif", np.zeros_like(fine), 10.0, names=S2, nodata=0))
    with pytest.raises(ProductError, match="Only 0 pixels"):
        run_pair(plan_pair(opened(raster), empty))
    with pytest.raises(CancelledError):
        run_pair(plan_pair(opened(raster), opened(reference)), is_cancelled=lambda: True)


def test_turned_grids(tmp_path):
    pixels = np.full((3, 40, 40), 1500, np.uint16)
    straight = opened(write_raster(tmp_path / "a.tif", pixels, 30.0, names=S2[:3], nodata=0))
    turned = opened(write_raster(tmp_path / "b.tif", pixels, 8.0, names=S2[:3], nodata=0, rotation=6.0))
    # Pixels of 10 m that are turned are warped onto a grid that is not, of a whole part of 30 m.
    result = run_pair(plan_pair(turned, straight))
    assert result.agreements[0].overall.rmse < 1e-6 and 30 < result.pixels < 1600
    with pytest.raises(GridError, match=r"b\.tif is turned or upside down"):
        plan_pair(turned, straight, grid="input")


def test_rasters_that_are_smaller_than_a_window(tmp_path):
    pixels = np.random.default_rng(0).integers(100, 900, (2, 6, 6)).astype(np.uint16)
    told = {"names": S2[:2], "epsg": None, "scale": (0.0001, 0.0)}
    files = [opened(write_raster(tmp_path / f"{name}.tif", pixels, 10.0, **told)) for name in "ab"]
    job = plan_pair(*files)
    result = run_pair(job)
    assert result.pixels == 36 and np.isnan(result.agreements[0].ssim)
    assert document_of(job, result)["figures"]["input"]["overall"]["ssim"] is None
    assert "assumed" not in " ".join(job.notes) and "no coordinate reference system" in job.notes[0]


def test_documents_hold_the_figures(pair):
    raster, reference, _ = pair
    job = plan_pair(opened(raster), opened(reference))
    result = run_pair(job)
    document = json.loads(json_text(job, result))
    assert document == json.loads(json.dumps(document_of(job, result)))
    assert document["bands"] == {"input": ["B2 = B02", "B3 = B03", "B4 = B04", "B5 = B8A", "B6 = B11", "B7 = B12"]}
    assert document["figures"]["input"]["bands"]["B04"]["slope"] == pytest.approx(0.9, abs=1e-3)
    rows = list(csv.DictReader(io.StringIO(csv_text(result))))
    assert [row["name"] for row in rows] == [*S2, "NDVI", "NDWI", "NDWI1", "NDWI2", ""]
    assert float(rows[2]["slope"]) == pytest.approx(0.9, abs=1e-3) and rows[-1]["kind"] == "all bands"
    assert float(rows[-1]["sam"]) == pytest.approx(result.agreements[0].sam, rel=1e-5)


def test_pictures_are_true_png_files(tmp_path):
    values = np.array([[0.0, 0.5, 1.0], [np.nan, 2.0, -1.0]])
    pixels = ramp(values, 0.0, 1.0, ((0, 0, 0), (100, 150, 200)))
    assert pixels[0].tolist() == [[0, 0, 0, 255], [50, 75, 100, 255], [100, 150, 200, 255]]
    assert pixels[1].tolist() == [[0, 0, 0, 0], [100, 150, 200, 255], [0, 0, 0, 255]]
    (tmp_path / "a.png").write_bytes(encode_png(pixels))
    assert np.array_equal(gdal.Open(str(tmp_path / "a.png")).ReadAsArray(), np.moveaxis(pixels, 2, 0))
    assert data_address(pixels).startswith("data:image/png;base64,iVBOR")
    grey = natural(np.array([[[0.0, 0.1, 0.2]]]), np.array([0.0]), np.array([0.2]))
    assert grey[0, 1].tolist() == [128, 128, 128, 255]


def test_plots_have_round_ticks_and_escaped_text():
    assert round_ticks(0.0, 0.5) == tuple((pytest.approx(0.1 * i), f"{0.1 * i:.1f}") for i in range(6))
    assert [text for _, text in round_ticks(-0.03, 0.031)] == ["-0.02", "0.00", "0.02"]
    plot = Plot(Axis(0, 1, "a < b"), Axis(0, 2, "y"), "t & u")
    plot.line([(0, 0), (1, 2)], "#ff0000")
    assert plot.place(0, 0) == (62.0, 274.0) and plot.place(1, 2) == (304.0, 30.0)
    assert "62.0,274.0 304.0,30.0" in plot.text() and "a &lt; b" in plot.text() and "t &amp; u" in plot.text()


def test_densities_and_thumbnails():
    density = Density(0.0, 1.0)
    density.add(np.array([0.25, 0.25, 2.0]), np.array([0.5, 0.5, -1.0]))
    assert density.counts.sum() == 3 and density.counts[256, 128] == 2 and density.counts[0, 511] == 1
    assert density.shown().counts.sum() == 3
    thumbnail = Thumbnail(5, 7, 3)
    assert thumbnail.factor == 3
    image, mask = np.arange(35.0).reshape(5, 7), np.ones((5, 7), bool)
    mask[3:, 3:6] = False
    thumbnail.add(0, image[:3], mask[:3])
    thumbnail.add(3, image[3:], mask[3:])
    small = thumbnail.image()
    assert small[0, 0] == image[:3, :3].mean() and small[1, 2] == image[3:, 6].mean() and np.isnan(small[1, 1])


def test_real_pair_of_landsat_and_sentinel2(tmp_path):
    folder = DATA / "pairs_l8_s2" / "RSToolbox_Alberta"
    if not folder.is_dir():
        pytest.skip(f"the real pair is not in {DATA}")
    landsat = sorted((folder / "l8_20200802_L2SP_30m").glob("*_SR_B[2-7].tif"))
    sentinel = [next(folder.glob(f"s2*/*_{name}_60m.jp2")) for name in S2]
    for name, files, titles in (("l8", landsat, L8), ("s2", sentinel, S2)):
        view = gdal.BuildVRT(str(tmp_path / f"{name}.vrt"), [str(file) for file in files], separate=True)
        for number, title in enumerate(titles, start=1):
            view.GetRasterBand(number).SetDescription(title)
        view = None
    scl = quality_band(file_source(str(next(folder.glob("s2*/*_SCL_60m.jp2")))), 1)
    clouds = (CloudSource(scl, "scl", CloudOptions()),)
    result = run_pair(plan_pair(opened(tmp_path / "l8.vrt"), opened(tmp_path / "s2.vrt"), clouds=clouds))
    (agreement,) = result.agreements
    assert result.pixels > 240_000
    # Two days apart and clear: the red bands correlate by 0.92 to 0.93 (data/README.md).
    assert agreement.bands[2].moments.correlation == pytest.approx(0.928, abs=0.005)
    assert agreement.index("NDVI").moments.correlation == pytest.approx(0.960, abs=0.005)
    assert agreement.overall.rmse < 0.016 and agreement.ssim > 0.95

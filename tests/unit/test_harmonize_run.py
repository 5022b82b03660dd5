# SPDX-License-Identifier: GPL-2.0-or-later
"""A harmonization of a simulated product without QGIS: one resampling, places, resuming, bounds, refusals."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

gdal = pytest.importorskip("osgeo.gdal")
osr = pytest.importorskip("osgeo.osr")
pytest.importorskip("onnxruntime")

from satsharp.core.cards import load_card  # noqa: E402
from satsharp.core.errors import (  # noqa: E402
    CardError,
    GridError,
    OutputError,
    ProductError,
    StoppedError,
)
from satsharp.core.findings_cache import key_of  # noqa: E402
from satsharp.core.harmonization.cloud_classes import QA_PIXEL  # noqa: E402
from satsharp.core.harmonization.clouds import CLOUD, classify  # noqa: E402
from satsharp.core.harmonization.landsat_plan import plan_harmonization  # noqa: E402
from satsharp.core.harmonization.landsat_request import (  # noqa: E402
    CUBIC,
    NETWORK,
    PANSHARPEN,
    PANSHARPEN_CARD,
    HarmonizeRequest,
)
from satsharp.core.harmonization.landsat_scene import open_landsat  # noqa: E402
from satsharp.core.options import Options  # noqa: E402
from satsharp.core.products import files  # noqa: E402
from satsharp.core.products.landsat_native import open_native  # noqa: E402
from satsharp.core.products.regrid import regridded  # noqa: E402
from satsharp.core.raster import BandReader  # noqa: E402
from satsharp.core.sensors import load_sensors  # noqa: E402
from satsharp.core.super_resolution import run  # noqa: E402
from satsharp.export_tools.simulation.landsat import LandsatOptions, simulate_landsat  # noqa: E402

SENSORS = {sensor.id: sensor for sensor in load_sensors()[0]}
CARD = load_card(Path(__file__).resolve().parents[2] / "models" / "landsat-10m.json")
PANSHARPENING = load_card(PANSHARPEN_CARD)
SIZE = 180
QUICK = Options(guard="off", consistency=False)


def simulated(folder: Path, **options) -> tuple[Path, Path]:
    """Return the folders of Level-1 and Level-2."""
    chosen = LandsatOptions(seed=2, level="L1TP", **options)
    return simulate_landsat(folder, chosen).folder, simulate_landsat(folder, replace(chosen, level="L2SP")).folder


@pytest.fixture(scope="module")
def product(tmp_path_factory) -> tuple[Path, Path]:
    return simulated(tmp_path_factory.mktemp("product"), size=SIZE)


@pytest.fixture(scope="module")
def narrow(tmp_path_factory) -> tuple[Path, Path]:
    """As many rows as make a resumed run worth it, and few columns."""
    return simulated(tmp_path_factory.mktemp("narrow"), size=SIZE, width=48)


@pytest.fixture(scope="module")
def southern(tmp_path_factory) -> tuple[Path, Path]:
    """A place south of the equator, in the northern zone with negative northings as Landsat's products have it."""
    return simulated(tmp_path_factory.mktemp("south"), size=80, origin=(500085.0, -2000115.0), nodata_corner=False)


def planned(folder: Path, source: Path, **options):
    """Plan in a new temporary folder, as every run does."""
    number = sum(1 for _ in folder.glob("work*"))
    work = folder / f"work{number}"
    work.mkdir()
    chosen = {"method": CUBIC, "options": QUICK, "output": str(folder / "out.tif"), **options}
    chosen["card"] = {NETWORK: CARD, PANSHARPEN: PANSHARPENING}.get(chosen["method"])
    request = HarmonizeRequest(source=str(source), **chosen)
    found = open_landsat(request, SENSORS, work, lambda: False, lambda sentence: None)
    return found, plan_harmonization(request, found, SENSORS["sentinel2"])


def made(folder: Path, source: Path, **options) -> np.ndarray:
    _, job = planned(folder, source, **options)
    run(job, lambda share: None, lambda: False, lambda sentence: None)
    return read(job.output)


def read(path: Path | str) -> np.ndarray:
    return gdal.Open(str(path)).ReadAsArray()


def reference(path: Path, epsg: int, x: float, y: float, gsd: float, width: int, height: int) -> str:
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), width, height, 1, gdal.GDT_UInt16)
    system = osr.SpatialReference()
    system.ImportFromEPSG(epsg)
    dataset.SetProjection(system.ExportToWkt())
    dataset.SetGeoTransform((x, gsd, 0, y, 0, -gsd))
    dataset.GetRasterBand(1).Fill(1000)
    return str(path)


PLAIN = {"brdf": False, "target": "", "under_clouds": "harmonized", "coregister": False}


def test_cubic_is_one_resampling_of_the_product(product, tmp_path):
    found, job = planned(tmp_path, product[1], **PLAIN)
    run(job, lambda share: None, lambda: False, lambda sentence: None)
    native = open_native((files.locate(str(product[1])),), SENSORS["landsat"], "", ("B4",))
    with BandReader() as reader:
        once = reader.read(regridded(native.bands[0], found.target, tmp_path), found.target.window).astype(np.float64)
    expected = np.where(once > 0, np.rint((once * 0.0000275 - 0.2) * 10000), -9999)
    assert (once > 0).mean() > 0.8
    # float32 rounds a half now and then to the other side.
    assert np.abs(read(job.output)[2] - expected).max() <= 1
    assert (read(job.output)[2] != expected).mean() < 0.03


def displacement(path: Path, source: Path) -> tuple[float, float]:
    """Return metres east and north by which a result lies off the product, by least squares on gradients."""
    result = gdal.Open(str(path))
    x, step, _, y, _, _ = result.GetGeoTransform()
    width, height = result.RasterXSize, result.RasterYSize
    bounds = (x, y - step * height, x + step * width, y)
    landsat = gdal.Warp(
        "",
        str(next(source.glob("*_SR_B4.TIF"))),
        format="MEM",
        dstSRS=result.GetProjection(),
        outputBounds=bounds,
        width=width,
        height=height,
        resampleAlg="cubic",
        outputType=gdal.GDT_Float32,
        srcNodata=0,
        dstNodata=0,
        errorThreshold=0.001,
    ).ReadAsArray()
    values = result.GetRasterBand(3).ReadAsArray().astype(np.float64)
    ok = (values != -9999) & (landsat > 0) & (landsat < np.percentile(landsat[landsat > 0], 97))
    ok[:6] = ok[-6:] = ok[:, :6] = ok[:, -6:] = False
    expected = (landsat * 0.0000275 - 0.2) * 10000
    down, right = np.gradient(expected)
    columns = np.stack([right[ok], down[ok], np.ones(ok.sum())], 1)
    found = np.linalg.lstsq(columns, (values - expected)[ok], rcond=None)[0]
    return -10 * found[0], 10 * found[1]


@pytest.mark.parametrize("method", [CUBIC, NETWORK])
@pytest.mark.parametrize(
    "epsg, x, y, gsd, width, height",
    [
        # A size that is no multiple of 30 m; grids that the product's pixels do not nest in.
        (32632, 484003, 5628007, 10, 250, 167),
        (32632, 483980, 5628020, 20, 117, 101),
        (32632, 483960, 5628000, 60, 43, 41),
        # The next zone, whose grid is turned by more than 4 degrees.
        (32633, 61760, 5646320, 10, 200, 181),
    ],
)
def test_the_result_lies_where_the_product_does(product, tmp_path, method, epsg, x, y, gsd, width, height):
    grid = reference(tmp_path / "reference.tif", epsg, x, y, gsd, width, height)
    found = made(tmp_path, product[1], method=method, reference=grid, **PLAIN)
    assert found.shape == (6, height * gsd // 10, width * gsd // 10)
    assert gdal.Open(str(tmp_path / "out.tif")).GetGeoTransform() == (x, 10, 0, y, 0, -10)
    east, north = displacement(tmp_path / "out.tif", product[1])
    assert max(abs(east), abs(north)) < 0.8


@pytest.mark.parametrize("method", [CUBIC, NETWORK])
def test_the_south_is_in_the_southern_zone(southern, tmp_path, method):
    found = made(tmp_path, southern[1], method=method, **PLAIN)
    result = gdal.Open(str(tmp_path / "out.tif"))
    assert "zone 32S" in result.GetProjection()
    x, _, _, y, _, _ = result.GetGeoTransform()
    assert (x, y) == (500040, 7999920 - 20)
    assert (found != -9999).mean() > 0.9
    east, north = displacement(tmp_path / "out.tif", southern[1])
    assert max(abs(east), abs(north)) < 0.8


@pytest.mark.parametrize("method", [CUBIC, NETWORK])
def test_tiles_and_extents_do_not_show_in_another_zone(product, tmp_path, method):
    grid = reference(tmp_path / "reference.tif", 32633, 61760, 5646320, 10, 200, 181)
    options = {"method": method, "reference": grid, "coregister": False, "under_clouds": "original"}
    whole = made(tmp_path, product[1], **options)
    small = made(tmp_path, product[1], **{**options, "options": replace(QUICK, tile_size=48)})
    assert (small == whole).all()
    box = (61760 + 301, 5646320 - 1199, 61760 + 899, 5646320 - 601)
    part = made(tmp_path, product[1], **{**options, "options": replace(QUICK, extent=box)})
    assert (part == whole[:, 60:120, 30:90]).all()
    assert len(np.unique(part)) > 100


def test_a_stopped_run_goes_on_to_the_same_digits(narrow, tmp_path):
    options = {
        "method": NETWORK,
        "quality_output": str(tmp_path / "qa.tif"),
        "options": replace(QUICK, tile_size=66, resume=True),
    }
    whole, classes = made(tmp_path, narrow[1], **options), read(tmp_path / "qa.tif")
    for name in ("out.tif", "qa.tif"):
        (tmp_path / name).unlink()
    shares = []

    def stops() -> bool:
        if shares and shares[-1] > 0.9:
            raise StoppedError
        return False

    _, job = planned(tmp_path, narrow[1], **options)
    with pytest.raises(StoppedError):
        run(job, shares.append, stops, lambda sentence: None)
    assert not (tmp_path / "out.tif").exists()
    sentences = []
    _, job = planned(tmp_path, narrow[1], **options)
    run(job, shares.append, lambda: False, sentences.append)
    assert any(sentence.startswith("Resuming: 512 of 546 rows") for sentence in sentences)
    assert (read(tmp_path / "out.tif") == whole).all()
    assert (read(tmp_path / "qa.tif") == classes).all()


@pytest.mark.parametrize(
    "change",
    [
        {"sun_zenith": 45.0},
        {"target": "sentinel2c"},
        {"under_clouds": "nodata"},
        {"brdf": False},
        {"method": NETWORK},
    ],
)
def test_runs_that_differ_do_not_resume_each_other(product, tmp_path, change):
    common = {"options": replace(QUICK, extent=(485000, 5626000, 485600, 5626600))}
    first, same, other = (
        dict(planned(tmp_path, product[1], **{**common, **more})[1].identity) for more in ({}, {}, change)
    )
    assert first == same
    assert first != other


def test_one_place_on_two_lattices_is_not_the_same_run(product, tmp_path):
    identities = []
    for x in (484000, 484010):
        grid = reference(tmp_path / "reference.tif", 32632, x, 5628000, 10, 60, 60)
        identities.append(planned(tmp_path, product[1], reference=grid, **PLAIN)[1].identity)
    assert identities[0] != identities[1]


def test_bounds_are_of_the_network_only_and_lie_around_it(product, tmp_path):
    options = {
        "method": NETWORK,
        "options": replace(QUICK, interval_output=str(tmp_path / "bounds.tif")),
        "quality_output": str(tmp_path / "qa.tif"),
    }
    values, bounds = made(tmp_path, product[1], **options), read(tmp_path / "bounds.tif")
    hidden = np.isin(read(tmp_path / "qa.tif"), (1, 2, 3)) & (values[0] != -9999)
    assert hidden.sum() > 1000
    assert (bounds[:, hidden] == -9999).all()
    # Saturated pixels are nodata in their own band only.
    measured = (values != -9999) & ~hidden
    assert ((bounds[0::2] != -9999) == measured).all()
    assert ((bounds[1::2] != -9999) == measured).all()
    valid = measured.all(axis=0)
    (tmp_path / "f").mkdir()
    floats = replace(QUICK, reflectance=True, interval_output=str(tmp_path / "f" / "bounds.tif"))
    made(tmp_path / "f", product[1], method=NETWORK, options=floats)
    exact = read(tmp_path / "f" / "bounds.tif")[:, valid].astype(np.float64) * 10000
    # Whole numbers lie outside of the exact bounds, and by less than one.
    for number, sign in ((0, -1), (1, 1), (6, -1), (7, 1)):
        outwards = sign * (bounds[number][valid] - exact[number])
        assert -0.01 < outwards.min() <= outwards.max() < 1.01


def test_cubic_has_no_bounds(product, tmp_path):
    with pytest.raises(CardError, match="Cubic convolution has no bounds"):
        planned(tmp_path, product[1], options=replace(QUICK, interval_output=str(tmp_path / "bounds.tif")))


@pytest.mark.parametrize("brdf", [False, True])
def test_another_place_is_refused(product, tmp_path, brdf):
    with pytest.raises(GridError, match="show different places"):
        planned(tmp_path, product[1], mgrs_tile="31TCJ", brdf=brdf)


def test_outputs_never_replace_what_was_given(product, tmp_path):
    grid = reference(tmp_path / "reference.tif", 32633, 61760, 5646320, 10, 50, 50)
    options = {"reference": grid, "coregister": False}
    with pytest.raises(OutputError, match="is a band of the input"):
        planned(tmp_path, product[1], output=grid, **options)
    # A reference that is a virtual raster, its file, and a result of several files with either's name.
    virtual = str(tmp_path / "virtual.vrt")
    gdal.BuildVRT(virtual, [grid])
    several = {"options": replace(QUICK, file_per_band=True)}
    for output, more in ((virtual, {}), (grid, {}), (str(tmp_path / "virtual.tif"), several)):
        with pytest.raises(OutputError, match="is a band of the input"):
            planned(tmp_path, product[1], output=output, reference=virtual, coregister=False, **more)
    # Warped to another zone, the product's files are behind virtual rasters.
    copy = tmp_path / "elsewhere" / product[1].name
    shutil.copytree(product[1], copy)
    for key in ("output", "quality_output"):
        with pytest.raises(OutputError, match="is a band of the input"):
            planned(tmp_path, copy, **{key: str(next(copy.glob("*_SR_B3.TIF")))}, **options)


def test_level1_is_told_and_collection_1_refused(product, tmp_path):
    found, _ = planned(tmp_path, product[0], brdf=False)
    assert any("top of the atmosphere" in warning for warning in found.warnings)
    assert not any("top of the atmosphere" in warning for warning in planned(tmp_path, product[1])[0].warnings)
    old = simulate_landsat(tmp_path, LandsatOptions(size=40, collection=1)).folder
    with pytest.raises(ProductError, match="Collection 1"):
        planned(tmp_path, old, brdf=False)


def test_what_is_found_out_of_a_scene_serves_the_next_run(product, tmp_path):
    """Though each has a temporary folder of its own, with the classes in it."""
    (first, one), (second, other) = (planned(tmp_path, product[1], method=NETWORK, brdf=False) for _ in range(2))
    assert one.steps and first.scene.bands[-1].path != second.scene.bands[-1].path
    assert key_of(one) == key_of(other)


def test_what_is_found_out_serves_the_next_run_in_another_zone(product, tmp_path):
    """Though bands are then virtual rasters in that folder; another grid or a shift makes other bands."""
    grids = [reference(tmp_path / f"{x}.tif", 32633, x, 5646320, 10, 200, 181) for x in (61760, 61780)]
    options = {"method": NETWORK, "coregister": False, "brdf": False}
    (first, one), (second, other), (_, apart) = (
        planned(tmp_path, product[1], reference=grid, **options) for grid in (*grids[:1], *grids)
    )
    assert first.scene.bands[0].path != second.scene.bands[0].path
    assert key_of(one) == key_of(other) != key_of(apart)


def test_classes_are_those_of_the_landsat_pixel_in_which_each_fine_one_lies(product, tmp_path):
    """Not of a 30 m pixel of the result's own lattice, which lies up to 15 m off Landsat's."""
    dataset = gdal.Open(str(next(product[1].glob("*_QA_PIXEL.TIF"))))
    left, step, _, top, _, _ = dataset.GetGeoTransform()
    x, y = left + 41 * step + 10, top - 41 * step - 10
    grid = reference(tmp_path / "reference.tif", 32632, x, y, 10, 90, 90)
    quality = tmp_path / "qa.tif"
    made(tmp_path, product[1], reference=grid, coregister=False, brdf=False, quality_output=str(quality))
    centres = np.arange(90) * 10 + 5
    rows = ((top - (y - centres)) // step).astype(int)
    cols = ((x + centres - left) // step).astype(int)
    bits = dataset.ReadAsArray()[np.ix_(rows, cols)]
    expected = classify(bits, QA_PIXEL)
    classes = read(quality)
    # Hidden places have grown, and say so.
    told = (classes == expected) | (classes == CLOUD)
    assert told.all()
    assert 0.02 < (expected == CLOUD).mean() < (classes == CLOUD).mean() < 0.9


def test_what_clouds_hide_can_be_told_from_the_classes(product, tmp_path):
    copy = tmp_path / "water" / product[1].name
    shutil.copytree(product[1], copy)
    quality = gdal.Open(str(next(copy.glob("*_QA_PIXEL.TIF"))), gdal.GA_Update)
    bits = quality.ReadAsArray()
    # Clear water (USGS' value for it) everywhere but where there are clouds.
    quality.WriteArray(np.where(bits == 21824, 21952, bits))
    quality = None
    values = made(tmp_path, copy, under_clouds="nodata", quality_output=str(tmp_path / "qa.tif"))
    classes = read(tmp_path / "qa.tif")
    assert (classes == 5).mean() > 0.3
    landsat = made(tmp_path, copy, under_clouds="harmonized")
    hidden = (values[0] == -9999) & (landsat[0] != -9999)
    assert hidden.mean() > 0.02
    assert (np.isin(classes, (1, 2, 3))[landsat[0] != -9999] == hidden[landsat[0] != -9999]).all()


def test_saturated_pixels_reach_no_neighbour_in_another_zone(product, tmp_path):
    copy = tmp_path / "bright" / product[1].name
    shutil.copytree(product[1], copy)
    path = str(next(copy.glob("*_SR_B4.TIF")))
    dataset = gdal.Open(path, gdal.GA_Update)
    numbers = dataset.ReadAsArray()
    numbers[40:140, 40:140] = 15000
    numbers[80:83, 90] = 65535
    dataset.WriteArray(numbers)
    dataset = None
    grid = reference(tmp_path / "reference.tif", 32633, 61760 + 400, 5646320 - 400, 10, 250, 250)
    found = made(tmp_path, copy, reference=grid, **PLAIN)[2]
    flat = round((15000 * 0.0000275 - 0.2) * 10000)
    dark = np.argwhere(found == -9999)
    # Three pixels of 30 m, at most one more of 10 m on every side.
    assert 20 <= len(dark) <= 55
    row, col = dark.mean(axis=0).astype(int)
    around = found[row - 15 : row + 16, col - 15 : col + 16]
    assert np.abs(around[around != -9999] - flat).max() <= 1


def test_missing_angles_are_warned_of_by_the_result(product, tmp_path):
    """They were a note among others, which nobody reads."""
    alone = tmp_path / "alone" / product[1].name
    shutil.copytree(product[1], alone)
    _, job = planned(tmp_path, alone)
    sentence = f"{alone.name} has no angle bands"
    assert [warning.startswith(sentence) for warning in job.warnings] == [True]
    assert not any(sentence in note for note in job.notes) and any(note.startswith("BRDF: ") for note in job.notes)
    told: list[str] = []
    result = run(job, lambda share: None, lambda: False, told.append)
    assert sum(warning.startswith(sentence) for warning in result.warnings) == 1
    assert not any(sentence in line for line in told)
    assert planned(tmp_path, alone, brdf=False)[1].warnings == ()


def test_pansharpening_is_closer_to_the_truth_than_cubic_convolution(product, tmp_path):
    plain = {"brdf": False, "target": "", "under_clouds": "harmonized"}
    truth = tmp_path / "truth.tif"
    simulate_landsat(tmp_path, LandsatOptions(seed=2, level="L2SP", size=SIZE, truth=truth))
    source = gdal.Open(str(truth))
    order = [source.GetRasterBand(number).GetDescription() for number in range(1, source.RasterCount + 1)]
    made = {}
    for method in (PANSHARPEN, CUBIC):
        path = tmp_path / f"{method}.tif"
        _, job = planned(tmp_path, product[1], method=method, output=str(path), **plain)
        run(job, lambda share: None, lambda: False, lambda sentence: None)
        result = gdal.Open(str(path))
        assert result.GetMetadataItem("SATSHARP_METHOD") == method
        models = result.GetMetadataItem("SATSHARP_MODELS") or ""
        assert models.partition(" ")[0] == ("landsat-10m-pansharpen" if method == PANSHARPEN else "")
        # Both at the truth's 15 m: what the result shows there by area.
        placed = gdal.Warp("", result, format="MEM", **_grid(source), resampleAlg="average", dstNodata=-9999)
        made[method] = placed.ReadAsArray().astype(float)
    scale = [source.GetRasterBand(1).GetScale() or 0.0000275, source.GetRasterBand(1).GetOffset() or -0.2]
    known = [order.index(name) + 1 for name in ("B2", "B3", "B4", "B5", "B6", "B7")]
    wanted = np.stack([source.GetRasterBand(number).ReadAsArray() for number in known]) * scale[0] + scale[1]
    valid = (made[CUBIC] != -9999).all(axis=0) & (made[PANSHARPEN] != -9999).all(axis=0)
    errors = {
        method: np.sqrt(((image[:, valid] / 10000 - wanted[:, valid]) ** 2).mean(axis=1))
        for method, image in made.items()
    }
    assert np.count_nonzero(valid) > 20000
    assert np.all(errors[PANSHARPEN] < 0.4 * errors[CUBIC])


def _grid(dataset) -> dict[str, object]:
    x, dx, _, y, _, dy = dataset.GetGeoTransform()
    box = (x, y + dy * dataset.RasterYSize, x + dx * dataset.RasterXSize, y)
    return {"outputBounds": box, "xRes": dx, "yRes": -dy}


def test_pansharpening_needs_the_panchromatic_band_and_has_no_bounds(product, tmp_path):
    alone = tmp_path / "alone" / product[1].name
    shutil.copytree(product[1], alone)
    with pytest.raises(ProductError, match="no panchromatic band, which pansharpening needs.*METHOD cubic"):
        planned(tmp_path, alone, method=PANSHARPEN, brdf=False)
    bounds = replace(QUICK, interval_output=str(tmp_path / "bounds.tif"))
    with pytest.raises(CardError, match="Pansharpening has no bounds.*METHOD network"):
        planned(tmp_path, product[1], method=PANSHARPEN, brdf=False, options=bounds)

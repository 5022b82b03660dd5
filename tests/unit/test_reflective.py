# SPDX-License-Identifier: GPL-2.0-or-later
"""Bands of products and rasters as reflectance, and what the classical steps make of them."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

gdal = pytest.importorskip("osgeo.gdal")

from satsharp.core.errors import GridError, ProductError, SensorError  # noqa: E402
from satsharp.core.harmonization.brdf import c_factor  # noqa: E402
from satsharp.core.harmonization.factor_field import target_sun_zenith  # noqa: E402
from satsharp.core.harmonization.tables import load_bandpass, load_brdf  # noqa: E402
from satsharp.core.products.angles import open_angles  # noqa: E402
from satsharp.core.products.raster_files import RasterSource  # noqa: E402
from satsharp.core.products.reflective import is_product, open_product_bands, sensor_in  # noqa: E402
from satsharp.core.products.reflective_raster import Hint, hint_of, open_raster_bands  # noqa: E402
from satsharp.core.products.reflective_steps import plan_bandpass, plan_brdf  # noqa: E402
from satsharp.core.raster_map import map_raster  # noqa: E402
from satsharp.export_tools.simulation import SimulationOptions, simulate_product  # noqa: E402
from satsharp.export_tools.simulation.landsat import LandsatOptions, simulate_landsat  # noqa: E402

from .angle_factory import add_angle_grids  # noqa: E402
from .products_factory import DATA  # noqa: E402
from .raster_factory import write_raster  # noqa: E402

BASE = LandsatOptions(size=60, width=50, seed=5, clouds=False, level="L2SP")


@pytest.fixture(scope="module")
def safe(tmp_path_factory) -> Path:
    made = simulate_product(tmp_path_factory.mktemp("safe"), SimulationOptions(size=120)).safe
    add_angle_grids(next(made.glob("GRANULE/*/MTD_TL.xml")))
    return made


@pytest.fixture(scope="module")
def landsat(tmp_path_factory) -> Path:
    """A Level-2 product with its Level-1 beside it."""
    folder = tmp_path_factory.mktemp("landsat")
    simulate_landsat(folder, replace(BASE, level="L1TP"))
    return simulate_landsat(folder, BASE).folder


def run(plan) -> np.ndarray:
    map_raster(plan.job, lambda share: None, lambda: False)
    return gdal.Open(str(plan.job.path)).ReadAsArray()


def stored(raster, name: str) -> np.ndarray:
    entry = next(entry for entry in raster.bands if entry.band.name == name)
    return gdal.Open(entry.band.path).ReadAsArray().astype(np.float64)


@pytest.mark.parametrize(
    ("gsd", "names"),
    [(0, "B02 B03 B04 B08"), (10, "B02 B03 B04 B08"), (20, "B05 B06 B07 B8A B11 B12"), (60, "B01 B09")],
)
def test_sentinel2_gives_the_bands_of_one_gsd(safe, gsd, names):
    raster = open_product_bands(str(safe), gsd)
    assert [entry.title for entry in raster.bands] == names.split()
    assert raster.sensor == "sentinel2a" and raster.level == "L2A"
    assert raster.bands[0].declared == (1e-4, -0.1)


def test_a_gsd_that_is_not_there_is_told(safe):
    with pytest.raises(ProductError, match="has no bands of 30 m. Choose one of 10, 20, 60 m"):
        open_product_bands(str(safe), 30)


def test_landsat_level2_needs_no_pan_and_wins_over_level1(landsat, tmp_path):
    raster = open_product_bands(str(landsat))
    assert [entry.title for entry in raster.bands] == ["B1", "B2", "B3", "B4", "B5", "B6", "B7"]
    assert raster.sensor == "landsat8" and raster.bands[0].declared == (2.75e-5, -0.2)
    level1 = next(path for path in landsat.parent.iterdir() if "L1TP" in path.name)
    assert open_product_bands(f"{level1};{landsat}").level == "L2SP"
    pan = open_product_bands(str(level1), 15)
    assert [entry.title for entry in pan.bands] == ["B8"]


def test_collection_1_and_other_landsats_are_refused(landsat, tmp_path):
    old = simulate_landsat(tmp_path, replace(BASE, collection=1, level="L1TP")).folder
    with pytest.raises(ProductError, match="is of Collection 1, which is no longer produced"):
        open_product_bands(str(old))
    copied = tmp_path / landsat.name
    shutil.copytree(landsat, copied)
    for path in copied.glob("*_MTL.*"):
        path.write_text(path.read_text(encoding="utf-8").replace("LANDSAT_8", "LANDSAT_5"), encoding="utf-8")
    with pytest.raises(ProductError, match="is of Landsat 5, whose bands differ"):
        open_product_bands(str(copied))


def test_sentinel2_is_adjusted_to_landsat(safe, tmp_path):
    raster = open_product_bands(str(safe), 10)
    plan = plan_bandpass(raster, load_bandpass(), "sentinel2a", "landsat8", tmp_path / "out.tif")
    found = run(plan)
    blue, broad = stored(raster, "B02"), stored(raster, "B08")
    valid = (blue > 0) & (blue < 65535)
    # Reflectance (number - 1000) / 10000, times 0.9778, less 0.0040.
    expected = ((blue - 1000) * 0.9778 - 40) + 1000
    np.testing.assert_array_equal(found[0][valid], np.rint(expected[valid]))
    np.testing.assert_array_equal(found[0][~valid], blue[~valid])
    np.testing.assert_array_equal(found[3], broad)
    assert plan.warnings == ("Copied as they are, since the table has no line for them: B08.",)
    made = gdal.Open(str(tmp_path / "out.tif"))
    assert made.GetMetadataItem("SATSHARP_BANDPASS").startswith("sentinel2a -> landsat8 (table hls-v2, 10.1016/")
    assert made.GetMetadataItem("SATSHARP_BANDPASS_LINES").startswith("B02: x 0.9778 -0.004; B03: x 1.0053 -0.0009")
    assert made.GetMetadataItem("SATSHARP_INPUT_SATELLITE") == "Sentinel-2A"
    assert made.GetMetadataItem("SATSHARP_PRODUCT") == raster.name


def test_landsat_is_adjusted_to_sentinel2(landsat, tmp_path):
    raster = open_product_bands(str(landsat))
    found = run(plan_bandpass(raster, load_bandpass(), "landsat8", "sentinel2b", tmp_path / "out.tif"))
    near = stored(raster, "B5")
    valid = (near > 0) & (near < 65535)
    reflectance = near * 2.75e-5 - 0.2
    # Sentinel-2B's B8A: Landsat = 0.9966 x + 0, so x = Landsat / 0.9966.
    expected = (reflectance / 0.9966 + 0.2) / 2.75e-5
    np.testing.assert_allclose(found[4][valid], expected[valid], atol=0.51)


def test_adjusting_back_returns_the_product(landsat, tmp_path):
    raster = open_product_bands(str(landsat))
    there = plan_bandpass(raster, load_bandpass(), "landsat8", "sentinel2a", tmp_path / "there.tif")
    run(there)
    source = RasterSource(str(tmp_path / "there.tif"), "there.tif")
    assert hint_of(source) == Hint("sentinel2a", "landsat8")
    adjusted = open_raster_bands(source, "sentinel2a", naming="landsat8")
    assert [entry.band.name for entry in adjusted.bands] == ["B1", "B2", "B3", "B4", "B5", "B6", "B7"]
    back = run(plan_bandpass(adjusted, load_bandpass(), "sentinel2a", "landsat8", tmp_path / "back.tif"))
    for number, entry in enumerate(raster.bands):
        assert np.abs(back[number] - stored(raster, entry.band.name)).max() <= 1


def test_wrong_sensors_are_told(landsat, safe, tmp_path):
    table, output = load_bandpass(), tmp_path / "out.tif"
    raster = open_product_bands(str(landsat))
    with pytest.raises(ProductError, match="is of landsat8, not of landsat9. Choose landsat8 as FROM"):
        plan_bandpass(raster, table, "landsat9", "sentinel2a", output)
    for target in ("landsat8", "landsat9"):
        with pytest.raises(
            ProductError, match=f"The bands of landsat8 and {target} are alike, so nothing is to adjust"
        ):
            plan_bandpass(raster, table, "landsat8", target, output)
    with pytest.raises(SensorError, match="no sensor sentinel2d"):
        plan_bandpass(raster, table, "landsat8", "sentinel2d", output)
    pan = open_product_bands(str(next(path for path in landsat.parent.iterdir() if "L1TP" in path.name)), 15)
    with pytest.raises(
        ProductError, match=r"leads from landsat8 to sentinel2a for B1, B2, .*has B8. Choose another GSD"
    ):
        plan_bandpass(pan, table, "landsat8", "sentinel2a", output)


def test_level1_is_warned_of(landsat, tmp_path):
    level1 = next(path for path in landsat.parent.iterdir() if "L1TP" in path.name)
    plan = plan_bandpass(open_product_bands(str(level1)), load_bandpass(), "landsat8", "sentinel2a", tmp_path / "o.tif")
    assert "reflectance at the top of the atmosphere (L1TP); the table is for that of the surface" in plan.warnings[1]


def test_sentinel2_is_normalised_by_the_angles_of_each_band(safe, tmp_path):
    raster, angles = open_product_bands(str(safe), 20), open_angles(str(safe))
    plan = plan_brdf(raster, angles, load_brdf(), 45.0, tmp_path / "out.tif")
    found = run(plan)
    for number, band, view in ((0, "B05", 8.4), (3, "B8A", 8.8), (5, "B12", 9.2)):
        values = stored(raster, band)
        valid = (values > 0) & (values < 65535)
        # The tile's corner: view as in the granule, sun at 50 degrees, 50 degrees of azimuth between them.
        factor = float(c_factor(load_brdf().of(band), 50.0, view, 50.0, 45.0))
        expected = (values - 1000) * factor + 1000
        np.testing.assert_allclose(found[number][valid], expected[valid], atol=0.55 + 1e-4 * expected.max())
        assert abs(factor - 1) > 0.004
    tags = gdal.Open(str(tmp_path / "out.tif")).GetMetadata()
    assert tags["SATSHARP_BRDF"].startswith("view from the zenith, sun at 45.0000 degrees from the zenith, c-factor")
    assert tags["SATSHARP_BRDF_FACTORS"].startswith("B05 0.")
    assert "Normalised to a view from the zenith and the sun at 45.00 degrees" in " ".join(plan.notes)


def test_landsat_level2_is_normalised_by_the_angles_beside_it(landsat, tmp_path):
    raster, angles = open_product_bands(str(landsat)), open_angles(str(landsat))
    assert angles.notes == ()
    found = run(plan_brdf(raster, angles, load_brdf(), None, tmp_path / "out.tif"))
    red = stored(raster, "B4")
    view, target = angles.view("B4"), target_sun_zenith(angles)
    relative = view.azimuth - angles.sun_azimuth
    factor = c_factor(load_brdf().of("B4"), angles.sun_zenith, view.zenith, relative, target)
    valid = (red > 0) & (red < 65535) & np.isfinite(factor)
    expected = ((red * 2.75e-5 - 0.2) * factor + 0.2) / 2.75e-5
    np.testing.assert_allclose(found[3][valid], expected[valid], atol=0.51)


def test_nothing_is_normalised_twice(safe, tmp_path):
    raster, angles = open_product_bands(str(safe), 10), open_angles(str(safe))
    run(plan_brdf(raster, angles, load_brdf(), None, tmp_path / "out.tif"))
    again = open_raster_bands(RasterSource(str(tmp_path / "out.tif"), "out.tif"), "sentinel2a")
    with pytest.raises(ProductError, match=r"out.tif is normalised already \(view from the zenith, sun at"):
        plan_brdf(again, angles, load_brdf(), None, tmp_path / "twice.tif")


def test_bands_without_weights_or_place_are_told(safe, tmp_path):
    angles, table = open_angles(str(safe)), load_brdf()
    sixty = open_product_bands(str(safe), 60)
    assert plan_brdf(sixty, angles, table, None, tmp_path / "o.tif").warnings == (
        "Copied as they are, since the table has no weights for them: B09.",
    )
    with pytest.raises(ProductError, match="has weights for none of the bands B09"):
        plan_brdf(replace(sixty, bands=sixty.bands[1:]), angles, table, None, tmp_path / "o.tif")
    path = write_raster(tmp_path / "in.tif", np.ones((1, 4, 4), np.uint16), names=["B02"], origin=(1e5, 1e6))
    with pytest.raises(GridError, match="in.tif lies elsewhere than the product with the angles"):
        plan_brdf(
            open_raster_bands(RasterSource(str(path), "in.tif"), "sentinel2a"), angles, table, None, tmp_path / "o.tif"
        )


def test_bands_of_a_raster_go_by_their_descriptions(tmp_path):
    numbers = np.full((4, 3, 3), 2000, np.uint16)
    names = ["SR_B2", "red", "B5 (865 nm)", "quality"]
    path = write_raster(tmp_path / "in.tif", numbers, names=names)
    raster = open_raster_bands(RasterSource(str(path), "in.tif"), "landsat9")
    assert [entry.band.name for entry in raster.bands] == ["B2", "B4", "B5", ""]
    assert [entry.title for entry in raster.bands] == names
    assert (raster.bands[0].band.scale, raster.bands[0].band.offset) == pytest.approx((2.75e-5, -0.2))
    assert raster.bands[0].declared is None and raster.sensor == "landsat9"
    assert raster.warnings == ("Nothing tells what the values of in.tif are; assumed: digital number / 36363.6 -0.2.",)


def test_declared_scale_wins_and_is_kept(tmp_path):
    path = write_raster(tmp_path / "in.tif", np.full((1, 2, 2), 500, np.int16), names=["B02"], scale=(0.001, -0.1))
    raster = open_raster_bands(RasterSource(str(path), "in.tif"), "sentinel2b")
    assert raster.bands[0].declared == (0.001, -0.1)
    assert raster.warnings == () and raster.notes == ("Values: scale and offset of the file.",)
    found = run(plan_bandpass(raster, load_bandpass(), "sentinel2b", "landsat9", tmp_path / "out.tif"))
    # (0.4 x 0.9778 - 0.0040 + 0.1) / 0.001
    assert (found == 487).all()
    made = gdal.Open(str(tmp_path / "out.tif"))
    band = made.GetRasterBand(1)
    assert (band.GetScale(), band.GetOffset(), band.GetDescription()) == (0.001, -0.1, "B02")


def test_reflectance_in_floating_point(tmp_path):
    values = np.array([[[0.1, -0.02], [np.nan, 1.2]]], np.float32)
    path = write_raster(tmp_path / "in.tif", values, names=["B12"])
    raster = open_raster_bands(RasterSource(str(path), "in.tif"), "sentinel2c")
    found = run(plan_bandpass(raster, load_bandpass(), "sentinel2c", "landsat8", tmp_path / "out.tif"))
    np.testing.assert_allclose(found, values[0] * 0.9910 + 0.0004, rtol=1e-6)
    made = gdal.Open(str(tmp_path / "out.tif"))
    assert made.GetRasterBand(1).GetScale() is None


def test_listed_names(tmp_path):
    path = write_raster(tmp_path / "in.tif", np.full((3, 2, 2), 2000, np.uint16))
    source = RasterSource(str(path), "in.tif")
    raster = open_raster_bands(source, "sentinel2a", ("B8A", "-", "swir16"))
    assert [entry.band.name for entry in raster.bands] == ["B8A", "", "B11"]
    assert [entry.title for entry in raster.bands] == ["B8A", "", "B11"]
    with pytest.raises(ProductError, match="2 names of bands are listed for in.tif, which has 3 bands"):
        open_raster_bands(source, "sentinel2a", ("B02", "B03"))
    with pytest.raises(SensorError, match="B99"):
        open_raster_bands(source, "sentinel2a", ("B02", "B03", "B99"))
    with pytest.raises(ProductError, match="in.tif has several bands called B02"):
        open_raster_bands(source, "sentinel2a", ("B02", "B2", "-"))
    with pytest.raises(ProductError, match="in.tif names no band of Sentinel-2 MSI: it has 3 bands"):
        open_raster_bands(source, "sentinel2a")


def test_tags_of_earlier_results_tell_the_sensor_and_stay(tmp_path):
    path = write_raster(tmp_path / "in.tif", np.full((1, 2, 2), 2000, np.uint16), names=["B02"])
    tags = {
        "SATSHARP_INPUT_SATELLITE": "Sentinel-2C",
        "SATSHARP_PRODUCT": "a product",
        "SATSHARP_MODELS": "a model",
        "SATSHARP_ACQUIRED": "2025-06-15T10:00:00Z",
    }
    dataset = gdal.Open(str(path), gdal.GA_Update)
    dataset.SetMetadata(tags)
    del dataset
    source = RasterSource(str(path), "in.tif")
    assert hint_of(source) == Hint("sentinel2c", "sentinel2c")
    raster = open_raster_bands(source, "sentinel2c")
    run(plan_bandpass(raster, load_bandpass(), "sentinel2c", "landsat8", tmp_path / "out.tif"))
    made = gdal.Open(str(tmp_path / "out.tif")).GetMetadata()
    assert {key: made[key] for key in tags} == tags
    assert made["SATSHARP_INPUT"] == str(path) and made["TIFFTAG_DATETIME"] == "2025:06:15 10:00:00"


def test_angles_of_another_day_are_refused(landsat, tmp_path):
    other = simulate_landsat(tmp_path, replace(BASE, level="L1TP", acquired="2023-07-01T10:16:21")).folder
    with pytest.raises(ProductError, match="is of 2023-06-15, and the angles are of 2023-07-01"):
        plan_brdf(open_product_bands(str(landsat)), open_angles(str(other)), load_brdf(), None, tmp_path / "out.tif")


def test_transparency_is_left_out_with_a_note(tmp_path):
    colours = [gdal.GCI_GrayIndex, gdal.GCI_AlphaBand]
    path = write_raster(tmp_path / "in.tif", np.full((2, 2, 2), 200, np.uint16), names=["B02", ""], colours=colours)
    raster = open_raster_bands(RasterSource(str(path), "in.tif"), "sentinel2a")
    assert [entry.title for entry in raster.bands] == ["B02"]
    assert "The transparency of in.tif is left out; its nodata value is kept." in raster.notes


def test_a_file_inside_a_safe_product_is_refused(safe):
    path = next(safe.glob("GRANULE/*/IMG_DATA/R10m/*_B02_10m.jp2"))
    with pytest.raises(ProductError, match="lies inside a SAFE product, whose metadata say what its values mean"):
        open_raster_bands(RasterSource(str(path), path.name), "sentinel2a")


def test_real_landsat(tmp_path):
    """Level-2 of Landsat 8 without angle bands: the factor of the scene's centre times reflectance."""
    path = DATA / "l8/xlandsat/LC08_L2SP_017051_20151205_20200908_02_T1"
    if not path.exists():
        pytest.skip(f"{path} is not here: it is a real product for tests")
    raster, angles = open_product_bands(str(path)), open_angles(str(path))
    plan = plan_brdf(raster, angles, load_brdf(), None, tmp_path / "b.tif")
    assert "has no angle bands" in plan.warnings[0]
    found = run(plan)
    number, entry = next((n, e) for n, e in enumerate(raster.bands) if e.band.name == "B4")
    before = stored(raster, "B4")
    valid = (before > 0) & (before < 65535)
    assert valid.mean() > 0.5
    field = plan.job.bands[number].factors
    assert field is not None and field.values.shape == (1, 1) and 0.98 < field.values[0, 0] < 1.02
    shift = entry.band.offset / entry.band.scale
    expected = (before + shift) * float(field.values[0, 0]) - shift
    np.testing.assert_allclose(found[number][valid], expected[valid], atol=0.51)
    adjusted = run(plan_bandpass(raster, load_bandpass(), "landsat8", "sentinel2a", tmp_path / "a.tif"))
    change = (adjusted[number][valid] - before[valid]).mean() * 2.75e-5
    # Red: (x - 0.0009) / 0.9765 of a mean reflectance x.
    mean = float((before[valid] * 2.75e-5 - 0.2).mean())
    assert change == pytest.approx((mean - 0.0009) / 0.9765 - mean, abs=1e-5)


def test_a_single_band_goes_by_its_file_name(tmp_path):
    path = write_raster(tmp_path / "T33UUB_20230615T101021_B8A_20m.tif", np.ones((1, 2, 2), np.uint16))
    raster = open_raster_bands(RasterSource(str(path), path.name), "sentinel2a")
    assert raster.bands[0].band.name == raster.bands[0].title == "B8A"


@pytest.mark.parametrize(
    ("text", "sensor"),
    [
        ("S2A_MSIL2A_20230615T105621_N0509", "sentinel2a"),
        ("Sentinel-2C", "sentinel2c"),
        ("LC08_L2SP_195025_20230615", "landsat8"),
        ("Landsat 9", "landsat9"),
        ("LE07_L2SP_195025", ""),
        ("S2_mosaic", ""),
        ("US2Ab", ""),
    ],
)
def test_sensor_in_a_name(text, sensor):
    assert sensor_in(text) == sensor


def test_what_is_a_product(safe, landsat, tmp_path):
    assert is_product(str(safe)) and is_product(f"{landsat};{safe}") and is_product("/x/MTD_MSIL2A.xml")
    assert not is_product(str(tmp_path / "LC08_L2SP_195025_stack.tif"))
    with pytest.raises(ProductError, match="is no product that is known"):
        open_product_bands(str(tmp_path))
    with pytest.raises(ProductError, match="holds a Landsat product, a Sentinel-2 product"):
        open_product_bands(f"{landsat};{safe}")

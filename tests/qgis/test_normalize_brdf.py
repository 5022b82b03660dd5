# SPDX-License-Identifier: GPL-2.0-or-later
"""BRDF normalisation as an algorithm: products, rasters with their product, the sun, and sentences."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("qgis.core")

from osgeo import gdal
from qgis.core import QgsApplication, QgsProcessingException
from satsharp.core.harmonization.brdf import c_factor
from satsharp.core.harmonization.factor_field import target_sun_zenith
from satsharp.core.harmonization.tables import load_brdf
from satsharp.core.products.angles import open_angles
from satsharp.export_tools.simulation.landsat import LandsatOptions, simulate_landsat
from satsharp.tests.unit.angle_factory import add_angle_grids
from satsharp.tests.unit.raster_factory import write_raster

ALGORITHM = "satsharp:normalize_brdf"
BASE = LandsatOptions(size=50, seed=2, clouds=False, nodata_corner=False)


@pytest.fixture(scope="module")
def level1(tmp_path_factory) -> Path:
    return simulate_landsat(tmp_path_factory.mktemp("level1"), BASE).folder


@pytest.fixture(scope="module")
def level2(tmp_path_factory) -> Path:
    return simulate_landsat(tmp_path_factory.mktemp("level2"), replace(BASE, level="L2SP")).folder


@pytest.fixture(scope="module")
def safe(product, tmp_path_factory) -> Path:
    """A copy of the product with angle grids."""
    copied = tmp_path_factory.mktemp("safe") / product.safe.name
    shutil.copytree(product.safe, copied)
    add_angle_grids(next(copied.glob("GRANULE/*/MTD_TL.xml")))
    return copied


def run(tmp_path, log, context, source, **parameters):
    import processing

    values = {"INPUT": str(source), "OUTPUT": str(tmp_path / "out.tif"), **parameters}
    return processing.run(ALGORITHM, values, feedback=log, context=context)


def pixels(path) -> np.ndarray:
    dataset = gdal.Open(str(path))
    return dataset.ReadAsArray().astype(np.float64)


def factor_of(angles, band: str, sun: float) -> np.ndarray:
    view = angles.view(band)
    relative = view.azimuth - angles.sun_azimuth
    return c_factor(load_brdf().of(band), angles.sun_zenith, view.zenith, relative, sun)


def test_parameters_have_help_and_stable_names(plugin):
    algorithm = QgsApplication.processingRegistry().algorithmById(ALGORITHM)
    definitions = {definition.name(): definition for definition in algorithm.parameterDefinitions()}
    assert list(definitions) == ["INPUT", "ANGLES", "SUN_ZENITH", "GSD", "BANDS", "TABLE", "FORMAT", "OUTPUT"]
    assert all(len(definition.help()) > 40 for definition in definitions.values())
    assert algorithm.groupId() == "harmonization" and "c-factor" in algorithm.shortHelpString()


def test_a_landsat_product_with_its_own_angles(plugin, tmp_path, log, context, level1):
    result = run(tmp_path, log, context, level1)
    angles = open_angles(str(level1))
    red = pixels(level1 / f"{level1.name}_B4.TIF")
    factor = factor_of(angles, "B4", target_sun_zenith(angles))
    scale = 2e-5 / np.sin(np.radians(55))
    expected = ((red * scale - 0.1 / 2e-5 * scale) * factor + 0.1 / 2e-5 * scale) / scale
    valid = red > 0
    found = pixels(result["OUTPUT"])[3]
    np.testing.assert_allclose(found[valid], expected[valid], atol=0.51)
    assert np.abs(found - red)[valid].mean() > 10
    assert log.warnings[0] == "Copied as they are, since the table has no weights for them: B9."
    sun = (
        f"Normalised to a view from the zenith and the sun at {target_sun_zenith(angles):.2f} degrees from the zenith."
    )
    assert sun in log.infos and 29.5 < target_sun_zenith(angles) < 30


def test_a_level2_product_with_the_angles_of_its_level1(plugin, tmp_path, log, context, level1, level2):
    result = run(tmp_path, log, context, level2, ANGLES=str(level1), SUN_ZENITH=40.0)
    near = pixels(level2 / f"{level2.name}_SR_B5.TIF")
    factor = factor_of(open_angles(str(level1)), "B5", 40.0)
    expected = ((near * 2.75e-5 - 0.2) * factor + 0.2) / 2.75e-5
    valid = near > 0
    np.testing.assert_allclose(pixels(result["OUTPUT"])[4][valid], expected[valid], atol=0.51)
    assert not log.warnings


def test_a_level2_product_alone_is_warned_of(plugin, tmp_path, log, context, level2):
    run(tmp_path, log, context, level2, SUN_ZENITH=35.0)
    assert len(log.warnings) == 1 and "has no angle bands" in log.warnings[0]
    # Sun at 35 degrees in the metadata and a view from the zenith: nothing changes.
    near = pixels(level2 / f"{level2.name}_SR_B5.TIF")
    np.testing.assert_array_equal(pixels(tmp_path / "out.tif")[4], near)


def test_a_sentinel2_product(plugin, tmp_path, log, context, safe):
    result = run(tmp_path, log, context, safe, GSD=20, SUN_ZENITH=45)
    made = gdal.Open(result["OUTPUT"])
    assert made.RasterCount == 6 and made.GetRasterBand(4).GetDescription() == "B8A"
    assert made.GetRasterBand(1).GetOffset() == pytest.approx(-0.1)
    source = pixels(next(safe.glob("GRANULE/*/IMG_DATA/R20m/*_B8A_20m.jp2")))
    factor = float(c_factor(load_brdf().of("B8A"), 50.0, 8.8, 50.0, 45.0))
    valid = (source > 0) & (source < 65535)
    expected = (source - 1000) * factor + 1000
    np.testing.assert_allclose(pixels(result["OUTPUT"])[3][valid], expected[valid], atol=2)
    assert not log.warnings


@pytest.mark.parametrize("geographic", [False, True])
def test_a_raster_with_its_product(plugin, tmp_path, log, context, safe, geographic):
    """Rasters of any CRS take the angles of the product that they were made from."""
    source = gdal.Open(str(next(safe.glob("GRANULE/*/IMG_DATA/R10m/*_B04_10m.jp2"))))
    path = tmp_path / "S2A_red.tif"
    if geographic:
        gdal.Warp(str(path), source, dstSRS="EPSG:4326", outputType=gdal.GDT_Float32, srcNodata=0, dstNodata=0)
    else:
        gdal.Translate(str(path), source, outputType=gdal.GDT_Float32, noData=0)
    dataset = gdal.Open(str(path), gdal.GA_Update)
    dataset.GetRasterBand(1).SetDescription("B04")
    dataset.GetRasterBand(1).SetScale(1e-4)
    dataset.GetRasterBand(1).SetOffset(-0.1)
    del dataset
    result = run(tmp_path, log, context, path, ANGLES=str(next(safe.glob("GRANULE/*/MTD_TL.xml"))), SUN_ZENITH=45)
    numbers, found = pixels(path), pixels(result["OUTPUT"])
    factor = float(c_factor(load_brdf().of("B04"), 50.0, 8.3, 50.0, 45.0))
    valid = numbers > 0
    assert valid.mean() > 0.5
    np.testing.assert_allclose(found[valid], (numbers[valid] - 1000) * factor + 1000, rtol=2e-4)
    np.testing.assert_array_equal(found[~valid], numbers[~valid])
    assert "SATSHARP_BRDF" in gdal.Open(result["OUTPUT"]).GetMetadata()


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({}, "in.tif is a raster, which has no angles. Choose the product that it was made from as ANGLES."),
        ({"ANGLES": "/nowhere"}, "/nowhere does not exist. Check ANGLES."),
        ({"ANGLES": "SELF"}, "is no Sentinel-2 or Landsat 8/9 product, so it tells no angles"),
        ({"ANGLES": "LEVEL1"}, "in.tif lies elsewhere than the product with the angles"),
        (
            {"ANGLES": "LEVEL1", "SUN_ZENITH": 90},
            "SUN_ZENITH cannot be 90. Give 0 to 85 degrees, or -1 for that of HLS.",
        ),
        ({"ANGLES": "LEVEL1", "BANDS": "B8"}, "has weights for none of the bands B8"),
    ],
)
def test_bad_input_is_a_sentence(plugin, tmp_path, log, context, level1, parameters, sentence):
    path = write_raster(tmp_path / "in.tif", np.full((1, 4, 4), 3000, np.uint16), names=["B4"], origin=(1e5, 1e6))
    angles = {"SELF": str(path), "LEVEL1": str(level1)}
    given = {key: angles.get(value, value) for key, value in parameters.items()}
    with pytest.raises(QgsProcessingException) as caught:
        run(tmp_path, log, context, path, **given)
    assert sentence in f"{caught.value} {' '.join(log.errors)}"
    assert not (tmp_path / "out.tif").exists()


def test_nothing_is_normalised_twice(plugin, tmp_path, log, context, level1):
    result = run(tmp_path, log, context, level1, OUTPUT=str(tmp_path / "once.tif"))
    with pytest.raises(QgsProcessingException, match="once.tif is normalised already"):
        run(tmp_path, log, context, result["OUTPUT"], ANGLES=str(level1))

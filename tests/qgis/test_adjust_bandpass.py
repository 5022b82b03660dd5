# SPDX-License-Identifier: GPL-2.0-or-later
"""Bandpass adjustment as an algorithm: layers, files and products, what is found by itself, and sentences."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("qgis.core")

from osgeo import gdal
from qgis.core import (
    QgsApplication,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingParameterDefinition,
    QgsProject,
    QgsRasterLayer,
)
from satsharp.core.harmonization.tables import BANDPASS_FILE, SENSORS
from satsharp.export_tools.simulation.landsat import LandsatOptions, simulate_landsat
from satsharp.tests.unit.raster_factory import write_raster

from .conftest import Log
from .test_qgis_process import PROGRAM, qgis  # noqa: F401 - fixtures

ALGORITHM = "satsharp:adjust_bandpass"


@pytest.fixture(scope="module")
def landsat(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("landsat")
    return simulate_landsat(folder, LandsatOptions(size=50, seed=2, level="L2SP", satellite="LC09", pack="tar")).folder


@pytest.fixture
def named(tmp_path) -> Path:
    """Two named bands of surface reflectance x 10000, without anything that tells the sensor."""
    return write_raster(tmp_path / "in.tif", np.full((2, 30, 40), 3000, np.uint16), names=["B02", "B8A"], nodata=0)


def run(tmp_path, log, context, source, **parameters):
    import processing

    values = {"INPUT": source, "OUTPUT": str(tmp_path / "out.tif"), **parameters}
    return processing.run(ALGORITHM, values, feedback=log, context=context)


def pixels(path) -> np.ndarray:
    dataset = gdal.Open(str(path))
    return dataset.ReadAsArray()


def test_parameters_have_help_and_stable_names(plugin):
    algorithm = QgsApplication.processingRegistry().algorithmById(ALGORITHM)
    definitions = {definition.name(): definition for definition in algorithm.parameterDefinitions()}
    assert list(definitions) == ["INPUT", "FROM", "TO", "GSD", "BANDS", "TABLE", "FORMAT", "OUTPUT"]
    assert all(len(definition.help()) > 40 for definition in definitions.values())
    assert definitions["FROM"].options() == definitions["TO"].options() == ["auto", *SENSORS]
    optional = QgsProcessingParameterDefinition.Flag.FlagOptional
    needed = [
        name
        for name, definition in definitions.items()
        if not definition.flags() & optional and definition.defaultValue() is None and name != "OUTPUT"
    ]
    assert needed == ["INPUT"]
    assert (algorithm.groupId(), algorithm.group()) == ("harmonization", "Harmonization")
    assert "HLS v2.0" in algorithm.shortHelpString() and algorithm.canExecute() == (True, "")


def test_a_file_is_adjusted(plugin, tmp_path, log, context, named):
    result = run(tmp_path, log, context, str(named), FROM="sentinel2a", TO="landsat9")
    assert result == {"OUTPUT": str(tmp_path / "out.tif")}
    # 0.3 x 0.9778 - 0.0040 and 0.3 x 0.9983 - 0.0001.
    assert [np.unique(band).tolist() for band in pixels(result["OUTPUT"])] == [[2893], [2994]]
    made = gdal.Open(result["OUTPUT"])
    assert [made.GetRasterBand(i).GetDescription() for i in (1, 2)] == ["B02", "B8A"]
    assert made.GetRasterBand(1).GetNoDataValue() == 0 and made.GetRasterBand(1).DataType == gdal.GDT_UInt16
    assert "From sentinel2a to landsat9 by the table hls-v2." in log.infos
    assert any("B02: x 0.9778 -0.004" in info for info in log.infos)


def test_a_layer_of_the_project_is_adjusted_and_the_way_back_is_found(plugin, tmp_path, log, context, named):
    layer = QgsRasterLayer(str(named), "my bands")
    QgsProject.instance().addMapLayer(layer)
    try:
        there = run(tmp_path, log, context, layer.id(), FROM="sentinel2b", OUTPUT=str(tmp_path / "there.tif"))
    finally:
        QgsProject.instance().removeMapLayer(layer.id())
    assert np.unique(pixels(there["OUTPUT"])[1]).tolist() == [2990]
    # The result's tags tell that it is Landsat-like with Sentinel-2's names; from there back to 2B.
    back = run(tmp_path, log, context, there["OUTPUT"], TO="sentinel2b")
    np.testing.assert_array_equal(pixels(back["OUTPUT"]), pixels(named))
    assert "From landsat8 to sentinel2b by the table hls-v2." in log.infos
    assumed = "Nothing tells what the values of {} are; assumed: digital number / 10000."
    assert log.warnings == [assumed.format("my bands"), assumed.format("there.tif")]


def test_a_layer_object_is_adjusted(plugin, tmp_path, log, context, named):
    result = run(tmp_path, log, context, QgsRasterLayer(str(named), "my bands"), FROM="sentinel2c")
    # 0.3 x 0.9851 - 0.0027
    assert np.unique(pixels(result["OUTPUT"])[0]).tolist() == [2928]


@pytest.mark.parametrize("packed", [False, True])
def test_a_landsat_product_without_any_other_parameter(plugin, tmp_path, log, context, landsat, packed):
    source = landsat.parent / f"{landsat.name}.tar" if packed else landsat
    result = run(tmp_path, log, context, str(source))
    blue = pixels(landsat / f"{landsat.name}_SR_B2.TIF").astype(np.float64)
    valid = (blue > 0) & (blue < 65535)
    expected = ((blue * 2.75e-5 - 0.2 + 0.0040) / 0.9778 + 0.2) / 2.75e-5
    np.testing.assert_allclose(pixels(result["OUTPUT"])[1][valid], expected[valid], atol=0.51)
    assert "From landsat9 to sentinel2a by the table hls-v2." in log.infos


def test_a_sentinel2_product_by_its_metadata_at_20_m(plugin, tmp_path, log, context, product):
    result = run(tmp_path, log, context, str(product.safe / "MTD_MSIL2A.xml"), GSD=20)
    made = gdal.Open(result["OUTPUT"])
    names = [made.GetRasterBand(i + 1).GetDescription() for i in range(made.RasterCount)]
    assert names == ["B05", "B06", "B07", "B8A", "B11", "B12"]
    assert log.warnings == ["Copied as they are, since the table has no line for them: B05, B06, B07."]


def test_a_sentinel2_archive_at_60_m(plugin, tmp_path, log, context, product):
    result = run(tmp_path, log, context, str(product.zip), GSD=60, TO="landsat8")
    made = gdal.Open(result["OUTPUT"])
    assert [made.GetRasterBand(i).GetDescription() for i in (1, 2)] == ["B01", "B09"]


def test_bands_are_listed_and_cut_off_pixels_are_counted(plugin, tmp_path, log, context):
    numbers = np.array([[[10, 3000]], [[10, 3000]]], np.uint16)
    path = write_raster(tmp_path / "in.tif", numbers, nodata=0)
    result = run(tmp_path, log, context, str(path), FROM="sentinel2a", BANDS="blue, -")
    np.testing.assert_array_equal(pixels(result["OUTPUT"]), [[[1, 2893]], [[10, 3000]]])
    assert "B02: 1 pixels did not fit the range of the values and were cut off." in log.infos


def test_an_own_table(plugin, tmp_path, log, context, named):
    document = json.loads(BANDPASS_FILE.read_text(encoding="utf-8"))
    document["id"] = "mine"
    document["sensors"]["sentinel2a"]["B02"] = {"slope": 2.0, "offset": 0.1}
    table = tmp_path / "mine.json"
    table.write_text(json.dumps(document), encoding="utf-8")
    result = run(tmp_path, log, context, str(named), FROM="sentinel2a", TABLE=str(table))
    assert np.unique(pixels(result["OUTPUT"])[0]).tolist() == [7000]
    assert (
        gdal.Open(result["OUTPUT"])
        .GetMetadataItem("SATSHARP_BANDPASS")
        .startswith("sentinel2a -> landsat8 (table mine")
    )
    table.write_text("{}", encoding="utf-8")
    with pytest.raises(QgsProcessingException, match="Table .*mine.json, line 1, is not valid: 'kind' is missing"):
        run(tmp_path, log, context, str(named), FROM="sentinel2a", TABLE=str(table))


def test_the_result_is_styled_when_it_is_loaded(plugin, tmp_path, log, named):
    import processing

    context = QgsProcessingContext()
    project = QgsProject()
    context.setProject(project)
    values = {"INPUT": str(named), "FROM": "sentinel2a", "OUTPUT": str(tmp_path / "out.tif")}
    details = QgsProcessingContext.LayerDetails("out", project, "OUTPUT")
    context.addLayerToLoadOnCompletion(values["OUTPUT"], details)
    processing.run(ALGORITHM, values, feedback=log, context=context)
    assert context.layerToLoadOnCompletionDetails(values["OUTPUT"]).postProcessor() is not None


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({}, "Nothing tells the sensor of in.tif. Choose it as FROM."),
        ({"FROM": "landsat8", "TO": "landsat9"}, "The bands of landsat8 and landsat9 are alike"),
        ({"FROM": "landsat7"}, "FROM cannot be landsat7. Choose one of: auto, landsat8"),
        ({"FROM": "sentinel2a", "BANDS": "B02"}, "1 names of bands are listed for in.tif, which has 2 bands"),
        ({"FROM": "sentinel2a", "TABLE": "/nowhere.json"}, "/nowhere.json does not exist. Check TABLE."),
        ({"FROM": "sentinel2a", "source": "/nowhere"}, "/nowhere does not exist. Check INPUT."),
        ({"FROM": "sentinel2a", "OUTPUT": "/tmp/out.gpkg"}, "OUTPUT is a GeoTIFF: its name must end in .tif"),
    ],
)
def test_bad_input_is_a_sentence(plugin, tmp_path, log, context, named, parameters, sentence):
    given = {"source": str(named), **parameters}
    with pytest.raises(QgsProcessingException) as caught:
        run(tmp_path, log, context, **given)
    assert sentence in f"{caught.value} {' '.join(log.errors)}"
    assert not (tmp_path / "out.tif").exists()


def test_the_input_is_not_overwritten(plugin, tmp_path, log, context, named):
    with pytest.raises(QgsProcessingException, match="is the input itself. Choose another output."):
        run(tmp_path, log, context, str(named), FROM="sentinel2a", OUTPUT=str(named))


def test_cancelling_leaves_nothing(plugin, tmp_path, context):
    path = write_raster(tmp_path / "in.tif", np.full((1, 900, 50), 3000, np.uint16), names=["B02"])
    log = Log(cancel_at=20)
    run(tmp_path, log, context, str(path), FROM="sentinel2a")
    assert "Cancelled; nothing was written." in log.infos
    assert [found.name for found in tmp_path.iterdir()] == ["in.tif"]


@pytest.mark.skipif(PROGRAM is None, reason="qgis_process is not installed")
def test_qgis_process_adjusts_a_product_folder(qgis, tmp_path, landsat):  # noqa: F811 - fixture
    out = tmp_path / "out.tif"
    found = qgis.result("run", ALGORITHM, "--", f"INPUT={landsat}", "TO=sentinel2c", f"OUTPUT={out}")["results"]
    assert found["OUTPUT"] == str(out)
    red = pixels(landsat / f"{landsat.name}_SR_B4.TIF").astype(np.float64)
    valid = (red > 0) & (red < 65535)
    expected = ((red * 2.75e-5 - 0.2 - 0.0011) / 0.9718 + 0.2) / 2.75e-5
    np.testing.assert_allclose(pixels(out)[3][valid], expected[valid], atol=0.51)

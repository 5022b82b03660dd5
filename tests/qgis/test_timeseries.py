# SPDX-License-Identifier: GPL-2.0-or-later
"""Series and profiles as algorithms: files, layers with their time, plots, bad input."""

from __future__ import annotations

import csv
import struct

import numpy as np
import pytest

pytest.importorskip("qgis.core")

from osgeo import gdal
from qgis.core import (
    QgsApplication,
    QgsDateTimeRange,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProject,
    QgsRasterLayer,
)
from qgis.PyQt.QtCore import QDateTime, Qt
from satsharp.processing_provider.index_profile import IndexProfile
from satsharp.processing_provider.stack_timeseries import StackTimeseries
from satsharp.tests.unit.products_factory import make_safe
from satsharp.tests.unit.raster_factory import EAST, NORTH, write_raster

from .conftest import Log
from .test_qgis_process import PROGRAM, qgis  # noqa: F401 - fixture

STACK, PROFILE = "satsharp:stack_timeseries", "satsharp:index_profile"
POINT = f"{EAST + 105},{NORTH - 105} [EPSG:32631]"


@pytest.fixture
def folder(tmp_path):
    """Three dates: NDVI is 0.2 and 0.6 of Sentinel-2, and 0.4 of Landsat between them, under a cloud at one pixel."""
    made = tmp_path / "in"
    made.mkdir()
    dates = (("S2A_20210601", 1500, 1), ("LC08_L2SP_20210701", 7000 / 3, 0), ("S2B_20210801", 4000, 1))
    for name, nir, sentinel in dates:
        values = np.stack([np.full((40, 50), 800 + np.arange(50)), np.full((40, 50), 1000), np.full((40, 50), nir)])
        stored = values if sentinel else (values / 10000 + 0.2) / 0.0000275
        names = ("B03", "B04", "B8A") if sentinel else ("SR_B3", "SR_B4", "SR_B5")
        write_raster(made / f"{name}.tif", np.rint(stored).astype(np.uint16), 10.0, names=names, nodata=0)
    quality = np.full((1, 40, 50), 21824, np.uint16)
    quality[0, 10, 10] = 22280
    write_raster(made / "LC08_20210701_QA_PIXEL.tif", quality, 10.0)
    return made


def run(algorithm, log, **parameters):
    import processing

    return processing.run(algorithm, parameters, feedback=log)


def rasters(folder) -> list[str]:
    return [str(path) for path in sorted(folder.glob("*.tif")) if "QA_PIXEL" not in path.name]


def test_series_of_two_sensors(folder, tmp_path, log, plugin):
    found = run(STACK, log, INPUTS=rasters(folder), OUTPUT=str(tmp_path / "out"), DILATION=10.0)
    assert (found["COUNT"], found["FIRST_DATE"], found["LAST_DATE"]) == (3, "2021-06-01", "2021-08-01")
    assert found["SERIES"] == str(tmp_path / "out" / "series.vrt")
    series = gdal.Open(found["SERIES"])
    assert series.RasterCount == 9 and series.GetMetadataItem("SENSORS") == "Sentinel-2A,Landsat 8,Sentinel-2B"
    landsat = series.GetRasterBand(6).ReadAsArray()
    assert np.count_nonzero(landsat == -32768) == 9 and abs(int(landsat[0, 0]) - 2333) <= 1
    assert "2021-07-01 Landsat 8: 99.5 % of the pixels are valid" in log.infos
    assert any("No cloud mask was found for S2A_20210601" in text for text in log.warnings)
    assert (
        "2021-07-01 Landsat 8: LC08_L2SP_20210701, dated by its file name; cloud mask: LC08_20210701_QA_PIXEL.tif, "
        "which lies beside it (qa_pixel)"
    ) in log.infos
    plain = run(STACK, log, FOLDER=str(folder), OUTPUT=str(tmp_path / "all"), MASKS="none", BANDS="B8A")
    assert plain["COUNT"] == 3 and gdal.Open(plain["SERIES"]).RasterCount == 3
    assert np.count_nonzero(gdal.Open(plain["SERIES"]).ReadAsArray() == -32768) == 0


def test_temporary_folder_and_layers_of_the_project(folder, log, plugin):
    layers = [QgsRasterLayer(path, f"layer {number}") for number, path in enumerate(rasters(folder))]
    QgsProject.instance().addMapLayers(layers)
    found = run(STACK, log, INPUTS=[layers[0].id(), layers[1]], OUTPUT="TEMPORARY_OUTPUT", MASKS="none")
    QgsProject.instance().removeMapLayers([layer.id() for layer in layers])
    assert found["COUNT"] == 2 and gdal.Open(found["SERIES"]).RasterCount == 6
    assert "layer 0" in " ".join(log.infos)


def test_dates_are_loaded_as_layers_with_their_time(folder, tmp_path, log, plugin, monkeypatch):
    from processing.gui.Postprocessing import handleAlgorithmResults

    # pytest-qgis's is not one that every QGIS takes.
    monkeypatch.setattr("processing.gui.Postprocessing.iface", None, raising=False)
    project = QgsProject.instance()
    context = QgsProcessingContext()
    context.setProject(project)
    context.setFeedback(log)
    algorithm = QgsApplication.processingRegistry().createAlgorithmById(STACK)
    values = {"INPUTS": rasters(folder), "OUTPUT": str(tmp_path / "out"), "MASKS": "none"}
    _, done = algorithm.run(values, context, log)
    assert done and len(context.layersToLoadOnCompletion()) == 3
    handleAlgorithmResults(algorithm, context, log)
    assert log.errors == []
    group = project.layerTreeRoot().findGroup("Time series out")
    layers = [node.layer() for node in group.findLayers()]
    assert [layer.name() for layer in layers] == [
        "2021-08-01 Sentinel-2B",
        "2021-07-01 Landsat 8",
        "2021-06-01 Sentinel-2A",
    ]
    assert len(project.layerTreeRoot().findLayers()) == 3
    spans = [layer.temporalProperties().fixedTemporalRange() for layer in layers]
    assert all(layer.temporalProperties().isActive() for layer in layers)
    texts = [(span.begin().toString("yyyy-MM-dd"), span.end().toString("yyyy-MM-dd")) for span in spans]
    assert texts == [("2021-08-01", "2021-09-01"), ("2021-07-01", "2021-08-01"), ("2021-06-01", "2021-07-01")]
    july = QDateTime(2021, 7, 15, 0, 0, 0, 0, Qt.TimeSpec.UTC)
    shown = [layer.temporalProperties().isVisibleInTemporalRange(QgsDateTimeRange(july, july)) for layer in layers]
    assert shown == [False, True, False]
    renderers = [layer.renderer() for layer in layers]
    limits = {
        (renderer.greenContrastEnhancement().minimumValue(), renderer.redContrastEnhancement().maximumValue())
        for renderer in renderers
    }
    # Near infrared as red, stretched alike for all dates.
    assert [renderer.redBand() for renderer in renderers] == [3] * 3 and len(limits) == 1
    # As QGIS has the values, which are digital number / 10000.
    assert layers[0].dataProvider().bandScale(3) == 0.0001
    assert limits.pop()[1] == pytest.approx(0.4, abs=1e-4)
    project.removeMapLayers([layer.id() for layer in layers])
    project.layerTreeRoot().removeChildNode(group)


@pytest.mark.parametrize("form", ["netCDF", "Zarr"])
def test_cubes_that_are_not_loaded_are_told(folder, tmp_path, log, plugin, form):
    """Before, nothing was loaded without a word."""
    values = {"FOLDER": str(folder), "MASKS": "none", "FORMAT": form}
    told = (
        f"The dates are not loaded as layers: QGIS knows neither their times nor their colours in {form} files. "
        "Choose the format COG for that."
    )
    run(STACK, log, OUTPUT=str(tmp_path / "one"), LOAD=False, **values)
    run(STACK, log, OUTPUT=str(tmp_path / "two"), **{**values, "FORMAT": "COG"})
    assert told not in log.infos
    run(STACK, log, OUTPUT=str(tmp_path / "three"), **values)
    assert log.infos.count(told) == 1


def test_profile_of_a_point(folder, tmp_path, log, plugin):
    outputs = {"OUTPUT_CSV": str(tmp_path / "p.csv"), "OUTPUT_PLOT": str(tmp_path / "p.svg")}
    found = run(PROFILE, log, FOLDER=str(folder), POINT=POINT, MASKS="none", **outputs)
    assert found["COUNT"] == 3 and found["MEAN"] == pytest.approx(0.4, abs=1e-4)
    assert (found["MINIMUM"], found["MAXIMUM"]) == (pytest.approx(0.2), pytest.approx(0.6))
    rows = list(csv.DictReader((tmp_path / "p.csv").open(encoding="utf-8")))
    assert [float(row["NDVI"]) for row in rows] == pytest.approx([0.2, 0.4, 0.6], abs=1e-4)
    assert "Landsat 8" in (tmp_path / "p.svg").read_text(encoding="utf-8")
    # The cloud of Landsat lies on the point.
    masked = run(PROFILE, log, FOLDER=str(folder), POINT=POINT, INDEX="own", FIRST="B8A", SECOND="green", **outputs)
    rows = list(csv.DictReader((tmp_path / "p.csv").open(encoding="utf-8")))
    assert masked["COUNT"] == 2 and [row["state"] for row in rows] == ["clear", "masked", "clear"]
    assert float(rows[0]["(B8A - green) / (B8A + green)"]) == pytest.approx((1500 - 810) / (1500 + 810), abs=1e-5)


def test_plot_as_png(folder, tmp_path, log, plugin):
    path = tmp_path / "p.png"
    run(PROFILE, log, FOLDER=str(folder), POINT=POINT, OUTPUT_CSV=str(tmp_path / "p.csv"), OUTPUT_PLOT=str(path))
    data = path.read_bytes()
    assert data.startswith(b"\x89PNG") and struct.unpack(">II", data[16:24]) == (1800, 760)
    pixels = gdal.Open(str(path)).ReadAsArray()
    # White paper, black frame and coloured dots.
    assert len(np.unique(pixels.reshape(len(pixels), -1), axis=1).T) > 10


def test_a_profile_warns_as_a_series_does(folder, tmp_path, log, plugin):
    """Of masks that are missing or not its own, and of numbers that nothing explains."""
    write_raster(folder / "other_20210601_SCL.tif", np.full((1, 40, 50), 9, np.uint8), 10.0, epsg=32719)
    run(PROFILE, log, FOLDER=str(folder), POINT=POINT, OUTPUT_CSV=str(tmp_path / "p.csv"), INDEX="NDVI")
    profile, log.warnings[:] = list(log.warnings), []
    assert "S2A_20210601.tif: these masks of its day are not its own: other_20210601_SCL.tif lies elsewhere." in profile
    assert any(text.startswith("No cloud mask was found for S2A_20210601.tif") for text in profile)
    assert sum("cloud mask: LC08_20210701_QA_PIXEL.tif, which lies beside it" in text for text in log.infos) == 1
    run(STACK, log, FOLDER=str(folder), OUTPUT=str(tmp_path / "out"), LOAD=False)
    assert log.warnings == profile
    lone = write_raster(tmp_path / "x_20210901.tif", np.full((2, 40, 50), 3000, np.uint16), 10.0, names=("a", "b"))
    choice = {"INDEX": "own", "FIRST": "a", "SECOND": "b", "MASKS": "none"}
    log.warnings[:] = []
    run(PROFILE, log, INPUTS=[str(lone)], POINT=POINT, OUTPUT_CSV=str(tmp_path / "p.csv"), **choice)
    assert log.warnings == [
        "Nothing tells what the values of x_20210901 are; assumed: reflectance = digital number / 10000."
    ]


def test_products_are_refused_with_the_step_that_is_missing(tmp_path, log, plugin):
    safe = make_safe(tmp_path)
    for algorithm, more in ((STACK, {"OUTPUT": str(tmp_path / "out")}), (PROFILE, {"POINT": POINT})):
        for given in (safe, safe / "MTD_MSIL2A.xml"):
            with pytest.raises(QgsProcessingException, match="Run superresolve_sentinel2 on each date first"):
                run(algorithm, log, INPUTS=[str(given)], OUTPUT_CSV=str(tmp_path / "p.csv"), **more)


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({}, "Nothing is chosen"),
        ({"INPUTS": ["/nowhere/S2_20210101.tif"]}, "/nowhere/S2_20210101.tif is no raster that can be opened"),
        ({"FOLDER": "{tmp}"}, "holds no rasters"),
        ({"FOLDER": "{folder}", "BANDS": "B12"}, "There is no band B12"),
        ({"FOLDER": "{folder}", "FORMAT": "HDF"}, "FORMAT cannot be HDF. Choose one of: COG, netCDF, Zarr"),
        ({"TABLE": "{folder}/missing.csv"}, "cannot be read as a table"),
    ],
)
def test_bad_input_is_told_in_a_sentence(folder, tmp_path, log, plugin, parameters, sentence):
    def filled(value):
        return value.format(tmp=tmp_path, folder=folder) if isinstance(value, str) else value

    given = {key: filled(value) for key, value in parameters.items()}
    with pytest.raises(QgsProcessingException, match=sentence):
        run(STACK, log, OUTPUT=str(tmp_path / "out"), **given)
    assert not (tmp_path / "out").exists()


def test_points_off_the_rasters_and_a_hidden_point_are_told(folder, tmp_path, log, plugin):
    table = str(tmp_path / "p.csv")
    with pytest.raises(QgsProcessingException, match="lies on none of the 3 rasters"):
        run(PROFILE, log, FOLDER=str(folder), POINT="0,0 [EPSG:4326]", OUTPUT_CSV=table)
    landsat = [str(folder / "LC08_L2SP_20210701.tif")]
    with pytest.raises(QgsProcessingException, match="No date is clear at this point"):
        run(PROFILE, log, INPUTS=landsat, POINT=POINT, OUTPUT_CSV=table, OUTPUT_PLOT=str(tmp_path / "p.svg"))


def test_cancelling_leaves_nothing(folder, tmp_path, plugin):
    log = Log(cancel_at=40)
    found = run(STACK, log, FOLDER=str(folder), OUTPUT=str(tmp_path / "out"))
    assert "SERIES" not in found and not (tmp_path / "out").exists()
    assert log.infos.count("Cancelled; nothing was written.") == 1


def test_declarations():
    for algorithm in (StackTimeseries(), IndexProfile()):
        algorithm.initAlgorithm()
        definitions = algorithm.parameterDefinitions()
        assert [definition.name() for definition in definitions][:3] == ["INPUTS", "FOLDER", "TABLE"]
        assert all(len(definition.help()) > 30 for definition in definitions)
        assert algorithm.canExecute() == (True, "") and algorithm.shortHelpString().startswith("<p>")


@pytest.mark.skipif(PROGRAM is None, reason="qgis_process is not installed")
def test_qgis_process(folder, tmp_path, qgis):  # noqa: F811 - fixture
    inputs = [f"INPUTS={path}" for path in rasters(folder)]
    result = qgis.result("run", STACK, "--", *inputs, f"OUTPUT={tmp_path / 'out'}", "FORMAT=netCDF")["results"]
    assert result["COUNT"] == 3 and result["SERIES"] == str(tmp_path / "out" / "series.nc")
    assert gdal.Open(f'NETCDF:"{result["SERIES"]}":B8A').RasterCount == 3
    plot = tmp_path / "p.png"
    options = [f"POINT={POINT}", f"OUTPUT_CSV={tmp_path / 'p.csv'}", f"OUTPUT_PLOT={plot}", "RADIUS=20"]
    result = qgis.result("run", PROFILE, "--", f"FOLDER={folder}", *options)["results"]
    assert result["COUNT"] == 2 and result["MAXIMUM"] == pytest.approx(0.6) and plot.read_bytes()[:4] == b"\x89PNG"

# SPDX-License-Identifier: GPL-2.0-or-later
"""The algorithm from end to end on a simulated product."""

from __future__ import annotations

import os
import shutil
from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip("qgis.core")

from osgeo import gdal
from qgis.core import (
    Qgis,
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsProcessingAlgRunnerTask,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingModelAlgorithm,
    QgsProcessingModelChildAlgorithm,
    QgsProcessingModelChildParameterSource,
    QgsProcessingModelOutput,
    QgsProcessingOutputLayerDefinition,
    QgsProcessingParameterDefinition,
    QgsProcessingUtils,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsReferencedRectangle,
    QgsSettings,
)
from qgis.PyQt.QtCore import QEventLoop, QTimer
from satsharp.core import job
from satsharp.plugin.dependencies import RuntimeStatus
from satsharp.plugin.settings import GROUP
from satsharp.processing_provider import base
from satsharp.processing_provider.styling import LayerStyler, choose_colours
from satsharp.tests.unit.model_factory import DIGITAL_NUMBER, TARGETS, write_bicubic

from .conftest import COARSE, FINE, MIDDLE, SIZE, Log

ALGORITHM = "satsharp:superresolve_sentinel2"
SMALL = {"EXTENT": "601200,601800,5697600,5698200 [EPSG:32631]"}
ORDER = ("B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B09", "B11", "B12")


def algorithm():
    return QgsApplication.processingRegistry().createAlgorithmById(ALGORITHM)


def run(product, tmp_path, log, context, **parameters):
    """Run the algorithm as a script would; the tiny 20 m model unless another is asked for."""
    import processing

    values = {"INPUT": str(product.safe), "OUTPUT": str(tmp_path / "out.tif"), "MODEL": "test-20m", **parameters}
    return processing.run(ALGORITHM, values, feedback=log, context=context)


def read(path, names=None):
    """Return the bands of a raster by name as a (bands, rows, columns) array."""
    dataset = gdal.Open(str(path))
    by_name = {dataset.GetRasterBand(i + 1).GetDescription(): i + 1 for i in range(dataset.RasterCount)}
    return np.stack([dataset.GetRasterBand(by_name[name]).ReadAsArray() for name in names or by_name])


def describe(path):
    """Return size, geotransform, band names and the like as plain values.

    No test keeps a dataset: one that a failed test holds until QGIS has closed GDAL ends Python with a double free.
    """
    dataset = gdal.Open(str(path))
    bands = [dataset.GetRasterBand(i + 1) for i in range(dataset.RasterCount)]
    return SimpleNamespace(
        size=(dataset.RasterXSize, dataset.RasterYSize),
        transform=dataset.GetGeoTransform(),
        epsg=dataset.GetSpatialRef().GetAuthorityCode(None),
        names=tuple(band.GetDescription() for band in bands),
        types={gdal.GetDataTypeName(band.DataType) for band in bands},
        nodata={band.GetNoDataValue() for band in bands},
        layout=dataset.GetMetadataItem("LAYOUT", "IMAGE_STRUCTURE"),
    )


def band_file(product, name, gsd):
    [path] = product.safe.rglob(f"*_{name}_{gsd}m.jp2")
    return path


def enlarge(path):
    """Return a band enlarged to 10 m by GDAL's cubic convolution."""
    return gdal.Warp("", str(path), format="MEM", xRes=10, yRes=10, resampleAlg="cubic").ReadAsArray()


# --- the declaration --------------------------------------------------------------------------------------------------


def test_every_parameter_and_algorithm_explains_itself(plugin):
    for algorithm_ in plugin.provider.algorithms():
        assert len(algorithm_.shortHelpString()) > 300 and "<p>" in algorithm_.shortHelpString()
        assert algorithm_.shortDescription().endswith(".") and algorithm_.helpUrl().startswith("https://")
        assert not algorithm_.icon().isNull() and os.path.isfile(algorithm_.svgIconPath())
        for definition in algorithm_.parameterDefinitions():
            assert len(definition.help()) > 40, definition.name()


def test_parameters_are_stable_and_few_are_visible(plugin):
    made = algorithm()
    definitions = made.parameterDefinitions()
    advanced = QgsProcessingParameterDefinition.Flag.FlagAdvanced
    assert [d.name() for d in definitions if not d.flags() & advanced] == [
        "INPUT",
        "BANDS",
        "COPY_FINE_BANDS",
        "EXTENT",
        "OUTPUT",
        "INTERVAL_OUTPUT",
    ]
    assert {d.name() for d in definitions if d.flags() & advanced} == {
        "MODEL",
        "CONSISTENCY",
        "GUARD",
        "DEVICE",
        "TILE_SIZE",
        "RESUME",
        "FORMAT",
    }
    assert [o.name() for o in made.outputDefinitions()] == [
        "OUTPUT",
        "INTERVAL_OUTPUT",
        "GSD",
        "EXECUTION_PROVIDER",
        "MODELS",
    ]


def test_choices_are_static_strings_with_defaults_for_everything(plugin):
    made = algorithm()
    enums = {d.name(): d for d in made.parameterDefinitions() if d.type() == "enum"}
    assert all(d.usesStaticStrings() for d in enums.values())
    assert enums["BANDS"].options() == ["20 m", "60 m"] and enums["BANDS"].defaultValue() == ["20 m", "60 m"]
    assert {"auto", "test-20m", "test-60m"} <= set(enums["MODEL"].options())
    assert [enums[name].defaultValue() for name in ("MODEL", "DEVICE", "FORMAT")] == ["auto", "auto", "GeoTIFF"]
    assert enums["GUARD"].options() == [job.FALL_BACK, job.WARN, job.OFF]
    assert enums["GUARD"].defaultValue() == job.Options().guard
    assert made.parameterDefinition("CONSISTENCY").defaultValue() == job.Options().consistency


def test_several_bands_survive_in_the_history_and_copied_commands(plugin, context):
    made = algorithm()
    command = made.asPythonCommand({"INPUT": "/x.SAFE", "BANDS": ["20 m", "60 m"]}, context)
    assert "'BANDS':['20 m', '60 m']" in command


def test_runs_on_a_worker_thread_with_cancel_and_in_batch(plugin):
    flags = algorithm().flags()
    assert not flags & base.QgsProcessingAlgorithm.Flag.FlagNoThreading
    assert flags & base.QgsProcessingAlgorithm.Flag.FlagCanCancel
    assert flags & base.QgsProcessingAlgorithm.Flag.FlagSupportsBatch


def test_new_instances_keep_the_sensor(plugin):
    assert algorithm().createInstance().sensor.id == "sentinel2"
    assert algorithm().create().id() == ALGORITHM


# --- what is refused before running -----------------------------------------------------------------------------------


def test_missing_runtime_is_a_reason_with_a_remedy(plugin, monkeypatch):
    possible, reason = algorithm().canExecute()
    assert (possible, reason) == (True, "")
    monkeypatch.setattr(base, "find_runtime", lambda _: RuntimeStatus(problem="It is missing. Install it."))
    possible, reason = algorithm().canExecute()
    assert (possible, reason) == (False, "It is missing. Install it.")


def test_script_without_runtime_ends_in_the_same_sentence(product, tmp_path, log, context, monkeypatch):
    """processing.run does not ask canExecute."""
    monkeypatch.setattr(base, "find_runtime", lambda _: RuntimeStatus(problem="It is missing. Install it."))
    with pytest.raises(QgsProcessingException, match=r"^It is missing\. Install it\.$"):
        run(product, tmp_path, log, context)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"INPUT": "/nowhere/S2A.SAFE"}, "/nowhere/S2A.SAFE does not exist. Check the path of the product."),
        ({"MODEL": "s2-99m"}, "MODEL cannot be s2-99m. Choose one of: auto, "),
        ({"DEVICE": "gpu"}, "DEVICE cannot be gpu. Choose one of: auto, cpu, cuda, "),
        ({"BANDS": ["5 m"]}, "BANDS cannot be ['5 m']. Choose one of: 20 m, 60 m."),
        ({"FORMAT": "PNG"}, "FORMAT cannot be PNG. Choose one of: GeoTIFF, COG."),
        ({"OUTPUT": "/tmp/out.jp2"}, "OUTPUT is a GeoTIFF: its name must end in .tif, not in .jp2."),
        ({"INTERVAL_OUTPUT": "/tmp/b.png"}, "INTERVAL_OUTPUT is a GeoTIFF: its name must end in .tif, not in .png."),
        ({"GUARD": "maybe"}, "GUARD cannot be maybe. Choose one of: fall back, warn, off."),
        ({"TILE_SIZE": -1}, "TILE_SIZE"),
        ({"INPUT": ""}, "INPUT"),
    ],
)
def test_bad_values_are_refused_with_a_sentence(product, tmp_path, context, changes, sentence):
    values = {"INPUT": str(product.safe), "OUTPUT": str(tmp_path / "out.tif"), **changes}
    accepted, reason = algorithm().checkParameterValues(values, context)
    assert not accepted and sentence in reason


@pytest.mark.parametrize("form", ["folder", "metadata", "zip"])
def test_folder_file_and_archive_are_accepted(product, tmp_path, context, form):
    source = {"folder": product.safe, "metadata": product.metadata, "zip": product.zip}[form]
    values = {"INPUT": str(source), "OUTPUT": "TEMPORARY_OUTPUT"}
    assert algorithm().checkParameterValues(values, context) == (True, "")


# --- results ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def whole(plugin, product, tmp_path_factory, model_folder):
    """The whole product at 10 m by the bundled models, with the log."""
    import processing

    log = Log()
    path = tmp_path_factory.mktemp("whole") / "all bands.tif"
    results = processing.run(ALGORITHM, {"INPUT": str(product.safe), "OUTPUT": str(path)}, feedback=log)
    return path, results, log


def test_output_has_the_grid_type_nodata_and_names_of_the_product(whole, product):
    path, results, _ = whole
    output, fine = describe(path), describe(band_file(product, "B02", 10))
    assert (output.size, output.transform, output.epsg) == ((SIZE, SIZE), fine.transform, fine.epsg)
    assert (output.names, output.types, output.nodata) == (ORDER, {"UInt16"}, {0})
    assert results["GSD"] == 10 and results["EXECUTION_PROVIDER"] == "CPUExecutionProvider"
    assert results["MODELS"] == "s2-20m, s2-60m"


def test_fine_bands_are_copied_bit_for_bit(whole, product):
    path, _, _ = whole
    copied = read(path, FINE)
    for name, pixels in zip(FINE, copied):
        assert np.array_equal(pixels, read(band_file(product, name, 10))[0])


@pytest.mark.parametrize(("names", "gsd"), [(MIDDLE, 20), (COARSE, 60)])
def test_sharpened_bands_are_nearer_to_the_truth_than_bicubic(whole, product, names, gsd):
    path, _, _ = whole
    truth, ours = (read(file, names).astype(float) for file in (product.truth, path))
    for name, expected, sharpened in zip(names, truth, ours):
        enlarged = enlarge(band_file(product, name, gsd))
        valid = (expected > 0) & (sharpened > 0) & (enlarged > 0)
        assert valid.mean() > 0.8
        error, bicubic = (
            float(np.sqrt(np.mean((image[valid] - expected[valid]) ** 2))) for image in (sharpened, enlarged)
        )
        assert error < 0.9 * bicubic, f"{name}: RMSE {error:.1f} against {bicubic:.1f} of bicubic"


def test_nodata_of_the_product_stays_nodata(whole, product):
    path, _, _ = whole
    empty = read(product.truth, ["B02"])[0] == 0
    assert 0.01 < empty.mean() < 0.2
    # The edge of the orbit cuts through coarse pixels: what is empty at 10 m stays empty, up to one coarse pixel.
    for pixels in read(path, MIDDLE):
        assert np.count_nonzero(pixels[empty] != 0) < 0.1 * empty.sum()
        assert np.count_nonzero(pixels[~empty] == 0) < 0.1 * empty.sum()


def test_log_tells_the_plan(whole):
    _, _, log = whole
    text = "\n".join(log.infos)
    for words in ("level L2A", "Offset of the digital numbers: -1000", "s2-20m", "12 bands, 600 x 600", "device auto"):
        assert words in text
    assert "CPUExecutionProvider" in text and log.errors == []


def test_only_the_wanted_bands_are_written(product, tmp_path, log, context):
    run(product, tmp_path, log, context, MODEL="test-60m", BANDS=["60 m"], COPY_FINE_BANDS=False)
    assert describe(tmp_path / "out.tif").names == COARSE


def test_extent_in_degrees_equals_the_crop_of_the_whole(whole, product, tmp_path, log, context):
    west, north, east, south = 600000 + 1234, 5700000 - 2222, 600000 + 3001, 5700000 - 4321
    to_degrees = QgsCoordinateTransform(
        QgsCoordinateReferenceSystem("EPSG:32631"), QgsCoordinateReferenceSystem("EPSG:4326"), QgsProject.instance()
    )
    box = to_degrees.transformBoundingBox(QgsRectangle(west, south, east, north))
    extent = f"{box.xMinimum()},{box.xMaximum()},{box.yMinimum()},{box.yMaximum()} [EPSG:4326]"
    run(product, tmp_path, log, context, MODEL="auto", EXTENT=extent)
    part = describe(tmp_path / "out.tif")
    x, dx, _, y, _, dy = part.transform
    width, height = part.size
    assert (dx, dy) == (10, -10)
    col, row = round((x - 600000) / 10), round((5700000 - y) / 10)
    assert col % 6 == 0 and row % 6 == 0 and x <= west and y >= north
    assert x + 10 * width >= east and y - 10 * height <= south
    assert width < 200 and height < 240
    crop = read(whole[0])[:, row : row + height, col : col + width]
    assert np.array_equal(read(tmp_path / "out.tif"), crop)


def test_extent_in_a_crs_without_a_code_is_passed_on(context):
    crs = QgsCoordinateReferenceSystem.fromProj("+proj=laea +lat_0=51 +lon_0=4 +datum=WGS84")
    made = algorithm()
    box = QgsReferencedRectangle(QgsRectangle(30000, 40000, 31000, 42000), crs)
    extent, text = made._extent({"EXTENT": box}, context)
    assert extent == (30000, 40000, 31000, 42000)
    assert "Lambert" in text and not text.startswith("USER:")
    assert made._extent({"EXTENT": None}, context) == (None, "")


def test_works_inside_a_model(product, tmp_path, log, context):
    source = QgsProcessingModelChildParameterSource
    child = QgsProcessingModelChildAlgorithm(ALGORITHM)
    child.setChildId("sharpen")
    for name, value in {"INPUT": str(product.safe), "MODEL": "test-60m", "BANDS": ["60 m"], **SMALL}.items():
        child.addParameterSources(name, [source.fromStaticValue(value)])
    output = QgsProcessingModelOutput("RESULT")
    output.setChildOutputName("OUTPUT")
    output.setChildId("sharpen")
    child.setModelOutputs({"RESULT": output})
    model = QgsProcessingModelAlgorithm("a model", "")
    model.addChildAlgorithm(child)
    model.toFile(str(tmp_path / "a.model3"))
    again = QgsProcessingModelAlgorithm()
    assert again.fromFile(str(tmp_path / "a.model3"))
    results, successful = again.run({"sharpen:RESULT": str(tmp_path / "out.tif")}, context, log)
    assert successful and describe(tmp_path / "out.tif").size == (60, 60)
    assert results["CHILD_RESULTS"]["sharpen"]["MODELS"] == "test-60m"


@pytest.mark.parametrize("form", ["metadata", "zip"])
def test_metadata_file_and_zip_give_the_same_as_the_folder(product, tmp_path, log, context, form):
    extent = "601200,602400,5697600,5698800 [EPSG:32631]"
    run(product, tmp_path, log, context, EXTENT=extent)
    expected = read(tmp_path / "out.tif")
    source = {"metadata": product.metadata, "zip": product.zip}[form]
    run(product, tmp_path, log, context, EXTENT=extent, INPUT=str(source), OUTPUT=str(tmp_path / "other.tif"))
    assert expected.shape == (10, 120, 120) and expected.std() > 100
    assert np.array_equal(read(tmp_path / "other.tif"), expected)


def test_tile_size_and_format_do_not_change_the_pixels(product, tmp_path, log, context):
    extent = "601200,603600,5696400,5698800 [EPSG:32631]"
    run(product, tmp_path, log, context, EXTENT=extent)
    run(product, tmp_path, log, context, EXTENT=extent, TILE_SIZE=64, FORMAT="COG", OUTPUT=str(tmp_path / "cog.tif"))
    assert np.array_equal(read(tmp_path / "cog.tif"), read(tmp_path / "out.tif"))
    assert describe(tmp_path / "cog.tif").layout == "COG"


def test_temporary_output_is_written(product, tmp_path, log, context):
    results = run(product, tmp_path, log, context, OUTPUT="TEMPORARY_OUTPUT", **SMALL)
    layer = results["OUTPUT"]
    path = layer.source() if isinstance(layer, QgsRasterLayer) else layer
    assert describe(path).size == (60, 60)


def test_device_of_the_options_is_used_for_auto(product, tmp_path, log, context):
    QgsSettings().setValue(f"{GROUP}/device", "cpu")
    QgsSettings().setValue(f"{GROUP}/tile_size", 120)
    run(product, tmp_path, log, context, **SMALL)
    assert "Tiles of 120 pixels, device cpu" in log.infos


def test_loaded_layer_can_stand_for_its_file(product, tmp_path, log, context):
    run(product, tmp_path, log, context, COPY_FINE_BANDS=True, EXTENT="601200,602400,5697600,5698800 [EPSG:32631]")
    stack_layer = QgsRasterLayer(str(product.truth), "a stack")
    QgsProject.instance().addMapLayer(stack_layer)
    accepted, reason = algorithm().checkParameterValues(
        {"INPUT": stack_layer.id(), "OUTPUT": "TEMPORARY_OUTPUT"}, context
    )
    assert (accepted, reason) == (True, "")
    made = algorithm()
    assert made._source({"INPUT": stack_layer.id()}, context) == str(product.truth)
    QgsProject.instance().clear()


# --- consistency, guard, bounds ---------------------------------------------------------------------------------------

PART = {"EXTENT": "601200,603600,5696400,5698800 [EPSG:32631]", "COPY_FINE_BANDS": False}


@pytest.fixture
def doubtful(tmp_path):
    """A folder with a network that is wrong in B11, says so, and is calibrated."""
    folder = tmp_path / "models"
    folder.mkdir()
    interval = {"coverage": 0.9, "source": "spread", "factors": dict.fromkeys(TARGETS, 2.0)}
    write_bicubic(folder, "doubtful", {"B11": 1000 * DIGITAL_NUMBER}, 10 * DIGITAL_NUMBER, interval)
    QgsSettings().setValue(f"{GROUP}/model_folder", str(folder))


def test_guard_warns_with_the_numbers_and_falls_back(product, tmp_path, log, context, doubtful):
    run(product, tmp_path, log, context, MODEL="doubtful", **PART)
    [warning] = log.warnings
    assert "does not help B11" in warning and warning.endswith("B11 is enlarged by bicubic instead.")
    guarded = read(tmp_path / "out.tif", ["B11"])
    run(product, tmp_path, Log(), context, MODEL="doubtful", GUARD="off", OUTPUT=str(tmp_path / "off.tif"), **PART)
    assert np.abs(guarded - read(tmp_path / "off.tif", ["B11"]).astype(int)).max() > 500
    assert gdal.Open(str(tmp_path / "out.tif")).GetMetadataItem("SATSHARP_GUARD") == "fall back; by bicubic: B11"


def test_consistency_is_told_and_can_be_switched_off(product, tmp_path, log, context):
    part = {"GUARD": "off", **PART}
    run(product, tmp_path, log, context, **part)
    assert any("The results are made consistent with the input." in text for text in log.infos)
    plain = Log()
    run(product, tmp_path, plain, context, CONSISTENCY=False, OUTPUT=str(tmp_path / "plain.tif"), **part)
    assert not any("consistent" in text for text in plain.infos)
    assert (read(tmp_path / "out.tif") != read(tmp_path / "plain.tif")).mean() > 0.1


def test_bounds_are_written_loaded_and_styled(product, tmp_path, log, context, doubtful):
    values = {"INPUT": str(product.safe), "MODEL": "doubtful", "OUTPUT": str(tmp_path / "out.tif"), **PART}
    bounds = QgsProcessingOutputLayerDefinition(str(tmp_path / "bounds.tif"), QgsProject.instance())
    [(successful, results)], _, _ = run_as_task({**values, "INTERVAL_OUTPUT": bounds}, log)
    assert successful and results["INTERVAL_OUTPUT"] == str(tmp_path / "bounds.tif")
    assert describe(tmp_path / "bounds.tif").names[:2] == ("B05 lower (90 %)", "B05 upper (90 %)")
    lower, upper = read(tmp_path / "bounds.tif")[:2].astype(int)
    value = read(tmp_path / "out.tif", ["B05"])[0]
    # Twice ten digital numbers to either side, rounded outwards.
    assert set(np.unique((upper - lower)[value > 0])) <= {40, 41, 42}
    assert ((lower <= value) & (value <= upper)).all()
    [styler] = [styler for styler in LayerStyler._alive if styler._description.colours == (2, 1, 1)]
    layer = QgsRasterLayer(str(tmp_path / "bounds.tif"), "x")
    styler.postProcessLayer(layer, context, log)
    assert layer.name().endswith("10 m bounds") and styler not in LayerStyler._alive
    alone = run(product, tmp_path, log, context, MODEL="doubtful", OUTPUT=str(tmp_path / "alone.tif"), **PART)
    assert "INTERVAL_OUTPUT" not in alone
    assert np.array_equal(read(tmp_path / "alone.tif"), read(tmp_path / "out.tif"))


def test_bounds_of_a_model_without_calibration_are_refused(product, tmp_path, log, context):
    with pytest.raises(QgsProcessingException, match="test-20m has no calibrated interval"):
        run(product, tmp_path, log, context, INTERVAL_OUTPUT=str(tmp_path / "bounds.tif"))
    assert list(tmp_path.iterdir()) == []


# --- errors and cancelling --------------------------------------------------------------------------------------------


def test_damaged_product_ends_in_a_sentence_without_a_traceback(product, tmp_path, log, context):
    copy = tmp_path / product.safe.name
    shutil.copytree(product.safe, copy)
    next(copy.rglob("*_B05_20m.jp2")).unlink()
    with pytest.raises(QgsProcessingException) as caught:
        run(product, tmp_path, log, context, INPUT=str(copy))
    assert "B05" in str(caught.value) and "Traceback" not in str(caught.value)
    assert not list(tmp_path.glob("out.tif*"))


def test_folder_without_a_product_ends_in_a_sentence(product, tmp_path, log, context):
    (tmp_path / "empty").mkdir()
    with pytest.raises(QgsProcessingException) as caught:
        run(product, tmp_path, log, context, INPUT=str(tmp_path / "empty"))
    assert str(tmp_path / "empty") in str(caught.value) and "Traceback" not in str(caught.value)


def test_extent_outside_ends_in_a_sentence(product, tmp_path, log, context):
    with pytest.raises(QgsProcessingException, match="outside"):
        run(product, tmp_path, log, context, EXTENT="0,1,0,1 [EPSG:4326]")


def test_output_that_is_a_folder_ends_in_a_sentence(product, tmp_path, log, context):
    (tmp_path / "out.tif").mkdir()
    with pytest.raises(QgsProcessingException, match="is a folder. Give the output a file name"):
        run(product, tmp_path, log, context)


def test_cancelling_leaves_no_file(product, tmp_path, context):
    log = Log(cancel_at=20.0)
    run(product, tmp_path, log, context, TILE_SIZE=120)
    assert log.isCanceled() and log.progress() < 100
    assert list(tmp_path.iterdir()) == []
    assert "Cancelled; nothing was written." in log.infos


# --- the layer --------------------------------------------------------------------------------------------------------


def test_colours_follow_the_wavelengths():
    assert choose_colours((492.4, 559.8, 664.6, 832.8)) == (3, 2, 1)
    assert choose_colours((442.7, 492.4, 559.8, 664.6, 704.1)) == (4, 3, 2)
    # Without visible bands: long, middle, short.
    assert choose_colours((704.1, 740.5, 782.8, 864.7, 1613.7, 2202.4)) == (6, 3, 1)
    assert choose_colours((442.7, 945.1)) == (1,)


def run_as_task(values, log):
    """Run the algorithm as the dialog does, on a worker thread, and load the result into the project."""
    project = QgsProject.instance()
    context = QgsProcessingContext()
    context.setProject(project)
    made = algorithm()
    path = values["OUTPUT"]
    values = {**values, "OUTPUT": QgsProcessingOutputLayerDefinition(path, project)}
    task = QgsProcessingAlgRunnerTask(made, values, context, log)
    loop, outcome = QEventLoop(), []
    task.executed.connect(lambda successful, results: (outcome.append((successful, results)), loop.quit()))
    QTimer.singleShot(60_000, loop.quit)
    QgsApplication.taskManager().addTask(task)
    loop.exec()
    assert context.willLoadLayerOnCompletion(path)
    layer = QgsProcessingUtils.mapLayerFromString(path, context)
    processor = context.layerToLoadOnCompletionDetails(path).postProcessor()
    if processor is not None:
        processor.postProcessLayer(layer, context, log)
    return outcome, context.takeResultLayer(layer.id()), processor


def test_loaded_layer_is_styled_and_described(product, tmp_path, log, plugin):
    values = {"INPUT": str(product.safe), "MODEL": "test-20m", "OUTPUT": str(tmp_path / "out.tif")}
    [(successful, results)], layer, processor = run_as_task(values, log)
    assert successful and results["GSD"] == 10
    assert isinstance(processor, LayerStyler) and processor not in LayerStyler._alive
    renderer = layer.renderer()
    names = [layer.dataProvider().generateBandName(i + 1) for i in range(layer.bandCount())]
    shown = [names[band - 1] for band in (renderer.redBand(), renderer.greenBand(), renderer.blueBand())]
    assert [name.split(": ")[1] for name in shown] == ["B04", "B03", "B02"]
    # The provider applies scale and offset: the stretch is in reflectance, and the nodata corner does not pull it down.
    for band, enhancement in ((4, renderer.redContrastEnhancement()), (2, renderer.blueContrastEnhancement())):
        name = ["B02", "B03", "B04"][band - 2]
        reflectance = (read(tmp_path / "out.tif", [name])[0].astype(float) - 1000) / 10000
        low, high = np.percentile(reflectance[reflectance > -0.1], [2, 98])
        assert enhancement.minimumValue() == pytest.approx(low, abs=0.01)
        assert enhancement.maximumValue() == pytest.approx(high, abs=0.03)
    assert layer.name() == f"{product.safe.stem} 10 m"
    metadata = layer.metadata()
    assert "test-20m" in metadata.history()[0] and metadata.licenses() == ["CC0-1.0"]
    assert product.safe.stem in metadata.abstract()


def test_layer_that_is_not_loaded_is_not_styled(product, tmp_path, log, context):
    before = list(LayerStyler._alive)
    run(product, tmp_path, log, context, **SMALL)
    assert LayerStyler._alive == before


def test_qgis_version_is_one_that_is_declared():
    assert Qgis.QGIS_VERSION_INT >= 32200

# SPDX-License-Identifier: GPL-2.0-or-later
"""The algorithm from end to end on a simulated product."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("qgis.core")

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsProcessingModelAlgorithm,
    QgsProcessingModelChildAlgorithm,
    QgsProcessingModelChildParameterSource,
    QgsProcessingModelOutput,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsReferencedRectangle,
    QgsSettings,
)
from satsharp.plugin.settings import GROUP
from satsharp.processing_provider.product_request import OptionReader
from satsharp.processing_provider.sources import product_source

from ..conftest import COARSE, FINE, MIDDLE, SIZE, Log
from .parts import ALGORITHM, ORDER, SMALL, algorithm, band_file, describe, enlarge, read, run


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
    reader = OptionReader(made, made.sensor)
    extent, text = reader.extent({"EXTENT": box}, context)
    assert extent == (30000, 40000, 31000, 42000)
    assert "Lambert" in text and not text.startswith("USER:")
    assert reader.extent({"EXTENT": None}, context) == (None, "")


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
    assert product_source(algorithm(), {"INPUT": stack_layer.id()}, "INPUT", context) == str(product.truth)
    QgsProject.instance().clear()

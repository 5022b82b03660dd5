# SPDX-License-Identifier: GPL-2.0-or-later
"""Co-registration as an algorithm: outputs, vectors drawn as arrows, the input's style, sentences, cancelling."""

from __future__ import annotations

import warnings

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
    QgsSingleBandGrayRenderer,
    QgsVectorLayer,
)
from satsharp.processing_provider.coregister_vectors import vector_fields
from satsharp.tests.unit.coregistration_factory import ORIGIN, Landscape, draw, grid_at, save
from satsharp.tests.unit.raster_factory import write_raster

from .conftest import Log
from .test_qgis_process import PROGRAM, qgis  # noqa: F401 - fixtures

ALGORITHM = "satsharp:coregister"
SIZE = 320
SHIFT = (23.7, -18.4)
EASTWARDS = (ORIGIN[0] + 1600, ORIGIN[1])


@pytest.fixture(scope="module")
def pair(tmp_path_factory) -> tuple[str, str]:
    """A raster of two bands that shows everything 23.7 m too far east and 18.4 m too far south, and its reference."""
    folder, landscape, grid = tmp_path_factory.mktemp("pair"), Landscape(2), grid_at(10, SIZE)
    reference = save(folder / "reference.tif", draw(landscape, grid), grid, nodata=0)
    moved = np.rint(draw(landscape, grid, *SHIFT)).astype(np.uint16)
    moving = save(folder / "moving.tif", np.stack([np.full_like(moved, 500), moved]), grid, nodata=0)
    return moving.path, reference.path


def run(tmp_path, log, context, moving, reference, **parameters):
    import processing

    values = {"INPUT": moving, "REFERENCE": reference, "BAND": 2, "OUTPUT": str(tmp_path / "out.tif"), **parameters}
    return processing.run(ALGORITHM, values, feedback=log, context=context)


def test_parameters_have_help_and_stable_names(plugin):
    algorithm = QgsApplication.processingRegistry().algorithmById(ALGORITHM)
    definitions = {definition.name(): definition for definition in algorithm.parameterDefinitions()}
    assert list(definitions) == [
        "INPUT",
        "REFERENCE",
        "BAND",
        "REFERENCE_BAND",
        "MASK",
        "MASK_KIND",
        "MAX_SHIFT",
        "LOCAL",
        "GRID",
        "RESAMPLING",
        "FORMAT",
        "OUTPUT",
        "VECTORS_OUTPUT",
    ]
    assert all(len(definition.help()) > 30 for definition in definitions.values())
    advanced = QgsProcessingParameterDefinition.Flag.FlagAdvanced
    assert {name for name, definition in definitions.items() if definition.flags() & advanced} == {
        "MASK_KIND",
        "MAX_SHIFT",
        "LOCAL",
        "FORMAT",
    }
    assert {output.name() for output in algorithm.outputDefinitions()} >= {"EAST", "NORTH", "QUALITY", "WINDOWS"}
    assert (algorithm.groupId(), algorithm.canExecute()) == ("harmonization", (True, ""))
    assert algorithm.shortHelpString().count("<p>") >= 7


def test_raster_is_moved_and_the_shift_is_told(pair, tmp_path, log, context):
    result = run(tmp_path, log, context, *pair)
    assert (result["EAST"], result["NORTH"]) == pytest.approx((-23.7, 18.4), abs=0.2)
    assert (result["QUALITY"], result["WINDOWS"]) == (1.0, 16)
    assert "VECTORS_OUTPUT" not in result
    found = gdal.Open(result["OUTPUT"])
    truth = draw(Landscape(2), grid_at(10, SIZE))[40:-40, 40:-40]
    assert np.percentile(np.abs(found.ReadAsArray()[1, 40:-40, 40:-40] - truth), 95) < 20
    assert found.GetMetadataItem("SATSHARP_REFERENCE") == pair[1]
    assert found.GetMetadataItem("TIFFTAG_SOFTWARE").startswith("SatSharp ")
    assert any("must be moved by -23." in sentence for sentence in log.infos)


def test_vectors_are_points_with_attributes(pair, tmp_path, log, context):
    path = tmp_path / "vectors.gpkg"
    run(tmp_path, log, context, *pair, VECTORS_OUTPUT=str(path))
    layer = QgsVectorLayer(str(path))
    features = list(layer.getFeatures())
    assert len(features) == 16 and layer.crs().authid() == "EPSG:32631"
    for feature in features:
        assert feature["east"] == pytest.approx(-23.7, abs=0.5) and feature["kept"] == 1
        assert feature["length_m"] == pytest.approx(30.0, abs=0.5) and 0.8 < feature["quality"] <= 1
        point = feature.geometry().asPoint()
        assert 0 < point.x() - ORIGIN[0] < 3300 and -3300 < point.y() - ORIGIN[1] < 0


def test_attributes_are_declared_without_a_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fields = vector_fields()
    assert fields.names() == ["east", "north", "length_m", "quality", "kept"]
    assert [field.isNumeric() for field in fields] == [True] * 5


def test_layers_are_styled_when_loaded(pair, tmp_path, log, qgis_iface):
    layer = QgsRasterLayer(pair[0], "my raster")
    layer.setRenderer(QgsSingleBandGrayRenderer(layer.dataProvider(), 2))
    QgsProject.instance().addMapLayer(layer)
    context = QgsProcessingContext()
    context.setProject(QgsProject.instance())
    algorithm = QgsApplication.processingRegistry().createAlgorithmById(ALGORITHM)
    raster, vectors = str(tmp_path / "out.tif"), str(tmp_path / "vectors.gpkg")
    try:
        values = {
            "INPUT": layer.id(),
            "REFERENCE": pair[1],
            "BAND": 2,
            "OUTPUT": raster,
            "VECTORS_OUTPUT": vectors,
        }
        for path in (raster, vectors):
            context.addLayerToLoadOnCompletion(
                path, QgsProcessingContext.LayerDetails("Layer", QgsProject.instance(), "OUTPUT")
            )
        results, done = algorithm.run(values, context, log)
        assert done, log.errors
        moved, arrows = QgsRasterLayer(raster, "moved"), QgsVectorLayer(vectors, "vectors")
        details = context.layerToLoadOnCompletionDetails(raster)
        details.postProcessor().postProcessLayer(moved, context, log)
        assert moved.renderer().type() == "singlebandgray" and moved.renderer().grayBand() == 2
        context.layerToLoadOnCompletionDetails(results["VECTORS_OUTPUT"]).postProcessor().postProcessLayer(
            arrows, context, log
        )
        assert arrows.name() == "Shift vectors" and arrows.renderer().type() == "categorizedSymbol"
        # They are copies, which own the symbols.
        categories = arrows.renderer().categories()
        symbols = [category.symbol().symbolLayer(0) for category in categories]
        assert [symbol.layerType() for symbol in symbols] == ["VectorField", "VectorField"]
        assert (symbols[0].xAttribute(), symbols[0].yAttribute()) == ("east", "north")
        assert symbols[0].scale() == pytest.approx(12 / 30, abs=0.02)
    finally:
        QgsProject.instance().removeMapLayer(layer)


def test_grid_of_the_reference_and_untouched_pixels(pair, tmp_path, log, context):
    grid = grid_at(20, SIZE // 2, origin=(ORIGIN[0] - 13, ORIGIN[1] + 7))
    coarse = save(tmp_path / "coarse.tif", draw(Landscape(2), grid, *SHIFT), grid, nodata=0)
    result = run(tmp_path, log, context, coarse.path, pair[1], BAND=1, GRID="reference", FORMAT="COG")
    found = gdal.Open(result["OUTPUT"])
    x, gsd, _, y, _, _ = found.GetGeoTransform()
    assert gsd == 20 and (x - ORIGIN[0]) % 20 == (y - ORIGIN[1]) % 20 == 0
    assert found.GetMetadataItem("LAYOUT", "IMAGE_STRUCTURE") == "COG"
    result = run(tmp_path, log, context, *pair, RESAMPLING="none")
    moved = gdal.Open(result["OUTPUT"])
    assert (moved.ReadAsArray() == gdal.Open(pair[0]).ReadAsArray()).all()
    assert moved.GetGeoTransform()[0] - ORIGIN[0] == pytest.approx(result["EAST"], abs=1e-6)


def test_mask_by_name(pair, tmp_path, log, context):
    """Where everything is cloud by the mask, nothing can be told."""
    mask = save(tmp_path / "T31_SCL_20m.tif", np.full((160, 160), 9, np.uint8), grid_at(20, 160))
    with pytest.raises(QgsProcessingException, match="only 0 of 16 windows"):
        run(tmp_path, log, context, *pair, MASK=mask.path)
    clear = save(tmp_path / "T31_SCL_20m.tif", np.full((160, 160), 4, np.uint8), grid_at(20, 160))
    assert run(tmp_path, log, context, *pair, MASK=clear.path)["WINDOWS"] == 16
    with pytest.raises(QgsProcessingException, match="only 0 of 16 windows"):
        run(tmp_path, log, context, *pair, MASK=clear.path, MASK_KIND="binary")
    assert not [warning for warning in log.warnings if "does not cover" in warning]
    half = save(tmp_path / "half_SCL_20m.tif", np.full((160, 160), 4, np.uint8), grid_at(20, 160, origin=EASTWARDS))
    run(tmp_path, log, context, *pair, MASK=half.path)
    (warning,) = (warning for warning in log.warnings if "does not cover" in warning)
    assert warning.startswith("The cloud mask half_SCL_20m does not cover 50.0 % of the ground that moving and refer")
    assert "counts as clear" in warning


def test_sentences(pair, tmp_path, log, context):
    moving, reference = pair
    degrees = gdal.Warp(str(tmp_path / "degrees.tif"), moving, dstSRS="EPSG:4326")
    degrees = degrees.GetDescription()
    bare = str(write_raster(tmp_path / "bare.tif", gdal.Open(moving).ReadAsArray(), 10.0, ORIGIN, epsg=None))
    far = grid_at(10, SIZE, origin=(ORIGIN[0] + 50000, ORIGIN[1]))
    elsewhere = save(tmp_path / "far.tif", draw(Landscape(2), grid_at(10, SIZE)), far).path
    for values, words in (
        ({"moving": degrees}, "in degrees. Reproject"),
        ({"moving": bare}, "no coordinate reference system. Assign"),
        ({"reference": elsewhere}, "do not overlap"),
        ({"BAND": 1}, "only 0 of 16 windows"),
        ({"RESAMPLING": "none", "GRID": "reference"}, "RESAMPLING none"),
        ({"RESAMPLING": "none", "LOCAL": True}, "RESAMPLING none"),
        ({"OUTPUT": moving}, "is an input itself"),
        ({"OUTPUT": str(tmp_path / "out.png")}, "must end in .tif"),
        ({"GRID": "elsewhere"}, "Choose one of: input, reference"),
        ({"moving": str(tmp_path / "missing.tif")}, "INPUT"),
    ):
        chosen = {"moving": moving, "reference": reference, **values}
        with pytest.raises(QgsProcessingException, match=words):
            run(tmp_path, log, context, chosen.pop("moving"), chosen.pop("reference"), **chosen)
    assert not (tmp_path / "out.tif").exists()


def test_cancelling_leaves_nothing(pair, tmp_path, context):
    log = Log(cancel_at=50)
    result = run(tmp_path, log, context, *pair, VECTORS_OUTPUT=str(tmp_path / "vectors.gpkg"))
    assert result.get("EAST") is None and list(tmp_path.iterdir()) == []


@pytest.mark.skipif(PROGRAM is None, reason="qgis_process is not installed")
def test_qgis_process(pair, tmp_path, qgis):  # noqa: F811 - fixture
    given = (f"INPUT={pair[0]}", f"REFERENCE={pair[1]}", "BAND=2", f"OUTPUT={tmp_path / 'out.tif'}")
    found = qgis.result("run", ALGORITHM, "--", *given)["results"]
    assert (found["EAST"], found["NORTH"]) == pytest.approx((-23.7, 18.4), abs=0.2)

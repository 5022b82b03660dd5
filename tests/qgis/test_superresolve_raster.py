# SPDX-License-Identifier: GPL-2.0-or-later
"""The algorithm for any raster layer from end to end: files, layers of other providers, a published network."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("qgis.core")
pytest.importorskip("onnxruntime")
pytest.importorskip("onnx")

from osgeo import gdal
from qgis.core import (
    QgsApplication,
    QgsContrastEnhancement,
    QgsCoordinateReferenceSystem,
    QgsProcessingAlgRunnerTask,
    QgsProcessingException,
    QgsProcessingParameterDefinition,
    QgsProject,
    QgsRasterLayer,
    QgsSettings,
)
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QEventLoop, QTimer
from satsharp.plugin.settings import GROUP
from satsharp.processing_provider import raster_export
from satsharp.processing_provider.raster_export import Lattice, describe_layer, lattice_of_gsd
from satsharp.tests.unit.raster_factory import EAST, NORTH, read_bands, write_adding_model, write_raster

from .conftest import Log
from .test_qgis_process import PROGRAM, installed, qgis  # noqa: F401 - fixtures

ALGORITHM = "satsharp:superresolve_raster"
TARGETS = ("B4", "B3", "B2")
GOLDEN = Path(__file__).resolve().parents[3] / "shared" / "golden" / "isr_rdn_shuffle_x3"


@pytest.fixture(scope="module")
def raster_models(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("raster_models")
    write_adding_model(folder, "a-three", ("red", "green", "blue"), 3, gsd=30.0)
    write_adding_model(folder, "b-pan", TARGETS, 2, ("B8",), gsd=30.0, sensor="landsat")
    write_adding_model(folder, "one-band", ("any",), 2, gsd=30.0)
    return folder


@pytest.fixture(autouse=True)
def raster_settings(own_settings, raster_models):
    QgsSettings().setValue(f"{GROUP}/model_folder", str(raster_models))


@pytest.fixture()
def coarse() -> np.ndarray:
    return (1000 + np.arange(144) * 15).reshape(3, 6, 8).astype(np.uint16)


@pytest.fixture()
def pan() -> np.ndarray:
    return (100 + np.arange(192) * 3).reshape(1, 12, 16).astype(np.uint16)


@pytest.fixture()
def paths(tmp_path, coarse, pan) -> tuple[Path, Path]:
    """A raster of three named bands and a guide twice as fine."""
    return (
        write_raster(tmp_path / "in.tif", coarse, names=TARGETS, scale=(0.0001, 0.0), nodata=0),
        write_raster(tmp_path / "pan.tif", pan, 15.0, scale=(0.0001, 0.0), nodata=0),
    )


def run(tmp_path, log, context, source, guide=None, **parameters):
    """Run the algorithm as a script would, without examination of the scene."""
    import processing

    values = {"INPUT": source, "OUTPUT": str(tmp_path / "out.tif"), "CONSISTENCY": False, "GUARD": "off", **parameters}
    if guide is not None:
        values["GUIDE"] = guide
    return processing.run(ALGORITHM, values, feedback=log, context=context)


def virtual(path: Path, band: int = 3) -> QgsRasterLayer:
    """Return a layer of QGIS' own provider of virtual rasters: one band doubled, in floating point."""
    crs, first = "EPSG:32631", QgsRasterLayer(str(path), "r")
    extent = first.extent()
    box = f"{extent.xMinimum()},{extent.yMinimum()},{extent.xMaximum()},{extent.yMaximum()}"
    size = f"width={first.width()}&height={first.height()}"
    formula = f"%22r@{band}%22%20*%202"
    uri = f"?crs={crs}&extent={box}&{size}&formula={formula}&r:uri={path}&r:provider=gdal"
    layer = QgsRasterLayer(uri, "virtual", "virtualraster")
    assert layer.isValid(), layer.error().message()
    return layer


def repeated(image, factor):
    return image.repeat(factor, -2).repeat(factor, -1)


# --- the declaration --------------------------------------------------------------------------------------------------


def test_parameters_are_stable_and_few_are_visible(plugin):
    made = QgsApplication.processingRegistry().createAlgorithmById(ALGORITHM)
    definitions = made.parameterDefinitions()
    advanced = QgsProcessingParameterDefinition.Flag.FlagAdvanced
    assert [d.name() for d in definitions if not d.flags() & advanced] == [
        "INPUT",
        "GUIDE",
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
        "GROUPING",
    }


def test_models_of_every_sensor_are_offered(plugin):
    made = QgsApplication.processingRegistry().createAlgorithmById(ALGORITHM)
    assert {"auto", "a-three", "b-pan", "s2-20m"} <= set(made.parameterDefinition("MODEL").options())


# --- files ------------------------------------------------------------------------------------------------------------


def test_input_and_guide_by_name(paths, coarse, pan, tmp_path, log, context):
    result = run(tmp_path, log, context, str(paths[0]), str(paths[1]))
    assert (result["MODELS"], result["GSD"], result["OUTPUT"]) == ("b-pan", 15.0, str(tmp_path / "out.tif"))
    bands = read_bands(result["OUTPUT"])
    assert tuple(bands) == ("B2", "B3", "B4") or tuple(bands) == TARGETS
    for name, band in zip(TARGETS, coarse):
        np.testing.assert_array_equal(bands[name], repeated(band, 2) + pan[0])
    mapping = "B4 = band 1 (B4), B3 = band 2 (B3), B2 = band 3 (B2) of in, by name"
    assert f"Bands: {mapping}." in log.infos
    dataset = gdal.Open(result["OUTPUT"])
    assert mapping in dataset.GetMetadataItem("SATSHARP_INPUT_BANDS")
    assert dataset.GetMetadataItem("SATSHARP_INPUT") == f"{paths[0]}; {paths[1]}"
    assert dataset.GetRasterBand(1).GetScale() == 0.0001


def test_one_file_a_band_is_joined_by_a_vrt(paths, tmp_path, log, context):
    whole = read_bands(run(tmp_path, log, context, str(paths[0]), str(paths[1]))["OUTPUT"])
    folder = tmp_path / "several"
    folder.mkdir()
    output = str(folder / "out.tif")
    result = run(tmp_path, log, context, str(paths[0]), str(paths[1]), OUTPUT=output, GROUPING="one file a band")
    assert result["OUTPUT"] == str(folder / "out.vrt")
    assert {path.name for path in folder.iterdir()} == {"out.vrt", *(f"out_{name}.tif" for name in whole)}
    for name, pixels in read_bands(result["OUTPUT"]).items():
        np.testing.assert_array_equal(pixels, whole[name])
        np.testing.assert_array_equal(read_bands(folder / f"out_{name}.tif")[name], whole[name])


def test_only_input_in_order_and_for_an_extent(paths, coarse, tmp_path, log, context):
    write_raster(paths[0], coarse)
    result = run(
        tmp_path,
        log,
        context,
        str(paths[0]),
        EXTENT=f"{EAST + 40},{EAST + 100},{NORTH - 100},{NORTH - 70} [EPSG:32631]",
    )
    assert gdal.Open(result["OUTPUT"]).GetGeoTransform() == (EAST + 30, 10.0, 0.0, NORTH - 60, 0.0, -10.0)
    np.testing.assert_array_equal(read_bands(result["OUTPUT"])["red"], repeated(coarse[0, 2:4, 1:4], 3))
    assert "Bands: red = band 1, green = band 2, blue = band 3 of in, by order." in log.infos
    assert any("Nothing tells what the values are; assumed: in, digital number / 10000" in w for w in log.warnings)


def test_layers_of_the_project_and_subdatasets(paths, coarse, pan, tmp_path, log, context):
    archive = tmp_path / "in.zip"
    shutil.make_archive(str(archive.with_suffix("")), "zip", tmp_path, "in.tif")
    layers = [
        QgsRasterLayer(f"/vsizip/{archive}/in.tif", "coarse one"),
        QgsRasterLayer(str(paths[1]), "B8"),
    ]
    for layer in layers:
        assert layer.isValid()
        QgsProject.instance().addMapLayer(layer)
    bands = read_bands(run(tmp_path, log, context, layers[0].id(), layers[1])["OUTPUT"])
    np.testing.assert_array_equal(bands["B3"], repeated(coarse[1], 2) + pan[0])
    assert "Bands: B8 = band 1 of B8, by name." in log.infos
    QgsProject.instance().removeAllMapLayers()


def test_half_a_pixel_between_guide_and_input(tmp_path, log, context):
    ramp = np.broadcast_to(2000 + 4 * np.arange(40), (3, 40, 40)).astype(np.uint16)
    first = write_raster(tmp_path / "in.tif", ramp, names=TARGETS, scale=(0.0001, 0.0))
    fine = np.zeros((1, 79, 79), np.uint16)
    second = write_raster(tmp_path / "pan.tif", fine, 15.0, (EAST + 7.5, NORTH - 7.5), scale=(0.0001, 0.0))
    result = run(tmp_path, log, context, str(first), str(second))
    assert gdal.Open(result["OUTPUT"]).GetGeoTransform() == (EAST + 7.5, 15.0, 0.0, NORTH - 7.5, 0.0, -15.0)
    np.testing.assert_array_equal(
        read_bands(result["OUTPUT"])["B2"][20:60, 20:60], repeated(ramp[0] + 1, 2)[20:60, 20:60]
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"gsd": 10.0},
            "needs a guide whose pixels are 2 times as fine as those of the input, but in has pixels of 30",
        ),
        ({"epsg": 32632}, "in and pan have different coordinate reference systems"),
        ({"rotation": 0.5}, "in and pan are turned against each other"),
        ({"origin": (EAST + 4.5, NORTH)}, "do not share their corners"),
    ],
    ids=["ratio", "CRS", "rotated", "corners"],
)
def test_grids_that_do_not_fit_are_a_sentence(paths, pan, tmp_path, log, context, changes, sentence):
    guide = write_raster(paths[1], pan, **{"gsd": 15.0, **changes})
    with pytest.raises(QgsProcessingException, match=sentence):
        run(tmp_path, log, context, str(paths[0]), str(guide), MODEL="b-pan")
    assert not list(tmp_path.glob("out*"))


def test_one_pixel_and_nothing_but_nodata(tmp_path, log, context):
    one = write_raster(tmp_path / "one.tif", np.full((3, 1, 1), 7, np.uint16), scale=(0.0001, 0.0))
    assert read_bands(run(tmp_path, log, context, str(one))["OUTPUT"])["red"].tolist() == [[7, 7, 7]] * 3
    empty = write_raster(tmp_path / "empty.tif", np.zeros((3, 4, 4), np.uint16), nodata=0)
    bands = read_bands(run(tmp_path, log, context, str(empty), CONSISTENCY=True, GUARD="fall back")["OUTPUT"])
    assert all((band == 0).all() and band.shape == (12, 12) for band in bands.values())


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"OUTPUT": "/tmp/out.png"}, "OUTPUT is a GeoTIFF: its name must end in .tif, not in .png."),
        ({"MODEL": "b-pun"}, "MODEL cannot be b-pun. Choose one of: auto, "),
        ({"INPUT": "/nowhere/in.tif"}, "Could not load source layer for INPUT"),
    ],
)
def test_wrong_parameters_end_in_a_sentence(paths, tmp_path, log, context, changes, sentence):
    import processing

    values = {"INPUT": str(paths[0]), "OUTPUT": str(tmp_path / "out.tif"), **changes}
    with pytest.raises(QgsProcessingException) as caught:
        processing.run(ALGORITHM, values, feedback=log, context=context)
    assert sentence in str(caught.value)


def test_input_is_never_overwritten(paths, tmp_path, log, context):
    before = paths[0].read_bytes()
    with pytest.raises(QgsProcessingException, match=r"in.tif is the input itself. Choose another output"):
        run(tmp_path, log, context, str(paths[0]), str(paths[1]), OUTPUT=str(paths[0]))
    assert paths[0].read_bytes() == before


# --- layers that are no files -----------------------------------------------------------------------------------------

EXTENT = f"{EAST + 40},{EAST + 100},{NORTH - 100},{NORTH - 70} [EPSG:32631]"


def temporary() -> set[str]:
    return {path.name for path in Path(tempfile.gettempdir()).glob("satsharp-*")}


def test_virtual_layer_is_exported_with_its_values_for_the_extent(paths, coarse, tmp_path, log, context):
    before = temporary()
    layer = virtual(paths[0], 2)
    result = run(tmp_path, log, context, layer, MODEL="one-band", EXTENT=EXTENT)
    assert gdal.Open(result["OUTPUT"]).GetGeoTransform() == (EAST + 30, 15.0, 0.0, NORTH - 60, 0.0, -15.0)
    (band,) = read_bands(result["OUTPUT"]).values()
    # The scale of the file is applied by QGIS: the layer shows reflectance.
    np.testing.assert_allclose(band, repeated(coarse[1, 2:4, 1:4] * 0.0002, 2), rtol=1e-5)
    assert "Exporting virtual for the extent." in log.infos
    assert temporary() == before


def test_virtual_layer_on_a_worker_thread(paths, coarse, tmp_path, log, context):
    """As QGIS runs it: parameters are read here, the export runs on another thread."""
    output = str(tmp_path / "out.tif")
    values = {"INPUT": virtual(paths[0], 1), "OUTPUT": output, "MODEL": "one-band", "EXTENT": EXTENT, "GUARD": "off"}
    task = QgsProcessingAlgRunnerTask(
        QgsApplication.processingRegistry().createAlgorithmById(ALGORITHM),
        {**values, "CONSISTENCY": False},
        context,
        log,
    )
    done, loop = [], QEventLoop()
    task.executed.connect(lambda ok, results: (done.append(ok), loop.quit()))
    QTimer.singleShot(60_000, loop.quit)
    QgsApplication.taskManager().addTask(task)
    loop.exec()
    assert done == [True], log.errors
    (band,) = read_bands(Path(output)).values()
    np.testing.assert_allclose(band, repeated(coarse[0, 2:4, 1:4] * 0.0002, 2), rtol=1e-5)


def test_virtual_layer_needs_an_extent_of_moderate_size(paths, tmp_path, log, context, monkeypatch):
    layer = virtual(paths[0])
    with pytest.raises(QgsProcessingException, match="virtual is no file. Choose an EXTENT to export it for"):
        run(tmp_path, log, context, layer)
    monkeypatch.setattr(raster_export, "LARGEST_EXPORT", 5)
    with pytest.raises(QgsProcessingException, match=r"virtual has 3 x 2 pixels, more than 0 million"):
        run(tmp_path, log, context, layer, EXTENT=EXTENT)
    with pytest.raises(QgsProcessingException, match="The extent lies outside virtual"):
        run(tmp_path, log, context, layer, EXTENT="0,1,0,1 [EPSG:32631]")
    # An algorithm that fails keeps its parameters alive, and QGIS 3.22 crashes when it deletes such a layer at its end.
    sip.delete(layer)


def test_cancelling_the_export_leaves_nothing(paths, tmp_path, context):
    before = temporary()
    log = Log()
    log.cancel()
    result = run(tmp_path, log, context, virtual(paths[0]), EXTENT=EXTENT)
    assert "OUTPUT" not in result or not Path(result["OUTPUT"]).exists()
    assert "Cancelled; nothing was written." in log.infos and temporary() == before


def test_picture_is_exported_as_it_is_drawn_at_the_models_gsd(tmp_path, log, context, coarse):
    """A layer without values and pixels of its own, as WMS is: the renderer's colours on pixels of 30 m."""
    picture = (coarse // 20).astype(np.uint8)
    layer = QgsRasterLayer(str(write_raster(tmp_path / "picture.tif", picture)), "picture")
    layer.setContrastEnhancement(QgsContrastEnhancement.ContrastEnhancementAlgorithm.NoEnhancement)
    source = describe_layer(layer)
    drawn = raster_export.LayerSource(
        "drawn",
        "",
        "wms",
        source.crs,
        (),
        None,
        source.bounds,
        raster_export._pipe_of(layer.dataProvider(), layer.renderer()),
    )
    exporter = raster_export.LayerExport(context.transformContext(), log)
    lattice = lattice_of_gsd(30.0, source.crs)
    assert lattice == Lattice(0.0, 0.0, 30.0, 30.0)
    found = exporter.source_of(drawn, lattice, layer.extent(), tmp_path)
    dataset = gdal.Open(found.path)
    assert dataset.GetGeoTransform() == (EAST, 30.0, 0.0, NORTH, 0.0, -30.0)
    np.testing.assert_array_equal(dataset.ReadAsArray()[:3], picture)
    with pytest.raises(raster_export.GridError, match="drawn has no pixels of its own. Choose a MODEL"):
        exporter.source_of(drawn, None, layer.extent(), tmp_path)
    degrees = lattice_of_gsd(30.0, QgsCoordinateReferenceSystem("EPSG:4326"))
    assert degrees.width == pytest.approx(30 / 111319.49, rel=1e-4)


def test_what_a_layer_becomes(paths):
    described = describe_layer(QgsRasterLayer(str(paths[0]), "name"))
    assert (described.title, described.path, described.pipe) == ("name", str(paths[0]), None)
    assert described.lattice == Lattice(EAST, NORTH, 30.0, 30.0)
    layer = virtual(paths[0])
    described = describe_layer(layer)
    assert described.path == "" and described.pipe.renderer() is None
    assert described.pipe.provider().extent() == layer.extent()
    raster_export.release(described)
    assert sip.isdeleted(described.pipe)


# --- a published network ----------------------------------------------------------------------------------------------


@pytest.mark.skipif(not GOLDEN.is_dir(), reason="the checkpoints of other projects are not here")
def test_published_network_gives_its_own_digits(tmp_path, log, context):
    """ISR's RDN x3 as its project saved it: converted, installed, run on a layer.

    The image of the case is smaller than the network's receptive field (14 pixels), and beyond its edge the project
    gives zeros where SatSharp mirrors. So the digits are compared in two steps: the converted file gives the case's
    digits, and the algorithm gives those of the converted file on the mirrored image.
    """
    pytest.importorskip("torch")
    onnxruntime = pytest.importorskip("onnxruntime")
    import processing
    from satsharp.export_tools.__main__ import main

    checkpoint = next(GOLDEN.glob("*.hdf5"))
    assert main(["convert", str(checkpoint), "--as", "rdn", "--out", str(tmp_path / "converted")]) == 0
    QgsSettings().setValue(f"{GROUP}/model_folder", str(tmp_path / "own"))
    source = tmp_path / "converted" / "rdn-x3.onnx"
    installed_model = processing.run("satsharp:install_model", {"SOURCE": str(source)}, feedback=log, context=context)
    assert installed_model["ID"] == "rdn-x3"

    case = np.load(GOLDEN / "io.npz")
    image = np.moveaxis(case["x0"], -1, 1)
    session = onnxruntime.InferenceSession(str(source), providers=["CPUExecutionProvider"])
    golden = np.moveaxis(case["y0"], -1, 1)
    np.testing.assert_allclose(session.run(None, {"image": image})[0], golden, atol=2e-5 * np.abs(golden).max())

    path = write_raster(tmp_path / "in.tif", image[0] * np.float32(0.25), names=("SR_B4", "SR_B3", "SR_B2"))
    result = run(tmp_path, log, context, str(path), MODEL="rdn-x3")
    assert gdal.Open(result["OUTPUT"]).GetGeoTransform() == (EAST, 10.0, 0.0, NORTH, 0.0, -10.0)
    bands = read_bands(result["OUTPUT"])
    made = np.stack([bands[name] for name in TARGETS]) * 4
    wide = np.pad(image[:1], [(0, 0), (0, 0), (20, 20), (20, 20)], mode="symmetric")
    expected = session.run(None, {"image": wide})[0][0, :, 60:-60, 60:-60]
    assert made.shape == golden[0].shape == (3, 60, 78)
    np.testing.assert_allclose(made, expected, atol=2e-5)
    # In the middle the edge matters least.
    assert np.abs(made - golden[0])[:, 29:32, 38:41].max() < 3e-3


# --- qgis_process -----------------------------------------------------------------------------------------------------


@pytest.mark.skipif(PROGRAM is None, reason="qgis_process is not installed")
def test_qgis_process_runs_it(installed, raster_models, paths, coarse, pan, tmp_path):  # noqa: F811
    models = installed.profile / "satsharp" / "models"
    if not models.exists():
        models.symlink_to(raster_models)
    out = tmp_path / "sharp.tif"
    done = installed(
        "--json",
        "run",
        ALGORITHM,
        "--",
        f"INPUT={paths[0]}",
        f"GUIDE={paths[1]}",
        f"OUTPUT={out}",
        "MODEL=b-pan",
        "CONSISTENCY=false",
        "GUARD=off",
    )
    assert json.loads(done.stdout)["results"]["GSD"] == 15
    np.testing.assert_array_equal(read_bands(out)["B4"], repeated(coarse[0], 2) + pan[0])

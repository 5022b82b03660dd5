# SPDX-License-Identifier: GPL-2.0-or-later
"""``harmonize_landsat`` from product to layer: grid, move, corrections, clouds, and what is refused."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("qgis.core")

from osgeo import gdal  # noqa: E402
from qgis.core import (  # noqa: E402
    QgsApplication,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProject,
    QgsRasterLayer,
)
from satsharp.core.harmonization.bandpass import adjustments  # noqa: E402
from satsharp.core.harmonization.tables import load_bandpass  # noqa: E402
from satsharp.export_tools.simulation.landsat import LandsatOptions, simulate_landsat  # noqa: E402

from .test_qgis_process import PROGRAM, installed, qgis  # noqa: E402, F401 - fixtures

processing = pytest.importorskip("processing")

ALGORITHM = "satsharp:harmonize_landsat"
BANDS = ("B02", "B03", "B04", "B8A", "B11", "B12")
OPTIONS = LandsatOptions(size=180, seed=2, level="L1TP")
EAST, NORTH = 11.0, -6.5


@dataclass(frozen=True)
class Pair:
    """A Level-2 product with its Level-1 beside it, and a reference onto which it must be moved."""

    level1: Path
    level2: Path
    reference: Path


@pytest.fixture(scope="module")
def pair(tmp_path_factory) -> Pair:
    folder = tmp_path_factory.mktemp("landsat")
    truth = folder / "truth.tif"
    level1 = simulate_landsat(folder, replace(OPTIONS, truth=truth)).folder
    level2 = simulate_landsat(folder, replace(OPTIONS, level="L2SP")).folder
    reference = folder / "reference.tif"
    # The truth where it would lie if the product were EAST and NORTH off.
    source = gdal.Open(str(truth))
    x, dx, a, y, b, dy = source.GetGeoTransform()
    moved = gdal.Translate("/vsimem/moved.vrt", source, format="VRT")
    moved.SetGeoTransform((x + EAST, dx, a, y + NORTH, b, dy))
    left, top = 60 * np.ceil((x + 600) / 60), 60 * np.floor((y - 600) / 60)
    gdal.Warp(
        str(reference), moved, xRes=10, yRes=10, outputBounds=(left, top - 4020, left + 4020, top), resampleAlg="cubic"
    )
    moved = None
    gdal.Unlink("/vsimem/moved.vrt")
    return Pair(level1, level2, reference)


def read(path: str | Path) -> np.ndarray:
    return gdal.Open(str(path)).ReadAsArray()


def run(folder, log, context, **parameters):
    parameters = {"OUTPUT": str(folder / "out.tif"), **parameters}
    return processing.run(ALGORITHM, parameters, feedback=log, context=context)


def red_number(folder: Path) -> int:
    dataset = gdal.Open(str(folder))
    names = [dataset.GetRasterBand(i).GetDescription() for i in range(1, dataset.RasterCount + 1)]
    return names.index("B4") + 1


def test_input_and_output_are_enough(plugin, pair, tmp_path, log, context):
    found = run(tmp_path, log, context, INPUT=str(pair.level2))
    dataset = gdal.Open(found["OUTPUT"])
    assert [dataset.GetRasterBand(i).GetDescription() for i in range(1, 7)] == list(BANDS)
    assert found["MODELS"] == "landsat-10m"
    x, dx, _, y, _, dy = dataset.GetGeoTransform()
    assert (dx, dy, x % 60, y % 60) == (10, -10, 0, 0)
    assert dataset.GetRasterBand(1).GetNoDataValue() == -9999
    assert dataset.GetRasterBand(1).GetScale() == 0.0001
    assert any("lies beside the product" in sentence for sentence in log.infos)
    assert (found["EAST"], found["NORTH"]) == (0, 0)
    assert 0 < found["VALID_FRACTION"] < 1
    # What Landsat measured, to within what the corrections change, wherever it is clear.
    values = read(found["OUTPUT"])[2].astype(float)
    landsat = gdal.Warp(
        "",
        str(next(pair.level2.glob("*_SR_B4.TIF"))),
        format="MEM",
        xRes=10,
        yRes=10,
        outputBounds=(x, y - 10 * values.shape[0], x + 10 * values.shape[1], y),
        resampleAlg="bilinear",
    )
    reflectance = landsat.ReadAsArray() * 0.0000275 - 0.2
    both = (values != -9999) & (landsat.ReadAsArray() != 0)
    assert np.median(np.abs(values[both] * 0.0001 - reflectance[both])) < 0.012


def test_the_result_lies_on_the_reference_and_is_moved_onto_it(plugin, pair, tmp_path, log, context):
    found = run(
        tmp_path,
        log,
        context,
        INPUT=str(pair.level2),
        REFERENCE=str(pair.reference),
        REFERENCE_BAND=red_number(pair.reference),
    )
    result, reference = gdal.Open(found["OUTPUT"]), gdal.Open(str(pair.reference))
    assert result.GetGeoTransform() == reference.GetGeoTransform()
    assert (result.RasterXSize, result.RasterYSize) == (402, 402)
    assert found["EAST"] == pytest.approx(EAST, abs=1.0)
    assert found["NORTH"] == pytest.approx(NORTH, abs=1.0)
    moved = read(found["OUTPUT"])
    (tmp_path / "stay").mkdir()
    stays = run(
        tmp_path / "stay", log, context, INPUT=str(pair.level2), REFERENCE=str(pair.reference), COREGISTER=False
    )
    truth = reference.GetRasterBand(red_number(pair.reference)).ReadAsArray().astype(float)
    still = read(stays["OUTPUT"])
    assert stays["EAST"] == 0
    ok = (moved[2] != -9999) & (still[2] != -9999) & (truth > 0)
    better, worse = (np.corrcoef(image[2][ok], truth[ok])[0, 1] for image in (moved, still))
    assert 1 - better < 0.4 * (1 - worse)


def test_cubic_then_bandpass_is_arithmetic(plugin, pair, tmp_path, log, context):
    plain = run(
        tmp_path,
        log,
        context,
        INPUT=str(pair.level2),
        METHOD="cubic",
        BRDF=False,
        BANDPASS="none",
        CLOUDS="harmonized",
        VALUES="reflectance",
    )
    (tmp_path / "b").mkdir()
    lines = run(
        tmp_path / "b",
        log,
        context,
        INPUT=str(pair.level2),
        METHOD="cubic",
        BRDF=False,
        BANDPASS="sentinel2b",
        CLOUDS="harmonized",
        VALUES="reflectance",
    )
    before, after = read(plain["OUTPUT"]), read(lines["OUTPUT"])
    expected = adjustments(load_bandpass(), "landsat8", "sentinel2b", BANDS)
    for number, line in enumerate(expected):
        valid = np.isfinite(before[number])
        assert valid.mean() > 0.8
        assert np.abs(after[number] - (before[number] * line.slope + line.offset))[valid].max() < 2e-6
    assert plain["MODELS"] == ""


def test_brdf_multiplies_by_a_smooth_field(plugin, pair, tmp_path, log, context):
    options = {
        "INPUT": str(pair.level2),
        "METHOD": "cubic",
        "BANDPASS": "none",
        "CLOUDS": "harmonized",
        "VALUES": "reflectance",
    }
    plain = read(run(tmp_path, log, context, BRDF=False, **options)["OUTPUT"])
    (tmp_path / "b").mkdir()
    made = read(run(tmp_path / "b", log, context, SUN_ZENITH=45.0, **options)["OUTPUT"])
    ratio = made[3] / plain[3]
    valid = np.isfinite(ratio) & (plain[3] > 0.02)
    assert 0.8 < ratio[valid].min() <= ratio[valid].max() < 1.2
    assert abs(ratio[valid].mean() - 1) > 0.01
    # Neighbours differ by next to nothing.
    steps = np.abs(np.diff(ratio, axis=1))[valid[:, 1:] & valid[:, :-1]]
    assert steps.max() < 1e-3
    assert any("a sun at 45.00 degrees" in sentence for sentence in log.infos)


@pytest.mark.parametrize("method", ["network", "cubic"])
def test_clouds_are_original_nodata_or_harmonized(plugin, pair, tmp_path, log, context, method):
    results = {}
    for clouds in ("original", "nodata", "harmonized"):
        (tmp_path / clouds).mkdir()
        found = run(
            tmp_path / clouds,
            log,
            context,
            INPUT=str(pair.level2),
            METHOD=method,
            CLOUDS=clouds,
            QA_OUTPUT=str(tmp_path / clouds / "qa.tif"),
        )
        results[clouds] = read(found["OUTPUT"])
    classes = read(tmp_path / "nodata" / "qa.tif")
    hidden = np.isin(classes, (1, 2, 3))
    assert 0.02 < hidden.mean() < 0.6
    assert (results["nodata"][:, hidden] == -9999).all()
    for name in ("original", "harmonized"):
        assert (results[name][:, ~hidden] == results["nodata"][:, ~hidden]).all()
    same = (results["original"][:, hidden] == results["harmonized"][:, hidden]).all()
    assert same == (method == "cubic")
    assert any("Hidden: cloud, shadow and cirrus, grown by 60 m." in sentence for sentence in log.infos)


def test_classes_of_clouds_are_shown_by_colour(plugin, pair, tmp_path, log):
    place, project = str(tmp_path / "qa.tif"), QgsProject.instance()
    context = QgsProcessingContext()
    context.setProject(project)
    context.addLayerToLoadOnCompletion(place, QgsProcessingContext.LayerDetails("qa", project, "QA_OUTPUT"))
    algorithm = QgsApplication.processingRegistry().createAlgorithmById(ALGORITHM)
    values = {"INPUT": str(pair.level2), "METHOD": "cubic", "OUTPUT": str(tmp_path / "out.tif"), "QA_OUTPUT": place}
    _, done = algorithm.run(values, context, log)
    assert done, log.errors
    layer = QgsRasterLayer(place, "qa")
    context.layerToLoadOnCompletionDetails(place).postProcessor().postProcessLayer(layer, context, log)
    assert layer.name() == f"Clouds of {pair.level2.name}"
    classes = {entry.value: (entry.label, entry.color.alpha()) for entry in layer.renderer().classes()}
    assert classes == {
        0: ("clear", 0),
        1: ("cloud", 255),
        2: ("shadow", 255),
        3: ("cirrus", 255),
        4: ("snow", 255),
        5: ("water", 255),
    }
    values = read(Path(place))
    assert set(np.unique(values)) <= {*classes, 255} and {0, 1} <= set(np.unique(values))


def test_an_extent_is_the_crop_of_the_whole(plugin, pair, tmp_path, log, context):
    whole = run(tmp_path, log, context, INPUT=str(pair.level2), INTERVAL_OUTPUT=str(tmp_path / "bounds.tif"))
    (tmp_path / "part").mkdir()
    x, _, _, y, _, _ = gdal.Open(whole["OUTPUT"]).GetGeoTransform()
    part = run(
        tmp_path / "part",
        log,
        context,
        INPUT=str(pair.level2),
        EXTENT=f"{x + 1503},{x + 2697},{y - 2497},{y - 1203} [EPSG:32632]",
    )
    full, cut = read(whole["OUTPUT"]), read(part["OUTPUT"])
    assert (cut == full[:, 120:252, 150:270]).all()
    bounds = read(tmp_path / "bounds.tif")
    assert bounds.shape[0] == 12
    valid = bounds[0] != -9999
    assert valid.mean() > 0.5
    assert (bounds[0][valid] <= full[0][valid]).all()
    assert (bounds[1][valid] >= full[0][valid]).all()


def test_one_file_a_band_is_joined_by_a_vrt(plugin, pair, tmp_path, log, context):
    given = {"INPUT": str(pair.level2), "METHOD": "cubic"}
    whole = read(run(tmp_path, log, context, **given)["OUTPUT"])
    folder = tmp_path / "several"
    folder.mkdir()
    found = run(folder, log, context, GROUPING="one file a band", **given)
    assert found["OUTPUT"] == str(folder / "out.vrt")
    names = ("B02", "B03", "B04", "B8A", "B11", "B12")
    assert {path.name for path in folder.iterdir()} == {"out.vrt", *(f"out_{name}.tif" for name in names)}
    np.testing.assert_array_equal(read(found["OUTPUT"]), whole)
    np.testing.assert_array_equal(read(folder / "out_B8A.tif"), whole[3])


@pytest.mark.parametrize(
    "change, words",
    [
        ({"REFERENCE": "nowhere.tif"}, "nowhere.tif does not exist"),
        ({"MGRS_TILE": "Bavaria"}, "no tile of Sentinel-2"),
        ({"OUTPUT": "out.png"}, "must end in .tif"),
    ],
)
def test_what_cannot_be_is_said(plugin, pair, tmp_path, log, context, change, words):
    with pytest.raises(QgsProcessingException, match=words):
        run(tmp_path, log, context, INPUT=str(pair.level2), **change)
    assert not (tmp_path / "out.tif").exists()


def test_pansharpening_is_a_method_without_weights(plugin, pair, tmp_path, log, context):
    bounds = str(tmp_path / "bounds.tif")
    with pytest.raises(QgsProcessingException, match="Pansharpening has no bounds"):
        run(tmp_path, log, context, INPUT=str(pair.level2), METHOD="pansharpen", INTERVAL_OUTPUT=bounds)
    found = run(tmp_path, log, context, INPUT=str(pair.level2), METHOD="pansharpen")
    assert found["MODELS"] == "landsat-10m-pansharpen"
    assert gdal.Open(found["OUTPUT"]).GetMetadataItem("SATSHARP_METHOD") == "pansharpen"
    assert any("Pansharpening by the scene's own regression" in sentence for sentence in log.infos)
    algorithm = QgsApplication.processingRegistry().createAlgorithmById(ALGORITHM)
    assert algorithm.parameterDefinition("MODEL").options() == ["auto", "landsat-10m"]
    assert algorithm.parameterDefinition("METHOD").options() == ["network", "ensemble", "pansharpen", "cubic"]


def test_without_pan_only_cubic_works(plugin, pair, tmp_path, log, context):
    alone = tmp_path / "alone" / pair.level2.name
    shutil.copytree(pair.level2, alone)
    with pytest.raises(QgsProcessingException, match="choose the METHOD cubic"):
        run(tmp_path, log, context, INPUT=str(alone))
    with pytest.raises(QgsProcessingException, match="no panchromatic band, which pansharpening needs"):
        run(tmp_path, log, context, INPUT=str(alone), METHOD="pansharpen")
    found = run(tmp_path, log, context, INPUT=str(alone), METHOD="cubic")
    assert read(found["OUTPUT"]).shape[0] == 6
    assert sum("has no angle bands" in sentence for sentence in log.warnings) == 1
    assert not any("has no angle bands" in sentence for sentence in log.infos)
    (tmp_path / "pan").mkdir()
    found = run(tmp_path / "pan", log, context, INPUT=str(alone), PAN=str(pair.level1))
    assert found["MODELS"] == "landsat-10m"


def test_a_reference_elsewhere_moves_nothing(plugin, pair, tmp_path, log, context):
    flat = tmp_path / "flat.tif"
    source = gdal.Open(str(pair.reference))
    dataset = gdal.GetDriverByName("GTiff").CreateCopy(
        str(flat), gdal.Translate("", source, format="MEM", bandList=[1])
    )
    dataset.GetRasterBand(1).Fill(1000)
    dataset = None
    found = run(tmp_path, log, context, INPUT=str(pair.level2), REFERENCE=str(flat))
    assert found["EAST"] == 0
    assert any("is not moved onto" in sentence for sentence in log.warnings)


def test_a_tile_of_sentinel2_gives_the_grid(plugin, pair, tmp_path, log, context):
    found = run(
        tmp_path,
        log,
        context,
        INPUT=str(pair.level2),
        MGRS_TILE="32UMB",
        METHOD="cubic",
        EXTENT="490000,490600,5620000,5620600 [EPSG:32632]",
    )
    x, _, _, y, _, _ = gdal.Open(found["OUTPUT"]).GetGeoTransform()
    assert ((x - 399960) % 10, (5700000 - y) % 10) == (0, 0)


@pytest.mark.skipif(PROGRAM is None, reason="qgis_process is not installed")
def test_qgis_process_runs_it(installed, pair, tmp_path):  # noqa: F811 - fixture
    out = tmp_path / "out.tif"
    found = installed.result("run", ALGORITHM, "--", f"INPUT={pair.level2}", f"OUTPUT={out}")["results"]
    assert found["OUTPUT"] == str(out)
    assert read(out).shape[0] == 6

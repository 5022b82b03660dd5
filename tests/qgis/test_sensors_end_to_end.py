# SPDX-License-Identifier: GPL-2.0-or-later
"""Landsat, MODIS and VIIRS as users meet them: simulated products, bundled models, default parameters, a layer."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("qgis.core")
pytest.importorskip("onnxruntime")
pytest.importorskip("onnx")

from osgeo import gdal, osr
from qgis.core import QgsProcessingContext, QgsProcessingOutputLayerDefinition, QgsProject, QgsRasterLayer
from satsharp.core.enlargement import BICUBIC_REACH, bicubic
from satsharp.core.products import open_scene
from satsharp.core.raster import BandReader
from satsharp.core.scene import Scene
from satsharp.core.sensors import sensor_by_id
from satsharp.export_tools.simulation.eos import EosOptions, simulate_eos, tiles
from satsharp.export_tools.simulation.eos.orbit import MODIS, VIIRS, Pass
from satsharp.export_tools.simulation.landsat import LandsatOptions, simulate_landsat
from satsharp.export_tools.simulation.landsat.bands import relation

from .conftest import Log
from .superresolve_product.parts import describe, read
from .test_qgis_process import PROGRAM, installed, qgis  # noqa: F401 - fixtures

LANDSAT = LandsatOptions(size=180)
SINUSOIDAL, EQUAL_AREA = "Sinusoidal", "Lambert_Azimuthal_Equal_Area"
OVERLAP = "Neighbouring scans of a swath overlap"
NODATA = -28672


@dataclass(frozen=True)
class Case:
    """A product, and what its users shall get.

    Attributes:
        sensor: id of the sensor.
        options: what is simulated.
        models: that are used.
        guides: bands that are fine already.
        colours: bands shown in red, green and blue.
        notes: beginnings of sentences in the log.
        title: of the layer.
        bound: of the RMSE of all sharpened bands together, as a part of bicubic's.
    """

    sensor: str
    options: LandsatOptions | EosOptions
    models: tuple[str, ...]
    guides: tuple[str, ...]
    colours: tuple[str, str, str]
    notes: tuple[str, ...]
    title: str
    bound: float


CASES = {
    "landsat-L1TP": Case(
        "landsat", LANDSAT, ("landsat-30m",), ("B8",), ("B4", "B3", "B2"), ("B10 and B11 (thermal)",),
        "LC08_L1TP_195025_20230615_20230627_02_T1 15 m", 0.65,
    ),
    "landsat-L2SP": Case(
        "landsat", LandsatOptions(size=180, level="L2SP"), ("landsat-30m",), ("B8",), ("B4", "B3", "B2"),
        ("The panchromatic band is taken from LC08_L1TP", "Reflectance of B8 and B9 is that at the top of"),
        "LC08_L2SP_195025_20230615_20230627_02_T1 15 m", 0.65,
    ),
    "modis-tile": Case(
        "modis", EosOptions("MOD09GA", size=120), ("modis-500m",), ("B1", "B2"), ("B1", "B4", "B3"), (),
        "MOD09GA.A2019021.h18v04.061 232 m", 0.45,
    ),
    "modis-swath": Case(
        "modis", EosOptions("MOD09", scans=6, first_col=1400, cols=400), ("modis-500m", "modis-1000m"), ("B1", "B2"),
        ("B1", "B4", "B3"), (OVERLAP, "B26 (cirrus, 1375 nm) sees no ground"), "MOD09.A2019021.1710.061 250 m", 0.65,
    ),
    "viirs-tile": Case(
        "viirs", EosOptions("VNP09GA", size=120), ("viirs-750m",), ("I1", "I2", "I3"), ("I1", "M4", "M3"), (),
        "VNP09GA.A2019021.h18v04.061 463 m", 0.35,
    ),
    "viirs-swath": Case(
        "viirs", EosOptions("VNP09", scans=8, first_col=1960, cols=400), ("viirs-750m",), ("I1", "I2", "I3"),
        ("I1", "M4", "M3"), (OVERLAP,), "VNP09.A2019021.1710.061 375 m", 0.35,
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """A run, its log and the layer as QGIS shows it."""

    case: Case
    source: Path
    truth: dict[str, np.ndarray]
    output: Path
    results: dict
    log: Log
    layer: QgsRasterLayer

    @property
    def scene(self) -> Scene:
        """The product as the engine reads it."""
        return open_scene(str(self.source), sensor_by_id(self.case.sensor))


def simulate(folder: Path, options: LandsatOptions | EosOptions) -> tuple[Path, dict[str, np.ndarray]]:
    """Write a product; return what to open, and the truth in its digital numbers by band."""
    if isinstance(options, EosOptions):
        pytest.importorskip("pyhdf")
        pytest.importorskip("h5py")
        product = simulate_eos(folder, options)
        return product.files[0], dict(zip(product.bands, np.load(product.truth)))
    truth: dict[str, np.ndarray] = {}
    for level in ("L1TP", "L2SP")[: 1 + (options.level == "L2SP")]:
        path = folder / f"truth_{level}.tif"
        chosen = LandsatOptions(size=options.size, level=level, truth=path)
        source = simulate_landsat(folder, chosen).folder
        dataset = gdal.Open(str(path))
        names = [dataset.GetRasterBand(i + 1).GetDescription() for i in range(dataset.RasterCount)]
        # Level-2 has neither the panchromatic nor the cirrus band: those are Level-1's.
        kept = [name not in ("B8", "B9") or level == "L1TP" for name in names]
        truth.update({name: pixels for name, pixels, keep in zip(names, read(path), kept) if keep})
    return source, truth


def execute(case: Case, source: Path, output: Path, **parameters: object) -> Outcome:
    """Run through processing.run and style the layer as QGIS does when it loads it."""
    import processing

    log, context, project = Log(), QgsProcessingContext(), QgsProject.instance()
    context.setProject(project)
    values = {"INPUT": str(source), "OUTPUT": QgsProcessingOutputLayerDefinition(str(output), project), **parameters}
    results = processing.run(f"satsharp:superresolve_{case.sensor}", values, feedback=log, context=context)
    layer = QgsRasterLayer(str(output), "loaded")
    context.layerToLoadOnCompletionDetails(str(output)).postProcessor().postProcessLayer(layer, context, log)
    return Outcome(case, source, {}, output, results, log, layer)


@pytest.fixture(scope="module")
def made(tmp_path_factory, plugin) -> Callable[[str], tuple[Path, dict[str, np.ndarray]]]:
    """Return a function that simulates the product of a case once."""
    known: dict[str, tuple[Path, dict[str, np.ndarray]]] = {}

    def make(name: str) -> tuple[Path, dict[str, np.ndarray]]:
        if name not in known:
            known[name] = simulate(tmp_path_factory.mktemp(name), CASES[name].options)
        return known[name]

    return make


@pytest.fixture(scope="module", params=list(CASES))
def outcome(request, made, tmp_path_factory) -> Outcome:
    case, (source, truth) = CASES[request.param], made(request.param)
    done = execute(case, source, tmp_path_factory.mktemp("output") / "sharp.tif")
    return Outcome(case, source, truth, done.output, done.results, done.log, done.layer)


def is_swath(case: Case) -> bool:
    return isinstance(case.options, EosOptions) and case.options.product in ("MOD09", "VNP09")


def test_results_tell_what_was_used(outcome):
    assert outcome.results["MODELS"] == ", ".join(outcome.case.models)
    assert outcome.results["OUTPUT"] == str(outcome.output)
    assert outcome.results["GSD"] == pytest.approx(outcome.scene.finest.gsd)


def test_result_lies_where_the_product_lies(outcome):
    options, found = outcome.case.options, describe(outcome.output)
    reference = osr.SpatialReference(gdal.Open(str(outcome.output)).GetProjection())
    if isinstance(options, LandsatOptions):
        # The panchromatic band starts half of its pixel inside the 30 m bands and has one pixel less.
        assert (found.transform, found.size) == ((483592.5, 15, 0, 5628517.5, 0, -15), (359, 359))
        assert found.epsg == "32632"
    elif is_swath(outcome.case):
        gsd = outcome.scene.finest.gsd
        assert (found.transform[1], found.transform[5]) == (gsd, -gsd)
        assert (found.transform[0] % gsd, found.transform[3] % gsd) == (0, 0)
        assert reference.GetAttrValue("PROJECTION") == EQUAL_AREA
        lon, lat = places(outcome)
        assert abs(reference.GetProjParm("longitude_of_center") - lon.mean()) < 1
        assert abs(reference.GetProjParm("latitude_of_center") - lat.mean()) < 1
        told = [sentence for sentence in outcome.log.infos if sentence.startswith("On the map: ")]
        assert len(told) == 1 and "Lambert azimuthal equal-area around 44 N 1" in told[0]
    else:
        grid = tiles.tile_grid(options, 4800 if outcome.case.sensor == "modis" else 2400)
        assert found.transform == pytest.approx(grid.transform, abs=1e-6)
        assert found.size == (grid.width, grid.height) == (240, 240)
        assert (reference.GetAttrValue("PROJECTION"), reference.GetSemiMajor()) == (SINUSOIDAL, 6371007.181)


def test_bands_have_names_type_nodata_scale_and_wavelength(outcome):
    found, scene, sensor = describe(outcome.output), outcome.scene, sensor_by_id(outcome.case.sensor)
    assert found.names == tuple(band.name for band in sensor.bands if scene.has((band.name,)))
    landsat = outcome.case.sensor == "landsat"
    assert (found.types, found.nodata) == (({"UInt16"}, {0.0}) if landsat else ({"Int16"}, {NODATA}))
    dataset = gdal.Open(str(outcome.output))
    for index, name in enumerate(found.names, start=1):
        band = dataset.GetRasterBand(index)
        surface = landsat and outcome.case.options.level == "L2SP" and name not in ("B8", "B9")
        expected = (1e-4, 0.0) if not landsat else relation("L2SP" if surface else "L1TP")
        assert (band.GetScale(), band.GetOffset()) == pytest.approx(expected, rel=1e-5), name
        declared = sensor.band(name)
        assert float(band.GetMetadataItem("WAVELENGTH")) == declared.wavelength_nm
        assert float(band.GetMetadataItem("FWHM")) == declared.bandwidth_nm
        assert band.GetMetadataItem("WAVELENGTH_UNITS") == "nanometers"


def test_layer_shows_natural_colours(outcome):
    renderer, names = outcome.layer.renderer(), describe(outcome.output).names
    numbers = (renderer.redBand(), renderer.greenBand(), renderer.blueBand())
    assert tuple(names[number - 1] for number in numbers) == outcome.case.colours
    limits = (
        renderer.redContrastEnhancement(),
        renderer.greenContrastEnhancement(),
        renderer.blueContrastEnhancement(),
    )
    dataset, pixels = gdal.Open(str(outcome.output)), read(outcome.output, outcome.case.colours)
    for number, limit, values in zip(numbers, limits, pixels):
        band = dataset.GetRasterBand(number)
        reflectance = values[values != band.GetNoDataValue()] * band.GetScale() + band.GetOffset()
        low, high = np.percentile(reflectance, [2, 98])
        # QGIS estimates from a part of the pixels.
        near = pytest.approx([low, high], abs=0.15 * (high - low))
        assert [limit.minimumValue(), limit.maximumValue()] == near
    assert outcome.layer.name() == outcome.case.title


def test_log_and_layer_say_what_is_special(outcome):
    warnings = [f"The model {model} is experimental: " for model in outcome.case.models if "landsat" not in model]
    assert len(outcome.log.warnings) == len(warnings)
    for given, expected in zip(outcome.log.warnings, warnings):
        assert given.startswith(expected) and len(given) > len(expected) + 20
        assert f"Experimental ({expected.split(' ')[2]}): " in outcome.layer.metadata().abstract()
    assert outcome.case.sensor != "landsat" or "Experimental" not in outcome.layer.metadata().abstract()
    for note in outcome.case.notes:
        assert any(sentence.startswith(note) for sentence in outcome.log.infos), note
    assert not outcome.log.errors


def test_fine_bands_are_copied(outcome):
    if is_swath(outcome.case):
        pytest.skip("a swath is laid on a map: see the test of the truth")
    scene, result = outcome.scene, dict(zip(outcome.case.guides, read(outcome.output, outcome.case.guides)))
    with BandReader() as reader:
        for name, pixels in result.items():
            band = scene.band(name)
            np.testing.assert_array_equal(pixels, reader.read(band, band.grid.window))


def test_sharpened_bands_are_nearer_the_truth_than_bicubic(outcome):
    targets = [band.name for band in outcome.scene.bands if band.name not in outcome.case.guides]
    if is_swath(outcome.case):
        network, interpolated, truth = on_swath(outcome, targets)
    else:
        network, truth = read(outcome.output, targets), np.stack([outcome.truth[name] for name in targets])
        interpolated = np.stack([enlarged(outcome.scene, name) for name in targets])
    nodata = describe(outcome.output).nodata.pop()
    valid = (network != nodata) & (truth != nodata) & np.isfinite(interpolated)
    assert valid.mean() > 0.6
    # Mean square errors of network and bicubic, (2, bands).
    errors = np.array([rmse_of_bands(image, truth, valid) ** 2 for image in (network, interpolated)])
    assert np.sqrt(errors[0].mean() / errors[1].mean()) < outcome.case.bound
    assert (errors[0] < errors[1]).all(), dict(zip(targets, np.sqrt(errors[0] / errors[1])))


def rmse_of_bands(image: np.ndarray, truth: np.ndarray, valid: np.ndarray) -> np.ndarray:
    """Return the RMSE of each band over the valid pixels."""
    squares = np.where(valid, (image - truth.astype(float)) ** 2, 0).reshape(len(image), -1)
    return np.sqrt(squares.sum(axis=1) / valid.reshape(len(image), -1).sum(axis=1))


def enlarged(scene: Scene, name: str) -> np.ndarray:
    """Return a band at the finest GSD by cubic convolution, NaN around what was not measured."""
    band = scene.band(name)
    with BandReader() as reader:
        numbers = reader.read(band, band.grid.window.pad(BICUBIC_REACH)).astype(np.float32)
    unknown = numbers == band.nodata
    factor = round(band.gsd / scene.finest.gsd)
    near = bicubic(unknown.astype(np.float32), factor) != 0
    fine = bicubic(np.where(unknown, 0, numbers), factor)
    return np.where(near, np.nan, fine)[: scene.finest.height, : scene.finest.width]


def places(outcome: Outcome) -> tuple[np.ndarray, np.ndarray]:
    """Return longitudes and latitudes of the finest pixels of a simulated swath."""
    options, (rows, cols) = outcome.case.options, outcome.truth[outcome.case.guides[0]].shape
    scanner = MODIS if outcome.case.sensor == "modis" else VIIRS
    flight = Pass(scanner, options.lon, options.lat, options.heading, options.scans, options.first_col, options.cols)
    return flight.places(*np.meshgrid(np.arange(rows), np.arange(cols), indexing="ij"))


def on_swath(outcome: Outcome, targets: list[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return result, bicubic and truth (bands, pixels) where map pixels show the pixel of the swath that lies in them.

    They do where all bands that are only copied have the numbers of that pixel.
    """
    lon, lat = places(outcome)
    dataset = gdal.Open(str(outcome.output))
    geographic, projected = osr.SpatialReference(), osr.SpatialReference(dataset.GetProjection())
    geographic.SetWellKnownGeogCS("WGS84")
    for reference in (geographic, projected):
        reference.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    points = np.column_stack([lon.ravel(), lat.ravel()])
    x, y = np.array(osr.CoordinateTransformation(geographic, projected).TransformPoints(points.tolist())).T[:2]
    left, gsd, _, top, _, _ = dataset.GetGeoTransform()
    row, col = np.floor((top - y) / gsd).astype(int), np.floor((x - left) / gsd).astype(int)
    copied = read(outcome.output, outcome.case.guides)[:, row, col]
    measured = np.stack([outcome.truth[name].ravel() for name in outcome.case.guides])
    same = (copied == measured).all(axis=0)
    assert same.mean() > 0.4
    result = read(outcome.output, targets)[:, row[same], col[same]]
    interpolated = np.stack([enlarged(outcome.scene, name).ravel()[same] for name in targets])
    return result, interpolated, np.stack([outcome.truth[name].ravel()[same] for name in targets])


QUICK = {"GUARD": "off", "CONSISTENCY": False, "BANDS": ["750 m"]}


def test_swath_goes_to_the_crs_that_is_asked_for(made, tmp_path):
    done = execute(CASES["viirs-swath"], made("viirs-swath")[0], tmp_path / "map.tif", TARGET_CRS="EPSG:3035", **QUICK)
    found = describe(done.output)
    assert (found.epsg, found.transform[1], found.transform[5]) == ("3035", 375, -375)
    assert not any("TARGET_CRS" in sentence for sentence in done.log.warnings)
    width, height = found.size
    assert f"On the map: {width} x {height} pixels, EPSG:3035, ETRS89-extended / LAEA Europe" in done.log.infos
    assert (read(done.output, ["I1"]) != NODATA).mean() > 0.3


def test_gridded_product_keeps_its_grid_and_says_so(made, tmp_path):
    done = execute(CASES["viirs-tile"], made("viirs-tile")[0], tmp_path / "tile.tif", TARGET_CRS="EPSG:3035", **QUICK)
    projection = osr.SpatialReference(gdal.Open(str(done.output)).GetProjection()).GetAttrValue("PROJECTION")
    assert projection == SINUSOIDAL
    sentence = "TARGET_CRS is for swaths only: VNP09GA.A2019021.h18v04.061 lies on a grid of its own, which is kept."
    assert sentence in done.log.warnings


@pytest.mark.skipif(PROGRAM is None, reason="qgis_process is not installed")
def test_qgis_process_sharpens_landsat(installed, made, tmp_path):  # noqa: F811
    out = tmp_path / "sharp.tif"
    source, _ = made("landsat-L1TP")
    done = installed("--json", "run", "satsharp:superresolve_landsat", "--", f"INPUT={source}", f"OUTPUT={out}")
    results = json.loads(done.stdout)["results"]
    assert (results["GSD"], results["MODELS"]) == (15, "landsat-30m")
    assert describe(out).names == ("B1", "B2", "B3", "B8", "B4", "B5", "B9", "B6", "B7")

# SPDX-License-Identifier: GPL-2.0-or-later
"""A satellite in one JSON file: the example of the documentation, dropped into a user's folder, run with a model
that is trained here."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("qgis.core")
onnx = pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")

from onnx import TensorProto, helper, numpy_helper  # noqa: E402
from osgeo import gdal, osr  # noqa: E402
from qgis.core import QgsApplication, QgsSettings  # noqa: E402
from satsharp.core.cards import file_digest  # noqa: E402
from satsharp.core.point_spread import degrade, sigma_of_mtf  # noqa: E402
from satsharp.plugin.settings import GROUP  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "resources" / "sensors" / "README.md"
COARSE = ("B1", "B2", "B3", "B4", "B5", "B7")
ORDER = ("B1", "B2", "B3", "B8", "B4", "B5", "B7")
SIZE = 320
QUANTIFICATION = 700
SIGMA = sigma_of_mtf(0.3, 2)
PREFIX = "LE07_L1TP_199026_20020420_20200916_02_T1"


def example() -> dict:
    """Return the sensor file that the documentation shows."""
    [text] = re.findall(r"```json\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    return json.loads(text)


def algorithm_names() -> set[str]:
    return {found.name() for found in QgsApplication.processingRegistry().providerById("satsharp").algorithms()}


@pytest.fixture
def sensors(tmp_path, plugin):
    """The user's folder of sensor files, empty; the provider forgets it afterwards."""
    folder = tmp_path / "sensors"
    folder.mkdir()
    QgsSettings().setValue(f"{GROUP}/sensor_folder", str(folder))
    yield folder
    QgsSettings().remove(f"{GROUP}/sensor_folder")
    plugin.provider.refreshAlgorithms()


@pytest.fixture
def messages():
    """What goes to the tab SatSharp of the log panel."""
    kept: list[str] = []

    def keep(text, tag, _):
        kept.extend([text] * (tag == "SatSharp"))

    QgsApplication.messageLog().messageReceived.connect(keep)
    yield kept
    QgsApplication.messageLog().messageReceived.disconnect(keep)


# --- a scene and its model --------------------------------------------------------------------------------------------


def landscape(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return reflectance at 15 m: six bands (6, rows, columns) and the panchromatic one (1, rows, columns)."""
    random = np.random.default_rng(seed)
    grain = degrade(random.normal(size=(2, SIZE * 2, SIZE * 2)).astype(np.float32), 2, (2.0, 2.0))
    fields = random.random((2, SIZE // 16, SIZE // 16)).repeat(16, 1).repeat(16, 2)
    detail = 0.03 * fields + 0.12 * grain
    weights = np.array([[0.6, 0.2], [0.8, 0.3], [1.0, 0.3], [0.5, 1.0], [0.9, 0.3], [0.8, 0.4]])
    bands = 0.14 + np.einsum("bf,fij->bij", weights, detail)
    return bands.astype(np.float32), bands[[1, 2, 3]].mean(0, keepdims=True).astype(np.float32)


def numbers(reflectance: np.ndarray) -> np.ndarray:
    """Return digital numbers as 8 bits hold them."""
    return np.clip(np.rint(reflectance * QUANTIFICATION), 1, 254).astype(np.uint8)


def features(pan: np.ndarray, coarse: np.ndarray, folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Return enlarged bands and the panchromatic detail, computed by the network's own first layers."""
    path = save_network(folder / "features.onnx", np.zeros((6, 1, 1, 1), np.float32), ["enlarged", "detail"])
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    enlarged, detail = session.run(None, {"b15": pan[None] * 5, "b30": coarse[None] * 5})
    return enlarged[0], detail[0, 0]


def save_network(path: Path, weights: np.ndarray, outputs: list[str]) -> Path:
    """Write a network: bicubic plus what each band takes of the detail that the panchromatic band has beyond 30 m."""

    def plane(name, channels):
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", channels, f"h_{name}", f"w_{name}"])

    cubic = {"mode": "cubic", "cubic_coeff_a": -0.5, "coordinate_transformation_mode": "half_pixel"}
    nodes = [
        helper.make_node("AveragePool", ["b15"], ["mean"], kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node("Resize", ["mean", "", "scales"], ["smooth"], **cubic),
        helper.make_node("Sub", ["b15", "smooth"], ["detail"]),
        helper.make_node("Conv", ["detail", "weights"], ["added"]),
        helper.make_node("Resize", ["b30", "", "scales"], ["enlarged"], **cubic),
        helper.make_node("Add", ["enlarged", "added"], ["sharpened"]),
    ]
    tables = {"scales": np.array([1, 1, 2, 2], np.float32), "weights": weights}
    graph = helper.make_graph(
        nodes,
        path.stem,
        [plane("b15", 1), plane("b30", 6)],
        [plane(name, 1 if name == "detail" else 6) for name in outputs],
        [numpy_helper.from_array(values, name) for name, values in tables.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, str(path))
    return path


def train(folder: Path) -> None:
    """Fit the weights at reduced scale (Wald's protocol) on another scene, and install card and network."""
    bands, pan = landscape(seed=11)
    coarse = numbers(degrade(bands, 2, (SIGMA,) * 6)) / np.float32(QUANTIFICATION)
    inputs = degrade(numbers(pan) / np.float32(QUANTIFICATION), 2, (SIGMA,)), degrade(coarse, 2, (SIGMA,) * 6)
    enlarged, detail = features(*inputs, folder)
    (folder / "features.onnx").unlink()
    weights = [np.linalg.lstsq(detail.reshape(-1, 1), lack.ravel(), rcond=None)[0][0] for lack in coarse * 5 - enlarged]
    path = save_network(folder / "landsat7-30m.onnx", np.array(weights, np.float32).reshape(6, 1, 1, 1), ["sharpened"])
    card = {
        "id": "landsat7-30m",
        "name": "Least squares, for tests",
        "file": path.name,
        "sensor": "landsat7",
        "gsd": 15,
        "scale_factor": 2,
        "value_range": {"scale": 5.0, "offset": 0.0},
        "inputs": [{"name": "b15", "bands": ["B8"], "gsd": 15}, {"name": "b30", "bands": list(COARSE), "gsd": 30}],
        "outputs": [{"name": "sharpened", "bands": list(COARSE)}],
        "tiling": "exact",
        "licence": "CC0-1.0",
        "experimental": "Trained in a test on a made-up landscape.",
    }
    (folder / "landsat7-30m.json").write_text(json.dumps(card), encoding="utf-8")
    (folder / "SHA256SUMS").write_text(f"{file_digest(path)}  {path.name}\n", encoding="utf-8")


def write(path: Path, pixels: np.ndarray, gsd: float) -> None:
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(32632)
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), pixels.shape[1], pixels.shape[0], 1, gdal.GDT_Byte)
    dataset.SetGeoTransform((400000.0, gsd, 0.0, 5500000.0, 0.0, -gsd))
    dataset.SetProjection(reference.ExportToWkt())
    dataset.GetRasterBand(1).WriteArray(pixels)
    dataset.FlushCache()


@pytest.fixture(scope="module")
def scene(tmp_path_factory) -> tuple[Path, np.ndarray, np.ndarray]:
    """A folder as delivered, an empty corner in it, with the truth (6, rows, columns) in digital numbers."""
    folder = tmp_path_factory.mktemp("product") / PREFIX
    folder.mkdir()
    bands, pan = landscape(seed=5)
    coarse = numbers(degrade(bands, 2, (SIGMA,) * 6))
    coarse[:, :20, :30] = 0
    for name, pixels in zip(COARSE, coarse):
        write(folder / f"{PREFIX}_{name}.TIF", pixels, 30)
    write(folder / f"{PREFIX}_B8.TIF", numbers(pan)[0], 15)
    for name in ("B6_VCID_1", "B6_VCID_2", "QA_PIXEL"):
        write(folder / f"{PREFIX}_{name}.TIF", coarse[0], 30)
    (folder / f"{PREFIX}_MTL.txt").write_text("GROUP = LANDSAT_METADATA_FILE\n", encoding="utf-8")
    return folder, bands * QUANTIFICATION, coarse


@pytest.fixture
def models(tmp_path):
    folder = tmp_path / "models"
    folder.mkdir()
    train(folder)
    QgsSettings().setValue(f"{GROUP}/model_folder", str(folder))


# --- the promises -----------------------------------------------------------------------------------------------------


def test_example_of_the_documentation_becomes_an_algorithm_that_beats_bicubic(
    plugin, sensors, models, scene, tmp_path, log, context
):
    import processing

    assert "superresolve_landsat7" not in algorithm_names()
    (sensors / "landsat7.json").write_text(json.dumps(example(), indent=1), encoding="utf-8")
    plugin.provider.refreshAlgorithms()
    found = QgsApplication.processingRegistry().createAlgorithmById("satsharp:superresolve_landsat7")
    assert found.displayName() == "Super-resolve Landsat 7 ETM+ product"
    assert found.parameterDefinition("BANDS").options() == ["30 m"]
    assert found.parameterDefinition("MODEL").options() == ["auto", "landsat7-30m"]
    folder, truth, coarse = scene
    output = tmp_path / "out.tif"
    values = {"INPUT": str(folder), "OUTPUT": str(output)}
    assert found.checkParameterValues(values, context) == (True, "")
    results = processing.run(found.id(), values, feedback=log, context=context)
    assert (results["GSD"], results["MODELS"]) == (15, "landsat7-30m")
    assert log.warnings == ["The model landsat7-30m is experimental: Trained in a test on a made-up landscape."]
    dataset = gdal.Open(str(output))
    described = [dataset.GetRasterBand(number + 1) for number in range(7)]
    assert tuple(band.GetDescription() for band in described) == ORDER
    assert [band.GetMetadataItem("WAVELENGTH") for band in described][3:] == ["710", "835", "1650", "2220"]
    assert described[0].GetScale() == pytest.approx(1 / QUANTIFICATION) and described[0].GetNoDataValue() == 0
    assert dataset.GetMetadataItem("SATSHARP_SENSOR") == "landsat7"
    assert dataset.GetMetadataItem("SATSHARP_LEVEL") == "L1TP"
    made = dict(zip(ORDER, dataset.ReadAsArray().astype(float)))
    for name, expected, pixels in zip(COARSE, truth, coarse):
        memory = gdal.Warp(
            "", str(folder / f"{PREFIX}_{name}.TIF"), format="MEM", xRes=15, yRes=15, resampleAlg="cubic"
        )
        bicubic = memory.ReadAsArray().astype(float)
        valid = (pixels > 0).repeat(2, 0).repeat(2, 1)
        assert np.array_equal(made[name] > 0, valid) and 0.9 < valid.mean() < 1
        valid[:50, :70] = False  # GDAL's bicubic sees nodata there
        error, other = (np.sqrt(np.mean((image - expected)[valid] ** 2)) for image in (made[name], bicubic))
        assert error < 0.8 * other, f"{name}: RMSE {error:.2f} against {other:.2f} of bicubic"


def test_bad_files_are_told_by_name_and_line_and_the_others_load(plugin, sensors, messages):
    good = example()
    bad = {
        "syntax": json.dumps(good, indent=1).replace('"family": "stack",', '"family": "stack"'),
        "sentinel2": json.dumps({**good, "id": "sentinel2", "algorithm": "superresolve_other"}, indent=1),
        "taken": json.dumps({**good, "id": "taken", "algorithm": "install_model"}, indent=1),
        "nobody": json.dumps({**good, "id": "nobody", "family": "ikonos"}, indent=1),
        "band": json.dumps({**good, "id": "band"}, indent=1).replace('"gsd": 15', '"gsd": "15 m"'),
    }
    for name, text in {"landsat7": json.dumps(good), **bad}.items():
        (sensors / f"{name}.json").write_text(text, encoding="utf-8")
    line = next(number for number, text in enumerate(bad["band"].splitlines(), 1) if '"15 m"' in text)
    before = algorithm_names()
    plugin.provider.refreshAlgorithms()
    assert algorithm_names() == before | {"superresolve_landsat7"}
    told = {name: [text for text in messages if f"{sensors / name}.json" in text] for name in bad}
    assert {name: len(texts) for name, texts in told.items()} == dict.fromkeys(bad, 1)
    for name, words in (
        ("syntax", "cannot be read: Expecting ',' delimiter: line 5 column 2"),
        ("sentinel2", ", line 2, is skipped: the id sentinel2 is already taken by "),
        ("taken", ", line 5, is skipped: the algorithm install_model is already taken by SatSharp itself."),
        ("nobody", ", line 4, is not valid: no reader serves the family 'ikonos'; known are "),
        ("band", f", line {line}, is not valid: gsd must be a finite number, not '15 m'."),
    ):
        assert words in told[name][0]


def test_reloading_follows_the_folder(plugin, sensors):
    path = sensors / "landsat7.json"
    path.write_text(json.dumps(example()), encoding="utf-8")
    plugin.provider.refreshAlgorithms()
    assert "superresolve_landsat7" in algorithm_names()
    path.unlink()
    plugin.provider.refreshAlgorithms()
    assert "superresolve_landsat7" not in algorithm_names()


def test_documentation_explains_every_field():
    text = README.read_text(encoding="utf-8")
    document = example()
    explained = set(re.findall(r"`([a-z_]+)`", text))
    assert {*document, *document["bands"][0]} <= explained and len(document["bands"]) == 7

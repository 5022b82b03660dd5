# SPDX-License-Identifier: GPL-2.0-or-later
"""A plugin for the session, a simulated product and two tiny models that need no training."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import pytest

pytest.importorskip("qgis.core")
onnx = pytest.importorskip("onnx")

from onnx import TensorProto, helper  # noqa: E402
from qgis.core import QgsProcessingContext, QgsProcessingFeedback, QgsProject, QgsSettings  # noqa: E402
from satsharp import classFactory  # noqa: E402
from satsharp.export_tools.simulation import SimulatedProduct, SimulationOptions, simulate_product  # noqa: E402
from satsharp.plugin.settings import GROUP  # noqa: E402

FINE = ("B02", "B03", "B04", "B08")
MIDDLE = ("B05", "B06", "B07", "B8A", "B11", "B12")
COARSE = ("B01", "B09")
SIZE = 600


@pytest.fixture(scope="session")
def plugin(qgis_iface, qgis_processing):
    """The plugin, started as in a QGIS with a window."""
    started = classFactory(qgis_iface)
    started.initGui()
    yield started
    started.unload()


@pytest.fixture(autouse=True)
def own_settings(plugin, model_folder, tmp_path, monkeypatch):
    """Point the settings to the tiny models, and forget what a test has set or found out."""
    monkeypatch.setattr("satsharp.ui.preview_task.findings_folder", lambda: tmp_path.parent / f"{tmp_path.name}-found")
    settings = QgsSettings()
    settings.remove(GROUP)
    settings.setValue(f"{GROUP}/model_folder", str(model_folder))
    yield
    settings.remove(GROUP)


@pytest.fixture(scope="session")
def product(tmp_path_factory) -> SimulatedProduct:
    """A product of 6 x 6 km with the truth at 10 m, and zipped."""
    folder = tmp_path_factory.mktemp("product")
    return simulate_product(folder, SimulationOptions(size=SIZE, truth=folder / "truth.tif", zip=True))


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory) -> Path:
    """A folder with two models that enlarge bilinearly: ``test-20m`` and ``test-60m``."""
    folder = tmp_path_factory.mktemp("models")
    write_model(folder, "test-20m", MIDDLE, 2)
    write_model(folder, "test-60m", COARSE, 6)
    return folder


@pytest.fixture
def log() -> Log:
    return Log()


class Log(QgsProcessingFeedback):
    """Keeps what an algorithm says; cancels itself when the progress passes a bound."""

    def __init__(self, cancel_at: float = 101.0) -> None:
        super().__init__(False)
        self.infos: list[str] = []
        self.errors: list[str] = []
        self.warnings: list[str] = []
        self.progressChanged.connect(lambda value: self.cancel() if value >= cancel_at else None)

    def pushInfo(self, info):
        self.infos.append(info)

    def pushWarning(self, warning):
        self.warnings.append(warning)

    def reportError(self, error, fatalError=False):  # noqa: N803
        self.errors.append(error)


@pytest.fixture
def context() -> QgsProcessingContext:
    """A context whose outputs are not loaded into a project."""
    made = QgsProcessingContext()
    made.setProject(QgsProject.instance())
    return made


def write_model(folder: Path, identifier: str, targets: tuple[str, ...], factor: int) -> None:
    """Write card, network and digest of a model that enlarges its target bands bilinearly."""
    groups = {"b10": (FINE, 10.0), "b20": (MIDDLE, 20.0), "b60": (COARSE, 60.0)}
    used = {"b10": groups["b10"], ("b20" if factor == 2 else "b60"): groups["b20" if factor == 2 else "b60"]}
    own = "b20" if factor == 2 else "b60"
    tensors = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", len(bands), f"{name}_h", f"{name}_w"])
        for name, (bands, _) in used.items()
    ]
    count = len(targets)
    result = helper.make_tensor_value_info("sharpened", TensorProto.FLOAT, ["n", count, "h", "w"])
    scales = helper.make_tensor("scales", TensorProto.FLOAT, [4], [1.0, 1.0, float(factor), float(factor)])
    zero = helper.make_tensor("zero", TensorProto.FLOAT, [count, len(FINE), 1, 1], [0.0] * (count * len(FINE)))
    nodes = [
        helper.make_node("Resize", [own, "", "scales"], ["enlarged"], mode="linear"),
        helper.make_node("Conv", ["b10", "zero"], ["nothing"]),
        helper.make_node("Add", ["enlarged", "nothing"], ["sharpened"]),
    ]
    graph = helper.make_graph(nodes, identifier, tensors, [result], [scales, zero])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    (folder / f"{identifier}.onnx").write_bytes(model.SerializeToString())
    card = {
        "id": identifier,
        "name": "Bilinear, for tests",
        "file": f"{identifier}.onnx",
        "sensor": "sentinel2",
        "levels": ["L1C", "L2A"],
        "gsd": 10,
        "scale_factor": factor,
        "value_range": {"scale": 5.0, "offset": 0.0},
        "inputs": [{"name": name, "bands": list(bands), "gsd": gsd} for name, (bands, gsd) in used.items()],
        "outputs": [{"name": "sharpened", "bands": list(targets), "role": "value"}],
        "tiling": "exact",
        "licence": "CC0-1.0",
    }
    (folder / f"{identifier}.json").write_text(json.dumps(card), encoding="utf-8")
    digest = hashlib.sha256(model.SerializeToString()).hexdigest()
    with (folder / "SHA256SUMS").open("a", encoding="utf-8") as sums:
        sums.write(f"{digest}  {identifier}.onnx\n")


def loaded_modules() -> set[str]:
    """Return the names of the top-level modules that are loaded."""
    return {name.split(".")[0] for name in sys.modules}

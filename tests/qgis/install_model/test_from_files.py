# SPDX-License-Identifier: GPL-2.0-or-later
"""Models are installed from files, run, and removed."""

from __future__ import annotations

import json

import pytest

pytest.importorskip("qgis.core")

from osgeo import gdal
from qgis.core import (
    QgsApplication,
    QgsProcessingAlgRunnerTask,
    QgsProcessingContext,
    QgsProcessingException,
)
from qgis.PyQt.QtCore import QEventLoop, QTimer
from satsharp.core.cards import MODEL_FOLDER, load_card, verify_digest
from satsharp.core.model_archive import MAXIMUM_BYTES
from satsharp.plugin import dependencies
from satsharp.plugin.dependencies import RuntimeStatus

from ..conftest import MIDDLE, write_model
from .parts import INSTALL, REMOVE, SENTINEL2, Warnings, choices, digest_of, run, zipped  # noqa: E402


@pytest.mark.parametrize("kind", ["card", "network", "folder", "zip"])
def test_model_is_installed_offered_run_and_removed(plugin, own, source, tmp_path, product, context, kind):
    sources = {"card": source / "mine.json", "network": source / "mine.onnx", "folder": source}
    path = sources.get(kind) or zipped(source, tmp_path / "mine.zip")
    assert "mine" not in choices(SENTINEL2, "MODEL")
    log = Warnings()
    result = run(INSTALL, context, log, SOURCE=str(path))
    digest = digest_of(source / "mine.onnx")
    assert result == {"ID": "mine", "CARD": str(own / "mine.json"), "SHA256": digest, "LICENCE": "CC0-1.0"}
    assert any(digest_of(path) in info if path.is_file() and kind == "zip" else digest in info for info in log.infos)
    assert (own / "SHA256SUMS").read_text() == f"{digest}  mine.onnx\n" and log.warnings == []
    assert verify_digest(load_card(own / "mine.json")) == digest
    assert "mine" in choices(SENTINEL2, "MODEL") and choices(REMOVE, "MODEL") == ["mine"]
    if kind == "zip":
        out = tmp_path / "out.tif"
        values = {"MODEL": "mine", "BANDS": ["20 m"], "EXTENT": "601200,601800,5697600,5698200 [EPSG:32631]"}
        made = run(SENTINEL2, context, INPUT=str(product.safe), OUTPUT=str(out), **values)
        assert made["MODELS"] == "mine" and gdal.Open(str(out)).RasterXSize == 60
    assert run(REMOVE, context, MODEL="mine") == {"REMOVED": "mine.json, mine.onnx"}
    assert "mine" not in choices(SENTINEL2, "MODEL") and choices(REMOVE, "MODEL") == []
    assert [path.name for path in own.iterdir()] == ["SHA256SUMS"]


def test_replaced_on_request_only_and_bundled_models_never(plugin, own, source, context):
    run(INSTALL, context, SOURCE=str(source))
    with pytest.raises(QgsProcessingException, match="Set OVERWRITE to replace it"):
        run(INSTALL, context, SOURCE=str(source))
    assert run(INSTALL, context, SOURCE=str(source), OVERWRITE=True)["ID"] == "mine"
    (source / "mine.json").unlink()
    bundled = min(MODEL_FOLDER.glob("*.json")).stem
    write_model(source, bundled, MIDDLE, 2)
    with pytest.raises(QgsProcessingException, match=f"{bundled} belongs to a bundled model"):
        run(INSTALL, context, SOURCE=str(source), OVERWRITE=True)


def test_wrong_digest_and_wrong_size_install_nothing(plugin, own, source, context):
    with pytest.raises(QgsProcessingException, match="mine.onnx is not the expected file"):
        run(INSTALL, context, SOURCE=str(source), SHA256="f" * 64)
    with (source / "mine.onnx").open("ab") as stream:
        stream.truncate(2_000_000)
    with pytest.raises(QgsProcessingException, match=r"damaged|more than 1.0 MB"):
        run(INSTALL, context, SOURCE=str(source), MAX_SIZE=1)
    assert not list(own.glob("*"))


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"SOURCE": "/nowhere/x.zip"}, "/nowhere/x.zip does not exist. Check the path of the model."),
        ({"SOURCE": "https://example.org/x.zip", "SHA256": "abc"}, "64 hexadecimal digits, not abc"),
        ({"SOURCE": "https://example.org/x.zip", "MAX_SIZE": 0}, "MAX_SIZE"),
    ],
)
def test_parameters_are_checked_before_anything_runs(plugin, own, context, values, sentence):
    made = QgsApplication.processingRegistry().createAlgorithmById(INSTALL)
    accepted, reason = made.checkParameterValues(values, context)
    assert not accepted and sentence in reason


def test_nothing_to_remove_is_told(plugin, own):
    made = QgsApplication.processingRegistry().createAlgorithmById(REMOVE)
    accepted, reason = made.checkParameterValues({"MODEL": "mine"}, QgsProcessingContext())
    assert not accepted and reason == f"No model is installed in {own}, so there is none to remove."


def test_unknown_sensor_is_told(plugin, own, source, context):
    document = json.loads((source / "mine.json").read_text())
    (source / "mine.json").write_text(json.dumps({**document, "sensor": "aviris"}))
    log = Warnings()
    run(INSTALL, context, log, SOURCE=str(source))
    assert [text for text in log.warnings if "sensor aviris" in text]


def test_works_without_the_runtime_and_says_what_was_not_tried(plugin, own, source, context, monkeypatch):
    monkeypatch.setattr(dependencies, "find_runtime", lambda _: RuntimeStatus(problem="missing"))
    made = QgsApplication.processingRegistry().createAlgorithmById(INSTALL)
    assert made.canExecute()[0] == 1
    log = Warnings()
    run(INSTALL, context, log, SOURCE=str(source))
    assert [text for text in log.infos if "not tried" in text] and (own / "mine.json").is_file()


def test_network_that_the_runtime_cannot_load_is_refused(plugin, own, source, context):
    onnx = pytest.importorskip("onnx")
    pytest.importorskip("onnxruntime")
    model = onnx.load(source / "mine.onnx")
    model.graph.output[0].type.tensor_type.elem_type = onnx.TensorProto.INT64  # which the last node does not make
    (source / "mine.onnx").write_bytes(model.SerializeToString())
    (source / "SHA256SUMS").unlink()
    with pytest.raises(QgsProcessingException, match="cannot be loaded by ONNX Runtime"):
        run(INSTALL, context, SOURCE=str(source))
    assert not list(own.glob("*"))


def test_background_task_downloads_installs_and_refreshes_the_lists(plugin, own, source, server, context):
    """As from the dialog: the work is on a worker thread, with a download in it, and the lists change afterwards."""
    digest = digest_of(zipped(source, server.folder / "mine.zip"))
    made = QgsApplication.processingRegistry().createAlgorithmById(INSTALL)
    log, outcome, loop = Warnings(), [], QEventLoop()
    values = {"SOURCE": f"{server.address}/mine.zip", "SHA256": digest}
    task = QgsProcessingAlgRunnerTask(made, values, context, log)
    task.executed.connect(lambda successful, results: (outcome.append((successful, results)), loop.quit()))
    QTimer.singleShot(60_000, loop.quit)
    QgsApplication.taskManager().addTask(task)
    loop.exec()
    assert [(done, results.get("ID")) for done, results in outcome] == [(True, "mine")], log.errors
    assert "mine" in choices(SENTINEL2, "MODEL") and made.name() == "install_model"


def test_usual_size_is_the_limit_of_the_engine(plugin):
    definition = QgsApplication.processingRegistry().algorithmById(INSTALL).parameterDefinition("MAX_SIZE")
    assert definition.defaultValue() == MAXIMUM_BYTES // 1_000_000 == 2147

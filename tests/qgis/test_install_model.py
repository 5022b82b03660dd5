# SPDX-License-Identifier: GPL-2.0-or-later
"""Install, list and remove models as a user does: by Processing, from files and from a server on this machine."""

from __future__ import annotations

import contextlib
import hashlib
import http.server
import json
import re
import threading
import time
import zipfile
from pathlib import Path

import pytest

pytest.importorskip("qgis.core")

from osgeo import gdal
from qgis.core import (
    QgsApplication,
    QgsProcessingAlgRunnerTask,
    QgsProcessingContext,
    QgsProcessingException,
    QgsSettings,
)
from qgis.PyQt.QtCore import QEventLoop, QTimer
from satsharp.core.cards import MODEL_FOLDER, load_card, load_cards, verify_digest
from satsharp.core.errors import CancelledError
from satsharp.plugin import model_sources
from satsharp.plugin.dependencies import RuntimeStatus
from satsharp.plugin.downloads import DownloadError
from satsharp.plugin.resumable import resume_download
from satsharp.plugin.settings import GROUP, Settings, load_settings, save_settings
from satsharp.processing_provider import install_model as algorithm_module
from satsharp.ui.options_page import SatSharpOptionsPage

from .conftest import MIDDLE, Log, write_model

INSTALL, REMOVE, LIST = "satsharp:install_model", "satsharp:remove_model", "satsharp:list_models"
SENTINEL2 = "satsharp:superresolve_sentinel2"
CONTENT = bytes(range(256)) * 4000


class Warnings(Log):
    def __init__(self) -> None:
        super().__init__()
        self.warnings: list[str] = []

    def pushWarning(self, warning):
        self.warnings.append(warning)


class Handler(http.server.BaseHTTPRequestHandler):
    """Serves files with ranges and entity tags; hangs up after ``cut`` bytes, once; ``slow`` takes seconds."""

    def do_GET(self):
        path = self.server.folder / self.path.split("?")[0].lstrip("/")
        asked = self.headers.get("Range", "")
        self.server.asked.append((self.path, asked))
        if not path.is_file():
            self.send_error(404)
            return
        data = path.read_bytes()
        tag = f'"{hashlib.sha256(data).hexdigest()[:16]}"'
        start = int(re.fullmatch(r"bytes=(\d+)-", asked).group(1)) if asked else 0
        if asked and self.headers.get("If-Range") != tag:
            start = 0
        if start >= len(data) > 0:
            self.send_response(416)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start + self.server.lie}-{len(data) - 1}/{len(data)}")
        if self.server.tags:
            self.send_header("ETag", tag)
        self.send_header("Content-Length", str(len(data) - start))
        self.end_headers()
        if self.server.cut:
            self.wfile.write(data[start : start + self.server.cut])
            self.server.cut = 0
            self.close_connection = True
            return
        if not self.server.slow:
            self.wfile.write(data[start:])
            return
        with contextlib.suppress(OSError):
            for place in range(start, len(data), 2000):
                self.wfile.write(data[place : place + 2000])
                time.sleep(0.02)

    def log_message(self, *_):
        pass


@pytest.fixture
def server(tmp_path):
    (tmp_path / "www").mkdir()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as made:
        made.folder, made.asked, made.cut, made.tags, made.lie = tmp_path / "www", [], 0, True, 0
        made.slow = False
        made.address = f"http://127.0.0.1:{made.server_address[1]}"
        threading.Thread(target=made.serve_forever, args=(0.02,), daemon=True).start()
        yield made
        made.shutdown()


@pytest.fixture
def own(tmp_path, own_settings, monkeypatch) -> Path:
    """The user's own model folder, empty, and a place of its own for downloads."""
    folder = tmp_path / "own"
    QgsSettings().setValue(f"{GROUP}/model_folder", str(folder))
    monkeypatch.setattr(algorithm_module, "download_folder", lambda: tmp_path / "downloads")
    return folder


@pytest.fixture
def source(tmp_path) -> Path:
    """A folder with the model ``mine``, which enlarges the 20 m bands bilinearly."""
    folder = tmp_path / "source"
    folder.mkdir()
    write_model(folder, "mine", MIDDLE, 2)
    return folder


def zipped(folder: Path, target: Path) -> Path:
    with zipfile.ZipFile(target, "w") as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, file.name)
    return target


def digest_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def run(algorithm, context, log=None, **parameters):
    import processing

    return processing.run(algorithm, parameters, feedback=log or Warnings(), context=context)


def choices(algorithm: str, parameter: str) -> list[str]:
    registered = QgsApplication.processingRegistry().algorithmById(algorithm)
    return registered.parameterDefinition(parameter).options()


def never() -> bool:
    return False


# --- from files -------------------------------------------------------------------------------------------------------


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
    monkeypatch.setattr(algorithm_module, "find_runtime", lambda _: RuntimeStatus(problem="missing"))
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


# --- from addresses ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["mine.zip", "mine.zip?token=1", "mine.json", "mine.onnx"])
def test_model_comes_from_an_address_with_its_digest(plugin, own, source, server, tmp_path, context, name):
    for file in source.iterdir():
        (server.folder / file.name).write_bytes(file.read_bytes())
    zipped(source, server.folder / "mine.zip")
    expected = digest_of(server.folder / ("mine.zip" if "zip" in name else "mine.onnx"))
    address = f"{server.address}/{name}"
    with pytest.raises(QgsProcessingException, match="is not the expected file"):
        run(INSTALL, context, SOURCE=address, SHA256="0" * 64)
    assert not list(own.glob("*"))
    assert run(INSTALL, context, SOURCE=address, SHA256=expected)["ID"] == "mine"
    assert verify_digest(load_card(own / "mine.json")) == digest_of(source / "mine.onnx")
    assert not list((tmp_path / "downloads").iterdir())


def test_without_a_digest_the_address_needs_a_confirmation(plugin, own, source, server, context):
    digest = digest_of(zipped(source, server.folder / "mine.zip"))
    address = f"{server.address}/mine.zip"
    with pytest.raises(QgsProcessingException, match=f"Its SHA-256 is {digest}. Compare it"):
        run(INSTALL, context, SOURCE=address)
    assert not list(own.glob("*"))
    assert run(INSTALL, context, SOURCE=address, CONFIRM=True)["ID"] == "mine"
    assert [path for path, _ in server.asked].count("/mine.zip") == 1


def test_digest_of_the_catalogue_suffices(plugin, own, source, server, context, monkeypatch):
    digest = digest_of(zipped(source, server.folder / "mine.zip"))
    entry = {"id": "mine", "name": "Mine", "publisher": "Me", "page": "https://example.org/p", "format": "satsharp"}
    entry.update(address="https://example.org/mine.zip", licence="CC0-1.0", sensor="Sentinel-2", scale_factor=2)
    document = {"schema": 1, "models": [entry, {"id": "bad"}, {**entry, "id": "isr-rdn-large"}]}
    (server.folder / "list.json").write_text(json.dumps(document))
    (server.folder / "SHA256SUMS").write_text(f"{digest}  mine/mine.zip\n")
    save_settings(Settings(model_folder=str(own), catalogue=f"{server.address}/list.json"))
    entries, problems = model_sources.load_catalogue(load_settings().catalogue, never)
    assert [(e.address, e.sha256) for e in entries if e.id == "mine"] == [(entry["address"], digest)]
    assert len(problems) == 2 and "Entry 2" in problems[0] and "isr-rdn-large" in problems[1]
    real = model_sources.fetch_model

    def from_here(address, *arguments):
        return real(f"{server.address}/{address.rsplit('/', 1)[-1]}", *arguments)

    monkeypatch.setattr(model_sources, "fetch_model", from_here)
    assert run(INSTALL, context, SOURCE=entry["address"])["ID"] == "mine"


def test_catalogue_that_is_out_of_reach_is_a_sentence(plugin, own):
    entries, (problem,) = model_sources.load_catalogue("http://127.0.0.1:9/list.json", never)
    assert len(entries) > 20 and "Connection refused" in problem
    _, (problem,) = model_sources.load_catalogue("http://example.org/list.json", never)
    assert "https only" in problem


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("http://example.org/x.zip", "https only"),
        ("ftp://example.org/x.zip", "https only"),
        ("file:///etc/passwd", "https only"),
        ("{}/weights.h5", "checkpoint.*convert weights.h5"),
        ("{}/none.zip", "[Nn]ot [Ff]ound"),
        ("{}/page.json", "no model card"),
        ("{}/escape.json", "no plain file name"),
        ("{}/page.zip", "no zip archive"),
    ],
)
def test_other_addresses_are_refused(plugin, own, server, context, address, sentence):
    (server.folder / "page.json").write_text("<html>")
    (server.folder / "page.zip").write_text("<html>")
    (server.folder / "escape.json").write_text(json.dumps({"file": "../../evil.onnx"}))
    with pytest.raises(QgsProcessingException, match=sentence):
        run(INSTALL, context, SOURCE=address.format(server.address), CONFIRM=True)
    assert not list(own.glob("*"))


def test_larger_download_than_allowed_is_refused(plugin, own, server, context):
    (server.folder / "large.zip").write_bytes(bytes(1_100_000))
    with pytest.raises(QgsProcessingException, match="more than the expected 1000000 bytes"):
        run(INSTALL, context, SOURCE=f"{server.address}/large.zip", CONFIRM=True, MAX_SIZE=1)
    assert not list(own.glob("*"))


def test_broken_download_of_a_model_goes_on(plugin, own, source, server, context):
    (source / "notes.txt").write_bytes(CONTENT)
    digest = digest_of(zipped(source, server.folder / "mine.zip"))
    server.cut = 500_000
    parameters = {"SOURCE": f"{server.address}/mine.zip", "SHA256": digest}
    with pytest.raises(QgsProcessingException, match="The download from 127.0.0.1 failed"):
        run(INSTALL, context, **parameters)
    assert run(INSTALL, context, **parameters)["ID"] == "mine"
    assert [asked for path, asked in server.asked] == ["", "bytes=500000-"]


# --- downloads that go on ---------------------------------------------------------------------------------------------


@pytest.fixture
def broken(server, tmp_path):
    """A download that broke off after 300000 bytes."""
    (server.folder / "file.bin").write_bytes(CONTENT)
    server.cut = 300_000
    target = tmp_path / "got.bin"

    def fetch(maximum=2_000_000, progress=lambda _: None, cancelled=never):
        resume_download(f"{server.address}/file.bin", target, maximum, progress, cancelled)
        return target.read_bytes()

    with pytest.raises(DownloadError):
        fetch()
    assert not target.exists() and (tmp_path / "got.bin.partial").stat().st_size == 300_000
    return fetch


def test_download_goes_on_where_it_stopped(server, broken, tmp_path):
    parts: list[float] = []
    assert broken(progress=parts.append) == CONTENT
    assert server.asked[-1][1] == "bytes=300000-"
    assert parts[0] > 0.29 and parts[-1] == 1.0 and parts == sorted(parts)
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["got.bin"]


def test_changed_file_is_fetched_anew(server, broken):
    (server.folder / "file.bin").write_bytes(CONTENT[::-1])
    assert broken() == CONTENT[::-1]


def test_file_without_a_version_is_fetched_anew(server, tmp_path):
    server.tags = False
    server.cut = 1000
    (server.folder / "file.bin").write_bytes(CONTENT)
    for _ in range(2):
        try:
            resume_download(f"{server.address}/file.bin", tmp_path / "got.bin", len(CONTENT), print, never)
        except DownloadError:
            assert (tmp_path / "got.bin.partial").stat().st_size == 1000
    assert (tmp_path / "got.bin").read_bytes() == CONTENT and [asked for _, asked in server.asked] == ["", ""]


def test_complete_part_is_recognised(server, broken, tmp_path):
    (tmp_path / "got.bin.partial").write_bytes(CONTENT)
    assert broken() == CONTENT


def test_another_part_than_asked_for_is_refused(server, broken):
    server.lie = 7
    with pytest.raises(DownloadError, match="another part of the file"):
        broken()


def test_limit_counts_what_is_there_already(server, broken):
    with pytest.raises(DownloadError, match="more than the expected 400000 bytes"):
        broken(maximum=400_000)


def test_cancelled_download_keeps_what_has_arrived(server, broken, tmp_path):
    server.slow = True
    started, end = time.monotonic(), time.monotonic() + 0.5
    with pytest.raises(CancelledError):
        broken(cancelled=lambda: time.monotonic() > end)
    assert time.monotonic() - started < 4
    server.slow = False
    there = (tmp_path / "got.bin.partial").stat().st_size
    assert there > 300_000 and broken() == CONTENT and server.asked[-1][1] == f"bytes={there}-"


# --- the list ---------------------------------------------------------------------------------------------------------


def test_list_as_json_and_html(plugin, own, source, tmp_path, context):
    document = json.loads((source / "mine.json").read_text())
    figures = {"mean_ratio_to_bicubic": {"mtf": {"network": 0.4}}}
    document.update(name="<script>alert(1)</script>", origin={"text": "A & B"}, figures=figures)
    (source / "mine.json").write_text(json.dumps(document))
    run(INSTALL, context, SOURCE=str(source))
    (own / "bad.json").write_text("{")
    log = Warnings()
    result = run(LIST, context, log, OUTPUT=str(tmp_path / "list.json"))
    listed = json.loads((tmp_path / "list.json").read_text())
    rows = {row["id"]: row for row in listed["installed"]}
    bundled = {card.id for card in load_cards(MODEL_FOLDER)[0]}
    assert result["COUNT"] == len(rows) and set(rows) == {*bundled, "mine"} == set(result["MODELS"].split(", "))
    mine = rows["mine"]
    assert (mine["place"], mine["origin"], mine["figures"]) == ("own", "A & B", {"mtf": 0.4})
    assert (mine["licence"], mine["sensor"], mine["scale_factor"]) == ("CC0-1.0", "sentinel2", 2)
    assert mine["bytes"] == (own / "mine.onnx").stat().st_size and mine["sha256"] == digest_of(own / "mine.onnx")
    assert {row["id"] for row in rows.values() if row["place"] == "bundled"} == bundled
    assert [text for text in log.warnings if "bad.json" in text] and log.warnings == listed["problems"]
    theirs = {row["id"]: row for row in listed["published_by_others"]}
    assert theirs["isr-rdn-large"]["sha256"].startswith("1816f1d3") and theirs["isr-rdn-large"]["how"].endswith("rdn")
    run(LIST, context, OUTPUT=str(tmp_path / "list.html"))
    page = (tmp_path / "list.html").read_text()
    assert "&lt;script&gt;alert(1)" in page and "<script>" not in page and "A &amp; B" in page
    assert "Published by others, not by SatSharp" in page and "20 m → 10 m" in page
    run(LIST, context, OUTPUT=str(tmp_path / "short.json"), CATALOGUE=False)
    assert json.loads((tmp_path / "short.json").read_text())["published_by_others"] == []


def test_list_needs_no_file(plugin, own, context):
    result = run(LIST, context, CATALOGUE=False)
    assert result["COUNT"] == len(load_cards(MODEL_FOLDER)[0]) and not result.get("OUTPUT")


# --- settings ---------------------------------------------------------------------------------------------------------


def test_options_page_keeps_the_address_of_the_catalogue(plugin):
    save_settings(Settings(catalogue="https://example.org/list.json"))
    page = SatSharpOptionsPage()
    page.tile_size.setValue(512)
    page.apply()
    assert load_settings() == Settings(tile_size=512, catalogue="https://example.org/list.json")

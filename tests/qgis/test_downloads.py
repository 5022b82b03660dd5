# SPDX-License-Identifier: GPL-2.0-or-later
"""Downloads through QGIS's network access, from a server on this machine."""

from __future__ import annotations

import hashlib
import http.server
import json
import sys
import threading
import time
import zipfile
from pathlib import Path

import pytest

pytest.importorskip("qgis.core")

from satsharp.core.errors import CancelledError, DependencyError, SatSharpError
from satsharp.plugin import dependencies, downloads
from satsharp.plugin.downloads import DownloadError, download, read_text
from satsharp.plugin.interpreter import this_interpreter

CONTENT = bytes(range(256)) * 4000


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves a folder; /slow/ sends a little at a time, /moved/ redirects."""

    def do_GET(self):
        self.server.asked.append((self.path, self.headers.get("Accept", "")))
        if self.path.startswith("/moved/"):
            self.send_response(302)
            self.send_header("Location", self.path.replace("/moved", ""))
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if not self.path.startswith("/slow/"):
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Length", str(10_000_000))
        self.end_headers()
        try:
            for _ in range(300):
                self.wfile.write(b"x" * 1000)
                self.wfile.flush()
                time.sleep(0.02)
        except OSError:
            self.server.aborted.set()

    def log_message(self, *_):
        pass


@pytest.fixture
def server(tmp_path):
    (tmp_path / "www").mkdir()
    (tmp_path / "www" / "file.bin").write_bytes(CONTENT)

    def handler(*arguments):
        return Handler(*arguments, directory=str(tmp_path / "www"))

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as made:
        made.asked, made.aborted = [], threading.Event()
        made.folder, made.address = tmp_path / "www", f"http://127.0.0.1:{made.server_address[1]}"
        thread = threading.Thread(target=made.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield made
        made.shutdown()


def never() -> bool:
    return False


def after(seconds: float):
    """Return a cancel question that is answered with yes after some time."""
    end = time.monotonic() + seconds
    return lambda: time.monotonic() > end


def test_file_arrives_whole_with_progress(server, tmp_path):
    parts: list[float] = []
    download(f"{server.address}/file.bin", tmp_path / "got.bin", len(CONTENT), parts.append, never)
    assert (tmp_path / "got.bin").read_bytes() == CONTENT
    assert parts[-1] == 1.0 and parts == sorted(parts)
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["got.bin"]


def test_file_arrives_in_a_worker_thread(server, tmp_path):
    problems = []

    def work():
        try:
            download(f"{server.address}/file.bin", tmp_path / "got.bin", len(CONTENT), lambda _: None, never)
        except SatSharpError as error:
            problems.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(20)
    assert problems == [] and (tmp_path / "got.bin").read_bytes() == CONTENT


def test_missing_file_is_a_sentence(server, tmp_path):
    with pytest.raises(DownloadError, match=r"The download from 127.0.0.1 failed: .*(Not Found|not found).*proxy"):
        download(f"{server.address}/none.bin", tmp_path / "got.bin", 10, lambda _: None, never)
    with pytest.raises(DownloadError, match=r"failed: .*(Not Found|not found)"):
        read_text(f"{server.address}/none.json", "application/json", never)
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == []


def test_redirects_are_followed(server, tmp_path):
    download(f"{server.address}/moved/file.bin", tmp_path / "got.bin", len(CONTENT), lambda _: None, never)
    assert (tmp_path / "got.bin").read_bytes() == CONTENT


def test_closed_port_is_a_sentence(tmp_path):
    with pytest.raises(DownloadError, match="Connection refused"):
        download("http://127.0.0.1:9/file.bin", tmp_path / "got.bin", 10, lambda _: None, never)
    with pytest.raises(DownloadError, match="Connection refused"):
        read_text("http://127.0.0.1:9/x.json", "application/json", never)


def test_longer_file_than_expected_is_refused(server, tmp_path):
    with pytest.raises(DownloadError, match="more than the expected 1000 bytes"):
        download(f"{server.address}/file.bin", tmp_path / "got.bin", 1000, lambda _: None, never)
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == []


def test_cancelled_download_stops_soon_and_leaves_nothing(server, tmp_path):
    started = time.monotonic()
    with pytest.raises(CancelledError):
        download(f"{server.address}/slow/file.bin", tmp_path / "got.bin", 20_000_000, lambda _: None, after(0.4))
    assert time.monotonic() - started < 3
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == []


def test_cancelled_text_stops_soon(server):
    started = time.monotonic()
    with pytest.raises(CancelledError):
        read_text(f"{server.address}/slow/index.json", "application/json", after(0.4))
    assert time.monotonic() - started < 3


def test_unwritable_place_is_a_sentence(server, tmp_path):
    with pytest.raises(DownloadError, match="cannot be written: No such file.* Free some space"):
        download(f"{server.address}/file.bin", tmp_path / "no" / "folder" / "x", 2_000_000, lambda _: None, never)


def test_full_disk_is_a_sentence(server):
    """/dev/full refuses every write, as a full disk does."""
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")

    class Full(type(full)):
        def with_name(self, name):
            return Unremovable("/dev/full")

    class Unremovable(type(full)):
        def unlink(self, missing_ok=False):
            pass

    with pytest.raises(DownloadError, match="No space left on device"):
        download(f"{server.address}/file.bin", Full("/dev/full"), 2_000_000, lambda _: None, never)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/x", "nonsense", ""])
def test_only_web_addresses_are_fetched(tmp_path, url):
    with pytest.raises(DownloadError, match="no web address"):
        download(url, tmp_path / "x", 10, lambda _: None, never)
    with pytest.raises(DownloadError, match="no web address"):
        read_text(url, "", never)


def test_too_long_text_is_refused(server, monkeypatch):
    monkeypatch.setattr(downloads, "MAXIMUM_TEXT_BYTES", 1000)
    with pytest.raises(DownloadError, match="more than the expected 1000 bytes"):
        read_text(f"{server.address}/file.bin", "", never)


def serve_wheel(server, version: str, digest: str = "") -> Path:
    here = this_interpreter()
    system = {"linux": "linux", "macosx": "macosx_10_0", "win": "win"}[here.system]
    tag = f"cp{here.version[0]}{here.version[1]}-{here.abi}-{system}_{here.machine}"
    path = server.folder / f"onnxruntime-{version}-{tag}.whl"
    with zipfile.ZipFile(path, "w") as archive:
        module = f"__version__ = '{version}'\ndef get_available_providers():\n    return ['CPUExecutionProvider']\n"
        archive.writestr("onnxruntime/__init__.py", module)
        archive.writestr(f"onnxruntime-{version}.dist-info/METADATA", "Name: onnxruntime\nRequires-Dist: numpy>=1.20\n")
    sha256 = digest or hashlib.sha256(path.read_bytes()).hexdigest()
    entry = {"filename": path.name, "url": f"../../{path.name}", "hashes": {"sha256": sha256}}
    (server.folder / "simple" / "onnxruntime").mkdir(parents=True)
    (server.folder / "simple" / "onnxruntime" / "index.html").write_text(json.dumps({"files": [entry]}))
    return path


def test_runtime_is_installed_over_the_network(server, tmp_path, monkeypatch):
    serve_wheel(server, "9.9.9")
    monkeypatch.setattr(dependencies, "find_runtime", lambda _: dependencies.RuntimeStatus("9.9.9"))
    before = list(sys.path)
    status = dependencies.install_runtime(
        tmp_path, f"{server.address}/simple", downloads, lambda _: None, never, nvidia=False
    )
    assert status.version == "9.9.9" and sys.path == before
    assert (dependencies.runtime_folder(tmp_path) / "onnxruntime" / "__init__.py").is_file()
    path, accept = server.asked[0]
    assert path == "/simple/onnxruntime/" and accept.startswith("application/vnd.pypi.simple.v1+json")


def test_wrong_digest_over_the_network_installs_nothing(server, tmp_path):
    serve_wheel(server, "9.9.9", "f" * 64)
    with pytest.raises(DependencyError, match="damaged or was changed"):
        dependencies.install_runtime(
            tmp_path, f"{server.address}/simple", downloads, lambda _: None, never, nvidia=False
        )
    assert not dependencies.runtime_folder(tmp_path).exists()

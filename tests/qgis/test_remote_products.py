# SPDX-License-Identifier: GPL-2.0-or-later
"""INPUT as a web address: rasters are read where they lie, archives are fetched once, from a server on this machine."""

from __future__ import annotations

import http.server
import io
import os
import re
import tarfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("qgis.core")

from osgeo import gdal
from qgis.core import QgsApplication, QgsProcessingException, QgsSettings
from satsharp.core.errors import CancelledError
from satsharp.plugin import cache_space, product_cache, remote_files
from satsharp.plugin.cache_space import cache_size, empty_cache
from satsharp.plugin.downloads import DownloadError
from satsharp.plugin.product_cache import Cache, Courier, local_source, public_source
from satsharp.plugin.remote_files import UnreachableError, ask, gdal_path, without_secrets
from satsharp.plugin.settings import GROUP

ALGORITHM = "satsharp:superresolve_sentinel2"
EXTENT = "601200,602400,5697600,5698800 [EPSG:32631]"
ARCHIVE = b"PK\x03\x04" + np.random.default_rng(0).bytes(400_000)


class Handler(http.server.BaseHTTPRequestHandler):
    """Serves a dictionary of bytes with ranges and entity tags; the path of a file may ask for misbehaviour."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.asked.append((self.path, self.headers.get("Range", "")))
        name = self.path.split("?")[0]
        if name.startswith("/status/"):
            return self.answer(int(name.split("/")[2]), b"no")
        if name not in self.server.files:
            return self.answer(404, b"<html>not here</html>")
        body = self.server.files[name]
        tag = f'"{hash(body)}"'
        headers = {"ETag": tag} if self.server.tags else {}
        part = re.match(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if not part or not self.server.ranges or self.headers.get("If-Range", tag) != tag:
            return self.answer(200, body, headers)
        first, last = int(part[1]), min(int(part[2] or len(body) - 1), len(body) - 1)
        headers["Content-Range"] = f"bytes {first}-{last}/{len(body)}"
        return self.answer(206, body[first : last + 1], headers)

    def do_HEAD(self):
        self.do_GET()

    def answer(self, status, body, headers=None):
        self.send_response(status)
        for key, value in (headers or {}).items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "HEAD":
            return
        breaks = self.server.breaks.pop(0) if self.server.breaks and len(body) > 100_000 else None
        for start in range(0, len(body[:breaks]), 50_000):
            try:
                self.wfile.write(body[:breaks][start : start + 50_000])
            except OSError:
                return
            time.sleep(self.server.pause)
        if breaks is not None:
            self.close_connection = True

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as made:
        made.asked, made.files, made.breaks, made.tags, made.ranges, made.pause = [], {}, [], True, True, 0.0
        made.daemon_threads = True
        made.address = f"http://127.0.0.1:{made.server_address[1]}"
        threading.Thread(target=made.serve_forever, args=(0.02,), daemon=True).start()
        yield made
        made.shutdown()


@pytest.fixture
def cache(tmp_path) -> Cache:
    return Cache(tmp_path / "cache", 10_000_000)


class Told:
    """A courier's record."""

    def __init__(self, cancel_at: float = 2.0) -> None:
        self.shares: list[float] = []
        self.lines: list[str] = []
        self.courier = Courier(self.shares.append, lambda: bool(self.shares) and self.shares[-1] >= cancel_at, self.log)

    def log(self, line: str) -> None:
        self.lines.append(line)


@contextmanager
def given(source: str, cache: Cache, told: Told | None = None):
    with local_source(source, cache, (told or Told()).courier) as path:
        yield path


def fetched(source: str, cache: Cache, told: Told | None = None) -> Path:
    with given(source, cache, told) as path:
        return Path(path)


def archives(server) -> list[str]:
    """Return the ranges of the requests that wanted more than the first bytes."""
    return [wanted for _, wanted in server.asked if wanted != "bytes=0-511"]


# --- what an address is -----------------------------------------------------------------------------------------------


def tar_of(name: str, content: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        entry = tarfile.TarInfo(name)
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("path", "body", "name"),
    [
        ("/S2A_X.SAFE.zip", ARCHIVE, "S2A_X.SAFE.zip"),
        ("/download?id=7", ARCHIVE, "download.zip"),
        ("/LC08_X.tar", tar_of("a", b"b" * 3000), "LC08_X.tar"),
        ("/LC08_X.tgz", b"\x1f\x8b\x08" + bytes(600), "LC08_X.tar.gz"),
        ("/LC08_X.tar.gz", b"\x1f\x8b\x08" + bytes(60), "LC08_X.tar.gz"),
        ("/MOD09.A2020.hdf", b"\x0e\x03\x13\x01" + bytes(60), "MOD09.A2020.hdf"),
        ("/VNP09.A2020.nc", b"\x89HDF\r\n\x1a\n" + bytes(600), "VNP09.A2020.h5"),
        ("/a%20b/..%2Fx.zip", ARCHIVE, "x.zip"),
    ],
)
def test_kind_is_told_by_the_first_bytes(server, path, body, name):
    server.files[path.split("?")[0]] = body
    remote = ask(server.address + path, lambda: False)
    assert (remote.name, remote.size, bool(remote.mark)) == (name, len(body), True)
    assert server.asked == [(path, "bytes=0-511")]


def test_raster_is_read_where_it_lies(server, cache):
    for magic in (b"II*\x00", b"MM\x00+"):
        server.files["/b.tif"] = magic + bytes(1000)
        with given(f"{server.address}/b.tif?a=1&b=x y", cache) as path:
            assert path == f"/vsicurl?list_dir=no&url={server.address}/b.tif%3Fa%3D1%26b%3Dx%20y"
    assert not cache.folder.exists()


def test_servers_without_ranges_are_asked_for_the_first_bytes_only(server):
    server.ranges, server.pause = False, 0.05
    server.files["/x.zip"] = ARCHIVE * 10
    started = time.monotonic()
    remote = ask(f"{server.address}/x.zip", lambda: False)
    assert remote.size == len(ARCHIVE) * 10 and time.monotonic() - started < 2


@pytest.mark.parametrize(
    ("path", "body", "sentence"),
    [
        ("/none.zip", None, r"none\.zip does not exist \(127\.0\.0\.1 answers with status 404\)\. Check the address"),
        ("/status/403/x.zip", None, r"may not be fetched \(127\.0\.0\.1 answers with status 403\): it needs a login"),
        ("/status/500/x.zip", None, "The download from 127.0.0.1 failed: "),
        ("/login.zip", b" <!DOCTYPE html><html>", "but a web page, perhaps one to log in"),
        (
            "/x.zip",
            b"hello world",
            r"neither an archive \(\.zip, .*\) nor a GeoTIFF .* but something else",
        ),
        ("/empty.zip", b"", r"empty\.zip is empty"),
    ],
)
def test_what_is_no_product_is_a_sentence(server, cache, path, body, sentence):
    if body is not None:
        server.files[path] = body
    with pytest.raises(DownloadError, match=sentence) as caught:
        fetched(f"{server.address}{path}?sig=hidden", cache)
    assert "hidden" not in str(caught.value) and not list(cache.folder.glob("*/*.zip"))


def test_no_network_is_a_sentence(cache):
    with pytest.raises(UnreachableError, match=r"Connection refused\. Check the connection and the proxy"):
        fetched("http://127.0.0.1:9/x.zip", cache)


def test_signatures_stay_out_of_names_and_files():
    azure = "https://u:p@a.example/c/x.tif?st=2024&se=2025&sp=rl&sv=1&sr=c&sig=abc%3D&v=2#part"
    assert without_secrets(azure) == "https://a.example/c/x.tif?v=2"
    assert without_secrets("https://a.example/x?X-Amz-Signature=1&X-Amz-Date=2&id=7") == "https://a.example/x?id=7"
    assert without_secrets("https://a.example/x?sp=3&st=4") == "https://a.example/x?sp=3&st=4"
    assert public_source(f"/a/b.tif; {azure}") == "/a/b.tif;https://a.example/c/x.tif?v=2"
    assert public_source("/a/b; c.tif") == "/a/b; c.tif"


def test_other_sources_pass_as_they_are(cache):
    for source in ("/a/b.zip", "/a;/b", "/vsizip//a/b.zip", "s3://bucket/x.zip", "C:\\data\\x.SAFE"):
        with given(source, cache) as path:
            assert path == source


# --- the cache --------------------------------------------------------------------------------------------------------


def test_archive_is_fetched_once_with_progress(server, cache):
    server.files["/S2.zip"] = ARCHIVE
    told = Told()
    path = fetched(f"{server.address}/S2.zip", cache, told)
    assert path.read_bytes() == ARCHIVE and path.parent.parent == cache.folder and path.name == "S2.zip"
    assert told.shares == sorted(told.shares) and told.shares[-1] == 1.0
    assert [line for line in told.lines if line.startswith("Fetching")]
    again = Told()
    assert fetched(f"{server.address}/S2.zip?sig=other", cache, again) == path
    assert archives(server) == [""] and again.shares == []
    assert again.lines == [f"{server.address}/S2.zip is in the cache, as the server has it still."]
    assert {file.name for file in path.parent.iterdir()} == {"S2.zip", "entry.json"}
    assert cache_size(cache.folder) == pytest.approx(len(ARCHIVE), rel=0.01)


def test_changed_file_is_fetched_again(server, cache):
    server.files["/S2.zip"] = ARCHIVE
    fetched(f"{server.address}/S2.zip", cache)
    server.files["/S2.zip"] = ARCHIVE[:-1] + b"!"
    assert fetched(f"{server.address}/S2.zip", cache).read_bytes()[-1:] == b"!"
    assert len(archives(server)) == 2


def test_changed_file_does_not_replace_the_copy_that_another_run_reads(server, cache):
    server.files["/S2.zip"] = ARCHIVE
    fetched(f"{server.address}/S2.zip", cache)
    told = Told()
    with given(f"{server.address}/S2.zip", cache) as first:
        server.files["/S2.zip"] = ARCHIVE[:-1] + b"!"
        assert fetched(f"{server.address}/S2.zip", cache, told) == Path(first)
        assert Path(first).read_bytes() == ARCHIVE
    assert len(told.lines) == 1 and "is being read by another run" in told.lines[0]
    assert fetched(f"{server.address}/S2.zip", cache).read_bytes()[-1:] == b"!"


def test_file_of_a_server_without_marks_is_fetched_every_time(server, cache):
    server.tags = False
    server.files["/S2.zip"] = ARCHIVE
    for _ in range(2):
        fetched(f"{server.address}/S2.zip", cache)
    assert len(archives(server)) == 2


def test_damaged_copy_is_fetched_again(server, cache):
    server.files["/S2.zip"] = ARCHIVE
    path = fetched(f"{server.address}/S2.zip", cache)
    path.write_bytes(b"short")
    assert fetched(f"{server.address}/S2.zip", cache).read_bytes() == ARCHIVE


def test_broken_connection_is_taken_up_where_it_stopped(server, cache):
    server.files["/S2.zip"] = ARCHIVE
    server.breaks = [150_000, 100_000]
    told = Told()
    assert fetched(f"{server.address}/S2.zip", cache, told).read_bytes() == ARCHIVE
    assert archives(server) == ["", "bytes=150000-", "bytes=250000-"]
    assert told.lines.count("The connection broke; going on where it stopped.") == 2


def test_file_that_stays_truncated_is_an_error_and_is_gone_on_with_later(server, cache):
    server.files["/S2.zip"] = ARCHIVE
    server.breaks = [150_000, 0]
    with pytest.raises(DownloadError, match="150000 bytes have arrived and are kept: the next run goes on from there"):
        fetched(f"{server.address}/S2.zip", cache)
    assert [path.name for path in cache.folder.glob("*/*.zip")] == []
    server.asked.clear()
    assert fetched(f"{server.address}/S2.zip", cache).read_bytes() == ARCHIVE
    assert archives(server) == ["bytes=150000-"]


def test_cancelling_keeps_what_has_arrived(server, cache):
    server.files["/S2.zip"] = ARCHIVE * 5
    server.pause = 0.02
    with pytest.raises(CancelledError):
        fetched(f"{server.address}/S2.zip", cache, Told(cancel_at=0.2))
    [partial] = cache.folder.glob("*/*.partial")
    assert 0.2 * len(ARCHIVE) * 5 <= partial.stat().st_size < len(ARCHIVE) * 5


def test_too_large_file_is_refused_before_it_is_fetched(server, cache):
    server.files["/S2.zip"] = ARCHIVE
    small = Cache(cache.folder, 300_000)
    with pytest.raises(DownloadError, match=r"S2\.zip has 0\.000 GB, more than .* \(0\.000 GB\)\. Raise that limit"):
        fetched(f"{server.address}/S2.zip", small)
    assert archives(server) == []


def test_full_disk_is_told_before(server, cache, monkeypatch):
    server.files["/S2.zip"] = ARCHIVE
    monkeypatch.setattr(cache_space.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 1000}))
    with pytest.raises(DownloadError, match=r"cache lacks 0\.000 GB for .*S2\.zip\. Free some space"):
        fetched(f"{server.address}/S2.zip", cache)
    assert archives(server) == []


def test_what_was_used_least_recently_goes_first(server, tmp_path):
    cache = Cache(tmp_path / "cache", 1_250_000)
    paths = {}
    for age, name in ((300, "a"), (200, "b"), (100, "c")):
        server.files[f"/{name}.zip"] = ARCHIVE
        paths[name] = fetched(f"{server.address}/{name}.zip", cache)
        for file in paths[name].parent.iterdir():
            os.utime(file, (time.time() - age,) * 2)
    (tmp_path / "cache" / "mine").mkdir()
    (tmp_path / "cache" / "mine" / "x").write_bytes(bytes(500_000))
    fetched(f"{server.address}/a.zip", cache)  # used again, so b is the oldest now
    server.files["/d.zip"] = ARCHIVE
    fetched(f"{server.address}/d.zip", cache)
    assert [name for name, path in paths.items() if path.exists()] == ["a", "c"]
    assert (tmp_path / "cache" / "mine" / "x").exists()


def test_what_a_run_is_reading_is_not_deleted(server, tmp_path):
    cache = Cache(tmp_path / "cache", 500_000)
    server.files["/a.zip"] = server.files["/b.zip"] = ARCHIVE
    with given(f"{server.address}/a.zip", cache) as held:
        fetched(f"{server.address}/b.zip", cache)
        empty_cache(cache.folder)
        assert Path(held).read_bytes() == ARCHIVE and len(list(cache.folder.iterdir())) == 1
    assert empty_cache(cache.folder) > len(ARCHIVE) and list(cache.folder.iterdir()) == []


def test_two_runs_fetch_the_same_file_once(server, cache):
    server.files["/a.zip"], server.pause = ARCHIVE, 0.02
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(fetched(f"{server.address}/a.zip", cache))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(found) == 3 and len(set(found)) == 1 and archives(server) == [""]


def test_copy_serves_without_a_network(server, cache, monkeypatch):
    server.files["/a.zip"] = ARCHIVE
    path = fetched(f"{server.address}/a.zip", cache)

    def unreachable(*_):
        raise UnreachableError("The download from 127.0.0.1 failed: Host not found.")

    monkeypatch.setattr(product_cache, "ask", unreachable)
    told = Told()
    assert fetched(f"{server.address}/a.zip", cache, told) == path
    assert re.fullmatch(r"The download .* The copy of \d{4}-\d\d-\d\d \d\d:\d\d is used\.", told.lines[0])
    with pytest.raises(UnreachableError):
        fetched(f"{server.address}/b.zip", cache)


def test_removed_file_is_told_though_there_is_a_copy(server, cache):
    server.files["/a.zip"] = ARCHIVE
    fetched(f"{server.address}/a.zip", cache)
    server.files.clear()
    with pytest.raises(DownloadError, match="does not exist"):
        fetched(f"{server.address}/a.zip", cache)


def test_unwritable_cache_is_a_sentence(server, tmp_path):
    (tmp_path / "file").write_text("x")
    server.files["/a.zip"] = ARCHIVE
    with pytest.raises(DownloadError, match="cannot be written: .* Choose another folder for products from the web"):
        fetched(f"{server.address}/a.zip", Cache(tmp_path / "file" / "cache", 10**7))


# --- from end to end --------------------------------------------------------------------------------------------------


def run(source, output, log, context):
    import processing

    values = {"INPUT": source, "OUTPUT": str(output), "MODEL": "test-20m", "EXTENT": EXTENT, "GUARD": "off"}
    made = QgsApplication.processingRegistry().createAlgorithmById(ALGORITHM)
    assert made.checkParameterValues(values, context) == (True, "")
    return processing.run(ALGORITHM, values, feedback=log, context=context)


def read(path) -> np.ndarray:
    return gdal.Open(str(path)).ReadAsArray()


@pytest.fixture
def cache_setting(tmp_path):
    QgsSettings().setValue(f"{GROUP}/cache_folder", str(tmp_path / "products"))
    return tmp_path / "products"


def test_archive_of_an_address_gives_the_same_as_the_folder(server, product, tmp_path, log, context, cache_setting):
    server.files[f"/{product.zip.name}"] = product.zip.read_bytes()
    address = f"{server.address}/{product.zip.name}"
    run(f"{address}?sig=hidden", tmp_path / "remote.tif", log, context)
    run(str(product.safe), tmp_path / "local.tif", log, context)
    assert np.array_equal(read(tmp_path / "remote.tif"), read(tmp_path / "local.tif"))
    assert gdal.Open(str(tmp_path / "remote.tif")).GetMetadataItem("SATSHARP_INPUT") == address
    [kept] = cache_setting.glob("*/*.zip")
    assert kept.name == product.zip.name and kept.stat().st_size == product.zip.stat().st_size
    server.asked.clear()
    run(address, tmp_path / "again.tif", log, context)
    assert archives(server) == [] and np.array_equal(read(tmp_path / "again.tif"), read(tmp_path / "local.tif"))


def test_cogs_are_read_in_place(server, product, tmp_path, log, context, cache_setting):
    """A stack of two addresses, one a GSD, gives what the same files give from the disk."""
    names = {10: ("B02", "B03", "B04", "B08"), 20: ("B05", "B06", "B07", "B8A", "B11", "B12")}
    addresses, paths = [], []
    for gsd, bands in names.items():
        sources = [str(next(product.safe.rglob(f"*_{name}_{gsd}m.jp2"))) for name in bands]
        stack = gdal.BuildVRT("", sources, separate=True)
        for number, name in enumerate(bands):
            stack.GetRasterBand(number + 1).SetDescription(name)
        path = tmp_path / f"stack_{gsd}m.tif"
        gdal.Translate(str(path), stack, format="COG")
        server.files[f"/{path.name}"] = path.read_bytes()
        addresses.append(f"{server.address}/{path.name}?sig=hidden")
        paths.append(str(path))
    run(";".join(addresses), tmp_path / "remote.tif", log, context)
    run(";".join(paths), tmp_path / "local.tif", log, context)
    remote = read(tmp_path / "remote.tif")
    assert remote.shape == (10, 120, 120) and np.array_equal(remote, read(tmp_path / "local.tif"))
    assert not cache_setting.exists()
    ranges = [wanted for _, wanted in server.asked if wanted]
    fetched_bytes = sum(int(b) - int(a) + 1 for a, b in (re.findall(r"\d+", wanted) for wanted in ranges))
    assert len(ranges) > 4 and fetched_bytes < 3 * sum(map(len, server.files.values()))
    assert "hidden" not in str(gdal.Open(str(tmp_path / "remote.tif")).GetMetadata())


def test_missing_address_ends_in_a_sentence(server, tmp_path, log, context, cache_setting):
    with pytest.raises(QgsProcessingException, match=r"x\.zip does not exist .* Check the address"):
        run(f"{server.address}/x.zip", tmp_path / "o.tif", log, context)
    assert not (tmp_path / "o.tif").exists()


def test_damaged_archive_ends_in_a_sentence(server, tmp_path, log, context, cache_setting):
    server.files["/x.zip"] = ARCHIVE
    with pytest.raises(QgsProcessingException, match=r"x\.zip is no readable zip archive"):
        run(f"{server.address}/x.zip", tmp_path / "o.tif", log, context)


def test_vsicurl_paths_are_let_through_and_addresses_are_not():
    from satsharp.core.errors import ProductError
    from satsharp.core.products import files

    with pytest.raises(ProductError, match="is an address, not a file. Download the product"):
        files.locate("https://a.example/x.zip")
    with pytest.raises(ProductError, match="does not exist"):
        files.locate(gdal_path("http://127.0.0.1:9/x.tif"))
    assert remote_files.is_address("HTTPS://A.example/x") and not remote_files.is_address("s3://x")

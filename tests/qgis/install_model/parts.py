# SPDX-License-Identifier: GPL-2.0-or-later
"""A server on this machine, and how the tests call the algorithms."""

from __future__ import annotations

import contextlib
import hashlib
import http.server
import re
import time
import zipfile
from pathlib import Path

import pytest

pytest.importorskip("qgis.core")

from qgis.core import (
    QgsApplication,
)

from ..conftest import Log

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

# SPDX-License-Identifier: GPL-2.0-or-later
"""Downloads go on where they stopped."""

from __future__ import annotations

import time

import pytest

pytest.importorskip("qgis.core")

from satsharp.core.errors import CancelledError
from satsharp.plugin.downloads import DownloadError
from satsharp.plugin.resumable import resume_download

from .parts import CONTENT, never  # noqa: E402


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

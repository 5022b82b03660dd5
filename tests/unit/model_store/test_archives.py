# SPDX-License-Identifier: GPL-2.0-or-later
"""Archives that are damaged, or that would do harm, are refused."""

from __future__ import annotations

import stat
import struct
import zipfile
from pathlib import Path

import pytest
from satsharp.core import model_archive
from satsharp.core.errors import CancelledError
from satsharp.core.model_archive import unpack_archive
from satsharp.core.model_store import InstallOptions

from .parts import refused, zipped


def archive_with(target: Path, name: str, mode: int = 0, data: bytes = b"x", flags: int = 0) -> Path:
    with zipfile.ZipFile(target, "w") as archive:
        entry = zipfile.ZipInfo(name)
        entry.external_attr = mode << 16
        archive.writestr(entry, data)
        entry.flag_bits |= flags
    return target


@pytest.mark.parametrize(
    "name",
    ["../evil.onnx", "a/../../evil", "/etc/evil", "C:\\evil", "..\\evil", "a:b", "a//b", "./a", "a/\x01", "what?"],
)
def test_zip_slip_is_refused(name, folder, tmp_path):
    refused(archive_with(tmp_path / "a.zip", name), folder, "an unsafe path")
    assert not list(tmp_path.rglob("evil*"))


def test_link_and_device_in_an_archive_are_refused(folder, tmp_path):
    refused(archive_with(tmp_path / "a.zip", "w.bin", stat.S_IFLNK | 0o777, b"/etc/passwd"), folder, "'w.bin', a link")
    refused(archive_with(tmp_path / "b.zip", "w.bin", stat.S_IFCHR | 0o666), folder, "no plain file")


def test_encrypted_archive_is_refused(folder, tmp_path):
    refused(archive_with(tmp_path / "a.zip", "w.bin", flags=1), folder, "encrypted")


def test_two_entries_of_one_name_are_refused(folder, tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("tiny.json", "{}")
        archive.writestr("TINY.json", "{}")
    refused(tmp_path / "a.zip", folder, "two entries of one name")


def test_too_many_entries_are_refused(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(model_archive, "MAX_MEMBERS", 3)
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for number in range(4):
            archive.writestr(f"{number}", "")
    refused(tmp_path / "a.zip", folder, "4 entries, more than 3")


@pytest.mark.parametrize("keep", [0.3, 0.9, 0.99])
def test_truncated_archive_is_refused(make, folder, tmp_path, keep):
    path = zipped(make(), tmp_path / "a.zip")
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * keep)])
    refused(path, folder, "damaged.*Download it again")


def test_flipped_byte_in_an_archive_is_refused(make, folder, tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("notes.txt", b"A" * 5000)
    data = bytearray((tmp_path / "a.zip").read_bytes())
    data[2000] ^= 1
    (tmp_path / "a.zip").write_bytes(data)
    refused(tmp_path / "a.zip", folder, "damaged")


def test_bomb_is_refused_by_what_it_declares(folder, tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("w.bin", bytes(10_000_000))
    assert (tmp_path / "a.zip").stat().st_size < 20_000
    refused(tmp_path / "a.zip", folder, "more than 1 MB", InstallOptions(maximum_bytes=1_000_000))


def test_bomb_that_lies_about_its_size_unpacks_no_more_than_declared(folder, tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("w.bin", bytes(10_000_000))
    data = path.read_bytes().replace(struct.pack("<I", 10_000_000), struct.pack("<I", 1000))
    path.write_bytes(data)
    refused(path, folder, "damaged", InstallOptions(maximum_bytes=1_000_000))


def test_unpacking_can_be_cancelled(make, tmp_path):
    (tmp_path / "out").mkdir()
    with pytest.raises(CancelledError):
        unpack_archive(zipped(make(), tmp_path / "a.zip"), tmp_path / "out", 1 << 20, lambda: True)

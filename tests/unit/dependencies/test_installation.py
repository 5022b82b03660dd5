# SPDX-License-Identifier: GPL-2.0-or-later
"""ONNX Runtime is installed whole or not at all, found, and removed."""

from __future__ import annotations

import errno
import shutil
import stat
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from satsharp.core.errors import CancelledError, DependencyError
from satsharp.plugin import dependencies, folder_swap, wheel_archive
from satsharp.plugin.dependencies import (
    find_runtime,
    install_wheel,
    remove_runtime,
    runtime_folder,
)
from satsharp.plugin.interpreter import folder_key

from .parts import digest_of, make_wheel


def test_missing_runtime_has_a_reason_and_a_remedy(no_system_runtime, tmp_path):
    status = find_runtime(tmp_path)
    assert status.version == ""
    assert "not installed" in status.problem and "Options" in status.problem and ".whl" in status.problem


def test_installed_wheel_is_found_behind_everything_else(no_system_runtime, tmp_path):
    path_before = list(sys.path)
    numpy_file = np.__file__
    wheel = make_wheel(tmp_path)
    status = install_wheel(wheel, digest_of(wheel), tmp_path / "profile")
    folder = runtime_folder(tmp_path / "profile")
    assert status == dependencies.RuntimeStatus("9.9.1", str(folder / "onnxruntime"), ("CPUExecutionProvider",), "")
    assert sys.path == [*path_before, str(folder)]
    assert sys.modules["numpy"].__file__ == numpy_file
    assert sorted(entry.name for entry in folder.iterdir()) == ["onnxruntime", "onnxruntime-9.9.1.dist-info"]
    assert folder.name == folder_key()
    assert [entry.name for entry in folder.parent.iterdir()] == [folder.name]  # nothing half-done beside it
    find_runtime(tmp_path / "profile")
    assert sys.path.count(str(folder)) == 1


def test_system_runtime_is_preferred(tmp_path):
    real = pytest.importorskip("onnxruntime")
    make_wheel(tmp_path)
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as archive:
        archive.extractall(runtime_folder(tmp_path))
    status = find_runtime(tmp_path)
    assert status.version == real.__version__ and status.problem == ""
    assert str(runtime_folder(tmp_path)) not in sys.path


def test_installing_again_replaces_and_removing_deletes(no_system_runtime, tmp_path):
    install_wheel(make_wheel(tmp_path, "9.9.1"), None, tmp_path)
    install_wheel(make_wheel(tmp_path, "9.9.2"), None, tmp_path)
    folder = runtime_folder(tmp_path)
    assert [entry.name for entry in folder.glob("*.dist-info")] == ["onnxruntime-9.9.2.dist-info"]
    remove_runtime(tmp_path)
    remove_runtime(tmp_path)
    assert not folder.exists() and str(folder) not in sys.path
    assert list(folder.parent.iterdir()) == []


def test_wrong_digest_is_refused(no_system_runtime, tmp_path):
    with pytest.raises(DependencyError, match="SHA-256"):
        install_wheel(make_wheel(tmp_path), "0" * 64, tmp_path)
    assert not (tmp_path / "python").exists()


@pytest.mark.parametrize("name", ["onnxruntime-9.9.1-cp27-cp27mu-win32.whl", "other-1.0-py3-none-any.whl", "x.zip"])
def test_wrong_file_names_the_wheel_that_is_wanted(no_system_runtime, tmp_path, name):
    path = make_wheel(tmp_path).rename(tmp_path / name)
    with pytest.raises(DependencyError, match=r"ends in cp\d+-cp\d+"):
        install_wheel(path, None, tmp_path)


@pytest.mark.parametrize(
    "name",
    ["../evil.py", "/etc/evil", "onnxruntime/../../evil.py", "C:/evil", "onnxruntime\\..\\evil", "onnxruntime//x"],
)
def test_wheel_that_escapes_its_folder_is_not_unpacked(no_system_runtime, tmp_path, name):
    wheel = make_wheel(tmp_path, extra={name: "evil"})
    with pytest.raises(DependencyError, match="unsafe entry"):
        install_wheel(wheel, None, tmp_path / "profile")
    assert not list(tmp_path.rglob("evil*")) and not (tmp_path / "profile").exists()


def test_wheel_with_a_link_is_not_unpacked(no_system_runtime, tmp_path):
    wheel = make_wheel(tmp_path)
    link = zipfile.ZipInfo("onnxruntime/link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(wheel, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(DependencyError, match="unsafe entry"):
        install_wheel(wheel, None, tmp_path)


def test_wheel_that_brings_numpy_is_refused(no_system_runtime, tmp_path):
    with pytest.raises(DependencyError, match="also holds 'numpy'"):
        install_wheel(make_wheel(tmp_path, extra={"numpy/__init__.py": ""}), None, tmp_path)


def test_wheel_that_unpacks_to_too_much_is_refused(no_system_runtime, tmp_path, monkeypatch):
    monkeypatch.setattr(wheel_archive, "MAXIMUM_UNPACKED_BYTES", 500)
    with pytest.raises(DependencyError, match="would unpack to"):
        install_wheel(make_wheel(tmp_path), None, tmp_path)


def test_wheel_for_another_numpy_is_refused(no_system_runtime, tmp_path):
    with pytest.raises(DependencyError, match=r"needs numpy >=99, but QGIS runs on numpy \d"):
        install_wheel(make_wheel(tmp_path, requires="numpy>=99"), None, tmp_path)


@pytest.mark.parametrize("damage", ["truncated", "empty", "no module"])
def test_damaged_wheel_is_refused(no_system_runtime, tmp_path, damage):
    wheel = make_wheel(tmp_path)
    if damage == "no module":
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr("onnxruntime-9.9.1.dist-info/METADATA", "")
    else:
        wheel.write_bytes(wheel.read_bytes()[: 300 if damage == "truncated" else 0])
    with pytest.raises(DependencyError, match="Download it again"):
        install_wheel(wheel, None, tmp_path)


def test_flipped_byte_inside_leaves_nothing_behind(no_system_runtime, tmp_path):
    wheel = make_wheel(tmp_path)
    content = bytearray(wheel.read_bytes())
    content[content.index(b"xxxx") + 10] ^= 1
    wheel.write_bytes(content)
    with pytest.raises(DependencyError, match="damaged"):
        install_wheel(wheel, None, tmp_path)
    assert list(runtime_folder(tmp_path).parent.iterdir()) == []


def test_wheel_that_cannot_be_loaded_is_removed_again(no_system_runtime, tmp_path):
    wheel = make_wheel(tmp_path, module="raise ImportError('DLL load failed')")
    with pytest.raises(DependencyError, match="DLL load failed"):
        install_wheel(wheel, None, tmp_path)
    assert not runtime_folder(tmp_path).exists() and "onnxruntime" not in sys.modules


def test_full_disk_is_a_sentence_and_keeps_the_earlier_runtime(no_system_runtime, tmp_path, monkeypatch):
    install_wheel(make_wheel(tmp_path, "9.9.1"), None, tmp_path)

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(wheel_archive.shutil, "copyfileobj", full)
    with pytest.raises(DependencyError, match="No space left on device.* Free some space"):
        install_wheel(make_wheel(tmp_path, "9.9.2"), None, tmp_path)
    folder = runtime_folder(tmp_path)
    assert [entry.name for entry in folder.glob("*.dist-info")] == ["onnxruntime-9.9.1.dist-info"]
    assert [entry.name for entry in folder.parent.iterdir()] == [folder.name]


def test_too_little_space_is_known_before_unpacking(no_system_runtime, tmp_path, monkeypatch):
    monkeypatch.setattr(wheel_archive.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10, 10, 0))
    with pytest.raises(DependencyError, match="less than the"):
        install_wheel(make_wheel(tmp_path), None, tmp_path)


def test_failed_rename_puts_the_earlier_runtime_back(no_system_runtime, tmp_path, monkeypatch):
    install_wheel(make_wheel(tmp_path, "9.9.1"), None, tmp_path)
    folder = runtime_folder(tmp_path)
    replace = folder_swap.os.replace

    def replace_but_not_new(source, target):
        if Path(target) == folder and Path(source).name != "old":
            raise OSError(errno.EIO, "Input/output error")
        replace(source, target)

    monkeypatch.setattr(folder_swap.os, "replace", replace_but_not_new)
    with pytest.raises(DependencyError, match="Input/output error"):
        install_wheel(make_wheel(tmp_path, "9.9.2"), None, tmp_path)
    assert [entry.name for entry in folder.glob("*.dist-info")] == ["onnxruntime-9.9.1.dist-info"]


def test_profile_that_is_a_file_is_a_sentence(no_system_runtime, tmp_path):
    (tmp_path / "profile").touch()
    with pytest.raises(DependencyError, match="cannot be written"):
        install_wheel(make_wheel(tmp_path), None, tmp_path / "profile")


def test_cancelling_while_unpacking_changes_nothing(no_system_runtime, tmp_path):
    answers = iter([False, True])
    with pytest.raises(CancelledError):
        install_wheel(make_wheel(tmp_path), None, tmp_path, lambda: next(answers))
    assert list(runtime_folder(tmp_path).parent.iterdir()) == []

# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the package index is, and what comes from it."""

from __future__ import annotations

from pathlib import Path

import pytest
from satsharp.core.errors import CancelledError, DependencyError
from satsharp.plugin.dependencies import (
    fetch_wheel,
    install_runtime,
)
from satsharp.plugin.package_index import find_wheels, index_address, package_address
from satsharp.plugin.wheels import (
    WheelFile,
)

from .parts import LINUX, FolderTransfer, index_entry, listing, make_wheel, own_tag


def test_index_address_comes_from_setting_then_environment_then_pip():
    environment = {"PIP_INDEX_URL": "https://mirror.invalid/simple"}
    assert index_address("https://own.invalid/", environment, lambda: "https://pip.invalid") == "https://own.invalid/"
    assert index_address("", environment, lambda: "https://pip.invalid") == "https://mirror.invalid/simple"
    assert index_address("", {}, lambda: "https://pip.invalid") == "https://pip.invalid"


def test_index_address_missing_or_no_web_address_is_a_sentence():
    with pytest.raises(DependencyError, match="Set its address in Settings"):
        index_address("", {}, lambda: "")
    with pytest.raises(DependencyError, match="is no web address"):
        index_address("file:///somewhere", {}, lambda: "")


def test_package_address_appends_or_replaces_the_name():
    assert package_address("https://x.invalid/simple/", "onnxruntime") == "https://x.invalid/simple/onnxruntime/"
    assert package_address("https://x.invalid/{name}/json", "onnxruntime") == "https://x.invalid/onnxruntime/json"


def test_index_without_gpu_build_falls_back_to_the_plain_one(tmp_path):
    name = "onnxruntime-1.20.0-cp311-cp311-manylinux_2_28_x86_64.whl"
    documents = {
        "https://x.invalid/simple/onnxruntime-gpu/": {"files": []},
        "https://x.invalid/simple/onnxruntime/": {"files": listing(name)},
    }
    transfer = FolderTransfer(tmp_path, documents)
    found = find_wheels("https://x.invalid/simple", LINUX, True, transfer, lambda: False)
    assert [wheel.url for wheel in found] == [f"https://x.invalid/f/{name}"]
    assert len(transfer.asked) == 2


def test_index_without_fitting_wheel_or_json_is_a_sentence(tmp_path):
    transfer = FolderTransfer(tmp_path, {"https://x.invalid/onnxruntime/": {"files": []}})
    with pytest.raises(DependencyError, match=r"has no onnxruntime for this Python .*cp311-cp311-manylinux"):
        find_wheels("https://x.invalid", LINUX, False, transfer, lambda: False)
    with pytest.raises(DependencyError, match="does not describe its packages in JSON") as caught:
        find_wheels("https://user:hidden@y.invalid", LINUX, False, transfer, lambda: False)
    assert "hidden" not in str(caught.value)


INDEX = "https://x.invalid/simple"


def served(tmp_path: Path, *wheels: Path, **changes: object) -> FolderTransfer:
    return FolderTransfer(
        tmp_path, {f"{INDEX}/onnxruntime/": {"files": [index_entry(wheel, **changes) for wheel in wheels]}}
    )


def test_runtime_is_fetched_verified_and_loaded(no_system_runtime, tmp_path):
    transfer = served(tmp_path, make_wheel(tmp_path, "9.9.1"), make_wheel(tmp_path, "9.10.0"))
    parts: list[float] = []
    status = install_runtime(tmp_path / "profile", INDEX, transfer, parts.append, lambda: False, nvidia=False)
    assert status.version == "9.10.0" and parts == [1.0]
    assert transfer.asked[-1] == f"https://x.invalid/files/onnxruntime-9.10.0-{own_tag()}.whl"


def test_release_for_another_numpy_is_skipped(no_system_runtime, tmp_path):
    transfer = served(tmp_path, make_wheel(tmp_path, "9.9.1"), make_wheel(tmp_path, "9.10.0", requires="numpy>=99"))
    status = install_runtime(tmp_path / "profile", INDEX, transfer, lambda _: None, lambda: False, nvidia=False)
    assert status.version == "9.9.1"


def test_only_releases_for_another_numpy_is_a_sentence(no_system_runtime, tmp_path):
    transfer = served(tmp_path, make_wheel(tmp_path, requires="numpy>=99"))
    with pytest.raises(DependencyError, match="needs numpy >=99.*install an older one"):
        install_runtime(tmp_path / "profile", INDEX, transfer, lambda _: None, lambda: False, nvidia=False)


def test_file_other_than_the_index_says_is_refused(no_system_runtime, tmp_path):
    transfer = served(tmp_path, make_wheel(tmp_path), hashes={"sha256": "0" * 64})
    with pytest.raises(DependencyError, match="damaged or was changed"):
        install_runtime(tmp_path / "profile", INDEX, transfer, lambda _: None, lambda: False, nvidia=False)
    assert not (tmp_path / "profile").exists()


def test_cancelled_fetch_leaves_nothing(no_system_runtime, tmp_path):
    transfer = served(tmp_path, make_wheel(tmp_path))
    with pytest.raises(CancelledError):
        install_runtime(tmp_path / "profile", INDEX, transfer, lambda _: None, lambda: True, nvidia=False)
    assert not (tmp_path / "profile").exists()


def test_file_name_from_the_index_cannot_leave_the_folder(tmp_path):
    wheel = WheelFile("../evil-1-cp311-cp311-win_amd64.whl", "https://x.invalid/evil", "0" * 64, 1, "", False)
    with pytest.raises(DependencyError, match="no acceptable wheel"):
        fetch_wheel(wheel, tmp_path, FolderTransfer(tmp_path, {}), lambda _: None, lambda: False)


def test_pip_knows_its_own_index(monkeypatch, tmp_path):
    """The built-in default of the installed pip, and what its configuration file says; the network is not asked."""
    pytest.importorskip("pip")
    monkeypatch.delenv("PIP_INDEX_URL", raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    address = index_address("", {})
    assert address.startswith("https://") and address.rstrip("/").endswith("simple")
    (tmp_path / "pip.conf").write_text("[global]\nindex-url = https://mirror.invalid/simple\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    assert index_address("", {}) == "https://mirror.invalid/simple"
    (tmp_path / "pip.conf").write_text("no ini file [")
    assert index_address("", {}) == address

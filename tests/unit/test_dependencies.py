# SPDX-License-Identifier: GPL-2.0-or-later
"""Finding, choosing, verifying and installing ONNX Runtime, with made-up wheels and an index on disk."""

from __future__ import annotations

import errno
import hashlib
import json
import shutil
import stat
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from satsharp.core.errors import CancelledError, DependencyError
from satsharp.plugin import dependencies, folder_swap, wheel_archive
from satsharp.plugin.dependencies import (
    fetch_wheel,
    find_runtime,
    install_runtime,
    install_wheel,
    remove_runtime,
    runtime_folder,
)
from satsharp.plugin.interpreter import Interpreter, folder_key, has_nvidia_driver, this_interpreter
from satsharp.plugin.package_index import find_wheels, index_address, package_address
from satsharp.plugin.wheels import (
    WheelFile,
    choose_wheel,
    choose_wheels,
    fits,
    numpy_requirement,
    package_names,
    parse_version,
    parse_wheel_name,
    satisfies,
)

LINUX = Interpreter((3, 11), "cp311", "linux", "x86_64", (2, 36))
OLD_LINUX = Interpreter((3, 9), "cp39", "linux", "x86_64", (2, 17))
WINDOWS = Interpreter((3, 12), "cp312", "win", "amd64")
MAC_ARM = Interpreter((3, 11), "cp311", "macosx", "arm64", (14, 2))
MAC_INTEL = Interpreter((3, 11), "cp311", "macosx", "x86_64", (12, 0))
MODULE = (
    "__version__ = {version!r}\n"
    "def get_available_providers():\n"
    "    return ['CPUExecutionProvider']\n"
)  # fmt: skip


def own_tag() -> str:
    """Return the tags of a wheel for the Python that runs the tests."""
    here = this_interpreter()
    system = {"linux": "linux", "macosx": "macosx_10_0", "win": "win"}[here.system]
    return f"cp{here.version[0]}{here.version[1]}-{here.abi}-{system}_{here.machine}"


def make_wheel(
    folder: Path,
    version: str = "9.9.1",
    tag: str = "",
    requires: str = "numpy>=1.20",
    extra: dict[str, str] | None = None,
    module: str = MODULE,
) -> Path:
    """Write a tiny wheel of a made-up onnxruntime."""
    path = folder / f"onnxruntime-{version}-{tag or own_tag()}.whl"
    info = f"onnxruntime-{version}.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("onnxruntime/__init__.py", module.format(version=version))
        archive.writestr("onnxruntime/capi/data.txt", "x" * 1000)
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: onnxruntime\nRequires-Dist: {requires}\n")
        for name, text in (extra or {}).items():
            archive.writestr(name, text)
    return path


def digest_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def index_entry(path: Path, **changes: object) -> dict[str, object]:
    """Describe a wheel as a PEP 691 index does, with a relative address."""
    entry = {
        "filename": path.name,
        "url": f"../../files/{path.name}",
        "hashes": {"sha256": digest_of(path)},
        "size": path.stat().st_size,
        "requires-python": ">=3.8",
        "yanked": False,
    }
    return {**entry, **changes}


class FolderTransfer:
    """A network made of a folder: records what was asked for, serves files by name."""

    def __init__(self, folder: Path, documents: dict[str, object]) -> None:
        self.folder, self.documents, self.asked = folder, documents, []

    def read_text(self, url, accept, is_cancelled):
        self.asked.append(url)
        return json.dumps(self.documents[url]) if url in self.documents else "<html>no JSON here</html>"

    def download(self, url, path, maximum_bytes, progress, is_cancelled):
        self.asked.append(url)
        if is_cancelled():
            raise CancelledError("The download was cancelled.")
        shutil.copyfile(self.folder / url.rsplit("/", 1)[1], path)
        progress(1.0)


@pytest.fixture
def no_system_runtime(monkeypatch):
    """Hide the real onnxruntime, and put sys.path and sys.modules back afterwards."""
    path = list(sys.path)
    real = {name: module for name, module in sys.modules.items() if name.split(".")[0] == "onnxruntime"}
    for name in real:
        del sys.modules[name]
    find_spec = dependencies.importlib.util.find_spec
    monkeypatch.setattr(
        dependencies.importlib.util,
        "find_spec",
        lambda name, *rest: None if name == "onnxruntime" else find_spec(name, *rest),
    )
    # The import system itself must not see the real one either: leave out every folder that holds it.
    monkeypatch.setattr(sys, "path", [entry for entry in path if not (Path(entry or ".") / "onnxruntime").is_dir()])
    yield
    for name in [name for name in sys.modules if name.split(".")[0] == "onnxruntime"]:
        del sys.modules[name]
    sys.modules.update(real)
    dependencies.importlib.invalidate_caches()


# --- which wheel ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filename", "interpreter", "expected"),
    [
        ("onnxruntime-1.31.1-cp311-cp311-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl", LINUX, True),
        ("onnxruntime-1.31.1-cp311-cp311-manylinux_2_39_x86_64.whl", LINUX, False),  # glibc 2.36 is too old
        ("onnxruntime-1.31.1-cp311-cp311-manylinux_2_28_aarch64.whl", LINUX, False),
        ("onnxruntime-1.31.1-cp312-cp312-manylinux_2_28_x86_64.whl", LINUX, False),
        ("onnxruntime-1.31.1-cp311-cp311t-manylinux_2_28_x86_64.whl", LINUX, False),
        ("onnxruntime-1.31.1-cp38-abi3-manylinux_2_28_x86_64.whl", LINUX, True),
        ("onnxruntime-1.31.1-cp312-abi3-manylinux_2_28_x86_64.whl", LINUX, False),
        ("onnxruntime-1.19.2-cp39-cp39-manylinux2014_x86_64.whl", OLD_LINUX, True),
        ("onnxruntime-1.19.2-cp39-cp39-manylinux_2_28_x86_64.whl", OLD_LINUX, False),
        ("onnxruntime-1.31.1-cp312-cp312-win_amd64.whl", WINDOWS, True),
        ("onnxruntime-1.31.1-cp312-cp312-win_arm64.whl", WINDOWS, False),
        ("onnxruntime-1.31.1-cp311-cp311-macosx_14_0_arm64.whl", MAC_ARM, True),
        ("onnxruntime-1.31.1-cp311-cp311-macosx_15_0_arm64.whl", MAC_ARM, False),
        ("onnxruntime-1.31.1-cp311-cp311-macosx_14_0_arm64.whl", MAC_INTEL, False),
        ("onnxruntime-1.16.0-cp311-cp311-macosx_11_0_universal2.whl", MAC_INTEL, True),
        ("onnxruntime-1.31.1-cp311-cp311-musllinux_1_2_x86_64.whl", LINUX, False),
    ],
)
def test_tags_decide_whether_a_wheel_fits(filename, interpreter, expected):
    assert fits(parse_wheel_name(filename), interpreter) is expected


def test_names_that_are_no_wheels_are_refused():
    assert parse_wheel_name("onnxruntime-1.31.1.tar.gz") is None
    assert parse_wheel_name("../onnxruntime-1.31.1-cp311-cp311-win_amd64.whl") is None


@given(st.lists(st.integers(0, 99), min_size=1, max_size=4), st.lists(st.integers(0, 99), min_size=1, max_size=4))
def test_comparisons_agree_with_padded_tuples(left, right):
    length = max(len(left), len(right))
    a, b = (tuple(value + [0] * (length - len(value))) for value in (left, right))
    text = ".".join(map(str, right))
    assert satisfies(tuple(left), f">={text}") == (a >= b)
    assert satisfies(tuple(left), f"<{text}") == (a < b)
    assert satisfies(tuple(left), f"=={text}") == (a == b)
    assert satisfies(tuple(left), f"!={text}") == (a != b)


@pytest.mark.parametrize(
    ("version", "specifier", "expected"),
    [
        ((1, 24, 2), ">=1.21.6", True),
        ((1, 24, 2), ">=2", False),
        ((1, 24, 2), ">=1.21,<2", True),
        ((1, 24, 2), "~=1.24.0", True),
        ((1, 25, 0), "~=1.24.0", False),
        ((3, 11), "!=3.11.*,>=3.8", False),
        ((3, 11), "", True),
        ((3, 11), "nonsense", False),
    ],
)
def test_specifiers(version, specifier, expected):
    assert satisfies(version, specifier) is expected


def test_only_final_versions_are_versions():
    assert parse_version("1.23.2") == (1, 23, 2)
    assert parse_version("1.23.2.post1") == (1, 23, 2)
    assert [parse_version(text) for text in ("1.24.0rc1", "1.24.0.dev20250101", "", "latest")] == [None] * 4


def listing(*names: str, **changes: object) -> list[dict[str, object]]:
    return [{"filename": name, "url": f"/f/{name}", "digests": {"sha256": "0" * 64}, **changes} for name in names]


def test_newest_fitting_wheel_is_chosen():
    suffix = "cp311-cp311-manylinux_2_28_x86_64.whl"
    document = {
        "releases": {
            "1.9.0": listing(f"onnxruntime-1.9.0-{suffix}"),
            "1.10.0": listing(f"onnxruntime-1.10.0-{suffix}", "onnxruntime-1.10.0-cp311-cp311-win_amd64.whl"),
            "1.11.0": listing(f"onnxruntime-1.11.0-{suffix}", yanked=True),
            "1.12.0": listing(f"onnxruntime-1.12.0-{suffix}", requires_python=">=3.12"),
            "1.13.0rc1": listing(f"onnxruntime-1.13.0rc1-{suffix}"),
            "1.14.0": [{"filename": f"onnxruntime-1.14.0-{suffix}", "url": "/f/x"}],  # no digest
            "1.15.0": listing("onnxruntime-1.15.0.tar.gz"),
        },
        "urls": listing("onnxruntime-1.16.0-cp312-cp312-win_amd64.whl"),
    }
    assert [wheel.filename for wheel in choose_wheels(document, "onnxruntime", LINUX)] == [
        f"onnxruntime-1.10.0-{suffix}",
        f"onnxruntime-1.9.0-{suffix}",
    ]
    assert choose_wheel(document, "onnxruntime", WINDOWS).filename == "onnxruntime-1.16.0-cp312-cp312-win_amd64.whl"
    assert choose_wheel(document, "onnxruntime", MAC_ARM) is None


def test_package_of_another_name_is_not_taken():
    document = {"files": listing("onnxruntime_gpu-1.20.0-cp311-cp311-manylinux_2_28_x86_64.whl")}
    assert choose_wheel(document, "onnxruntime", LINUX) is None
    assert choose_wheel(document, "onnxruntime-gpu", LINUX).filename.startswith("onnxruntime_gpu-1.20.0")


def test_gpu_build_comes_first_only_where_it_exists():
    assert package_names(LINUX, True) == ("onnxruntime-gpu", "onnxruntime")
    assert package_names(WINDOWS, True) == ("onnxruntime-gpu", "onnxruntime")
    assert package_names(MAC_ARM, True) == ("onnxruntime",)
    assert package_names(LINUX, False) == ("onnxruntime",)


def test_driver_is_found_by_its_file(tmp_path, monkeypatch):
    monkeypatch.setenv("SYSTEMROOT", str(tmp_path))
    driver = tmp_path / "libcuda.so.1"
    assert not has_nvidia_driver([str(driver)])
    driver.touch()
    assert has_nvidia_driver([str(driver)])


def test_numpy_requirement_is_read_from_metadata():
    assert numpy_requirement("Requires-Dist: flatbuffers\nRequires-Dist: numpy>=1.21.6\n") == ">=1.21.6"
    assert numpy_requirement("Requires-Dist: numpy (>=1.26)\n") == ">=1.26"
    assert numpy_requirement("Requires-Dist: numpydoc>=2\nRequires-Dist: numpy>=2 ; extra == 'x'\n") == ""


# --- where the index is -----------------------------------------------------------------------------------------------


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


# --- install, find, remove --------------------------------------------------------------------------------------------


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


# --- from an index ----------------------------------------------------------------------------------------------------

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

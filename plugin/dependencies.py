# SPDX-License-Identifier: GPL-2.0-or-later
"""Find, install and remove ONNX Runtime, the one dependency that QGIS does not bring.

A wheel is one ZIP file: it is verified and unpacked into the user's profile, keyed by Python's ABI. There is no pip,
no subprocess and no search for an interpreter; what the wheel's metadata names besides numpy (flatbuffers, protobuf,
...) is not needed to run networks. numpy stays QGIS's own: the folder is appended to ``sys.path``, never put in front,
and a wheel that brings anything else than ONNX Runtime, or wants another numpy, is refused.
"""

from __future__ import annotations

import importlib
import importlib.util
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..core.cards import file_digest
from ..core.errors import DependencyError
from .folder_swap import delete_folder, make_folder_beside, replace_folder
from .interpreter import Interpreter, folder_key, has_nvidia_driver, this_interpreter
from .package_index import Transfer, find_wheels
from .wheel_archive import NumpyMismatchError, check_archive, unpack
from .wheels import WheelFile, fits, parse_wheel_name

MAXIMUM_WHEEL_BYTES = 1 << 30
# Newer releases may have moved to a numpy that this QGIS does not have: look at this many, newest first.
_ATTEMPTS = 3
_LOAD_ERRORS = (ImportError, OSError, AttributeError, RuntimeError, SystemError, ValueError)


@dataclass(frozen=True)
class RuntimeStatus:
    """What is known about ONNX Runtime.

    Attributes:
        version: version that is loaded, empty where there is none.
        folder: folder it was loaded from.
        execution_providers: devices that this build can use, best first.
        problem: why it cannot be used and what to do; empty where it can.
    """

    version: str = ""
    folder: str = ""
    execution_providers: tuple[str, ...] = ()
    problem: str = ""


def runtime_folder(profile_folder: Path) -> Path:
    """Return where ONNX Runtime is installed for this Python in a QGIS profile."""
    return profile_folder / "python" / "satsharp" / folder_key()


def find_runtime(profile_folder: Path) -> RuntimeStatus:
    """Load ONNX Runtime from the system or, where the system has none, from the profile."""
    if "onnxruntime" not in sys.modules and importlib.util.find_spec("onnxruntime") is None:
        folder = runtime_folder(profile_folder)
        if not (folder / "onnxruntime").is_dir():
            return RuntimeStatus(
                problem="ONNX Runtime is not installed. In QGIS's Python console (Plugins > Python Console) run: "
                "from satsharp.plugin.installation import install; install() - or, without internet, "
                f"install('PATH') with a wheel of onnxruntime whose name ends in {this_interpreter()}.whl. "
                "The state is shown in Settings > Options > SatSharp."
            )
        _append_to_path(folder)
    return _load()


def install_wheel(
    path: Path,
    expected_sha256: str | None,
    profile_folder: Path,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> RuntimeStatus:
    """Verify a wheel of ONNX Runtime, unpack it into the profile and load it; an earlier one is replaced.

    Where ONNX Runtime is already loaded, the new one is used after a restart of QGIS.

    Args:
        path: the wheel; its file name must be the original one, because it holds the tags.
        expected_sha256: digest that the index gave, or None for a file that the user vouches for.
        profile_folder: folder of the QGIS profile.
        is_cancelled: asked between files.

    Raises:
        DependencyError: the wheel does not fit, is damaged or unsafe, cannot be written, or cannot be loaded.
        CancelledError: the user cancelled; nothing was changed.
    """
    _check_name(path, this_interpreter())
    _check_digest(path, expected_sha256)
    check_archive(path, str(importlib.import_module("numpy").__version__))
    target = runtime_folder(profile_folder)
    loaded_before = "onnxruntime" in sys.modules
    temporary = make_folder_beside(target)
    try:
        unpack(path, temporary, is_cancelled)
        replace_folder(temporary, target)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    status = find_runtime(profile_folder)
    if status.problem and not loaded_before:
        remove_runtime(profile_folder)
        raise DependencyError(f"{path.name} was unpacked, but cannot be used and is removed again. {status.problem}")
    return status


def install_runtime(
    profile_folder: Path,
    index: str,
    transfer: Transfer,
    progress: Callable[[float], None],
    is_cancelled: Callable[[], bool],
    nvidia: bool | None = None,
) -> RuntimeStatus:
    """Fetch the one right wheel from a package index and install it.

    Args:
        profile_folder: folder of the QGIS profile.
        index: address of the index, see ``package_index.index_address``.
        transfer: the network, normally the module ``plugin.downloads``.
        progress: told the part (0 to 1) of the download that is done.
        is_cancelled: asked all the while.
        nvidia: whether to prefer the GPU build; None looks for a driver.

    Raises:
        DependencyError: there is no fitting wheel, or it cannot be installed.
        CancelledError: the user cancelled; nothing was changed.
        SatSharpError: the download failed.
    """
    wants_gpu = has_nvidia_driver() if nvidia is None else nvidia
    refusal = None
    for wheel in find_wheels(index, this_interpreter(), wants_gpu, transfer, is_cancelled)[:_ATTEMPTS]:
        with tempfile.TemporaryDirectory(prefix="satsharp-") as folder:
            path = fetch_wheel(wheel, Path(folder), transfer, progress, is_cancelled)
            try:
                return install_wheel(path, wheel.sha256, profile_folder, is_cancelled)
            except NumpyMismatchError as error:
                refusal = error
    raise DependencyError(f"{refusal} The {_ATTEMPTS} newest releases were tried; install an older one from its file.")


def fetch_wheel(
    wheel: WheelFile,
    folder: Path,
    transfer: Transfer,
    progress: Callable[[float], None],
    is_cancelled: Callable[[], bool],
) -> Path:
    """Download a wheel into a folder and return its path; its size and digest are checked.

    Raises:
        DependencyError: the file's name is unsafe, or it is not the file that the index describes.
        SatSharpError: the download failed or was cancelled.
    """
    if parse_wheel_name(wheel.filename) is None or wheel.size > MAXIMUM_WHEEL_BYTES:
        raise DependencyError(f"The package index names {wheel.filename!r}, which is no acceptable wheel. Use another.")
    path = folder / wheel.filename
    transfer.download(wheel.url, path, wheel.size or MAXIMUM_WHEEL_BYTES, progress, is_cancelled)
    _check_digest(path, wheel.sha256)
    return path


def remove_runtime(profile_folder: Path) -> None:
    """Delete ONNX Runtime from the profile (for this Python); without one, nothing happens.

    Raises:
        DependencyError: the folder cannot be deleted.
    """
    folder = runtime_folder(profile_folder)
    if folder.exists():
        delete_folder(folder)
    if str(folder) in sys.path:
        sys.path.remove(str(folder))


def _check_name(path: Path, interpreter: Interpreter) -> None:
    name = parse_wheel_name(path.name)
    if name is None or not name.distribution.lower().startswith("onnxruntime"):
        raise DependencyError(
            f"{path.name} is no wheel of ONNX Runtime. Choose a file whose name starts with onnxruntime "
            f"and ends in {interpreter}.whl."
        )
    if not fits(name, interpreter):
        raise DependencyError(
            f"{path.name} is for another Python or platform. This QGIS needs a file that ends in {interpreter}.whl."
        )


def _check_digest(path: Path, expected: str | None) -> None:
    try:
        actual = file_digest(path)
    except OSError as error:
        raise DependencyError(f"{path} cannot be read: {error.strerror}. Choose another file.") from error
    if expected is not None and actual != expected.lower():
        raise DependencyError(
            f"{path.name} is damaged or was changed: its SHA-256 starts with {actual[:12]}, the package index says "
            f"{expected[:12]}. Download it again."
        )


def _append_to_path(folder: Path) -> None:
    if str(folder) not in sys.path:
        sys.path.append(str(folder))
    importlib.invalidate_caches()


def _load() -> RuntimeStatus:
    try:
        module = importlib.import_module("onnxruntime")
        providers = tuple(str(name) for name in module.get_available_providers())
        return RuntimeStatus(str(module.__version__), str(Path(str(module.__file__)).parent), providers)
    except _LOAD_ERRORS as error:
        _forget_module()
        return RuntimeStatus(problem=f"ONNX Runtime cannot be loaded: {error}. {_load_remedy()}")


def _forget_module() -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "onnxruntime"]:
        del sys.modules[name]


def _load_remedy() -> str:
    if sys.platform == "win32":
        return "Install the newest Microsoft Visual C++ Redistributable (x64), restart QGIS and try again."
    return (
        "Install it again with QGIS's Python console (from satsharp.plugin.installation import install; install()), "
        "then restart QGIS."
    )

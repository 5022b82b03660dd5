# SPDX-License-Identifier: GPL-2.0-or-later
"""What the set-up does in the background: look what the package index offers, install, remove, load."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from ..plugin import downloads
from ..plugin.dependencies import RuntimeStatus, find_runtime, remove_runtime, runtime_folder
from ..plugin.gpu import nvidia_gpus
from ..plugin.installation import install
from ..plugin.interpreter import has_nvidia_driver, this_interpreter
from ..plugin.package_index import find_wheels, index_address
from ..plugin.paths import profile_folder
from ..plugin.settings import load_settings

IsCancelled = Callable[[], bool]


@dataclass(frozen=True)
class WheelOffer:
    """The wheel that would be installed.

    Attributes:
        filename: its name, which tells the version.
        size: bytes; 0 where the index does not tell.
        host: where it comes from.
    """

    filename: str
    size: int
    host: str

    @property
    def version(self) -> str:
        """Package and version, such as ``onnxruntime 1.23.2``."""
        return " ".join(self.filename.split("-")[:2])


@dataclass(frozen=True)
class Found:
    """ONNX Runtime and the names of NVIDIA's GPUs on this machine."""

    status: RuntimeStatus
    gpus: tuple[str, ...] = ()


def is_there() -> bool:
    """Return whether ONNX Runtime is installed, without loading it."""
    if "onnxruntime" in sys.modules or importlib.util.find_spec("onnxruntime") is not None:
        return True
    return (runtime_folder(profile_folder()) / "onnxruntime").is_dir()


def wheel_offer(is_cancelled: IsCancelled) -> WheelOffer:
    """Ask the package index for the right wheel; raises as ``find_wheels`` does."""
    index = index_address(load_settings().package_index)
    wheel = find_wheels(index, this_interpreter(), has_nvidia_driver(), downloads, is_cancelled)[0]
    return WheelOffer(wheel.filename, wheel.size, urlsplit(index).hostname or index)


def loaded_runtime(is_cancelled: IsCancelled) -> Found:
    """Load ONNX Runtime and return what came with it."""
    return _with_gpus(find_runtime(profile_folder()))


def installed_runtime(wheel: str, progress: Callable[[float], None], is_cancelled: IsCancelled) -> Found:
    """Install from the index, or from a wheel file; raises as ``plugin.installation.install`` does."""
    return _with_gpus(install(wheel, progress, is_cancelled))


def remove(is_cancelled: IsCancelled) -> None:
    """Delete ONNX Runtime from the profile; raises as ``remove_runtime`` does."""
    remove_runtime(profile_folder())


def _with_gpus(status: RuntimeStatus) -> Found:
    return Found(status, tuple(gpu.name for gpu in nvidia_gpus()))

# SPDX-License-Identifier: GPL-2.0-or-later
"""The running Python and platform, as the tags of wheels name them."""

from __future__ import annotations

import os
import platform
import re
import sys
import sysconfig
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_NVIDIA_DRIVER_FILES = (
    "/proc/driver/nvidia/version",
    "/usr/lib/wsl/lib/libcuda.so.1",
    "/usr/lib/x86_64-linux-gnu/libcuda.so.1",
    "/usr/lib64/libcuda.so.1",
    "/usr/lib/libcuda.so.1",
)


@dataclass(frozen=True)
class Interpreter:
    """The Python that a wheel must fit.

    Attributes:
        version: such as (3, 11).
        abi: ABI tag such as ``cp311`` (``cp313t`` without the global interpreter lock).
        system: ``linux``, ``win`` or ``macosx``.
        machine: as in wheel tags: ``x86_64``, ``aarch64``, ``amd64``, ``arm64``.
        system_version: glibc version on Linux, macOS version on macOS; empty on Windows and on Linux without glibc.
    """

    version: tuple[int, int]
    abi: str
    system: str
    machine: str
    system_version: tuple[int, ...] = ()

    def __str__(self) -> str:
        """Return the end of a fitting wheel's name as people look for it, such as ``cp311-cp311-manylinux*_x86_64``."""
        system = {"linux": "manylinux*", "macosx": "macosx*"}.get(self.system, self.system)
        return f"cp{self.version[0]}{self.version[1]}-{self.abi}-{system}_{self.machine}"


def this_interpreter() -> Interpreter:
    """Describe the running Python."""
    version = (sys.version_info[0], sys.version_info[1])
    abi = f"cp{version[0]}{version[1]}" + ("t" if sysconfig.get_config_var("Py_GIL_DISABLED") else "")
    system, _, rest = sysconfig.get_platform().partition("-")
    # A universal Python of macOS names no single machine.
    machine = platform.machine().lower() if system == "macosx" else rest
    return Interpreter(version, abi, system, machine, _system_version(system))


def folder_key() -> str:
    """Return the name of the folder for this ABI, such as ``cpython-311-linux-x86_64``.

    A profile that QGIS 4 takes over from QGIS 3 so never loads a foreign binary.
    """
    return f"{sys.implementation.cache_tag}-{sysconfig.get_platform()}"


def has_nvidia_driver(files: Iterable[str] = _NVIDIA_DRIVER_FILES) -> bool:
    """Return whether an NVIDIA driver is installed, judged by its files alone."""
    windows = Path(os.environ.get("SYSTEMROOT", r"C:\Windows")) / "System32" / "nvcuda.dll"
    return windows.is_file() or any(Path(file).exists() for file in files)


def _system_version(system: str) -> tuple[int, ...]:
    if system == "linux":
        name, _, number = _libc().partition(" ")
        return _numbers(number) if name == "glibc" else ()
    if system == "macosx":
        version = _numbers(platform.mac_ver()[0])[:2]
        # A Python built for old macOS is told 10.16 by every later system: the true version is unknown, so trust it.
        return (99, 0) if version == (10, 16) else version
    return ()


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text))


def _libc() -> str:
    try:
        return os.confstr("CS_GNU_LIBC_VERSION") or ""
    except (AttributeError, OSError, ValueError):
        return ""

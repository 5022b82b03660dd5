# SPDX-License-Identifier: GPL-2.0-or-later
"""Which NVIDIA GPUs there are, asked of the driver's own library (NVML); nothing is installed or started for it."""

from __future__ import annotations

import ctypes
import sys
from dataclasses import dataclass

_LIBRARIES = ("nvml.dll",) if sys.platform == "win32" else ("libnvidia-ml.so.1", "/usr/lib/wsl/lib/libnvidia-ml.so.1")
_NAME_BYTES = 96


@dataclass(frozen=True)
class Gpu:
    """A graphics processor: its name, its memory in bytes, and the bytes of it that are free."""

    name: str
    memory: int
    free: int


class _Memory(ctypes.Structure):
    """nvmlMemory_t."""

    _fields_ = (("total", ctypes.c_ulonglong), ("free", ctypes.c_ulonglong), ("used", ctypes.c_ulonglong))


def nvidia_gpus() -> tuple[Gpu, ...]:
    """Return the GPUs that the NVIDIA driver knows; none without a driver."""
    library = _library()
    if library is None or library.nvmlInit_v2() != 0:
        return ()
    try:
        count = ctypes.c_uint()
        if library.nvmlDeviceGetCount_v2(ctypes.byref(count)) != 0:
            return ()
        found = (_gpu(library, number) for number in range(count.value))
        return tuple(gpu for gpu in found if gpu is not None)
    finally:
        library.nvmlShutdown()


def _library() -> ctypes.CDLL | None:
    for name in _LIBRARIES:
        try:
            return ctypes.CDLL(name)
        except OSError:
            continue
    return None


def _gpu(library: ctypes.CDLL, number: int) -> Gpu | None:
    handle, memory = ctypes.c_void_p(), _Memory()
    name = ctypes.create_string_buffer(_NAME_BYTES)
    if library.nvmlDeviceGetHandleByIndex_v2(ctypes.c_uint(number), ctypes.byref(handle)) != 0:
        return None
    if library.nvmlDeviceGetName(handle, name, ctypes.c_uint(_NAME_BYTES)) != 0:
        return None
    # Without permission for the memory (MIG) the name is known all the same.
    known = library.nvmlDeviceGetMemoryInfo(handle, ctypes.byref(memory)) == 0
    total, free = (int(memory.total), int(memory.free)) if known else (0, 0)
    return Gpu(name.value.decode("utf-8", errors="replace"), total, free)

# SPDX-License-Identifier: GPL-2.0-or-later
"""What the driver's library says of GPUs; a made-up library stands for it."""

from __future__ import annotations

import ctypes

from satsharp.plugin import gpu


class Library:
    """Two GPUs; the memory of the second is not told."""

    def __init__(self, starts: bool = True) -> None:
        self.starts, self.ended = starts, 0

    def nvmlInit_v2(self):
        return 0 if self.starts else 9

    def nvmlShutdown(self):
        self.ended += 1

    def nvmlDeviceGetCount_v2(self, count):
        count._obj.value = 2
        return 0

    def nvmlDeviceGetHandleByIndex_v2(self, number, handle):
        handle._obj.value = number.value + 1
        return 0

    def nvmlDeviceGetName(self, handle, name, length):
        ctypes.memmove(name, f"GPU {handle.value}".encode(), 6)
        return 0

    def nvmlDeviceGetMemoryInfo(self, handle, memory):
        if handle.value == 2:
            return 4
        memory._obj.total, memory._obj.free = 8 << 30, 6 << 30
        return 0


def test_gpus_are_named_with_their_memory(monkeypatch):
    library = Library()
    monkeypatch.setattr(gpu, "_library", lambda: library)
    assert gpu.nvidia_gpus() == (gpu.Gpu("GPU 1", 8 << 30, 6 << 30), gpu.Gpu("GPU 2", 0, 0))
    assert library.ended == 1


def test_without_a_driver_there_are_none(monkeypatch):
    monkeypatch.setattr(gpu, "_library", lambda: None)
    assert gpu.nvidia_gpus() == ()
    monkeypatch.setattr(gpu, "_library", lambda: Library(starts=False))
    assert gpu.nvidia_gpus() == ()
    monkeypatch.undo()
    monkeypatch.setattr(gpu, "_LIBRARIES", ("no-such-library.so",))
    assert gpu.nvidia_gpus() == ()

# SPDX-License-Identifier: GPL-2.0-or-later
"""Which device a run will use, and why; found out on a worker thread, as it loads ONNX Runtime."""

from __future__ import annotations

from dataclasses import dataclass

from ..plugin.dependencies import find_runtime
from ..plugin.gpu import Gpu, nvidia_gpus
from ..plugin.i18n import Translated
from ..plugin.paths import profile_folder
from ..plugin.settings import AUTO, load_settings

GIGABYTE = 1e9


@dataclass(frozen=True)
class DeviceFacts:
    """What is known of the device.

    Attributes:
        device: its name as in the settings; empty where ONNX Runtime is missing.
        asked: whether the user asked for it in the options.
        cores: processors that this process may use.
        gpus: graphics processors that a driver knows.
        offered: whether ONNX Runtime was built for the device.
    """

    device: str = ""
    asked: bool = False
    cores: int = 1
    gpus: tuple[Gpu, ...] = ()
    offered: bool = True


def find_device() -> DeviceFacts:
    """Return the device that a run with ``DEVICE=auto`` takes; to be called on a worker thread."""
    from ..core.session import AUTOMATIC, available_devices, cores

    if find_runtime(profile_folder()).problem:
        return DeviceFacts(cores=cores(), gpus=nvidia_gpus())
    wanted, devices = load_settings().device, available_devices()
    if wanted != AUTO:
        return DeviceFacts(wanted, True, cores(), nvidia_gpus(), wanted in devices)
    chosen = next((name for name in AUTOMATIC if name in devices), "cpu")
    return DeviceFacts(chosen, False, cores(), nvidia_gpus())


class DeviceWords(Translated):
    """Says it."""

    def short(self, facts: DeviceFacts) -> str:
        """Return what the device is called."""
        if facts.device in ("", "cpu"):
            return self.tr("CPU, 1 core") if facts.cores == 1 else self.tr("CPU, {} cores").format(facts.cores)
        if facts.device == "cuda" and facts.gpus:
            gpu = facts.gpus[0]
            return self.tr("{}, {} GB").format(gpu.name, f"{gpu.memory / GIGABYTE:.0f}")
        return self.tr("GPU by {}").format(facts.device)

    def why(self, facts: DeviceFacts) -> str:
        """Return why it is this one."""
        if not facts.device:
            return self.tr("ONNX Runtime is not installed yet.")
        if not facts.offered:
            return self.tr("The options ask for {}, which the installed ONNX Runtime cannot use.").format(facts.device)
        if facts.asked:
            return self.tr("Chosen in the options.")
        if facts.device != "cpu":
            return self.tr("The fastest that ONNX Runtime can use here.")
        if facts.gpus:
            return self.tr("The installed ONNX Runtime has no GPU build for the {}.").format(facts.gpus[0].name)
        return self.tr("No graphics processor was found that ONNX Runtime can use.")

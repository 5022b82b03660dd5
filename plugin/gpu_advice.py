# SPDX-License-Identifier: GPL-2.0-or-later
"""What can be told about the GPU: whether it can be used, and what keeps it from that."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from .dependencies import RuntimeStatus
from .i18n import Translated

CUDA, ROCM, DIRECTML, COREML = (
    "CUDAExecutionProvider",
    "ROCMExecutionProvider",
    "DmlExecutionProvider",
    "CoreMLExecutionProvider",
)


def offers_gpu_build(status: RuntimeStatus, driver: bool, system: str, profile_folder: Path) -> bool:
    """Return whether installing again would bring a build that uses the GPU.

    Args:
        status: what is installed now.
        driver: whether NVIDIA's driver is there.
        system: ``linux``, ``win`` or ``macosx``.
        profile_folder: of QGIS; what lies elsewhere belongs to the system and is left alone.
    """
    own = not status.folder or Path(status.folder).is_relative_to(profile_folder)
    return driver and own and system in ("linux", "win") and CUDA not in status.execution_providers


class GpuAdvice(Translated):
    """Says it in one or two sentences."""

    def sentence(self, status: RuntimeStatus, driver: bool, system: str, names: Iterable[str] = ()) -> str:
        """Return what is known of the GPU, and what to do where it is not used.

        Args:
            status: of ONNX Runtime.
            driver: whether NVIDIA's driver is there.
            system: ``linux``, ``win`` or ``macosx``.
            names: of the GPUs that the driver knows.
        """
        providers = status.execution_providers
        gpu = ", ".join(names) or self.tr("NVIDIA GPU")
        if CUDA in providers and driver:
            return self.tr(
                "{} is used where the libraries CUDA 12 and cuDNN 9 are installed; a benchmark of a model tells."
            ).format(gpu)
        if CUDA in providers:
            return self.tr(
                "This ONNX Runtime can use an NVIDIA GPU, but no driver was found. Install NVIDIA’s driver, or leave "
                "it: networks then run on the processor."
            )
        if driver:
            return self.tr("{} is not used: this ONNX Runtime is the build for processors.").format(gpu)
        return self._without_nvidia(providers, system)

    def _without_nvidia(self, providers: tuple[str, ...], system: str) -> str:
        if DIRECTML in providers:
            return self.tr("The GPU is used by way of DirectML.")
        if ROCM in providers:
            return self.tr("An AMD GPU is used where ROCm is installed; a benchmark of a model tells.")
        if COREML in providers:
            return self.tr("The device coreml uses Apple’s GPU in half precision; it is used only when it is chosen.")
        if system == "win":
            return self.tr(
                "Networks run on the processor. For a GPU without CUDA, install the wheel onnxruntime-directml from "
                "its file."
            )
        return self.tr("No GPU was found that ONNX Runtime can use: networks run on the processor.")

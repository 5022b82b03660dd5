# SPDX-License-Identifier: GPL-2.0-or-later
"""Install ONNX Runtime with one call, for QGIS's Python console and for panels.

from satsharp.plugin.installation import install; install()
from satsharp.plugin.installation import install; install("/path/to/onnxruntime-….whl")
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from . import downloads
from .dependencies import RuntimeStatus, install_runtime, install_wheel
from .package_index import index_address
from .paths import profile_folder
from .settings import load_settings


def install(
    wheel: str = "",
    progress: Callable[[float], None] = lambda _: None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> RuntimeStatus:
    """Install ONNX Runtime into the QGIS profile.

    Args:
        wheel: path of a wheel; empty fetches the right one from the package index.
        progress: told the part (0 to 1) of the download that is done.
        is_cancelled: asked all the while.

    Raises:
        DependencyError: there is no fitting wheel, or it cannot be installed.
        CancelledError: the user cancelled; nothing was changed.
        SatSharpError: the download failed.
    """
    if wheel:
        return install_wheel(Path(wheel).expanduser(), None, profile_folder(), is_cancelled)
    index = index_address(load_settings().package_index)
    return install_runtime(profile_folder(), index, downloads, progress, is_cancelled)

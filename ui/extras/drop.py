# SPDX-License-Identifier: GPL-2.0-or-later
"""Products and models that are dropped on QGIS: products become inputs of the panel, models are installed."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import PurePath
from typing import Any

from qgis.gui import QgsCustomDropHandler

# Names that only products have; anything else is left to QGIS. Names of files as agencies deliver them.
PRODUCT = r"""(?xi)^(
        S2[A-D]_MSIL(1C|2A)_.*(\.SAFE|\.zip)?            # Sentinel-2, folder or archive
        |MTD_MSIL(1C|2A)\.xml
        |L[COTEM]0\d_L\d.*(\.tar(\.gz)?|\.tgz|_MTL\.(txt|json|xml))
        |M[OY]D09.*\.hdf
        |V(NP|J1|J2)09.*\.(h5|hdf|nc)
    )$"""
MODEL = ".onnx"
INSTALL = "satsharp:install_model"


def add(iface: Any, panel: Any) -> Callable[[], None]:
    """Add the handler and return what removes it."""
    handler = DropHandler(panel)
    iface.registerCustomDropHandler(handler)
    return lambda: iface.unregisterCustomDropHandler(handler)


class DropHandler(QgsCustomDropHandler):
    """Takes what is SatSharp's."""

    def __init__(self, panel: Any) -> None:
        """Take who gets products."""
        super().__init__()
        self._panel = panel

    def handleFileDrop(self, file: str) -> bool:
        """Take a product or a model; returns whether it was one."""
        name = PurePath(file.rstrip("/\\")).name
        if re.match(PRODUCT, name):
            self._panel.add_input(file)
            return True
        if name.lower().endswith(MODEL):
            open_installation(file)
            return True
        return False


def open_installation(file: str) -> None:
    """Open the dialog that installs a model, with the file filled in."""
    import processing

    dialog = processing.createAlgorithmDialog(INSTALL, {"SOURCE": file})
    if dialog is not None:
        dialog.show()

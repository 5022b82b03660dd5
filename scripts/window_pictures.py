# SPDX-License-Identifier: GPL-2.0-or-later
"""Pictures of what QGIS shows, once it has come to rest; runs inside QGIS."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from qgis.core import QgsApplication
from qgis.PyQt.QtWidgets import QWidget
from qgis.utils import iface

from .palette_picture import write_palette

PICTURES = Path(os.environ.get("SATSHARP_PICTURES", "."))
SCRATCH = Path(os.environ.get("SATSHARP_SCRATCH", "."))
LARGEST_BYTES = 150_000
PATIENCE = 240.0


def settle(seconds: float = 0.4) -> None:
    """Let QGIS work for a while."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        QgsApplication.processEvents()
        time.sleep(0.01)


def wait_for(what: str, condition: Callable[[], bool], patience: float = PATIENCE) -> None:
    """Let QGIS work until something has happened."""
    end = time.monotonic() + patience
    while not condition():
        QgsApplication.processEvents()
        time.sleep(0.02)
        if time.monotonic() > end:
            raise TimeoutError(what)
    settle()


def save(widget: QWidget, name: str) -> None:
    """Save a picture of a widget, without what QGIS says of tasks that took long on a busy machine."""
    iface.messageBar().clearWidgets()
    settle()
    image = widget.grab().toImage()
    path, scratch = PICTURES / f"{name}.png", SCRATCH / "picture.png"
    image.save(str(scratch))
    write_palette(scratch, path)
    size = path.stat().st_size
    print(
        f"{path.name}: {image.width()} x {image.height()}, {size / 1000:.0f} kB{' TOO LARGE' * (size > LARGEST_BYTES)}"
    )

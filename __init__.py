# SPDX-License-Identifier: GPL-2.0-or-later
"""SatSharp: sharpen and harmonize satellite rasters with neural networks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .plugin.main import SatSharpPlugin


def classFactory(iface: object) -> SatSharpPlugin:
    """Return the plugin; called by QGIS (``iface`` is None in qgis_process)."""
    from .plugin.main import SatSharpPlugin

    return SatSharpPlugin(iface)

# SPDX-License-Identifier: GPL-2.0-or-later
"""Extras: short ways into the panel from the layer tree, the locator and the map."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def install(iface: Any, panel: Any) -> list[Callable[[], None]]:
    """Add the extras.

    Args:
        iface: QGIS's interface.
        panel: takes inputs by ``add_input(path)`` and ``add_layer(layer)``.

    Returns:
        What removes them, in the order in which they were added.
    """
    from . import drop, example, layer_menu, locator, processing_models

    return [
        layer_menu.add(iface, panel),
        locator.add(iface, panel),
        drop.add(iface, panel),
        processing_models.add(iface),
        example.add(iface, panel),
    ]

# SPDX-License-Identifier: GPL-2.0-or-later
"""Extras: short ways into the panel from the layer tree, the locator, the map and the toolbox."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def install(iface: Any, panel: Any) -> list[Callable[[], None]]:
    """Add the extras and return what removes them, in the order in which they were added."""
    return []

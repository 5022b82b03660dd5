# SPDX-License-Identifier: GPL-2.0-or-later
"""Work that ends after its view was closed has nobody to tell."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qgis.PyQt import sip
from qgis.PyQt.QtCore import QObject


def while_alive(owner: QObject, slot: Callable[..., object]) -> Callable[..., None]:
    """Return a function that calls another one as long as its owner has not been deleted by Qt."""

    def call(*values: Any) -> None:
        if not sip.isdeleted(owner):
            slot(*values)

    return call

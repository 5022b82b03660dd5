# SPDX-License-Identifier: GPL-2.0-or-later
"""How fast models are on this machine: measured on one tile, kept in the settings for each device and model."""

from __future__ import annotations

from qgis.core import QgsSettings

from ..plugin.settings import GROUP


def speed_of(device: str, model_id: str) -> float | None:
    """Return output megapixels a second, or None where nobody has measured."""
    try:
        speed = float(QgsSettings().value(_key(device, model_id), 0.0))
    except (TypeError, ValueError):
        return None
    return speed if speed > 0 else None


def remember(device: str, model_id: str, speed: float) -> None:
    """Keep output megapixels a second."""
    QgsSettings().setValue(_key(device, model_id), round(float(speed), 4))


def _key(device: str, model_id: str) -> str:
    return f"{GROUP}/speeds/{device}/{model_id}"

# SPDX-License-Identifier: GPL-2.0-or-later
"""How fast models are on this machine: measured on one tile, kept in the settings for each device and model."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from qgis.core import QgsSettings

from ..core.cards import Card
from ..plugin.settings import DEVICES, GROUP

if TYPE_CHECKING:
    from ..core.session import Stopper


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


def known_speeds(model_id: str) -> tuple[tuple[str, float], ...]:
    """Return the (device, output megapixels a second) of a model, as far as they were measured."""
    found = ((device, speed_of(device, model_id)) for device in DEVICES)
    return tuple((device, speed) for device, speed in found if speed is not None)


def forget(model_id: str) -> None:
    """Forget a model on all devices: another one may come under its name."""
    for device in DEVICES:
        QgsSettings().remove(_key(device, model_id))


def measure(card: Card, device: str, is_cancelled: Callable[[], bool]) -> float:
    """Run a model on one tile of made-up numbers on a worker thread, and return output megapixels a second.

    Raises:
        ModelError: the network cannot be loaded on this device, or fails.
        CancelledError: the user cancelled.
    """
    from ..core.model_speed import measure_model

    return measure_model(card, device, watched(is_cancelled))


def watched(is_cancelled: Callable[[], bool]) -> Stopper:
    """Return a stopper that also asks whether a task was cancelled."""
    from ..core.errors import CancelledError
    from ..core.session import Stopper

    class Watched(Stopper):
        def check(self) -> None:
            # Not by stop(): a stopper asks itself while it is locked.
            if is_cancelled():
                raise CancelledError("Measuring was cancelled.")
            super().check()

    return Watched()


def measured_devices() -> tuple[str, ...]:
    """Return the devices to measure on; loads ONNX Runtime.

    Raises:
        DependencyError: it is not installed.
    """
    from ..core.errors import DependencyError
    from ..core.session import available_devices
    from ..plugin.dependencies import find_runtime
    from ..plugin.paths import profile_folder

    problem = find_runtime(profile_folder()).problem
    if problem:
        raise DependencyError(problem)
    return available_devices()


def _key(device: str, model_id: str) -> str:
    return f"{GROUP}/speeds/{device}/{model_id}"

# SPDX-License-Identifier: GPL-2.0-or-later
"""The parameters of ``superresolve_raster`` as values that a worker thread may use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qgis.core import QgsRectangle

from ..core.cards import Card
from ..core.sensors import Sensor
from .raster_export import LayerSource

if TYPE_CHECKING:
    from ..core.job import Options


@dataclass(frozen=True)
class Request:
    """The parameters as values that a worker thread may use.

    Attributes:
        layers: INPUT and, where it is given, GUIDE.
        extents: EXTENT in the CRS of each of them; None for the whole.
        model: ``auto`` or a card id.
        cards: installed cards.
        sensors: known sensors by id.
        options: the engine's options.
    """

    layers: tuple[LayerSource, ...]
    extents: tuple[QgsRectangle | None, ...]
    model: str
    cards: tuple[Card, ...]
    sensors: dict[str, Sensor]
    options: Options

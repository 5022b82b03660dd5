# SPDX-License-Identifier: GPL-2.0-or-later
"""Which part is previewed, and with which parameters: those of the full run but for extent and outputs."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsPointXY,
    QgsProcessingAlgorithm,
    QgsRectangle,
    QgsReferencedRectangle,
    QgsUnitTypes,
)

from ..core.sensors import Sensor
from ..plugin.remote_files import is_address

EXTENT, OUTPUT, INTERVAL_OUTPUT = "EXTENT", "OUTPUT", "INTERVAL_OUTPUT"
# What changes files but no digit is as simple as can be.
_PLAIN = {"FORMAT": "GeoTIFF", "GROUPING": "one file", "RESUME": False}
# Metres along one degree of a great circle of the mean Earth (6371.0088 km, IUGG).
METRES_A_DEGREE = 111_195.08
# Sides of the preview in output pixels, and the seconds that it may take.
SIDES = (96, 128, 192, 256, 384, 512, 768)
FIRST_SIDE = 256
SECONDS = 2.0


@dataclass(frozen=True)
class Subject:
    """What is previewed.

    Attributes:
        algorithm: id with that of the provider.
        parameters: of the full run.
        sensor: whose products the algorithm reads, or None.
    """

    algorithm: str
    parameters: dict[str, Any] = field(default_factory=dict, hash=False)
    sensor: Sensor | None = None

    @property
    def source(self) -> str:
        """Path of a product; empty where INPUT is something else."""
        given = self.parameters.get("INPUT")
        return given if isinstance(given, str) and self.sensor is not None else ""


def can_preview(algorithm: QgsProcessingAlgorithm | None) -> bool:
    """Return whether an algorithm makes a part of its result when it is asked for one."""
    return algorithm is not None and all(algorithm.parameterDefinition(key) is not None for key in (EXTENT, OUTPUT))


def preview_parameters(
    algorithm: QgsProcessingAlgorithm, parameters: dict[str, Any], window: QgsReferencedRectangle, folder: Path
) -> dict[str, Any]:
    """Return the parameters of the full run for a window of it, with outputs in a folder.

    The bounds of the interval are made where the full run makes them: then both find out the same about the scene.
    """
    changed = {key: value for key, value in _PLAIN.items() if algorithm.parameterDefinition(key) is not None}
    changed[EXTENT] = window
    changed[OUTPUT] = str(folder / "preview.tif")
    if parameters.get(INTERVAL_OUTPUT):
        changed[INTERVAL_OUTPUT] = str(folder / "bounds.tif")
    return {**parameters, **changed}


def shown_parameters(parameters: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters that a preview depends on: not where the full run is done, nor where it is written."""
    hidden = {EXTENT, OUTPUT, "TILE_SIZE", *_PLAIN}
    shown = {key: value for key, value in parameters.items() if key not in hidden}
    # Not where bounds are written, but whether: more is then found out about the scene.
    return {**shown, INTERVAL_OUTPUT: bool(parameters.get(INTERVAL_OUTPUT))}


def lies_on_the_web(parameters: dict[str, Any]) -> bool:
    """Return whether an input would be fetched from the web."""
    several = parameters.get("INPUTS")
    given = [parameters.get("INPUT"), *(several if isinstance(several, (list, tuple)) else [several])]
    return any(is_address(str(value)) for value in given if isinstance(value, str))


def window_around(centre: QgsPointXY, crs: QgsCoordinateReferenceSystem, metres: float) -> QgsReferencedRectangle:
    """Return a square around a point of a map, in the map's CRS; its side is right to a few percent."""
    if crs.mapUnits() == QgsUnitTypes.DistanceUnit.DistanceDegrees:
        height = metres / METRES_A_DEGREE
        width = height / max(0.05, math.cos(math.radians(centre.y())))
    else:
        factor = QgsUnitTypes.fromUnitToUnitFactor(QgsUnitTypes.DistanceUnit.DistanceMeters, crs.mapUnits())
        width = height = metres * factor * _stretch(centre, crs)
    box = QgsRectangle(centre.x() - width / 2, centre.y() - height / 2, centre.x() + width / 2, centre.y() + height / 2)
    return QgsReferencedRectangle(box, crs)


def next_side(side: int, seconds: float) -> int:
    """Return the side of the next preview, in output pixels, after one that took so long."""
    place = SIDES.index(side) if side in SIDES else SIDES.index(FIRST_SIDE)
    if seconds > 2 * SECONDS:
        return SIDES[max(0, place - 1)]
    # The next side has about twice the pixels, and a part of the time is the same for all sides.
    return SIDES[min(len(SIDES) - 1, place + 1)] if seconds < SECONDS / 2 else side


def _stretch(centre: QgsPointXY, crs: QgsCoordinateReferenceSystem) -> float:
    """Return how many metres of the map are one on the ground: web maps stretch away from the equator."""
    if crs.authid() != "EPSG:3857":
        return 1.0
    return math.cosh(centre.y() / 6_378_137.0)

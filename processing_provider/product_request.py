# SPDX-License-Identifier: GPL-2.0-or-later
"""The parameters of ``superresolve_<sensor>`` as values that a worker thread may use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qgis.core import QgsCoordinateReferenceSystem, QgsProcessingAlgorithm, QgsProcessingContext

from ..core.cards import Card
from ..core.sensors import Sensor
from ..plugin.product_cache import Cache
from ..plugin.settings import AUTO, Settings
from . import parameters as keys
from .parameters import group_label
from .product_parameters import TARGET_CRS

if TYPE_CHECKING:
    from ..core.job import Options


@dataclass(frozen=True)
class Request:
    """The parameters as plain values, which a worker thread may use.

    Attributes:
        source: path of the product.
        model: ``auto`` or a card id.
        cards: installed cards for the sensor.
        options: the engine's options.
        cache: where products from the web are kept.
    """

    source: str
    model: str
    cards: tuple[Card, ...]
    options: Options
    cache: Cache


@dataclass(frozen=True)
class OptionReader:
    """Reads the engine's options from the parameters of an algorithm.

    Attributes:
        algorithm: whose parameters they are.
        sensor: whose products it reads.
    """

    algorithm: QgsProcessingAlgorithm
    sensor: Sensor

    def options(self, parameters: dict[str, Any], context: QgsProcessingContext, settings: Settings) -> Options:
        """Return the options; what the parameters leave open comes from the settings."""
        from ..core.job import Options

        read = self.algorithm
        labels = {group_label(gsd): gsd for gsd in self.sensor.gsds[1:]}
        chosen = read.parameterAsEnumStrings(parameters, keys.BANDS, context)
        extent, crs = self.extent(parameters, context)
        device = read.parameterAsEnumString(parameters, keys.DEVICE, context)
        return Options(
            # All groups means: those that this product has.
            gsds=() if set(chosen) == set(labels) else tuple(labels[label] for label in chosen),
            copy_fine_bands=read.parameterAsBoolean(parameters, keys.COPY_FINE_BANDS, context),
            extent=extent,
            extent_crs=crs,
            device=settings.device if device == AUTO else device,
            tile_size=read.parameterAsInt(parameters, keys.TILE_SIZE, context) or settings.tile_size,
            resume=read.parameterAsBoolean(parameters, keys.RESUME, context),
            cog=read.parameterAsEnumString(parameters, keys.FORMAT, context) == keys.COG,
            memory_mb=settings.memory_mb,
            consistency=read.parameterAsBoolean(parameters, keys.CONSISTENCY, context),
            guard=read.parameterAsEnumString(parameters, keys.GUARD, context),
            file_per_band=read.parameterAsEnumString(parameters, keys.GROUPING, context) == keys.FILE_PER_BAND,
            reflectance=read.parameterAsEnumString(parameters, keys.VALUES, context) == keys.REFLECTANCE,
            target_crs=self._target_crs(parameters, context),
        )

    def unknown_crs(self, parameters: dict[str, Any], context: QgsProcessingContext) -> bool:
        """Return whether TARGET_CRS is given and no CRS; QGIS itself would take it for none."""
        given = parameters.get(TARGET_CRS) not in (None, "")
        return given and not self.algorithm.parameterAsCrs(parameters, TARGET_CRS, context).isValid()

    def _target_crs(self, parameters: dict[str, Any], context: QgsProcessingContext) -> str:
        if self.algorithm.parameterDefinition(TARGET_CRS) is None:
            return ""
        return crs_text(self.algorithm.parameterAsCrs(parameters, TARGET_CRS, context))

    def extent(
        self, parameters: dict[str, Any], context: QgsProcessingContext
    ) -> tuple[tuple[float, float, float, float] | None, str]:
        """Return EXTENT as (xmin, ymin, xmax, ymax) with its CRS as code or WKT (empty: the product's own)."""
        if parameters.get(keys.EXTENT) in (None, ""):
            return None, ""
        box = self.algorithm.parameterAsExtent(parameters, keys.EXTENT, context)
        crs = crs_text(self.algorithm.parameterAsExtentCrs(parameters, keys.EXTENT, context))
        return (box.xMinimum(), box.yMinimum(), box.xMaximum(), box.yMaximum()), crs


def crs_text(crs: QgsCoordinateReferenceSystem) -> str:
    """Return a CRS as GDAL reads it: a code or WKT; empty for none."""
    if not crs.isValid():
        return ""
    # GDAL does not know the user's own definitions (USER:100000) by their code.
    return str(crs.authid()) if crs.authid().startswith("EPSG:") else str(crs.toWkt())

# SPDX-License-Identifier: GPL-2.0-or-later
"""Raster layers whose values are measurements, as values that a worker thread may use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from qgis.core import QgsProcessingException, QgsRasterLayer

from ..plugin.i18n import Translated
from .raster_export import LayerSource, describe_layer

if TYPE_CHECKING:
    from ..core.products.measured_raster import MeasuredRaster
    from ..core.products.raster_files import RasterSource
    from ..core.sensors import Sensor


class MeasuredLayers(Translated):
    """Describes layers that are files."""

    def describe(self, layer: QgsRasterLayer) -> LayerSource:
        """Return a layer as plain values; to be called on the thread of the layer.

        Raises:
            QgsProcessingException: it is no file.
        """
        described = describe_layer(layer)
        if not described.path:
            raise QgsProcessingException(
                self.tr("{} is no file. Export it to a GeoTIFF first (Export > Save As).").format(described.title)
            )
        return described


def raster_source(layer: LayerSource) -> RasterSource:
    """Return a layer as the engine reads it."""
    from ..core.products.raster_files import RasterSource

    crs = layer.crs.toWkt() if layer.crs.isValid() else ""
    return RasterSource(layer.path, layer.title, crs, origin=layer.origin)


def open_layer(layer: LayerSource, sensors: Mapping[str, Sensor]) -> MeasuredRaster:
    """Open a layer; raises as :func:`core.products.measured_raster.open_measured`."""
    from ..core.products.measured_raster import open_measured

    return open_measured(raster_source(layer), sensors)

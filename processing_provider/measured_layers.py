# SPDX-License-Identifier: GPL-2.0-or-later
"""Raster layers whose values are measurements."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from qgis.core import QgsRasterLayer

from ..plugin.i18n import Translated
from .raster_export import LayerSource

if TYPE_CHECKING:
    from ..core.products.measured_raster import MeasuredRaster
    from ..core.products.raster_files import RasterSource
    from ..core.sensors import Sensor


class MeasuredLayers(Translated):
    """Tells which layers cannot be read."""

    def problem(self, layer: QgsRasterLayer | None) -> str:
        """Return what is wrong with a layer that must be a file; nothing where there is none."""
        if layer is None or layer.providerType() == "gdal":
            return ""
        return self.tr("{} is no file. Export it to a GeoTIFF first (Export > Save As).").format(layer.name())


def raster_source(layer: LayerSource) -> RasterSource:
    """Return a layer as the engine reads it."""
    from ..core.products.raster_files import RasterSource

    crs = layer.crs.toWkt() if layer.crs.isValid() else ""
    return RasterSource(layer.path, layer.title, crs, origin=layer.origin)


def open_layer(layer: LayerSource, sensors: Mapping[str, Sensor]) -> MeasuredRaster:
    """Open a layer; raises as :func:`core.products.measured_raster.open_measured`."""
    from ..core.products.measured_raster import open_measured

    return open_measured(raster_source(layer), sensors)

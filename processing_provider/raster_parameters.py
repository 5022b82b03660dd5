# SPDX-License-Identifier: GPL-2.0-or-later
"""Parameters of ``superresolve_raster`` that others do not have, each with its help text; keys never change."""

from __future__ import annotations

from qgis.core import QgsProcessingParameterExtent, QgsProcessingParameterRasterLayer

from .parameters import EXTENT, INPUT, Parameters

GUIDE = "GUIDE"


class RasterParameters(Parameters):
    """Builds the parameter definitions."""

    def raster(self) -> QgsProcessingParameterRasterLayer:
        """Return INPUT: any raster layer."""
        return self._finished(
            QgsProcessingParameterRasterLayer(INPUT, self.tr("Raster to sharpen")),
            self.tr(
                "Any raster layer. Its bands are matched to those of the model by name (band descriptions such as B5, "
                "SR_B5 or red), else by their colours, else by their order where there are as many as the model takes; "
                "the log tells which is which. A layer that is no file, such as WMS, is exported for the extent first."
            ),
        )

    def guide(self) -> QgsProcessingParameterRasterLayer:
        """Return GUIDE: a finer raster."""
        return self._finished(
            QgsProcessingParameterRasterLayer(GUIDE, self.tr("Finer raster as a guide"), optional=True),
            self.tr(
                "Finer bands of the same place and time that carry the detail, such as the panchromatic band or the "
                "10 m bands. Its pixels must be a whole number of times as fine as the input's, as the model asks, and "
                "share their corners or lie half a pixel off them, as Landsat's do. Models that enlarge one raster "
                "alone need none."
            ),
        )

    def raster_extent(self) -> QgsProcessingParameterExtent:
        """Return EXTENT, which layers that are no files need."""
        return self._finished(
            QgsProcessingParameterExtent(EXTENT, self.tr("Extent (default: whole raster)"), optional=True),
            self.tr(
                "Part of the raster to work on, in any coordinate reference system. It is snapped outward to the "
                "coarsest pixels; the result equals that part of a run on the whole raster. Layers that are no files, "
                "such as WMS, need it."
            ),
        )

# SPDX-License-Identifier: GPL-2.0-or-later
"""Parameters of ``coregister``, each with its help text; keys and enum values never change."""

from __future__ import annotations

from qgis.core import (
    QgsProcessing,
    QgsProcessingParameterBand,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterNumber,
    QgsProcessingParameterRasterDestination,
    QgsProcessingParameterRasterLayer,
)

from .output_parameters import OUTPUT, OutputParameters
from .parameters import INPUT

REFERENCE, BAND, REFERENCE_BAND = "REFERENCE", "BAND", "REFERENCE_BAND"
MAX_SHIFT, LOCAL, GRID, RESAMPLING = "MAX_SHIFT", "LOCAL", "GRID", "RESAMPLING"
VECTORS_OUTPUT = "VECTORS_OUTPUT"
EAST, NORTH, QUALITY, WINDOWS = "EAST", "NORTH", "QUALITY", "WINDOWS"
# As in core.harmonization.coregistration_run, which is not imported here: it would load numpy when QGIS starts.
GRIDS = ("input", "reference")
METHODS = ("cubic", "bilinear", "nearest", "none")


class CoregisterParameters(OutputParameters):
    """Builds the parameter definitions."""

    def raster(self) -> QgsProcessingParameterRasterLayer:
        """Return INPUT: what is moved."""
        return self._finished(
            QgsProcessingParameterRasterLayer(INPUT, self.tr("Raster to move")),
            self.tr("All of its bands are moved alike. A file in a projected coordinate reference system, north up."),
        )

    def reference(self) -> QgsProcessingParameterRasterLayer:
        """Return REFERENCE: where it shall lie."""
        return self._finished(
            QgsProcessingParameterRasterLayer(REFERENCE, self.tr("Reference")),
            self.tr(
                "A raster of the same place that lies right. Its pixels may be finer or coarser, and it may be in "
                "another UTM zone."
            ),
        )

    def band(self) -> QgsProcessingParameterBand:
        """Return BAND: what is compared of INPUT; optional, or QGIS would not take the default."""
        return self._finished(
            QgsProcessingParameterBand(BAND, self.tr("Band of the raster to compare"), 1, INPUT, True),
            self.tr(
                "The band that shows most nearly what the reference's band shows, such as red and red, or pan and red."
            ),
        )

    def reference_band(self) -> QgsProcessingParameterBand:
        """Return REFERENCE_BAND: what is compared of REFERENCE."""
        return self._finished(
            QgsProcessingParameterBand(REFERENCE_BAND, self.tr("Band of the reference to compare"), 1, REFERENCE, True),
            self.tr(
                "Contrast does not matter, and red against near infrared is found, too; but shadows make such bands "
                "lie up to a third of a pixel of 10 m apart, so like bands are better."
            ),
        )

    def max_shift(self) -> QgsProcessingParameterNumber:
        """Return MAX_SHIFT in metres."""
        return self._advanced(
            QgsProcessingParameterNumber(
                MAX_SHIFT,
                self.tr("Largest shift to look for (metres, 0 = ten pixels of the coarser raster)"),
                QgsProcessingParameterNumber.Type.Double,
                0.0,
                False,
                0.0,
            ),
            self.tr("What lies further away is not found. A smaller search is safer where there is little to see."),
        )

    def local(self) -> QgsProcessingParameterBoolean:
        """Return LOCAL."""
        return self._advanced(
            QgsProcessingParameterBoolean(LOCAL, self.tr("Allow shifts that differ over the raster"), False),
            self.tr(
                "Fits a smooth grid of shifts instead of one, where that foretells the windows better; they may differ "
                "by up to two pixels of the coarser raster."
            ),
        )

    def grid(self) -> QgsProcessingParameterEnum:
        """Return GRID."""
        return self._finished(
            QgsProcessingParameterEnum(
                GRID, self.tr("Grid of the result"), list(GRIDS), False, GRIDS[0], False, usesStaticStrings=True
            ),
            self.tr(
                "input: the pixels of the raster itself. reference: the coordinate reference system of the reference, "
                "with corners on the corners of its pixels; the pixels are a whole number of the reference's, or a "
                "whole part of them, and at most as large as the raster's. Either way there is one resampling."
            ),
        )

    def resampling(self) -> QgsProcessingParameterEnum:
        """Return RESAMPLING."""
        return self._finished(
            QgsProcessingParameterEnum(
                RESAMPLING,
                self.tr("Resampling"),
                list(METHODS),
                False,
                METHODS[0],
                False,
                usesStaticStrings=True,
            ),
            self.tr(
                "cubic is best for reflectance, nearest for classes. none leaves every pixel as it is and moves the "
                "origin of the raster instead, which then no longer lies on whole metres."
            ),
        )

    def moved(self) -> QgsProcessingParameterRasterDestination:
        """Return OUTPUT."""
        return self._finished(
            QgsProcessingParameterRasterDestination(OUTPUT, self.tr("Moved raster")),
            self.tr(
                "GeoTIFF with all bands, their names, type, nodata, scale and colours. It appears under its name only "
                "when it is complete."
            ),
        )

    def vectors(self) -> QgsProcessingParameterFeatureSink:
        """Return VECTORS_OUTPUT."""
        return self._finished(
            QgsProcessingParameterFeatureSink(
                VECTORS_OUTPUT,
                self.tr("Shift vectors"),
                QgsProcessing.SourceType.TypeVectorPoint,
                None,
                True,
                False,
            ),
            self.tr(
                "A point for each usable window, where the raster shows its middle, with the metres by which it must "
                "be moved there (east, north, length_m), the quality from 0 to 1, and whether it agrees with the "
                "others (kept). QGIS draws them as arrows."
            ),
        )

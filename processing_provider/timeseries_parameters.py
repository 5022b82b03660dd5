# SPDX-License-Identifier: GPL-2.0-or-later
"""Parameters of ``superresolve_timeseries`` that others do not have, each with its help text; keys never change."""

from __future__ import annotations

from qgis.core import (
    QgsProcessing,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterEnum,
    QgsProcessingParameterExtent,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterNumber,
)

from .parameters import EXTENT, Parameters

INPUTS, JUDGED_ON, MAX_CLOUD, TRAINING_GRID = "INPUTS", "JUDGED_ON", "MAX_CLOUD", "TRAINING_GRID"
WHOLE, ONLY_EXTENT = "whole scene", "extent"
USUAL_CLOUD = 50.0


class TimeseriesParameters(Parameters):
    """Builds the parameter definitions."""

    def dates(self) -> QgsProcessingParameterMultipleLayers:
        """Return INPUTS: products, or rasters, of several dates."""
        definition = QgsProcessingParameterMultipleLayers(
            INPUTS, self.tr("Dates (products or rasters of one place)"), QgsProcessing.SourceType.TypeFile
        )
        definition.setMinimumNumberInputs(1)
        return self._finished(
            definition,
            self.tr(
                "Products of several dates (their folders, metadata files or archives), or rasters such as true-colour "
                "images, also the names of loaded layers. All must lie on the same pixels; what only some of them "
                "cover is cut off. As many as the model takes are chosen: the clearest. Where there are too few, good "
                "ones are repeated."
            ),
        )

    def timeseries_extent(self) -> QgsProcessingParameterExtent:
        """Return EXTENT."""
        return self._finished(
            QgsProcessingParameterExtent(EXTENT, self.tr("Extent (default: all that every date shows)"), optional=True),
            self.tr(
                "Part of the scene to work on, in any coordinate reference system. It is snapped outward to the "
                "coarsest pixels; the result equals that part of a run on the whole scene with the same dates."
            ),
        )

    def judged_on(self) -> QgsProcessingParameterEnum:
        """Return JUDGED_ON."""
        return self._advanced(
            QgsProcessingParameterEnum(
                JUDGED_ON,
                self.tr("Judge the clouds of"),
                [WHOLE, ONLY_EXTENT],
                False,
                WHOLE,
                False,
                usesStaticStrings=True,
            ),
            self.tr(
                "whole scene: the dates with the least clouds in the whole scene are used, the same for every extent. "
                "extent: those with the least clouds in the extent."
            ),
        )

    def max_cloud(self) -> QgsProcessingParameterNumber:
        """Return MAX_CLOUD."""
        return self._advanced(
            QgsProcessingParameterNumber(
                MAX_CLOUD,
                self.tr("Most clouds and gaps of a date (%)"),
                QgsProcessingParameterNumber.Type.Double,
                USUAL_CLOUD,
                False,
                0.0,
                100.0,
            ),
            self.tr(
                "A date of which more is cloudy or missing is left out; clearer ones are repeated instead. Clouds are "
                "known by the scene classification of Level-2A, else by their brightness."
            ),
        )

    def training_grid(self) -> QgsProcessingParameterBoolean:
        """Return TRAINING_GRID."""
        return self._advanced(
            QgsProcessingParameterBoolean(TRAINING_GRID, self.tr("Warp onto the grid of the training images"), False),
            self.tr(
                "Satlas' models were trained on the Web-Mercator grid of zoom 17 (EPSG:3857, pixels of 9.5546 m, which "
                "are smaller on the ground away from the equator). With this option all dates are warped onto it, "
                "bilinearly, so that the model sees objects in the size it knows; the result lies on that grid, too. "
                "It also brings dates of different UTM zones together. Models must declare such a grid."
            ),
        )

# SPDX-License-Identifier: GPL-2.0-or-later
"""Parameters of rasters of several dates, each with its help text; keys and enum values never change."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessing,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFile,
    QgsProcessingParameterMultipleLayers,
)

from . import cloud_parameters as masks
from .cloud_parameters import CloudParameters

INPUTS, FOLDER, TABLE, MASKS = "INPUTS", "FOLDER", "TABLE", "MASKS"
NO_MASKS, FIND_MASKS = "none", "find"


class SeriesParameters(CloudParameters):
    """Builds the parameter definitions."""

    def sources(self) -> tuple[Any, ...]:
        """Return INPUTS, FOLDER and TABLE, of which one is enough."""
        return (
            self._finished(
                QgsProcessingParameterMultipleLayers(
                    INPUTS, self.tr("Rasters of several dates"), QgsProcessing.SourceType.TypeRaster, optional=True
                ),
                self.tr(
                    "One raster for each date, of one sensor or of several: Landsat that was harmonized, Sentinel-2, "
                    "any GeoTIFF. When each was taken is told by the table, by the tags that SatSharp and other "
                    "programs write, or by its name, such as S2_20210630.tif."
                ),
            ),
            self._finished(
                QgsProcessingParameterFile(
                    FOLDER,
                    self.tr("Folder of rasters"),
                    QgsProcessingParameterFile.Behavior.Folder,
                    "",
                    None,
                    True,
                ),
                self.tr("All rasters in this folder, besides those that are chosen one by one."),
            ),
            self._advanced(
                QgsProcessingParameterFile(
                    TABLE,
                    self.tr("Table of dates"),
                    QgsProcessingParameterFile.Behavior.File,
                    "csv",
                    None,
                    True,
                ),
                self.tr(
                    "A CSV file with the column file and, as far as needed, date (2021-06-30 or 2021-06-30T10:15:00), "
                    "sensor and mask, with files named relative to its folder. Without other rasters, those that it "
                    "names are taken."
                ),
            ),
        )

    def clouds(self) -> tuple[Any, ...]:
        """Return MASKS and what belongs to it."""
        return (
            self._finished(
                QgsProcessingParameterEnum(
                    MASKS,
                    self.tr("Cloud masks"),
                    [FIND_MASKS, NO_MASKS],
                    False,
                    FIND_MASKS,
                    False,
                    usesStaticStrings=True,
                ),
                self.tr(
                    "find: hide clouds by the mask that the table names, by a band QA_PIXEL, SCL or Fmask of the "
                    "raster itself, or by a file beside it of the same day, place and satellite whose name says so or "
                    "whose band is called classes, as that of harmonize_landsat. none: hide nothing."
                ),
            ),
            self.kind(masks.MASK_KIND, self.tr("Kind of the cloud masks")),
            self.masked(),
            self.dilation(),
        )

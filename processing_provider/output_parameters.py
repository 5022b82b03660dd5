# SPDX-License-Identifier: GPL-2.0-or-later
"""Parameters of what is written, each with its help text; keys and enum values never change."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessingParameterDefinition,
    QgsProcessingParameterEnum,
    QgsProcessingParameterRasterDestination,
)

from ..plugin.i18n import Translated
from ..plugin.settings import load_settings, output_format

FORMAT, GROUPING, VALUES = "FORMAT", "GROUPING", "VALUES"
OUTPUT, INTERVAL_OUTPUT = "OUTPUT", "INTERVAL_OUTPUT"

GEOTIFF, COG = "GeoTIFF", "COG"
ONE_FILE, FILE_PER_BAND = "one file", "one file a band"
DIGITAL_NUMBERS, REFLECTANCE = "digital numbers", "reflectance"


class OutputParameters(Translated):
    """Builds parameter definitions."""

    def format(self) -> QgsProcessingParameterEnum:
        """Return FORMAT."""
        return self._advanced(
            QgsProcessingParameterEnum(
                FORMAT,
                self.tr("Format"),
                [GEOTIFF, COG],
                False,
                output_format(load_settings()),
                False,
                usesStaticStrings=True,
            ),
            self.tr(
                "GeoTIFF is written tile by tile. COG (Cloud Optimized GeoTIFF) is a GeoTIFF ordered for reading over "
                "the web; it takes a further pass and twice the disk space while it is made."
            ),
        )

    def grouping(self) -> QgsProcessingParameterEnum:
        """Return GROUPING."""
        return self._advanced(
            QgsProcessingParameterEnum(
                GROUPING,
                self.tr("Files"),
                [ONE_FILE, FILE_PER_BAND],
                False,
                ONE_FILE,
                False,
                usesStaticStrings=True,
            ),
            self.tr(
                "one file holds all bands. one file a band: each band is written to NAME_BAND.tif beside the output, "
                "which is then NAME.vrt, a small file that joins them, so that QGIS and other programs open all bands "
                "as one raster. The values are the same."
            ),
        )

    def values(self) -> QgsProcessingParameterEnum:
        """Return VALUES."""
        return self._advanced(
            QgsProcessingParameterEnum(
                VALUES,
                self.tr("Values"),
                [DIGITAL_NUMBERS, REFLECTANCE],
                False,
                DIGITAL_NUMBERS,
                False,
                usesStaticStrings=True,
            ),
            self.tr(
                "digital numbers: as the product stores them, with scale and offset in the file. reflectance: "
                "floating-point numbers with NaN as nodata, without scale and offset; saturated pixels become nodata."
            ),
        )

    def output(self) -> QgsProcessingParameterRasterDestination:
        """Return OUTPUT."""
        return self._finished(
            QgsProcessingParameterRasterDestination(OUTPUT, self.tr("Super-resolved bands")),
            self.tr(
                "GeoTIFF with all bands on the finest grid, in the digital numbers of the input. It appears under its "
                "name only when it is complete."
            )
            + " "
            + self.tr("With a name that ends in .vrt the GeoTIFF lies beside a VRT of that name, for other programs."),
        )

    def interval_output(self) -> QgsProcessingParameterRasterDestination:
        """Return INTERVAL_OUTPUT, which is made on demand only."""
        return self._finished(
            QgsProcessingParameterRasterDestination(
                INTERVAL_OUTPUT, self.tr("Bounds of the sharpened bands"), None, True, False
            ),
            self.tr(
                "GeoTIFF with two bands for each sharpened one: the bounds between which the truth lies with the "
                "probability that the model was calibrated for, such as 90 %, in the digital numbers of the input. "
                "It needs models with a calibrated interval and does not change a digit of the other output."
            ),
        )

    def _finished(self, definition: Any, text: str) -> Any:
        definition.setHelp(text)
        return definition

    def _advanced(self, definition: Any, text: str) -> Any:
        definition.setFlags(definition.flags() | QgsProcessingParameterDefinition.Flag.FlagAdvanced)
        return self._finished(definition, text)

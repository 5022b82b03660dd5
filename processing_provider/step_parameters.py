# SPDX-License-Identifier: GPL-2.0-or-later
"""Parameters of the classical steps of harmonization, each with its help text; keys and enum values never change."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFile,
    QgsProcessingParameterNumber,
    QgsProcessingParameterRasterDestination,
    QgsProcessingParameterRasterLayer,
    QgsProcessingParameterString,
)

from ..core.harmonization.sensor_names import SENSORS
from ..plugin.settings import AUTO
from .output_parameters import OUTPUT, OutputParameters
from .parameters import INPUT

FROM, TO, TABLE, BANDS, GSD, ANGLES, SUN_ZENITH = "FROM", "TO", "TABLE", "BANDS", "GSD", "ANGLES", "SUN_ZENITH"
# Value of SUN_ZENITH for that of HLS, and the lowest sun that kernels are made for.
LOCAL, LOWEST_SUN = -1.0, 85.0


class _RasterOrProduct(QgsProcessingParameterRasterLayer):
    """A raster layer, or a path that QGIS need not be able to load."""

    def checkValueIsAcceptable(self, value: Any, context: QgsProcessingContext | None = None) -> bool:
        """Take any path; whether something is there is checked by the algorithm."""
        if isinstance(value, str):
            return bool(value.strip())
        return bool(super().checkValueIsAcceptable(value, context))


class StepParameters(OutputParameters):
    """Builds the parameter definitions."""

    def raster_or_product(self) -> QgsProcessingParameterRasterLayer:
        """Return INPUT."""
        return self._finished(
            _RasterOrProduct(INPUT, self.tr("Raster layer or product")),
            self.tr(
                "A raster whose bands are named in their descriptions (B02, B8A, SR_B5, red, ...), or the folder, "
                "metadata file or archive of a Sentinel-2 or Landsat 8/9 product of Collection 2. Of Landsat, Level-2 "
                "is used where both levels are given."
            ),
        )

    def source_sensor(self) -> QgsProcessingParameterEnum:
        """Return FROM."""
        return self._finished(
            self._enum(FROM, self.tr("Sensor of the input")),
            self.tr(
                "Sensor that measured the input. auto takes it from the product, from the tags of earlier results of "
                "SatSharp, or from a name such as S2A_MSIL2A_... or LC08_L2SP_...."
            ),
        )

    def target_sensor(self) -> QgsProcessingParameterEnum:
        """Return TO."""
        return self._finished(
            self._enum(TO, self.tr("Sensor to adjust to")),
            self.tr(
                "Sensor whose bandpasses the result has. auto takes landsat8, the reference of HLS, for Sentinel-2, "
                "and sentinel2a for Landsat. Landsat 8 and 9 are alike."
            ),
        )

    def table(self, text: str) -> QgsProcessingParameterFile:
        """Return TABLE with its help text."""
        return self._advanced(
            QgsProcessingParameterFile(
                TABLE,
                self.tr("Own table"),
                QgsProcessingParameterFile.Behavior.File,
                optional=True,
                fileFilter=f"{self.tr('Tables')} (*.json)",
            ),
            text + " " + self.tr("The format is described in resources/harmonization/README.md of the plugin."),
        )

    def band_names(self) -> QgsProcessingParameterString:
        """Return BANDS."""
        return self._advanced(
            QgsProcessingParameterString(BANDS, self.tr("Names of the bands"), "", False, True),
            self.tr(
                "For rasters whose bands have no or other names: the sensor's name of each band in order, separated by "
                "commas, such as B2,B3,B4,B5. A hyphen leaves a band as it is."
            ),
        )

    def gsd(self) -> QgsProcessingParameterNumber:
        """Return GSD."""
        return self._finished(
            QgsProcessingParameterNumber(
                GSD,
                self.tr("Ground sampling distance of the bands of a product in metres (0 = automatic)"),
                QgsProcessingParameterNumber.Type.Double,
                0.0,
                True,
                0.0,
            ),
            self.tr(
                "Which bands of a product to take: the output has one grid. 10, 20 or 60 for Sentinel-2, 30 for "
                "Landsat. Automatic is 10 and 30. For rasters it is ignored."
            ),
        )

    def angles(self) -> QgsProcessingParameterFile:
        """Return ANGLES."""
        return self._finished(
            QgsProcessingParameterFile(
                ANGLES,
                self.tr("Product with the angles (default: the input)"),
                QgsProcessingParameterFile.Behavior.File,
                optional=True,
                fileFilter=f"{self.tr('Products')} (MTD_*.xml *_MTL.txt *_MTL.json *.zip *.tar *.tar.gz *.tgz);;"
                f"{self.tr('All files')} (*)",
            ),
            self.tr(
                "Folder, metadata file or archive of the product that a raster was made from. Sentinel-2: the angle "
                "grids of the granule (MTD_TL.xml). Landsat: the angle bands (..._SZA.TIF and so on) of the Level-1 "
                "product of Collection 2, which may also lie beside the Level-2 product, or be given after a "
                "semicolon. Where grids or bands are missing, mean angles are used, with a warning."
            ),
        )

    def sun_zenith(self) -> QgsProcessingParameterNumber:
        """Return SUN_ZENITH."""
        return self._finished(
            QgsProcessingParameterNumber(
                SUN_ZENITH,
                self.tr("Zenith of the sun to normalise to in degrees (-1 = as HLS)"),
                QgsProcessingParameterNumber.Type.Double,
                LOCAL,
                True,
                LOCAL,
                LOWEST_SUN,
            ),
            self.tr(
                "As HLS: the zenith angle of the sun in the middle of the product on its day, at the mean time at "
                "which Landsat 8 and Sentinel-2 pass that latitude. Give one angle to bring scenes of several days "
                "to it."
            ),
        )

    def result(self, title: str) -> QgsProcessingParameterRasterDestination:
        """Return OUTPUT with its title."""
        return self._finished(
            QgsProcessingParameterRasterDestination(OUTPUT, title),
            self.tr(
                "GeoTIFF on the grid of the input, with its bands, data type, nodata value, scale and offset. It "
                "appears under its name only when it is complete."
            ),
        )

    def _enum(self, key: str, title: str) -> QgsProcessingParameterEnum:
        return QgsProcessingParameterEnum(key, title, [AUTO, *SENSORS], False, AUTO, False, usesStaticStrings=True)

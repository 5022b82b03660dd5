# SPDX-License-Identifier: GPL-2.0-or-later
"""Parameters of the harmonization of Landsat, each with its help text; keys and enum values never change."""

from __future__ import annotations

from qgis.core import (
    QgsProcessingParameterBoolean,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFile,
    QgsProcessingParameterNumber,
    QgsProcessingParameterRasterDestination,
    QgsProcessingParameterString,
)

from ..plugin.settings import AUTO
from .output_parameters import INTERVAL_OUTPUT, OUTPUT
from .product_parameters import ProductParameters

PAN, REFERENCE, REFERENCE_BAND, MGRS_TILE = "PAN", "REFERENCE", "REFERENCE_BAND", "MGRS_TILE"
METHOD, COREGISTER, MAX_SHIFT = "METHOD", "COREGISTER", "MAX_SHIFT"
BRDF, SUN_ZENITH, BANDPASS = "BRDF", "SUN_ZENITH", "BANDPASS"
BANDPASS_TABLE, BRDF_TABLE = "BANDPASS_TABLE", "BRDF_TABLE"
CLOUDS, DILATION, QA_OUTPUT = "CLOUDS", "DILATION", "QA_OUTPUT"
EAST, NORTH, VALID_FRACTION = "EAST", "NORTH", "VALID_FRACTION"

# Values as in core.harmonization.landsat_request, which is not imported here: it would load numpy when QGIS starts.
NETWORK, ENSEMBLE, PANSHARPEN, CUBIC = "network", "ensemble", "pansharpen", "cubic"
METHODS = (NETWORK, ENSEMBLE, PANSHARPEN, CUBIC)
NO_BANDPASS = "none"
BANDPASSES = (AUTO, NO_BANDPASS, "sentinel2a", "sentinel2b", "sentinel2c")
UNDER_CLOUDS = ("original", "nodata", "harmonized")
GROWTH = 60.0


class HarmonizeParameters(ProductParameters):
    """Builds the parameter definitions."""

    def pan(self) -> QgsProcessingParameterFile:
        """Return PAN."""
        return self._finished(
            self._file(PAN, self.tr("Level-1 product with the panchromatic band")),
            self.tr(
                "Level-2 products have no panchromatic band (B8). It is taken from the Level-1 product of the same "
                "acquisition: the one given here, or one that lies beside the product. The method cubic needs none."
            ),
        )

    def reference(self) -> QgsProcessingParameterFile:
        """Return REFERENCE."""
        return self._finished(
            self._file(REFERENCE, self.tr("Sentinel-2 product or layer to match")),
            self.tr(
                "The result lies on the grid of this Sentinel-2 product, raster file or loaded layer (its name or id), "
                "brought to 10 m, and the Landsat product is moved onto it. Without it the result lies on the lattice "
                "that all tiles of Sentinel-2 share in this zone of UTM, unmoved."
            ),
        )

    def reference_band(self) -> QgsProcessingParameterNumber:
        """Return REFERENCE_BAND."""
        return self._advanced(
            QgsProcessingParameterNumber(
                REFERENCE_BAND,
                self.tr("Band of the reference layer that shows red"),
                QgsProcessingParameterNumber.Type.Integer,
                1,
                False,
                1,
            ),
            self.tr("Used to find the shift. Of Sentinel-2 products B04 is taken whatever is said here."),
        )

    def mgrs_tile(self) -> QgsProcessingParameterString:
        """Return MGRS_TILE."""
        return self._finished(
            QgsProcessingParameterString(MGRS_TILE, self.tr("Tile of Sentinel-2, such as 31TCJ"), optional=True),
            self.tr("Without a reference: the tile whose grid and extent the result has."),
        )

    def method(self) -> QgsProcessingParameterEnum:
        """Return METHOD."""
        return self._finished(
            self._choice(METHOD, self.tr("Method"), METHODS),
            self.tr(
                "network: the 30 m bands are sharpened to 10 m with the panchromatic band's help. ensemble: the mean "
                "of all installed networks that turn Landsat into Sentinel-2's bands, such as those of "
                "Deep-Harmonization; the bounds then hold their variance. pansharpen: the panchromatic band's details, "
                "weighted by how each band of this scene follows it; nothing is learned. cubic: interpolation, which "
                "invents nothing and needs no panchromatic band. The corrections below follow."
            ),
        )

    def coregister(self) -> QgsProcessingParameterBoolean:
        """Return COREGISTER."""
        return self._finished(
            QgsProcessingParameterBoolean(COREGISTER, self.tr("Move the product onto the reference"), True),
            self.tr(
                "The shift is found by phase correlation of gradients in windows over the common area, to a few tenths "
                "of a pixel or better, and applied in the same resampling that brings the product to the new grid. "
                "Where the evidence is thin the product stays where it is, with a warning."
            ),
        )

    def max_shift(self) -> QgsProcessingParameterNumber:
        """Return MAX_SHIFT."""
        return self._advanced(
            QgsProcessingParameterNumber(
                MAX_SHIFT,
                self.tr("Largest shift that is looked for (metres)"),
                QgsProcessingParameterNumber.Type.Double,
                60.0,
                False,
                1.0,
            ),
            self.tr("Landsat's stated accuracy is 12 m; older or poorly controlled scenes are worse."),
        )

    def brdf(self) -> QgsProcessingParameterBoolean:
        """Return BRDF."""
        return self._finished(
            QgsProcessingParameterBoolean(BRDF, self.tr("Normalise to a view from the zenith (BRDF)"), True),
            self.tr(
                "Multiplies the reflectance by the c-factor of Roy et al. (2016), from the angle bands of the product. "
                "Where there are none (they belong to Level-1), the sun of the metadata and a view from the zenith are "
                "assumed, with a warning. Normalise the Sentinel-2 side as well (Normalise BRDF)."
            ),
        )

    def sun_zenith(self) -> QgsProcessingParameterNumber:
        """Return SUN_ZENITH."""
        return self._advanced(
            QgsProcessingParameterNumber(
                SUN_ZENITH,
                self.tr("Zenith of the sun to normalise to (degrees)"),
                QgsProcessingParameterNumber.Type.Double,
                None,
                True,
                0.0,
                85.0,
            ),
            self.tr("Left empty: that of HLS at this place on this day."),
        )

    def bandpass(self) -> QgsProcessingParameterEnum:
        """Return BANDPASS."""
        return self._finished(
            self._choice(BANDPASS, self.tr("Bandpass to adjust to"), BANDPASSES),
            self.tr(
                "Lines of HLS v2 that turn Landsat's reflectance into what Sentinel-2's bands would measure. auto: of "
                "the reference's satellite, Sentinel-2A where it is not known. none: Landsat's own bandpass is kept."
            ),
        )

    def tables(self) -> tuple[QgsProcessingParameterFile, QgsProcessingParameterFile]:
        """Return BANDPASS_TABLE and BRDF_TABLE."""
        format_help = self.tr("A JSON file as resources/harmonization/README.md says. Left empty: the bundled one.")
        return (
            self._advanced(self._file(BANDPASS_TABLE, self.tr("Own table of bandpasses")), format_help),
            self._advanced(self._file(BRDF_TABLE, self.tr("Own table of kernel weights")), format_help),
        )

    def clouds(self) -> QgsProcessingParameterEnum:
        """Return CLOUDS."""
        return self._finished(
            self._choice(CLOUDS, self.tr("Where clouds or shadows hide the ground"), UNDER_CLOUDS),
            self.tr(
                "original: the Landsat pixels, enlarged and corrected, as networks change the spectra of clouds. "
                "nodata: nothing. harmonized: as everywhere. Clouds, shadows and cirrus are those of QA_PIXEL, grown."
            ),
        )

    def dilation(self) -> QgsProcessingParameterNumber:
        """Return DILATION."""
        return self._advanced(
            QgsProcessingParameterNumber(
                DILATION,
                self.tr("Growth of clouds and shadows (metres)"),
                QgsProcessingParameterNumber.Type.Double,
                GROWTH,
                False,
                0.0,
                5000.0,
            ),
            self.tr("Clouds reach further than their detected edge."),
        )

    def harmonized(self) -> QgsProcessingParameterRasterDestination:
        """Return OUTPUT."""
        return self._finished(
            QgsProcessingParameterRasterDestination(OUTPUT, self.tr("Harmonized bands")),
            self.tr(
                "GeoTIFF with B02, B03, B04, B8A, B11 and B12 at 10 m: reflectance x 10000 as 16-bit integers, "
                "negative ones too, nodata -9999. It appears under its name only when it is complete."
            ),
        )

    def bounds(self) -> QgsProcessingParameterRasterDestination:
        """Return INTERVAL_OUTPUT."""
        return self._finished(
            QgsProcessingParameterRasterDestination(
                INTERVAL_OUTPUT, self.tr("Bounds of the harmonized bands"), None, True, False
            ),
            self.tr(
                "GeoTIFF with the bounds between which the sharpened value lies with the stated probability, after the "
                "same corrections. It needs the method network and a model with a calibrated interval. With the method "
                "ensemble it holds the variance of the members' reflectance."
            ),
        )

    def quality(self) -> QgsProcessingParameterRasterDestination:
        """Return QA_OUTPUT."""
        return self._finished(
            QgsProcessingParameterRasterDestination(QA_OUTPUT, self.tr("Classes of clouds"), None, True, False),
            self.tr(
                "GeoTIFF on the same grid: 0 clear, 1 cloud (with what it was grown to), 2 shadow, 3 cirrus, 4 snow, "
                "5 water, 255 nodata."
            ),
        )

    def _file(self, key: str, title: str) -> QgsProcessingParameterFile:
        return QgsProcessingParameterFile(
            key,
            title,
            QgsProcessingParameterFile.Behavior.File,
            optional=True,
            fileFilter=f"{self.tr('All files')} (*)",
        )

    def _choice(self, key: str, title: str, values: tuple[str, ...]) -> QgsProcessingParameterEnum:
        return QgsProcessingParameterEnum(key, title, list(values), False, values[0], False, usesStaticStrings=True)

# SPDX-License-Identifier: GPL-2.0-or-later
"""Parameters of cloud masks that several algorithms share; keys and enum values never change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsProcessingParameterDefinition,
    QgsProcessingParameterEnum,
    QgsProcessingParameterNumber,
    QgsProcessingParameterRasterLayer,
)

from ..plugin.i18n import Translated
from ..plugin.settings import AUTO

if TYPE_CHECKING:
    from ..core.harmonization.clouds import CloudOptions

MASK, MASK_KIND, REFERENCE_MASK, REFERENCE_MASK_KIND = "MASK", "MASK_KIND", "REFERENCE_MASK", "REFERENCE_MASK_KIND"
MASKED, DILATION = "MASKED", "DILATION"
# As core.harmonization.clouds.KINDS and DILATION, which are not imported here: that would load numpy with QGIS.
KINDS = (AUTO, "qa_pixel", "scl", "fmask", "hls_fmask", "classes", "binary")
MASKED_CLASSES = ("cloud+shadow", "cloud+shadow+cirrus", "cloud+shadow+cirrus+snow")
DEFAULT_DILATION = 60.0


class CloudParameters(Translated):
    """Builds the parameter definitions."""

    def mask(self, key: str, title: str) -> QgsProcessingParameterRasterLayer:
        """Return a quality raster."""
        return self._finished(
            QgsProcessingParameterRasterLayer(key, title, optional=True),
            self.tr(
                "A raster that tells where clouds are, on any grid: Landsat's QA_PIXEL, Sentinel-2's SCL, a result of "
                "Fmask, or a mask of your own. Only its first band is read. Pixels that it hides do not count."
            ),
        )

    def kind(self, key: str, title: str) -> QgsProcessingParameterEnum:
        """Return the kind of a quality raster."""
        return self._advanced(
            QgsProcessingParameterEnum(key, title, list(KINDS), False, AUTO, False, usesStaticStrings=True),
            self.tr(
                "What the numbers of the mask mean. auto goes by the name of its file. qa_pixel: bits of Landsat "
                "Collection 2. scl: Sentinel-2 scene classification. fmask: 0 land, 1 water, 2 shadow, 3 snow, 4 "
                "cloud, 255 fill. hls_fmask: bits of HLS 2. classes: 0 clear, 1 cloud, 2 shadow, 3 cirrus, 4 snow, 5 "
                "water, 255 nodata, as harmonize_landsat writes them, grown already. binary: 0 clear, anything else "
                "cloud."
            ),
        )

    def masked(self) -> QgsProcessingParameterEnum:
        """Return MASKED: which classes are hidden."""
        return self._advanced(
            QgsProcessingParameterEnum(
                MASKED,
                self.tr("What the mask hides"),
                list(MASKED_CLASSES),
                False,
                MASKED_CLASSES[1],
                False,
                usesStaticStrings=True,
            ),
            self.tr("Classes of the mask whose pixels do not count."),
        )

    def dilation(self) -> QgsProcessingParameterNumber:
        """Return DILATION in metres."""
        return self._advanced(
            QgsProcessingParameterNumber(
                DILATION,
                self.tr("Growth of clouds (metres)"),
                QgsProcessingParameterNumber.Type.Double,
                DEFAULT_DILATION,
                False,
                0.0,
                10000.0,
            ),
            self.tr("Clouds, their shadows and cirrus are grown by so many metres, since their edges are thin."),
        )

    def _finished(self, definition: Any, text: str) -> Any:
        definition.setHelp(text)
        return definition

    def _advanced(self, definition: Any, text: str) -> Any:
        definition.setFlags(definition.flags() | QgsProcessingParameterDefinition.Flag.FlagAdvanced)
        return self._finished(definition, text)


def cloud_options(masked: str, dilation: float) -> CloudOptions:
    """Return the options of MASKED and DILATION."""
    from ..core.harmonization.clouds import CloudOptions

    chosen = masked.split("+")
    return CloudOptions(
        **{name: name in chosen for name in ("cloud", "shadow", "cirrus", "snow")}, water=False, dilation=dilation
    )

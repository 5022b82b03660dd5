# SPDX-License-Identifier: GPL-2.0-or-later
"""Parameters of ``assess_quality``, each with its help text; keys and enum values never change."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessingParameterEnum,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterRasterLayer,
    QgsProcessingParameterString,
)

from . import cloud_parameters as masks
from .cloud_parameters import CloudParameters

INPUT, REFERENCE, BEFORE = "INPUT", "REFERENCE", "BEFORE"
BANDS, BEFORE_BANDS, GRID = "BANDS", "BEFORE_BANDS", "GRID"
OUTPUT_HTML, OUTPUT_JSON, OUTPUT_CSV = "OUTPUT_HTML", "OUTPUT_JSON", "OUTPUT_CSV"
PIXELS, RMSE, RMSE_BEFORE, SSIM, SAM = "PIXELS", "RMSE", "RMSE_BEFORE", "SSIM", "SAM"
NDVI_CORRELATION, NDVI_CORRELATION_BEFORE = "NDVI_CORRELATION", "NDVI_CORRELATION_BEFORE"
# As core.quality.pair_plan.GRIDS, which is not imported here: it would load numpy when QGIS starts.
GRIDS = ("coarser", "reference", "input", "coarsest")


class QualityParameters(CloudParameters):
    """Builds the parameter definitions."""

    def all(self) -> tuple[Any, ...]:
        """Return all parameters in their order."""
        return (
            *self._rasters(),
            self.mask(masks.MASK, self.tr("Cloud mask of the raster")),
            self.kind(masks.MASK_KIND, self.tr("Kind of the cloud mask")),
            self._advanced_mask(),
            self.kind(masks.REFERENCE_MASK_KIND, self.tr("Kind of the reference's cloud mask")),
            self.masked(),
            self.dilation(),
            self._grid(),
            *self._band_pairs(),
            *self._outputs(),
        )

    def _rasters(self) -> tuple[Any, ...]:
        return (
            self._finished(
                QgsProcessingParameterRasterLayer(INPUT, self.tr("Raster to assess")),
                self.tr(
                    "For example Landsat that was harmonized, or super-resolved bands. Its values are brought to "
                    "reflectance by the scale and offset of the file, else by the convention of its sensor."
                ),
            ),
            self._finished(
                QgsProcessingParameterRasterLayer(REFERENCE, self.tr("Reference")),
                self.tr(
                    "A raster of the same place and, as nearly as can be, the same time that is taken for the truth, "
                    "such as a Sentinel-2 image. It may have other pixels or another coordinate reference system."
                ),
            ),
            self._finished(
                QgsProcessingParameterRasterLayer(BEFORE, self.tr("Raster before the treatment"), optional=True),
                self.tr(
                    "The raster as it was before it was treated, such as Landsat before its harmonization. It is "
                    "compared with the reference on the same pixels, and the report shows both side by side."
                ),
            ),
        )

    def _advanced_mask(self) -> QgsProcessingParameterRasterLayer:
        definition = self.mask(masks.REFERENCE_MASK, self.tr("Cloud mask of the reference"))
        return self._advanced(definition, definition.help())

    def _grid(self) -> QgsProcessingParameterEnum:
        return self._advanced(
            QgsProcessingParameterEnum(
                GRID,
                self.tr("Pixels on which to compare"),
                list(GRIDS),
                False,
                GRIDS[0],
                False,
                usesStaticStrings=True,
            ),
            self.tr(
                "coarser: those of the raster or the reference, whichever are larger; the other one is averaged by "
                "area. reference, input: those of that raster; a coarser one is interpolated by cubic convolution. "
                "coarsest: the largest of all, the raster from before included."
            ),
        )

    def _band_pairs(self) -> tuple[Any, ...]:
        text = self.tr(
            "Pairs such as B5=B8A; B4=B04: a band of this raster and the band of the reference that it is compared "
            "with, by names or numbers. Empty: bands of the same sensor by name, others by their wavelengths, such as "
            "Landsat B2 to B7 with Sentinel-2 B02, B03, B04, B8A, B11 and B12."
        )
        return tuple(
            self._advanced(QgsProcessingParameterString(key, title, optional=True), text)
            for key, title in (
                (BANDS, self.tr("Bands of the raster = bands of the reference")),
                (BEFORE_BANDS, self.tr("Bands of the raster before = bands of the reference")),
            )
        )

    def _outputs(self) -> tuple[Any, ...]:
        return tuple(
            self._finished(QgsProcessingParameterFileDestination(key, title, filters, None, True, created), text)
            for key, title, filters, created, text in (
                (
                    OUTPUT_HTML,
                    self.tr("Report"),
                    "HTML (*.html)",
                    True,
                    self.tr("A page with tables, scatter plots and maps. It holds everything itself, pictures too."),
                ),
                (
                    OUTPUT_JSON,
                    self.tr("Figures for programs"),
                    "JSON (*.json)",
                    False,
                    self.tr("All figures with their definitions, for scripts and comparisons."),
                ),
                (
                    OUTPUT_CSV,
                    self.tr("Table"),
                    "CSV (*.csv)",
                    False,
                    self.tr("One row for each band and index of each raster."),
                ),
            )
        )

# SPDX-License-Identifier: GPL-2.0-or-later
"""Normalise the reflectance of a raster or product to a view from the zenith and one position of the sun."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import QgsProcessingContext, QgsProcessingFeedback

from ..core.errors import ProductError
from . import step_parameters as own
from .classical_step import ClassicalStep, Request
from .step_parameters import StepParameters

if TYPE_CHECKING:
    from ..core.harmonization.angle_field import AngleField
    from ..core.products.reflective import ReflectiveRaster
    from ..core.products.reflective_steps import Plan


class NormalizeBrdf(ClassicalStep):
    """Multiplies reflectance by the c-factor of Roy et al., as HLS does."""

    def name(self) -> str:
        """Return the id, which never changes."""
        return "normalize_brdf"

    def displayName(self) -> str:
        """Return the name."""
        return self.tr("Normalise BRDF")

    def tags(self) -> list[str]:
        """Return words to search for."""
        return self.tr("harmonization,hls,nbar,brdf,c-factor,nadir,view angle,sun,sentinel-2,landsat,roy").split(",")

    def shortDescription(self) -> str:
        """Return one sentence."""
        return self.tr("Removes the effect of the view angle: nadir BRDF-adjusted reflectance (NBAR) as in HLS.")

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:
        """Declare the parameters."""
        build = StepParameters()
        for definition in (
            build.raster_or_product(),
            build.angles(),
            build.sun_zenith(),
            build.gsd(),
            build.band_names(),
            build.table(self.tr("Weights of the BRDF kernels to use instead of those of Roy et al.")),
            build.format(),
            build.result(self.tr("Normalised bands")),
        ):
            self.addParameter(definition)

    def checkParameterValues(self, parameters: dict[str, Any], context: QgsProcessingContext) -> tuple[bool, str]:
        """Check the zenith of the sun; QGIS's own message would not name the right ones."""
        given = parameters.get(own.SUN_ZENITH)
        if isinstance(given, (int, float)) and not (given == own.LOCAL or 0 <= given <= own.LOWEST_SUN):
            sentence = self.tr("{} cannot be {}. Give 0 to {:g} degrees, or -1 for that of HLS.")
            return False, sentence.format(own.SUN_ZENITH, given, own.LOWEST_SUN)
        return super().checkParameterValues(parameters, context)

    def own_values(self, parameters: dict[str, Any], context: QgsProcessingContext) -> dict[str, Any]:
        """Return the product with the angles and the sun to normalise to."""
        angles = self.parameterAsFile(parameters, own.ANGLES, context) if parameters.get(own.ANGLES) else ""
        zenith = own.LOCAL
        if parameters.get(own.SUN_ZENITH) not in (None, ""):
            zenith = self.parameterAsDouble(parameters, own.SUN_ZENITH, context)
        return {own.ANGLES: angles.strip().strip('"'), own.SUN_ZENITH: None if zenith < 0 else zenith}

    def plan(self, request: Request, output: Path, feedback: QgsProcessingFeedback) -> Plan:
        """Open the input and the angles, and compute the factors."""
        from ..core.harmonization.tables import load_brdf
        from ..core.products.angles import open_angles
        from ..core.products.reflective import is_product
        from ..core.products.reflective_steps import plan_brdf

        table = load_brdf(request.table)
        source = request.more[own.ANGLES]
        if not source and not is_product(request.path):
            raise ProductError(
                self.tr(
                    "{} is a raster, which has no angles. Choose the product that it was made from as ANGLES."
                ).format(request.title)
            )
        angles = open_angles(source or request.path)
        raster = self._open(request, angles)
        return plan_brdf(raster, angles, table, request.more[own.SUN_ZENITH], output, request.cog)

    def abstract_of(self, title: str) -> str:
        """Return one sentence about the result."""
        return self.tr("Reflectance of {} normalised to a view from the zenith.").format(title)

    def _open(self, request: Request, angles: AngleField) -> ReflectiveRaster:
        from ..core.products.reflective import is_product, open_product_bands
        from ..core.products.reflective_raster import hint_of, open_raster_bands

        if is_product(request.path):
            return open_product_bands(request.path, request.gsd)
        source = self.raster_source(request)
        hint = hint_of(source)
        return open_raster_bands(source, angles.sensor, request.names, hint.naming or angles.sensor)

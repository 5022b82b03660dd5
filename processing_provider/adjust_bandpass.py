# SPDX-License-Identifier: GPL-2.0-or-later
"""Adjust the bands of a raster or product to the bandpasses of another sensor."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import QgsProcessingContext, QgsProcessingFeedback

from ..core.errors import ProductError
from ..plugin.settings import AUTO
from . import step_parameters as own
from .classical_step import ClassicalStep, Request
from .step_parameters import StepParameters

if TYPE_CHECKING:
    from ..core.products.reflective import ReflectiveRaster
    from ..core.products.reflective_steps import Plan

DEFAULT_TARGETS = {"sentinel2": "landsat8", "landsat": "sentinel2a"}


class AdjustBandpass(ClassicalStep):
    """Applies the lines of HLS, or of an own table, between Sentinel-2 and Landsat 8/9."""

    def name(self) -> str:
        """Return the id, which never changes."""
        return "adjust_bandpass"

    def displayName(self) -> str:
        """Return the name."""
        return self.tr("Adjust bandpass")

    def tags(self) -> list[str]:
        """Return words to search for."""
        return self.tr("harmonization,hls,sentinel-2,landsat,spectral,band adjustment,sbaf,oli,msi").split(",")

    def shortDescription(self) -> str:
        """Return one sentence."""
        return self.tr("Brings the bands of Sentinel-2 to the bandpasses of Landsat 8/9 or the other way round.")

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:
        """Declare the parameters."""
        build = StepParameters()
        for definition in (
            build.raster_or_product(),
            build.source_sensor(),
            build.target_sensor(),
            build.gsd(),
            build.band_names(),
            build.table(self.tr("Lines between the bandpasses to use instead of those of HLS v2.0.")),
            build.format(),
            build.result(self.tr("Adjusted bands")),
        ):
            self.addParameter(definition)

    def own_values(self, parameters: dict[str, Any], context: QgsProcessingContext) -> dict[str, Any]:
        """Return the sensors."""
        return {key: self.parameterAsEnumString(parameters, key, context) for key in (own.FROM, own.TO)}

    def plan(self, request: Request, output: Path, feedback: QgsProcessingFeedback) -> Plan:
        """Open the input, find out its sensor, and take the lines from the table."""
        from ..core.harmonization.tables import load_bandpass
        from ..core.products.reflective import family_of
        from ..core.products.reflective_steps import plan_bandpass

        table = load_bandpass(request.table)
        raster = self._open(request, feedback)
        chosen, target = request.more[own.FROM], request.more[own.TO]
        source = raster.sensor if chosen == AUTO else chosen
        if target == AUTO:
            target = DEFAULT_TARGETS[family_of(source)]
        feedback.pushInfo(self.tr("From {} to {} by the table {}.").format(source, target, table.info.id))
        return plan_bandpass(raster, table, source, target, output, request.cog)

    def abstract_of(self, title: str) -> str:
        """Return one sentence about the result."""
        request = self._request
        target = request.more[own.TO] if request is not None else AUTO
        if target == AUTO:
            return self.tr("Bands of {} adjusted to the bandpasses of another sensor.").format(title)
        return self.tr("Bands of {} adjusted to the bandpasses of {}.").format(title, target)

    def _open(self, request: Request, feedback: QgsProcessingFeedback) -> ReflectiveRaster:
        from ..core.products.reflective import is_product, open_product_bands
        from ..core.products.reflective_raster import hint_of, open_raster_bands

        if is_product(request.path):
            raster = open_product_bands(request.path, request.gsd)
        else:
            source, chosen = self.raster_source(request), request.more[own.FROM]
            hint = hint_of(source)
            sensor = hint.sensor if chosen == AUTO else chosen
            if hint.sensor and sensor != hint.sensor:
                feedback.pushWarning(
                    self.tr("{} looks like {}, and is taken as {}, as chosen.").format(
                        request.title, hint.sensor, sensor
                    )
                )
            if sensor:
                return open_raster_bands(source, sensor, request.names, hint.naming or sensor)
            raster = None
        if raster is None or not raster.sensor:
            raise ProductError(self.tr("Nothing tells the sensor of {}. Choose it as FROM.").format(request.title))
        return raster

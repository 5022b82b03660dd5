# SPDX-License-Identifier: GPL-2.0-or-later
"""What the algorithms share that change the reflectance of a raster or product, pixel by pixel."""

from __future__ import annotations

import re
from abc import abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from qgis.core import QgsProcessingContext, QgsProcessingFeedback, QgsProcessingUtils, QgsRasterLayer

from ..core.errors import ProductError
from . import parameters as keys
from . import step_parameters as own
from .destinations import TIFF_SUFFIXES
from .sources import missing_part
from .without_network import WithoutNetwork

if TYPE_CHECKING:
    from ..core.products.raster_files import RasterSource
    from ..core.products.reflective_steps import Plan
    from ..core.raster_map import MapJob
    from .styling import LayerDescription


class Request(NamedTuple):
    """The parameters as plain values.

    Attributes:
        path: what GDAL opens, or a product.
        title: what the user calls it.
        crs: WKT that a layer has; empty for the file's own.
        table: path of the user's table, or None.
        names: names of the bands; empty to go by their descriptions.
        gsd: GSD of the bands of a product in metres, or 0.
        cog: write a Cloud Optimized GeoTIFF.
        more: what only one algorithm has.
    """

    path: str
    title: str
    crs: str
    table: Path | None
    names: tuple[str, ...]
    gsd: float
    cog: bool
    more: dict[str, Any]


class ClassicalStep(WithoutNetwork):
    """Base of these algorithms, which work without ONNX Runtime."""

    def __init__(self) -> None:
        """Start without a request."""
        super().__init__()
        self._request: Request | None = None
        self._layer: tuple[str, LayerDescription] | None = None

    @abstractmethod
    def plan(self, request: Request, output: Path, feedback: QgsProcessingFeedback) -> Plan:
        """Open the input and say what becomes of its bands, on a worker thread.

        Raises:
            SatSharpError: the user sees its sentence.
        """

    @abstractmethod
    def own_values(self, parameters: dict[str, Any], context: QgsProcessingContext) -> dict[str, Any]:
        """Return the values of the parameters that only this algorithm has."""

    @abstractmethod
    def abstract_of(self, title: str) -> str:
        """Return one sentence about the result."""

    def groupId(self) -> str:
        """Return the group's id."""
        return "harmonization"

    def group(self) -> str:
        """Return the group's name."""
        return self.tr("Harmonization")

    def checkParameterValues(self, parameters: dict[str, Any], context: QgsProcessingContext) -> tuple[bool, str]:
        """Check what is cheap to check: that files are there, and that the output is a GeoTIFF."""
        possible, reason = super().checkParameterValues(parameters, context)
        if possible:
            reason = self._wrong_files(parameters, context) or self.wrong_suffix(parameters, context, keys.OUTPUT)
        return not reason, reason

    def _wrong_files(self, parameters: dict[str, Any], context: QgsProcessingContext) -> str:
        layer, path = self._given(parameters, context)
        if layer is not None and layer.providerType() != "gdal":
            return self.tr("{} is no file. Export it to a GeoTIFF first.").format(layer.name())
        named = {keys.INPUT: "" if layer is not None else path}
        for key in (own.TABLE, own.ANGLES):
            named[key] = self.parameterAsFile(parameters, key, context) if parameters.get(key) else ""
        for key, source in named.items():
            missing = missing_part(source.strip().strip('"'))
            if missing:
                return self.tr("{} does not exist. Check {}.").format(missing, key)
        return ""

    def prepareAlgorithm(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> bool:
        """Turn the parameters into plain values; files are opened later, on the worker thread."""
        from .raster_export import describe_layer

        layer, path = self._given(parameters, context)
        described = describe_layer(layer) if layer is not None else None
        crs = described.crs.toWkt() if described is not None and described.crs.isValid() else ""
        table = self.parameterAsFile(parameters, own.TABLE, context) if parameters.get(own.TABLE) else ""
        names = self.parameterAsString(parameters, own.BANDS, context)
        self._request = Request(
            path=described.path if described is not None else path,
            title=described.title if described is not None else Path(path).name or path,
            crs=crs,
            table=Path(table) if table else None,
            names=tuple(re.split(r"[\s,;]+", names.strip())) if names.strip() else (),
            gsd=self.parameterAsDouble(parameters, own.GSD, context),
            cog=self.parameterAsEnumString(parameters, keys.FORMAT, context) == keys.COG,
            more=self.own_values(parameters, context),
        )
        return True

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Open, plan, run."""
        from ..core.raster_map import map_raster

        request = self._request
        if request is None:
            raise ProductError("There is no input.")
        # Not in prepareAlgorithm: the worker's context replaces the list of layers to load that is made here.
        output = Path(self.parameterAsOutputLayer(parameters, keys.OUTPUT, context))
        plan = self.plan(request, output, feedback)
        for note in plan.notes:
            feedback.pushInfo(note)
        for warning in plan.warnings:
            feedback.pushWarning(warning)
        result = map_raster(plan.job, lambda share: feedback.setProgress(100 * share), feedback.isCanceled)
        for name, count in result.clipped:
            if count:
                feedback.pushInfo(
                    self.tr("{}: {} pixels did not fit the range of the values and were cut off.").format(name, count)
                )
        self._layer = (str(output), self._description(request, plan.job))
        return {keys.OUTPUT: str(output)}

    def postProcessAlgorithm(self, context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> dict[str, Any]:
        """Have the layer styled when QGIS loads it."""
        from .styling import LayerStyler

        if self._layer is not None:
            place, description = self._layer
            LayerStyler(description).attach(place, context)
        return {}

    def raster_source(self, request: Request) -> RasterSource:
        """Return the raster that was given as one that core opens."""
        from ..core.products.raster_files import RasterSource

        return RasterSource(request.path, request.title, request.crs)

    def _given(self, parameters: dict[str, Any], context: QgsProcessingContext) -> tuple[QgsRasterLayer | None, str]:
        """Return INPUT as a layer that is loaded, or as a path."""
        given = parameters.get(keys.INPUT)
        if isinstance(given, QgsRasterLayer):
            return given, ""
        text = self.parameterAsString(parameters, keys.INPUT, context).strip().strip('"')
        layer = QgsProcessingUtils.mapLayerFromString(text, context, False) if text else None
        return (layer, "") if isinstance(layer, QgsRasterLayer) else (None, text)

    def _description(self, request: Request, job: MapJob) -> LayerDescription:
        from .styling import LayerDescription, choose_colours

        wavelengths = tuple(entry.band.wavelength_nm or 0.0 for entry in job.bands)
        title = Path(request.title).stem if Path(request.title).suffix.lower() in TIFF_SUFFIXES else request.title
        abstract = self.abstract_of(title)
        return LayerDescription(
            name=job.path.stem,
            colours=choose_colours(wavelengths),
            abstract=abstract,
            history=(abstract,),
            licences=(),
        )

# SPDX-License-Identifier: GPL-2.0-or-later
"""Move a raster onto another one that shows the same place, to a part of a pixel."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsMapLayerStyle,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsWkbTypes,
)

from . import coregister_parameters as own
from . import parameters as keys
from .cloud_parameters import MASK, MASK_KIND, CloudParameters
from .coregister_parameters import CoregisterParameters
from .destinations import given_path
from .without_network import WithoutNetwork

if TYPE_CHECKING:
    from ..core.harmonization.coregistration import Registration
    from .coregister_request import Request


class Coregister(WithoutNetwork):
    """Finds the shift between two rasters and applies it in one resampling."""

    def __init__(self) -> None:
        """Start without a request."""
        super().__init__()
        self._request: Request | None = None
        self._raster, self._vectors, self._longest = "", "", 0.0

    def name(self) -> str:
        """Return the id, which never changes."""
        return "coregister"

    def displayName(self) -> str:
        """Return the name."""
        return self.tr("Co-register raster")

    def groupId(self) -> str:
        """Return the group's id."""
        return "harmonization"

    def group(self) -> str:
        """Return the group's name."""
        return self.tr("Harmonization")

    def tags(self) -> list[str]:
        """Return words to search for."""
        return self.tr(
            "coregistration,registration,align,shift,sub-pixel,phase correlation,landsat,sentinel-2,misregistration"
        ).split(",")

    def shortDescription(self) -> str:
        """Return one sentence."""
        return self.tr("Moves a raster onto another one of the same place, to a tenth of a pixel, in one resampling.")

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:
        """Declare parameters and outputs."""
        build, clouds = CoregisterParameters(), CloudParameters()
        for definition in (
            build.raster(),
            build.reference(),
            build.band(),
            build.reference_band(),
            clouds.mask(MASK, self.tr("Mask of clouds")),
            clouds.kind(MASK_KIND, self.tr("Kind of the mask")),
            build.max_shift(),
            build.local(),
            build.grid(),
            build.resampling(),
            build.format(),
            build.moved(),
            build.vectors(),
        ):
            self.addParameter(definition)
        for key, text in (
            (own.EAST, self.tr("Metres by which the raster was moved east")),
            (own.NORTH, self.tr("Metres by which the raster was moved north")),
            (own.QUALITY, self.tr("Share of the usable windows that agree")),
            (own.WINDOWS, self.tr("Number of windows that agree")),
        ):
            self.addOutput(QgsProcessingOutputNumber(key, text))

    def checkParameterValues(self, parameters: dict[str, Any], context: QgsProcessingContext) -> tuple[bool, str]:
        """Check that the layers are files, and that the output is another GeoTIFF."""
        possible, reason = super().checkParameterValues(parameters, context)
        if possible:
            reason = self._wrong_layers(parameters, context) or self._wrong_choices(parameters, context)
        return not reason, reason

    def _wrong_layers(self, parameters: dict[str, Any], context: QgsProcessingContext) -> str:
        from .measured_layers import MeasuredLayers
        from .raster_export import describe_layer

        wrong = self.wrong_suffix(parameters, context, keys.OUTPUT)
        if wrong:
            return wrong
        output = given_path(parameters.get(keys.OUTPUT), context)
        path = Path(output)
        for key in (keys.INPUT, own.REFERENCE, MASK):
            layer = self.parameterAsRasterLayer(parameters, key, context)
            problem = MeasuredLayers().problem(layer)
            if problem:
                return problem
            if layer is not None and path.is_file() and _same_file(path, describe_layer(layer).path):
                return self.tr("{} is an input itself. Choose another output.").format(output)
        return ""

    def _wrong_choices(self, parameters: dict[str, Any], context: QgsProcessingContext) -> str:
        untouched = self.parameterAsEnumString(parameters, own.RESAMPLING, context) == own.METHODS[-1]
        elsewhere = self.parameterAsEnumString(parameters, own.GRID, context) == own.GRIDS[1]
        if untouched and (elsewhere or self.parameterAsBoolean(parameters, own.LOCAL, context)):
            return self.tr("RESAMPLING none moves the raster as a whole: it needs GRID input, without LOCAL.")
        return ""

    def prepareAlgorithm(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> bool:
        """Turn layers and parameters into plain values."""
        from .coregister_request import Request
        from .raster_export import describe_layer

        layers = [self.parameterAsRasterLayer(parameters, key, context) for key in (keys.INPUT, own.REFERENCE, MASK)]
        for layer, key in zip(layers, (keys.INPUT, own.REFERENCE)):
            if layer is None:
                raise QgsProcessingException(self.invalidRasterError(parameters, key))
        style = QgsMapLayerStyle()
        style.readFromLayer(layers[0])
        kind = self.parameterAsEnumString(parameters, MASK_KIND, context)
        self._request = Request(
            layers=tuple(describe_layer(layer) for layer in layers if layer is not None),
            bands=(
                self.parameterAsInt(parameters, own.BAND, context) or 1,
                self.parameterAsInt(parameters, own.REFERENCE_BAND, context) or 1,
            ),
            mask_kind=kind,
            max_shift=self.parameterAsDouble(parameters, own.MAX_SHIFT, context) or None,
            local=self.parameterAsBoolean(parameters, own.LOCAL, context),
            grid=self.parameterAsEnumString(parameters, own.GRID, context),
            method=self.parameterAsEnumString(parameters, own.RESAMPLING, context),
            cog=self.parameterAsEnumString(parameters, keys.FORMAT, context) == keys.COG,
            style=style.xmlData(),
        )
        return True

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Find the shift, move the raster, write the vectors."""
        from ..core.harmonization.coregistration_run import coregister, measured_band
        from ..core.harmonization.registration_reading import mask_warnings
        from .coregister_request import coregistration_job

        # Not in prepareAlgorithm: the worker's context replaces the list of layers to load that is made here.
        output = self.parameterAsOutputLayer(parameters, keys.OUTPUT, context)
        if self._request is None:
            raise QgsProcessingException(self.tr("There is no input."))
        job = coregistration_job(self._request, Path(output))
        for warning in mask_warnings(job.reference, measured_band(job.source, job.band), job.options.masks):
            feedback.pushWarning(warning)
        result = coregister(
            job, lambda share: feedback.setProgress(100 * share), feedback.isCanceled, feedback.pushInfo
        )
        found, self._raster = result.registration, output
        outputs = {
            keys.OUTPUT: output,
            own.EAST: found.east,
            own.NORTH: found.north,
            own.QUALITY: found.quality,
            own.WINDOWS: found.windows,
        }
        if parameters.get(own.VECTORS_OUTPUT) is not None:
            outputs[own.VECTORS_OUTPUT] = self._write_vectors(parameters, context, found, job.source.grid.crs)
        return outputs

    def postProcessAlgorithm(self, context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> dict[str, Any]:
        """Have the layers styled when QGIS loads them."""
        from .coregister_vectors import VectorStyler
        from .styling import CopiedStyle

        if self._request is not None and self._raster:
            CopiedStyle(self._request.style).attach(self._raster, context)
        if self._vectors:
            VectorStyler(self.tr("Shift vectors"), self._longest).attach(self._vectors, context)
        return {}

    def _write_vectors(
        self, parameters: dict[str, Any], context: QgsProcessingContext, found: Registration, crs: str
    ) -> str:
        from .coregister_vectors import vector_fields, write_vectors

        reference = QgsCoordinateReferenceSystem.fromWkt(crs)
        sink, destination = self.parameterAsSink(
            parameters, own.VECTORS_OUTPUT, context, vector_fields(), QgsWkbTypes.Type.Point, reference
        )
        if sink is None:
            raise QgsProcessingException(self.invalidSinkError(parameters, own.VECTORS_OUTPUT))
        write_vectors(found, sink)
        self._vectors, self._longest = destination, max(vector.length for vector in found.vectors)
        return str(destination)


def _same_file(one: Path, other: str) -> bool:
    return Path(other).is_file() and one.samefile(other)

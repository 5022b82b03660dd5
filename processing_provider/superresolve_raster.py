# SPDX-License-Identifier: GPL-2.0-or-later
"""Super-resolve any raster layer, with a finer one as a guide where the model takes one."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsRectangle,
)

from ..core.sensors import load_sensors
from ..plugin.settings import AUTO, load_settings, model_folders, sensor_folders
from . import parameters as keys
from .base import SatSharpAlgorithm
from .destinations import as_vrt
from .raster_parameters import GUIDE, RasterParameters

if TYPE_CHECKING:
    from ..core.cards import Card
    from ..core.job import Options
    from ..core.products.raster_scene import RasterScene
    from .raster_request import Request
    from .styling import LayerDescription


class SuperResolveRaster(SatSharpAlgorithm):
    """Sharpens or enlarges the bands of any raster layer."""

    def __init__(self) -> None:
        """Start without a request."""
        super().__init__()
        self._request: Request | None = None
        self._layers: tuple[tuple[str, LayerDescription], ...] = ()

    def name(self) -> str:
        """Return the id, which never changes."""
        return "superresolve_raster"

    def displayName(self) -> str:
        """Return the name."""
        return self.tr("Super-resolve raster")

    def groupId(self) -> str:
        """Return the group's id."""
        return "superresolution"

    def group(self) -> str:
        """Return the group's name."""
        return self.tr("Super-resolution")

    def tags(self) -> list[str]:
        """Return words to search for."""
        return self.tr("super-resolution,sharpen,pansharpen,upscale,enlarge,resolution,pan,guide,layer,wms,onnx").split(
            ","
        )

    def shortDescription(self) -> str:
        """Return one sentence."""
        return self.tr("Sharpens or enlarges the bands of any raster layer with any installed model.")

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:
        """Declare parameters and outputs."""
        build = RasterParameters()
        for definition in (
            build.raster(),
            build.guide(),
            build.raster_extent(),
            build.consistency(),
            build.guard(),
            build.model(build.titles(self.installed_titles())),
            build.device(),
            build.tile_size(),
            build.resume(),
            build.format(),
            build.grouping(),
            build.output(),
            build.interval_output(),
        ):
            self.addParameter(definition)
        self.addOutput(QgsProcessingOutputNumber(keys.GSD, self.tr("Ground sampling distance of the result")))
        self.addOutput(QgsProcessingOutputString(keys.EXECUTION_PROVIDER, self.tr("Execution provider that was used")))
        self.addOutput(QgsProcessingOutputString(keys.MODELS, self.tr("Models that were used")))

    def checkParameterValues(self, parameters: dict[str, Any], context: QgsProcessingContext) -> tuple[bool, str]:
        """Check that outputs are GeoTIFFs, and that there is an extent where a layer has to be exported."""
        wrong = self.wrong_suffix(parameters, context, keys.OUTPUT, keys.INTERVAL_OUTPUT, joined=keys.OUTPUT)
        if wrong:
            return False, wrong
        possible, reason = super().checkParameterValues(parameters, context)
        if possible:
            reason = self._wrong_layers(parameters, context)
        return not reason, reason

    def _wrong_layers(self, parameters: dict[str, Any], context: QgsProcessingContext) -> str:
        """Return what is wrong with the layers: one needs an extent, or would be overwritten."""
        outputs = [parameters.get(key) for key in (keys.OUTPUT, keys.INTERVAL_OUTPUT)]
        for layer in (self.parameterAsRasterLayer(parameters, key, context) for key in (keys.INPUT, GUIDE)):
            if layer is None:
                continue
            if layer.providerType() != "gdal" and parameters.get(keys.EXTENT) in (None, ""):
                return self.tr("{} is no file. Choose an EXTENT to export it for.").format(layer.name())
            for output in (output for output in outputs if isinstance(output, str)):
                if Path(output).is_file() and Path(layer.source()).is_file() and Path(output).samefile(layer.source()):
                    return self.tr("{} is the input itself. Choose another output.").format(output)
        return ""

    def prepareAlgorithm(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> bool:
        """Turn layers and parameters into plain values."""
        from ..core.cards import load_cards
        from .raster_export import describe_layer
        from .raster_request import Request

        settings = load_settings()
        layers = [self.parameterAsRasterLayer(parameters, key, context) for key in (keys.INPUT, GUIDE)]
        if layers[0] is None:
            raise QgsProcessingException(self.invalidRasterError(parameters, keys.INPUT))
        described = tuple(describe_layer(layer) for layer in layers if layer is not None)
        sensors, _ = load_sensors(*sensor_folders(settings))
        cards, _ = load_cards(*model_folders(settings))
        self._request = Request(
            layers=described,
            extents=tuple(self._extent(parameters, context, layer.crs) for layer in described),
            model=self.parameterAsEnumString(parameters, keys.MODEL, context),
            cards=cards,
            sensors={sensor.id: sensor for sensor in sensors},
            options=self._options(parameters, context),
        )
        return True

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Export what is no file, open, plan, run."""
        from ..core.planning import plan_job
        from ..core.super_resolution import run
        from .product_layers import ProductLayers
        from .raster_export import release
        from .run_report import RunReport

        request = self._request
        # Not in prepareAlgorithm: the worker's context replaces the list of layers to load that is made here.
        if request.options.file_per_band:
            parameters = {**parameters, keys.OUTPUT: as_vrt(parameters.get(keys.OUTPUT), context)}
        output, bounds = (
            self.parameterAsOutputLayer(parameters, key, context) if parameters.get(key) else ""
            for key in (keys.OUTPUT, keys.INTERVAL_OUTPUT)
        )
        with ExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="satsharp-"))
            for layer in request.layers:
                stack.callback(release, layer)
            found, card = self._open(request, Path(folder), context, feedback)
            for sentence in found.mapping:
                feedback.pushInfo(sentence)
            for warning in found.warnings:
                feedback.pushWarning(warning)
            job = plan_job(found.scene, (card,), output, replace(request.options, interval_output=bounds))
            RunReport(feedback).plan(job)
            result = run(job, lambda share: feedback.setProgress(100 * share), feedback.isCanceled, feedback.pushInfo)
        for warning in result.warnings:
            feedback.pushWarning(warning)
        layers = ProductLayers(found.sensor, job, result)
        self._layers = ((output, layers.values()), *([(bounds, layers.bounds())] if bounds else []))
        return {
            keys.OUTPUT: str(result.output),
            **({keys.INTERVAL_OUTPUT: str(job.files[-1].path)} if bounds else {}),
            keys.GSD: job.target.gsd,
            keys.EXECUTION_PROVIDER: result.execution_provider,
            keys.MODELS: card.id,
        }

    def postProcessAlgorithm(self, context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> dict[str, Any]:
        """Have the layers styled when QGIS loads them."""
        from .styling import LayerStyler

        for destination, description in self._layers:
            LayerStyler(description).attach(destination, context)
        return {}

    def _open(
        self, request: Request, folder: Path, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> tuple[RasterScene, Card]:
        from ..core.products.raster_scene import open_rasters
        from .raster_export import LayerExport, lattice_of_gsd

        chosen = next((card for card in request.cards if card.id == request.model), None)
        gsds = sorted({tensor.gsd for tensor in chosen.inputs}, reverse=True) if chosen is not None else []
        exporter = LayerExport(context.transformContext(), feedback)
        sources = []
        for number, (layer, extent) in enumerate(zip(request.layers, request.extents)):
            if not layer.path:
                feedback.pushInfo(self.tr("Exporting {} for the extent.").format(layer.title))
            lattice = lattice_of_gsd(gsds[min(number, len(gsds) - 1)], layer.crs) if gsds else None
            sources.append(exporter.source_of(layer, lattice, extent, folder))
        guide = sources[1] if len(sources) > 1 else None
        return open_rasters(sources[0], guide, request.cards, request.model, request.sensors)

    def _options(self, parameters: dict[str, Any], context: QgsProcessingContext) -> Options:
        from ..core.job import Options

        settings = load_settings()
        device = self.parameterAsEnumString(parameters, keys.DEVICE, context)
        box = self._extent(parameters, context, None)
        crs = self.parameterAsExtentCrs(parameters, keys.EXTENT, context) if box is not None else None
        # GDAL does not know the user's own definitions (USER:100000) by their code.
        text = "" if crs is None or not crs.isValid() else crs.authid()
        return Options(
            copy_fine_bands=False,
            extent=None if box is None else (box.xMinimum(), box.yMinimum(), box.xMaximum(), box.yMaximum()),
            extent_crs=text if text.startswith("EPSG:") or not text else crs.toWkt(),
            device=settings.device if device == AUTO else device,
            tile_size=self.parameterAsInt(parameters, keys.TILE_SIZE, context) or settings.tile_size,
            resume=self.parameterAsBoolean(parameters, keys.RESUME, context),
            cog=self.parameterAsEnumString(parameters, keys.FORMAT, context) == keys.COG,
            memory_mb=settings.memory_mb,
            consistency=self.parameterAsBoolean(parameters, keys.CONSISTENCY, context),
            guard=self.parameterAsEnumString(parameters, keys.GUARD, context),
            file_per_band=self.parameterAsEnumString(parameters, keys.GROUPING, context) == keys.FILE_PER_BAND,
        )

    def _extent(
        self, parameters: dict[str, Any], context: QgsProcessingContext, crs: QgsCoordinateReferenceSystem | None
    ) -> QgsRectangle | None:
        """Return EXTENT, moved into a CRS where one is given; None for the whole raster."""
        if parameters.get(keys.EXTENT) in (None, ""):
            return None
        more = () if crs is None else (crs,)
        return self.parameterAsExtent(parameters, keys.EXTENT, context, *more)

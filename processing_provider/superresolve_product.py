# SPDX-License-Identifier: GPL-2.0-or-later
"""Super-resolve a product: one class, an instance for each sensor file."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingUtils,
)

from ..core.cards import Card, load_cards
from ..core.sensors import Sensor
from ..plugin.paths import HELP_FOLDER
from ..plugin.settings import AUTO, Settings, load_settings, model_folders
from . import parameters as keys
from .base import SatSharpAlgorithm
from .parameters import Parameters, group_label
from .product_layers import ProductLayers
from .styling import LayerDescription, LayerStyler

if TYPE_CHECKING:
    from ..core.job import Job, Options

TIFF_SUFFIXES = (".tif", ".tiff")


@dataclass(frozen=True)
class Request:
    """The parameters as plain values, which a worker thread may use.

    Attributes:
        source: path of the product.
        model: ``auto`` or a card id.
        cards: installed cards for the sensor.
        options: the engine's options.
    """

    source: str
    model: str
    cards: tuple[Card, ...]
    options: Options


class SuperResolveProduct(SatSharpAlgorithm):
    """Brings the coarse bands of a sensor's product to its finest grid."""

    def __init__(self, sensor: Sensor) -> None:
        """Take the sensor whose products are read."""
        super().__init__()
        self.sensor = sensor
        self._request: Request | None = None
        self._layers: tuple[tuple[str, LayerDescription], ...] = ()

    def createInstance(self) -> SuperResolveProduct:
        """Return a new instance for the same sensor."""
        return type(self)(self.sensor)

    def name(self) -> str:
        """Return the id, which comes from the sensor file and never changes."""
        return self.sensor.algorithm

    def displayName(self) -> str:
        """Return the name."""
        return self.tr("Super-resolve {} product").format(self.sensor.name)

    def groupId(self) -> str:
        """Return the group's id."""
        return "superresolution"

    def group(self) -> str:
        """Return the group's name."""
        return self.tr("Super-resolution")

    def tags(self) -> list[str]:
        """Return words to search for."""
        words = self.tr("super-resolution,superresolution,sharpen,pansharpen,upscale,downscale,resolution,onnx,ai,10 m")
        return [*words.split(","), self.sensor.id, *self.sensor.levels]

    def shortDescription(self) -> str:
        """Return one sentence."""
        return self.tr("Brings the coarse bands of a {} product to {} with a neural network.").format(
            self.sensor.name, group_label(self.sensor.gsds[0])
        )

    def shortHelpString(self) -> str:
        """Return the help text: ``resources/help/<algorithm id>.md``, else the one for all sensors, as HTML."""
        pages = (HELP_FOLDER / f"{name}.md" for name in (self.name(), "superresolve_product"))
        text = next(page.read_text(encoding="utf-8") for page in pages if page.is_file())
        paragraphs = text.split("\n\n", 1)[1].strip().split("\n\n")
        return "\n".join(f"<p>{' '.join(paragraph.split())}</p>" for paragraph in paragraphs)

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:
        """Declare parameters and outputs."""
        build = Parameters()
        for definition in (
            build.product(self.sensor.name),
            build.bands(self.sensor.gsds[1:]),
            build.copy_fine_bands(),
            build.extent(),
            build.consistency(),
            build.guard(),
            build.model([(card.id, card.name) for card in self._installed_cards(load_settings())]),
            build.device(),
            build.tile_size(),
            build.resume(),
            build.format(),
            build.output(),
            build.interval_output(),
        ):
            self.addParameter(definition)
        self.addOutput(QgsProcessingOutputNumber(keys.GSD, self.tr("Ground sampling distance of the result")))
        self.addOutput(QgsProcessingOutputString(keys.EXECUTION_PROVIDER, self.tr("Execution provider that was used")))
        self.addOutput(QgsProcessingOutputString(keys.MODELS, self.tr("Models that were used")))

    def checkParameterValues(self, parameters: dict[str, Any], context: QgsProcessingContext) -> tuple[bool, str]:
        """Check that the input is there and that the outputs are GeoTIFFs."""
        source = self._source(parameters, context)
        if source and "://" not in source and not source.startswith("/vsi") and not os.path.exists(source):
            return False, self.tr("{} does not exist. Check the path of the product.").format(source)
        for key in (keys.OUTPUT, keys.INTERVAL_OUTPUT):
            output = parameters.get(key)
            suffix = Path(output).suffix.lower() if isinstance(output, str) else ""
            if suffix and suffix not in TIFF_SUFFIXES:
                return False, self.tr("{} is a GeoTIFF: its name must end in .tif, not in {}.").format(key, suffix)
        return super().checkParameterValues(parameters, context)

    def prepareAlgorithm(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> bool:
        """Turn the parameters into plain values; products are opened later, on the worker thread, as that may take."""
        settings = load_settings()
        self._request = Request(
            source=self._source(parameters, context),
            model=self.parameterAsEnumString(parameters, keys.MODEL, context),
            cards=self._installed_cards(settings),
            options=self._options(parameters, context, settings),
        )
        return True

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Open the product, plan, run."""
        from ..core.planning import choose_cards, plan_job
        from ..core.products import open_scene
        from ..core.super_resolution import run

        request = self._request
        # Not in prepareAlgorithm: the worker's context replaces the list of layers to load that is made here.
        output, bounds = (
            self.parameterAsOutputLayer(parameters, key, context) if parameters.get(key) else ""
            for key in (keys.OUTPUT, keys.INTERVAL_OUTPUT)
        )
        scene = open_scene(request.source, self.sensor)
        cards = choose_cards(scene, request.cards, self.sensor.models, request.model, request.options.gsds)
        job = plan_job(scene, cards, output, replace(request.options, interval_output=bounds))
        self._report_plan(job, feedback)
        result = run(job, lambda share: feedback.setProgress(100 * share), feedback.isCanceled, feedback.pushInfo)
        for warning in result.warnings:
            feedback.pushWarning(warning)
        layers = ProductLayers(self.sensor, job, result)
        self._layers = ((output, layers.values()), *([(bounds, layers.bounds())] if bounds else []))
        return {
            keys.OUTPUT: str(result.output),
            **({keys.INTERVAL_OUTPUT: str(job.files[1].path)} if bounds else {}),
            keys.GSD: job.target.gsd,
            keys.EXECUTION_PROVIDER: result.execution_provider,
            keys.MODELS: ", ".join(card.id for card in cards),
        }

    def postProcessAlgorithm(self, context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> dict[str, Any]:
        """Have the layers styled when QGIS loads them."""
        for destination, description in self._layers:
            LayerStyler.attach(destination, description, context)
        return {}

    def _installed_cards(self, settings: Settings) -> tuple[Card, ...]:
        cards, _ = load_cards(*model_folders(settings))
        return tuple(card for card in cards if card.sensor == self.sensor.id)

    def _source(self, parameters: dict[str, Any], context: QgsProcessingContext) -> str:
        """Return INPUT as a path; the id or name of a loaded raster layer becomes that layer's source."""
        given = self.parameterAsFile(parameters, keys.INPUT, context).strip().strip('"')
        layer = QgsProcessingUtils.mapLayerFromString(given, context, False) if given else None
        return layer.source() if layer is not None else given

    def _options(self, parameters: dict[str, Any], context: QgsProcessingContext, settings: Settings) -> Options:
        from ..core.job import Options

        labels = {group_label(gsd): gsd for gsd in self.sensor.gsds[1:]}
        chosen = self.parameterAsEnumStrings(parameters, keys.BANDS, context)
        extent, crs = self._extent(parameters, context)
        device = self.parameterAsEnumString(parameters, keys.DEVICE, context)
        return Options(
            # All groups means: those that this product has.
            gsds=() if set(chosen) == set(labels) else tuple(labels[label] for label in chosen),
            copy_fine_bands=self.parameterAsBoolean(parameters, keys.COPY_FINE_BANDS, context),
            extent=extent,
            extent_crs=crs,
            device=settings.device if device == AUTO else device,
            tile_size=self.parameterAsInt(parameters, keys.TILE_SIZE, context) or settings.tile_size,
            resume=self.parameterAsBoolean(parameters, keys.RESUME, context),
            cog=self.parameterAsEnumString(parameters, keys.FORMAT, context) == keys.COG,
            memory_mb=settings.memory_mb,
            consistency=self.parameterAsBoolean(parameters, keys.CONSISTENCY, context),
            guard=self.parameterAsEnumString(parameters, keys.GUARD, context),
        )

    def _extent(
        self, parameters: dict[str, Any], context: QgsProcessingContext
    ) -> tuple[tuple[float, float, float, float] | None, str]:
        """Return EXTENT as (xmin, ymin, xmax, ymax) with its CRS as code or WKT (empty: the product's own)."""
        if parameters.get(keys.EXTENT) in (None, ""):
            return None, ""
        box = self.parameterAsExtent(parameters, keys.EXTENT, context)
        crs = self.parameterAsExtentCrs(parameters, keys.EXTENT, context)
        # GDAL does not know the user's own definitions (USER:100000) by their code.
        text = crs.authid() if crs.authid().startswith("EPSG:") else crs.toWkt()
        return (box.xMinimum(), box.yMinimum(), box.xMaximum(), box.yMaximum()), text if crs.isValid() else ""

    def _report_plan(self, job: Job, feedback: QgsProcessingFeedback) -> None:
        scene = job.scene
        offsets = sorted({round(band.offset / band.scale) for band in scene.bands})
        for sentence in (
            self.tr("Product: {}, level {}").format(scene.name, scene.level or self.tr("unknown")),
            self.tr("Offset of the digital numbers: {}").format(", ".join(map(str, offsets))),
            self.tr("Models: {}").format(", ".join(f"{step.card.id} ({step.card.name})" for step in job.steps)),
            self.tr("Output: {} bands, {} x {} pixels of {} m").format(
                len(job.files[0].bands), job.window.width, job.window.height, f"{job.target.gsd:g}"
            ),
            self.tr("Tiles of {} pixels, device {}").format(job.tile, job.device),
        ):
            feedback.pushInfo(sentence)

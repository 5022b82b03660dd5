# SPDX-License-Identifier: GPL-2.0-or-later
"""Super-resolve a product: one class, an instance for each sensor file."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
)

from ..core.sensors import Sensor
from ..plugin.paths import HELP_FOLDER
from ..plugin.settings import Settings, cache_bytes, cache_folder, load_settings, model_folders
from . import parameters as keys
from .base import SatSharpAlgorithm
from .destinations import as_vrt
from .parameters import group_label
from .product_parameters import SWATH_FAMILIES, TARGET_CRS, ProductParameters
from .sources import missing_part, product_source

if TYPE_CHECKING:
    from ..core.card_titles import Model
    from ..core.cards import Card
    from ..core.job import Job
    from .product_request import Request
    from .styling import LayerDescription

# Percent of the progress bar for fetching a product.
FETCHING = 30.0


class SuperResolveProduct(SatSharpAlgorithm):
    """Brings the coarse bands of a sensor's product to its finest grid."""

    def __init__(self, sensor: Sensor) -> None:
        """Take the sensor whose products are read."""
        super().__init__()
        self.sensor = sensor
        self._preferred = sensor.models
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
        """Return the help text: ``resources/help/<algorithm id>.md`` if there is one, and the page for all sensors."""
        pages = (HELP_FOLDER / f"{name}.md" for name in (self.name(), "superresolve_product"))
        texts = [page.read_text(encoding="utf-8") for page in pages if page.is_file()]
        paragraphs = "\n\n".join(text.split("\n\n", 1)[1].strip() for text in texts).split("\n\n")
        return "\n".join(f"<p>{' '.join(paragraph.split())}</p>" for paragraph in paragraphs)

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:
        """Declare parameters and outputs."""
        build = ProductParameters()
        for definition in (
            build.product(self.sensor),
            build.bands(self.sensor.gsds[1:]),
            build.copy_fine_bands(),
            build.extent(),
            build.consistency(),
            build.guard(),
            build.model(build.titles([title for title in self.installed_titles() if self._takes(title)])),
            build.device(),
            build.tile_size(),
            build.resume(),
            build.format(),
            build.grouping(),
            build.values(),
            *([build.target_crs()] if self.sensor.family in SWATH_FAMILIES else []),
            build.output(),
            build.interval_output(),
        ):
            self.addParameter(definition)
        self.addOutput(QgsProcessingOutputNumber(keys.GSD, self.tr("Ground sampling distance of the result")))
        self.addOutput(QgsProcessingOutputString(keys.EXECUTION_PROVIDER, self.tr("Execution provider that was used")))
        self.addOutput(QgsProcessingOutputString(keys.MODELS, self.tr("Models that were used")))

    def checkParameterValues(self, parameters: dict[str, Any], context: QgsProcessingContext) -> tuple[bool, str]:
        """Check that the input is there and that the outputs are GeoTIFFs, the main one perhaps by way of a VRT."""
        from .product_request import OptionReader

        source = product_source(self, parameters, keys.INPUT, context)
        missing = missing_part(source)
        if missing:
            return False, self.tr("{} does not exist. Check the path of the product.").format(missing)
        wrong = self.wrong_suffix(parameters, context, keys.OUTPUT, keys.INTERVAL_OUTPUT, joined=keys.OUTPUT)
        if wrong:
            return False, wrong
        if OptionReader(self, self.sensor).unknown_crs(parameters, context):
            sentence = self.tr("{} cannot be {}. Choose a coordinate reference system that QGIS knows.")
            return False, sentence.format(TARGET_CRS, parameters[TARGET_CRS])
        return super().checkParameterValues(parameters, context)

    def prepareAlgorithm(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> bool:
        """Turn the parameters into plain values; products are opened later, on the worker thread, as that may take."""
        from ..core.variant_choice import in_precision
        from ..plugin.product_cache import Cache
        from .product_request import OptionReader, Request

        settings = load_settings()
        cards = self._installed_cards(settings)
        self._preferred = in_precision(self.sensor.models, cards, settings.precision)
        self._request = Request(
            source=product_source(self, parameters, keys.INPUT, context),
            model=self.parameterAsEnumString(parameters, keys.MODEL, context),
            cards=cards,
            options=OptionReader(self, self.sensor).options(parameters, context, settings),
            cache=Cache(cache_folder(settings), cache_bytes(settings)),
        )
        return True

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Fetch the product if it is on the web, open it, plan, run."""
        from ..core.super_resolution import run
        from ..plugin.product_cache import Courier, local_source
        from ..plugin.remote_files import is_address
        from .product_layers import ProductLayers

        request = self._request
        # Not in prepareAlgorithm: the worker's context replaces the list of layers to load that is made here.
        if request.options.file_per_band:
            parameters = {**parameters, keys.OUTPUT: as_vrt(parameters.get(keys.OUTPUT), context)}
        output, bounds = (
            self.parameterAsOutputLayer(parameters, key, context) if parameters.get(key) else ""
            for key in (keys.OUTPUT, keys.INTERVAL_OUTPUT)
        )
        start = FETCHING if is_address(request.source) else 0.0
        courier = Courier(lambda share: feedback.setProgress(start * share), feedback.isCanceled, feedback.pushInfo)
        with local_source(request.source, request.cache, courier) as path:
            job = self._plan(path, output, bounds, feedback)
            result = run(
                job,
                lambda share: feedback.setProgress(start + (100 - start) * share),
                feedback.isCanceled,
                feedback.pushInfo,
            )
        for warning in result.warnings:
            feedback.pushWarning(warning)
        layers = ProductLayers(self.sensor, job, result)
        self._layers = ((output, layers.values()), *([(bounds, layers.bounds())] if bounds else []))
        return {
            keys.OUTPUT: str(result.output),
            **({keys.INTERVAL_OUTPUT: str(job.files[-1].path)} if bounds else {}),
            keys.GSD: job.target.gsd,
            keys.EXECUTION_PROVIDER: result.execution_provider,
            keys.MODELS: ", ".join(step.card.id for step in job.steps),
        }

    def _plan(self, path: str, output: str, bounds: str, feedback: QgsProcessingFeedback) -> Job:
        """Open a product that is here or read where it lies, and plan the run."""
        from ..core.planning import choose_cards, plan_job
        from ..core.products import open_scene
        from ..plugin.product_cache import public_source
        from .run_report import RunReport

        request, report = self._request, RunReport(feedback)
        scene = replace(open_scene(path, self.sensor), source=public_source(request.source))
        report.scene(scene, request.options)
        cards = choose_cards(scene, request.cards, self._preferred, request.model, request.options.gsds)
        job = plan_job(scene, cards, output, replace(request.options, interval_output=bounds))
        report.plan(job)
        return job

    def postProcessAlgorithm(self, context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> dict[str, Any]:
        """Have the layers styled when QGIS loads them."""
        from .styling import LayerStyler

        for destination, description in self._layers:
            LayerStyler(description).attach(destination, context)
        return {}

    def _installed_cards(self, settings: Settings) -> tuple[Card, ...]:
        from ..core.cards import load_cards

        cards, _ = load_cards(*model_folders(settings))
        return tuple(card for card in cards if self._takes(card))

    def _takes(self, model: Model) -> bool:
        """Return whether a model sharpens products of this sensor."""
        return bool(model.sensor == self.sensor.id and not model.harmonizes)

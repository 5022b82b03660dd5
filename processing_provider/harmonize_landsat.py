# SPDX-License-Identifier: GPL-2.0-or-later
"""Harmonize a Landsat 8/9 product: Sentinel-2-like reflectance at 10 m on Sentinel-2's grid, in one run."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
)

from ..core.errors import DependencyError
from ..core.sensors import Sensor, load_sensors
from ..plugin.settings import AUTO, load_settings, model_folders, sensor_folders
from . import harmonize_parameters as own
from . import parameters as keys
from .base import SatSharpAlgorithm
from .destinations import as_vrt
from .harmonize_parameters import CUBIC, ENSEMBLE, NETWORK, PANSHARPEN
from .sources import missing_part, product_source

if TYPE_CHECKING:
    from ..core.card_titles import Model
    from ..core.cards import Card
    from ..core.harmonization.landsat_request import HarmonizeRequest
    from ..core.harmonization.landsat_scene import LandsatScene
    from ..core.job import Job, Result
    from .styling import LayerDescription

BANDS = ("B02", "B03", "B04", "B8A", "B11", "B12")


class HarmonizeLandsat(SatSharpAlgorithm):
    """Turns a Landsat 8/9 product into what Sentinel-2 would have seen."""

    def __init__(self) -> None:
        """Start without a request."""
        super().__init__()
        self._request: HarmonizeRequest | None = None
        self._sensors: dict[str, Sensor] = {}
        self._members: tuple[Card, ...] = ()
        self._layers: tuple[tuple[str, LayerDescription], ...] = ()
        # Where the classes of clouds are written, and the product that they are of.
        self._classes = ("", "")

    def name(self) -> str:
        """Return the id, which never changes."""
        return "harmonize_landsat"

    def displayName(self) -> str:
        """Return the name."""
        return self.tr("Harmonize Landsat 8/9 to Sentinel-2")

    def groupId(self) -> str:
        """Return the group's id."""
        return "harmonization"

    def group(self) -> str:
        """Return the group's name."""
        return self.tr("Harmonization")

    def tags(self) -> list[str]:
        """Return words to search for."""
        return self.tr("harmonize,hls,landsat,sentinel-2,bandpass,brdf,nbar,time series,pansharpen,10 m").split(",")

    def shortDescription(self) -> str:
        """Return one sentence."""
        return self.tr("Turns Landsat 8/9 reflectance into what Sentinel-2 would have seen: six bands at 10 m.")

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:
        """Declare parameters and outputs."""
        build = own.HarmonizeParameters()
        landsat = next(sensor for sensor in load_sensors(*sensor_folders(load_settings()))[0] if sensor.id == "landsat")
        for definition in (
            build.product(landsat),
            build.pan(),
            build.reference(),
            build.reference_band(),
            build.mgrs_tile(),
            build.method(),
            build.coregister(),
            build.max_shift(),
            build.brdf(),
            build.sun_zenith(),
            build.bandpass(),
            *build.tables(),
            build.clouds(),
            build.dilation(),
            build.extent(),
            build.consistency(),
            build.guard(),
            build.model(build.titles(harmonizing(self.installed_titles()))),
            build.device(),
            build.tile_size(),
            build.resume(),
            build.format(),
            build.grouping(),
            build.values(),
            build.harmonized(),
            build.bounds(),
            build.quality(),
        ):
            self.addParameter(definition)
        self.addOutput(QgsProcessingOutputNumber(own.EAST, self.tr("Metres that the product was moved east")))
        self.addOutput(QgsProcessingOutputNumber(own.NORTH, self.tr("Metres that the product was moved north")))
        self.addOutput(
            QgsProcessingOutputNumber(own.VALID_FRACTION, self.tr("Part of the pixels without clouds, 0 to 1"))
        )
        self.addOutput(QgsProcessingOutputString(keys.EXECUTION_PROVIDER, self.tr("Execution provider that was used")))
        self.addOutput(QgsProcessingOutputString(keys.MODELS, self.tr("Models that were used")))

    def canExecute(self) -> tuple[bool, str]:
        """Return that it can: the method cubic needs no ONNX Runtime."""
        return True, ""

    def checkParameterValues(self, parameters: dict[str, Any], context: QgsProcessingContext) -> tuple[bool, str]:
        """Check that the inputs are there and that the outputs are GeoTIFFs."""
        for key in (keys.INPUT, own.PAN, own.REFERENCE):
            source = product_source(self, parameters, key, context)
            missing = missing_part(source) if source else ""
            if missing:
                return False, self.tr("{} does not exist. Check {}.").format(missing, key)
        ensemble = self.parameterAsEnumString(parameters, own.METHOD, context) == ENSEMBLE
        places, joined = (keys.OUTPUT, keys.INTERVAL_OUTPUT, own.QA_OUTPUT), "" if ensemble else keys.OUTPUT
        wrong = self.wrong_suffix(parameters, context, *places, joined=joined)
        if wrong:
            return False, wrong
        if ensemble and self.parameterAsEnumString(parameters, keys.GROUPING, context) == keys.FILE_PER_BAND:
            return False, self.tr("An ensemble is written to one file. Choose one file, or another METHOD.")
        if parameters.get(own.MGRS_TILE) and parameters.get(own.REFERENCE):
            return False, self.tr("Give either REFERENCE or MGRS_TILE: each determines the grid of the result.")
        return super().checkParameterValues(parameters, context)

    def prepareAlgorithm(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> bool:
        """Turn the parameters into plain values; products are opened later, on the worker thread."""
        from ..core.cards import load_cards
        from .harmonize_request import RequestReader

        settings = load_settings()
        sensors, _ = load_sensors(*sensor_folders(settings))
        self._sensors = {sensor.id: sensor for sensor in sensors}
        cards = harmonizing(load_cards(*model_folders(settings))[0])
        method = self.parameterAsEnumString(parameters, own.METHOD, context)
        self._members = self._ensemble(cards) if method == ENSEMBLE else ()
        card = self._card(method, parameters, cards, context)
        self._request = RequestReader(self, self._sensors["landsat"]).request(parameters, context, settings, card)
        return True

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Open, move, plan, run."""
        from .harmonize_request import figures_of
        from .product_layers import ProductLayers

        # Not in prepareAlgorithm: the worker's context replaces the list of layers to load that is made here.
        if self._request.options.file_per_band:
            parameters = {**parameters, keys.OUTPUT: as_vrt(parameters.get(keys.OUTPUT), context)}
        output, bounds, quality = (
            self.parameterAsOutputLayer(parameters, key, context) if parameters.get(key) else ""
            for key in (keys.OUTPUT, keys.INTERVAL_OUTPUT, own.QA_OUTPUT)
        )
        options = replace(self._request.options, interval_output=bounds)
        request = replace(self._request, output=output, quality_output=quality, options=options)
        with tempfile.TemporaryDirectory(prefix="satsharp-") as folder:
            found, job, result = self._run(request, Path(folder), feedback)
        for warning in result.warnings:
            feedback.pushWarning(warning)
        layers = ProductLayers(self._sensors["sentinel2"], job, result)
        described = ((output, layers.harmonized()), (bounds, layers.bounds()))
        self._layers = tuple((place, description) for place, description in described if place)
        self._classes = (quality, layers.product)
        return {
            keys.OUTPUT: str(result.output),
            **({keys.INTERVAL_OUTPUT: bounds} if bounds else {}),
            **({own.QA_OUTPUT: quality} if quality else {}),
            keys.EXECUTION_PROVIDER: result.execution_provider,
            keys.MODELS: ", ".join(card.id for card in self._members or (step.card for step in job.steps)),
            **figures_of(found),
        }

    def _run(
        self, request: HarmonizeRequest, folder: Path, feedback: QgsProcessingFeedback
    ) -> tuple[LandsatScene, Job, Result]:
        """Run one model, cubic convolution, or all members of the ensemble."""
        from ..core.harmonization.ensemble_run import run_ensemble
        from ..core.harmonization.landsat_plan import plan_harmonization
        from ..core.harmonization.landsat_scene import open_landsat
        from ..core.super_resolution import run
        from .run_report import RunReport

        def progress(share: float) -> None:
            feedback.setProgress(100 * share)

        if self._members:
            feedback.pushInfo(self.tr("Ensemble of {} models.").format(len(self._members)))
            return run_ensemble(
                request, self._members, self._sensors, folder, progress, feedback.isCanceled, feedback.pushInfo
            )
        found = open_landsat(request, self._sensors, folder, feedback.isCanceled, feedback.pushInfo)
        for warning in found.warnings:
            feedback.pushWarning(warning)
        job = plan_harmonization(request, found, self._sensors["sentinel2"])
        RunReport(feedback).plan(job)
        return found, job, run(job, progress, feedback.isCanceled, feedback.pushInfo)

    def _require_runtime(self) -> None:
        """Load ONNX Runtime where a network is run."""
        possible, reason = super().canExecute()
        if self._request.method != CUBIC and not possible:
            raise DependencyError(reason)

    def postProcessAlgorithm(self, context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> dict[str, Any]:
        """Have the layers styled when QGIS loads them."""
        from .class_layers import ClassesStyler
        from .styling import LayerStyler

        for destination, description in self._layers:
            LayerStyler(description).attach(destination, context)
        place, product = self._classes
        if place:
            ClassesStyler(product).attach(place, context)
        return {}

    def _card(
        self, method: str, parameters: dict[str, Any], cards: tuple[Card, ...], context: QgsProcessingContext
    ) -> Card | None:
        """Return the model that was chosen, or the first; of pansharpening its own; None for other methods."""
        from ..core.cards import load_card
        from ..core.harmonization.landsat_request import PANSHARPEN_CARD

        if method != NETWORK:
            return load_card(PANSHARPEN_CARD) if method == PANSHARPEN else None
        chosen = self.parameterAsEnumString(parameters, keys.MODEL, context)
        found = next((card for card in cards if chosen in (AUTO, card.id)), None)
        if found is None:
            sentence = self.tr("There is no model {} for harmonization. Install one, or choose the METHOD cubic.")
            raise QgsProcessingException(sentence.format(chosen))
        return found

    def _ensemble(self, cards: tuple[Card, ...]) -> tuple[Card, ...]:
        """Return the installed models that return Sentinel-2's bands themselves."""
        found = tuple(card for card in cards if {*BANDS} <= {*card.target_bands})
        if not found:
            raise QgsProcessingException(
                self.tr(
                    "No members of an ensemble are installed: networks that turn Landsat into Sentinel-2's bands, such "
                    "as those of Deep-Harmonization. Convert and install them, or choose the METHOD network."
                )
            )
        return found


def harmonizing(models: tuple[Model, ...]) -> tuple[Model, ...]:
    """Return the models that turn Landsat into Sentinel-2."""
    return tuple(model for model in models if model.harmonizes and model.sensor == "landsat")

# SPDX-License-Identifier: GPL-2.0-or-later
"""Super-resolve several dates of one place with a model that takes them all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingUtils,
)

from ..core.errors import CancelledError
from ..core.sensors import load_sensors
from ..plugin.settings import AUTO, load_settings, model_folders, sensor_folders
from . import parameters as keys
from .base import SatSharpAlgorithm
from .destinations import as_vrt
from .sources import missing_part
from .timeseries_parameters import INPUTS, JUDGED_ON, MAX_CLOUD, ONLY_EXTENT, TRAINING_GRID, TimeseriesParameters

if TYPE_CHECKING:
    from ..core.job import Options
    from ..core.products.date_series import SeriesRequest
    from .styling import LayerDescription

DATES = "DATES"


class SuperResolveTimeseries(SatSharpAlgorithm):
    """Makes one finer image of several dates."""

    def __init__(self) -> None:
        """Start without a request."""
        super().__init__()
        self._request: SeriesRequest | None = None
        self._chosen: Options | None = None
        self._layers: tuple[tuple[str, LayerDescription], ...] = ()

    def name(self) -> str:
        """Return the id, which never changes."""
        return "superresolve_timeseries"

    def displayName(self) -> str:
        """Return the name."""
        return self.tr("Super-resolve several dates")

    def groupId(self) -> str:
        """Return the group's id."""
        return "superresolution"

    def group(self) -> str:
        """Return the group's name."""
        return self.tr("Super-resolution")

    def tags(self) -> list[str]:
        """Return words to search for."""
        return self.tr("super-resolution,multi-image,multi-temporal,time series,dates,satlas,enlarge,onnx").split(",")

    def shortDescription(self) -> str:
        """Return one sentence."""
        return self.tr("Makes one finer image of several dates of one place, with a model that takes several.")

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:
        """Declare parameters and outputs."""
        build = TimeseriesParameters()
        for definition in (
            build.dates(),
            build.timeseries_extent(),
            build.model(build.titles([title for title in self.installed_titles() if title.dates > 1])),
            build.judged_on(),
            build.max_cloud(),
            build.training_grid(),
            build.device(),
            build.tile_size(),
            build.resume(),
            build.format(),
            build.grouping(),
            build.output(),
        ):
            self.addParameter(definition)
        self.addOutput(QgsProcessingOutputNumber(keys.GSD, self.tr("Ground sampling distance of the result")))
        self.addOutput(QgsProcessingOutputString(keys.EXECUTION_PROVIDER, self.tr("Execution provider that was used")))
        self.addOutput(QgsProcessingOutputString(keys.MODELS, self.tr("Models that were used")))
        self.addOutput(QgsProcessingOutputString(DATES, self.tr("Dates that were used, in the order of the model")))

    def checkParameterValues(self, parameters: dict[str, Any], context: QgsProcessingContext) -> tuple[bool, str]:
        """Check that the dates are there and that the output is a GeoTIFF."""
        for source in self._sources(parameters, context):
            missing = missing_part(source)
            if missing:
                return False, self.tr("{} does not exist. Check the path of the product.").format(missing)
        wrong = self.wrong_suffix(parameters, context, keys.OUTPUT, joined=keys.OUTPUT)
        if wrong:
            return False, wrong
        if parameters.get(JUDGED_ON) == ONLY_EXTENT and parameters.get(keys.EXTENT) in (None, ""):
            return False, self.tr("Dates are to be judged on the extent. Choose an EXTENT.")
        return super().checkParameterValues(parameters, context)

    def prepareAlgorithm(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> bool:
        """Turn the parameters into plain values; the dates are opened later, on the worker thread."""
        from ..core.cards import load_cards
        from ..core.products.date_area import Area
        from ..core.products.date_series import SeriesRequest
        from ..core.products.raster_files import RasterSource

        self._chosen = options = self._options(parameters, context)
        settings = load_settings()
        (cards, _), (sensors, _) = load_cards(*model_folders(settings)), load_sensors(*sensor_folders(settings))
        judged = self.parameterAsEnumString(parameters, JUDGED_ON, context) == ONLY_EXTENT
        area = Area(options.extent, options.extent_crs) if judged and options.extent is not None else None
        self._request = SeriesRequest(
            sources=tuple(RasterSource(path, Path(path).name) for path in self._sources(parameters, context)),
            cards=cards,
            model=self.parameterAsEnumString(parameters, keys.MODEL, context),
            sensors={sensor.id: sensor for sensor in sensors},
            limit=self.parameterAsDouble(parameters, MAX_CLOUD, context) / 100,
            area=area,
            training_grid=self.parameterAsBoolean(parameters, TRAINING_GRID, context),
        )
        return True

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Open and choose the dates, plan, run."""
        from ..core.planning import plan_job
        from ..core.products.date_series import open_series
        from ..core.super_resolution import run
        from .product_layers import ProductLayers
        from .run_report import RunReport

        def check() -> None:
            if feedback.isCanceled():
                raise CancelledError

        # Not in prepareAlgorithm: the worker's context replaces the list of layers to load that is made here.
        if self._chosen.file_per_band:
            parameters = {**parameters, keys.OUTPUT: as_vrt(parameters.get(keys.OUTPUT), context)}
        output = self.parameterAsOutputLayer(parameters, keys.OUTPUT, context)
        series = open_series(self._request, check)
        for sentence in series.told:
            feedback.pushInfo(sentence)
        for warning in series.warnings:
            feedback.pushWarning(warning)
        *earlier, latest = series.scenes
        job = plan_job(latest, (series.card,), output, self._chosen, tuple(earlier))
        RunReport(feedback).plan(job)
        result = run(job, lambda share: feedback.setProgress(100 * share), feedback.isCanceled, feedback.pushInfo)
        for warning in result.warnings:
            feedback.pushWarning(warning)
        self._layers = ((output, ProductLayers(series.sensor, job, result).values()),)
        return {
            keys.OUTPUT: str(result.output),
            keys.GSD: job.target.gsd,
            keys.EXECUTION_PROVIDER: result.execution_provider,
            keys.MODELS: series.card.id,
            DATES: "; ".join(scene.name for scene in series.scenes),
        }

    def postProcessAlgorithm(self, context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> dict[str, Any]:
        """Have the layer styled when QGIS loads it."""
        from .styling import LayerStyler

        for destination, description in self._layers:
            LayerStyler(description).attach(destination, context)
        return {}

    def _sources(self, parameters: dict[str, Any], context: QgsProcessingContext) -> list[str]:
        """Return the dates as paths; the id or name of a loaded raster layer becomes that layer's source."""
        paths = []
        for given in self.parameterAsFileList(parameters, INPUTS, context):
            text = given.strip().strip('"')
            layer = QgsProcessingUtils.mapLayerFromString(text, context, False) if text else None
            paths += [layer.source() if layer is not None else text] if text else []
        return paths

    def _options(self, parameters: dict[str, Any], context: QgsProcessingContext) -> Options:
        from ..core.job import OFF, Options

        settings = load_settings()
        device = self.parameterAsEnumString(parameters, keys.DEVICE, context)
        given = parameters.get(keys.EXTENT) not in (None, "")
        box = self.parameterAsExtent(parameters, keys.EXTENT, context) if given else None
        crs = self.parameterAsExtentCrs(parameters, keys.EXTENT, context) if given else None
        text = "" if crs is None or not crs.isValid() else crs.authid()
        options = Options(
            copy_fine_bands=False,
            # GDAL does not know the user's own definitions (USER:100000) by their code.
            extent_crs=text if text.startswith("EPSG:") or not text else crs.toWkt(),
            device=settings.device if device == AUTO else device,
            tile_size=self.parameterAsInt(parameters, keys.TILE_SIZE, context) or settings.tile_size,
            resume=self.parameterAsBoolean(parameters, keys.RESUME, context),
            cog=self.parameterAsEnumString(parameters, keys.FORMAT, context) == keys.COG,
            memory_mb=settings.memory_mb,
            # Both compare with one date's bands, which the result of several is not.
            consistency=False,
            guard=OFF,
            file_per_band=self.parameterAsEnumString(parameters, keys.GROUPING, context) == keys.FILE_PER_BAND,
        )
        if box is None:
            return options
        return replace(options, extent=(box.xMinimum(), box.yMinimum(), box.xMaximum(), box.yMaximum()))

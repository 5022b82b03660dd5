# SPDX-License-Identifier: GPL-2.0-or-later
"""Tell how well a raster agrees with a reference of the same place, and how well it did before."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
)

from ..core.errors import ProductError
from ..core.sensors import load_sensors
from ..plugin.settings import AUTO, load_settings, sensor_folders
from . import cloud_parameters as masks
from . import quality_parameters as keys
from .cloud_parameters import cloud_options
from .quality_parameters import QualityParameters
from .without_network import WithoutNetwork

if TYPE_CHECKING:
    from ..core.harmonization.clouds import CloudOptions
    from ..core.products.measured_raster import MeasuredRaster
    from ..core.quality.pair import PairResult
    from ..core.quality.pair_plan import CloudSource, PairJob
    from ..core.sensors import Sensor
    from .raster_export import LayerSource

_RASTERS = (keys.INPUT, keys.REFERENCE, keys.BEFORE)
_MASKS = ((masks.MASK, masks.MASK_KIND), (masks.REFERENCE_MASK, masks.REFERENCE_MASK_KIND))


class Request(NamedTuple):
    """The parameters as values that a worker thread may use.

    Attributes:
        rasters: by parameter key.
        masks: (quality raster, kind or auto).
        masked: enum value of MASKED.
        dilation: metres.
        grid: enum value of GRID.
        bands: pairs of bands of the input and the reference; empty to find them.
        before_bands: the same of the raster from before.
        sensors: known sensors by id.
    """

    rasters: dict[str, LayerSource]
    masks: tuple[tuple[LayerSource, str], ...]
    masked: str
    dilation: float
    grid: str
    bands: str
    before_bands: str
    sensors: dict[str, Sensor]


class AssessQuality(WithoutNetwork):
    """Writes a report about two rasters of one place."""

    def __init__(self) -> None:
        """Start without a request."""
        super().__init__()
        self._request: Request | None = None

    def name(self) -> str:
        """Return the id, which never changes."""
        return "assess_quality"

    def displayName(self) -> str:
        """Return the name."""
        return self.tr("Assess quality")

    def groupId(self) -> str:
        """Return the group's id."""
        return "quality"

    def group(self) -> str:
        """Return the group's name."""
        return self.tr("Quality")

    def tags(self) -> list[str]:
        """Return words to search for."""
        return self.tr(
            "quality,validation,compare,accuracy,rmse,ssim,psnr,sam,ndvi,correlation,regression,scatter,report,harmonize"
        ).split(",")

    def shortDescription(self) -> str:
        """Return one sentence."""
        return self.tr("Compares a raster with a reference of the same place: bands, indices, plots and maps.")

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:
        """Declare parameters and outputs."""
        for definition in QualityParameters().all():
            self.addParameter(definition)
        for key, text in (
            (keys.PIXELS, self.tr("Common clear pixels")),
            (keys.RMSE, self.tr("RMSE of all bands")),
            (keys.RMSE_BEFORE, self.tr("RMSE of all bands before")),
            (keys.SSIM, self.tr("SSIM, mean of the bands")),
            (keys.SAM, self.tr("Mean spectral angle in degrees")),
            (keys.NDVI_CORRELATION, self.tr("Correlation of NDVI")),
            (keys.NDVI_CORRELATION_BEFORE, self.tr("Correlation of NDVI before")),
        ):
            self.addOutput(QgsProcessingOutputNumber(key, text))

    def checkParameterValues(self, parameters: dict[str, Any], context: QgsProcessingContext) -> tuple[bool, str]:
        """Check that all layers are files."""
        from .measured_layers import MeasuredLayers

        possible, reason = super().checkParameterValues(parameters, context)
        for key in (*_RASTERS, *(key for key, _ in _MASKS)) if possible else ():
            reason = reason or MeasuredLayers().problem(self.parameterAsRasterLayer(parameters, key, context))
        return not reason, reason

    def prepareAlgorithm(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> bool:
        """Turn layers and parameters into plain values."""
        rasters = {}
        for key in _RASTERS:
            if key == keys.BEFORE and parameters.get(key) in (None, ""):
                continue
            rasters[key] = self._layer(parameters, key, context)
        chosen = tuple(
            (self._layer(parameters, key, context), self.parameterAsEnumString(parameters, kind, context))
            for key, kind in _MASKS
            if parameters.get(key) not in (None, "")
        )
        sensors, _ = load_sensors(*sensor_folders(load_settings()))
        self._request = Request(
            rasters=rasters,
            masks=chosen,
            masked=self.parameterAsEnumString(parameters, masks.MASKED, context),
            dilation=self.parameterAsDouble(parameters, masks.DILATION, context),
            grid=self.parameterAsEnumString(parameters, keys.GRID, context),
            bands=self.parameterAsString(parameters, keys.BANDS, context),
            before_bands=self.parameterAsString(parameters, keys.BEFORE_BANDS, context),
            sensors={sensor.id: sensor for sensor in sensors},
        )
        return True

    def _layer(self, parameters: dict[str, Any], key: str, context: QgsProcessingContext) -> LayerSource:
        from .raster_export import describe_layer

        layer = self.parameterAsRasterLayer(parameters, key, context)
        if layer is None:
            raise QgsProcessingException(self.invalidRasterError(parameters, key))
        return describe_layer(layer)

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Open, plan, read, write."""
        # Here, because they load numpy, which must not happen when QGIS starts.
        from ..core.quality.pair import run_pair
        from ..core.quality.pair_document import csv_text, json_text
        from ..core.quality.pair_plan import plan_pair
        from .measured_layers import open_layer
        from .quality_report import QualityReport
        from .text_files import write_text

        request = self._request
        options = cloud_options(request.masked, request.dilation)
        opened = {key: open_layer(layer, request.sensors) for key, layer in request.rasters.items()}
        job = plan_pair(
            opened[keys.INPUT],
            opened[keys.REFERENCE],
            opened.get(keys.BEFORE),
            self._clouds(request, opened, options),
            request.grid,
            request.bands,
            request.before_bands,
        )
        self._tell_plan(job, feedback)
        result = run_pair(job, lambda share: feedback.setProgress(100 * share), feedback.isCanceled)
        for cover in result.covers:
            feedback.pushInfo(cover.text)
        texts = {
            keys.OUTPUT_HTML: lambda: QualityReport(job, result).page(),
            keys.OUTPUT_JSON: lambda: json_text(job, result),
            keys.OUTPUT_CSV: lambda: csv_text(result),
        }
        written = {}
        for key, text in texts.items():
            output = self.parameterAsFileOutput(parameters, key, context)
            if output:
                write_text(Path(output), text())
                written[key] = output
        return {**written, **self._tell_numbers(result, feedback)}

    def _clouds(
        self, request: Request, opened: dict[str, MeasuredRaster], options: CloudOptions
    ) -> tuple[CloudSource, ...]:
        """Return the masks that were chosen, and the quality bands of the rasters themselves."""
        from ..core.products.quality_raster import quality_band, quality_kind
        from ..core.quality.pair_plan import CloudSource
        from .measured_layers import raster_source

        found = []
        for layer, chosen in request.masks:
            kind = quality_kind(raster_source(layer)) if chosen == AUTO else chosen
            if kind is None:
                raise ProductError(
                    self.tr("Nothing tells what the numbers of {} mean. Choose the kind of the mask.").format(
                        layer.title
                    )
                )
            found.append(CloudSource(quality_band(raster_source(layer), 1), kind, options))
        for raster in opened.values():
            found += [CloudSource(quality_band(raster.source, index), kind, options) for index, kind in raster.quality]
        return tuple(found)

    def _tell_plan(self, job: PairJob, feedback: QgsProcessingFeedback) -> None:
        for note in job.notes:
            feedback.pushInfo(note)
        for warning in job.warnings:
            feedback.pushWarning(warning)
        for stage in job.stages:
            pairs = ", ".join(pair.text for pair in stage.pairs)
            feedback.pushInfo(
                self.tr("Bands of {} = {}: {}").format(stage.raster.source.title, job.reference.source.title, pairs)
            )
        for clouds in job.clouds:
            feedback.pushInfo(self.tr("Masked by {}: {}").format(clouds.kind, clouds.options.text))

    def _tell_numbers(self, result: PairResult, feedback: QgsProcessingFeedback) -> dict[str, Any]:
        after, *before = result.agreements
        ndvi = [agreement.index("NDVI") for agreement in result.agreements]
        numbers = {
            keys.PIXELS: result.pixels,
            keys.RMSE: after.overall.rmse,
            keys.SSIM: after.ssim,
            keys.SAM: after.sam,
            keys.NDVI_CORRELATION: ndvi[0].moments.correlation if ndvi[0] is not None else math.nan,
        }
        if before:
            numbers[keys.RMSE_BEFORE] = before[0].overall.rmse
            numbers[keys.NDVI_CORRELATION_BEFORE] = ndvi[1].moments.correlation if ndvi[1] is not None else math.nan
        # NaN is no JSON, which qgis_process writes.
        known = {key: value for key, value in numbers.items() if math.isfinite(value)}
        for key, value in known.items():
            feedback.pushInfo(f"{key}: {value:.6g}")
        return known

# SPDX-License-Identifier: GPL-2.0-or-later
"""Put rasters of many dates, of one sensor or of several, into one series."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFolderDestination,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
)

from .series_parameters import SeriesParameters
from .without_network import WithoutNetwork

if TYPE_CHECKING:
    from ..core.timeseries.series_plan import SeriesJob
    from ..core.timeseries.series_run import SeriesResult
    from .series_request import SeriesRequest

BANDS, COVERAGE, FORMAT, LOAD, OUTPUT = "BANDS", "COVERAGE", "FORMAT", "LOAD", "OUTPUT"
LEAST_VALID = "LEAST_VALID"
SERIES, COUNT, FIRST_DATE, LAST_DATE = "SERIES", "COUNT", "FIRST_DATE", "LAST_DATE"
# As in core.timeseries, which is not imported here: it would load numpy when QGIS starts.
COVERAGES, FORMATS = ("union", "intersection"), ("COG", "netCDF", "Zarr")


class StackTimeseries(WithoutNetwork):
    """Writes a series of rasters with their dates."""

    def __init__(self) -> None:
        """Start without a request."""
        super().__init__()
        self._request: SeriesRequest | None = None
        self._choices: dict[str, Any] = {}
        self._written: tuple[SeriesJob, SeriesResult] | None = None

    def name(self) -> str:
        """Return the id, which never changes."""
        return "stack_timeseries"

    def displayName(self) -> str:
        """Return the name."""
        return self.tr("Stack time series")

    def groupId(self) -> str:
        """Return the group's id."""
        return "timeseries"

    def group(self) -> str:
        """Return the group's name."""
        return self.tr("Time series")

    def tags(self) -> list[str]:
        """Return words to search for."""
        return self.tr("time series,stack,cube,temporal,dates,netcdf,zarr,cog,landsat,sentinel-2,harmonized").split(",")

    def shortDescription(self) -> str:
        """Return one sentence."""
        return self.tr("Puts rasters of many dates on one grid, with dates, sensors and cloud masks.")

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:
        """Declare parameters and outputs."""
        build = SeriesParameters()
        for definition in (*build.sources(), *build.clouds()):
            self.addParameter(definition)
        for definition, text in self._own_parameters():
            definition.setHelp(text)
            self.addParameter(definition)
        self.addOutput(QgsProcessingOutputString(SERIES, self.tr("File with all dates")))
        self.addOutput(QgsProcessingOutputNumber(COUNT, self.tr("Number of dates")))
        self.addOutput(QgsProcessingOutputString(FIRST_DATE, self.tr("First date")))
        self.addOutput(QgsProcessingOutputString(LAST_DATE, self.tr("Last date")))

    def _own_parameters(self) -> tuple[tuple[Any, str], ...]:
        return (
            (
                QgsProcessingParameterString(BANDS, self.tr("Bands (default: all that are shared)"), optional=True),
                self.tr(
                    "Names separated by commas, such as B04, B8A. They are those of Sentinel-2 where one of the "
                    "rasters has such; the bands of Landsat are told by their wavelengths."
                ),
            ),
            (
                QgsProcessingParameterEnum(
                    COVERAGE,
                    self.tr("Extent of the series"),
                    list(COVERAGES),
                    False,
                    COVERAGES[0],
                    False,
                    usesStaticStrings=True,
                ),
                self.tr(
                    "union: of all rasters, filled with nodata where one has no pixels. intersection: what all share."
                ),
            ),
            (
                QgsProcessingParameterNumber(
                    LEAST_VALID,
                    self.tr("Leave out dates with no more valid pixels than (percent)"),
                    QgsProcessingParameterNumber.Type.Double,
                    0.0,
                    False,
                    0.0,
                    100.0,
                ),
                self.tr("At 0 only dates without any valid pixel are left out. netCDF and Zarr hold all dates."),
            ),
            (
                QgsProcessingParameterEnum(
                    FORMAT, self.tr("Format"), list(FORMATS), False, FORMATS[0], False, usesStaticStrings=True
                ),
                self.tr(
                    "COG: a Cloud Optimized GeoTIFF for each date, and series.vrt, which joins all of them. netCDF, "
                    "Zarr: one file with axes of time, y and x (CF conventions), for other programs."
                ),
            ),
            (
                QgsProcessingParameterBoolean(LOAD, self.tr("Load the dates as layers with their time"), True),
                self.tr(
                    "Loads a layer for each date into a group, stretched alike, so that the temporal controller plays "
                    "them: each is shown from its own date to the next. Only with the format COG."
                ),
            ),
            (
                QgsProcessingParameterFolderDestination(OUTPUT, self.tr("Folder of the series")),
                self.tr("Files appear in it only when all of them are complete; those of the same names are replaced."),
            ),
        )

    def checkParameterValues(self, parameters: dict[str, Any], context: QgsProcessingContext) -> tuple[bool, str]:
        """Check that there are rasters and that they are files."""
        from .series_request import SeriesCheck

        reason = SeriesCheck().inputs_problem(parameters, context)
        return (False, reason) if reason else super().checkParameterValues(parameters, context)

    def prepareAlgorithm(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> bool:
        """Turn layers and parameters into plain values."""
        from .series_request import series_request

        self._request = series_request(self, parameters, context)
        self._choices = {
            BANDS: self.parameterAsString(parameters, BANDS, context),
            COVERAGE: self.parameterAsEnumString(parameters, COVERAGE, context),
            FORMAT: self.parameterAsEnumString(parameters, FORMAT, context),
            LOAD: self.parameterAsBoolean(parameters, LOAD, context),
            LEAST_VALID: self.parameterAsDouble(parameters, LEAST_VALID, context) / 100,
        }
        return True

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Open, plan, write."""
        # Here, because they load numpy, which must not happen when QGIS starts.
        from ..core.timeseries.dates import iso_text
        from ..core.timeseries.series_plan import plan_series
        from ..core.timeseries.series_run import write_series

        folder = Path(self.parameterAsFileOutput(parameters, OUTPUT, context))
        images = self._request.open()
        job = plan_series(images, self._choices[BANDS], self._choices[COVERAGE], self._request.options)
        self._tell_plan(job, feedback)
        result = write_series(
            job,
            folder,
            self._choices[FORMAT],
            lambda share: feedback.setProgress(100 * share),
            feedback.isCanceled,
            self._choices[LEAST_VALID],
        )
        pixels = job.grid.width * job.grid.height
        for date in result.dates:
            share = f"{100 * date.valid / pixels:.1f}"
            feedback.pushInfo(self.tr("{}: {} % of the pixels are valid").format(date.image.image.title, share))
        kept = [date for date in result.dates if date.path or self._choices[FORMAT] != FORMATS[0]]
        if len(kept) < len(result.dates):
            feedback.pushWarning(self.tr("{} dates are left out.").format(len(result.dates) - len(kept)))
        if self._choices[LOAD] and self._choices[FORMAT] != FORMATS[0]:
            sentence = self.tr(
                "The dates are not loaded as layers: QGIS knows neither their times nor their colours in {} files. "
                "Choose the format COG for that."
            )
            feedback.pushInfo(sentence.format(self._choices[FORMAT]))
        self._written = job, result
        return {
            OUTPUT: str(folder),
            SERIES: str(result.path),
            COUNT: len(kept),
            FIRST_DATE: iso_text(kept[0].image.image.time),
            LAST_DATE: iso_text(kept[-1].image.image.time),
        }

    def _tell_plan(self, job: SeriesJob, feedback: QgsProcessingFeedback) -> None:
        from .series_request import SeriesReport

        for note in job.notes:
            feedback.pushWarning(note)
        SeriesReport(feedback).dates(image.image for image in job.images)
        feedback.pushInfo(
            self.tr("Series: {} dates, bands {}, {} x {} pixels of {} m, stored as {}").format(
                len(job.images),
                ", ".join(job.names),
                job.grid.width,
                job.grid.height,
                f"{job.grid.gsd:g}",
                job.storage.dtype,
            )
        )

    def postProcessAlgorithm(self, context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> dict[str, Any]:
        """Have the dates loaded, with their time."""
        from .series_layers import DatedLayerStyler, layer_times
        from .styling import LayerDescription, choose_colours

        if self._written is None or not self._choices.get(LOAD):
            return {}
        job, result = self._written
        dates = [date for date in result.dates if date.path]
        colours = choose_colours(job.wavelengths)
        stretch = [result.stretch[number - 1] for number in colours]
        group = self.tr("Time series {}").format(result.path.parent.name)
        times = layer_times([date.image.image.time for date in dates])
        for date, time in zip(dates, times):
            own = date.image.image
            description = LayerDescription(
                name=own.title,
                colours=colours,
                abstract=self.tr("{} of a time series of {} dates.").format(own.title, len(dates)),
                history=(self.tr("Stacked by SatSharp from {}.").format(own.raster.source.title),),
                licences=(),
            )
            styler = DatedLayerStyler(description, time, group, stretch)
            DatedLayerStyler.load(date.path, styler, context)
        return {}

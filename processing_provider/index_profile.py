# SPDX-License-Identifier: GPL-2.0-or-later
"""The course of an index at one place through rasters of many dates."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterNumber,
    QgsProcessingParameterPoint,
    QgsProcessingParameterString,
)

from .series_parameters import SeriesParameters
from .without_network import WithoutNetwork

if TYPE_CHECKING:
    from ..core.timeseries.profile import Place, ProfilePoint
    from .series_request import SeriesRequest

POINT, INDEX, FIRST, SECOND, RADIUS = "POINT", "INDEX", "FIRST", "SECOND", "RADIUS"
LEAST_CLEAR = "LEAST_CLEAR"
OUTPUT_CSV, OUTPUT_PLOT = "OUTPUT_CSV", "OUTPUT_PLOT"
COUNT, MEAN, MINIMUM, MAXIMUM = "COUNT", "MEAN", "MINIMUM", "MAXIMUM"
# As core.timeseries.profile.CHOICES, which is not imported here: it would load numpy when QGIS starts.
INDICES = ("NDVI", "NDWI", "NDWI1", "NDWI2", "own")


class _Choice(NamedTuple):
    """The parameters of this algorithm alone: x, y, CRS, radius and least part of the place; index and its bands."""

    place: tuple[float, float, str, float, float]
    name: str
    bands: tuple[str, str]


class IndexProfile(WithoutNetwork):
    """Writes the profile as a table and a plot."""

    def __init__(self) -> None:
        """Start without a request."""
        super().__init__()
        self._request: SeriesRequest | None = None
        self._choice: _Choice | None = None

    def name(self) -> str:
        """Return the id, which never changes."""
        return "index_profile"

    def displayName(self) -> str:
        """Return the name."""
        return self.tr("Index profile at a point")

    def groupId(self) -> str:
        """Return the group's id."""
        return "timeseries"

    def group(self) -> str:
        """Return the group's name."""
        return self.tr("Time series")

    def tags(self) -> list[str]:
        """Return words to search for."""
        return self.tr("ndvi,ndwi,index,profile,point,time series,phenology,plot,curve,normalised difference").split(
            ","
        )

    def shortDescription(self) -> str:
        """Return one sentence."""
        return self.tr("Writes the course of NDVI or another index at a point as a table and a plot.")

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:
        """Declare parameters and outputs."""
        build = SeriesParameters()
        for definition in build.sources():
            self.addParameter(definition)
        for definition, text in self._own_parameters():
            definition.setHelp(text)
            self.addParameter(definition)
        for definition in build.clouds():
            self.addParameter(definition)
        for definition, text in self._files():
            definition.setHelp(text)
            self.addParameter(definition)
        for key, text in (
            (COUNT, self.tr("Clear dates")),
            (MEAN, self.tr("Mean of the index")),
            (MINIMUM, self.tr("Smallest value of the index")),
            (MAXIMUM, self.tr("Largest value of the index")),
        ):
            self.addOutput(QgsProcessingOutputNumber(key, text))

    def _own_parameters(self) -> tuple[tuple[Any, str], ...]:
        bands = self.tr("A band by its name, or by its colour: blue, green, red, nir, swir1, swir2. Only for own.")
        first = QgsProcessingParameterString(FIRST, self.tr("First band of an own index"), "nir", optional=True)
        second = QgsProcessingParameterString(SECOND, self.tr("Second band of an own index"), "red", optional=True)
        number = QgsProcessingParameterNumber.Type.Double
        least = QgsProcessingParameterNumber(
            LEAST_CLEAR, self.tr("Least share of clear pixels (percent)"), number, 50.0, False, 0.0, 100.0
        )
        for definition in (first, second, least):
            definition.setFlags(definition.flags() | QgsProcessingParameterDefinition.Flag.FlagAdvanced)
        return (
            (
                QgsProcessingParameterPoint(POINT, self.tr("Point")),
                self.tr("Where, in any coordinate reference system. The rasters need not be on one grid."),
            ),
            (
                QgsProcessingParameterEnum(
                    INDEX, self.tr("Index"), list(INDICES), False, INDICES[0], False, usesStaticStrings=True
                ),
                self.tr(
                    "A normalised difference (a - b) / (a + b). NDVI: near infrared and red. NDWI: green and near "
                    "infrared. NDWI1, NDWI2: near infrared and the first or second short-wave infrared. own: two bands "
                    "of your choice."
                ),
            ),
            (first, bands),
            (second, bands),
            (
                QgsProcessingParameterNumber(
                    RADIUS,
                    self.tr("Half side of the square (metres)"),
                    QgsProcessingParameterNumber.Type.Double,
                    0.0,
                    False,
                    0.0,
                    10000.0,
                ),
                self.tr(
                    "The index is averaged over the clear pixels whose centres lie in this square around the point; 0 "
                    "takes the pixel under the point alone."
                ),
            ),
            (least, self.tr("Dates of which fewer pixels of the square are clear have no value.")),
        )

    def _files(self) -> tuple[tuple[Any, str], ...]:
        return (
            (
                QgsProcessingParameterFileDestination(OUTPUT_CSV, self.tr("Table"), "CSV (*.csv)"),
                self.tr("A line for each date: date, sensor, index, reflectances of the two bands, clear pixels."),
            ),
            (
                QgsProcessingParameterFileDestination(
                    OUTPUT_PLOT, self.tr("Plot"), "SVG (*.svg);;PNG (*.png)", None, True
                ),
                self.tr("A dot for each clear date in the colour of its sensor. SVG can be enlarged and edited."),
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
        point = self.parameterAsPoint(parameters, POINT, context)
        crs = self.parameterAsPointCrs(parameters, POINT, context)
        radius = self.parameterAsDouble(parameters, RADIUS, context)
        least = self.parameterAsDouble(parameters, LEAST_CLEAR, context) / 100
        self._choice = _Choice(
            (point.x(), point.y(), crs.toWkt() if crs.isValid() else "", radius, least),
            self.parameterAsEnumString(parameters, INDEX, context),
            tuple(self.parameterAsString(parameters, key, context) for key in (FIRST, SECOND)),
        )
        return True

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Open, read, write."""
        # Here, because they load numpy, which must not happen when QGIS starts.
        from ..core.timeseries.images import warnings_of
        from ..core.timeseries.profile import Place, index_profile
        from ..core.timeseries.profile_plot import profile_csv, profile_svg
        from .plot_file import PlotFile
        from .series_request import SeriesReport
        from .text_files import write_text

        choice, request = self._choice, self._request
        place = Place(*choice.place)
        images = request.open()
        for warning in warnings_of(images, request.with_masks):
            feedback.pushWarning(warning)
        SeriesReport(feedback).dates(images)
        points = index_profile(
            images,
            place,
            choice.name,
            choice.bands,
            request.options,
            lambda share: feedback.setProgress(100 * share),
            feedback.isCanceled,
        )
        table = self.parameterAsFileOutput(parameters, OUTPUT_CSV, context)
        title = self._title(choice)
        write_text(Path(table), profile_csv(points, title))
        results = {OUTPUT_CSV: table, **self._numbers(points)}
        plot = self.parameterAsFileOutput(parameters, OUTPUT_PLOT, context)
        if plot:
            PlotFile().write(Path(plot), profile_svg(points, title, self._where(place)))
            results[OUTPUT_PLOT] = plot
        clear = self.tr("{} of {} dates are clear at this point.").format(results[COUNT], len(points))
        feedback.pushInfo(clear)
        return results

    def _title(self, choice: _Choice) -> str:
        if choice.name != INDICES[-1]:
            return choice.name
        first, second = choice.bands
        return f"({first} - {second}) / ({first} + {second})"

    def _where(self, place: Place) -> str:
        around = self.tr(", {} m around it").format(f"{place.radius:g}") if place.radius else ""
        return self.tr("at {}, {}{}").format(f"{place.x:.8g}", f"{place.y:.8g}", around)

    def _numbers(self, points: tuple[ProfilePoint, ...]) -> dict[str, Any]:
        values = [point.value for point in points if point.pixels]
        if not values:
            return {COUNT: 0}
        return {COUNT: len(values), MEAN: sum(values) / len(values), MINIMUM: min(values), MAXIMUM: max(values)}

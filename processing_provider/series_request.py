# SPDX-License-Identifier: GPL-2.0-or-later
"""Rasters of several dates as values that a worker thread may use, and what can be told of them beforehand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsMapLayer,
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingUtils,
    QgsRasterLayer,
)

from ..core.sensors import load_sensors
from ..plugin.i18n import Translated
from ..plugin.settings import AUTO, load_settings, sensor_folders
from . import cloud_parameters as masks
from . import series_parameters as keys
from .cloud_parameters import cloud_options
from .measured_layers import MeasuredLayers, raster_source
from .raster_export import LayerSource, describe_layer

if TYPE_CHECKING:
    from ..core.harmonization.clouds import CloudOptions
    from ..core.sensors import Sensor
    from ..core.timeseries.images import DatedImage


@dataclass(frozen=True)
class SeriesRequest:
    """The parameters that algorithms of several dates share.

    Attributes:
        layers: INPUTS.
        folder: FOLDER; empty for none.
        table: TABLE; empty for none.
        with_masks: whether clouds are hidden.
        mask_kind: kind of the masks; empty to tell it from their names.
        masked: enum value of MASKED.
        dilation: metres.
        sensors: known sensors by id.
    """

    layers: tuple[LayerSource, ...]
    folder: str
    table: str
    with_masks: bool
    mask_kind: str
    masked: str
    dilation: float
    sensors: dict[str, Sensor]

    @property
    def options(self) -> CloudOptions | None:
        """What the masks hide; None where nothing is masked."""
        return cloud_options(self.masked, self.dilation) if self.with_masks else None

    def open(self) -> tuple[DatedImage, ...]:
        """Open all rasters; raises as :func:`core.timeseries.images.open_images`."""
        from ..core.products.measured_raster import file_source
        from ..core.timeseries.dates import read_table
        from ..core.timeseries.images import open_images, rasters_in

        sources = [raster_source(layer) for layer in self.layers]
        if self.folder:
            sources += [file_source(path) for path in rasters_in(Path(self.folder))]
        table = read_table(Path(self.table)) if self.table else ()
        return open_images(sources, table, self.sensors, self.with_masks, self.mask_kind)


def chosen_layers(parameters: dict[str, Any], context: QgsProcessingContext) -> list[tuple[str, QgsMapLayer | None]]:
    """Return what INPUTS names, and the layer of each; None where there is no such layer or file."""
    given = parameters.get(keys.INPUTS)
    if isinstance(given, str):
        given = [part.strip() for part in given.split(";") if part.strip()]
    found = []
    for value in given or ():
        layer = value if isinstance(value, QgsMapLayer) else QgsProcessingUtils.mapLayerFromString(str(value), context)
        found.append((str(value), layer))
    return found


class SeriesCheck(MeasuredLayers):
    """Tells what is wrong with INPUTS, FOLDER and TABLE."""

    def inputs_problem(self, parameters: dict[str, Any], context: QgsProcessingContext) -> str:
        """Return a sentence, or nothing."""
        layers = chosen_layers(parameters, context)
        if not layers and not parameters.get(keys.FOLDER) and not parameters.get(keys.TABLE):
            return self.tr("Nothing is chosen. Choose rasters, a folder of rasters, or a table that names them.")
        for name, layer in layers:
            if not isinstance(layer, QgsRasterLayer):
                from ..core.timeseries.products import missing_step

                step = missing_step(name)
                if step:
                    return step
                return self.tr("{} is no raster that can be opened. Check the path.").format(name)
            problem = self.problem(layer)
            if problem:
                return problem
        return ""


class SeriesReport(Translated):
    """Tells which raster is which date, and which mask serves it."""

    def __init__(self, feedback: QgsProcessingFeedback) -> None:
        """Take whom to tell."""
        self._feedback = feedback

    def dates(self, images: Iterable[DatedImage]) -> None:
        """Tell what each date was taken from."""
        for image in images:
            sentence = self.tr("{}: {}, dated by its {}").format(image.title, image.raster.source.title, image.dated_by)
            if image.clouds is not None:
                sentence += self.tr("; cloud mask: {} ({})").format(image.mask, image.clouds[1])
            self._feedback.pushInfo(sentence)


def series_request(
    algorithm: QgsProcessingAlgorithm, parameters: dict[str, Any], context: QgsProcessingContext
) -> SeriesRequest:
    """Turn the parameters into plain values; to be called on the main thread."""
    sensors, _ = load_sensors(*sensor_folders(load_settings()))
    kind = algorithm.parameterAsEnumString(parameters, masks.MASK_KIND, context)
    return SeriesRequest(
        layers=tuple(describe_layer(layer) for _, layer in chosen_layers(parameters, context)),
        folder=algorithm.parameterAsString(parameters, keys.FOLDER, context),
        table=algorithm.parameterAsString(parameters, keys.TABLE, context),
        with_masks=algorithm.parameterAsEnumString(parameters, keys.MASKS, context) == keys.FIND_MASKS,
        mask_kind="" if kind == AUTO else kind,
        masked=algorithm.parameterAsEnumString(parameters, masks.MASKED, context),
        dilation=algorithm.parameterAsDouble(parameters, masks.DILATION, context),
        sensors={sensor.id: sensor for sensor in sensors},
    )

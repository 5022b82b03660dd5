# SPDX-License-Identifier: GPL-2.0-or-later
"""Load the dates of a series as layers that know their time, in a group, all stretched alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from qgis.core import (
    Qgis,
    QgsDateTimeRange,
    QgsMapLayer,
    QgsProcessingContext,
    QgsRasterLayer,
)
from qgis.PyQt.QtCore import QDate, QDateTime, Qt, QTime

from ..plugin.contrast import Limits, stretch
from .styling import LayerDescription, LayerStyler


@dataclass(frozen=True)
class LayerTime:
    """When a layer is shown: from its own time to that of the next one."""

    begin: datetime
    end: datetime


def layer_times(times: Sequence[datetime]) -> tuple[LayerTime, ...]:
    """Return when each date of a series is shown; the last as long as the one before it, at least a day."""
    steps = [after - before for before, after in zip(times, times[1:])]
    ends = [*times[1:], times[-1] + max([timedelta(days=1), *steps[-1:]])] if times else []
    return tuple(LayerTime(begin, max(end, begin)) for begin, end in zip(times, ends))


class DatedLayerStyler(LayerStyler):
    """Styles a layer, gives it its time and puts it into the group of its series."""

    def __init__(
        self, description: LayerDescription, time: LayerTime, group: str, stretch: Sequence[tuple[float, float]]
    ) -> None:
        """Keep what is to be done.

        Args:
            description: name, colours and metadata.
            time: when the layer is shown.
            group: name of the group in the layer tree.
            stretch: lowest and highest digital number of each colour.
        """
        super().__init__(description)
        self._time, self._group, self._stretch = time, group, tuple(stretch)

    @classmethod
    def load(cls, path: str, styler: DatedLayerStyler, context: QgsProcessingContext) -> None:
        """Have a file loaded and styled; does nothing where there is no project to load it into."""
        if context.project() is None:
            return
        details = QgsProcessingContext.LayerDetails(styler._description.name, context.project(), path)
        styler.hand_over(details)
        context.addLayerToLoadOnCompletion(path, details)

    def style(self, layer: QgsMapLayer, context: QgsProcessingContext) -> None:
        """Do it."""
        super().style(layer, context)
        if isinstance(layer, QgsRasterLayer):
            # The same for all dates, so that they compare.
            stretch(layer.renderer(), layer.dataProvider(), self._limits(layer))
            properties = layer.temporalProperties()
            properties.setMode(Qgis.RasterTemporalMode.FixedTemporalRange)
            span = QgsDateTimeRange(_stamp(self._time.begin), _stamp(self._time.end), True, False)
            properties.setFixedTemporalRange(span)
            properties.setIsActive(True)
            self._move(layer, context)

    def _limits(self, layer: QgsRasterLayer) -> list[Limits]:
        """Return the stretch as QGIS has the values: with the scale and offset of the file."""
        provider = layer.dataProvider()
        places = [(provider.bandScale(band), provider.bandOffset(band)) for band in self._description.colours]
        return [
            (low * scale + offset, high * scale + offset) for (low, high), (scale, offset) in zip(self._stretch, places)
        ]

    def _move(self, layer: QgsRasterLayer, context: QgsProcessingContext) -> None:
        """Put the layer on top of its group, below which the earlier dates are."""
        root = context.project().layerTreeRoot()
        node = root.findLayer(layer.id())
        group = root.findGroup(self._group) or root.insertGroup(0, self._group)
        if node is None or node.parent() is group:
            return
        copy = node.clone()
        copy.setExpanded(False)
        group.insertChildNode(0, copy)
        node.parent().removeChildNode(node)


def _stamp(time: datetime) -> QDateTime:
    day, clock = QDate(time.year, time.month, time.day), QTime(time.hour, time.minute, time.second)
    return QDateTime(day, clock, Qt.TimeSpec.UTC)

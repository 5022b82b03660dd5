# SPDX-License-Identifier: GPL-2.0-or-later
"""Load what a run has made: a group for each run at the top of the layer tree, styled by the algorithm."""

from __future__ import annotations

from qgis.core import (
    QgsLayerTreeGroup,
    QgsMapLayer,
    QgsProcessingContext,
    QgsProcessingUtils,
    QgsProject,
    QgsRasterLayer,
)
from qgis.PyQt.QtCore import QCoreApplication

from .run_record import Run
from .run_stretch import apply_look


def open_rasters(destinations: tuple[str, ...]) -> dict[str, QgsRasterLayer]:
    """Open the results that are rasters, on a worker thread: QGIS reads a part of some bands for their limits."""
    # Without QGIS's default style, for which it would read a part of all of them.
    options = QgsRasterLayer.LayerOptions(False)
    layers = {destination: QgsRasterLayer(destination, "", "gdal", options) for destination in destinations}
    opened = {destination: layer for destination, layer in layers.items() if layer.isValid()}
    for layer in opened.values():
        layer.moveToThread(QCoreApplication.instance().thread())
    return opened


def load_results(
    run: Run, context: QgsProcessingContext, rasters: dict[str, QgsRasterLayer]
) -> tuple[QgsMapLayer, ...]:
    """Load the layers of a run that has ended well, the first on top, and note their ids in it.

    Args:
        run: the run.
        context: its context, which knows what is to be loaded.
        rasters: what :func:`open_rasters` has opened of it.
    """
    details = dict(context.layersToLoadOnCompletion())
    loaded: list[QgsMapLayer] = []
    for destination in _in_order(run, tuple(details)):
        layer = rasters.get(destination) or QgsProcessingUtils.mapLayerFromString(destination, context, True)
        if layer is None:
            continue
        detail = details[destination]
        detail.setOutputLayerName(layer)
        processor = detail.postProcessor()
        if processor is not None:
            processor.postProcessLayer(layer, context, run.feedback)
        own = context.takeResultLayer(layer.id()) or layer
        if not loaded and isinstance(own, QgsRasterLayer):
            apply_look(own, run.details.get("look") or [])
        loaded.append(own)
    if loaded:
        group = _group(run.title)
        for layer in loaded:
            QgsProject.instance().addMapLayer(layer, False)
            # Doubt and the like wait below the result, switched off; the temporal controller chooses among dates.
            is_shown = layer is loaded[0] or layer.temporalProperties().isActive()
            group.addLayer(layer).setItemVisibilityChecked(is_shown)
        run.layers = [layer.id() for layer in loaded]
    return tuple(loaded)


def _in_order(run: Run, destinations: tuple[str, ...]) -> list[str]:
    """Return destinations with that of the main output first; QGIS keeps them by name."""
    return sorted(destinations, key=lambda one: one != str(run.results.get("OUTPUT")))


def _group(title: str) -> QgsLayerTreeGroup:
    return QgsProject.instance().layerTreeRoot().insertGroup(0, title)

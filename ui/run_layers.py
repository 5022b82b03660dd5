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

from .run_record import Run
from .run_stretch import apply_look


def load_results(run: Run, context: QgsProcessingContext) -> tuple[QgsMapLayer, ...]:
    """Load the layers of a run that has ended well, the first on top, and note their ids in it."""
    details = dict(context.layersToLoadOnCompletion())
    loaded: list[QgsMapLayer] = []
    for destination in _in_order(run, tuple(details)):
        layer = _opened(destination, context)
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
            # Doubt and the like wait below the result, switched off.
            group.addLayer(layer).setItemVisibilityChecked(layer is loaded[0])
        run.layers = [layer.id() for layer in loaded]
    return tuple(loaded)


def _opened(destination: str, context: QgsProcessingContext) -> QgsMapLayer | None:
    """Open a result; a raster without QGIS's default style, for which it would read a part of all its bands."""
    options = QgsRasterLayer.LayerOptions()
    options.loadDefaultStyle = False
    raster = QgsRasterLayer(destination, "", "gdal", options)
    if raster.isValid():
        return raster
    return QgsProcessingUtils.mapLayerFromString(destination, context, True)


def _in_order(run: Run, destinations: tuple[str, ...]) -> list[str]:
    """Return destinations with that of the main output first; QGIS keeps them by name."""
    return sorted(destinations, key=lambda one: one != str(run.results.get("OUTPUT")))


def _group(title: str) -> QgsLayerTreeGroup:
    return QgsProject.instance().layerTreeRoot().insertGroup(0, title)

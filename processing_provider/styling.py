# SPDX-License-Identifier: GPL-2.0-or-later
"""Style and describe a layer when QGIS loads it: the nearest to natural colours that its bands allow."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

from qgis.core import (
    QgsMapLayer,
    QgsMapLayerStyle,
    QgsMultiBandColorRenderer,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingLayerPostProcessorInterface,
    QgsRasterLayer,
    QgsRasterRenderer,
    QgsSingleBandGrayRenderer,
)
from qgis.PyQt.QtCore import QDateTime

from ..core.colours import choose_colours
from ..plugin.contrast import limits_of, stretch

__all__ = ["CopiedStyle", "LayerDescription", "LayerStyler", "Styler", "choose_colours"]


@dataclass(frozen=True)
class LayerDescription:
    """What a layer is called and says about itself.

    Attributes:
        name: name in the layer tree.
        colours: 1-based band numbers of red, green and blue; one number for grey.
        abstract: what it is.
        history: what was done, one sentence an entry.
        licences: licences of the models that made it.
        one_stretch: stretch all colours alike, so that bands of the same quantity compare.
        beneath: lie below the other layers of a run, where QGIS takes such wishes (3.44 does).
    """

    name: str
    colours: tuple[int, ...]
    abstract: str
    history: tuple[str, ...]
    licences: tuple[str, ...]
    one_stretch: bool = False
    beneath: bool = False


class Styler(QgsProcessingLayerPostProcessorInterface):
    """Base of what is done to a layer on the main thread when QGIS loads it."""

    # QGIS keeps a bare pointer to the post-processor: without a reference here Python would delete it too early.
    _alive: list[Styler] = []  # noqa: RUF012 - shared on purpose

    @abstractmethod
    def style(self, layer: QgsMapLayer, context: QgsProcessingContext) -> None:
        """Do it."""

    def attach(self, destination: str, context: QgsProcessingContext) -> None:
        """Have a layer styled when it is loaded; does nothing where it will not be."""
        if context.willLoadLayerOnCompletion(destination):
            self.hand_over(context.layerToLoadOnCompletionDetails(destination))

    def hand_over(self, details: QgsProcessingContext.LayerDetails) -> None:
        """Be the post-processor of a layer that QGIS will load."""
        self._alive.append(self)
        details.setPostProcessor(self)

    def postProcessLayer(
        self, layer: QgsMapLayer, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> None:
        """Style the layer, once."""
        self.style(layer, context)
        if self in self._alive:
            self._alive.remove(self)


class LayerStyler(Styler):
    """Applies a description to a raster layer."""

    def __init__(self, description: LayerDescription) -> None:
        """Keep the description."""
        super().__init__()
        self._description = description

    def hand_over(self, details: QgsProcessingContext.LayerDetails) -> None:
        """Be the post-processor of a layer that QGIS will load, above those that nobody styles."""
        super().hand_over(details)
        if hasattr(details, "layerSortKey"):
            details.layerSortKey = 0 if self._description.beneath else 1

    def style(self, layer: QgsMapLayer, context: QgsProcessingContext) -> None:
        """Style and describe the layer."""
        if isinstance(layer, QgsRasterLayer):
            layer.setName(self._description.name)
            _set_renderer(layer, self._description.colours, self._description.one_stretch)
            _set_metadata(layer, self._description)


class CopiedStyle(Styler):
    """Gives a raster layer the style of another one."""

    def __init__(self, style: str) -> None:
        """Keep the style as XML."""
        super().__init__()
        self._style = style

    def style(self, layer: QgsMapLayer, context: QgsProcessingContext) -> None:
        """Style the layer."""
        if isinstance(layer, QgsRasterLayer):
            QgsMapLayerStyle(self._style).writeToLayer(layer)
            layer.triggerRepaint()


def _set_renderer(layer: QgsRasterLayer, colours: tuple[int, ...], alike: bool) -> None:
    """Show bands stretched from their 2 to their 98 % quantile, or alike from the lowest to the highest of these."""
    provider = layer.dataProvider()
    if len(colours) == 3:
        renderer: QgsRasterRenderer = QgsMultiBandColorRenderer(provider, *colours)
    else:
        renderer, colours = QgsSingleBandGrayRenderer(provider, colours[0]), colours[:1]
    limits = [limits_of(provider, band) for band in colours]
    if alike:
        limits = [(min(low for low, _ in limits), max(high for _, high in limits))] * len(limits)
    stretch(renderer, provider, limits)
    layer.setRenderer(renderer)
    layer.triggerRepaint()


def _set_metadata(layer: QgsRasterLayer, description: LayerDescription) -> None:
    metadata = layer.metadata()
    metadata.setTitle(description.name)
    metadata.setAbstract(description.abstract)
    metadata.setLicenses(list(description.licences))
    stamp = QDateTime.currentDateTimeUtc().toString("yyyy-MM-ddTHH:mm:ssZ")
    for sentence in description.history:
        metadata.addHistoryItem(f"{stamp} {sentence}")
    layer.setMetadata(metadata)

# SPDX-License-Identifier: GPL-2.0-or-later
"""Read raster layers of QGIS: files by their path, others exported for an extent to a temporary GeoTIFF first."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from qgis.core import (
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransformContext,
    QgsFeedback,
    QgsRasterBlockFeedback,
    QgsRasterDataProvider,
    QgsRasterFileWriter,
    QgsRasterLayer,
    QgsRasterPipe,
    QgsRasterRenderer,
    QgsRectangle,
    QgsUnitTypes,
)
from qgis.PyQt import sip
from qgis.PyQt.QtCore import Qt

from ..core.errors import CancelledError, GridError, ProductError
from ..plugin.i18n import Translated

if TYPE_CHECKING:
    from ..core.products.raster_files import RasterSource

# Eight thousand pixels squared: what a server may be asked for without annoying its owner.
LARGEST_EXPORT = 64_000_000
_RENDERED = (Qgis.DataType.ARGB32, Qgis.DataType.ARGB32_Premultiplied, Qgis.DataType.UnknownDataType)
# What QGIS appends to the path that GDAL opens.
_APPENDIX = re.compile(r"\|(option|credential):.*$", re.DOTALL)
_ROUNDING = 1e-6


@dataclass(frozen=True)
class Lattice:
    """Where pixels lie: a corner of one of them and their size, in units of the layer's CRS."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class LayerSource:
    """A raster layer as values that a worker thread may use.

    Attributes:
        title: its name.
        path: what GDAL opens; empty for a layer that must be exported.
        origin: its source.
        crs: its coordinate reference system.
        band_names: names of the bands as QGIS shows them.
        lattice: its pixels; None where it has none of its own, such as WMS.
        bounds: where it has pixels.
        pipe: clones of its data provider and, where there are no raw values, of its renderer; None for files.
    """

    title: str
    path: str
    origin: str
    crs: QgsCoordinateReferenceSystem
    band_names: tuple[str, ...]
    lattice: Lattice | None
    bounds: QgsRectangle
    pipe: QgsRasterPipe | None = None


def describe_layer(layer: QgsRasterLayer) -> LayerSource:
    """Return a layer as plain values; to be called on the thread of the layer."""
    provider, bounds = layer.dataProvider(), layer.extent()
    is_file = layer.providerType() == "gdal"
    rendered = provider.dataType(1) in _RENDERED
    lattice = None
    if provider.xSize() > 0 and provider.ySize() > 0:
        sides = bounds.width() / provider.xSize(), bounds.height() / provider.ySize()
        lattice = Lattice(bounds.xMinimum(), bounds.yMaximum(), *sides)
    return LayerSource(
        title=layer.name(),
        path=_APPENDIX.sub("", layer.source()) if is_file else "",
        origin=layer.source(),
        crs=layer.crs(),
        band_names=() if rendered else tuple(layer.bandName(i + 1) for i in range(layer.bandCount())),
        lattice=lattice,
        bounds=bounds,
        pipe=None if is_file else _pipe_of(provider, layer.renderer() if rendered else None),
    )


def release(layer: LayerSource) -> None:
    """Delete what was cloned of a layer.

    Left to Python, it may be deleted after QGIS has shut down, and QGIS' own providers crash then.
    """
    if layer.pipe is not None and not sip.isdeleted(layer.pipe):
        sip.delete(layer.pipe)


def _pipe_of(provider: QgsRasterDataProvider, renderer: QgsRasterRenderer | None) -> QgsRasterPipe:
    """Return a pipe, which owns the clones that are put into it; nobody owns a bare clone."""
    pipe = QgsRasterPipe()
    pipe.set(provider.clone())
    if renderer is not None:
        pipe.set(renderer.clone())
    return pipe


def lattice_of_gsd(metres: float, crs: QgsCoordinateReferenceSystem) -> Lattice:
    """Return pixels of a GSD in metres whose corners are multiples of it."""
    side = metres * QgsUnitTypes.fromUnitToUnitFactor(QgsUnitTypes.DistanceUnit.DistanceMeters, crs.mapUnits())
    return Lattice(0.0, 0.0, side, side)


class LayerExport(Translated):
    """Exports layers that are no files."""

    def __init__(self, context: QgsCoordinateTransformContext, feedback: QgsFeedback) -> None:
        """Take what the file writer of QGIS asks for, and what is told of progress and cancelling."""
        super().__init__()
        self._context, self._feedback = context, feedback

    def source_of(
        self, layer: LayerSource, lattice: Lattice | None, extent: QgsRectangle | None, folder: Path
    ) -> RasterSource:
        """Return the raster of a layer, which is exported into a folder unless it is a file.

        Args:
            layer: the layer.
            lattice: pixels to draw where the layer has none of its own.
            extent: the wanted part in the layer's CRS; layers that are no files need it.
            folder: for the exported file.

        Raises:
            GridError: the extent is missing, elsewhere or too large.
            ProductError: the export failed.
            CancelledError: the user cancelled.
        """
        from ..core.products.raster_files import RasterSource

        crs = layer.crs.toWkt() if layer.crs.isValid() else ""
        if layer.path:
            return RasterSource(layer.path, layer.title, crs, origin=layer.origin)
        path = folder / f"{len(list(folder.iterdir()))}.tif"
        self._write(layer, self._pixels(layer, layer.lattice or lattice, extent), path)
        return RasterSource(str(path), layer.title, crs, layer.band_names, layer.origin)

    def _pixels(
        self, layer: LayerSource, lattice: Lattice | None, extent: QgsRectangle | None
    ) -> tuple[int, int, QgsRectangle]:
        """Return columns, rows and extent of the pixels that cover an extent."""
        if lattice is None:
            raise GridError(
                self.tr("{} has no pixels of its own. Choose a MODEL, whose GSD it is then drawn at.").format(
                    layer.title
                )
            )
        if extent is None:
            raise GridError(self.tr("{} is no file. Choose an EXTENT to export it for.").format(layer.title))
        inside = extent.intersect(layer.bounds)
        if inside.isEmpty():
            raise GridError(self.tr("The extent lies outside {}. Choose an extent on it.").format(layer.title))
        left, right = _covered(inside.xMinimum() - lattice.x, inside.xMaximum() - lattice.x, lattice.width)
        top, bottom = _covered(lattice.y - inside.yMaximum(), lattice.y - inside.yMinimum(), lattice.height)
        cols, rows = right - left, bottom - top
        if cols * rows > LARGEST_EXPORT:
            raise GridError(
                self.tr("The extent on {} has {} x {} pixels, more than {} million. Choose a smaller one.").format(
                    layer.title, cols, rows, LARGEST_EXPORT // 1_000_000
                )
            )
        west, north = lattice.x + left * lattice.width, lattice.y - top * lattice.height
        return cols, rows, QgsRectangle(west, north - rows * lattice.height, west + cols * lattice.width, north)

    def _write(self, layer: LayerSource, pixels: tuple[int, int, QgsRectangle], path: Path) -> None:
        writer = QgsRasterFileWriter(str(path))
        writer.setOutputFormat("GTiff")
        writer.setCreateOptions(["COMPRESS=DEFLATE", "BIGTIFF=IF_SAFER"])
        watch = QgsRasterBlockFeedback()
        # This thread has no event loop that could deliver the signal.
        self._feedback.canceled.connect(watch.cancel, Qt.ConnectionType.DirectConnection)
        if self._feedback.isCanceled():
            watch.cancel()
        watch.progressChanged.connect(lambda share: self._feedback.setProgress(share / 10))
        found = writer.writeRaster(layer.pipe, *pixels, layer.crs, self._context, watch)
        self._feedback.canceled.disconnect(watch.cancel)
        if self._feedback.isCanceled():
            raise CancelledError
        if found != QgsRasterFileWriter.WriterError.NoError or not path.is_file():
            reason = "; ".join(watch.errors()) or self.tr("no reason given")
            raise ProductError(self.tr("{} cannot be exported ({}). Check the layer.").format(layer.title, reason))


def _covered(low: float, high: float, side: float) -> tuple[int, int]:
    """Return first and last + 1 of the pixels that cover an interval; borders missed by rounding are met."""
    first = math.floor(low / side + _ROUNDING)
    return first, max(first + 1, math.ceil(high / side - _ROUNDING))

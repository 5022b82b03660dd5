# SPDX-License-Identifier: GPL-2.0-or-later
"""Recognise what the user gave: sensor, level, date, bands and a small picture; works on a worker thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from qgis.PyQt.QtGui import QImage

from ..core.colours import choose_colours
from ..core.errors import CancelledError, ProductError, SatSharpError
from ..core.sensors import Sensor
from ..plugin.remote_files import is_address, without_secrets
from .inputs_partial import PartialProducts
from .inputs_sources import Given, archive_stem, product_source

if TYPE_CHECKING:
    from ..core.products.raster_files import RasterFile, RasterSource
    from ..core.scene import Scene

PICTURE_SIDE = 160


@dataclass(frozen=True)
class Recognised:
    """What is known of one input.

    Attributes:
        source: value of INPUT for the algorithms of products; empty for a raster of no sensor.
        title: what it is called.
        layer: id of the loaded layer that it is; empty for none.
        sensor: whose product it is, or None.
        scene: the opened product, or None for a raster of no sensor and for what lies on the web still.
        raster: of a raster of no sensor, what GDAL opens and what its layer says; None for others.
        groups: (GSD in metres, band names) from fine to coarse.
        crs: coordinate reference system as WKT; empty where unknown.
        bounds: x minimum, y minimum, x maximum, y maximum in it; None where unknown.
        picture: a small picture; null where there is none.
        notes: sentences about it.
    """

    source: str
    title: str
    layer: str = ""
    sensor: Sensor | None = None
    scene: Scene | None = None
    raster: RasterSource | None = None
    groups: tuple[tuple[float, tuple[str, ...]], ...] = ()
    crs: str = ""
    bounds: tuple[float, float, float, float] | None = None
    picture: QImage = field(default_factory=QImage)
    notes: tuple[str, ...] = ()

    @property
    def on_the_web(self) -> bool:
        """Whether it has to be fetched before more is known."""
        return is_address(self.source)


def recognise(given: Given, sensors: tuple[Sensor, ...], is_cancelled: Callable[[], bool]) -> tuple[Recognised, ...]:
    """Recognise an input; a folder of several products gives several.

    Args:
        given: path, address or loaded layer as plain values.
        sensors: the known sensors.
        is_cancelled: asked between the steps.

    Raises:
        ProductError: it cannot be read, or nothing in SatSharp reads it.
        CancelledError: it was cancelled.
    """
    if not given.source:
        # A layer that is no file, such as WMS: it is exported when it is run.
        return (Recognised("", given.title, given.layer, crs=given.crs),)
    if is_address(given.source):
        return (_remote(given, sensors),)
    found: list[Recognised] = []
    problem: SatSharpError | None = None
    for source in product_source(given):
        try:
            found.append(_product(source, given, sensors) or _raster(given))
        except SatSharpError as error:
            problem = error
        if is_cancelled():
            raise CancelledError("Recognising the input was cancelled.")
    if problem is not None and not found:
        raise problem
    return tuple(found)


def _remote(given: Given, sensors: tuple[Sensor, ...]) -> Recognised:
    from ..core.products import identify

    shown = without_secrets(given.source)
    name = PurePosixPath(shown.split("?")[0]).name
    families = [found.family for found in identify.survey(archive_stem(name))]
    sensor = next((sensor for sensor in sensors if sensor.family in families), None)
    if sensor is None:
        raise ProductError(
            f"The name {name or shown} does not tell whose product it is. Download it, then add the file."
        )
    return Recognised(given.source, archive_stem(name), sensor=sensor)


def _product(source: str, given: Given, sensors: tuple[Sensor, ...]) -> Recognised | None:
    """Return a product; None where neither its names nor its bands tell a sensor."""
    from ..core.products import files, identify, open_scene

    families = [found.family for found in identify.survey(files.locate(source))]
    problem: SatSharpError | None = None
    for sensor in [sensor for sensor in sensors if sensor.family in families] or sensors:
        try:
            return _of_scene(open_scene(source, sensor), sensor, replace(given, source=source))
        except SatSharpError as error:
            # The first is the sensor itself; those after it are of the same family, or guesses.
            problem = problem or error
    if families and problem is not None:
        partial = PartialProducts().open(source, sensors)
        if partial is None:
            raise problem
        return _of_scene(*partial, replace(given, source=source))
    return None


def _of_scene(scene: Scene, sensor: Sensor, given: Given) -> Recognised:
    gsds = sorted({scene.nominal_gsd(band.name) for band in scene.bands})
    groups = tuple(
        (gsd, tuple(band.name for band in scene.bands if scene.nominal_gsd(band.name) == gsd)) for gsd in gsds
    )
    is_map = scene.geolocation is None
    return Recognised(
        source=given.source,
        title=_short(scene.name),
        layer=given.layer,
        sensor=sensor,
        scene=scene,
        groups=groups,
        crs=scene.finest.crs if is_map else "",
        bounds=_bounds(scene) if is_map else None,
        picture=_picture(scene),
        notes=scene.notes,
    )


def _raster(given: Given) -> Recognised:
    from ..core.products import files, raster_files

    source = given.raster_source()
    raster = raster_files.survey(replace(source, path=files.locate(source.path)))
    grid = raster.grid
    names = tuple(band.name or str(band.index) for band in raster.bands)
    return Recognised(
        source="",
        title=source.title,
        layer=given.layer,
        raster=source,
        groups=((round(raster_files.metres(grid), 3), names),),
        crs=source.crs or grid.crs,
        bounds=_corners(raster),
        picture=_raster_picture(source.path),
        notes=raster.notes,
    )


def _bounds(scene: Scene) -> tuple[float, float, float, float]:
    return _extremes([scene.finest.locate(row, col) for row, col in _ends(scene.finest.height, scene.finest.width)])


def _corners(raster: RasterFile) -> tuple[float, float, float, float]:
    return _extremes([raster.grid.locate(row, col) for row, col in _ends(raster.grid.height, raster.grid.width)])


def _ends(height: int, width: int) -> tuple[tuple[int, int], ...]:
    return (0, 0), (0, width), (height, 0), (height, width)


def _extremes(points: list[tuple[float, float]]) -> tuple[float, float, float, float]:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def _picture(scene: Scene) -> QImage:
    """Return a picture in the colours that the result will have; a null one where the bands cannot be read."""
    from ..core.products.quicklook import quicklook

    bands = scene.bands
    chosen = choose_colours(
        tuple(band.wavelength_nm or 0.0 for band in bands), tuple(scene.nominal_gsd(band.name) for band in bands)
    )
    try:
        pixels = quicklook(scene, tuple(bands[number - 1].name for number in chosen), PICTURE_SIDE)
    except SatSharpError:
        return QImage()
    rows, cols, _ = pixels.shape
    return QImage(pixels.tobytes(), cols, rows, 3 * cols, QImage.Format.Format_RGB888).copy()


def _raster_picture(path: str) -> QImage:
    from qgis.core import QgsRasterLayer
    from qgis.PyQt.QtCore import QSize

    layer = QgsRasterLayer(path, "", "gdal")
    return layer.previewAsImage(QSize(PICTURE_SIDE, PICTURE_SIDE)) if layer.isValid() else QImage()


def _short(name: str) -> str:
    return archive_stem(name)

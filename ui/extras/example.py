# SPDX-License-Identifier: GPL-2.0-or-later
"""A menu entry that makes an example: a product that is made up, in a small project, opened in the panel."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from qgis.core import (
    Qgis,
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsProject,
    QgsRasterLayer,
    QgsReferencedRectangle,
)
from qgis.PyQt.QtCore import QObject
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import QAction

from ...plugin.i18n import Translated
from ...plugin.paths import profile_folder

MENU = "SatSharp"
PROJECT = "satsharp_example.qgz"
# Bands of the short-wave infrared, near infrared and red edge, and what is black and white in them.
COLOURS, LIMITS = ("B11", "B8A", "B05"), ((0.05, 0.40), (0.05, 0.50), (0.02, 0.30))


def add(iface: Any, panel: Any) -> Callable[[], None]:
    """Add the entry and return what removes it; the example itself stays the user's."""
    entry = ExampleEntry(iface, panel)
    iface.addPluginToRasterMenu(MENU, entry.action)
    return entry.remove


class ExampleEntry(QObject):
    """The entry."""

    def __init__(self, iface: Any, panel: Any) -> None:
        """Make the action."""
        super().__init__(iface.mainWindow())
        self._iface, self._panel = iface, panel
        self._task: Any = None
        icon = QIcon(QgsApplication.iconPath("mIconQgsProjectFile.svg"))
        self.action = QAction(icon, self.tr("Example project"), self)
        self.action.setObjectName("satsharpExample")
        self.action.setToolTip(self.tr("Makes a small product of an invented landscape, and opens it in the panel"))
        self.action.triggered.connect(lambda _checked=False: self.run())

    def run(self) -> None:
        """Make the example in the background and open it."""
        self.action.setEnabled(False)
        self._task = start_example(self, self._iface, self._panel.add_input, self._done)

    def remove(self) -> None:
        """Take the entry away; an example that is being made is not opened any more."""
        if self._task is not None:
            from ..panel_work import stop_work

            stop_work(self._task)
        self._iface.removePluginRasterMenu(MENU, self.action)
        self.deleteLater()

    def _done(self, problem: str) -> None:
        self._task = None
        self.action.setEnabled(True)
        if problem:
            self._iface.messageBar().pushMessage("SatSharp", problem, Qgis.MessageLevel.Warning)


class ExampleWords(Translated):
    """What the example is called."""

    def layer(self) -> str:
        """Return the name of the layer."""
        return self.tr("Example of Sentinel-2, invented (20 m)")

    def work(self) -> str:
        """Return the title of the task."""
        return self.tr("Making the example")


def example_folder() -> Path:
    """Return where the example is kept: made once, it is there the next time."""
    return profile_folder() / "satsharp" / "example"


def start_example(owner: QObject, iface: Any, add_input: Callable[[str], object], done: Callable[[str], object]) -> Any:
    """Make the example in the background, unless it is there already, and open it; returns the task.

    Args:
        owner: once it is deleted nothing is opened any more.
        iface: QGIS's interface.
        add_input: takes the path of the product.
        done: told what went wrong; an empty sentence where nothing did.
    """
    from ..alive import while_alive
    from ..panel_work import start_work

    folder, crs = example_folder(), QgsCoordinateReferenceSystem("EPSG:32631").toWkt()

    def finished(product: Path | None, problem: str) -> None:
        if product is not None:
            open_example(iface, product)
            add_input(str(product))
        done(problem)

    title = ExampleWords().work()
    task = start_work(title, lambda is_cancelled: make_example(folder, crs, is_cancelled), while_alive(owner, finished))
    # As when the user cancels it in QGIS's list of tasks.
    task.taskTerminated.connect(while_alive(owner, lambda: done("")))
    return task


def make_example(folder: Path, crs: str, is_cancelled: Callable[[], bool]) -> Path:
    """Return the folder of the example's product, which is made if it is not complete; on a worker thread.

    Raises:
        SatSharpError: it cannot be written.
    """
    from ...core.errors import CancelledError
    from ...core.example_product import is_complete, write_example
    from ...core.sensors import sensor_by_id

    sensor = sensor_by_id("sentinel2")
    product = write_example(folder, sensor, crs, is_cancelled)
    if not is_complete(product, sensor):
        raise CancelledError("Making the example was cancelled.")
    return product


def open_example(iface: Any, product: Path) -> None:
    """Show the example: as a project where none is open, else as a layer of the one that is."""
    path = product.parent / PROJECT
    if not path.is_file():
        write_project(product, path)
    current = QgsProject.instance()
    # QGIS closes the open project without asking.
    if not (current.mapLayers() or current.fileName() or current.isDirty()):
        iface.addProject(str(path))
        return
    layer = example_layer(product)
    current.addMapLayer(layer)
    canvas = iface.mapCanvas()
    canvas.setReferencedExtent(QgsReferencedRectangle(layer.extent(), layer.crs()))
    canvas.refresh()


def write_project(product: Path, path: Path) -> None:
    """Write the project of the example; the one that is open is not touched."""
    project = QgsProject()
    layer = example_layer(product)
    project.setCrs(layer.crs())
    project.setTitle(layer.name())
    project.addMapLayer(layer)
    project.viewSettings().setDefaultViewExtent(QgsReferencedRectangle(layer.extent(), layer.crs()))
    project.write(str(path))


def example_layer(product: Path) -> QgsRasterLayer:
    """Return the 20 m bands of the example in colours."""
    from ..preview_styles import colour

    [path] = product.glob("*_20m.tif")
    layer = QgsRasterLayer(str(path), ExampleWords().layer(), "gdal")
    names = [layer.bandName(number).rpartition(": ")[2].split(" ")[0] for number in range(1, layer.bandCount() + 1)]
    bands = tuple(names.index(name) + 1 for name in COLOURS)
    colour(layer, bands, dict(zip(bands, LIMITS)))
    return layer

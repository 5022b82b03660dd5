# SPDX-License-Identifier: GPL-2.0-or-later
"""Take the pictures of resources/help inside a real QGIS: ``./dev screenshots`` starts it with this file as --code.

QGIS runs the file in its own process, so it is no module of the package when it runs: it imports the plugin that QGIS
has loaded. The environment tells the product (SATSHARP_PRODUCT), a later one of the same place (SATSHARP_LATER) and
the folder (SATSHARP_PICTURES).
"""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from pathlib import Path
from typing import Any

from qgis.core import QgsApplication, QgsProject, QgsRasterLayer, QgsRectangle, QgsSettings
from qgis.PyQt.QtCore import QSize, Qt, QTimer
from qgis.PyQt.QtWidgets import QAction, QDialog, QDockWidget, QToolButton, QWidget
from qgis.utils import iface

PRODUCT = Path(os.environ.get("SATSHARP_PRODUCT", ""))
WINDOW = QSize(1040, 680)
DOCK_WIDTH, LAYERS_WIDTH = int(os.environ.get("SATSHARP_DOCK_WIDTH", "350")), 200
DETAILS = QSize(620, 720)
DARK = "Night Mapping"


def plugin_module(name: str) -> Any:
    """Return a module of the plugin, which QGIS has loaded."""
    return importlib.import_module(f"satsharp.{name}")


windows = plugin_module("scripts.window_pictures")
SCRATCH, save, settle, wait_for = windows.SCRATCH, windows.save, windows.settle, windows.wait_for


class Scenario:
    """A user's way from the empty panel to the result, with a picture of every state."""

    def __init__(self) -> None:
        """Open the panel in a window of a fixed size."""
        self.window = iface.mainWindow()
        for dock in self.window.findChildren(QDockWidget):
            if dock.objectName() not in ("Layers",):
                dock.hide()
        self.window.showNormal()
        self.window.resize(WINDOW)
        self.window.findChild(QAction, "satsharpPanel").trigger()
        wait_for("the panel", lambda: self.find("SatSharpPanel") is not None and self.find("SatSharpPanel").isVisible())
        self.panel: Any = self.find("SatSharpPanel")
        self.window.resizeDocks(
            [self.find("Layers"), self.panel], [LAYERS_WIDTH, DOCK_WIDTH], Qt.Orientation.Horizontal
        )
        settle(1)

    def find(self, name: str) -> Any:
        """Return a dock of QGIS's window."""
        return self.window.findChild(QDockWidget, name)

    def run(self) -> None:
        """Take all pictures."""
        save(self.panel, "panel_empty")
        self.set_up()
        self.fail()
        self.recognise()
        self.preview()
        self.work()
        self.several_dates()
        self.models()
        self.options("options")
        # Last, since QGIS does not come back from a theme without traces.
        QgsApplication.setUITheme(DARK)
        settle(2)
        self.panel.main.parts.area.verticalScrollBar().setValue(0)
        save(self.window, "window_done_dark")
        self.details("run_details_dark")
        self.models("_dark")
        self.options("options_dark")

    def set_up(self) -> None:
        """Show what somebody sees whose QGIS has no ONNX Runtime."""
        setup_view, setup_work = plugin_module("ui.setup_view"), plugin_module("ui.setup_work")
        offer = setup_work.WheelOffer(
            "onnxruntime-1.23.2-cp311-cp311-linux_x86_64.whl", 17_400_000, "your package index"
        )
        kept = setup_work.is_there, setup_work.wheel_offer
        setup_work.is_there, setup_work.wheel_offer = (lambda: False), (lambda is_cancelled: offer)
        view = setup_view.SetupView(self.panel.main.parts.area.widget())
        layout = self.panel.main.parts.area.widget().layout()
        layout.insertWidget(0, view)
        view.show()
        wait_for("the offer", lambda: bool(view.detail.text()))
        save(self.panel, "panel_setup")
        view.hide()
        layout.removeWidget(view)
        view.deleteLater()
        setup_work.is_there, setup_work.wheel_offer = kept

    def recognise(self) -> None:
        """Add the product, and look at it on the map."""
        self.panel.add_input(str(PRODUCT))
        wait_for("the product", lambda: self.panel.current_request() is not None)
        layer = self.input_layer()
        QgsProject.instance().addMapLayer(layer)
        canvas = iface.mapCanvas()
        canvas.setDestinationCrs(layer.crs())
        canvas.setExtent(layer.extent())
        canvas.refresh()
        settle(6)
        save(self.panel, "panel_recognised")
        save(self.window, "window_recognised")

    def input_layer(self) -> QgsRasterLayer:
        """Return the product's bands as a layer in colours of the short-wave infrared, red edge and red."""
        styles, contrast = plugin_module("ui.preview_styles"), plugin_module("plugin.contrast")
        path = SCRATCH / "input.vrt"
        sensor = plugin_module("core.sensors").sensor_by_id("sentinel2")
        scene = plugin_module("core.products").open_scene(str(PRODUCT), sensor)
        names = ("B11", "B8A", "B05")
        plugin_module("core.products.input_mosaic").write_input_mosaic(scene, names, path)
        layer = QgsRasterLayer(str(path), "Sentinel-2 (20 m)", "gdal")
        styles.colour(layer, (1, 2, 3), {band: contrast.limits_of(layer.dataProvider(), band) for band in (1, 2, 3)})
        return layer

    def preview(self) -> None:
        """Preview the middle of the map in the colours of the layer."""
        view = self.panel.main.parts.preview
        canvas = iface.mapCanvas()
        centre = canvas.extent().center()
        half = 1750.0
        canvas.setExtent(QgsRectangle(centre.x() - half, centre.y() - half, centre.x() + half, centre.y() + half))
        canvas.refresh()
        view.button.setChecked(True)
        settle(1)
        self.panel.main.parts.area.ensureWidgetVisible(view)
        save(self.panel, "panel_previewing")
        wait_for("the preview", lambda: view.overlay.preview is not None and view.overlay.preview.exact)
        for box, name in zip(view.controls.bands, ("B11", "B8A", "B05")):
            box.setCurrentText(name)
        view.controls.bands[0].activated.emit(view.controls.bands[0].currentIndex())
        settle(3)
        self.panel.main.parts.area.ensureWidgetVisible(view)
        save(self.window, "window_preview")
        view.button.setChecked(False)

    def work(self) -> None:
        """Run the whole product, and wait for the result."""
        runs = self.panel.main.runs
        self.panel.main.parts.run.click()
        run = runs.queue.runs[-1]
        wait_for("half of it", lambda: run.feedback.progress() > 45 or not run.is_active)
        self.panel.main.parts.area.ensureWidgetVisible(runs)
        save(self.panel, "panel_running")
        wait_for("the result", lambda: bool(run.layers) or run.state not in ("running", "waiting", "paused"))
        settle(4)
        self.panel.main.parts.area.ensureWidgetVisible(runs)
        save(self.panel, "panel_done")
        save(self.window, "window_done")
        self.details("run_details")

    def details(self, name: str) -> None:
        """Open the report of the finished run."""
        dialog = self.panel.main.runs.rows[0].open_log()
        dialog.resize(DETAILS)
        settle(1)
        save(dialog, name)
        dialog.close()

    def several_dates(self) -> None:
        """Add another date of the same place: what fits both is offered, and what is missing is told."""
        self.panel.add_input(os.environ["SATSHARP_LATER"])
        choice = self.panel.main.what.choice
        wait_for("the dates", lambda: choice.findText("2 dates", Qt.MatchFlag.MatchContains) >= 0)
        choice.setCurrentIndex(choice.findText("2 dates", Qt.MatchFlag.MatchContains))
        self.panel.main.parts.area.verticalScrollBar().setValue(0)
        settle(1)
        save(self.panel, "panel_series")
        self.panel.findChild(QToolButton, "satsharpRemove").click()
        wait_for("the product", lambda: self.panel.current_request() is not None)

    def fail(self) -> None:
        """Give it a file that is no product."""
        broken = SCRATCH / "S2A_MSIL2A_20230615T105621_N0509_R094_T31UFS_20230615T145621.zip"
        broken.write_bytes(b"no archive")
        self.panel.add_input(str(broken))
        settle(3)
        save(self.panel, "panel_error")
        self.panel.findChild(QToolButton, "satsharpRemove").click()
        settle()

    def models(self, suffix: str = "") -> None:
        """Show the models."""
        self.panel.main.parts.open_models()
        view = self.panel.findChild(plugin_module("ui.models_view").ModelsView)
        wait_for("the models", lambda: view.list.topLevelItemCount() == 2)
        view.list.topLevelItem(1).setExpanded(False)
        settle(1)
        save(self.panel, f"panel_models{suffix}")
        self.panel.stack.acceptAllPanels()

    def options(self, name: str) -> None:
        """Show the page of the options dialog, which is modal: the picture is taken by a timer."""

        def shoot() -> None:
            dialog = next((one for one in QgsApplication.topLevelWidgets() if shown_dialog(one)), None)
            if dialog is not None:
                dialog.resize(QSize(900, 720))
                save(dialog, name)
                dialog.reject()

        QTimer.singleShot(4000, shoot)
        iface.showOptionsDialog(self.window, "SatSharpOptions")


def shown_dialog(widget: QWidget) -> bool:
    """Return whether a widget is a dialog that is to be seen."""
    return isinstance(widget, QDialog) and widget.isVisible()


def main() -> None:
    """Take the pictures and end QGIS; its exit status tells whether all were taken."""
    status = 1
    try:
        QgsSettings().remove("plugins/satsharp/speeds")
        Scenario().run()
        status = 0
    except Exception:  # noqa: BLE001 - whatever happens, QGIS must end
        traceback.print_exc()
        save(iface.mainWindow(), "failed")
    sys.stdout.flush()
    QgsProject.instance().setDirty(False)
    os._exit(status)


QTimer.singleShot(3000, main)

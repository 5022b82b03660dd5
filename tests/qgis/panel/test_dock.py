# SPDX-License-Identifier: GPL-2.0-or-later
"""The dock: made when it is asked for, taken away without a trace."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

pytest.importorskip("qgis.core")

from qgis.core import QgsSettings
from qgis.gui import QgsMapCanvas
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QCoreApplication, QEvent, QObject, pyqtSignal
from qgis.PyQt.QtWidgets import QAction, QMainWindow
from satsharp.plugin.dock import OPEN, Dock

from .parts import let_pass, wait_for


class Window(QObject):
    """The parts of QgisInterface that the dock uses."""

    initializationCompleted = pyqtSignal()  # noqa: N815 - QGIS's name

    def __init__(self):
        super().__init__()
        self.window, self.canvas, self.docks = QMainWindow(), QgsMapCanvas(), []

    def mainWindow(self):
        return self.window

    def mapCanvas(self):
        return self.canvas

    def addDockWidget(self, area, dock):
        self.docks.append(dock)
        self.window.addDockWidget(area, dock)

    def removeDockWidget(self, dock):
        self.docks.remove(dock)
        self.window.removeDockWidget(dock)

    def messageBar(self):
        return SimpleNamespace(pushMessage=lambda *_: None)


@pytest.fixture
def window(plugin):
    return Window()


def test_panel_is_made_by_the_action_and_shown_and_hidden_by_it(window):
    action = QAction("SatSharp", window.window)
    dock = Dock(window, action)
    assert window.docks == [] and dock.current_request() is None
    window.window.show()
    action.trigger()
    wait_for(lambda: action.isChecked() and window.docks and window.docks[0].isUserVisible())
    [panel] = window.docks
    assert panel.isUserVisible() and action.isChecked() and panel.objectName() == "SatSharpPanel"
    action.trigger()
    assert not panel.isUserVisible()
    action.trigger()
    assert window.docks == [panel] and panel.isUserVisible()
    dock.remove()
    assert window.docks == []
    QCoreApplication.sendPostedEvents(panel, QEvent.Type.DeferredDelete)
    assert sip.isdeleted(panel)
    window.window.close()


def test_panel_that_was_open_comes_back(window):
    QgsSettings().setValue(OPEN, True)
    dock = Dock(window, QAction("SatSharp", window.window))
    assert window.docks == []
    window.initializationCompleted.emit()
    wait_for(lambda: len(window.docks) == 1)
    dock.remove()


def test_input_given_from_elsewhere_opens_the_panel(window):
    dock = Dock(window, QAction("SatSharp", window.window))
    dock.add_input("/nonexistent.zip")
    wait_for(lambda: window.docks and window.docks[0].inputs.list.count())
    [panel] = window.docks
    assert panel.inputs.list.item(0).text().startswith("/nonexistent.zip")
    dock.remove()


def test_several_wishes_before_there_is_a_panel_are_met_in_their_order(window):
    dock = Dock(window, QAction("SatSharp", window.window))
    for name in ("first", "second"):
        dock.add_input(f"/{name}.zip")
    assert window.docks == []
    wait_for(lambda: window.docks and window.docks[0].inputs.list.count() == 2)
    [panel] = window.docks
    texts = [panel.inputs.list.item(row).text().split(".")[0] for row in range(2)]
    assert texts == ["/first", "/second"]
    dock.remove()


def test_panel_is_not_made_where_it_was_closed_or_the_plugin_unloaded_before(window):
    action = QAction("SatSharp", window.window)
    dock = Dock(window, action)
    action.trigger()
    action.trigger()
    let_pass(0.5)
    assert window.docks == []
    # Also when all modules have been loaded by then.
    dock._left.clear()
    action.trigger()
    action.trigger()
    let_pass(0.2)
    assert window.docks == []
    action.trigger()
    dock.remove()
    let_pass(0.5)
    assert window.docks == []


def test_panel_is_built_and_added_in_turns_of_their_own(window):
    window.window.show()
    dock = Dock(window, QAction("SatSharp", window.window))
    dock._left.clear()
    dock.open()
    dock._step()
    panel = dock._built
    assert window.docks == [] and not panel.isVisible()
    dock._step()
    assert window.docks == [panel] and dock.panel is panel
    wait_for(panel.isUserVisible)
    dock.remove()
    window.window.close()


def test_panel_that_was_built_only_is_deleted_when_the_plugin_is_unloaded(window):
    dock = Dock(window, QAction("SatSharp", window.window))
    dock._left.clear()
    dock.open()
    dock._step()
    panel = dock._built
    dock.remove()
    QCoreApplication.sendPostedEvents(panel, QEvent.Type.DeferredDelete)
    let_pass(0.1)
    assert sip.isdeleted(panel) and window.docks == []


def test_running_run_is_stopped_and_kept_when_the_plugin_is_unloaded(window, product, tmp_path, qgis_new_project):
    from satsharp.plugin.settings import GROUP
    from satsharp.ui.run_unfinished import UnfinishedRuns

    from .parts import choose, partials, recognised, started

    QgsSettings().setValue(f"{GROUP}/tile_size", 60)
    dock = Dock(window, QAction("SatSharp", window.window))
    panel = dock.panel
    recognised(panel, product.safe)
    choose(panel, "Bilinear, for tests")
    run = started(panel, tmp_path / "out.tif")
    wait_for(lambda: run.feedback.progress() > 90)
    locks = panel.main.runs._unfinished._locks
    dock.remove()
    QCoreApplication.sendPostedEvents(panel, QEvent.Type.DeferredDelete)
    wait_for(lambda: "out.tif.partial.json" in partials(tmp_path))
    wait_for(lambda: any("Stopped" in text for text, _ in run.feedback.log))
    for lock in locks.values():
        lock.unlock()
    [found] = UnfinishedRuns().found().values()
    assert found["parameters"]["OUTPUT"] == str(tmp_path / "out.tif")

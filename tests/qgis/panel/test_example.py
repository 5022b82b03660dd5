# SPDX-License-Identifier: GPL-2.0-or-later
"""The example: one click in an empty panel, a product that can be worked on, a project that can be opened again."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

pytest.importorskip("qgis.core")

from qgis.core import QgsProject, QgsRasterLayer
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QMainWindow
from satsharp.core import example_product
from satsharp.ui.extras import example

from .parts import shown, wait_for


@pytest.fixture(autouse=True)
def small(monkeypatch, tmp_path):
    """A small example in a folder of its own."""
    write = example_product.write_example
    monkeypatch.setattr(example_product, "write_example", lambda *given: write(*given, 240))
    monkeypatch.setattr(example, "profile_folder", lambda: tmp_path)
    return tmp_path / "satsharp" / "example"


class Interface:
    """The parts of QgisInterface that the example uses."""

    def __init__(self):
        self.window, self.canvas, self.opened, self.entries, self.messages = QMainWindow(), QgsMapCanvas(), [], [], []

    def mainWindow(self):
        return self.window

    def mapCanvas(self):
        return self.canvas

    def addProject(self, path):
        self.opened.append(path)

    def addPluginToRasterMenu(self, menu, action):
        self.entries.append((menu, action))

    def removePluginRasterMenu(self, menu, action):
        self.entries.remove((menu, action))

    def messageBar(self):
        return SimpleNamespace(pushMessage=lambda *message: self.messages.append(message))


def test_link_in_the_empty_panel_leads_to_a_product_that_can_be_run(panel, small, monkeypatch):
    opened = []
    monkeypatch.setattr(example, "open_example", lambda iface, product: opened.append(product))
    link = panel.main.parts.example
    assert shown(link) and "Try an example" in link.text() and link.text().startswith("No product at hand?")
    assert link.textInteractionFlags() & Qt.TextInteractionFlag.LinksAccessibleByKeyboard
    link.linkActivated.emit("example")
    assert link.text() == "Making the example: a few seconds…"
    algorithm, parameters = wait_for(panel.current_request)
    assert algorithm == "satsharp:superresolve_sentinel2"
    assert parameters["INPUT"] == str(small / example_product.NAME) and opened == [small / example_product.NAME]
    assert panel.inputs.current.scene.acquired == "2023-06-15" and not shown(link)
    panel.inputs.remove_current()
    assert shown(link) and "Try an example" in link.text()


def test_entry_of_the_menu_opens_the_project_where_none_is_open(plugin, qgis_new_project, small):
    iface, inputs = Interface(), []
    remove = example.add(iface, SimpleNamespace(add_input=inputs.append))
    [(menu, action)] = iface.entries
    assert (menu, action.text()) == ("SatSharp", "Example project")
    action.trigger()
    assert not action.isEnabled()
    wait_for(lambda: inputs)
    assert action.isEnabled() and inputs == [str(small / example_product.NAME)]
    assert iface.opened == [str(small / example.PROJECT)] and iface.messages == []
    project = QgsProject()
    assert project.read(iface.opened[0])
    [layer] = project.mapLayers().values()
    assert layer.isValid() and layer.width() == 120 and project.crs().authid() == "EPSG:32631"
    assert layer.name() == "Example of Sentinel-2, invented (20 m)"
    names = [layer.bandName(band).rpartition(": ")[2].split(" ")[0] for band in layer.renderer().usesBands()]
    assert names == list(example.COLOURS)
    remove()
    assert iface.entries == []


def test_example_is_added_to_a_project_that_is_open(plugin, qgis_new_project, small, tmp_path):
    import numpy as np
    from satsharp.tests.unit import blend_factory as factory

    own = QgsRasterLayer(str(factory.write_picture(tmp_path / "own.tif", np.ones((3, 9, 9), np.uint8))), "own")
    QgsProject.instance().addMapLayer(own)
    iface, inputs = Interface(), []
    remove = example.add(iface, SimpleNamespace(add_input=inputs.append))
    iface.entries[0][1].trigger()
    wait_for(lambda: inputs)
    assert iface.opened == [] and len(QgsProject.instance().mapLayers()) == 2
    remove()


def test_project_without_layers_is_not_closed_unasked(plugin, qgis_new_project, small):
    QgsProject.instance().setDirty(True)
    iface, inputs = Interface(), []
    remove = example.add(iface, SimpleNamespace(add_input=inputs.append))
    iface.entries[0][1].trigger()
    wait_for(lambda: inputs)
    assert iface.opened == [] and len(QgsProject.instance().mapLayers()) == 1
    remove()


def test_what_goes_wrong_in_the_panel_is_told_above_the_link(panel, small):
    small.parent.mkdir()
    small.write_text("a file where the folder should be")
    link = panel.main.parts.example
    link.linkActivated.emit("example")
    wait_for(lambda: str(small) in link.text())
    assert '<a href="example">Try an example</a>' in link.text()


def test_what_goes_wrong_is_told(plugin, qgis_new_project, small):
    small.parent.mkdir()
    small.write_text("a file where the folder should be")
    iface, inputs = Interface(), []
    remove = example.add(iface, SimpleNamespace(add_input=inputs.append))
    QTest.qWait(1)
    iface.entries[0][1].trigger()
    wait_for(lambda: iface.messages)
    assert inputs == [] and str(small) in iface.messages[0][1] and iface.entries[0][1].isEnabled()
    remove()


def test_example_that_is_being_made_is_not_opened_after_the_plugin_is_gone(plugin, qgis_new_project, small):
    from satsharp.ui import panel_work

    iface, inputs = Interface(), []
    remove = example.add(iface, SimpleNamespace(add_input=inputs.append))
    iface.entries[0][1].trigger()
    remove()
    wait_for(lambda: not panel_work._alive)
    assert (inputs, iface.opened, iface.messages) == ([], [], [])


def test_example_that_is_cancelled_can_be_asked_for_again(panel, small, monkeypatch):
    from satsharp.ui import panel_work

    link = panel.main.parts.example
    link.linkActivated.emit("example")
    [task] = [one for one in panel_work._alive if one.description() == "Making the example"]
    task.cancel()
    wait_for(lambda: "Try an example" in link.text())
    assert panel.inputs.list.count() == 0

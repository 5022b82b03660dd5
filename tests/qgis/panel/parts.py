# SPDX-License-Identifier: GPL-2.0-or-later
"""How the tests of the panel wait, make products and read what is shown."""

from __future__ import annotations

import time
from pathlib import Path

from qgis.PyQt.QtCore import QCoreApplication
from satsharp.ui import panel_work

PART = (601200.0, 5697600.0, 601800.0, 5698200.0)
WAIT_SECONDS = 60.0


def wait_for(condition, seconds=WAIT_SECONDS):
    """Let events happen until a condition is met; what it gave last."""
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        QCoreApplication.processEvents()
        time.sleep(0.005)
    found = condition()
    assert found, "the panel did not get there in time"
    return found


def let_pass(seconds):
    """Let events happen for a while."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        QCoreApplication.processEvents()
        time.sleep(0.005)


def recognised(panel, path):
    """Add a product and wait until something can be done with it."""
    panel.add_input(str(path))
    return wait_for(lambda: panel.inputs.current is not None and panel.current_request())


def choose(panel, title):
    """Choose an offer by the end of its title."""
    choice = panel.main.what.choice
    titles = [choice.itemText(number) for number in range(choice.count())]
    choice.setCurrentIndex(next(number for number, text in enumerate(titles) if text.endswith(title)))


def draw(panel, bounds=PART, crs="EPSG:32631"):
    """Draw a rectangle on the map."""
    from qgis.core import QgsCoordinateReferenceSystem, QgsRectangle

    panel.main.where.choice.setCurrentIndex(2)
    panel.main.where.set_drawn(QgsRectangle(*bounds), QgsCoordinateReferenceSystem(crs))


def started(panel, output=None):
    """Press Run and return the run."""
    if output is not None:
        panel.main.output.file.setFilePath(str(output))
    before = len(panel.main.runs.queue.runs)
    assert panel.main.parts.run.isEnabled()
    panel.main.parts.run.click()
    assert len(panel.main.runs.queue.runs) == before + 1
    return panel.main.runs.queue.runs[-1]


def ended(run):
    """Wait for the end of a run, and of the work that follows it such as loading its layers; return its state."""
    wait_for(lambda: run.is_ended and not panel_work._alive)
    return run.state


def row_of(panel, run):
    """Return the row that shows a run."""
    return next(row for row in panel.main.runs.rows if row.run is run)


def shown(widget):
    """Return whether a widget would be seen if the panel were."""
    return not widget.isHidden()


def partials(folder: Path):
    """Return the names of unfinished files."""
    return sorted(path.name for path in folder.iterdir() if ".partial" in path.name)

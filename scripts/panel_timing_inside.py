# SPDX-License-Identifier: GPL-2.0-or-later
"""Measure the panel inside a real QGIS: ``scripts/panel_timing.py`` starts it with this file as --code.

QGIS runs the file in its own process, without the plugins of the profile; the environment, which that script sets,
tells what is measured. A stall is the time between two beats of a timer on the main thread; how long that thread
computed meanwhile is measured beside it, since the rest is time that other programs and threads took.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from qgis import utils
from qgis.core import QgsCoordinateReferenceSystem, QgsPointXY, QgsProcessingContext, QgsProject, QgsRectangle
from qgis.PyQt.QtCore import QCoreApplication, Qt, QTimer
from qgis.PyQt.QtWidgets import QAction, QDockWidget

PLUGIN = "satsharp"
BEAT_MILLISECONDS = 5
# Of a beat, before it is asked what keeps the main thread.
OVERDUE_SECONDS = 0.03
STACKS = os.environ.get("SATSHARP_STACKS") == "yes"
PATIENCE = 900.0
# Work that follows, such as the forecast, has begun by then.
QUIET_SECONDS = 2.0
PREVIEW_METRES, MOVE_METRES = 8000.0, 3000.0
figures: dict[str, float] = {}


def plugin_module(name: str) -> Any:
    """Return a module of the plugin."""
    return importlib.import_module(f"{PLUGIN}.{name}")


class Heart:
    """A timer on the main thread that remembers the longest gap between its beats."""

    def __init__(self) -> None:
        """Start to beat."""
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self.forget()
        self._timer.start(BEAT_MILLISECONDS)

    def forget(self) -> None:
        """Begin anew."""
        self.longest, self.longest_computing = 0.0, 0.0
        self.at, self._computed = time.perf_counter(), time.thread_time()

    def _beat(self) -> None:
        at, computed = time.perf_counter(), time.thread_time()
        self.longest = max(self.longest, at - self.at)
        self.longest_computing = max(self.longest_computing, computed - self._computed)
        self.at, self._computed = at, computed


class Witness(threading.Thread):
    """Notes where the main thread is while a beat is overdue."""

    def __init__(self) -> None:
        """Watch the thread that makes it."""
        super().__init__(daemon=True)
        self._main = threading.get_ident()
        self.places: Counter[str] = Counter()

    def run(self) -> None:
        """Look every few milliseconds."""
        while True:
            time.sleep(BEAT_MILLISECONDS / 1000)
            if time.perf_counter() - heart.at > OVERDUE_SECONDS:
                frames = traceback.extract_stack(sys._current_frames()[self._main])
                own = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames if PLUGIN in frame.filename]
                self.places[" > ".join(own[-3:]) or "in QGIS"] += 1


heart = Heart()
witness = Witness()


@contextmanager
def stall(name: str) -> Iterator[None]:
    """Note the longest stall while something happens."""
    settle(0.5)
    heart.forget()
    witness.places.clear()
    yield
    settle(0.1)
    if STACKS:
        print(name, witness.places.most_common(6), file=sys.stderr)
    note(f"{name}: longest stall", heart.longest)
    note(f"{name}: longest stall, main thread computing", heart.longest_computing)


def note(name: str, seconds: float) -> None:
    """Keep a figure, in milliseconds."""
    figures[name] = round(1000 * seconds, 1)


def settle(seconds: float) -> None:
    """Let QGIS work for a while."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        QCoreApplication.processEvents()
        time.sleep(0.001)


def wait_for(what: str, condition: Callable[[], bool]) -> None:
    """Let QGIS work until something has happened."""
    end = time.monotonic() + PATIENCE
    while not condition():
        settle(0.01)
        if time.monotonic() > end:
            raise TimeoutError(what)


def start() -> None:
    """Start Processing, which QGIS starts first, then the plugin."""
    sys.path.insert(0, os.environ["SATSHARP_PLUGINS"])
    utils.updateAvailablePlugins()
    if not (utils.loadPlugin("processing") and utils.startPlugin("processing")):
        raise RuntimeError("Processing cannot be started.")
    settle(1)
    known = set(sys.modules)
    marks = [(time.perf_counter(), time.process_time())]
    utils.loadPlugin(PLUGIN)
    plugin = utils.plugins[PLUGIN] = sys.modules[PLUGIN].classFactory(utils.iface)
    marks.append((time.perf_counter(), time.process_time()))
    plugin.initProcessing()
    marks.append((time.perf_counter(), time.process_time()))
    plugin.initProcessing = lambda: None
    plugin.initGui()
    marks.append((time.perf_counter(), time.process_time()))
    names = ("import", "initProcessing", "the rest of initGui")
    for place, name in enumerate(names):
        note(f"start: {name}, processor", marks[place + 1][1] - marks[place][1])
    note("start: all, processor", marks[-1][1] - marks[0][1])
    note("start: all, wall", marks[-1][0] - marks[0][0])
    figures["start: modules"] = len(set(sys.modules) - known)


def panel() -> Any:
    """Open the dock."""
    window = utils.iface.mainWindow()
    with stall("open the panel"):
        window.findChild(QAction, "satsharpPanel").trigger()
        wait_for("the panel", lambda: dock() is not None)
        settle(QUIET_SECONDS)
    return dock()


def dock() -> Any:
    """Return the dock of the panel; None while there is none.

    To look for it among all widgets of QGIS's window would take longer than most steps in which it is made.
    """
    direct = Qt.FindChildOption.FindDirectChildrenOnly
    return utils.iface.mainWindow().findChild(QDockWidget, "SatSharpPanel", direct)


def recognise(opened: Any, inputs: dict[str, str]) -> None:
    """Add each input."""
    for name, path in inputs.items():
        with stall(f"recognise {name}"):
            begun = time.perf_counter()
            opened.add_input(path)
            wait_for(name, lambda: not opened.inputs.is_busy and opened.current_request() is not None)
            note(f"recognise {name}: until it can be run", time.perf_counter() - begun)
            settle(QUIET_SECONDS)


def load_result(opened: Any, path: str) -> None:
    """Load a file as the result of a run."""
    record, styling = plugin_module("ui.run_record"), plugin_module("processing_provider.styling")
    context = QgsProcessingContext()
    context.setProject(QgsProject.instance())
    details = QgsProcessingContext.LayerDetails("result", QgsProject.instance(), "OUTPUT")
    context.addLayerToLoadOnCompletion(path, details)
    description = styling.LayerDescription("result", (3, 2, 1), "", (), ())
    styling.LayerStyler(description).attach(path, context)
    run = record.Run("satsharp:superresolve_sentinel2", {}, "result", {})
    run.state, run.results = record.DONE, {"OUTPUT": path}
    with stall("load a result"):
        begun = time.perf_counter()
        opened.main.runs.queue.ended.emit(run, context)
        wait_for("the result", lambda: bool(run.layers))
        note("load a result: until it is in the layer tree", time.perf_counter() - begun)
        settle(QUIET_SECONDS)


def preview(opened: Any, path: str, rest: float) -> None:
    """Preview two places of a product; the first after so many seconds in which the user looks at the panel."""
    canvas, view = utils.iface.mapCanvas(), opened.main.parts.preview
    items = opened.inputs.items
    opened.inputs.list.setCurrentRow([item.source for item in items].index(path))
    wait_for("the request", lambda: opened.current_request() is not None and view.runner.possible())
    canvas.setDestinationCrs(QgsCoordinateReferenceSystem.fromWkt(opened.inputs.current.crs))
    middle = QgsRectangle(*opened.inputs.current.bounds).center()
    settle(rest)
    for number, name in enumerate(("first", "second", "third")):
        show_preview(view, name, QgsPointXY(middle.x() + number * MOVE_METRES, middle.y()))


def show_preview(view: Any, name: str, centre: QgsPointXY) -> None:
    """Look at another place and wait for its preview."""
    canvas, before, half = utils.iface.mapCanvas(), view.overlay.preview, PREVIEW_METRES / 2
    with stall(f"{name} preview"):
        begun = time.perf_counter()
        canvas.setExtent(QgsRectangle(centre.x() - half, centre.y() - half, centre.x() + half, centre.y() + half))
        view.button.setChecked(True)
        wait_for(name, lambda: view.overlay.preview not in (None, before))
        if not view.overlay.preview.exact:
            note(f"{name} preview: until a first look is shown", time.perf_counter() - begun)
        wait_for(name, lambda: view.overlay.preview.exact and not view.runner.is_running)
        note(f"{name} preview: until it is shown", time.perf_counter() - begun)
        settle(QUIET_SECONDS)


def measure() -> None:
    """Measure what was asked for."""
    start()
    if STACKS:
        witness.start()
    parts = os.environ["SATSHARP_PARTS"].split(",")
    if parts == ["start"]:
        return
    inputs = json.loads(os.environ["SATSHARP_INPUTS"])
    opened = panel()
    if "recognise" in parts or "preview" in parts:
        recognise(opened, inputs)
    if "result" in parts:
        load_result(opened, os.environ["SATSHARP_RESULT"])
    if "preview" in parts:
        preview(opened, inputs["Sentinel-2"], float(os.environ["SATSHARP_REST"]))


def main() -> None:
    """Measure and end QGIS; its exit status tells whether that went well."""
    status = 1
    try:
        measure()
        status = 0
    except Exception:  # noqa: BLE001 - whatever happens, QGIS must end
        traceback.print_exc()
    Path(os.environ["SATSHARP_FIGURES"]).write_text(json.dumps(figures), encoding="utf-8")
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


QTimer.singleShot(1500, main)

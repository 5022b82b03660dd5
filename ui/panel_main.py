# SPDX-License-Identifier: GPL-2.0-or-later
"""The panel's main page: its parts, and how a choice in one changes the others."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsReferencedRectangle,
    QgsTask,
)
from qgis.gui import QgsPanelWidget
from qgis.PyQt.QtCore import QTimer
from qgis.PyQt.QtGui import QShowEvent

from ..core.cards import load_cards
from ..core.sensors import Sensor, load_sensors
from ..plugin.settings import load_settings, model_folders, sensor_folders
from . import speeds
from .alive import while_alive
from .inputs import Recognised
from .panel_device import DeviceWords
from .panel_forecast import Answer, ForecastWords, Question, answer
from .panel_layout import MainLayout
from .panel_offers import Offer, Offers
from .panel_request import details_of, parameters_of, title_of
from .panel_series import dates_of
from .panel_work import start_work, stop_work
from .run_record import Run
from .run_speed import learn
from .run_stretch import look_of
from .run_unfinished import lasting_value

PAUSE_MILLISECONDS = 300


class MainPage(QgsPanelWidget):
    """Input, what, where, preview and run."""

    def __init__(self, iface: Any, parent: Any = None) -> None:
        """Build the page."""
        super().__init__(parent)
        self.setDockMode(True)
        self.setPanelTitle(self.tr("SatSharp"))
        self._iface = iface
        self._forecast_words, self._device_words = ForecastWords(), DeviceWords()
        self._tasks: dict[str, QgsTask] = {}
        self._offered_for: list[Recognised] = []
        self._expected: Answer | None = None
        self._known_sensors: tuple[Sensor, ...] = ()
        self.parts = MainLayout(self, iface, self._sensors)
        self.inputs, self.what, self.where = self.parts.inputs, self.parts.what, self.parts.where
        self.output, self.runs = self.parts.output, self.parts.runs
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE_MILLISECONDS)
        self._timer.timeout.connect(self._settled)
        self.parts.example.connect_to(iface, self.inputs.add_path)
        self.inputs.changed.connect(self._input_changed)
        self.what.changed.connect(self._changed)
        self.where.changed.connect(self._changed)
        self.output.changed.connect(self._show_state)
        self.parts.run.clicked.connect(lambda _checked=False: self.start())
        self.parts.dialog.clicked.connect(lambda _checked=False: self.open_dialog())
        self._input_changed()
        self.runs.announced.connect(learn)
        self.runs.look_for_unfinished()

    def showEvent(self, event: QShowEvent) -> None:
        """Show the rest of the page in the turns that follow."""
        super().showEvent(event)
        QTimer.singleShot(0, while_alive(self, self.parts.show_boxes))

    def request(self) -> tuple[str, dict[str, Any]] | None:
        """Return id and parameters of the algorithm that would be run; None while something is missing."""
        item, offer = self.inputs.current, self.what.offer
        if item is None or offer is None or self._missing():
            return None
        dates = dates_of(item, self.inputs.items)
        outputs = self.output.destinations(item, offer, self.runs.queue.destinations)
        return offer.algorithm, parameters_of(item, dates, offer, self.what.values(), self.where.text(), outputs)

    def start(self) -> None:
        """Append what was chosen to the queue."""
        request, item, offer = self.request(), self.inputs.current, self.what.offer
        if request is None or item is None or offer is None:
            return
        layer = QgsProject.instance().mapLayer(item.layer) if item.layer else None
        look = look_of(layer if isinstance(layer, QgsRasterLayer) else None, item)
        run = Run(*request, title_of(item, offer), details_of(item, offer, look, self._expected))
        self.output.clear()
        self.runs.queue.add(run)

    def open_dialog(self) -> None:
        """Open the algorithm's own dialog with all its parameters, filled with what was chosen."""
        import processing

        request = self.request()
        if request is not None:
            processing.createAlgorithmDialog(*request).show()

    def reload(self) -> None:
        """Take up models or sensor files that were added or removed."""
        self._offered_for, self._known_sensors = [], ()
        self._input_changed()

    def close_all(self) -> None:
        """End what runs for this page."""
        self._timer.stop()
        for task in self._tasks.values():
            stop_work(task)
        self.inputs.close_tasks()
        self.where.close_tools()
        self.runs.queue.stop_all()
        if self.parts.preview is not None:
            self.parts.preview.clear()

    def _sensors(self) -> tuple[Sensor, ...]:
        if not self._known_sensors:
            self._known_sensors = load_sensors(*sensor_folders(load_settings()))[0]
        return self._known_sensors

    def _input_changed(self) -> None:
        """Find out what can be done with the current input; in the background, as models are tried on it."""
        self.parts.example.setVisible(self.inputs.list.count() == 0)
        item = self.inputs.current
        dates = () if item is None else dates_of(item, self.inputs.items)
        if item is not None and [item, *dates] == self._offered_for:
            return self._changed()
        stop_work(self._tasks.get("offers"))
        self._offered_for = []
        self.what.offer_all((), self._waiting(item))
        if item is None:
            return None
        settings, sensors = load_settings(), self._sensors()
        registry = QgsApplication.processingRegistry()
        known = {algorithm.id() for algorithm in registry.algorithms() if algorithm.provider().id() == "satsharp"}

        def work(_: Any) -> tuple[Offer, ...]:
            cards, _problems = load_cards(*model_folders(settings))
            return Offers(known.__contains__, cards, sensors, settings.precision).for_input(item, dates)

        def done(offers: tuple[Offer, ...] | None, problem: str) -> None:
            self._offered_for = [item, *dates]
            none = self.tr("No installed model fits this input. Install one that takes its bands.")
            self.what.offer_all(offers or (), problem or none)

        self._tasks["offers"] = start_work(self.tr("Looking for models that fit"), work, done)
        return None

    def _waiting(self, item: Recognised | None) -> str:
        """Return why there is no offer yet."""
        if item is not None:
            return self.tr("Looking for models that fit…")
        if self.inputs.is_unreadable:
            return self.tr("Nothing can be done with an input that cannot be read.")
        return self.tr("Recognising the input…") if self.inputs.is_busy else self.tr("Add an input first.")

    def _changed(self) -> None:
        offer = self.what.offer
        self.output.fit(offer)
        self.where.fit(offer is None or offer.has_extent)
        self._show_state()
        self._timer.start()

    def _missing(self) -> str:
        """Return what keeps the run from starting; empty where nothing does."""
        item, offer = self.inputs.current, self.what.offer
        if item is None or offer is None:
            return self.tr("Add an input first.") if item is None else ""
        if item.raster is None and item.scene is None and not item.on_the_web and not self.where.text():
            return self.tr("A layer from a server needs a part: choose it under Where.")
        return self.what.missing() or self.where.missing()

    def _show_state(self) -> None:
        is_ready = self.request() is not None
        self.parts.run.setEnabled(is_ready)
        self.parts.dialog.setEnabled(is_ready)
        missing = self._missing() if self.inputs.current is not None else ""
        self.parts.run.setToolTip(
            missing or self.tr("Runs in the background; the panel stays free for the next input.")
        )

    def _settled(self) -> None:
        """Nothing has changed for a moment: preview and forecast follow."""
        request, preview = self.request(), self.parts.preview
        if preview is not None:
            preview.clear() if request is None else preview.show_request(*request, self._area())
        self._ask(measure=False)

    def _area(self) -> QgsReferencedRectangle | None:
        """Return where the current input lies; None where that is unknown, or a run has the device for itself."""
        item = self.inputs.current
        if item is None or item.bounds is None or not item.crs or self.runs.queue.active is not None:
            return None
        return QgsReferencedRectangle(QgsRectangle(*item.bounds), QgsCoordinateReferenceSystem.fromWkt(item.crs))

    def _ask(self, measure: bool) -> None:
        item, offer = self.inputs.current, self.what.offer
        stop_work(self._tasks.get("forecast"))
        self._expected = None
        self.parts.tell_forecast("", "", "")
        if item is None or offer is None or not offer.is_foreseeable or self.where.missing():
            return
        extent = self.where.extent()
        box = None if extent is None else (extent.xMinimum(), extent.yMinimum(), extent.xMaximum(), extent.yMaximum())
        crs = extent.crs() if extent is not None else None
        text = "" if crs is None else crs.authid() if crs.authid().startswith("EPSG:") else crs.toWkt()
        sensors = {sensor.id: sensor for sensor in self._sensors()}
        request, dates = self.request(), dates_of(item, self.inputs.items)
        given = None if request is None else {name: lasting_value(value) for name, value in request[1].items()}
        question = Question(item, offer, box, text, sensors, speeds.speed_of, given, dates)
        title = self.tr("Trying one tile") if measure else self.tr("Planning")

        def done(found: Answer | None, problem: str) -> None:
            self._tell(found, problem, not measure)

        self._tasks["forecast"] = start_work(title, lambda stop: answer(question, measure, stop), done)

    def _tell(self, found: Answer | None, problem: str, may_measure: bool) -> None:
        if found is None:
            return self.parts.tell_forecast("", problem, "")
        for model in found.measured:
            if model in found.speeds:
                speeds.remember(found.device.device, model, found.speeds[model])
        self._expected = found
        device = self._device_words.short(found.device)
        self.what.tell_speeds(lambda model: speeds.speed_of(found.device.device, model))
        size = self._forecast_words.size(found.forecast) if found.forecast is not None else ""
        cost, why = self._forecast_words.cost(found), self._device_words.why(found.device)
        self.parts.tell_forecast(size, cost, f"{device}. {why}")
        is_unknown = found.forecast is not None and not found.speeds
        if may_measure and is_unknown and found.device.device and self.runs.queue.active is None:
            self._ask_again()
        return None

    def _ask_again(self) -> None:
        """Measure, while what is known already stays on show."""
        shown = self.parts.forecast_texts()
        self._ask(measure=True)
        self.parts.tell_forecast(*shown)

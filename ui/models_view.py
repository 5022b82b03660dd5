# SPDX-License-Identifier: GPL-2.0-or-later
"""Models: which are installed, which others published, and what can be done with them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from qgis.gui import QgsFilterLineEdit
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QDragEnterEvent, QDropEvent, QShowEvent
from qgis.PyQt.QtWidgets import QSplitter, QTextBrowser, QVBoxLayout, QWidget

from ..core.cards import MODEL_FOLDER, Card
from . import speeds
from .algorithm_work import KeptFeedback, run_algorithm
from .alive import while_alive
from .models_list import Known, ModelsList, find_models
from .models_tools import SUFFIXES, ModelsTools
from .models_words import ModelWords
from .panel_work import BackgroundTask, start_work, stop_work

INSTALL, REMOVE = "satsharp:install_model", "satsharp:remove_model"
# What the algorithm asks for before it replaces a model, or takes one that nobody vouches for.
_ASKED = {"OVERWRITE": re.compile(r"\bOVERWRITE\b"), "CONFIRM": re.compile(r"\bCONFIRM\b")}


class ModelsView(QWidget):
    """Lists models with their cards; installs, removes and measures them in the background."""

    modelsChanged = pyqtSignal()  # noqa: N815 - a signal of Qt

    def __init__(self, parent: QWidget | None = None) -> None:
        """Build the view; the models are read when it is seen."""
        super().__init__(parent)
        self.setObjectName("SatSharpModelsView")
        self.setAcceptDrops(True)
        self._known = Known((), (), ())
        self._task: BackgroundTask | None = None
        self._feedback: KeptFeedback | None = None
        self._again: dict[str, Any] = {}
        self._wanted = ""
        self._build()
        self._connect()
        self._selected()

    def showEvent(self, event: QShowEvent) -> None:
        """Read the models."""
        super().showEvent(event)
        self.reload()

    def reload(self) -> None:
        """Read cards and catalogues again, in the background."""
        start_work(self.tr("Reading models"), find_models, while_alive(self, self._show_known))

    def install(self, source: str, more: dict[str, Any] | None = None) -> None:
        """Install a model from a file, a folder, an archive or an address."""
        self._run(INSTALL, {"SOURCE": source, **(more or {})}, self.tr("Installing {}…").format(Path(source).name))

    def remove(self) -> None:
        """Remove the selected model."""
        card = self._card()
        if card is not None:
            speeds.forget(card.id)
            self._run(REMOVE, {"MODEL": card.id}, self.tr("Removing {}…").format(card.id))

    def measure(self) -> None:
        """Measure the selected model on every device of this machine."""
        card = self._card()
        if card is None:
            return
        self.tools.show_work(True)
        self.tools.say(self.tr("Trying {} on one tile…").format(card.id))
        self._task = start_work(
            self.tr("Measuring {}").format(card.id),
            lambda stop: _measured(card, stop),
            while_alive(self, self._show_measured),
        )
        self._task.taskTerminated.connect(while_alive(self, lambda: self._ended("")))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take a model's file."""
        if any(url.toLocalFile().endswith(SUFFIXES) for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Install the file that was dropped."""
        files = [url.toLocalFile() for url in event.mimeData().urls() if url.toLocalFile().endswith(SUFFIXES)]
        if files:
            event.acceptProposedAction()
            self.install(files[0])

    def _build(self) -> None:
        self.search = QgsFilterLineEdit()
        self.search.setShowSearchIcon(True)
        self.search.setPlaceholderText(self.tr("Search models"))
        self.search.setAccessibleName(self.tr("Search models"))
        self.list = ModelsList()
        self.page = QTextBrowser()
        self.page.setOpenExternalLinks(True)
        self.page.setAccessibleName(self.tr("What is known of the model"))
        self.tools = ModelsTools()
        parts = QSplitter(Qt.Orientation.Vertical)
        parts.addWidget(self.list)
        parts.addWidget(self.page)
        layout = QVBoxLayout(self)
        layout.addWidget(self.search)
        layout.addWidget(parts, 1)
        layout.addWidget(self.tools)

    def _connect(self) -> None:
        self.search.textChanged.connect(self.list.filter)
        self.list.currentItemChanged.connect(lambda *_: self._selected())
        self.tools.sourceChosen.connect(lambda source: self.install(source))
        self.tools.conversionAsked.connect(self._explain_conversion)
        self.tools.removalAsked.connect(self.remove)
        self.tools.measureAsked.connect(self.measure)
        self.tools.stopAsked.connect(self._stop)
        self.tools.consented.connect(lambda: self.install(**self._again))

    def _explain_conversion(self) -> None:
        self.list.setCurrentItem(None)
        self.page.setHtml(ModelWords().how_to_convert())

    def _card(self) -> Card | None:
        return getattr(self.list.current(), "card", None)

    def _selected(self) -> None:
        model, card = self.list.current(), self._card()
        own = card is not None and card.path.parent != MODEL_FOLDER
        self.tools.enable(own, card is not None)
        if card is not None:
            self.page.setHtml(ModelWords().installed(model, speeds.known_speeds(card.id)))
        elif model is not None:
            self.page.setHtml(ModelWords().published(model))
            if model.is_installable:
                self.tools.ask_address(model.address)
        else:
            self.page.clear()

    def _show_known(self, known: Known | None, problem: str) -> None:
        if known is not None:
            before = self._card()
            self._known = known
            self.list.show_models(known, str(MODEL_FOLDER), self._wanted or (before.id if before is not None else ""))
            self.list.filter(self.search.text())
            self._wanted = ""
        told = problem or " ".join(known.problems if known is not None else ())
        if told:
            self.tools.say(told)

    def _run(self, algorithm: str, parameters: dict[str, Any], sentence: str) -> None:
        self.tools.show_work(True)
        self.tools.say(sentence)
        self._again = {"source": parameters.get("SOURCE", ""), "more": parameters}
        self._feedback = run_algorithm(algorithm, parameters, while_alive(self, self._algorithm_ended))
        if self._feedback is not None:
            self._feedback.progressChanged.connect(self.tools.show_progress)

    def _algorithm_ended(self, successful: bool, results: dict[str, Any], problem: str) -> None:
        self._ended(problem)
        if not successful:
            self._offer_consent(problem)
            return
        self._wanted = str(results.get("ID", ""))
        self.tools.say(self.tr("{} is installed.").format(self._wanted) if self._wanted else self.tr("Removed."))
        self.tools.forget_address()
        self.reload()
        self.modelsChanged.emit()

    def _offer_consent(self, problem: str) -> None:
        key = next((key for key, pattern in _ASKED.items() if pattern.search(problem)), "")
        if not key:
            return
        self._again["more"] = {**self._again["more"], key: True}
        replacing = key == "OVERWRITE"
        text = self.tr("Replace the installed one") if replacing else self.tr("Install it all the same")
        self.tools.ask_consent(text)

    def _show_measured(self, found: dict[str, float] | None, problem: str) -> None:
        self._ended(problem)
        if found:
            self.tools.say(self.tr("Measured; times in the panel are estimated with it."))
            self.modelsChanged.emit()
        self._selected()

    def _stop(self) -> None:
        stop_work(self._task)
        if self._feedback is not None:
            self._feedback.cancel()

    def _ended(self, problem: str) -> None:
        self._task = self._feedback = None
        self.tools.show_work(False)
        self.tools.say(problem)


def _measured(card: Card, is_cancelled: Any) -> dict[str, float]:
    """Measure on all devices that work, on a worker thread; the first problem is told where none works."""
    from ..core.errors import ModelError

    found: dict[str, float] = {}
    problem: ModelError | None = None
    for device in speeds.measured_devices():
        try:
            found[device] = speeds.measure(card, device, is_cancelled)
        except ModelError as error:
            problem = problem or error
    if not found and problem is not None:
        raise problem
    for device, speed in found.items():
        speeds.remember(device, card.id, speed)
    return found

# SPDX-License-Identifier: GPL-2.0-or-later
"""Set-up: one line and one button where ONNX Runtime is missing; what came with it where it is there."""

from __future__ import annotations

from pathlib import Path

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QDragEnterEvent, QDropEvent, QShowEvent
from qgis.PyQt.QtWidgets import (
    QAction,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QProgressBar,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ..plugin.gpu_advice import GpuAdvice, offers_gpu_build
from ..plugin.interpreter import has_nvidia_driver, this_interpreter
from ..plugin.paths import profile_folder
from . import setup_work
from .alive import while_alive
from .panel_work import BackgroundTask, start_work, stop_work
from .setup_work import Found, WheelOffer

WHEEL = ".whl"


class SetupView(QWidget):
    """Installs ONNX Runtime and tells what came with it."""

    runtimeChanged = pyqtSignal()  # noqa: N815 - a signal of Qt
    _progressed = pyqtSignal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Build the line; nothing is loaded and nobody is asked before it is seen."""
        super().__init__(parent)
        self.setObjectName("SatSharpSetupView")
        self.setAcceptDrops(True)
        self._found: Found | None = None
        self._offer: WheelOffer | None = None
        self._task: BackgroundTask | None = None
        self._lay_out()
        self._progressed.connect(self._show_progress)
        self._show_state()

    def needed(self) -> bool:
        """Return whether ONNX Runtime is missing or broken; nothing is loaded to find out."""
        if self._found is not None and self._found.status.problem:
            return True
        return not setup_work.is_there()

    def install(self, wheel: str = "") -> None:
        """Install from the package index, or from a wheel file, in the background."""
        self._begin(self.tr("Installing ONNX Runtime…"))
        self._task = start_work(
            self.tr("Installing ONNX Runtime"),
            lambda is_cancelled: setup_work.installed_runtime(wheel, self._progressed.emit, is_cancelled),
            while_alive(self, self._installed),
        )
        # A cancelled task hands over nothing.
        self._task.taskTerminated.connect(while_alive(self, self._show_state))

    def remove(self) -> None:
        """Delete ONNX Runtime from the profile."""
        self._task = start_work(self.tr("Removing ONNX Runtime"), setup_work.remove, while_alive(self, self._removed))

    def showEvent(self, event: QShowEvent) -> None:
        """Find out in the background what is there, or what could be installed."""
        super().showEvent(event)
        if self._task is not None or self._found is not None or self._offer is not None:
            return
        if setup_work.is_there():
            self._task = start_work(
                self.tr("Loading ONNX Runtime"), setup_work.loaded_runtime, while_alive(self, self._loaded)
            )
        else:
            self._task = start_work(
                self.tr("Asking the package index"), setup_work.wheel_offer, while_alive(self, self._offered)
            )

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take a wheel file that is dragged here."""
        if any(url.toLocalFile().endswith(WHEEL) for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Install the wheel file that was dropped."""
        for url in event.mimeData().urls():
            if url.toLocalFile().endswith(WHEEL):
                event.acceptProposedAction()
                self.install(url.toLocalFile())
                return

    def _lay_out(self) -> None:
        self.line = QLabel()
        self.line.setWordWrap(True)
        self.line.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.button = QPushButton(self.tr("Install"))
        self.button.setToolTip(self.tr("Fetches one file, checks it and unpacks it into your QGIS profile"))
        self.button.clicked.connect(lambda: self.install())
        self.more = QToolButton()
        self.more.setToolTip(self.tr("Other ways"))
        self.more.setAccessibleName(self.tr("Other ways to install ONNX Runtime"))
        self.more.setIcon(QgsApplication.getThemeIcon("/mActionOptions.svg"))
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setMenu(self._menu())
        self.progress = QProgressBar()
        self.progress.setAccessibleName(self.tr("Progress of the installation"))
        self.stop = QToolButton()
        self.stop.setIcon(QgsApplication.getThemeIcon("/mTaskCancel.svg"))
        self.stop.setToolTip(self.tr("Cancel"))
        self.stop.setAccessibleName(self.tr("Cancel the installation"))
        self.stop.clicked.connect(lambda: stop_work(self._task))
        self.detail = QLabel()
        self.detail.setWordWrap(True)
        self.detail.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        head, working = QHBoxLayout(), QHBoxLayout()
        head.addWidget(self.line, 1)
        head.addWidget(self.button)
        head.addWidget(self.more)
        working.addWidget(self.progress, 1)
        working.addWidget(self.stop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(head)
        layout.addLayout(working)
        layout.addWidget(self.detail)

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        self.from_file = QAction(self.tr("Install from a file ({})…").format(WHEEL), menu)
        self.from_file.triggered.connect(self._choose_file)
        self.again = QAction(self.tr("Install again"), menu)
        self.again.triggered.connect(lambda: self.install())
        self.removal = QAction(self.tr("Remove"), menu)
        self.removal.triggered.connect(self.remove)
        for action in (self.from_file, self.again, self.removal):
            menu.addAction(action)
        return menu

    def _choose_file(self) -> None:
        title = self.tr("Wheel of ONNX Runtime ending in {}").format(f"{this_interpreter()}{WHEEL}")
        path, _ = QFileDialog.getOpenFileName(self, title, "", self.tr("Wheels") + f" (onnxruntime*{WHEEL})")
        if path:
            self.install(path)

    def _begin(self, sentence: str) -> None:
        self.line.setText(sentence)
        self.detail.clear()
        self.detail.hide()
        self.progress.setRange(0, 0)
        for widget, shown in ((self.button, False), (self.more, False), (self.progress, True), (self.stop, True)):
            widget.setVisible(shown)

    def _show_progress(self, share: float) -> None:
        self.progress.setRange(0, 100)
        self.progress.setValue(round(100 * share))

    def _installed(self, found: Found | None, problem: str) -> None:
        if problem:
            self._show_state(problem)
            return
        self._found, self._task = found, None
        self._show_state()
        self.runtimeChanged.emit()

    def _removed(self, nothing: None, problem: str) -> None:
        self._found = self._task = None
        self._show_state(problem or self.tr("Removed. What is loaded stays in use until QGIS is restarted."))
        self.runtimeChanged.emit()

    def _loaded(self, found: Found | None, problem: str) -> None:
        self._found, self._task = found, None
        self._show_state(problem)
        if found is not None and found.status.problem:
            self.runtimeChanged.emit()

    def _offered(self, offer: WheelOffer | None, problem: str) -> None:
        self._offer, self._task = offer, None
        self._show_state(problem)

    def _show_state(self, problem: str = "") -> None:
        self._task = None
        self.progress.hide()
        self.stop.hide()
        self.more.show()
        missing = self.needed()
        self.button.setVisible(missing or self._gpu_build())
        self.button.setText(self.tr("Install") if missing else self.tr("Install the GPU build"))
        own = setup_work.runtime_folder(profile_folder()).is_dir()
        self.again.setVisible(not missing)
        self.removal.setVisible(own)
        self.line.setText(self._missing_line() if missing else self._found_line())
        self.detail.setText(problem or self._detail(missing))
        self.detail.setVisible(bool(self.detail.text()))

    def _missing_line(self) -> str:
        if self._found is not None and self._found.status.problem:
            return self._found.status.problem
        return self.tr("<b>ONNX Runtime is missing.</b> It runs the networks.")

    def _found_line(self) -> str:
        if self._found is None:
            return self.tr("ONNX Runtime is installed.")
        known = (name.replace("ExecutionProvider", "") for name in self._found.status.execution_providers)
        # That one sends data to a service, and is of no use here.
        names = ", ".join(name for name in known if name != "Azure")
        return self.tr("<b>ONNX Runtime {}</b> with the execution providers {}.").format(
            self._found.status.version, names
        )

    def _detail(self, missing: bool) -> str:
        if missing and self._offer is not None:
            size = (
                self.tr("{} MB").format(round(self._offer.size / 1e6)) if self._offer.size else self.tr("unknown size")
            )
            sentence = self.tr("{}, {} from {}; it goes into your QGIS profile and changes nothing else.")
            return sentence.format(self._offer.version, size, self._offer.host)
        if missing or self._found is None:
            return ""
        advice = GpuAdvice().sentence(
            self._found.status, has_nvidia_driver(), this_interpreter().system, self._found.gpus
        )
        return "<br>".join((advice, Path(self._found.status.folder).as_posix()))

    def _gpu_build(self) -> bool:
        if self._found is None:
            return False
        system = this_interpreter().system
        return offers_gpu_build(self._found.status, has_nvidia_driver(), system, profile_folder())

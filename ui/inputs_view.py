# SPDX-License-Identifier: GPL-2.0-or-later
"""The first part of the panel: what is worked on. Inputs are recognised in the background and queue up in a list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from qgis.core import QgsApplication, QgsMapLayer, QgsMapLayerProxyModel, QgsRasterLayer, QgsTask
from qgis.gui import QgsMapLayerComboBox
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QIcon, QPixmap
from qgis.PyQt.QtWidgets import QHBoxLayout, QListWidgetItem, QVBoxLayout, QWidget

from ..core.sensors import Sensor
from .inputs import Recognised, recognise
from .inputs_browse import BrowseButton
from .inputs_list import InputList
from .inputs_sources import Given, given_layer, given_path
from .inputs_text import InputWords
from .panel_labels import Notice, Wrapped, tool_button
from .panel_work import start_work, stop_work


@dataclass
class Entry:
    """One entry of the list: what was given, what it is, or why it cannot be read."""

    given: Given
    row: QListWidgetItem
    item: Recognised | None = None
    problem: str = ""
    task: QgsTask | None = None


class InputsView(QWidget):
    """Adds, lists, orders and removes inputs; ``changed`` is emitted when another one is current, or is known."""

    changed = pyqtSignal()

    def __init__(self, sensors: Callable[[], tuple[Sensor, ...]], parent: QWidget | None = None) -> None:
        """Take what reads the sensor files."""
        super().__init__(parent)
        self._sensors, self._words = sensors, InputWords()
        self._entries: list[Entry] = []
        self.list = InputList(
            self.tr("Drop a product here: .SAFE, .zip, .tar, MTL, .hdf – or choose a loaded layer above.")
        )
        self.list.currentItemChanged.connect(lambda *_: self._show())
        self.list.model().rowsMoved.connect(lambda *_: self.changed.emit())
        self.bands, self.problem = Wrapped(), Notice("/mIconWarning.svg")
        self.bands.setObjectName("satsharpBands")
        self._lay_out()
        self._show()

    def add_path(self, path: str) -> None:
        """Add a file, folder or address."""
        self._add(given_path(path))

    def add_layer(self, layer: QgsMapLayer) -> None:
        """Add a loaded raster layer."""
        if isinstance(layer, QgsRasterLayer) and layer.isValid():
            self._add(given_layer(layer))

    @property
    def current(self) -> Recognised | None:
        """The input that the panel speaks of; None where none is recognised."""
        entry = self._current_entry()
        return entry.item if entry is not None else None

    @property
    def items(self) -> tuple[Recognised, ...]:
        """All recognised inputs in the order of the list."""
        rows = [self.list.item(number) for number in range(self.list.count())]
        ordered = (next((entry for entry in self._entries if entry.row is row), None) for row in rows)
        return tuple(entry.item for entry in ordered if entry is not None and entry.item is not None)

    @property
    def is_unreadable(self) -> bool:
        """Whether the current input cannot be read."""
        entry = self._current_entry()
        return entry is not None and bool(entry.problem)

    @property
    def is_busy(self) -> bool:
        """Whether an input is still being recognised."""
        return any(entry.task is not None for entry in self._entries)

    def close_tasks(self) -> None:
        """Cancel what is being recognised."""
        for entry in self._entries:
            stop_work(entry.task)
            entry.task = None

    def remove_current(self) -> None:
        """Take the current input off the list."""
        entry = self._current_entry()
        if entry is not None:
            stop_work(entry.task)
            self._entries.remove(entry)
            self.list.takeItem(self.list.row(entry.row))
            self._show()

    def _add(self, given: Given) -> None:
        for entry in self._entries:
            if (entry.given.source, entry.given.layer) == (given.source, given.layer):
                self.list.setCurrentItem(entry.row)
                return
        entry = Entry(given, QListWidgetItem())
        self._insert(entry)
        self._recognise(entry)

    def _insert(self, entry: Entry) -> None:
        self._entries.append(entry)
        self._describe(entry)
        self.list.addItem(entry.row)
        self.list.setCurrentItem(entry.row)

    def _recognise(self, entry: Entry) -> None:
        stop_work(entry.task)
        sensors = self._sensors()

        def done(found: tuple[Recognised, ...] | None, problem: str) -> None:
            self._take(entry, found or (), problem)

        title = self.tr("Recognising {}").format(entry.given.title or entry.given.source)
        entry.task = start_work(title, lambda is_cancelled: recognise(entry.given, sensors, is_cancelled), done)
        self._describe(entry)

    def _take(self, entry: Entry, found: tuple[Recognised, ...], problem: str) -> None:
        if entry not in self._entries:
            return
        entry.task, entry.problem = None, problem
        entry.item = found[0] if found else None
        self._describe(entry)
        for item in found[1:]:
            self._insert(Entry(Given(item.source), QListWidgetItem(), item))
        self.list.setCurrentItem(entry.row)
        self._show()

    def _describe(self, entry: Entry) -> None:
        """Write what is known of an entry into its row."""
        item, row = entry.item, entry.row
        title = item.title if item is not None else entry.given.title or entry.given.source
        line = self._words.lines(item) if item is not None else self.tr("Recognising…")
        row.setText(f"{title}\n{entry.problem and self.tr('Cannot be read') or line}")
        row.setToolTip(entry.problem or (self._words.full(item) if item is not None else entry.given.source))
        row.setIcon(self._icon(entry))

    def _icon(self, entry: Entry) -> QIcon:
        if entry.problem:
            return QgsApplication.getThemeIcon("/mIconWarning.svg")
        if entry.item is not None and not entry.item.picture.isNull():
            side = self.list.iconSize() * self.devicePixelRatioF()
            mode = Qt.AspectRatioMode.KeepAspectRatioByExpanding
            picture = entry.item.picture.scaled(side, mode, Qt.TransformationMode.SmoothTransformation)
            pixmap = QPixmap.fromImage(picture.copy(0, 0, side.width(), side.height()))
            pixmap.setDevicePixelRatio(self.devicePixelRatioF())
            return QIcon(pixmap)
        return QgsApplication.getThemeIcon("/mIconRaster.svg")

    def _current_entry(self) -> Entry | None:
        row = self.list.currentItem()
        return next((entry for entry in self._entries if entry.row is row), None)

    def _show(self) -> None:
        entry = self._current_entry()
        item = entry.item if entry is not None else None
        self.bands.setText(self._words.bands(item) if item is not None else "")
        notes = " ".join(item.notes) if item is not None else ""
        self.problem.say(entry.problem or notes if entry is not None else "")
        for button in self._buttons:
            button.setEnabled(entry is not None)
        self.tools.setVisible(bool(self._entries))
        self.changed.emit()

    def _move(self, by: int) -> None:
        row = self.list.currentRow()
        if 0 <= row + by < self.list.count():
            taken = self.list.takeItem(row)
            self.list.insertItem(row + by, taken)
            self.list.setCurrentItem(taken)

    def _lay_out(self) -> None:
        self.layers = QgsMapLayerComboBox()
        self.layers.setObjectName("satsharpLayers")
        self.layers.setFilters(QgsMapLayerProxyModel.Filter.RasterLayer)
        self.layers.setAllowEmptyLayer(True, self.tr("Choose a loaded layer…"))
        self.layers.setCurrentIndex(0)
        self.layers.setMinimumContentsLength(8)
        self.layers.setSizeAdjustPolicy(QgsMapLayerComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.layers.setToolTip(self.tr("Adds a raster layer of the project; parts of a product stand for all of it."))
        self.layers.layerChanged.connect(self._layer_chosen)
        top = QHBoxLayout()
        top.addWidget(self.layers, 1)
        self.browse = BrowseButton()
        self.browse.chosen.connect(self.add_path)
        top.addWidget(self.browse)
        self._buttons = (
            tool_button("/mActionArrowUp.svg", self.tr("Move up"), lambda: self._move(-1), "satsharpUp"),
            tool_button("/mActionArrowDown.svg", self.tr("Move down"), lambda: self._move(1), "satsharpDown"),
            tool_button("/symbologyRemove.svg", self.tr("Take off the list"), self.remove_current, "satsharpRemove"),
        )
        self.tools = QWidget()
        tools = QHBoxLayout(self.tools)
        tools.setContentsMargins(0, 0, 0, 0)
        tools.addWidget(self.bands, 1)
        for button in self._buttons:
            tools.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(top)
        layout.addWidget(self.list)
        layout.addWidget(self.tools)
        layout.addWidget(self.problem)

    def _layer_chosen(self, layer: QgsMapLayer | None) -> None:
        if layer is not None:
            self.add_layer(layer)
            # Not setLayer(None), by which QGIS shows nothing instead of the invitation.
            self.layers.setCurrentIndex(0)

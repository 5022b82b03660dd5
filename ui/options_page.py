# SPDX-License-Identifier: GPL-2.0-or-later
"""The page in Settings > Options: the settings record as a form, and the set-up of ONNX Runtime."""

from __future__ import annotations

from pathlib import Path

from qgis.core import QgsApplication
from qgis.gui import QgsFileWidget, QgsOptionsPageWidget
from qgis.PyQt.QtGui import QShowEvent
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QFormLayout,
    QFrame,
    QGroupBox,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from ..core.cards import load_cards
from ..core.variant_choice import FULL, PRECISIONS, precisions_of
from ..plugin.cache_space import cache_size, empty_cache
from ..plugin.paths import default_cache_folder, default_model_folder, default_sensor_folder
from ..plugin.settings import (
    DEVICES,
    LARGEST_TILE,
    LEAST_TILE,
    OUTPUT_FORMATS,
    Settings,
    cache_folder,
    load_settings,
    model_folders,
    output_format,
    save_settings,
)
from .setup_view import SetupView

LARGEST_MEMORY_MB = 1 << 20
LARGEST_CACHE_GB = 10_000


class SatSharpOptionsPage(QgsOptionsPageWidget):
    """Shows the settings and stores them when the dialog is accepted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Build the form and fill it from the stored settings."""
        super().__init__(parent)
        self.setObjectName("SatSharpOptions")
        self.device = self._choice(DEVICES, self.tr("Where networks run; auto takes the fastest device there is"))
        self.precision = self._choice(
            PRECISIONS,
            self.tr(
                "Which variant of a model “auto” takes. Half precision (fp16) and 8-bit integers (int8) are smaller, "
                "and faster where the device has them; their cards tell what they lose"
            ),
        )
        self.memory = self._number(LARGEST_MEMORY_MB, 256, self.tr(" MB"))
        self.memory.setToolTip(self.tr("Memory that a run may use: tiles are made smaller for it"))
        self.tile_size = self._number(LARGEST_TILE, 60, self.tr(" pixels"))
        self.tile_size.setToolTip(self.tr("Side of the tiles in pixels of the result; it never changes the result"))
        self.tile_size.editingFinished.connect(self._enlarge_tiles)
        self.output_format = self._choice(OUTPUT_FORMATS, self.tr("Format of results where none is chosen"))
        self.output_folder = self._folder(self.tr("Temporary files"))
        self.output_folder.setToolTip(self.tr("Where the panel saves results that you give no name"))
        self.model_folder = self._folder(default_model_folder())
        self.catalogue = QLineEdit()
        self.catalogue.setPlaceholderText(self.tr("Only the catalogue that comes with SatSharp"))
        self.catalogue.setToolTip(self.tr("Address of a further list of models that can be installed"))
        self.sensor_folder = self._folder(default_sensor_folder())
        self.cache_folder = self._folder(default_cache_folder())
        self.cache_size = self._number(LARGEST_CACHE_GB, 1, self.tr(" GB"))
        self.empty_cache = QPushButton()
        self.empty_cache.setToolTip(self.tr("Deletes copies; they are fetched again when they are needed"))
        self.empty_cache.clicked.connect(self._empty_cache)
        self.package_index = QLineEdit()
        self.package_index.setPlaceholderText(self.tr("The one that pip uses"))
        self.package_index.setToolTip(self.tr("Address of the package index that ONNX Runtime is fetched from"))
        self.setup = SetupView()
        self._lay_out()
        self._show(load_settings())

    def apply(self) -> None:
        """Store what the form shows."""
        save_settings(
            load_settings()._replace(
                device=self.device.currentText(),
                precision=self.precision.currentText(),
                memory_mb=self.memory.value(),
                tile_size=self.tile_size.value(),
                output_format=self.output_format.currentText(),
                output_folder=self.output_folder.filePath().strip(),
                model_folder=self.model_folder.filePath().strip(),
                catalogue=self.catalogue.text().strip(),
                package_index=self.package_index.text().strip(),
                sensor_folder=self.sensor_folder.filePath().strip(),
                cache_folder=self.cache_folder.filePath().strip(),
                cache_gb=self.cache_size.value(),
            )
        )
        provider = QgsApplication.processingRegistry().providerById("satsharp")
        if provider is not None:
            provider.refreshAlgorithms()  # models and sensor files may be others now

    def showEvent(self, event: QShowEvent) -> None:
        """Look into the cache when the page is seen, not when the options dialog opens."""
        super().showEvent(event)
        self._show_cache()

    def _enlarge_tiles(self) -> None:
        """Replace what is neither automatic nor large enough."""
        if 0 < self.tile_size.value() < LEAST_TILE:
            self.tile_size.setValue(LEAST_TILE)

    def _empty_cache(self) -> None:
        """Delete the products that were fetched from the web."""
        empty_cache(cache_folder(load_settings()))
        self._show_cache()

    def _show_cache(self) -> None:
        size = cache_size(cache_folder(load_settings())) / 1e9
        self.empty_cache.setText(self.tr("Delete products from the web ({} GB)").format(f"{size:.1f}"))
        self.empty_cache.setEnabled(size > 0)

    def _show(self, settings: Settings) -> None:
        self.device.setCurrentText(settings.device)
        self.precision.setCurrentText(settings.precision)
        self.memory.setValue(settings.memory_mb)
        self.tile_size.setValue(settings.tile_size)
        self.output_format.setCurrentText(output_format(settings))
        self.output_folder.setFilePath(settings.output_folder)
        self.model_folder.setFilePath(settings.model_folder)
        self.catalogue.setText(settings.catalogue)
        self.package_index.setText(settings.package_index)
        self.sensor_folder.setFilePath(settings.sensor_folder)
        self.cache_folder.setFilePath(settings.cache_folder)
        self.cache_size.setValue(settings.cache_gb)

    def _lay_out(self) -> None:
        column = QWidget()
        layout = QVBoxLayout(column)
        running, results, models, web, runtime = (
            self._group(layout, title)
            for title in (
                self.tr("Running"),
                self.tr("Results"),
                self.tr("Models and sensors"),
                self.tr("Products from the web"),
                self.tr("ONNX Runtime"),
            )
        )
        running.addRow(self.tr("Device for “auto”"), self.device)
        if self._has_variants():
            running.addRow(self.tr("Precision of networks"), self.precision)
        running.addRow(self.tr("Memory for a run"), self.memory)
        running.addRow(self.tr("Tile size"), self.tile_size)
        results.addRow(self.tr("Default format"), self.output_format)
        results.addRow(self.tr("Default folder"), self.output_folder)
        models.addRow(self.tr("Folder of your own models"), self.model_folder)
        models.addRow(self.tr("Further catalogue of models"), self.catalogue)
        models.addRow(self.tr("Folder of your own sensor files"), self.sensor_folder)
        web.addRow(self.tr("Folder"), self.cache_folder)
        web.addRow(self.tr("Disk space"), self.cache_size)
        web.addRow("", self.empty_cache)
        runtime.addRow(self.setup)
        runtime.addRow(self.tr("Package index"), self.package_index)
        layout.addStretch()
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setWidget(column)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)

    def _has_variants(self) -> bool:
        """Return whether a model is installed in another precision, or was chosen to be: without, nothing is asked."""
        cards, _ = load_cards(*model_folders(load_settings()))
        return bool(precisions_of(cards)) or load_settings().precision != FULL

    def _group(self, layout: QVBoxLayout, title: str) -> QFormLayout:
        box = QGroupBox(title)
        form = QFormLayout(box)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        layout.addWidget(box)
        return form

    def _choice(self, values: tuple[str, ...], tip: str) -> QComboBox:
        box = QComboBox()
        box.addItems(values)
        box.setToolTip(tip)
        return box

    def _folder(self, default: Path | str) -> QgsFileWidget:
        box = QgsFileWidget()
        box.setStorageMode(QgsFileWidget.StorageMode.GetDirectory)
        box.lineEdit().setPlaceholderText(str(default))
        return box

    def _number(self, largest: int, step: int, suffix: str) -> QSpinBox:
        box = QSpinBox()
        box.setRange(0, largest)
        box.setSingleStep(step)
        box.setSuffix(suffix)
        box.setSpecialValueText(self.tr("automatic"))
        return box

# SPDX-License-Identifier: GPL-2.0-or-later
"""The page in Settings > Options: the settings record as a form, and what is known about ONNX Runtime."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from qgis.core import QgsApplication
from qgis.gui import QgsFileWidget, QgsOptionsPageWidget, QgsOptionsWidgetFactory
from qgis.PyQt.QtGui import QIcon, QShowEvent
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QFormLayout,
    QGroupBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from ..plugin.cache_space import cache_size, empty_cache
from ..plugin.dependencies import RuntimeStatus, find_runtime
from ..plugin.i18n import Translated
from ..plugin.paths import ICON, default_cache_folder, default_model_folder, default_sensor_folder, profile_folder
from ..plugin.settings import DEVICES, LARGEST_TILE, Settings, cache_folder, load_settings, save_settings

LARGEST_MEMORY_MB = 1 << 20
LARGEST_CACHE_GB = 10_000


class SatSharpOptionsPage(QgsOptionsPageWidget):
    """Shows the settings and stores them when the dialog is accepted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Build the form and fill it from the stored settings."""
        super().__init__(parent)
        self.setObjectName("SatSharpOptionsPage")
        self.device = QComboBox()
        self.device.addItems(DEVICES)
        self.memory = self._number(LARGEST_MEMORY_MB, 256, self.tr(" MB"))
        self.tile_size = self._number(LARGEST_TILE, 60, self.tr(" pixels"))
        self.model_folder = self._folder(default_model_folder())
        self.sensor_folder = self._folder(default_sensor_folder())
        self.cache_folder = self._folder(default_cache_folder())
        self.cache_size = self._number(LARGEST_CACHE_GB, 1, self.tr(" GB"))
        self.empty_cache = QPushButton()
        self.empty_cache.clicked.connect(self._empty_cache)
        self.package_index = QLineEdit()
        self.package_index.setPlaceholderText(self.tr("The one that pip uses"))
        self.runtime = QLabel()
        self.runtime.setWordWrap(True)
        self._lay_out()
        self._show(load_settings())

    def apply(self) -> None:
        """Store what the form shows."""
        save_settings(
            replace(
                load_settings(),
                device=self.device.currentText(),
                memory_mb=self.memory.value(),
                tile_size=self.tile_size.value(),
                model_folder=self.model_folder.filePath().strip(),
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
        """Look for ONNX Runtime when the page is seen, not when the options dialog opens: loading it takes a while."""
        super().showEvent(event)
        self.runtime.setText(self._runtime_text(find_runtime(profile_folder())))
        self._show_cache()

    def _empty_cache(self) -> None:
        """Delete the products that were fetched from the web."""
        empty_cache(cache_folder(load_settings()))
        self._show_cache()

    def _show_cache(self) -> None:
        size = cache_size(cache_folder(load_settings())) / 1e9
        self.empty_cache.setText(self.tr("Delete products from the web ({} GB)").format(f"{size:.1f}"))
        self.empty_cache.setEnabled(size > 0)

    def _runtime_text(self, status: RuntimeStatus) -> str:
        if status.problem:
            return status.problem
        return self.tr("ONNX Runtime {} in {}. Execution providers: {}.").format(
            status.version, status.folder, ", ".join(status.execution_providers)
        )

    def _show(self, settings: Settings) -> None:
        self.device.setCurrentText(settings.device)
        self.memory.setValue(settings.memory_mb)
        self.tile_size.setValue(settings.tile_size)
        self.model_folder.setFilePath(settings.model_folder)
        self.package_index.setText(settings.package_index)
        self.sensor_folder.setFilePath(settings.sensor_folder)
        self.cache_folder.setFilePath(settings.cache_folder)
        self.cache_size.setValue(settings.cache_gb)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.addRow(self.tr("Device for “auto”"), self.device)
        form.addRow(self.tr("Memory for a run"), self.memory)
        form.addRow(self.tr("Tile size"), self.tile_size)
        form.addRow(self.tr("Folder of your own models"), self.model_folder)
        form.addRow(self.tr("Folder of your own sensor files"), self.sensor_folder)
        form.addRow(self.tr("Package index for ONNX Runtime"), self.package_index)
        form.addRow(self.tr("Folder for products from the web"), self.cache_folder)
        form.addRow(self.tr("Disk space for products from the web"), self.cache_size)
        form.addRow("", self.empty_cache)
        box = QGroupBox(self.tr("ONNX Runtime"))
        QVBoxLayout(box).addWidget(self.runtime)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(box)
        layout.addStretch()

    def _folder(self, default: Path) -> QgsFileWidget:
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


class SatSharpOptionsFactory(Translated, QgsOptionsWidgetFactory):
    """Adds the page to QGIS's options dialog."""

    def __init__(self) -> None:
        """Set the title and the icon."""
        super().__init__()
        self.setTitle(self.tr("SatSharp"))
        self.setIcon(QIcon(str(ICON)))

    def icon(self) -> QIcon:
        """Return the icon."""
        return QIcon(str(ICON))

    def createWidget(self, parent: QWidget | None = None) -> SatSharpOptionsPage:
        """Return a new page."""
        return SatSharpOptionsPage(parent)

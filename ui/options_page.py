# SPDX-License-Identifier: GPL-2.0-or-later
"""The page in Settings > Options: the settings record as a form, and what is known about ONNX Runtime."""

from __future__ import annotations

from dataclasses import replace

from qgis.gui import QgsFileWidget, QgsOptionsPageWidget, QgsOptionsWidgetFactory
from qgis.PyQt.QtGui import QIcon, QShowEvent
from qgis.PyQt.QtWidgets import QComboBox, QFormLayout, QGroupBox, QLabel, QLineEdit, QSpinBox, QVBoxLayout, QWidget

from ..plugin.dependencies import RuntimeStatus, find_runtime
from ..plugin.i18n import Translated
from ..plugin.paths import ICON, default_model_folder, profile_folder
from ..plugin.settings import DEVICES, LARGEST_TILE, Settings, load_settings, save_settings

LARGEST_MEMORY_MB = 1 << 20


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
        self.model_folder = QgsFileWidget()
        self.model_folder.setStorageMode(QgsFileWidget.StorageMode.GetDirectory)
        self.model_folder.lineEdit().setPlaceholderText(str(default_model_folder()))
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
            )
        )

    def showEvent(self, event: QShowEvent) -> None:
        """Look for ONNX Runtime when the page is seen, not when the options dialog opens: loading it takes a while."""
        super().showEvent(event)
        self.runtime.setText(self._runtime_text(find_runtime(profile_folder())))

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

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.addRow(self.tr("Device for “auto”"), self.device)
        form.addRow(self.tr("Memory for a run"), self.memory)
        form.addRow(self.tr("Tile size"), self.tile_size)
        form.addRow(self.tr("Folder of your own models"), self.model_folder)
        form.addRow(self.tr("Package index for ONNX Runtime"), self.package_index)
        box = QGroupBox(self.tr("ONNX Runtime"))
        QVBoxLayout(box).addWidget(self.runtime)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(box)
        layout.addStretch()

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

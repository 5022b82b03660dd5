# SPDX-License-Identifier: GPL-2.0-or-later
"""What the algorithms that install, remove and list models share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import QgsProcessingContext, QgsProcessingFeedback
from qgis.PyQt.QtCore import QCoreApplication, QThread

from ..plugin.settings import Settings, load_settings, own_model_folder
from .without_network import WithoutNetwork


class ModelAlgorithm(WithoutNetwork):
    """Base of these algorithms, which work without ONNX Runtime, too."""

    def __init__(self) -> None:
        """Start with the stored settings; they are read again when the algorithm runs."""
        super().__init__()
        self.settings = Settings()

    def groupId(self) -> str:
        """Return the group's id."""
        return "models"

    def group(self) -> str:
        """Return the group's name."""
        return self.tr("Models")

    def prepareAlgorithm(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> bool:
        """Read the settings."""
        self.settings = load_settings()
        return True

    def postProcessAlgorithm(self, context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> dict[str, Any]:
        """Have the lists of models of all algorithms made anew; a Processing model may do this on a worker thread."""
        if self.provider() is not None and QThread.currentThread() == QCoreApplication.instance().thread():
            self.provider().refreshAlgorithms()
        return {}

    def own_folder(self) -> Path:
        """Return the folder of the user's own models."""
        return own_model_folder(self.settings)

# SPDX-License-Identifier: GPL-2.0-or-later
"""Models: which are installed, which others published, and what can be done with them."""

from __future__ import annotations

from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QWidget


class ModelsView(QWidget):
    """Lists models with their cards."""

    modelsChanged = pyqtSignal()  # noqa: N815 - a signal of Qt

    def __init__(self, parent: QWidget | None = None) -> None:
        """Build the list."""
        super().__init__(parent)
        self.setObjectName("SatSharpModelsView")

# SPDX-License-Identifier: GPL-2.0-or-later
"""What adds the page to QGIS's options dialog, and loads next to nothing when QGIS starts."""

from __future__ import annotations

from qgis.gui import QgsOptionsPageWidget, QgsOptionsWidgetFactory
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import QWidget

from ..plugin.i18n import Translated
from ..plugin.paths import ICON


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

    def createWidget(self, parent: QWidget | None = None) -> QgsOptionsPageWidget:
        """Return a new page; its modules are loaded when somebody opens the options."""
        from .options_page import SatSharpOptionsPage

        return SatSharpOptionsPage(parent)

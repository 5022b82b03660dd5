# SPDX-License-Identifier: GPL-2.0-or-later
"""The way to the dock panel, whose modules are loaded when it is opened for the first time, not when QGIS starts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.core import QgsMapLayer, QgsSettings
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QAction

from .settings import GROUP

if TYPE_CHECKING:
    from ..ui.panel import SatSharpPanel

OPEN = f"{GROUP}/panel_open"


class Dock:
    """Stands for the panel before there is one, too."""

    def __init__(self, iface: Any, action: QAction) -> None:
        """Take QGIS's window, and the action that shows and hides the panel."""
        self._iface, self._action = iface, action
        self._panel: SatSharpPanel | None = None
        action.setCheckable(True)
        action.toggled.connect(self._toggled)
        if QgsSettings().value(OPEN, False, type=bool):
            iface.initializationCompleted.connect(self.open)

    @property
    def panel(self) -> SatSharpPanel:
        """The panel, made if there is none yet."""
        if self._panel is None:
            from ..ui.panel import SatSharpPanel

            self._panel = SatSharpPanel(self._iface, self._iface.mainWindow())
            self._iface.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self._panel)
            self._panel.setToggleVisibilityAction(self._action)
        return self._panel

    def open(self) -> None:
        """Show the panel."""
        self.panel.setUserVisible(True)

    def add_input(self, path: str) -> None:
        """Show the panel with a product; see the panel."""
        self.panel.add_input(path)

    def add_layer(self, layer: QgsMapLayer) -> None:
        """Show the panel with a layer; see the panel."""
        self.panel.add_layer(layer)

    def current_request(self) -> tuple[str, dict[str, Any]] | None:
        """Return what the panel would run; None while there is no panel."""
        return None if self._panel is None else self._panel.current_request()

    def remove(self) -> None:
        """Take the panel away; whether it was open is remembered for the next start."""
        QgsSettings().setValue(OPEN, self._action.isChecked())
        self._action.toggled.disconnect(self._toggled)
        if self._panel is not None:
            self._panel.close_all()
            self._iface.removeDockWidget(self._panel)
            self._panel.deleteLater()
            self._panel = None

    def _toggled(self, checked: bool) -> None:
        """Make the panel when it is asked for; from then on QGIS shows and hides it."""
        if checked and self._panel is None:
            self.open()

# SPDX-License-Identifier: GPL-2.0-or-later
"""The way to the dock panel, whose modules are loaded when it is opened for the first time, not when QGIS starts.

They are loaded in steps between which QGIS goes on: all at once, and the building of the panel with them, would let its
window stand still for longer than a user takes for immediate.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from qgis.core import QgsMapLayer, QgsProject, QgsSettings
from qgis.PyQt.QtCore import Qt, QTimer
from qgis.PyQt.QtWidgets import QAction

from .settings import GROUP

if TYPE_CHECKING:
    from ..ui.panel import SatSharpPanel

OPEN = f"{GROUP}/panel_open"
# Modules of ui, each of which brings a part of the others.
STEPS = ("inputs_view", "panel_device", "panel_forecast", "run_view", "setup_view", "preview_view", "panel")


class Dock:
    """Stands for the panel before there is one, too."""

    def __init__(self, iface: Any, action: QAction) -> None:
        """Take QGIS's window, and the action that shows and hides the panel."""
        self._iface, self._action = iface, action
        # The panel as it is built, and the same once it is in QGIS's window.
        self._built: SatSharpPanel | None = None
        self._panel: SatSharpPanel | None = None
        self._left = list(STEPS)
        self._waiting: list[Callable[[], object]] = []
        self._timer = QTimer()
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._step)
        action.setCheckable(True)
        action.toggled.connect(self._toggled)
        if QgsSettings().value(OPEN, False, type=bool):
            iface.initializationCompleted.connect(self.open)

    @property
    def panel(self) -> SatSharpPanel:
        """The panel, made at once if there is none yet."""
        return self._panel or self._make()

    def open(self) -> None:
        """Show the panel."""
        self._when_loaded(lambda: self.panel.setUserVisible(True))

    def add_input(self, path: str) -> None:
        """Show the panel with a product; see the panel."""
        self._when_loaded(lambda: self.panel.add_input(path))

    def add_layer(self, layer: QgsMapLayer) -> None:
        """Show the panel with a layer; see the panel."""
        name = layer.id()
        self._when_loaded(lambda: self._add_layer(name))

    def current_request(self) -> tuple[str, dict[str, Any]] | None:
        """Return what the panel would run; None while there is no panel."""
        return None if self._panel is None else self._panel.current_request()

    def remove(self) -> None:
        """Take the panel away; whether it was open is remembered for the next start."""
        QgsSettings().setValue(OPEN, self._action.isChecked())
        self._action.toggled.disconnect(self._toggled)
        self._timer.stop()
        self._waiting.clear()
        if self._built is not None:
            self._built.close_all()
            if self._panel is not None:
                self._iface.removeDockWidget(self._panel)
            self._built.deleteLater()
            self._built = self._panel = None

    def _toggled(self, checked: bool) -> None:
        """Make the panel when it is asked for; from then on QGIS shows and hides it."""
        if self._panel is None and checked:
            self.open()
        elif self._panel is None:
            self._waiting.clear()

    def _add_layer(self, name: str) -> None:
        """Add a layer that may be gone by now."""
        layer = QgsProject.instance().mapLayer(name)
        if layer is not None:
            self.panel.add_layer(layer)

    def _when_loaded(self, action: Callable[[], object]) -> None:
        """Do something with the panel: at once, or in the turn after the one in which it has been made."""
        if self._panel is not None:
            action()
        else:
            self._waiting.append(action)
            self._timer.start(0)

    def _step(self) -> None:
        """Load the next modules, build the panel, add it, or do what was asked for; each in a turn of its own."""
        if not self._waiting:
            # The panel is not wanted any more.
            return
        if self._panel is None and self._left:
            importlib.import_module(f"..ui.{self._left.pop(0)}", __package__)
        elif self._built is None:
            self._build()
        elif self._panel is None:
            self._make()
        elif self._waiting:
            self._waiting.pop(0)()
        if self._waiting:
            self._timer.start(0)

    def _build(self) -> SatSharpPanel:
        from ..ui.panel import SatSharpPanel

        self._built = self._built or SatSharpPanel(self._iface, self._iface.mainWindow())
        return self._built

    def _make(self) -> SatSharpPanel:
        self._panel = self._build()
        self._iface.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self._panel)
        self._panel.setToggleVisibilityAction(self._action)
        return self._panel

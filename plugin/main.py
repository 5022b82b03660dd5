# SPDX-License-Identifier: GPL-2.0-or-later
"""The plugin: what QGIS starts and stops."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from qgis.core import Qgis, QgsApplication, QgsMessageLog
from qgis.PyQt.QtCore import QUrl
from qgis.PyQt.QtGui import QDesktopServices, QIcon
from qgis.PyQt.QtWidgets import QAction

from .i18n import Translated, install_translator, remove_translator
from .paths import HOMEPAGE, ICON, LOG_TAG, profile_folder

if TYPE_CHECKING:
    from ..processing_provider.provider import SatSharpProvider


class SatSharpPlugin(Translated):
    """Adds the Processing provider and, where there is a window, the panel, menu entries and an options page.

    Everything that is added leaves behind how to undo it; ``unload`` does that in reverse order.
    """

    def __init__(self, iface: Any) -> None:
        """Keep the interface, which is None in qgis_process."""
        self.iface = iface
        self.provider: SatSharpProvider | None = None
        self._undo: list[Callable[[], object]] = []
        translator = install_translator()
        self._undo.append(lambda: remove_translator(translator))

    def initProcessing(self) -> None:
        """Add the Processing provider; all that qgis_process needs."""
        from ..processing_provider.provider import SatSharpProvider

        registry = QgsApplication.processingRegistry()
        provider = SatSharpProvider()
        # A provider that is refused is deleted by C++ at once: it must not be touched again.
        if not registry.addProvider(provider):
            QgsMessageLog.logMessage(
                self.tr("Another Processing provider already has the id satsharp. Disable the other one."),
                LOG_TAG,
                Qgis.MessageLevel.Warning,
            )
            return
        self.provider = provider
        self._undo.append(self._remove_provider)

    def initGui(self) -> None:
        """Add the provider and everything that has a window."""
        self.initProcessing()
        if self.iface is None:
            return
        self._add_panel()
        self._add_menu_action()
        self._add_help_action()
        self._add_options_page()

    def unload(self) -> None:
        """Undo everything; a second call does nothing."""
        while self._undo:
            self._undo.pop()()

    def open_algorithm(self, algorithm: str) -> None:
        """Open the Processing dialog of one of the plugin's algorithms, or say in the message bar why it cannot run."""
        import processing

        from .dependencies import find_runtime

        problem = find_runtime(profile_folder()).problem
        if problem:
            self.iface.messageBar().pushMessage("SatSharp", problem, Qgis.MessageLevel.Warning, 0)
            return
        # Not execAlgorithmDialog: a modal dialog would keep the user from drawing the extent on the map.
        processing.createAlgorithmDialog(f"satsharp:{algorithm}").show()

    def _add_panel(self) -> None:
        from ..ui import extras
        from .dock import Dock

        action = self._make_action("satsharpPanel", self.tr("SatSharp panel"), lambda: None)
        action.setToolTip(self.tr("Shows the SatSharp panel: from a product to a sharper one."))
        menu = self.tr("SatSharp")
        self.iface.addPluginToRasterMenu(menu, action)
        self._undo.append(lambda: self.iface.removePluginRasterMenu(menu, action))
        self.iface.addPluginToMenu(menu, action)
        self._undo.append(lambda: self.iface.removePluginMenu(menu, action))
        self.iface.addToolBarIcon(action)
        self._undo.append(lambda: self.iface.removeToolBarIcon(action))
        dock = Dock(self.iface, action)
        self._undo.append(dock.remove)
        self._undo.extend(extras.install(self.iface, dock))

    def _add_menu_action(self) -> None:
        action = self._make_action(
            "satsharpSuperresolveSentinel2",
            self.tr("Super-resolve Sentinel-2 product…"),
            lambda: self.open_algorithm("superresolve_sentinel2"),
        )
        menu = self.tr("SatSharp")
        self.iface.addPluginToRasterMenu(menu, action)
        self._undo.append(lambda: self.iface.removePluginRasterMenu(menu, action))

    def _add_help_action(self) -> None:
        help_menu = self.iface.pluginHelpMenu()
        if help_menu is None:
            return
        action = self._make_action(
            "satsharpHelp",
            self.tr("SatSharp"),
            lambda: QDesktopServices.openUrl(QUrl(HOMEPAGE)),
        )
        help_menu.addAction(action)
        self._undo.append(lambda: help_menu.removeAction(action))

    def _add_options_page(self) -> None:
        from ..ui.options_factory import SatSharpOptionsFactory

        factory = SatSharpOptionsFactory()
        self.iface.registerOptionsWidgetFactory(factory)
        self._undo.append(lambda: self.iface.unregisterOptionsWidgetFactory(factory))

    def _make_action(self, name: str, text: str, slot: Callable[[], object]) -> QAction:
        action = QAction(QIcon(str(ICON)), text, self.iface.mainWindow())
        action.setObjectName(name)
        action.triggered.connect(lambda _checked=False: slot())
        self._undo.append(action.deleteLater)
        return action

    def _remove_provider(self) -> None:
        QgsApplication.processingRegistry().removeProvider(self.provider)
        self.provider = None

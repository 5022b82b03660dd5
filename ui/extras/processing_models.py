# SPDX-License-Identifier: GPL-2.0-or-later
"""A menu entry that adds Processing models to the toolbox: super-resolve, then compute an index at 10 m."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from qgis.core import Qgis, QgsApplication
from qgis.PyQt.QtCore import QObject
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import QAction

from ...plugin.paths import RESOURCE_FOLDER

MODELS = RESOURCE_FOLDER / "processing_models"
MENU = "SatSharp"


def add(iface: Any) -> Callable[[], None]:
    """Add the entry and return what removes it; models that the user has added stay the user's."""
    entry = ModelsEntry(iface)
    iface.addPluginToRasterMenu(MENU, entry.action)
    return entry.remove


class ModelsEntry(QObject):
    """The entry."""

    def __init__(self, iface: Any) -> None:
        """Make the action."""
        super().__init__(iface.mainWindow())
        self._iface = iface
        icon = QIcon(QgsApplication.iconPath("processingModel.svg"))
        self.action = QAction(icon, self.tr("Add models for indices to the toolbox"), self)
        self.action.setObjectName("satsharpAddModels")
        self.action.setToolTip(self.tr("Models that sharpen a Sentinel-2 product and compute an index at 10 m"))
        self.action.triggered.connect(lambda _checked=False: self.run())

    def run(self) -> None:
        """Copy the models into the user's folder and show them in the toolbox."""
        from processing.modeler.ModelerUtils import ModelerUtils

        count = copy_models(Path(ModelerUtils.modelsFolders()[0]))
        provider = QgsApplication.processingRegistry().providerById("model")
        if provider is not None:
            provider.refreshAlgorithms()
        sentence = self.tr("{} models were added to the Processing toolbox, under Models.").format(count)
        if not count:
            sentence = self.tr("The models are in the Processing toolbox already, under Models.")
        self._iface.messageBar().pushMessage("SatSharp", sentence, Qgis.MessageLevel.Info)

    def remove(self) -> None:
        """Take the entry away."""
        self._iface.removePluginRasterMenu(MENU, self.action)
        self.deleteLater()


def copy_models(folder: Path) -> int:
    """Copy the models that a folder lacks; those that the user has changed are left alone."""
    missing = [path for path in sorted(MODELS.glob("*.model3")) if not (folder / path.name).exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for path in missing:
        shutil.copy(path, folder / path.name)
    return len(missing)

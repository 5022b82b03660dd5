# SPDX-License-Identifier: GPL-2.0-or-later
"""The button that asks for a product: a file, a folder or an address."""

from __future__ import annotations

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QFileDialog, QInputDialog, QMenu, QToolButton, QWidget

PATTERNS = "*.zip *.tar *.gz *.tgz MTD_*.xml *_MTL.* *.hdf *.h5 *.nc *.tif *.tiff *.vrt *.jp2"


class BrowseButton(QToolButton):
    """Emits ``chosen`` for every path or address."""

    chosen = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Build the menu; a click on the button itself asks for files."""
        super().__init__(parent)
        self.setObjectName("satsharpBrowse")
        text = self.tr("Add a product from a file, a folder or the web")
        self.setIcon(QgsApplication.getThemeIcon("/mActionFileOpen.svg"))
        self.setToolTip(text)
        self.setAccessibleName(text)
        self.setAutoRaise(True)
        menu = QMenu(self)
        for icon, title, slot in (
            ("/mActionFileOpen.svg", self.tr("File…"), self._files),
            ("/mIconFolder.svg", self.tr("Folder…"), self._folder),
            ("/mActionAddWmsLayer.svg", self.tr("Web address…"), self._address),
        ):
            menu.addAction(QgsApplication.getThemeIcon(icon), title, slot)
        self.setMenu(menu)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        self.clicked.connect(lambda _checked=False: self._files())

    def _files(self) -> None:
        filters = f"{self.tr('Products and rasters')} ({PATTERNS});;{self.tr('All files')} (*)"
        paths, _ = QFileDialog.getOpenFileNames(self, self.tr("Add products"), "", filters)
        for path in paths:
            self.chosen.emit(path)

    def _folder(self) -> None:
        path = QFileDialog.getExistingDirectory(self, self.tr("Add the folder of a product"))
        if path:
            self.chosen.emit(path)

    def _address(self) -> None:
        text, accepted = QInputDialog.getText(self, self.tr("Add from the web"), self.tr("Address of the product"))
        if accepted and text.strip():
            self.chosen.emit(text.strip())

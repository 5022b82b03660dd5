# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the result goes: a file, or a temporary one; with bounds of doubt where the models can give them."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

from qgis.core import QgsProcessing
from qgis.gui import QgsFileWidget
from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from ..plugin.settings import load_settings
from .inputs import Recognised
from .panel_offer import FOLDER, ONE_RASTER, TABLE, Offer


class OutputView(QWidget):
    """Asks for the output; an empty one is a temporary file."""

    changed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Build the widgets."""
        super().__init__(parent)
        self.file = QgsFileWidget()
        self.file.setObjectName("satsharpOutput")
        self.file.setStorageMode(QgsFileWidget.StorageMode.SaveFile)
        self._kind = ONE_RASTER
        self._filters = {
            ONE_RASTER: self.tr("GeoTIFF (*.tif);;Virtual raster (*.vrt)"),
            TABLE: self.tr("Table (*.csv)"),
            FOLDER: "",
        }
        self.file.setFilter(self._filters[ONE_RASTER])
        self.file.setDialogTitle(self.tr("Save the result"))
        self.file.lineEdit().setPlaceholderText(self.tr("Save to a temporary file"))
        self.file.setToolTip(
            self.tr("GeoTIFF of the result. A temporary file is gone with QGIS, and its run cannot be resumed later.")
        )
        self.file.fileChanged.connect(lambda _: self.changed.emit())
        self.doubt = QCheckBox(self.tr("Also show doubt"))
        self.doubt.setObjectName("satsharpDoubt")
        self.doubt.setToolTip(
            self.tr("A second layer with the bounds between which the truth lies, as the model was calibrated.")
        )
        self.doubt.toggled.connect(lambda _: self.changed.emit())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.file)
        layout.addWidget(self.doubt)

    def fit(self, offer: Offer | None) -> None:
        """Show what an offer can give."""
        has_raster = offer is not None and offer.output == ONE_RASTER
        can_doubt = has_raster and bool(offer.cards) and all(card.interval for card in offer.cards)
        self.doubt.setVisible(can_doubt)
        self._ask_for(ONE_RASTER if offer is None else offer.output)

    def destinations(self, item: Recognised, offer: Offer, taken: Collection[str] = ()) -> dict[str, str]:
        """Return the destinations by parameter; where nobody named one, none of those that are taken."""
        given = self.file.filePath().strip()
        if offer.output == FOLDER:
            return {"OUTPUT": given or _default(item, taken, "")}
        if offer.output == TABLE:
            path = given or _default(item, taken, ".csv")
            is_named = path != QgsProcessing.TEMPORARY_OUTPUT
            return {"OUTPUT_CSV": path, "OUTPUT_PLOT": str(Path(path).with_suffix(".svg")) if is_named else path}
        path = given or _default(item, taken)
        if path != QgsProcessing.TEMPORARY_OUTPUT and not Path(path).suffix:
            path = f"{path}.tif"
        wants_doubt = self.doubt.isVisibleTo(self) and self.doubt.isChecked()
        return {"OUTPUT": path, **({"INTERVAL_OUTPUT": _beside(path)} if wants_doubt else {})}

    def _ask_for(self, kind: str) -> None:
        """Ask for a raster, a folder or a table; a name of the one is none of the other."""
        if kind == self._kind:
            return
        self._kind = kind
        self.file.setFilePath("")
        asks_folder = kind == FOLDER
        self.file.setStorageMode(
            QgsFileWidget.StorageMode.GetDirectory if asks_folder else QgsFileWidget.StorageMode.SaveFile
        )
        self.file.setFilter(self._filters[kind])
        placeholder = self.tr("Save to a temporary folder") if asks_folder else self.tr("Save to a temporary file")
        self.file.lineEdit().setPlaceholderText(placeholder)

    def clear(self) -> None:
        """Forget the file: the next run gets one of its own."""
        self.file.setFilePath("")


def _default(item: Recognised, taken: Collection[str], suffix: str = ".tif") -> str:
    """Return a free name in the folder for results of the options, or a temporary file where there is none."""
    folder = Path(str(getattr(load_settings(), "output_folder", "")) or "")
    if not folder.is_absolute() or not folder.is_dir():
        return str(QgsProcessing.TEMPORARY_OUTPUT)
    stem = re.sub(r"[^\w.-]+", "_", item.title) or "satsharp"
    ending = "sharp" if suffix == ".tif" else "series"
    names = (f"{stem}_{ending}{number}{suffix}" for number in ("", *(f"_{count}" for count in range(2, 1000))))
    places = (folder / name for name in names)
    free = (place for place in places if _is_free(place) and str(place) not in taken)
    return str(next(free, folder / f"{stem}_{ending}{suffix}"))


def _is_free(path: Path) -> bool:
    return not path.exists() and not path.with_name(f"{path.name}.partial").exists()


def _beside(path: str) -> str:
    if path == QgsProcessing.TEMPORARY_OUTPUT:
        return path
    return str(Path(path).with_name(f"{Path(path).stem}_bounds.tif"))

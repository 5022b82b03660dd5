# SPDX-License-Identifier: GPL-2.0-or-later
"""The list of models: those that are installed, and those that others published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QAbstractItemView, QTreeWidget, QTreeWidgetItem, QWidget

from ..plugin.settings import load_settings, model_folders

if TYPE_CHECKING:
    from ..core.model_catalogue import Published
    from ..core.model_folder import Installed

DATA = int(Qt.ItemDataRole.UserRole)


@dataclass(frozen=True)
class Known:
    """What is known of models: installed ones, published ones, and sentences about what had to be skipped."""

    installed: tuple[Installed, ...]
    published: tuple[Published, ...]
    problems: tuple[str, ...]


def find_models(is_cancelled: Any) -> Known:
    """Read cards and catalogues, on a worker thread."""
    from ..core.model_folder import list_models
    from ..plugin.model_sources import load_catalogue

    settings = load_settings()
    installed, problems = list_models(*model_folders(settings))
    published, skipped = load_catalogue(settings.catalogue, is_cancelled)
    return Known(installed, published, (*problems, *skipped))


class ModelsList(QTreeWidget):
    """Two groups of models."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start empty."""
        super().__init__(parent)
        self.setHeaderHidden(True)
        self.setRootIsDecorated(True)
        self.setUniformRowHeights(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setAccessibleName(self.tr("Models"))

    def show_models(self, known: Known, bundled: str, selected: str = "") -> None:
        """Fill the list.

        Args:
            known: the models.
            bundled: folder of the models that came with SatSharp.
            selected: id of the installed model to select; the first one if there is none of it.
        """
        self.clear()
        groups = (
            (self.tr("Installed ({})").format(len(known.installed)), known.installed),
            (self.tr("Published by others ({})").format(len(known.published)), known.published),
        )
        chosen = None
        for number, (title, models) in enumerate(groups):
            group = QTreeWidgetItem(self, [title])
            group.setFlags(Qt.ItemFlag.ItemIsEnabled)
            for model in models:
                item = self._item(group, model, bundled)
                if number == 0 and (chosen is None or model.card.id == selected):
                    chosen = item
            group.setExpanded(number == 0)
        if chosen is not None:
            self.setCurrentItem(chosen)

    def current(self) -> Installed | Published | None:
        """Return the selected model."""
        item = self.currentItem()
        return item.data(0, DATA) if item is not None else None

    def filter(self, text: str) -> None:
        """Show the models that have a text in their name or id."""
        wanted = text.strip().lower()
        for number in range(self.topLevelItemCount()):
            group = self.topLevelItem(number)
            for place in range(group.childCount()):
                item = group.child(place)
                item.setHidden(bool(wanted) and wanted not in f"{item.text(0)} {item.toolTip(0)}".lower())
            if wanted:
                group.setExpanded(True)

    def _item(self, group: QTreeWidgetItem, model: Any, bundled: str) -> QTreeWidgetItem:
        card = getattr(model, "card", None)
        item = QTreeWidgetItem(group, [card.name if card is not None else model.name])
        item.setData(0, DATA, model)
        if card is None:
            item.setToolTip(0, f"{model.id}, {model.publisher}")
            item.setIcon(0, QgsApplication.getThemeIcon("/mIconWms.svg"))
            return item
        own = self.tr("bundled") if str(card.path.parent) == bundled else self.tr("your own")
        item.setToolTip(0, f"{card.id}, {own}")
        icon = "/mIconWarning.svg" if card.experimental else "/processingModel.svg"
        item.setIcon(0, QgsApplication.getThemeIcon(icon))
        return item

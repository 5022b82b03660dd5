# SPDX-License-Identifier: GPL-2.0-or-later
"""The second part of the panel: what is to be done, with which model, and what is known of it."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

from qgis.core import QgsApplication, QgsProcessingContext, QgsProject
from qgis.gui import QgsGui, QgsProcessingGui, QgsProcessingParameterWidgetContext
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import QComboBox, QVBoxLayout, QWidget

from .panel_card import CardWords
from .panel_labels import ElidedCombo, Notice, Wrapped
from .panel_offer import Offer

Speed = Callable[[str], "float | None"]


class WhatView(QWidget):
    """Lets the user choose among offers; ``changed`` is emitted when the choice or a further parameter changes."""

    changed = pyqtSignal()

    def __init__(self, canvas: Any = None, parent: QWidget | None = None) -> None:
        """Build the list.

        Args:
            canvas: the map on which points are picked, or None where there is none.
            parent: of this view.
        """
        super().__init__(parent)
        self._widget_context = QgsProcessingParameterWidgetContext()
        self._widget_context.setProject(QgsProject.instance())
        if canvas is not None:
            self._widget_context.setMapCanvas(canvas)
        self._words = CardWords()
        self._offers: tuple[Offer, ...] = ()
        self._wrappers: dict[str, Any] = {}
        self._context = QgsProcessingContext()
        self._context.setProject(QgsProject.instance())
        self.choice = ElidedCombo()
        self._star = QgsApplication.getThemeIcon("/mIconFavorites.svg")
        self.choice.setObjectName("satsharpChoice")
        self.choice.setAccessibleName(self.tr("What to do"))
        self.choice.setMinimumContentsLength(10)
        self.choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.choice.currentIndexChanged.connect(lambda _: self._chosen())
        self.card, self.warning = Wrapped(), Notice("/mIconWarning.svg")
        self.card.setObjectName("satsharpCard")
        self.extras = QWidget()
        # No QFormLayout: it gives labels that wrap no width.
        self._form = QVBoxLayout(self.extras)
        self._form.setContentsMargins(0, 0, 0, 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self.choice, self.extras, self.warning, self.card):
            layout.addWidget(widget)
        self.offer_all((), "")

    def offer_all(self, offers: tuple[Offer, ...], otherwise: str) -> None:
        """Show offers; where there is none, a sentence why."""
        before = self.offer
        self._offers = offers
        self.choice.blockSignals(True)
        self.choice.clear()
        for number, offer in enumerate(offers):
            is_suggested = number == 0 and len(offers) > 1
            self.choice.addItem(self._star if is_suggested else QIcon(), offer.title)
            tip = self.tr("Suggested: {}") if is_suggested else "{}"
            self.choice.setItemData(number, tip.format(offer.title), Qt.ItemDataRole.ToolTipRole)
        same = [number for number, offer in enumerate(offers) if before is not None and offer.title == before.title]
        self.choice.setCurrentIndex(same[0] if same else 0 if offers else -1)
        self.choice.setEnabled(bool(offers))
        self.choice.blockSignals(False)
        self._chosen()
        if not offers:
            self.card.setText(otherwise)

    @property
    def offer(self) -> Offer | None:
        """What was chosen."""
        number = self.choice.currentIndex()
        return self._offers[number] if 0 <= number < len(self._offers) else None

    def values(self) -> dict[str, Any]:
        """Return what was entered for the further parameters; those left empty are missing."""
        found = {name: wrapper.parameterValue() for name, wrapper in self._wrappers.items()}
        return {name: value for name, value in found.items() if value not in (None, "")}

    def missing(self) -> str:
        """Return what must be entered still, or why it cannot be done yet; empty where nothing is missing."""
        if self.offer is not None and self.offer.blocked:
            return self.offer.blocked
        values, algorithm = self.values(), self._algorithm()
        definitions = [algorithm.parameterDefinition(name) for name in self._wrappers] if algorithm is not None else []
        for definition in definitions:
            if definition.name() not in values and self._is_needed(definition):
                return self.tr("Choose: {}").format(definition.description())
        return ""

    def tell_speeds(self, speed: Speed) -> None:
        """Show the cards with what is known of their speed.

        Args:
            speed: output megapixels a second of a model, or None.
        """
        offer = self.offer
        if offer is None:
            return
        blocks = []
        for card in offer.cards:
            told, line = self._words.lines(card, speed(card.id)), self.tr("{}: {}")
            lines = (line.format(escape(head), escape(text)) for head, text in told)
            blocks.append(f"<p><b>{escape(card.name)}</b><br>{'<br>'.join(lines)}</p>")
        self.card.setText("".join(blocks))
        self.card.setVisible(bool(blocks))

    def _chosen(self) -> None:
        offer = self.offer
        hint = self.tr("What fits the input; the suggestion comes first, with a star.")
        self.choice.setToolTip(hint if offer is None else f"{offer.title}\n{hint}")
        self.warning.say(self._words.warning(offer) if offer is not None else "")
        self._rebuild_extras(offer)
        self.card.show()
        self.tell_speeds(lambda _: None)
        self.changed.emit()

    def _rebuild_extras(self, offer: Offer | None) -> None:
        """Show QGIS's own widgets for parameters that the user must fill."""
        while self._form.count():
            gone = self._form.takeAt(0).widget()
            gone.hide()
            gone.deleteLater()
        self._wrappers = {}
        algorithm = self._algorithm()
        for name in offer.extras if offer is not None and algorithm is not None else ():
            definition = algorithm.parameterDefinition(name)
            wrapper = QgsGui.processingGuiRegistry().createParameterWidgetWrapper(
                definition, QgsProcessingGui.WidgetType.Standard
            )
            if definition is None or wrapper is None:
                continue
            wrapper.setWidgetContext(self._widget_context)
            widget = wrapper.createWrappedWidget(self._context)
            widget.setToolTip(definition.help())
            wrapper.widgetValueHasChanged.connect(lambda _: self.changed.emit())
            label = Wrapped(self._title(definition))
            label.setBuddy(widget)
            self._form.addWidget(label)
            self._form.addWidget(widget)
            self._wrappers[name] = wrapper
        self.extras.setVisible(bool(self._wrappers))

    def _is_needed(self, definition: Any) -> bool:
        is_optional = bool(int(definition.flags()) & int(definition.Flag.FlagOptional))
        return not is_optional or (self.offer is not None and definition.name() in self.offer.needed)

    def _title(self, definition: Any) -> str:
        title = str(definition.description())
        return title if self._is_needed(definition) else self.tr("{} (optional)").format(title)

    def _algorithm(self) -> Any:
        offer = self.offer
        return QgsApplication.processingRegistry().algorithmById(offer.algorithm) if offer is not None else None

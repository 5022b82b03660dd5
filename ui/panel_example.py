# SPDX-License-Identifier: GPL-2.0-or-later
"""The line in an empty panel that makes an example for who has no product at hand."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QWidget

from .panel_labels import Wrapped


class ExampleLink(Wrapped):
    """Shows the link while there is no input, and what happens after a click on it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Show the link."""
        super().__init__("", parent)
        self.setObjectName("satsharpExampleLink")
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.LinksAccessibleByMouse | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
        )
        self._start: Callable[[], object] = lambda: None
        self.linkActivated.connect(lambda _: self._clicked())
        self._offer()

    def connect_to(self, iface: Any, add_input: Callable[[str], object]) -> None:
        """Take what a click needs.

        Args:
            iface: QGIS's interface.
            add_input: takes the path of the product.
        """
        from .extras.example import start_example

        self._start = lambda: start_example(self, iface, add_input, self._done)

    def _clicked(self) -> None:
        self.setText(self.tr("Making the example: a few seconds…"))
        self._start()

    def _done(self, problem: str) -> None:
        self._offer()
        if problem:
            self.setText(f"{escape(problem)}<br>{self.text()}")

    def _offer(self) -> None:
        question, link = self.tr("No product at hand?"), self.tr("Try an example")
        self.setText(f'{question} <a href="example">{link}</a>')

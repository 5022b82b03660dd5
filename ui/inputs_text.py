# SPDX-License-Identifier: GPL-2.0-or-later
"""What is said of an input that was recognised."""

from __future__ import annotations

from qgis.PyQt.QtCore import QDate, QLocale

from ..plugin.i18n import Translated
from .inputs import Recognised


class InputWords(Translated):
    """Says it in one line, and in full."""

    def lines(self, item: Recognised) -> str:
        """Return sensor and level, and below them the date."""
        if item.sensor is None:
            return self.tr("Raster, {}").format(self._gsds(item)) if item.groups else self.tr("Layer from a server")
        if item.on_the_web:
            return f"{item.sensor.name}\n{self.tr('On the web, not fetched yet')}"
        scene = item.scene
        level, acquired = (scene.level, self._date(scene.acquired)) if scene is not None else ("", "")
        name = f"{item.sensor.name} {level}".strip()
        return "\n".join(part for part in (name, acquired) if part)

    def bands(self, item: Recognised) -> str:
        """Return the bands by GSD, one group a line."""
        sentence = self.tr("{} m: {}")
        return "\n".join(sentence.format(f"{gsd:g}", ", ".join(names)) for gsd, names in item.groups)

    def full(self, item: Recognised) -> str:
        """Return everything that is known, for a tooltip."""
        parts = (item.title, self.lines(item), self.bands(item), *item.notes, item.source)
        return "\n".join(part for part in parts if part)

    def _gsds(self, item: Recognised) -> str:
        gsds = [f"{gsd:g}" for gsd, _ in item.groups]
        return self.tr("{} m").format("/".join(gsds)) if gsds else ""

    def _date(self, acquired: str) -> str:
        date = QDate.fromString(acquired[:10], "yyyy-MM-dd")
        return QLocale().toString(date, QLocale.FormatType.ShortFormat) if date.isValid() else ""

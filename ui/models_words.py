# SPDX-License-Identifier: GPL-2.0-or-later
"""What is said about a model, installed or published, as HTML; cards and catalogues are written by others."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..core.cards import Card
from ..plugin.i18n import Translated
from .panel_card import CardWords, invents_detail

if TYPE_CHECKING:
    from ..core.model_catalogue import Published
    from ..core.model_folder import Installed

CONVERT = "python -m satsharp.export_tools convert"
MEGABYTE = 1e6


class ModelWords(Translated):
    """Describes models."""

    def installed(self, model: Installed, speeds: Sequence[tuple[str, float]]) -> str:
        """Return the page of an installed model.

        Args:
            model: the model.
            speeds: (device, output megapixels a second) that were measured.
        """
        card, words = model.card, CardWords()
        told = words.lines(card, None)[:-1]
        measured = "; ".join(f"{device.upper()}: {words.speed(speed)}" for device, speed in speeds)
        rows = (
            *told,
            (self.tr("Speed here"), measured or words.speed(None)),
            (self.tr("Size"), self.tr("{} MB").format(f"{model.size / MEGABYTE:.1f}")),
            (self.tr("By"), str(card.document.get("attribution") or "")),
            (self.tr("File"), str(card.path)),
        )
        return "".join((self._head(card.name, card.summary), self._warnings(card), _table(rows)))

    def published(self, entry: Published) -> str:
        """Return the page of a model that others published."""
        size = self.tr("{} MB").format(f"{entry.size / MEGABYTE:.1f}") if entry.size else ""
        licence = self.tr("not stated") if entry.licence == "NOASSERTION" else entry.licence
        rows = (
            (self.tr("Publisher"), entry.publisher),
            (self.tr("Made for"), entry.sensor),
            (self.tr("Scale factor"), str(entry.scale_factor)),
            (self.tr("Licence"), licence),
            (self.tr("Size"), size),
            (self.tr("Note"), entry.note),
        )
        page = f'<p><a href="{html.escape(entry.page)}">{html.escape(entry.page)}</a></p>'
        return "".join((self._head(entry.name, ""), _table(rows), page, self._way(entry)))

    def how_to_convert(self) -> str:
        """Return how a model of another framework is brought in."""
        steps = (
            self.tr("Get the file of the model: ONNX, Keras, PyTorch or safetensors."),
            self.tr("Convert it with SatSharp’s tools, outside of QGIS, on a computer with PyTorch:")
            + f"<br><code>{CONVERT} FILE --as auto</code>",
            self.tr("Install the card and the ONNX file that this writes, with the button Install."),
        )
        listed = "".join(f"<li>{step}</li>" for step in steps)
        return self._head(self.tr("Models of other frameworks"), self._why_converted()) + f"<ol>{listed}</ol>"

    def _why_converted(self) -> str:
        return self.tr(
            "Such files are programs as much as data: QGIS must not run them. Converting checks them, compares the "
            "results and writes a card."
        )

    def _way(self, entry: Published) -> str:
        if entry.is_installable:
            return f"<p>{self.tr('It can be installed as it is.')}</p>"
        file = html.escape(entry.file or "FILE")
        command = f"<br><code>{CONVERT} {file} --as {html.escape(entry.converter)}</code>"
        sentence = self.tr("It has to be converted outside of QGIS, on a computer with PyTorch, then installed:")
        return f"<p>{sentence}{command}</p>"

    def _head(self, name: str, summary: str) -> str:
        more = f"<p>{html.escape(summary)}</p>" if summary else ""
        return f"<h4>{html.escape(name)}</h4>{more}"

    def _warnings(self, card: Card) -> str:
        found = []
        if card.experimental:
            found.append(self.tr("Experimental: {}").format(card.experimental))
        if invents_detail(card):
            found.append(self.tr("It makes plausible detail up: do not measure small things in its results."))
        return "".join(f"<p>⚠ {html.escape(sentence)}</p>" for sentence in found)


def _table(rows: Sequence[tuple[str, str]]) -> str:
    made = "".join(
        f"<tr><td><b>{html.escape(heading)}</b>&nbsp;</td><td>{html.escape(text)}</td></tr>"
        for heading, text in rows
        if text
    )
    return f'<table cellspacing="0" cellpadding="1">{made}</table>'

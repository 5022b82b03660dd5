# SPDX-License-Identifier: GPL-2.0-or-later
"""The report of a run as HTML: what was run on what, with which model, what came out, and how good it is."""

from __future__ import annotations

import html
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QUrl

from ..core.cards import Card
from ..core.credentials import without_credentials
from ..plugin.i18n import Translated
from .panel_card import CardWords
from .run_quality import BandQuality, bands_of, is_consistent
from .run_record import Run
from .run_unfinished import lasting_value
from .run_words import RunWords

Rows = Sequence[tuple[str, str]]
# Parameters that the report tells in other places.
_TOLD = ("INPUT", "INPUTS", "OUTPUT", "INTERVAL_OUTPUT", "OUTPUT_CSV", "OUTPUT_PLOT", "QA_OUTPUT")


class ReportWords(Translated):
    """Writes the report; all that comes from products, cards and engine is escaped."""

    def report(self, run: Run, cards: tuple[Card, ...]) -> str:
        """Return the report.

        Args:
            run: in any state; what is not known yet is left out.
            cards: installed models, of which those of the run are told.
        """
        used = [card for card in cards if card.id in self._models(run)]
        bands = bands_of(run)
        sections = (
            (self.tr("What was run"), _table(self._what(run))),
            (self.tr("Model"), "".join(self._model(card) for card in used)),
            (self.tr("Quality on this scene"), self._quality(run, bands)),
            (self.tr("Warnings"), _listed(run.warnings)),
            (self.tr("Results"), _table(self._results(run))),
            (self.tr("Files"), self._files(run)),
            (self.tr("Parameters"), _table(self._parameters(run))),
        )
        body = "".join(f"<h4>{html.escape(head)}</h4>{text}" for head, text in sections if text)
        return f"<h3>{html.escape(run.title)}</h3><p>{html.escape(RunWords().state(run))}</p>{body}"

    def _models(self, run: Run) -> set[str]:
        made = [name.strip() for name in str(run.results.get("MODELS", "")).split(",")]
        return {*made, *run.details.get("models", [])}

    def _what(self, run: Run) -> Rows:
        algorithm = QgsApplication.processingRegistry().algorithmById(run.algorithm)
        name = algorithm.displayName() if algorithm is not None else run.algorithm
        given = run.parameters.get("INPUTS", run.parameters.get("INPUT", ""))
        inputs = given if isinstance(given, (list, tuple)) else [given]
        provider = str(run.results.get("EXECUTION_PROVIDER", "")) or str(run.details.get("device", ""))
        return (
            (self.tr("Input"), "\n".join(map(_shown, inputs))),
            (self.tr("Algorithm"), f"{name} ({run.algorithm})"),
            (self.tr("Where"), str(run.parameters.get("EXTENT", "")) or self.tr("the whole input")),
            (self.tr("Computed by"), provider),
            (self.tr("Seconds"), f"{run.feedback.seconds():.1f}" if run.is_ended else ""),
        )

    def _model(self, card: Card) -> str:
        """Return a card in plain words, with the way to the card itself."""
        path = card.path.with_suffix(".json")
        link = f'<a href="{_address(path)}">{html.escape(card.name)}</a>'
        rows = [*CardWords().lines(card, None)[:-1], (self.tr("Interval"), self._interval(card))]
        if card.experimental:
            rows.append((self.tr("Experimental"), card.experimental))
        return f"<p>{link}</p>{_table(rows)}"

    def _interval(self, card: Card) -> str:
        """Return what the bounds of a model promise, and what they held where calibration had not been."""
        if card.interval is None:
            return ""
        stated = self.tr("made for {} % of the pixels").format(f"{100 * card.interval.coverage:g}")
        declared: Any = card.document.get("interval")
        tested = declared.get("tested") if isinstance(declared, dict) else None
        held = tested.get("coverage") if isinstance(tested, dict) else None
        if not isinstance(held, (int, float)):
            return stated
        return self.tr("{}; held {} % on places that calibration did not see").format(stated, f"{100 * held:.0f}")

    def _quality(self, run: Run, bands: tuple[BandQuality, ...]) -> str:
        if not bands:
            return ""
        heads = (self.tr("Band"), self.tr("Error / bicubic’s"), self.tr("Off the input"), self.tr("Its noise"), "")
        rows = [
            (
                band.band,
                "" if band.ratio is None else f"{band.ratio:.2f}",
                "" if band.off is None else f"{band.off:g}",
                "" if band.noise is None else f"{band.noise:g}",
                self.tr("interpolated: the model did not help") if band.is_bicubic else "",
            )
            for band in bands
        ]
        told = self.tr(
            "Errors were measured on windows of this scene at reduced scale; below 1 the model helps. Off the input, "
            "in digital numbers: the result degraded to the input’s pixels, before it is made consistent."
        )
        consistent = self.tr("The result is consistent with the input.") if is_consistent(run) else ""
        return f"{_grid(heads, rows)}<p>{html.escape(told)} {html.escape(consistent)}</p>"

    def _results(self, run: Run) -> Rows:
        """Return the numbers that the algorithm returned, under the names that it gives them."""
        algorithm = QgsApplication.processingRegistry().algorithmById(run.algorithm)
        outputs = algorithm.outputDefinitions() if algorithm is not None else []
        numbers = [(output, run.results.get(output.name())) for output in outputs if output.type() == "outputNumber"]
        return [(output.description(), f"{value:.6g}") for output, value in numbers if isinstance(value, (int, float))]

    def _files(self, run: Run) -> str:
        paths = [str(value) for key, value in run.results.items() if key in _TOLD and value]
        links = (f'<a href="{_address(_folder(Path(path)))}">{html.escape(path)}</a>' for path in paths)
        return "<br>".join(links)

    def _parameters(self, run: Run) -> Rows:
        shown = {key: value for key, value in run.parameters.items() if key not in _TOLD}
        return [(key, _shown(value)) for key, value in shown.items()]


def _shown(value: Any) -> str:
    """Return a value as others may read it: reports are copied and sent."""
    return without_credentials(str(lasting_value(value)))


def _folder(path: Path) -> Path:
    """Return the folder of a file: who follows the link hardly wants a picture viewer."""
    return path if path.is_dir() else path.parent


def _address(path: Path) -> str:
    return html.escape(QUrl.fromLocalFile(str(path)).toString(QUrl.ComponentFormattingOption.FullyEncoded))


def _listed(sentences: Sequence[str]) -> str:
    items = "".join(f"<li>{html.escape(sentence)}</li>" for sentence in dict.fromkeys(sentences))
    return f"<ul>{items}</ul>" if items else ""


def _table(rows: Rows) -> str:
    made = "".join(
        f"<tr><td>{html.escape(head)}&nbsp;&nbsp;</td><td>{_lines(text)}</td></tr>" for head, text in rows if text
    )
    return f'<table cellspacing="0" cellpadding="1">{made}</table>' if made else ""


def _grid(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f'<th align="left">{html.escape(text)}&nbsp;&nbsp;</th>' for text in heads)
    body = "".join(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f'<table cellspacing="0" cellpadding="2"><tr>{head}</tr>{body}</table>'


def _lines(text: str) -> str:
    return html.escape(text).replace("\n", "<br>")

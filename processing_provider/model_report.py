# SPDX-License-Identifier: GPL-2.0-or-later
"""The list of models as JSON and as HTML; cards and catalogues are written by others, so every text is escaped."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from ..core.model_catalogue import Published
    from ..core.model_folder import Installed

BUNDLED, OWN = "bundled", "own"


def installed_row(model: Installed, bundled: Path) -> dict[str, Any]:
    """Return what is known of an installed model as JSON values."""
    card = model.card
    return {
        "id": card.id,
        "name": card.name,
        "place": BUNDLED if card.path.parent == bundled else OWN,
        "folder": str(card.path.parent),
        "origin": origin_of(card.document),
        "licence": card.licence,
        "sensor": card.sensor,
        "levels": list(card.levels),
        "bands": list(card.target_bands),
        "gsd": card.gsd,
        "scale_factor": card.scale_factor,
        "tiling": card.tiling,
        "experimental": card.experimental,
        "bytes": model.size,
        "sha256": model.digest,
        "figures": figures_of(card.document),
    }


def published_row(entry: Published) -> dict[str, Any]:
    """Return an entry of a catalogue as JSON values."""
    row = {**vars(entry), "bytes": entry.size, "how": how_to_get(entry)}
    return {key: value for key, value in row.items() if key != "size" and value not in ("", 0)}


def how_to_get(entry: Published) -> str:
    """Return what to do to have a published model."""
    if entry.is_installable:
        return f"install_model SOURCE={entry.address}"
    file = entry.file or "FILE"
    return f"python -m satsharp.export_tools convert {file} --as {entry.converter}"


def origin_of(document: dict[str, Any]) -> str:
    """Return where a card says that its model comes from."""
    origin = document.get("origin")
    if isinstance(origin, dict):
        origin = ", ".join(str(origin[key]) for key in ("text", "file") if origin.get(key))
    return str(origin or document.get("attribution") or "")


def figures_of(document: dict[str, Any]) -> dict[str, float]:
    """Return kind of degradation -> RMSE of the network / RMSE of bicubic, on scenes that training never saw."""
    figures = document.get("figures")
    ratios = figures.get("mean_ratio_to_bicubic") if isinstance(figures, dict) else None
    found = {}
    for kind, row in ratios.items() if isinstance(ratios, dict) else ():
        value = row.get("network") if isinstance(row, dict) else None
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            found[str(kind)] = float(value)
    return found


def as_html(
    title: str, sections: Iterable[tuple[str, Sequence[str], Sequence[Sequence[str]]]], notes: list[str]
) -> str:
    """Return a page.

    Args:
        title: of the page.
        sections: heading, column titles and rows of each table.
        notes: paragraphs below the tables.
    """
    parts = [f"<h1>{html.escape(title)}</h1>"]
    for heading, columns, rows in sections:
        head = "".join(f"<th>{html.escape(column)}</th>" for column in columns)
        body = "\n".join(f"<tr>{''.join(f'<td>{_cell(text)}</td>' for text in row)}</tr>" for row in rows)
        parts.append(f'<h2>{html.escape(heading)}</h2>\n<table border="1">\n<tr>{head}</tr>\n{body}\n</table>')
    parts += [f"<p>{html.escape(note)}</p>" for note in notes]
    content = "\n".join(parts)
    return f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"></head><body>\n{content}\n</body></html>\n'


def _cell(text: str) -> str:
    """Return the escaped text; an address becomes a link, as the catalogue admits only https ones."""
    escaped = html.escape(text)
    return f'<a href="{escaped}">{escaped}</a>' if text.startswith("https://") and " " not in text else escaped

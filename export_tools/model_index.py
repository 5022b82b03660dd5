# SPDX-License-Identifier: GPL-2.0-or-later
"""``models/README.md``: the index of cards with their figures, and ``titles.jsonl``, both written from the cards."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..core.card_titles import TITLE_FILE, title_line, title_of
from ..core.cards import load_cards

HEAD = """# Models

One card (`.json`) and one network (`.onnx`) each; `SHA256SUMS` holds the digests, `titles.jsonl` what lists of models
show, so that QGIS starts without reading the cards. This page and that file are written from the cards:
`python -m satsharp.export_tools evaluate models/<id>.json --write-card`.

Figures: RMSE of the network divided by that of bicubic upsampling, mean over held-out places that training never saw,
at reduced scale (Wald protocol); `published` is the degradation of the DSen2 paper, `mtf` each band's own transfer
function. Made consistent is the same of what users get: the network's result corrected so that, degraded, it returns
the input. Band regression is least squares between the scene's own bands with residual correction. SAM is the mean
spectral angle of network and bicubic with `published`. Faint scenes are those places with their contrast nearly lost
in noise, or with guide bands from elsewhere: the network alone, without the guard that falls back to bicubic above 1.
Grid is by how many digital numbers (reflectance x 10000) one place within the coarse pixels is lighter or darker than
the others on average, in the worst band: mean over places of network and bicubic (chance alone makes some, on small
places more), and the network's worst of scenes with their contrast nearly lost.
Full scale is the same ratio on simulated products with truth, run by the engine as users do.
Effective GSD is measured on simulated slanted edges, mean over bands, beside the spacing of the grid.
"""

COLUMNS = (
    "id",
    "bands",
    "GSD",
    "parameters",
    "trained on",
    "network (published / mtf)",
    "made consistent",
    "band regression",
    "worst place",
    "SAM, bicubic's",
    "faint scenes, worst",
    "grid, bicubic's, of faint scenes",
    "full scale",
    "effective GSD, grid",
    "licence",
)


def write_index(folder: Path) -> Path:
    """Write the index of a folder's cards and return its path; beside it the titles of those that are valid."""
    documents = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]
    lines = [_line(document) for document in documents]
    notes = sorted({document.get("attribution", "") for document in documents} - {""})
    path = folder / "README.md"
    table = [_row(COLUMNS), "|" + "---|" * len(COLUMNS) + "\n", *lines]
    path.write_text(f"{HEAD}\n{''.join(table)}\n" + "\n".join(notes) + "\n", encoding="utf-8")
    titles = "".join(title_line(title_of(card)) for card in load_cards(folder)[0])
    (folder / TITLE_FILE).write_text(titles, encoding="utf-8")
    return path


def _line(document: dict[str, Any]) -> str:
    values = [output for output in document["outputs"] if output.get("role", "value") == "value"]
    bands = ", ".join(band for output in values for band in output["bands"])
    coarse = max(tensor["gsd"] for tensor in document["inputs"])
    network, training = document.get("network", {}), document.get("training", {})
    cells = [
        f"`{document['id']}`",
        bands,
        f"{coarse:g} m to {document['gsd']:g} m",
        f"{network.get('parameters', 0):,}",
        _trained_on(training, document["id"]),
        *_figures(document.get("figures")),
        document["licence"],
    ]
    return _row(cells)


def _trained_on(training: dict[str, Any], own: str) -> str:
    """Tell scenes and chips of all its trainings; of a model that began with another one's weights, that one too."""
    kind, _, name = str(training.get("start") or "").partition(" ")
    before = sum(one.get("chips", 0) for one in training.get("earlier", ()) if one.get("model") == own)
    scenes, chips = len(training.get("places", [])), before + training.get("chips", 0)
    told = f"{scenes} scenes, {chips:,} chips"
    return f"`{name}`, then {told}" if kind == "card" and name != own else told


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |\n"


def _figures(figures: dict[str, Any] | None) -> list[str]:
    if not figures or "places" not in figures:
        return ["not yet measured", *[""] * 8]
    means = figures["mean_ratio_to_bicubic"]
    ratios = {
        record["rmse"]["network"] / record["rmse"]["bicubic"]: f"{record['place']}, {record['degradation']}"
        for record in figures["places"]
    }
    worst = max(ratios)
    kinds = [kind for kind in ("published", "mtf") if kind in means]
    return [
        " / ".join(f"{means[kind]['network']:.2f}" for kind in kinds),
        " / ".join(f"{means[kind]['consistent']:.2f}" for kind in kinds if "consistent" in means[kind]),
        " / ".join(f"{means[kind]['band_regression']:.2f}" for kind in kinds),
        f"{worst:.2f} ({ratios[worst]})",
        _spectral_angle(figures["places"]),
        _faint(figures.get("faint")),
        _grid(figures),
        _full_scale(figures.get("full_scale")),
        _effective_gsd(figures.get("effective_gsd")),
    ]


def _spectral_angle(places: list[dict[str, Any]]) -> str:
    chosen = [record for record in places if record["degradation"] == "published"] or places
    means = [sum(record[method]["sam"] for record in chosen) / len(chosen) for method in ("network", "bicubic")]
    return "{:.2f}\N{DEGREE SIGN}, {:.2f}\N{DEGREE SIGN}".format(*means)


def _faint(figures: dict[str, Any] | None) -> str:
    """Return the mean over scenes and point spreads, and the worst."""
    kinds = [value for value in (figures or {}).values() if isinstance(value, dict)]
    if not kinds:
        return ""
    return f"{sum(kind['mean'] for kind in kinds) / len(kinds):.2f}, {max(kind['worst'] for kind in kinds):.2f}"


def _grid(figures: dict[str, Any]) -> str:
    """Return the mean over places and point spreads of the network and of bicubic, and the worst of faint scenes."""
    records = [record for record in figures["places"] if record["network"].get("grid") is not None]
    if not records:
        return ""
    means = [sum(record[method]["grid"] for record in records) / len(records) for method in ("network", "bicubic")]
    worst = [kind["worst_grid"] for kind in figures.get("faint", {}).values() if "worst_grid" in kind]
    return ", ".join(f"{value:.1f}" for value in (*means, *([max(worst)] if worst else [])))


def _full_scale(figures: dict[str, Any] | None) -> str:
    if not figures:
        return ""
    means = figures["mean_ratio_to_bicubic"]
    return f"{means.get('engine', means['network']):.2f}"


def _effective_gsd(figures: dict[str, Any] | None) -> str:
    if not figures:
        return ""
    values = figures["network"].values()
    return f"{sum(values) / len(values):.1f} m, {figures['grid']:g} m"

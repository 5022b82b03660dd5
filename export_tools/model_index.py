# SPDX-License-Identifier: GPL-2.0-or-later
"""``models/README.md``: the index of cards with their figures, written from the cards."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

HEAD = """# Models

One card (`.json`) and one network (`.onnx`) each; `SHA256SUMS` holds the digests. This page is written from the cards:
`python -m satsharp.export_tools evaluate models/<id>.json --write-card`.

Figures: RMSE of the network divided by that of bicubic upsampling, mean over held-out places that training never saw,
at reduced scale (Wald protocol); `published` is the degradation of the DSen2 paper, `mtf` each band's own transfer
function. Band regression is least squares between the scene's own bands with residual correction.

| id | bands | GSD | parameters | trained on | network (published / mtf) | band regression | worst place | licence |
|---|---|---|---|---|---|---|---|---|
"""


def write_index(folder: Path) -> Path:
    """Write the index of a folder's cards and return its path."""
    documents = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]
    lines = [_line(document) for document in documents]
    notes = sorted({document.get("attribution", "") for document in documents} - {""})
    path = folder / "README.md"
    path.write_text(HEAD + "".join(lines) + "\n" + "\n".join(notes) + "\n", encoding="utf-8")
    return path


def _line(document: dict[str, Any]) -> str:
    bands = ", ".join(band for output in document["outputs"] for band in output["bands"])
    coarse = max(tensor["gsd"] for tensor in document["inputs"])
    network, training = document.get("network", {}), document.get("training", {})
    cells = [
        f"`{document['id']}`",
        bands,
        f"{coarse:g} m to {document['gsd']:g} m",
        f"{network.get('parameters', 0):,}",
        f"{len(training.get('places', []))} scenes, {training.get('chips', 0):,} chips",
        *_figures(document.get("figures")),
        document["licence"],
    ]
    return "| " + " | ".join(cells) + " |\n"


def _figures(figures: dict[str, Any] | None) -> list[str]:
    if figures is None:
        return ["not yet measured", "", ""]
    means = figures["mean_ratio_to_bicubic"]
    ratios = {
        record["rmse"]["network"] / record["rmse"]["bicubic"]: f"{record['place']}, {record['degradation']}"
        for record in figures["places"]
    }
    worst = max(ratios)
    return [
        " / ".join(f"{means[kind]['network']:.2f}" for kind in ("published", "mtf")),
        " / ".join(f"{means[kind]['band_regression']:.2f}" for kind in ("published", "mtf")),
        f"{worst:.2f} ({ratios[worst]})",
    ]

# SPDX-License-Identifier: GPL-2.0-or-later
"""The ``figures`` block of a card, written from an evaluation."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from ..model_index import write_index
from .methods import NETWORK, REFERENCE
from .record import CONSISTENCY, CORRECTNESS, Evaluation, figure, mean_figures, worst_grid, worst_ratio
from .reduced_scale import Row, kinds_of, mean_ratios

PROTOCOL = "Wald protocol on places that training never saw; RMSE in digital numbers (reflectance x 10000)"
FULL_SCALE = (
    "simulated products compared with the landscape at the finest GSD; network: run by the engine alone; engine: with "
    "consistency with the input and the guard, as by default"
)
RESOLUTION = (
    "simulated slanted edges; effective GSD = coarse GSD x MTF50 of the coarse band / MTF50 of the result, in metres"
)
CONSISTENCY_NOTE = (
    "result degraded to the coarse GSD against the coarse bands: mean absolute difference in reflectance, angle in "
    "degrees, shift in coarse pixels; shares of improvement, omission and hallucination as in opensr-test"
)
FAINT_NOTE = (
    "the same places with their contrast nearly lost in noise, or with guides from elsewhere: RMSE / bicubic's of the "
    "network alone; the guard of the engine judges such scenes and takes bicubic where it is above"
)
# Results that cannot be reproduced from what users have are no business of a card.
FOREIGN = ("aesr",)
DETAILED = (REFERENCE, "band_regression", NETWORK)
SINGLE = ("sre", "sam", "uiq", "ergas", "psnr", "ssim", "grid")


def card_figures(evaluation: Evaluation) -> dict[str, Any]:
    """Return the ``figures`` block of a card."""
    result: dict[str, Any] = {
        "protocol": PROTOCOL,
        "command": evaluation.command,
        "bands": list(evaluation.bands),
        "mean_ratio_to_bicubic": {kind: _own(mean_ratios(evaluation.rows, kind)) for kind in kinds_of(evaluation.rows)},
        "mean": _means(evaluation.rows),
        "consistency": {"protocol": CONSISTENCY_NOTE, **_means(evaluation.rows, (*CONSISTENCY, *CORRECTNESS))},
        "places": [_place(row) for row in evaluation.rows],
    }
    if evaluation.resolution:
        result["effective_gsd"] = {"protocol": RESOLUTION, "grid": evaluation.gsds[1], **_resolution(evaluation)}
    if evaluation.faint:
        result["faint"] = {"protocol": FAINT_NOTE, **faint_figures(evaluation.faint)}
    if evaluation.landscapes:
        kind = evaluation.landscapes[0]["degradation"]
        result["full_scale"] = {
            "protocol": FULL_SCALE,
            "mean_ratio_to_bicubic": _own(mean_ratios(evaluation.landscapes, kind)),
            "places": [_place(row) for row in evaluation.landscapes],
        }
    return result


def faint_figures(rows: list[Row]) -> dict[str, Any]:
    """Return mean and worst RMSE / bicubic's of the network and its worst grid, for each point spread."""
    return {
        kind: {
            "mean": mean_ratios(rows, kind)[NETWORK],
            "worst": round(worst_ratio(rows, kind, NETWORK), 3),
            "worst_grid": round(worst_grid(rows, kind, NETWORK), 1),
        }
        for kind in kinds_of(rows)
    }


def write_card(evaluation: Evaluation, card: Path) -> None:
    """Put the figures into a card, and write the index of its folder anew.

    Raises:
        ValueError: a method that the card must show was left out.
    """
    missing = [method for method in DETAILED if method not in evaluation.methods]
    if missing or not evaluation.rows:
        raise ValueError(f"A card needs places, and figures of {', '.join(missing or DETAILED)}. Leave out --methods.")
    document = json.loads(card.read_text(encoding="utf-8"))
    document["figures"] = card_figures(evaluation)
    card.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    write_index(card.parent)


def _place(row: Row) -> dict[str, Any]:
    methods = row["methods"]
    return {
        "place": row["place"],
        "degradation": row["degradation"],
        "rmse": {name: round(figures["rmse"], 1) for name, figures in _own(methods).items()},
        "rmse_per_band": {name: [_tenths(value) for value in methods[name]["rmse_per_band"]] for name in DETAILED},
        **{name: _rounded(methods[name], SINGLE) for name in (NETWORK, REFERENCE)},
    }


def _tenths(value: float) -> float | None:
    return round(value, 1) if math.isfinite(value) else None


def _means(rows: list[Row], names: tuple[str, ...] = SINGLE) -> dict[str, Any]:
    return {
        kind: {method: _rounded(mean_figures(rows, kind, method), names, nested=False) for method in DETAILED}
        for kind in kinds_of(rows)
    }


def _rounded(figures: dict[str, Any], names: tuple[str, ...], nested: bool = True) -> dict[str, float | None]:
    values = {name: figure(figures, name) if nested else figures.get(name, math.nan) for name in names}
    return {name: float(f"{value:.5g}") if math.isfinite(value) else None for name, value in values.items()}


def _resolution(evaluation: Evaluation) -> dict[str, dict[str, float]]:
    return {
        method: {band: round(figures["effective_gsd_m"], 1) for band, figures in bands.items()}
        for method, bands in evaluation.resolution.items()
        if method not in FOREIGN
    }


def _own(by_method: dict[str, Any]) -> dict[str, Any]:
    return {method: value for method, value in by_method.items() if method not in FOREIGN}

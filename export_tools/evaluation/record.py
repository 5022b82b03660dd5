# SPDX-License-Identifier: GPL-2.0-or-later
"""The outcome of one evaluation as a record, and its means over places."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ..faint import FOREIGN
from .figures import OVERALL
from .reduced_scale import Row, ratio

CONSISTENCY = ("reflectance", "spectral", "spatial")
CORRECTNESS = ("improvement", "omission", "hallucination", "synthesis")
NESTED = {**dict.fromkeys(CONSISTENCY, "consistency"), **dict.fromkeys(CORRECTNESS, "correctness")}


@dataclass(frozen=True)
class Evaluation:
    """What was found.

    Attributes:
        model: id of the card, name of the run folder, or id of the config where no network was judged.
        bands: target bands.
        gsds: GSD in metres of the targets and of the result.
        command: what reproduces it.
        rows: records of reduced scale: ``place``, ``degradation``, ``methods`` (name -> figures).
        landscapes: records of full scale on simulated products.
        resolution: method -> band -> sharpness of edges and bars; empty where not measured.
        faint: records like those of reduced scale of variants of the places that tell little, see ``faint``.
    """

    model: str
    bands: tuple[str, ...]
    gsds: tuple[float, float]
    command: str
    rows: list[Row]
    landscapes: list[Row]
    resolution: dict[str, Any]
    faint: list[Row] = field(default_factory=list)

    @property
    def all_rows(self) -> list[Row]:
        """Records of both scales."""
        return [*self.rows, *self.landscapes]

    @property
    def methods(self) -> tuple[str, ...]:
        """Names of all methods."""
        return tuple(dict.fromkeys(method for row in self.all_rows for method in row["methods"]))


def figure(figures: dict[str, Any], name: str) -> float:
    """Return one figure over all bands by name, wherever it stands; NaN where it was not computed."""
    return float(figures.get(NESTED[name], {}).get(name, math.nan) if name in NESTED else figures.get(name, math.nan))


def figure_names(rows: list[Row]) -> tuple[str, ...]:
    """Return the names of all figures over all bands that the records have."""
    names = (*OVERALL, "cpsnr", *CONSISTENCY, *CORRECTNESS)
    first = next(iter(rows[0]["methods"].values()))
    return tuple(name for name in names if name in first or name in first.get(NESTED.get(name, ""), {}))


def mean_figures(rows: list[Row], kind: str, method: str) -> dict[str, float]:
    """Return the mean over places of every figure of a method; places where it has no value do not count."""
    chosen = [row["methods"][method] for row in rows if row["degradation"] == kind]
    result = {}
    for name in figure_names(rows):
        values = np.array([figure(figures, name) for figures in chosen])
        finite = values[np.isfinite(values)]
        result[name] = float(finite.mean()) if finite.size else math.nan
    return result


def band_ratios(rows: list[Row], kind: str, method: str) -> list[float]:
    """Return for each band the mean over places of a method's RMSE divided by bicubic's."""
    chosen = [row for row in rows if row["degradation"] == kind]
    bands = range(len(chosen[0]["methods"][method]["rmse_per_band"]))
    ratios = [np.array([ratio(row, method, band) for row in chosen]) for band in bands]
    return [float(values[np.isfinite(values)].mean()) if np.isfinite(values).any() else math.nan for values in ratios]


def worst_ratio(rows: list[Row], kind: str, method: str) -> float:
    """Return the largest ratio to bicubic over places."""
    return max(ratio(row, method) for row in rows if row["degradation"] == kind)


def worst_grid(rows: list[Row], kind: str, method: str) -> float:
    """Return the largest error of a place within the coarse pixels over faint scenes and bands, in digital numbers.

    Scenes with foreign guides keep their contrast, so that chance alone makes more there.
    """
    chosen = [row for row in rows if row["degradation"] == kind and FOREIGN not in row["place"]]
    return float(np.nanmax([row["methods"][method]["grid"] for row in chosen]))


def write_json(evaluation: Evaluation, path: Path) -> None:
    """Write everything; figures that are no finite numbers become null."""
    path.write_text(json.dumps(_plain(asdict(evaluation)), indent=1) + "\n", encoding="utf-8")


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(entry) for entry in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value

# SPDX-License-Identifier: GPL-2.0-or-later
"""An evaluation as text tables and as CSV."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from .figures import PER_BAND
from .methods import NETWORK, REFERENCE
from .record import Evaluation, band_ratios, figure, figure_names, mean_figures, worst_ratio
from .reduced_scale import Row, kinds_of, ratio
from .resolution import mean_effective_gsd

SHORT = {
    "band_regression": "regress.",
    "local_regression": "local r.",
    "pansharpen": "pansharp.",
    "gram_schmidt": "Gram-Sch.",
    "reflectance": "refl.",
    "spectral": "spec.",
    "spatial": "shift",
    "improvement": "improv.",
    "omission": "omiss.",
    "hallucination": "halluc.",
    "synthesis": "synth.",
}
DECIMALS = {
    "rmse": 1,
    "sre": 2,
    "psnr": 2,
    "cpsnr": 2,
    "sam": 3,
    "ergas": 3,
    "grid": 1,
    "reflectance": 5,
    "synthesis": 5,
}


def text_report(evaluation: Evaluation) -> str:
    """Return every table as text."""
    lines = [f"{evaluation.model}: {', '.join(evaluation.bands)}, {evaluation.gsds[0]:g} m to {evaluation.gsds[1]:g} m"]
    for kind in kinds_of(evaluation.all_rows):
        rows = [row for row in evaluation.all_rows if row["degradation"] == kind]
        lines += ["", *_ratio_table(rows, kind), "", *_band_table(rows, kind, evaluation.bands)]
        lines += ["", *_figure_table(rows, kind)]
    if evaluation.resolution:
        lines += ["", *_resolution_table(evaluation)]
    for kind in kinds_of(evaluation.faint):
        rows = [row for row in evaluation.faint if row["degradation"] == kind]
        lines += ["", f"Scenes that tell little, {kind}", *_ratio_table(rows, kind)]
    return "\n".join(lines)


def write_csv(evaluation: Evaluation, path: Path) -> None:
    """Write one line a place, degradation, method, band and figure; effective resolution as place ``edges``."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["place", "degradation", "method", "band", "figure", "value"])
        for row in evaluation.all_rows:
            for method, figures in row["methods"].items():
                start = [row["place"], row["degradation"], method]
                for name in figure_names([row]):
                    writer.writerow([*start, "all", name, f"{figure(figures, name):.6g}"])
                for name in PER_BAND:
                    for band, value in zip(evaluation.bands, figures[f"{name}_per_band"]):
                        writer.writerow([*start, band, name, f"{value:.6g}"])
        for method, bands in evaluation.resolution.items():
            for band, figures in bands.items():
                for name in ("edge_width_m", "mtf50_per_m", "effective_gsd_m", "overshoot"):
                    writer.writerow(["edges", "simulated", method, band, name, f"{figures[name]:.6g}"])


def _ratio_table(rows: list[Row], kind: str) -> list[str]:
    methods = [method for method in rows[0]["methods"] if method != REFERENCE]
    lines = [
        f"{kind}: bicubic's RMSE in digital numbers, and RMSE / bicubic's of every other method",
        f"{'place':34s}{'bicubic':>9s}" + "".join(f"{_short(method):>11s}" for method in methods),
    ]
    for row in rows:
        values = "".join(f"{ratio(row, method):11.3f}" for method in methods)
        lines.append(f"{row['place']:34s}{row['methods'][REFERENCE]['rmse']:9.1f}{values}")
    means = {method: float(np.mean([ratio(row, method) for row in rows])) for method in methods}
    lines.append(f"{'mean':34s}{'':9s}" + "".join(f"{means[method]:11.3f}" for method in methods))
    lines.append(f"{'worst':34s}{'':9s}" + "".join(f"{worst_ratio(rows, kind, method):11.3f}" for method in methods))
    return lines


def _band_table(rows: list[Row], kind: str, bands: tuple[str, ...]) -> list[str]:
    lines = [f"{kind}: RMSE / bicubic's by band"]
    lines.append(f"{'mean over places':24s}" + "".join(f"{band:>8s}" for band in bands))
    for method in rows[0]["methods"]:
        if method != REFERENCE:
            values = "".join(f"{value:8.3f}" for value in band_ratios(rows, kind, method))
            lines.append(f"{method:24s}{values}")
    if NETWORK in rows[0]["methods"]:
        lines.append(f"{'network at each place':24s}")
        for row in rows:
            values = "".join(f"{ratio(row, NETWORK, band):8.3f}" for band in range(len(bands)))
            lines.append(f"  {row['place']:22s}{values}")
    return lines


def _figure_table(rows: list[Row], kind: str) -> list[str]:
    names = figure_names(rows)
    lines = [f"{kind}: mean over places", f"{'method':18s}" + "".join(f"{_short(name):>9s}" for name in names)]
    for method in rows[0]["methods"]:
        means = mean_figures(rows, kind, method)
        lines.append(f"{method:18s}" + "".join(f"{means[name]:9.{DECIMALS.get(name, 3)}f}" for name in names))
    return lines


def _resolution_table(evaluation: Evaluation) -> list[str]:
    lines = [
        f"Effective GSD in metres (grid spacing {evaluation.gsds[1]:g} m) from slanted edges; 10-90 % edge width in "
        "metres, overshoot, and contrast left of bars, mean over bands",
    ]
    periods = list(next(iter(next(iter(evaluation.resolution.values())).values()))["bars"])
    columns = [*evaluation.bands, "mean", "width", "over", *(f"{period} m" for period in periods)]
    lines.append(f"{'method':18s}" + "".join(f"{column:>7s}" for column in columns))
    for method, bands in evaluation.resolution.items():
        values = "".join(f"{bands[band]['effective_gsd_m']:7.1f}" for band in evaluation.bands)
        width, over = (np.mean([band[name] for band in bands.values()]) for name in ("edge_width_m", "overshoot"))
        bars = "".join(f"{np.mean([band['bars'][period] for band in bands.values()]):7.2f}" for period in periods)
        lines.append(f"{method:18s}{values}{mean_effective_gsd(bands):7.1f}{width:7.1f}{over:7.2f}{bars}")
    return lines


def _short(name: str) -> str:
    return SHORT.get(name, name)

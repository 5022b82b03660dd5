# SPDX-License-Identifier: GPL-2.0-or-later
"""An evaluation as a picture: RMSE against bicubic's by place and by band, and effective resolution."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .methods import CLASSICAL, CONSISTENT, NETWORK, REFERENCE
from .record import Evaluation, band_ratios
from .reduced_scale import Row, kinds_of, ratio
from .resolution import mean_effective_gsd

# Colour and marker of each method; further networks take theirs from OTHERS.
LOOKS = {
    "nearest": ("#b8b8b8", "s"),
    "bilinear": ("#999999", "^"),
    REFERENCE: ("#222222", "o"),
    "lanczos": ("#777777", "v"),
    "band_regression": ("#e08214", "D"),
    "local_regression": ("#9a5b13", "d"),
    "pansharpen": ("#8073ac", "P"),
    "gram_schmidt": ("#b2abd2", "p"),
    NETWORK: ("#1f6fb4", "o"),
    CONSISTENT: ("#4aa3df", "*"),
    "engine": ("#08306b", "*"),
    "aesr": ("#2a9d50", "X"),
}
OTHERS = (("#c51b7d", "h"), ("#35978f", "<"), ("#7f3b08", ">"), ("#542788", "p"))
# Ratios beyond are drawn at the rim.
LIMIT = 1.45
TITLES = {
    "published": "reduced scale, DSen2's degradation",
    "mtf": "reduced scale, each band's own transfer function",
    "simulated": "full scale, simulated products with truth",
}


def plot(evaluation: Evaluation, path: Path) -> None:
    """Draw the evaluation into a PNG."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    kinds = kinds_of(evaluation.all_rows)
    looks = looks_of(evaluation.methods)
    columns = len(kinds) + 1
    figure, grid = pyplot.subplots(2, columns, figsize=(5.0 * columns, 9), constrained_layout=True, squeeze=False)
    for (above, below), kind in zip(grid.T, kinds):
        _by_place(above, [row for row in evaluation.all_rows if row["degradation"] == kind], kind, looks)
        _by_band(below, evaluation, kind, looks)
    handles, labels = grid[0, -2].get_legend_handles_labels()
    grid[1, -1].axis("off")
    grid[1, -1].legend(handles, labels, loc="center", fontsize=11, frameon=False)
    if evaluation.resolution:
        _by_resolution(grid[0, -1], evaluation, looks)
    else:
        grid[0, -1].axis("off")
    figure.suptitle(
        f"{evaluation.model}: {', '.join(evaluation.bands)} from {evaluation.gsds[0]:g} m to {evaluation.gsds[1]:g} m"
    )
    figure.savefig(path, dpi=100)
    pyplot.close(figure)


def looks_of(methods: tuple[str, ...]) -> dict[str, tuple[str, str]]:
    """Return colour and marker of every method."""
    unknown = [method for method in methods if method not in LOOKS]
    return {**LOOKS, **{method: OTHERS[number % len(OTHERS)] for number, method in enumerate(unknown)}}


def _by_place(axes: Any, rows: list[Row], kind: str, looks: dict[str, tuple[str, str]]) -> None:
    for method in rows[0]["methods"]:
        if method == REFERENCE:
            continue
        colour, marker = looks[method]
        values = [min(ratio(row, method), LIMIT) for row in rows]
        size = 36 if method in CLASSICAL else 80
        axes.scatter(values, range(len(rows)), c=colour, marker=marker, s=size, label=method, zorder=3)
    axes.axvline(1, color=looks[REFERENCE][0], lw=1)
    axes.set_yticks(range(len(rows)), [row["place"] for row in rows])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(0, LIMIT + 0.05)
    axes.set_xlabel("RMSE / bicubic's")
    axes.set_title(TITLES.get(kind, kind), fontsize=10)
    axes.grid(axis="both", color="#e4e4e4", zorder=0)


def _by_band(axes: Any, evaluation: Evaluation, kind: str, looks: dict[str, tuple[str, str]]) -> None:
    rows = [row for row in evaluation.all_rows if row["degradation"] == kind]
    for method in rows[0]["methods"]:
        if method == REFERENCE:
            continue
        values = [min(value, LIMIT) for value in band_ratios(rows, kind, method)]
        colour, marker = looks[method]
        wide = method not in CLASSICAL
        axes.plot(evaluation.bands, values, color=colour, marker=marker, lw=2 if wide else 1, ms=7 if wide else 4)
    axes.axhline(1, color=looks[REFERENCE][0], lw=1)
    axes.set_ylim(0, LIMIT + 0.05)
    axes.set_ylabel("RMSE / bicubic's, mean over places")
    axes.grid(axis="y", color="#e4e4e4")


def _by_resolution(axes: Any, evaluation: Evaluation, looks: dict[str, tuple[str, str]]) -> None:
    names = list(evaluation.resolution)
    values = [mean_effective_gsd(evaluation.resolution[name]) for name in names]
    colours = [looks.get(name, ("#cccccc", ""))[0] for name in names]
    bars = axes.barh(range(len(names)), values, color=colours)
    axes.bar_label(bars, [f"{value:.1f} m" for value in values], padding=3, fontsize=8)
    axes.axvline(evaluation.gsds[1], color="#444444", lw=1, ls="--")
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_xlim(0, 1.2 * max(values))
    axes.set_xlabel("metres; dashed: grid spacing")
    axes.set_title("effective GSD from slanted edges", fontsize=10)

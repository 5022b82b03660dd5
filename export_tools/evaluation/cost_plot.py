# SPDX-License-Identifier: GPL-2.0-or-later
"""Cost against accuracy as a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

DEGRADATIONS = {"published": ("DSen2's degradation", "#1f6fb4"), "mtf": ("band's own transfer function", "#e08214")}
MARKERS = {2: "o", 6: "s"}


def plot_costs(costs: list[Any], path: Path) -> None:
    """Draw RMSE ratios over multiply-accumulates and over seconds a megapixel into a PNG.

    Networks without a ratio are dashed lines.

    Args:
        costs: records of ``benchmark.Cost``.
        path: of the picture.
    """
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    axes_of = {"macs_per_pixel": "multiply-accumulates an output pixel", "seconds_per_megapixel": "seconds a megapixel"}
    timed = any(cost.seconds_per_megapixel for cost in costs)
    names = list(axes_of) if timed else ["macs_per_pixel"]
    figure, grid = pyplot.subplots(1, len(names), figsize=(7 * len(names), 5.5), constrained_layout=True, squeeze=False)
    for axes, name in zip(grid[0], names):
        _draw(axes, [cost for cost in costs if getattr(cost, name)], name)
        axes.set_xscale("log")
        axes.margins(x=0.15)
        axes.set_ylim(0, 1.05)
        axes.set_xlabel(axes_of[name])
        axes.set_ylabel("RMSE / bicubic's, mean over test places")
        axes.grid(color="#e4e4e4")
    for label, colour in DEGRADATIONS.values():
        grid[0, 0].scatter([], [], c=colour, label=label)
    for factor, marker in MARKERS.items():
        grid[0, 0].scatter([], [], c="#888888", marker=marker, label=f"scale factor {factor}")
    hollow = {"facecolors": "none", "edgecolors": "#555555"}
    grid[0, 0].scatter([], [], **hollow, label="on its authors' own demo scenes")
    grid[0, 0].legend(fontsize=9, loc="upper left")
    figure.savefig(path, dpi=110)
    pyplot.close(figure)


def _draw(axes: Any, costs: list[Any], name: str) -> None:
    for number, cost in enumerate(costs):
        at = getattr(cost, name)
        ratios = {kind: getattr(cost, kind) for kind in DEGRADATIONS if getattr(cost, kind) is not None}
        marker = MARKERS.get(cost.scale_factor, "D")
        for kind, value in ratios.items():
            axes.scatter([at], [value], c=DEGRADATIONS[kind][1], marker=marker, s=60, zorder=3)
        for value in cost.demo:
            axes.scatter([at], [value], facecolors="none", edgecolors="#555555", marker=marker, s=60, zorder=3)
        if ratios:
            axes.annotate(cost.name, (at, max(ratios.values())), (6, 6), textcoords="offset points", fontsize=9)
        else:
            axes.axvline(at, color="#777777", lw=1, ls="--")
            label = f"{cost.name} (x{cost.scale_factor})"
            axes.annotate(label, (at, 0.98 - 0.07 * (number % 6)), (-4, 0), textcoords="offset points", ha="right")

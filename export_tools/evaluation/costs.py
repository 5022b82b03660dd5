# SPDX-License-Identifier: GPL-2.0-or-later
"""What networks cost and how well they do, as records and as a table; DSen2, VDSen2 and AESR as published."""

from __future__ import annotations

import csv
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from .methods import NETWORK
from .reduced_scale import kinds_of, mean_ratios

# Networks as published: width and residual blocks.
PUBLISHED = {"DSen2": (128, 6), "VDSen2": (256, 32)}
PUBLISHED_NOTE = "as published, not trained on our data"
# RMSE over bicubic's of the demonstration that comes with DSen2: Siberia 31.24 / 157.69, New York 64.23 / 213.53
# (40 to 20 m), South Africa 20.41 / 129.16 (360 to 60 m).
DEMO = {("DSen2", 2): (0.198, 0.301), ("DSen2", 6): (0.158,)}
KINDS = ("published", "mtf")


@dataclass(frozen=True)
class Cost:
    """One network.

    Attributes:
        name: of the network.
        scale_factor: input GSD / output GSD.
        parameters: trainable ones.
        macs_per_pixel: multiply-accumulates for one output pixel (all target bands together).
        seconds_per_megapixel: of ``session.run`` on this machine; None where not timed.
        published: mean over places of RMSE / bicubic's with DSen2's degradation; None where unknown.
        mtf: the same with each band's transfer function.
        demo: RMSE / bicubic's on scenes of its authors' choice; not to be compared with the others.
        note: where the network or its figures come from.
    """

    name: str
    scale_factor: int
    parameters: int
    macs_per_pixel: float
    seconds_per_megapixel: float | None = None
    published: float | None = None
    mtf: float | None = None
    demo: tuple[float, ...] = ()
    note: str = ""


# 3 x 3 convolutions 10 -> 64 and three of 64 -> 64, a 5 x 5 convolution 64 -> 6.
AESR = Cost("aesr", 2, 126214, 9.0 * (10 * 64 + 3 * 64 * 64) + 25.0 * 64 * 6, note="published weights of up42")


def published_networks(scale_factor: int) -> list[Cost]:
    """Return DSen2 and VDSen2 for the 20 m (scale factor 2) or 60 m (6) bands of Sentinel-2.

    All their convolutions are 3 x 3 on the finest grid, so each weight (not bias) is one multiply-accumulate a pixel:
    9 Cin F + 2 d 9 F^2 + 9 F Cout, and F + 2 d F + Cout biases.
    """
    entering, leaving = {2: (10, 6), 6: (12, 2)}[scale_factor]
    result = []
    for name, (width, depth) in PUBLISHED.items():
        weights = 9 * (entering * width + 2 * depth * width**2 + width * leaving)
        biases = width + 2 * depth * width + leaving
        demo = DEMO.get((name, scale_factor), ())
        own = f"; {' and '.join(f'{value:.2f}' for value in demo)} on its own demo scenes" if demo else ""
        cost = Cost(name, scale_factor, weights + biases, float(weights), demo=demo, note=PUBLISHED_NOTE + own)
        result.append(cost)
    return result


def with_ratios(costs: list[Cost], evaluations: list[dict[str, Any]]) -> list[Cost]:
    """Fill in RMSE ratios by the name of card or run folder from documents of ``evaluate --json``.

    Where they have figures of AESR (``evaluate --reference aesr``), it becomes an entry of its own.
    """
    found: dict[str, dict[str, float]] = {}
    for document in evaluations:
        for kind in (kind for kind in kinds_of(document["rows"]) if kind in KINDS):
            for method, value in mean_ratios(document["rows"], kind).items():
                found.setdefault(document["model"] if method == NETWORK else method, {})[kind] = value
    if AESR.name in found:
        costs = [*costs, AESR]
    return [
        replace(
            cost,
            published=found.get(cost.name, {}).get("published", cost.published),
            mtf=found.get(cost.name, {}).get("mtf", cost.mtf),
        )
        for cost in costs
    ]


def text_table(costs: list[Cost]) -> str:
    """Return the table as text."""
    head = f"{'network':22s}{'scale':>6s}{'parameters':>12s}{'MACs/px':>13s}{'/ DSen2':>9s}{'s/Mpx':>9s}"
    lines = [head + f"{'published':>11s}{'mtf':>8s}  note"]
    for cost in sorted(costs, key=lambda cost: (cost.scale_factor, cost.macs_per_pixel)):
        share = cost.macs_per_pixel / _dsen2_macs(cost.scale_factor) if cost.scale_factor in (2, 6) else float("nan")
        lines.append(
            f"{cost.name:22s}{cost.scale_factor:6d}{cost.parameters:12,d}{cost.macs_per_pixel:13,.0f}{share:9.3f}"
            f"{_shown(cost.seconds_per_megapixel, 2):>9s}{_shown(cost.published, 3):>11s}{_shown(cost.mtf, 3):>8s}"
            f"  {cost.note}"
        )
    return "\n".join([*lines, "published, mtf: mean over test places of RMSE / bicubic's with that degradation"])


def write_csv(costs: list[Cost], path: Path) -> None:
    """Write one line a network."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, [field.name for field in fields(Cost)])
        writer.writeheader()
        writer.writerows(asdict(cost) for cost in costs)


def _dsen2_macs(scale_factor: int) -> float:
    return published_networks(scale_factor)[0].macs_per_pixel


def _shown(value: float | None, decimals: int) -> str:
    return "" if value is None else f"{value:.{decimals}f}"

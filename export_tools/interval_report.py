# SPDX-License-Identifier: GPL-2.0-or-later
"""How calibrated intervals did on places that calibration did not see: figures, text table, and the card's block."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .adaptation import adapted, scale_ratio
from .conformal import (
    BLOCK,
    FEW_PLACES,
    Errors,
    coverage_of,
    factors_of,
    half_widths,
    mean_over_places,
    rank_correlations,
    uncalibrated,
)
from .evaluation.figures import DIGITAL_NUMBERS

METHOD = (
    "split-conformal: the factor is the quantile of |truth - value| / spread at reduced scale (Wald protocol), every "
    "place counting the same (the largest of the places' own quantiles where they are fewer than "
    f"{FEW_PLACES}), with the finite-sample correction for the effective number of pixels"
)
ADAPTED = (
    "; on each scene the geometric mean of this factor and the scene's own, found by the engine one scale further down "
    "on windows of the scene and multiplied by scene_ratio, weighted as in core/scene_factors.py"
)
UNITS = (
    f"shares of pixels; widths upper - lower in digital numbers; rank correlation of width and absolute error: of "
    f"pixels and of {BLOCK} x {BLOCK} blocks, means over bands, of pixels of all bands together, and of pixels if the "
    "widths were the true scale of every error (ideal)"
)
RANKS = ("rank_pixels", "rank_blocks", "rank_all_bands", "rank_ideal")


@dataclass(frozen=True)
class Calibration:
    """Factors and where they come from.

    Attributes:
        model: id of the card.
        source: ``spread`` or ``ensemble``.
        coverage: that is promised.
        factors: band -> factor.
        command: that reproduces it.
        calibrated: errors on calibration places.
        tested: errors on places that calibration did not see.
        adaptation: whether the engine adapts the factors to the scene.
    """

    model: str
    source: str
    coverage: float
    factors: dict[str, float]
    command: str
    calibrated: tuple[Errors, ...]
    tested: tuple[Errors, ...]
    adaptation: bool = False

    @property
    def ratio(self) -> float:
        """Factor / the same one scale down, on the calibration places."""
        return scale_ratio(self.calibrated, self.coverage)

    @property
    def guessed(self) -> tuple[str, ...]:
        """Bands that no calibration place has."""
        return uncalibrated(self.calibrated, tuple(self.factors))


def rows_of(calibration: Calibration) -> list[dict[str, Any]]:
    """Return the figures of every tested scene as users get them; with adaptation beside those of the card alone."""
    factors, rows = calibration.factors, []
    if not calibration.adaptation:
        return [row_of(entry, factors) for entry in calibration.tested]
    ratio, guessed = calibration.ratio, calibration.guessed
    for entry in calibration.tested:
        found = adapted(entry, factors, ratio, calibration.coverage, guessed)
        plain = coverage_of(entry, factors)
        row = {**row_of(entry, found), "adapted": bool(entry.below)}
        row["coverage_unadapted"] = float(np.mean(list(plain.values())))
        row["coverage_per_band_unadapted"] = plain
        rows.append(row)
    return rows


def row_of(entry: Errors, factors: dict[str, float]) -> dict[str, Any]:
    """Return the figures of one scene and degradation."""
    covered = coverage_of(entry, factors)
    widths = 2 * half_widths(entry, factors)[:, entry.mask].mean(axis=1) * DIGITAL_NUMBERS
    return {
        "scene": entry.scene,
        "place": entry.place,
        "degradation": entry.degradation,
        "coverage": float(np.mean(list(covered.values()))),
        "coverage_per_band": covered,
        "mean_width": float(widths.mean()),
        **dict(zip(RANKS, rank_correlations(entry, factors))),
    }


def summary_of(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return means over places, each counting the same: all figures, and the coverage of each band and degradation."""

    def mean(values: list[float], chosen: Sequence[dict[str, Any]] = rows) -> float:
        return mean_over_places(values, [row["place"] for row in chosen])

    keys = ("coverage", "coverage_unadapted", "mean_width", *RANKS)
    result: dict[str, Any] = {key: mean([row[key] for row in rows]) for key in keys if rows and key in rows[0]}
    for key in ("coverage_per_band", "coverage_per_band_unadapted"):
        for band in dict.fromkeys(band for row in rows for band in row.get(key, {})):
            chosen = [row for row in rows if band in row[key]]
            result.setdefault(key, {})[band] = mean([row[key][band] for row in chosen], chosen)
    result["coverage_per_degradation"] = {}
    for kind in dict.fromkeys(row["degradation"] for row in rows):
        chosen = [row for row in rows if row["degradation"] == kind]
        result["coverage_per_degradation"][kind] = mean([row["coverage"] for row in chosen], chosen)
    return result


def left_out_coverage(
    errors: Sequence[Errors], bands: Sequence[str], coverage: float, adaptation: bool = False
) -> dict[str, float]:
    """Return place -> coverage of each calibration place by the factors of the others; empty for a single place.

    How much it scatters is how much the coverage of a new place may differ from the promise.
    """
    places = list(dict.fromkeys(entry.place for entry in errors))
    found = {}
    for place in places if len(places) > 1 else []:
        others = [entry for entry in errors if entry.place != place]
        factors, guessed = factors_of(others, bands, coverage), uncalibrated(others, bands)
        ratio = scale_ratio(others, coverage)
        mine = []
        for entry in errors:
            if entry.place == place:
                used = adapted(entry, factors, ratio, coverage, guessed) if adaptation else factors
                mine.append(float(np.mean(list(coverage_of(entry, used).values()))))
        found[place] = float(np.mean(mine))
    return found


def text_table(calibration: Calibration, rows: Sequence[dict[str, Any]]) -> str:
    """Return factors and figures as text."""
    bands = list(calibration.factors)
    places = ", ".join(dict.fromkeys(entry.place for entry in calibration.calibrated))
    lines = [
        f"{calibration.model}: {calibration.coverage:.0%} intervals from {calibration.source}, calibrated on {places}",
        "factors: " + "  ".join(f"{band} {factor:.3f}" for band, factor in calibration.factors.items()),
        f"{'scene':22s}{'degraded':11s}{'covered':>8s}{'by card':>9s}{'width':>8s}{'rank: px':>10s}{'blocks':>8s}"
        + f"{'all':>7s}{'ideal':>7s}"
        + f"{'covered by band:':>18s}"
        + " ".join(f"{band:>5s}" for band in bands),
    ]
    total = {"scene": "mean over places", "degradation": "", **summary_of(rows)}
    for row in (*rows, total):
        shares = [row["coverage_per_band"].get(band, float("nan")) for band in bands]
        lines.append(
            f"{row['scene']:22s}{row['degradation']:11s}{row['coverage']:8.3f}"
            f"{row.get('coverage_unadapted', row['coverage']):9.3f}{row['mean_width']:8.0f}"
            f"{row['rank_pixels']:10.2f}{row['rank_blocks']:8.2f}{row['rank_all_bands']:7.2f}{row['rank_ideal']:7.2f}{'':18s}"
            + " ".join(f"{share:5.2f}" for share in shares)
        )
    kinds = total["coverage_per_degradation"].items()
    lines.append("covered by degradation: " + ", ".join(f"{kind} {share:.3f}" for kind, share in kinds))
    if calibration.adaptation:
        lines.append(f"scene ratio: {calibration.ratio:.3f}")
    if calibration.guessed:
        lines.append(f"no calibration place has: {', '.join(calibration.guessed)}")
    left_out = left_out_coverage(calibration.calibrated, bands, calibration.coverage, calibration.adaptation)
    if left_out:
        shown = ", ".join(f"{place} {share:.3f}" for place, share in left_out.items())
        lines.append(f"each calibration place by the factors of the others: {shown}")
    return "\n".join(lines)


def interval_block(calibration: Calibration, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the ``interval`` block of a card."""
    seen = calibration.calibrated
    places = [
        {
            "place": place,
            "scenes": list(dict.fromkeys(entry.scene for entry in seen if entry.place == place)),
            "pixels": sum(int(entry.mask.sum()) for entry in seen if entry.place == place),
        }
        for place in dict.fromkeys(entry.place for entry in seen)
    ]
    bands = tuple(calibration.factors)
    left_out = left_out_coverage(seen, bands, calibration.coverage, calibration.adaptation)
    return {
        "coverage": calibration.coverage,
        "source": calibration.source,
        "factors": {band: float(f"{factor:.4g}") for band, factor in calibration.factors.items()},
        **({"uncalibrated": list(calibration.guessed)} if calibration.guessed else {}),
        **({"scene_ratio": float(f"{calibration.ratio:.4g}")} if calibration.adaptation else {}),
        "method": METHOD + (ADAPTED if calibration.adaptation else ""),
        "command": calibration.command,
        "degradations": list(dict.fromkeys(entry.degradation for entry in seen)),
        "calibrated_on": places,
        "left_out_coverage": _rounded(left_out),
        "tested": {"units": UNITS, **_rounded(summary_of(rows)), "places": [_rounded(row) for row in rows]},
    }


def _rounded(value: Any) -> Any:
    """Round every figure to what it is worth: widths to a tenth, shares and correlations to 4 places."""
    if isinstance(value, dict):
        return {key: round(v, 1) if key == "mean_width" else _rounded(v) for key, v in value.items()}
    return round(value, 4) if isinstance(value, float) else value

# SPDX-License-Identifier: GPL-2.0-or-later
"""All figures of one estimate of one scene."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from .. import metrics
from ..baselines import upsample
from ..dataset import NETWORK_SCALE
from ..degradation import Pair
from .consistency import Case, consistency, correctness

Image = npt.NDArray[np.float32]

# Errors are shown in digital numbers (reflectance x 10000); PSNR and SSIM take reflectance 0 to 1 as data range.
REFLECTANCE = 10000.0
DIGITAL_NUMBERS = REFLECTANCE / NETWORK_SCALE
PER_BAND = ("rmse", "sre", "uiq", "ergas", "psnr", "ssim", "grid")
OVERALL = (*PER_BAND, "sam")


def figures_of(pair: Pair, estimate: Image, spreads: list[float] | None = None, shifts: int = 0) -> dict[str, Any]:
    """Return the figures of one estimate.

    Args:
        pair: the scene at reduced scale, with its truth; the last group of its inputs are the coarse targets.
        estimate: (targets, rows, columns), network range.
        spreads: sigma of each target's point spread in fine pixels; with it come the metrics of opensr-test.
        shifts: pixels to search for cPSNR; 0 leaves it out.

    Returns:
        ``rmse`` (digital numbers), ``sre`` (dB), ``uiq``, ``ergas``, ``psnr`` (dB), ``ssim`` over all bands, ``grid``
        (digital numbers) of the worst band, each also as ``..._per_band``; ``sam`` (degrees); where asked for ``cpsnr``
        (dB), ``consistency`` and ``correctness``.
    """
    if pair.judged is not None:
        return _of_judged(pair, pair.judged, estimate, spreads, shifts)
    truth, values = (image.astype(np.float64) * DIGITAL_NUMBERS for image in (pair.truth, estimate))
    coarse = list(pair.inputs.values())[-1]
    factor = truth.shape[-1] // coarse.shape[-1]
    error = metrics.rmse(truth, values, pair.mask)
    overall = metrics.rmse_overall(error)
    per_band = {
        "rmse": error,
        "sre": metrics.sre(truth, values, pair.mask),
        "uiq": metrics.uiq(truth, values, pair.mask),
        "ergas": metrics.ergas_per_band(truth, values, pair.mask, factor),
        "psnr": metrics.psnr(error, REFLECTANCE),
        "ssim": metrics.ssim(truth, values, REFLECTANCE, pair.mask),
        "grid": metrics.grid(truth, values, pair.mask, factor),
    }
    result: dict[str, Any] = {name: float(per_band[name].mean()) for name in ("sre", "uiq", "ssim")}
    result.update(
        rmse=overall,
        ergas=metrics.rmse_overall(per_band["ergas"]),
        psnr=float(metrics.psnr(overall, REFLECTANCE)),
        sam=metrics.sam(truth, values, pair.mask),
        grid=float(per_band["grid"].max()),
    )
    result.update({f"{name}_per_band": [float(value) for value in per_band[name]] for name in PER_BAND})
    if shifts:
        result["cpsnr"] = metrics.cpsnr(truth, values, REFLECTANCE, shifts)
    if spreads is not None:
        case = _case(pair, estimate, coarse, spreads)
        result.update(consistency=consistency(case), correctness=correctness(case))
    return result


def _of_judged(
    pair: Pair, judged: tuple[int, ...], estimate: Image, spreads: list[float] | None, shifts: int
) -> dict[str, Any]:
    """Return the figures of the bands that the scene has; those of the others are not a number."""
    kept = list(judged)
    name, coarse = list(pair.inputs.items())[-1]
    part = Pair({**pair.inputs, name: coarse[kept]}, pair.truth[kept], pair.mask)
    result = figures_of(part, estimate[kept], None if spreads is None else [spreads[i] for i in kept], shifts)
    for key in (f"{figure}_per_band" for figure in PER_BAND):
        values = [math.nan] * len(estimate)
        for index, value in zip(kept, result[key]):
            values[index] = value
        result[key] = values
    return result


def _case(pair: Pair, estimate: Image, coarse: Image, spreads: list[float]) -> Case:
    upsampled = upsample(coarse, pair.truth.shape[-1] // coarse.shape[-1], "bilinear")
    seen, raised, truth, made = (
        np.asarray(image / NETWORK_SCALE, np.float32) for image in (coarse, upsampled, pair.truth, estimate)
    )
    return Case(seen, raised, truth, made, pair.mask, spreads)

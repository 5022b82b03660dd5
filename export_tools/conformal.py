# SPDX-License-Identifier: GPL-2.0-or-later
"""Split-conformal calibration of intervals, and how good they are.

A score is |truth - value| / spread. The factor of a band is the quantile of its scores on calibration places (Vovk et
al., Algorithmic Learning in a Random World, 2005; the normalised score: Lei et al., JASA 113, 2018, 1094-1111). Pixels
of one place resemble each other, so every place counts the same, however large it is (pooled distribution functions of
Dunn, Wasserman and Ramdas, JASA 118, 2023, 2491-2502); what a further place brings is therefore unbiased, but with few
places not exact: the coverage of a single new place varies around the promised one. Where there are fewer than
``FEW_PLACES`` the largest of their own quantiles is taken, because two or three places say little of how places differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..core.point_spread import block_mean, valid_blocks

Image = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Values = npt.NDArray[np.float64]

FEW_PLACES = 5
# Times the largest factor that a band of no calibration place gets.
MOST_UNSEEN = 3.0
# Below this spread a score is a large number, not a division by zero.
LEAST_SPREAD = 1e-6
# Pixels along a side of the blocks on which the local level of error is compared with that of the width.
BLOCK = 4
# Seed of the order in which errors are dealt out.
DEAL = 1


@dataclass(frozen=True)
class Errors:
    """What a model did on one scene at reduced scale.

    Attributes:
        scene: its id.
        place: location; scenes of one location count as one.
        degradation: ``published`` or ``mtf``.
        bands: those with a truth, in the order of the first axis.
        absolute: |truth - value|, (bands, rows, columns), network range.
        spread: what the model said about it, the same shape.
        mask: (rows, columns), True where the truth was measured.
        below: for each band the scores that the engine would find on this scene, one scale down; empty where the scene
            is too small for it, or nobody asked.
        block: pixels along a side of the blocks whose pixels of ``below`` err together.
    """

    scene: str
    place: str
    degradation: str
    bands: tuple[str, ...]
    absolute: Image
    spread: Image
    mask: Mask
    below: tuple[Values, ...] = ()
    block: int = 1

    def scores(self, band: str) -> Values:
        """Return the scores of a band's valid pixels, (pixels,)."""
        index = self.bands.index(band)
        spread = np.maximum(self.spread[index][self.mask], LEAST_SPREAD).astype(np.float64)
        return np.asarray(self.absolute[index][self.mask] / spread, np.float64)


def conformal_quantile(scores: Sequence[Values], shares: Sequence[float], coverage: float) -> float:
    """Return the factor that covers a share of further scores.

    Args:
        scores: of each set of pixels.
        shares: weight of each set as a whole.
        coverage: 0 to 1.

    Raises:
        ValueError: there are too few scores for this coverage.
    """
    used = [(values, share) for values, share in zip(scores, shares) if len(values)]
    if not used:
        raise ValueError("There is no valid pixel to calibrate on.")
    values = np.concatenate([part for part, _ in used])
    weights = np.concatenate([np.full(len(part), share / len(part)) for part, share in used])
    weights /= weights.sum()
    # The pixel to come counts like one of these: (n + 1) / n for equal weights, Kish's effective n for others.
    level = coverage * (1 + float((weights**2).sum()))
    if level > 1:
        raise ValueError(f"{len(values)} pixels are too few for a coverage of {coverage:g}. Add places.")
    order = np.argsort(values)
    index = int(np.searchsorted(np.cumsum(weights[order]), level - 1e-12))
    return float(values[order][min(index, len(values) - 1)])


def factors_of(errors: Sequence[Errors], bands: Sequence[str], coverage: float) -> dict[str, float]:
    """Return band -> factor: over all places alike, or of the hardest place where there are few.

    Bands that no place has get a factor that is as many times the largest of the others as that is the smallest (at
    most ``MOST_UNSEEN``): by so much bands are known to differ.

    Raises:
        ValueError: a band has too few pixels, or no band has any.
    """
    unknown = uncalibrated(errors, bands)
    if len(unknown) == len(bands):
        raise ValueError("There is no valid pixel to calibrate on.")
    known = {}
    for band in bands:
        try:
            if band not in unknown:
                known[band] = _factor(_with_band(errors, band), band, coverage)
        except ValueError as error:
            raise ValueError(f"{band}: {error}") from error
    most, least = max(known.values()), min(known.values())
    unseen = most * min(most / least, MOST_UNSEEN) if least > 0 else most
    return {band: known.get(band, unseen) for band in bands}


def uncalibrated(errors: Sequence[Errors], bands: Sequence[str]) -> tuple[str, ...]:
    """Return the bands of which no place has a valid pixel."""
    return tuple(band for band in bands if not _with_band(errors, band))


def _with_band(errors: Sequence[Errors], band: str) -> list[Errors]:
    return [entry for entry in errors if band in entry.bands and entry.mask.any()]


def _factor(used: Sequence[Errors], band: str, coverage: float) -> float:
    places = [entry.place for entry in used]
    if len(set(places)) >= FEW_PLACES or not places:
        return _pooled(used, band, [1 / places.count(place) for place in places], coverage)
    own = [[entry for entry in used if entry.place == place] for place in dict.fromkeys(places)]
    return max(_pooled(entries, band, [1.0] * len(entries), coverage) for entries in own)


def _pooled(used: Sequence[Errors], band: str, shares: Sequence[float], coverage: float) -> float:
    return conformal_quantile([entry.scores(band) for entry in used], shares, coverage)


def coverage_of(entry: Errors, factors: dict[str, float]) -> dict[str, float]:
    """Return band -> share of the valid pixels whose truth lies in the interval."""
    return {band: float((entry.scores(band) <= factors[band]).mean()) for band in entry.bands}


def mean_over_places(values: Sequence[float], places: Sequence[str]) -> float:
    """Return the mean over places of the means over the values of each."""
    return float(
        np.mean([np.mean([v for v, p in zip(values, places) if p == place]) for place in dict.fromkeys(places)])
    )


def half_widths(entry: Errors, factors: dict[str, float]) -> Image:
    """Return factor x spread, (bands, rows, columns)."""
    column = np.array([factors[band] for band in entry.bands], np.float32)[:, None, None]
    return np.asarray(column * entry.spread, np.float32)


def rank_correlations(entry: Errors, factors: dict[str, float]) -> tuple[float, float, float, float]:
    """Return how well the width ranks the error: of pixels, of blocks, of pixels of all bands together, and ideally.

    All but the third are means over bands. An absolute error is one draw from the distribution that a width describes,
    so even the true scale of every pixel's error ranks single errors badly: the last one is what widths as varied as
    these would reach of pixels, were they that true scale (errors in units of the width, dealt out at random). Blocks
    of 4 x 4 pixels show whether the width knows where errors are large.
    """
    widths, mask = half_widths(entry, factors), entry.mask
    pixels = [spearman(w[mask], e[mask]) for w, e in zip(widths, entry.absolute)]
    rows, columns = (size // BLOCK * BLOCK for size in mask.shape)
    whole = valid_blocks(mask[:rows, :columns], BLOCK)
    means = (block_mean(image[:, :rows, :columns], BLOCK)[:, whole] for image in (widths, entry.absolute))
    blocks = [spearman(w, e) for w, e in zip(*means)]
    together = spearman(widths[:, mask].ravel(), entry.absolute[:, mask].ravel())
    ideal = [_ideal(w[mask], e[mask]) for w, e in zip(widths, entry.absolute)]
    return float(np.mean(pixels)), float(np.mean(blocks)), together, float(np.mean(ideal))


def _ideal(width: Image, error: Image) -> float:
    """Return the rank correlation of widths and errors whose scale they are, as far off in units of it as these."""
    scale = np.maximum(width, LEAST_SPREAD)
    return spearman(width, scale * np.random.default_rng(DEAL).permutation(error / scale))


def spearman(first: npt.NDArray[np.floating[Any]], second: npt.NDArray[np.floating[Any]]) -> float:
    """Return Spearman's rank correlation, ties at their mean rank; 0 where one of both is constant."""
    if len(first) < 2:
        return 0.0
    ranks = [_ranks(values) for values in (first, second)]
    deviations = [rank - rank.mean() for rank in ranks]
    norm = float(np.sqrt((deviations[0] ** 2).sum() * (deviations[1] ** 2).sum()))
    return float((deviations[0] * deviations[1]).sum() / norm) if norm > 0 else 0.0


def _ranks(values: npt.NDArray[np.floating[Any]]) -> Values:
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(counts) - (counts - 1) / 2)[inverse], np.float64)

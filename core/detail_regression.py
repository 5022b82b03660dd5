# SPDX-License-Identifier: GPL-2.0-or-later
"""What a scene tells of itself before its tiles: how the details of target bands follow those of the guide bands.

Guides are degraded to the targets' grid by Gaussians of several widths; high-passed guides and targets are then related
by least squares. The width that explains a target band best is its point spread relative to the guides, the slopes at
that width are its injection gains, and the explained share of its variance says how far the guides can be trusted.
Sums are streamed in float64, so neither the order nor the size of the pieces matters beyond rounding.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .enlargement import bilinear_taps, enlarge
from .point_spread import Float32Array, degrade, gaussian_kernel

Float64Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

# Standard deviations of the tried point spreads in target pixels.
SPREADS = (0.0, 0.12, 0.2, 0.28, 0.36, 0.44, 0.52, 0.61, 0.72)
# The reach of high-pass and widest point spread around a target pixel, in target pixels.
REACH = 4
# Directions of the guides that carry less than this x guides^3 of their variance are left to the prior: ten guides at
# six times their GSD are far more alike than four at twice theirs (chosen on validation places: 0.002 and 0.03).
RELATIVE_RIDGE = 3.1e-5
# Weight of a card's default in pixels, for the slopes and for the spread; training and engine must agree on them.
PRIOR_PIXELS = 20.0
SPREAD_DEVIATION = 0.15
# High-passed neighbours are not independent: so many pixels count as one when spreads are compared.
CORRELATED_PIXELS = 8.0
# Taps of a point spread handed to networks: so many target pixels long.
TAP_PIXELS = 5
TINY = 1e-12


@dataclass(frozen=True)
class DetailMoments:
    """Sums of products of high-passed bands.

    Attributes:
        count: number of target pixels.
        cross: (spreads, bands, bands), float64, guides first, one matrix for each of ``SPREADS``.
    """

    count: int
    cross: Float64Array

    @classmethod
    def empty(cls, bands: int) -> DetailMoments:
        """Return the moments of no pixel."""
        return cls(0, np.zeros((len(SPREADS), bands, bands)))

    def merge(self, other: DetailMoments) -> DetailMoments:
        """Return the moments of both sets of pixels together."""
        return DetailMoments(self.count + other.count, self.cross + other.cross)


def detail_planes(guides: Float32Array, targets: Float32Array, factor: int) -> Float32Array:
    """High-pass guides, degraded by each of ``SPREADS``, and targets.

    Args:
        guides: (guides, rows x factor, columns x factor), network range.
        targets: (targets, rows, columns).
        factor: target GSD / guide GSD.

    Returns:
        (spreads, guides + targets, rows, columns), float32.
    """
    fine = high_pass(targets)
    planes = []
    for spread in SPREADS:
        coarse = degrade(guides, factor, [spread * factor] * len(guides))
        planes.append(np.concatenate([high_pass(coarse), fine]))
    return np.stack(planes)


def bilinear(image: Float32Array, factor: int) -> Float32Array:
    """Bring a band of a coarser guide group to the finest grid: linear, half-pixel centres, edges mirrored.

    Args:
        image: (rows, columns).
        factor: GSD of the band / finest GSD.

    Returns:
        (rows x factor, columns x factor).
    """
    if factor == 1:
        return image
    return enlarge(np.pad(image, 1, "symmetric"), bilinear_taps(factor))


def high_pass(image: Float32Array) -> Float32Array:
    """Return an image less its average with the binomial weights 1 2 1 along rows and columns; edges are mirrored.

    Args:
        image: (bands, rows, columns).
    """
    padded = np.pad(image, ((0, 0), (1, 1), (1, 1)), "symmetric")
    rows = padded[:, :-2] + 2 * padded[:, 1:-1] + padded[:, 2:]
    return np.asarray(image - (rows[:, :, :-2] + 2 * rows[:, :, 1:-1] + rows[:, :, 2:]) / 16, np.float32)


def moments_of_planes(planes: Float32Array, mask: Mask) -> DetailMoments:
    """Sum the products over valid pixels.

    Args:
        planes: of :func:`detail_planes`.
        mask: (rows, columns), True where nothing invalid lies within ``REACH``.
    """
    samples = planes[:, :, mask].astype(np.float64)
    return DetailMoments(int(mask.sum()), samples @ samples.transpose(0, 2, 1))


def window_moments(guides: Float32Array, targets: Float32Array, factor: int, mask: Mask) -> DetailMoments:
    """Return ``moments_of_planes`` of ``detail_planes`` without ``REACH`` pixels on every side, a spread at a time.

    That equals it to the last bit, and takes a tenth of the memory.

    Args:
        guides: (guides, rows x factor, columns x factor), network range.
        targets: (targets, rows, columns).
        factor: target GSD / guide GSD.
        mask: (rows - 2 REACH, columns - 2 REACH), True where nothing invalid lies within ``REACH``.
    """
    everywhere = bool(mask.all())

    def pick(planes: Float32Array) -> Float32Array:
        inner = planes[:, REACH:-REACH, REACH:-REACH]
        return inner.reshape(len(inner), -1) if everywhere else inner[:, mask]

    count = int(mask.sum())
    samples = np.empty((len(guides) + len(targets), count))
    samples[len(guides) :] = pick(high_pass(targets))
    cross = np.empty((len(SPREADS), len(samples), len(samples)))
    for place, spread in enumerate(SPREADS):
        samples[: len(guides)] = pick(high_pass(degrade(guides, factor, [spread * factor] * len(guides))))
        cross[place] = samples @ samples.T
    return DetailMoments(count, cross)


def solve_details(moments: DetailMoments, n_guides: int, default: npt.NDArray[np.generic]) -> Float32Array:
    """Relate the details of every target band to those of the guides, drawn to ``default`` where there are few pixels.

    Slopes minimise the sum of |t - W g|^2 plus (PRIOR_PIXELS + RELATIVE_RIDGE x guides^3 x pixels) x variance of g x
    |W - k W0|^2, where k is the one factor on the default slopes W0 that suits the scene best; spreads minimise
    pixels / 2 x ln(sum) plus a Gaussian prior about the default.

    Args:
        moments: of guides and targets in this order.
        n_guides: number of guide bands.
        default: (targets, guides + 2): slopes, spread in target pixels, explained share.

    Returns:
        Array like ``default``, float32.

    Raises:
        ValueError: the default does not fit the moments.
    """
    prior = np.asarray(default, np.float64)
    n_targets = moments.cross.shape[1] - n_guides
    if prior.shape != (n_targets, n_guides + 2):
        raise ValueError(f"Defaults of shape {prior.shape} do not fit {n_guides} guides and {n_targets} targets.")
    if moments.count == 0:
        return prior.astype(np.float32)
    solved = [_slopes(cross, n_guides, prior[:, :n_guides], moments.count) for cross in moments.cross]
    slopes, errors = np.stack([s for s, _ in solved]), np.stack([e for _, e in solved])
    total = np.einsum("tt->t", moments.cross[0, n_guides:, n_guides:])
    rows = [
        _row(slopes[:, band], errors[:, band], total[band], prior[band], moments.count) for band in range(n_targets)
    ]
    return np.array(rows, np.float32)


def spread_taps(spread: float, factor: int) -> Float32Array:
    """Return the weights of the fine pixels around a target pixel along one axis, (TAP_PIXELS x factor,), sum one.

    Args:
        spread: standard deviation of the Gaussian in target pixels; the block mean is added.
        factor: fine pixels along a target pixel.
    """
    kernel = np.convolve(gaussian_kernel(spread * factor).astype(np.float64), np.full(factor, 1 / factor))
    length = TAP_PIXELS * factor
    surplus = (len(kernel) - length) // 2
    kept = kernel[surplus : surplus + length] if surplus > 0 else np.pad(kernel, -surplus)
    return np.asarray(kept / kept.sum(), np.float32)


def scene_tensor(coefficients: npt.NDArray[np.generic], factor: int) -> Float32Array:
    """Return what a network receives: the coefficients, then the taps of each target's point spread.

    Args:
        coefficients: (targets, guides + 2) of :func:`solve_details`.
        factor: fine pixels along a target pixel.

    Returns:
        (targets, guides + 2 + TAP_PIXELS x factor).
    """
    taps = np.stack([spread_taps(float(row[-2]), factor) for row in coefficients])
    return np.concatenate([np.asarray(coefficients, np.float32), taps], axis=1)


def _slopes(cross: Float64Array, n_guides: int, prior: Float64Array, count: int) -> tuple[Float64Array, Float64Array]:
    """Return slopes (targets, guides) and the sum of squared errors of each target."""
    guides, mixed = cross[:n_guides, :n_guides], cross[n_guides:, :n_guides]
    prior = prior * _prior_gain(guides, mixed, prior, count)
    scale = np.sqrt(np.maximum(np.diag(guides), TINY))
    normal = guides / np.outer(scale, scale)
    matrix = normal + (RELATIVE_RIDGE * n_guides**3 + PRIOR_PIXELS / count) * np.eye(n_guides)
    unexplained = (mixed - prior @ guides) / scale
    slopes = prior + np.linalg.solve(matrix, unexplained.T).T / scale
    error = np.diag(cross[n_guides:, n_guides:]) - 2 * (slopes * mixed).sum(1) + ((slopes @ guides) * slopes).sum(1)
    return slopes, np.maximum(error, TINY)


def _prior_gain(guides: Float64Array, mixed: Float64Array, prior: Float64Array, count: int) -> Float64Array:
    """Return the factor on each target's default slopes that suits the scene, (targets, 1), drawn to one.

    A band that the atmosphere dims, such as B09 in L1C, follows the guides as it does elsewhere, only less.
    """
    power = ((prior @ guides) * prior).sum(axis=1)
    pull = PRIOR_PIXELS / count * power + TINY
    gain = ((mixed * prior).sum(axis=1) + pull) / (power + pull)
    return np.asarray(np.maximum(gain, 0.0)[:, None], np.float64)


def _row(slopes: Float64Array, errors: Float64Array, total: float, prior: Float64Array, count: int) -> list[float]:
    """Choose the spread of one target and return its row of coefficients."""
    spreads = np.array(SPREADS)
    cost = count / CORRELATED_PIXELS / 2 * np.log(errors) + ((spreads - prior[-2]) / SPREAD_DEVIATION) ** 2 / 2
    spread = _lowest(spreads, cost)
    chosen = [float(np.interp(spread, spreads, slopes[:, guide])) for guide in range(slopes.shape[1])]
    share = 1 - float(np.interp(spread, spreads, errors)) / max(total, TINY)
    weight = count / (count + PRIOR_PIXELS)
    return [*chosen, spread, weight * max(share, 0.0) + (1 - weight) * float(prior[-1])]


def _lowest(places: Float64Array, cost: Sequence[float] | Float64Array) -> float:
    """Return where a parabola through the lowest of the costs and its neighbours is lowest."""
    middle = int(np.clip(np.argmin(cost), 1, len(places) - 2))
    curve = np.polyfit(places[middle - 1 : middle + 2], cost[middle - 1 : middle + 2], 2)
    if curve[0] <= 0:
        return float(places[int(np.argmin(cost))])
    return float(np.clip(-curve[1] / (2 * curve[0]), places[middle - 1], places[middle + 1]))

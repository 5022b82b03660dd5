# SPDX-License-Identifier: GPL-2.0-or-later
"""How far the guide bands lie off the target bands in one window: least squares over the shift and the band relation.

Every target band is modelled as a linear combination of the guide bands, moved by an unknown shift and degraded to the
targets' GSD. Both images are stripped of their local mean, so that only detail counts. The shift is searched on whole
target pixels and refined by Gauss-Newton steps (Lucas and Kanade, IJCAI 1981) whose derivatives are those of the
degradation at the guides' own GSD, hence free of the targets' aliasing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .band_shift_detail import REACH, detail, kernel, operator
from .fill import fill_nodata
from .morphology import erode
from .point_spread import valid_blocks

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Image = npt.NDArray[Any]

# Target pixels searched on either side, and those that a window needs around it.
SEARCH = 2
MARGIN = REACH + SEARCH
# No shift beyond this many target pixels is believed: less than half a pixel beyond the search, so MARGIN is enough.
LIMIT = 2.45
LEAST_PIXELS = 100
RIDGE = 1e-3
# No band counts as better explained than this part of its variance leaves open: none shall settle the shift alone.
FLOOR = 0.05
ITERATIONS = 8
CONVERGED = 2e-3


@dataclass(frozen=True)
class WindowFit:
    """What one window says.

    Attributes:
        rows: how far the guides must be moved down to lie on the targets, in guide pixels.
        cols: how far to the right.
        error: standard deviation of either at most, as far as the residuals tell, in guide pixels.
        explained: part of the detail's variance that the guides explain in the target band they explain best.
        bands: rows and cols from each target band alone; NaN for a band without detail.
    """

    rows: float
    cols: float
    error: float
    explained: float
    bands: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Sight:
    """One window as the fit sees it.

    Attributes:
        guides: (guides, (rows + 2 MARGIN) x factor, (columns + 2 MARGIN) x factor), finite.
        safe: (rows + 2 MARGIN, columns + 2 MARGIN), True where the guides are valid around a target pixel too.
        targets: (targets, rows, columns), finite.
        mask: (rows, columns), True where all targets are valid.
        factor: guide pixels along one target pixel.
    """

    guides: Array
    safe: Mask
    targets: Array
    mask: Mask
    factor: int


def fit_window(guides: Image, guide_mask: Mask, targets: Image, mask: Mask, factor: int) -> WindowFit | None:
    """Fit one window.

    Args:
        guides: (guides, (rows + 2 MARGIN) x factor, (columns + 2 MARGIN) x factor); invalid pixels may hold anything.
        guide_mask: (rows, columns) of ``guides``, True where all of them are valid.
        targets: (targets, rows, columns).
        mask: (rows, columns) of ``targets``, True where all of them are valid.
        factor: guide pixels along one target pixel.

    Returns:
        The fit, or None where there is too little to see or it runs away.
    """
    blocks = valid_blocks(guide_mask, factor)
    filled = guides if guide_mask.all() else [fill_nodata(band, guide_mask, 2 * factor) for band in guides]
    safe = erode(blocks, 1)
    sight = Sight(np.asarray(filled, np.float64), safe, np.where(mask, targets, 0).astype(np.float64), mask, factor)
    start = _search(sight)
    return None if start is None else _refine(sight, start)


def _search(sight: Sight) -> Array | None:
    """Return the whole-target-pixel move that leaves the least detail unexplained, in guide pixels."""
    values, _ = kernel(sight.factor, 0.0)
    rows, cols = (size + 2 * SEARCH for size in sight.mask.shape)
    known = sight.safe[REACH:-REACH, REACH:-REACH]
    degraded = detail(operator(values, rows) @ sight.guides @ operator(values, cols).T, known)
    wanted = detail(sight.targets, sight.mask)
    best, found = math.inf, None
    moves = range(-SEARCH, SEARCH + 1)
    for row, col in ((row, col) for row in moves for col in moves):
        part = _moved_part(sight, row, col, SEARCH)
        unexplained = _unexplained(degraded[:, part[0], part[1]], wanted, known[part] & sight.mask)
        if unexplained < best:
            best, found = unexplained, np.array([row, col], np.float64) * sight.factor
    return found


def _moved_part(sight: Sight, row: int, col: int, margin: int) -> tuple[slice, slice]:
    """Return where a window with ``margin`` around it is to be cut so that it is moved down and right."""
    height, width = sight.mask.shape
    return slice(margin - row, margin - row + height), slice(margin - col, margin - col + width)


def _unexplained(guides: Array, targets: Array, mask: Mask) -> float:
    """Return the mean logarithm of the part of each target's variance that the guides leave open."""
    if mask.sum() < LEAST_PIXELS:
        return math.inf
    x, y = guides[:, mask], targets[:, mask]
    left, whole = ((y - _relation(x, y) @ x) ** 2).mean(axis=1), (y**2).mean(axis=1)
    if not (whole > 0).any():
        return math.inf
    return float(np.log(left[whole > 0] / whole[whole > 0] + FLOOR).mean())


def _refine(sight: Sight, start: Array) -> WindowFit | None:
    """Take Gauss-Newton steps from ``start`` until they are small."""
    position = start
    for _ in range(ITERATIONS):
        step = _step(sight, position)
        if step is None:
            return None
        change, error, explained, bands = step
        position = position + change
        if np.abs(position).max() > LIMIT * sight.factor:
            return None
        if np.abs(change).max() < CONVERGED * sight.factor:
            alone = tuple((float(row), float(col)) for row, col in bands)
            return WindowFit(float(position[0]), float(position[1]), error, explained, alone)
    return None


def _step(sight: Sight, position: Array) -> tuple[Array, float, float, Array] | None:
    """Return the change of the shift, its error, the part explained, and the shift of each target band alone."""
    whole = np.rint(position / sight.factor).astype(int)
    part = _moved_part(sight, int(whole[0]), int(whole[1]), MARGIN)
    mask = sight.mask & sight.safe[part]
    if mask.sum() < LEAST_PIXELS:
        return None
    degraded = _degraded(sight, part, position - whole * sight.factor)
    x, by_row, by_col = (detail(image, mask)[:, mask] for image in degraded)
    y = detail(sight.targets, mask)[:, mask]
    relation = _relation(x, y)
    slopes = np.stack([relation @ by_row, relation @ by_col], axis=1)
    # What a change of the relation explains as well as a shift does not count for the shift.
    gram = x @ x.T
    gram += (1e-9 * np.trace(gram) + 1e-30) * np.eye(len(gram))
    slopes -= np.linalg.solve(gram, x @ slopes.reshape(-1, x.shape[1]).T).T.reshape(*slopes.shape[:2], -1) @ x
    return _solve(slopes, y - relation @ x, (y**2).mean(axis=1), position, sight.factor)


def _solve(
    slopes: Array, left: Array, variance: Array, position: Array, factor: int
) -> tuple[Array, float, float, Array] | None:
    """Solve the normal equations of each target band and of all together, the better explained ones counting more."""
    seen = variance > 0
    if not seen.any():
        return None
    unexplained = (left**2).mean(axis=1)
    normal = slopes @ slopes.transpose(0, 2, 1)
    normal += (1e-9 * np.trace(normal, axis1=1, axis2=2)[:, None, None] + 1e-30) * np.eye(2)
    pull = np.einsum("tsn,tn->ts", slopes, left)
    weight = np.divide(1.0, unexplained + FLOOR * variance, out=np.zeros_like(variance), where=seen)
    inverse = np.linalg.inv(np.tensordot(weight, normal, 1))
    change = np.clip(inverse @ (weight @ pull), -factor / 2, factor / 2)
    covariance = inverse @ np.tensordot(weight**2 * unexplained, normal, 1) @ inverse
    alone = np.where(seen[:, None], position + np.linalg.solve(normal, pull[:, :, None])[:, :, 0], np.nan)
    explained = 1 - float((unexplained[seen] / variance[seen]).min())
    return change, float(np.sqrt(np.diag(covariance).max())), explained, alone


def _degraded(sight: Sight, part: tuple[slice, slice], rest: Array) -> tuple[Array, Array, Array]:
    """Return the moved guides at the targets' GSD and their derivatives by the move, (guides, rows, columns) each."""
    rows, cols = (slice((p.start - REACH) * sight.factor, (p.stop + REACH) * sight.factor) for p in part)
    source = sight.guides[:, rows, cols]
    (down, down_slope), (across, across_slope) = (
        tuple(operator(weights, size) for weights in kernel(sight.factor, float(move)))
        for move, size in zip(rest, sight.mask.shape)
    )
    averaged = down @ source
    return averaged @ across.T, down_slope @ source @ across.T, averaged @ across_slope.T


def _relation(guides: Array, targets: Array) -> Array:
    """Return the least-squares coefficients (targets, guides) of detail on detail, slightly damped."""
    covariance = guides @ guides.T
    scale = np.sqrt(np.diag(covariance))
    scale = np.where(scale > 0, scale, 1.0)
    matrix = covariance / np.outer(scale, scale) + RIDGE * np.eye(len(scale))
    result: Array = (np.linalg.solve(matrix, (guides @ targets.T) / scale[:, None]) / scale[:, None]).T
    return result

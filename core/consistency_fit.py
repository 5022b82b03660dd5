# SPDX-License-Identifier: GPL-2.0-or-later
"""What consistency must know of a scene: the point spread that it shows and the noise of its bands.

The network has learnt how sharp a band really is from how guide and target bands differ. So the spread is the one with
which its results agree best with the input. What remains is noise, where it is rough even in the smoother half of the
scene, and else error of the network.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .consistency import footprint, residual_of

Image = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

# Candidates of the spread, as parts of the sensor file's.
CANDIDATES = tuple(round(0.1 * step, 1) for step in range(1, 11))
STEP, ROUNDING = 0.1, 0.05
# Where the truth is known, networks take the spread for a little narrower than it is.
LEANING = 1.05
# Coarse pixels from which spread and noise can be told.
LEAST_PIXELS = 128
BLOCK = 8
SMOOTH_SHARE = 0.5
LEAST_RIDGE, LARGEST_RIDGE = 0.02, 10.0


@dataclass(frozen=True)
class Sample:
    """One band on one window as the network made it, and as it was measured.

    Attributes:
        values: (rows x factor, columns x factor) in network range.
        coarse: (rows, columns) in network range.
        mask: True where ``coarse`` was measured, or None where all of it was.
        factor: fine pixels along one coarse one.
        sigma: standard deviation of the sensor's point spread in fine pixels.
    """

    values: Image
    coarse: Image
    mask: Mask | None
    factor: int
    sigma: float

    def residual(self, relative: float) -> npt.NDArray[np.float64]:
        """Return the residual with a part of the sensor's spread, NaN where it is not known; for all parts alike."""
        residual, known = residual_of(self.values, self.coarse, self.mask, self.factor, relative * self.sigma)
        result = residual.astype(np.float64)
        if known is not None:
            result[~known] = np.nan
        surplus = footprint(self.sigma, self.factor) - footprint(relative * self.sigma, self.factor)
        return result[surplus : result.shape[0] - surplus, surplus : result.shape[1] - surplus]


@dataclass(frozen=True)
class Fit:
    """What was measured of one band.

    Attributes:
        relative: its point spread as a part of the sensor file's.
        ridge: power of the noise / power of the network's error, in the residual.
        residual: root of the mean square residual in network range.
        noise: standard deviation of the noise in network range.
    """

    relative: float
    ridge: float
    residual: float
    noise: float


def fit(samples: list[list[Sample]]) -> tuple[Fit, ...]:
    """Measure spread and noise of the bands of one model.

    Args:
        samples: for each band its samples, one a window.

    Returns:
        One record a band; none where the windows hold too few valid pixels.
    """
    powers = np.array([[_powers(sample) for sample in windows] for windows in samples])
    if not powers.size:
        return ()
    seen = np.isfinite(powers).all(axis=(0, 2))
    pixels = sum(int(np.isfinite(sample.residual(1.0)).sum()) for sample in samples[0])
    if pixels < LEAST_PIXELS or not seen.any():
        return ()
    relative = relative_spreads(powers[:, seen])
    return tuple(_fit(windows, part) for windows, part in zip(samples, relative))


def relative_spreads(powers: npt.NDArray[np.float64]) -> tuple[float, ...]:
    """Return the spread of each band, as a part of the sensor file's, with which a network agrees best with the input.

    Halfway between the spread common to all bands, where the product of their residual powers is least, and the band's
    own best: that had the smallest errors on the held-out places.

    Args:
        powers: mean squared residuals, (bands, windows, candidates). Windows count the same, clouds or not.

    Returns:
        One number a band.
    """
    scores = np.log(np.maximum(powers, np.finfo(np.float64).tiny)).sum(axis=1)
    common = _best(scores.sum(axis=0))
    return tuple(round(min(LEANING * (common + _best(score)) / 2, CANDIDATES[-1]), 3) for score in scores)


def noise_power(residual: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the power of the noise in each block of a residual, where all of a block is known.

    The mask of second differences along rows and columns passes noise and little else (Immerkaer, 1996).
    """
    rows = residual[:-2] - 2 * residual[1:-1] + residual[2:]
    rough = (rows[:, :-2] - 2 * rows[:, 1:-1] + rows[:, 2:]) / 6
    height, width = (side // BLOCK for side in rough.shape)
    blocks = rough[: height * BLOCK, : width * BLOCK].reshape(height, BLOCK, width, BLOCK)
    power = (blocks**2).mean(axis=(1, 3))
    return np.asarray(power[np.isfinite(power)], np.float64)


def _fit(samples: list[Sample], relative: float) -> Fit:
    residuals = [sample.residual(relative) for sample in samples]
    powers = [float(np.nanmean(residual**2)) for residual in residuals if np.isfinite(residual).any()]
    blocks = np.concatenate([noise_power(residual) for residual in residuals])
    power = float(np.median(powers))
    noise = min(power, float(np.quantile(blocks, SMOOTH_SHARE)) if len(blocks) else power)
    ridge = noise / max(power - noise, power / LARGEST_RIDGE / 2, float(np.finfo(np.float32).tiny))
    return Fit(relative, round(min(max(ridge, LEAST_RIDGE), LARGEST_RIDGE), 2), power**0.5, noise**0.5)


def _powers(sample: Sample) -> list[float]:
    """Return the mean squared residual for each candidate; NaN where nothing is known."""
    residuals = [sample.residual(relative) for relative in CANDIDATES]
    if not np.isfinite(residuals[0]).any():
        return [float("nan")] * len(CANDIDATES)
    return [float(np.nanmean(residual**2)) for residual in residuals]


def _best(score: npt.NDArray[np.float64]) -> float:
    """Return the least candidate by a parabola through it and its neighbours, to the nearest 0.05."""
    least = int(score.argmin())
    found = CANDIDATES[least]
    if 0 < least < len(score) - 1:
        before, here, after = score[least - 1 : least + 2]
        bend = before - 2 * here + after
        if bend > 0:
            found += STEP / 2 * float(before - after) / bend
    return round(found / ROUNDING) * ROUNDING

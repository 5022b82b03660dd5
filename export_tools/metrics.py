# SPDX-License-Identifier: GPL-2.0-or-later
"""Figures of merit: RMSE, SRE, SAM, UIQ, as in the literature on Sentinel-2 sharpening."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
UIQ_WINDOW = 8


def rmse(truth: Array, estimate: Array, mask: npt.NDArray[np.bool_]) -> Array:
    """Return the root mean square error of each band over valid pixels; images are (bands, rows, columns)."""
    return np.sqrt(((truth - estimate)[:, mask] ** 2).mean(axis=1))


def rmse_overall(per_band: Array) -> float:
    """Return the RMSE over the pixels of all bands together."""
    return float(np.sqrt((per_band**2).mean()))


def sre(truth: Array, estimate: Array, mask: npt.NDArray[np.bool_]) -> Array:
    """Return the signal to reconstruction error of each band, 10 log10(mean(truth)^2 / MSE), in dB."""
    mean = truth[:, mask].mean(axis=1)
    return 10 * np.log10(mean**2 / np.maximum(rmse(truth, estimate, mask) ** 2, 1e-30))


def sam(truth: Array, estimate: Array, mask: npt.NDArray[np.bool_]) -> float:
    """Return the mean spectral angle in degrees over pixels whose spectra are not zero."""
    a, b = truth[:, mask], estimate[:, mask]
    norm = np.linalg.norm(a, axis=0) * np.linalg.norm(b, axis=0)
    kept = norm > 0
    cosine = (a * b).sum(axis=0)[kept] / norm[kept]
    return float(np.degrees(np.arccos(np.clip(cosine, -1, 1))).mean())


def uiq(truth: Array, estimate: Array) -> Array:
    """Return the universal image quality index (Wang and Bovik, 2002) of each band: 8 x 8 windows, interior only."""
    mean_a, mean_b = _window_mean(truth), _window_mean(estimate)
    var_a = _window_mean(truth**2) - mean_a**2
    var_b = _window_mean(estimate**2) - mean_b**2
    covariance = _window_mean(truth * estimate) - mean_a * mean_b
    denominator = (var_a + var_b) * (mean_a**2 + mean_b**2)
    valid = denominator > 1e-12
    quality = np.where(valid, 4 * covariance * mean_a * mean_b / np.where(valid, denominator, 1), 1.0)
    return np.asarray(quality.mean(axis=(1, 2)))


def _window_mean(image: Array) -> Array:
    sums = np.pad(image.astype(np.float64), ((0, 0), (1, 0), (1, 0))).cumsum(1).cumsum(2)
    n = UIQ_WINDOW
    return (sums[:, n:, n:] - sums[:, :-n, n:] - sums[:, n:, :-n] + sums[:, :-n, :-n]) / n**2

# SPDX-License-Identifier: GPL-2.0-or-later
"""Figures of merit, as in the literature on Sentinel-2 sharpening: RMSE, SRE, SAM, UIQ, ERGAS, PSNR, SSIM, cPSNR.

Images are (bands, rows, columns). Where a mask (rows, columns; True = valid) is given, invalid pixels do not count, and
of windowed figures only windows without any invalid pixel do. A data range is always said, never guessed from a type.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

UIQ_WINDOW = 8
SSIM_SIDE, SSIM_SIGMA = 11, 1.5
SSIM_K1, SSIM_K2 = 0.01, 0.03
TINY = 1e-30


def rmse(truth: Array, estimate: Array, mask: Mask) -> Array:
    """Return the root mean square error of each band over valid pixels, in the unit of the images."""
    return np.asarray(np.sqrt(((truth - estimate)[:, mask] ** 2).mean(axis=1)))


def rmse_overall(per_band: Array) -> float:
    """Return the RMSE over the pixels of all bands together."""
    return float(np.sqrt((per_band**2).mean()))


def sre(truth: Array, estimate: Array, mask: Mask) -> Array:
    """Return the signal to reconstruction error of each band, 10 log10(mean(truth)^2 / MSE), in dB."""
    mean = truth[:, mask].mean(axis=1)
    return np.asarray(10 * np.log10(np.maximum(mean**2, TINY) / np.maximum(rmse(truth, estimate, mask) ** 2, TINY)))


def sam(truth: Array, estimate: Array, mask: Mask) -> float:
    """Return the mean angle between the spectra of the same pixel, in degrees, over pixels whose spectra are not zero.

    Kruse et al. (1993). It is the angle of each pixel: angles between flattened bands (as in sewar) say something else.
    """
    a, b = truth[:, mask], estimate[:, mask]
    norm = np.linalg.norm(a, axis=0) * np.linalg.norm(b, axis=0)
    kept = norm > 0
    if not kept.any():
        return float("nan")
    cosine = (a * b).sum(axis=0)[kept] / norm[kept]
    return float(np.degrees(np.arccos(np.clip(cosine, -1, 1))).mean())


def ergas_per_band(truth: Array, estimate: Array, mask: Mask, scale_factor: int) -> Array:
    """Return what each band would have as ERGAS alone: 100 / scale factor x RMSE / mean of the truth."""
    return np.asarray(100 / scale_factor * rmse(truth, estimate, mask) / truth[:, mask].mean(axis=1))


def ergas(truth: Array, estimate: Array, mask: Mask, scale_factor: int) -> float:
    """Return the relative dimensionless global error (Wald, 2000): 0 is perfect, below 3 is called good."""
    return rmse_overall(ergas_per_band(truth, estimate, mask, scale_factor))


def psnr(error: float | Array, data_range: float) -> Array:
    """Return the peak signal to noise ratio in dB that belongs to an RMSE: 20 log10(data range / RMSE).

    Args:
        error: RMSE of the bands, or over all of them, in the unit of ``data_range``.
        data_range: largest minus smallest possible value; 1 for reflectance.
    """
    with np.errstate(divide="ignore"):
        return np.asarray(20 * np.log10(data_range / np.asarray(error, np.float64)))


def uiq(truth: Array, estimate: Array, mask: Mask | None = None) -> Array:
    """Return the universal image quality index (Wang and Bovik, 2002) of each band: 8 x 8 windows, interior only."""
    box = np.full(UIQ_WINDOW, 1 / UIQ_WINDOW)
    mean_a, mean_b, var_a, var_b, covariance = _local_moments(truth, estimate, box)
    denominator = (var_a + var_b) * (mean_a**2 + mean_b**2)
    valid = denominator > 1e-12
    quality = np.where(valid, 4 * covariance * mean_a * mean_b / np.where(valid, denominator, 1), 1.0)
    return _mean_of_windows(quality, mask, UIQ_WINDOW)


def ssim(
    truth: Array,
    estimate: Array,
    data_range: float,
    mask: Mask | None = None,
    weights: Array | None = None,
    unbiased: bool = False,
) -> Array:
    """Return the structural similarity (Wang et al., 2004) of each band, averaged over windows inside the image.

    Args:
        truth: (bands, rows, columns).
        estimate: same shape.
        data_range: largest minus smallest possible value; 1 for reflectance.
        mask: valid pixels.
        weights: of one side of the window, summing to 1; default is a Gaussian of 11 pixels, sigma 1.5, as published.
        unbiased: divide variances by n - 1 instead of n, as scikit-image does for uniform windows.

    Returns:
        (bands,); NaN where no window is valid.
    """
    kernel = gaussian_window(SSIM_SIDE, SSIM_SIGMA) if weights is None else weights
    mean_a, mean_b, var_a, var_b, covariance = _local_moments(truth, estimate, kernel)
    if unbiased:
        pixels = len(kernel) ** 2
        var_a, var_b, covariance = (moment * pixels / (pixels - 1) for moment in (var_a, var_b, covariance))
    c1, c2 = (SSIM_K1 * data_range) ** 2, (SSIM_K2 * data_range) ** 2
    luminance = (2 * mean_a * mean_b + c1) / (mean_a**2 + mean_b**2 + c1)
    structure = (2 * covariance + c2) / (var_a + var_b + c2)
    return _mean_of_windows(luminance * structure, mask, len(kernel))


def gaussian_window(side: int, sigma: float) -> Array:
    """Return the weights of one side of a Gaussian window."""
    weights = np.exp(-0.5 * ((np.arange(side) - (side - 1) / 2) / sigma) ** 2)
    return np.asarray(weights / weights.sum())


def uniform_window(side: int) -> Array:
    """Return the weights of one side of a uniform window."""
    return np.full(side, 1 / side)


def cpsnr(truth: Array, estimate: Array, data_range: float, reach: int = 8, step: int = 1) -> float:
    """Return the PSNR after the best shift and with the mean of each band corrected (PROBA-V challenge), in dB.

    Args:
        truth: (bands, rows, columns), larger than ``reach`` both ways.
        estimate: same shape.
        data_range: largest minus smallest possible value.
        reach: largest shift in pixels tried along each axis, both ways.
        step: of the shifts tried; 2 gives the figure of Satlas, which misses odd shifts.
    """
    shifts = range(-reach, reach + 1, step)
    least = min(_shifted_mse(truth, estimate, row, column, reach) for row in shifts for column in shifts)
    return float(psnr(np.sqrt(least), data_range))


def _shifted_mse(truth: Array, estimate: Array, row: int, column: int, reach: int) -> float:
    """Return the mean square error where the estimate is read ``row`` and ``column`` pixels further than the truth."""
    corners = [((reach + shift) // 2, (reach + shift) // 2 - shift) for shift in (row, column)]
    height, width = (size - reach for size in truth.shape[1:])
    (top_a, top_b), (left_a, left_b) = corners
    a = estimate[:, top_a : top_a + height, left_a : left_a + width]
    b = truth[:, top_b : top_b + height, left_b : left_b + width]
    difference = a - b
    return float(((difference - difference.mean(axis=(1, 2), keepdims=True)) ** 2).mean())


def _local_moments(a: Array, b: Array, kernel: Array) -> tuple[Array, Array, Array, Array, Array]:
    """Return means, variances and covariance in windows inside the image."""
    a, b = a.astype(np.float64), b.astype(np.float64)
    mean_a, mean_b = _window_mean(a, kernel), _window_mean(b, kernel)
    # A common origin near the values keeps the differences of squares exact.
    origin = a.mean(axis=(1, 2), keepdims=True)
    off_a, off_b = a - origin, b - origin
    shift_a, shift_b = mean_a - origin, mean_b - origin
    var_a = _window_mean(off_a**2, kernel) - shift_a**2
    var_b = _window_mean(off_b**2, kernel) - shift_b**2
    return mean_a, mean_b, var_a, var_b, _window_mean(off_a * off_b, kernel) - shift_a * shift_b


def _window_mean(image: Array, kernel: Array) -> Array:
    """Return the weighted mean of every window that lies inside the image."""
    side = len(kernel)
    rows, columns = (max(0, size - side + 1) for size in image.shape[-2:])
    lines = sum(weight * image[..., tap : tap + rows, :] for tap, weight in enumerate(kernel))
    return np.asarray(sum(weight * lines[..., tap : tap + columns] for tap, weight in enumerate(kernel)))


def _mean_of_windows(quality: Array, mask: Mask | None, side: int) -> Array:
    if quality.size == 0:
        return np.full(len(quality), np.nan)
    if mask is None or mask.all():
        return np.asarray(quality.mean(axis=(1, 2)))
    invalid = _window_mean((~mask).astype(np.float64), np.ones(side))
    inside = invalid < 0.5
    return np.asarray(quality[:, inside].mean(axis=1)) if inside.any() else np.full(len(quality), np.nan)

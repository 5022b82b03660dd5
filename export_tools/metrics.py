# SPDX-License-Identifier: GPL-2.0-or-later
"""Figures of merit, as in the literature on Sentinel-2 sharpening: RMSE, SRE, SAM, UIQ, ERGAS, PSNR, SSIM, cPSNR.

Images are (bands, rows, columns). Where a mask (rows, columns; True = valid) is given, invalid pixels do not count, and
of windowed figures only windows without any invalid pixel do. A data range is always said, never guessed from a type.
"""

from __future__ import annotations

import numpy as np

from ..core.quality.metrics import (
    Array,
    Mask,
    gaussian_window,
    local_moments,
    mean_of_windows,
    psnr,
    sam,
    ssim,
    uniform_window,
)

__all__ = [
    "Array",
    "Mask",
    "cpsnr",
    "ergas",
    "ergas_per_band",
    "grid",
    "gaussian_window",
    "psnr",
    "rmse",
    "rmse_overall",
    "sam",
    "sre",
    "ssim",
    "uiq",
    "uniform_window",
]

UIQ_WINDOW = 8
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


def ergas_per_band(truth: Array, estimate: Array, mask: Mask, scale_factor: int) -> Array:
    """Return what each band would have as ERGAS alone: 100 / scale factor x RMSE / mean of the truth."""
    return np.asarray(100 / scale_factor * rmse(truth, estimate, mask) / truth[:, mask].mean(axis=1))


def ergas(truth: Array, estimate: Array, mask: Mask, scale_factor: int) -> float:
    """Return the relative dimensionless global error (Wald, 2000): 0 is perfect, below 3 is called good."""
    return rmse_overall(ergas_per_band(truth, estimate, mask, scale_factor))


def grid(truth: Array, estimate: Array, mask: Mask, scale_factor: int) -> Array:
    """Return how much lighter or darker than the others one place within the coarse pixels is, of each band.

    The mean error of each of the ``scale_factor`` x ``scale_factor`` places over all coarse pixels that are valid as a
    whole; the largest distance of one from the mean of all, in the unit of the images. Such an error shows as rows and
    columns over calm ground however small it is. Random errors leave some RMSE / square root of the coarse pixels. NaN
    where no coarse pixel is valid.
    """
    rows, columns = (size // scale_factor * scale_factor for size in mask.shape)
    shape = (rows // scale_factor, scale_factor, columns // scale_factor, scale_factor)
    whole = mask[:rows, :columns].reshape(shape).all(axis=(1, 3))
    if not whole.any():
        return np.full(len(truth), np.nan)
    errors = (estimate - truth)[:, :rows, :columns].reshape(-1, *shape).transpose(0, 2, 4, 1, 3)[..., whole].mean(-1)
    return np.asarray(np.abs(errors - errors.mean(axis=(1, 2), keepdims=True)).max(axis=(1, 2)))


def uiq(truth: Array, estimate: Array, mask: Mask | None = None) -> Array:
    """Return the universal image quality index (Wang and Bovik, 2002) of each band: 8 x 8 windows, interior only."""
    box = np.full(UIQ_WINDOW, 1 / UIQ_WINDOW)
    mean_a, mean_b, var_a, var_b, covariance = local_moments(truth, estimate, box)
    denominator = (var_a + var_b) * (mean_a**2 + mean_b**2)
    valid = denominator > 1e-12
    quality = np.where(valid, 4 * covariance * mean_a * mean_b / np.where(valid, denominator, 1), 1.0)
    return mean_of_windows(quality, mask, UIQ_WINDOW)


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

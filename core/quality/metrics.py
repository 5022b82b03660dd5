# SPDX-License-Identifier: GPL-2.0-or-later
"""Figures of merit of two images, each with its source: spectral angle, PSNR, SSIM.

Images are (bands, rows, columns). Where a mask (rows, columns; True = valid) is given, invalid pixels do not count, and
of windowed figures only windows without any invalid pixel do. A data range is always said, never guessed from a type.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

SSIM_SIDE, SSIM_SIGMA = 11, 1.5
SSIM_K1, SSIM_K2 = 0.01, 0.03


def spectral_angles(truth: Array, estimate: Array) -> Array:
    """Return the angle between two spectra of each pixel in degrees (Kruse et al., Remote Sens. Environ. 44, 1993).

    It is the angle of each pixel: angles between flattened bands (as in sewar) say something else.

    Args:
        truth: (bands, pixels).
        estimate: same shape.

    Returns:
        The angles of the pixels neither of whose spectra is zero; fewer than ``pixels`` where there are such.
    """
    norm = np.linalg.norm(truth, axis=0) * np.linalg.norm(estimate, axis=0)
    kept = norm > 0
    cosine = (truth * estimate).sum(axis=0)[kept] / norm[kept]
    return np.asarray(np.degrees(np.arccos(np.clip(cosine, -1, 1))))


def sam(truth: Array, estimate: Array, mask: Mask) -> float:
    """Return the mean of :func:`spectral_angles` over valid pixels, in degrees; NaN where there is none."""
    angles = spectral_angles(truth[:, mask], estimate[:, mask])
    return float(angles.mean()) if angles.size else float("nan")


def psnr(error: float | Array, data_range: float) -> Array:
    """Return the peak signal to noise ratio in dB that belongs to an RMSE: 20 log10(data range / RMSE).

    Args:
        error: RMSE of the bands, or over all of them, in the unit of ``data_range``.
        data_range: largest minus smallest possible value; 1 for reflectance.
    """
    with np.errstate(divide="ignore"):
        return np.asarray(20 * np.log10(data_range / np.asarray(error, np.float64)))


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
    return mean_of_windows(ssim_map(truth, estimate, data_range, kernel, unbiased), mask, len(kernel))


def ssim_map(truth: Array, estimate: Array, data_range: float, kernel: Array, unbiased: bool = False) -> Array:
    """Return the structural similarity of every window that lies inside the image; arguments as :func:`ssim`."""
    mean_a, mean_b, var_a, var_b, covariance = local_moments(truth, estimate, kernel)
    if unbiased:
        pixels = len(kernel) ** 2
        var_a, var_b, covariance = (moment * pixels / (pixels - 1) for moment in (var_a, var_b, covariance))
    c1, c2 = (SSIM_K1 * data_range) ** 2, (SSIM_K2 * data_range) ** 2
    luminance = (2 * mean_a * mean_b + c1) / (mean_a**2 + mean_b**2 + c1)
    structure = (2 * covariance + c2) / (var_a + var_b + c2)
    return np.asarray(luminance * structure)


def gaussian_window(side: int, sigma: float) -> Array:
    """Return the weights of one side of a Gaussian window."""
    weights = np.exp(-0.5 * ((np.arange(side) - (side - 1) / 2) / sigma) ** 2)
    return np.asarray(weights / weights.sum())


def uniform_window(side: int) -> Array:
    """Return the weights of one side of a uniform window."""
    return np.full(side, 1 / side)


def local_moments(a: Array, b: Array, kernel: Array) -> tuple[Array, Array, Array, Array, Array]:
    """Return means, variances and covariance in windows inside the image."""
    a, b = a.astype(np.float64), b.astype(np.float64)
    mean_a, mean_b = window_mean(a, kernel), window_mean(b, kernel)
    # A common origin near the values keeps the differences of squares exact.
    origin = a.mean(axis=(1, 2), keepdims=True)
    off_a, off_b = a - origin, b - origin
    shift_a, shift_b = mean_a - origin, mean_b - origin
    var_a = window_mean(off_a**2, kernel) - shift_a**2
    var_b = window_mean(off_b**2, kernel) - shift_b**2
    return mean_a, mean_b, var_a, var_b, window_mean(off_a * off_b, kernel) - shift_a * shift_b


def window_mean(image: Array, kernel: Array) -> Array:
    """Return the weighted mean of every window that lies inside the image."""
    side = len(kernel)
    rows, columns = (max(0, size - side + 1) for size in image.shape[-2:])
    lines = kernel[0] * image[..., :rows, :]
    for tap in range(1, side):
        lines += kernel[tap] * image[..., tap : tap + rows, :]
    means = kernel[0] * lines[..., :columns]
    for tap in range(1, side):
        means += kernel[tap] * lines[..., tap : tap + columns]
    return np.asarray(means)


def whole_windows(mask: Mask, side: int) -> Mask:
    """Return which windows of :func:`window_mean` hold no invalid pixel."""
    invalid = window_mean((~mask).astype(np.float64), np.ones(side))
    return np.asarray(invalid < 0.5, np.bool_)


def mean_of_windows(quality: Array, mask: Mask | None, side: int) -> Array:
    """Return the mean of each band over windows without invalid pixels; NaN where there is none."""
    if quality.size == 0:
        return np.full(len(quality), np.nan)
    if mask is None or mask.all():
        return np.asarray(quality.mean(axis=(1, 2)))
    inside = whole_windows(mask, side)
    return np.asarray(quality[:, inside].mean(axis=1)) if inside.any() else np.full(len(quality), np.nan)

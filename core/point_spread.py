# SPDX-License-Identifier: GPL-2.0-or-later
"""Point spread of a sensor: Gaussian blur, block mean, and both together as the degradation of the Wald protocol."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from .errors import GridError

Float32Array = npt.NDArray[np.float32]
BoolArray = npt.NDArray[np.bool_]

TRUNCATION = 4.0
# Output elements worked on at once, so that the running sums stay in the cache of one core.
STRIP_ELEMENTS = 1 << 17


def sigma_of_mtf(mtf_nyquist: float, gsd: float) -> float:
    """Return the standard deviation of the Gaussian point spread with a given modulation transfer at Nyquist.

    The transfer of a Gaussian at frequency f is exp(-2 (pi sigma f)^2), and f is 1 / (2 gsd), hence
    sigma = gsd / pi * sqrt(-2 ln MTF) (as in CNES sensorsio).

    Args:
        mtf_nyquist: modulation transfer at the Nyquist frequency, between 0 and 1 (dimensionless).
        gsd: ground sampling distance of the band in metres.

    Returns:
        Sigma in metres.

    Raises:
        ValueError: ``mtf_nyquist`` is outside 0 to 1 or ``gsd`` is not positive.
    """
    if not 0 < mtf_nyquist < 1 or gsd <= 0:
        raise ValueError(f"MTF {mtf_nyquist} and GSD {gsd} give no point spread. Use 0 < MTF < 1 and a positive GSD.")
    return gsd / math.pi * math.sqrt(-2 * math.log(mtf_nyquist))


def radius_of(sigma_px: float) -> int:
    """Return the pixels that ``gaussian_kernel`` reaches on either side: the halo of a blur."""
    return int(TRUNCATION * sigma_px + 0.5)


def gaussian_kernel(sigma_px: float) -> Float32Array:
    """Return a Gaussian of odd length, truncated at four sigma and normalised to a sum of one.

    Args:
        sigma_px: standard deviation in pixels; 0 gives the identity ``[1]``.

    Returns:
        Weights (2 x radius + 1,).
    """
    if sigma_px < 0:
        raise ValueError(f"A sigma of {sigma_px} pixels is negative. Use zero or more.")
    radius = radius_of(sigma_px)
    if radius == 0:
        return np.ones(1, np.float32)
    weights = np.exp(-0.5 * (np.arange(-radius, radius + 1) / sigma_px) ** 2)
    return np.asarray(weights / weights.sum(), np.float32)


def blur(image: Float32Array, sigmas_px: Sequence[float]) -> Float32Array:
    """Blur each band with its own Gaussian; edges are mirrored about the outer side of the outermost pixel.

    Equal to ``scipy.ndimage.gaussian_filter(band, sigma, mode="reflect", truncate=4)``.

    Args:
        image: (bands, rows, columns).
        sigmas_px: one standard deviation in pixels for each band.

    Returns:
        Array of the same shape.

    Raises:
        ValueError: the number of sigmas is not the number of bands.
    """
    _check_bands(image, sigmas_px)
    kernels = [gaussian_kernel(sigma) for sigma in sigmas_px]
    return _stack(_filter(band, kernel, 1) for band, kernel in zip(image, kernels))


def block_mean(image: Float32Array, factor: int) -> Float32Array:
    """Average blocks of ``factor`` x ``factor`` pixels.

    Args:
        image: (bands, rows, columns).
        factor: pixels along one side of a block.

    Returns:
        Array (bands, rows / factor, columns / factor).

    Raises:
        GridError: rows or columns are no multiple of ``factor``.
    """
    _check_factor(image, factor)
    box = np.full(factor, 1 / factor, np.float32)
    return _stack(_filter(band, box, factor) for band in image)


def degrade(image: Float32Array, factor: int, sigmas_px: Sequence[float]) -> Float32Array:
    """Return ``block_mean(blur(image, sigmas_px), factor)``, computed at the coarse pixels only.

    Args:
        image: (bands, rows, columns) at the fine GSD.
        factor: coarse GSD / fine GSD.
        sigmas_px: one standard deviation in fine pixels for each band.

    Returns:
        Array (bands, rows / factor, columns / factor).

    Raises:
        GridError: rows or columns are no multiple of ``factor``.
        ValueError: the number of sigmas is not the number of bands.
    """
    _check_bands(image, sigmas_px)
    _check_factor(image, factor)
    kernels = [_blurred_box(sigma, factor) for sigma in sigmas_px]
    return _stack(_filter(band, kernel, factor) for band, kernel in zip(image, kernels))


def valid_blocks(mask: BoolArray, factor: int) -> BoolArray:
    """Return which blocks of ``factor`` x ``factor`` pixels are valid throughout.

    Args:
        mask: (..., rows, columns), multiples of ``factor``; True = valid.
        factor: pixels along one side of a block.

    Returns:
        Mask (..., rows / factor, columns / factor).
    """
    rows, cols = mask.shape[-2] // factor, mask.shape[-1] // factor
    blocks = mask.reshape(*mask.shape[:-2], rows, factor, cols, factor)
    return np.asarray(blocks.all(axis=(-3, -1)), np.bool_)


def _blurred_box(sigma_px: float, factor: int) -> Float32Array:
    """Return the weights of the fine pixels around a coarse one: the Gaussian convolved with the block."""
    box = np.full(factor, 1 / factor)
    return np.convolve(gaussian_kernel(sigma_px).astype(np.float64), box).astype(np.float32)


def _filter(band: Float32Array, kernel: Float32Array, stride: int) -> Float32Array:
    """Convolve rows and columns with a symmetric kernel, centred on each block of ``stride`` pixels.

    Args:
        band: (rows, columns), multiples of ``stride``.
        kernel: symmetric weights (2 x radius + stride,).
        stride: output pixel size in input pixels.

    Returns:
        Array (rows / stride, columns / stride).
    """
    radius = (len(kernel) - stride) // 2
    padded = np.pad(np.asarray(band, np.float32), radius, mode="symmetric")
    rows, cols = band.shape[0] // stride, band.shape[1] // stride
    result = np.empty((rows, cols), np.float32)
    step = max(1, STRIP_ELEMENTS // padded.shape[1])
    for row in range(0, rows, step):
        count = min(step, rows - row)
        strip = padded[row * stride : (row + count) * stride + 2 * radius]
        summed = _weighted_sum(strip, kernel, stride, count)
        result[row : row + count] = _weighted_sum(summed.T, kernel, stride, cols).T
    return result


def _weighted_sum(lines: Float32Array, kernel: Float32Array, stride: int, count: int) -> Float32Array:
    """Return ``count`` sums over the first axis, ``stride`` apart; pairs of equal weight are added first."""
    last = len(kernel) - 1
    reach = stride * (count - 1) + 1

    def tap(index: int) -> Float32Array:
        return lines[index : index + reach : stride]

    half = len(kernel) // 2
    total = kernel[half] * tap(half) if len(kernel) % 2 else kernel[0] * (tap(0) + tap(last))
    pair = np.empty_like(total)
    for index in range(0 if len(kernel) % 2 else 1, half):
        np.add(tap(index), tap(last - index), out=pair)
        pair *= kernel[index]
        total += pair
    return np.asarray(total, np.float32)


def _stack(bands: Iterable[Float32Array]) -> Float32Array:
    return np.stack(list(bands))


def _check_bands(image: Float32Array, sigmas_px: Sequence[float]) -> None:
    if image.ndim != 3 or image.shape[0] != len(sigmas_px):
        raise ValueError(f"{len(sigmas_px)} sigmas do not fit an image of shape {image.shape}. Give one for each band.")


def _check_factor(image: Float32Array, factor: int) -> None:
    if factor < 1 or image.shape[-2] % factor or image.shape[-1] % factor:
        raise GridError(
            f"{image.shape[-2]} rows and {image.shape[-1]} columns are no whole multiple of {factor}. "
            "Crop or pad the image first."
        )

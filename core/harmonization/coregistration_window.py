# SPDX-License-Identifier: GPL-2.0-or-later
"""How far two images of one window lie apart: phase correlation of their edges, to a hundredth of a pixel.

Compared are not grey values but the direction of edges, twice its angle: a field that is brighter than its neighbour in
one band and darker in the other has the same edge in both, so bands of different wavelengths and sensors match. The
angle is weighted by the edge's strength, which is compressed, so that one bright roof does not outweigh the fields.

The images' common shift is a phase that grows linearly with frequency (Kuglin and Hines, 1975); low frequencies, which
are free of aliasing and noise, count most. The correlation is searched on whole pixels first, then on a fine lattice
around its peak by the Fourier sum itself (Guizar-Sicairos, Thurman and Fienup, Optics Letters 33, 2008, 156-158). The
tapered window pulls the peak towards zero, so the other image is cut anew where it was found until nothing is left.

All is numpy: scikit-image and OpenCV, which have such functions, are not shipped with QGIS.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..fill import fill_nodata
from ..morphology import erode

Image = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Edges = npt.NDArray[np.complex128]
Sampler = Callable[[float, float], tuple[npt.NDArray[np.generic], Mask]]

# Spread of the derivative of a Gaussian that finds edges, in pixels, and pixels it reaches.
EDGE_SIGMA, EDGE_REACH = 0.7, 3
# Spread of the weight of frequencies, in cycles per pixel.
PASS_BAND = 0.2
# Least share of the tapered window that must be valid in both images.
LEAST_VALID = 0.5
# Pixels searched around a place that has been found before, cuts at most, and the step that ends them.
NEAR, ITERATIONS, CONVERGED = 2, 3, 0.005
# Steps of the fine lattice along a pixel, and pixels around the peak that belong to it.
FINE, PEAK = 16, 2
_TINY = 1e-12


@dataclass(frozen=True)
class Match:
    """Where the other image shows what the window shows.

    Attributes:
        rows: how far below its own place the other image shows it, in pixels of the window.
        cols: how far to the right.
        coherence: share of the frequencies' weight that is in phase: 1 for images that differ by the shift alone.
        sharpness: height of the peak above the mean of the surface, in standard deviations of it.
        rivalry: height of the next peak within the search by that of the peak.
    """

    rows: float
    cols: float
    coherence: float
    sharpness: float
    rivalry: float


def match_window(image: npt.NDArray[np.generic], mask: Mask, sample: Sampler, reach: int) -> Match | None:
    """Find what a window shows in another image.

    Args:
        image: (side, side); invalid pixels may hold anything.
        mask: (side, side), True where valid.
        sample: returns the other image and its mask at the window's pixels moved down and right by so many pixels.
        reach: pixels searched on every side.

    Returns:
        The match; None where too little is valid or there are no edges, the peak lies at the end of the search, or
        cutting the image anew leads away from it.
    """
    first = found = _compare(image, mask, *sample(0.0, 0.0), reach)
    if first is None or found is None:
        return None
    rows, cols = first.rows, first.cols
    for _ in range(ITERATIONS):
        found = _compare(image, mask, *sample(rows, cols), min(NEAR, reach))
        if found is None:
            return None
        rows, cols = rows + found.rows, cols + found.cols
        if math.hypot(found.rows, found.cols) < CONVERGED:
            break
    strayed = max(abs(rows - first.rows), abs(cols - first.cols)) > NEAR
    if strayed or max(abs(rows), abs(cols)) > reach:
        return None
    return Match(rows, cols, found.coherence, first.sharpness, first.rivalry)


def edges(image: npt.NDArray[np.generic], mask: Mask) -> tuple[Edges, Mask] | None:
    """Return the edges of an image, and where they are known.

    Args:
        image: (rows, columns); invalid pixels may hold anything.
        mask: True where valid.

    Returns:
        exp(2i angle) x compressed strength, less its mean, 0 where unknown; None where there is no edge at all.
    """
    known = erode(mask, EDGE_REACH)
    filled = image if mask.all() else fill_nodata(image, mask, EDGE_REACH)
    slope = _slope(np.asarray(filled, np.float64))
    strength = np.abs(slope)
    typical = float(strength[known].mean()) if known.any() else 0.0
    if typical <= _TINY:
        return None
    weight = strength * (typical + strength)
    turned = np.divide(slope * slope, weight, out=np.zeros_like(slope), where=weight > 0)
    turned -= turned[known].mean()
    return np.where(known, turned, 0), known


def _compare(
    image: npt.NDArray[np.generic], mask: Mask, other: npt.NDArray[np.generic], other_mask: Mask, radius: int
) -> Match | None:
    taper = _taper(image.shape[0])
    if (taper * (mask & other_mask)).sum() < LEAST_VALID * taper.sum():
        return None
    # The same pixels of both: an edge of what is known must not be compared.
    seen = mask & other_mask
    one, two = edges(image, seen), edges(other, seen)
    if one is None or two is None:
        return None
    spectrum = np.fft.fft2(one[0] * taper) * np.conj(np.fft.fft2(two[0] * taper))
    size = np.abs(spectrum)
    if size.max() <= _TINY:
        return None
    spectrum *= _pass_band(image.shape[0]) / np.maximum(size, _TINY * size.max())
    return _peak(spectrum, radius)


def _peak(spectrum: Edges, radius: int) -> Match | None:
    """Find the peak of the correlation within so many pixels of its middle."""
    side = spectrum.shape[0]
    surface = np.fft.ifft2(spectrum).real
    span = np.arange(-radius - 1, radius + 2)
    near = surface[np.ix_(span, span)]
    row, col = (int(place) for place in np.unravel_index(near[1:-1, 1:-1].argmax(), (2 * radius + 1,) * 2))
    peak = float(near[row + 1, col + 1])
    if near.argmax() != (row + 1) * len(span) + col + 1:
        return None
    spread = float(surface.std())
    others = near.copy()
    others[max(0, row + 1 - PEAK) : row + 2 + PEAK, max(0, col + 1 - PEAK) : col + 2 + PEAK] = -np.inf
    rival = float(others.max()) if np.isfinite(others).any() else 0.0
    moves, top = _refined(spectrum, row - radius, col - radius)
    sharpness = (peak - float(surface.mean())) / max(spread, _TINY)
    coherence = top / float(_pass_band(side).sum())
    # What lies at +d in the first image less the other is shown at -d.
    return Match(-moves[0], -moves[1], coherence, sharpness, max(0.0, rival) / max(peak, _TINY))


def _refined(spectrum: Edges, row: int, col: int) -> tuple[tuple[float, float], float]:
    """Return the top of the correlation around a whole pixel and its height: a fine lattice, then a parabola."""
    frequency = _frequencies(spectrum.shape[0])
    rows, cols = (place + np.arange(-FINE, FINE + 1) / FINE for place in (row, col))
    wave_rows = np.exp(2j * np.pi * np.outer(rows, frequency))
    wave_cols = np.exp(2j * np.pi * np.outer(frequency, cols))
    surface = (wave_rows @ spectrum @ wave_cols).real
    top_row, top_col = (int(place) for place in np.unravel_index(surface.argmax(), surface.shape))
    down = rows[top_row] + _parabola(surface[:, top_col], top_row) / FINE
    right = cols[top_col] + _parabola(surface[top_row], top_col) / FINE
    return (float(down), float(right)), float(surface.max())


def _parabola(values: npt.NDArray[np.float64], place: int) -> float:
    """Return how far beyond a place the top of the parabola through it and its neighbours lies."""
    if not 0 < place < len(values) - 1:
        return 0.0
    before, here, after = values[place - 1 : place + 2]
    bend = before - 2 * here + after
    return float(0.5 * (before - after) / bend) if bend < 0 else 0.0


def _slope(image: Image) -> Edges:
    """Return the derivative to the right + i x the derivative downwards of the image blurred by a Gaussian."""
    place = np.arange(-EDGE_REACH, EDGE_REACH + 1)
    blur = np.exp(-0.5 * (place / EDGE_SIGMA) ** 2)
    derivative = place * blur
    blur, derivative = blur / blur.sum(), derivative / (derivative * place).sum()
    right = _along_rows(_along_rows(image.T, blur).T, derivative)
    down = _along_rows(_along_rows(image, blur).T, derivative).T
    return right + 1j * down


def _along_rows(image: Image, weights: npt.NDArray[np.float64]) -> Image:
    reach, width = len(weights) // 2, image.shape[1]
    padded = np.pad(image, ((0, 0), (reach, reach)), mode="symmetric")
    total = np.zeros_like(image)
    for tap, weight in enumerate(weights):
        total += weight * padded[:, tap : tap + width]
    return total


def _taper(side: int) -> Image:
    line = np.hanning(side + 2)[1:-1]
    return np.outer(line, line)


def _frequencies(side: int) -> Image:
    """Return the frequencies of ``np.fft.fft`` in cycles per pixel."""
    return (np.arange(side) + side // 2) % side / side - side // 2 / side


def _pass_band(side: int) -> Image:
    line = np.exp(-0.5 * (_frequencies(side) / PASS_BAND) ** 2)
    return np.outer(line, line)

# SPDX-License-Identifier: GPL-2.0-or-later
"""Consistency with the coarse bands, and what of the added detail is right: the metrics of opensr-test, rewritten.

After Aybar et al., "A comprehensive benchmark for optical remote sensing image super-resolution" (2024), package
opensr-test 1.2. Differences: estimates are degraded by the point spread that made the coarse bands rather than by an
antialiased bilinear filter, so the truth itself scores 0; all target bands are compared, not RGB; estimates are not
matched to the truth's histogram and position first, because in the Wald protocol both are on one grid in one
radiometry; small images lose a border of a quarter at most instead of 16 pixels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...core.point_spread import degrade, valid_blocks

Image = npt.NDArray[np.float32]
Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

BORDER = 16
# Coarse pixels beyond which a found shift is not believed.
LARGEST_SHIFT = 5.0
# Constants of opensr-test's configuration.
LAMBDA = 0.05
TEMPERATURE = 0.25
THRESHOLD_PERCENTILE = 75
EPSILON = 1e-8


@dataclass(frozen=True)
class Case:
    """One scene and one estimate of it, in reflectance.

    Attributes:
        coarse: (bands, rows, columns).
        upsampled: ``coarse`` on the fine grid, bilinear.
        truth: (bands, rows x scale factor, columns x scale factor).
        estimate: like ``truth``.
        mask: valid fine pixels.
        spreads: sigma in fine pixels of each band's point spread.
    """

    coarse: Image
    upsampled: Image
    truth: Image
    estimate: Image
    mask: Mask
    spreads: list[float]

    @property
    def factor(self) -> int:
        """The scale factor."""
        return self.truth.shape[-1] // self.coarse.shape[-1]

    @property
    def border(self) -> int:
        """Fine pixels left out on every side, whole coarse pixels."""
        wanted = min(-(-BORDER // self.factor) * self.factor, min(self.truth.shape[1:]) // 4)
        return wanted // self.factor * self.factor


def consistency(case: Case) -> dict[str, float]:
    """Compare the degraded estimate with the coarse bands.

    Returns:
        ``reflectance``: mean absolute difference; ``spectral``: mean angle of spectra in degrees; ``spatial``: shift in
        coarse pixels by phase correlation, NaN where larger than 5.
    """
    back = degrade(case.estimate, case.factor, case.spreads)
    cut = slice(case.border // case.factor, -(case.border // case.factor) or None)
    mask = valid_blocks(case.mask, case.factor)[cut, cut]
    a, b = (image[:, cut, cut].astype(np.float64) for image in (case.coarse, back))
    shift = float(np.hypot(*phase_shift(a * mask, b * mask)))
    return {
        "reflectance": float(np.abs(a - b)[:, mask].mean()),
        "spectral": _angle(a[:, mask], b[:, mask]),
        "spatial": shift if shift <= LARGEST_SHIFT else float("nan"),
    }


def correctness(case: Case) -> dict[str, float]:
    """Say what became of the detail that the coarse bands lack.

    Distances are |x - y| / |x + y|, mean over bands, of estimate to truth (d_im) and of estimate to upsampled coarse
    bands (d_om), each divided by that of upsampled to truth (d_ref), where any of the three is above the 75th
    percentile of d_ref. With H = d_im + d_om - 1: improvement d_im + d_om (1 - exp(-0.05 H)), omission
    d_om + d_im (1 - exp(-0.05 H)), hallucination exp(-0.05 d_im d_om), then the share of each is its
    softmin of temperature 0.25.

    Returns:
        ``improvement``, ``omission``, ``hallucination``: mean shares that add up to 1 (the truth scores 0.965, 0.018,
        0.018); ``synthesis``: mean absolute difference of the estimate to the upsampled bands, in reflectance.
    """
    cut = slice(case.border, -case.border or None)
    truth, estimate, upsampled = (
        image[:, cut, cut].astype(np.float64) for image in (case.truth, case.estimate, case.upsampled)
    )
    mask = case.mask[cut, cut]
    reference, improved, omitted = (
        _distance(a, b)[mask] for a, b in ((upsampled, truth), (estimate, truth), (estimate, upsampled))
    )
    threshold = np.percentile(reference, THRESHOLD_PERCENTILE)
    kept = (np.maximum(np.maximum(reference, improved), omitted) >= threshold) & (reference > EPSILON)
    shares = _shares(improved[kept] / reference[kept], omitted[kept] / reference[kept])
    names = ("improvement", "omission", "hallucination")
    result = {name: float(share.mean()) if kept.any() else float("nan") for name, share in zip(names, shares)}
    return {**result, "synthesis": float(np.abs(estimate - upsampled)[:, mask].mean())}


def phase_shift(a: Array, b: Array) -> tuple[float, float]:
    """Return by how many pixels (rows, columns) ``b`` lies below and right of ``a``, by phase correlation.

    Bands are tapered, their cross-power spectra normalised and added; the peak is refined to a hundredth of a pixel by
    a Fourier sum around it (Guizar-Sicairos et al., 2008).
    """
    rows, columns = a.shape[1:]
    taper = np.outer(np.hanning(rows + 2)[1:-1], np.hanning(columns + 2)[1:-1])
    spectra = [np.fft.fft2((image - image.mean(axis=(1, 2), keepdims=True)) * taper) for image in (a, b)]
    power = np.conj(spectra[0]) * spectra[1]
    power = (power / np.maximum(np.abs(power), EPSILON * np.abs(power).max() + np.finfo(float).tiny)).sum(axis=0)
    peak = np.unravel_index(np.abs(np.fft.ifft2(power)).argmax(), power.shape)
    centre = [float(at - size if at > size // 2 else at) for at, size in zip(peak, power.shape)]
    for step in (0.1, 0.01):
        offsets = np.arange(-10, 11) * step
        values = np.abs(_fourier_sum(power, centre[0] + offsets, centre[1] + offsets))
        row, column = np.unravel_index(values.argmax(), values.shape)
        centre = [centre[0] + offsets[row], centre[1] + offsets[column]]
    return float(centre[0]), float(centre[1])


def _fourier_sum(power: npt.NDArray[np.complex128], rows: Array, columns: Array) -> npt.NDArray[np.complex128]:
    """Evaluate the inverse Fourier transform at any positions."""
    row_waves = np.exp(2j * np.pi * np.outer(rows, np.fft.fftfreq(power.shape[0], 1.0)))
    column_waves = np.exp(2j * np.pi * np.outer(np.fft.fftfreq(power.shape[1], 1.0), columns))
    return np.asarray(row_waves @ power @ column_waves)


def _shares(improved: Array, omitted: Array) -> list[Array]:
    excess = improved + omitted - 1
    scores = np.stack(
        [
            improved + omitted * (1 - np.exp(-LAMBDA * excess)),
            omitted + improved * (1 - np.exp(-LAMBDA * excess)),
            np.exp(-LAMBDA * improved * omitted),
        ]
    )
    weights = np.exp(-(scores - scores.min(axis=0)) / TEMPERATURE)
    return list(weights / weights.sum(axis=0))


def _distance(a: Array, b: Array) -> Array:
    return np.asarray((np.abs(a - b) / np.maximum(np.abs(a + b + EPSILON), EPSILON)).mean(axis=0))


def _angle(a: Array, b: Array) -> float:
    norm = np.linalg.norm(a, axis=0) * np.linalg.norm(b, axis=0)
    kept = norm > 0
    return float(np.degrees(np.arccos(np.clip((a * b).sum(axis=0)[kept] / norm[kept], -1, 1))).mean())

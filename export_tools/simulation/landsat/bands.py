# SPDX-License-Identifier: GPL-2.0-or-later
"""The bands of a simulated Landsat product: which layers of the landscape they see, with which blur and noise.

One pixel of the landscape stands for 7.5 m here, since the grids of pan and 30 m bands are that far apart.
"""

from __future__ import annotations

import math

from ....core.point_spread import sigma_of_mtf
from ....core.sensors import SensorBand, sensor_by_id
from ..bands import SimulatedBand
from ..metadata import SUN_ZENITH

PIXEL = 7.5
SUN_ELEVATION = 90 - SUN_ZENITH
# Weights of the landscape's layers (Sentinel-2's bands in wavelength order; layer 12 is cirrus).
MIXTURES: dict[str, dict[int, float]] = {
    "B1": {0: 1.0}, "B2": {1: 1.0}, "B3": {2: 1.0}, "B8": {1: 0.1, 2: 0.5, 3: 0.4}, "B4": {3: 1.0}, "B5": {8: 1.0},
    "B9": {12: 1.0}, "B6": {10: 1.0}, "B7": {11: 1.0},
}  # fmt: skip
# Signal-to-noise ratio at the typical radiance (Morfitt et al. 2015), and what reflectance that radiance is.
SIGNAL_TO_NOISE = {
    "B1": (238, 0.066), "B2": (364, 0.063), "B3": (302, 0.052), "B8": (149, 0.042), "B4": (227, 0.045),
    "B5": (204, 0.046), "B9": (165, 0.051), "B6": (265, 0.051), "B7": (334, 0.063),
}  # fmt: skip
THERMAL = ("B10", "B11")
# Reflectance per digital number and reflectance of digital number 0; of Level-1 before the sun's elevation.
SCALES = {"L1TP": (2.0e-5, -0.1), "L2SP": (2.75e-5, -0.2)}


def bands_of(level: str) -> tuple[SimulatedBand, ...]:
    """Return the reflective bands of a level in the sensor file's order; Level-2 has neither pan nor cirrus."""
    declared = sensor_by_id("landsat").bands
    bands = tuple(_simulated(band, layer) for layer, band in enumerate(declared))
    return tuple(band for band in bands if level == "L1TP" or band.name not in ("B8", "B9"))


def relation(level: str) -> tuple[float, float]:
    """Return (scale, offset): reflectance = digital number x scale + offset."""
    scale, offset = SCALES[level]
    sine = math.sin(math.radians(SUN_ELEVATION)) if level == "L1TP" else 1.0
    return scale / sine, offset / sine


def file_suffix(band: str, level: str) -> str:
    """Return what stands between product identifier and ``.TIF``."""
    if level == "L1TP" or not band.startswith("B"):
        return band
    return f"{'ST' if band in THERMAL else 'SR'}_{band}"


def truth_sigma() -> float:
    """Return the standard deviation, in landscape pixels, of the point spread of the truth: the pan's."""
    pan = sensor_by_id("landsat").band("B8")
    return float(sigma_of_mtf(pan.mtf_nyquist, pan.gsd) / PIXEL)


def _simulated(band: SensorBand, layer: int) -> SimulatedBand:
    ratio, reflectance = SIGNAL_TO_NOISE[band.name]
    return SimulatedBand(
        name=band.name,
        layer=layer,
        gsd=round(band.gsd),
        factor=round(band.gsd / PIXEL),
        sigma_px=sigma_of_mtf(band.mtf_nyquist, band.gsd) / PIXEL,
        noise=reflectance / ratio,
        noise_reflectance=reflectance,
        wavelength_nm=band.wavelength_nm,
        bandwidth_nm=band.bandwidth_nm,
    )

# SPDX-License-Identifier: GPL-2.0-or-later
"""Normalised differences of two bands, and which bands of a raster they take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

# Central wavelengths in nanometres between which a band is called by its colour; of several the nearest to the middle
# number counts, which for the near infrared is Landsat's and Sentinel-2's narrow band.
COLOURS = {
    "blue": (450.0, 490.0, 520.0),
    "green": (530.0, 560.0, 590.0),
    "red": (630.0, 660.0, 680.0),
    "nir": (770.0, 864.7, 900.0),
    "swir1": (1560.0, 1612.0, 1660.0),
    "swir2": (2080.0, 2200.0, 2300.0),
}


@dataclass(frozen=True)
class Index:
    """A normalised difference (first - second) / (first + second) of two colours, and who defined it."""

    name: str
    first: str
    second: str
    source: str


INDICES = (
    Index("NDVI", "nir", "red", "Rouse et al. 1974; Tucker 1979"),
    Index("NDWI", "green", "nir", "McFeeters 1996"),
    Index("NDWI1", "nir", "swir1", "Gao 1996; also called NDMI"),
    Index("NDWI2", "nir", "swir2", "also called NBR (Key and Benson 2006)"),
)


def colours_of(wavelengths: Mapping[str, float]) -> dict[str, str]:
    """Return the band of each colour.

    Args:
        wavelengths: central wavelength in nanometres by band; 0 where it is unknown.

    Returns:
        Band by colour, for colours that there are.
    """
    found = {}
    for colour, (low, middle, high) in COLOURS.items():
        inside = [name for name, wavelength in wavelengths.items() if low <= wavelength <= high]
        if inside:
            found[colour] = min(inside, key=lambda name, centre=middle: abs(wavelengths[name] - centre))  # type: ignore[misc]
    return found


def normalised_difference(first: npt.NDArray[np.generic], second: npt.NDArray[np.generic]) -> tuple[Values, Mask]:
    """Return (first - second) / (first + second) in -1 to 1, and where it is defined: where the sum is above 0.

    Reflectances of dark or overcorrected pixels may be negative; what leaves -1 to 1 by that is clipped.
    """
    one, two = first.astype(np.float64), second.astype(np.float64)
    total = one + two
    defined = np.asarray(total > 0)
    ratio = np.divide(one - two, total, out=np.zeros_like(total), where=defined)
    return np.clip(ratio, -1, 1), defined

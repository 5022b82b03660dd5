# SPDX-License-Identifier: GPL-2.0-or-later
"""BRDF normalisation: Ross-thick and Li-sparse-reciprocal kernels, and the c-factor to another geometry.

Kernels: Wanner, Li and Strahler (1995), Journal of Geophysical Research 100, 21077-21089, as given in the MODIS
BRDF/Albedo ATBD 5.0 (Strahler et al. 1999, equations 37 to 44) and in Lucht, Schaaf and Strahler (2000), IEEE TGRS 38,
977-998. c-factor: Roy et al. (2016), Remote Sensing of Environment 176, 255-271.

All angles are in degrees. Relative azimuth 0 means that the sun stands behind the sensor (the hot spot); the sign of it
does not matter.
"""

from __future__ import annotations

from typing import Union

import numpy as np
import numpy.typing as npt

from .tables import KernelWeights

Angles = Union[npt.NDArray[np.float32], npt.NDArray[np.float64], float]
Values = npt.NDArray[np.float64]

# Height of the crowns' centres / their vertical radius, and vertical / horizontal radius (MODIS ATBD, equation 44).
HEIGHT, SHAPE = 2.0, 1.0


def ross_thick(sun_zenith: Angles, view_zenith: Angles, relative_azimuth: Angles) -> Values:
    """Return the volumetric kernel of a dense canopy.

    Args:
        sun_zenith: degrees.
        view_zenith: degrees.
        relative_azimuth: degrees.

    Returns:
        Kernel values of the broadcast shape, dimensionless.
    """
    sun, view, azimuth = (
        np.radians(np.asarray(angle, np.float64)) for angle in (sun_zenith, view_zenith, relative_azimuth)
    )
    cosine = _phase_cosine(sun, view, azimuth)
    phase = np.arccos(cosine)
    result: Values = ((np.pi / 2 - phase) * cosine + np.sin(phase)) / (np.cos(sun) + np.cos(view)) - np.pi / 4
    return result


def li_sparse_reciprocal(sun_zenith: Angles, view_zenith: Angles, relative_azimuth: Angles) -> Values:
    """Return the geometric kernel of sparse crowns that cast shadows.

    Args:
        sun_zenith: degrees.
        view_zenith: degrees.
        relative_azimuth: degrees.

    Returns:
        Kernel values of the broadcast shape, dimensionless.
    """
    sun, view, azimuth = (
        np.radians(np.asarray(angle, np.float64)) for angle in (sun_zenith, view_zenith, relative_azimuth)
    )
    # Spheroids become spheres in stretched coordinates.
    sun, view = (np.arctan(SHAPE * np.tan(angle)) for angle in (sun, view))
    product = np.tan(sun) * np.tan(view)
    distance = np.maximum(np.tan(sun) ** 2 + np.tan(view) ** 2 - 2 * product * np.cos(azimuth), 0)
    secants = 1 / np.cos(sun) + 1 / np.cos(view)
    cosine = np.clip(HEIGHT * np.sqrt(distance + (product * np.sin(azimuth)) ** 2) / secants, -1, 1)
    t = np.arccos(cosine)
    overlap = (t - np.sin(t) * cosine) * secants / np.pi
    result: Values = overlap - secants + (1 + _phase_cosine(sun, view, azimuth)) / (2 * np.cos(sun) * np.cos(view))
    return result


def brdf_reflectance(
    weights: KernelWeights,
    sun_zenith: Angles,
    view_zenith: Angles,
    relative_azimuth: Angles,
) -> Values:
    """Return the reflectance that weighted kernels give; arguments and shape as of :func:`ross_thick`."""
    angles = (sun_zenith, view_zenith, relative_azimuth)
    return weights.iso + weights.vol * ross_thick(*angles) + weights.geo * li_sparse_reciprocal(*angles)


def c_factor(
    weights: KernelWeights,
    sun_zenith: Angles,
    view_zenith: Angles,
    relative_azimuth: Angles,
    target_sun_zenith: float,
) -> Values:
    """Return the factor that takes reflectance to a view from the zenith: model at the target / model as measured.

    Args:
        weights: of the band.
        sun_zenith: degrees, as measured.
        view_zenith: degrees, as measured.
        relative_azimuth: degrees, as measured.
        target_sun_zenith: degrees.

    Returns:
        Factors of the broadcast shape (Roy et al. 2016, equation 6).
    """
    target = brdf_reflectance(weights, target_sun_zenith, 0.0, 0.0)
    result: Values = target / brdf_reflectance(weights, sun_zenith, view_zenith, relative_azimuth)
    return result


def _phase_cosine(sun: Values, view: Values, azimuth: Values) -> Values:
    """Return the cosine of the angle between the directions to sun and sensor, all in radians."""
    cosine = np.cos(sun) * np.cos(view) + np.sin(sun) * np.sin(view) * np.cos(azimuth)
    result: Values = np.clip(cosine, -1, 1)
    return result

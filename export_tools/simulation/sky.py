# SPDX-License-Identifier: GPL-2.0-or-later
"""Clouds and their shadows, cirrus, haze, and the air between ground and satellite."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ...core.grid import Window
from . import lattice
from .lattice import FloatArray, salt_of
from .metadata import SUN_AZIMUTH, SUN_ZENITH
from .spectra import spectra

# Height of the cloud base in metres; the shadow lies away from the sun by height x tan(zenith).
CLOUD_BASE = 900.0
SHADOW_PIXELS = CLOUD_BASE * math.tan(math.radians(SUN_ZENITH)) / 10
SHADOW = (
    round(SHADOW_PIXELS * math.cos(math.radians(SUN_AZIMUTH))),
    -round(SHADOW_PIXELS * math.sin(math.radians(SUN_AZIMUTH))),
)
# What a cloud shadow leaves of the light at short and long wavelengths: the sky still shines in the blue.
SKYLIGHT = np.array([0.46, 0.40, 0.34, 0.30, 0.28, 0.27, 0.26, 0.25, 0.25, 0.24, 0.20, 0.18], np.float32)
CIRRUS_REFLECTANCE = 0.45


@dataclass(frozen=True, eq=False)
class Sky:
    """What lies between ground and satellite in one window; all arrays are (rows, columns).

    Attributes:
        cloud: opacity of clouds, 0 to 1.
        cirrus: opacity of thin clouds, 0 to 1.
        shadow: depth of cloud shadows, 0 to 1.
        haze: amount of haze, about 0 to 1.
    """

    cloud: FloatArray
    cirrus: FloatArray
    shadow: FloatArray
    haze: FloatArray


def sky(window: Window, seed: int, cloudy: bool) -> Sky:
    """Return the sky over a window."""
    haze = lattice.ramp(lattice.fractal(window, 2600, 3, salt_of(seed, 71)), -1.6, 1.8)
    if not cloudy:
        clear = np.zeros_like(haze)
        return Sky(clear, clear, clear, haze)
    cloud = _cloud(window, seed)
    shadow = _cloud(window.shift(-SHADOW[0], -SHADOW[1]), seed)
    veil = lattice.fractal(window, 480, 5, salt_of(seed, 73), 0.55)
    cirrus = np.float32(0.22) * lattice.ramp(veil, 1.2, 2.9)
    return Sky(cloud, cirrus, shadow * (1 - cloud), haze)


def _cloud(window: Window, seed: int) -> FloatArray:
    """Return the opacity of clouds: heaps where a field of chance is high, more of them in some regions."""
    heaps = lattice.fractal(window, 95, 6, salt_of(seed, 72), 0.56)
    heaps += np.float32(0.75) * lattice.smooth(window, 620, salt_of(seed, 74))
    return lattice.ramp(heaps, 1.95, 2.75)


def look_down(surface: FloatArray, above: Sky, top_of_atmosphere: bool) -> FloatArray:
    """Return what the satellite sees.

    Args:
        surface: surface reflectance (12, rows, columns); is changed in place.
        above: the sky.
        top_of_atmosphere: whether air is in between (L1C) or was corrected for, up to a little haze (L2A).

    Returns:
        Reflectance (12, rows, columns), and for L1C the cirrus band as a thirteenth layer.
    """
    tables = spectra()
    for band, layer in enumerate(surface):
        layer *= 1 - (1 - SKYLIGHT[band]) * above.shadow
        if top_of_atmosphere:
            layer *= tables.transmission[band]
            layer += tables.path_radiance[band] + np.float32(0.8) * tables.haze[band] * above.haze
        else:
            layer += tables.haze[band] * (np.float32(0.4) * above.haze - np.float32(0.12))
        layer += above.cirrus * (tables.cloud[band] * np.float32(0.8) - layer)
        layer += above.cloud * (tables.cloud[band] * (np.float32(0.75) + np.float32(0.3) * above.cloud) - layer)
    if not top_of_atmosphere:
        return surface
    high = np.float32(0.0014) + np.float32(CIRRUS_REFLECTANCE * 0.35) * above.cirrus + np.float32(0.004) * above.cloud
    return np.concatenate([surface, high[None]])

# SPDX-License-Identifier: GPL-2.0-or-later
"""Between which values a raster layer's bands are shown.

QGIS's own cumulative cut is not used: where a raster has scale and offset it is far off without overviews (3.22), and
in 3.44 with them as well; there both limits may even be equal, and the picture is black and white.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from qgis.core import (
    QgsContrastEnhancement,
    QgsMultiBandColorRenderer,
    QgsRasterDataProvider,
    QgsRasterMinMaxOrigin,
    QgsRasterRenderer,
    QgsSingleBandGrayRenderer,
)

Limits = tuple[float, float]

# Cumulative cut in shares of the pixels, as QGIS does by default.
_DARKEST, _BRIGHTEST = 0.02, 0.98
# Pixels along an edge that are looked at for it; the second where hardly any of the first are valid, less than these.
_SAMPLES, _MANY_SAMPLES, _ENOUGH = 64, 512, 200
# Part of a constant value on either side of it, so that limits differ in spite of rounding.
_ROOM = 1e-6


def limits_of(provider: QgsRasterDataProvider, band: int) -> Limits:
    """Return the 2 and 98 % quantiles of a band, from pixels spread over it; (0, 1) where none is valid.

    A value that nearly all pixels have lies in the middle, or at the bright end where it is the largest of its type.
    """
    values = _sampled(provider, band, _SAMPLES)
    if len(values) < _ENOUGH:
        values = _sampled(provider, band, _MANY_SAMPLES)
    if not values:
        return 0.0, 1.0
    low, high = (values[round(share * (len(values) - 1))] for share in (_DARKEST, _BRIGHTEST))
    room = max(1.0, _ROOM * abs(low))
    return (low, high) if high > low else (low - room, low + room)


def _sampled(provider: QgsRasterDataProvider, band: int, side: int) -> list[float]:
    """Return the valid ones of so many pixels along each edge, in order."""
    block = provider.block(band, provider.extent(), side, side)
    measured = (block.value(place) for place in range(side**2) if not block.isNoData(place))
    return sorted(value for value in measured if math.isfinite(value))


def stretch(renderer: QgsRasterRenderer, provider: QgsRasterDataProvider, limits: Sequence[Limits]) -> None:
    """Have a renderer of three bands, or of one in grey, show them between limits, one pair for each; no other one."""
    if isinstance(renderer, QgsMultiBandColorRenderer) and len(limits) == 3:
        bands = (renderer.redBand(), renderer.greenBand(), renderer.blueBand())
        red, green, blue = (_enhancement(provider, band, ends) for band, ends in zip(bands, limits))
        renderer.setRedContrastEnhancement(red)
        renderer.setGreenContrastEnhancement(green)
        renderer.setBlueContrastEnhancement(blue)
    elif isinstance(renderer, QgsSingleBandGrayRenderer) and limits:
        renderer.setContrastEnhancement(_enhancement(provider, renderer.usesBands()[0], limits[0]))
    # Otherwise QGIS would estimate the limits again when the layer's properties are applied.
    renderer.setMinMaxOrigin(QgsRasterMinMaxOrigin())


def _enhancement(provider: QgsRasterDataProvider, band: int, limits: Limits) -> QgsContrastEnhancement:
    made = QgsContrastEnhancement(provider.dataType(band))
    made.setContrastEnhancementAlgorithm(
        QgsContrastEnhancement.ContrastEnhancementAlgorithm.StretchToMinimumMaximum, False
    )
    made.setMinimumValue(limits[0], False)
    made.setMaximumValue(limits[1], True)
    return made

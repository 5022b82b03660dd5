# SPDX-License-Identifier: GPL-2.0-or-later
"""How a preview is coloured: the same bands with the same limits for what was measured and for the result."""

from __future__ import annotations

import math

from qgis.core import (
    QgsContrastEnhancement,
    QgsMultiBandColorRenderer,
    QgsRasterDataProvider,
    QgsRasterLayer,
    QgsSingleBandGrayRenderer,
)

from ..core.sensors import Sensor

Limits = tuple[float, float]

# Wavelengths in nanometres that the eye calls red, green and blue.
_NATURAL = (660.0, 555.0, 485.0)
# Cumulative cut in shares of the pixels, as QGIS does by default, and pixels along an edge that are looked at for it.
_DARKEST, _BRIGHTEST = 0.02, 0.98
SAMPLES = 64


def first_colours(names: tuple[str, ...], sensor: Sensor | None) -> tuple[int, int, int]:
    """Return the 1-based numbers of the bands to show first: natural colours, or the first three."""
    count = len(names)
    known = {} if sensor is None else {band.name: band.wavelength_nm for band in sensor.bands}
    waves = [known.get(name) for name in names]
    if count < 3:
        return 1, 1, 1
    if not all(waves):
        return 1, 2, 3
    red, green, blue = (min(range(count), key=lambda i: (abs((waves[i] or 0) - wanted), i)) + 1 for wanted in _NATURAL)
    return red, green, blue


def renderer_colours(layer: QgsRasterLayer | None) -> tuple[tuple[int, int, int], dict[int, Limits]] | None:
    """Return the bands that a layer shows, and their limits, where it is coloured by three bands."""
    renderer = layer.renderer() if layer is not None else None
    if not isinstance(renderer, QgsMultiBandColorRenderer):
        return None
    pairs = (
        (renderer.redBand(), renderer.redContrastEnhancement()),
        (renderer.greenBand(), renderer.greenContrastEnhancement()),
        (renderer.blueBand(), renderer.blueContrastEnhancement()),
    )
    if any(band < 1 or enhancement is None for band, enhancement in pairs):
        return None
    limits = {band: (enhancement.minimumValue(), enhancement.maximumValue()) for band, enhancement in pairs}
    return (pairs[0][0], pairs[1][0], pairs[2][0]), limits


def limits_of(provider: QgsRasterDataProvider, band: int) -> Limits:
    """Return the 2 and 98 % quantiles of a band, from pixels spread over it.

    QGIS's own cumulative cut is far off where a raster has scale and offset, but no overviews (seen with 3.22).
    """
    block = provider.block(band, provider.extent(), SAMPLES, SAMPLES)
    values = sorted(block.value(place) for place in range(SAMPLES**2) if not block.isNoData(place))
    values = [value for value in values if math.isfinite(value)]
    if not values:
        return 0.0, 1.0
    low, high = (values[round(share * (len(values) - 1))] for share in (_DARKEST, _BRIGHTEST))
    return (low, high) if high > low else (low, low + 1.0)


def converted(limits: dict[int, Limits], source: QgsRasterLayer, target: QgsRasterLayer) -> dict[int, Limits]:
    """Return limits for another raster of the same digital numbers: QGIS shows them times scale plus offset."""
    old, new = source.dataProvider(), target.dataProvider()
    made = {}
    for band, ends in limits.items():
        numbers = [(end - old.bandOffset(band)) / (old.bandScale(band) or 1.0) for end in ends]
        low, high = (number * new.bandScale(band) + new.bandOffset(band) for number in numbers)
        made[band] = (low, high)
    return made


def colour(layer: QgsRasterLayer, colours: tuple[int, int, int], limits: dict[int, Limits]) -> None:
    """Show three bands of a layer between the limits of each; one band in grey."""
    provider = layer.dataProvider()
    if len(set(colours)) == 1:
        grey = QgsSingleBandGrayRenderer(provider, colours[0])
        grey.setContrastEnhancement(_enhancement(provider, colours[0], limits))
        layer.setRenderer(grey)
        return
    renderer = QgsMultiBandColorRenderer(provider, *colours)
    renderer.setRedContrastEnhancement(_enhancement(provider, colours[0], limits))
    renderer.setGreenContrastEnhancement(_enhancement(provider, colours[1], limits))
    renderer.setBlueContrastEnhancement(_enhancement(provider, colours[2], limits))
    layer.setRenderer(renderer)


def _enhancement(provider: QgsRasterDataProvider, band: int, limits: dict[int, Limits]) -> QgsContrastEnhancement:
    made = QgsContrastEnhancement(provider.dataType(band))
    made.setContrastEnhancementAlgorithm(
        QgsContrastEnhancement.ContrastEnhancementAlgorithm.StretchToMinimumMaximum, False
    )
    low, high = limits[band]
    made.setMinimumValue(low, False)
    made.setMaximumValue(high, True)
    return made

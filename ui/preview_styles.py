# SPDX-License-Identifier: GPL-2.0-or-later
"""How a preview is coloured: the same bands with the same limits for what was measured and for the result."""

from __future__ import annotations

from qgis.core import (
    QgsMultiBandColorRenderer,
    QgsRasterLayer,
    QgsSingleBandGrayRenderer,
)

from ..core.sensor_records import SensorBand
from ..core.sensors import Sensor
from ..plugin.contrast import Limits, stretch

# Wavelengths in nanometres that the eye calls red, green and blue.
_NATURAL = (660.0, 555.0, 485.0)
# Short-wave infrared, near infrared and red edge, which tell crops, soils and water apart.
_INFRARED = (1610.0, 865.0, 705.0)


def first_colours(names: tuple[str, ...], sensor: Sensor | None) -> tuple[int, int, int]:
    """Return the 1-based numbers of the bands to show first: natural colours, or the first three.

    Natural colours that are measured at the finest GSD are the same on both sides of the line. Where other bands are
    coarser, three of those are shown, so that there is something to see.
    """
    if len(names) < 3:
        return 1, 1, 1
    known = {} if sensor is None else {band.name: band for band in sensor.bands}
    bands = [(number, known[name]) for number, name in enumerate(names, start=1) if name in known]
    if len(bands) < len(names):
        return 1, 2, 3
    natural = _nearest(bands, _NATURAL)
    finest = min(band.gsd for _, band in bands)
    coarser = [(number, band) for number, band in bands if band.gsd > finest]
    if len(set(natural)) == 3 and (len(coarser) < 3 or any(number in natural for number, _ in coarser)):
        return natural
    infrared = _nearest(coarser if len(coarser) >= 3 else bands, _INFRARED)
    return infrared if len(set(infrared)) == 3 else natural


def _nearest(bands: list[tuple[int, SensorBand]], wanted: tuple[float, ...]) -> tuple[int, int, int]:
    """Return the numbers of the bands of these wavelengths, or nearly so."""
    red, green, blue = (min(bands, key=lambda one: abs(one[1].wavelength_nm - wave))[0] for wave in wanted)
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
    grey = len(set(colours)) == 1
    made = QgsSingleBandGrayRenderer(provider, colours[0]) if grey else QgsMultiBandColorRenderer(provider, *colours)
    stretch(made, provider, [limits[band] for band in (colours[:1] if grey else colours)])
    layer.setRenderer(made)

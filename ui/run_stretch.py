# SPDX-License-Identifier: GPL-2.0-or-later
"""The look of a loaded layer, to be given to the result that is made of it: same bands, same stretch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsMultiBandColorRenderer,
    QgsRasterDataProvider,
    QgsRasterLayer,
)

from ..core.errors import SensorError
from ..plugin.contrast import stretch

if TYPE_CHECKING:
    from .inputs import Recognised

Look = list[dict[str, Any]]


def look_of(layer: QgsRasterLayer | None, item: Recognised) -> Look:
    """Return how a layer in colours shows its bands, as plain values that survive the end of QGIS.

    Args:
        layer: the layer that was the input, or None.
        item: what it was recognised as, which tells the names of its bands.

    Returns:
        For red, green and blue ``band`` (name), ``low`` and ``high`` in digital numbers; empty where there is nothing
        to take over.
    """
    renderer = layer.renderer() if layer is not None else None
    if not isinstance(renderer, QgsMultiBandColorRenderer):
        return []
    channels = (
        (renderer.redBand(), renderer.redContrastEnhancement()),
        (renderer.greenBand(), renderer.greenContrastEnhancement()),
        (renderer.blueBand(), renderer.blueContrastEnhancement()),
    )
    look: Look = []
    for number, enhancement in channels:
        name = _name_of(layer, number, item)
        if enhancement is None or not name:
            return []
        provider = layer.dataProvider()
        low, high = (
            _to_stored(provider, number, value) for value in (enhancement.minimumValue(), enhancement.maximumValue())
        )
        look.append({"band": name, "low": low, "high": high})
    return look


def apply_look(layer: QgsRasterLayer, look: Look) -> bool:
    """Show a result as the input was shown; nothing happens where it lacks a band of it.

    Returns:
        Whether it was done.
    """
    provider = layer.dataProvider()
    numbers = {own_name(provider, number): number for number in range(1, layer.bandCount() + 1)}
    if len(look) != 3 or any(channel["band"] not in numbers for channel in look):
        return False
    bands = [numbers[channel["band"]] for channel in look]
    renderer = QgsMultiBandColorRenderer(provider, *bands)
    limits = [
        (_to_shown(provider, number, channel["low"]), _to_shown(provider, number, channel["high"]))
        for number, channel in zip(bands, look)
    ]
    stretch(renderer, provider, limits)
    layer.setRenderer(renderer)
    layer.triggerRepaint()
    return True


def own_name(provider: QgsRasterDataProvider, number: int) -> str:
    """Return the name that the file gives a band; QGIS puts ``Band 1: `` in front."""
    return str(provider.generateBandName(number)).partition(": ")[2].split(" ")[0]


def _name_of(layer: QgsRasterLayer, number: int, item: Recognised) -> str:
    """Return what the product calls a band of a layer, else what the file calls it; empty where neither is known."""
    name = own_name(layer.dataProvider(), number)
    if item.sensor is None or item.scene is None:
        return name
    source = layer.source()
    same = [band.name for band in item.scene.bands if band.index == number and band.path == source]
    if same:
        return same[0]
    try:
        # GDAL says "B4, central wavelength 665 nm".
        return item.sensor.band(name.rstrip(",")).name
    except SensorError:
        return ""


def _to_stored(provider: QgsRasterDataProvider, number: int, value: float) -> float:
    return float((value - provider.bandOffset(number)) / (provider.bandScale(number) or 1.0))


def _to_shown(provider: QgsRasterDataProvider, number: int, value: float) -> float:
    return float(value * provider.bandScale(number) + provider.bandOffset(number))

# SPDX-License-Identifier: GPL-2.0-or-later
"""Bandpass adjustment: the reflectance that another sensor would have measured in its corresponding band.

HLS describes Sentinel-2's bands by lines to Landsat's (Claverie et al. 2018, Remote Sensing of Environment 219,
145-161); all other directions follow from these lines without loss.
"""

from __future__ import annotations

from ..errors import SensorError
from .tables import BandpassTable, Linear

__all__ = ["Linear", "adjustments"]


def adjustments(table: BandpassTable, source: str, target: str, bands: tuple[str, ...]) -> tuple[Linear, ...]:
    """Return the lines from one sensor's bands to the corresponding ones of another.

    Args:
        table: lines to a reference.
        source: sensor that measured, such as ``landsat8``.
        target: sensor whose bandpass is wanted.
        bands: bands by their names in Sentinel-2 or in Landsat (``B8A`` and ``B5`` are the same).

    Returns:
        One line a band, with the band's name as it was given; slope 1 and offset 0 where the sensors are alike.

    Raises:
        SensorError: the table lacks a sensor or a band.
    """
    for sensor in (source, target):
        if sensor not in table.sensors:
            raise SensorError(f"The table {table.info.id} has no sensor {sensor}; it has {', '.join(table.sensors)}.")
    lines = []
    for band in bands:
        first, second = _to_reference(table, source, band), _to_reference(table, target, band)
        lines.append(Linear(band, first.slope / second.slope, (first.offset - second.offset) / second.slope))
    return tuple(lines)


def _to_reference(table: BandpassTable, sensor: str, band: str) -> Linear:
    """Return the line that leads from a sensor's band to the reference's."""
    line = table.line(sensor, band)
    if line is None:
        known = ", ".join(f"{first} ({second})" for first, second in table.pairs)
        raise SensorError(
            f"The table {table.info.id} has no line for {band} of {sensor}; its bands are {known}. Leave that band out."
        )
    return line

# SPDX-License-Identifier: GPL-2.0-or-later
"""Recognise a sensor's band in a band description or a file name."""

from __future__ import annotations

import posixpath
import re

from ..sensors import Sensor


def band_in(text: str, sensor: Sensor) -> str | None:
    """Return the sensor's name of the one band that a text names, or None.

    The whole text may be a name or an alias (``blue``); a part of it counts only where it carries a digit
    (``B8A (865 nm)``, ``T33UUB_B05_20m``), since words such as ``red`` also occur in ``red edge``.
    """
    lookup = {alias.lower(): band.name for band in sensor.bands for alias in (band.name, *band.aliases)}
    whole = text.strip().lower()
    if whole in lookup:
        return lookup[whole]
    parts = re.split(r"[^0-9a-z]+", whole)
    found = {lookup[part] for part in parts if part in lookup and re.search(r"\d", part)}
    return found.pop() if len(found) == 1 else None


def band_in_file_name(path: str, sensor: Sensor) -> str | None:
    """Return the sensor's name of the one band that a file name carries, or None.

    Where the sensor file has a ``file_pattern``, that alone tells which part of the name it is.
    """
    name = posixpath.basename(path.replace("\\", "/"))
    if not sensor.file_pattern:
        return band_in(posixpath.splitext(name)[0], sensor)
    found = re.search(sensor.file_pattern, name)
    lookup = {alias.lower(): band.name for band in sensor.bands for alias in (band.name, *band.aliases)}
    return lookup.get((found["band"] or "").lower()) if found else None

# SPDX-License-Identifier: GPL-2.0-or-later
"""Cards of networks that enlarge red, green and blue, and the stretch of reflectance they were trained on."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from torch import Tensor

from .framework import ConversionError, Options, random_examples

COLOURS = ("red", "green", "blue")
LANDSAT_COLOURS = ("B4", "B3", "B2")
LANDSAT_GSD = 30.0
OTHER_GSD = 10.0


def stretch_of(options: Options, default: tuple[float, float]) -> tuple[float, float]:
    """Return the reflectances that are 0 and the largest value of the network's range (``--set stretch=LOW,HIGH``).

    Raises:
        ConversionError: they are no two different numbers.
    """
    words = options.setting("stretch", f"{default[0]},{default[1]}").split(",")
    try:
        low, high = (float(word) for word in words)
    except ValueError as error:
        raise ConversionError("--set stretch needs two reflectances, such as stretch=0,0.25.") from error
    if low == high:
        raise ConversionError(f"--set stretch={low:g},{high:g} needs two different reflectances.")
    return low, high


def rgb_card(
    key: str, title: str, scale: int, stretch: tuple[float, float], top: float, options: Options
) -> dict[str, Any]:
    """Return the card of a network for three colours.

    Args:
        key: start of the id.
        title: for people.
        scale: output pixels along one input pixel; x3 is Landsat 30 m to 10 m, others are for any raster.
        stretch: reflectances that are 0 and ``top`` in the network's range.
        top: 1 or 255.
        options: the settings ``sensor``, ``bands``, ``gsd`` and ``levels`` say otherwise.

    Raises:
        ConversionError: ``bands`` are not three.
    """
    landsat = scale == 3
    colours = options.setting("bands", ",".join(LANDSAT_COLOURS if landsat else COLOURS)).split(",")
    if len(colours) != len(COLOURS):
        raise ConversionError(f"--set bands={','.join(colours)} needs three bands: red, green, blue.")
    gsd = options.number("gsd", LANDSAT_GSD if landsat else OTHER_GSD)
    low, high = stretch
    gain = top / (high - low)
    return {
        "id": f"{key}-x{scale}",
        "name": f"{title} x{scale}",
        "summary": f"{title}, converted: {', '.join(colours)} from {gsd:g} m to {gsd / scale:g} m.",
        "sensor": options.setting("sensor", "landsat" if landsat else "any"),
        "levels": [level for level in options.setting("levels").split(",") if level],
        "gsd": gsd / scale,
        "scale_factor": scale,
        "value_range": {"scale": gain, "offset": -low * gain},
        "inputs": [{"name": "image", "bands": colours, "gsd": gsd}],
        "outputs": [{"name": "sharpened", "bands": colours, "role": "value"}],
    }


def other_scale(source: Path, scale: int) -> list[str]:
    """Return a note where a file name claims another scale than its tensors have, as one of SouthPole's does."""
    named = re.search(r"[-_]x(\d)(?!\d)", source.name)
    if named is None or int(named.group(1)) == scale:
        return []
    return [f"The file is called x{named.group(1)}, but its network is x{scale}."]


def rgb_examples(top: float) -> tuple[tuple[Tensor, ...], ...]:
    """Return images in 0..top of two sizes."""
    made = random_examples([[(1, 3, 12, 12)], [(2, 3, 9, 14)]])
    return tuple(tuple(tensor * top for tensor in tensors) for tensors in made)

# SPDX-License-Identifier: GPL-2.0-or-later
"""The quality rasters of Landsat, Sentinel-2, Fmask and HLS in one scheme of classes.

Every kind of quality raster becomes an array of uint8:

=== ======= ===============================================================
0   clear   land (or water, where the raster does not tell it from land)
1   cloud   cloud, and what the producer calls adjacent to one
2   shadow  of a cloud
3   cirrus  thin high cloud
4   snow    snow or ice
5   water   clear water
255 nodata  fill, or a value that the raster's documentation does not have
=== ======= ===============================================================

A pixel that a raster gives several of them is nodata, else cloud, shadow, cirrus, snow or water, in this order.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from ..errors import ProductError
from ..hls import hls_family

Classes = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]

CLEAR, CLOUD, SHADOW, CIRRUS, SNOW, WATER, NODATA = 0, 1, 2, 3, 4, 5, 255
NAMES = {CLEAR: "clear", CLOUD: "cloud", SHADOW: "shadow", CIRRUS: "cirrus", SNOW: "snow", WATER: "water"}
QA_PIXEL, SCL, FMASK, HLS_FMASK, OWN, BINARY = "qa_pixel", "scl", "fmask", "hls_fmask", "classes", "binary"
KINDS = (QA_PIXEL, SCL, FMASK, HLS_FMASK, OWN, BINARY)
# Sentinel-2 scene classification (Level-2A algorithm theoretical basis): 0 no data, 1 saturated or defective, 2 dark
# area, 3 cloud shadow, 4 vegetation, 5 bare, 6 water, 7 unclassified, 8 and 9 cloud of medium and high probability,
# 10 thin cirrus, 11 snow or ice.
_SCL = {0: NODATA, 1: NODATA, 2: CLEAR, 3: SHADOW, 4: CLEAR, 5: CLEAR, 6: WATER, 7: CLEAR, 8: CLOUD, 9: CLOUD}
_SCL.update({10: CIRRUS, 11: SNOW})
# Fmask 4 (Qiu et al., Remote Sensing of Environment 231, 2019): 0 land, 1 water, 2 shadow, 3 snow, 4 cloud, 255 fill.
_FMASK = {0: CLEAR, 1: WATER, 2: SHADOW, 3: SNOW, 4: CLOUD}


def classify(values: npt.NDArray[np.generic], kind: str, medium_confidence: bool = False) -> Classes:
    """Return the classes of a quality raster.

    Args:
        values: digital numbers of any shape, as the file holds them: resample quality rasters by nearest neighbour.
        kind: one of :data:`KINDS`. ``qa_pixel``: bits of Landsat Collection 2 (LSDS-1619). ``scl``: Sentinel-2's scene
            classification. ``fmask``: numbers of the Fmask program. ``hls_fmask``: bits of HLS version 2. ``classes``:
            those of this module. ``binary``: 0 is clear, anything else cloud.
        medium_confidence: of ``qa_pixel``, also take clouds of medium confidence.

    Raises:
        ProductError: the kind is unknown, or values are no whole numbers.
    """
    if kind not in KINDS:
        raise ProductError(f"There is no quality raster of kind {kind}. Choose one of {', '.join(KINDS)}.")
    if values.dtype.kind == "f":
        whole = np.isfinite(values) & (values == np.rint(values))
        if not whole[np.isfinite(values)].all():
            raise ProductError(
                f"The values of a quality raster ({kind}) must be whole numbers. Use the raster as delivered; "
                "resample it, if at all, by nearest neighbour."
            )
        values = np.where(whole, values, -1).astype(np.int64)
    if kind == BINARY:
        return np.where(values == 0, CLEAR, CLOUD).astype(np.uint8)
    table = _table(kind, medium_confidence)
    last = len(table) - 1
    # Indices of 8 and 16 bits cannot leave their tables.
    if np.iinfo(values.dtype).min < 0 or np.iinfo(values.dtype).max > last:  # type: ignore[type-var]
        outside = (values < 0) | (values > last)  # type: ignore[operator]
        found = table[np.where(outside, 0, values).astype(np.intp)]
        found[outside] = NODATA
        return found
    return np.asarray(table[values], np.uint8)


def guess_kind(name: str, path: str = "") -> str | None:
    """Return the kind that the name of a band or file tells, or None; ``Fmask`` is that of HLS in its files.

    Args:
        name: of a band or file.
        path: of the file that has the band.
    """
    text = name.strip().lower()
    if text == OWN:
        return OWN
    if "qa_pixel" in text or "qa-pixel" in text:
        return QA_PIXEL
    if "fmask" in text:
        return HLS_FMASK if text.startswith("hls.") or hls_family(text) or hls_family(path) else FMASK
    words = "".join(letter if letter.isalnum() else " " for letter in text).split()
    return SCL if "scl" in words else None


@lru_cache(maxsize=16)
def _table(kind: str, medium_confidence: bool) -> Classes:
    """Return the class of each value of 8 or 16 bits."""
    if kind == QA_PIXEL:
        return _landsat(np.arange(1 << 16), medium_confidence)
    numbers = np.arange(1 << 8)
    if kind == HLS_FMASK:
        return _hls(numbers)
    if kind == OWN:
        return _listed({number: number for number in NAMES})
    return _listed(_SCL if kind == SCL else _FMASK)


def _listed(meanings: dict[int, int]) -> Classes:
    table = np.full(1 << 8, NODATA, np.uint8)
    table[list(meanings)] = list(meanings.values())
    return table


def _landsat(values: npt.NDArray[np.int_], medium_confidence: bool) -> Classes:
    """Return classes of QA_PIXEL.

    Bits (LSDS-1619, Landsat 8-9 Collection 2 Level 2 Science Product Guide): 0 fill, 1 dilated cloud, 2 cirrus,
    3 cloud, 4 cloud shadow, 5 snow, 6 clear, 7 water; two bits each for the confidence in cloud (8), cloud shadow
    (10), snow or ice (12) and cirrus (14): 1 low, 2 medium (of clouds only), 3 high. The flags 2 to 5 are set at high
    confidence.
    """

    def confident(first: int) -> Mask:
        return np.asarray((values >> first & 3) == 3)

    cloud = _bit(values, 1) | _bit(values, 3) | confident(8)
    if medium_confidence:
        cloud |= (values >> 8 & 3) == 2
    return _layered(
        values.size,
        (
            (WATER, _bit(values, 7)),
            (SNOW, _bit(values, 5) | confident(12)),
            (CIRRUS, _bit(values, 2) | confident(14)),
            (SHADOW, _bit(values, 4) | confident(10)),
            (CLOUD, cloud),
            (NODATA, _bit(values, 0)),
        ),
    )


def _hls(values: npt.NDArray[np.int_]) -> Classes:
    """Return classes of HLS' Fmask (HLS version 2 product user guide).

    Bits: 0 cirrus, reserved, 1 cloud, 2 adjacent to cloud or shadow, 3 shadow, 4 snow or ice, 5 water, 6 and 7 aerosol
    level; 255 is fill.
    """
    return _layered(
        values.size,
        (
            (WATER, _bit(values, 5)),
            (SNOW, _bit(values, 4)),
            (CIRRUS, _bit(values, 0)),
            (CLOUD, _bit(values, 2)),
            (SHADOW, _bit(values, 3)),
            (CLOUD, _bit(values, 1)),
            (NODATA, values == 255),
        ),
    )


def _bit(values: npt.NDArray[np.int_], number: int) -> Mask:
    return np.asarray(values >> number & 1, np.bool_)


def _layered(size: int, layers: Iterable[tuple[int, Mask]]) -> Classes:
    """Return classes where later layers cover earlier ones."""
    table = np.zeros(size, np.uint8)
    for number, where in layers:
        table[where] = number
    return table

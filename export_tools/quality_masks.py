# SPDX-License-Identifier: GPL-2.0-or-later
"""Which pixels of a quality raster show the ground: the kinds that the engine knows, and those of training scenes.

Clouds, their shadows, cirrus and pixels without a statement are no ground to learn from; snow and water are.
"""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

from ..core.errors import ProductError
from ..core.harmonization.clouds import (
    CIRRUS,
    CLEAR,
    CLOUD,
    KINDS,
    NODATA,
    SHADOW,
    SNOW,
    Classes,
    CloudOptions,
    Mask,
    classify,
    clear_mask,
    guess_kind,
)

__all__ = ["ALL_KINDS", "MODIS_STATE", "MSK_CLASSI", "QA60", "VIIRS_QF1", "VIIRS_QF2", "classes_of", "clear", "kind_of"]

MODIS_STATE, VIIRS_QF1, VIIRS_QF2, QA60, MSK_CLASSI = "modis_state", "viirs_qf1", "viirs_qf2", "qa60", "msk_classi"
ALL_KINDS = (*KINDS, MODIS_STATE, VIIRS_QF1, VIIRS_QF2, QA60, MSK_CLASSI)
MODIS_FILL = 65535
# Clouds are not grown: what is at hand is grown by its maker, or was not grown for the bundled models either.
OPTIONS = CloudOptions(dilation=0)
_STATE = re.compile(r"^(state 1km( 1)?|sur refl state 500m|1km reflectance data state qa)$")
_QF = re.compile(r"^(?:surfreflect )?qf([12])(?: 1| surface reflectance)?$")


def clear(values: npt.NDArray[np.generic], kind: str) -> Mask:
    """Return True where a quality raster states that the ground is seen.

    Args:
        values: digital numbers of any shape.
        kind: one of :data:`ALL_KINDS`.

    Raises:
        ProductError: the kind is unknown, or values are no whole numbers.
    """
    return clear_mask(classes_of(values, kind), 1.0, OPTIONS)


def classes_of(values: npt.NDArray[np.generic], kind: str) -> Classes:
    """Return the classes of ``core.harmonization.cloud_classes`` for a quality raster.

    Kinds besides those of the engine:

    * ``modis_state``: state of MOD09, MOD09GA and MOD09A1 (MODIS Surface Reflectance User's Guide, collection 6). Bits
      0-1 are 1 cloudy, 2 mixed (3 is assumed clear), 2 shadow, 8-9 cirrus (2 average, 3 high), 10 the internal cloud
      test, 12 and 15 snow, 13 adjacent to cloud; 65535 is fill. The internal test also finds snow, which is kept.
    * ``viirs_qf1``: QF1 of VNP09 and VNP09GA (VIIRS Surface Reflectance User's Guide). Bits 2-3 are 0 confident clear,
      1 probably clear, 2 probably cloudy, 3 confident cloudy.
    * ``viirs_qf2``: QF2 of the same. Bits 3 shadow, 5 snow, 6 thin cirrus in reflective bands.
    * ``qa60``: bits 10 opaque cloud, 11 cirrus (Sentinel-2 in Earth Engine).
    * ``msk_classi``: bits 0 opaque cloud, 1 cirrus, 2 snow, 7 no value. In products these are bands of a file.

    Raises:
        ProductError: the kind is unknown, or values are no whole numbers.
    """
    if kind in KINDS:
        return classify(values, kind)
    if kind not in _LAYERS:
        raise ProductError(f"There is no quality raster of kind {kind}. Choose one of {', '.join(ALL_KINDS)}.")
    if values.dtype.kind == "f":
        raise ProductError(f"A quality raster ({kind}) has whole numbers, not fractions. Use the raster as delivered.")
    # A file may hold unsigned numbers of 16 bits as signed ones.
    return _LAYERS[kind](values.astype(np.int64) & 0xFFFF)


def kind_of(name: str, path: str = "") -> str | None:
    """Return the kind that the name of a file, a band of a file or a raster in an HDF file tells, or None."""
    text = name.strip().lower().replace("_", " ")
    if "msk classi" in text:
        return MSK_CLASSI
    if re.search(r"\bqa60\b", text):
        return QA60
    if _STATE.match(text):
        return MODIS_STATE
    found = _QF.match(text)
    if found is not None:
        return VIIRS_QF1 if found[1] == "1" else VIIRS_QF2
    return guess_kind(name, path)


def _modis_state(values: npt.NDArray[np.int64]) -> Classes:
    snow = _bit(values, 12) | _bit(values, 15)
    state = values & 3
    cloud = (state == 1) | (state == 2) | _bit(values, 13) | (_bit(values, 10) & ~snow)
    cirrus, shadow = (values >> 8 & 3) >= 2, _bit(values, 2)
    return _layered(
        values.shape,
        ((SNOW, snow), (CIRRUS, cirrus), (SHADOW, shadow), (CLOUD, cloud), (NODATA, values == MODIS_FILL)),
    )


def _viirs_qf1(values: npt.NDArray[np.int64]) -> Classes:
    return _layered(values.shape, ((CLOUD, (values >> 2 & 3) >= 2),))


def _viirs_qf2(values: npt.NDArray[np.int64]) -> Classes:
    return _layered(values.shape, ((SNOW, _bit(values, 5)), (CIRRUS, _bit(values, 6)), (SHADOW, _bit(values, 3))))


def _qa60(values: npt.NDArray[np.int64]) -> Classes:
    return _layered(values.shape, ((CIRRUS, _bit(values, 11)), (CLOUD, _bit(values, 10))))


def _msk_classi(values: npt.NDArray[np.int64]) -> Classes:
    layers = ((SNOW, _bit(values, 2)), (CIRRUS, _bit(values, 1)), (CLOUD, _bit(values, 0)), (NODATA, _bit(values, 7)))
    return _layered(values.shape, layers)


_LAYERS = {
    MODIS_STATE: _modis_state,
    VIIRS_QF1: _viirs_qf1,
    VIIRS_QF2: _viirs_qf2,
    QA60: _qa60,
    MSK_CLASSI: _msk_classi,
}


def _bit(values: npt.NDArray[np.int64], number: int) -> Mask:
    return np.asarray(values >> number & 1, np.bool_)


def _layered(shape: tuple[int, ...], layers: tuple[tuple[int, Mask], ...]) -> Classes:
    """Return classes where later layers cover earlier ones."""
    classes = np.full(shape, CLEAR, np.uint8)
    for number, where in layers:
        classes[where] = number
    return classes

# SPDX-License-Identifier: GPL-2.0-or-later
"""Digital number <-> reflectance <-> network range; the same functions serve training and inference."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .scene import Band

Image = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Radiometry:
    """A linear relation: network value = digital number x gain + bias."""

    gain: float
    bias: float

    @classmethod
    def of(cls, scale: float, offset: float, value_scale: float, value_offset: float) -> Radiometry:
        """Combine reflectance = digital number x scale + offset with network value = reflectance x ... + ...."""
        return cls(scale * value_scale, offset * value_scale + value_offset)

    def to_network(self, digital_numbers: npt.NDArray[np.generic], out: Image) -> None:
        """Write the network values of digital numbers into ``out`` (same shape, float32)."""
        np.multiply(digital_numbers, np.float32(self.gain), out=out, casting="unsafe")
        out += np.float32(self.bias)

    def to_digital_numbers(self, values: Image) -> Image:
        """Return the digital numbers of network values, neither rounded nor clipped."""
        result: Image = (values - np.float32(self.bias)) * np.float32(1.0 / self.gain)
        return result


def valid_mask(
    digital_numbers: npt.NDArray[np.generic], nodata: float | None, saturated: float | None
) -> npt.NDArray[np.bool_]:
    """Return True where a pixel was measured: neither nodata nor saturated nor NaN nor infinite."""
    if digital_numbers.dtype.kind == "f":
        mask = np.isfinite(digital_numbers)
    else:
        mask = np.ones(digital_numbers.shape, dtype=np.bool_)
    for special in (nodata, saturated):
        if special is not None and _occurs(special, digital_numbers.dtype):
            # In the type of the pixels: comparing with a Python float would convert them all.
            mask &= digital_numbers != digital_numbers.dtype.type(special)
    return mask


def band_mask(digital_numbers: npt.NDArray[np.generic], band: Band) -> npt.NDArray[np.bool_]:
    """Return True where a pixel of a band was measured: no special value, and within the band's valid range."""
    mask = valid_mask(digital_numbers, band.nodata, band.saturated)
    if band.valid_range is not None:
        low, high = band.valid_range
        mask &= np.greater_equal(digital_numbers, low) & np.less_equal(digital_numbers, high)
    return mask


def _occurs(special: float, dtype: np.dtype[np.generic]) -> bool:
    """Return whether pixels of this type can hold a special value."""
    if dtype.kind == "f":
        return not np.isnan(special)
    info = np.iinfo(dtype)  # type: ignore[type-var]
    return bool(info.min <= special <= info.max and special == int(special))


def store(
    values: npt.NDArray[np.generic],
    dtype: np.dtype[np.generic],
    nodata: float | None,
    saturated: float | None,
    valid_range: tuple[float, float] | None = None,
) -> npt.NDArray[np.generic]:
    """Round digital numbers half to even and clip them to what the type can hold besides its special values.

    Where a valid range is given they are clipped to it, or readers of the result would discard them.

    A measured pixel never becomes nodata or saturated: at the ends of the range it stops one short of them, elsewhere
    it takes the next higher number.
    """
    specials = {special for special in (nodata, saturated) if special is not None}
    if valid_range is not None:
        values = np.clip(values, *valid_range)
    if dtype.kind == "f":
        return _avoid(values.astype(dtype), specials)
    info = np.iinfo(dtype)  # type: ignore[type-var]
    low, high = int(info.min), int(info.max)
    while low in specials:
        low += 1
    while high in specials:
        high -= 1
    # float32 cannot hold the ends of the 32-bit types.
    exact = values.astype(np.float64) if dtype.itemsize > 2 else values
    rounded = np.clip(np.rint(exact), low, high).astype(dtype)
    return _avoid(rounded, {special for special in specials if low < special < high})


def _avoid(stored: npt.NDArray[np.generic], specials: set[float]) -> npt.NDArray[np.generic]:
    for special in specials:
        hit = stored == special
        if hit.any():
            stored[hit] = special + 1 if stored.dtype.kind in "iu" else np.nextafter(stored[hit], np.inf)
    return stored

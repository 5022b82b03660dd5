# SPDX-License-Identifier: GPL-2.0-or-later
"""Value scaling of STAC MLM items: what happens to stored values before the network, as gains, offsets and limits.

Source: github.com/stac-extensions/mlm, Value Scaling Object (1.3 and later) and norm_type with statistics (before).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .framework import ConversionError

FAMILY = "STAC MLM"
# Names before version 1.3.
OLD_TYPES = {"min-max": "min-max", "z-score": "z-score"}


@dataclass(frozen=True)
class Scaling:
    """Network value = stored value x gain + offset, clipped to low..high."""

    gain: float = 1.0
    offset: float = 0.0
    low: float = -math.inf
    high: float = math.inf


def scalings_of(entry: Mapping[str, Any], count: int) -> tuple[Scaling, ...]:
    """Return the scaling of each band of an ``mlm:input``.

    Raises:
        ConversionError: code or an expression is named, a number is missing, or there is not one for each band.
    """
    described = entry.get("value_scaling")
    if described is None:
        described = _old_style(entry)
    if described is None:
        return (Scaling(),) * count
    if not isinstance(described, list) or not all(isinstance(item, Mapping) for item in described):
        raise ConversionError(f"{FAMILY}: value_scaling must be a list of objects.")
    if len(described) not in (1, count):
        raise ConversionError(f"{FAMILY}: value_scaling has {len(described)} entries for {count} bands.")
    made = tuple(_scaling(item) for item in described)
    return made * count if len(made) == 1 else made


def _scaling(item: Mapping[str, Any]) -> Scaling:
    kind = item.get("type")
    if kind is None:
        return Scaling()
    makers = {
        "min-max": lambda: _between(_number(item, "minimum"), _number(item, "maximum")),
        "z-score": lambda: _standard(_number(item, "mean"), _number(item, "stddev")),
        "offset": lambda: Scaling(offset=-_number(item, "value")),
        "scale": lambda: Scaling(gain=1 / _positive(_number(item, "value"))),
        "clip": lambda: Scaling(low=_number(item, "minimum"), high=_number(item, "maximum")),
        "clip-min": lambda: Scaling(low=_number(item, "minimum")),
        "clip-max": lambda: Scaling(high=_number(item, "maximum")),
    }
    if kind not in makers:
        raise ConversionError(
            f"{FAMILY}: value_scaling of type {kind!r} needs code of its own, which is never run. Known are "
            f"{', '.join(makers)}."
        )
    return makers[str(kind)]()


def _between(low: float, high: float) -> Scaling:
    span = _positive(high - low)
    return Scaling(1 / span, -low / span)


def _standard(mean: float, deviation: float) -> Scaling:
    spread = _positive(deviation)
    return Scaling(1 / spread, -mean / spread)


def _positive(value: float) -> float:
    if not value > 0:
        raise ConversionError(f"{FAMILY}: value_scaling divides by {value:g}, which is not above 0.")
    return value


def _number(item: Mapping[str, Any], key: str) -> float:
    value = item.get(key)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ConversionError(f"{FAMILY}: value_scaling of type {item.get('type')} needs the number {key}.")
    return float(value)


def _old_style(entry: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    """Return norm_type and statistics as value scaling."""
    kind = entry.get("norm_type")
    if kind is None:
        return None
    statistics = entry.get("statistics")
    if kind not in OLD_TYPES or not isinstance(statistics, list):
        raise ConversionError(f"{FAMILY}: norm_type {kind!r} is none of {', '.join(OLD_TYPES)}, or has no statistics.")
    return [{"type": OLD_TYPES[kind], **item} for item in statistics if isinstance(item, Mapping)]

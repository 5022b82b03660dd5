# SPDX-License-Identifier: GPL-2.0-or-later
"""Read the parts of a model card; each raises ValueError with the end of a sentence where a field is wrong."""

from __future__ import annotations

from typing import Any

from .card_records import CardBlend, CardInput, CardInterval, CardOutput, ScenePass
from .declarations import finite, names, number, whole

INTERVAL_SOURCES = ("spread", "ensemble")
# Columns beside one a guide band: spread and explained share.
SCENE_PASSES = {"detail_regression": 2}


def input_of(entry: dict[str, Any]) -> CardInput:
    """Return an input tensor."""
    return CardInput(str(entry["name"]), names(entry, "bands"), number(entry, "gsd"), whole(entry, "dates", 1))


def output_of(entry: dict[str, Any]) -> CardOutput:
    """Return an output tensor."""
    return CardOutput(str(entry["name"]), names(entry, "bands"), str(entry.get("role", "value")))


def scene_pass_of(entry: dict[str, Any] | None) -> ScenePass | None:
    """Return what is computed once per scene."""
    if entry is None:
        return None
    scene_pass = ScenePass(
        kind=str(entry["kind"]),
        input=str(entry["input"]),
        guides=names(entry, "guides"),
        targets=names(entry, "targets"),
        default=tuple(tuple(finite(value, "scene_pass.default") for value in row) for row in entry["default"]),
    )
    if scene_pass.kind not in SCENE_PASSES:
        raise ValueError(f"scene_pass.kind must be one of {', '.join(SCENE_PASSES)}")
    columns = len(scene_pass.guides) + SCENE_PASSES[scene_pass.kind]
    if len(scene_pass.default) != len(scene_pass.targets) or any(len(row) != columns for row in scene_pass.default):
        raise ValueError(f"scene_pass.default must have {len(scene_pass.targets)} rows of {columns} numbers")
    return scene_pass


def sentence(value: Any) -> str:
    """Return a text."""
    if not isinstance(value, str):
        raise ValueError("experimental must be a sentence that says why")
    return value.strip()


def clip_of(entry: Any) -> tuple[float, float] | None:
    """Return the smallest and largest network value of an input."""
    if entry is None:
        return None
    low, high = (finite(end, "value_range.clip") for end in entry)
    if low >= high:
        raise ValueError("value_range.clip must be two numbers, the smaller one first")
    return low, high


def blend_of(entry: dict[str, Any] | None) -> CardBlend | None:
    """Return the sides of blocks and overlaps."""
    if entry is None:
        return None
    blend = CardBlend(whole(entry, "block"), whole(entry, "overlap"), whole(entry, "multiple", 1))
    if 2 * blend.overlap > blend.block:
        raise ValueError("blend.overlap must be at most half of blend.block")
    if blend.block % blend.multiple:
        raise ValueError("blend.block must be a multiple of blend.multiple")
    return blend


def interval_of(entry: dict[str, Any] | None) -> CardInterval | None:
    """Return how an interval is made."""
    if entry is None:
        return None
    factors = entry["factors"]
    interval = CardInterval(
        coverage=number(entry, "coverage"),
        source=str(entry["source"]),
        factors=tuple((str(band), finite(value, f"interval.factors.{band}")) for band, value in factors.items()),
        floor=number(entry, "floor", 0.0),
        uncalibrated=names(entry, "uncalibrated", ()),
        scene_ratio=number(entry, "scene_ratio", 1.0),
    )
    if not 0 < interval.coverage < 1:
        raise ValueError("interval.coverage must lie between 0 and 1")
    if interval.source not in INTERVAL_SOURCES:
        raise ValueError(f"interval.source must be one of {', '.join(INTERVAL_SOURCES)}")
    if any(factor <= 0 for _, factor in interval.factors) or interval.scene_ratio <= 0:
        raise ValueError("interval.factors and interval.scene_ratio must be positive")
    if not {*interval.uncalibrated} <= {band for band, _ in interval.factors}:
        raise ValueError("interval.uncalibrated must name bands of interval.factors")
    if interval.floor < 0:
        raise ValueError("interval.floor must not be negative")
    return interval

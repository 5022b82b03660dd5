# SPDX-License-Identifier: GPL-2.0-or-later
"""The number in the closure of a Keras Lambda layer, read from JSON; its marshalled code is never decoded."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from .framework import ConversionError


def residual_scale(config: Mapping[str, Any], layer: str, family: str) -> float:
    """Return the one number that a Lambda's closure holds: DSen2's ``lambda x: x * scale``.

    Args:
        config: of the Lambda layer; ``function`` is (code, defaults, closure), as a list or as Keras writes tuples.
        layer: its name, for messages.
        family: for messages.

    Raises:
        ConversionError: the closure holds no number, or more than one.
    """
    function = _plain(config.get("function"))
    closure = function[2] if isinstance(function, list) and len(function) == 3 else None
    numbers = closure if isinstance(closure, list) else []
    right = [value for value in numbers if isinstance(value, (int, float)) and not isinstance(value, bool)]
    if len(numbers) != 1 or len(right) != 1 or not math.isfinite(right[0]):
        raise ConversionError(
            f"{family}: the layer {layer} is a Lambda whose closure holds {numbers or 'nothing'} instead of one "
            "factor; its code is never run here. State the factor with --set residual=0.1 if you know it."
        )
    return float(right[0])


def _plain(value: Any) -> Any:
    """Return lists where Keras wrote ``{"class_name": "__tuple__", "items": [...]}`` or a ``__lambda__``."""
    if isinstance(value, Mapping):
        if value.get("class_name") == "__tuple__":
            return _plain(value.get("items"))
        if value.get("class_name") == "__lambda__" and isinstance(value.get("config"), Mapping):
            inner = value["config"]
            return _plain([inner.get("code"), inner.get("defaults"), inner.get("closure")])
        return dict(value)
    if isinstance(value, (list, tuple)):
        return [_plain(entry) for entry in value]
    return value

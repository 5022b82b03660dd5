# SPDX-License-Identifier: GPL-2.0-or-later
"""Resize and Upsample: which input pixels an interpolated pixel reads.

Coordinates and neighbours follow the ONNX definition of Resize (onnx/docs/Operators.md) as ONNX Runtime computes them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache

from .receptive_reach import MAX_PERIOD, Taps
from .receptive_sizes import Size, UnknownSizeError, Value, make_sizes
from .receptive_tensors import Layer, Rule, Step, Tensor
from .receptive_values import integer, integers

_HALF_PIXEL = ("half_pixel", "pytorch_half_pixel", "half_pixel_symmetric")
_HALF = Fraction(1, 2)
# Scales are 32-bit floats in the file: 1/3 is recovered from 0.333333343.
_LARGEST_DENOMINATOR = 64
_FLOAT_PRECISION = 1e-6


def resize_layer(scale: Fraction, step: Step) -> Layer:
    """Return the layer that interpolates at ``scale`` output pixels per input pixel, as the node says.

    Raises:
        UnknownSizeError: its coordinates depend on the size of the image, or the scale is not positive.
    """
    attributes = step.node.attributes
    legacy = step.opset < 11
    mode = str(attributes.get("mode", "nearest"))
    coordinates = str(attributes.get("coordinate_transformation_mode", "asymmetric" if legacy else "half_pixel"))
    rounding = str(attributes.get("nearest_mode", "legacy" if legacy else "round_prefer_floor"))
    smooth = bool(integer(step.node, "antialias", 0))
    if scale <= 0 or scale.numerator > MAX_PERIOD or scale.denominator > MAX_PERIOD:
        raise UnknownSizeError(f"has the scale {scale}")
    if scale != 1 and coordinates not in (*_HALF_PIXEL, "asymmetric"):
        raise UnknownSizeError(f"places pixels by {coordinates}, which depends on the size of the image")
    taps = _taps(scale, mode, coordinates, rounding, smooth)

    def layer(surplus: int, _size: Callable[[], Size]) -> tuple[Taps, int]:
        return taps, math.floor(surplus * scale)

    return layer


@lru_cache(maxsize=256)
def _taps(scale: Fraction, mode: str, coordinates: str, rounding: str, smooth: bool) -> Taps:
    if scale == 1:
        return Taps(1, 1, ((0,),))
    shift = Fraction(0) if coordinates == "asymmetric" else _HALF
    places = [(r + shift) / scale - shift for r in range(scale.numerator)]
    if mode == "nearest":
        offsets: list[tuple[int, ...]] = [(_nearest(place, rounding, scale),) for place in places]
    elif smooth and scale < 1:
        offsets = [_support(place, (2 if mode == "cubic" else 1) / scale) for place in places]
    elif mode in ("linear", "bilinear", "cubic"):
        offsets = [_neighbours(place, 2 if mode == "cubic" else 1) for place in places]
    else:
        raise UnknownSizeError(f"interpolates by {mode}")
    return Taps(scale.numerator, scale.denominator, tuple(offsets))


def _nearest(place: Fraction, rounding: str, scale: Fraction) -> int:
    if rounding == "legacy":
        # Before opset 11 ONNX Runtime truncates when enlarging and rounds up when shrinking.
        return math.ceil(place) if scale < 1 else math.floor(place)
    choices = {
        "floor": math.floor(place),
        "ceil": math.ceil(place),
        "round_prefer_floor": math.ceil(place - _HALF),
        "round_prefer_ceil": math.floor(place + _HALF),
    }
    if rounding not in choices:
        raise UnknownSizeError(f"rounds by {rounding}")
    return choices[rounding]


def _neighbours(place: Fraction, radius: int) -> tuple[int, ...]:
    """Return the 2 (linear) or 4 (cubic) pixels around a place; a place on a pixel has weights only there."""
    base = math.floor(place)
    return (base,) if place == base else tuple(range(base - radius + 1, base + radius + 1))


def _support(place: Fraction, radius: Fraction) -> tuple[int, ...]:
    """Return the pixels nearer than ``radius``: with antialiasing the kernel is stretched by the shrink factor."""
    return tuple(range(math.floor(place - radius) + 1, math.ceil(place + radius)))


def _resize(step: Step) -> tuple[Tensor, ...]:
    axes = step.axes()
    scales, sizes = _targets(step)
    positions = _positions(step, len(axes))
    if str(step.node.attributes.get("keep_aspect_ratio_policy", "stretch")) != "stretch":
        raise UnknownSizeError("keeps the aspect ratio of a size that is not known")
    tensor = step.tensor(0)
    wanted = scales if scales is not None else sizes
    if wanted is None or wanted.array.size != len(positions):
        raise UnknownSizeError("has neither scales nor sizes")
    for position, target in zip(positions, wanted.array.ravel()):
        if scales is not None:
            if _recover(target) != 1:
                tensor = step.slide(tensor, position, resize_layer(_recover(target), step))
        elif target != step.size(axes[position], tensor):
            tensor = step.slide(tensor, position, _layer_to(target, step))
    return (Tensor(tensor.axes, tensor.rows, tensor.cols),)


def _targets(step: Step) -> tuple[Value | None, Value | None]:
    """Return scales or sizes, wherever the opset keeps them; an empty tensor counts as left out."""
    listed = step.node.attributes.get("scales")
    if isinstance(listed, tuple):
        numbers = [Size.of(Fraction(number)) for number in listed if isinstance(number, (int, float))]
        return _filled(make_sizes(numbers)), None
    if step.opset < 11:
        return _filled(step.value(1)), None
    return _filled(step.value(2)), _filled(step.value(3))


def _filled(value: Value | None) -> Value | None:
    return value if value is not None and value.array.size else None


def _positions(step: Step, rank: int) -> list[int]:
    listed = integers(step.node, "axes")
    return [axis % rank for axis in listed] if listed else list(range(rank))


def _recover(scale: Size) -> Fraction:
    """Return the fraction that a 32-bit float stands for.

    Raises:
        UnknownSizeError: the scale is no simple fraction, or not constant.
    """
    number = scale.constant
    if number is None:
        raise UnknownSizeError("has a scale that is not constant")
    simple = number.limit_denominator(_LARGEST_DENOMINATOR)
    if abs(simple - number) > _FLOAT_PRECISION * abs(number):
        raise UnknownSizeError(f"has the scale {float(number):g}, which is no simple fraction")
    return simple


def _layer_to(target: Size, step: Step) -> Layer:
    def layer(surplus: int, find_size: Callable[[], Size]) -> tuple[Taps, int]:
        ratio = target.divided_by(find_size())
        scale = ratio.constant if ratio is not None else None
        if scale is None:
            raise UnknownSizeError("goes to a size whose ratio to the image is unknown")
        return resize_layer(scale, step)(surplus, find_size)

    return layer


RULES: dict[str, Rule] = {"Resize": _resize, "Upsample": _resize}

# SPDX-License-Identifier: GPL-2.0-or-later
"""Evaluate the shape arithmetic of a graph on symbolic sizes (ONNX operators on small integer tensors)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np

from .onnx_records import Initializer, Node
from .receptive_sizes import MAX_INTEGERS, ONE, ZERO, Size, SizeArray, UnknownSizeError, Value, make_value

# TensorProto.DataType of float32, float16, float64 and bfloat16
_FLOATS = frozenset({1, 10, 11, 16})
# Slice ends of "until the end" are the largest 32- or 64-bit integer.
ENDLESS = 2**31 - 1

Requirements = dict[str, int]
Operator = Callable[[Node, Sequence[Value], Requirements], Value]


def evaluate(node: Node, values: Sequence[Value | None], requirements: Requirements) -> Value | None:
    """Compute the content of the only output of a node.

    Args:
        node: an operation of the default domain.
        values: content of its inputs; None is unknown, or an optional input left out at the end.
        requirements: symbol -> number that it must be a multiple of, extended where an integer is divided: tiles
            respect it, so that the division has no remainder.

    Returns:
        The content, or None where it is unknown.
    """
    operator = OPERATORS.get(node.op_type)
    known = [value for value in values if value is not None]
    if operator is None or node.domain or not known or len(known) < len(values):
        return None
    try:
        result = operator(node, known, requirements)
    except (UnknownSizeError, IndexError, ValueError, TypeError, ZeroDivisionError, OverflowError):
        return None
    if result.integral:
        for size in result.array.ravel():
            _require(size, requirements)
    return result


def constant_of(node: Node) -> Value | None:
    """Return the value of a Constant node, or None where it is big or no number."""
    for name, value in node.attributes.items():
        if name == "value" and isinstance(value, Initializer):
            return value_of(value)
        if name in ("value_int", "value_ints", "value_float", "value_floats"):
            numbers = value if isinstance(value, tuple) else (value,)
            plain = tuple(number for number in numbers if isinstance(number, (int, float)))
            return make_value(plain, (len(plain),) if name.endswith("s") else (), "int" in name)
    return None


def value_of(tensor: Initializer) -> Value | None:
    """Return a constant tensor as a value, or None where it is big or no number."""
    if tensor.values is None:
        return None
    return make_value(tensor.values, tensor.dims, tensor.data_type not in _FLOATS)


def _require(size: Size, requirements: Requirements) -> None:
    for symbols, factor in size.terms:
        if len(symbols) == 1 and factor.denominator > 1:
            requirements[symbols[0]] = math.lcm(requirements.get(symbols[0], 1), factor.denominator)


def _pairwise(function: Callable[[Size, Size], Size]) -> Operator:
    def operator(_node: Node, values: Sequence[Value], _requirements: Requirements) -> Value:
        array = values[0].array
        for value in values[1:]:
            array = _array(np.frompyfunc(function, 2, 1)(array, value.array))
        return Value(array, all(value.integral for value in values))

    return operator


def _single(function: Callable[[Size], Size]) -> Operator:
    def operator(_node: Node, values: Sequence[Value], _requirements: Requirements) -> Value:
        return Value(_array(np.frompyfunc(function, 1, 1)(values[0].array)), values[0].integral)

    return operator


def _array(result: object) -> SizeArray:
    # numpy returns the bare element instead of a zero-dimensional object array.
    return np.asarray(result, dtype=object)


def _divide(_node: Node, values: Sequence[Value], _requirements: Requirements) -> Value:
    integral = values[0].integral and values[1].integral

    def quotient(a: Size, b: Size) -> Size:
        result = a.divided_by(b) if b.terms else None
        if result is None:
            raise UnknownSizeError("has a quotient of sizes that cannot be derived")
        return result.floored() if integral else result

    return Value(_array(np.frompyfunc(quotient, 2, 1)(values[0].array, values[1].array)), integral)


def _modulo(_node: Node, values: Sequence[Value], requirements: Requirements) -> Value:
    def remainder(a: Size, b: Size) -> Size:
        divisor = b.constant
        if not divisor:
            raise UnknownSizeError("has a remainder that cannot be derived")
        _require((a - Size.of(a.offset)) * Size.of(1 / divisor), requirements)
        return Size.of(a.offset % divisor)

    return Value(_array(np.frompyfunc(remainder, 2, 1)(values[0].array, values[1].array)), values[0].integral)


def _cast(node: Node, values: Sequence[Value], _requirements: Requirements) -> Value:
    if node.attributes.get("to", 0) in _FLOATS:
        return Value(values[0].array, integral=False)
    return Value(_array(np.frompyfunc(Size.floored, 1, 1)(values[0].array)))


def _extreme(pick: Callable[[Fraction, Fraction], Fraction]) -> Callable[[Size, Size], Size]:
    def function(a: Size, b: Size) -> Size:
        if a.constant is None or b.constant is None:
            raise UnknownSizeError("compares sizes that are not constant")
        return Size.of(pick(a.constant, b.constant))

    return function


def _equal(a: Size, b: Size) -> Size:
    difference = (a - b).constant
    if difference is not None:
        return ONE if difference == 0 else ZERO
    if any(size.constant is not None and size.constant <= 0 for size in (a, b)):
        return ZERO
    raise UnknownSizeError("compares sizes that are not constant")


def _where(_node: Node, values: Sequence[Value], _requirements: Requirements) -> Value:
    condition, first, second = np.broadcast_arrays(*(value.array for value in values))
    array = _array(np.frompyfunc(lambda c, a, b: a if c.terms else b, 3, 1)(condition, first, second))
    return Value(array, values[1].integral)


def _gather(node: Node, values: Sequence[Value], _requirements: Requirements) -> Value:
    indices = np.array(values[1].integers(), dtype=np.int64).reshape(values[1].array.shape)
    return Value(_array(np.take(values[0].array, indices, axis=integer(node, "axis", 0))), values[0].integral)


def _slice(node: Node, values: Sequence[Value], _requirements: Requirements) -> Value:
    array = values[0].array
    starts, ends = (value.integers() for value in values[1:3])
    axes = values[3].integers() if len(values) > 3 else tuple(range(len(starts)))
    steps = values[4].integers() if len(values) > 4 else (1,) * len(starts)
    index = [slice(None)] * array.ndim
    for start, end, axis, step in zip(starts, ends, axes, steps):
        index[axis] = slice(start, None if end < -ENDLESS else end, step)
    return Value(array[tuple(index)], values[0].integral)


def _concat(node: Node, values: Sequence[Value], _requirements: Requirements) -> Value:
    arrays = [value.array for value in values]
    return Value(np.concatenate(arrays, axis=integer(node, "axis", 0)), all(value.integral for value in values))


def _squeeze(node: Node, values: Sequence[Value], _requirements: Requirements) -> Value:
    axes = values[1].integers() if len(values) > 1 else integers(node, "axes")
    return Value(np.squeeze(values[0].array, axis=axes or None), values[0].integral)


def _unsqueeze(node: Node, values: Sequence[Value], _requirements: Requirements) -> Value:
    axes = values[1].integers() if len(values) > 1 else integers(node, "axes")
    return Value(np.expand_dims(values[0].array, axes), values[0].integral)


def _reshape(_node: Node, values: Sequence[Value], _requirements: Requirements) -> Value:
    shape = [values[0].array.shape[i] if size == 0 else size for i, size in enumerate(values[1].integers())]
    return Value(values[0].array.reshape(shape), values[0].integral)


def _transpose(node: Node, values: Sequence[Value], _requirements: Requirements) -> Value:
    return Value(np.transpose(values[0].array, integers(node, "perm") or None), values[0].integral)


def _constant_of_shape(node: Node, values: Sequence[Value], _requirements: Requirements) -> Value:
    filler = node.attributes.get("value")
    number = filler.values[0] if isinstance(filler, Initializer) and filler.values else 0
    shape = values[0].integers()
    count = math.prod(shape)
    if not 0 <= count <= MAX_INTEGERS:
        raise UnknownSizeError("is too large")
    filled = make_value((number,) * count, shape, not isinstance(number, float))
    if filled is None:
        raise UnknownSizeError("is too large")
    return filled


def _range(_node: Node, values: Sequence[Value], _requirements: Requirements) -> Value:
    numbers = range(*(value.integers()[0] for value in values))
    result = make_value(tuple(numbers[: MAX_INTEGERS + 1]), (len(numbers),), integral=True)
    if result is None or not all(value.integral for value in values):
        raise UnknownSizeError("is too large")
    return result


def integer(node: Node, name: str, default: int) -> int:
    """Return an integer attribute."""
    value = node.attributes.get(name, default)
    return value if isinstance(value, int) else default


def integers(node: Node, name: str) -> tuple[int, ...]:
    """Return a list attribute of integers; empty where it is missing."""
    value = node.attributes.get(name, ())
    return tuple(item for item in value if isinstance(item, int)) if isinstance(value, tuple) else ()


OPERATORS: dict[str, Operator] = {
    "Identity": _single(lambda size: size),
    "Cast": _cast,
    "Add": _pairwise(Size.__add__),
    "Sub": _pairwise(Size.__sub__),
    "Mul": _pairwise(Size.__mul__),
    "Div": _divide,
    "Mod": _modulo,
    "Neg": _single(lambda size: ZERO - size),
    "Floor": _single(Size.floored),
    "Ceil": _single(lambda size: ZERO - (ZERO - size).floored()),
    "Min": _pairwise(_extreme(min)),
    "Max": _pairwise(_extreme(max)),
    "Equal": _pairwise(_equal),
    "Where": _where,
    "Gather": _gather,
    "Slice": _slice,
    "Concat": _concat,
    "Squeeze": _squeeze,
    "Unsqueeze": _unsqueeze,
    "Reshape": _reshape,
    "Transpose": _transpose,
    "ConstantOfShape": _constant_of_shape,
    "Range": _range,
}

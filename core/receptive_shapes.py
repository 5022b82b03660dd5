# SPDX-License-Identifier: GPL-2.0-or-later
"""Layers that cut, join and pad: Slice, Pad, Concat, Split, Gather, Expand, Tile, ConstantOfShape."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

from .receptive_reach import Reach, Taps, frame, unite_all
from .receptive_sizes import ONE, Size, UnknownSizeError, Value, make_sizes
from .receptive_tensors import (
    SINGLE,
    Axis,
    Group,
    Layer,
    Reaches,
    Rule,
    Step,
    Tensor,
    broadcast,
    is_spatial,
    known_axes,
    make_tensor,
)
from .receptive_values import ENDLESS, integer, integers
from .receptive_windows import window_taps


def _pad(step: Step) -> tuple[Tensor, ...]:
    rank = len(step.axes())
    pads = integers(step.node, "pads") or _constants(step, 1)
    axes = _constants(step, 3) or tuple(range(rank))
    if len(pads) != 2 * len(axes):
        raise UnknownSizeError("has pads that do not fit its axes")
    tensor = replace(step.tensor(0), value=None)
    for i, axis in enumerate(axes):
        head, tail = pads[i], pads[i + len(axes)]
        if head or tail:
            tensor = step.slide(tensor, axis % rank, _pad_layer(head, tail))
    return (tensor,)


def _pad_layer(head: int, tail: int) -> Layer:
    # Reflected and repeated edges read pixels near the edge; like zeros they count as outside the tile.
    return lambda surplus, _size: (window_taps(1, -head, 1), surplus + head + tail)


def _constants(step: Step, index: int) -> tuple[int, ...]:
    value = step.value(index)
    return () if value is None else value.integers()


def _slice(step: Step) -> tuple[Tensor, ...]:
    rank = len(step.axes())
    tensor = replace(step.tensor(0), value=None)
    for axis, (start, end, stride) in _cuts(step, rank).items():
        group = step.axes()[axis]
        try:
            if not (start == Size() and _is_endless(end) and stride == 1):
                tensor = step.slide(tensor, axis, _slice_layer(start, end, stride))
        except UnknownSizeError:
            if is_spatial(group):
                raise
            axes = list(known_axes(tensor))
            axes[axis] = (step.unknown(axis),)
            tensor = replace(tensor, axes=tuple(axes))
    return (tensor,)


def _cuts(step: Step, rank: int) -> dict[int, tuple[Size | None, Size | None, int]]:
    """Return axis -> start, end (None: unknown) and step, from attributes (before opset 10) or inputs."""
    values: list[Value | None] = []
    if step.opset < 10:
        starts, ends, axes = (integers(step.node, name) for name in ("starts", "ends", "axes"))
        values = [make_sizes([Size.of(number) for number in numbers]) for numbers in (starts, ends)]
    else:
        values = [tensor.value if tensor else None for tensor in (step.optional(1), step.optional(2))]
        axes = _constants(step, 3)
    count = next((value.array.size for value in values if value is not None), len(axes))
    axes = axes or tuple(range(count))
    strides = (_constants(step, 4) if step.opset >= 10 else ()) or (1,) * count
    bounds = [list(value.array.ravel()) if value is not None else [None] * count for value in values]
    return {axis % rank: (bounds[0][i], bounds[1][i], strides[i]) for i, axis in enumerate(axes)}


def _is_endless(end: Size | None) -> bool:
    number = end.constant if end is not None else None
    return number is not None and number >= ENDLESS


def _slice_layer(start: Size | None, end: Size | None, stride: int) -> Layer:
    def layer(surplus: int, find_size: Callable[[], Size]) -> tuple[Taps, int]:
        size = find_size()
        first = _from_end(start, size)
        last = size if _is_endless(end) else _from_end(end, size)
        begin, cut = first.constant, (last - size).constant
        if stride < 1 or begin is None or begin < 0 or cut is None:
            raise UnknownSizeError("cuts at a place that depends on the size of the image")
        return window_taps(stride, int(begin), 1), -(-(surplus + min(0, int(cut)) - int(begin)) // stride)

    return layer


def _from_end(bound: Size | None, size: Size) -> Size:
    if bound is None:
        raise UnknownSizeError("cuts at a computed place")
    number = bound.constant
    return size + bound if number is not None and number < 0 else bound


def _concat(step: Step) -> tuple[Tensor, ...]:
    tensors = [tensor for tensor in step.tensors if tensor is not None]
    shapes = [known_axes(tensor) for tensor in tensors]
    axis = integer(step.node, "axis", 1) % len(shapes[0])
    groups = [axes[axis] for axes in shapes]
    sizes = [group[0] for group in groups if len(group) == 1]
    plain = [size for size in sizes if isinstance(size, Size)]
    if len(plain) < len(groups):
        step.flag("joins images side by side")
        return (broadcast(step, tensors),)
    without = [replace(tensor, axes=_with(axes, axis, SINGLE)) for tensor, axes in zip(tensors, shapes)]
    result = broadcast(step, without)
    return (replace(result, axes=_with(known_axes(result), axis, (sum(plain, Size()),))),)


def _with(axes: Sequence[Group], axis: int, group: Group) -> tuple[Group, ...]:
    return (*axes[:axis], group, *axes[axis + 1 :])


def _split(step: Step) -> tuple[Tensor, ...]:
    axes, count = step.axes(), len(step.node.outputs)
    axis = integer(step.node, "axis", 0) % len(axes)
    tensor = replace(step.tensor(0), value=None)
    if is_spatial(axes[axis]):
        step.flag("divides the image")
        return (tensor,) * count
    whole = step.size(axes[axis], tensor).divided_by(Size.of(count))
    equal = whole is not None and all(factor.denominator == 1 for _, factor in whole.terms)
    sizes: Sequence[Size] = [whole if whole is not None and equal else step.unknown(axis)] * count
    listed = integers(step.node, "split") or _constants(step, 1)
    if len(listed) == count:
        sizes = [Size.of(number) for number in listed]
    return tuple(replace(tensor, axes=_with(axes, axis, (size,))) for size in sizes)


def _gather(step: Step) -> tuple[Tensor, ...]:
    axes = step.axes()
    axis = integer(step.node, "axis", 0) % len(axes)
    indices = step.tensor(1)
    if is_spatial(axes[axis]) or indices.is_spatial:
        raise UnknownSizeError("picks rows or columns by their number")
    tensor = step.tensor(0)
    return (make_tensor((*axes[:axis], *known_axes(indices), *axes[axis + 1 :]), tensor.rows, tensor.cols),)


def _expand(step: Step) -> tuple[Tensor, ...]:
    target = step.value(1)
    if target is None:
        raise UnknownSizeError("has no target shape")
    tensor = replace(step.tensor(0), value=None)
    return (_fill(step, tensor, list(target.array.ravel())),)


def _constant_of_shape(step: Step) -> tuple[Tensor, ...]:
    shape = step.value(0)
    if shape is None:
        raise UnknownSizeError("has no shape")
    return (_fill(step, Tensor((), {}, {}), list(shape.array.ravel())),)


def _fill(step: Step, tensor: Tensor, sizes: list[Size]) -> Tensor:
    """Repeat a tensor along axes of size one; an axis as long as the image becomes rows or columns of equal pixels."""
    axes = [SINGLE] * (len(sizes) - len(known_axes(tensor))) + list(known_axes(tensor))
    reaches: dict[Axis, Reaches] = {axis: tensor.along(axis) for axis in Axis}
    missing = len(axes) - len(sizes)
    for index, size in enumerate(sizes, start=missing):
        if axes[index] != SINGLE or size == ONE:
            continue
        axes[index] = (size,)
        found = _image_axis(step, size)
        if found is not None:
            axis, name, reach = found
            axes[index] = (axis,)
            reaches[axis] = unite_all([reaches[axis], {name: reach}])
    return make_tensor(axes, reaches[Axis.ROWS], reaches[Axis.COLS])


def _image_axis(step: Step, size: Size) -> tuple[Axis, str, Reach] | None:
    if size.constant is not None:
        return None
    for name, extents in step.extents.items():
        for axis in Axis:
            extent = extents[axis]
            scale = (size - Size.of(size.offset)).divided_by(extent) if extent.constant is None else None
            if scale is not None and scale.constant and size.offset.denominator == 1:
                return axis, name, frame(scale.constant, int(size.offset))
    return None


def _tile(step: Step) -> tuple[Tensor, ...]:
    repeats = step.value(1)
    axes = list(step.axes())
    if repeats is None or repeats.array.size != len(axes):
        raise UnknownSizeError("has no repeats")
    for index, count in enumerate(repeats.array.ravel()):
        if is_spatial(axes[index]) and count != ONE:
            raise UnknownSizeError("repeats the image side by side")
        if count != ONE:
            axes[index] = (step.size(axes[index], step.tensor(0)) * count,)
    return (make_tensor(axes, step.tensor(0).rows, step.tensor(0).cols),)


def _shape(step: Step) -> tuple[Tensor, ...]:
    axes = step.axes()
    end = integer(step.node, "end", len(axes))
    sizes = [step.size(group, step.tensor(0)) for group in axes][integer(step.node, "start", 0) : end]
    return (Tensor(((Size.of(len(sizes)),),), {}, {}, make_sizes(sizes)),)


def _size(step: Step) -> tuple[Tensor, ...]:
    total = math.prod((step.size(group, step.tensor(0)) for group in step.axes()), start=ONE)
    value = make_sizes([total])
    return (Tensor((), {}, {}, Value(value.array.reshape(()))),)


RULES: dict[str, Rule] = {
    "Pad": _pad,
    "Slice": _slice,
    "Concat": _concat,
    "Split": _split,
    "Gather": _gather,
    "Expand": _expand,
    "ConstantOfShape": _constant_of_shape,
    "Tile": _tile,
    "Shape": _shape,
    "Size": _size,
}

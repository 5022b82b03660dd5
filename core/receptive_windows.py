# SPDX-License-Identifier: GPL-2.0-or-later
"""Layers that read a neighbourhood: convolution, pooling, transposed convolution, pixel shuffling.

The formulas of sizes and pads are those of the ONNX operator definitions (onnx/docs/Operators.md).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from .onnx_records import Node
from .receptive_reach import MAX_PERIOD, Taps
from .receptive_sizes import Size, UnknownSizeError
from .receptive_tensors import SINGLE, Layer, Rule, Step, Tensor, broadcast, is_spatial, known_axes, make_tensor, opaque
from .receptive_values import integer, integers


@lru_cache(maxsize=1024)
def window_taps(stride: int, offset: int, count: int, dilation: int = 1) -> Taps:
    """Return the taps of a window of ``count`` positions, ``dilation`` apart, that starts at ``offset``."""
    return Taps(1, stride, (tuple(range(offset, offset + count * dilation, dilation)),))


@lru_cache(maxsize=1024)
def spread_taps(stride: int, head: int, count: int, dilation: int = 1) -> Taps:
    """Return the taps of a transposed window: output o reads (o + head - k * dilation) / stride where that is whole."""
    offsets = (
        tuple((r + head - k * dilation) // stride for k in range(count) if (r + head - k * dilation) % stride == 0)
        for r in range(stride)
    )
    return Taps(stride, 1, tuple(offsets))


def _kernel_shape(step: Step, rank: int) -> tuple[int, ...]:
    shape = integers(step.node, "kernel_shape")
    if not shape:
        sizes = [group[0] for group in step.axes(1)[2:]]
        constants = [size.constant if isinstance(size, Size) else None for size in sizes]
        shape = tuple(int(number) for number in constants if number is not None)
    if len(shape) != rank - 2:
        raise UnknownSizeError("has a kernel of unknown size")
    return shape


def _per_axis(node: Node, name: str, count: int, default: int) -> tuple[int, ...]:
    found = integers(node, name)
    if found and len(found) < count:
        raise UnknownSizeError(f"has too few {name}")
    return found or (default,) * count


def _check_range(*numbers: int) -> None:
    if not all(1 <= number <= MAX_PERIOD for number in numbers):
        raise UnknownSizeError(f"has a stride, dilation, kernel or block that is not within 1 to {MAX_PERIOD}")


def _check_plain(step: Step, tensor: Tensor) -> None:
    """Refuse images whose rows or columns are not where layers look for them, e.g. channels-last tensors."""
    axes = known_axes(tensor)
    if len(axes) < 3:
        raise UnknownSizeError("works on a tensor without image axes")
    if any(is_spatial(group) for group in axes[:2]):
        step.flag("mixes rows or columns as if they were channels")
    if tensor.is_spatial and any(not is_spatial(group) and group != SINGLE for group in axes[-2:]):
        raise UnknownSizeError("works along an axis that is neither rows nor columns")


def _check_weights(step: Step, first: int = 1, last: int = 99) -> None:
    for tensor in step.tensors[first:last]:
        if tensor is not None and tensor.is_spatial:
            step.flag("has weights that depend on pixels")


def _slide_all(step: Step, layers: list[Layer], channels: Size | None) -> Tensor:
    tensor = replace(step.tensor(0), value=None)
    _check_plain(step, tensor)
    for index, layer in enumerate(layers):
        tensor = step.slide(tensor, index + 2, layer)
    axes = list(known_axes(tensor))
    if channels is not None:
        axes[1] = (channels,)
    return make_tensor(axes, tensor.rows, tensor.cols)


def _window_layer(node: Node, axis: int, kernel: tuple[int, ...], ceil: bool) -> Layer:
    count = len(kernel)
    stride = _per_axis(node, "strides", count, 1)[axis]
    dilation = _per_axis(node, "dilations", count, 1)[axis]
    pads = _per_axis(node, "pads", 2 * count, 0)
    mode = node.attributes.get("auto_pad", "NOTSET")
    extent = (kernel[axis] - 1) * dilation + 1
    _check_range(stride, dilation, kernel[axis])

    def layer(surplus: int, _size: Callable[[], Size]) -> tuple[Taps, int]:
        head, tail = (pads[axis], pads[axis + count]) if mode == "NOTSET" else (0, 0)
        if mode in ("SAME_UPPER", "SAME_LOWER"):
            total = max(0, stride * (-(-surplus // stride) - 1) + extent - surplus)
            head, tail = total // 2, total - total // 2
            head, tail = (head, tail) if mode == "SAME_UPPER" else (tail, head)
        room = surplus + head + tail - extent
        pixels = room // stride + 1
        if ceil and -(-room // stride) * stride < surplus + head:
            pixels = -(-room // stride) + 1
        return window_taps(stride, -head, kernel[axis], dilation), pixels

    return layer


def _channels_of(step: Step, axis: int, factor: int = 1) -> Size:
    weights = step.tensor(1)
    size = weights.axes[axis][0] if weights.axes is not None and len(weights.axes) > axis else None
    return size * Size.of(factor) if isinstance(size, Size) else step.unknown(1)


def _conv(step: Step) -> tuple[Tensor, ...]:
    kernel = _kernel_shape(step, len(step.axes()))
    _check_weights(step, 1, 3)
    layers = [_window_layer(step.node, axis, kernel, ceil=False) for axis in range(len(kernel))]
    result = _slide_all(step, layers, _channels_of(step, 0))
    # The fourth input of com.microsoft.FusedConv is added to the result.
    residual = step.optional(3)
    return (result if residual is None else broadcast(step, [result, residual]),)


def _pool(step: Step) -> tuple[Tensor, ...]:
    kernel = _kernel_shape(step, len(step.axes()))
    ceil = bool(integer(step.node, "ceil_mode", 0))
    layers = [_window_layer(step.node, axis, kernel, ceil) for axis in range(len(kernel))]
    result = _slide_all(step, layers, None)
    # The second output of MaxPool counts positions from the upper left corner of the tile.
    return (result, *(opaque(hidden=True) for _ in step.node.outputs[1:]))


def _global_pool(step: Step) -> tuple[Tensor, ...]:
    axes = step.axes()
    step.flag("pools over the whole image")
    return (make_tensor([*axes[:2], *(SINGLE for _ in axes[2:])], {}, {}),)


def _conv_transpose(step: Step) -> tuple[Tensor, ...]:
    kernel = _kernel_shape(step, len(step.axes()))
    if integers(step.node, "output_shape"):
        raise UnknownSizeError("has an output of fixed size")
    _check_weights(step)
    layers = [_spread_layer(step.node, axis, kernel) for axis in range(len(kernel))]
    return (_slide_all(step, layers, _channels_of(step, 1, integer(step.node, "group", 1))),)


def _spread_layer(node: Node, axis: int, kernel: tuple[int, ...]) -> Layer:
    count = len(kernel)
    stride = _per_axis(node, "strides", count, 1)[axis]
    dilation = _per_axis(node, "dilations", count, 1)[axis]
    extra = _per_axis(node, "output_padding", count, 0)[axis]
    pads = _per_axis(node, "pads", 2 * count, 0)
    mode = node.attributes.get("auto_pad", "NOTSET")
    extent = (kernel[axis] - 1) * dilation + 1
    _check_range(stride, dilation, kernel[axis])
    head, tail = (pads[axis], pads[axis + count]) if mode == "NOTSET" else (0, 0)
    if mode in ("SAME_UPPER", "SAME_LOWER"):
        total = max(0, extent + extra - stride)
        head = total // 2 if mode == "SAME_UPPER" else total - total // 2
        tail = total - head

    def layer(surplus: int, _size: Callable[[], Size]) -> tuple[Taps, int]:
        return spread_taps(stride, head, kernel[axis], dilation), stride * (surplus - 1) + extra + extent - head - tail

    return layer


def enlarge(factor: int) -> Layer:
    """Return the layer whose pixels lie ``factor`` by ``factor`` in each pixel of its input (pixel shuffling)."""

    _check_range(factor)

    def layer(surplus: int, _size: Callable[[], Size]) -> tuple[Taps, int]:
        return Taps(factor, 1, ((0,),) * factor), surplus * factor

    return layer


def gather_blocks(factor: int) -> Layer:
    """Return the layer whose pixels hold blocks of ``factor`` pixels of its input (inverse pixel shuffling)."""

    _check_range(factor)

    def layer(surplus: int, _size: Callable[[], Size]) -> tuple[Taps, int]:
        if surplus % factor:
            raise UnknownSizeError(f"divides an axis into blocks of {factor} that do not fit")
        return window_taps(factor, 0, factor), surplus // factor

    return layer


def _shuffle(make: Callable[[int], Layer], grow: bool) -> Rule:
    def rule(step: Step) -> tuple[Tensor, ...]:
        block = integer(step.node, "blocksize", 0)
        channels = step.axes()[1][0]
        _check_range(block)
        if len(step.axes()) != 4 or not isinstance(channels, Size):
            raise UnknownSizeError("does not work on an image")
        area = Size.of(block * block)
        return (_slide_all(step, [make(block)] * 2, channels.divided_by(area) if grow else channels * area),)

    return rule


RULES: dict[str, Rule] = {
    "Conv": _conv,
    "FusedConv": _conv,
    "ConvTranspose": _conv_transpose,
    "MaxPool": _pool,
    "AveragePool": _pool,
    "LpPool": _pool,
    "GlobalAveragePool": _global_pool,
    "GlobalMaxPool": _global_pool,
    "GlobalLpPool": _global_pool,
    "DepthToSpace": _shuffle(enlarge, grow=True),
    "SpaceToDepth": _shuffle(gather_blocks, grow=False),
}

# SPDX-License-Identifier: GPL-2.0-or-later
"""Layers that work element by element, and layers that mix whole axes, which are global along rows or columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from .receptive_reach import unite_all
from .receptive_sizes import UnknownSizeError
from .receptive_tensors import (
    SINGLE,
    Group,
    Rule,
    Step,
    Tensor,
    broadcast,
    distinct,
    is_spatial,
    known_axes,
    make_tensor,
    opaque,
)
from .receptive_values import integer, integers

_POINTWISE = """
Abs Acos Acosh Asin Asinh Atan Atanh Cast CastLike Ceil Celu Clip Cos Cosh DequantizeLinear Elu Erf Exp Floor Gelu
HardSigmoid HardSwish Identity IsInf IsNaN LRN LeakyRelu Log Mish Neg Not QuantizeLinear Reciprocal Relu Round Selu
Shrink Sigmoid Sign Sin Sinh Softplus Softsign Sqrt Swish Tan Tanh ThresholdedRelu BitwiseNot
"""
_BROADCAST = """
Add Sub Mul Div Pow Mod Min Max Sum Mean Where PRelu And Or Xor Equal Greater GreaterOrEqual Less LessOrEqual
BitShift BitwiseAnd BitwiseOr BitwiseXor
"""
_REDUCE = """
ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare
"""


def _pointwise(step: Step) -> tuple[Tensor, ...]:
    if any(tensor is not None and tensor.is_spatial for tensor in step.tensors[1:]):
        step.flag("has parameters that depend on pixels")
    return (broadcast(step, [step.tensor(0)]),) * len(step.node.outputs)


def _broadcast(step: Step) -> tuple[Tensor, ...]:
    return (broadcast(step, [tensor for tensor in step.tensors if tensor is not None]),)


def _dropout(step: Step) -> tuple[Tensor, ...]:
    training = step.optional(2)
    if training is not None and (training.value is None or any(training.value.constants())):
        step.flag("drops pixels at random")
    return (broadcast(step, [step.tensor(0)]),) * len(step.node.outputs)


def _batch_norm(step: Step) -> tuple[Tensor, ...]:
    if integer(step.node, "training_mode", 0):
        step.flag("computes statistics of the whole image")
    return _pointwise(step)


def _reduce(step: Step) -> tuple[Tensor, ...]:
    axes = list(step.axes())
    value = step.value(1)
    listed = integers(step.node, "axes") if value is None else value.integers()
    if not listed and integer(step.node, "noop_with_empty_axes", 0):
        return (broadcast(step, [step.tensor(0)]),)
    chosen = {axis % len(axes) for axis in listed} or set(range(len(axes)))
    return (_collapse(step, chosen, bool(integer(step.node, "keepdims", 1))),)


def _arg(step: Step) -> tuple[Tensor, ...]:
    axis = integer(step.node, "axis", 0) % len(step.axes())
    return (_collapse(step, {axis}, bool(integer(step.node, "keepdims", 1))),)


def _collapse(step: Step, chosen: set[int], keep: bool) -> Tensor:
    axes = step.axes()
    if any(is_spatial(axes[axis]) for axis in chosen):
        step.flag("reduces over rows or columns")
    left = [SINGLE if i in chosen else group for i, group in enumerate(axes) if keep or i not in chosen]
    return make_tensor(left, step.tensor(0).rows, step.tensor(0).cols)


def _normalise(axes_of: Callable[[Step, int], range | tuple[int, ...]]) -> Rule:
    """Make the rule of a layer that keeps the shape and mixes the axes that ``axes_of`` names."""

    def rule(step: Step) -> tuple[Tensor, ...]:
        axes = step.axes()
        if any(is_spatial(axes[axis % len(axes)]) for axis in axes_of(step, len(axes))):
            step.flag("mixes rows or columns")
        result = _pointwise(step)[0]
        return (result, *(opaque(step.tensor(0).is_spatial) for _ in step.node.outputs[1:]))

    return rule


def _softmax_axes(step: Step, rank: int) -> range | tuple[int, ...]:
    # Before opset 13 all axes from ``axis`` on are flattened into one.
    if step.opset < 13:
        return range(integer(step.node, "axis", 1) % rank, rank)
    return (integer(step.node, "axis", -1),)


def _last_axes(step: Step, rank: int) -> range:
    return range(integer(step.node, "axis", -1) % rank, rank)


def _one_axis(step: Step, _rank: int) -> tuple[int, ...]:
    return (integer(step.node, "axis", -1),)


def _image_axes(_step: Step, rank: int) -> range:
    return range(2, rank)


def _variance_axes(step: Step, _rank: int) -> tuple[int, ...]:
    return integers(step.node, "axes") or (0, 2, 3)


def _cumulate(step: Step) -> tuple[Tensor, ...]:
    value = step.value(1)
    axis = value.integers()[0] if value is not None else 0
    return _normalise(lambda _step, _rank: (axis,))(step)


def _top(step: Step) -> tuple[Tensor, ...]:
    axes = list(step.axes())
    axis = integer(step.node, "axis", -1) % len(axes)
    if is_spatial(axes[axis]):
        raise UnknownSizeError("sorts pixels")
    count = step.value(1)
    axes[axis] = (count.array.ravel()[0] if count is not None else step.unknown(axis),)
    return (make_tensor(axes, step.tensor(0).rows, step.tensor(0).cols),) * 2


def _matmul(step: Step) -> tuple[Tensor, ...]:
    return (_multiply(step, step.tensor(0), step.tensor(1)),)


def _multiply(step: Step, a: Tensor, b: Tensor) -> Tensor:
    """Multiply matrices: the last axis of ``a`` is summed with the last but one of ``b``."""
    left, right = known_axes(a), known_axes(b)
    if len(left) < 2 or len(right) < 2:
        raise UnknownSizeError("multiplies a vector")
    if is_spatial(left[-1]) or is_spatial(right[-2]):
        step.flag("sums over rows or columns")
    stacks = [make_tensor(left[:-2], a.rows, a.cols), make_tensor(right[:-2], b.rows, b.cols)]
    stack = broadcast(step, stacks)
    axes = distinct(step, [*known_axes(stack), left[-2], right[-1]])
    return make_tensor(axes, unite_all([a.rows, b.rows]), unite_all([a.cols, b.cols]))


def _gemm(step: Step) -> tuple[Tensor, ...]:
    a, b = (
        _flipped(step.tensor(index)) if integer(step.node, name, 0) else step.tensor(index)
        for index, name in enumerate(("transA", "transB"))
    )
    result = _multiply(step, a, b)
    offset = step.optional(2)
    return (result if offset is None else broadcast(step, [result, offset]),)


def _flipped(tensor: Tensor) -> Tensor:
    axes: tuple[Group, ...] = known_axes(tensor)
    return replace(tensor, axes=axes[::-1])


RULES: dict[str, Rule] = {
    **dict.fromkeys(_POINTWISE.split(), _pointwise),
    **dict.fromkeys(_BROADCAST.split(), _broadcast),
    **dict.fromkeys(_REDUCE.split(), _reduce),
    **dict.fromkeys(("ArgMax", "ArgMin"), _arg),
    **dict.fromkeys(("Softmax", "LogSoftmax", "Hardmax"), _normalise(_softmax_axes)),
    **dict.fromkeys(("LayerNormalization", "RMSNormalization"), _normalise(_last_axes)),
    **dict.fromkeys(("InstanceNormalization", "GroupNormalization"), _normalise(_image_axes)),
    "MeanVarianceNormalization": _normalise(_variance_axes),
    "LpNormalization": _normalise(_one_axis),
    "BatchNormalization": _batch_norm,
    "Dropout": _dropout,
    "CumSum": _cumulate,
    "TopK": _top,
    "MatMul": _matmul,
    "Gemm": _gemm,
}

# SPDX-License-Identifier: GPL-2.0-or-later
"""What the analysis knows of a tensor: its axes, symbolic sizes and dependence on the graph's inputs.

Each axis is a group of factors, major to minor: plain sizes, image rows and image columns. Usually it is one factor;
flattened tokens are one axis (rows, columns), window attention has an axis (batch, rows, columns).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import partial
from typing import Union

from .onnx_records import Node
from .receptive_reach import Reach, Taps, follow, unite_all
from .receptive_sizes import ONE, Size, UnknownSizeError, Value


class Axis(IntEnum):
    """The two axes of an image."""

    ROWS = 0
    COLS = 1


Factor = Union[Size, Axis]
Group = tuple[Factor, ...]
Reaches = dict[str, Reach]
# Maps the surplus and the size (computed on demand) of an axis to what a layer reads, and to the surplus of its output.
Layer = Callable[[int, Callable[[], Size]], tuple[Taps, int]]

SINGLE: Group = (ONE,)


@dataclass(frozen=True)
class Tensor:
    """Knowledge of one tensor.

    Attributes:
        axes: None where unknown.
        rows: input name -> dependence along rows; empty where no axis is rows.
        cols: the same along columns.
        value: content of a small tensor of sizes or constants.
        hidden: True where axes are unknown and the content depends on pixels.
    """

    axes: tuple[Group, ...] | None
    rows: Reaches
    cols: Reaches
    value: Value | None = None
    hidden: bool = False

    @property
    def is_spatial(self) -> bool:
        """True where different positions may depend on different pixels."""
        return self.hidden or bool(self.rows) or bool(self.cols)

    def along(self, axis: Axis) -> Reaches:
        """Return the dependence along an axis."""
        return self.rows if axis is Axis.ROWS else self.cols


def make_tensor(axes: Sequence[Group], rows: Reaches, cols: Reaches) -> Tensor:
    """Return a tensor; dependence along an axis that it no longer has is dropped."""
    present = {factor for group in axes for factor in group if isinstance(factor, Axis)}
    return Tensor(tuple(axes), rows if Axis.ROWS in present else {}, cols if Axis.COLS in present else {})


def opaque(hidden: bool) -> Tensor:
    """Return a tensor of unknown axes."""
    return Tensor(None, {}, {}, hidden=hidden)


def is_spatial(group: Group) -> bool:
    """True where the axis runs over image rows or columns, alone or combined."""
    return any(isinstance(factor, Axis) for factor in group)


class Step:
    """One node while it is analysed: its inputs, and a place for reasons why it is global.

    Attributes:
        node: the node.
        tensors: its inputs; None for optional ones that are left out.
        opset: version of the default operator set.
        extents: graph input -> its sizes in rows and columns.
        reasons: why the node sees the whole image, if it does.
    """

    def __init__(
        self, node: Node, tensors: Sequence[Tensor | None], opset: int, extents: dict[str, tuple[Size, Size]]
    ) -> None:
        """Start with a node and its inputs."""
        self.node = node
        self.tensors = tensors
        self.opset = opset
        self.extents = extents
        self.reasons: list[str] = []

    def flag(self, reason: str) -> None:
        """Say why the node sees the whole image."""
        self.reasons.append(reason)

    def tensor(self, index: int) -> Tensor:
        """Return an input that must be there.

        Raises:
            UnknownSizeError: it is left out.
        """
        tensor = self.optional(index)
        if tensor is None:
            raise UnknownSizeError(f"lacks input {index}")
        return tensor

    def optional(self, index: int) -> Tensor | None:
        """Return an input, or None where it is left out."""
        return self.tensors[index] if index < len(self.tensors) else None

    def axes(self, index: int = 0) -> tuple[Group, ...]:
        """Return the axes of an input.

        Raises:
            UnknownSizeError: it is left out, or its axes are unknown.
        """
        return known_axes(self.tensor(index))

    def value(self, index: int) -> Value | None:
        """Return the content of an input, None where it is left out.

        Raises:
            UnknownSizeError: it is there, but its content is unknown.
        """
        tensor = self.optional(index)
        if tensor is not None and tensor.value is None:
            raise UnknownSizeError(f"has a computed input {index} that cannot be derived")
        return None if tensor is None else tensor.value

    def sizes(self, factor: Factor, tensor: Tensor) -> list[Size]:
        """Return the size of a factor, for rows and columns one expression for each input it depends on."""
        if isinstance(factor, Size):
            return [factor]
        return [self._size(name, reach, factor) for name, reach in tensor.along(factor).items()]

    def size(self, group: Group, tensor: Tensor) -> Size:
        """Return the size of an axis, by the first input it depends on."""
        total = ONE
        for factor in group:
            total *= self.sizes(factor, tensor)[0]
        return total

    def unknown(self, index: int) -> Size:
        """Return a new symbol for a size that only the run knows."""
        return Size.symbol(f"?{self.node.outputs[0]}.{index}")

    def slide(self, tensor: Tensor, position: int, layer: Layer) -> Tensor:
        """Apply a layer that reads neighbours along one axis.

        Raises:
            UnknownSizeError: the axis is neither rows, columns nor of constant size.
        """
        axes = list(known_axes(tensor))
        group = axes[position]
        if len(group) != 1:
            raise UnknownSizeError("works along an axis of rows and columns combined")
        factor = group[0]
        if isinstance(factor, Axis):
            reaches = {}
            for name, reach in tensor.along(factor).items():
                taps, surplus = layer(reach.surplus, partial(self._size, name, reach, factor))
                reaches[name] = follow(reach, taps, surplus)
            return replace(tensor, rows=reaches) if factor is Axis.ROWS else replace(tensor, cols=reaches)
        if factor.constant is None:
            raise UnknownSizeError("works along an axis of unknown size")
        axes[position] = (Size.of(layer(int(factor.constant), lambda: factor)[1]),)
        return replace(tensor, axes=tuple(axes))

    def _size(self, name: str, reach: Reach, axis: Axis) -> Size:
        return self.extents[name][axis] * Size.of(reach.scale) + Size.of(reach.surplus)


Rule = Callable[[Step], tuple[Tensor, ...]]


def known_axes(tensor: Tensor) -> tuple[Group, ...]:
    """Return the axes of a tensor.

    Raises:
        UnknownSizeError: they are unknown.
    """
    if tensor.axes is None:
        raise UnknownSizeError("has an input of unknown shape")
    return tensor.axes


def broadcast(step: Step, tensors: Sequence[Tensor]) -> Tensor:
    """Combine tensors element by element with the broadcasting rules of numpy.

    A map of fixed size, or rows against columns, makes the node position-dependent: it is flagged.

    Raises:
        UnknownSizeError: the axes of a tensor are unknown.
        ModelError: two of them are on different grids.
    """
    if len(tensors) == 1:
        return replace(tensors[0], axes=known_axes(tensors[0]), value=None)
    shapes = [known_axes(tensor) for tensor in tensors]
    rank = max(len(axes) for axes in shapes)
    columns = [[axes[i - rank] for axes in shapes if rank - i <= len(axes)] for i in range(rank)]
    axes = distinct(step, [common_group(step, groups) for groups in columns])
    return make_tensor(axes, unite_all([t.rows for t in tensors]), unite_all([t.cols for t in tensors]))


def common_group(step: Step, groups: list[Group]) -> Group:
    """Return the axis that equal axes and axes of size one make together."""
    chosen = next((group for group in groups if is_spatial(group)), None)
    if chosen is None:
        return next((group for group in groups if group != SINGLE), SINGLE)
    if any(group not in (chosen, SINGLE) for group in groups):
        step.flag("combines the image with a tensor of another or of a fixed shape")
    return chosen


def distinct(step: Step, axes: list[Group]) -> list[Group]:
    """Replace a second axis of rows or columns; a tensor that has two of them compares all pixels with all."""
    seen: set[Axis] = set()
    result: list[Group] = []
    for index, group in enumerate(axes):
        mine = {factor for factor in group if isinstance(factor, Axis)}
        if mine & seen:
            step.flag("compares pixels with all others")
        result.append((step.unknown(index),) if mine & seen else group)
        seen |= mine
    return result

# SPDX-License-Identifier: GPL-2.0-or-later
"""Reshape and its kin: how image rows and columns are divided into blocks, flattened and put together again.

A reshape regroups the factors of all axes in order. Rows divided into (rows / r, r) are blocks: every pixel of the new
rows stands for r old ones, and the r becomes a plain axis whose elements are taken to depend on the whole block. Rows
merged with a plain axis r behind them are rows r times finer. This covers pixel shuffling, channel groups, flattened
tokens and window attention; whatever else is global.
"""

from __future__ import annotations

from collections import deque

from .receptive_reach import follow
from .receptive_sizes import ONE, Size, UnknownSizeError
from .receptive_tensors import SINGLE, Axis, Factor, Group, Reaches, Rule, Step, Tensor, is_spatial, make_tensor
from .receptive_values import integer, integers
from .receptive_windows import enlarge, gather_blocks


class _Regrouper:
    """The factors of a tensor that still have to find their place in the new shape."""

    def __init__(self, step: Step, groups: list[Group], tensor: Tensor) -> None:
        self.step = step
        self.factors: deque[Factor] = deque(factor for group in groups for factor in group if factor != ONE)
        self.reaches: dict[Axis, Reaches] = {axis: tensor.along(axis) for axis in Axis}

    def take(self, size: Size, front: bool) -> Group:
        """Take factors from one end whose sizes multiply to ``size``."""
        taken: deque[Factor] = deque()
        rest = size
        while rest != ONE:
            if not self.factors:
                raise UnknownSizeError("mixes rows and columns in a way that cannot be followed")
            factor = self.factors.popleft() if front else self.factors.pop()
            part, rest = self._cut(factor, rest, front)
            if front:
                taken.append(part)
            else:
                taken.appendleft(part)
        return tuple(taken)

    def merge(self, group: Group) -> Group:
        """Multiply plain factors, and let rows or columns absorb a plain factor behind them."""
        merged: list[Factor] = []
        for factor in group:
            previous = merged[-1] if merged else None
            if isinstance(factor, Size) and isinstance(previous, Size):
                merged[-1] = previous * factor
            elif isinstance(factor, Size) and isinstance(previous, Axis) and factor.constant is not None:
                self._slide(previous, int(factor.constant), finer=True)
            else:
                merged.append(factor)
        return tuple(merged) or SINGLE

    def _cut(self, factor: Factor, wanted: Size, front: bool) -> tuple[Factor, Size]:
        """Return the part of a factor that is wanted, and what is then still wanted; the remainder goes back."""
        sizes = [factor] if isinstance(factor, Size) else self._sizes(factor)
        for size in sizes:
            rest = wanted.divided_by(size)
            if rest is not None and _is_whole(rest):
                return factor, rest
        for size in sizes:
            other = size.divided_by(wanted)
            if other is not None and _is_whole(other):
                return self._split(factor, wanted, other, front), ONE
        raise UnknownSizeError("mixes rows and columns in a way that cannot be followed")

    def _split(self, factor: Factor, wanted: Size, other: Size, front: bool) -> Factor:
        major, minor = (wanted, other) if front else (other, wanted)
        pieces: tuple[Factor, Factor] = (major, minor)
        if isinstance(factor, Axis):
            if minor.constant is None:
                raise UnknownSizeError("divides rows or columns into distant parts")
            self._slide(factor, int(minor.constant), finer=False)
            pieces = (factor, minor)
        if front:
            self.factors.appendleft(pieces[1])
            return pieces[0]
        self.factors.append(pieces[0])
        return pieces[1]

    def _sizes(self, axis: Axis) -> list[Size]:
        rows, cols = self.reaches[Axis.ROWS], self.reaches[Axis.COLS]
        return self.step.sizes(axis, Tensor(None, rows, cols))

    def _slide(self, axis: Axis, count: int, finer: bool) -> None:
        layer = (enlarge if finer else gather_blocks)(count)
        self.reaches[axis] = {
            name: follow(reach, *layer(reach.surplus, lambda: ONE)) for name, reach in self.reaches[axis].items()
        }


def _is_whole(quotient: Size) -> bool:
    """True for a quotient of sizes that may be whole; with symbols the factors taken next decide, or fail."""
    return quotient.constant is None or quotient.constant.denominator == 1


def regroup(step: Step, tensor: Tensor, groups: list[Group], target: list[Size | None]) -> Tensor:
    """Return a tensor in a new shape.

    Args:
        step: the node.
        tensor: the input.
        groups: its axes.
        target: the new sizes; None, at most once, is what remains.

    Raises:
        UnknownSizeError: rows and columns cannot be followed.
    """
    if target.count(None) > 1:
        raise UnknownSizeError("goes to a computed shape that cannot be derived")
    work = _Regrouper(step, groups, tensor)
    middle = target.index(None) if None in target else len(target)
    head = [work.take(size, front=True) for size in target[:middle] if size is not None]
    tail = [work.take(size, front=False) for size in reversed(target[middle + 1 :]) if size is not None]
    rest = [tuple(work.factors)] if None in target else []
    if work.factors and not rest:
        raise UnknownSizeError("mixes rows and columns in a way that cannot be followed")
    axes = [work.merge(group) for group in (*head, *rest, *reversed(tail))]
    return make_tensor(axes, work.reaches[Axis.ROWS], work.reaches[Axis.COLS])


def _reshape(step: Step) -> tuple[Tensor, ...]:
    groups = list(step.axes())
    tensor = step.tensor(0)
    listed = integers(step.node, "shape")
    value = step.value(1) if not listed else None
    sizes = list(value.array.ravel()) if value is not None else [Size.of(number) for number in listed]
    copies = not integer(step.node, "allowzero", 0)
    target: list[Size | None] = []
    for index, size in enumerate(sizes):
        if size.constant == 0 and copies and index < len(groups):
            target.append(step.size(groups[index], tensor))
        else:
            target.append(None if size.constant == -1 or _is_foreign(size, groups) else size)
    return (regroup(step, tensor, groups, target),)


def _is_foreign(size: Size, groups: list[Group]) -> bool:
    """True for a size that only the run knows and that is none of the tensor's own."""
    own = {symbol for group in groups for factor in group if isinstance(factor, Size) for symbol in factor.symbols}
    return any(symbol.startswith("?") for symbol in size.symbols - own)


def _flatten(step: Step) -> tuple[Tensor, ...]:
    groups, tensor = list(step.axes()), step.tensor(0)
    axis = integer(step.node, "axis", 1)
    axis += len(groups) if axis < 0 else 0
    work = _Regrouper(step, groups, tensor)
    axes = [work.merge(tuple(factor for group in part for factor in group)) for part in (groups[:axis], groups[axis:])]
    return (make_tensor(axes, work.reaches[Axis.ROWS], work.reaches[Axis.COLS]),)


def _transpose(step: Step) -> tuple[Tensor, ...]:
    groups = step.axes()
    order = integers(step.node, "perm") or tuple(reversed(range(len(groups))))
    return (make_tensor([groups[axis] for axis in order], step.tensor(0).rows, step.tensor(0).cols),)


def _axes_of(step: Step) -> tuple[int, ...]:
    value = step.value(1)
    return integers(step.node, "axes") if value is None else value.integers()


def _squeeze(step: Step) -> tuple[Tensor, ...]:
    groups = step.axes()
    axes = {axis % len(groups) for axis in _axes_of(step)} or {i for i, group in enumerate(groups) if group == SINGLE}
    if any(is_spatial(groups[axis]) for axis in axes):
        raise UnknownSizeError("removes rows or columns")
    kept = [group for index, group in enumerate(groups) if index not in axes]
    return (make_tensor(kept, step.tensor(0).rows, step.tensor(0).cols),)


def _unsqueeze(step: Step) -> tuple[Tensor, ...]:
    groups = list(step.axes())
    axes = _axes_of(step)
    rank = len(groups) + len(axes)
    for axis in sorted(axis % rank for axis in axes):
        groups.insert(axis, SINGLE)
    return (make_tensor(groups, step.tensor(0).rows, step.tensor(0).cols),)


RULES: dict[str, Rule] = {
    "Reshape": _reshape,
    "Flatten": _flatten,
    "Transpose": _transpose,
    "Squeeze": _squeeze,
    "Unsqueeze": _unsqueeze,
}

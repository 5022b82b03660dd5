# SPDX-License-Identifier: GPL-2.0-or-later
"""Walk over a graph in order and derive what is known of every tensor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from . import receptive_mixing, receptive_resampling, receptive_reshapes, receptive_shapes, receptive_windows
from .errors import ModelError
from .onnx_records import Graph, Initializer, Node, TensorInfo
from .receptive_reach import PIXEL, Reach
from .receptive_sizes import Size, UnknownSizeError
from .receptive_tensors import Axis, Group, Rule, Step, Tensor, make_tensor, opaque
from .receptive_values import Requirements, constant_of, evaluate, value_of

RULES: dict[str, Rule] = {
    **receptive_mixing.RULES,
    **receptive_windows.RULES,
    **receptive_resampling.RULES,
    **receptive_shapes.RULES,
    **receptive_reshapes.RULES,
}
# These read the shape of their input, not its pixels.
SHAPE_ONLY = frozenset({"Shape", "Size"})
BATCH = Size.symbol("batch")


@dataclass(frozen=True)
class Cause:
    """An operation that sees the whole image."""

    op_type: str
    name: str
    reason: str


class Walk:
    """The state of one analysis.

    Attributes:
        graph: the graph.
        tensors: what is known of every tensor so far.
        extents: image input -> its symbolic sizes in rows and columns.
        side_inputs: the other inputs.
        flagged: index of a node -> why it is global; inputs that are not understood have negative indices.
        requirements: symbol -> number that a size must be a multiple of.
        widest: image input -> values of the largest tensor per pixel of that input.
    """

    def __init__(self, graph: Graph, ratios: dict[str, int]) -> None:
        """Start with the inputs and initializers of a graph."""
        self.graph = graph
        self.tensors: dict[str, Tensor] = {}
        self.extents: dict[str, tuple[Size, Size]] = {}
        self.flagged: dict[int, Cause] = {}
        self.requirements: Requirements = {}
        self.widest: dict[str, float] = {}
        self._ratios = ratios
        self._makers: dict[str, int] = {}
        for index, info in enumerate(graph.inputs):
            self._add_input(info, -1 - index)
        self.side_inputs = tuple(
            info.name
            for index, info in enumerate(graph.inputs)
            if info.name not in self.extents and -1 - index not in self.flagged
        )

    def run(self) -> None:
        """Derive every tensor.

        Raises:
            ModelError: tensors on different grids are combined, or the graph is not in topological order.
        """
        for index, node in enumerate(self.graph.nodes):
            inputs = [self._lookup(name, node) for name in node.inputs]
            while inputs and inputs[-1] is None:
                inputs.pop()
            try:
                outputs = self._apply(index, node, inputs)
            except ModelError as error:
                raise ModelError(
                    f"In the network's node {_label(node)} {error}. The model cannot be run; export it again."
                ) from error
            for name, tensor in zip(node.outputs, outputs):
                self.tensors[name] = tensor
                self._makers[name] = index
                self._measure(tensor)

    def causes(self) -> tuple[Cause, ...]:
        """Return the global operations on which an output depends, in order of the graph."""
        found: set[int] = set()
        seen: set[str] = set()
        pending = [output.name for output in self.graph.outputs]
        while pending:
            name = pending.pop()
            if name in seen:
                continue
            seen.add(name)
            maker = self._makers.get(name)
            if maker is None:
                continue
            if maker in self.flagged:
                found.add(maker)
            if maker >= 0 and self.graph.nodes[maker].op_type not in SHAPE_ONLY:
                pending += self.graph.nodes[maker].inputs
        outputs = (self._check_output(output) for output in self.graph.outputs)
        return (*(self.flagged[index] for index in sorted(found)), *(cause for cause in outputs if cause))

    def dependences(self, output: str) -> Iterator[tuple[str, Reach, Reach]]:
        """Yield the image inputs of an output with the reach along rows and columns, as far as they are known."""
        tensor = self.tensors.get(output)
        if tensor is None:
            raise ModelError(f"The network never computes its output {output}. Export the model again.")
        for name in self.extents:
            if name in tensor.rows and name in tensor.cols:
                yield name, tensor.rows[name], tensor.cols[name]

    def required(self, name: str, axis: Axis) -> int:
        """Return what the size of an input must be a multiple of because the graph divides it."""
        for symbols, factor in self.extents[name][axis].terms:
            needed = self.requirements.get(symbols[0], 1) if symbols else 1
            if needed > 1:
                return int(needed * factor)
        return 1

    def _add_input(self, info: TensorInfo, index: int) -> None:
        """Rows and columns are the last two axes of an input of at least four."""
        self._makers[info.name] = index
        shape = info.shape
        if shape is None or len(shape) == 3 or _is_channels_last(shape):
            described = "unknown" if shape is None else " x ".join(str(size or "?") for size in shape)
            reason = f"has the shape {described} instead of batch x channels x rows x columns"
            self.tensors[info.name] = opaque(hidden=True)
            self.flagged[index] = Cause("Input", info.name, reason)
            return
        sizes = [
            Size.of(size) if isinstance(size, int) else Size.symbol(f"?{info.name}.{position}")
            for position, size in enumerate(shape)
        ]
        if len(shape) < 4:
            self.tensors[info.name] = make_tensor([(size,) for size in sizes], {}, {})
            return
        sizes[0] = sizes[0] if isinstance(shape[0], int) else BATCH
        self._add_image(info, shape, [(size,) for size in sizes])

    def _add_image(self, info: TensorInfo, shape: tuple[int | str | None, ...], axes: list[Group]) -> None:
        reaches: dict[Axis, dict[str, Reach]] = {Axis.ROWS: {}, Axis.COLS: {}}
        extents = []
        ratio = self._ratios.get(info.name)
        for axis in Axis:
            size = shape[len(shape) - 2 + axis]
            symbol = Size.symbol(f"{info.name}.{axis.name}" if ratio is None else axis.name)
            extents.append(Size.of(size) if isinstance(size, int) else symbol * Size.of(ratio or 1))
            if size != 1:
                axes[len(shape) - 2 + axis] = (axis,)
                reaches[axis] = {info.name: PIXEL}
        if any(reaches.values()):
            self.extents[info.name] = (extents[0], extents[1])
        self.tensors[info.name] = make_tensor(axes, reaches[Axis.ROWS], reaches[Axis.COLS])
        self._measure(self.tensors[info.name])

    def _lookup(self, name: str, node: Node) -> Tensor | None:
        if not name:
            return None
        if name not in self.tensors:
            constant = self.graph.initializers.get(name)
            if constant is None:
                raise ModelError(
                    f"The network's node {_label(node)} uses {name!r} before anything computes it. Export it again."
                )
            self.tensors[name] = _constant(constant)
        return self.tensors[name]

    def _apply(self, index: int, node: Node, inputs: list[Tensor | None]) -> tuple[Tensor, ...]:
        count = len(node.outputs)
        if node.op_type == "Constant" and not node.domain:
            return (self._content(node),)
        values = [tensor.value if tensor is not None else None for tensor in inputs]
        value = evaluate(node, values, self.requirements) if count == 1 else None
        if value is not None:
            return (Tensor(_plain(value.array.shape), {}, {}, value),)
        step = Step(node, inputs, self.graph.opset, self.extents)
        standard = not node.domain or (node.domain, node.op_type) == ("com.microsoft", "FusedConv")
        try:
            rule = RULES.get(node.op_type) if standard else None
            if rule is None:
                raise UnknownSizeError("is not known to be local")
            if any(tensor is not None and tensor.hidden for tensor in inputs) and node.op_type not in SHAPE_ONLY:
                return (opaque(hidden=True),) * count
            outputs = rule(step)
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            spatial = any(tensor is not None and tensor.is_spatial for tensor in inputs) or bool(node.subgraphs)
            spatial = spatial and node.op_type not in SHAPE_ONLY
            outputs = (opaque(hidden=spatial),) * count
            if spatial:
                step.flag(str(error) if isinstance(error, UnknownSizeError) else "has attributes that make no sense")
        if step.reasons:
            self.flagged[index] = Cause(node.op_type, node.name or ", ".join(node.outputs), step.reasons[0])
        return outputs

    def _content(self, node: Node) -> Tensor:
        for attribute in node.attributes.values():
            if isinstance(attribute, Initializer):
                return _constant(attribute)
        value = constant_of(node)
        return opaque(hidden=False) if value is None else Tensor(_plain(value.array.shape), {}, {}, value)

    def _measure(self, tensor: Tensor) -> None:
        """Keep the number of values per input pixel of the largest tensor; the batch counts as one."""
        if tensor.axes is None:
            return
        values = 1.0
        for group in tensor.axes:
            for factor in group:
                values *= float(factor.constant or 1) if isinstance(factor, Size) else 1.0
        for name, rows in tensor.rows.items():
            if name in tensor.cols:
                cols = tensor.cols[name]
                total = values * rows.period / rows.advance * cols.period / cols.advance
                self.widest[name] = max(total, self.widest.get(name, 0.0))

    def _check_output(self, output: TensorInfo) -> Cause | None:
        tensor = self.tensors.get(output.name)
        if tensor is None or tensor.axes is None or not tensor.is_spatial:
            return None
        if len(tensor.axes) > 3 and tensor.axes[-2:] == ((Axis.ROWS,), (Axis.COLS,)):
            return None
        return Cause("Output", output.name, "is not laid out as batch x channels x rows x columns")


def _is_channels_last(shape: tuple[int | str | None, ...]) -> bool:
    """True where an axis before the image axes is dynamic and the last is not."""
    return len(shape) > 3 and isinstance(shape[-1], int) and not all(isinstance(size, int) for size in shape[1:-2])


def _constant(tensor: Initializer) -> Tensor:
    return Tensor(_plain(tensor.dims), {}, {}, value_of(tensor))


def _plain(shape: tuple[int, ...]) -> tuple[Group, ...]:
    return tuple((Size.of(size),) for size in shape)


def _label(node: Node) -> str:
    return f"{node.op_type} {node.name}" if node.name else node.op_type

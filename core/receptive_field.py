# SPDX-License-Identifier: GPL-2.0-or-later
"""The exact receptive field of an ONNX graph: scale, halo and alignment of every input, and its global operations.

The graph is walked once (core/receptive_walk.py). Every tensor carries, for each input and image axis, the first and
last input pixel that each of its pixels needs (core/receptive_reach.py); rules of the operators
(core/receptive_windows.py and its neighbours) turn the knowledge of inputs into that of outputs. An operator without a
rule, or one whose reading cannot be bounded, is global and named, never silently local.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from .errors import ModelError
from .onnx_records import Graph
from .receptive_reach import Reach
from .receptive_tensors import Axis
from .receptive_walk import Walk


@dataclass(frozen=True)
class AxisField:
    """The receptive field along rows or columns, in pixels of the input.

    Attributes:
        scale: output pixels per input pixel.
        before: pixels needed before an aligned window, so that the output of the window is exact.
        after: pixels needed behind it.
        alignment: windows must start and end at multiples of it, as the network's grids do.
        surplus: the output has scale x input size + surplus pixels; not 0 where the network crops or pads its borders.
    """

    scale: Fraction
    before: int
    after: int
    alignment: int
    surplus: int


@dataclass(frozen=True)
class Dependence:
    """How one output depends on one input."""

    output: str
    input: str
    rows: AxisField
    cols: AxisField

    @property
    def halo(self) -> int:
        """The largest of the four sides, in input pixels."""
        return max(self.rows.before, self.rows.after, self.cols.before, self.cols.after)

    @property
    def alignment(self) -> int:
        """Common alignment of rows and columns, in input pixels."""
        return math.lcm(self.rows.alignment, self.cols.alignment)

    @property
    def scale(self) -> Fraction:
        """Output pixels per input pixel.

        Raises:
            ModelError: it differs between rows and columns.
        """
        if self.rows.scale != self.cols.scale:
            raise ModelError(
                f"The network scales {self.input} by {self.rows.scale} in rows and by {self.cols.scale} in columns. "
                "Use a network with square pixels."
            )
        return self.rows.scale


@dataclass(frozen=True)
class ReceptiveField:
    """The receptive field of a graph.

    Attributes:
        dependences: one for each output and each image input it depends on.
        image_inputs: inputs with rows and columns.
        side_inputs: inputs without, such as a table of coefficients; they add nothing to the halo.
        global_operations: (operator, node name) of operations that see the whole image and reach an output.
        reasons: a sentence for each of them.
        widest: image input -> values of the largest tensor per pixel of that input, where channels are known.
    """

    dependences: tuple[Dependence, ...]
    image_inputs: tuple[str, ...]
    side_inputs: tuple[str, ...]
    global_operations: tuple[tuple[str, str], ...]
    reasons: tuple[str, ...]
    widest: tuple[tuple[str, float], ...]

    @property
    def is_local(self) -> bool:
        """True where no operation sees the whole image, so that tiles with a halo are exact."""
        return not self.global_operations

    def halo_of(self, name: str) -> int:
        """Return the largest side of an input's halo over all outputs, in its pixels."""
        return max((entry.halo for entry in self.dependences if entry.input == name), default=0)

    def alignment_of(self, name: str) -> int:
        """Return the alignment of an input's windows over all outputs, in its pixels."""
        return math.lcm(*(entry.alignment for entry in self.dependences if entry.input == name))

    def scale_of(self, output: str) -> dict[str, Fraction]:
        """Return input -> output pixels per input pixel for one output."""
        return {entry.input: entry.scale for entry in self.dependences if entry.output == output}

    def common_alignment(self, ratios: Mapping[str, int]) -> int:
        """Return the alignment of tiles in pixels of the coarsest input.

        Args:
            ratios: image input -> how many of its pixels lie along one pixel of the coarsest input.

        Raises:
            ModelError: a ratio is missing or not positive, or contradicts the scales of an output.
        """
        self._check(ratios)
        whole = [(self.alignment_of(name), ratios[name]) for name in self.image_inputs]
        return math.lcm(*(alignment // math.gcd(alignment, ratio) for alignment, ratio in whole))

    def common_halo(self, ratios: Mapping[str, int]) -> int:
        """Return one halo in pixels of the coarsest input, a multiple of the common alignment.

        Each input is then read with the halo times its ratio, which is at least what it needs.

        Args:
            ratios: image input -> how many of its pixels lie along one pixel of the coarsest input.

        Raises:
            ModelError: see ``common_alignment``.
        """
        step = self.common_alignment(ratios)
        needed = max((-(-self.halo_of(name) // ratios[name]) for name in self.image_inputs), default=0)
        return -(-needed // step) * step

    def values_per_pixel(self, ratios: Mapping[str, int]) -> float:
        """Return the values of the largest tensor per pixel of the coarsest input; see ``common_alignment``."""
        self._check(ratios)
        return max((values * ratios[name] ** 2 for name, values in self.widest), default=0.0)

    def _check(self, ratios: Mapping[str, int]) -> None:
        missing = [name for name in self.image_inputs if ratios.get(name, 0) < 1]
        if missing:
            raise ModelError(
                f"The pixel ratio of the network's input {missing[0]} is not known. Declare it in the card."
            )
        for output in {entry.output for entry in self.dependences}:
            scales = {scale * ratios[name] for name, scale in self.scale_of(output).items()}
            if len(scales) > 1:
                raise ModelError(
                    f"The network's output {output} would have several sizes for inputs on grids of ratios "
                    f"{dict(ratios)}. Correct the GSDs in the card."
                )


def analyze(graph: Graph, ratios: Mapping[str, int] | None = None) -> ReceptiveField:
    """Derive the receptive field of every output from the graph.

    Args:
        graph: from ``core.onnx_graph.read_graph``.
        ratios: image input -> how many of its pixels lie along one pixel of the coarsest input, where known; only
            networks that resize one input to the size of another need it.

    Raises:
        ModelError: tensors on different grids are combined, or the graph is not in topological order.
    """
    walk = Walk(graph, dict(ratios or {}))
    walk.run()
    causes = walk.causes()
    return ReceptiveField(
        dependences=tuple(
            Dependence(
                output.name,
                name,
                _field(rows, walk.required(name, Axis.ROWS)),
                _field(cols, walk.required(name, Axis.COLS)),
            )
            for output in graph.outputs
            for name, rows, cols in walk.dependences(output.name)
        ),
        image_inputs=tuple(walk.extents),
        side_inputs=walk.side_inputs,
        global_operations=tuple((cause.op_type, cause.name) for cause in causes),
        reasons=tuple(f"{cause.op_type} {cause.name} {cause.reason}." for cause in causes),
        widest=tuple(walk.widest.items()),
    )


def _field(reach: Reach, required: int) -> AxisField:
    return AxisField(reach.scale, reach.before, reach.after, math.lcm(reach.alignment, required), reach.surplus)

# SPDX-License-Identifier: GPL-2.0-or-later
"""Try a network that was taken over: at several sizes, and before and after its ranges were adapted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import onnx

from ...core.onnx_graph import Graph
from ...core.onnx_guess import fixed_size
from ...core.receptive_field import ReceptiveField
from .framework import ConversionError
from .onnx_rewrite import Affine, free_sizes, run, to_bytes
from .parity import PARITY

Array = npt.NDArray[np.float32]
Size = tuple[int, int]
SAMPLE = 64


@dataclass(frozen=True)
class Group:
    """One image input of the network.

    Attributes:
        tensor: its name in the graph.
        bands: in channel order.
        gsds: native GSD of each band in metres; the tensor lies on the grid of the finest.
        affine: network value = reflectance x gain + offset of each band.
        limits: lowest and highest network values (as offsets) that inputs are clipped to, or None.
    """

    tensor: str
    bands: tuple[str, ...]
    gsds: tuple[float, ...]
    affine: Affine
    limits: tuple[Affine, Affine] | None = None

    @property
    def gsd(self) -> float:
        """GSD of the tensor's grid."""
        return min(self.gsds)

    def to_network(self, reflectance: Array) -> Array:
        """Return the network's values of reflectances (batch, bands, rows, columns)."""
        values = reflectance * by_channel(self.affine.gains) + by_channel(self.affine.offsets)
        if self.limits is not None:
            values = np.clip(values, by_channel(self.limits[0].offsets), by_channel(self.limits[1].offsets))
        return values.astype(np.float32)


Groups = tuple[Group, ...]


def by_channel(values: tuple[float, ...]) -> Array:
    """Return one number a channel, to be used with (batch, channels, rows, columns)."""
    return np.array(values, np.float32).reshape(1, -1, 1, 1)


def sample_size(groups: Groups, graph: Graph, receptive: ReceptiveField | None) -> Size:
    """Return rows and columns of the finest input for a trial: the fixed ones, or what its alignment allows."""
    finest = groups[0].tensor
    fixed = fixed_size(next(tensor for tensor in graph.inputs if tensor.name == finest))
    step = receptive.alignment_of(finest) if receptive else 1
    side = -(-SAMPLE // step) * step
    return fixed or (side, side)


def sample(groups: Groups, size: Size) -> dict[str, Array]:
    """Return the same reflectances at every call, all inputs covering one area; ``size`` is that of the finest."""
    rng = np.random.default_rng(0)
    finest = groups[0].gsd
    sides = {group.tensor: tuple(side // round(group.gsd / finest) for side in size) for group in groups}
    return {
        group.tensor: rng.uniform(0.05, 0.5, (1, len(group.bands), *sides[group.tensor])).astype(np.float32)
        for group in groups
    }


def freed(
    model: onnx.ModelProto, groups: Groups, result: tuple[int, int], size: Size, notes: list[str]
) -> onnx.ModelProto:
    """Return a copy with free batch, rows and columns, tried at two sizes.

    Args:
        model: the network.
        groups: its inputs.
        result: bands of the output, and output pixels along one pixel of the finest input.
        size: rows and columns of the finest input that the network allows.
        notes: gets a sentence where the network had insisted on one size.

    Raises:
        ConversionError: the network does not work, or at its own size only.
    """
    bands, scale = result
    rows, cols = size
    entry = next(tensor for tensor in model.graph.input if tensor.name == groups[0].tensor)
    dims = entry.type.tensor_type.shape.dim
    insists = len(dims) == 4 and dims[2].dim_value > 0 and dims[3].dim_value > 0
    changed = free_sizes(model)
    content = to_bytes(changed)
    try:
        for height, width in ((rows, cols), (rows, 2 * cols)):
            made = run(content, sample(groups, (height, width)))[0].shape
            if made != (1, bands, scale * height, scale * width):
                raise ConversionError(f"an input of {height} x {width} pixels gives the shape {made}")
    except ConversionError as error:
        reason = f"at {rows} x {cols} pixels only, for {error}" if insists else f"not at all: {error}"
        raise ConversionError(f"The network works {reason}. Export it with free rows and columns.") from error
    if insists:
        notes.append(f"The network insisted on {rows} x {cols} pixels; any size works now, as was tried.")
    return changed


def compare(
    original: bytes, changed: bytes, groups: Groups, result: Affine, value_range: tuple[float, float], size: Size
) -> None:
    """Refuse a rewritten network that does not give what its description says of the original.

    Args:
        original: the network as it was.
        changed: with its ranges adapted to the card.
        groups: its inputs.
        result: reflectance = output x gain + offset of each band.
        value_range: scale and offset of the card.
        size: of the finest input.

    Raises:
        ConversionError: values differ, or are no numbers.
    """
    scene = sample(groups, size)
    gain, offset = value_range
    theirs = run(original, {group.tensor: group.to_network(scene[group.tensor]) for group in groups})[0]
    ours = run(changed, {name: (values * gain + offset).astype(np.float32) for name, values in scene.items()})[0]
    expected = (theirs * by_channel(result.gains) + by_channel(result.offsets)) * gain + offset
    largest = max(float(np.abs(expected).max()), 1e-30)
    if expected.shape != ours.shape or not np.abs(expected - ours).max() / largest <= PARITY:
        raise ConversionError(
            "The network gives values that are no numbers, or other ones than before its ranges were adapted."
        )

# SPDX-License-Identifier: GPL-2.0-or-later
"""What the loop must know of a card's ONNX file: halo, alignment, global operations, memory; and that both agree."""

from __future__ import annotations

from dataclasses import dataclass

from .cards import Card
from .errors import CardError
from .onnx_graph import Graph, TensorInfo, check_safety, read_graph
from .receptive_field import ReceptiveField, analyze


@dataclass(frozen=True)
class Network:
    """Facts about a network.

    Attributes:
        halo: context that an output needs on every side, in pixels of the coarsest input.
        alignment: a tile's origin must be a multiple of this many pixels of the coarsest input.
        global_operations: operations that see the whole image, as ``Type (node)``.
        values_per_pixel: size of the widest intermediate tensor, in values per pixel of the coarsest input.
    """

    halo: int
    alignment: int
    global_operations: tuple[str, ...]
    values_per_pixel: float


def inspect_network(card: Card) -> Network:
    """Read a card's graph and compare both.

    Raises:
        ModelError: the file is damaged, unsafe or too new.
        CardError: card and graph disagree.
    """
    graph = read_graph(card.path)
    check_safety(graph, card.path)
    _check_tensors(card, graph)
    ratios = {tensor.name: round(card.coarsest_gsd / tensor.gsd) for tensor in card.inputs}
    field = analyze(graph, ratios)
    if field.is_local:
        _check_scale(card, field)
    return Network(
        halo=field.common_halo(ratios),
        alignment=field.common_alignment(ratios),
        global_operations=tuple(f"{kind} {node}".strip() for kind, node in field.global_operations),
        values_per_pixel=field.values_per_pixel(ratios),
    )


def _check_scale(card: Card, field: ReceptiveField) -> None:
    gsds = {tensor.name: tensor.gsd for tensor in card.inputs}
    for entry in field.dependences:
        expected = round(gsds[entry.input] / card.gsd)
        if entry.scale != expected or entry.rows.surplus or entry.cols.surplus:
            raise CardError(
                f"{card.path.name} makes {float(entry.scale):g} pixels of {entry.output} along one of {entry.input}"
                f"{'' if entry.scale != expected else ' and crops or pads its borders'}; the card {card.id} declares "
                f"{expected}. Correct the card, or export the network with padding."
            )


def _check_tensors(card: Card, graph: Graph) -> None:
    expected = {tensor.name: tensor.dates * len(tensor.bands) for tensor in card.inputs}
    if card.scene_pass is not None:
        expected[card.scene_pass.input] = len(card.scene_pass.targets)
    found = {tensor.name: tensor for tensor in graph.inputs}
    if set(found) != set(expected):
        raise CardError(
            f"{card.id} declares the inputs {', '.join(sorted(expected))}, but {card.path.name} has "
            f"{', '.join(sorted(found))}. Install the model again."
        )
    for name, channels in expected.items():
        axis = 0 if card.scene_pass is not None and name == card.scene_pass.input else 1
        _check_size(card, found[name], axis, channels)
    outputs = {tensor.name: tensor for tensor in graph.outputs}
    for output in card.outputs:
        if output.name not in outputs:
            raise CardError(f"{card.path.name} has no output {output.name}, which the card {card.id} declares.")
        _check_size(card, outputs[output.name], 1, len(output.bands))


def _check_size(card: Card, tensor: TensorInfo, axis: int, expected: int) -> None:
    shape = tensor.shape or ()
    size = shape[axis] if axis < len(shape) else None
    if isinstance(size, int) and size != expected:
        raise CardError(
            f"{card.id} declares {expected} bands for {tensor.name}, but {card.path.name} has {size}. "
            "Install the model again."
        )

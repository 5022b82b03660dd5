# SPDX-License-Identifier: GPL-2.0-or-later
"""What the loop must know of a card's ONNX file: halo, alignment, global operations, memory; and that both agree."""

from __future__ import annotations

from dataclasses import dataclass

from .cards import Card
from .errors import CardError
from .onnx_graph import Graph, TensorInfo, check_safety, read_graph
from .receptive_field import analyze


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
    field = analyze(graph)
    ratios = {tensor.name: round(card.coarsest_gsd / tensor.gsd) for tensor in card.inputs}
    return Network(
        halo=field.common_halo(ratios),
        alignment=field.common_alignment(ratios),
        global_operations=tuple(f"{kind} ({node})" for kind, node in field.global_operations),
        values_per_pixel=1.0,
    )

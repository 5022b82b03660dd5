# SPDX-License-Identifier: GPL-2.0-or-later
"""Guess what an ONNX file without a card needs: bands, GSD, scale factor and value range, each with its reason.

Nothing is run and nobody is asked: a command line or a dialog shows the guesses, and the user corrects them.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass

from .errors import ModelError
from .onnx_range import Range, range_of
from .onnx_records import Graph, Node, TensorInfo
from .receptive_field import analyze

FLOAT = 1
DEFAULT_GSD = 10.0
COLOURS = ("red", "green", "blue")
# Channels -> bands as networks for Sentinel-2 usually take them, and what they are.
BAND_SETS = {
    1: (("band1",), "one channel"),
    3: (COLOURS, "three channels are usually red, green, blue"),
    4: (("B02", "B03", "B04", "B08"), "four channels are usually Sentinel-2's 10 m bands"),
    6: (("B05", "B06", "B07", "B8A", "B11", "B12"), "six channels are usually Sentinel-2's 20 m bands"),
    10: (
        ("B02", "B03", "B04", "B08", "B05", "B06", "B07", "B8A", "B11", "B12"),
        "ten channels are usually Sentinel-2's 10 m bands, then its 20 m bands",
    ),
    12: (
        ("B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B09", "B11", "B12"),
        "twelve channels are usually Sentinel-2's bands without B10, by wavelength",
    ),
    13: (
        ("B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B09", "B10", "B11", "B12"),
        "thirteen channels are usually all bands of Sentinel-2 by wavelength",
    ),
}


@dataclass(frozen=True)
class Guess:
    """Answers to the questions that a card asks.

    Attributes:
        input: name of the input tensor.
        output: name of the output tensor.
        bands: bands in channel order.
        output_bands: bands of the output in channel order.
        gsd: GSD of the input in metres.
        scale_factor: output pixels along one input pixel; 0 where the graph does not tell.
        range: network value = reflectance x scale + offset (8-bit images: reflectance means value / 255).
        fixed_size: rows and columns that the graph insists on, or None.
        reasons: question (``bands``, ``gsd``, ``scale_factor``, ``range``) -> why this answer.
    """

    input: str
    output: str
    bands: tuple[str, ...]
    output_bands: tuple[str, ...]
    gsd: float
    scale_factor: int
    range: Range
    fixed_size: tuple[int, int] | None
    reasons: dict[str, str]


def guess(graph: Graph) -> Guess:
    """Guess what a network with one image input and one image output needs.

    Args:
        graph: from ``core.onnx_graph.read_graph``.

    Raises:
        ModelError: it has several inputs, or is no network from image to image.
    """
    tensor, output = image_tensors(graph)
    entering = _channels(tensor) or _read_by(graph, tensor.name)
    if not entering:
        raise ModelError(f"The network does not tell how many channels {tensor.name} has. Describe it in a card.")
    bands, why_bands = BAND_SETS.get(
        entering, (_numbered(entering), f"{entering} channels, which no usual set of bands has")
    )
    leaving = _channels(output) or _made_by(graph, output.name) or entering
    scale, why_scale = _scale(graph, tensor, output)
    gsd, why_gsd = _gsd(graph, bands)
    found = range_of(graph, tensor.name, output.name)
    return Guess(
        input=tensor.name,
        output=output.name,
        bands=bands,
        output_bands=bands_made(bands, leaving),
        gsd=gsd,
        scale_factor=scale,
        range=found,
        fixed_size=fixed_size(tensor),
        reasons={"bands": why_bands, "gsd": why_gsd, "scale_factor": why_scale, "range": found.reason},
    )


def image_tensors(graph: Graph) -> tuple[TensorInfo, TensorInfo]:
    """Return the input and the output of a network with one of each.

    Raises:
        ModelError: it has several, or they are no float32 images (batch, channels, rows, columns).
    """
    if len(graph.inputs) != 1 or len(graph.outputs) != 1:
        names = ", ".join(tensor.name for tensor in (*graph.inputs, *graph.outputs))
        raise ModelError(
            f"The network has {len(graph.inputs)} inputs and {len(graph.outputs)} outputs ({names}); only one of each "
            "can be guessed. Describe it in a card or a STAC MLM item."
        )
    for tensor in (graph.inputs[0], graph.outputs[0]):
        if tensor.elem_type != FLOAT or (tensor.shape is not None and len(tensor.shape) != 4):
            raise ModelError(
                f"{tensor.name} is no float32 image (batch, channels, rows, columns). Export the network with such "
                "tensors."
            )
    return graph.inputs[0], graph.outputs[0]


def fixed_size(tensor: TensorInfo) -> tuple[int, int] | None:
    """Return rows and columns of an image tensor where both are fixed."""
    rows, cols = (tensor.shape or (None,) * 4)[2:]
    return (rows, cols) if isinstance(rows, int) and isinstance(cols, int) else None


def bands_made(bands: tuple[str, ...], leaving: int) -> tuple[str, ...]:
    """Return names for the output's channels: those of the input, or as many colours or first bands as it has."""
    if leaving == len(bands):
        return bands
    if leaving == len(COLOURS) and set(COLOURS) <= set(bands):
        return COLOURS
    return bands[:leaving] if leaving < len(bands) else _numbered(leaving)


def _numbered(count: int) -> tuple[str, ...]:
    return tuple(f"band{number + 1}" for number in range(count))


def _channels(tensor: TensorInfo) -> int:
    size = (tensor.shape or (None,) * 4)[1]
    return size if isinstance(size, int) else 0


def _read_by(graph: Graph, name: str) -> int:
    """Return how many channels the first convolution behind a tensor reads, through point-wise steps; else 0."""
    reached = {name}
    for node in graph.nodes:
        if not reached & set(node.inputs):
            continue
        if node.op_type == "Conv":
            weight = graph.initializers.get(node.inputs[1])
            group = node.attributes.get("group", 1)
            return weight.dims[1] * group if weight and len(weight.dims) == 4 and isinstance(group, int) else 0
        reached.update(node.outputs)
    return 0


def _made_by(graph: Graph, name: str) -> int:
    """Return how many channels the convolution that makes a tensor has, through point-wise steps; else 0."""
    makers = {made: node for node in graph.nodes for made in node.outputs}
    pointwise = {"Add", "Cast", "Clip", "Div", "Identity", "LeakyRelu", "Mul", "Relu", "Sigmoid", "Sub", "Tanh"}
    node: Node | None = makers.get(name)
    while node is not None and node.op_type in pointwise:
        node = next((makers[item] for item in node.inputs if item in makers), None)
    if node is None or node.op_type != "Conv":
        return 0
    weight = graph.initializers.get(node.inputs[1])
    return weight.dims[0] if weight and weight.dims else 0


def _scale(graph: Graph, tensor: TensorInfo, output: TensorInfo) -> tuple[int, str]:
    try:
        scales = analyze(graph).scale_of(output.name)
    except ModelError:
        scales = {}
    scale = scales.get(tensor.name)
    if scale is not None and scale.denominator == 1:
        return int(scale), "from the operations of the graph"
    sizes, made = fixed_size(tensor), fixed_size(output)
    if sizes and made and made[0] % sizes[0] == 0 and made[0] // sizes[0] * sizes[1] == made[1]:
        return made[0] // sizes[0], "from the sizes of input and output"
    return 0, "neither operations nor sizes tell it"


def _gsd(graph: Graph, bands: tuple[str, ...]) -> tuple[float, str]:
    try:
        centimetres = float(json.loads(graph.metadata.get("resolution", "")))
    except (ValueError, TypeError, RecursionError):
        centimetres = math.nan
    if math.isfinite(centimetres) and centimetres > 0:
        return centimetres / 100, "from the metadata key resolution (centimetres)"
    if bands == BAND_SETS[6][0]:
        return 20.0, "that of these bands"
    return DEFAULT_GSD, "that of Sentinel-2's finest bands; the graph tells nothing"

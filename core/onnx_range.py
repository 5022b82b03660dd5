# SPDX-License-Identifier: GPL-2.0-or-later
"""Guess the value range of a network from what its graph does first and last: divide by 10000, clip to 1, and so on."""

from __future__ import annotations

from dataclasses import dataclass

from .onnx_records import Graph, Initializer, Node

LINEAR = ("Div", "Mul", "Sub", "Add")
PASSING = ("Identity", "Cast")


@dataclass(frozen=True)
class Range:
    """A value range: network value = reflectance x scale + offset (8-bit images: reflectance means value / 255)."""

    scale: float
    offset: float
    name: str
    reason: str


# Name -> scale and offset.
RANGES = {
    "reflectance": (1.0, 0.0),
    "dn": (10000.0, 0.0),
    "8bit": (255.0, 0.0),
    "signed": (2.0, -1.0),
}


def named_range(name: str, reason: str) -> Range:
    """Return one of ``RANGES``.

    Raises:
        KeyError: there is none of this name.
    """
    return Range(*RANGES[name], name, reason)


def range_of(graph: Graph, entering: str, leaving: str) -> Range:
    """Guess the range from the first and last operations with constants; reflectance where nothing tells it."""
    first, last = _first(graph, entering), _last(graph, leaving)
    if first is not None and (name := _of_input(*first)):
        return named_range(name, f"its first operation is {first[0]} with {first[1]:g}")
    if last is not None and (name := _of_output(*last)):
        return named_range(name, f"its last operation is {last[0]}" + (f" with {last[1]:g}" if last[1] else ""))
    return named_range("reflectance", "nothing in the graph tells it")


def _first(graph: Graph, name: str) -> tuple[str, float] | None:
    """Return kind and constant of the first linear operation on a tensor."""
    while True:
        users = [node for node in graph.nodes if name in node.inputs]
        if len(users) != 1:
            return None
        if users[0].op_type in PASSING:
            name = users[0].outputs[0]
            continue
        constant = _constant(graph, users[0])
        if users[0].op_type not in LINEAR or constant is None:
            return None
        return users[0].op_type, constant


def _last(graph: Graph, name: str) -> tuple[str, float] | None:
    """Return kind and constant (upper limit of Clip) of the operation that makes a tensor."""
    makers = {made: node for node in graph.nodes for made in node.outputs}
    node = makers.get(name)
    while node is not None and node.op_type in PASSING:
        node = makers.get(node.inputs[0])
    if node is None:
        return None
    if node.op_type in ("Sigmoid", "Tanh"):
        return node.op_type, 0.0
    if node.op_type == "Clip":
        limit = node.attributes.get("max")
        limits = _values(graph, node.inputs[2]) if len(node.inputs) > 2 else ()
        value = limits[0] if limits else limit
        return ("Clip", float(value)) if isinstance(value, (int, float)) else None
    constant = _constant(graph, node)
    return (node.op_type, constant) if node.op_type in LINEAR and constant is not None else None


def _of_input(kind: str, constant: float) -> str:
    """Return the range that an input must have for a first operation to make sense of it."""
    divisor = {"Div": constant, "Mul": 1 / constant if constant else 0.0}.get(kind)
    if divisor is not None:
        return "dn" if divisor >= 1000 else "8bit" if 100 <= divisor <= 300 else ""
    level = abs(constant)
    return "dn" if level >= 300 else "8bit" if level >= 10 else "reflectance" if kind == "Sub" else ""


def _of_output(kind: str, constant: float) -> str:
    """Return the range that a last operation makes."""
    if kind in ("Sigmoid", "Tanh"):
        return "reflectance" if kind == "Sigmoid" else "signed"
    factor = 1 / constant if kind == "Div" and constant else constant
    if kind == "Clip":
        return "reflectance" if constant == 1 else "8bit" if constant == 255 else "dn" if constant >= 1000 else ""
    if kind in ("Mul", "Div"):
        return "dn" if factor >= 1000 else "8bit" if 100 <= factor <= 300 else ""
    return "8bit" if 10 <= abs(constant) < 300 else "dn" if abs(constant) >= 300 else ""


def _constant(graph: Graph, node: Node) -> float | None:
    """Return the mean of a linear operation's constant operand, or None where it has none or divides by the image."""
    for place, name in enumerate(node.inputs):
        values = _values(graph, name)
        if values and not (node.op_type == "Div" and place == 0):
            return sum(values) / len(values)
    return None


def _values(graph: Graph, name: str) -> tuple[float, ...]:
    tensor = graph.initializers.get(name)
    if tensor is None:
        maker = next((node for node in graph.nodes if name in node.outputs and node.op_type == "Constant"), None)
        value = maker.attributes.get("value", maker.attributes.get("value_float")) if maker else None
        if isinstance(value, (int, float)):
            return (float(value),)
        tensor = value if isinstance(value, Initializer) else None
    return tuple(float(value) for value in tensor.values) if tensor is not None and tensor.values else ()

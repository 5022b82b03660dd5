# SPDX-License-Identifier: GPL-2.0-or-later
"""A functional Keras model from its ``model_config`` (JSON) as a torch network; no code of the file is run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from .framework import ConversionError
from .keras_closure import residual_scale
from .keras_file import KerasFile, KerasLayer
from .keras_layers import BUILDERS, Given, Scale

# Layers without weights that only matter while training.
IDENTITIES = ("Dropout", "GaussianNoise", "SpatialDropout2D")


@dataclass(frozen=True)
class GraphNode:
    """One layer of a functional model: its name, class, settings and the names of the layers it reads."""

    name: str
    kind: str
    config: Mapping[str, Any]
    sources: tuple[str, ...]


class KerasGraph(nn.Module):
    """The network of a functional model; inputs in the order of ``input_layers``, (batch, channels, rows, columns)."""

    def __init__(self, file: KerasFile, family: str, residual: float | None = None) -> None:
        """Build every layer and fill it with the file's weights.

        Args:
            file: with its ``model_config``.
            family: for messages.
            residual: factor of Lambda layers where the user states it; None reads it from the file.

        Raises:
            ConversionError: a layer is of a kind that is not known here, holds code, or a tensor does not fit.
        """
        super().__init__()
        self.nodes, self.inputs, self.output = read_plan(file, family)
        self.channels: dict[str, int] = {}
        self.scales: set[float] = set()
        self.layers = nn.ModuleList()
        weights = {layer.name: layer for layer in file.layers}
        for node in self.nodes:
            self.layers.append(self._build(node, weights.get(node.name), family, residual))
        unused = next((layer.name for layer in file.weighted if layer.name not in {n.name for n in self.nodes}), None)
        if unused is not None:
            raise ConversionError(f"{family}: the layer {unused} has weights but no place in model_config.")
        self.eval()

    @property
    def input_channels(self) -> tuple[int, ...]:
        """Channels of the inputs in order."""
        return tuple(self.channels[name] for name in self.inputs)

    @property
    def output_channels(self) -> int:
        """Channels of the output."""
        return self.channels[self.output]

    def kinds(self) -> tuple[str, ...]:
        """Return the class of every layer in order."""
        return tuple(node.kind for node in self.nodes)

    def forward(self, *tensors: Tensor) -> Tensor:
        """Run the layers in order."""
        values = dict(zip(self.inputs, tensors))
        for node, layer in zip(self.nodes, self.layers):
            if node.kind == "InputLayer":
                continue
            sources = [values[name] for name in node.sources]
            if node.kind == "Add":
                values[node.name] = sum(sources[1:], sources[0])
            elif node.kind == "Concatenate":
                values[node.name] = torch.cat(sources, 1)
            else:
                values[node.name] = layer(sources[0])
        return values[self.output]

    def _build(self, node: GraphNode, weights: KerasLayer | None, family: str, residual: float | None) -> nn.Module:
        entering = [self.channels[name] for name in node.sources]
        made: nn.Module = nn.Identity()
        if node.kind == "InputLayer":
            self.channels[node.name] = _input_channels(node, family)
            return made
        self.channels[node.name] = sum(entering) if node.kind == "Concatenate" else entering[0]
        if node.kind == "Lambda":
            self._check_lambda(node, family)
            made = Scale(residual_scale(node.config, node.name, family) if residual is None else residual)
            self.scales.add(made.factor)
        elif node.kind in BUILDERS:
            given = Given(node.name, family, weights)
            made, self.channels[node.name] = BUILDERS[node.kind](node.config, entering[0], given)
        elif node.kind not in ("Add", "Concatenate", *IDENTITIES):
            raise ConversionError(
                f"{family}: the layer {node.name} is a {node.kind}, which the published network lacks."
            )
        if node.kind == "Add" and len(set(entering)) > 1:
            raise ConversionError(f"{family}: the layer {node.name} adds tensors of {entering} channels.")
        if node.kind == "Concatenate" and node.config.get("axis", -1) not in (1, 3, -1, -3):
            raise ConversionError(f"{family}: the layer {node.name} does not concatenate along channels.")
        return made

    def _check_lambda(self, node: GraphNode, family: str) -> None:
        """A Lambda is accepted as the residual factor of the published networks only: Conv2D -> Lambda -> Add."""
        kinds = {entry.name: entry.kind for entry in self.nodes}
        readers = {entry.kind for entry in self.nodes if node.name in entry.sources}
        if [kinds[name] for name in node.sources] != ["Conv2D"] or readers != {"Add"}:
            raise ConversionError(
                f"{family}: the layer {node.name} is a Lambda, whose Python code is never run here, and it does not "
                "stand where the published network scales its residual. Use the published file."
            )


def read_plan(file: KerasFile, family: str) -> tuple[tuple[GraphNode, ...], tuple[str, ...], str]:
    """Return the nodes of a model's config in order of computation, its inputs, and its output.

    Raises:
        ConversionError: it is no functional model with one output, or shares a layer.
    """
    config = (file.config or {}).get("config")
    if not isinstance(config, dict) or "layers" not in config or "input_layers" not in config:
        raise ConversionError(f"{family}: the model_config of {file.path.name} is no functional model.")
    try:
        nodes = [_node_of(entry) for entry in config["layers"]]
        inputs = tuple(_reference(entry) for entry in _nested(config["input_layers"]))
        outputs = tuple(_reference(entry) for entry in _nested(config["output_layers"]))
    except (KeyError, TypeError, IndexError, ValueError) as error:
        raise ConversionError(f"{family}: the model_config of {file.path.name} is not readable: {error!r}.") from error
    if len(outputs) != 1:
        raise ConversionError(f"{family}: the model has {len(outputs)} outputs; the published network has one.")
    return _ordered(nodes, family), inputs, outputs[0]


def _ordered(nodes: list[GraphNode], family: str) -> tuple[GraphNode, ...]:
    done: dict[str, GraphNode] = {}
    waiting = list(nodes)
    while waiting:
        ready = [node for node in waiting if all(name in done for name in node.sources)]
        if not ready:
            raise ConversionError(f"{family}: the layer {waiting[0].name} reads a layer that does not exist.")
        done.update({node.name: node for node in ready})
        waiting = [node for node in waiting if node.name not in done]
    return tuple(done.values())


def _node_of(entry: Mapping[str, Any]) -> GraphNode:
    config = entry["config"]
    calls = entry.get("inbound_nodes") or []
    if len(calls) > 1:
        raise ValueError(f"the layer {entry['name']} is used {len(calls)} times")
    sources = tuple(_reference(call) for call in calls[0]) if calls else ()
    return GraphNode(str(entry.get("name", config["name"])), str(entry["class_name"]), config, sources)


def _nested(entries: list[Any]) -> list[Any]:
    """Keras 2 writes one input as ["input_1", 0, 0] or as [["input_1", 0, 0]]."""
    return [entries] if entries and isinstance(entries[0], str) else entries


def _reference(call: Any) -> str:
    if not isinstance(call, (list, tuple)) or not isinstance(call[0], str):
        raise ValueError(f"{call!r} is no reference to a layer")
    return call[0]


def _input_channels(node: GraphNode, family: str) -> int:
    shape = node.config.get("batch_input_shape") or node.config.get("batch_shape") or ()
    known = [size for size in tuple(shape)[1:] if isinstance(size, int)]
    # Channels are the one size that is fixed; where the training patch is fixed too, they are the smallest.
    if len(tuple(shape)) != 4 or not known:
        raise ConversionError(f"{family}: the input {node.name} has the shape {shape}; images with bands are expected.")
    return min(known)

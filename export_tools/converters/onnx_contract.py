# SPDX-License-Identifier: GPL-2.0-or-later
"""What a description says of an ONNX file, and how both become a card and a file for the same loop as all others."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import onnx

from ...core.errors import ModelError
from ...core.onnx_graph import Graph
from ...core.onnx_guess import fixed_size
from ...core.receptive_field import ReceptiveField, analyze
from .framework import ConversionError, Converted, Options, Recognised
from .onnx_rewrite import Affine, Part, append, prepend, read_model, split, to_bytes
from .onnx_trial import Group, compare, freed, sample_size

# TensorProto.DataType of float32, float16 and float64.
FLOATS = (1, 10, 11)


@dataclass(frozen=True)
class Contract:
    """A description of an ONNX file.

    Attributes:
        family: what described it.
        key: id of the card.
        name: for people.
        sensor: id of the sensor file, or ``any``.
        levels: processing levels.
        groups: image inputs, finest first.
        output: name of the output.
        output_bands: in channel order.
        result: reflectance = output x gain + offset of each band.
        scale: output pixels along one pixel of the finest input, or 0 where only the graph tells.
        licence: as published.
        notes: sentences for the user.
        picture_white: what 255 of an 8-bit picture is in the unit of the description, or 0 where it does not say.
        further: entries of the card.
    """

    family: str
    key: str
    name: str
    sensor: str
    levels: tuple[str, ...]
    groups: tuple[Group, ...]
    output: str
    output_bands: tuple[str, ...]
    result: Affine
    scale: int = 0
    licence: str = ""
    notes: tuple[str, ...] = ()
    picture_white: float = 0.0
    further: Mapping[str, Any] = field(default_factory=dict)


def convert_contract(contract: Contract, path: Path, options: Options) -> Converted:
    """Bring an ONNX file into the form of a card.

    Args:
        contract: what it is.
        path: the file.
        options: ``plain`` keeps every band on the grid of the tensor.

    Raises:
        ConversionError: description and graph disagree, or the network cannot be run.
        ModelError: the file is damaged, unsafe or too new.
    """
    graph, model = read_model(path)
    _check(contract, graph)
    receptive = _receptive(contract, graph)
    scale = _scale(contract, graph, receptive)
    original = to_bytes(model)
    notes = [*contract.notes]
    value_range = _apply_ranges(model, contract)
    size = sample_size(contract.groups, graph, receptive)
    model = freed(model, contract.groups, (len(contract.output_bands), scale), size, notes)
    compare(original, to_bytes(model), contract.groups, contract.result, value_range, size)
    inputs = _native(model, contract, options, notes)
    gsd = contract.groups[0].gsd / scale
    card = {
        "id": contract.key,
        "name": contract.name,
        "summary": f"{contract.family}: {', '.join(contract.output_bands)} at {gsd:g} m.",
        "sensor": contract.sensor,
        "levels": list(contract.levels),
        "gsd": gsd,
        "scale_factor": round(max(float(entry["gsd"]) for entry in inputs) / gsd),
        "value_range": {
            "scale": value_range[0],
            "offset": value_range[1],
            **({"picture_white": contract.picture_white} if contract.picture_white else {}),
        },
        "inputs": inputs,
        "outputs": [{"name": contract.output, "bands": list(contract.output_bands), "role": "value"}],
        "licence": contract.licence,
        **contract.further,
    }
    count = sum(math.prod(entry.dims) for entry in graph.initializers.values() if entry.data_type in FLOATS)
    architecture = {"opset": graph.opset, "nodes": len(graph.nodes), "scale": scale}
    recognised = Recognised(contract.family, architecture, count, "", tuple(notes))
    return Converted(None, (), card, recognised, to_bytes(model), path)


def _check(contract: Contract, graph: Graph) -> None:
    """Refuse a description that names other tensors or other numbers of bands than the graph has."""
    shapes = {tensor.name: tensor.shape for tensor in (*graph.inputs, *graph.outputs)}
    described = {group.tensor: group.bands for group in contract.groups}
    wanted = {**described, contract.output: contract.output_bands}
    for name, bands in wanted.items():
        if name not in shapes:
            raise ConversionError(f"{contract.family}: the network has no tensor {name}, only {', '.join(shapes)}.")
        shape = shapes[name] or ()
        if len(shape) not in (0, 4):
            raise ConversionError(f"{contract.family}: {name} has {len(shape)} dimensions instead of 4.")
        if shape and isinstance(shape[1], int) and shape[1] != len(bands):
            raise ConversionError(
                f"{contract.family}: {name} has {shape[1]} channels, but the description names {len(bands)} bands "
                f"({', '.join(bands)})."
            )
    further = [tensor.name for tensor in graph.inputs if tensor.name not in described]
    if further:
        raise ConversionError(f"{contract.family}: the description says nothing of the input {further[0]}.")


def _receptive(contract: Contract, graph: Graph) -> ReceptiveField | None:
    """Return the receptive field, or None where the graph cannot be analysed."""
    coarsest = max(group.gsd for group in contract.groups)
    try:
        return analyze(graph, {group.tensor: round(coarsest / group.gsd) for group in contract.groups})
    except ModelError:
        return None


def _scale(contract: Contract, graph: Graph, receptive: ReceptiveField | None) -> int:
    finest = contract.groups[0].tensor
    found = receptive.scale_of(contract.output).get(finest) if receptive else None
    shapes = {tensor.name: tensor for tensor in (*graph.inputs, *graph.outputs)}
    sizes, made = fixed_size(shapes[finest]), fixed_size(shapes[contract.output])
    if found is None and sizes and made:
        found = Fraction(made[0], sizes[0])
    if found is None and contract.scale:
        return contract.scale
    if found is None or found.denominator != 1 or (contract.scale and found != contract.scale):
        raise ConversionError(
            f"{contract.family}: the network makes {found or 'an unknown number of'} pixels along one of {finest}"
            + (f", the description says {contract.scale}." if contract.scale else "; say it with --set factor=N.")
        )
    return int(found)


def _apply_ranges(model: onnx.ModelProto, contract: Contract) -> tuple[float, float]:
    """Return scale and offset for the card; where channels differ, the graph gets a step of its own."""
    pairs = {group.affine.uniform for group in contract.groups}
    shared = pairs.pop() if len(pairs) == 1 else None
    gain, offset = shared or (1.0, 0.0)
    for group in contract.groups:
        prepend(model, group.tensor, Affine.of(len(group.bands)) if shared else group.affine, group.limits)
    gains = tuple(_tidy(value * gain) for value in contract.result.gains)
    offsets = tuple(_tidy(value * gain + offset) for value in contract.result.offsets)
    append(model, contract.output, Affine(gains, offsets))
    return gain, offset


def _tidy(value: float) -> float:
    """Return 0 or 1 for what is one of them but for rounding."""
    return next((float(whole) for whole in (0, 1) if abs(value - whole) < 1e-9), value)


def _native(model: onnx.ModelProto, contract: Contract, options: Options, notes: list[str]) -> list[dict[str, Any]]:
    """Return the card's inputs; bands of coarser GSD than their tensor get an input on their native grid."""
    entries: list[dict[str, Any]] = []
    for group in contract.groups:
        gsds = sorted(set(group.gsds))
        if options.plain or len(gsds) == 1:
            entries.append({"name": group.tensor, "bands": list(group.bands), "gsd": group.gsd})
            continue
        parts = tuple(
            Part(f"b{gsd:g}", tuple(place for place, own in enumerate(group.gsds) if own == gsd)) for gsd in gsds
        )
        split(model, group.tensor, parts)
        notes.append("Coarser bands are raised to the finest grid inside the graph, cubic as GDAL does it.")
        for part, gsd in zip(parts, gsds):
            entries.append({"name": part.name, "bands": [group.bands[place] for place in part.channels], "gsd": gsd})
    return entries

# SPDX-License-Identifier: GPL-2.0-or-later
"""Deepness' networks: an ONNX file that describes itself by metadata keys; 8-bit images / 255, then standardised."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from ...core.errors import SatSharpError
from ...core.onnx_graph import Graph, read_graph
from ...core.onnx_guess import Guess, bands_made, guess
from .framework import ConversionError, Converted, Options
from .onnx_bare import key_of, names_of
from .onnx_contract import Contract, convert_contract
from .onnx_rewrite import Affine, read_model, run, to_bytes
from .onnx_trial import Group, sample, sample_size

FAMILY = "Deepness"
KIND = "Superresolution"
# A network that emits 0..1 gives about what it reads; one that emits 0..255 about 255 times that.
FULL = 255.0
THRESHOLD = 16.0


class Deepness:
    """Converter of Deepness' super-resolution networks."""

    names = ("deepness",)
    summary = "Deepness super-resolution .onnx (metadata keys inside); settings bands, gsd, output=1|255"

    def recognises(self, source: Path) -> bool:
        """Return whether the file names a Deepness model type."""
        try:
            return source.is_file() and "model_type" in read_graph(source).metadata
        except SatSharpError:
            return False

    def convert(self, source: Path, options: Options) -> Converted:
        """Read metadata and network.

        Raises:
            ConversionError: it is another model type, or metadata and network do not fit.
            ModelError: the file is damaged, unsafe or too new.
        """
        graph = read_graph(source)
        metadata = {key: value_of(text) for key, text in graph.metadata.items()}
        kind = str(metadata.get("model_type", "")).capitalize()
        if kind != KIND:
            raise ConversionError(
                f"{source.name} is a Deepness {kind or 'file without model_type'}, no {KIND} network."
            )
        found = guess(graph)
        bands = names_of(options, "bands") or found.bands
        group = Group(
            found.input, bands, (options.number("gsd", found.gsd),) * len(bands), standardisation(metadata, len(bands))
        )
        top, why = output_top(source, graph, found, group, options)
        made = bands_made(bands, len(found.output_bands))
        contract = Contract(
            family=FAMILY,
            key=key_of(source),
            name=source.stem,
            sensor="any",
            levels=(),
            groups=(group,),
            output=found.output,
            output_bands=made,
            result=Affine.of(len(made), 1 / top),
            scale=found.scale_factor,
            picture_white=1.0,
            notes=(
                f"gsd: {group.gsd:g} m - {found.reasons['gsd']}.",
                f"bands: {', '.join(bands)} - {found.reasons['bands']}.",
                f"Output: 0..{top:g} - {why}; --set output=1 or 255 says otherwise.",
                "Range: 8-bit value / 255; tile size and overlap of the metadata are not used, the halo is exact.",
            ),
        )
        return convert_contract(contract, source, options)


def value_of(text: str) -> object:
    """Return a metadata value: JSON as Deepness writes it, or the plain text."""
    try:
        found: object = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return found


def standardisation(metadata: Mapping[str, object], channels: int) -> Affine:
    """Return the step (value - mean) / deviation of each channel; none without both keys.

    Raises:
        ConversionError: the lists are no numbers, of another length, or a deviation is not positive.
    """
    keys = ("standardization_mean", "standardization_std")
    lists = [metadata.get(key) for key in keys]
    if all(values is None for values in lists):
        return Affine.of(channels)
    numbers = [
        [float(value) for value in values]
        if isinstance(values, list) and all(isinstance(value, (int, float)) for value in values)
        else []
        for values in lists
    ]
    mean, deviation = numbers
    usable = all(map(math.isfinite, [*mean, *deviation])) and min(deviation, default=0) > 0
    if len(mean) != channels or len(deviation) != channels or not usable:
        raise ConversionError(
            f"{FAMILY}: {keys[0]} and {keys[1]} must each be {channels} numbers, deviations above 0; "
            f"they are {lists[0]} and {lists[1]}."
        )
    return Affine(tuple(1 / value for value in deviation), tuple(-a / b for a, b in zip(mean, deviation)))


def output_top(source: Path, graph: Graph, found: Guess, group: Group, options: Options) -> tuple[float, str]:
    """Return whether the network emits 0..1 or 0..255, as given or by one trial.

    Raises:
        ConversionError: the setting is neither, or the network cannot be run.
    """
    given = options.number("output", 0.0)
    if "output" in options.settings:
        if given not in (1.0, FULL):
            raise ConversionError(f"{FAMILY}: --set output={given:g} is neither 1 nor 255.")
        return given, "as given"
    scene = sample((group,), sample_size((group,), graph, None))[found.input]
    _check_channels(graph, found, group)
    made = run(to_bytes(read_model(source)[1]), {found.input: group.to_network(scene)})[0]
    ratio = abs(float(np.median(made))) / float(np.median(scene))
    return (FULL if ratio > THRESHOLD else 1.0), f"a trial gave {ratio:.3g} times the input"


def _check_channels(graph: Graph, found: Guess, group: Group) -> None:
    if len(group.bands) != len(found.bands):
        raise ConversionError(
            f"{FAMILY}: the network reads {len(found.bands)} bands, --set bands= names {len(group.bands)}."
        )


CONVERTERS = (Deepness(),)

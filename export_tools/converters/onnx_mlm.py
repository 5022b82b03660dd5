# SPDX-License-Identifier: GPL-2.0-or-later
"""Networks described by a STAC MLM item (JSON) with the ONNX file beside it."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from ...core.errors import SatSharpError
from ...core.onnx_graph import Graph, read_graph
from ...core.onnx_guess import bands_made
from .framework import ConversionError, Converted, Options
from .mlm_item import InputEntry, Item, load_item, read_item
from .mlm_scaling import FAMILY
from .onnx_bare import key_of, names_of
from .onnx_contract import Contract, convert_contract
from .onnx_rewrite import Affine, read_model, run, to_bytes
from .onnx_trial import Group, by_channel, sample, sample_size

OUTPUTS = ("network", "stored")


class StacMlm:
    """Converter of networks described by a STAC MLM item."""

    names = ("mlm", "stac-mlm")
    summary = "STAC MLM item .json, its .onnx beside it; settings gsd, output_bands, output=network|stored"

    def recognises(self, source: Path) -> bool:
        """Return whether the file is a STAC item with MLM properties."""
        try:
            load_item(source)
        except SatSharpError:
            return False
        return True

    def convert(self, source: Path, options: Options) -> Converted:
        """Read item and network.

        Raises:
            ConversionError: the item is incomplete, needs code, or does not fit the network.
            ModelError: the ONNX file is damaged, unsafe or too new.
        """
        item = read_item(source)
        graph = read_graph(item.model)
        groups = groups_of(item, graph, options)
        output = next((tensor for tensor in graph.outputs if tensor.name == item.output), graph.outputs[0])
        bands, ranges = made_by(groups, item, len_of(output.shape), options)
        choice, why = output_range(item, graph, groups, ranges, options)
        contract = Contract(
            family=FAMILY,
            key=key_of(Path(item.key)),
            name=item.title,
            sensor="sentinel2" if item.sentinel2 else "any",
            levels=(),
            groups=groups,
            output=output.name,
            output_bands=bands,
            result=ranges[choice],
            licence=item.licence,
            notes=(
                *(f"Input {group.tensor}: {', '.join(group.bands)} at {group.gsd:g} m." for group in groups),
                f"Output in the range of {'the network' if choice == 'network' else 'stored values'} - {why}; "
                f"--set output={'|'.join(OUTPUTS)} says otherwise.",
            ),
        )
        return convert_contract(contract, item.model, options)


def groups_of(item: Item, graph: Graph, options: Options) -> tuple[Group, ...]:
    """Return the inputs, finest first; tensors are matched by name, else by order.

    Raises:
        ConversionError: their number is not the network's, or a GSD is known neither from the item nor the user.
    """
    tensors = [tensor.name for tensor in graph.inputs]
    if len(tensors) != len(item.inputs):
        raise ConversionError(f"{FAMILY}: the item has {len(item.inputs)} inputs, the network {len(tensors)}.")
    by_name = all(entry.name in tensors for entry in item.inputs)
    groups = [_group(entry, entry.name if by_name else tensor, options) for entry, tensor in zip(item.inputs, tensors)]
    return tuple(sorted(groups, key=lambda group: group.gsd))


def _group(entry: InputEntry, tensor: str, options: Options) -> Group:
    gsds = tuple(band.gsd or options.number("gsd", 0.0) for band in entry.bands)
    if min(gsds) <= 0:
        raise ConversionError(
            f"{FAMILY}: the item does not tell the GSD of {entry.name}. Say it with --set gsd=METRES."
        )
    gains, offsets = [], []
    for band, scaling in zip(entry.bands, entry.scalings):
        gains.append(scaling.gain / band.scale)
        offsets.append(scaling.offset - band.offset * scaling.gain / band.scale)
    limits = None
    if any(math.isfinite(scaling.low) or math.isfinite(scaling.high) for scaling in entry.scalings):
        zeros = (0.0,) * len(entry.bands)
        limits = (
            Affine(zeros, tuple(scaling.low for scaling in entry.scalings)),
            Affine(zeros, tuple(scaling.high for scaling in entry.scalings)),
        )
    return Group(tensor, tuple(band.name for band in entry.bands), gsds, Affine(tuple(gains), tuple(offsets)), limits)


def made_by(
    groups: tuple[Group, ...], item: Item, leaving: int, options: Options
) -> tuple[tuple[str, ...], dict[str, Affine]]:
    """Return the output's bands, and how to get reflectance from values in the network's or the stored range."""
    coarsest = next((group for group in reversed(groups) if len(group.bands) == leaving), groups[0])
    leaving = leaving or len(coarsest.bands)
    bands = names_of(options, "output_bands") or bands_made(coarsest.bands, leaving)
    stored = {band.name: (band.scale, band.offset) for entry in item.inputs for band in entry.bands}
    read = {
        name: (1 / gain, -offset / gain)
        for group in groups
        for name, gain, offset in zip(group.bands, group.affine.gains, group.affine.offsets)
    }
    ranges = {}
    for choice, pairs in (("network", read), ("stored", stored)):
        found = [pairs.get(name, next(iter(pairs.values()))) for name in bands]
        ranges[choice] = Affine(tuple(gain for gain, _ in found), tuple(offset for _, offset in found))
    return bands, ranges


def output_range(
    item: Item, graph: Graph, groups: tuple[Group, ...], ranges: dict[str, Affine], options: Options
) -> tuple[str, str]:
    """Return in which range the network's output is, as given or by one trial: where it looks more like reflectance.

    Raises:
        ConversionError: the setting is neither, or the network cannot be run.
    """
    given = options.setting("output")
    if given:
        if given not in OUTPUTS:
            raise ConversionError(f"{FAMILY}: --set output={given} is neither {' nor '.join(OUTPUTS)}.")
        return given, "as given"
    if ranges["network"] == ranges["stored"]:
        return "network", "which is that of stored values"
    scene = sample(groups, sample_size(groups, graph, None))
    feed = {group.tensor: group.to_network(scene[group.tensor]) for group in groups}
    made = run(to_bytes(read_model(item.model)[1]), feed)[0]
    middle = float(np.median(np.concatenate([values.ravel() for values in scene.values()])))
    misses = {
        choice: abs(float(np.median(made * by_channel(affine.gains) + by_channel(affine.offsets))) - middle)
        for choice, affine in ranges.items()
    }
    best = min(misses, key=lambda choice: misses[choice])
    return best, "a trial came nearest to its input so"


def len_of(shape: tuple[int | str | None, ...] | None) -> int:
    """Return the number of channels of an image tensor, 0 where it is free."""
    channels = (shape or (None,) * 4)[1]
    return channels if isinstance(channels, int) else 0


CONVERTERS = (StacMlm(),)

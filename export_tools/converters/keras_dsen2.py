# SPDX-License-Identifier: GPL-2.0-or-later
"""DSen2 and VDSen2 (Lanaras et al. 2018), satsr's six networks, and up42's (DSen2, AESR): Keras HDF5 -> card and ONNX.

Full models carry their graph in ``model_config``, which is followed; files of weights only hold DSen2 by order:
head, two convolutions for each residual block, tail.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import nn

from ..networks.dsen2 import RESIDUAL_SCALE, DSen2
from .framework import (
    ConversionError,
    Converted,
    Converter,
    Options,
    Recognised,
    check_shapes,
    count_values,
    load_tensors,
    random_examples,
)
from .keras_file import KerasFile, read_keras, torch_kernel
from .keras_graph import KerasGraph
from .multisensor import PUBLISHED, Setup, card_of, setup_of
from .native_grid import UPSAMPLING, NativeGrid, Stacked
from .sources import HDF5, is_kind

# Network value = digital number / 2000, and a digital number is reflectance x 10000.
DSEN2 = "DSen2"
DSEN2_RANGE = {"scale": 5.0, "offset": 0.0}


@dataclass(frozen=True)
class Built:
    """A network with one input for each band group, all on the finest grid."""

    network: nn.Module
    channels: tuple[int, ...]
    leaving: int
    architecture: dict[str, Any]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class MultiSensorConverter:
    """One project that published networks of this kind."""

    names: tuple[str, ...]
    summary: str
    title: str
    licence: str

    def recognises(self, source: Path) -> bool:
        """Return whether the file holds such a network and its name or layers point at this project."""
        if not is_kind(source, HDF5):
            return False
        try:
            file = read_keras(source, self.title)
            built = build(file, self.title, Options())
        except ConversionError:
            return False
        setup = setup_of(built.channels, built.leaving)
        project = "" if setup is None else project_of(source, setup, built)
        return project == self.names[0] and (project == "up42" or built.architecture["network"] == DSEN2)

    def convert(self, source: Path, options: Options) -> Converted:
        """Read a checkpoint; see ``Converter``."""
        file = read_keras(source, self.title)
        built = build(file, self.title, options)
        setup = setup_of(built.channels, built.leaving)
        if setup is None:
            raise ConversionError(
                f"{self.title}: inputs of {built.channels} bands and {built.leaving} target bands are none of the "
                "published networks. Choose another family with --as."
            )
        network, project = str(built.architecture["network"]), self.names[0]
        if network != DSEN2 and project != "up42":
            raise ConversionError(f"{self.title}: {source.name} is no DSen2: its graph is {network}. Try --as up42.")
        count = count_values(built.network)
        published = PUBLISHED.get(count, "")
        title, key = (f"up42 {network}", f"up42-{network.lower()}") if project == "up42" else (self.title, project)
        if published.startswith("VDSen2"):
            title, key = "VDSen2", "vdsen2"
        value_range = setup.satsr_range() if project == "satsr" else dict(DSEN2_RANGE)
        card = card_of(setup, title, key, value_range, options)
        card["licence"] = self.licence
        card["levels"] = card["levels"] or levels_of(source, setup, project)
        notes = (*built.notes, *_notes(setup, options))
        recognised = Recognised(title, built.architecture, count, published, notes)
        whole = built.network if options.plain else NativeGrid(built.network, setup.channels, setup.factors)
        return Converted(whole.eval(), examples(setup, options.plain), card, recognised)


def build(file: KerasFile, family: str, options: Options) -> Built:
    """Build the network of a file.

    Raises:
        ConversionError: the file holds another network, or a tensor is missing or of another shape.
    """
    residual = options.number("residual", float("nan"))
    stated = None if residual != residual else residual
    if file.config is None:
        return _by_order(file, family, stated)
    graph = KerasGraph(file, family, stated)
    architecture: dict[str, Any] = {"network": "another"}
    kernels = [shape for name, shape in file.shapes.items() if name.endswith("/kernel")]
    if "Conv2DTranspose" in graph.kinds():
        architecture = {"network": "AESR"}
    elif _is_dsen2(graph):
        width, depth = _check_dsen2(file, family)
        architecture = {"network": DSEN2, "residual_blocks": depth, "width": width}
    architecture["convolutions"] = len(kernels)
    architecture["inputs"] = list(graph.input_channels)
    if len(graph.scales) > 1:
        raise ConversionError(
            f"{family}: the residual factors differ ({sorted(graph.scales)}); as published they agree."
        )
    if graph.scales:
        architecture["residual_scale"] = next(iter(graph.scales))
    return Built(graph, graph.input_channels, graph.output_channels, architecture)


def project_of(source: Path, setup: Setup, built: Built) -> str:
    """Return ``dsen2``, ``satsr`` or ``up42``: by sensor, names of the input layers and file name."""
    inputs = built.network.inputs if isinstance(built.network, KerasGraph) else ()
    numbered = [name for name in inputs if re.fullmatch(r"\d+m?", name)]
    if setup.sensor != "sentinel2" or len(numbered) == len(inputs) > 0 or "final_model" in source.name:
        return "satsr"
    words = ("up42", "aesr", "l1c_", "l2a_")
    if built.architecture["network"] != DSEN2 or any(word in source.name.lower() for word in words):
        return "up42"
    return "dsen2"


def levels_of(source: Path, setup: Setup, project: str) -> list[str]:
    """Return the levels of a file: up42 writes them in its names; the others were trained on L1C."""
    if setup.sensor != "sentinel2":
        return []
    named = re.match(r"(l1c|l2a)_", source.name.lower())
    if project == "up42":
        return [named.group(1).upper()] if named else []
    return ["L1C"]


def examples(setup: Setup, plain: bool) -> tuple[tuple[Any, ...], ...]:
    """Return inputs of two sizes: on native grids, or (plain) all on the finest grid."""
    unit = setup.factors[-1]
    sizes = ((1, 17, 23), (2, 16, 9)) if plain else ((1, 4 * unit, 4 * unit), (2, 3 * unit, 5 * unit))
    steps = [1 if plain else factor for factor in setup.factors]
    return random_examples(
        [
            [(batch, count, rows // step, cols // step) for count, step in zip(setup.channels, steps)]
            for batch, rows, cols in sizes
        ]
    )


def _by_order(file: KerasFile, family: str, stated: float | None) -> Built:
    kernels = [(name, shape) for name, shape in file.shapes.items() if name.endswith("/kernel")]
    if len(kernels) < 4 or len(kernels) % 2 or any(len(shape) != 4 for _, shape in kernels):
        raise ConversionError(
            f"{family}: {file.path.name} has {len(kernels)} convolutions and no model_config; DSen2 has an even count "
            "of them: head, two for each residual block, tail."
        )
    entering, width, leaving = kernels[0][1][2], kernels[0][1][3], kernels[-1][1][3]
    depth = (len(kernels) - 2) // 2
    _check_dsen2(file, family)
    network = DSen2(entering, leaving, width, depth)
    scale = RESIDUAL_SCALE if stated is None else stated
    stored = dict(file.tensors)
    modules = ["head", *(f"{part}.{block}" for block in range(depth) for part in ("first", "second")), "tail"]
    tensors = {}
    for (name, _), module in zip(kernels, modules):
        layer = name.rsplit("/", 1)[0]
        factor = scale / RESIDUAL_SCALE if module.startswith("second") else 1.0
        tensors[f"{module}.weight"] = torch_kernel(stored[f"{layer}/kernel"]) * factor
        tensors[f"{module}.bias"] = stored[f"{layer}/bias"] * factor
    load_tensors(network, tensors, family)
    note = f"The file holds weights only, so the residual factor {scale:g} is that of the publication."
    architecture = {"network": DSEN2, "residual_blocks": depth, "width": width, "residual_scale": scale}
    return Built(Stacked(network), (entering,), leaving, architecture, (note,))


def _check_dsen2(file: KerasFile, family: str) -> tuple[int, int]:
    """Compare all shapes with those of DSen2 and return its width and residual blocks."""
    layers = [name.rsplit("/", 1)[0] for name, shape in file.shapes.items() if name.endswith("/kernel")]
    first, last = file.shapes[f"{layers[0]}/kernel"], file.shapes[f"{layers[-1]}/kernel"]
    width = first[3]
    inner = [(width, width)] * (len(layers) - 2)
    expected: dict[str, tuple[int, ...]] = {}
    for layer, (entering, leaving) in zip(layers, [(first[2], width), *inner, (width, last[3])]):
        expected[f"{layer}/kernel"] = (3, 3, entering, leaving)
        expected[f"{layer}/bias"] = (leaving,)
    check_shapes(expected, file.shapes, family)
    return width, (len(layers) - 2) // 2


def _is_dsen2(graph: KerasGraph) -> bool:
    """Return whether the graph is DSen2's: head, blocks of two convolutions and a scaled sum, tail, skip."""
    kinds = [kind for kind in graph.kinds() if kind not in ("InputLayer", "Concatenate", "Activation", "ReLU")]
    blocks = (len(kinds) - 3) // 4
    return kinds == ["Conv2D", *["Conv2D", "Conv2D", "Lambda", "Add"] * blocks, "Conv2D", "Add"]


def _notes(setup: Setup, options: Options) -> tuple[str, ...]:
    order = "; ".join(f"{name}: {', '.join(bands)}" for name, _, bands in setup.groups)
    plain = "All inputs are on the finest grid already, upsampled before as published (bilinear)."
    notes = [plain if options.plain else UPSAMPLING, f"Channel order: {order}."]
    if setup.key == "l8-30m":
        notes.append("The thermal bands B10 and B11 are native 100 m: a 15 m pan band cannot sharpen them physically.")
    return tuple(notes)


_TABLE: Mapping[str, tuple[tuple[str, ...], str, str]] = {
    "satsr": (("satsr",), "six networks for Sentinel-2, Landsat 8, VIIRS, MODIS (Keras HDF5)", "satsr"),
    "up42": (("up42", "aesr"), "DSen2 and AESR retrained by up42 (Keras HDF5)", "up42"),
    "dsen2": (("dsen2", "vdsen2"), "DSen2 and VDSen2 for 20 m and 60 m bands (Keras HDF5)", "DSen2"),
}
CONVERTERS: tuple[Converter, ...] = tuple(
    MultiSensorConverter(names, summary, title, "GPL-3.0-only") for names, summary, title in _TABLE.values()
)

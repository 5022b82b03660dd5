# SPDX-License-Identifier: GPL-2.0-or-later
"""ISR's RDN and RRDN (Keras HDF5, weights only): all sizes are read from the names and shapes of the layers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import nn

from ..networks.isr import RDN, RRDN, RRDN_BETA, IsrSize
from .framework import ConversionError, Converted, Converter, Options, Recognised, Shape, count_values
from .keras_file import KerasFile, read_keras
from .keras_layers import Given, fill_convolution
from .rgb_card import other_scale, rgb_card, rgb_examples, stretch_of
from .sources import HDF5, is_kind

# Count of values -> published network.
PUBLISHED = {
    16_347_635: "ISR RDN C6 D20 G64 x2 (psnr-large, noise-cancel)",
    2_619_635: "ISR RDN C3 D10 G64 x2 (psnr-small)",
    4_176_100: "ISR RRDN C4 D3 G32 T10 x4 (gans)",
    16_352_375: "SouthPole RDN C6 D20 G64 x3",
    2_624_375: "SouthPole RDN C3 D10 G64 x3",
    16_652_783: "SouthPole RRDN C4 D3 G64 T10 x3",
    16_644_128: "ISR RRDN C4 D3 G64 T10 x2",
}
# SouthPole's digital numbers: 255 is reflectance 0.25. ISR's own weights saw photographs.
STRETCH = (0.0, 0.25)


@dataclass(frozen=True)
class IsrConverter:
    """RDN or RRDN."""

    names: tuple[str, ...]
    summary: str
    title: str
    head: str
    tail: str

    def recognises(self, source: Path) -> bool:
        """Return whether the file has this network's first and last layers."""
        if not is_kind(source, HDF5):
            return False
        try:
            layers = {layer.name for layer in read_keras(source, self.title).weighted}
        except ConversionError:
            return False
        return {self.head, self.tail} <= layers

    def convert(self, source: Path, options: Options) -> Converted:
        """Read a checkpoint; see ``Converter``."""
        file = read_keras(source, self.title)
        size = size_of(file, self.title, self.tail)
        beta = options.number("beta", RRDN_BETA)
        network: nn.Module = RRDN(size, beta) if size.groups else RDN(size)
        fill_by_name(network.layers, file, self.title)  # type: ignore[arg-type]
        network.eval()
        key = self.names[0]
        stretch = stretch_of(options, STRETCH)
        card = rgb_card(key, self.title, size.scale, stretch, 1.0, options)
        card["licence"] = "Apache-2.0"
        count = count_values(network)
        notes = [f"Network range 0..1 is reflectance {stretch[0]:g}..{stretch[1]:g}; the output is not clipped."]
        if size.groups:
            notes.append(f"The residual factor {beta:g} is that of the publication; no checkpoint holds it.")
        notes += other_scale(source, size.scale)
        recognised = Recognised(self.title, letters(size), count, PUBLISHED.get(count, ""), tuple(notes))
        return Converted(network, rgb_examples(1.0), card, recognised)


def size_of(file: KerasFile, family: str, tail: str) -> IsrSize:
    """Read ISR's letters from the names and shapes of a file.

    Args:
        file: the checkpoint.
        family: for messages.
        tail: name of the layer with colours x scale^2 channels.

    Raises:
        ConversionError: it holds no such network, or a layer is missing.
    """
    deep = tail == "PreShuffle"
    pattern = r"F_(\d+)_(\d+)_(\d+)" if deep else r"F_(\d+)_(\d+)"
    found = [(match, layer) for layer in file.weighted if (match := re.fullmatch(pattern, layer.name))]
    if not found:
        raise ConversionError(f"{family}: {file.path.name} has no layers called F_1_1{'_1' if deep else ''} and so on.")
    numbers = [tuple(int(number) for number in match.groups()) for match, _ in found]
    growth = _shape(file, found[0][1].name, family)[3]
    head = _shape(file, "Pre_blocks_conv" if deep else "F_m1", family)
    end, last = _shape(file, tail, family), _shape(file, "SR", family)
    colours = last[3]
    scale = round((end[3] / colours) ** 0.5)
    if scale < 1 or colours * scale**2 != end[3]:
        raise ConversionError(f"{family}: the tensor {tail}/kernel has {end[3]} channels for {colours} colours.")
    return IsrSize(
        convolutions=max(entry[-1] for entry in numbers),
        blocks=max(entry[-2] for entry in numbers),
        growth=growth,
        width=head[3],
        scale=scale,
        groups=max(entry[0] for entry in numbers) if deep else 0,
        colours=colours,
        kernel=head[0],
        shuffle=deep or last[2] == colours,
    )


def letters(size: IsrSize) -> dict[str, Any]:
    """Return a size under ISR's letters."""
    found: dict[str, Any] = {"C": size.convolutions, "D": size.blocks, "G": size.growth, "G0": size.width}
    if size.groups:
        found["T"] = size.groups
    return {**found, "x": size.scale, "upscaling": "shuffle" if size.shuffle else "ups"}


def fill_by_name(layers: nn.ModuleDict, file: KerasFile, family: str) -> None:
    """Fill convolutions from the layers of the same names.

    Raises:
        ConversionError: the first tensor that is missing or of another shape, or a layer that the network lacks.
    """
    stored = {layer.name: layer for layer in file.weighted}
    for name, module in layers.items():
        fill_convolution(module, Given(name, family, stored.get(name)))  # type: ignore[arg-type]
    surplus = next((name for name in stored if name not in layers), None)
    if surplus is not None:
        raise ConversionError(f"{family}: the file has the layer {surplus}, which this network lacks.")


def _shape(file: KerasFile, layer: str, family: str) -> Shape:
    shape = file.shapes.get(f"{layer}/kernel")
    if shape is None or len(shape) != 4:
        raise ConversionError(f"{family}: the tensor {layer}/kernel of four axes is missing in {file.path.name}.")
    return shape


CONVERTERS: tuple[Converter, ...] = (
    IsrConverter(("rdn", "isr-rdn"), "ISR residual dense network, any size (Keras HDF5)", "ISR RDN", "F_m1", "UPN3"),
    IsrConverter(
        ("rrdn", "isr-rrdn"),
        "ISR residual in residual dense network, any size (Keras HDF5)",
        "ISR RRDN",
        "Pre_blocks_conv",
        "PreShuffle",
    ),
)

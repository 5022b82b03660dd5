# SPDX-License-Identifier: GPL-2.0-or-later
"""Redes' SRGAN, EDSR and WDSR generators, and SouthPole's EDSR-SRGAN with its relatives (Keras HDF5, weights only)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from ..networks.residual import ByteRange, MeanShift
from .framework import ConversionError, Converted, Converter, Options, Recognised
from .keras_file import KerasFile, read_keras
from .keras_order import Found, read_edsr, read_srgan, read_wdsr
from .rgb_card import other_scale, rgb_card, rgb_examples, stretch_of
from .sources import HDF5, is_kind

# Count of values -> published network.
PUBLISHED = {1_453_699: "Redes SRGAN generator", 1_554_499: "SouthPole EDSR-SRGAN x3"}
REDES_STRETCH = (0.0, 0.3)
REDES_GAMMA = 1.4
SOUTHPOLE_STRETCH = (0.0, 0.25)
REDES_SCALE = 3
BYTE = 255.0
# Their layers alone tell the project apart.
ONE_RANGE = ("Redes SRGAN", "SRGAN with pixel shuffle")


class RedesRange(nn.Module):
    """Redes' rendering around its generator: 0..1 linear -> 8-bit rendering with gamma -> network -> -1..1 -> 0..1.

    Args:
        network: takes 0..1 and returns -1..1.
        gamma: of the rendering of Landsat; Sentinel-2, the target, was rendered without.
    """

    def __init__(self, network: nn.Module, gamma: float) -> None:
        """Keep the network."""
        super().__init__()
        self.network, self.exponent = network, 1 / gamma

    def forward(self, image: Tensor) -> Tensor:
        """Return the enlarged image in 0..1, linear."""
        rendered = torch.clamp(image, 0, 1)
        if self.exponent != 1:
            rendered = rendered**self.exponent
        result: Tensor = (self.network(rendered) + 1) / 2
        return result


@dataclass(frozen=True)
class GeneratorConverter:
    """One generator of one project.

    Attributes:
        names: see ``Converter``.
        summary: see ``Converter``.
        title: of the family.
        kind: key of ``keras_order.ORDERS``.
        shifted: the project subtracts the DIV2K mean from images in 0..255 (krasserm, SouthPole).
        licence: as published.
    """

    names: tuple[str, ...]
    summary: str
    title: str
    kind: str
    shifted: bool
    licence: str

    def recognises(self, source: Path) -> bool:
        """Return whether the layers are in this order and their names those of this project."""
        if not is_kind(source, HDF5):
            return False
        try:
            file = read_keras(source, self.title)
            self._read(file, Options())
        except ConversionError:
            return False
        return self.kind in ONE_RANGE or is_shifted(file) == self.shifted

    def convert(self, source: Path, options: Options) -> Converted:
        """Read a checkpoint; see ``Converter``."""
        file = read_keras(source, self.title)
        found, notes = self._read(file, options)
        top = BYTE if self.shifted else 1.0
        stretch = stretch_of(options, SOUTHPOLE_STRETCH if self.shifted else REDES_STRETCH)
        network, wrapping = self._ranged(found.network, options)
        card = rgb_card(self.names[0], self.title, found.scale, stretch, top, options)
        card["licence"] = self.licence
        notes += [*wrapping, f"Reflectance {stretch[0]:g}..{stretch[1]:g} is 0..{top:g}; the output is not clipped."]
        notes += other_scale(source, found.scale)
        if self.kind not in ONE_RANGE and is_shifted(file) != self.shifted:
            notes.append("The names of the layers look like those of the other project: see whether --as is right.")
        architecture = {"network": self.kind, "blocks": found.blocks, "width": found.width, "scale": found.scale}
        recognised = Recognised(self.title, architecture, file.count, PUBLISHED.get(file.count, ""), tuple(notes))
        return Converted(network.eval(), rgb_examples(top), card, recognised)

    def _read(self, file: KerasFile, options: Options) -> tuple[Found, list[str]]:
        residual = options.number("residual", 1.0)
        if self.kind == "EDSR":
            return read_edsr(file, self.title, residual), []
        if self.kind == "WDSR":
            return read_wdsr(file, self.title, residual), ["Weight normalisation is folded into the kernels."]
        named = re.search(r"x(\d)(?!\d)", file.path.name)
        scale = int(options.number("scale", float(named.group(1)) if named else REDES_SCALE))
        found = read_srgan(file, self.title, self.kind, scale)
        if found.shuffles or found.scale != scale:
            return found, []
        return found, [f"Nearest upsampling x{scale}: no tensor tells the scale; --set scale=2 says otherwise."]

    def _ranged(self, network: nn.Module, options: Options) -> tuple[nn.Module, list[str]]:
        if self.kind == "SRGAN with pixel shuffle":
            return ByteRange(network), ["The graph takes and returns 0..255, as the published network does."]
        if self.shifted:
            return MeanShift(network), ["The graph subtracts the DIV2K mean and adds it again, as published."]
        output = options.setting("output", "-1..1" if self.kind == "Redes SRGAN" else "0..1")
        if options.plain or output == "0..1":
            return network, [f"The output is in the published network's range, {output}."]
        gamma = options.number("gamma", REDES_GAMMA)
        return RedesRange(network, gamma), [
            f"The graph renders its input as Redes did (clipped to 0..1, gamma {gamma:g}) and brings the output from "
            "-1..1 to 0..1; --plain leaves both out."
        ]


def is_shifted(file: KerasFile) -> bool:
    """Return whether a file's Lambda layers and names are krasserm's, whose networks work on 0..255.

    Its upsampling convolutions are called ``conv2d_1_scale_3``, and besides those for the pixel shuffles there are two
    Lambda layers that normalise and denormalise.
    """
    names = [layer.name for layer in file.layers]
    shuffles = 2 if any(layer.weight("g") is not None for layer in file.layers) else 1
    return any("_scale_" in name for name in names) or sum(name.startswith("lambda") for name in names) >= shuffles + 2


CONVERTERS: tuple[Converter, ...] = (
    GeneratorConverter(("redes-srgan",), "Redes' SRGAN generator", "Redes SRGAN", "Redes SRGAN", False, "MIT"),
    GeneratorConverter(("redes-edsr",), "Redes' EDSR", "Redes EDSR", "EDSR", False, "MIT"),
    GeneratorConverter(("redes-wdsr",), "Redes' WDSR", "Redes WDSR", "WDSR", False, "MIT"),
    GeneratorConverter(
        ("southpole-edsr", "southpole-srgan", "krasserm-edsr"),
        "SouthPole's EDSR-SRGAN generator, krasserm's EDSR",
        "SouthPole EDSR-SRGAN",
        "EDSR",
        True,
        "NOASSERTION",
    ),
    GeneratorConverter(("krasserm-wdsr",), "krasserm's WDSR", "krasserm WDSR", "WDSR", True, "Apache-2.0"),
    GeneratorConverter(
        ("krasserm-srgan",),
        "krasserm's SRGAN generator",
        "krasserm SRGAN",
        "SRGAN with pixel shuffle",
        True,
        "Apache-2.0",
    ),
)

# SPDX-License-Identifier: GPL-2.0-or-later
"""RDN and RRDN as the ISR project has them (Zhang et al. 2018; Wang et al. 2018), written anew from a description.

Layers carry ISR's names, so that a checkpoint can be filled in by name.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from .rearrange import depth_to_space

RRDN_BETA = 0.2


@dataclass(frozen=True)
class IsrSize:
    """ISR's letters.

    Attributes:
        convolutions: C, densely connected convolutions of a block.
        blocks: D, dense blocks (of RRDN: in each of T groups).
        growth: G, channels that each convolution adds.
        width: G0, channels between blocks.
        scale: x, output pixels along one input pixel.
        groups: T of RRDN; 0 in RDN.
        colours: channels of input and output.
        kernel: side of the square kernels that are not fixed by the architecture.
        shuffle: RDN's tail: pixel shuffle, or (False) nearest upsampling with colours x scale^2 channels.
    """

    convolutions: int
    blocks: int
    growth: int
    width: int
    scale: int
    groups: int = 0
    colours: int = 3
    kernel: int = 3
    shuffle: bool = False


def _convolution(entering: int, leaving: int, kernel: int) -> nn.Conv2d:
    return nn.Conv2d(entering, leaving, kernel, padding=kernel // 2)


class RDN(nn.Module):
    """Residual dense network: (batch, colours, rows, columns) in 0..1 -> the same, ``scale`` times as large."""

    def __init__(self, size: IsrSize) -> None:
        """Build the layers."""
        super().__init__()
        self.size = size
        width, kernel, tail = size.width, size.kernel, size.colours * size.scale**2
        self.layers = nn.ModuleDict({"F_m1": _convolution(size.colours, width, kernel)})
        self.layers["F_0"] = _convolution(width, width, kernel)
        for block in range(1, size.blocks + 1):
            for number in range(1, size.convolutions + 1):
                entering = width + (number - 1) * size.growth
                self.layers[f"F_{block}_{number}"] = _convolution(entering, size.growth, kernel)
            self.layers[f"LFF_{block}"] = _convolution(width + size.convolutions * size.growth, width, 1)
        self.layers["GFF_1"] = _convolution(size.blocks * width, width, 1)
        self.layers["GFF_2"] = _convolution(width, width, kernel)
        self.layers["UPN1"] = _convolution(width, 64, 5)
        self.layers["UPN2"] = _convolution(64, 32, 3)
        self.layers["UPN3"] = _convolution(32, tail, 3)
        self.layers["SR"] = _convolution(size.colours if size.shuffle else tail, size.colours, kernel)

    def forward(self, image: Tensor) -> Tensor:
        """Return the enlarged image, not clipped."""
        layers, shallow = self.layers, self.layers["F_m1"](image)
        hidden = layers["F_0"](shallow)
        outputs = []
        for block in range(1, self.size.blocks + 1):
            names = [f"F_{block}_{number}" for number in range(1, self.size.convolutions + 1)]
            hidden = layers[f"LFF_{block}"](_dense(layers, names, hidden)) + hidden
            outputs.append(hidden)
        hidden = layers["GFF_2"](layers["GFF_1"](torch.cat(outputs, 1))) + shallow
        hidden = functional.relu(layers["UPN2"](functional.relu(layers["UPN1"](hidden))))
        hidden = layers["UPN3"](hidden)
        if self.size.shuffle:
            raised = depth_to_space(hidden, self.size.scale)
        else:
            raised = functional.interpolate(hidden, scale_factor=self.size.scale, mode="nearest")
        result: Tensor = layers["SR"](raised)
        return result


class RRDN(nn.Module):
    """Residual in residual dense network with ReLU; tensors as those of ``RDN``."""

    def __init__(self, size: IsrSize, beta: float = RRDN_BETA) -> None:
        """Build the layers; ``beta`` scales both residuals and stands in no checkpoint."""
        super().__init__()
        self.size, self.beta = size, beta
        width, kernel = size.width, size.kernel
        self.layers = nn.ModuleDict({"Pre_blocks_conv": _convolution(size.colours, width, kernel)})
        for group in range(1, size.groups + 1):
            for block in range(1, size.blocks + 1):
                for number in range(1, size.convolutions + 1):
                    entering = width + (number - 1) * size.growth
                    self.layers[f"F_{group}_{block}_{number}"] = _convolution(entering, size.growth, kernel)
                merged = width + size.convolutions * size.growth
                self.layers[f"LFF_{group}_{block}"] = _convolution(merged, width, kernel)
        self.layers["post_blocks_conv"] = _convolution(width, width, kernel)
        self.layers["PreShuffle"] = _convolution(width, size.colours * size.scale**2, kernel)
        self.layers["SR"] = _convolution(size.colours, size.colours, kernel)

    def forward(self, image: Tensor) -> Tensor:
        """Return the enlarged image, not clipped."""
        layers, shallow = self.layers, self.layers["Pre_blocks_conv"](image)
        hidden = shallow
        for group in range(1, self.size.groups + 1):
            inner = hidden
            for block in range(1, self.size.blocks + 1):
                names = [f"F_{group}_{block}_{number}" for number in range(1, self.size.convolutions + 1)]
                inner = inner + self.beta * layers[f"LFF_{group}_{block}"](_dense(layers, names, inner))
            hidden = hidden + self.beta * inner
        hidden = layers["post_blocks_conv"](hidden) + shallow
        result: Tensor = layers["SR"](depth_to_space(layers["PreShuffle"](hidden), self.size.scale))
        return result


def _dense(layers: nn.ModuleDict, names: list[str], tensor: Tensor) -> Tensor:
    """Return the input and what each convolution adds to it, concatenated in order."""
    for name in names:
        tensor = torch.cat([tensor, functional.relu(layers[name](tensor))], 1)
    return tensor

# SPDX-License-Identifier: GPL-2.0-or-later
"""The U-Nets of S2L8H (Deep-Harmonization, Thirugnana Sambandham et al. 2024): Landsat and pan to Sentinel-2.

Written anew from the description; modules are named as the published state dictionaries name their tensors.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

ATTENTIONS = ("None", "standard", "modified")
UPSAMPLERS = ("upsample", "shuffle", "upconv")


@dataclass(frozen=True)
class UNetShape:
    """A configuration.

    Attributes:
        entering: channels of both inputs together.
        leaving: channels of the result.
        depth: levels; the image is halved depth - 1 times.
        width: channels of the first level; each deeper one has twice as many.
        upsampler: ``upsample`` (bilinear), ``shuffle`` (pixel shuffle) or ``upconv`` (transposed convolution).
        attention: ``None``, ``standard`` (gated skip) or ``modified`` (skip and gated skip).
        channel_attention: efficient channel attention behind every block, which sees the whole image.
        variance: a second head gives the variance (Gaussian model).
    """

    entering: int
    leaving: int
    depth: int
    width: int
    upsampler: str
    attention: str = "None"
    channel_attention: bool = False
    variance: bool = False


def attention_kernel(channels: int) -> int:
    """Return the size of the convolution of channel attention (Wang et al. 2020, arXiv:1910.03151)."""
    size = int(abs(math.log2(channels) / 2) + 1)
    return size if size % 2 else size + 1


class ChannelAttention(nn.Module):
    """Efficient channel attention: image means, a convolution over channels, a sigmoid."""

    def __init__(self, channels: int) -> None:
        """Build the convolution (``conv``, without bias)."""
        super().__init__()
        kernel = attention_kernel(channels)
        self.conv = nn.Conv1d(1, 1, kernel, padding=(kernel - 1) // 2, bias=False)

    def forward(self, tensor: Tensor) -> Tensor:
        """Scale every channel by a number that depends on the whole image."""
        means = functional.adaptive_avg_pool2d(tensor, 1).flatten(2).transpose(1, 2)
        return tensor * torch.sigmoid(self.conv(means)).transpose(1, 2).unsqueeze(3)


class Block(nn.Module):
    """Two 3 x 3 convolutions with PReLU, and channel attention where wanted (``block.0`` to ``block.4``)."""

    def __init__(self, entering: int, leaving: int, channel_attention: bool) -> None:
        """Build the layers."""
        super().__init__()
        layers: list[nn.Module] = [
            nn.Conv2d(entering, leaving, 3, padding=1),
            nn.PReLU(),
            nn.Conv2d(leaving, leaving, 3, padding=1),
            nn.PReLU(),
        ]
        if channel_attention:
            layers.append(ChannelAttention(leaving))
        self.block = nn.Sequential(*layers)

    def forward(self, tensor: Tensor) -> Tensor:
        """Return (batch, leaving, rows, columns)."""
        result: Tensor = self.block(tensor)
        return result


class Gate(nn.Module):
    """Attention gate (Oktay et al. 2018, arXiv:1804.03999): the skip weighted pixel by pixel by the deeper level."""

    def __init__(self, channels: int) -> None:
        """Build 1 x 1 convolutions with batch normalisation."""
        super().__init__()
        self.W_gate = nn.Sequential(nn.Conv2d(channels, channels, 1), nn.BatchNorm2d(channels))
        self.W_x = nn.Sequential(nn.Conv2d(channels, channels, 1), nn.BatchNorm2d(channels))
        self.psi = nn.Sequential(nn.Conv2d(channels, 1, 1), nn.BatchNorm2d(1), nn.Sigmoid())
        self.relu = nn.PReLU()

    def forward(self, deeper: Tensor, skip: Tensor) -> Tensor:
        """Return the weighted skip."""
        weights: Tensor = self.psi(self.relu(self.W_gate(deeper) + self.W_x(skip)))
        return skip * weights


class UpBlock(nn.Module):
    """Twice as large, to the exact size of the skip, joined with it (``Upsize``, ``attention_gate``, ``conv``)."""

    def __init__(self, width: int, shape: UNetShape) -> None:
        """Build the layers that go from 2 x width to width channels."""
        super().__init__()
        self.modified = shape.attention == "modified"
        self.Upsize = upsampler(shape.upsampler, width)
        self.attention_gate = None if shape.attention == "None" else Gate(width)
        self.conv = Block((3 if self.modified else 2) * width, width, shape.channel_attention)

    def forward(self, tensor: Tensor, skip: Tensor) -> Tensor:
        """Return (batch, width, rows, columns) of the skip's size."""
        raised = functional.interpolate(self.Upsize(tensor), size=skip.shape[2:], mode="bilinear", align_corners=False)
        joined = [raised, skip]
        if self.attention_gate is not None:
            gated = self.attention_gate(raised, skip)
            joined = [raised, skip, gated] if self.modified else [raised, gated]
        result: Tensor = self.conv(torch.cat(joined, 1))
        return result


def upsampler(kind: str, width: int) -> nn.Module:
    """Return the layers that double the size and halve 2 x width channels."""
    if kind == "upconv":
        return nn.ConvTranspose2d(2 * width, width, 2, stride=2)
    if kind == "upsample":
        return nn.Sequential(
            nn.Upsample(scale_factor=2, mode="bilinear", align_corners=False), nn.Conv2d(2 * width, width, 1)
        )
    return nn.Sequential(
        nn.Conv2d(2 * width, 4 * width, 3, padding=1),
        nn.PReLU(),
        nn.PixelShuffle(2),
        nn.Conv2d(width, width, 3, padding=1),
    )


class HarmonizingUNet(nn.Module):
    """The network; its inputs lie on one grid, its output on the same."""

    def __init__(self, shape: UNetShape) -> None:
        """Build the layers under their published names."""
        super().__init__()
        widths = [shape.width * 2**level for level in range(shape.depth)]
        entering = [shape.entering, *widths[:-1]]
        self.encoding_module = nn.ModuleList(
            Block(before, width, shape.channel_attention) for before, width in zip(entering, widths)
        )
        self.decoding_module = nn.ModuleList(UpBlock(width, shape) for width in reversed(widths[:-1]))
        heads = ("final_mean", "final_variance") if shape.variance else ("final",)
        for name in heads:
            self.add_module(name, nn.Conv2d(shape.width, shape.leaving, 1))
        self.heads = heads

    def forward(self, *inputs: Tensor) -> Tensor | tuple[Tensor, ...]:
        """Harmonize.

        Args:
            inputs: reflectances (batch, bands, rows, columns): multispectral bands, then pan where the network has it.

        Returns:
            (batch, leaving, rows, columns); the Gaussian model gives mean and variance, both not negative.
        """
        results = self.unbounded(*inputs)
        return tuple(functional.relu(result) for result in results) if len(results) > 1 else results[0]

    def unbounded(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Return what each head gives, before the Gaussian model's values are kept from being negative."""
        tensor = torch.cat(inputs, 1) if len(inputs) > 1 else inputs[0]
        skips: list[Tensor] = []
        for number, block in enumerate(self.encoding_module):
            tensor = block(functional.avg_pool2d(tensor, 2) if number else tensor)
            skips.append(tensor)
        for up, skip in zip(self.decoding_module, reversed(skips[:-1])):
            tensor = up(tensor, skip)
        return tuple(self.get_submodule(name)(tensor) for name in self.heads)

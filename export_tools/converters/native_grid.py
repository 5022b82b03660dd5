# SPDX-License-Identifier: GPL-2.0-or-later
"""Networks that want every band on the finest grid, with the upsampling inside the graph."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from ..networks.rearrange import bilinear_weights, depth_to_space

UPSAMPLING = (
    "Inputs are on their native grids; the graph upsamples the coarser ones, bilinear with half-pixel centres, as the "
    "published preprocessing does. --plain leaves this out."
)


class Bilinear(nn.Module):
    """Bilinear upsampling by a fixed convolution: ONNX's Resize depends on a pixel's place by rounding, this does not.

    The published preprocessing (skimage.transform.resize, order 1) differs only in the outermost factor / 2 pixels of
    the image, where it mirrors without repeating the edge; the tiles' halo covers them.
    """

    def __init__(self, channels: int, factor: int) -> None:
        """Prepare the weights for ``channels`` bands and an integer ``factor``."""
        super().__init__()
        self.factor = factor
        self.register_buffer("weight", torch.from_numpy(bilinear_weights(channels, factor)), persistent=False)

    def forward(self, band: Tensor) -> Tensor:
        """Return (batch, channels, factor x rows, factor x columns)."""
        weight: Tensor = self.weight  # type: ignore[assignment]
        padded = functional.pad(band, (1, 1, 1, 1), mode="replicate")
        return depth_to_space(functional.conv2d(padded, weight), self.factor)


class NativeGrid(nn.Module):
    """A network behind the upsampling of its inputs to the grid of the first.

    Args:
        network: takes one tensor for each group, all on the finest grid.
        channels: of each group, finest first.
        factors: pixels of the finest grid along one pixel of each group.
    """

    def __init__(self, network: nn.Module, channels: tuple[int, ...], factors: tuple[int, ...]) -> None:
        """Prepare the upsampling of every group but the first."""
        super().__init__()
        self.network = network
        self.raising = nn.ModuleList(Bilinear(count, factor) for count, factor in zip(channels[1:], factors[1:]))

    def forward(self, finest: Tensor, *coarser: Tensor) -> Tensor:
        """Return the network's output on the grid of ``finest``."""
        result: Tensor = self.network(finest, *(up(band) for up, band in zip(self.raising, coarser)))
        return result


class Stacked(nn.Module):
    """A network of one stacked input, given its groups one by one."""

    def __init__(self, network: nn.Module) -> None:
        """Keep the network."""
        super().__init__()
        self.network = network

    def forward(self, *groups: Tensor) -> Tensor:
        """Concatenate the groups in order."""
        result: Tensor = self.network(torch.cat(groups, 1))
        return result

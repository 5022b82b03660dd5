# SPDX-License-Identifier: GPL-2.0-or-later
"""Native-grid inputs for networks that want all bands on the finest grid: the upsampling is part of the graph."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .rearrange import BilinearToDepth, depth_to_space


class OnFinestGrid(nn.Module):
    """Bilinear upsampling (half-pixel centres) of every coarser group, then a network on the stack of all bands.

    Args:
        groups: (channels, factor) of each group, finest first, targets last; factor = GSD / finest GSD.
        network: takes (batch, all channels, rows, columns) and returns the targets on the same grid.
    """

    def __init__(self, groups: list[list[int]], network: nn.Module) -> None:
        """Build the upsampling of every coarser group and put the network behind it."""
        super().__init__()
        self.groups = [(int(channels), int(factor)) for channels, factor in groups]
        self.ups = nn.ModuleList(BilinearToDepth(channels, factor) for channels, factor in self.groups[1:])
        self.network = network

    def forward(self, *tensors: Tensor) -> Tensor:
        """Sharpen.

        Args:
            tensors: the groups finest first; further ones (a scene regression) are ignored.

        Returns:
            (batch, targets, rows, columns) on the finest grid.
        """
        # In mixed precision what is skipped to the output must keep its digits.
        with torch.autocast("cuda" if tensors[0].is_cuda else "cpu", enabled=False):
            raised = [
                depth_to_space(up(band), factor)
                for band, up, (_, factor) in zip(tensors[1:], self.ups, self.groups[1:])
            ]
        sharpened: Tensor = self.network(torch.cat([tensors[0], *raised], 1))
        return sharpened

    def example(self, rows: int = 8, batch: int = 1) -> dict[str, tuple[Tensor, ...]]:
        """Return zero tensors of the right shapes for export."""
        largest = self.groups[-1][1]
        sizes = [(channels, rows * largest // factor) for channels, factor in self.groups]
        return {"tensors": tuple(torch.zeros(batch, channels, size, size) for channels, size in sizes)}


def channels_of(groups: list[list[int]]) -> tuple[int, int]:
    """Return the number of all bands and of target bands (those of the last group)."""
    return sum(int(channels) for channels, _ in groups), int(groups[-1][0])

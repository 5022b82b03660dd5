# SPDX-License-Identifier: GPL-2.0-or-later
"""DSen2 and VDSen2 (Lanaras et al., ISPRS Journal 146, 2018, 305-319), written anew from the paper's description."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from .rearrange import BilinearToDepth, depth_to_space

RESIDUAL_SCALE = 0.1


class DSen2(nn.Module):
    """The published network: all bands already on the finest grid, residual blocks at full size.

    Args:
        entering: channels of all groups together.
        leaving: target bands, which are the last channels of the input.
        width: 128 in DSen2, 256 in VDSen2.
        depth: residual blocks; 6 in DSen2, 32 in VDSen2.
    """

    def __init__(self, entering: int, leaving: int, width: int = 128, depth: int = 6) -> None:
        """Build the layers with He-uniform weights and zero biases, as published."""
        super().__init__()
        self.leaving = leaving
        self.head = nn.Conv2d(entering, width, 3, padding=1)
        self.first = nn.ModuleList(nn.Conv2d(width, width, 3, padding=1) for _ in range(depth))
        self.second = nn.ModuleList(nn.Conv2d(width, width, 3, padding=1) for _ in range(depth))
        self.tail = nn.Conv2d(width, leaving, 3, padding=1)
        for layer in (self.head, *self.first, *self.second, self.tail):
            nn.init.kaiming_uniform_(layer.weight, nonlinearity="relu")
            nn.init.zeros_(layer.bias)  # type: ignore[arg-type]

    def forward(self, stacked: Tensor) -> Tensor:
        """Return the last channels of ``stacked`` (batch, entering, rows, columns) plus what the network adds."""
        hidden = functional.relu(self.head(stacked))
        for first, second in zip(self.first, self.second):
            hidden = hidden + RESIDUAL_SCALE * second(functional.relu(first(hidden)))
        return self.tail(hidden) + stacked[:, -self.leaving :]


def vdsen2(entering: int, leaving: int) -> DSen2:
    """Return the very deep variant."""
    return DSen2(entering, leaving, width=256, depth=32)


class DSen2Upsampling(nn.Module):
    """DSen2 with native-grid inputs: bilinear upsampling (half-pixel centres) inside the graph.

    Args:
        groups: (channels, factor) of each group, finest first, targets last; factor = GSD / finest GSD.
        width: see ``DSen2``.
        depth: see ``DSen2``.
    """

    def __init__(self, groups: list[list[int]], width: int = 128, depth: int = 6) -> None:
        """Build the upsampling of every coarser group and the published network behind it."""
        super().__init__()
        self.groups = [(int(channels), int(factor)) for channels, factor in groups]
        self.ups = nn.ModuleList(BilinearToDepth(channels, factor) for channels, factor in self.groups[1:])
        self.network = DSen2(sum(channels for channels, _ in self.groups), self.groups[-1][0], width, depth)

    def forward(self, *tensors: Tensor) -> Tensor:
        """Sharpen; ``tensors`` are the groups finest first, and further ones (a scene regression) are ignored."""
        raised = [
            depth_to_space(up(band), factor) for band, up, (_, factor) in zip(tensors[1:], self.ups, self.groups[1:])
        ]
        return self.network(torch.cat([tensors[0], *raised], 1))

    def example(self, rows: int = 8, batch: int = 1) -> dict[str, tuple[Tensor, ...]]:
        """Return zero tensors of the right shapes for export."""
        largest = self.groups[-1][1]
        sizes = [(channels, rows * largest // factor) for channels, factor in self.groups]
        return {"tensors": tuple(torch.zeros(batch, channels, size, size) for channels, size in sizes)}

# SPDX-License-Identifier: GPL-2.0-or-later
"""DSen2 and VDSen2 (Lanaras et al., ISPRS Journal 146, 2018, 305-319), written anew from the paper's description."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional

from .finest_grid import OnFinestGrid, channels_of

RESIDUAL_SCALE = 0.1
# Channels and residual blocks of the two published networks.
DSEN2 = (128, 6)
VDSEN2 = (256, 32)


class DSen2(nn.Module):
    """The published network: all bands already on the finest grid, residual blocks at full size.

    Args:
        entering: channels of all groups together.
        leaving: target bands, which are the last channels of the input.
        width: 128 in DSen2, 256 in VDSen2.
        depth: residual blocks; 6 in DSen2, 32 in VDSen2.
    """

    def __init__(self, entering: int, leaving: int, width: int = DSEN2[0], depth: int = DSEN2[1]) -> None:
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
    return DSen2(entering, leaving, *VDSEN2)


class DSen2Upsampling(OnFinestGrid):
    """DSen2 with native-grid inputs.

    Args:
        groups: (channels, factor) of each group, finest first, targets last; factor = GSD / finest GSD.
        width: see ``DSen2``.
        depth: see ``DSen2``.
    """

    def __init__(self, groups: list[list[int]], width: int = DSEN2[0], depth: int = DSEN2[1]) -> None:
        """Build the upsampling of every coarser group and the published network behind it."""
        super().__init__(groups, DSen2(*channels_of(groups), width, depth))


class VDSen2Upsampling(DSen2Upsampling):
    """VDSen2 with native-grid inputs; arguments as of ``DSen2Upsampling``."""

    def __init__(self, groups: list[list[int]], width: int = VDSEN2[0], depth: int = VDSEN2[1]) -> None:
        """Build DSen2 in the size of VDSen2."""
        super().__init__(groups, width, depth)

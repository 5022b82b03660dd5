# SPDX-License-Identifier: GPL-2.0-or-later
"""SRCNN (Dong et al., IEEE TPAMI 38, 2016, 295-307) over several bands, as PNN (Masi et al., Remote Sensing, 2016).

Three convolutions on the upsampled bands: features, a nonlinear mapping, reconstruction.
"""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional

from .finest_grid import OnFinestGrid, channels_of

# The published sizes: 9-1-5 with 64 and 32 features (8,032 weights on one band); PNN and the larger SRCNN use 9-5-5.
KERNELS = (9, 1, 5)
WIDTHS = (64, 32)


class Srcnn(nn.Module):
    """The published network on bands that lie on the finest grid already.

    Args:
        entering: channels of all groups together.
        leaving: target bands, which are the last channels of the input.
        widths: features of the first two convolutions.
        kernels: odd sizes of the three convolutions.
        skip: add the upsampled targets, so that only detail is learnt; the original predicts the image itself.
    """

    def __init__(
        self,
        entering: int,
        leaving: int,
        widths: tuple[int, ...] = WIDTHS,
        kernels: tuple[int, ...] = KERNELS,
        skip: bool = True,
    ) -> None:
        """Build the layers; with ``skip`` the last one starts at zero, so that training starts at bilinear."""
        super().__init__()
        self.leaving = leaving
        self.skip = skip
        channels = (entering, *widths, leaving)
        self.layers = nn.ModuleList(
            nn.Conv2d(before, after, kernel, padding=kernel // 2)
            for before, after, kernel in zip(channels, channels[1:], kernels)
        )
        for layer in self.layers:
            nn.init.kaiming_uniform_(layer.weight, nonlinearity="relu")
            nn.init.zeros_(layer.bias)
        if skip:
            nn.init.zeros_(self.layers[-1].weight)

    def forward(self, stacked: Tensor) -> Tensor:
        """Return the targets for ``stacked`` (batch, entering, rows, columns), targets last."""
        hidden = stacked
        for layer in self.layers[:-1]:
            hidden = functional.relu(layer(hidden))
        result: Tensor = self.layers[-1](hidden)
        return result + stacked[:, -self.leaving :] if self.skip else result


class SrcnnUpsampling(OnFinestGrid):
    """SRCNN with native-grid inputs.

    Args:
        groups: (channels, factor) of each group, finest first, targets last; factor = GSD / finest GSD.
        widths: see ``Srcnn``.
        kernels: see ``Srcnn``.
        skip: see ``Srcnn``.
    """

    def __init__(
        self,
        groups: list[list[int]],
        widths: tuple[int, ...] = WIDTHS,
        kernels: tuple[int, ...] = KERNELS,
        skip: bool = True,
    ) -> None:
        """Build the upsampling of every coarser group and the published network behind it."""
        super().__init__(groups, Srcnn(*channels_of(groups), tuple(widths), tuple(kernels), skip))

# SPDX-License-Identifier: GPL-2.0-or-later
"""ESRGAN's generator of residual-in-residual dense blocks (Wang et al. 2018, arXiv:1809.00219), with Satlas' scales.

Written anew from the description; modules are named as published state dictionaries name their tensors.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

RESIDUAL = 0.2
SLOPE = 0.2
# Scale of the network -> pixel-unshuffle before the first convolution.
UNSHUFFLE = {1: 4, 2: 2}
# Scale -> factors of the nearest-neighbour steps, each followed by a convolution.
STEPS = {1: (2, 2), 2: (2, 2), 3: (3,), 4: (2, 2), 8: (2, 2, 2), 16: (2, 2, 2, 2)}


def convolution(entering: int, leaving: int) -> nn.Conv2d:
    """Return a 3 x 3 convolution with zero padding."""
    return nn.Conv2d(entering, leaving, 3, padding=1)


class DenseBlock(nn.Module):
    """Five convolutions, each reading everything before it."""

    def __init__(self, width: int, growth: int) -> None:
        """Build ``conv1`` to ``conv5``."""
        super().__init__()
        self.conv1 = convolution(width, growth)
        self.conv2 = convolution(width + growth, growth)
        self.conv3 = convolution(width + 2 * growth, growth)
        self.conv4 = convolution(width + 3 * growth, growth)
        self.conv5 = convolution(width + 4 * growth, width)

    def forward(self, tensor: Tensor) -> Tensor:
        """Return 0.2 x what the last convolution makes, plus the input."""
        grown = [tensor]
        for layer in (self.conv1, self.conv2, self.conv3, self.conv4):
            grown.append(functional.leaky_relu(layer(torch.cat(grown, 1)), SLOPE))
        made: Tensor = self.conv5(torch.cat(grown, 1))
        return RESIDUAL * made + tensor


class ResidualDenseBlocks(nn.Module):
    """Three dense blocks in a row, scaled by 0.2 and added to the input."""

    def __init__(self, width: int, growth: int) -> None:
        """Build ``rdb1`` to ``rdb3``."""
        super().__init__()
        self.rdb1 = DenseBlock(width, growth)
        self.rdb2 = DenseBlock(width, growth)
        self.rdb3 = DenseBlock(width, growth)

    def forward(self, tensor: Tensor) -> Tensor:
        """Return 0.2 x the third block's output, plus the input."""
        made: Tensor = self.rdb3(self.rdb2(self.rdb1(tensor)))
        return RESIDUAL * made + tensor


class RRDBNet(nn.Module):
    """The generator.

    Args:
        entering: channels of the image (dates x bands), before pixel-unshuffle.
        leaving: channels of the result.
        scale: 1, 2, 3, 4, 8 or 16; 3 is one nearest x 3 step followed by ``conv_up2`` (``conv_up1`` stays unused).
        width: features F.
        blocks: number B of residual-in-residual dense blocks.
        growth: channels G that each convolution of a dense block adds.
    """

    def __init__(self, entering: int, leaving: int, scale: int, width: int, blocks: int, growth: int) -> None:
        """Build the layers under their published names."""
        super().__init__()
        self.scale = scale
        self.unshuffle = UNSHUFFLE.get(scale, 1)
        self.conv_first = convolution(entering * self.unshuffle**2, width)
        self.body = nn.Sequential(*(ResidualDenseBlocks(width, growth) for _ in range(blocks)))
        self.conv_body = convolution(width, width)
        for number in range(1, max(2, len(STEPS[scale])) + 1):
            self.add_module(f"conv_up{number}", convolution(width, width))
        self.conv_hr = convolution(width, width)
        self.conv_last = convolution(width, leaving)

    def forward(self, image: Tensor) -> Tensor:
        """Return (batch, leaving, scale x rows, scale x columns), not clamped."""
        if self.unshuffle > 1:
            image = functional.pixel_unshuffle(image, self.unshuffle)
        first = self.conv_first(image)
        hidden = first + self.conv_body(self.body(first))
        steps = STEPS[self.scale]
        numbers = (2,) if self.scale == 3 else range(1, len(steps) + 1)
        for factor, number in zip(steps, numbers):
            raised = functional.interpolate(hidden, scale_factor=factor, mode="nearest")
            hidden = functional.leaky_relu(self.get_submodule(f"conv_up{number}")(raised), SLOPE)
        result: Tensor = self.conv_last(functional.leaky_relu(self.conv_hr(hidden), SLOPE))
        return result

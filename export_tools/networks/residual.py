# SPDX-License-Identifier: GPL-2.0-or-later
"""Generators of three colours: SRResNet (Ledig et al. 2017), EDSR (Lim et al. 2017), WDSR (Yu et al. 2018).

In the variants of the Redes and krasserm projects, written anew from a description. ``ordered`` returns the layers in
the order of their checkpoints.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from .rearrange import depth_to_space

KERAS_EPSILON = 1e-3
# Mean of the DIV2K training images in 0..1.
DIV2K_MEAN = (0.4488, 0.4371, 0.4040)


def _convolution(entering: int, leaving: int, kernel: int) -> nn.Conv2d:
    return nn.Conv2d(entering, leaving, kernel, padding=kernel // 2)


class ResNetBlock(nn.Module):
    """Convolution, batch normalisation, PReLU, convolution, batch normalisation, sum."""

    def __init__(self, width: int) -> None:
        """Build the layers."""
        super().__init__()
        self.first, self.second = _convolution(width, width, 3), _convolution(width, width, 3)
        self.first_norm = nn.BatchNorm2d(width, eps=KERAS_EPSILON)
        self.second_norm = nn.BatchNorm2d(width, eps=KERAS_EPSILON)
        self.slope = nn.PReLU(width)

    def ordered(self) -> list[nn.Module]:
        """Return the layers in the order of a checkpoint."""
        return [self.first, self.first_norm, self.slope, self.second, self.second_norm]

    def forward(self, tensor: Tensor) -> Tensor:
        """Return the sum of the input and what the block adds."""
        hidden = self.slope(self.first_norm(self.first(tensor)))
        result: Tensor = tensor + self.second_norm(self.second(hidden))
        return result


class SrResNet(nn.Module):
    """SRGAN's generator; (batch, 3, rows, columns) -> enlarged, in -1..1.

    Args:
        width: channels of the blocks.
        blocks: residual blocks.
        factors: one upsampling stage for each.
        wide: channels that the convolution of each stage makes.
        shuffle: stages are pixel shuffle and PReLU (krasserm), or nearest upsampling and LeakyReLU 0.2 (Redes).
    """

    def __init__(self, width: int, blocks: int, factors: tuple[int, ...], wide: tuple[int, ...], shuffle: bool) -> None:
        """Build the layers."""
        super().__init__()
        self.factors, self.shuffle = factors, shuffle
        self.head, self.slope = _convolution(3, width, 9), nn.PReLU(width)
        self.blocks = nn.ModuleList(ResNetBlock(width) for _ in range(blocks))
        self.body, self.norm = _convolution(width, width, 3), nn.BatchNorm2d(width, eps=KERAS_EPSILON)
        self.stages, self.slopes = nn.ModuleList(), nn.ModuleList()
        for factor, leaving in zip(factors, wide):
            self.stages.append(_convolution(width, leaving, 3))
            width = leaving // factor**2 if shuffle else leaving
            self.slopes.append(nn.PReLU(width) if shuffle else nn.LeakyReLU(0.2))
        self.tail = _convolution(width, 3, 9)

    def ordered(self) -> list[nn.Module]:
        """Return the layers in the order of a checkpoint."""
        inner = [layer for block in self.blocks for layer in block.ordered()]  # type: ignore[operator]
        stages = [
            layer for pair in zip(self.stages, self.slopes) for layer in pair if not isinstance(layer, nn.LeakyReLU)
        ]
        return [self.head, self.slope, *inner, self.body, self.norm, *stages, self.tail]

    def forward(self, image: Tensor) -> Tensor:
        """Return the enlarged image."""
        shallow = hidden = self.slope(self.head(image))
        for block in self.blocks:
            hidden = block(hidden)
        hidden = self.norm(self.body(hidden)) + shallow
        for factor, stage, slope in zip(self.factors, self.stages, self.slopes):
            hidden = stage(hidden)
            raised = (
                depth_to_space(hidden, factor)
                if self.shuffle
                else functional.interpolate(hidden, scale_factor=factor, mode="nearest")
            )
            hidden = slope(raised)
        return torch.tanh(self.tail(hidden))


class EDSR(nn.Module):
    """Enhanced deep residual network without batch normalisation.

    Args:
        width: channels of the blocks.
        blocks: residual blocks.
        factors: one pixel shuffle for each.
        residual: factor of each block's residual.
    """

    def __init__(self, width: int, blocks: int, factors: tuple[int, ...], residual: float = 1.0) -> None:
        """Build the layers."""
        super().__init__()
        self.factors, self.residual = factors, residual
        self.head = _convolution(3, width, 3)
        self.first = nn.ModuleList(_convolution(width, width, 3) for _ in range(blocks))
        self.second = nn.ModuleList(_convolution(width, width, 3) for _ in range(blocks))
        self.body = _convolution(width, width, 3)
        self.stages = nn.ModuleList(_convolution(width, width * factor**2, 3) for factor in factors)
        self.tail = _convolution(width, 3, 3)

    def ordered(self) -> list[nn.Module]:
        """Return the layers in the order of a checkpoint."""
        inner = [layer for pair in zip(self.first, self.second) for layer in pair]
        return [self.head, *inner, self.body, *self.stages, self.tail]

    def forward(self, image: Tensor) -> Tensor:
        """Return the enlarged image."""
        shallow = hidden = self.head(image)
        for first, second in zip(self.first, self.second):
            hidden = hidden + self.residual * second(functional.relu(first(hidden)))
        hidden = self.body(hidden) + shallow
        for factor, stage in zip(self.factors, self.stages):
            hidden = depth_to_space(stage(hidden), factor)
        result: Tensor = self.tail(hidden)
        return result


class WDSR(nn.Module):
    """Wide activation network with its weight normalisation folded into the kernels.

    Args:
        width: channels between blocks.
        sizes: (leaving channels, kernel) of each convolution of a block: two in WDSR-A, three in WDSR-B.
        blocks: residual blocks.
        scale: of the pixel shuffle.
        residual: factor of each block's residual.
    """

    def __init__(
        self, width: int, sizes: tuple[tuple[int, int], ...], blocks: int, scale: int, residual: float = 1.0
    ) -> None:
        """Build the layers."""
        super().__init__()
        self.scale, self.residual = scale, residual
        self.head = _convolution(3, width, 3)
        self.blocks = nn.ModuleList()
        for _ in range(blocks):
            entering = (width, *(leaving for leaving, _ in sizes))
            self.blocks.append(nn.ModuleList(_convolution(e, *size) for e, size in zip(entering, sizes)))
        self.main, self.skip = _convolution(width, 3 * scale**2, 3), _convolution(3, 3 * scale**2, 5)

    def ordered(self) -> list[nn.Module]:
        """Return the layers in the order of a checkpoint."""
        inner = [layer for block in self.blocks for layer in block]  # type: ignore[attr-defined]
        return [self.head, *inner, self.main, self.skip]

    def forward(self, image: Tensor) -> Tensor:
        """Return the enlarged image."""
        hidden = self.head(image)
        for block in self.blocks:
            inner = hidden
            for number, layer in enumerate(block):  # type: ignore[arg-type, var-annotated]
                inner = functional.relu(layer(inner)) if number == 0 else layer(inner)
            hidden = hidden + self.residual * inner
        return depth_to_space(self.main(hidden), self.scale) + depth_to_space(self.skip(image), self.scale)


class MeanShift(nn.Module):
    """A network of images in 0..255: (x - DIV2K mean) / 127.5 before it, the inverse behind it."""

    def __init__(self, network: nn.Module) -> None:
        """Keep the network."""
        super().__init__()
        self.network = network
        mean = 255 * torch.tensor(DIV2K_MEAN).reshape(1, 3, 1, 1)
        self.register_buffer("mean", mean, persistent=False)

    def forward(self, image: Tensor) -> Tensor:
        """Return the enlarged image."""
        mean: Tensor = self.mean  # type: ignore[assignment]
        result: Tensor = self.network((image - mean) / 127.5) * 127.5 + mean
        return result


class ByteRange(nn.Module):
    """A network of 0..1 -> -1..1 for images in 0..255."""

    def __init__(self, network: nn.Module) -> None:
        """Keep the network."""
        super().__init__()
        self.network = network

    def forward(self, image: Tensor) -> Tensor:
        """Return the enlarged image."""
        result: Tensor = (self.network(image / 255) + 1) * 127.5
        return result

# SPDX-License-Identifier: GPL-2.0-or-later
"""SRCNN and HighResNet for several dates, as WorldStrat has them and Satlas publishes them.

Written anew from the description (Cornebise et al. 2022, arXiv:2207.06418); modules are named as the published state
dictionaries name their tensors. Dropout, the unused mask encoder and the trailing resize, an identity at x 4, are left
out. Dates come stacked on the channel axis, date by date, instead of on an axis of their own.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

# Places of convolutions and slopes among the published layers; identities and dropouts lie between.
FIRST, FIRST_SLOPE, SECOND, SECOND_SLOPE = "0", "2", "4", "6"


def reflecting(entering: int, leaving: int, kernel: int) -> nn.Conv2d:
    """Return a convolution that keeps the size by reflection."""
    return nn.Conv2d(entering, leaving, kernel, padding=kernel // 2, padding_mode="reflect")


class Doubled(nn.Module):
    """Two convolutions, each followed by a PReLU with one slope (``doubleconv2d.{0,2,4,6}``)."""

    def __init__(self, entering: int, leaving: int, kernel: int) -> None:
        """Build both under their published places."""
        super().__init__()
        self.doubleconv2d = nn.ModuleDict(
            {
                FIRST: reflecting(entering, leaving, kernel),
                FIRST_SLOPE: nn.PReLU(),
                SECOND: reflecting(leaving, leaving, kernel),
                SECOND_SLOPE: nn.PReLU(),
            }
        )

    def forward(self, tensor: Tensor) -> Tensor:
        """Apply the four layers in order."""
        for layer in self.doubleconv2d.values():
            tensor = layer(tensor)
        return tensor


class Residual(nn.Module):
    """The input plus what two convolutions make of it (``residualblock``)."""

    def __init__(self, width: int, kernel: int) -> None:
        """Build the convolutions."""
        super().__init__()
        self.residualblock = Doubled(width, width, kernel)

    def forward(self, tensor: Tensor) -> Tensor:
        """Return the sum."""
        made: Tensor = self.residualblock(tensor)
        return tensor + made


class Renderer(nn.Module):
    """Pixel shuffle, then two convolutions with PReLU (``upsample.{1,3,4,6}``)."""

    def __init__(self, width: int, leaving: int, zoom: int, kernel: int) -> None:
        """Build the layers; ``width`` must be a multiple of ``zoom`` squared."""
        super().__init__()
        self.zoom = zoom
        shuffled = width // zoom**2
        self.upsample = nn.ModuleDict(
            {
                "1": reflecting(shuffled, shuffled, kernel),
                "3": nn.PReLU(),
                "4": reflecting(shuffled, leaving, kernel),
                "6": nn.PReLU(),
            }
        )

    def forward(self, tensor: Tensor) -> Tensor:
        """Return (batch, leaving, zoom x rows, zoom x columns)."""
        tensor = functional.pixel_shuffle(tensor, self.zoom)
        for layer in self.upsample.values():
            tensor = layer(tensor)
        return tensor


class Multidate(nn.Module):
    """What both networks share: one encoder for all dates, and the renderer.

    Args:
        dates: number of dates T.
        bands: channels of one date.
        leaving: channels of the result.
        hidden: features H.
        kernel: size of the convolutions.
        zoom: scale of the network.
        render_kernel: size of the renderer's convolutions.
    """

    def __init__(
        self, dates: int, bands: int, leaving: int, hidden: int, kernel: int, zoom: int, render_kernel: int
    ) -> None:
        """Build encoder and renderer."""
        super().__init__()
        self.dates, self.bands, self.hidden = dates, bands, hidden
        self.encoder = Doubled(bands, hidden, kernel)
        self.sr = Renderer(hidden, leaving, zoom, render_kernel)

    def encode(self, images: Tensor) -> list[Tensor]:
        """Return (batch, hidden, rows, columns) of each date; ``images`` is (batch, dates x bands, rows, columns)."""
        parts = torch.split(images, [self.bands] * self.dates, 1)
        return [self.encoder(part) for part in parts]


class SRCNN(Multidate):
    """All dates side by side on the channel axis; arguments as ``Multidate``, and ``layers`` residual blocks."""

    def __init__(
        self, dates: int, bands: int, leaving: int, hidden: int, kernel: int, zoom: int, render_kernel: int, layers: int
    ) -> None:
        """Build the fusion under its published names ``fusion.0`` and ``fusion.1.*``."""
        super().__init__(dates, bands, leaving, hidden, kernel, zoom, render_kernel)
        blocks = nn.Sequential(*(Residual(hidden, kernel) for _ in range(layers)))
        self.fusion = nn.Sequential(Doubled(dates * hidden, hidden, kernel), blocks)

    def forward(self, images: Tensor) -> Tensor:
        """Return (batch, leaving, zoom x rows, zoom x columns)."""
        result: Tensor = self.sr(self.fusion(torch.cat(self.encode(images), 1)))
        return result


class Fusion(nn.Module):
    """Fuses two halves of the dates into one (``fuse.0`` residual block, ``fuse.1`` convolution, ``fuse.3`` slope)."""

    def __init__(self, hidden: int, kernel: int) -> None:
        """Build the layers."""
        super().__init__()
        self.fuse = nn.ModuleDict(
            {"0": Residual(2 * hidden, kernel), "1": reflecting(2 * hidden, hidden, kernel), "3": nn.PReLU()}
        )

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        """Return (batch, hidden, rows, columns) of two such tensors."""
        tensor = torch.cat([first, second], 1)
        for layer in self.fuse.values():
            tensor = layer(tensor)
        return tensor


class HighResNet(Multidate):
    """Dates fused pairwise, date i with date i + T/2, by one block that all levels share; arguments as ``Multidate``.

    The number of dates is filled up to a power of two with zeros behind the encoder.
    """

    def __init__(
        self, dates: int, bands: int, leaving: int, hidden: int, kernel: int, zoom: int, render_kernel: int
    ) -> None:
        """Build the shared block; one date needs none."""
        super().__init__(dates, bands, leaving, hidden, kernel, zoom, render_kernel)
        self.levels = (dates - 1).bit_length()
        self.fusion = Fusion(hidden, kernel) if self.levels else None

    def forward(self, images: Tensor) -> Tensor:
        """Return (batch, leaving, zoom x rows, zoom x columns)."""
        features = self.encode(images)
        features += [torch.zeros_like(features[0])] * (2**self.levels - self.dates)
        while self.fusion is not None and len(features) > 1:
            half = len(features) // 2
            features = [self.fusion(first, second) for first, second in zip(features[:half], features[half:])]
        result: Tensor = self.sr(features[0])
        return result

# SPDX-License-Identifier: GPL-2.0-or-later
"""The U-Nets of Deep-Harmonization as networks of the kit: Landsat's bands and its pan on one grid, to Sentinel-2's.

The layers are those of the converter, under their published names, so weights go both ways. Reflectance enters them as
published, whatever the range of the kit; the Gaussian model returns the standard deviation as its spread.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from ..converters.harmonizing_unet import ATTENTIONS, UPSAMPLERS, Block, HarmonizingUNet, UNetShape

# Variances of reflectance are not taken for smaller than this in the published loss.
LEAST_VARIANCE = 1e-6
# Where both heads of the Gaussian model begin, with small weights: a usual reflectance, and an error of 0.03.
FIRST_MEAN, FIRST_VARIANCE, HEAD_GAIN = 0.15, 1e-3, 0.01
DROPOUT = 0.1


class S2L8H(HarmonizingUNet):
    """A U-Net of Deep-Harmonization.

    Args:
        bands: multispectral bands that enter.
        pan: panchromatic bands that enter: 1, or 0 for a network without.
        leaving: bands that are made.
        depth: levels; 5 and 6 are published. Sides need not be multiples of 2^(depth - 1), but must be as large.
        width: channels of the first level (published: 64, a growth factor of 6); each deeper one has twice as many.
        upsampler: ``upsample``, ``shuffle`` or ``upconv``.
        attention: ``None``, ``standard`` or ``modified``.
        channel_attention: efficient channel attention behind every block.
        gaussian: a second head estimates the variance.
        scale: network range / reflectance.
        pan_first: the pan is the first argument, as the kit's finest group; published cards have it last.

    Raises:
        ValueError: there is no such upsampler or attention.
    """

    value_name = "harmonized"

    def __init__(
        self,
        bands: int = 6,
        pan: int = 1,
        leaving: int = 6,
        depth: int = 5,
        width: int = 64,
        upsampler: str = "upsample",
        attention: str = "None",
        channel_attention: bool = False,
        gaussian: bool = False,
        scale: float = 5.0,
        pan_first: bool = True,
    ) -> None:
        """Build the layers."""
        for name, value, known in (("upsampler", upsampler, UPSAMPLERS), ("attention", attention, ATTENTIONS)):
            if value not in known:
                raise ValueError(f"There is no {name} {value!r}; there are {', '.join(known)}. Correct the config.")
        super().__init__(
            UNetShape(bands + pan, leaving, depth, width, upsampler, attention, channel_attention, gaussian)
        )
        # In the order of the arguments.
        self.channels = [count for count in ((pan, bands) if pan_first else (bands, pan)) if count]
        self.pan_first, self.scale, self.least = pan_first, scale, 2 ** (depth - 1)
        if gaussian:
            self._begin_heads()

    def forward(self, *tensors: Tensor) -> Tensor | tuple[Tensor, ...]:
        """Harmonize.

        Args:
            tensors: pan and multispectral bands (batch, bands, rows, columns) in network range, as ``pan_first`` says;
                further ones (a scene regression) are ignored.

        Returns:
            (batch, leaving, rows, columns); the Gaussian model gives mean and standard deviation.
        """
        images = [tensor / self.scale for tensor in tensors[: len(self.channels)]]
        value, *variance = self.unbounded(*(reversed(images) if self.pan_first else images))
        if not variance:
            return value * self.scale
        return self._at_least(value, 0.0) * self.scale, self._at_least(variance[0], LEAST_VARIANCE).sqrt() * self.scale

    def example(self, rows: int = 8, batch: int = 1) -> dict[str, Any]:
        """Return zero tensors of the right shapes for export; ``rows`` more than the smallest side."""
        side = self.least + rows
        return {"tensors": tuple(torch.zeros(batch, count, side, side) for count in self.channels)}

    def _at_least(self, tensor: Tensor, least: float) -> Tensor:
        """Return what is not smaller than ``least``; what is learns in training how to become larger."""
        if self.training:
            result: Tensor = _AtLeast.apply(tensor, least)
            return result
        return tensor.clamp(min=least)

    def _begin_heads(self) -> None:
        for name, level in (("final_mean", FIRST_MEAN), ("final_variance", FIRST_VARIANCE)):
            head: Any = self.get_submodule(name)
            head.weight.data *= HEAD_GAIN
            nn.init.constant_(head.bias, level)


class _AtLeast(torch.autograd.Function):
    """A lower bound that lets gradients through: a ReLU would never come back from below it."""

    @staticmethod
    def forward(context: Any, tensor: Tensor, least: float) -> Tensor:  # type: ignore[override]
        return tensor.clamp(min=least)

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> tuple[Tensor, None]:  # type: ignore[override]
        return gradient, None


class RandomDropout(nn.Module):
    """Dropout that stays at work, in ONNX files too: ONNX Runtime removes ``Dropout`` when it loads a file."""

    def __init__(self, probability: float) -> None:
        """Drop values with a probability, and raise the others so that the mean stays."""
        super().__init__()
        self.probability = probability

    def forward(self, tensor: Tensor) -> Tensor:
        """Return the tensor with random elements set to 0."""
        kept = (torch.rand_like(tensor) >= self.probability).to(tensor.dtype)
        return tensor * kept / (1 - self.probability)


def with_dropout(network: HarmonizingUNet, probability: float = DROPOUT) -> HarmonizingUNet:
    """Let every block of a network end in dropout (Gal and Ghahramani, ICML 2016): each pass draws other weights.

    Args:
        network: is changed; its weights and their names stay.
        probability: of a value to be dropped, 0 to 1.
    """
    for module in list(network.modules()):
        if isinstance(module, Block):
            module.block.append(RandomDropout(probability))
    return network

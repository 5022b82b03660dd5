# SPDX-License-Identifier: GPL-2.0-or-later
"""Space-to-depth, depth-to-space and bilinear upsampling as ONNX has them, exported as single nodes."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional


class _SpaceToDepth(torch.autograd.Function):
    """ONNX SpaceToDepth: output channel = (row phase x size + column phase) x channels + channel."""

    @staticmethod
    def forward(ctx: Any, tensor: Tensor, size: int) -> Tensor:
        ctx.size = size
        return _to_depth(tensor, size)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Any:
        return _to_space(gradients[0], ctx.size), None

    @staticmethod
    def symbolic(graph: Any, tensor: Any, size: int) -> Any:
        return graph.op("SpaceToDepth", tensor, blocksize_i=size)


class _DepthToSpace(torch.autograd.Function):
    """ONNX DepthToSpace in DCR mode, the inverse of SpaceToDepth."""

    @staticmethod
    def forward(ctx: Any, tensor: Tensor, size: int) -> Tensor:
        ctx.size = size
        return _to_space(tensor, size)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Any:
        return _to_depth(gradients[0], ctx.size), None

    @staticmethod
    def symbolic(graph: Any, tensor: Any, size: int) -> Any:
        return graph.op("DepthToSpace", tensor, blocksize_i=size, mode_s="DCR")


def _to_depth(tensor: Tensor, size: int) -> Tensor:
    batch, channels, height, width = tensor.shape
    blocks = tensor.reshape(batch, channels, height // size, size, width // size, size)
    return blocks.permute(0, 3, 5, 1, 2, 4).reshape(batch, channels * size * size, height // size, width // size)


def _to_space(tensor: Tensor, size: int) -> Tensor:
    batch, channels, height, width = tensor.shape
    blocks = tensor.reshape(batch, size, size, channels // (size * size), height, width)
    return blocks.permute(0, 3, 4, 1, 5, 2).reshape(batch, channels // (size * size), height * size, width * size)


def space_to_depth(tensor: Tensor, size: int) -> Tensor:
    """Move ``size`` x ``size`` blocks of pixels into channels."""
    return _SpaceToDepth.apply(tensor, size)  # type: ignore[no-any-return]


def depth_to_space(tensor: Tensor, size: int) -> Tensor:
    """Move channels back into ``size`` x ``size`` blocks of pixels."""
    return _DepthToSpace.apply(tensor, size)  # type: ignore[no-any-return]


class BilinearToDepth(nn.Module):
    """Bilinear upsampling (half-pixel centres) whose result stays on the coarse grid, phases in channels.

    One fixed 3 x 3 convolution: on CPU several times faster than Resize followed by SpaceToDepth.
    """

    def __init__(self, channels: int, factor: int) -> None:
        """Prepare the weights for ``channels`` bands and an integer ``factor``."""
        super().__init__()
        self.register_buffer("weight", torch.from_numpy(bilinear_weights(channels, factor)), persistent=False)

    def forward(self, tensor: Tensor) -> Tensor:
        """Return (batch, factor^2 x channels, rows, columns) in SpaceToDepth order."""
        return functional.conv2d(tensor, self.weight, padding=1)


def bilinear_weights(channels: int, factor: int) -> np.ndarray:
    """Return the (factor^2 x channels, channels, 3, 3) weights of ``BilinearToDepth``."""
    offset = (np.arange(factor) + 0.5) / factor - 0.5
    taps = np.stack([np.maximum(-offset, 0), 1 - np.abs(offset), np.maximum(offset, 0)], axis=1)
    phases = np.einsum("ai,bj->abij", taps, taps)
    weights = np.einsum("abij,oc->abocij", phases, np.eye(channels))
    return weights.reshape(factor * factor * channels, channels, 3, 3).astype(np.float32)

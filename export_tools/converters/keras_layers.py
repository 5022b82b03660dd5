# SPDX-License-Identifier: GPL-2.0-or-later
"""Keras layers as torch modules, from their settings and weights; weights of another shape are refused by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from .framework import Array, ConversionError, Shape
from .keras_file import KerasLayer, torch_kernel

# torch's 1e-5 would change the output by 1 to 2 % of its deviation.
BATCH_NORM_EPSILON = 1e-3


@dataclass(frozen=True)
class Given:
    """What the file holds for one layer.

    Attributes:
        name: of the layer.
        family: for messages.
        layer: its weights, or None where the file has none.
    """

    name: str
    family: str
    layer: KerasLayer | None

    def take(self, leaf: str, shape: Shape) -> Array:
        """Return one weight.

        Raises:
            ConversionError: it is missing or has another shape.
        """
        values = None if self.layer is None else self.layer.weight(leaf)
        if values is None:
            raise self.error(f"the tensor {self.name}/{leaf} of shape {shape} is missing in the file")
        if tuple(values.shape) != tuple(shape):
            raise self.error(f"the tensor {self.name}/{leaf} has shape {tuple(values.shape)}, expected {tuple(shape)}")
        return values

    def error(self, sentence: str) -> ConversionError:
        """Return an error that names the family."""
        return ConversionError(f"{self.family}: {sentence}.")


Config = Mapping[str, Any]
Builder = Callable[[Config, int, Given], "tuple[nn.Module, int]"]


class Scale(nn.Module):
    """Multiplication by a constant."""

    def __init__(self, factor: float) -> None:
        """Keep the factor."""
        super().__init__()
        self.factor = float(factor)

    def forward(self, tensor: Tensor) -> Tensor:
        """Return the scaled tensor."""
        return tensor * self.factor


def fill_convolution(made: nn.Conv2d | nn.ConvTranspose2d, given: Given) -> None:
    """Fill a convolution from ``kernel`` (rows, columns, in, out; transposed ones out, in) and ``bias``."""
    channels = (made.in_channels, made.out_channels)
    if isinstance(made, nn.ConvTranspose2d):
        channels = (made.out_channels, made.in_channels)
    rows, cols = made.kernel_size[0], made.kernel_size[1]
    _fill(made.weight, torch_kernel(given.take("kernel", (rows, cols, *channels))))
    if made.bias is not None:
        _fill(made.bias, given.take("bias", (made.out_channels,)))


def fill_batch_norm(made: nn.BatchNorm2d, given: Given, scale: bool = True, center: bool = True) -> None:
    """Fill a batch normalisation; without ``scale`` or ``center`` the file has no gamma or beta, which are 1 and 0."""
    targets: dict[str, Tensor | None] = {"moving_mean": made.running_mean, "moving_variance": made.running_var}
    targets.update({"gamma": made.weight} if scale else {})
    targets.update({"beta": made.bias} if center else {})
    for leaf, target in targets.items():
        _fill(target, given.take(leaf, (made.num_features,)))


def fill_prelu(made: nn.PReLU, given: Given) -> None:
    """Fill the slopes of a PReLU that is shared along rows and columns: (1, 1, C), or (C, 1, 1) with channels first."""
    count = made.num_parameters
    alpha = None if given.layer is None else given.layer.weight("alpha")
    shape = (count, 1, 1) if alpha is not None and alpha.shape == (count, 1, 1) else (1, 1, count)
    _fill(made.weight, given.take("alpha", shape).reshape(-1))


def _fill(target: Tensor | None, values: Array) -> None:
    if target is not None:
        target.data.copy_(torch.from_numpy(np.array(values, np.float32)))


def _activation_of(name: Any, given: Given) -> nn.Module:
    known: dict[Any, type[nn.Module]] = {
        None: nn.Identity,
        "linear": nn.Identity,
        "relu": nn.ReLU,
        "tanh": nn.Tanh,
        "sigmoid": nn.Sigmoid,
    }
    if name is not None and name not in known:
        raise given.error(f"the layer {given.name} has the activation {name!r}, which is not known here")
    return known[name]()


def _convolution(config: Config, entering: int, given: Given) -> tuple[nn.Module, int]:
    return _any_convolution(nn.Conv2d, config, entering, given)


def _transposed(config: Config, entering: int, given: Given) -> tuple[nn.Module, int]:
    if tuple(config.get("dilation_rate", (1, 1))) != (1, 1):
        raise given.error(f"the layer {given.name} is a dilated Conv2DTranspose, which the published networks lack")
    return _any_convolution(nn.ConvTranspose2d, config, entering, given)


def _any_convolution(
    kind: type[nn.Conv2d] | type[nn.ConvTranspose2d], config: Config, entering: int, given: Given
) -> tuple[nn.Module, int]:
    leaving = int(config["filters"])
    rows, cols = (int(side) for side in config["kernel_size"])
    dilation = tuple(int(step) for step in config.get("dilation_rate", (1, 1)))
    strides, padding = tuple(config.get("strides", (1, 1))), config.get("padding")
    if strides != (1, 1) or padding != "same" or rows % 2 == 0 or cols % 2 == 0 or config.get("groups", 1) != 1:
        raise given.error(
            f"the layer {given.name} is a convolution with strides {strides}, padding {padding!r} and kernel "
            f"{rows} x {cols}; the published networks use stride 1, 'same' and odd kernels"
        )
    made = kind(
        entering,
        leaving,
        (rows, cols),
        padding=(rows // 2 * dilation[0], cols // 2 * dilation[1]),
        dilation=dilation,  # type: ignore[arg-type]
        bias=bool(config.get("use_bias", True)),
    )
    fill_convolution(made, given)
    return nn.Sequential(made, _activation_of(config.get("activation"), given)), leaving


def _batch_norm(config: Config, entering: int, given: Given) -> tuple[nn.Module, int]:
    made = nn.BatchNorm2d(entering, eps=float(config.get("epsilon", BATCH_NORM_EPSILON)))
    fill_batch_norm(made, given, bool(config.get("scale", True)), bool(config.get("center", True)))
    return made, entering


def _prelu(_: Config, entering: int, given: Given) -> tuple[nn.Module, int]:
    made = nn.PReLU(entering)
    fill_prelu(made, given)
    return made, entering


def _activation(config: Config, entering: int, given: Given) -> tuple[nn.Module, int]:
    return _activation_of(config.get("activation"), given), entering


def _relu(config: Config, entering: int, given: Given) -> tuple[nn.Module, int]:
    if config.get("max_value") is not None or config.get("threshold") or config.get("negative_slope"):
        raise given.error(f"the layer {given.name} is a ReLU with limits, which the published networks lack")
    return nn.ReLU(), entering


def _leaky_relu(config: Config, entering: int, _: Given) -> tuple[nn.Module, int]:
    return nn.LeakyReLU(float(config.get("alpha", 0.3))), entering


BUILDERS: dict[str, Builder] = {
    "Conv2D": _convolution,
    "Conv2DTranspose": _transposed,
    "BatchNormalization": _batch_norm,
    "PReLU": _prelu,
    "Activation": _activation,
    "ReLU": _relu,
    "LeakyReLU": _leaky_relu,
}

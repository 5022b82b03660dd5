# SPDX-License-Identifier: GPL-2.0-or-later
"""Networks read back from the order and shapes of a file's layers, where neither names nor a config describe them."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass

import numpy as np
from torch import nn

from ..networks.residual import EDSR, WDSR, SrResNet
from .framework import Array, ConversionError, Shape
from .keras_file import KerasFile, KerasLayer
from .keras_layers import Given, fill_batch_norm, fill_convolution, fill_prelu

# One letter a layer: convolution, weight-normalised convolution, batch normalisation, PReLU.
LETTERS = {"c": "kernel", "b": "moving_mean", "p": "alpha"}
NAMES = {
    "c": "a convolution",
    "w": "a convolution with weight normalisation",
    "b": "a batch normalisation",
    "p": "a PReLU",
    "?": "of another kind",
}
# Head, one residual block, and the possible ends with one or two upsampling stages.
ORDERS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "Redes SRGAN": ("cp", "cbpcb", ("cbcc", "cbccc")),
    "SRGAN with pixel shuffle": ("cp", "cbpcb", ("cbcpc", "cbcpcpc")),
    "EDSR": ("c", "c", ("ccc",)),
    "WDSR": ("w", "w", ("ww",)),
}


@dataclass(frozen=True)
class Found:
    """A network filled with the weights of a file.

    Attributes:
        network: raw, without changes of range.
        scale: output pixels along one input pixel.
        blocks: residual blocks.
        width: channels between blocks.
        shuffles: count of pixel shuffles.
    """

    network: nn.Module
    scale: int
    blocks: int
    width: int
    shuffles: int


def signature(file: KerasFile) -> str:
    """Return one letter for each layer with weights."""
    return "".join(_letter(layer) for layer in file.weighted)


def read_srgan(file: KerasFile, family: str, kind: str, scale: int) -> Found:
    """Return SRGAN's generator.

    Args:
        file: the checkpoint.
        family: for messages.
        kind: key of ``ORDERS``.
        scale: of nearest upsampling, which no tensor tells; with pixel shuffle the shapes do.

    Raises:
        ConversionError: the layers are in another order, or a tensor has another shape.
    """
    letters = _require(file, family, kind)
    shuffle = kind != "Redes SRGAN"
    blocks = letters.count("bpcb")
    kernels = _kernels(file)
    width, stages = kernels[0][3], kernels[2 * blocks + 2 : -1]
    wide = tuple(shape[3] for shape in stages)
    if shuffle:
        following = [*(shape[2] for shape in stages[1:]), kernels[-1][2]]
        factors = tuple(_root(made, left, file, family) for made, left in zip(wide, following))
    else:
        factors = (2, 2) if len(stages) == 2 else (scale,)
    network = SrResNet(width, blocks, factors, wide, shuffle)
    _fill(network.ordered(), file, family)
    return Found(network.eval(), int(np.prod(factors)), blocks, width, len(factors) if shuffle else 0)


def read_edsr(file: KerasFile, family: str, residual: float) -> Found:
    """Return EDSR; raises as ``read_srgan``."""
    _require(file, family, "EDSR")
    kernels = _kernels(file)
    width = kernels[0][3]
    inner = next((number for number, shape in enumerate(kernels) if number and shape[3] != width), len(kernels)) - 1
    stages = kernels[inner + 1 : -1]
    if inner % 2 == 0 or not stages or kernels[-1][3] != 3:
        raise ConversionError(
            f"{family}: {file.path.name} has {inner} convolutions of {width} channels between the first and the "
            f"enlarging ones, and the last makes {kernels[-1][3]} channels; an odd count and 3 colours are expected. "
            "A layer is missing, or it is another network."
        )
    factors = tuple(_root(shape[3], width, file, family) for shape in stages)
    network = EDSR(width, inner // 2, factors, residual)
    _fill(network.ordered(), file, family)
    return Found(network.eval(), int(np.prod(factors)), inner // 2, width, len(factors))


def read_wdsr(file: KerasFile, family: str, residual: float) -> Found:
    """Return WDSR-A or WDSR-B; raises as ``read_srgan``."""
    _require(file, family, "WDSR")
    kernels = _kernels(file)
    # The two branches end at one depth: main and skip may stand in either order.
    swapped = kernels[-1][2] != 3
    width, depth = kernels[0][3], 3 if kernels[1][0] == 1 else 2
    inner = kernels[1:-2]
    if len(inner) % depth or not inner:
        raise ConversionError(
            f"{family}: {file.path.name} has {len(inner)} convolutions in its blocks, no multiple of {depth}. "
            "A layer is missing, or it is another network."
        )
    scale = _root(kernels[-1][3], 3, file, family)
    sizes = tuple((shape[3], shape[0]) for shape in inner[:depth])
    network = WDSR(width, sizes, len(inner) // depth, scale, residual)
    ordered = network.ordered()
    if swapped:
        ordered[-2:] = ordered[:-3:-1]
    _fill(ordered, file, family)
    return Found(network.eval(), scale, len(inner) // depth, width, 2)


def _letter(layer: KerasLayer) -> str:
    if layer.weight("g") is not None:
        return "w"
    return next((letter for letter, leaf in LETTERS.items() if layer.weight(leaf) is not None), "?")


def _require(file: KerasFile, family: str, kind: str) -> str:
    """Return a file's signature if it is of a kind, else name the first layer that is not."""
    letters = signature(file)
    best = max(_orders(kind, len(letters)), key=lambda order: len(os.path.commonprefix([order, letters])))
    if best == letters:
        return letters
    place = len(os.path.commonprefix([best, letters]))
    found = f"{file.weighted[place].name} is {NAMES[letters[place]]}" if place < len(letters) else "no further layer"
    expected = NAMES[best[place]] if place < len(best) else "none"
    raise ConversionError(
        f"{family}: layer {place + 1} of {file.path.name} with weights: {found}, where {expected} is expected. "
        "A layer is missing, or it is another network."
    )


def _orders(kind: str, length: int) -> list[str]:
    """Return the signatures of a kind that come closest to a number of layers."""
    head, block, ends = ORDERS[kind]
    counts = {end: max(1, -(-(length - len(head) - len(end)) // len(block))) for end in ends}
    return [head + block * count + end for end, count in counts.items()]


def _kernels(file: KerasFile) -> list[Shape]:
    kernels = [_kernel(layer) for layer in file.weighted]
    return [tuple(kernel.shape) for kernel in kernels if kernel is not None and kernel.ndim == 4]


def _kernel(layer: KerasLayer) -> Array | None:
    """Return a kernel, or the direction of a weight-normalised one, which is called either way."""
    kernel = layer.weight("kernel")
    return layer.weight("v") if kernel is None else kernel


def _root(made: int, left: int, file: KerasFile, family: str) -> int:
    factor = round(math.sqrt(made / left))
    if factor < 1 or factor**2 * left != made:
        raise ConversionError(
            f"{family}: a convolution of {file.path.name} makes {made} channels; no pixel shuffle makes them {left}."
        )
    return factor


def _fill(modules: list[nn.Module], file: KerasFile, family: str) -> None:
    """Fill layers in order; the signature has fixed their kinds and count."""
    for module, layer in zip(modules, file.weighted):
        given = Given(layer.name, family, _unnormalised(layer, family))
        if isinstance(module, nn.BatchNorm2d):
            fill_batch_norm(module, given)
        elif isinstance(module, nn.PReLU):
            fill_prelu(module, given)
        elif isinstance(module, nn.Conv2d):
            fill_convolution(module, given)


def _unnormalised(layer: KerasLayer, family: str) -> KerasLayer:
    """Return a layer with its weight normalisation applied: kernel = g x v / |v|, the norm over (rows, columns, in).

    Raises:
        ConversionError: it was never initialised, so Keras would overwrite its weights with the first batch.
    """
    gain, direction, bias = layer.weight("g"), _kernel(layer), layer.weight("bias")
    if gain is None or direction is None or bias is None:
        return layer
    flag = layer.weight("initialized")
    if flag is not None and not np.asarray(flag).all():
        raise ConversionError(
            f"{family}: the weight normalisation of {layer.name} was never initialised (its flag is False): the "
            "network was saved before it saw an image."
        )
    norm: Array = np.sqrt(np.maximum((direction.astype(np.float64) ** 2).sum(axis=(0, 1, 2)), 1e-12))
    kernel = (direction * (gain / norm)).astype(np.float32)
    return KerasLayer(layer.name, (("kernel", kernel), ("bias", bias)))

# SPDX-License-Identifier: GPL-2.0-or-later
"""Published PyTorch layouts as plain functions: every weight is made under its published name on first use.

The functions are a second writing of each network's description, without the modules under test.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch
from satsharp.core.onnx_graph import read_graph
from satsharp.export_tools.converters import choose
from satsharp.export_tools.converters.finishing import Finished, finish
from satsharp.export_tools.converters.framework import Options, Recognised
from torch import Tensor
from torch.nn import functional


class Tape:
    """Random weights by name."""

    def __init__(self, seed: int = 0) -> None:
        self.generator = torch.Generator().manual_seed(seed)
        self.state: dict[str, Tensor] = {}

    def tensor(self, name: str, *shape: int, spread: float = 0.3, middle: float = 0.0) -> Tensor:
        if name not in self.state:
            self.state[name] = middle + spread * torch.randn(shape, generator=self.generator)
        return self.state[name]

    def conv(self, x: Tensor, name: str, leaving: int, kernel: int = 3, reflect: bool = False) -> Tensor:
        entering = x.shape[1]
        spread = 1.0 / math.sqrt(max(entering, 1) * kernel * kernel)
        weight = self.tensor(f"{name}.weight", leaving, entering, kernel, kernel, spread=spread)
        bias = self.tensor(f"{name}.bias", leaving, spread=0.1)
        edge = kernel // 2
        x = functional.pad(x, (edge,) * 4, mode="reflect" if reflect else "constant")
        return functional.conv2d(x, weight, bias)

    def prelu(self, x: Tensor, name: str) -> Tensor:
        slope = self.tensor(f"{name}.weight", 1, spread=0.05, middle=0.25)
        return torch.where(x >= 0, x, slope * x)

    def norm(self, x: Tensor, name: str) -> Tensor:
        channels = x.shape[1]
        weight = self.tensor(f"{name}.weight", channels, middle=1.0, spread=0.1)
        bias = self.tensor(f"{name}.bias", channels, spread=0.1)
        mean = self.tensor(f"{name}.running_mean", channels, spread=0.1)
        variance = self.tensor(f"{name}.running_var", channels, middle=1.0, spread=0.1)
        self.state.setdefault(f"{name}.num_batches_tracked", torch.tensor(7))
        shape = (1, -1, 1, 1)
        deviation = torch.sqrt(variance.reshape(shape) + 1e-5)
        return (x - mean.reshape(shape)) / deviation * weight.reshape(shape) + bias.reshape(shape)


def leaky(x: Tensor) -> Tensor:
    return torch.maximum(x, 0.2 * x)


def nearest(x: Tensor, factor: int) -> Tensor:
    return x.repeat_interleave(factor, 2).repeat_interleave(factor, 3)


def unshuffle(x: Tensor, step: int) -> Tensor:
    """Output channel = channel x step^2 + row phase x step + column phase."""
    planes = [
        x[:, channel, row::step, col::step]
        for channel in range(x.shape[1])
        for row in range(step)
        for col in range(step)
    ]
    return torch.stack(planes, 1)


def shuffle(x: Tensor, step: int) -> Tensor:
    n, channels, rows, cols = x.shape
    made = x.new_zeros(n, channels // step**2, rows * step, cols * step)
    for channel in range(channels):
        row, col = divmod(channel % step**2, step)
        made[:, channel // step**2, row::step, col::step] = x[:, channel]
    return made


def rrdb(
    tape: Tape, x: Tensor, scale: int, width: int = 6, blocks: int = 2, growth: int = 4, leaving: int = 3
) -> Tensor:
    """SSR_RRDBNet; scale 3 is that of the experiments branch."""
    x = unshuffle(x, {1: 4, 2: 2}[scale]) if scale in (1, 2) else x
    first = hidden = tape.conv(x, "conv_first", width)
    for block in range(blocks):
        inner = hidden
        for dense in (1, 2, 3):
            name, grown = f"body.{block}.rdb{dense}", [inner]
            for number in (1, 2, 3, 4):
                grown.append(leaky(tape.conv(torch.cat(grown, 1), f"{name}.conv{number}", growth)))
            inner = 0.2 * tape.conv(torch.cat(grown, 1), f"{name}.conv5", width) + inner
        hidden = 0.2 * inner + hidden
    hidden = first + tape.conv(hidden, "conv_body", width)
    if scale == 3:
        tape.conv(hidden, "conv_up1", width)
        hidden = leaky(tape.conv(nearest(hidden, 3), "conv_up2", width))
    else:
        for number in range(1, {8: 3, 16: 4}.get(scale, 2) + 1):
            hidden = leaky(tape.conv(nearest(hidden, 2), f"conv_up{number}", width))
    return tape.conv(leaky(tape.conv(hidden, "conv_hr", width)), "conv_last", leaving)


def doubled(tape: Tape, x: Tensor, name: str, leaving: int, kernel: int) -> Tensor:
    x = tape.prelu(tape.conv(x, f"{name}.doubleconv2d.0", leaving, kernel, True), f"{name}.doubleconv2d.2")
    return tape.prelu(tape.conv(x, f"{name}.doubleconv2d.4", leaving, kernel, True), f"{name}.doubleconv2d.6")


def residual(tape: Tape, x: Tensor, name: str, kernel: int) -> Tensor:
    return x + doubled(tape, x, f"{name}.residualblock", x.shape[1], kernel)


def multidate(
    tape: Tape, images: Tensor, deep: bool, hidden: int = 8, zoom: int = 2, kernel: int = 3, layers: int = 1
) -> Tensor:
    """SRCNN or HighResNet on (batch, dates, bands, rows, columns), as published; dead tensors are made too."""
    dates, bands = images.shape[1:3]
    features = [doubled(tape, images[:, date], "encoder", hidden, kernel) for date in range(dates)]
    _masks(tape)
    stacked = torch.cat(features, 1)
    fused = doubled(tape, stacked, "doubleconv2d", hidden, kernel)
    for layer in range(layers):
        fused = residual(tape, fused, f"residualblocks.{layer}", kernel)
    if not deep:
        _copy(tape, "doubleconv2d.", "fusion.0.")
        _copy(tape, "residualblocks.", "fusion.1.")
    else:
        levels = math.ceil(math.log2(dates))
        features += [torch.zeros_like(features[0])] * (2**levels - dates)
        for _ in range(levels):
            half = len(features) // 2
            pairs = [torch.cat([features[i], features[i + half]], 1) for i in range(half)]
            features = [_fuse(tape, pair, hidden, kernel) for pair in pairs]
        for level in range(1, levels):
            _copy(tape, "fusion.fusion.0.", f"fusion.fusion.{level}.")
        fused = features[0]
    x = shuffle(fused, zoom)
    x = tape.prelu(tape.conv(x, "sr.upsample.1", x.shape[1], 1), "sr.upsample.3")
    return tape.prelu(tape.conv(x, "sr.upsample.4", 3, 1), "sr.upsample.6")[:, None]


def _masks(tape: Tape) -> None:
    """The encoder of cloud masks that the published networks have but never use; its first weight is empty."""
    name = "mask_encoder.1.doubleconv2d"
    for place, shape in (("0.weight", (1, 0, 3, 3)), ("0.bias", (1,)), ("4.weight", (1, 1, 3, 3)), ("4.bias", (1,))):
        tape.tensor(f"{name}.{place}", *shape)
    for place in ("2.weight", "6.weight"):
        tape.tensor(f"{name}.{place}", 1)


def _fuse(tape: Tape, pair: Tensor, hidden: int, kernel: int) -> Tensor:
    name = "fusion.fusion.0.fuse"
    x = residual(tape, pair, f"{name}.0", kernel)
    return tape.prelu(tape.conv(x, f"{name}.1", hidden, kernel, True), f"{name}.3")


def _copy(tape: Tape, old: str, new: str) -> None:
    for name, values in list(tape.state.items()):
        if name.startswith(old):
            tape.state[new + name[len(old) :]] = values.clone()


def unet(
    tape: Tape,
    inputs: list[Tensor],
    depth: int = 3,
    width: int = 4,
    upsampler: str = "upsample",
    attention: str = "None",
    eca: bool = False,
    gaussian: bool = False,
    leaving: int = 6,
) -> list[Tensor]:
    """AUNet, or AUNet_Gaussian."""
    x, skips = torch.cat(inputs, 1), []
    for level in range(depth):
        x = _block(tape, x, f"encoding_module.{level}", width * 2**level, eca)
        if level < depth - 1:
            skips.append(x)
            rows, cols = (side // 2 for side in x.shape[2:])
            cut = x[:, :, : 2 * rows, : 2 * cols]
            x = cut.reshape(*x.shape[:2], rows, 2, cols, 2).mean((3, 5))
    for level, skip in enumerate(reversed(skips)):
        name, channels = f"decoding_module.{level}", skip.shape[1]
        x = _raised(tape, x, f"{name}.Upsize", channels, upsampler)
        x = functional.interpolate(x, size=skip.shape[2:], mode="bilinear", align_corners=False)
        joined = [x, skip]
        if attention != "None":
            gated = _gate(tape, x, skip, f"{name}.attention_gate")
            joined = [x, gated] if attention == "standard" else [x, skip, gated]
        x = _block(tape, torch.cat(joined, 1), f"{name}.conv", channels, eca)
    if gaussian:
        return [functional.relu(tape.conv(x, f"final_{name}", leaving, 1)) for name in ("mean", "variance")]
    return [tape.conv(x, "final", leaving, 1)]


def _block(tape: Tape, x: Tensor, name: str, leaving: int, eca: bool) -> Tensor:
    x = tape.prelu(tape.conv(x, f"{name}.block.0", leaving), f"{name}.block.1")
    x = tape.prelu(tape.conv(x, f"{name}.block.2", leaving), f"{name}.block.3")
    if not eca:
        return x
    size = int(abs(math.log2(leaving) / 2) + 1)
    size += 1 - size % 2
    kernel = tape.tensor(f"{name}.block.4.conv.weight", 1, 1, size)
    means = x.mean((2, 3))
    padded = functional.pad(means, (size // 2, size // 2))
    mixed = sum(kernel[0, 0, place] * padded[:, place : place + leaving] for place in range(size))
    return x * torch.sigmoid(mixed)[:, :, None, None]


def _raised(tape: Tape, x: Tensor, name: str, leaving: int, upsampler: str) -> Tensor:
    if upsampler == "upconv":
        weight = tape.tensor(f"{name}.weight", 2 * leaving, leaving, 2, 2)
        return functional.conv_transpose2d(x, weight, tape.tensor(f"{name}.bias", leaving), stride=2)
    if upsampler == "upsample":
        raised = functional.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
        return tape.conv(raised, f"{name}.1", leaving, 1)
    x = tape.prelu(tape.conv(x, f"{name}.0", 4 * leaving), f"{name}.1")
    return tape.conv(shuffle(x, 2), f"{name}.3", leaving)


def _gate(tape: Tape, deeper: Tensor, skip: Tensor, name: str) -> Tensor:
    channels = skip.shape[1]
    both = tape.norm(tape.conv(deeper, f"{name}.W_gate.0", channels, 1), f"{name}.W_gate.1") + tape.norm(
        tape.conv(skip, f"{name}.W_x.0", channels, 1), f"{name}.W_x.1"
    )
    weights = tape.norm(tape.conv(tape.prelu(both, f"{name}.relu"), f"{name}.psi.0", 1, 1), f"{name}.psi.1")
    return skip * torch.sigmoid(weights)


def images(*shape: int, seed: int = 1) -> Tensor:
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed))


def convert(source: Path, out: Path, name: str = "auto", **settings: Any) -> tuple[Finished, Recognised]:
    """Convert by the same steps as the command line."""
    options = Options(
        plain=bool(settings.pop("plain", False)), settings={key: str(value) for key, value in settings.items()}
    )
    converted = choose(name, source).convert(source, options)
    return finish(converted, source, out, options), converted.recognised


def run(finished: Finished, *tensors: Any) -> list[np.ndarray]:
    """Run a converted network on tensors in the card's order."""
    path = finished.card.with_suffix(".onnx")
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    names = [tensor.name for tensor in read_graph(path).inputs]
    made: list[np.ndarray] = session.run(None, {name: np.asarray(values) for name, values in zip(names, tensors)})
    return made


def difference(made: np.ndarray, expected: Any) -> float:
    """Largest difference as a part of the largest value; both must be of one size."""
    wanted = np.asarray(expected)
    assert made.size == wanted.size, (made.shape, wanted.shape)
    return float(np.abs(made - wanted.reshape(made.shape)).max() / np.abs(wanted).max())

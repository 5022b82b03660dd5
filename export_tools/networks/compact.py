# SPDX-License-Identifier: GPL-2.0-or-later
"""The compact family: everything happens on the coarse grid, on top of the scene's own band regression.

Fine bands enter through space-to-depth, residual 3 x 3 convolutions run at the GSD of the targets, and the result
leaves through depth-to-space. The skip connection is classical: each target band predicted from the guide bands by the
scene's regression (handed in as a tensor), corrected so that its block means return the coarse band. The convolutions
learn what is left.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from .injection import Injection
from .rearrange import depth_to_space, space_to_depth

# Details (how a fine pixel differs from the mean of its coarse one) are small beside the means: raised, they are
# learnt faster.
GAIN = 4.0
# Blocks start close to the identity.
SECOND_GAIN = 0.1
# Targets that hardly follow the guides are not blown up.
LEAST_UNIT = 0.05
# No error is known to be smaller than the noise of the measurement: 10 digital numbers in network range.
LEAST_SPREAD = 0.005


class Entered(NamedTuple):
    """What the convolutions of a compact network are given, on the coarse grid.

    Attributes:
        channels: (batch, channels, rows, columns).
        base: the classical result, phases in channels.
        unit: size of the targets, for every phase of them.
        hints: spread and explained share of each target.
    """

    channels: Tensor
    base: Tensor
    unit: Tensor
    hints: Tensor


class Compact(Injection):
    """A coarse-grid network for one or more guide groups and one target group.

    Args:
        guides: (channels, factor) of each guide group; factor = target GSD / guide GSD, the largest first.
        targets: number of target bands.
        width: channels of the residual convolutions.
        depth: number of residual blocks (two 3 x 3 convolutions each).
        head_kernel: size of the first convolution, 1 or 3.
        tail_kernel: size of the last convolution, 1 or 3.
        equivariant: divide each target by the length of its regression slopes before the network and multiply after, so
            that a band that an atmosphere dims (B09 in L1C) looks like one that it does not.
    """

    def __init__(
        self,
        guides: list[list[int]],
        targets: int,
        width: int,
        depth: int,
        head_kernel: int = 3,
        tail_kernel: int = 3,
        interval: bool = False,
        equivariant: bool = False,
    ) -> None:
        """Build the layers; the last one starts at zero, so that training starts at the classical method."""
        super().__init__(guides, targets)
        self.equivariant = equivariant
        phases = self.factor**2
        entering = targets * (2 + phases) + sum(channels * (1 + factor**2) for channels, factor in self.guides)
        self.head = nn.Conv2d(entering, width, head_kernel, padding=head_kernel // 2, bias=False)
        self.blocks = nn.ModuleList(_Block(width) for _ in range(depth))
        self.tail = nn.Conv2d(width, targets * phases, tail_kernel, padding=tail_kernel // 2, bias=False)
        self.gates = nn.ModuleList(nn.Linear(2 * targets, width) for _ in range(depth + 1))
        sizes = (width, targets * phases, tail_kernel)
        self.doubt = nn.Conv2d(*sizes, padding=tail_kernel // 2, bias=False) if interval else None
        for block in self.blocks:
            block.second.weight.data *= SECOND_GAIN
        nn.init.zeros_(self.tail.weight)
        for gate in self.gates:
            nn.init.zeros_(gate.weight)
            nn.init.zeros_(gate.bias)
        if self.doubt is not None:
            self.doubt.weight.data *= SECOND_GAIN

    def forward(self, *tensors: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        """Sharpen the targets.

        Args:
            tensors: the guide groups finest first, the targets, and the scene tensor of ``core.detail_regression``:
                (targets, guides + 2 + taps), or (batch, targets, ...) in training.

        Returns:
            (batch, targets, factor x rows, factor x columns); with ``interval`` also the expected absolute error.
        """
        entered = self.entered(*tensors)
        return self.finished(entered, *self.refined(entered))

    def entered(self, *tensors: Tensor) -> Entered:
        """Return what the convolutions are given, of the tensors of :meth:`forward`."""
        *guides, coarse, scene = tensors
        base, mismatch = self.injected(guides, coarse, scene)
        unit = self._unit(scene)
        entering = [coarse / unit, GAIN * mismatch / unit, GAIN * (base - self._phases(coarse)) / self._phases(unit)]
        for guide, (_, factor) in zip(guides, self.guides):
            mean = functional.avg_pool2d(guide, factor)
            entering += [mean, GAIN * (space_to_depth(guide, factor) - torch.cat([mean] * factor**2, 1))]
        return Entered(torch.cat(entering, 1), base, self._phases(unit), self._hints(scene))

    def refined(self, entered: Entered) -> tuple[Tensor, Tensor | None]:
        """Return what the convolutions add, and with ``interval`` how wrong they take it to be, in units of bands."""
        hidden = self.head(entered.channels) * self._gate(0, entered.hints)
        for number, block in enumerate(self.blocks, 1):
            hidden = block(hidden, self._gate(number, entered.hints))
        return self.tail(hidden), None if self.doubt is None else self.doubt(hidden).abs()

    def finished(self, entered: Entered, added: Tensor, doubt: Tensor | None) -> Tensor | tuple[Tensor, Tensor]:
        """Return the results of :meth:`forward`."""
        value = depth_to_space(entered.base + added * entered.unit, self.factor)
        if doubt is None:
            return value
        return value, depth_to_space(doubt * entered.unit + LEAST_SPREAD, self.factor)

    def _gate(self, number: int, hints: Tensor) -> Tensor:
        """Return the factor on each channel that this scene asks for."""
        return (1 + self.gates[number](hints))[..., None, None]

    def _phases(self, tensor: Tensor) -> Tensor:
        """Repeat the targets for every phase of a coarse pixel."""
        return torch.cat([tensor] * self.factor**2, 1)

    def _unit(self, scene: Tensor) -> Tensor:
        """Return the size of each target, (batch or 1, targets, 1, 1)."""
        if not self.equivariant:
            return scene.new_ones(1, self.targets, 1, 1)
        slopes = scene[..., : sum(channels for channels, _ in self.guides)]
        return torch.sqrt((slopes * slopes).sum(-1) + LEAST_UNIT**2).reshape(-1, self.targets, 1, 1)

    def _hints(self, scene: Tensor) -> Tensor:
        """Return spread and explained share of each target, centred, (batch or 1, 2 x targets)."""
        first = sum(channels for channels, _ in self.guides)
        spread, share = scene[..., first], scene[..., first + 1]
        return torch.cat([(spread - 0.35) * 5, (share - 0.9) * 5], -1).reshape(-1, 2 * self.targets)


class _Block(nn.Module):
    """Two 3 x 3 convolutions around a ReLU, added to the input."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.second = nn.Conv2d(width, width, 3, padding=1, bias=False)

    def forward(self, tensor: Tensor, gate: Tensor) -> Tensor:
        return tensor + self.second(functional.relu(self.first(tensor) * gate))

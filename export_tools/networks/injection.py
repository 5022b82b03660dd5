# SPDX-License-Identifier: GPL-2.0-or-later
"""Regression-based injection of detail, without a weight: what the compact family starts from, and a method of its own.

Each target band is predicted from the guide bands by the scene's own regression (handed in as a tensor), and corrected
so that its block means return the coarse band. With one panchromatic guide this is pansharpening by regression-based
injection gains under the sensor's point spread (Vivone et al. 2015, doi:10.1109/TGRS.2014.2361734).
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from ...core.detail_regression import TAP_PIXELS
from .rearrange import BilinearToDepth, depth_to_space, space_to_depth


class Injection(nn.Module):
    """The classical method for one or more guide groups and one target group; it has nothing to learn.

    Args:
        guides: (channels, factor) of each guide group; factor = target GSD / guide GSD, the largest first.
        targets: number of target bands.
    """

    def __init__(self, guides: list[list[int]], targets: int) -> None:
        """Build the enlargements."""
        super().__init__()
        self.guides = [(int(channels), int(factor)) for channels, factor in guides]
        self.factor = self.guides[0][1]
        self.targets = targets
        self.up = BilinearToDepth(targets, self.factor)
        self.up_guides = nn.ModuleList(BilinearToDepth(targets, self.factor // factor) for _, factor in self.guides[1:])

    def forward(self, *tensors: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        """Sharpen the targets.

        Args:
            tensors: the guide groups finest first, the targets, and the scene tensor of ``core.detail_regression``:
                (targets, guides + 2 + taps), or (batch, targets, ...) in training.

        Returns:
            (batch, targets, factor x rows, factor x columns).
        """
        *guides, coarse, scene = tensors
        return depth_to_space(self.injected(guides, coarse, scene)[0], self.factor)

    def injected(self, guides: list[Tensor], coarse: Tensor, scene: Tensor) -> tuple[Tensor, Tensor]:
        """Return the result as channels of the coarse grid, and what the prediction alone lacked there."""
        predicted = self._predict(guides, scene)
        mismatch = coarse - self._degrade(predicted, scene)
        return space_to_depth(predicted, self.factor) + self.up(mismatch), mismatch

    def _degrade(self, image: Tensor, scene: Tensor) -> Tensor:
        """Degrade the targets by the scene's point spread: one column and one row of weights for each."""
        taps = scene[..., -TAP_PIXELS * self.factor :]
        length, padding = TAP_PIXELS * self.factor, (TAP_PIXELS - 1) * self.factor // 2
        shape = image.shape
        groups = self.targets
        if taps.dim() == 3:
            image, groups = image.reshape(1, -1, *shape[2:]), self.targets * shape[0]
            taps = taps.reshape(groups, length)
        rows = functional.conv2d(
            image, taps.reshape(groups, 1, length, 1), stride=(self.factor, 1), padding=(padding, 0), groups=groups
        )
        result = functional.conv2d(
            rows, taps.reshape(groups, 1, 1, length), stride=(1, self.factor), padding=(0, padding), groups=groups
        )
        return result.reshape(shape[0], self.targets, *result.shape[2:]) if groups != self.targets else result

    def _predict(self, guides: list[Tensor], scene: Tensor) -> Tensor:
        """Apply the slopes to every guide group on its own grid and add up on the finest."""
        slopes, start = [], 0
        for channels, _ in self.guides:
            slopes.append(scene[..., start : start + channels])
            start += channels
        predicted = _mix(guides[0], slopes[0])
        for guide, slope, up, (_, factor) in zip(guides[1:], slopes[1:], self.up_guides, self.guides[1:]):
            predicted = predicted + depth_to_space(up(_mix(guide, slope)), self.factor // factor)
        return predicted

    def example(self, rows: int = 8, batch: int = 1) -> dict[str, Any]:
        """Return zero tensors of the right shapes for export: guide groups, targets, regression."""
        guides = [torch.zeros(batch, channels, rows * factor, rows * factor) for channels, factor in self.guides]
        columns = sum(channels for channels, _ in self.guides) + 2 + TAP_PIXELS * self.factor
        return {"tensors": (*guides, torch.zeros(batch, self.targets, rows, rows), torch.zeros(self.targets, columns))}


def _mix(guide: Tensor, slope: Tensor) -> Tensor:
    """Weigh the bands of a guide group: one 1 x 1 convolution for the scene, or one matrix a sample in training."""
    if slope.dim() == 3:
        return torch.einsum("ntc,nchw->nthw", slope, guide)
    return functional.conv2d(guide, slope[:, :, None, None])

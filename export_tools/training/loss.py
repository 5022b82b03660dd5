# SPDX-License-Identifier: GPL-2.0-or-later
"""What training makes small: the absolute error, and where a network estimates its own error, that estimate's."""

from __future__ import annotations

from typing import Callable, Union

import torch
from torch import Tensor

from .feed import ChipTensors

# Part of the absolute errors that a spread shall cover.
QUANTILE = 0.9

Output = Union[Tensor, "tuple[Tensor, Tensor]"]


def loss_of(network: Callable[..., Output], batch: ChipTensors, border: int, interval_weight: float = 0.0) -> Tensor:
    """Return the mean absolute error over what lies ``border`` coarse pixels inside of the chips.

    A network that returns (value, spread) is charged ``interval_weight`` x the pinball loss of its spread as well: the
    spread learns the 0.9 quantile of the absolute error, and the error is not changed by that.

    Args:
        network: takes the inputs of a batch.
        batch: chips; bands with weight 0 are left out.
        border: coarse pixels.
        interval_weight: of the pinball loss, dimensionless.
    """
    output = network(*batch.inputs)
    value, spread = output if isinstance(output, (tuple, list)) else (output, None)
    error = (value - batch.truth).abs()
    total = _mean(error, batch, border)
    if spread is not None:
        total = total + interval_weight * _mean(pinball(spread, error.detach()), batch, border)
    return total


def pinball(spread: Tensor, error: Tensor, quantile: float = QUANTILE) -> Tensor:
    """Return the pinball loss, whose mean is least where ``spread`` is the quantile of ``error``."""
    above = error - spread
    return torch.maximum(quantile * above, (quantile - 1) * above)


def value_of(output: Output) -> Tensor:
    """Return the sharpened bands of what a network returned."""
    return output[0] if isinstance(output, (tuple, list)) else output


def _mean(error: Tensor, batch: ChipTensors, border: int) -> Tensor:
    """Average over pixels inside the border and over bands by their weight; ``inputs[-2]`` are the coarse targets."""
    crop = border * error.shape[-1] // batch.inputs[-2].shape[-1]
    inner = error[..., crop : error.shape[-2] - crop, crop : error.shape[-1] - crop].mean((-2, -1))
    return (inner * batch.weight).sum() / batch.weight.sum()

# SPDX-License-Identifier: GPL-2.0-or-later
"""What training makes small: the error, and where a network estimates its own error, that estimate's.

``loss`` in a config's ``training`` chooses: ``l1``, ``rmse`` for fine-tuning towards the figure that is judged, or
``gaussian`` for a network whose spread is a standard deviation. ``phases`` there charges a network that makes the
pixels within a coarse one lighter and darker in the same way everywhere: such errors are small and show as a grid.
"""

from __future__ import annotations

from typing import Callable, Union

import torch
from torch import Tensor
from torch.nn import functional

from ..dataset import NETWORK_SCALE
from .feed import ChipTensors

# Part of the absolute errors that a spread shall cover.
QUANTILE = 0.9
L1, RMSE, GAUSSIAN = "l1", "rmse", "gaussian"
# No variance of reflectance counts as smaller.
LEAST_VARIANCE = 1e-6
# Added to the mean square error, whose root has no gradient at zero: the square of 0.2 digital numbers.
LEAST_SQUARE = 1e-8
# Coarse pixels along the areas over which the mean error of each phase is taken; they overlap by half.
AREA = 6

Output = Union[Tensor, "tuple[Tensor, Tensor]"]


def loss_of(
    network: Callable[..., Output],
    batch: ChipTensors,
    border: int,
    interval_weight: float = 0.0,
    kind: str = L1,
    phase_weight: float = 0.0,
    target: Tensor | None = None,
) -> Tensor:
    """Return the mean loss over what lies ``border`` coarse pixels inside of the chips.

    ``l1`` is the absolute error; a network that returns (value, spread) is charged ``interval_weight`` x the pinball
    loss of its spread as well: the spread learns the 0.9 quantile of the absolute error, which is not changed by that.
    ``rmse`` is the same with the root mean square error of each band of each chip instead of the mean absolute one.
    ``gaussian`` is the negative logarithm of the likelihood of a Gaussian whose standard deviation is the spread.
    ``phase_weight`` x :func:`phase_error` is added to the first two.

    Args:
        network: takes the inputs of a batch.
        batch: chips; bands with weight 0 are left out.
        border: coarse pixels.
        interval_weight: of the pinball loss, dimensionless.
        kind: ``l1``, ``rmse`` or ``gaussian``.
        phase_weight: dimensionless.
        target: what the value learns with the first two, such as a teacher's result; by default the truth, which is
            what the spread learns its error against in any case.

    Raises:
        ValueError: there is no such loss, the network returns no spread for it, or it does not go with the others.
    """
    output = network(*batch.inputs)
    value, spread = output if isinstance(output, (tuple, list)) else (output, None)
    if kind == GAUSSIAN and (phase_weight or target is not None):
        raise ValueError(f"The loss {kind!r} goes neither with phases nor with a teacher. Use {L1} or {RMSE}.")
    if kind == GAUSSIAN and spread is not None:
        return _mean(gaussian(value, spread, batch.truth), batch, border)
    if kind not in (L1, RMSE):
        raise ValueError(
            f"The loss {kind!r} does not go with this network. Use {L1} or {RMSE}, or {GAUSSIAN} for a network with a "
            "spread."
        )
    learnt = value - (batch.truth if target is None else target)
    total = _mean(learnt.abs(), batch, border) if kind == L1 else _root_mean_square(learnt, batch, border)
    if phase_weight:
        total = total + phase_weight * phase_error(learnt, batch, border)
    if spread is not None:
        error = (value - batch.truth).detach().abs()
        total = total + interval_weight * _mean(pinball(spread, error), batch, border)
    return total


def phase_error(error: Tensor, batch: ChipTensors, border: int) -> Tensor:
    """Return how far each phase of the coarse pixels is off on average over small areas, as a mean of magnitudes.

    A phase is a place within a coarse pixel: with a scale factor of 2 there are four. Random errors cancel in such a
    mean, and what one phase has more of than another does not.

    Args:
        error: (batch, targets, rows, columns) with its sign.
        batch: chips; bands with weight 0 are left out.
        border: coarse pixels.
    """
    inside = _inside(error, batch, border)
    factor = error.shape[-1] // batch.inputs[-2].shape[-1]
    phases = [inside[..., row::factor, col::factor] for row in range(factor) for col in range(factor)]
    side = min(AREA, phases[0].shape[-1])
    means = [functional.avg_pool2d(phase, side, max(1, side // 2)).abs().mean((-2, -1)) for phase in phases]
    return _over_bands(torch.stack(means).mean(0), batch)


def gaussian(value: Tensor, spread: Tensor, truth: Tensor) -> Tensor:
    """Return 0.5 x (log v + d^2 / v) of reflectance for each pixel, v being the variance, at least 1e-6.

    Deep-Harmonization's loss of its Gaussian model (Nix and Weigend, ICNN 1994, without the constant). Arguments are in
    network range.
    """
    variance = (spread / NETWORK_SCALE) ** 2
    return functional.gaussian_nll_loss(
        value / NETWORK_SCALE, truth / NETWORK_SCALE, variance, eps=LEAST_VARIANCE, reduction="none"
    )


def pinball(spread: Tensor, error: Tensor, quantile: float = QUANTILE) -> Tensor:
    """Return the pinball loss, whose mean is least where ``spread`` is the quantile of ``error``."""
    above = error - spread
    return torch.maximum(quantile * above, (quantile - 1) * above)


def value_of(output: Output) -> Tensor:
    """Return the sharpened bands of what a network returned."""
    return output[0] if isinstance(output, (tuple, list)) else output


def _mean(error: Tensor, batch: ChipTensors, border: int) -> Tensor:
    """Average over pixels inside the border and over bands by their weight."""
    return _over_bands(_inside(error, batch, border).mean((-2, -1)), batch)


def _root_mean_square(error: Tensor, batch: ChipTensors, border: int) -> Tensor:
    """Return the same mean of each band's root mean square error."""
    squares = _inside(error, batch, border).square().mean((-2, -1))
    return _over_bands((squares + LEAST_SQUARE).sqrt(), batch)


def _inside(error: Tensor, batch: ChipTensors, border: int) -> Tensor:
    """Cut the border off; ``inputs[-2]`` are the coarse targets."""
    crop = border * error.shape[-1] // batch.inputs[-2].shape[-1]
    return error[..., crop : error.shape[-2] - crop, crop : error.shape[-1] - crop]


def _over_bands(values: Tensor, batch: ChipTensors) -> Tensor:
    return (values * batch.weight).sum() / batch.weight.sum()
